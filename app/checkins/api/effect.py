"""What another outline of a site would have changed, over HTTP."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from app import clock, jws
from app.checkins import actions
from app.checkins.api.blueprint import checkins
from app.checkins.rules.place import Outcome
from app.config import var
from app.db import transaction
from app.geofences.actions import WRITERS
from app.http import Instant, OutlineField, Schema, actor, allowed


class DrawnSchema(Schema):
    """An outline that is not kept yet."""

    geometry = OutlineField(required=True)


class OutcomeChangeSchema(Schema):
    """How many check-ins of how many people would have come to something else."""

    before = fields.Enum(Outcome, by_value=True, required=True)
    after = fields.Enum(Outcome, by_value=True, required=True)
    checkins = fields.Integer(required=True)
    people = fields.Integer(required=True)


class EffectSchema(Schema):
    """What an outline would have changed since an instant: counts, and nobody's position."""

    since = Instant(required=True)
    checkins = fields.Integer(required=True, metadata={"description": "judged with the site since then"})
    people = fields.Integer(required=True)
    unjudged = fields.Integer(required=True, metadata={"description": "what they were judged by is gone"})
    is_part = fields.Boolean(required=True, metadata={"description": "older ones of these days were not looked at"})
    changes = fields.List(fields.Nested(OutcomeChangeSchema), required=True)


@checkins.post("/sites/<code>/effect")
@allowed(*WRITERS)
@checkins.arguments(DrawnSchema)
@checkins.response(200, EffectSchema)
def effect_of_outline(body: Mapping[str, Any], code: str) -> actions.Effect:
    """How many check-ins of the last thirty days would have come to something else, had the site been drawn so. Nothing is kept."""
    with transaction() as session:
        return actions.effect_of(session, code, body["geometry"], actor(), clock.now(), jws.keyring(var("keys")))
