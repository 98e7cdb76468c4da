"""The table of docs/day-matrix.md, executed: every combination of its words is judged, and every row is needed."""

from dataclasses import replace
from datetime import time
from itertools import product
from uuid import UUID

import pytest

from app import decrees
from app.assignments.rules import Proof, rostered_under
from app.attendance.rules import Checkin, Evidence, Outcome, derive, status_of
from app.config import ROOT
from app.workdays.rules import Leave, LeaveKind, Part, RosterEntry, Shift, ShiftKind, workday_on
from tests.attendance.worlds import CHRISTMAS, SATURDAY, TUESDAY, WITA, at, incident, letter

ANY, NONE = "any", "-"
DAYS = {"weekday": TUESDAY, "weekend": SATURDAY}
ROSTERS = {
    NONE: None,
    "shift": (Shift("SIANG", time(8), time(16, 30)),),
    "standby": (Shift("SIAGA", time(8), time(16, 30), ShiftKind.ON_CALL),),
    "rest": (),
    "letter": (Shift("800/1", time(8), time(16, 30)),),
}
PROOFS = {"check-ins": Proof.CHECKINS, "letter": Proof.LETTER}
HOLIDAYS = {
    NONE: None,
    "national": CHRISTMAS,
    "joint": replace(CHRISTMAS, kind="joint_leave"),
    "dispensed": replace(CHRISTMAS, kind="dispensation"),
}
LEAVES = {NONE: None, "whole": Part.WHOLE, "morning": Part.MORNING, "afternoon": Part.AFTERNOON}
MADE = {
    "nothing": (),
    "only rejected": (("in", "08:10:00", False), ("out", "16:00:00", False)),
    "an in": (("in", "08:10:00", True),),
    "an out": (("out", "16:00:00", True),),
    "both": (("in", "08:10:00", True), ("out", "16:00:00", True)),
}
STRUCK = {NONE: (), "part": (("10:00:00", "10:05:00"),), "whole": (("12:00:00", "23:00:00"), ("04:00:00", "12:00:00"))}
CLASSES = {"day_absent": "absence", "day_leave_unpaid": "leave"}

AXES = (ROSTERS, DAYS, HOLIDAYS, LEAVES, PROOFS, STRUCK, MADE, ("open", "closed"))
CASES = list(product(*AXES))


def rows() -> list[list[str]]:
    """The rows of the first table in the document, below its heading."""
    lines = (ROOT / "docs" / "day-matrix.md").read_text("utf-8").partition("\n## ")[0].splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")][1:]


def fitting(case: tuple[str, ...]) -> int | None:
    """The number of the first row that fits."""
    roster, day, holiday, leave, proof, struck, made, window = case
    counted = "counted" if made in ("an in", "an out", "both") else NONE
    asked = (roster, day, holiday, leave, proof, struck, counted, window)
    fits = (n for n, row in enumerate(rows()) if all(said in (ANY, is_) for said, is_ in zip(row, asked, strict=False)))
    return next(fits, None)


def known(case: tuple[str, ...]) -> Evidence:
    roster, day_name, holiday, leave, proof, struck, made, window = case
    day = DAYS[day_name]
    shifts = ROSTERS[roster]
    letters = (letter(day, proof=PROOFS[proof]),)
    usual = None if shifts is None or roster == "letter" else RosterEntry(day, shifts)
    if roster == "letter" and shifts:
        letters = (replace(letters[0], starts=shifts[0].starts, ends=shifts[0].ends),)
        usual = RosterEntry(day, ())
    entry = rostered_under(day, usual, letters)
    workday = workday_on(day, WITA, decrees.on("bali", day), HOLIDAYS[holiday], entry)
    checkins = [Checkin(UUID(int=n), way, at(clock, day), counts) for n, (way, clock, counts) in enumerate(MADE[made])]
    part = LEAVES[leave]
    asked = None if part is None else Leave(1, LeaveKind.UNPAID, day, day, part)
    incidents = tuple(incident(*clocks, day=day) for clocks in STRUCK[struck])
    return Evidence(workday, tuple(checkins), asked, window == "closed", incidents=incidents, letters=letters)


def charged(outcome: Outcome) -> set[str]:
    return {CLASSES.get(line.code, "hours") for line in outcome.lines if line.pct}


