"""JPEG and PNG files without what they say beside the picture."""

import zlib
from collections.abc import Iterator
from typing import Literal

# Beyond it a small file unpacks to more memory than those who look at it have.
MOST_PIXELS = 100_000_000

SOI, EOI, SOS, APP0, APP1, APP2, APP14, APP15, COM = 0xD8, 0xD9, 0xDA, 0xE0, 0xE1, 0xE2, 0xEE, 0xEF, 0xFE
# Start of frame: all of C0 to CF that are no tables and no extension.
FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
# Inside of coded data: a stuffed byte and the restart markers.
CODED = frozenset({0x00, *range(0xD0, 0xD8)})
# Applications' segments without which colours are shown wrong.
TELLING = {APP0: b"JFIF\0", APP2: b"ICC_PROFILE\0", APP14: b"Adobe"}
EXIF = b"Exif\0\0"
ORDERS: dict[bytes, Literal["little", "big"]] = {b"II*\0": "little", b"MM\0*": "big"}
ORIENTATION = b"\x01\x12"

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PNG_KEPT = frozenset({b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"pHYs", b"bKGD"})


def jpeg_of(content: bytes) -> bytes:
    """The JPEG with its picture, colours and orientation only; empty when it is not whole.

    Exif, XMP, IPTC, comments, previews and whatever follows the end (second pictures, films, archives) are left out.

    Source: ITU-T T.81 annex B; CIPA DC-008-2019 (Exif 2.32) section 4.7.2.
    """
    kept = [b"\xff\xd8"]
    seen: set[int] = set()
    for marker, segment, coded in _segments(content):
        if marker in FRAMES and _pixels(segment) not in range(1, MOST_PIXELS + 1):
            return b""
        if marker == APP1 and (turn := _orientation(segment)) and APP1 not in seen:
            kept.append(_turned(turn))
            seen.add(APP1)
        elif _is_picture(marker, segment):
            kept.extend((segment, coded))
            seen.add(marker)
    return b"".join(kept) if EOI in seen and SOS in seen and seen & FRAMES else b""


def _is_picture(marker: int, segment: bytes) -> bool:
    """Whether the segment is needed to show the picture: all of them but comments and what applications wrote for themselves."""
    if marker in TELLING:
        return segment[4:].startswith(TELLING[marker])
    return not APP0 <= marker <= APP15 and marker != COM


def _segments(content: bytes) -> Iterator[tuple[int, bytes, bytes]]:
    """Each marker with its segment and the coded data behind it, the last one EOI; it ends early where the file is broken."""
    at = 2
    while at + 1 < len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:  # fill
            at += 1
            continue
        if marker == EOI:
            yield marker, b"\xff\xd9", b""
            return
        end = at + 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if marker in CODED or marker == SOI or end < at + 4 or end > len(content):
            return
        after = _end_of_coded(content, end) if marker == SOS else end
        yield marker, content[at:end], content[end:after]
        at = after


def _end_of_coded(content: bytes, at: int) -> int:
    """Where the next marker begins."""
    while (at := content.find(b"\xff", at)) >= 0:
        if at + 1 >= len(content) or content[at + 1] not in CODED:
            return at
        at += 2
    return len(content)


def _pixels(frame: bytes) -> int:
    return int.from_bytes(frame[5:7], "big") * int.from_bytes(frame[7:9], "big")


def _orientation(segment: bytes) -> int:
    """How the picture is to be turned, 1 to 8; 0 when it does not say."""
    tiff = segment[4 + len(EXIF) :]
    order = ORDERS.get(tiff[:4])
    if not segment[4:].startswith(EXIF) or order is None:
        return 0
    first = int.from_bytes(tiff[4:8], order)
    count = int.from_bytes(tiff[first : first + 2], order)
    for place in range(first + 2, min(first + 2 + 12 * count, len(tiff) - 11), 12):
        if int.from_bytes(tiff[place : place + 2], order) == int.from_bytes(ORIENTATION, "big"):
            turn = int.from_bytes(tiff[place + 8 : place + 10], order)
            return turn if 1 <= turn <= 8 else 0
    return 0


def _turned(turn: int) -> bytes:
    """An Exif segment that says nothing but the orientation."""
    entry = ORIENTATION + b"\0\3\0\0\0\1" + turn.to_bytes(2, "big") + b"\0\0"
    body = EXIF + b"MM\0*\0\0\0\x08" + b"\0\1" + entry + b"\0\0\0\0"
    return b"\xff\xe1" + (2 + len(body)).to_bytes(2, "big") + body


def png_of(content: bytes) -> bytes:
    """The PNG with its picture and colours only; empty when it is not whole.

    Text, Exif, times, animations and whatever follows the end are left out.

    Source: PNG (Third Edition) sections 5.3 and 11.
    """
    kept, at = [PNG_SIGNATURE], len(PNG_SIGNATURE)
    names: list[bytes] = []
    while at + 12 <= len(content):
        end = at + 12 + int.from_bytes(content[at : at + 4], "big")
        name, checked = content[at + 4 : at + 8], content[at + 4 : end - 4]
        if end > len(content) or zlib.crc32(checked) != int.from_bytes(content[end - 4 : end], "big"):
            return b""
        if name in PNG_KEPT:
            kept.append(content[at:end])
            names.append(name)
        if name == b"IEND":
            break
        at = end
    if not names or names[0] != b"IHDR" or names[-1] != b"IEND" or b"IDAT" not in names or names.count(b"IHDR") > 1:
        return b""
    size = kept[1][8:]
    pixels = int.from_bytes(size[:4], "big") * int.from_bytes(size[4:8], "big")
    return b"".join(kept) if 1 <= pixels <= MOST_PIXELS else b""
