"""Acknowledging, sealing and amending months over HTTP."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from app import clock
from app.access import Role
from app.attendance.actions import Stated, States
from app.db import transaction
from app.http import Blueprint, Instant, PageArgs, Schema, actor, address, allowed, collection, month_of, paged, signed_in
from app.papers.store import Issued
from app.recaps import actions as recaps
from app.seals import actions, rules, store

MONTH = "/recaps/<string(length=7):month>"
Words = fields.String

seals = Blueprint("seals", __name__, url_prefix="/v1", description="Months: acknowledged, sealed, amended.")


class IssuedSchema(Schema):
    """A paper that was issued; verify it at /verify/{id}, fetch it at /v1/papers/{id}.pdf."""

    id = fields.UUID(required=True)
    number = Words(required=True)
    title = Words(required=True)
    sha256 = Words(required=True)
    is_test = fields.Boolean(required=True)


class SealArgs(Schema):
    """What is sealed: the unit with everything below it, and the undecided findings that the seal names."""

    unit = Words(required=True)
    findings = fields.List(fields.Integer(), load_default=list, validate=validate.Length(max=1000))
    note = Words(load_default="", validate=validate.Length(max=1000))


class UnitArgs(Schema):
    """Of which unit with everything below it."""

    unit = Words(required=True)


class SealSchema(Schema):
    """A unit's month that is final."""

    id = fields.Integer(required=True)
    unit = Words(required=True, attribute="unit_code")
    month = fields.Function(lambda seal: f"{seal.month:%Y-%m}", metadata={"type": "string"})
    digest = Words(required=True, metadata={"description": "SHA-256 over everything that the sealed days said"})
    people = fields.Integer(required=True)
    days = fields.Integer(required=True)
    findings = fields.List(fields.Integer(), required=True, metadata={"description": "undecided ones that were named"})
    note = Words(required=True)
    by = Words(required=True)
    sealed_at = Instant(required=True)


class SealedSchema(Schema):
    """A seal with its signed recap."""

    seal = fields.Nested(SealSchema, required=True)
    paper = fields.Nested(IssuedSchema, required=True)


class StatedSchema(Schema):
    """What is stated of one day: the evidence by now, hours of presence, or absence."""

    nip = Words(required=True, validate=validate.Regexp(r"[0-9]{18}\Z"))
    day = fields.Date(required=True)
    states = fields.Enum(States, by_value=True, required=True)
    in_at = Instant(load_default=None, allow_none=True)
    out_at = Instant(load_default=None, allow_none=True)

    @validates_schema
    def hours_go_with_hours(self, data: Mapping[str, Any], **_: Any) -> None:
        """Hours are given exactly where they are what is stated."""
        if (data["states"] is States.HOURS) != bool(data["in_at"] or data["out_at"]):
            raise ValidationError("amendment_hours", "states")


class AmendArgs(Schema):
    """Which days of a sealed month of a unit change, why, and by which document."""

    unit = Words(required=True)
    reason = Words(required=True, validate=validate.Length(min=3, max=1000))
    basis = Words(required=True, validate=validate.Length(min=3, max=300))
    changes = fields.List(fields.Nested(StatedSchema), required=True, validate=validate.Length(min=1, max=400))


class FiguresSchema(Schema):
    """What a day says in a recap."""

    code = Words(required=True)
    status = Words(required=True)
    late_min = fields.Integer(required=True)
    early_min = fields.Integer(required=True)
    deduction_pct = Words(required=True)


class AmendedDaySchema(Schema):
    """A day before and after."""

    nip = Words(required=True)
    name = Words(required=True)
    day = fields.Date(required=True)
    states = Words(required=True, metadata={"enum": [*States]})
    old = fields.Nested(FiguresSchema, required=True)
    new = fields.Nested(FiguresSchema, required=True)


class AmendmentSchema(Schema):
    """A change of a sealed month."""

    id = fields.Integer(required=True)
    seal_id = fields.Integer(required=True)
    unit = Words(required=True, attribute="unit_code")
    reason = Words(required=True)
    basis = Words(required=True)
    by = Words(required=True)
    stated_at = Instant(required=True)
    changes = fields.List(fields.Nested(AmendedDaySchema), required=True)


class AmendedSchema(Schema):
    """An amendment with its signed supplementary recap."""

    amendment = fields.Nested(AmendmentSchema, required=True)
    paper = fields.Nested(IssuedSchema, required=True)


class StandingArgs(PageArgs):
    """Whose months, of a unit and all below it or of one's scope; the cursor is unit path and NIP of the last row."""

    unit = Words(load_default=None, allow_none=True)
    after = Words(load_default=None, allow_none=True, validate=validate.Regexp(r"[A-Z0-9_]+(\.[A-Z0-9_]+)*:[0-9]{18}\Z"))


class StandingSchema(Schema):
    """Where a person's month stands between him, his superior and personnel."""

    nip = Words(attribute="recap.member.nip", required=True)
    name = Words(attribute="recap.member.name", required=True)
    unit = Words(attribute="recap.member.unit_code", required=True)
    codes = fields.List(Words(), attribute="recap.codes", required=True)
    present = fields.Integer(attribute="recap.counts.present", required=True)
    absent = fields.Integer(attribute="recap.counts.absent", required=True)
    late_min = fields.Integer(attribute="recap.counts.late_min", required=True)
    early_min = fields.Integer(attribute="recap.counts.early_min", required=True)
    deduction_pct = fields.Decimal(attribute="recap.counts.deduction_pct", as_string=True, required=True)
    digest = Words(required=True, metadata={"description": "of the figures; say it when acknowledging them"})
    state = fields.Enum(rules.State, by_value=True, required=True)


