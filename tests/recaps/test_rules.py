"""A recap is a plain sum of day records, and every day has exactly one code."""

import random
from dataclasses import fields, replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import decrees
from app.recaps import rules
from app.recaps.rules import Day, Member, code_of, counts_of, days_of, plus, recap_of, same_bands, total_of
from app.workdays.rules import LeaveKind

OCTOBER = date(2026, 10, 1)
MEMBER = Member(1, "198501012005011001", "Ni Luh", "DISHUB", "Dinas Perhubungan", "BALI.DISHUB")
STATUSES = ("present", "assigned", "absent", "leave", "holiday", "joint_leave", "dispensation", "incident", "off", "not_yet")


def bands_on(decree, day):
    law = decrees.on(decree, day)
    return law.lateness, law.early


def a_day(day=OCTOBER, status="present", **changes):
    plain = Day(day, status, 0, 0, False, False, None, Decimal(0), "bali", False)
    return replace(plain, **changes)


@st.composite
def days(draw, day=OCTOBER):
    """A day record as derivation may leave it."""
    status = draw(st.sampled_from(STATUSES))
    if status == "leave":
        return a_day(day, status, leave_kind=draw(st.sampled_from(list(LeaveKind))), deduction_pct=Decimal(draw(st.integers(0, 5))))
    if status != "present":
        return a_day(day, status, deduction_pct=Decimal(3) if status == "absent" else Decimal(0), is_frozen=draw(st.booleans()))
    missing_in = draw(st.booleans())
    missing_out = not missing_in and draw(st.booleans())
    minutes = st.one_of(st.just(0), st.integers(1, 600))
    return a_day(
        day,
        late_min=0 if missing_in else draw(minutes),
        early_min=0 if missing_out else draw(minutes),
        is_missing_in=missing_in,
        is_missing_out=missing_out,
        deduction_pct=draw(st.decimals(0, 6, places=3)),
        is_frozen=draw(st.booleans()),
    )


