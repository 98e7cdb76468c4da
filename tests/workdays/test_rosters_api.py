"""Shifts of every kind, rosters drawn up and published, and the file, over HTTP; every refusal once; a stranger sees nothing."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from app import decrees
from app.decrees import Clause
from app.decrees.rest import Rest
from app.people import store as people
from app.workdays import store as workdays
from app.workdays.actions.conflicts import clashes_of
from tests import make
from tests.workdays.test_api import TODAY, World, code

MONTH = (TODAY.replace(day=1) + timedelta(days=32)).replace(day=1)
MONTHS = f"{MONTH:%Y-%m}"
SHIFTS = {"PAGI": ("06:00", "14:00"), "SORE": ("14:00", "22:00"), "MALAM": ("22:00", "06:00"), "SIANG": ("12:00", "18:00")}


def day(number: int) -> str:
    return str(MONTH.replace(day=number))


class Roster(World):
    """The world with shifts, a second employee, and drafts."""

    def __init__(self, session, client, sign_in):
        super().__init__(session, client, sign_in)
        self.other = make.person(session, self.unit)
        for name, (starts, ends) in SHIFTS.items():
            shift = {"agency": "BALI", "code": name, "name": name, "starts": starts, "ends": ends}
            assert self.call(self.hr, "POST", "/shifts", shift).status_code == 201

    def send(self, person, method, path, body=None, tag=None, **query):
        headers = self.sign_in(person.id) | ({"If-Match": tag} if tag else {})
        answer = self.client.open(f"/v1{path}", method=method, json=body, query_string=query, headers=headers)
        self.session.expire_all()
        return answer

    def begin(self, person=None):
        return self.send(person or self.hr, "POST", "/roster-drafts", {"unit": "DISHUB", "month": MONTHS})

    def tag(self):
        return self.send(self.hr, "GET", f"/roster-drafts/DISHUB/{MONTHS}").headers["ETag"]

    def say(self, days, person=None, tag=None):
        rows = [{"nip": who.nip, "days": said} for who, said in days.items()]
        path = f"/roster-drafts/DISHUB/{MONTHS}"
        return self.send(person or self.hr, "PATCH", path, {"people": rows}, tag or self.tag())

    def publish(self, person=None, tag=None):
        path = f"/roster-drafts/DISHUB/{MONTHS}/publication"
        return self.send(person or self.hr, "PUT", path, {"note": "Jadwal bulan depan"}, tag or self.tag())

    def drawn(self, days):
        self.begin()
        assert self.say(days).status_code == 200
        return self.publish()

    def diff(self, before, after):
        path = f"/roster-versions/DISHUB/{MONTHS}/diff"
        found = self.send(self.supervisor, "GET", path, before=before, after=after)
        assert found.status_code == 200, found.text
        return [(one["nip"], one["day"], one["before"], one["after"]) for one in found.json["changes"]]

    def owed(self, person, *numbers):
        employed = people.list_employed_on(self.session, TODAY, person_ids=[person.id])
        found = workdays.workdays_of(self.session, employed, [MONTH.replace(day=number) for number in numbers])
        return [workday.shift for workday in found.values()]


@pytest.fixture
def world(session, client, sign_in):
    return Roster(session, client, sign_in)


# Shifts


def test_a_flexible_shift_with_breaks_and_one_on_call_are_kept_as_they_are_sent(world):
    flexible = {
        "agency": "BALI", "code": "LUWES", "name": "Luwes", "kind": "flexible", "starts": "07:00", "ends": "18:00",
        "core_starts": "10:00", "core_ends": "15:00", "owed_min": 450, "breaks": [{"starts": "12:00", "ends": "13:00"}],
    }  # fmt: skip
    standby = {"agency": "BALI", "code": "SIAGA", "name": "Siaga", "kind": "on_call", "starts": "18:00", "ends": "06:00"}
    for shift in (flexible, standby):
        assert world.call(world.hr, "POST", "/shifts", shift).status_code == 201
    listed = {item["code"]: item for item in world.call(world.hr, "GET", "/shifts").json["items"]}
    assert {name: listed["LUWES"][name] for name in flexible if name != "agency"} == {
        name: said for name, said in flexible.items() if name != "agency"
    }
    assert (listed["SIAGA"]["kind"], listed["SIAGA"]["breaks"]) == ("on_call", [])
    [told] = [one for one in make.told(world.session, "shift") if one["code"] == "LUWES"]
    assert (told["core"], told["owed_min"], told["breaks"]) == (["10:00", "15:00"], 450, [["12:00", "13:00"]])


def test_a_shift_that_nobody_could_work_is_refused(world):
    shift = {"agency": "BALI", "code": "X", "name": "X", "kind": "flexible", "starts": "07:00", "ends": "09:00", "owed_min": 450}
    assert code(world.call(world.hr, "POST", "/shifts", shift)) == (422, "shift_needs_core")
    core = shift | {"core_starts": "07:00", "core_ends": "09:00"}
    assert code(world.call(world.hr, "POST", "/shifts", core)) == (422, "shift_owes_too_much")


def test_two_shifts_a_day_and_office_hours_in_another_zone_are_owed(world):
    nip = world.employee.nip
    entries = [
        {"nip": nip, "day": day(7), "shifts": ["PAGI", "MALAM"]},
        {"nip": nip, "day": day(8), "shifts": None, "zone": "WIB"},
    ]
    assert world.call(world.hr, "POST", "/rosters", {"entries": entries}).json == {"count": 2}
    assert world.owed(world.employee, 7) == ["PAGI+MALAM"]
    employed = people.list_employed_on(world.session, TODAY, person_ids=[world.employee.id])
    found = workdays.workdays_on(world.session, employed, MONTH.replace(day=8))[world.employee.id]
    assert found.zone == "Asia/Jakarta"
    items = world.call(world.hr, "GET", "/rosters", first_day=day(7), last_day=day(8)).json["items"]
    assert [(item["shifts"], item["zone"]) for item in items] == [(["PAGI", "MALAM"], None), (None, "Asia/Jakarta")]
    assert world.call(world.hr, "POST", "/rosters", {"entries": [entries[1] | {"zone": "Mars/Olympus"}]}).status_code == 422


# Conflicts


@pytest.mark.parametrize("spoken, words", [("id", "bertindihan"), ("en", "overlaps")])
def test_shifts_that_overlap_are_refused_and_both_are_named(world, spoken, words):
    nip = world.employee.nip
    body = {"entries": [{"nip": nip, "day": day(7), "shifts": ["PAGI", "SIANG"]}]}
    refused = world.call(world.hr, "POST", "/rosters", body, language=spoken)
    assert code(refused) == (422, "roster_refused")
    [said] = refused.json["errors"].values()
    assert list(refused.json["errors"]) == ["/entries/0/shifts"]
    assert words in said and f"PAGI {day(7)} 06:00 – {day(7)} 14:00 WITA" in said and f"SIANG {day(7)} 12:00" in said
    assert world.owed(world.employee, 7) != ["PAGI+SIANG"]


def test_a_unit_demands_rest_and_the_unit_below_may_demand_less(world):
    def demand(unit, minutes):
        tag = world.send(world.hr, "GET", f"/rest-rules/{unit}").headers["ETag"]
        rule = {"min_rest_min": minutes, "source": "Instruksi kepala dinas"}
        return world.send(world.hr, "PUT", f"/rest-rules/{unit}", rule, tag)

    lines = (world.employee.nip, MONTH.replace(day=7), "SORE"), (world.employee.nip, MONTH.replace(day=8), "PAGI")
    assert world.roster(world.hr, *lines).status_code == 200
    assert demand("BALI", 660).status_code == 200
    assert world.roster(world.hr, *lines[:1]).status_code == 422
    [said] = world.roster(world.hr, *lines).json["errors"].values()
    assert "480" in said and "660" in said and "Instruksi kepala dinas" in said and "SORE" in said and "PAGI" in said
    assert demand("DISHUB", 480).status_code == 200
    assert world.roster(world.hr, *lines).status_code == 200
    rule = {"min_rest_min": 60, "source": "Lain"}
    assert code(world.send(world.hr, "PUT", "/rest-rules/DISHUB", rule))[0] == 428
    assert code(world.send(world.hr, "PUT", "/rest-rules/DISHUB", rule, '"old"'))[0] == 412
    assert code(world.send(world.stranger, "PUT", "/rest-rules/DISHUB", rule, '"old"')) == (404, "unknown_unit")
    assert code(world.send(world.supervisor, "PUT", "/rest-rules/DISHUB", rule, '"old"')) == (403, "role_missing")


def test_the_decree_demands_rest_where_no_unit_has_a_rule_of_its_own(world):
    days = MONTH.replace(day=7), MONTH.replace(day=8)
    employed = people.list_employed_on(world.session, days[0], person_ids=[world.employee.id])
    agency_id = employed[0].agency_id
    ids = [workdays.shift_ids(world.session, [agency_id])[agency_id, name] for name in ("SORE", "PAGI")]
    entries = [workdays.Entry(world.employee.id, day, (shift_id,), None) for day, shift_id in zip(days, ids, strict=True)]
    clause = Clause("uji.rest.2026-01-01", "Perbup uji pasal 7", "C", date(2026, 1, 1))

    def law(minutes):
        return lambda decree, day: replace(decrees.on(decree, day), rest=Rest(minutes, clause))

    assert clashes_of(world.session, employed, entries) == clashes_of(world.session, employed, entries, law(480)) == []
    [clash] = clashes_of(world.session, employed, entries, law(481))
    assert clash.told[0] == "roster_rest" and clash.told[1]["source"] == "Perbup uji pasal 7" and clash.told[1]["least"] == 481
    own = {"min_rest_min": 60, "source": "Instruksi kepala dinas"}
    tag = world.send(world.hr, "GET", "/rest-rules/DISHUB").headers["ETag"]
    assert world.send(world.hr, "PUT", "/rest-rules/DISHUB", own, tag).status_code == 200
    assert clashes_of(world.session, employed, entries, law(481)) == []


def test_a_shift_of_the_day_before_or_after_conflicts_too(world):
    world.call(world.hr, "POST", "/shifts", {"agency": "BALI", "code": "DINI", "name": "Dini", "starts": "05:00", "ends": "11:00"})
    nip = world.employee.nip
    assert world.roster(world.hr, (nip, MONTH.replace(day=8), "DINI")).status_code == 200
    assert world.roster(world.hr, (nip, MONTH.replace(day=7), "MALAM")).json["errors"].keys() == {"/entries/0/shifts"}


def test_a_day_the_decree_does_not_cover_is_refused(world):
    answer = world.roster(world.hr, (world.employee.nip, date(2020, 1, 6), "PAGI"))
    assert code(answer) == (422, "roster_uncovered")


def test_everybody_sees_his_own_roster_and_only_that(world):
    world.roster(world.hr, (world.employee.nip, MONTH.replace(day=7), "MALAM"), (world.other.nip, MONTH.replace(day=7), "PAGI"))
    answer = world.call(world.employee, "GET", "/me/roster", month=MONTHS)
    assert answer.status_code == 200 and len(answer.json["items"]) == len({item["day"] for item in answer.json["items"]}) >= 28
    [seventh] = [item for item in answer.json["items"] if item["day"] == day(7)]
    assert [instance["shift"] for instance in seventh["instances"]] == ["MALAM"] and seventh["zone"] == "Asia/Makassar"
    assert world.call(world.employee, "GET", "/me/roster", month="2019-01").json["items"] == []


# Drafts and versions


def test_a_draft_is_begun_changed_shown_and_published(world):
    begun = world.begin()
    assert (begun.status_code, begun.json["people"], begun.json["conflicts"]) == (201, [], [])
    assert world.say({world.employee: {day(7): "PAGI", day(8): "-"}, world.other: {day(7): "MALAM"}}).status_code == 200
    assert world.owed(world.employee, 7) != ["PAGI"]
    assert world.diff("in_force", "draft") == [
        (world.employee.nip, day(7), "", "PAGI"), (world.other.nip, day(7), "", "MALAM"), (world.employee.nip, day(8), "", "-"),
    ]  # fmt: skip
    published = world.publish()
    assert (published.status_code, published.json["version"]) == (200, 1)
    assert world.owed(world.employee, 7, 8) == ["PAGI", None] and world.owed(world.other, 7) == ["MALAM"]
    assert code(world.send(world.hr, "GET", f"/roster-drafts/DISHUB/{MONTHS}")) == (404, "unknown_roster_draft")
    [told] = make.told(world.session, "roster_version")
    assert (told["subject"], told["lines"][0]) == (f"roster:DISHUB:{MONTHS}:1", [world.employee.id, day(7), ["PAGI"], None])


def test_the_next_version_takes_days_back_and_the_difference_shows(world):
    world.drawn({world.employee: {day(7): "PAGI", day(8): "PAGI"}})
    world.begin()
    world.say({world.employee: {day(7): "", day(9): "SORE"}})
    assert world.publish().json["version"] == 2
    office = world.owed(world.employee, 7)
    assert office != ["PAGI"] and world.owed(world.employee, 8, 9) == ["PAGI", "SORE"]
    nip = world.employee.nip
    assert world.diff("1", "2") == [(nip, day(7), "PAGI", ""), (nip, day(9), "", "SORE")]
    assert world.diff("2", "in_force") == []
    listed = world.send(world.supervisor, "GET", f"/roster-versions/DISHUB/{MONTHS}").json["items"]
    assert [item["version"] for item in listed] == [2, 1]
    first = world.send(world.supervisor, "GET", f"/roster-versions/DISHUB/{MONTHS}/1").json
    assert first["people"] == [{"nip": nip, "name": world.employee.name, "days": {day(7): "PAGI", day(8): "PAGI"}}]
    assert code(world.send(world.supervisor, "GET", f"/roster-versions/DISHUB/{MONTHS}/3")) == (404, "unknown_roster")


def test_what_is_taken_back_leaves_a_mark_for_the_night(world):
    world.drawn({world.employee: {day(7): "PAGI"}})
    since = world.session.query(workdays.RosterEntry).one().changed_at
    world.begin()
    world.say({world.employee: {day(7): ""}})
    world.publish()
    assert (world.employee.id, MONTH.replace(day=7)) in workdays.list_changed_since(
        world.session, since + timedelta(microseconds=1)
    )


def test_conflicts_are_shown_in_the_draft_and_refused_at_publication(world):
    world.begin()
    shown = world.say({world.employee: {day(7): "MALAM", day(8): "PAGI+SIANG"}}).json["conflicts"]
    assert [(one["nip"], one["code"]) for one in shown] == [(world.employee.nip, "roster_overlap")]
    refused = world.publish()
    assert code(refused) == (422, "roster_refused")
    assert list(refused.json["errors"]) == [f"/people/{world.employee.nip}/{day(8)}"]
    assert world.session.query(workdays.RosterEntry).count() == world.session.query(workdays.RosterVersion).count() == 0


def test_nobody_publishes_his_own_days(world):
    officer = make.person(world.session, world.unit)
    make.grant(world.session, officer, "hr", world.bali)
    world.begin()
    world.say({officer: {day(7): "-"}}, person=officer)
    assert code(world.publish(person=officer)) == (403, "own_decision")
    assert world.publish(person=world.hr).status_code == 200


def test_a_draft_is_edited_by_who_has_seen_it(world):
    tag = world.begin().headers["ETag"]
    assert world.say({world.employee: {day(7): "PAGI"}}, tag=tag).status_code == 200
    assert world.say({world.employee: {day(8): "PAGI"}}, tag=tag).status_code == 412
    body = {"people": [{"nip": world.employee.nip, "days": {day(7): "-"}}]}
    assert world.send(world.hr, "PATCH", f"/roster-drafts/DISHUB/{MONTHS}", body).status_code == 428
    assert world.publish(tag=tag).status_code == 412
    assert world.send(world.hr, "DELETE", f"/roster-drafts/DISHUB/{MONTHS}", tag=world.tag()).status_code == 204
    assert world.begin().status_code == 201


def test_a_draft_that_a_change_has_overtaken_is_not_published(world):
    world.begin()
    world.say({world.employee: {day(7): "PAGI"}})
    world.roster(world.hr, (world.employee.nip, MONTH.replace(day=7), "SORE"))
    assert code(world.publish()) == (409, "roster_changed_meanwhile")
    assert world.owed(world.employee, 7) == ["SORE"]


def test_refusals_of_drafts(world):
    assert code(world.begin(world.stranger)) == (404, "unknown_unit")
    assert code(world.begin(world.supervisor)) == (403, "role_missing")
    world.begin()
    assert code(world.begin()) == (409, "roster_draft_exists")
    assert code(world.publish()) == (409, "roster_nothing_new")
    refused = world.say({world.employee: {day(7): "LAIN"}})
    assert code(refused) == (422, "roster_refused") and list(refused.json["errors"]) == [f"/people/{world.employee.nip}/{day(7)}"]
    refused = world.say({world.stranger: {day(7): "-"}, world.employee: {"2020-01-01": "-"}})
    assert set(refused.json["errors"]) == {"/people/0/nip", "/people/1/days/2020-01-01"}
    assert world.say({world.employee: {day(7): "pagi"}}).status_code == 422
    assert world.send(world.hr, "GET", "/roster-drafts/DISHUB/2026-13").status_code == 404
    assert code(world.send(world.stranger, "GET", f"/roster-versions/DISHUB/{MONTHS}")) == (404, "unknown_unit")
    assert code(world.send(world.employee, "GET", f"/roster-versions/DISHUB/{MONTHS}")) == (403, "role_missing")


# Patterns


def test_a_pattern_is_laid_over_people_save_for_exceptions(world):
    cycle = [["PAGI"], ["PAGI"], [], ["SORE"], []]
    pattern = {"agency": "BALI", "code": "2-1-1", "name": "Pola pos", "cycle": cycle}
    assert world.send(world.hr, "POST", "/roster-patterns", pattern).status_code == 201
    assert code(world.send(world.hr, "POST", "/roster-patterns", pattern)) == (409, "pattern_exists")
    assert code(world.send(world.hr, "POST", "/roster-patterns", pattern | {"code": "X", "cycle": [["LAIN"]]}))[0] == 422
    assert [item["cycle"] for item in world.send(world.hr, "GET", "/roster-patterns").json["items"]] == [cycle]
    assert world.send(world.stranger, "GET", "/roster-patterns").json["items"] == []
    world.begin()
    use = {"pattern": "2-1-1", "nips": [world.employee.nip], "starts_on": day(3), "exceptions": {day(4): "-"}}
    used = world.send(world.hr, "PUT", f"/roster-drafts/DISHUB/{MONTHS}/pattern", use, world.tag())
    assert used.status_code == 200, used.text
    days = used.json["people"][0]["days"]
    assert [days.get(day(number)) for number in range(1, 10)] == [None, None, "PAGI", "-", "-", "SORE", "-", "PAGI", "PAGI"]
    unknown = use | {"pattern": "5-2"}
    answer = world.send(world.hr, "PUT", f"/roster-drafts/DISHUB/{MONTHS}/pattern", unknown, world.tag())
    assert code(answer) == (404, "unknown_pattern")


# The file


def bring(world, words, dry_run=False, person=None):
    return world.send(person or world.hr, "POST", f"/roster-drafts/DISHUB/{MONTHS}/file", {"csv": words, "dry_run": dry_run})


def test_a_file_is_tried_brought_in_and_comes_out_the_same(world):
    words = f"nip,name,7,8\n{world.employee.nip},A,PAGI,-\n{world.other.nip},B,MALAM,OFFICE@WIB\n"
    tried = bring(world, words, dry_run=True).json
    assert (len(tried["changes"]), tried["problems"], tried["is_written"]) == (4, [], False)
    assert world.send(world.hr, "GET", f"/roster-drafts/DISHUB/{MONTHS}").status_code == 404
    assert bring(world, words).json["is_written"] is True
    out = world.send(world.hr, "GET", f"/roster-versions/DISHUB/{MONTHS}/draft/file").json["csv"]
    assert bring(world, out).json["changes"] == []
    assert f"{world.other.nip},{world.other.name},,,,,,,MALAM,OFFICE@WIB" in out
    assert bring(world, f"nip,7\n{world.employee.nip},\n").json["changes"][0]["after"] == ""


def test_a_file_is_brought_in_whole_or_not_at_all(world):
    words = (
        f"nip,7,8\n{world.employee.nip},PAGI,PAGI\n{world.other.nip},LAIN,-\n{world.stranger.nip},PAGI,-\n"
        f"{world.supervisor.nip},PAGI@Mars/Olympus,-\n"
    )
    found = bring(world, words).json
    assert [(one["line"], one["code"]) for one in found["problems"]] == [
        (3, "unknown_shift"), (4, "unknown_person"), (5, "unknown_zone"),
    ]  # fmt: skip
    assert found["is_written"] is False
    assert world.send(world.hr, "GET", f"/roster-drafts/DISHUB/{MONTHS}").status_code == 404


def test_a_conflict_is_told_on_the_line_of_its_person(world):
    words = f"nip,7,8\n{world.other.nip},PAGI,PAGI\n{world.employee.nip},PAGI+SIANG,-\n"
    found = bring(world, words).json
    assert [(one["line"], one["code"]) for one in found["problems"]] == [(3, "roster_overlap")] and not found["is_written"]
    assert bring(world, words.replace("PAGI+SIANG", "PAGI")).json["is_written"]


def test_a_stranger_brings_nothing_in(world):
    assert code(bring(world, "nip,7\n", person=world.stranger)) == (404, "unknown_unit")
    assert code(bring(world, "nip,7\n", person=world.supervisor)) == (403, "role_missing")
