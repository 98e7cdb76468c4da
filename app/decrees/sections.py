"""The sections of a decree file: which keys a clause has, what they mean, and the value that a sound clause becomes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import time

from app.decrees import clauses as law
from app.decrees.appraisals import CREDIT, DISTRIBUTION, GRID, credit, distribution, grid
from app.decrees.clauses import HUNDRED, NOTHING, Clause
from app.decrees.formulas import QUALITIES, TPP, WORDS, predicates, score, tpp
from app.decrees.payments import CONTEST, PAYMENT, contest, payment
from app.decrees.productivity import PRODUCTIVITY, productivity
from app.decrees.quotas import CAUSES, QUOTA, quota
from app.decrees.rest import REST, rest
from app.decrees.shape import CLOCK, COUNT, DAY, MINUTES, TEXT, Key, Said, Shape, choice, number, words

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LEAVES = ("annual", "long", "sick", "maternity", "important", "joint", "unpaid")
ROUNDINGS = ("floor", "ceil")
PLACES = ("office", "anywhere")
LEVELS = ("light", "medium", "heavy")
SANCTIONS = (
    "oral_warning", "written_warning", "statement", "cut_6_months", "cut_9_months", "cut_12_months", "demotion", "released",
    "discharge",
)  # fmt: skip

# What every clause says beside its numbers.
COMMON: Shape = {
    "since": Key(DAY, "first day it holds"),
    "until": Key(DAY, "first day it no longer holds; left out, it holds until the next clause of its series", False),
    "source": Key(TEXT, "regulation, article and where it was read; what was not found is said here too"),
    "quality": Key(
        choice(*QUALITIES), "S read in a source, G general knowledge still to be verified, C computed or our own design"
    ),
    "replaces": Key(TEXT, "in an amending file: the clause that this one stands in for, by its code", False),
}

DAYS: Shape = {
    "on": Key(words(*WEEKDAYS), "weekdays"),
    "start": Key(CLOCK, "when work begins, local time"),
    "end": Key(CLOCK, "when it ends"),
    "break_min": Key(MINUTES, "minutes of break, which are not working time"),
    "break_from": Key(CLOCK, "when the break begins, where it has a fixed time", False),
}
WEEK_MIN = "minutes of the week without breaks, which the days must come to"

BANDS: Shape = {
    "from_min": Key(MINUTES, "first whole minute of the band"),
    "to_min": Key(MINUTES, "first minute of the next band; the last band has none", False),
    "pct": Key(number(100), "per cent of the month's allowance"),
}
MINUTE_BANDS: Shape = {
    "bands": Key(None, "half-open bands of whole minutes, sorted, touching, the last one open", rows=BANDS),
    "missing": Key(number(100, "last"), "what a missing check-in costs: a per cent, or `last` for the last band"),
    "rounding": Key(choice(*ROUNDINGS), "floor: seconds are not counted; ceil: any second is a minute"),
}

PAID: Shape = {
    "cause": Key(choice(*CAUSES), "the cause it holds for; left out, every cause", False),
    "from_day": Key(COUNT, "from which calendar day of the leave on", False, 1),
    "from_time": Key(COUNT, "from which such leave of the calendar year on", False, 1),
    "paid": Key(number(100), "per cent of the allowance that is paid"),
}

RUNGS: Shape = {
    "from_days": Key(COUNT, "working days of absence in a calendar year"),
    "level": Key(choice(*LEVELS), "level of discipline"),
    "sanction": Key(choice(*SANCTIONS), "what it may lead to"),
}


@dataclass(frozen=True, slots=True)
class Section:
    """A kind of clause: its keys beside the common ones, what it is for, and how its value is made."""

    help: str
    keys: Shape
    make: Callable[[Said, Clause], object]
    needs_until: bool = False

    @property
    def shape(self) -> Shape:
        """All its keys."""
        until = {"until": Key(DAY, "first day it no longer holds")} if self.needs_until else {}
        return {**COMMON, **until, **self.keys}


def _week(said: Said, clause: Clause) -> law.Week:
    """The hours of a week, whose net minutes must come to the week the law fixes."""
    hours: list[law.Hours | None] = [None] * len(WEEKDAYS)
    net_min = 0
    for row in said["days"]:
        found = law.Hours(row["start"], row["end"], row["break_min"], clause, row["break_from"])
        length_min = _minute_of(found.end) - _minute_of(found.start)
        if length_min <= found.break_min:
            row.refuse("end", "must leave time to work between the start, the break and the end")
        if found.break_from and not 0 <= _minute_of(found.break_from) - _minute_of(found.start) <= length_min - found.break_min:
            row.refuse("break_from", "must leave the whole break between the start and the end")
        for name in row["on"]:
            if hours[WEEKDAYS.index(name)]:
                row.refuse("on", f"gives {name} hours for the second time")
            hours[WEEKDAYS.index(name)] = found
            net_min += length_min - found.break_min
    if net_min != said["week_min"]:
        said.refuse("week_min", f"does not agree with the days, which come to {net_min} minutes without breaks")
    return law.Week(tuple(hours))


def _minute_of(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _overlay(said: Said, clause: Clause) -> law.Overlay:
    """A season with the hours, the flexible hours or the place that it brings: at least one of them."""
    if said.has("days") != said.has("week_min"):
        said.refuse("week_min", "and days belong together")
    if said.has("earlier_min") != said.has("later_min"):
        said.refuse("later_min", "and earlier_min belong together")
    if not any(said.has(key) for key in ("days", "later_min", "place")):
        said.refuse("name", "names a season that changes nothing: days, earlier_min and later_min, or place are missing")
    week = _week(said, clause) if said.has("days") and said.has("week_min") else None
    flexi = law.Flexi(said["earlier_min"], said["later_min"], clause) if said.has("later_min") else None
    units, groups = (frozenset(said[key] or ()) for key in ("units", "groups"))
    return law.Overlay(said["name"], units, groups, week, flexi, said["place"], clause)


def _bands(said: Said, clause: Clause) -> law.Bands:
    """Bands that are sorted, touch and end open, each dearer than the one before."""
    bands: list[law.Band] = []
    for row in said["bands"]:
        band = law.Band(row["from_min"], row["to_min"], row["pct"])
        if band.to_min is not None and band.to_min <= band.from_min:
            row.refuse("to_min", "must be greater than from_min; it is the first minute of the next band")
        if bands and band.from_min != bands[-1].to_min:
            row.refuse("from_min", f"must be {bands[-1].to_min}, where the band above ends: bands touch and do not overlap")
        if bands and band.pct < bands[-1].pct:
            row.refuse("pct", "costs less than the band above")
        bands.append(band)
    if bands and bands[-1].to_min is not None:
        said.refuse("bands", "must end with a band without to_min, or longer times would cost nothing")
    last = bands[-1].pct if bands else HUNDRED
    return law.Bands(tuple(bands), last if said["missing"] == "last" else said["missing"], said["rounding"], clause)


def _together(said: Said, clause: Clause) -> law.Together:
    if said["most"] < said["least"]:
        said.refuse("most", "must not be below least")
    return law.Together(said["least"], said["most"], clause)


def _leave(said: Said, clause: Clause) -> law.LeaveEffect:
    rows = tuple(law.Paid(row["cause"], row["from_day"], row["from_time"], row["paid"]) for row in said["rows"] or ())
    if bool(rows) != said.has("day_pct"):
        said.refuse("day_pct", "and rows belong together: what is not paid is a share of it")
    return law.LeaveEffect(said["pct"], clause, rows, said["day_pct"], said["month_pct"])


def _ladder(said: Said, clause: Clause) -> law.Ladder:
    rungs = tuple(law.Rung(row["from_days"], row["level"], row["sanction"]) for row in said["rows"])
    for row, rung, above in zip(said["rows"][1:], rungs[1:], rungs, strict=False):
        if rung.from_days <= above.from_days:
            row.refuse("from_days", "must be more than in the row above")
    quality = said["day_quality"] or clause.quality
    return law.Ladder(rungs, said["consecutive_days"], said["consecutive_sanction"], said["day_min"], quality, clause)


def _pct(meaning: str, highest: int = 100) -> Key:
    return Key(number(highest), meaning)


def _share(meaning: str) -> Key:
    return Key(number(100), meaning, False, NOTHING)


EARLIER, LATER = "minutes one may come earlier", "minutes one may come later, and goes as much later"

SECTIONS: dict[str, Section] = {
    "hours": Section(
        "working hours by weekday", {"days": Key(None, "hours", rows=DAYS), "week_min": Key(MINUTES, WEEK_MIN)}, _week
    ),
    "overlay": Section(
        "a season (Ramadan, flexible work) in front of the usual clauses, for everybody or for some units or calendar groups",
        {
            "name": Key(TEXT, "name of the season"),
            "units": Key(words(), "codes of the units it holds for, with those below them; left out, every unit", False),
            "groups": Key(words(), "calendar groups it holds for; left out, everybody", False),
            "days": Key(None, "hours", False, rows=DAYS),
            "week_min": Key(MINUTES, WEEK_MIN, False),
            "earlier_min": Key(MINUTES, EARLIER, False),
            "later_min": Key(MINUTES, LATER, False),
            "place": Key(choice(*PLACES), "where one works", False),
        },
        _overlay,
        needs_until=True,
    ),
    "window": Section(
        "from when before a shift until when after it a check-in belongs to it",
        {
            "opens_before_min": Key(MINUTES, "minutes before the start"),
            "closes_after_min": Key(MINUTES, "minutes after the end"),
        },
        lambda said, clause: law.Window(said["opens_before_min"], said["closes_after_min"], clause),
    ),
    "lateness": Section("what coming late costs (TL, TM)", MINUTE_BANDS, _bands),
    "early": Section("what going early costs (PSW, PC)", MINUTE_BANDS, _bands),
    "permitted_late": Section("what coming late with permission costs (ITM)", MINUTE_BANDS, _bands),
    "permitted_early": Section("what going early with permission costs (IPC)", MINUTE_BANDS, _bands),
    "flexi": Section(
        "flexible hours: the end moves as far as the start; late is what is later still",
        {"earlier_min": Key(MINUTES, EARLIER), "later_min": Key(MINUTES, LATER)},
        lambda said, clause: law.Flexi(said["earlier_min"], said["later_min"], clause),
    ),
    "together": Section(
        "late and early (or one of them and a missing check-in) on one day cost their sum within bounds",
        {"least": _pct("at least"), "most": _pct("at most")},
        _together,
    ),
    "absence": Section(
        "absence without reason (TK)",
        {"pct": _pct("per working day")},
        lambda said, clause: law.Absence(said["pct"], clause),
    ),
    "consecutive": Section(
        "a month with so many working days of absence in a row",
        {"days": Key(COUNT, "working days in a row, within the month"), "pct": _pct("what the month costs at least")},
        lambda said, clause: law.Consecutive(said["days"], said["pct"], clause),
    ),
    "ceremony": Section(
        "a missed ceremony (apel, upacara; TAP)",
        {"pct": _pct("each")},
        lambda said, clause: law.Ceremony(said["pct"], clause),
    ),
    "cap": Section(
        "the most that a month's deductions come to", {"pct": _pct("at most")}, lambda said, clause: law.Cap(said["pct"], clause)
    ),
    "leave": Section(
        "what leave costs; every kind must have a clause",
        {
            "kind": Key(choice(*LEAVES), "kind of leave"),
            "pct": _pct("per working day, where no row says otherwise"),
            "rows": Key(None, "what is paid by cause, length and how often a year; the last row reached decides", False, rows=PAID),
            "day_pct": _share("what a wholly unpaid working day costs; rows take their share of it"),
            "month_pct": _share("once in a month that has a day of it"),
        },
        _leave,
    ),
    "quota": Section("how much of a leave there is", {"kind": Key(choice(*LEAVES), "kind of leave"), **QUOTA}, quota),
    "ladder": Section(
        "which sanction absence may lead to; the program gives notice, people decide",
        {
            "rows": Key(None, "by working days in a calendar year, fewest first", rows=RUNGS),
            "consecutive_days": Key(COUNT, "working days in a row that lead to the last step at once"),
            "consecutive_sanction": Key(choice(*SANCTIONS), "that step"),
            "day_min": Key(COUNT, "minutes late and early that make a day; left out, they make none", False),
            "day_quality": Key(choice(*QUALITIES), "how sure day_min is, where it is not the clause's quality", False),
        },
        _ladder,
    ),
    "productivity": Section("daily activities and what they come to", PRODUCTIVITY, productivity),
    "tpp": Section("how the allowance follows from its parts", TPP, tpp),
    "score": Section(
        "performance score",
        {
            "work_weight": _pct("weight of the work result"),
            "behaviour_weight": _pct("weight of behaviour"),
            "highest": _pct("highest that counts", 200),
        },
        score,
    ),
    "payment": Section("how an allowance in per cents becomes rupiah; without it no amount is told", PAYMENT, payment),
    "rest": Section("rest between the shifts of two days", REST, rest),
    "contest": Section("how long the figures of a sealed month may be objected to", CONTEST, contest),
    "grid": Section("predicates by work result and behaviour", GRID, grid),
    "credit": Section("what predicates are worth in angka kredit", CREDIT, credit),
    "distribution": Section("how predicates may spread: a guide", DISTRIBUTION, distribution),
    "predicates": Section("words for a score", {"rows": Key(None, "highest first, the last from 0", rows=WORDS)}, predicates),
}

# What a decree must say of every day it covers; the others may be left out, and then there is no such rule.
MUST = (
    "hours", "window", "lateness", "early", "absence", "cap", "tpp", "score", "predicates", *(f"leave.{kind}" for kind in LEAVES),
)  # fmt: skip
