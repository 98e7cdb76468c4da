"""One sentence of a day's explanation."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from app.decrees import Clause
from app.workdays.rules import Workday

NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of a day's explanation: the code of its text, what to fill in, and what it costs by which clause."""

    code: str
    params: Mapping[str, str | int]
    pct: Decimal = NOTHING
    clause: Clause | None = None


def clock_of(at: datetime, workday: Workday) -> str:
    """The wall clock that judges the day at an instant, with the date when it is not the day's own.

    Source: app.workdays.rules.workday_on (whose wall clock that is).
    """
    local = at.astimezone(ZoneInfo(workday.zone))
    shown = local.time().isoformat("seconds" if local.second else "minutes")
    return shown if local.date() == workday.day else f"{local.date()} {shown}"
