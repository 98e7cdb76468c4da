"""Setting paper: data and a template in, an archival PDF out, the same bytes for the same words."""

import io
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

import orjson
import segno

from app import errors

ROOT = Path(__file__).resolve().parent.parent  # templates import each other from here: "/documents/house.typ"
PRESS = Path(__file__).with_name("press.py")
PATIENCE_S = 60


def typeset(template: Path, data: Mapping[str, object], made_at: datetime) -> bytes:
    """The template filled in as a tagged PDF/A-2b; `made_at` is the date inside, the only clock there is.

    Only the fonts that come with the typesetter, so that two machines set the same page, and no request to anybody; data is
    text and never markup. Typst tags titles, tables and heads by itself.

    Source: ISO 19005-2 (PDF/A-2), 6.1.9: an object begins on a line of its own.
    Raises: Unavailable when the template cannot be set; its words are the cause, for whoever runs the server.
    """
    words = orjson.dumps(data, default=str)
    asked = [sys.executable, "-I", *map(str, (PRESS, template, ROOT, int(made_at.timestamp())))]
    try:
        pages = subprocess.run(asked, input=words, capture_output=True, check=True, timeout=PATIENCE_S).stdout
    except subprocess.CalledProcessError as error:
        raise errors.Unavailable("paper_not_set") from ValueError(error.stderr.decode("utf-8", "replace"))
    except subprocess.TimeoutExpired as error:
        raise errors.Unavailable("paper_not_set") from error
    return pages if pages.endswith(b"\n") else pages + b"\n"  # what a signature appends must begin on a line of its own


def stamp(title: str, lines: Sequence[str], url: str) -> dict[str, object]:
    """What the signed block of `house.typ` shows: who signed and when, in words, and a QR code of where to verify it."""
    drawn = io.BytesIO()
    segno.make(url, error="m", micro=False).save(drawn, kind="svg", border=2, xmldecl=False, svgns=True)
    return {"title": title, "lines": list(lines), "url": url, "qr": drawn.getvalue().decode("utf-8")}
