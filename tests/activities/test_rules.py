"""What an activity comes to, what makes it impossible, and what a month of them is worth."""

from datetime import UTC, date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import decrees
from app.activities import rules
from app.activities.rules import Answer, Seen, Standing, Stretch, Work
from app.activities.rules.standardfile import COLUMNS, parse

DAY = date(2026, 11, 24)
RULE = decrees.on("bali", DAY).productivity
NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)  # 12:00 WITA
HEAD = ",".join(COLUMNS)
GOOD = "DISHUB,Staf,VERIF,Verifikasi berkas,berkas,7.5,2026-01-01,,Analisis beban kerja"


def work(**said):
    return Work(DAY, "Verifikasi berkas", **said)


def at(clock: str) -> time:
    return time.fromisoformat(clock)


def wita(clock: str) -> datetime:
    return datetime.fromisoformat(f"2026-11-24T{clock}+08:00")


@pytest.mark.parametrize(
    ("said", "flaw"),
    [
        ({"minutes": 30}, None),
        ({"standard": "V", "volume": Decimal(3)}, None),
        ({"starts": at("08:00"), "ends": at("09:00")}, None),
        ({"minutes": 60, "starts": at("08:00"), "ends": at("09:00")}, None),
        ({"standard": "V", "volume": Decimal(30), "starts": at("08:00"), "ends": at("09:00")}, None),
        ({}, ("/minutes", "activity_no_measure")),
        ({"minutes": 30, "starts": at("08:00")}, ("/ends", "activity_half_hours")),
        ({"minutes": 30, "ends": at("08:00")}, ("/starts", "activity_half_hours")),
        ({"standard": "V"}, ("/volume", "activity_half_standard")),
        ({"minutes": 5, "volume": Decimal(3)}, ("/standard", "activity_half_standard")),
        ({"minutes": 30, "standard": "V", "volume": Decimal(3)}, ("/minutes", "activity_two_measures")),
        ({"minutes": 61, "starts": at("08:00"), "ends": at("09:00")}, ("/minutes", "activity_longer_than_hours")),
    ],
    ids=str,
)
def test_an_activity_has_one_measure_that_its_hours_can_hold(said, flaw) -> None:
    assert rules.flaw_of(work(**said)) == flaw


@pytest.mark.parametrize(
    ("said", "norm", "minutes"),
    [
        ({"minutes": 45}, None, 45),
        ({"minutes": 45, "starts": at("08:00"), "ends": at("10:00")}, None, 45),
        ({"starts": at("08:00"), "ends": at("10:30")}, None, 150),
        ({"starts": at("22:00"), "ends": at("06:00")}, None, 480),
        ({"starts": at("08:00"), "ends": at("08:00")}, None, 1440),
        ({"standard": "V", "volume": Decimal("3")}, "7.5", 23),
        ({"standard": "V", "volume": Decimal("1")}, "7.49", 7),
        ({"standard": "V", "volume": Decimal("0.1")}, "4.99", 0),
        ({"standard": "V", "volume": Decimal("4"), "starts": at("08:00"), "ends": at("08:10")}, "15", 60),
    ],
    ids=str,
)
def test_minutes_are_as_said_or_by_norm_half_up_or_as_long_as_the_hours(said, norm, minutes) -> None:
    assert rules.minutes_of(work(**said), norm and Decimal(norm)) == minutes


@pytest.mark.parametrize(
    ("mine", "day", "other", "is_clear"),
    [
        ((480, 540), 24, (540, 600), True),
        ((480, 540), 24, (420, 480), True),
        ((480, 541), 24, (540, 600), False),
        ((480, 540), 24, (420, 481), False),
        ((480, 540), 24, (490, 500), False),
        ((480, 540), 25, (480, 540), True),
        ((1320, 1800), 25, (359, 400), False),
        ((1320, 1800), 25, (360, 400), True),
        ((0, 60), 23, (1380, 1500), False),
        ((60, 120), 23, (1380, 1500), True),
    ],
    ids=str,
)
def test_nobody_does_two_things_in_one_minute_also_not_over_midnight(mine, day, other, is_clear) -> None:
    assert rules.is_clear(DAY, Stretch(*mine), [(date(2026, 11, day), Stretch(*other))]) is is_clear


