"""A unit's roster of a month while it is drawn up, over HTTP: begun, changed, brought in from a file, published."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from marshmallow import fields, validate

from app import clock, errors
from app.db import Session, transaction
from app.http import Day, Instant, Month, Schema, actor, allowed, language
from app.texts import text
from app.workdays import actions, rules
from app.workdays import store as workdays_store
from app.workdays.actions.plans import Month as UnitMonth
from app.workdays.api.months import Cell, DiffSchema, PersonRowSchema, month_at, rows_of, shown_changes
from app.workdays.api.routes import workdays
from app.workdays.api.versions import VersionSchema, shown_version
from app.workdays.rules import rosterfile

MOST_PEOPLE = 2000
LONGEST_FILE = 2_000_000


class NewDraftSchema(Schema):
    """Which roster is to be drawn up."""

    unit = fields.String(required=True)
    month = Month(required=True)


class ChangesSchema(Schema):
    """Days to say anew."""

    people = fields.List(fields.Nested(PersonRowSchema), required=True, validate=validate.Length(1, MOST_PEOPLE))


class PatternUseSchema(Schema):
    """A pattern laid over people's days from a date, save for exceptions; the same start goes on in the next month."""

    pattern = fields.String(required=True)
    nips = fields.List(fields.String(validate=validate.Length(equal=18)), required=True, validate=validate.Length(1, MOST_PEOPLE))
    starts_on = Day(required=True)
    exceptions = fields.Dict(keys=Day(), values=Cell(), load_default={})


class RosterFileSchema(Schema):
    """A roster file as text."""

    csv = fields.String(required=True, validate=validate.Length(1, LONGEST_FILE))
    dry_run = fields.Boolean(load_default=False)


class PublicationSchema(Schema):
    """Why this roster replaces the one before."""

    note = fields.String(required=True, validate=validate.Length(3, 2000))


class ConflictSchema(Schema):
    """Two shifts of one person that he cannot or may not work both."""

    nip = fields.String(required=True)
    code = fields.String(required=True)
    message = fields.String(required=True)


class DraftSchema(Schema):
    """A roster while it is drawn up: nobody is judged by it."""

    unit = fields.String(required=True)
    month = Month(required=True)
    began_at = Instant(required=True)
    changed_at = Instant(required=True)
    people = fields.List(fields.Nested(PersonRowSchema), required=True)
    conflicts = fields.List(fields.Nested(ConflictSchema), required=True)


class FileProblemSchema(Schema):
    """What is wrong on a line of the file; line 0 is the file itself."""

    line = fields.Integer(required=True)
    code = fields.String(required=True)
    message = fields.String(required=True)


class ImportedSchema(DiffSchema):
    """What a file did or would do; with a problem nothing is written."""

    problems = fields.List(fields.Nested(FileProblemSchema), required=True)
    is_written = fields.Boolean(required=True)


@workdays.post("/roster-drafts")
@allowed(*actions.SETS_UP)
@workdays.etag
@workdays.arguments(NewDraftSchema)
@workdays.response(201, DraftSchema)
def begin_draft(body: Mapping[str, Any]) -> dict[str, Any]:
    """Begin to draw up a unit's roster of a month; it begins as what is in force."""
    now = clock.now()
    with transaction() as session:
        month = actions.month_of(session, body["unit"], body["month"], actor().paths(*actions.SETS_UP), now)
        return _draft(session, month, actions.begin_draft(session, month, now))


@workdays.get("/roster-drafts/<unit>/<month>")
@allowed(*actions.READS)
@workdays.etag
@workdays.response(200, DraftSchema)
def get_draft(unit: str, month: str) -> dict[str, Any]:
    """A draft with the conflicts there would be."""
    with transaction() as session:
        there = month_at(session, unit, month, actions.READS)
        return _draft(session, there, actions.get_draft(session, there))


@workdays.route("/roster-drafts/<unit>/<month>", methods=["PATCH"])
@allowed(*actions.SETS_UP)
@workdays.etag
@workdays.arguments(ChangesSchema)
@workdays.response(200, DraftSchema)
def change_draft(body: Mapping[str, Any], unit: str, month: str) -> dict[str, Any]:
    """Say days of a draft anew: all of them, or none when one is wrong."""
    with transaction() as session:
        there = _month_to_edit(session, unit, month)
        said = _said(there, [(row["nip"], row["days"]) for row in body["people"]])
        return _draft(session, there, actions.change_draft(session, there, said, clock.now()))


