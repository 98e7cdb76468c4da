"""The evidence card: one finding with everything it rests on, for who must judge it and for its person."""

from collections.abc import Mapping
from typing import Any

import orjson
from marshmallow import fields, validate

from app import clock
from app.anomalies import actions
from app.anomalies.actions import Card
from app.anomalies.actions.looking import Evidence
from app.anomalies.api.routes import anomalies
from app.anomalies.api.shapes import FindingSchema, shown
from app.anomalies.rules import DETECTORS, FARTHEST_M, Band, Shown
from app.checkins.rules.signals import CHECKS, Flag
from app.checkins.store import Checkin
from app.db import transaction
from app.geo import Point
from app.http import Day, Instant, OutlineField, Schema, actor, language, signed_in
from app.texts import text

WHERE = "null: forgotten, or near no site. `band`: outside every site, and its person neither appeals nor shows it"


# What the phone is told in these names the metres that a band does not.
PLACED = frozenset({"place_unsure", "place_near", "place_outside"})


class WhereSchema(Schema):
    """Where a check-in was made: the position, or how far outside the site and in which direction from its middle."""

    shown = fields.Enum(Shown, by_value=True, required=True)
    lat = fields.Float()
    lon = fields.Float()
    from_m = fields.Integer()
    to_m = fields.Integer(allow_none=True)
    bearing = fields.String(metadata={"description": "n, ne, e, se, s, sw, w, nw"})


class SignalSchema(Schema):
    """A signal on a check-in, with how often honest phones trip it; null: not measured."""

    code = fields.String(required=True)
    message = fields.String(required=True)
    strength = fields.String(required=True)
    honest_rate = fields.Float(required=True, allow_none=True)


class PhoneReasonSchema(Schema):
    """A reason the phone was answered with, in the language of the phone."""

    code = fields.String(required=True)
    message = fields.String(required=True)


class PhoneSchema(Schema):
    """The phone a check-in came from."""

    name = fields.String(required=True)
    platform = fields.String(required=True)
    status = fields.String(required=True)
    enrolled_at = Instant(required=True)
    attestation = fields.String(required=True, attribute="attestation_tier")


class PastSchema(Schema):
    """A check-in of the person at the same site: how far outside, never where."""

    id = fields.UUID(required=True)
    day = Day(required=True, attribute="work_date")
    direction = fields.String(required=True)
    taken_at = Instant(required=True)
    verdict = fields.String(required=True)
    counts = fields.Boolean(required=True)
    distance_m = fields.Float(required=True, allow_none=True, metadata={"description": "null: farther than a check-in counts"})


class ShownSchema(Schema):
    """One check-in that shows what was found, with what it was judged by."""

    id = fields.UUID(required=True)
    direction = fields.String(required=True)
    taken_at = Instant(required=True)
    earliest_at = Instant(required=True)
    latest_at = Instant(required=True)
    claimed_at = Instant(required=True, metadata={"description": "by the phone's own clock"})
    received_at = Instant(required=True)
    time_grade = fields.String(required=True, validate=validate.OneOf(["verified", "plausible", "unverified"]))
    verdict = fields.String(required=True)
    counts = fields.Boolean(required=True)
    flags = fields.List(fields.String(), required=True)
    signals = fields.List(fields.Nested(SignalSchema), required=True)
    reasons = fields.List(fields.Nested(PhoneReasonSchema), required=True)
    distance_m = fields.Float(required=True, allow_none=True, metadata={"description": "null: where a band says it"})
    accuracy_m = fields.Float(required=True)
    p_inside = fields.Float(required=True, allow_none=True)
    policy = fields.String(required=True, metadata={"description": "decree, version and rules it was judged by"})
    app = fields.String(required=True)
    site = fields.Integer(required=True, allow_none=True, metadata={"description": "id in `sites`"})
    where = fields.Nested(WhereSchema, required=True, allow_none=True, metadata={"description": WHERE})
    device = fields.Nested(PhoneSchema, required=True, allow_none=True)


