"""Calendar groups over HTTP, from a file and in the days that follow: who may keep them, and whom they free."""

from datetime import UTC, date, datetime

import pytest

from app.access import Role
from app.people import store as people
from app.workdays import store as workdays
from tests import make
from tests.workdays.test_api import World, code

GROUP = {"agency": "BALI", "code": "bali-hindu", "name": "Kelompok A", "calendar": "bali-hindu"}
MEMBERS = "/calendar-groups/BALI/bali-hindu/members"
GALUNGAN = date(2026, 6, 17)
NOW = datetime(2026, 11, 24, 1, tzinfo=UTC)


@pytest.fixture
def world(session, client, sign_in):
    made = World(session, client, sign_in)
    assert made.call(made.hr, "POST", "/calendar-groups", GROUP).status_code == 201
    return made


def join(world, person, by=None, since="2026-01-01", until=None):
    return world.call(by or world.hr, "POST", MEMBERS, {"nip": person.nip, "since": since, "until": until})


def kind_of(world, person, day):
    employed = people.list_employed_on(world.session, day, person_ids=[person.id])
    return workdays.workdays_on(world.session, employed, day)[person.id].kind


def tagged(world, path, body, person=None):
    headers = world.sign_in((person or world.hr).id, "id")
    tag = world.client.get(f"/v1{path}", headers=headers).headers["ETag"]
    return [
        world.client.put(f"/v1{path}", json=body, headers={**headers, **({"If-Match": match} if match else {})})
        for match in (None, '"older"', tag)
    ]


def test_a_member_is_free_from_his_first_day_until_his_last(world):
    added = join(world, world.employee, since="2026-06-17", until="2026-06-18")
    assert added.status_code == 201
    kinds = [kind_of(world, world.employee, date(2026, 6, n)) for n in (16, 17, 18)]
    assert kinds == ["holiday", "dispensation", "work"] and kind_of(world, world.supervisor, GALUNGAN) == "work"
    assert world.call(world.employee, "GET", "/me/calendar-memberships").json["items"] == [added.json]


def test_a_membership_that_ends_among_the_days_asked_for_holds_on_those_before(world):
    """Days before and after its end are asked for in one query; the check-in's path asks for four days like that."""
    join(world, world.employee, since="2026-06-16", until="2026-06-18")
    days = [date(2026, 6, n) for n in range(15, 20)]
    found = workdays.groups_of(world.session, [world.employee.id], days)
    assert sorted(day.day for _, day in found) == [16, 17]


@pytest.mark.parametrize(
    ("who", "answer"),
    [
        ("employee", (403, "role_missing")), ("supervisor", (403, "role_missing")), ("admin", (403, "role_missing")),
        ("stranger", (404, "unknown_unit")),
    ],
)  # fmt: skip
def test_only_personnel_of_the_agency_see_and_keep_members(world, who, answer):
    asking = getattr(world, who)
    assert code(join(world, world.employee, by=asking)) == answer and code(world.call(asking, "GET", MEMBERS)) == answer


def test_an_auditor_reads_members_and_writes_none(world):
    join(world, world.employee)
    listed = world.call(world.auditor, "GET", MEMBERS).json["items"]
    assert [row["nip"] for row in listed] == [world.employee.nip]
    assert code(join(world, world.supervisor, by=world.auditor)) == (403, "role_missing")


def test_who_keeps_a_units_people_only_does_not_reach_the_agencys_group(world):
    below = world.holder(Role.HR, world.unit)
    assert code(join(world, world.employee, by=below)) == (404, "unknown_unit")


def test_nobody_puts_himself_into_a_group_or_in_twice(world):
    assert code(join(world, world.hr)) == (403, "own_decision")
    assert code(join(world, world.stranger)) == (404, "unknown_person")
    join(world, world.employee, until="2026-03-01")
    assert code(join(world, world.employee, since="2026-02-28")) == (409, "membership_overlaps")
    assert code(join(world, world.employee, since="2026-04-02", until="2026-04-01")) == (422, "membership_dates")
    assert join(world, world.employee, since="2026-03-01").status_code == 201


def test_edits_ask_for_the_version_that_was_seen(world):
    path = f"/calendar-memberships/{join(world, world.employee).json['id']}"
    declared = world.call(
        world.hr, "POST", "/holidays", {"unit": "DISHUB", "day": "2026-06-17", "kind": "workday", "name": "n", "source": "s"}
    )
    for address, body in (
        (path, {"until": "2026-02-01"}),
        ("/calendar-groups/BALI/bali-hindu", {"name": "Kelompok B", "calendar": None}),
        (f"/holidays/{declared.json['id']}", {"kind": "national", "name": "n", "source": "s"}),
    ):
        assert [answer.status_code for answer in tagged(world, address, body)] == [428, 412, 200], address