@st.composite
def months(draw):
    """Some of the days of a month."""
    return [draw(days(day)) for day in days_of(OCTOBER) if draw(st.booleans())]


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (a_day(), "H"),
        (a_day(late_min=1), "T"),
        (a_day(early_min=1), "P"),
        (a_day(late_min=5, early_min=9), "TP"),
        (a_day(is_missing_in=True), "XM"),
        (a_day(is_missing_in=True, early_min=3), "XMP"),
        (a_day(is_missing_out=True), "XK"),
        (a_day(is_missing_out=True, late_min=3), "TXK"),
        (a_day(is_missing_in=True, late_min=3), "XM"),
        (a_day(is_missing_out=True, early_min=3), "XK"),
        (a_day(status="absent"), "A"),
        (a_day(status="not_yet"), "B"),
        (a_day(status="holiday"), "L"),
        (a_day(status="joint_leave"), "LB"),
        (a_day(status="dispensation"), "F"),
        (a_day(status="incident"), "G"),
        (a_day(status="off"), "R"),
        *(
            (a_day(status="leave", leave_kind=kind), code)
            for kind, code in zip(LeaveKind, ["CT", "CB", "CS", "CM", "CP", "LB", "CN"], strict=True)
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_day_has_the_code_the_legend_says(day, code):
    assert code_of(day) == code


def test_no_code_means_two_things_and_tl_means_nothing():
    codes = [
        *rules.PRESENT_CODES,
        *rules.STATUS_CODES.values(),
        *(code for kind, code in rules.LEAVE_CODES.items() if kind != "joint"),
    ]
    assert len(codes) == len(set(codes)) and not {"TL", "TK", "PC", "TM"} & set(codes)


@pytest.mark.parametrize("day", [a_day(status="dinas"), a_day(status="leave"), a_day(status="leave", leave_kind="hajj")], ids=str)
def test_what_has_no_code_is_not_shown_as_something_else(day):
    with pytest.raises((KeyError, ValueError)):
        code_of(day)


@given(months())
def test_counts_are_the_sums_of_the_day_records(month):
    counts = counts_of(month, bands_on)
    assert sum(getattr(counts, status) for status in STATUSES) == len(month)
    assert counts.owed + counts.holiday + counts.joint_leave + counts.dispensation + counts.incident + counts.off == len(month)
    assert counts.late_min == sum(day.late_min for day in month)
    assert counts.early_min == sum(day.early_min for day in month)
    assert sum(counts.late_by_band) == counts.late_days == sum(day.late_min > 0 for day in month)
    assert sum(counts.early_by_band) == counts.early_days == sum(day.early_min > 0 for day in month)
    assert sum(counts.leave_by_kind) == counts.leave
    assert counts.missing_in == sum(day.is_missing_in for day in month)
    assert counts.missing_out == sum(day.is_missing_out for day in month)
    assert counts.deduction_pct == sum((day.deduction_pct for day in month), Decimal(0))


@given(months(), st.randoms())
def test_codes_and_counts_agree_and_the_order_of_records_changes_nothing(month, shuffle):
    recap = recap_of(MEMBER, month, None, OCTOBER, bands_on)
    shuffled = list(month)
    shuffle.shuffle(shuffled)
    assert recap_of(MEMBER, shuffled, None, OCTOBER, bands_on) == recap
    assert len(recap.codes) == 31 and recap.codes.count("") == 31 - len(month)
    assert sum(code in rules.PRESENT_CODES for code in recap.codes) == recap.counts.present
    assert recap.codes.count("A") == recap.counts.absent and recap.codes.count("B") == recap.counts.not_yet
    assert sum("X" in code for code in recap.codes) == recap.counts.missing_in + recap.counts.missing_out
    assert recap.provisional == any(not day.is_frozen for day in month)


@given(st.lists(months(), max_size=5))
def test_the_total_of_people_is_the_sum_of_all_their_days(people):
    whole = counts_of([day for month in people for day in month], bands_on)
    total = total_of(counts_of(month, bands_on) for month in people)
    for field in fields(whole):
        if field.name.endswith("by_band"):
            assert sum(getattr(total, field.name)) == sum(getattr(whole, field.name))
        else:
            assert getattr(total, field.name) == getattr(whole, field.name)


@pytest.mark.parametrize(("minutes", "band"), [(1, 0), (30, 0), (31, 1), (60, 1), (61, 2), (90, 2), (91, 3), (600, 3)], ids=str)
def test_bands_are_those_of_the_decree_half_open(minutes, band):
    counts = counts_of([a_day(late_min=minutes), a_day(early_min=minutes)], bands_on)
    assert counts.late_by_band == counts.early_by_band == tuple(int(number == band) for number in range(4))


def test_a_decree_with_fewer_bands_is_added_to_one_with_more():
    one = replace(rules.Counts(), late_by_band=(1, 2))
    other = replace(rules.Counts(), late_by_band=(1, 1, 5))
    assert plus(one, other).late_by_band == plus(other, one).late_by_band == (2, 3, 5)


@given(months(), st.randoms())
def test_who_moved_to_an_agency_with_other_bands_has_as_many_as_either_in_any_order(month, shuffle):
    lateness, early = bands_on("bali", OCTOBER)
    laws = {
        "bali": (lateness, early),
        "other": (replace(lateness, bands=lateness.bands[:2]), replace(early, bands=early.bands[:3])),
    }
    moved = [replace(day, decree="other") if day.day.day > 15 else day for day in month]
    counts = counts_of(moved, lambda decree, day: laws[decree])
    shuffle.shuffle(moved)
    assert counts_of(moved, lambda decree, day: laws[decree]) == counts
    assert len(counts.late_by_band) == max((4 if day.decree == "bali" else 2 for day in moved), default=0)
    assert len(counts.early_by_band) == max((4 if day.decree == "bali" else 3 for day in moved), default=0)


def test_bands_are_named_by_minutes_only_where_everybody_has_the_same():
    lateness, early = bands_on("bali", OCTOBER)
    narrower = replace(lateness, bands=lateness.bands[:2])
    assert same_bands([lateness, early]) == lateness
    assert same_bands([lateness, narrower]) is None and same_bands([]) is None


@pytest.mark.parametrize(("month", "length"), [(date(2024, 2, 1), 29), (date(2026, 2, 14), 28), (date(2026, 12, 1), 31)], ids=str)
def test_a_month_has_all_its_days(month, length):
    found = days_of(month)
    assert len(found) == length and found[0].day == 1 and found[-1] + timedelta(days=1) == (found[0] + timedelta(days=length))


def test_a_deduction_is_exact():
    month = [a_day(deduction_pct=Decimal("0.1"), day=day) for day in random.Random(1).sample(days_of(OCTOBER), 30)]
    assert counts_of(month, bands_on).deduction_pct == Decimal("3.0")
