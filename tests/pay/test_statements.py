"""Statements over HTTP and against the database: the recap's own figures, the reasons, and who may read them."""

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import text

from app.access import Role
from app.pay import actions, rules
from app.ratings.actions import Judged, assess, update_month
from app.recaps import actions as recaps
from tests import make
from tests.anomalies.test_actions import DAY as FOUND_ON
from tests.pages import poppler, words_of
from tests.pay.test_bases import HEAD, SOURCE
from tests.recaps.test_store import NOW, OCTOBER, World

MONTH = "2026-10"


@pytest.fixture
def world(session):
    made = World(session)
    made.holders = {}
    for role, unit in (("supervisor", made.dishub), ("hr", made.bali), ("auditor", made.bali), ("admin", made.bali)):
        made.holders[role] = make.person(session, made.badung)
        make.grant(session, made.holders[role], Role(role), unit)
    return made


def judge(session, world, person) -> None:
    """80 of productivity, as the superior of DISHUB says."""
    from app.people.store import actor_for
    from tests.conftest import begin_family

    head = world.holders["supervisor"]
    by = actor_for(session, head.id, begin_family(head.id), date(2026, 11, 2))
    assess(session, person.nip, OCTOBER, Judged(Decimal(80), Decimal(100), Decimal(90), False, ""), by, NOW)


def pay_bases(session, world, amount: int = 4_500_000) -> None:
    words = f"{HEAD},BALI,Staf,{amount},2026-01-01,{SOURCE}\n"
    assert actions.import_bases(session, rules.parse(words.encode()), None, NOW, False).is_written


def seal(session) -> None:
    session.execute(text("UPDATE day_records SET frozen_at = :now"), {"now": NOW})
    update_month(session, OCTOBER, NOW)


@pytest.fixture
def read(client, sign_in, world):
    def call(reader, nip, month=MONTH, language="id"):
        person = world.holders.get(reader) or getattr(world, reader)
        return client.get(f"/v1/statements/{nip}/{month}", headers=sign_in(person.id, language))

    return call


def test_statements_add_up_to_the_recap_and_to_the_day_records(session, world):
    sums = dict.fromkeys(("late_min", "early_min", "deduction_pct"), Decimal(0))
    for recap in recaps.stream_recaps(session, OCTOBER, [world.bali.path]):
        told = actions.statement_of(session, recap.member.nip, OCTOBER, None, NOW)
        for name in sums:
            assert getattr(told.sums, name) == getattr(recap.counts, name)
            sums[name] += getattr(told.sums, name)
        assert sum(cost.pct for cost in told.costs) == recap.counts.deduction_pct
        assert told.rating is not None and told.rating.discipline_pct == recap.rated.discipline_pct
    query = (
        "SELECT sum(late_min), sum(early_min), sum(deduction_pct) FROM day_records JOIN units ON units.id = unit_id"
        " WHERE path <@ 'BALI' AND day BETWEEN '2026-10-01' AND '2026-10-31'"
    )
    assert tuple(session.execute(text(query)).one()) == tuple(sums.values())
    assert sums["late_min"] == 36 and sums["deduction_pct"] > 59


def test_a_person_reads_every_reason_and_every_rupiah(session, world, read):
    judge(session, world, world.late)
    pay_bases(session, world)
    told = read("late", world.late.nip).json
    assert (told["unit"], told["position"], told["month"], told["is_final"]) == ("DISHUB", "Staf", MONTH, False)
    late = told["costs"][0]
    assert (late["day"], late["code"], late["minutes"], late["pct"]) == ("2026-10-01", "day_late", 35, "1")
    assert late["message"] == "Masuk pukul 08:05, terlambat 35 menit." and late["source"].startswith("Pola umum TPP daerah")
    money = told["money"]
    assert (money["tpp_pct"], money["base_rupiah"], money["base_source"]) == ("64.4", 4_500_000, SOURCE)
    assert sum(step["rupiah"] for step in money["steps"]) == money["paid_rupiah"] == 4_500_000 * 644 // 1000
    assert sum(Decimal(step["pct"]) for step in money["steps"]) == Decimal("64.4")
    assert len([step for step in money["steps"] if step["code"] == "day_absent"]) == 18
    first = told["days"][0]
    assert (first["day"], first["late_min"], first["in_at"]) == ("2026-10-01", 35, "2026-10-01T00:05:00.000Z")
    assert {"code": "day_late", "message": late["message"], "pct": "1", "clause": late["clause"]} in first["lines"]
    assert len(told["days"]) == 31
    assert any("bali" in said for said in first["trace"]) and any("08:05" in said for said in first["trace"])


