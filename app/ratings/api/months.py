"""Ratings over HTTP: one's own months, a unit's month, and the assessments that superiors give."""

from collections.abc import Callable, Mapping
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, validate

from app.db import transaction
from app.http import Instant, Month, PageArgs, PerCent, Schema, actor, allowed, collection, language, paged, signed_in
from app.http.paging import LIMIT
from app.people import store as people
from app.ratings import actions, store
from app.ratings.api.blueprint import ratings
from app.texts import text


def figure_up_to(highest: int) -> Callable[[Decimal], None]:
    """A check that a figure lies between 0 and `highest` and would not be rounded on the way in.

    Not marshmallow's Range: OpenAPI would get its limits as strings, like the figures.
    """

    def check(number: Decimal) -> None:
        if not 0 <= number <= highest:
            raise ValidationError(f"Must be greater than or equal to 0 and less than or equal to {highest}.")
        if number != round(number, 2):
            raise ValidationError("Invalid value.")

    return check


class RatingLineSchema(Schema):
    """One sentence of a breakdown; the `pct` of a part's lines add up to the part's total."""

    part = fields.String(required=True, metadata={"enum": ["discipline", "tpp", "score"]})
    code = fields.String(required=True)
    message = fields.String(required=True)
    pct = fields.String(allow_none=True)
    clause = fields.String(allow_none=True)
    quality = fields.String(allow_none=True, metadata={"description": "S read in a source, G general knowledge, C our design"})


class RatingSchema(Schema):
    """A person's month; without an assessment only discipline is known."""

    month = Month(required=True)
    discipline_pct = PerCent(required=True)
    productivity_pct = PerCent(allow_none=True)
    tpp_pct = PerCent(allow_none=True)
    score = PerCent(allow_none=True)
    predicate = fields.String(allow_none=True)
    provisional = fields.Boolean(required=True)
    decree = fields.String(required=True, metadata={"description": "whose law it was made by: that of the month's last day"})
    law = fields.String(required=True, metadata={"description": "the version of that law"})
    formula = fields.String(required=True, metadata={"description": "the clause of the allowance"})
    series = fields.Date(
        required=True,
        metadata={"description": "since when its formulas hold: ratings with another formula or series are another measure"},
    )
    rated_at = Instant(required=True)
    breakdown = fields.List(fields.Nested(RatingLineSchema), required=True)


class PersonRatingSchema(RatingSchema):
    """The month of a person one answers for."""

    nip = fields.String(required=True)
    name = fields.String(required=True)
    unit = fields.String(required=True)


class OwnPageArgs(Schema):
    """Where the page begins (`after` is the month that ended the page before) and how long it is."""

    after = Month(load_default=None, allow_none=True)
    limit = fields.Integer(load_default=50, validate=validate.Range(1, LIMIT))


class UnitMonthArgs(PageArgs):
    """Which month, and of which unit and those below it; without one, of every unit one answers for."""

    month = Month(required=True)
    unit = fields.String(load_default=None)


@ratings.get("/me/ratings")
@signed_in
@ratings.arguments(OwnPageArgs, location="query")
@ratings.response(200, collection(RatingSchema))
def list_my_ratings(page: Mapping[str, Any]) -> dict[str, Any]:
    """One's own months, newest first."""
    with transaction() as session:
        rows = store.list_of_person(session, actor().person_id, page["after"], page["limit"] + 1)
    return paged([shown(row) for row in rows], page["limit"], key=lambda row: f"{row['month']:%Y-%m}")


@ratings.get("/ratings")
@allowed(*actions.READERS)
@ratings.arguments(UnitMonthArgs, location="query")
@ratings.response(200, collection(PersonRatingSchema))
def list_ratings(asked: Mapping[str, Any]) -> dict[str, Any]:
    """One month of everybody in a unit and below it, in order of NIP."""
    paths = actor().paths(*actions.READERS)
    with transaction() as session:
        if asked["unit"] is not None:
            paths = (people.get_unit(session, asked["unit"], paths).path,)
        rows = store.list_of_unit(session, asked["month"], paths, asked["after"], asked["limit"] + 1)
    return paged([shown(row) for row in rows], asked["limit"], key=lambda row: row["nip"])


def shown(row: store.Listed) -> dict[str, Any]:
    """A rating as it is answered, its lines as sentences in the asker's language."""
    return {**asdict(row), "unit": row.unit_code, "breakdown": [_sentence(line) for line in row.breakdown]}


def _sentence(line: Mapping[str, Any]) -> dict[str, Any]:
    said = {name: line.get(name) for name in ("part", "code", "pct", "clause", "quality")}
    return {**said, "message": text(line["code"], language(), **line["params"])}
