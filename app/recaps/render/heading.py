"""What stands above a recap: whose month it is, when it was made, and whether it may still change."""

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app.decrees import Bands, Decree
from app.texts import text


@dataclass(frozen=True, slots=True)
class Heading:
    """Everything a recap says once.

    `laws` are the decrees that apply, each as of its first day here. `lateness` and `early` are the bands of everybody,
    or None when they differ within the recap; the widths are the most bands anybody has. `zone` is that of the clock.
    """

    month: date
    units: tuple[tuple[str, str], ...]
    laws: tuple[Decree, ...]
    made_at: datetime
    zone: str
    provisional: bool
    lateness: Bands | None
    early: Bands | None
    late_width: int
    early_width: int
    language: str

    def say(self, code: str, /, **params: object) -> str:
        """A sentence of the recap in its language."""
        return text(f"recap_{code}", self.language, **params)


def month_words(heading: Heading) -> str:
    """The month as it is written: November 2026."""
    return f"{heading.say(f'month_{heading.month.month}')} {heading.month.year}"


def day_words(heading: Heading, day: date) -> str:
    """The day as it is written: 24 November 2026."""
    return f"{day.day} {heading.say(f'month_{day.month}')} {day.year}"


def title_lines(heading: Heading) -> list[str]:
    """The lines above the table, most important first; the third says when the figures may still change."""
    local = heading.made_at.astimezone(ZoneInfo(heading.zone))
    made = heading.say("made_at", day=day_words(heading, local.date()), clock=f"{local:%H.%M}", zone=local.tzname())
    units = "; ".join(f"{name} ({code})" for code, name in heading.units)
    return [
        heading.say("title", month=month_words(heading).upper()),
        heading.say("unit", unit=units),
        heading.say("provisional" if heading.provisional else "final"),
        made,
    ]