def test_an_open_month_is_corrected_and_a_sealed_one_contested_until_a_day(session, world, read):
    contest = read("late", world.late.nip).json["contest"]
    assert contest["until"] is None and "koreksi" in contest["ways"][0]
    seal(session)
    told = read("late", world.late.nip, language="en").json
    assert told["is_final"] and told["sealed_at"] == "2026-11-02T01:00:00.000Z"
    assert told["contest"]["until"] == "2026-12-07" and "object in writing" in told["contest"]["ways"][0]
    assert told["contest"]["clause"] == "indonesia.contest.2014-10-17" and told["contest"]["quality"] == "G"


def test_what_is_not_known_is_said(session, world, read):
    assert read("late", world.late.nip).json["money"]["missing"] == "statement_unassessed"
    judge(session, world, world.late)
    money = read("late", world.late.nip, language="en").json["money"]
    assert (money["missing"], money["paid_rupiah"]) == ("statement_no_base", None) and "only per cents" in money["message"]
    session.execute(text("UPDATE day_records SET lines = '[]', deduction_pct = 0 WHERE day = '2026-10-01'"))
    assert read("late", world.late.nip).json["money"]["missing"] == "statement_behind"
    session.execute(text("DELETE FROM ratings"))
    assert read("late", world.late.nip).json["money"]["missing"] == "statement_unrated"


def test_an_open_finding_stands_with_the_time_to_reply(session, client, sign_in):
    from app.anomalies import actions as anomalies
    from app.attendance.actions import close_day
    from tests.anomalies.test_actions import NOW as THEN
    from tests.anomalies.test_actions import crowd

    people = [make.person(session, make.unit(session, "DISHUB")) for _ in range(3)]
    crowd(session, *people)
    close_day(session, FOUND_ON, THEN)
    anomalies.scan_day(session, FOUND_ON, THEN)
    told = client.get(f"/v1/statements/{people[0].nip}/{FOUND_ON:%Y-%m}", headers=sign_in(people[0].id)).json
    (finding,) = told["contest"]["findings"]
    assert (finding["day"], finding["status"], finding["appeal_until"]) == (str(FOUND_ON), "open", None)
    assert len(told["contest"]["ways"]) == 2


@pytest.mark.parametrize("reader", ["supervisor", "hr", "auditor"])
def test_those_who_answer_for_him_read_it_too(world, read, reader):
    assert read(reader, world.late.nip).json["nip"] == world.late.nip


@pytest.mark.parametrize("reader", ["admin", "good", "elsewhere"])
def test_for_everybody_else_there_is_no_such_person(world, read, reader):
    answer, nobody = read(reader, world.late.nip), read(reader, "199901012020011999")
    assert (answer.status_code, answer.json["code"]) == (nobody.status_code, nobody.json["code"]) == (404, "unknown_person")


def test_a_supervisor_loses_whom_another_unit_has_taken_over(world, read):
    assert read("supervisor", world.moved.nip).json["code"] == "unknown_person"
    assert read("hr", world.moved.nip).json["unit"] == "DISKES"


@pytest.mark.parametrize(
    ("nip", "month", "code"),
    [
        ("x", MONTH, "unknown_person"),
        (None, "2026-13", "unknown_month"),
        (None, "2027-01", "unknown_statement"),
    ],
)
def test_what_is_no_statement_is_not_found(world, read, nip, month, code):
    answer = read("late", nip or world.late.nip, month)
    assert (answer.status_code, answer.json["code"]) == (404, code)


@poppler
@pytest.mark.parametrize("language", ["id", "en"])
def test_the_same_stands_on_paper_in_both_languages(session, world, client, sign_in, tmp_path, language):
    judge(session, world, world.late)
    pay_bases(session, world)
    seal(session)
    address = f"/v1/statements/{world.late.nip}/{MONTH}.pdf"
    answer = client.get(address, headers=sign_in(world.late.id, language))
    assert (answer.status_code, answer.mimetype, answer.headers["Content-Language"]) == (200, "application/pdf", language)
    words = "".join(words_of(tmp_path, answer.data).split())
    told = client.get(address.removesuffix(".pdf"), headers=sign_in(world.late.id, language)).json
    for sentence in (told["costs"][0]["message"], *told["contest"]["ways"], told["costs"][0]["source"][:40], world.late.nip):
        assert "".join(sentence.split()) in words
    assert ("2.898.000" if language == "id" else "2,898,000") in words and told["money"]["paid_rupiah"] == 2_898_000


def test_a_stranger_gets_no_paper(world, client, sign_in):
    answer = client.get(f"/v1/statements/{world.late.nip}/{MONTH}.pdf", headers=sign_in(world.good.id))
    assert (answer.status_code, answer.json["code"]) == (404, "unknown_person")
