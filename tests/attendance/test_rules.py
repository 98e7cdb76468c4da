"""The day, article by article, then what must hold for every day there can be."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import decrees
from app.attendance.rules import Bracket, Checkin, Evidence, Outcome, Status, derive, fingerprint, stakes_of
from app.texts import LANGUAGES, text
from tests.attendance import worlds
from tests.attendance.worlds import CHRISTMAS, FRIDAY, LAW, NIGHT_WATCH, SATURDAY, TUESDAY, at, evidence


def judged(*said: str, **known) -> Outcome:
    day = known.get("day", TUESDAY)
    return derive(evidence(*said, **known), decrees.on("bali", day))


def codes(outcome: Outcome) -> list[str]:
    return [line.code for line in outcome.lines if line.code != "day_hours"]


@pytest.mark.parametrize(
    ("arrived", "late_min", "pct"),
    [
        ("06:00:00", 0, "0"),
        ("07:29:59", 0, "0"),
        ("07:30:00", 0, "0"),
        ("07:30:59", 0, "0"),
        ("07:31:00", 1, "0.5"),
        ("08:00:59", 30, "0.5"),
        ("08:01:00", 31, "1"),
        ("08:30:59", 60, "1"),
        ("08:31:00", 61, "1.25"),
        ("09:00:59", 90, "1.25"),
        ("09:01:00", 91, "1.5"),
        ("16:45:00", 555, "1.5"),
    ],
    ids=str,
)
def test_bali_cuts_by_whole_minutes_late(arrived: str, late_min: int, pct: str) -> None:
    """Pergub Bali 58/2023 art. 3 (start 07:30) and the bands TL1 to TL4."""
    outcome = judged(f"in {arrived}", "out 16:30:00")
    assert (outcome.status, outcome.late_min, outcome.deduction_pct) == (Status.PRESENT, late_min, Decimal(pct))
    assert codes(outcome) == ["day_late" if late_min else "day_in", "day_out"]


@pytest.mark.parametrize(
    ("left", "early_min", "pct"),
    [
        ("23:29:59", 0, "0"),
        ("16:30:00", 0, "0"),
        ("16:29:01", 0, "0"),
        ("16:29:00", 1, "0.5"),
        ("15:59:01", 30, "0.5"),
        ("15:59:00", 31, "1"),
        ("15:29:01", 60, "1"),
        ("15:29:00", 61, "1.25"),
        ("14:59:01", 90, "1.25"),
        ("14:59:00", 91, "1.5"),
        ("07:45:00", 525, "1.5"),
    ],
    ids=str,
)
def test_bali_cuts_by_whole_minutes_early(left: str, early_min: int, pct: str) -> None:
    """Pergub Bali 58/2023 art. 3 (end 16:30) and the bands PSW1 to PSW4."""
    outcome = judged("in 07:30:00", f"out {left}")
    assert (outcome.status, outcome.early_min, outcome.deduction_pct) == (Status.PRESENT, early_min, Decimal(pct))
    assert codes(outcome) == ["day_in", "day_early" if early_min else "day_out"]


@pytest.mark.parametrize(
    ("day", "said", "late_min", "early_min"),
    [
        pytest.param(FRIDAY, ("in 07:31:00", "out 14:29:00"), 1, 1, id="art. 3, Friday until 14:30"),
        pytest.param(FRIDAY, ("in 07:30:00", "out 14:30:00"), 0, 0, id="art. 3, Friday in time"),
        pytest.param(date(2025, 3, 4), ("in 08:00:59", "out 15:29:01"), 0, 0, id="art. 3(3), Ramadan in time"),
        pytest.param(date(2025, 3, 4), ("in 08:01:00", "out 15:29:00"), 1, 1, id="art. 3(3), Ramadan 08:00 to 15:30"),
        pytest.param(date(2025, 3, 7), ("in 08:01:00", "out 13:29:00"), 1, 1, id="art. 3(3), Ramadan Friday until 13:30"),
    ],
)
def test_the_law_is_the_day_s_own(day: date, said: tuple[str, ...], late_min: int, early_min: int) -> None:
    outcome = judged(*said, day=day)
    assert (outcome.late_min, outcome.early_min) == (late_min, early_min)


@pytest.mark.parametrize(
    ("said", "known", "status", "pct", "told"),
    [
        pytest.param((), {}, Status.ABSENT, "3", ["day_absent"], id="nothing at all is absence, once"),
        pytest.param((), {"closed": False}, Status.NOT_YET, "0", ["day_not_yet"], id="no data yet is not absence"),
        pytest.param(("in 07:10:00",), {}, Status.PRESENT, "1.5", ["day_in", "day_missing_out"], id="no check-out"),
        pytest.param(("out 16:40:00",), {}, Status.PRESENT, "1.5", ["day_missing_in", "day_out"], id="no check-in"),
        pytest.param(
            ("in 07:10:00",), {"closed": False}, Status.PRESENT, "0", ["day_in", "day_no_out_yet"], id="still at work costs nothing"
        ),
        pytest.param(
            ("in 08:10:00",), {"closed": False}, Status.PRESENT, "1", ["day_late", "day_no_out_yet"], id="still at work and late"
        ),
        pytest.param(
            ("out 12:00:00",),
            {"closed": False},
            Status.PRESENT,
            "0",
            ["day_no_in_yet", "day_early_so_far"],
            id="an early check-out may still be followed",
        ),
        pytest.param(
            ("in 07:10:00 rejected", "out 16:40:00 rejected"),
            {},
            Status.ABSENT,
            "3",
            ["day_absent", "day_rejected_in", "day_rejected_out"],
            id="rejected check-ins do not count and are told",
        ),
        pytest.param(
            ("in 04:29:59", "out 23:30:00"),
            {},
            Status.ABSENT,
            "3",
            ["day_absent", "day_outside_window_in", "day_outside_window_out"],
            id="the window is half-open, just outside",
        ),
        pytest.param(("in 04:30:00", "out 23:29:59"), {}, Status.PRESENT, "0", ["day_in", "day_out"], id="just inside the window"),
        pytest.param((), {"leave": "annual"}, Status.LEAVE, "0", ["day_leave_annual"], id="annual leave is paid"),
        pytest.param((), {"leave": "unpaid"}, Status.LEAVE, "5", ["day_leave_unpaid"], id="unpaid leave is not"),
        pytest.param((), {"leave": "sick", "closed": False}, Status.LEAVE, "0", ["day_leave_sick"], id="leave needs no waiting"),
        pytest.param((), {"holiday": CHRISTMAS}, Status.HOLIDAY, "0", ["day_holiday"], id="a holiday"),
        pytest.param(
            (), {"holiday": replace(CHRISTMAS, kind="joint_leave")}, Status.JOINT_LEAVE, "0", ["day_joint_leave"], id="cuti bersama"
        ),
        pytest.param(
            (), {"holiday": CHRISTMAS, "leave": "annual"}, Status.HOLIDAY, "0", ["day_holiday"], id="no leave on a holiday"
        ),
        pytest.param((), {"day": SATURDAY}, Status.OFF, "0", ["day_off"], id="Saturday"),
        pytest.param(
            (),
            {"holiday": CHRISTMAS, "shift": NIGHT_WATCH},
            Status.ABSENT,
            "3",
            ["day_shift", "day_absent"],
            id="a roster on a holiday",
        ),
    ],
)
def test_one_status_and_its_price(said: tuple[str, ...], known: dict, status: Status, pct: str, told: list[str]) -> None:
    outcome = judged(*said, **known)
    assert (outcome.status, outcome.deduction_pct, codes(outcome)) == (status, Decimal(pct), told)


def test_the_night_watch_goes_home_the_next_morning() -> None:
    """The 06:58 of Wednesday belongs to Tuesday's shift, and the explanation shows its date."""
    morning = Checkin(UUID(int=9), "out", at("06:58:00", TUESDAY + timedelta(days=1)), counts=True)
    night = evidence("in 18:50:00", shift=NIGHT_WATCH)
    outcome = derive(replace(night, checkins=(*night.checkins, morning)), LAW)
    assert (outcome.late_min, outcome.early_min) == (0, 2)
    assert outcome.lines[0].params == {"shift": "NIGHT", "start": "19:00", "end": "2026-11-25 07:00", "zone": "WITA"}
    assert outcome.lines[2].params == {"at": "2026-11-25 06:58", "minutes": 2}


