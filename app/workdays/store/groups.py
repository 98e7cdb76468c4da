"""What is asked of calendar groups and of who belongs to them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Select, and_, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from app.db import Session, in_scope, prepared
from app.people import store as people
from app.workdays import rules
from app.workdays.store import tables

MEMBERS = """
SELECT member.person_id, member.since, member.until, member.group_id, own.code, own.calendar
FROM calendar_memberships AS member JOIN calendar_groups AS own ON own.id = member.group_id
WHERE member.person_id = ANY($1::bigint[]) AND member.since <= $2::date AND (member.until IS NULL OR member.until > $3::date)
"""

# How far back a late membership reaches: older months are sealed by then.
LATE_DAYS = 62


@dataclass(frozen=True, slots=True)
class Membership:
    """A membership with the names it is read by."""

    id: int
    person_id: int
    nip: str
    name: str
    group_id: int
    group: str
    since: date
    until: date | None


def groups_of(
    session: Session, person_ids: Sequence[int], days: Sequence[date]
) -> Mapping[tuple[int, date], frozenset[rules.Group]]:
    """The calendar groups that each person belongs to on each of the days, by person and day; who has none is left out."""
    if not (person_ids and days):
        return {}
    found: dict[tuple[int, date], set[rules.Group]] = defaultdict(set)
    for person_id, since, until, *group in prepared(session, "groups_of", MEMBERS, (list(person_ids), max(days), min(days))):
        for day in days:
            if since <= day and (until is None or day < until):
                found[person_id, day].add(rules.Group(*group))
    return {key: frozenset(groups) for key, groups in found.items()}


def list_groups(session: Session, agency_ids: Sequence[int], after: int | None, limit: int) -> Sequence[tables.CalendarGroup]:
    """Groups of the agencies in order of id, beginning after the id `after`."""
    row = tables.CalendarGroup
    query = select(row).where(row.agency_id.in_(agency_ids)).order_by(row.id).limit(limit)
    return session.scalars(query if after is None else query.where(row.id > after)).all()


def find_group(session: Session, agency_id: int, code: str) -> tables.CalendarGroup | None:
    """The group of that code in the agency; held until the transaction ends."""
    row = tables.CalendarGroup
    return session.scalar(select(row).where(row.agency_id == agency_id, row.code == code).with_for_update())


def group_ids(session: Session, agency_ids: Sequence[int]) -> dict[tuple[int, str], int]:
    """Ids of all groups of the agencies, by agency and code."""
    row = tables.CalendarGroup
    query = select(row.agency_id, row.code, row.id).where(row.agency_id.in_(agency_ids))
    return {(agency_id, code): group_id for agency_id, code, group_id in session.execute(query)}


def add_group(
    session: Session, agency_id: int, code: str, name: str, calendar: str | None, now: datetime
) -> tables.CalendarGroup | None:
    """The new group; None when the agency has one of that code."""
    written = insert(tables.CalendarGroup).values(agency_id=agency_id, code=code, name=name, calendar=calendar, changed_at=now)
    return session.scalars(written.on_conflict_do_nothing().returning(tables.CalendarGroup)).one_or_none()


def lock_memberships(session: Session) -> None:
    """Let nobody else change memberships until the transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("calendar memberships"))))


def memberships_of(session: Session, person_ids: Sequence[int]) -> list[Membership]:
    """All memberships of the people, ended ones too, in order of id."""
    query = _memberships().where(tables.CalendarMembership.person_id == func.any(list(person_ids)))
    return [Membership(*row) for row in session.execute(query.order_by(tables.CalendarMembership.id))]


def list_memberships(
    session: Session, group_id: int, paths: Sequence[str], today: date, after: int | None, limit: int
) -> list[Membership]:
    """Memberships of a group by people posted in the subtrees today, ended ones too, in order of id, after the id `after`."""
    row = tables.CalendarMembership
    query = _memberships(today).where(row.group_id == group_id, in_scope(people.Unit.path, paths)).order_by(row.id).limit(limit)
    return [Membership(*found) for found in session.execute(query if after is None else query.where(row.id > after))]


def find_membership(session: Session, membership_id: int, paths: Sequence[str], today: date) -> Membership | None:
    """The membership of that id, if its person is posted in the subtrees today."""
    row = tables.CalendarMembership
    query = _memberships(today).where(row.id == membership_id, in_scope(people.Unit.path, paths))
    found = session.execute(query).first()
    return None if found is None else Membership(*found)


def add_membership(session: Session, person_id: int, group_id: int, since: date, until: date | None, now: datetime) -> int:
    """The id of the new membership; that it overlaps no other is for the caller to see, under `lock_memberships`."""
    row = tables.CalendarMembership(person_id=person_id, group_id=group_id, since=since, until=until, changed_at=now)
    session.add(row)
    session.flush()
    return row.id


def end_membership(session: Session, membership_id: int, until: date | None, now: datetime) -> None:
    """Give the membership another end, or none."""
    row = tables.CalendarMembership
    session.execute(update(row).where(row.id == membership_id).values(until=until, changed_at=now))


def list_regrouped(session: Session, since: datetime, person_ids: Sequence[int] | None = None) -> list[tuple[int, date]]:
    """Every person and day that a membership or a group changed at or after that instant may judge otherwise.

    All of the last LATE_DAYS days from its first on, and not feasts only: law may be limited to a group.
    """
    row, group = tables.CalendarMembership, tables.CalendarGroup
    query = (
        select(row.person_id, row.since, func.greatest(row.changed_at, group.changed_at))
        .join(group, group.id == row.group_id)
        .where(or_(row.changed_at >= since, group.changed_at >= since))
    )
    if person_ids is not None:
        query = query.where(row.person_id.in_(person_ids))
    touched: list[tuple[int, date]] = []
    for person_id, first, changed_at in session.execute(query):
        day, last = max(first, changed_at.date() - timedelta(days=LATE_DAYS)), changed_at.date()
        touched += [(person_id, day + timedelta(days=n)) for n in range((last - day).days + 1)]
    return touched


def _memberships(today: date | None = None) -> Select[*tuple[Any, ...]]:
    """Memberships; with a day, of those posted then, and joined with their units."""
    row, person, posting, unit = tables.CalendarMembership, people.Person, people.Posting, people.Unit
    query = (
        select(row.id, row.person_id, person.nip, person.name, row.group_id, tables.CalendarGroup.code, row.since, row.until)
        .select_from(row)
        .join(person, person.id == row.person_id)
        .join(tables.CalendarGroup, tables.CalendarGroup.id == row.group_id)
    )
    if today is None:
        return query
    in_force = and_(posting.since <= today, or_(posting.until.is_(None), posting.until > today))
    return query.join(posting, and_(posting.person_id == person.id, posting.kind == "primary", in_force)).join(
        unit, unit.id == posting.unit_id
    )
