"""Monthly recaps over HTTP: pages of JSON, and the same rows as files."""

import tempfile
from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Response, send_file
from marshmallow import fields, validate

from app import clock
from app.access import Role
from app.db import transaction
from app.http import Blueprint, PageArgs, PerCent, Schema, actor, allowed, collection, language, month_of, paged
from app.recaps import actions, rules

READERS = (Role.SUPERVISOR, Role.HR, Role.AUDITOR)
MONTH = "/recaps/<string(length=7):month>"
TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
}
FILE = {"type": "string", "format": "binary"}

recaps = Blueprint("recaps", __name__, url_prefix="/v1", description="Monthly recaps: sums of day records.")


class UnitArgs(Schema):
    """Whose recap: one unit and all below it; without one, all of one's scope."""

    unit = fields.String(load_default=None, allow_none=True)


class RecapArgs(UnitArgs, PageArgs):
    """Whose recap, page by page; the cursor is unit path and NIP of the last row."""

    after = fields.String(load_default=None, allow_none=True, validate=validate.Regexp(r"[A-Z0-9_]+(\.[A-Z0-9_]+)*:[0-9]{18}\Z"))


class CountsSchema(Schema):
    """Sums of day records. Bands are the decree's, lowest first."""

    owed = fields.Integer()
    present = fields.Integer()
    absent = fields.Integer()
    leave = fields.Integer()
    holiday = fields.Integer()
    joint_leave = fields.Integer()
    dispensation = fields.Integer()
    incident = fields.Integer()
    off = fields.Integer()
    not_yet = fields.Integer()
    late_days = fields.Integer()
    late_min = fields.Integer()
    late_by_band = fields.List(fields.Integer())
    early_days = fields.Integer()
    early_min = fields.Integer()
    early_by_band = fields.List(fields.Integer())
    missing_in = fields.Integer()
    missing_out = fields.Integer()
    leave_by_kind = fields.Function(
        lambda counts: dict(zip(rules.LEAVE_KINDS, counts.leave_by_kind, strict=True)),
        metadata={"type": "object", "additionalProperties": {"type": "integer"}},
    )
    deduction_pct = PerCent(metadata={"description": "of all days, before the monthly cap"})


class RatedSchema(Schema):
    """The month's rating; null is what nobody has assessed yet."""

    discipline_pct = PerCent()
    productivity_pct = PerCent(allow_none=True)
    tpp_pct = PerCent(allow_none=True)
    score = PerCent(allow_none=True)
    predicate = fields.String(allow_none=True)
    provisional = fields.Boolean()


class RecapSchema(Schema):
    """One person's month."""

    nip = fields.String(attribute="member.nip")
    name = fields.String(attribute="member.name")
    unit = fields.String(attribute="member.unit_code")
    codes = fields.List(fields.String(), metadata={"description": "one a day; blank: no record; the XLSX has a legend"})
    counts = fields.Nested(CountsSchema)
    rating = fields.Nested(RatedSchema, attribute="rated", allow_none=True)
    provisional = fields.Boolean(metadata={"description": "until every day of it is sealed"})


class UnitTotalSchema(Schema):
    """The sums of the people who stand in a unit; the mean is of those whose TPP is known."""

    unit = fields.String(attribute="code")
    name = fields.String()
    people = fields.Integer()
    counts = fields.Nested(CountsSchema)
    tpp_mean_pct = PerCent(allow_none=True)


class TotalsSchema(Schema):
    """The sums by unit, and of everybody."""

    units = fields.List(fields.Nested(UnitTotalSchema))
    people = fields.Integer()
    counts = fields.Nested(CountsSchema)


@recaps.get(MONTH)
@allowed(*READERS)
@recaps.arguments(RecapArgs, location="query")
@recaps.response(200, collection(RecapSchema))
def list_recaps(args: Mapping[str, Any], month: str) -> dict[str, Any]:
    """Recaps of one's scope (or one unit of it), in order of unit and NIP."""
    first_day = month_of(month)
    with transaction() as session:
        units = actions.units_of(session, args["unit"], actor().paths(*READERS))
        paths = [unit.path for unit in units]
        after = args["after"] and tuple(args["after"].split(":"))
        rows = actions.list_recaps(session, first_day, paths, after, args["limit"] + 1)
    return paged(rows, args["limit"], lambda recap: f"{recap.member.unit_path}:{recap.member.nip}")


@recaps.get(f"{MONTH}.csv")
@allowed(*READERS)
@recaps.arguments(UnitArgs, location="query")
@recaps.response(200, FILE, content_type="text/csv")
def download_csv(args: Mapping[str, Any], month: str) -> Response:
    """The recap for programs: commas, decimal points, UTF-8, one line a person.

    People take the XLSX: a spreadsheet set to Indonesian expects semicolons, and all of them round an NIP of 18 digits.
    """
    return _download("csv", args["unit"], month_of(month))


@recaps.get(f"{MONTH}.xlsx")
@allowed(*READERS)
@recaps.arguments(UnitArgs, location="query")
@recaps.response(200, FILE, content_type=TYPES["xlsx"])
def download_xlsx(args: Mapping[str, Any], month: str) -> Response:
    """The recap as a workbook ready to print on A4, people by days and then their figures, with a legend."""
    return _download("xlsx", args["unit"], month_of(month))


@recaps.get(f"{MONTH}.pdf")
@allowed(*READERS)
@recaps.arguments(UnitArgs, location="query")
@recaps.response(200, FILE, content_type=TYPES["pdf"])
def download_pdf(args: Mapping[str, Any], month: str) -> Response:
    """The same as pages: an archival, tagged PDF, not signed; the signed one is made when the month is sealed."""
    return _download("pdf", args["unit"], month_of(month))


@recaps.get(f"{MONTH}/totals")
@allowed(*READERS)
@recaps.arguments(UnitArgs, location="query")
@recaps.response(200, TotalsSchema)
def get_totals(args: Mapping[str, Any], month: str) -> dict[str, Any]:
    """What the recaps add up to, by unit and for all of them."""
    first_day = month_of(month)
    with transaction() as session:
        units = actions.units_of(session, args["unit"], actor().paths(*READERS))
        found = actions.totals_of(session, first_day, [unit.path for unit in units])
    counts = rules.total_of(unit.counts for unit in found)
    return {"units": found, "people": sum(unit.people for unit in found), "counts": counts}


def _download(form: str, unit: str | None, month: date) -> Response:
    """The recap as an attachment.

    The whole file is made before the first byte leaves: a download that breaks off half way would look like a full month.
    """
    file = tempfile.TemporaryFile(prefix="tapak-recap-")  # noqa: SIM115  closed by the server once it is sent
    with transaction() as session:
        units = actions.units_of(session, unit, actor().paths(*READERS))
        heading = actions.heading_of(session, month, units, language(), clock.now())
        actions.write(session, file, form, heading, [unit.path for unit in units])
    length = file.seek(0, 2)
    file.seek(0)
    answer = send_file(file, mimetype=TYPES[form], as_attachment=True, download_name=actions.file_name(heading, form))
    answer.content_length = length
    return answer
