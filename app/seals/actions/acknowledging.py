"""The chain before the seal: the person says that his month is right, his superior confirms it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app import errors
from app.access import Actor, Role
from app.attendance import store as attendance
from app.db import Session
from app.ledger import store as ledger
from app.recaps import actions as recaps
from app.recaps.rules import Recap, days_of
from app.seals import rules, store

CONFIRMS = (Role.SUPERVISOR,)


@dataclass(frozen=True, slots=True)
class Standing:
    """A person's month, the digest of its days, and where it stands."""

    recap: Recap
    digest: str
    state: rules.State


def own_standing(session: Session, month: date, by: Actor) -> Standing:
    """The asker's own month, wherever he was posted in it.

    Raises: NotFound (`acknowledged_nothing`) where there is no day of it yet.
    """
    found = _standing(session, month, recaps.recaps_of(session, month, None, [by.person_id]))
    if not found:
        raise errors.NotFound("acknowledged_nothing", month=f"{month:%Y-%m}")
    return found[0]


def list_standing(
    session: Session, month: date, paths: Sequence[str], after: tuple[str, str] | None, limit: int
) -> list[Standing]:  # fmt: skip
    """Where the months of the people in the subtrees stand, by unit and NIP."""
    return _standing(session, month, recaps.list_recaps(session, month, paths, after, limit))


def acknowledge(
    session: Session, month: date, digest: str, agrees: bool, note: str, by: Actor, now: datetime
) -> Standing:  # fmt: skip
    """The month after its person has said whether its figures are right; an objection needs a note.

    Raises: NotFound, Invalid (`objection_needs_note`), Conflict (`acknowledged_sealed`,
    `acknowledged_changed`: other figures were seen).
    """
    if not agrees and not note:
        raise errors.Invalid("objection_needs_note", {"/note": "objection_needs_note"})
    found = own_standing(session, month, by)
    if found.state is rules.State.SEALED:
        raise errors.Conflict("acknowledged_sealed", month=f"{month:%Y-%m}")
    if found.digest != digest:
        raise errors.Conflict("acknowledged_changed")
    _say(session, month, found, rules.Step.EMPLOYEE, agrees, note, by, now)
    return own_standing(session, month, by)


def confirm(
    session: Session, month: date, nips: Sequence[str], note: str, by: Actor, now: datetime
) -> list[Standing]:  # fmt: skip
    """The months after their superior has confirmed them; without a word of the person or against it only with a note.

    Raises: NotFound (`unknown_person`, out of scope too), Denied (`own_decision`), Conflict (`acknowledged_sealed`,
    `acknowledged_not_yet`).
    """
    days, paths = days_of(month), by.paths(*CONFIRMS)
    person_ids = store.people_in(session, days[0], days[-1], paths)
    found = {one.recap.member.nip: one for one in _standing(session, month, recaps.recaps_of(session, month, paths, person_ids))}
    for nip in nips:
        if nip == by.nip:
            raise errors.Denied("own_decision")
        if nip not in found:
            raise errors.NotFound("unknown_person", nip=nip)
        if found[nip].state is rules.State.SEALED:
            raise errors.Conflict("acknowledged_sealed", month=f"{month:%Y-%m}")
        if found[nip].state is not rules.State.ACKNOWLEDGED and not note:
            raise errors.Conflict("acknowledged_not_yet", nip=nip)
    for nip in nips:
        _say(session, month, found[nip], rules.Step.SUPERIOR, True, note, by, now)
    whose = [found[nip].recap.member.person_id for nip in nips]
    return _standing(session, month, recaps.recaps_of(session, month, paths, whose))


def _say(
    session: Session, month: date, found: Standing, step: rules.Step, agrees: bool, note: str, by: Actor, now: datetime
) -> None:  # fmt: skip
    person_id = found.recap.member.person_id
    said = store.MonthAcknowledgement(
        person_id=person_id, month=month, step=step, digest=found.digest, agrees=agrees, note=note, said_by=by.person_id,
        said_at=now,
    )  # fmt: skip
    entry = {
        "person": person_id, "month": f"{month:%Y-%m}", "step": step, "digest": found.digest, "agrees": agrees, "note": note,
        "by": by.person_id,
    }  # fmt: skip
    ledger.append(session, "acknowledgement", f"acknowledgement:{store.add_said(session, said)}", entry, now)


def _standing(session: Session, month: date, months: Sequence[Recap]) -> list[Standing]:
    days, person_ids = days_of(month), [recap.member.person_id for recap in months]
    digests = attendance.digests_of(session, days[0], days[-1], person_ids)
    said = store.said_of(session, month, person_ids)
    return [
        Standing(recap, digests[person_id][0], rules.state_of(said.get(person_id, ()), *digests[person_id]))
        for recap, person_id in zip(months, person_ids, strict=True)
    ]