class SeenSiteSchema(Schema):
    """A site as it was drawn when the check-in was judged."""

    id = fields.Integer(required=True)
    code = fields.String(required=True)
    name = fields.String(required=True)
    outline = OutlineField(required=True)


class TraceSchema(Schema):
    """Why the detector spoke: its rule, the numbers it saw, and what an answer changes."""

    rule = fields.String(required=True)
    numbers = fields.Dict(required=True, keys=fields.String(), values=fields.Raw())
    upheld = fields.String(required=True)
    dismissed = fields.String(required=True)


class EvidenceSchema(FindingSchema):
    """A finding with its evidence."""

    checkins = fields.List(fields.Nested(ShownSchema), required=True)
    sites = fields.List(fields.Nested(SeenSiteSchema), required=True)
    history = fields.List(fields.Nested(PastSchema), required=True, metadata={"description": "at these sites, thirty days"})
    trace = fields.Nested(TraceSchema, required=True)


@anomalies.get("/findings/<int:finding_id>")
@signed_in
@anomalies.response(200, EvidenceSchema)
def get_finding(finding_id: int) -> dict[str, Any]:
    """One finding with everything it rests on: for those who review, and for the person it is about.

    Whoever else is shown where the person was is written down for the person to read (`GET /v1/me/access-log`).
    """
    now = clock.now()
    with transaction() as session:
        card = actions.look(session, finding_id, actor(), now)
        return shown(card.finding, now) | _evidence(card)


def _evidence(card: Card) -> dict[str, Any]:
    return {
        "checkins": [_checkin(one) for one in card.evidence],
        "sites": [
            {"id": id, "code": site.code, "name": site.name, "outline": site.outline} for id, site in card.sites.items()
        ],
        "history": [_past(one) for one in card.history],
        "trace": _trace(card),
    }  # fmt: skip


def _checkin(one: Evidence) -> dict[str, Any]:
    row = one.checkin
    names = (
        "id", "direction", "taken_at", "earliest_at", "latest_at", "claimed_at", "received_at", "time_grade", "verdict", "counts",
        "flags", "accuracy_m", "policy", "app",
    )  # fmt: skip
    is_band = isinstance(one.where, Band)
    return {name: getattr(row, name) for name in names} | {
        "distance_m": one.distance_m,
        "p_inside": None if is_band else row.p_inside,
        "signals": [_signal(Flag(flag)) for flag in row.flags],
        "reasons": [said for said in orjson.loads(row.answer).get("reasons", []) if not (is_band and said["code"] in PLACED)],
        "site": row.site_version_id,
        "where": _where(one.where),
        "device": one.device,
    }


def _where(where: Point | Band | None) -> dict[str, Any] | None:
    match where:
        case Point():
            return {"shown": Shown.POINT, "lat": where.lat, "lon": where.lon}
        case Band():
            return {"shown": Shown.BAND, "from_m": where.from_m, "to_m": where.to_m, "bearing": where.bearing}
        case None:
            return None


def _signal(flag: Flag) -> dict[str, Any]:
    check = CHECKS[flag]
    return {
        "code": flag, "message": text(f"signal_{flag}", language()), "strength": check.strength, "honest_rate": check.honest.rate,
    }  # fmt: skip


def _past(row: Checkin) -> Mapping[str, Any]:
    names = ("id", "work_date", "direction", "taken_at", "verdict", "counts")
    return {name: getattr(row, name) for name in names} | {"distance_m": _near(row)}


def _near(row: Checkin) -> float | None:
    return row.distance_m if row.distance_m is not None and row.distance_m <= FARTHEST_M else None


def _trace(card: Card) -> dict[str, Any]:
    finding, spoken = card.finding, language()
    detector = DETECTORS[finding.kind]
    return {
        "rule": text(f"rule_{finding.kind}", spoken),
        "numbers": dict(finding.evidence["words"]),
        "upheld": text("upheld_strikes" if detector.strikes else "upheld_notes", spoken),
        "dismissed": text("dismissed_lifts" if detector.lifts else "dismissed_nothing", spoken),
    }
