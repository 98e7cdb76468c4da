"""Closing days: gather the evidence of everybody, derive each day, write what came out differently."""

import contextlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from app import decrees
from app.assignments import store as assignments
from app.assignments.actions import instead_of_rosters
from app.assignments.rules import Letter, LetterKind, anywhere_under, ceremonies_on, holding_on
from app.attendance import rules
from app.attendance import store as attendance
from app.checkins import store as checkins
from app.checkins.rules.timing import Grade
from app.db import Session
from app.incidents import store as incidents
from app.people import store as people
from app.people.store import Employed
from app.workdays import store as workdays
from app.workdays.rules import REACH_DAYS, Instance, instance_holding


def close_day(session: Session, day: date, now: datetime, person_ids: Sequence[int] | None = None) -> int:
    """Number of day records that changed: the day derived anew, for everybody or for `person_ids`, as often as you like."""
    rows = (derived_of(person, evidence) for person, evidence in evidence_on(session, day, now, person_ids))
    return attendance.replace_day(session, day, rows, now, person_ids)


def differences_on(session: Session, day: date, now: datetime) -> dict[int, list[str]]:
    """By person, in what the day's records are not what their evidence comes to; nothing is written."""
    return attendance.differences_on(session, day, (derived_of(person, known) for person, known in evidence_on(session, day, now)))


def days_now(session: Session, day: date, now: datetime, person_ids: Sequence[int]) -> list[attendance.Recorded]:
    """The day of these people as it would be recorded now, in order of NIP; nothing is written."""
    known = evidence_on(session, day, now, person_ids)
    days = (attendance.as_recorded(person, day, derived_of(person, evidence), now) for person, evidence in known)
    return sorted(days, key=lambda recorded: recorded.nip)


def close_changed(session: Session, since: datetime, until: date, now: datetime) -> int:
    """Number of day records that changed on days before `until`, for those whose evidence arrived at or after `since`.

    The night derives its last days for everybody; this finds the older days that a late phone, leave, roster, letter or incident
    reaches.
    """
    touched = changed_days(session, since, until)
    return sum(close_day(session, day, now, sorted(touched[day])) for day in sorted(touched))


def changed_days(session: Session, since: datetime, until: date, person_ids: Sequence[int] | None = None) -> dict[date, set[int]]:
    """The days before `until` that evidence reaches which arrived at or after `since`, each with whom it reaches.

    Every kind of evidence leaves the instant at which it came: check-ins, decisions about them, corrections, permissions, rosters,
    leave, holidays, calendar groups, letters and incidents.
    """
    touched: dict[date, set[int]] = defaultdict(set)
    for person_id, day in (
        *checkins.list_changed_since(session, since, person_ids, until),
        *checkins.list_ruled_since(session, since, person_ids),
        *attendance.list_decided_since(session, since, person_ids),
        *attendance.list_permitted_since(session, since, person_ids),
        *workdays.list_changed_since(session, since, person_ids),
        *_struck_since(session, since, person_ids),
        *assignments.list_changed_since(session, since, until, person_ids),
    ):
        if day < until:
            touched[day].add(person_id)
    return touched


def _struck_since(session: Session, since: datetime, person_ids: Sequence[int] | None) -> Iterator[tuple[int, date]]:
    """The recorded days that an incident may reach which was declared or withdrawn at or after `since`; shifts go over midnight."""
    for incident in incidents.list_changed_since(session, since):
        first_day = incident.begins_at.astimezone(UTC).date() - timedelta(days=REACH_DAYS)
        last_day = incident.ends_at.astimezone(UTC).date() + timedelta(days=1)
        yield from attendance.list_open(session, first_day, last_day, incident.paths, person_ids)


def evidence_on(
    session: Session,
    day: date,
    now: datetime,
    person_ids: Sequence[int] | None = None,
    law: decrees.Law = decrees.on,
) -> Iterator[tuple[Employed, rules.Evidence]]:
    """Everybody employed that day with everything the day is judged by. Eleven queries, however many people.

    A check-in belongs to the day of the shift that held it when it came, unless the roster or a letter that moves hours was
    written later: then it is asked again which shift holds it now.
    """
    employed = people.list_employed_on(session, day, person_ids=person_ids)
    letters = assignments.letters_on(session, day, person_ids)
    owed = workdays.workdays_on(session, employed, day, law, instead_of_rosters(session, letters, [day]))
    leaves = workdays.leaves_on(session, day, person_ids)
    approved = attendance.approved_on(session, day, person_ids)
    permitted = attendance.permits_on(session, day, person_ids)
    struck = incidents.incidents_on(session, day, employed)
    seen = defaultdict(list)
    for found in checkins.list_on(session, day, person_ids):
        seen[found.person_id].append(_as_evidence(found, letters.get(found.person_id, ())))
    late = workdays.list_rostered_late(session, day, 2 * REACH_DAYS, person_ids)
    if late := late | assignments.list_moved_late(session, day, 2 * REACH_DAYS, person_ids):
        seen |= _bound_again(session, day, [person for person in employed if person.person_id in late], law)
    held_at = _sites_of_ceremonies(session, letters)
    for person in employed:
        workday = owed[person.person_id]
        leave = leaves.get(person.person_id)
        corrections = tuple(approved.get(person.person_id, ()))
        under = letters.get(person.person_id, ())
        called = ceremonies_on(day, person.zone, under, held_at) if under else ()
        permits = tuple(permitted.get(person.person_id, ()))
        near = rules.touching(workday, struck.get(person.person_id, ()), called) if struck else ()
        made = tuple(seen[person.person_id])
        known = rules.Evidence(workday, made, leave, True, corrections, near, under, called, permits)
        yield person, known if all(at <= now for at in _ends(known)) else replace(known, closed=False)


