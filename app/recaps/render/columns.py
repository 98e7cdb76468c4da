"""The columns of a recap beside its days: one table for every kind of file, so that no two files disagree."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from app.decrees import Bands
from app.recaps.render.heading import Heading
from app.recaps.rules import LEAVE_CODES, LEAVE_KINDS, Counts, Rated, Recap

Cell = str | int | Decimal | None
DAYS, MINUTES, PER_CENT, WORDS = 3.3, 5.0, 5.7, 11.0  # widths


@dataclass(frozen=True, slots=True)
class Column:
    """One figure of a person's month. `key` names it for programs, `title` for people; only counts have a total.

    `width` is that of a spreadsheet's column, in digits.
    """

    key: str
    title: str
    width: float
    value: Callable[[Recap], Cell]
    total: Callable[[Counts], Cell] | None = None


def columns_of(heading: Heading, predicate: Callable[[str], str] = str) -> tuple[Column, ...]:
    """The columns in order, with as many bands as the decrees of this recap have; `predicate` puts its code into words."""
    say = heading.say
    return (
        _count("owed", say("col_owed"), lambda counts: counts.owed),
        _count("present", say("col_present"), lambda counts: counts.present),
        _count("assigned", say("col_assigned"), lambda counts: counts.assigned),
        _count("late_days", say("col_late_days"), lambda counts: counts.late_days),
        _count("late_min", say("col_late_min"), lambda counts: counts.late_min, MINUTES),
        *_bands(heading, "late_band", heading.lateness, heading.late_width, lambda counts: counts.late_by_band),
        _count("early_days", say("col_early_days"), lambda counts: counts.early_days),
        _count("early_min", say("col_early_min"), lambda counts: counts.early_min, MINUTES),
        *_bands(heading, "early_band", heading.early, heading.early_width, lambda counts: counts.early_by_band),
        _count("missing_in", say("col_missing_in"), lambda counts: counts.missing_in),
        _count("missing_out", say("col_missing_out"), lambda counts: counts.missing_out),
        *_leaves(heading),
        _count("absent", say("col_absent"), lambda counts: counts.absent),
        _count("not_yet", say("col_not_yet"), lambda counts: counts.not_yet),
        _count("holiday", say("col_holiday"), lambda counts: counts.holiday),
        _count("joint_leave", say("col_joint_leave"), lambda counts: counts.joint_leave),
        _count("dispensation", say("col_dispensation"), lambda counts: counts.dispensation),
        _count("incident", say("col_incident"), lambda counts: counts.incident),
        _count("off", say("col_off"), lambda counts: counts.off),
        _count("deduction_pct", say("col_deduction_pct"), lambda counts: counts.deduction_pct, PER_CENT),
        _rated("discipline_pct", say("col_discipline_pct"), lambda rated: rated.discipline_pct),
        _rated("productivity_pct", say("col_productivity_pct"), lambda rated: rated.productivity_pct),
        _rated("tpp_pct", say("col_tpp_pct"), lambda rated: rated.tpp_pct),
        _rated("score", say("col_score"), lambda rated: rated.score),
        _rated("predicate", say("col_predicate"), lambda rated: rated.predicate and predicate(rated.predicate), WORDS),
    )


def plain(value: Decimal) -> str:
    """The exact per cent without needless zeros: 1.25, 0, 100."""
    return f"{value.normalize():f}"


def band_words(heading: Heading, bands: Bands | None, number: int) -> str:
    """A band by its minutes where everybody has the same, else by its number."""
    if bands is None or number >= len(bands.bands):
        return heading.say("band_number", number=number + 1)
    band = bands.bands[number]
    if band.to_min is None:
        return heading.say("band_open", from_min=band.from_min)
    return heading.say("band_minutes", from_min=band.from_min, last_min=band.to_min - 1)


def _count(key: str, title: str, value: Callable[[Counts], Cell], width: float = DAYS) -> Column:
    return Column(key, title, width, lambda recap: value(recap.counts), value)


def _rated(key: str, title: str, value: Callable[[Rated], Cell], width: float = PER_CENT) -> Column:
    return Column(key, title, width, lambda recap: value(recap.rated) if recap.rated else None)


def _bands(
    heading: Heading, key: str, bands: Bands | None, width: int, days: Callable[[Counts], tuple[int, ...]]
) -> Iterator[Column]:
    for number in range(width):
        title = heading.say(f"col_{key}", band=band_words(heading, bands, number))
        yield _count(f"{key}_{number + 1}", title, _nth(days, number))


def _leaves(heading: Heading) -> Iterator[Column]:
    for number, kind in enumerate(LEAVE_KINDS):
        title = heading.say("col_leave", code=LEAVE_CODES[kind])
        yield _count(f"leave_{kind}", title, _nth(lambda counts: counts.leave_by_kind, number))


def _nth(values: Callable[[Counts], tuple[int, ...]], number: int) -> Callable[[Counts], Cell]:
    """The number at that place; a person whose decree has fewer bands has no days in the others."""

    def nth(counts: Counts) -> int:
        found = values(counts)
        return found[number] if number < len(found) else 0

    return nth
