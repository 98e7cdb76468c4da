"""What a screen at a door draws."""

import segno


def qr_of(code: str) -> list[str]:
    """The QR code of a door code, row by row, `1` for a dark module and without its quiet zone.

    The smallest there is, 21 by 21, at the highest error correction: large modules are read from two metres.
    """
    drawn = segno.make(code, version=1, error="H", mask=3, micro=False)
    return ["".join(map(str, row)) for row in drawn.matrix]
