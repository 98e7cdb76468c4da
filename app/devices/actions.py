"""Binding phones to people: enrol, decide, revoke."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from app import errors, jws
from app.access import Actor, Role
from app.db import Session
from app.devices import store
from app.devices.rules import Act, Status, enrolment, key_flaw, public_part, status_after, usable_after
from app.devices.store import Device, Owned
from app.ledger import store as ledger

DECIDERS = (Role.SUPERVISOR, Role.HR)


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone as it introduces itself."""

    jwk: Mapping[str, object]
    name: str
    platform: str
    installation_id: str
    attestation: Mapping[str, object] | None


def enrol(session: Session, by: Actor, phone: Phone, now: datetime) -> tuple[Device, bool]:
    """The phone's device, and whether it is new. The same key sent again is the same device.

    A newer request withdraws one still waiting, so whoever decides sees one question a person.
    Raises: Invalid for a key that is not one; Conflict for another person's key or one that was revoked.
    """
    flaw = key_flaw(phone.jwk)
    if flaw is not None:
        raise errors.Invalid("invalid_input", {"/jwk": flaw})
    jwk = public_part(phone.jwk)
    device_id = jws.thumbprint(jwk)
    store.hold_owner(session, by.person_id)
    known = store.find_device(session, device_id)
    if known is not None:
        return _own(known, by), False
    begins = enrolment([Status(status) for status in store.statuses_of(session, by.person_id)], now)
    for withdrawn in store.revoke_all(session, by.person_id, Status.PENDING, by.person_id, now):
        _seal(session, withdrawn, "withdraw", by, now)
    device = store.add_device(
        session,
        Device(
            id=device_id,
            person_id=by.person_id,
            jwk=jwk,
            name=phone.name,
            platform=phone.platform,
            installation_id=phone.installation_id,
            attestation=None if phone.attestation is None else dict(phone.attestation),
            status=begins.status,
            enrolled_at=now,
            usable_from=begins.usable_from,
        ),
    )
    if device is None:
        raise errors.Conflict("device_of_another")
    _seal(session, device_id, "enrol", by, now, status=begins.status, platform=phone.platform)
    return device, True


def decide(session: Session, by: Actor, device_id: str, act: Act, reason: str, now: datetime, today: date) -> Owned:
    """The device after somebody else's decision; approving it revokes the phone it replaces.

    Raises: NotFound out of scope, Denied about one's own, Conflict when it is not waiting.
    """
    owned = _decidable(session, by, device_id, today)
    if owned.device.person_id == by.person_id:
        raise errors.Denied("own_decision")
    store.hold_owner(session, owned.device.person_id)
    owned = _decidable(session, by, device_id, today)
    status = status_after(Status(owned.device.status), act)
    if status is None:
        raise errors.Conflict("device_not_pending", status=owned.device.status)
    if status is Status.ACTIVE:
        for replaced in store.revoke_all(session, owned.device.person_id, Status.ACTIVE, by.person_id, now):
            _seal(session, replaced, "replace", by, now)
    store.set_status(session, device_id, status, usable_after(act, now), by.person_id, now)
    _seal(session, device_id, act, by, now, status=status, reason=reason)
    return _decidable(session, by, device_id, today)


def revoke(session: Session, by: Actor, device_id: str, now: datetime, today: date) -> None:
    """Put a device out of use for good: one's own, or that of somebody in one's scope. Twice is the same.

    Raises: NotFound.
    """
    device = store.find_device(session, device_id)
    if device is None or device.person_id != by.person_id:
        device = _decidable(session, by, device_id, today).device
    store.hold_owner(session, device.person_id)
    device = store.find_device(session, device_id)
    if device is None or device.status == Status.REVOKED:
        return
    store.set_status(session, device_id, Status.REVOKED, None, by.person_id, now)
    _seal(session, device_id, Act.REVOKE, by, now, status=Status.REVOKED)


def _own(device: Device, by: Actor) -> Device:
    """Raises: Conflict when the device is somebody else's, or was revoked: its key is spent."""
    if device.person_id != by.person_id:
        raise errors.Conflict("device_of_another")
    if device.status == Status.REVOKED:
        raise errors.Conflict("device_revoked")
    return device


def _decidable(session: Session, by: Actor, device_id: str, today: date) -> Owned:
    """The device with its owner, if the owner is posted in a subtree where the actor decides.

    Raises: NotFound.
    """
    owned = store.find_owned(session, device_id, today)
    if owned is None or not by.covers(owned.unit_path, *DECIDERS):
        raise errors.NotFound("unknown_device")
    return owned


def _seal(session: Session, device_id: str, act: str, by: Actor, now: datetime, **more: object) -> None:
    entry = {"act": str(act), "by": by.nip, **{name: str(value) for name, value in more.items()}}
    ledger.append(session, "device", f"device:{device_id}", entry, now)