class AcknowledgeArgs(Schema):
    """Whether the figures with this digest are right; what is wrong, if they are not."""

    digest = Words(required=True, validate=validate.Regexp(r"[0-9a-f]{64}\Z"))
    agrees = fields.Boolean(required=True)
    note = Words(load_default="", validate=validate.Length(max=1000))


class ConfirmArgs(Schema):
    """Whose months the superior confirms."""

    nips = fields.List(Words(validate=validate.Regexp(r"[0-9]{18}\Z")), required=True, validate=validate.Length(min=1, max=400))
    note = Words(load_default="", validate=validate.Length(max=1000))


@seals.post(f"{MONTH}/seal")
@allowed(*actions.SEALS)
@seals.arguments(SealArgs)
@seals.response(201, SealedSchema)
def seal_month(body: Mapping[str, Any], month: str) -> dict[str, object]:
    """Make the month of the unit final: every day derived once more and frozen, the recap signed and numbered."""
    args = (month_of(month), body["unit"], body["findings"], body["note"])
    with transaction() as session:
        sealed, paper = actions.seal(session, *args, address=address(), by=actor(), now=clock.now())
    return {"seal": sealed, "paper": paper}


@seals.get(f"{MONTH}/seals")
@allowed(*actions.READS)
@seals.response(200, collection(SealSchema))
def list_seals(month: str) -> dict[str, object]:
    """Seals of the month in one's scope, oldest first."""
    with transaction() as session:
        return {"items": store.list_seals(session, month_of(month), actor().paths(*actions.READS)), "next": None}


@seals.post(f"{MONTH}/papers")
@allowed(*actions.SEALS)
@seals.arguments(UnitArgs)
@seals.response(201, IssuedSchema)
def issue_again(body: Mapping[str, Any], month: str) -> Issued:
    """Issue the recap of a sealed month anew, with its amendments in it; the older paper leads to it."""
    with transaction() as session:
        return actions.reissue(session, month_of(month), body["unit"], address=address(), by=actor(), now=clock.now())


@seals.post(f"{MONTH}/amendments")
@allowed(*actions.SEALS)
@seals.arguments(AmendArgs)
@seals.response(201, AmendedSchema)
def amend_month(body: Mapping[str, Any], month: str) -> dict[str, object]:
    """Change days of a sealed month; each is judged anew by its own law, and a supplementary recap is signed. All or nothing."""
    changes = [Stated(**change) for change in body["changes"]]
    args = (month_of(month), body["unit"], body["reason"], body["basis"], changes)
    with transaction() as session:
        amended, paper = actions.amend(session, *args, address=address(), by=actor(), now=clock.now())
    return {"amendment": amended, "paper": paper}


@seals.get(f"{MONTH}/amendments")
@allowed(*actions.READS)
@seals.response(200, collection(AmendmentSchema))
def list_amendments(month: str) -> dict[str, object]:
    """Amendments of the month in one's scope, oldest first, with old and new figures."""
    with transaction() as session:
        return {"items": store.list_amendments(session, month_of(month), actor().paths(*actions.READS)), "next": None}


@seals.get(f"/me{MONTH}")
@signed_in
@seals.response(200, StandingSchema)
def get_own_month(month: str) -> actions.Standing:
    """One's own month: its figures, their digest, and where it stands."""
    with transaction() as session:
        return actions.own_standing(session, month_of(month), by=actor())


@seals.post(f"/me{MONTH}/acknowledgement")
@signed_in
@seals.arguments(AcknowledgeArgs)
@seals.response(201, StandingSchema)
def acknowledge_month(body: Mapping[str, Any], month: str) -> actions.Standing:
    """Say that the figures are right, or what is wrong with them; what was said of figures that changed since counts no more."""
    with transaction() as session:
        return actions.acknowledge(session, month_of(month), **body, by=actor(), now=clock.now())


@seals.get(f"{MONTH}/acknowledgements")
@allowed(*actions.READS)
@seals.arguments(StandingArgs, location="query")
@seals.response(200, collection(StandingSchema))
def list_standing(args: Mapping[str, Any], month: str) -> dict[str, Any]:
    """Where the months of one's scope stand, in order of unit and NIP."""
    after = args["after"] and tuple(args["after"].split(":"))
    with transaction() as session:
        paths = [unit.path for unit in recaps.units_of(session, args["unit"], actor().paths(*actions.READS))]
        rows = actions.list_standing(session, month_of(month), paths, after, args["limit"] + 1)
    return paged(rows, args["limit"], lambda row: f"{row.recap.member.unit_path}:{row.recap.member.nip}")


@seals.post(f"{MONTH}/acknowledgements")
@allowed(Role.SUPERVISOR)
@seals.arguments(ConfirmArgs)
@seals.response(201, collection(StandingSchema))
def confirm_months(body: Mapping[str, Any], month: str) -> dict[str, Any]:
    """Confirm the months of one's people, never one's own; without their word only with a note."""
    with transaction() as session:
        found = actions.confirm(session, month_of(month), **body, by=actor(), now=clock.now())
    return {"items": found, "next": None}
