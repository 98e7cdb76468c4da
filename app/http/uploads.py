"""Files brought in over HTTP: the body is the file, a dry run shows what it would do, and every problem names its line."""

from collections.abc import Iterable
from typing import Any, Protocol

from flask import request
from marshmallow import fields

from app import errors
from app.http.language import language
from app.http.parsing import Schema
from app.texts import text

SHOWN = 100  # a file with one wrong column is wrong on every line: a hundred say it, the count says how much

# What the OpenAPI document says of such a body.
UPLOAD = {
    "required": True,
    "content": {
        kind: {"schema": {"type": "string", "format": "binary"}}
        for kind in ("text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")
    },
}


class Flaw(Protocol):
    """What is wrong on a line (0: with the whole file), as a text code and its parameters."""

    @property
    def line(self) -> int: ...
    @property
    def code(self) -> str: ...
    @property
    def params(self) -> Any: ...


class UploadArgs(Schema):
    """How the file is to be taken."""

    dry_run = fields.Boolean(load_default=False, metadata={"description": "say what the file would do, and change nothing"})


class FlawSchema(Schema):
    """What is wrong on a line; line 0 is the whole file."""

    line = fields.Integer(required=True)
    code = fields.String(required=True)
    message = fields.String(required=True)


class BroughtSchema(Schema):
    """What a file did or would do. `problems` are the first hundred; a file with any changes nothing."""

    added = fields.Integer(required=True)
    changed = fields.Integer(required=True)
    same = fields.Integer(required=True)
    is_written = fields.Boolean(required=True)
    problem_count = fields.Integer(required=True)
    problems = fields.List(fields.Nested(FlawSchema), required=True)


def uploaded() -> bytes:
    """The file that is the body.

    Raises: Unreadable for an encoded or empty body.
    """
    if request.content_encoding:
        raise errors.Unreadable("encoded_body")
    raw = request.get_data()
    if not raw:
        raise errors.Unreadable("empty_body")
    return raw


def refuse_flaws(flaws: Iterable[Flaw]) -> None:
    """Return when there are none.

    Raises: Invalid (`import_refused`) with the first hundred by line, so that a script that asked for no dry run sees it fail.
    """
    found = list(flaws)
    if found:
        told = {f"/lines/{flaw.line}/{place}": (flaw.code, dict(flaw.params)) for place, flaw in enumerate(found[:SHOWN])}
        raise errors.Invalid("import_refused", told, count=len(found))


def shown_flaws(flaws: Iterable[Flaw]) -> list[dict[str, Any]]:
    """The first hundred as sentences in the asker's language."""
    return [
        {"line": flaw.line, "code": flaw.code, "message": text(flaw.code, language(), **flaw.params)}
        for flaw in list(flaws)[:SHOWN]
    ]