@pytest.mark.parametrize("roster", ROSTERS)
@pytest.mark.parametrize("leave", LEAVES)
def test_every_combination_comes_to_the_status_of_the_first_row_that_fits(roster: str, leave: str) -> None:
    told = rows()
    for case in [case for case in CASES if case[0] == roster and case[3] == leave]:
        number = fitting(case)
        assert number is not None, case
        *_, status, costs = told[number]
        evidence = known(case)
        outcome = derive(evidence, decrees.on("bali", evidence.workday.day))
        assert outcome.status == status, case
        allowed = set(costs.split(", ")) - {NONE}
        assert charged(outcome) <= allowed, case
        if evidence.closed:
            assert charged(outcome) == allowed, case


def test_every_row_is_the_answer_to_something() -> None:
    assert {fitting(case) for case in CASES} == set(range(len(rows())))


def test_every_pair_of_words_is_judged_together() -> None:
    for (one, some), (other, others) in product(enumerate(AXES), enumerate(AXES)):
        pairs = {(case[one], case[other]) for case in CASES}
        assert one == other or pairs == set(product(some, others))


@pytest.mark.parametrize("unknown", [{"kind": "strike"}, {"part": "evening"}], ids=str)
def test_what_the_table_does_not_know_fails_loudly(unknown: dict[str, str]) -> None:
    evidence = known((NONE, "weekday", NONE, "whole", "check-ins", NONE, "both", "closed"))
    if "kind" in unknown:
        evidence = replace(evidence, workday=replace(evidence.workday, **unknown))
    else:
        evidence = replace(evidence, leave=replace(evidence.leave, **unknown))
    with pytest.raises(LookupError, match="day-matrix"):
        status_of(evidence, is_seen=True)


@pytest.mark.parametrize("said", [(), (("in", "12:00:00"), ("out", "12:01:00"))], ids=["never seen", "seen for a minute"])
def test_half_a_day_of_a_shift_that_became_flexible_excuses_the_day_and_costs_half_a_leave(said) -> None:
    flexible = Shift("LUWES", time(7), time(18), ShiftKind.FLEXIBLE, core_starts=time(10), core_ends=time(14), owed_min=450)
    workday = workday_on(TUESDAY, WITA, decrees.on("bali", TUESDAY), None, RosterEntry(TUESDAY, (flexible,)))
    leave, law = Leave(1, LeaveKind.UNPAID, TUESDAY, TUESDAY, Part.MORNING), decrees.on("bali", TUESDAY)
    made = tuple(Checkin(UUID(int=n), way, at(clock), True) for n, (way, clock) in enumerate(said))
    outcome = derive(Evidence(workday, made, leave, closed=True), law)
    assert (outcome.status, outcome.deduction_pct) == ("leave", law.leave["unpaid"].pct / 2)
    assert outcome.lines[-1].code == "day_half_flexible"


@pytest.mark.parametrize(
    ("part", "said", "late_min", "early_min"),
    [
        (Part.MORNING, (("in", "12:00:59"), ("out", "16:30:00")), 0, 0),
        (Part.MORNING, (("in", "12:01:00"), ("out", "16:29:00")), 1, 1),
        (Part.AFTERNOON, (("in", "07:30:59"), ("out", "12:00:00")), 0, 0),
        (Part.AFTERNOON, (("in", "07:31:00"), ("out", "11:59:00")), 1, 1),
    ],
)
def test_half_a_day_owes_the_other_half(part: Part, said, late_min: int, early_min: int) -> None:
    base = known((NONE, "weekday", NONE, "whole", "check-ins", NONE, "nothing", "closed"))
    made = tuple(Checkin(UUID(int=n), way, at(clock), True) for n, (way, clock) in enumerate(said))
    outcome = derive(replace(base, checkins=made, leave=replace(base.leave, part=part)), decrees.on("bali", TUESDAY))
    assert (outcome.late_min, outcome.early_min) == (late_min, early_min)


@pytest.mark.parametrize("part", [Part.MORNING, Part.AFTERNOON])
def test_half_a_day_costs_half_of_what_leave_and_absence_cost(part: Part) -> None:
    whole = known((NONE, "weekday", NONE, "whole", "check-ins", NONE, "nothing", "closed"))
    law = decrees.on("bali", TUESDAY)
    outcome = derive(replace(whole, leave=replace(whole.leave, part=part)), law)
    assert {line.code: line.pct for line in outcome.lines if line.pct} == {
        "day_absent": law.absence.pct / 2,
        "day_leave_unpaid": law.leave["unpaid"].pct_on(1, None, 1) / 2,
    }
