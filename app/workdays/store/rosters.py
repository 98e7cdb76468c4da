"""What is asked of shifts and rosters, and the workdays that follow from them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from types import MappingProxyType

from sqlalchemy import ARRAY, Text, and_, case, cast, func, or_, select, tuple_
from sqlalchemy.dialects.postgresql import aggregate_order_by, insert

from app import decrees
from app.db import Session, in_scope, prepared
from app.people import store as people
from app.people.store import Employed
from app.workdays import rules
from app.workdays.store import tables
from app.workdays.store.calendar import declared_at, declared_on
from app.workdays.store.groups import groups_of

NO_GROUPS: frozenset[rules.Group] = frozenset()

ROSTERED = """
SELECT person_id, day, shift_ids, zone FROM roster_entries WHERE person_id = ANY($1::bigint[]) AND day = ANY($2::date[])
"""

SHIFTS = "SELECT id, to_json(shift) FROM shifts AS shift WHERE id = ANY($1::bigint[])"


@dataclass(frozen=True, slots=True)
class Rostered:
    """A roster entry with the names it is read by; without shifts it is rest, and None is the decree's own hours."""

    person_id: int
    nip: str
    name: str
    unit_code: str
    day: date
    shifts: list[str] | None
    zone: str | None


def workdays_on(
    session: Session,
    employed: Sequence[Employed],
    day: date,
    law: decrees.Law = decrees.on,
    instead: Mapping[tuple[int, date], rules.RosterEntry] = MappingProxyType({}),
) -> dict[int, rules.Workday]:
    """Each person's workday of that day, by person."""
    return {person_id: workday for (person_id, _), workday in workdays_of(session, employed, [day], law, instead).items()}


def workdays_of(
    session: Session,
    employed: Sequence[Employed],
    days: Sequence[date],
    law: decrees.Law = decrees.on,
    instead: Mapping[tuple[int, date], rules.RosterEntry] = MappingProxyType({}),
) -> dict[tuple[int, date], rules.Workday]:
    """Each person's workday of each day, by person and day. Three queries, or four where there is a roster, however many.

    `instead`: what to judge by in place of rosters: a plan that nobody has written yet, or letters that overrule them.
    """
    person_ids = [person.person_id for person in employed]
    rosters = {**rosters_of(session, person_ids, days), **instead}
    groups = groups_of(session, person_ids, days)
    declared = declared_on(session, days)

    @cache  # thousands share the same hours: one value for all of them
    def workday(
        day: date, zone: str, decree: str, path: str, groups: frozenset[rules.Group], entry: rules.RosterEntry | None
    ) -> rules.Workday:
        general = law(decree, day)
        named = rules.groups_named(general, groups)
        own = rules.declared_for(day, declared_at(declared, path), groups)
        holiday = rules.holiday_on(day, {} if own is None else {day: own})
        owed = rules.workday_on(day, zone, general.for_whom(path, named), holiday, entry)
        return replace(owed, groups=named) if named else owed

    return {
        (person.person_id, day): workday(
            day,
            person.zone,
            person.decree,
            person.unit_path,
            groups.get((person.person_id, day), NO_GROUPS),
            rosters.get((person.person_id, day)),
        )
        for person in employed
        for day in days
    }


def rosters_of(session: Session, person_ids: list[int], days: Sequence[date]) -> Mapping[tuple[int, date], rules.RosterEntry]:
    """Roster entries by person and day."""
    rows = prepared(session, "rosters_of", ROSTERED, (person_ids, list(days)))
    known = shifts_by_id(session, sorted({shift_id for row in rows for shift_id in row[2] or ()}))
    return {
        (person_id, day): rules.RosterEntry(day, None if ids is None else tuple(known[shift_id] for shift_id in ids), zone)
        for person_id, day, ids, zone in rows
    }


def shifts_by_id(session: Session, shift_ids: list[int]) -> Mapping[int, rules.Shift]:
    """The shifts of these ids."""
    if not shift_ids:
        return {}
    return {shift_id: rules.shift_of(row) for shift_id, row in prepared(session, "shifts_by_id", SHIFTS, (shift_ids,))}


def list_shifts(session: Session, agency_ids: Sequence[int], after: int | None, limit: int) -> Sequence[tables.Shift]:
    """Shifts of the agencies in order of id, beginning after the id `after`."""
    query = select(tables.Shift).where(tables.Shift.agency_id.in_(agency_ids)).order_by(tables.Shift.id).limit(limit)
    return session.scalars(query if after is None else query.where(tables.Shift.id > after)).all()