def test_first_in_and_last_out_decide() -> None:
    outcome = judged("out 12:00:00", "in 13:00:00", "in 07:20:00", "out 16:35:00", "in 07:25:00")
    assert (outcome.in_at, outcome.out_at) == (at("07:20:00"), at("16:35:00"))
    assert outcome.deduction_pct == 0


def test_leave_of_a_kind_without_clause_fails_loudly() -> None:
    with pytest.raises(KeyError, match="sabbatical"):
        judged(leave="sabbatical")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (
            ("in 08:10:00", "out 16:00:00"),
            {
                "id": "Jam kerja 07:30 sampai 16:30 WITA. Masuk pukul 08:10, terlambat 40 menit. "
                "Pulang pukul 16:00, 30 menit sebelum waktunya.",
                "en": "Working hours 07:30 to 16:30 WITA. Came in at 08:10, 40 minutes late. Went home at 16:00, 30 minutes early.",
            },
        ),
        (
            ("in 07:12:05 rejected",),
            {
                "id": "Jam kerja 07:30 sampai 16:30 WITA. Tidak hadir tanpa keterangan. "
                "Absen masuk pukul 07:12:05 ditolak dan tidak dihitung.",
                "en": "Working hours 07:30 to 16:30 WITA. Absent without reason. "
                "The check-in at 07:12:05 was rejected and does not count.",
            },
        ),
    ],
    ids=["late and early", "rejected"],
)
def test_a_day_explains_itself(said: tuple[str, ...], expected: dict[str, str], language: str) -> None:
    lines = judged(*said).lines
    assert " ".join(text(line.code, language, **line.params) for line in lines) == expected[language]


