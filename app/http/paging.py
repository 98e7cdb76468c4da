"""Collections: pages of `{"items", "next"}` walked by cursor."""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

from marshmallow import fields, validate

from app.http.parsing import Schema

LIMIT = 200
Row = TypeVar("Row")


class PageArgs(Schema):
    """Where a page begins and how long it is."""

    after = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Length(0, 200),
        metadata={"description": "`next` of the page before"},
    )
    limit = fields.Integer(load_default=50, validate=validate.Range(1, LIMIT))


@cache
def collection(item: type[Schema]) -> type[Schema]:
    """The schema of a page of such items."""
    name = item.__name__.removesuffix("Schema")
    return type(
        f"{name}PageSchema",
        (Schema,),
        {
            "__doc__": f"A page of {name}.",
            "items": fields.List(fields.Nested(item), required=True),
            "next": fields.String(required=True, allow_none=True),
        },
    )


def paged(rows: Sequence[Row], limit: int, key: Callable[[Row], Any]) -> dict[str, Any]:
    """A page of the first `limit` rows; `rows` holds one more when there is a next page, and `key` is its cursor."""
    items = rows[:limit]
    return {"items": items, "next": str(key(items[-1])) if len(rows) > limit else None}
