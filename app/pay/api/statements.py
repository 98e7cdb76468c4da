"""Statements over HTTP: somebody's month with every reason, for himself and for those who answer for him."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from flask import Response
from marshmallow import fields

from app import clock
from app.attendance.rules.trace import inputs_told
from app.attendance.store import Recorded
from app.db import transaction
from app.http import Day, Instant, Month, PerCent, Schema, actor, language, signed_in
from app.pay import actions, render, rules
from app.pay.api.blueprint import pay
from app.pay.api.payroll import month_named
from app.texts import text

QUALITY = {"description": "S read in a source, G general knowledge, C our design"}


class StatementLineSchema(Schema):
    """One sentence of a day."""

    code = fields.String(required=True)
    message = fields.String(required=True)
    pct = PerCent(allow_none=True)
    clause = fields.String(allow_none=True)


class StatementDaySchema(Schema):
    """A day as it was judged: what was owed, when somebody came and went, and every sentence about it."""

    day = Day(required=True)
    status = fields.String(required=True)
    start_at = Instant(allow_none=True)
    end_at = Instant(allow_none=True)
    in_at = Instant(allow_none=True)
    out_at = Instant(allow_none=True)
    late_min = fields.Integer(required=True)
    early_min = fields.Integer(required=True)
    deduction_pct = PerCent(required=True)
    is_final = fields.Boolean(required=True)
    lines = fields.List(fields.Nested(StatementLineSchema), required=True)
    trace = fields.List(
        fields.String(), required=True, metadata={"description": "a sentence for everything the day was judged by, with its ids"}
    )


class DayCostSchema(Schema):
    """Something that cost something: on which day, how many minutes, by which clause, and what it comes to."""

    day = Day(required=True)
    code = fields.String(required=True)
    message = fields.String(required=True)
    minutes = fields.Integer(required=True, allow_none=True, metadata={"description": "null: it is not counted in minutes"})
    pct = PerCent(required=True, metadata={"description": "per cent of the month's deductions, before the cap"})
    clause = fields.String(required=True, allow_none=True)
    quality = fields.String(required=True, allow_none=True, metadata=QUALITY)
    source = fields.String(required=True, allow_none=True)


class StatementSumsSchema(Schema):
    """What the days add up to, the same as in the recap."""

    late_min = fields.Integer(required=True)
    early_min = fields.Integer(required=True)
    deduction_pct = PerCent(required=True)


class PayStepSchema(Schema):
    """A step from the whole base to what is paid; the steps add up to it, in per cent and in rupiah."""

    code = fields.String(required=True)
    message = fields.String(required=True)
    day = Day(required=True, allow_none=True)
    pct = PerCent(required=True, metadata={"description": "per cent of the base amount"})
    rupiah = fields.Integer(required=True, allow_none=True)
    clause = fields.String(required=True, allow_none=True)
    quality = fields.String(required=True, allow_none=True, metadata=QUALITY)


class MoneySchema(Schema):
    """The month's allowance; `missing` says why it, or its rupiah, is not known yet."""

    tpp_pct = PerCent(required=True, allow_none=True)
    base_rupiah = fields.Integer(required=True, allow_none=True)
    base_since = Day(required=True, allow_none=True)
    base_source = fields.String(required=True, allow_none=True)
    paid_rupiah = fields.Integer(required=True, allow_none=True)
    rounding_clause = fields.String(required=True, allow_none=True)
    rounding_source = fields.String(required=True, allow_none=True)
    missing = fields.String(required=True, allow_none=True)
    message = fields.String(required=True, allow_none=True)
    steps = fields.List(fields.Nested(PayStepSchema), required=True)


class MonthFindingSchema(Schema):
    """A finding about a day of the month, and until when the person may answer it."""

    id = fields.Integer(required=True)
    kind = fields.String(required=True)
    day = Day(required=True)
    status = fields.String(required=True)
    reply_until = Instant(required=True)
    appeal_until = Instant(required=True, allow_none=True)


class ContestSchema(Schema):
    """How to contest the month, and until when; `until` is null while it is open, because then it may be corrected any day."""

    until = Day(required=True, allow_none=True)
    ways = fields.List(fields.String(), required=True)
    clause = fields.String(required=True, allow_none=True)
    quality = fields.String(required=True, allow_none=True, metadata=QUALITY)
    source = fields.String(required=True, allow_none=True)
    findings = fields.List(fields.Nested(MonthFindingSchema), required=True)


