"""What the decree of Pemprov Bali says, article by article, on the days around each change."""

from datetime import date, time, timedelta
from decimal import Decimal

import pytest

from app import decrees


def hours(day: date) -> tuple[str, str, int] | None:
    found = decrees.on("bali", day).hours
    return found and (found.start.isoformat("minutes"), found.end.isoformat("minutes"), found.break_min)


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        pytest.param(date(2024, 1, 2), ("07:30", "16:30", 60), id="Pergub 58/2023 art. 3, the first day, a Tuesday"),
        pytest.param(date(2026, 11, 23), ("07:30", "16:30", 60), id="Monday"),
        pytest.param(date(2026, 11, 26), ("07:30", "16:30", 60), id="Thursday"),
        pytest.param(date(2026, 11, 27), ("07:30", "14:30", 90), id="Friday"),
        pytest.param(date(2026, 11, 28), None, id="Saturday"),
        pytest.param(date(2026, 11, 29), None, id="Sunday"),
        pytest.param(date(2025, 2, 28), ("07:30", "14:30", 90), id="the Friday before Ramadan 2025"),
        pytest.param(date(2025, 3, 2), None, id="the Sunday before Ramadan 2025"),
        pytest.param(date(2025, 3, 3), ("08:00", "15:30", 30), id="art. 3(3), Ramadan 2025 begins on Monday"),
        pytest.param(date(2025, 3, 7), ("08:00", "13:30", 60), id="art. 3(3), Ramadan Friday"),
        pytest.param(date(2025, 3, 9), None, id="a Sunday in Ramadan"),
        pytest.param(date(2025, 3, 27), ("08:00", "15:30", 30), id="the last day of Ramadan 2025"),
        pytest.param(date(2025, 3, 28), ("07:30", "14:30", 90), id="the day after, by the decree (it is cuti bersama)"),
        pytest.param(date(2026, 2, 18), ("07:30", "16:30", 60), id="the Wednesday before Ramadan 2026"),
        pytest.param(date(2026, 2, 19), ("08:00", "15:30", 30), id="Ramadan 2026 begins on Thursday"),
    ],
)
def test_hours_by_weekday_and_season(day: date, expected: tuple[str, str, int] | None) -> None:
    assert hours(day) == expected


def test_the_day_before_the_pergub_is_not_covered() -> None:
    with pytest.raises(decrees.UncoveredDay, match="bali.*2024-01-01"):
        decrees.on("bali", date(2024, 1, 1))


def test_an_unknown_code_is_refused() -> None:
    with pytest.raises(decrees.UnknownDecree, match="atlantis"):
        decrees.on("atlantis", date(2026, 11, 24))


@pytest.mark.parametrize(("since", "net_min"), [(date(2026, 11, 23), 2250), (date(2025, 3, 3), 1950)], ids=["usual", "ramadan"])
def test_the_week_of_perpres_21_2023(since: date, net_min: int) -> None:
    week = [decrees.on("bali", since + timedelta(days=number)).hours for number in range(7)]
    total = sum(minutes(found.end) - minutes(found.start) - found.break_min for found in week if found)
    assert total == net_min


def minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


BANDS = [(0, "0"), (1, "0.5"), (30, "0.5"), (31, "1"), (60, "1"), (61, "1.25"), (90, "1.25"), (91, "1.5"), (1440, "1.5")]


@pytest.mark.parametrize(("late_min", "pct"), BANDS, ids=str)
@pytest.mark.parametrize("rule", ["lateness", "early"])
def test_bands_are_half_open_in_whole_minutes(rule: str, late_min: int, pct: str) -> None:
    bands = getattr(decrees.on("bali", date(2026, 11, 24)), rule)
    assert bands.pct(late_min) == Decimal(pct)


def test_a_missing_check_in_costs_the_last_band_and_absence_three_per_cent() -> None:
    law = decrees.on("bali", date(2026, 11, 24))
    assert (law.lateness.missing_pct, law.early.missing_pct) == (Decimal("1.5"), Decimal("1.5"))
    assert (law.absence.pct, law.cap.pct) == (Decimal(3), Decimal(100))


