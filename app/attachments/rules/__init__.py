"""What a file is and what of it is kept: `from app.attachments import rules`."""

from app.attachments.rules.file import BROKEN, Kind, cleaned, file_name, kind_of
from app.attachments.rules.pictures import MOST_PIXELS

__all__ = ["BROKEN", "MOST_PIXELS", "Kind", "cleaned", "file_name", "kind_of"]
