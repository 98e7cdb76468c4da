"""Days to judge: cases written by the wall clock, and Hypothesis strategies of whole days."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from app import decrees
from app.assignments.rules import Letter, LetterKind, PlaceRule, Proof
from app.attendance.rules import Checkin, Evidence
from app.incidents.rules import Incident, IncidentKind
from app.workdays.rules import Holiday, HolidayKind, Leave, RosterEntry, Shift, workday_on

WITA = "Asia/Makassar"
TUESDAY = date(2026, 11, 24)
FRIDAY = date(2026, 11, 27)
SATURDAY = date(2026, 11, 28)
LAW = decrees.on("bali", TUESDAY)
NIGHT_WATCH = Shift("NIGHT", time(19), time(7))
CHRISTMAS = Holiday(TUESDAY, HolidayKind.NATIONAL, "Hari Natal", "SKB")


def at(clock: str, day: date = TUESDAY) -> datetime:
    """An instant by Bali's wall clock."""
    return datetime.combine(day, time.fromisoformat(clock), ZoneInfo(WITA)).astimezone(UTC)


def incident(begins: str, ends: str, day: date = TUESDAY, number: int = 1, kind: IncidentKind = IncidentKind.POWER) -> Incident:
    """A declared incident that reaches the person, by Bali's wall clock."""
    return Incident(number, kind, at(begins, day), at(ends, day), "Gardu Renon terbakar", ("BALI",), 0)


def letter(day: date = TUESDAY, number: int = 1, **changes: Any) -> Letter:
    """A letter that names the person for that day, and changes nothing unless told otherwise."""
    plain = Letter(number, f"800/{number}", LetterKind.DUTY, day, day, PlaceRule.SITES, Proof.CHECKINS)
    return replace(plain, **changes)


def checkins(*said: str, day: date = TUESDAY) -> tuple[Checkin, ...]:
    """Check-ins written as `in 07:31:00`, or `in 07:31:00 rejected`."""
    made = []
    for number, words in enumerate(map(str.split, said)):
        made.append(Checkin(UUID(int=number), words[0], at(words[1], day), counts=words[2:] != ["rejected"]))
    return tuple(made)


def evidence(
    *said: str, day: date = TUESDAY, closed: bool = True, leave: str | None = None, holiday=None, shift=None, decree: str = "bali"
) -> Evidence:
    """What is known of one day of somebody under a decree, Bali's unless told otherwise."""
    roster = RosterEntry(day, (shift,)) if shift else None
    workday = workday_on(day, WITA, decrees.on(decree, day), holiday, roster)
    return Evidence(workday, checkins(*said, day=day), Leave(1, leave, day, day) if leave else None, closed)


def moments(workday) -> st.SearchStrategy[datetime]:
    """Instants in and a little around the window of a workday, with seconds."""
    length_s = int((workday.closes_at - workday.opens_at).total_seconds())
    return st.integers(-3600, length_s + 3600).map(lambda s: workday.opens_at + timedelta(seconds=s))


@st.composite
def incidents(draw, workday) -> tuple[Incident, ...]:
    """Any incidents in and around the window of a workday, also ones that overlap or touch."""
    spans = draw(st.lists(st.tuples(moments(workday), st.integers(1, 40_000)), max_size=3))
    return tuple(
        Incident(number, IncidentKind.NETWORK, begins_at, begins_at + timedelta(seconds=length_s), "Serat putus", ("BALI",), 0)
        for number, (begins_at, length_s) in enumerate(spans)
    )


@st.composite
def histories(draw, closed: bool | None = None) -> Evidence:
    """Any working day: at the office or at night, with any check-ins, counted or not."""
    day = draw(st.sampled_from([TUESDAY, FRIDAY]))
    is_closed = draw(st.booleans()) if closed is None else closed
    base = evidence(day=day, closed=is_closed, shift=draw(st.sampled_from([None, NIGHT_WATCH])))
    made = draw(
        st.lists(
            st.builds(Checkin, st.uuids(), st.sampled_from(["in", "out"]), moments(base.workday), st.booleans()),
            max_size=6,
            unique_by=lambda found: found.checkin_id,
        )
    )
    return Evidence(base.workday, tuple(made), None, base.closed)
