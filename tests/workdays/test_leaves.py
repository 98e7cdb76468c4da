"""What may be asked of leave beside other leave: halves of a day, what stands in the way, causes, and days given back."""

from datetime import timedelta

import pytest

from app import clock
from app.attendance import actions as attendance
from app.attendance import store as days
from app.workdays import store as workdays
from tests import make
from tests.workdays.test_api import TODAY, World, code

DAY = TODAY + timedelta(days=7 - TODAY.weekday())  # the Monday after
FLEXIBLE = {
    "agency": "BALI", "code": "LUWES", "name": "Luwes", "kind": "flexible", "starts": "07:00", "ends": "18:00",
    "core_starts": "10:00", "core_ends": "14:00", "owed_min": 450,
}  # fmt: skip


@pytest.fixture
def world(session, client, sign_in):
    return World(session, client, sign_in)


def ask(world, part="whole", days=1, **changes):
    return world.ask(first_day=str(DAY), last_day=str(DAY + timedelta(days=days - 1)), part=part, **changes)


def approved(world, *args, **changes):
    leave_id = ask(world, *args, **changes).json["id"]
    assert world.decide(world.hr, leave_id).status_code == 200
    return leave_id


# Half days


@pytest.mark.parametrize("part", ["whole", "morning", "afternoon"])
def test_the_part_that_was_asked_for_is_the_part_that_excuses(world, part):
    approved(world, part)
    assert workdays.leaves_on(world.session, DAY)[world.employee.id].part == part
    assert world.call(world.employee, "GET", "/me/leaves").json["items"][0]["part"] == part
    assert make.told(world.session, "leave")[0]["part"] == make.told(world.session, "leave_decision")[0]["part"] == part


def test_a_leave_is_whole_unless_it_says_otherwise(world):
    assert world.ask().json["part"] == "whole"


def test_both_halves_of_a_day_are_a_whole_leave(world):
    first, _ = approved(world, "morning"), approved(world, "afternoon")
    [leave] = workdays.leaves_on(world.session, DAY).values()
    assert (leave.id, leave.part) == (first, "whole")


def test_half_a_day_is_of_one_day_and_of_no_third_part(world):
    several = ask(world, "morning", days=2)
    assert code(several) == (422, "leave_half_days") and list(several.json["errors"]) == ["/part"]
    assert code(ask(world, "evening")) == (422, "invalid_input")


def test_half_a_day_beside_a_flexible_shift_is_refused_and_a_whole_one_is_not(world):
    assert world.call(world.hr, "POST", "/shifts", FLEXIBLE).status_code == 201
    assert world.roster(world.hr, (world.employee.nip, DAY, "LUWES")).status_code == 200
    assert code(ask(world, "afternoon")) == (422, "leave_half_flexible")
    assert ask(world).status_code == 201


def test_half_a_day_of_a_time_without_law_is_not_held_against_the_asker(world):
    before = {"first_day": "2020-02-03", "last_day": "2020-02-03"}
    assert world.ask(part="morning", **before).status_code == 201


def test_a_roster_that_becomes_flexible_after_half_a_day_was_approved_stops_no_night(world):
    approved(world, "morning")
    assert world.call(world.hr, "POST", "/shifts", FLEXIBLE).status_code == 201
    world.roster(world.hr, (world.employee.nip, DAY, "LUWES"))
    assert attendance.close_day(world.session, DAY, clock.now() + timedelta(days=30)) >= 2
    records = {row.person_id: row for row in world.session.query(days.DayRecord)}
    assert records[world.employee.id].status == "leave" and records[world.hr.id].status == "absent"
    assert "day_half_flexible" in [line["code"] for line in records[world.employee.id].lines]


# What stands in the way


@pytest.mark.parametrize(
    ("there", "asked", "answer"),
    [
        ("whole", "whole", (409, "leave_overlaps")),
        ("whole", "morning", (409, "leave_overlaps")),
        ("morning", "whole", (409, "leave_overlaps")),
        ("morning", "morning", (409, "leave_overlaps")),
        ("morning", "afternoon", (201, None)),
        ("afternoon", "morning", (201, None)),
    ],
)
def test_leaves_overlap_unless_they_are_the_two_halves_of_a_day(world, there, asked, answer):
    ask(world, there)
    assert code(ask(world, asked)) == answer


def test_a_day_with_both_halves_is_full(world):
    ask(world, "morning"), ask(world, "afternoon")
    assert {code(ask(world, part)) for part in ("whole", "morning", "afternoon")} == {(409, "leave_overlaps")}


def test_the_halves_of_a_day_are_of_one_kind(world):
    ask(world, "morning", kind="sick")
    assert code(ask(world, "afternoon")) == (409, "leave_other_half")
    assert ask(world, "afternoon", kind="sick").status_code == 201


@pytest.mark.parametrize(("language", "kind"), [("id", "cuti sakit"), ("en", "sick leave")])
def test_the_refusal_names_the_leave_that_is_there(world, language, kind):
    there = ask(world, days=2, kind="sick").json
    body = {"kind": "annual", "first_day": there["last_day"], "last_day": there["last_day"], "reason": "Upacara"}
    said = world.call(world.employee, "POST", "/me/leaves", body, language=language).json["detail"]
    assert all(word in said for word in (kind, str(there["id"]), there["first_day"], there["last_day"])), said