@pytest.mark.parametrize(
    ("today", "returned", "is_in_time"),
    [(24, None, True), (31, None, True), (32, None, False), (35, 28, True), (36, 28, False), (31, 20, True)],
    ids=["same day", "seventh day", "eighth day", "a week after it was returned", "later than that", "returned before?"],
)
def test_a_day_is_logged_within_the_decree_s_days_and_what_is_returned_as_long_after(today, returned, is_in_time) -> None:
    days = [date.fromordinal(date(2026, 11, 1).toordinal() + day - 1) if day else None for day in (today, returned)]
    assert RULE.within_days == 7
    assert rules.is_in_time(DAY, days[0], RULE, days[1]) is is_in_time


def test_a_day_never_has_room_for_more_than_the_decree_takes() -> None:
    assert [rules.left_min(RULE, logged) for logged in (0, 700, 720, 900)] == [720, 20, 0, 0]


SEEN = Seen("present", wita("07:30"), wita("16:30"))


@pytest.mark.parametrize(
    ("minutes", "hours", "seen", "outside"),
    [
        (60, ("08:00", "09:00"), SEEN, 0),
        (60, ("07:00", "08:00"), SEEN, 30),
        (60, ("16:00", "17:00"), SEEN, 30),
        (600, ("07:00", "17:00"), SEEN, 60),
        (10, ("06:00", "07:00"), SEEN, 10),
        (540, None, SEEN, 0),
        (600, None, SEEN, 60),
        (60, ("06:00", "07:00"), Seen("present", None, wita("16:30")), 0),
        (60, ("20:00", "21:00"), Seen("present", wita("07:30"), None), 0),
        (600, None, Seen("present", wita("07:30"), None), 0),
        (60, None, Seen("absent", None, None), 60),
        (60, ("08:00", "09:00"), Seen("leave", None, None), 60),
        (60, None, Seen("off", None, None), 60),
        (60, None, Seen("off", wita("08:00"), wita("12:00")), 0),
        (60, None, Seen("assigned", None, None), 0),
        (60, None, Seen("incident", None, None), 0),
        (60, None, Seen("not_yet", None, None), None),
        (60, None, None, None),
    ],
    ids=str,
)
def test_minutes_outside_presence_are_told_and_what_is_not_known_stays_open(minutes, hours, seen, outside) -> None:
    stretch = rules.stretch_of(*map(at, hours)) if hours else None
    assert rules.outside_min(minutes, DAY, stretch, "Asia/Makassar", seen) == outside


@given(st.integers(1, 1440), st.integers(0, 1439), st.integers(1, 1440), st.integers(0, 1439), st.integers(0, 1440))
def test_never_more_minutes_are_outside_than_were_logged(minutes, begins, length, came, stayed) -> None:
    seen = Seen("present", *(wita("00:00") + rules.work.MINUTE * moment for moment in (came, came + stayed)))
    stretch = Stretch(begins, begins + length)
    assert 0 <= rules.outside_min(min(minutes, length), DAY, stretch, "Asia/Makassar", seen) <= min(minutes, length)


@pytest.mark.parametrize(
    ("approved", "days", "asked", "pct"),
    [
        (6600, {"present": 22}, 6600, "100"),
        (3300, {"present": 22}, 6600, "50"),
        (9999, {"present": 22}, 6600, "100"),
        (0, {"present": 20, "absent": 2}, 6600, "0"),
        (6000, {"present": 20, "leave": 2}, 6000, "100"),
        (6000, {"present": 20, "incident": 2, "holiday": 1, "off": 8, "joint_leave": 1, "dispensation": 1}, 6000, "100"),
        (6000, {"present": 20, "assigned": 2}, 6600, "90.91"),
        (100, {"present": 1, "not_yet": 1}, 300, "33.33"),
        (200, {"present": 1}, 300, "66.67"),
        (300, {"leave": 22}, 0, None),
        (0, {}, 0, None),
    ],
    ids=str,
)
def test_productivity_is_approved_minutes_over_working_days_times_300(approved, days, asked, pct) -> None:
    found = rules.productive(approved, days, RULE)
    assert (found.asked_min, found.pct) == (asked, None if pct is None else Decimal(pct))


@given(st.integers(0, 20_000), st.integers(0, 20_000), st.dictionaries(st.sampled_from(rules.OWES), st.integers(0, 23)))
def test_more_approved_minutes_never_give_less_and_never_more_than_the_cap(one, other, days) -> None:
    fewer, more = (rules.productive(minutes, days, RULE).pct for minutes in sorted((one, other)))
    assert (fewer is None) == (more is None)
    assert fewer is None or 0 <= fewer <= more <= RULE.most_pct