def shift_ids(session: Session, agency_ids: Sequence[int]) -> dict[tuple[int, str], int]:
    """Ids of all shifts of the agencies, by agency and code."""
    query = select(tables.Shift.agency_id, tables.Shift.code, tables.Shift.id).where(tables.Shift.agency_id.in_(agency_ids))
    return {(agency_id, code): shift_id for agency_id, code, shift_id in session.execute(query)}


def add_shift(session: Session, agency_id: int, shift: rules.Shift, name: str) -> tables.Shift | None:
    """The new shift; None when the agency has one of that code."""
    hours = {
        "kind": shift.kind, "starts": shift.starts, "ends": shift.ends, "core_starts": shift.core_starts,
        "core_ends": shift.core_ends, "owed_min": shift.owed_min,
        "breaks": [[f"{pause.starts:%H:%M}", f"{pause.ends:%H:%M}"] for pause in shift.breaks],
    }  # fmt: skip
    return session.scalars(
        insert(tables.Shift)
        .values(agency_id=agency_id, code=shift.code, name=name, **hours)
        .on_conflict_do_nothing()
        .returning(tables.Shift)
    ).one_or_none()


@dataclass(frozen=True, slots=True)
class Entry:
    """What a person's roster is to say about a day, the shifts by their ids."""

    person_id: int
    day: date
    shift_ids: tuple[int, ...] | None
    zone: str | None = None


def said_by(session: Session, entries: Sequence[Entry]) -> dict[tuple[int, date], rules.RosterEntry]:
    """What the entries say, by person and day, with the hours of their shifts."""
    known = shifts_by_id(session, sorted({shift_id for entry in entries for shift_id in entry.shift_ids or ()}))
    return {
        (entry.person_id, entry.day): rules.RosterEntry(
            entry.day, None if entry.shift_ids is None else tuple(known[shift_id] for shift_id in entry.shift_ids), entry.zone
        )
        for entry in entries
    }


def replace_roster(session: Session, entries: Sequence[Entry], now: datetime) -> None:
    """Give each person these shifts on the day, whatever the roster said before."""
    if not entries:
        return
    rows = [
        {
            "person_id": entry.person_id,
            "day": entry.day,
            "shift_ids": None if entry.shift_ids is None else list(entry.shift_ids),
            "zone": entry.zone,
            "changed_at": now,
        }
        for entry in entries
    ]
    written = insert(tables.RosterEntry)
    said = {name: written.excluded[name] for name in ("shift_ids", "zone")}
    written = written.on_conflict_do_update(
        index_elements=["person_id", "day"],
        set_={**said, "changed_at": written.excluded.changed_at},
        where=tuple_(tables.RosterEntry.shift_ids, tables.RosterEntry.zone).is_distinct_from(tuple_(*said.values())),
    )
    session.execute(written, rows)


def list_rostered(
    session: Session, paths: Sequence[str], first_day: date, last_day: date, today: date, after: tuple[date, str] | None, limit: int
) -> list[Rostered]:
    """Roster entries of the people posted in the subtrees today, in order of day and NIP, beginning after that day and NIP."""
    entry, person, posting, unit = tables.RosterEntry, people.Person, people.Posting, people.Unit
    codes = (
        select(func.array_agg(aggregate_order_by(tables.Shift.code, tables.Shift.starts)))
        .where(tables.Shift.id == func.any(entry.shift_ids))
        .scalar_subquery()
    )
    shifts = case((entry.shift_ids.is_not(None), func.coalesce(codes, cast([], ARRAY(Text)))))
    query = (
        select(person.id, person.nip, person.name, unit.code, entry.day, shifts, entry.zone)
        .select_from(entry)
        .join(person, person.id == entry.person_id)
        .join(posting, and_(posting.person_id == person.id, posting.kind == "primary", posting.since <= today))
        .join(unit, unit.id == posting.unit_id)
        .where(
            entry.day.between(first_day, last_day),
            or_(posting.until.is_(None), posting.until > today),
            in_scope(unit.path, paths),
        )
        .order_by(entry.day, person.nip)
        .limit(limit)
    )
    if after is not None:
        day, nip = after
        query = query.where(or_(entry.day > day, and_(entry.day == day, person.nip > nip)))
    return [Rostered(*row) for row in session.execute(query)]


def person_ids_of(session: Session, nips: Sequence[str]) -> list[int]:
    """Ids of the people with these NIPs, in no order; unknown ones are left out."""
    return list(session.scalars(select(people.Person.id).where(people.Person.nip.in_(nips))))
