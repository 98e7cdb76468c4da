"""Which files are taken, by what they are and not by what they are called, and what they are called afterwards."""

import re
import unicodedata
from enum import StrEnum

from app.attachments.rules.pictures import jpeg_of, png_of


class Kind(StrEnum):
    """The media types that are taken."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"


MAGIC = {Kind.PDF: b"%PDF-", Kind.JPEG: b"\xff\xd8\xff", Kind.PNG: b"\x89PNG\r\n\x1a\n"}
ENDING = {Kind.PDF: ".pdf", Kind.JPEG: ".jpg", Kind.PNG: ".png"}
LONGEST_NAME = 80

# Where a reader of PDF looks for the end of the file.
PDF_TAIL = 1024
BROKEN = b""

# Control characters, those that turn the direction of writing, and what file systems read as something else.
FORBIDDEN = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff\"*:<>?|;%]")


def kind_of(content: bytes) -> Kind | None:
    """The type that the first bytes announce; None for any other, also for a PDF with something before its header.

    Source: ISO 32000-1 section 7.5.2; ITU-T T.81 annex B.1.1.3; PNG (Third Edition) section 5.2.
    """
    return next((kind for kind, magic in MAGIC.items() if content.startswith(magic)), None)


def cleaned(kind: Kind, content: bytes) -> bytes:
    """The file as it is kept: pictures without anything but the picture, a PDF as it came; `BROKEN` when it is not whole.

    Of a picture neither position, device, comment nor preview stays, and nothing that follows its end; a PDF cannot be
    taken apart without reading all of it, so whoever sends one is told to look at it first.

    Source: UU 27/2022 article 16 (2) b (limited and specific), docs/attachments.md.
    """
    match kind:
        case Kind.JPEG:
            return jpeg_of(content)
        case Kind.PNG:
            return png_of(content)
        case Kind.PDF:
            return content if b"%%EOF" in content[-PDF_TAIL:] else BROKEN


def file_name(said: str, kind: Kind) -> str:
    """What the file is called for those who get it: the last part of the name it came with, with the ending of its type.

    Source: RFC 6266 section 4.3.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", said))[-1]
    stem = FORBIDDEN.sub("", last).strip(" .")
    bare = re.sub(r"\.(pdf|jpe?g|png)$", "", stem, flags=re.IGNORECASE)[:LONGEST_NAME].strip(" .")
    return (bare or "lampiran") + ENDING[kind]
