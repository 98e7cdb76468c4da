"""Who looked at where people were: for each person, and for the auditor."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from app.access import Role
from app.anomalies import actions
from app.anomalies import store as findings
from app.anomalies.api.routes import anomalies
from app.anomalies.api.shapes import FindingPageArgs
from app.anomalies.rules import Shown
from app.anomalies.store import Look, Looked
from app.db import transaction
from app.http import Instant, Schema, actor, allowed, collection, paged, signed_in

NIP = validate.Regexp(r"[0-9]{18}\Z")
ABOUT = {"description": "`finding`: for a finding; `export`: a stretch of the ledger was written to a file for an inspector"}


class OwnLookSchema(Schema):
    """That somebody saw where one had been."""

    at = Instant(required=True)
    by = fields.String(required=True, allow_none=True, metadata={"description": "name; null: who administers the server"})
    about = fields.String(required=True, validate=validate.OneOf(("finding", "export")), metadata=ABOUT)
    finding = fields.Integer(required=True, allow_none=True)
    shown = fields.Enum(Shown, by_value=True, required=True, metadata={"description": "the position, or distance and direction"})
    checkins = fields.Integer(required=True, metadata={"description": "of how many check-ins"})


class LookSchema(OwnLookSchema):
    """The same with whose position it was, and the number of who looked."""

    nip = fields.String(required=True)
    name = fields.String(required=True)
    by_nip = fields.String(required=True, allow_none=True)


class LookArgs(FindingPageArgs):
    """A page of looks at somebody, by somebody, since an instant."""

    nip = fields.String(load_default=None, validate=NIP, metadata={"description": "whose position was looked at"})
    by = fields.String(load_default=None, validate=NIP, metadata={"description": "who looked"})
    since = Instant(load_default=None)


@anomalies.get("/me/access-log")
@signed_in
@anomalies.arguments(FindingPageArgs, location="query")
@anomalies.response(200, collection(OwnLookSchema))
def list_my_looks(args: Mapping[str, Any]) -> dict[str, Any]:
    """Who saw where one had been, when and for what, newest first."""
    with transaction() as session:
        rows = findings.list_looks(session, args["after"], args["limit"] + 1, Looked(person_id=actor().person_id))
    return _page(rows, args["limit"])


@anomalies.get("/access-log")
@allowed(Role.AUDITOR)
@anomalies.arguments(LookArgs, location="query")
@anomalies.response(200, collection(LookSchema))
def list_looks(args: Mapping[str, Any]) -> dict[str, Any]:
    """Who saw where people of one's scope had been, newest first."""
    wanted = Looked(nip=args["nip"], viewer=args["by"], since=args["since"])
    with transaction() as session:
        rows = actions.list_looks(session, actor(), args["after"], args["limit"] + 1, wanted)
    return _page(rows, args["limit"])


def _page(rows: list[Look], limit: int) -> dict[str, Any]:
    found = paged(rows, limit, lambda row: row.id)
    return {**found, "items": [_told(row) for row in found["items"]]}


def _told(row: Look) -> dict[str, Any]:
    about, _, subject = row.cause.partition(":")
    return {
        "at": row.viewed_at, "by": row.viewer_name, "by_nip": row.viewer_nip, "about": about, "shown": Shown(row.shown),
        "finding": int(subject) if about == "finding" else None, "checkins": row.checkins, "nip": row.nip, "name": row.name,
    }  # fmt: skip