@pytest.mark.parametrize(
    ("seconds", "rounding", "expected"),
    [
        (-90, "floor", 0),
        (0, "floor", 0),
        (59, "floor", 0),
        (60, "floor", 1),
        (1, "ceil", 1),
        (60, "ceil", 1),
        (61, "ceil", 2),
        (-1, "ceil", 0),
    ],
    ids=str,
)
def test_seconds_become_minutes_as_the_clause_says(seconds: int, rounding: str, expected: int) -> None:
    clause = decrees.Clause("x", "x", "C", date(2026, 1, 1))
    assert decrees.Bands((), Decimal(0), rounding, clause).minutes(timedelta(seconds=seconds)) == expected


def test_what_was_read_and_what_was_assumed_are_told_apart() -> None:
    usual, ramadan_2025, ramadan_2026 = (
        decrees.on("bali", day) for day in (date(2026, 11, 24), date(2025, 3, 3), date(2026, 2, 19))
    )
    assert usual.hours and ramadan_2025.hours and ramadan_2026.hours
    assert [law.hours.clause.quality for law in (usual, ramadan_2025, ramadan_2026) if law.hours] == ["S", "S", "C"]
    assert [clause.quality for clause in (usual.lateness.clause, usual.absence.clause, usual.tpp.clause)] == ["G", "G", "G"]
    assert [clause.quality for clause in (usual.score.clause, usual.window_clause)] == ["S", "C"]


def test_days_under_the_same_law_have_the_same_version_and_others_do_not() -> None:
    versions = [
        decrees.on("bali", day).version for day in (date(2026, 11, 24), date(2026, 11, 27), date(2025, 3, 3), date(2026, 2, 19))
    ]
    assert versions[0] == versions[1]
    assert len(set(versions)) == 3


def test_every_leave_has_an_effect_and_paid_leave_costs_nothing() -> None:
    effects = decrees.on("bali", date(2026, 11, 24)).leave
    assert {kind for kind, effect in effects.items() if effect.pct} == {"unpaid"}
    assert len(effects) == 7


@pytest.mark.parametrize(
    ("day", "begins", "ends"),
    [
        pytest.param(date(2026, 11, 24), "12:00", "13:00", id="art. 3, Monday to Thursday"),
        pytest.param(date(2026, 11, 27), "11:30", "13:00", id="art. 3, Friday"),
        pytest.param(date(2025, 3, 4), "12:00", "12:30", id="art. 3(3), Ramadan"),
        pytest.param(date(2025, 3, 7), None, None, id="Ramadan Friday: 60 minutes, clock times not given"),
    ],
)
def test_breaks_by_the_clock(day: date, begins: str | None, ends: str | None) -> None:
    found = decrees.on("bali", day).hours
    assert (found.break_from and f"{found.break_from:%H:%M}", found.break_until and f"{found.break_until:%H:%M}") == (begins, ends)


@pytest.mark.parametrize(
    ("day", "groups", "place"),
    [
        pytest.param(date(2025, 3, 23), {"muslim"}, "office", id="the day before"),
        pytest.param(date(2025, 3, 24), {"muslim"}, "anywhere", id="SE Sekda 12 March 2025: the first day"),
        pytest.param(date(2025, 3, 27), {"muslim", "bali-hindu"}, "anywhere", id="the last day"),
        pytest.param(date(2025, 3, 28), {"muslim"}, "office", id="the day after"),
        pytest.param(date(2025, 3, 24), {"bali-hindu"}, "office", id="another group"),
        pytest.param(date(2025, 3, 24), set(), "office", id="no group"),
    ],
)
def test_flexible_work_for_muslim_employees(day: date, groups: set[str], place: str) -> None:
    general = decrees.on("bali", day)
    law = general.for_whom("BALI.DISHUB", groups)
    assert law.place == place
    assert law.hours == general.hours
    assert (law.version == general.version) == (place == "office")
    assert (law.place_clause and law.place_clause.code) == (None if place == "office" else "bali.overlay.fwa.2025-03-24")