class StatementSchema(Schema):
    """A person's month with every reason."""

    nip = fields.String(required=True)
    name = fields.String(required=True)
    position = fields.String(required=True)
    unit = fields.String(required=True)
    unit_name = fields.String(required=True)
    month = Month(required=True)
    is_final = fields.Boolean(required=True)
    sealed_at = Instant(required=True, allow_none=True)
    made_at = Instant(required=True)
    discipline_pct = PerCent(required=True, allow_none=True)
    productivity_pct = PerCent(required=True, allow_none=True)
    sums = fields.Nested(StatementSumsSchema, required=True)
    costs = fields.List(fields.Nested(DayCostSchema), required=True)
    money = fields.Nested(MoneySchema, required=True)
    days = fields.List(fields.Nested(StatementDaySchema), required=True)
    contest = fields.Nested(ContestSchema, required=True)


@pay.get("/statements/<nip>/<string(length=7):month>")
@signed_in
@pay.response(200, StatementSchema)
def get_statement(nip: str, month: str) -> dict[str, Any]:
    """The month of oneself, or of somebody one answers for: what it cost, why, in rupiah if known, and how to contest it."""
    with transaction() as session:
        found = actions.statement_of(session, nip, month_named(month), actor(), clock.now())
    return shown(found, language())


@pay.get("/statements/<nip>/<string(length=7):month>.pdf")
@signed_in
@pay.response(200, {"type": "string", "format": "binary"}, content_type="application/pdf")
def download_statement(nip: str, month: str) -> Response:
    """The same as pages, a tagged archival PDF in the asker's language (Indonesian or English)."""
    with transaction() as session:
        found = actions.statement_of(session, nip, month_named(month), actor(), clock.now())
    spoken = language()
    headers = {"Content-Disposition": f'attachment; filename="{render.file_name(found)}"', "Content-Language": spoken}
    return Response(render.pdf_of(found, spoken), mimetype="application/pdf", headers=headers)


def shown(found: actions.Statement, spoken: str) -> dict[str, Any]:
    """The statement as the schemas above read it."""
    person, rating, contest = found.person, found.rating, found.law.contest
    return {
        "nip": person.nip,
        "name": person.name,
        "position": person.position,
        "unit": person.unit_code,
        "unit_name": person.unit_name,
        "month": found.month,
        "is_final": found.sealed_at is not None,
        "sealed_at": found.sealed_at,
        "made_at": found.made_at,
        "discipline_pct": rating and rating.discipline_pct,
        "productivity_pct": rating and rating.productivity_pct,
        "sums": found.sums,
        "costs": [_cost(cost, spoken) for cost in found.costs],
        "money": _money(found, spoken),
        "days": [_trace(day, spoken) for day in found.days],
        "contest": {
            "until": found.contest_until,
            "ways": [text(code, spoken) for code in found.ways],
            "clause": contest and contest.clause.code,
            "quality": contest and contest.clause.quality,
            "source": contest and contest.clause.source,
            "findings": found.asked,
        },
    }


def _cost(cost: rules.Cost, spoken: str) -> dict[str, Any]:
    named = {name: getattr(cost, name) for name in ("day", "code", "pct", "clause", "quality", "source")}
    return {**named, "message": text(cost.code, spoken, **cost.params), "minutes": cost.params.get("minutes")}


def _money(found: actions.Statement, spoken: str) -> dict[str, Any]:
    money, base, law = found.money, found.base, found.law.payment
    return {
        "tpp_pct": found.rating and found.rating.tpp_pct,
        "base_rupiah": base and base.amount,
        "base_since": base and base.since,
        "base_source": base and base.source,
        "paid_rupiah": money.paid,
        "rounding_clause": law and law.clause.code,
        "rounding_source": law and law.clause.source,
        "missing": money.missing,
        "message": money.missing and text(money.missing, spoken),
        "steps": [_step(step, spoken) for step in money.steps],
    }


def _step(step: rules.Step, spoken: str) -> dict[str, Any]:
    named = {name: getattr(step, name) for name in ("code", "day", "pct", "rupiah", "clause", "quality")}
    return {**named, "message": text(step.code, spoken, **step.params)}


def _trace(day: Recorded, spoken: str) -> dict[str, Any]:
    names = ("day", "status", "start_at", "end_at", "in_at", "out_at", "late_min", "early_min", "deduction_pct")
    return {
        **{name: getattr(day, name) for name in names},
        "is_final": day.frozen_at is not None,
        "lines": _lines(day.lines, spoken),
        "trace": [text(line.code, spoken, **line.params) for line in inputs_told(day.trace, day.day)],
    }


def _lines(lines: Sequence[Mapping[str, Any]], spoken: str) -> list[dict[str, Any]]:
    return [
        {
            "code": line["code"],
            "message": text(line["code"], spoken, **line["params"]),
            "pct": Decimal(line["pct"]) if "pct" in line else None,
            "clause": line.get("clause"),
        }
        for line in lines
    ]
