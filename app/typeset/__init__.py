"""Setting paper: data and a template in, an archival PDF out, the same bytes for the same words."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Literal

import orjson
import typst

from app import errors

ROOT = Path(__file__).resolve().parent.parent  # templates import each other from here: "/typeset/house.typ"
# And tagged, which Typst does by itself: titles, tables and heads are told to screen readers.
ARCHIVAL: Literal["a-2b"] = "a-2b"


def typeset(template: Path, data: Mapping[str, object], made_at: datetime) -> bytes:
    """The template filled in as a tagged PDF/A-2b; `made_at` is the date inside, the only clock there is.

    Only the fonts that come with the typesetter, so that two machines set the same page; data is text and never markup.

    Raises: Unavailable when the template cannot be set; its words go to whoever runs the server.
    """
    words = {"data": orjson.dumps(data, default=str).decode()}
    try:
        pages = typst.compile(
            template, root=ROOT, ignore_system_fonts=True, sys_inputs=words, pdf_standards=ARCHIVAL, timestamp=made_at.replace(microsecond=0)
        )
    except typst.TypstError as error:
        raise errors.Unavailable("paper_not_set") from error
    if not isinstance(pages, bytes):
        raise errors.Unavailable("paper_not_set")
    return pages
