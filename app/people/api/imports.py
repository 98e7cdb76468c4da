"""Bringing units and people in over HTTP: looked at first, then carried out as it was looked at."""

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import fields, validate

from app import clock
from app.access import Role
from app.db import transaction
from app.http import Day, Schema, actor, allowed, language
from app.people.actions import imports as actions
from app.people.api.blueprint import people
from app.people.rules.plan import Change
from app.people.rules.separated import Problem
from app.people.rules.table import Row, parse
from app.texts import text

LONGEST_FILE = 1_900_000
# A file with one wrong column is wrong on every line: so many are told, and how many there are.
SHOWN = 500


class PeopleFileSchema(Schema):
    """A people file as text (docs/people-csv.md). Without a `tag` it is only looked at."""

    csv = fields.String(required=True, validate=validate.Length(1, LONGEST_FILE))
    tag = fields.String(
        load_default=None,
        allow_none=True,
        metadata={"description": "of what was looked at: it is carried out only if it would still do the same"},
    )
    with_codes = fields.Boolean(load_default=False, metadata={"description": "one-time codes for new people, told this once"})


class UnitLineSchema(Schema):
    """A unit that is new (`before` null) or changes."""

    line = fields.Integer(required=True)
    before = fields.Dict(keys=fields.String(), values=fields.String(), required=True, allow_none=True)
    after = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class PostingStateSchema(Schema):
    """A posting."""

    unit = fields.String(required=True, attribute="unit_code")
    position = fields.String(required=True)
    kind = fields.String(required=True)
    since = Day(required=True)
    until = Day(required=True, allow_none=True)


class NameLineSchema(Schema):
    """A person who is new (`before` null) or called otherwise."""

    line = fields.Integer(required=True)
    nip = fields.String(required=True)
    before = fields.String(required=True, allow_none=True)
    after = fields.String(required=True)


class PostingLineSchema(Schema):
    """A posting that is new (`before` null), ends, or changes."""

    line = fields.Integer(required=True)
    nip = fields.String(required=True)
    before = fields.Nested(PostingStateSchema, required=True, allow_none=True)
    after = fields.Nested(PostingStateSchema, required=True)


class RemarkSchema(Schema):
    """What is wrong, or odd, on a line; 0 is the file itself."""

    line = fields.Integer(required=True)
    code = fields.String(required=True)
    message = fields.String(required=True)


class CodeSchema(Schema):
    """A one-time code of a new person."""

    nip = fields.String(required=True)
    code = fields.String(required=True)


class PlanCountsSchema(Schema):
    """How many there are of each, also beyond those that are told."""

    units = fields.Integer(required=True)
    people = fields.Integer(required=True)
    postings = fields.Integer(required=True)
    problems = fields.Integer(required=True)


class PeoplePlanSchema(Schema):
    """What a people file did or would do; of each kind the first five hundred. With a problem nothing is written."""

    is_written = fields.Boolean(required=True)
    tag = fields.String(required=True)
    counts = fields.Nested(PlanCountsSchema, required=True)
    units = fields.List(fields.Nested(UnitLineSchema), required=True)
    people = fields.List(fields.Nested(NameLineSchema), required=True)
    postings = fields.List(fields.Nested(PostingLineSchema), required=True)
    problems = fields.List(fields.Nested(RemarkSchema), required=True)
    warnings = fields.List(fields.Nested(RemarkSchema), required=True)
    codes = fields.List(fields.Nested(CodeSchema), required=True)


@people.post("/people/imports")
@allowed(Role.HR, Role.ADMIN)
@people.arguments(PeopleFileSchema)
@people.response(200, PeoplePlanSchema)
def import_people(body: Mapping[str, Any]) -> dict[str, Any]:
    """What a people file would change in one's scope; with the tag of that answer, the same is carried out, all or nothing."""
    table, now = parse(body["csv"].encode()), clock.now()
    with transaction() as session:
        done = actions.import_people(session, table, actor(), now, body["tag"] is None, body["with_codes"], expected=body["tag"])
    return _shown(done, table.rows)


def _shown(done: actions.Imported, rows: Sequence[Row]) -> dict[str, Any]:
    plan = done.plan
    nips, units = {row.nip: row.line for row in reversed(rows)}, {row.unit_code: row.line for row in reversed(rows)}
    names = [
        {"line": nips[one.after.nip], "nip": one.after.nip, "before": one.before and one.before.name, "after": one.after.name}
        for one in plan.people[:SHOWN]
    ]
    postings = [{"line": nips[one.after.nip], "nip": one.after.nip, **_both(one)} for one in plan.postings[:SHOWN]]
    told = ("code", "name", "path", "zone", "decree")
    changed = [
        {"line": units.get(one.after.code, 0)}
        | {when: state and {name: getattr(state, name) for name in told} for when, state in _both(one).items()}
        for one in plan.units[:SHOWN]
    ]
    counts = {kind: len(getattr(plan, kind)) for kind in ("units", "people", "postings", "problems")}
    return {
        "is_written": done.is_written,
        "tag": actions.tag_of(plan),
        "counts": counts,
        "units": changed,
        "people": names,
        "postings": postings,
        "problems": [_remark(problem) for problem in plan.problems[:SHOWN]],
        "warnings": [_remark(problem) for problem in plan.warnings[:SHOWN]],
        "codes": [{"nip": nip, "code": code} for nip, code in done.codes.items()],
    }


def _both(change: Change[Any]) -> dict[str, Any]:
    return {"before": change.before, "after": change.after}


def _remark(problem: Problem) -> dict[str, Any]:
    return {"line": problem.line, "code": problem.code, "message": text(problem.code, language(), **problem.params)}
