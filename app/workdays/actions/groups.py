"""Setting up calendar groups and who belongs to them: gather, judge, write, and a ledger leaf."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app import errors
from app.access import Actor, Role
from app.db import Session
from app.ledger import store as ledger
from app.people import store as people
from app.people.rules.separated import Problem
from app.workdays import rules
from app.workdays import store as workdays
from app.workdays.actions.scope import civil_day, get_agency
from app.workdays.rules.memberfile import MemberFile, MemberRow

# Whom a group frees can tell what somebody believes, so fewer may see it than see rosters.
KEEPS_MEMBERS = (Role.HR,)
SEES_MEMBERS = (Role.HR, Role.AUDITOR)


@dataclass(frozen=True, slots=True)
class Brought:
    """What a file of memberships did or would do: how many begin, how many get another end, and what is wrong by line."""

    added: int
    changed: int
    problems: Sequence[Problem]
    is_written: bool


def add_group(
    session: Session, agency: str, code: str, name: str, calendar: str | None, by: Actor, now: datetime
) -> workdays.CalendarGroup:
    """The new calendar group of the agency.

    Raises: NotFound (agency), Conflict (`group_exists`).
    """
    added = workdays.add_group(session, get_agency(session, agency, by).id, code, name, calendar, now)
    if added is None:
        raise errors.Conflict("group_exists", group=code)
    _seal_group(session, added, "add", by, now)
    return added


def get_group(session: Session, agency: str, code: str, by: Actor, *roles: Role) -> workdays.CalendarGroup:
    """The group of the agency, if the actor has one of the roles over the whole of it.

    Raises: NotFound.
    """
    unit = people.get_unit(session, agency, by.paths(*roles))
    found = workdays.find_group(session, unit.id, code)
    if found is None:
        raise errors.NotFound("unknown_group", group=code)
    return found


def change_group(
    session: Session, group: workdays.CalendarGroup, name: str, calendar: str | None, by: Actor, now: datetime
) -> workdays.CalendarGroup:
    """The group with another name or another calendar."""
    group.name, group.calendar, group.changed_at = name, calendar, now
    session.flush()
    _seal_group(session, group, "change", by, now)
    return group


def join(
    session: Session, group: workdays.CalendarGroup, nip: str, since: date, until: date | None, by: Actor, now: datetime
) -> workdays.Membership:
    """The new membership of somebody in the actor's scope, never of himself.

    Raises: NotFound (person), Denied (`own_decision`), Invalid (`membership_dates`), Conflict (`membership_overlaps`).
    """
    workdays.lock_memberships(session)
    person = people.get_posted(session, nip, civil_day(now), by.paths(*KEEPS_MEMBERS))
    _own_or_backwards(person.person_id, since, until, by)
    others = [there for there in workdays.memberships_of(session, [person.person_id]) if there.group_id == group.id]
    if any(rules.is_overlapping(since, until, there.since, there.until) for there in others):
        raise errors.Conflict("membership_overlaps")
    added = workdays.add_membership(session, person.person_id, group.id, since, until, now)
    return _sealed(session, person.person_id, added, "add", by, now)


def get_membership(session: Session, membership_id: int, by: Actor, now: datetime, *roles: Role) -> workdays.Membership:
    """The membership, if its person is in the actor's scope.

    Raises: NotFound (`unknown_membership`).
    """
    found = workdays.find_membership(session, membership_id, by.paths(*roles), civil_day(now))
    if found is None:
        raise errors.NotFound("unknown_membership", membership=membership_id)
    return found


def end(session: Session, there: workdays.Membership, until: date | None, by: Actor, now: datetime) -> workdays.Membership:
    """The membership with another end, or none; one that ends on its first day never was.

    Raises: Denied (`own_decision`), Invalid (`membership_dates`), Conflict (`membership_overlaps`).
    """
    workdays.lock_memberships(session)
    _own_or_backwards(there.person_id, there.since, until, by)
    others = [one for one in workdays.memberships_of(session, [there.person_id]) if one.group_id == there.group_id]
    if any(one.id != there.id and rules.is_overlapping(there.since, until, one.since, one.until) for one in others):
        raise errors.Conflict("membership_overlaps")
    workdays.end_membership(session, there.id, until, now)
    return _sealed(session, there.person_id, there.id, "end", by, now)


def import_members(session: Session, file: MemberFile, by: Actor | None, now: datetime, dry_run: bool) -> Brought:
    """The memberships of a file: all of them are written, or none when a row is wrong; the same file again changes nothing."""
    workdays.lock_memberships(session)
    ids = workdays.person_ids_of(session, sorted({row.nip for row in file.rows}))
    employed = {person.nip: person for person in people.list_employed_on(session, civil_day(now), person_ids=ids)}
    groups = workdays.group_ids(session, sorted({person.agency_id for person in employed.values()}))
    there = workdays.memberships_of(session, ids)
    problems: list[Problem] = [*file.problems]
    new: list[tuple[int, int, MemberRow]] = []
    ends: list[tuple[workdays.Membership, MemberRow]] = []
    for row in file.rows:
        person = employed.get(row.nip)
        group_id = groups.get((person.agency_id, row.group)) if person else None
        if person is None or group_id is None:
            wrong = ("unknown_person", {"nip": row.nip}) if person is None else ("unknown_group", {"group": row.group})
            problems.append(Problem(row.line, *wrong))
            continue
        mine = [one for one in there if (one.person_id, one.group_id) == (person.person_id, group_id)]
        same = next((one for one in mine if one.since == row.since), None)
        if any(one is not same and rules.is_overlapping(row.since, row.until, one.since, one.until) for one in mine):
            problems.append(Problem(row.line, "membership_overlaps"))
        elif same is None:
            new.append((person.person_id, group_id, row))
        elif same.until != row.until:
            ends.append((same, row))
    if problems or dry_run:
        return Brought(len(new), len(ends), sorted(problems, key=lambda problem: problem.line), False)
    for person_id, group_id, row in new:
        added = workdays.add_membership(session, person_id, group_id, row.since, row.until, now)
        _seal(session, person_id, added, "add", row.group, row.since, row.until, by, now)
    for one, row in ends:
        workdays.end_membership(session, one.id, row.until, now)
        _seal(session, one.person_id, one.id, "end", one.group, one.since, row.until, by, now)
    return Brought(len(new), len(ends), (), bool(new or ends))


def _own_or_backwards(person_id: int, since: date, until: date | None, by: Actor) -> None:
    if person_id == by.person_id:
        raise errors.Denied("own_decision")
    if until is not None and until < since:
        raise errors.Invalid("membership_dates", {"/until": "membership_dates"})


def _seal_group(session: Session, group: workdays.CalendarGroup, act: str, by: Actor, now: datetime) -> None:
    entry = {
        "act": act, "agency": group.agency_id, "code": group.code, "name": group.name, "calendar": group.calendar,
        "by": by.person_id,
    }  # fmt: skip
    ledger.append(session, "calendar_group", f"calendar_group:{group.id}", entry, now)


def _sealed(session: Session, person_id: int, membership_id: int, act: str, by: Actor, now: datetime) -> workdays.Membership:
    """The membership as it now stands, after its leaf is written."""
    [found] = [one for one in workdays.memberships_of(session, [person_id]) if one.id == membership_id]
    _seal(session, person_id, found.id, act, found.group, found.since, found.until, by, now)
    return found


def _seal(
    session: Session, person_id: int, membership_id: int, act: str, group: str, since: date, until: date | None,
    by: Actor | None, now: datetime,
) -> None:  # fmt: skip
    entry = {
        "act": act, "person": person_id, "group": group, "since": since.isoformat(), "until": until and until.isoformat(),
        "by": by.person_id if by else None,
    }  # fmt: skip
    ledger.append(session, "calendar_membership", f"calendar_membership:{membership_id}", entry, now)
