"""What is asked of patterns, of rosters while they are drawn up, and of those that were published."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert

from app.db import Session
from app.people import store as people
from app.workdays import rules
from app.workdays.store import tables
from app.workdays.store.rosters import Entry


def lock_rosters(session: Session, agency_id: int) -> None:
    """Let nobody else write rosters of the agency until this transaction ends, so that conflicts are seen by the second."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext(f"rosters of {agency_id}"))))


def plan_in_force(session: Session, person_ids: Sequence[int], days: Sequence[date]) -> dict[tuple[int, date], rules.Said]:
    """What the rosters of these people say on these days, as people are judged by it."""
    entry, shift = tables.RosterEntry, tables.Shift
    rows = session.execute(
        select(entry.person_id, entry.day, entry.shift_ids, entry.zone).where(
            entry.person_id == func.any(list(person_ids)), entry.day == func.any(list(days))
        )
    ).all()
    ids = sorted({shift_id for row in rows for shift_id in row.shift_ids or ()})
    codes = {shift_id: code for shift_id, code in session.execute(select(shift.id, shift.code).where(shift.id.in_(ids)))}
    found = {
        (row.person_id, row.day): rules.Said(
            None if row.shift_ids is None else tuple(codes[shift_id] for shift_id in row.shift_ids), row.zone
        )
        for row in rows
    }
    return {key: said for key, said in found.items() if said.is_something}


def list_written_after(
    session: Session, person_ids: Sequence[int], days: Sequence[date], after: datetime
) -> list[tuple[int, date]]:
    """The person-days whose roster in force changed after that instant."""
    entry = tables.RosterEntry
    query = select(entry.person_id, entry.day).where(
        entry.person_id == func.any(list(person_ids)), entry.day == func.any(list(days)), entry.changed_at > after
    )
    return [(person_id, day) for person_id, day in session.execute(query)]


def list_rostered_late(session: Session, day: date, reach: int, person_ids: Sequence[int] | None = None) -> set[int]:
    """People whose roster within `reach` days of that day was written when check-ins of those days could be there already."""
    entry = tables.RosterEntry
    first_day, last_day = day - timedelta(days=reach), day + timedelta(days=reach)
    query = (
        select(entry.person_id)
        .where(entry.day.between(first_day, last_day), entry.changed_at >= datetime.combine(first_day - rules.ONE_DAY, time(), UTC))
        .distinct()
    )
    return set(session.scalars(query if person_ids is None else query.where(entry.person_id == func.any(list(person_ids)))))


def entries_of(plan: rules.Plan, ids: Mapping[str, int]) -> list[Entry]:
    """The plan with the shifts by their ids, ready to be written."""
    return [
        Entry(person_id, day, None if said.shifts is None else tuple(ids[code] for code in said.shifts), said.zone)
        for (person_id, day), said in plan.items()
    ]


def add_pattern(
    session: Session, agency_id: int, code: str, name: str, cycle: Sequence[Sequence[str]]
) -> tables.RosterPattern | None:
    """The new pattern; None when the agency has one of that code."""
    return session.scalars(
        insert(tables.RosterPattern)
        .values(agency_id=agency_id, code=code, name=name, cycle=[list(day) for day in cycle])
        .on_conflict_do_nothing()
        .returning(tables.RosterPattern)
    ).one_or_none()


def find_pattern(session: Session, agency_id: int, code: str) -> tables.RosterPattern | None:
    """The agency's pattern of that code."""
    pattern = tables.RosterPattern
    return session.scalar(select(pattern).where(pattern.agency_id == agency_id, pattern.code == code))


def list_patterns(session: Session, agency_ids: Sequence[int], after: int | None, limit: int) -> Sequence[tables.RosterPattern]:
    """Patterns of the agencies in order of id, beginning after the id `after`."""
    pattern = tables.RosterPattern
    query = select(pattern).where(pattern.agency_id.in_(agency_ids)).order_by(pattern.id).limit(limit)
    return session.scalars(query if after is None else query.where(pattern.id > after)).all()


def find_draft(session: Session, unit_id: int, month: date) -> tables.RosterDraft | None:
    """The unit's draft of that month."""
    return session.get(tables.RosterDraft, (unit_id, month))


def replace_draft(session: Session, unit_id: int, month: date, plan: rules.Plan, began_at: datetime, now: datetime) -> None:
    """Let this be the unit's draft of that month."""
    words = {"lines": rules.as_rows(plan), "changed_at": now}
    session.execute(
        insert(tables.RosterDraft)
        .values(unit_id=unit_id, month=month, began_at=began_at, **words)
        .on_conflict_do_update(index_elements=["unit_id", "month"], set_=words)
    )
    session.expire_all()


def remove_draft(session: Session, unit_id: int, month: date) -> None:
    """Throw the draft away."""
    session.execute(delete(tables.RosterDraft).where(tables.RosterDraft.unit_id == unit_id, tables.RosterDraft.month == month))


def find_version(session: Session, unit_id: int, month: date, version: int) -> tables.RosterVersion | None:
    """One published roster."""
    return session.get(tables.RosterVersion, (unit_id, month, version))


def list_versions(session: Session, unit_id: int, month: date) -> Sequence[tables.RosterVersion]:
    """Every published roster of the unit and month, newest first."""
    version = tables.RosterVersion
    query = select(version).where(version.unit_id == unit_id, version.month == month).order_by(version.version.desc())
    return session.scalars(query).all()


def add_version(
    session: Session, unit_id: int, month: date, plan: rules.Plan, note: str, by: int | None, now: datetime
) -> tables.RosterVersion:
    """The newly published roster, numbered on."""
    of_month = tables.RosterVersion.unit_id == unit_id, tables.RosterVersion.month == month
    newest = session.scalar(select(func.max(tables.RosterVersion.version)).where(*of_month)) or 0
    row = tables.RosterVersion(
        unit_id=unit_id, month=month, version=newest + 1, lines=rules.as_rows(plan), note=note, published_by=by, published_at=now
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def names_of(session: Session, person_ids: Sequence[int]) -> dict[int, tuple[str, str]]:
    """NIP and name of people, by id."""
    person = people.Person
    rows = session.execute(select(person.id, person.nip, person.name).where(person.id == func.any(list(person_ids))))
    return {person_id: (nip, name) for person_id, nip, name in rows}