@pytest.mark.parametrize(
    ("standing", "replaced", "answer", "minutes", "counted", "refusal"),
    [
        (Standing.WAITING, False, Answer.APPROVE, 60, 0, None),
        (Standing.WAITING, False, Answer.RETURN, 0, 0, None),
        (Standing.WAITING, False, Answer.WITHDRAW, 0, 0, None),
        (Standing.APPROVED, False, Answer.APPROVE, 60, 60, "activity_decided"),
        (Standing.APPROVED, False, Answer.ADJUST, 30, 60, None),
        (Standing.ADJUSTED, False, Answer.ADJUST, 30, 30, "activity_decided"),
        (Standing.ADJUSTED, False, Answer.ADJUST, 40, 30, None),
        (Standing.RETURNED, False, Answer.RETURN, 0, 0, "activity_decided"),
        (Standing.RETURNED, False, Answer.APPROVE, 60, 0, None),
        (Standing.RETURNED, True, Answer.APPROVE, 60, 0, "activity_replaced"),
        (Standing.APPROVED, False, Answer.WITHDRAW, 0, 60, "activity_decided"),
        (Standing.RETURNED, False, Answer.WITHDRAW, 0, 0, "activity_decided"),
        (Standing.WITHDRAWN, False, Answer.APPROVE, 60, 0, "activity_withdrawn"),
        (Standing.WITHDRAWN, False, Answer.WITHDRAW, 0, 0, "activity_withdrawn"),
    ],
    ids=str,
)
def test_an_answer_follows_another_one_unless_it_says_the_same(standing, replaced, answer, minutes, counted, refusal) -> None:
    assert rules.refusal_of(standing, replaced, answer, minutes, counted) == refusal


def test_what_counts_is_what_was_logged_what_the_superior_gives_or_nothing() -> None:
    assert [rules.counted_min(answer, 60, 45) for answer in Answer] == [60, 45, 0, 0]


@pytest.mark.parametrize(
    ("row", "line", "code"),
    [
        (GOOD.replace("7.5", "0"), 2, "standard_norm"),
        (GOOD.replace("7.5", "-1"), 2, "standard_norm"),
        (GOOD.replace("7.5", "7,5").replace("7,5", "7.555"), 2, "standard_norm"),
        (GOOD.replace("7.5", "1e3"), 2, "standard_norm"),
        (GOOD.replace("7.5", "NaN"), 2, "standard_norm"),
        (GOOD.replace("2026-01-01", "1 Januari"), 2, "standard_day"),
        (GOOD.replace("2026-01-01", ""), 2, "standard_day"),
        (GOOD.replace("2026-01-01,", "2026-01-01,2026-01-01"), 2, "standard_until"),
        (GOOD.replace("VERIF", ""), 2, "standard_text"),
        (GOOD.replace("VERIF", "V" * 41), 2, "standard_text"),
        (GOOD.replace("DISHUB", "DIS\x00HUB"), 2, "standard_text"),
        (GOOD + ",lagi", 2, "csv_field_count"),
        (GOOD + "\n" + GOOD.replace("Staf", "STAF"), 3, "standard_twice"),
    ],
    ids=str,
)
def test_a_wrong_row_is_named_by_its_line(row, line, code) -> None:
    found = parse(f"{HEAD}\n{row}\n".encode())
    assert [(problem.line, problem.code) for problem in found.problems] == [(line, code)]


def test_a_good_file_has_no_problem_and_a_position_may_be_everybody_s() -> None:
    later = GOOD.replace("2026-01-01", "2026-07-01")
    found = parse(f"{HEAD}\n{GOOD}\n{GOOD.replace('Staf', '')}\n{later}\n".encode())
    assert found.problems == () and [row.standard.position for row in found.rows] == ["Staf", "", "Staf"]
    assert found.rows[0].standard.norm_min == Decimal("7.5")


@pytest.mark.parametrize("heading", [HEAD.replace("source", "sumber"), HEAD.replace("position", "code")], ids=str)
def test_a_file_with_other_columns_is_refused_whole(heading) -> None:
    found = parse(f"{heading}\n{GOOD}\n".encode())
    assert found.rows == () and {problem.line for problem in found.problems} == {1}
