"""Binding phones to people: enrol, decide, revoke."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from app import errors, jws
from app.access import Actor, Role
from app.db import Session
from app.devices import store
from app.devices.actions.attesting import refuse_unproven, weighed
from app.devices.rules.keys import key_flaw, public_part
from app.devices.rules.use import Act, Status, Use, first_use, status_at, use_after
from app.devices.store import Device, Owned
from app.ledger import store as ledger
from app.people import store as people

DECIDERS = (Role.SUPERVISOR, Role.HR)


@dataclass(frozen=True, slots=True)
class Phone:
    """A phone as it introduces itself."""

    jwk: Mapping[str, object]
    name: str
    platform: str
    installation_id: str
    attestation: Mapping[str, object] | None


def enrol(session: Session, by: Actor, phone: Phone, now: datetime, today: date) -> tuple[Device, bool]:
    """The phone's device, and whether it is new. The same key sent again is the same device.

    A newer request withdraws one still waiting, so whoever decides sees one question a person.
    Raises: Invalid for a key that is not one or evidence that is none; Conflict for another person's key or one that was
    revoked; Denied where the agency wants proof of how the key is held.
    """
    flaw = key_flaw(phone.jwk)
    if flaw is not None:
        raise errors.Invalid("invalid_input", {"/jwk": flaw})
    jwk = public_part(phone.jwk)
    device_id = jws.thumbprint(jwk)
    store.hold_owner(session, by.person_id)
    known = store.find_device(session, device_id)
    if known is not None:
        return _own(known, by, now), False
    shown = weighed(phone.attestation, jwk, by.person_id, now)
    posted = people.find_posted(session, by.person_id, today)
    if posted is not None:
        refuse_unproven(session, posted.unit_path, shown.tier)
    begins = first_use(store.statuses_of(session, by.person_id), now)
    _withdraw(session, by.person_id, Status.PENDING, by, now)
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
            attestation_tier=shown.tier,
            attestation_flaw=shown.flaw,
            status=begins.status,
            enrolled_at=now,
            usable_from=begins.since,
        ),
    )
    if device is None:
        raise errors.Conflict("device_of_another")
    _seal(session, device_id, "enrol", by, now)
    return device, True


def decide(session: Session, by: Actor, device_id: str, act: Act, reason: str, now: datetime, today: date) -> Owned:
    """The device after somebody else's decision; approved, it follows the phone in use once the cool-down is over.

    Raises: NotFound out of scope, Denied about one's own or without the proof the agency wants, Conflict when it is not waiting.
    """
    owned = _held(session, by, device_id, today, *DECIDERS)
    status = status_at(owned.device.use, now)
    if status is not Status.PENDING:
        raise errors.Conflict("device_not_pending", status=status)
    use = use_after(act, now)
    if use.since is not None:
        refuse_unproven(session, owned.unit_path, owned.device.attestation_tier)
        _withdraw(session, owned.device.person_id, Status.APPROVED, by, now)
        for replaced in store.list_standing(session, owned.device.person_id, now, Status.ACTIVE):
            store.end_use(session, replaced.id, use.since)
            _seal(session, replaced.id, "supersede", by, now)
    store.set_use(session, device_id, use, by.person_id, now)
    _seal(session, device_id, act, by, now, reason=reason)
    return _decidable(session, by, device_id, today, *DECIDERS)


def waive(session: Session, by: Actor, device_id: str, reason: str, now: datetime, today: date) -> Owned:
    """The approved device, usable at once: for whoever lost the phone before and has none to work with.

    Raises: NotFound out of scope, Denied for the owner and for whoever approved it, Conflict when it does not wait for its
    cool-down or another phone is still in use.
    """
    owned = _held(session, by, device_id, today, Role.HR)
    device = owned.device
    status = status_at(device.use, now)
    if status is not Status.APPROVED:
        raise errors.Conflict("device_not_cooling", status=status)
    if device.decided_by == by.person_id:
        raise errors.Denied("second_person_needed")
    if store.list_standing(session, device.person_id, now, Status.ACTIVE):
        raise errors.Conflict("device_still_in_use")
    store.set_use(session, device_id, Use(Status.ACTIVE, now), by.person_id, now)
    _seal(session, device_id, "waive", by, now, reason=reason)
    return _decidable(session, by, device_id, today, Role.HR)


def revoke(session: Session, by: Actor, device_id: str, now: datetime, today: date) -> None:
    """Put a device out of use for good and at once: one's own, or that of somebody in one's scope. Twice is the same.

    Revoking a phone that was to replace another lets the other one go on.
    Raises: NotFound.
    """
    device = store.find_device(session, device_id)
    if device is None or device.person_id != by.person_id:
        device = _decidable(session, by, device_id, today, *DECIDERS).device
    store.hold_owner(session, device.person_id)
    device = store.find_device(session, device_id)
    if device is None or device.status == Status.REVOKED:
        return
    _drop(session, device, "revoke", by, now)


def _withdraw(session: Session, person_id: int, status: Status, by: Actor, now: datetime) -> None:
    """Revoke the person's devices that stand so, because a newer one takes their place in the queue."""
    for device in store.list_standing(session, person_id, now, status):
        _drop(session, device, "withdraw", by, now)


def _drop(session: Session, device: Device, act: str, by: Actor, now: datetime) -> None:
    """Revoke; if the device was to replace another, that one goes on."""
    store.set_use(session, device.id, replace(device.use, status=Status.REVOKED), by.person_id, now)
    _seal(session, device.id, act, by, now)
    if device.usable_from is not None and status_at(device.use, now) is Status.APPROVED:
        for resumed in store.resume_use(session, device.person_id, device.usable_from):
            _seal(session, resumed, "resume", by, now)


def _own(device: Device, by: Actor, now: datetime) -> Device:
    """Raises: Conflict when the device is somebody else's, or was revoked or replaced: its key is spent."""
    if device.person_id != by.person_id:
        raise errors.Conflict("device_of_another")
    if status_at(device.use, now) in (Status.REVOKED, Status.SUPERSEDED):
        raise errors.Conflict("device_revoked")
    return device


def _held(session: Session, by: Actor, device_id: str, today: date, *roles: Role) -> Owned:
    """The device somebody else decides about, with nobody else deciding about its owner's until the transaction ends.

    Raises: NotFound out of scope, Denied about one's own.
    """
    owned = _decidable(session, by, device_id, today, *roles)
    if owned.device.person_id == by.person_id:
        raise errors.Denied("own_decision")
    store.hold_owner(session, owned.device.person_id)
    return _decidable(session, by, device_id, today, *roles)


def _decidable(session: Session, by: Actor, device_id: str, today: date, *roles: Role) -> Owned:
    """The device with its owner, if the owner is posted in a subtree where the actor holds one of the roles.

    Raises: NotFound.
    """
    owned = store.find_owned(session, device_id, today)
    if owned is None or not by.covers(owned.unit_path, *roles):
        raise errors.NotFound("unknown_device")
    return owned


def _seal(session: Session, device_id: str, act: str, by: Actor, now: datetime, **more: object) -> None:
    """A leaf with what was done and the device as it now stands, so that an audit can hold its row against the newest one."""
    entry = {"act": str(act), "by": by.nip, **more, **store.told_of(session, device_id)}
    ledger.append(session, "device", f"device:{device_id}", entry, now)
