"""Devices over HTTP."""

from datetime import datetime
from typing import Any

import orjson
from marshmallow import ValidationError, fields, validate

from app import clock
from app.access import Role
from app.db import transaction
from app.devices import actions, store
from app.devices.actions import Phone
from app.devices.rules.attestation import Policy, Tier
from app.devices.rules.use import Act, Status, status_at
from app.devices.store import Device, Owned
from app.http import Blueprint, Instant, PageArgs, Schema, actor, allowed, collection, language, paged, signed_in
from app.jws import b64
from app.people import store as people
from app.people.actions.days import day_of
from app.texts import text

devices = Blueprint("devices", __name__, url_prefix="/v1", description="The phones people check in with.")

# Who sees the devices of a unit: those who decide about them, and the auditor.
READERS = (Role.SUPERVISOR, Role.HR, Role.AUDITOR)

PLATFORMS = ("android", "ios", "web")
ATTESTATION_BYTES = 64_000

is_line = validate.Regexp(r"[^\x00-\x1f\x7f]{1,200}\Z", error="String does not match expected pattern.")
is_prose = validate.Length(1, 1000)


def is_keepable(attestation: dict[str, Any]) -> None:
    """Raises: ValidationError for more than a certificate chain takes."""
    if len(orjson.dumps(attestation)) > ATTESTATION_BYTES:
        raise ValidationError(f"Longer than maximum length {ATTESTATION_BYTES}.")


class JwkSchema(Schema):
    """The public half of a P-256 key (RFC 7517)."""

    kty = fields.String(required=True, validate=validate.Equal("EC"))
    crv = fields.String(required=True, validate=validate.Equal("P-256"))
    x = fields.String(required=True, validate=validate.Length(max=100))
    y = fields.String(required=True, validate=validate.Length(max=100))

    class Meta:
        unknown = "include"


class EnrolSchema(Schema):
    """A phone introducing itself."""

    jwk = fields.Nested(JwkSchema, required=True)
    name = fields.String(required=True, validate=is_line)
    platform = fields.String(required=True, validate=validate.OneOf(PLATFORMS))
    installation_id = fields.String(required=True, validate=is_line)
    attestation = fields.Dict(keys=fields.String(), load_default=None, allow_none=True, validate=is_keepable)


class EnrolledSchema(Schema):
    """The device by its key's RFC 7638 thumbprint, and where it stands."""

    id = fields.String(required=True)
    status = fields.String(required=True)


class ChallengeSchema(Schema):
    """Bytes to attest a new key with (Android: `setAttestationChallenge`), good for ten minutes and for this person."""

    challenge = fields.String(required=True, metadata={"description": "base64url"})


class AttestationPolicySchema(Schema):
    """What an agency asks of new phones: nothing, a note on the check-ins of those without proof, or proof by hardware."""

    policy = fields.Enum(Policy, by_value=True, required=True)


class AttestedSchema(Schema):
    """How well the phone's key is held, and what keeps it from being held better."""

    tier = fields.Enum(Tier, by_value=True, required=True)
    flaw = fields.String(required=True, allow_none=True)
    message = fields.String(required=True, allow_none=True)


class OwnerSchema(Schema):
    """Whose device it is."""

    nip = fields.String(required=True)
    name = fields.String(required=True)
    unit = fields.String(required=True, allow_none=True)


class DeviceSchema(EnrolledSchema):
    """A device and its owner; it is the owner's phone from `usable_from` up to `usable_until`."""

    name = fields.String(required=True)
    platform = fields.String(required=True)
    enrolled_at = Instant(required=True)
    usable_from = Instant(required=True, allow_none=True)
    usable_until = Instant(required=True, allow_none=True)
    decided_at = Instant(required=True, allow_none=True)
    owner = fields.Nested(OwnerSchema, required=True)
    attestation = fields.Nested(AttestedSchema, required=True)


class DevicesArgs(PageArgs):
    """Which devices: one's own, or those of the people of a unit."""

    unit = fields.String(load_default=None, validate=is_line, metadata={"description": "only for who reads that unit"})
    status = fields.Enum(Status, by_value=True, load_default=None)


class WaiverSchema(Schema):
    """Why a person cannot wait for the phone."""

    reason = fields.String(required=True, validate=is_prose)


class DeviceDecisionSchema(WaiverSchema):
    """What is decided about a waiting device, and why."""

    decision = fields.String(required=True, validate=validate.OneOf(list(Act)))