def test_every_line_that_costs_names_its_clause_and_how_sure_it_is() -> None:
    outcome = judged("in 08:10:00")
    priced = {line.code: (line.pct, line.clause.code, line.clause.quality) for line in outcome.lines if line.pct and line.clause}
    assert priced == {
        "day_late": (Decimal(1), "bali.lateness.2024-01-02", "G"),
        "day_missing_out": (Decimal("1.5"), "bali.early.2024-01-02", "G"),
    }


@given(worlds.histories(), st.randoms())
def test_the_order_in_which_check_ins_arrive_changes_nothing(history: Evidence, random) -> None:
    shuffled = list(history.checkins * 2)
    random.shuffle(shuffled)
    again = replace(history, checkins=tuple(shuffled))
    assert derive(again, LAW) == derive(history, LAW)
    assert fingerprint(again, LAW) == fingerprint(history, LAW)


@given(worlds.histories())
def test_no_deduction_is_negative_and_each_is_the_sum_of_its_lines(history: Evidence) -> None:
    outcome = derive(history, LAW)
    assert outcome.deduction_pct == sum(line.pct for line in outcome.lines) >= 0
    assert all(line.clause for line in outcome.lines if line.pct)
    assert min(outcome.late_min, outcome.early_min) >= 0


@given(worlds.histories(), st.data())
def test_a_rejected_check_in_is_mentioned_and_changes_nothing_else(history: Evidence, data) -> None:
    rejected = Checkin(
        UUID(int=7), data.draw(st.sampled_from(["in", "out"])), data.draw(worlds.moments(history.workday)), counts=False
    )
    before, after = derive(history, LAW), derive(replace(history, checkins=(*history.checkins, rejected)), LAW)
    said = list(after.lines)
    for line in before.lines:
        said.remove(line)
    assert [line.code for line in said] == [f"day_rejected_{rejected.direction}"]
    assert replace(after, lines=()) == replace(before, lines=())


@given(worlds.histories(), st.data())
def test_one_more_counted_check_in_never_costs_more(history: Evidence, data) -> None:
    """Whatever its direction and time: an earlier `in`, a later `out`, or one that decides nothing."""
    direction = data.draw(st.sampled_from(["in", "out"]))
    more = Checkin(UUID(int=7), direction, data.draw(worlds.moments(history.workday)), counts=True)
    before, after = derive(history, LAW), derive(replace(history, checkins=(*history.checkins, more)), LAW)
    if history.closed:
        assert after.deduction_pct <= before.deduction_pct
    if before.in_at and before.late_min:
        assert after.late_min <= before.late_min


@given(worlds.histories(closed=True), st.integers(1, 7200))
def test_coming_later_never_costs_less(history: Evidence, seconds: int) -> None:
    later = tuple(
        replace(found, taken_at=found.taken_at + timedelta(seconds=seconds)) if found.direction == "in" else found
        for found in history.checkins
    )
    before, after = derive(history, LAW), derive(replace(history, checkins=later), LAW)
    if all(found.taken_at >= history.workday.opens_at for found in history.checkins):
        assert after.late_min >= before.late_min or after.in_at is None
        assert after.deduction_pct >= before.deduction_pct


@given(worlds.histories(closed=False))
def test_waiting_for_the_window_to_close_never_refunds(history: Evidence) -> None:
    assert derive(replace(history, closed=True), LAW).deduction_pct >= derive(history, LAW).deduction_pct


@given(worlds.histories(), worlds.histories())
def test_different_evidence_has_a_different_fingerprint(one: Evidence, other: Evidence) -> None:
    same = replace(one, checkins=()) == replace(other, checkins=()) and set(one.checkins) == set(other.checkins)
    assert (fingerprint(one, LAW) == fingerprint(other, LAW)) == same


