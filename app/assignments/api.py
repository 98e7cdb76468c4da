"""Assignment letters over HTTP: issued for others, read by those whom they name."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate

from app import clock
from app.assignments import actions, rules, store
from app.db import transaction
from app.http import Blueprint, Day, Instant, PageArgs, Schema, actor, allowed, collection, paged, signed_in
from app.http.paging import LIMIT
from app.people import store as people
from app.workdays.rules import ZONES, is_zone

assignments = Blueprint("assignments", __name__, url_prefix="/v1", description="Assignment letters.")

LARGEST_ID = 2**63 - 1
LETTER = f"/assignment-letters/<int(max={LARGEST_ID}):letter_id>"
REASON = validate.Length(3, 2000)
NIP = validate.Regexp(r"\d{18}\Z")


def _is_zone(name: str) -> None:
    if not is_zone(ZONES.get(name, name)):
        raise ValidationError("String does not match expected pattern.")


class LetterSchema(Schema):
    """A letter: who works elsewhere, at other hours, or is called to a ceremony, from `first_day` to `last_day`, both included.

    Besides `people` it names everybody posted in `units` and below them on its first day. `starts` and `ends` are the ceremony's
    hour, or the hours owed instead of the usual ones; an end at or before the start is on the next day.
    """

    id = fields.Integer(dump_only=True)
    unit = fields.String(required=True, attribute="unit_code", metadata={"description": "whose letter it is"})
    number = fields.String(required=True, validate=[validate.Length(3, 80), validate.Regexp(r"[^\x00-\x1f\x7f]*\Z")])
    kind = fields.String(required=True, validate=validate.OneOf([kind.value for kind in rules.LetterKind]))
    purpose = fields.String(required=True, validate=REASON)
    first_day = Day(required=True)
    last_day = Day(required=True)
    place = fields.String(load_default="sites", validate=validate.OneOf([place.value for place in rules.PlaceRule]))
    proof = fields.String(load_default="checkins", validate=validate.OneOf([proof.value for proof in rules.Proof]))
    starts = fields.Time(load_default=None, allow_none=True, format="%H:%M")
    ends = fields.Time(load_default=None, allow_none=True, format="%H:%M")
    zone = fields.String(
        load_default=None,
        allow_none=True,
        validate=_is_zone,
        metadata={"description": "WIB, WITA, WIT or an IANA name: by whose clocks; null: one's unit's"},
    )
    sites = fields.List(fields.String(), load_default=[], validate=validate.Length(max=20))
    people = fields.List(fields.String(validate=NIP), load_only=True, load_default=[], validate=validate.Length(max=1000))
    units = fields.List(fields.String(), load_only=True, load_default=[], validate=validate.Length(max=200))
    people_count = fields.Integer(dump_only=True, attribute="people")
    issuer = fields.String(dump_only=True)
    issued_at = Instant(dump_only=True)
    awaits_approval = fields.Boolean(
        dump_only=True, metadata={"description": "it names its issuer, for whom it does not hold until somebody else approves"}
    )
    approved_at = Instant(dump_only=True, allow_none=True)
    cut_from = Day(dump_only=True, allow_none=True, metadata={"description": "from that day on it does not hold"})
    cut_reason = fields.String(dump_only=True, allow_none=True)
    cut_at = Instant(dump_only=True, allow_none=True)


class NamedSchema(Schema):
    """Somebody whom a letter names."""

    nip = fields.String(required=True)
    name = fields.String(required=True)
    unit = fields.String(required=True, attribute="unit_code")


class LetterWithdrawalSchema(Schema):
    """From which day on a letter does not hold (from its first one when none is given), and why."""

    from_day = Day(load_default=None, allow_none=True)
    reason = fields.String(required=True, validate=REASON)


class LetterPageArgs(Schema):
    """A page; its cursor is the id of the last letter of the page before."""

    after = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(0, LARGEST_ID))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, LIMIT))


class LetterArgs(LetterPageArgs):
    """Which letters of one's scope."""

    unit = fields.String(load_default=None, allow_none=True)
    day = Day(load_default=None, allow_none=True)