@devices.post("/devices")
@signed_in
@devices.arguments(EnrolSchema)
@devices.response(201, EnrolledSchema)
@devices.alt_response(200, schema=EnrolledSchema, description="The same key again: the same device")
def enrol(body: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Enrol this phone's key. The first counts at once, a later one once approved and a day has passed."""
    now = clock.now()
    with transaction() as session:
        device, is_new = actions.enrol(session, actor(), Phone(**body), now, day_of(now))
    # A request that waited for its twin has an older `now` than the device it finds.
    return {"id": device.id, "status": status_at(device.use, max(now, device.enrolled_at))}, 201 if is_new else 200


@devices.get("/devices/challenge")
@signed_in
@devices.response(200, ChallengeSchema)
def get_challenge() -> dict[str, str]:
    """What to attest a new key with, for a phone whose maker vouches for its keys."""
    return {"challenge": b64(actions.challenge(actor(), clock.now()))}


@devices.get("/devices")
@signed_in
@devices.arguments(DevicesArgs, location="query")
@devices.response(200, collection(DeviceSchema))
def list_devices(page: dict[str, Any]) -> dict[str, Any]:
    """One's own devices; with `unit`, those of its people and of the units below, for who reads that unit."""
    now = clock.now()
    window = {"status": page["status"], "now": now, "after": page["after"], "limit": page["limit"] + 1}
    with transaction() as session:
        if page["unit"] is None:
            mine = store.list_devices(session, actor().person_id, **window)
            shown = [_shown(device, actor().nip, actor().name, None, now) for device in mine]
        else:
            unit = people.get_unit(session, page["unit"], actor().paths(*READERS))
            shown = [_owned(owned, now) for owned in store.list_owned(session, day_of(now), (unit.path,), **window)]
    return paged(shown, page["limit"], key=lambda device: device["id"])


@devices.delete("/devices/<device_id>")
@signed_in
@devices.response(204)
def revoke(device_id: str) -> None:
    """Put a device out of use for good: one's own lost phone, or one in one's scope. Twice is the same."""
    now = clock.now()
    with transaction() as session:
        actions.revoke(session, actor(), device_id, now, day_of(now))


@devices.post("/devices/<device_id>/decision")
@allowed(*actions.DECIDERS)
@devices.arguments(DeviceDecisionSchema)
@devices.response(200, DeviceSchema)
def decide(body: dict[str, str], device_id: str) -> dict[str, Any]:
    """Approve or refuse somebody else's waiting phone; approved, it takes over from the phone in use a day later."""
    now = clock.now()
    with transaction() as session:
        act = Act(body["decision"])
        return _owned(actions.decide(session, actor(), device_id, act, body["reason"], now, day_of(now)), now)


@devices.post("/devices/<device_id>/waiver")
@allowed(Role.HR)
@devices.arguments(WaiverSchema)
@devices.response(200, DeviceSchema)
def waive(body: dict[str, str], device_id: str) -> dict[str, Any]:
    """Let an approved phone count at once, for a person whose old one is revoked; not by whoever approved it."""
    now = clock.now()
    with transaction() as session:
        return _owned(actions.waive(session, actor(), device_id, body["reason"], now, day_of(now)), now)


@devices.get("/attestation-policies/<agency>")
@allowed(Role.ADMIN, *READERS)
@devices.response(200, AttestationPolicySchema)
def get_policy(agency: str) -> dict[str, Policy]:
    """What the agency asks of new phones."""
    with transaction() as session:
        return {"policy": actions.policy_of(session, people.get_unit(session, agency, actor().paths(Role.ADMIN, *READERS)).path)}


@devices.put("/attestation-policies/<agency>")
@allowed(Role.ADMIN)
@devices.arguments(AttestationPolicySchema)
@devices.response(200, AttestationPolicySchema)
def put_policy(body: dict[str, Policy], agency: str) -> dict[str, Policy]:
    """Let the agency ask this of new phones; those enrolled before go on."""
    with transaction() as session:
        actions.set_policy(session, actor(), agency, body["policy"], clock.now())
    return body


def _owned(owned: Owned, now: datetime) -> dict[str, Any]:
    return _shown(owned.device, owned.nip, owned.name, owned.unit_code, now)


def _shown(device: Device, nip: str, name: str, unit: str | None, now: datetime) -> dict[str, Any]:
    members = ("id", "name", "platform", "enrolled_at", "usable_from", "usable_until", "decided_at")
    flaw = device.attestation_flaw
    shown = {"tier": Tier(device.attestation_tier), "flaw": flaw, "message": None if flaw is None else text(flaw, language())}
    about = {"status": status_at(device.use, now), "owner": {"nip": nip, "name": name, "unit": unit}, "attestation": shown}
    return {member: getattr(device, member) for member in members} | about
