"""What an agency may put on a roster: hours by the wall clock, with breaks, core hours or standby."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum
from typing import Any

# Source: Keppres 41/1987 (three zones); a zone elsewhere is called by its IANA name.
ZONES = {"WIB": "Asia/Jakarta", "WITA": "Asia/Makassar", "WIT": "Asia/Jayapura"}
NAMES = {zone: name for name, zone in ZONES.items()} | {"Asia/Pontianak": "WIB"}

OFFICE = "OFFICE"  # the decree's own hours, which everybody has without a roster
DAY_MIN = 24 * 60


class ShiftKind(StrEnum):
    """How the hours of a shift are owed. Overnight is no kind: an end at or before the start is on the next day.

    Fixed: from start to end. Flexible: the core hours and so many minutes in all. On call: nothing but being within reach.
    """

    FIXED = "fixed"
    FLEXIBLE = "flexible"
    ON_CALL = "on_call"


@dataclass(frozen=True, slots=True)
class Break:
    """A pause by the wall clock inside a shift; it is not working time."""

    starts: time
    ends: time


@dataclass(frozen=True, slots=True)
class Shift:
    """Hours by the wall clock; an end at or before the start is on the next day.

    Of a flexible shift `starts` and `ends` are the earliest coming and the latest going, `core_*` when everybody is there,
    and `owed_min` the minutes to be worked without breaks.
    """

    code: str
    starts: time
    ends: time
    kind: ShiftKind = ShiftKind.FIXED
    breaks: tuple[Break, ...] = ()
    core_starts: time | None = None
    core_ends: time | None = None
    owed_min: int | None = None


@dataclass(frozen=True, slots=True)
class RosterEntry:
    """What a roster says about one person's day: its shifts, rest when there are none, or the decree's own hours (None).

    `zone`: by whose wall clock, for somebody who works elsewhere that day; None is that of his unit.
    """

    day: date
    shifts: tuple[Shift, ...] | None
    zone: str | None = None


def shift_of(row: Mapping[str, Any]) -> Shift:
    """The shift as its row says it in JSON, clocks as `22:00` or `22:00:00`.

    Source: our design; check-ins read rosters as JSON.
    """

    def clock(name: str) -> time | None:
        return None if row[name] is None else time.fromisoformat(row[name])

    return Shift(
        row["code"],
        time.fromisoformat(row["starts"]),
        time.fromisoformat(row["ends"]),
        ShiftKind(row["kind"]),
        tuple(Break(time.fromisoformat(starts), time.fromisoformat(ends)) for starts, ends in row["breaks"]),
        clock("core_starts"),
        clock("core_ends"),
        row["owed_min"],
    )


def flaw_of(shift: Shift) -> str | None:
    """Why nobody could work such a shift, as a text code.

    Source: our design; minutes are counted from the shift's start, so that a night is like a day.
    """
    length_min = _after(shift, shift.ends) or DAY_MIN
    pauses = [(_after(shift, pause.starts), _after(shift, pause.ends) or DAY_MIN) for pause in shift.breaks]
    if any(not begins < ends <= length_min for begins, ends in pauses):
        return "shift_break_outside"
    if any(later < ends for (_, ends), (later, _) in zip(pauses, pauses[1:], strict=False)):
        return "shift_breaks_overlap"
    if shift.kind is not ShiftKind.FLEXIBLE:
        if (shift.core_starts, shift.core_ends, shift.owed_min) != (None, None, None):
            return "shift_only_flexible"
        return "shift_standby_break" if shift.breaks and shift.kind is ShiftKind.ON_CALL else None
    if shift.core_starts is None or shift.core_ends is None or shift.owed_min is None:
        return "shift_needs_core"
    if not _after(shift, shift.core_starts) < (_after(shift, shift.core_ends) or DAY_MIN) <= length_min:
        return "shift_core_outside"
    net_min = length_min - _length_min(pauses)
    return None if 0 < shift.owed_min <= net_min else "shift_owes_too_much"


def _after(shift: Shift, clock: time) -> int:
    """Minutes by the wall clock from the start of the shift until that time, within a day."""
    return (clock.hour * 60 + clock.minute - shift.starts.hour * 60 - shift.starts.minute) % DAY_MIN


def _length_min(pauses: Sequence[tuple[int, int]]) -> int:
    return sum(ends - begins for begins, ends in pauses)