@assignments.get("/assignment-letters")
@allowed(*actions.READS)
@assignments.arguments(LetterArgs, location="query")
@assignments.response(200, collection(LetterSchema))
def list_letters(args: Mapping[str, Any]) -> dict[str, Any]:
    """Letters of the units of one's scope (or one of them) and those that name people there, newest first, withdrawn ones too."""
    with transaction() as session:
        paths = actor().paths(*actions.READS)
        paths = paths if args["unit"] is None else (people.get_unit(session, args["unit"], paths).path,)
        rows = store.list_letters(session, paths, args["after"], args["limit"] + 1, args["day"])
    return paged(rows, args["limit"], lambda row: row.id)


@assignments.post("/assignment-letters")
@allowed(*actions.ISSUES)
@assignments.arguments(LetterSchema)
@assignments.response(201, LetterSchema)
def issue_letter(body: Mapping[str, Any]) -> store.Issued:
    """Issue a letter for people of one's scope. It does not hold for oneself until somebody else approves it."""
    terms = rules.Terms(
        rules.LetterKind(body["kind"]),
        body["first_day"],
        body["last_day"],
        rules.PlaceRule(body["place"]),
        rules.Proof(body["proof"]),
        body["starts"],
        body["ends"],
        ZONES.get(body["zone"], body["zone"]),
    )
    said = body["unit_code"], body["number"], body["purpose"], terms, body["sites"], body["people"], body["units"]
    with transaction() as session:
        return actions.issue(session, *said, by=actor(), now=clock.now())


@assignments.get(LETTER)
@signed_in
@assignments.etag
@assignments.response(200, LetterSchema)
def get_letter(letter_id: int) -> store.Issued:
    """One letter, for those whom it names and those who answer for its unit or for somebody it names."""
    with transaction() as session:
        return actions.get_letter(session, letter_id, actor())


@assignments.get(f"{LETTER}/people")
@allowed(*actions.READS)
@assignments.arguments(PageArgs, location="query")
@assignments.response(200, collection(NamedSchema))
def list_letter_people(args: Mapping[str, Any], letter_id: int) -> dict[str, Any]:
    """Whom a letter names, in order of NIP, as far as one answers for them."""
    with transaction() as session:
        rows = actions.list_named(session, letter_id, args["after"], args["limit"] + 1, actor())
    return paged(rows, args["limit"], lambda row: row.nip)


@assignments.post(f"{LETTER}/approval")
@allowed(*actions.ISSUES)
@assignments.response(200, LetterSchema)
def approve_letter(letter_id: int) -> store.Issued:
    """Stand for a letter that names its issuer, so that it holds for him too. Never for one's own."""
    with transaction() as session:
        return actions.approve(session, letter_id, by=actor(), now=clock.now())


@assignments.post(f"{LETTER}/withdrawal")
@allowed(*actions.ISSUES)
@assignments.arguments(LetterWithdrawalSchema)
@assignments.response(200, LetterSchema)
def withdraw_letter(body: Mapping[str, Any], letter_id: int) -> store.Issued:
    """Withdraw a letter, or cut it short from one of its days on, once. Never one that names oneself."""
    with transaction() as session:
        return actions.withdraw(session, letter_id, body["from_day"], body["reason"], by=actor(), now=clock.now())


@assignments.get("/me/assignment-letters")
@signed_in
@assignments.arguments(LetterPageArgs, location="query")
@assignments.response(200, collection(LetterSchema))
def list_own_letters(args: Mapping[str, Any]) -> dict[str, Any]:
    """The letters that name oneself, newest first."""
    with transaction() as session:
        rows = store.list_letters_of(session, actor().person_id, args["after"], args["limit"] + 1)
    return paged(rows, args["limit"], lambda row: row.id)
