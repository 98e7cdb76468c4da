"""Base amounts over HTTP: brought in by file, read by those who answer for the people."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from app import clock
from app.db import transaction
from app.http import (
    UPLOAD,
    BroughtSchema,
    Day,
    Instant,
    Schema,
    UploadArgs,
    actor,
    allowed,
    collection,
    paged,
    refuse_flaws,
    shown_flaws,
    uploaded,
)
from app.http.paging import LIMIT
from app.pay import actions, rules, store
from app.pay.api.blueprint import pay
from app.people.actions.days import day_of


class BasePageArgs(Schema):
    """A page whose cursor is the id of the last one of the page before."""

    after = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(0, 2**63 - 1))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, LIMIT))


class BaseSchema(Schema):
    """A base amount as it was stated: of a person, or of a position in a unit and below it."""

    id = fields.Integer(required=True)
    nip = fields.String(required=True, allow_none=True)
    unit = fields.String(required=True, allow_none=True)
    position = fields.String(required=True, allow_none=True)
    amount = fields.Integer(required=True, metadata={"description": "rupiah of 100 per cent a month"})
    since = Day(required=True)
    source = fields.String(required=True)
    stated_at = Instant(required=True)


@pay.get("/base-amounts")
@allowed(*actions.STATES)
@pay.arguments(BasePageArgs, location="query")
@pay.response(200, collection(BaseSchema))
def list_base_amounts(page: Mapping[str, Any]) -> dict[str, Any]:
    """What was stated of people and positions in one's scope, newest first; the earlier ones stay."""
    with transaction() as session:
        paths = actor().paths(*actions.STATES)
        rows = store.list_stated(session, paths, day_of(clock.now()), page["after"], page["limit"] + 1)
    return paged(rows, page["limit"], key=lambda row: row.id)


@pay.post("/base-amounts/file")
@allowed(*actions.STATES)
@pay.arguments(UploadArgs, location="query")
@pay.response(200, BroughtSchema)
@pay.doc(requestBody=UPLOAD)
def import_base_amounts(args: Mapping[str, Any]) -> dict[str, Any]:
    """Bring in a file of base amounts, CSV or XLSX (docs/pay.md): every row is checked, all are written or none."""
    file = rules.parse(uploaded())
    with transaction() as session:
        brought = actions.import_bases(session, file, actor(), clock.now(), args["dry_run"])
        if not args["dry_run"]:
            refuse_flaws(brought.problems)
    return {
        "added": brought.added,
        "changed": brought.changed,
        "same": brought.same,
        "is_written": brought.is_written,
        "problem_count": len(brought.problems),
        "problems": shown_flaws(brought.problems),
    }
