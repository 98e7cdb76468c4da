"""Everything asked of the tables of attachments, as one module: `from app.attachments import store as attachments`."""

from app.attachments.store.files import (
    Attached,
    about,
    add,
    content_of,
    count_waiting,
    erase,
    find,
    find_same,
    link,
    list_over,
    lock,
)
from app.attachments.store.tables import Attachment, AttachmentContent, AttachmentLink

__all__ = [
    "Attached",
    "Attachment",
    "AttachmentContent",
    "AttachmentLink",
    "about",
    "add",
    "content_of",
    "count_waiting",
    "erase",
    "find",
    "find_same",
    "link",
    "list_over",
    "lock",
]
