"""Pictures as phones make them, byte by byte: with a position, a device, a preview and something behind the end."""

import struct
import zlib

POSITION = b"-8.672341,115.227119"
SECRET = b"penerima: " + POSITION


def segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def exif(orientation: int | None, order: str = ">") -> bytes:
    """An Exif segment with the GPS pointer and, if given, how the picture is turned."""
    head = b"MM\0*" if order == ">" else b"II*\0"
    entries = [struct.pack(order + "HHI", 0x010F, 2, 20) + struct.pack(order + "I", 100)]
    if orientation is not None:
        entries.append(struct.pack(order + "HHI", 0x0112, 3, 1) + struct.pack(order + "HH", orientation, 0))
    entries.append(struct.pack(order + "HHI", 0x8825, 4, 1) + struct.pack(order + "I", 90))
    tiff = head + struct.pack(order + "I", 8) + struct.pack(order + "H", len(entries)) + b"".join(entries) + b"\0\0\0\0" + SECRET
    return segment(0xE1, b"Exif\0\0" + tiff)


# The coded data holds a stuffed FF, a restart marker and nothing that ends it early.
CODED = b"\x12\x34\xff\x00\x56\xff\xd0\x78\xff\x00"


def jpeg(
    orientation: int | None = None, *, order: str = ">", width: int = 16, height: int = 8, tail: bytes = b"PK\3\4" + SECRET
) -> bytes:
    """A JPEG of one frame and one scan, with all that telephones write around them."""
    return b"".join(
        (
            b"\xff\xd8",
            segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"),
            exif(orientation, order),
            segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0" + SECRET),
            segment(0xE2, b"MPF\0" + SECRET),
            segment(0xE2, b"ICC_PROFILE\0\1\1warna"),
            segment(0xED, b"Photoshop 3.0\0" + SECRET),
            segment(0xFE, SECRET),
            segment(0xDB, b"\0" + bytes(64)),
            segment(0xC0, b"\x08" + struct.pack(">HH", height, width) + b"\x01\x01\x11\x00"),
            segment(0xC4, b"\0" + bytes(16)),
            b"\xff" + segment(0xDA, b"\x01\x01\x00\x00\x3f\x00"),
            CODED,
            b"\xff\xd9",
            tail,
        )
    )


def chunk(name: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def png(width: int = 2, height: int = 1, tail: bytes = SECRET) -> bytes:
    """A PNG with text, Exif and time beside its picture."""
    return b"".join(
        (
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
            chunk(b"pHYs", struct.pack(">IIB", 2835, 2835, 1)),
            chunk(b"tEXt", b"Comment\0" + SECRET),
            chunk(b"eXIf", b"MM\0*" + SECRET),
            chunk(b"IDAT", zlib.compress(b"\0" + bytes(width))),
            chunk(b"iTXt", SECRET),
            chunk(b"IEND", b""),
            tail,
        )
    )
