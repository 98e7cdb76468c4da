"""The law over HTTP: which decrees there are, and everything that one says of a day."""

from dataclasses import asdict
from datetime import date
from typing import Any

from marshmallow import fields

from app import decrees, errors
from app.http import Day, Schema, language, public
from app.ratings.api.blueprint import ratings
from app.ratings.render.law import rules_of
from app.ratings.render.rule import Rule


class RuleSchema(Schema):
    """One rule in sentences, and the clause that says so; a weekday off has none."""

    title = fields.String(required=True)
    says = fields.List(fields.String(), required=True)
    clause = fields.String(required=True, allow_none=True)
    since = Day(required=True, allow_none=True, metadata={"description": "first day the clause holds"})
    source = fields.String(required=True, allow_none=True)
    quality = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "S read in a source, G general knowledge still to be verified, C computed or our own design"},
    )


class DecreeSchema(Schema):
    """The whole law of a day."""

    code = fields.String(required=True)
    name = fields.String(required=True, metadata={"description": "whose law it is"})
    day = Day(required=True)
    version = fields.String(required=True, metadata={"description": "a hash of every clause in force"})
    rules = fields.List(fields.Nested(RuleSchema), required=True)


class DecreeArgs(Schema):
    """Which day; the law is chosen by the day judged, so there is no default."""

    on = Day(required=True)


class DecreesSchema(Schema):
    """The codes of the decrees in use."""

    codes = fields.List(fields.String(), required=True)


@ratings.get("/decrees")
@public
@ratings.response(200, DecreesSchema)
def list_decrees() -> dict[str, Any]:
    """The decrees in use."""
    return {"codes": list(decrees.codes())}


@ratings.get("/decrees/<code>")
@public
@ratings.arguments(DecreeArgs, location="query")
@ratings.response(200, DecreeSchema)
def get_decree(asked: dict[str, date], code: str) -> dict[str, Any]:
    """Everything the law says of a day, in sentences with their sources."""
    try:
        decree = decrees.on(code, asked["on"])
    except decrees.UncoveredDay as error:
        raise errors.NotFound("decree_uncovered", decree=code, day=asked["on"]) from error
    except decrees.UnknownDecree as error:
        raise errors.NotFound("decree_unknown", decree=code) from error
    said = [_shown(rule) for rule in rules_of(decree, language())]
    return {"code": decree.code, "name": decrees.name_of(code), "day": decree.day, "version": decree.version, "rules": said}


def _shown(rule: Rule) -> dict[str, Any]:
    clause = asdict(rule.clause) if rule.clause else dict.fromkeys(("code", "since", "source", "quality"))
    return {"title": rule.title, "says": rule.says, "clause": clause.pop("code"), **clause}
