"""What activities promise over HTTP: every refusal once, answers by others only, a stranger sees nothing."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from app import clock, errors
from app.access import Actor, Role
from app.activities.actions import import_standards, log
from app.activities.rules import Work, standardfile
from app.people.actions.days import day_of
from tests import make

TODAY = day_of(clock.now())
YESTERDAY = TODAY - timedelta(days=1)
HEAD = ",".join(standardfile.COLUMNS)
VERIF = "DISHUB,Staf,VERIF,Verifikasi berkas,berkas,7.5,2026-01-01,,Analisis beban kerja"


class World:
    """Two agencies; in one of them a unit with two employees, and every role over unit or agency."""

    def __init__(self, session, client, sign_in):
        self.session, self.client, self.sign_in = session, client, sign_in
        self.bali = make.unit(session, "BALI")
        self.unit = make.unit(session, "DISHUB", self.bali)
        self.employee, self.colleague = make.person(session, self.unit), make.person(session, self.unit)
        self.stranger = self.holder(Role.SUPERVISOR, make.unit(session, "BADUNG"))
        self.neighbour = self.holder(Role.SUPERVISOR, make.unit(session, "DINKES", self.bali))
        self.supervisor = self.holder(Role.SUPERVISOR, self.unit)
        self.head = self.holder(Role.SUPERVISOR, self.bali)
        self.hr, self.auditor = self.holder(Role.HR, self.bali), self.holder(Role.AUDITOR, self.bali)
        self.admin = self.holder(Role.ADMIN, self.bali)

    def holder(self, role, unit):
        person = make.person(self.session, unit)
        make.grant(self.session, person, role, unit)
        return person

    def call(self, person, method, path, body=None, language="id", **query):
        headers = self.sign_in(person.id, language)
        answer = self.client.open(f"/v1{path}", method=method, json=body, query_string=query, headers=headers)
        self.session.expire_all()
        return answer

    def log(self, person=None, **said):
        body = (
            {"day": str(YESTERDAY), "description": "Verifikasi berkas izin"} | ({} if "starts" in said else {"minutes": 60}) | said
        )
        return self.call(
            person or self.employee, "POST", "/me/activities", {key: said for key, said in body.items() if said is not ...}
        )

    def logged(self, **said):
        answer = self.log(**said)
        assert answer.status_code == 201, answer.text
        return answer.json["id"]

    def decide(self, activity_id, decision="approve", person=None, **body):
        said = {"decision": decision, "reason": "Sesuai hasil kerja", **body}
        return self.call(person or self.supervisor, "POST", f"/activities/{activity_id}/decision", said)

    def decide_all(self, decision="approve", person=None, **body):
        said = {"decision": decision, "reason": "Sesuai hasil kerja", **body}
        return self.call(person or self.supervisor, "POST", "/activities/decisions", said)

    def withdraw(self, activity_id, person=None):
        return self.call(person or self.employee, "POST", f"/me/activities/{activity_id}/withdrawal", {"reason": "Salah catat"})

    def standards(self, *rows):
        found = import_standards(self.session, standardfile.parse("\n".join((HEAD, *rows)).encode()), clock.now(), dry_run=False)
        assert found.problems == ()
        return found

    def seen(self, person, day=YESTERDAY, status="present", came="07:30", went="16:30", frozen=False):
        at = [clock and f"{day}T{clock}+08:00" for clock in (came, went)]
        make.day_record(self.session, person, day, status, *at, frozen)


@pytest.fixture
def world(session, client, sign_in):
    return World(session, client, sign_in)


def code(answer):
    return answer.status_code, answer.json.get("code")


def test_what_is_logged_waits_and_its_person_reads_it(world):
    logged = world.log(starts="08:00", ends="10:30", attachment="BA-17/2026")
    assert logged.status_code == 201
    [read] = world.call(world.employee, "GET", "/me/activities").json["items"]
    assert read == logged.json
    assert (read["minutes"], read["starts"], read["status"], read["counted_min"]) == (150, "08:00", "waiting", None)
    assert (read["day_status"], read["outside_min"], read["attachment"]) == (None, None, "BA-17/2026")


@pytest.mark.parametrize(
    ("said", "refusal"),
    [
        ({"day": str(TODAY + timedelta(days=1))}, "activity_future"),
        ({"day": str(TODAY - timedelta(days=8))}, "activity_too_old"),
        ({"minutes": ...}, "activity_no_measure"),
        ({"starts": "08:00"}, "activity_half_hours"),
        ({"starts": "08:00", "ends": "09:00", "minutes": 61}, "activity_longer_than_hours"),
        ({"volume": "3"}, "activity_half_standard"),
        ({"minutes": ..., "standard": "VERIF", "volume": "3"}, "unknown_standard"),
        ({"minutes": 0}, "invalid_input"),
        ({"minutes": 1441}, "invalid_input"),
        ({"volume": "0", "standard": "VERIF"}, "invalid_input"),
        ({"volume": "1.0001", "standard": "VERIF"}, "invalid_input"),
        ({"volume": "1e30", "standard": "VERIF"}, "invalid_input"),
        ({"description": "x"}, "invalid_input"),
        ({"description": "Rapat\x00"}, "invalid_input"),
        ({"attachment": "a\nb"}, "invalid_input"),
        ({"status": "approved"}, "invalid_input"),
        ({"replaces": 2**62}, "activity_not_returned"),
    ],
    ids=str,
)
def test_what_cannot_be_is_refused_with_its_reason(world, said, refusal):
    assert code(world.log(**said)) == (422, refusal)
    assert world.session.scalar(text("SELECT count(*) FROM activities")) == 0


def test_the_oldest_day_that_the_decree_takes_is_taken(world):
    assert world.log(day=str(TODAY - timedelta(days=7))).status_code == 201


def test_who_was_not_posted_that_day_logs_nothing(world):
    newcomer = make.person(world.session, world.unit, since=TODAY)
    assert code(world.log(newcomer)) == (422, "activity_not_employed")


@pytest.mark.parametrize(
    ("decree", "day"), [("indonesia", date(2019, 12, 31)), ("bali", date(2023, 6, 1))], ids=["no clause yet", "no law yet"]
)
def test_a_day_of_which_the_law_says_nothing_takes_no_activities(session, decree, day):
    person = make.person(session, make.unit(session, "TUA", decree=decree), since=date(2019, 1, 1))
    actor = Actor(person.id, person.nip, person.name, (), uuid4())
    with pytest.raises(errors.Conflict) as refused:
        log(session, Work(day, "Rapat", minutes=10), actor, datetime.combine(day, time(12), UTC))
    assert refused.value.code == "activity_no_law"


def test_a_day_takes_no_more_minutes_than_the_decree_and_what_is_taken_back_makes_room(world):
    first = world.logged(minutes=700)
    full = world.log(minutes=21)
    assert code(full) == (409, "activity_day_full") and "20 menit" in full.json["detail"]
    assert world.log(minutes=20).status_code == 201
    assert code(world.log(minutes=1)) == (409, "activity_day_full")
    assert world.log(minutes=21, day=str(TODAY)).status_code == 201
    assert world.withdraw(first).status_code == 200
    assert world.log(minutes=700).status_code == 201


def test_hours_that_another_activity_takes_are_refused_until_it_is_returned(world):
    first = world.logged(starts="22:00", ends="02:00", day=str(YESTERDAY))
    assert code(world.log(starts="01:59", ends="03:00", day=str(TODAY))) == (409, "activity_overlaps")
    assert code(world.log(starts="21:00", ends="22:01")) == (409, "activity_overlaps")
    assert world.log(starts="20:00", ends="22:00").status_code == 201
    assert world.log(world.colleague, starts="22:00", ends="23:00").status_code == 201
    world.decide(first, "return")
    assert world.log(starts="22:00", ends="23:00").status_code == 201


def test_a_sealed_month_takes_neither_activities_nor_answers(world):
    logged = world.logged()
    world.seen(world.employee, frozen=True)
    assert code(world.log()) == (409, "activity_sealed")
    assert code(world.decide(logged)) == (409, "activity_sealed")
    assert code(world.withdraw(logged)) == (409, "activity_sealed")
    assert world.decide_all(ids=[logged]).json["items"][0]["code"] == "activity_sealed"


def test_minutes_outside_presence_are_told_to_who_decides_and_never_cut(world):
    world.seen(world.employee, came="07:30", went="12:00")
    world.seen(world.colleague, status="leave", came=None, went=None)
    inside, outside = world.logged(starts="08:00", ends="12:00"), world.logged(starts="12:00", ends="14:00")
    on_leave = world.logged(person=world.colleague, minutes=30)
    found = {row["id"]: row for row in world.call(world.supervisor, "GET", "/activities").json["items"]}
    assert [found[one]["outside_min"] for one in (inside, outside, on_leave)] == [0, 120, 30]
    assert [found[one]["day_status"] for one in (outside, on_leave)] == ["present", "leave"]
    approved = world.decide(outside)
    assert (approved.json["counted_min"], approved.json["outside_min"]) == (120, 120)


def test_norm_and_volume_make_the_minutes_and_a_later_norm_changes_nothing_that_was_logged(world):
    world.standards(VERIF)
    [norm] = world.call(world.employee, "GET", "/me/activity-standards").json["items"]
    assert (norm["code"], norm["norm_min"], norm["volume_unit"]) == ("VERIF", "7.5", "berkas")
    logged = world.log(minutes=..., standard="VERIF", volume="9").json
    assert (logged["minutes"], logged["standard_name"], logged["volume"], logged["volume_unit"]) == (
        68, "Verifikasi berkas", "9", "berkas",
    )  # fmt: skip
    assert (world.standards(VERIF).added, world.standards(VERIF.replace("7.5", "10")).changed) == (0, 1)
    assert world.log(minutes=..., standard="VERIF", volume="9").json["minutes"] == 90
    assert [row["minutes"] for row in world.call(world.employee, "GET", "/me/activities").json["items"]] == [90, 68]
    tiny = world.log(minutes=..., standard="VERIF", volume="0.01")
    assert code(tiny) == (422, "activity_no_minutes")


@pytest.mark.parametrize(
    ("rows", "norm"),
    [
        ([VERIF, VERIF.replace("DISHUB", "BALI").replace("7.5", "1")], "7.5"),
        ([VERIF.replace("Staf", ""), VERIF.replace("7.5", "1")], "1"),
        ([VERIF.replace("Staf", "").replace("7.5", "2"), VERIF.replace("DISHUB", "BALI")], "2"),
        ([VERIF.replace("Staf", "STAF")], "7.5"),
        ([VERIF.replace("Staf", "Sopir")], None),
        ([VERIF.replace("DISHUB", "BADUNG")], None),
        ([VERIF.replace("2026-01-01", "2100-01-01")], None),
        ([VERIF.replace("2026-01-01,", "2026-01-01,2026-02-01")], None),
        ([VERIF.replace("2026-01-01,", "2025-01-01,"), VERIF.replace("7.5", "3")], "3"),
        ([VERIF.replace("2026-01-01,", "2025-01-01,"), VERIF.replace("2026-01-01,", "2026-01-01,2026-02-01")], None),
    ],
    ids=["nearest unit", "own position first", "unit before position", "case", "another position", "another agency", "not yet",
         "no longer", "the later one", "an end does not bring back the earlier one"],
)  # fmt: skip
def test_the_nearest_norm_of_the_position_on_the_day_counts(world, rows, norm):
    world.standards(*rows)
    items = world.call(world.employee, "GET", "/me/activity-standards").json["items"]
    assert [item["norm_min"] for item in items] == ([] if norm is None else [norm])
    assert world.call(world.employee, "GET", "/me/activity-standards", day="2024-12-31").json["items"] == []


def test_a_file_of_standards_is_brought_in_whole_or_not_at_all(app, world, tmp_path):
    file = tmp_path / "standar.csv"

    def bring(*options):
        answer = app.test_cli_runner().invoke(args=["activities", "standards", str(file), "--lang", "en", *options])
        return answer.exit_code, answer.output, world.session.scalar(text("SELECT count(*) FROM activity_standards"))

    file.write_text(f"{HEAD}\n{VERIF}\n{VERIF.replace('DISHUB', 'ENTAH')}\n")
    status, said, kept = bring()
    assert (status, kept) == (1, 0) and "line 3:" in said and "ENTAH" in said
    file.write_text(f"{HEAD}\n{VERIF}\n")
    assert bring("--dry-run")[0::2] == (0, 0)
    status, said, kept = bring()
    assert (status, kept) == (0, 1) and "1 new standard activities, 0 changed" in said
    assert "0 new standard activities, 0 changed" in bring()[1]


def test_a_superior_approves_adjusts_or_returns_and_every_answer_stays(world):
    logged = world.logged(minutes=90)
    world.logged(minutes=630)  # as much as the day takes beside it: an activity does not stand in its own way
    assert world.decide(logged).json["counted_min"] == 90
    adjusted = world.decide(logged, "adjust", minutes=60, reason="Satu jam saja")
    assert (adjusted.json["status"], adjusted.json["counted_min"], adjusted.json["decision_reason"]) == (
        "adjusted", 60, "Satu jam saja",
    )  # fmt: skip
    assert code(world.decide(logged, "adjust", minutes=60)) == (409, "activity_decided")
    returned = world.decide(logged, "return", person=world.head, reason="Uraikan hasilnya")
    assert (returned.json["status"], returned.json["counted_min"]) == ("returned", 0)
    history = world.call(world.employee, "GET", f"/activities/{logged}").json
    assert [(one["decision"], one["minutes"]) for one in history["decisions"]] == [("approve", 90), ("adjust", 60), ("return", 0)]
    assert history["decisions"][-1]["decided_by"] == world.head.name
    told = make.told(world.session, "activity_decision")
    assert [(one["decision"], one["minutes"], one["by"]) for one in told] == [
        ("approve", 90, world.supervisor.id), ("adjust", 60, world.supervisor.id), ("return", 0, world.head.id),
    ]  # fmt: skip
    assert [one["minutes"] for one in make.told(world.session, "activity")] == [90, 630]


def test_what_is_returned_is_logged_anew_once_on_the_same_day_and_then_stays_returned(world):
    logged = world.logged()
    assert code(world.log(replaces=logged)) == (422, "activity_not_returned")
    world.decide(logged, "return")
    assert code(world.log(replaces=logged, day=str(TODAY))) == (422, "activity_not_returned")
    assert code(world.log(world.colleague, replaces=logged)) == (422, "activity_not_returned")
    again = world.log(replaces=logged, description="Verifikasi 12 berkas izin trayek")
    assert again.status_code == 201
    assert code(world.log(replaces=logged)) == (422, "activity_not_returned")
    first = world.call(world.employee, "GET", f"/activities/{logged}").json
    assert (first["replaced_by"], again.json["replaces"]) == (again.json["id"], logged)
    assert code(world.decide(logged)) == (409, "activity_replaced")


def test_an_answer_that_the_day_has_no_room_for_is_refused(world):
    first = world.logged(minutes=700)
    world.decide(first, "return")
    world.logged(minutes=100)
    assert code(world.decide(first)) == (409, "activity_day_full")
    assert world.decide(first, "adjust", minutes=620).status_code == 200
    assert code(world.decide(first, "adjust", minutes=621)) == (409, "activity_day_full")


def test_one_takes_back_what_nobody_answered_yet_and_only_one_s_own(world):
    logged = world.logged()
    assert code(world.withdraw(logged, world.colleague)) == (404, "unknown_activity")
    assert code(world.withdraw(logged, world.supervisor)) == (404, "unknown_activity")
    assert world.withdraw(logged).json["status"] == "withdrawn"
    assert code(world.withdraw(logged)) == (409, "activity_withdrawn")
    assert code(world.decide(logged)) == (409, "activity_withdrawn")
    answered = world.logged()
    world.decide(answered)
    assert code(world.withdraw(answered)) == (409, "activity_decided")


def test_nobody_decides_about_himself_and_only_superiors_of_the_unit_decide(world):
    own = world.logged(person=world.supervisor)
    assert code(world.decide(own)) == (403, "own_decision")
    assert world.decide_all(ids=[own]).json["items"][0]["code"] == "own_decision"
    assert world.decide_all(waiting={}).json["items"] == []
    assert world.decide(own, person=world.head).status_code == 200
    logged = world.logged()
    for person in (world.stranger, world.neighbour):
        assert code(world.decide(logged, person=person)) == (404, "unknown_activity")
    for person in (world.employee, world.hr, world.auditor, world.admin):
        assert code(world.decide(logged, person=person)) == (403, "role_missing")
        assert code(world.decide_all(person=person, ids=[logged])) == (403, "role_missing")
    assert code(world.decide(2**62)) == (404, "unknown_activity")


def test_an_acting_head_decides_while_his_grant_lasts(world):
    acting, gone = make.person(world.session, world.unit), make.person(world.session, world.unit)
    make.grant(world.session, acting, Role.SUPERVISOR, world.unit, since=TODAY, until=TODAY + timedelta(days=1))
    make.grant(world.session, gone, Role.SUPERVISOR, world.unit, since=TODAY - timedelta(days=30), until=TODAY)
    logged = world.logged()
    assert code(world.decide(logged, person=gone)) == (403, "role_missing")
    assert world.decide(logged, person=acting).status_code == 200


def test_those_who_answer_for_the_unit_of_that_day_and_the_person_read_it(world):
    logged = world.logged()
    for person in (world.supervisor, world.head, world.hr, world.auditor):
        assert [row["id"] for row in world.call(person, "GET", "/activities").json["items"]] == [logged]
        assert world.call(person, "GET", f"/activities/{logged}").status_code == 200
    for person in (world.neighbour, world.stranger):
        assert world.call(person, "GET", "/activities").json["items"] == []
        assert code(world.call(person, "GET", f"/activities/{logged}")) == (404, "unknown_activity")
    for person in (world.colleague, world.admin):
        assert code(world.call(person, "GET", "/activities")) == (403, "role_missing")
        assert code(world.call(person, "GET", f"/activities/{logged}")) == (404, "unknown_activity")
    assert code(world.call(world.supervisor, "GET", "/activities", unit="DINKES")) == (404, "unknown_unit")


def test_who_moved_is_answered_by_the_unit_in_which_it_was_done(world):
    logged = world.logged()
    health = make.unit(world.session, "DINKES")
    world.session.execute(text("UPDATE postings SET until = :day WHERE person_id = :id"), {"day": TODAY, "id": world.employee.id})
    world.session.execute(
        text("INSERT INTO postings (person_id, unit_id, position, kind, since) VALUES (:id, :unit, 'Staf', 'primary', :day)"),
        {"day": TODAY, "id": world.employee.id, "unit": health.id},
    )
    assert code(world.decide(logged, person=world.neighbour)) == (404, "unknown_activity")
    assert world.decide(logged).status_code == 200
    new = world.logged(day=str(TODAY))
    assert code(world.decide(new)) == (404, "unknown_activity") and world.decide(new, person=world.neighbour).status_code == 200


def test_several_are_answered_at_once_and_each_says_what_became_of_it(world):
    ids = [world.logged(minutes=30) for _ in range(3)]
    other = world.logged(person=world.neighbour)
    world.decide(ids[1])
    items = world.decide_all(ids=[*ids, other]).json["items"]
    assert [(item["id"], item["status"], item["code"]) for item in items] == [
        (ids[0], "approved", None), (ids[1], "refused", "activity_decided"), (ids[2], "approved", None),
        (other, "refused", "unknown_activity"),
    ]  # fmt: skip


def test_those_that_wait_are_answered_by_what_they_have_in_common(world):
    mine = [world.logged(minutes=30), world.logged(minutes=40, day=str(TODAY))]
    theirs = world.logged(person=world.colleague)
    answered = world.decide_all(waiting={"nip": world.employee.nip, "until": str(YESTERDAY)}).json["items"]
    assert [item["id"] for item in answered] == [mine[0]]
    answered = world.decide_all("return", person=world.head, waiting={"unit": "DISHUB"}).json["items"]
    assert [(item["id"], item["status"]) for item in answered] == [(mine[1], "returned"), (theirs, "returned")]
    assert code(world.decide_all(waiting={"unit": "DINKES"})) == (404, "unknown_unit")


@pytest.mark.parametrize(
    "body",
    [
        {"decision": "adjust", "reason": "Satu jam"},
        {"decision": "approve", "minutes": 5},
        {"decision": "return", "reason": "x"},
        {"decision": "withdraw", "reason": "Batal"},
    ],
    ids=str,
)
def test_an_answer_that_lacks_its_minutes_or_reason_is_refused(world, body):
    answer = world.call(world.supervisor, "POST", f"/activities/{world.logged()}/decision", body)
    assert code(answer) == (422, "invalid_input")


@pytest.mark.parametrize("body", [{}, {"ids": [1], "waiting": {}}, {"ids": []}, {"decision": "adjust", "ids": [1]}], ids=str)
def test_many_are_named_in_exactly_one_way(world, body):
    assert code(world.decide_all(**{"decision": "approve", **body})) == (422, "invalid_input")


def test_an_approval_needs_no_words(world):
    answer = world.call(world.supervisor, "POST", f"/activities/{world.logged()}/decision", {"decision": "approve"})
    assert answer.status_code == 200


def test_lists_are_narrowed_by_day_person_and_standing_and_paged(world):
    ids = [world.logged(minutes=10, day=str(day)) for day in (YESTERDAY, TODAY, TODAY)]
    world.logged(person=world.colleague)
    world.decide(ids[1])

    def seen(**query):
        return [
            row["id"] for row in world.call(world.supervisor, "GET", "/activities", nip=world.employee.nip, **query).json["items"]
        ]

    assert seen() == [ids[2], ids[1], ids[0]] and seen(status="approved") == [ids[1]]
    assert seen(status="waiting") == [ids[2], ids[0]] and seen(since=str(TODAY)) == [ids[2], ids[1]]
    assert seen(until=str(YESTERDAY)) == [ids[0]] and seen(limit=2) == [ids[2], ids[1]] and seen(after=ids[1]) == [ids[0]]


def test_a_month_says_what_its_minutes_come_to_and_by_which_clause(world):
    month = f"{YESTERDAY:%Y-%m}"
    world.seen(world.employee, came="07:30", went="09:00")
    world.decide(world.logged(minutes=150))
    world.logged(minutes=30)
    own = world.call(world.employee, "GET", "/me/productivity", month=month).json
    expected = {
        "month": month, "approved_min": 150, "waiting_min": 30, "outside_min": 90, "working_days": 1, "neutral_days": 0,
        "asked_min": 300, "productivity_pct": "50", "clause": "indonesia.productivity.2020-01-01",
    }  # fmt: skip
    assert own == expected
    rows = world.call(world.supervisor, "GET", "/productivity", month=month).json["items"]
    assert [row["nip"] for row in rows] == sorted((world.employee.nip, world.colleague.nip, world.supervisor.nip))
    [row] = [row for row in rows if row["nip"] == world.employee.nip]
    assert row == {**expected, "nip": world.employee.nip, "name": world.employee.name, "unit": "DISHUB"}
    [idle] = [row for row in rows if row["nip"] == world.colleague.nip]
    assert (idle["approved_min"], idle["asked_min"], idle["productivity_pct"]) == (0, 0, None)
    page = world.call(world.supervisor, "GET", "/productivity", month=month, limit=1).json
    assert len(page["items"]) == 1 and page["next"] == page["items"][0]["nip"]
    assert code(world.call(world.supervisor, "GET", "/productivity", month=month, unit="BALI")) == (404, "unknown_unit")
    assert code(world.call(world.employee, "GET", "/productivity", month=month)) == (403, "role_missing")
    assert code(world.call(world.employee, "GET", "/me/productivity", month="1999-01")) == (404, "activity_not_employed")