@workdays.put("/roster-drafts/<unit>/<month>/pattern")
@allowed(*actions.SETS_UP)
@workdays.etag
@workdays.arguments(PatternUseSchema)
@workdays.response(200, DraftSchema)
def use_pattern(body: Mapping[str, Any], unit: str, month: str) -> dict[str, Any]:
    """Lay a pattern over the days of people, save for exceptions."""
    with transaction() as session:
        there = _month_to_edit(session, unit, month)
        cycle = [tuple(day) for day in actions.get_pattern(session, there, body["pattern"]).cycle]
        days = rules.cycled(cycle, body["starts_on"], there.days, body["exceptions"])
        said = _said(there, [(nip, days) for nip in body["nips"]])
        return _draft(session, there, actions.change_draft(session, there, said, clock.now()))


@workdays.post("/roster-drafts/<unit>/<month>/file")
@allowed(*actions.SETS_UP)
@workdays.arguments(RosterFileSchema)
@workdays.response(200, ImportedSchema)
def import_file(body: Mapping[str, Any], unit: str, month: str) -> dict[str, Any]:
    """Bring a roster file into the draft, which is begun if there is none: every row is checked, all is written or nothing."""
    with transaction() as session:
        there = month_at(session, unit, month, actions.SETS_UP)
        file = rosterfile.parse(body["csv"].encode(), there.month)
        found = actions.import_roster(session, there, file, clock.now(), body["dry_run"])
        problems = [
            {"line": problem.line, "code": problem.code, "message": text(problem.code, language(), **problem.params)}
            for problem in found.problems
        ]
        return {"changes": shown_changes(session, found.changes), "problems": problems, "is_written": found.is_written}


@workdays.delete("/roster-drafts/<unit>/<month>")
@allowed(*actions.SETS_UP)
@workdays.etag
@workdays.response(204)
def throw_draft_away(unit: str, month: str) -> None:
    """Throw a draft away."""
    with transaction() as session:
        there = _month_to_edit(session, unit, month)
        workdays_store.remove_draft(session, there.unit.id, there.month)


@workdays.put("/roster-drafts/<unit>/<month>/publication")
@allowed(*actions.SETS_UP)
@workdays.etag
@workdays.arguments(PublicationSchema)
@workdays.response(200, VersionSchema)
def publish_draft(body: Mapping[str, Any], unit: str, month: str) -> dict[str, Any]:
    """Publish a draft: from now on people are judged by it. Refused with every conflict there would be."""
    with transaction() as session:
        there = _month_to_edit(session, unit, month)
        return shown_version(there, actions.publish(session, there, body["note"], actor(), clock.now()))


def _month_to_edit(session: Session, unit: str, month: str) -> UnitMonth:
    """The unit's month, if the asker has seen the draft as it stands (If-Match); nobody else writes it until this is done."""
    there = month_at(session, unit, month, actions.SETS_UP)
    workdays_store.lock_rosters(session, there.agency_id)
    workdays.check_etag(_draft(session, there, actions.get_draft(session, there)), DraftSchema)
    return there


def _said(month: UnitMonth, rows: list[tuple[str, Mapping[date, rules.Said]]]) -> dict[tuple[int, date], rules.Said]:
    """What is said, by person and day.

    Raises: Invalid (`roster_refused`) for people who are not of the unit, and days that are not of the month.
    """
    ids = {person.nip: person.person_id for person in month.employed}
    wrong: dict[str, errors.Text] = {}
    for number, (nip, days) in enumerate(rows):
        if nip not in ids:
            wrong[f"/people/{number}/nip"] = ("unknown_person", {"nip": nip})
        for day in sorted(days.keys() - set(month.days)):
            wrong[f"/people/{number}/days/{day}"] = "roster_other_month"
    if wrong:
        raise errors.Invalid("roster_refused", wrong)
    return {(ids[nip], day): said for nip, days in rows for day, said in days.items()}


def _draft(session: Session, month: UnitMonth, draft: workdays_store.RosterDraft) -> dict[str, Any]:
    plan = rules.of_rows(draft.lines)
    conflicts = [
        {"nip": clash.person.nip, "code": clash.told[0], "message": text(clash.told[0], language(), **clash.told[1])}
        for clash in actions.clashes_in_draft(session, month, plan)
    ]
    named = {"unit": month.unit.code, "month": month.month, "began_at": draft.began_at, "changed_at": draft.changed_at}
    return {**named, "people": rows_of(session, plan), "conflicts": conflicts}
