"""Taking check-ins: the one request of the morning rush."""

from collections.abc import Sequence
from typing import Annotated

import msgspec
import orjson
from flask import Response
from marshmallow import fields, validate

from app import clock, errors, jws
from app.checkins import actions
from app.checkins.actions import Arrival
from app.checkins.api.blueprint import checkins
from app.checkins.api.counting import count
from app.checkins.api.together import Together
from app.checkins.rules.report import Report
from app.checkins.rules.signed import opened
from app.config import var
from app.db import RowRefused, one_by_one
from app.http import Day, Instant, Schema, language, public
from app.http.problems import ProblemSchema, problem_of
from app.metrics import count_refusal

# Of one request, and of all that go to the database together.
MOST = 100


class EnvelopeSchema(Schema):
    """One to a hundred check-ins, each a compact JWS."""

    takes_nul = True  # such a report is refused by itself, as any other that cannot be opened

    checkins = fields.List(fields.String(required=True), required=True, validate=validate.Length(1, MOST))


class Envelope(msgspec.Struct, forbid_unknown_fields=True):
    """The same for the rush: reading it so takes a twentieth of the time."""

    checkins: Annotated[list[str], msgspec.Meta(min_length=1, max_length=MOST)]


ENVELOPE = msgspec.json.Decoder(Envelope)


def in_order(body: bytes) -> dict[str, list[str]]:
    """What the schema would read from a body that is in order.

    Raises: ValueError for any other.
    """
    return {"checkins": ENVELOPE.decode(body).checkins}


class ReasonSchema(Schema):
    """One reason, for programs and for people."""

    code = fields.String(required=True)
    message = fields.String(required=True)


class SiteNameSchema(Schema):
    """A site by name."""

    code = fields.String(required=True)
    name = fields.String(required=True)


class ResultSchema(Schema):
    """What became of one check-in: stored with its verdict, or refused or to be sent again with a problem."""

    id = fields.UUID(required=True, allow_none=True)
    status = fields.String(required=True, validate=validate.OneOf(["stored", "refused", "retry"]))
    problem = fields.Nested(ProblemSchema)
    verdict = fields.String(validate=validate.OneOf(["accepted", "doubtful", "rejected"]))
    counts = fields.Boolean()
    reasons = fields.List(fields.Nested(ReasonSchema))
    site = fields.Nested(SiteNameSchema, allow_none=True)
    p_inside = fields.Float(allow_none=True)
    distance_m = fields.Float(allow_none=True, metadata={"description": "metres outside the site; 0 inside"})
    taken_at = Instant()
    earliest_at = Instant()
    latest_at = Instant()
    time_grade = fields.String(validate=validate.OneOf(["verified", "plausible", "unverified"]))
    received_at = Instant()
    work_date = Day()
    next = fields.String(allow_none=True, validate=validate.OneOf(["in", "out"]))
    receipt = fields.String(metadata={"description": "EdDSA JWS; keys at /.well-known/jwks.json"})


class ResultsSchema(Schema):
    """One result for each check-in, in order."""

    results = fields.List(fields.Nested(ResultSchema), required=True)


@checkins.post("/checkins")
@public  # the device's signature is the authentication
@checkins.arguments(EnvelopeSchema, quickly=in_order)
@checkins.response(200, ResultsSchema)
def create_checkins(body: dict[str, list[str]]) -> Response:
    """Take 1 to 100 signed check-ins. Sending one again is safe and returns the first answer.

    No bearer token is needed or looked at. Each item has its own result: one that is refused never blocks another.
    """
    received_at, asked_in = clock.now(), language()
    items = [_opened(compact) for compact in body["checkins"]]
    arrivals = [Arrival(item, received_at, asked_in) for item in items if isinstance(item, Report)]
    recorded = iter(RUSH.done(arrivals) if arrivals else ())
    outcomes = [next(recorded) if isinstance(item, Report) else item for item in items]
    results = (_result(item, outcome) for item, outcome in zip(items, outcomes, strict=True))
    return Response('{"results":[' + ",".join(results) + "]}", mimetype="application/json")


def _opened(compact: str) -> Report | errors.Invalid:
    try:
        return opened(compact)
    except errors.Invalid as refusal:
        count_refusal(refusal.code)
        return refusal


def _recorded(arrivals: Sequence[Arrival]) -> list[actions.Outcome]:
    """All by one statement; if the database refuses a row, each by its own, so that one cannot take the others along."""
    keyring = jws.keyring(var("keys"))
    try:
        with one_by_one() as statements:
            outcomes = actions.record_all(statements, arrivals, keyring)
    except RowRefused:
        outcomes = [_recorded_alone(arrival, keyring) for arrival in arrivals]
    count(arrivals, outcomes)
    return outcomes


def _recorded_alone(arrival: Arrival, keyring: jws.Keyring) -> actions.Outcome:
    try:
        with one_by_one() as statements:
            return actions.record_all(statements, [arrival], keyring)[0]
    except RowRefused as refusal:
        actions.alarm(arrival.report, refusal)
        return errors.Unavailable("checkin_retry")


RUSH = Together(_recorded, MOST)


def _result(item: Report | errors.Invalid, outcome: actions.Outcome) -> str:
    if isinstance(outcome, str):
        return outcome
    status = "retry" if isinstance(outcome, errors.Unavailable) else "refused"
    id = str(item.id) if isinstance(item, Report) else None
    return orjson.dumps({"id": id, "status": status, "problem": problem_of(outcome)}).decode()