def test_a_unit_may_let_its_members_work_and_a_late_change_leaves_its_mark(world):
    join(world, world.employee)
    body = {
        "unit": "DISHUB", "group": "bali-hindu", "day": str(GALUNGAN), "kind": "workday", "name": "Tetap buka", "source": "SE",
    }  # fmt: skip
    added = world.call(world.hr, "POST", "/holidays", body)
    assert kind_of(world, world.employee, GALUNGAN) == "work" and added.json["group"] == "bali-hindu"
    assert (world.employee.id, GALUNGAN) in workdays.list_changed_since(world.session, NOW.replace(year=2026, month=1))
    assert world.call(world.hr, "DELETE", f"/holidays/{added.json['id']}").status_code == 204
    assert kind_of(world, world.employee, GALUNGAN) == "dispensation"
    assert world.call(world.hr, "POST", "/holidays", body).status_code == 201


def test_a_day_of_one_unit_is_not_its_neighbours(world):
    make.unit(world.session, "DISHUB_2", world.bali)
    neighbour = make.person(world.session, make.unit(world.session, "DISHUB_2"))
    body = {"unit": "DISHUB", "day": "2026-06-15", "kind": "national", "name": "Piodalan", "source": "SE"}
    assert world.call(world.hr, "POST", "/holidays", body).status_code == 201
    kinds = [kind_of(world, person, date(2026, 6, 15)) for person in (world.employee, neighbour, world.hr)]
    assert kinds == ["holiday", "work", "work"]


def test_flexible_work_of_a_group_reaches_its_members_only(world):
    world.call(world.hr, "POST", "/calendar-groups", {"agency": "BALI", "code": "muslim", "name": "Kelompok C", "calendar": None})
    world.call(world.hr, "POST", "/calendar-groups/BALI/muslim/members", {"nip": world.employee.nip, "since": "2025-01-01"})
    join(world, world.employee, since="2025-01-01")
    for day, named in ((date(2025, 3, 23), set()), (date(2025, 3, 24), {"muslim"}), (date(2025, 3, 27), {"muslim"})):
        employed = people.list_employed_on(world.session, day, person_ids=[world.employee.id, world.hr.id])
        found = workdays.workdays_on(world.session, employed, day)
        assert (found[world.employee.id].groups, found[world.hr.id].groups) == (named, set())


def test_feasts_are_listed_with_their_quality(world):
    days = {row["day"]: row for row in world.call(world.employee, "GET", "/calendars/bali-hindu", year=2026).json["items"]}
    assert (days["2026-06-17"]["name"], days["2026-06-17"]["quality"]) == ("Galungan", "C")
    assert code(world.call(world.employee, "GET", "/calendars/none")) == (404, "unknown_calendar")


# Files


@pytest.fixture
def bring(world, app, tmp_path):
    def run(words, *options, command="members"):
        file = tmp_path / "berkas"
        file.write_text(words)
        return app.test_cli_runner().invoke(args=["calendars", command, str(file), "--lang", "en", *options])

    return run


def test_a_file_is_taken_whole_once_and_dry_not_at_all(world, bring):
    words = f"nip,group,since,until\n{world.employee.nip},bali-hindu,2026-01-01,\n{world.hr.nip},bali-hindu,2026-01-01,2026-02-01\n"
    assert "would be 2" in bring(words, "--dry-run").output and kind_of(world, world.employee, GALUNGAN) == "work"
    assert "2 new" in bring(words).output and kind_of(world, world.employee, GALUNGAN) == "dispensation"
    assert "0 new memberships, 0 changed" in bring(words).output
    assert "0 new memberships, 1 changed" in bring(words.replace("01-01,\n", "01-01,2026-06-17\n")).output
    assert kind_of(world, world.employee, GALUNGAN) == "work"


def test_a_file_with_a_wrong_row_changes_nothing_and_names_every_line(world, bring):
    nip = world.employee.nip
    rows = [f"{nip},bali-hindu,2026-01-01,", f"{nip},none,2026-01-01,", "1,bali-hindu,2026-01-01,", f"{nip},bali-hindu,x,",
            f"{nip},bali-hindu,2026-05-01,", f"{'9' * 18},bali-hindu,2026-01-01,",
            f"{nip},bali-hindu,2025-02-01,2025-01-01"]  # fmt: skip
    done = bring("nip,group,since,until\n" + "\n".join(rows) + "\n")
    assert done.exit_code == 1 and "6 problems" in done.output
    assert [number for number in range(2, 9) if f"ine {number}:" in done.output] == [3, 4, 5, 6, 7, 8], done.output
    assert kind_of(world, world.employee, GALUNGAN) == "work"


def test_a_circular_is_declared_whole_and_once(world, bring):
    words = (
        'unit = "DISHUB"\ngroup = "bali-hindu"\nkind = "workday"\nsource = "SE"\n'
        'days = [{ on = 2026-06-17, name = "Tetap buka" }]\n'
    )
    join(world, world.employee)
    bring(words, "--dry-run", command="declare")
    assert kind_of(world, world.employee, GALUNGAN) == "dispensation"
    assert ["1 days" in bring(words, command="declare").output, "0 days" in bring(words, command="declare").output] == [True, True]
    assert kind_of(world, world.employee, GALUNGAN) == "work"
    assert bring('unit = "BALI"\n', command="declare").exit_code == 1
