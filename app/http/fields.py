"""Field types of requests and answers that marshmallow does not bring."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields

from app import errors


class Day(fields.Date):
    """A civil date, `2026-11-24`."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", **kwargs)


class Month(fields.Field[date]):
    """A civil month, `2026-11`; in Python its first day."""

    default_error_messages = {"month": "Not a month of the form YYYY-MM."}

    def _serialize(self, value: date | None, attr: str | None, obj: Any, **_: Any) -> str | None:
        return None if value is None else f"{value:%Y-%m}"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> date:
        try:
            year, month = str(value).split("-")
            if len(year) != 4 or len(month) != 2:
                raise ValueError(value)
            return date(int(year), int(month), 1)
        except ValueError as error:
            raise self.make_error("month") from error


def month_of(words: str) -> date:
    """The first day of the month in an address.

    Raises: NotFound (`unknown_month`).
    """
    try:
        first: date = Month().deserialize(words)
        return first
    except ValidationError as error:
        raise errors.NotFound("unknown_month", month=words) from error


class Instant(fields.AwareDateTime):
    """An instant, RFC 3339 with an offset on the way in, UTC with `Z` on the way out."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(format="iso", **kwargs)

    def _serialize(self, value: datetime | None, attr: str | None, obj: Any, **_: Any) -> str | None:
        return None if value is None else rfc3339(value)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> datetime:
        try:
            return super()._deserialize(value, attr, data, **kwargs).astimezone(UTC)
        except OverflowError as error:
            raise ValidationError("Not a valid datetime.") from error


class PerCent(fields.Decimal):
    """An exact per cent; a string in JSON, because JSON numbers are not exact."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(as_string=True, allow_nan=False, **kwargs)

    def _serialize(self, value: Decimal | None, attr: str | None, obj: Any, **_: Any) -> str | None:
        return None if value is None else f"{value.normalize():f}"


POSITION = {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2, "description": "longitude, latitude"}
RING = {"type": "array", "items": POSITION, "minItems": 4}
POLYGON = {"type": "array", "items": RING, "minItems": 1}
GEOMETRY = {
    "oneOf": [
        {"type": "object", "required": ["type", "coordinates"], "properties": {"type": {"const": kind}, "coordinates": drawn}}
        for kind, drawn in (("Polygon", POLYGON), ("MultiPolygon", {"type": "array", "items": POLYGON, "minItems": 1}))
    ]
}


class OutlineField(fields.Field[Any]):
    """A GeoJSON Polygon or MultiPolygon; what it may be is the lint's matter, which names every place."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(metadata=GEOMETRY, **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:
        if not isinstance(value, Mapping):
            raise ValidationError("Not a valid mapping type.")
        return value


def rfc3339(instant: datetime) -> str:
    """The instant in UTC, to the millisecond: `2026-11-24T07:30:00.000Z`."""
    return instant.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
