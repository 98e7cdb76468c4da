"""A check-in and the night see one calendar: groups, units and seasons of a group mean the same to both."""

from datetime import UTC, date, datetime, timedelta
from uuid import uuid4

import pytest

from app.checkins.rules.verdict import instances_around
from app.checkins.store.context import Asked, contexts_for
from app.people import store as people
from app.workdays import rules
from app.workdays import store as workdays
from tests import make

NOW = datetime(2026, 11, 24, tzinfo=UTC)
KIND = rules.HolidayKind


@pytest.mark.parametrize(
    "day",
    [date(2025, 3, 25), date(2026, 3, 18), date(2026, 6, 16), date(2026, 6, 17), date(2026, 6, 18), date(2026, 6, 19)],
    ids=str,
)
def test_the_shifts_around_a_check_in_are_those_the_night_judges_by(session, day):
    bali = make.unit(session)
    unit = make.unit(session, "DISHUB", bali)
    groups = {
        code: workdays.add_group(session, bali.id, code, code, calendar, NOW)
        for code, calendar in (("bali-hindu", "bali-hindu"), ("muslim", None))
    }
    persons = [make.person(session, unit) for _ in range(3)]
    for person, group, until in ((persons[0], "bali-hindu", None), (persons[1], "muslim", None), (persons[1], "bali-hindu", day)):
        workdays.add_membership(session, person.id, groups[group].id, date(2025, 1, 1), until, NOW)
    rows = [
        (unit.id, None, KIND.WORKDAY, 16),
        (unit.id, groups["bali-hindu"].id, KIND.WORKDAY, 18),
        (bali.id, None, KIND.NATIONAL, 19),
    ]
    for unit_id, group_id, kind, number in rows:
        workdays.add_holiday(session, unit_id, group_id, rules.Holiday(date(2026, 6, number), kind, "n", "s"), NOW)
    at = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=2)
    owed = []
    for person in persons:
        device = make.device(session, person)
        [found] = contexts_for(session, [Asked(uuid4(), device.id, None, None, None, at, 1, at)])
        employed = people.list_employed_on(session, day, person_ids=[person.id])
        [judged] = workdays.workdays_of(session, employed, [day]).values()
        seen = [instance for instance in instances_around(at, found.context) if instance.day == day]
        assert seen == list(judged.instances)
        assert found.context.groups.get(day, frozenset()) == judged.groups
        owed.append(len(seen))
    assert owed == {16: [0, 1, 1], 17: [0, 1, 1], 18: [0, 0, 0] if day.month == 3 else [1, 1, 1], 19: [0, 0, 0]}.get(
        day.day, [1] * 3
    )


@pytest.mark.parametrize("ended", [-1, 0, 1], ids="membership until day {}".format)
def test_a_membership_that_ended_a_day_ago_still_tells_which_shifts_of_yesterday_a_check_in_may_belong_to(session, ended):
    person, day = make.person(session), date(2026, 6, 18)
    bali = people.get_unit(session, "BALI", None)
    group = workdays.add_group(session, bali.id, "bali-hindu", "bali-hindu", "bali-hindu", NOW)
    workdays.add_membership(session, person.id, group.id, date(2025, 1, 1), day + timedelta(days=ended), NOW)
    device = make.device(session, person)
    at = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=2)
    [found] = contexts_for(session, [Asked(uuid4(), device.id, None, None, None, at, 1, at)])
    for by in (-1, 0):
        around = day + timedelta(days=by)
        employed = people.list_employed_on(session, around, person_ids=[person.id])
        [judged] = workdays.workdays_of(session, employed, [around]).values()
        assert (judged.instances == ()) == (by < ended)  # Galungan and the day after it
        assert [each for each in instances_around(at, found.context) if each.day == around] == list(judged.instances)


def test_a_membership_that_ended_yesterday_still_frees_the_day_before(session):
    """The oldest day whose shift may hold a check-in is two days ago: until yesterday is a member then, and not yesterday."""
    person, day = make.person(session), date(2026, 6, 19)
    bali = people.get_unit(session, "BALI", None)
    group = workdays.add_group(session, bali.id, "bali-hindu", "bali-hindu", "bali-hindu", NOW)
    workdays.add_membership(session, person.id, group.id, date(2025, 1, 1), day - timedelta(days=1), NOW)
    device = make.device(session, person)
    at = datetime.combine(day, datetime.min.time(), UTC) + timedelta(hours=2)
    [found] = contexts_for(session, [Asked(uuid4(), device.id, None, None, None, at, 1, at)])
    assert [each.day.day for each in instances_around(at, found.context)] == [18, 19]
