"""Notices about absence over HTTP: to superiors and personnel, and to the person they are about."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from app import clock
from app.db import transaction
from app.http import Day, Instant, Schema, actor, allowed, collection, language, paged, signed_in
from app.http.paging import LIMIT
from app.people.actions.days import day_of
from app.ratings import actions, rules, store
from app.ratings.api.blueprint import ratings
from app.texts import text


class NoticePageArgs(Schema):
    """A page whose cursor is the id of the last notice of the page before; of one year, standing or withdrawn."""

    after = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(0, 2**63 - 1))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, LIMIT))
    year = fields.Integer(load_default=None, validate=validate.Range(2000, 2100))
    standing = fields.Boolean(load_default=None)


class NoticeArgs(NoticePageArgs):
    """Which notices of one's scope."""

    unit = fields.String(load_default=None, metadata={"description": "code of a unit; those below it are included"})


class OwnAbsenceNoticeSchema(Schema):
    """That the absence of a calendar year has reached a step of the ladder: told, never a sanction."""

    id = fields.Integer(required=True)
    year = fields.Integer(required=True)
    step = fields.String(required=True, metadata={"description": "the step, or `consecutive` for a row of working days"})
    level = fields.String(required=True, metadata={"enum": ["light", "medium", "heavy"]})
    sanction = fields.String(required=True, metadata={"description": "what the step may lead to after an examination"})
    absent_days = fields.Integer(required=True, metadata={"description": "absent working days when it was given"})
    made_days = fields.Integer(required=True, metadata={"description": "days that minutes made, where the law adds them up"})
    run = fields.Integer(required=True, metadata={"description": "longest row of absent working days"})
    until = Day(required=True, metadata={"description": "the last day that was counted"})
    clause = fields.String(required=True)
    quality = fields.String(required=True)
    message = fields.String(required=True)
    given_at = Instant(required=True)
    withdrawn_at = Instant(required=True, allow_none=True, metadata={"description": "null: it stands"})
    days_then = fields.Integer(required=True, allow_none=True, metadata={"description": "days when it was withdrawn"})


class AbsenceNoticeSchema(OwnAbsenceNoticeSchema):
    """A notice about somebody one answers for."""

    nip = fields.String(required=True)
    name = fields.String(required=True)
    unit = fields.String(required=True, metadata={"description": "where he is posted today, or was last"})


@ratings.get("/notices")
@allowed(*actions.READERS)
@ratings.arguments(NoticeArgs, location="query")
@ratings.response(200, collection(AbsenceNoticeSchema))
def list_notices(args: Mapping[str, Any]) -> dict[str, Any]:
    """Whom absence has brought to a step of the ladder, in one's scope, newest first. A sanction is for people to decide."""
    asked = args["unit"], args["year"], args["standing"], args["after"], args["limit"] + 1
    with transaction() as session:
        rows = actions.list_notices(session, *asked, by=actor(), now=clock.now())
    return paged([_shown(row) for row in rows], args["limit"], lambda row: row["id"])


@ratings.get("/me/notices")
@signed_in
@ratings.arguments(NoticePageArgs, location="query")
@ratings.response(200, collection(OwnAbsenceNoticeSchema))
def list_own_notices(args: Mapping[str, Any]) -> dict[str, Any]:
    """The notices about oneself, newest first."""
    asked = {"person_id": actor().person_id, "year": args["year"], "standing": args["standing"]}
    with transaction() as session:
        rows = store.list_notices(session, day_of(clock.now()), args["after"], args["limit"] + 1, **asked)
    return paged([_shown(row) for row in rows], args["limit"], lambda row: row["id"])


def _shown(row: store.Noticed) -> dict[str, Any]:
    lang = language()
    said = {"days": row.absent_days + row.made_days, "year": row.year, "run": row.run}
    named = {"level": text(f"level_{row.level}", lang), "sanction": text(f"sanction_{row.sanction}", lang)}
    code = "notice_consecutive" if row.step == rules.CONSECUTIVE else "notice_days"
    same = OwnAbsenceNoticeSchema().fields.keys() - {"message"}
    return {
        **{name: getattr(row, name) for name in same},
        "nip": row.nip,
        "name": row.name,
        "unit": row.unit_code,
        "message": text(code, lang, **said, **named),
    }