def _sites_of_ceremonies(session: Session, letters: Mapping[int, Sequence[Letter]]) -> Mapping[int, Sequence[str]]:
    """The sites at which the ceremonies of these letters are held, by letter."""
    calling = {letter.id for held in letters.values() for letter in held if letter.kind is LetterKind.CEREMONY}
    return assignments.site_codes(session, sorted(calling)) if calling else {}


def _bound_again(session: Session, day: date, moved: Sequence[Employed], law: decrees.Law) -> dict[int, list[rules.Checkin]]:
    """The check-ins of these people that belong to the day by the rosters as they are now, whatever day they came for."""
    owed: dict[int, list[Instance]] = {person.person_id: [] for person in moved}
    days = [day + timedelta(days=n) for n in range(-2 * REACH_DAYS, 2 * REACH_DAYS + 1)]
    letters = assignments.letters_between(session, days[0], days[-1], list(owed))
    instead = instead_of_rosters(session, letters, days)
    for near in days:
        with contextlib.suppress(decrees.UncoveredDay):
            for person_id, workday in workdays.workdays_on(session, moved, near, law, instead).items():
                owed[person_id] += workday.instances
    zones = {person.person_id: ZoneInfo(person.zone) for person in moved}
    mine: dict[int, list[rules.Checkin]] = {person_id: [] for person_id in owed}
    for found in checkins.list_between(session, days[0], days[-1], list(owed)):
        held = instance_holding(found.taken_at, found.direction, owed[found.person_id])
        if day == (held.day if held else found.taken_at.astimezone(zones[found.person_id]).date()):
            mine[found.person_id].append(_as_evidence(found, holding_on(day, letters.get(found.person_id, ()))))
    return mine


def stakes_on(session: Session, day: date, now: datetime, person_ids: Sequence[int]) -> dict[int, tuple[Decimal, Decimal]]:
    """The least and the most that the day can cost each of these people, for those whom an uncertain time decides."""
    found = {
        person.person_id: rules.stakes_of(evidence, _law_for(person, evidence))
        for person, evidence in evidence_on(session, day, now, person_ids)
    }
    return {person_id: stakes for person_id, stakes in found.items() if stakes is not None}


def _as_evidence(found: checkins.Seen, letters: Sequence[Letter]) -> rules.Checkin:
    """The check-in, with its bracket unless its time is verified; under a letter for anywhere also one counts whose place did not.

    So a letter that comes late does what it would have done in time; one that is taken back takes nothing from who relied on it.
    """
    bracket = None
    if found.time_grade is not Grade.VERIFIED:
        bracket = rules.Bracket(found.earliest_at, found.latest_at, found.time_grade is Grade.PLAUSIBLE)
    counts = found.counts or (found.is_for_place_only and anywhere_under(letters) is not None)
    return rules.Checkin(
        found.checkin_id, found.direction, found.taken_at, counts, bracket, found.site_zone, found.is_ruled, found.site
    )


def derived_of(person: Employed, evidence: rules.Evidence) -> attendance.Derived:
    """The day as the law of that day judges what is known of it."""
    decree = _law_for(person, evidence)
    outcome = rules.derive(evidence, decree)
    return attendance.Derived(
        person.person_id,
        person.unit_id,
        evidence.workday,
        outcome,
        rules.fingerprint(evidence, decree),
        rules.trace_of(evidence, decree, outcome.lines),
        None if evidence.closed else max(_ends(evidence)),
    )


def _ends(evidence: rules.Evidence) -> Iterator[datetime]:
    """When the windows of the day and each of its ceremonies are over."""
    if evidence.workday.closes_at is not None:
        yield evidence.workday.closes_at
    for ceremony in evidence.ceremonies:
        yield ceremony.ends_at


def _law_for(person: Employed, evidence: rules.Evidence) -> decrees.Decree:
    """The law of the day as it holds for this person's unit and calendar groups."""
    return decrees.on(person.decree, evidence.workday.day).for_whom(person.unit_path, evidence.workday.groups)
