"""Swaps: one asks, the other agrees, a superior who is neither approves, and then both rosters change at once."""

from collections.abc import Sequence
from datetime import date, datetime

from app import errors
from app.access import Actor
from app.db import Session
from app.ledger import store as ledger
from app.people import store as people
from app.people.store import Employed
from app.workdays import rules
from app.workdays import store as workdays
from app.workdays.actions.conflicts import clashes_of
from app.workdays.actions.rosters import told_entries
from app.workdays.actions.scope import DECIDES, civil_day

MOST_DAYS = 7


def propose_swap(session: Session, partner: str, days: Sequence[date], reason: str, by: Actor, now: datetime) -> workdays.Swapped:
    """The swap as it waits for the partner: on each of the days the two exchange what their rosters say.

    Raises: NotFound (no such colleague in the same agency), Invalid (`swap_days`: twice the same, or not in the future),
    Conflict (`swap_same`: nothing to exchange; `swap_on_leave`), Invalid (`swap_refused`) for what neither could work afterwards.
    """
    if len(set(days)) < len(days) or min(days) <= civil_day(now):
        raise errors.Invalid("swap_days", {"/days": "swap_days"})
    both = _both(session, by, partner, now)
    before = workdays.plan_in_force(session, [person.person_id for person in both], days)
    _refuse_impossible(session, both, days, before)
    swap_id = workdays.add_swap(session, both[0].person_id, both[1].person_id, sorted(days), before, reason, now)
    entry = {
        "proposer": both[0].person_id, "partner": both[1].person_id, "days": [day.isoformat() for day in sorted(days)],
        "before": rules.as_rows(before), "reason": reason,
    }  # fmt: skip
    ledger.append(session, "swap", f"swap:{swap_id}", entry, now)
    return workdays.get_swap(session, swap_id)


def answer_swap(session: Session, swap_id: int, answer: str, by: Actor, now: datetime) -> workdays.Swapped:
    """The swap with its answer: the partner agrees or declines, or the proposer withdraws.

    Raises: NotFound for whoever is neither, Denied (`swap_not_yours`) for the other's part, Conflict (`swap_answered`).
    """
    swap = workdays.get_swap(session, swap_id)
    if by.person_id not in (swap.proposer_id, swap.partner_id):
        raise errors.NotFound("unknown_swap", swap=swap_id)
    if (answer == "withdraw") != (by.person_id == swap.proposer_id):
        raise errors.Denied("swap_not_yours")
    if not workdays.add_swap_answer(session, swap_id, answer, by.person_id, now):
        raise errors.Conflict("swap_answered")
    ledger.append(session, "swap_answer", f"swap:{swap_id}", {"swap": swap_id, "answer": answer, "by": by.person_id}, now)
    return workdays.get_swap(session, swap_id)


def decide_swap(session: Session, swap_id: int, decision: str, reason: str, by: Actor, now: datetime) -> workdays.Swapped:
    """The swap with its decision, which is the only one; approved, both rosters are exchanged.

    Raises: Denied (`own_decision`), NotFound (one of the two is out of scope), Conflict (`swap_not_agreed`, `swap_decided`,
    `swap_outdated` when a roster of the two is not what it was when they agreed, `swap_past`), Invalid (`swap_refused`).
    """
    swap = workdays.get_swap(session, swap_id)
    ids = [swap.proposer_id, swap.partner_id]
    if by.person_id in ids:
        raise errors.Denied("own_decision")
    employed = {person.person_id: person for person in people.list_employed_on(session, civil_day(now), person_ids=ids)}
    if not all(person_id in employed and by.covers(employed[person_id].unit_path, *DECIDES) for person_id in ids):
        raise errors.NotFound("unknown_swap", swap=swap_id)
    if swap.status in ("proposed", "decline", "withdraw"):
        raise errors.Conflict("swap_not_agreed")
    workdays.lock_rosters(session, employed[ids[0]].agency_id)
    if not workdays.add_swap_decision(session, swap_id, decision, reason, by.person_id, now):
        raise errors.Conflict("swap_decided")
    entries = _exchange(session, [employed[person_id] for person_id in ids], swap, now) if decision == "approve" else []
    entry = {
        "swap": swap_id, "people": ids, "decision": decision, "reason": reason, "entries": told_entries(entries),
        "by": by.person_id,
    }  # fmt: skip
    ledger.append(session, "swap_decision", f"swap:{swap_id}", entry, now)
    return workdays.get_swap(session, swap_id)


def _both(session: Session, by: Actor, partner: str, now: datetime) -> list[Employed]:
    """The proposer and the partner, who works in the same agency.

    Raises: NotFound (`unknown_person`), also for oneself.
    """
    ids = workdays.person_ids_of(session, [partner])
    employed = people.list_employed_on(session, civil_day(now), person_ids=[by.person_id, *ids])
    found = {person.person_id: person for person in employed}
    mine, other = found.get(by.person_id), found.get(ids[0]) if ids else None
    if mine is None or other is None or mine is other or mine.agency_id != other.agency_id:
        raise errors.NotFound("unknown_person", nip=partner)
    return [mine, other]


def _exchange(session: Session, both: Sequence[Employed], swap: workdays.Swapped, now: datetime) -> list[workdays.Entry]:
    """The entries written in exchange.

    Raises: Conflict (`swap_past`, `swap_outdated`), and as `_refuse_impossible`.
    """
    if min(swap.days) <= civil_day(now):
        raise errors.Conflict("swap_past")
    before = workdays.plan_in_force(session, [person.person_id for person in both], swap.days)
    if rules.as_rows(before) != swap.before:
        raise errors.Conflict("swap_outdated")
    entries = _exchanged(session, both, swap.days, before)
    _refuse_clashes(session, both, entries)
    workdays.replace_roster(session, entries, now)
    return entries


def _refuse_impossible(session: Session, both: Sequence[Employed], days: Sequence[date], before: rules.Plan) -> None:
    """Nothing, if the two could exchange their rosters.

    Raises: Conflict (`swap_same`, `swap_on_leave`), Invalid (`swap_refused`) with the conflict of each.
    """
    first, second = ({day: before.get((person.person_id, day), rules.NOTHING_SAID) for day in days} for person in both)
    if first == second:
        raise errors.Conflict("swap_same")
    absent = workdays.leaves_in(session, min(days), max(days), [person.person_id for person in both])
    if any(leave.first_day <= day <= leave.last_day for _, leave in absent for day in days):
        raise errors.Conflict("swap_on_leave")
    _refuse_clashes(session, both, _exchanged(session, both, days, before))


def _exchanged(session: Session, both: Sequence[Employed], days: Sequence[date], before: rules.Plan) -> list[workdays.Entry]:
    """The two rosters exchanged, ready to be written."""
    first, second = (person.person_id for person in both)
    ids = {code: shift_id for (_, code), shift_id in workdays.shift_ids(session, [both[0].agency_id]).items()}
    return workdays.entries_of(rules.exchanged(before, first, second, days), ids)


def _refuse_clashes(session: Session, both: Sequence[Employed], entries: Sequence[workdays.Entry]) -> None:
    clashes = clashes_of(session, both, entries)
    if clashes:
        raise errors.Invalid("swap_refused", {f"/people/{clash.person.nip}/{clash.days[1]}": clash.told for clash in clashes})