def in_bracket(direction: str, taken: str, earliest: str, latest: str, is_counted: bool = True) -> Checkin:
    return Checkin(UUID(int=90), direction, at(taken), True, Bracket(at(earliest), at(latest), is_counted))


OUT = Checkin(UUID(int=91), "out", at("16:35:00"), True)


@pytest.mark.parametrize(
    ("made", "pct", "stakes"),
    [
        pytest.param(in_bracket("in", "07:31:05", "07:30:55", "07:31:20"), "0", ("0", "0.5"), id="kind until decided"),
        pytest.param(in_bracket("in", "07:30:58", "07:30:55", "07:31:20"), "0", ("0", "0.5"), id="in time by the recorded instant"),
        pytest.param(in_bracket("in", "07:40:00", "07:35:00", "07:45:00"), "0.5", None, id="all of it in one band"),
        pytest.param(in_bracket("in", "08:01:05", "08:00:55", "08:01:20"), "0.5", ("0.5", "1"), id="between two bands"),
        pytest.param(
            in_bracket("in", "10:00:00", "00:00:00", "10:00:00", is_counted=False),
            "1.5",
            ("0", "1.5"),
            id="not counted: the arrival",
        ),
        pytest.param(
            in_bracket("in", "07:20:00", "00:00:00", "07:20:00", is_counted=False),
            "0",
            ("0", "1.5"),
            id="made last evening, perhaps",
        ),
    ],
)
def test_an_uncertain_time_costs_the_least_until_somebody_decides_and_says_what_is_at_stake(made, pct, stakes) -> None:
    day = replace(evidence(), checkins=(made, OUT))
    outcome = derive(day, LAW)
    assert outcome.deduction_pct == Decimal(pct)
    assert stakes_of(day, LAW) == (stakes and tuple(map(Decimal, stakes)))
    assert ("day_time_in_favour" in codes(outcome)) is (derive(unbracketed(day), LAW).deduction_pct > Decimal(pct))
    assert stakes_of(replace(day, closed=False), LAW) is None


def unbracketed(day):
    return replace(day, checkins=tuple(replace(found, bracket=None) for found in day.checkins))


def test_an_out_kept_until_the_end_of_work_is_found_and_not_charged() -> None:
    made = in_bracket("out", "16:31:00", "12:00:00", "16:31:00", is_counted=False)
    day = replace(evidence("in 07:10:00"), checkins=(*evidence("in 07:10:00").checkins, made))
    assert derive(day, LAW).deduction_pct == 0
    assert stakes_of(day, LAW) == (Decimal("0"), Decimal("1.5"))


def test_a_time_that_nobody_counted_is_no_kinder_beside_one_that_was() -> None:
    arrival = in_bracket("in", "10:00:00", "00:00:00", "10:00:00", is_counted=False)
    leaving = replace(in_bracket("out", "16:28:58", "16:28:50", "16:29:10"), checkin_id=UUID(int=91))
    outcome = derive(replace(evidence(), checkins=(arrival, leaving)), LAW)
    assert (outcome.late_min, outcome.early_min) == (150, 0)


@given(st.data(), worlds.histories(closed=True))
def test_the_day_costs_no_less_and_no_more_than_what_is_at_stake_wherever_the_times_lie(data, history: Evidence) -> None:
    bracketed, moved = [], []
    for found in history.checkins:
        before, after = (timedelta(seconds=data.draw(st.integers(0, 40_000))) for _ in range(2))
        bracket = Bracket(found.taken_at - before, found.taken_at + after, data.draw(st.booleans()))
        share = data.draw(st.floats(0, 1))
        bracketed.append(replace(found, bracket=bracket))
        moved.append(replace(found, taken_at=bracket.earliest_at + share * (before + after)))
    day = replace(history, checkins=tuple(bracketed))
    truth = derive(replace(history, checkins=tuple(moved)), LAW).deduction_pct
    stakes = stakes_of(day, LAW)
    least, most = stakes or (truth, truth)
    assert least <= truth <= most
    assert least <= derive(day, LAW).deduction_pct <= derive(unbracketed(day), LAW).deduction_pct <= most


def test_a_bracket_is_part_of_what_a_day_is_judged_by() -> None:
    made = in_bracket("in", "07:31:05", "07:30:55", "07:31:20")
    known = [replace(evidence(), checkins=(one,)) for one in (made, replace(made, bracket=None))]
    assert len({fingerprint(day, LAW) for day in known}) == 2
