"""Findings over HTTP: each sees his part, and a stranger sees nothing."""

import pytest

from app.anomalies import actions
from tests import make

from .test_actions import DAY, NOW, crowd

REASON = {"decision": "dismiss", "reason": "Ponsel dinas dipakai bergantian"}


@pytest.fixture
def world(session, client, sign_in):
    """Three found together, their head, and an officer of another agency; `as_x` are their headers."""
    unit = make.unit(session, "DISHUB", make.unit(session))
    people = [make.person(session, unit) for _ in range(3)]
    head, officer, auditor = (make.person(session) for _ in range(3))
    make.grant(session, head, "supervisor", unit)
    make.grant(session, officer, "hr", make.unit(session, "JATENG"))
    make.grant(session, auditor, "auditor", make.unit(session))
    crowd(session, *people)
    assert actions.scan_day(session, DAY, NOW) == 3
    signed_in = {"people": people[0], "colleague": people[1], "head": head, "officer": officer, "auditor": auditor}
    return {"person": people[0], "three": people, **{f"as_{name}": sign_in(person.id, "en") for name, person in signed_in.items()}}


def ids(client, headers, query=""):
    answer = client.get(f"/v1/findings{query}", headers=headers)
    assert answer.status_code == 200, answer.json
    return [item["id"] for item in answer.json["items"]]


def test_a_supervisor_reads_findings_with_their_sentence_and_honest_rate(client, world):
    items = client.get("/v1/findings?status=open&unit=DISHUB&kind=shared_coordinates", headers=world["as_head"]).json["items"]
    assert len(items) == 3
    assert items[0]["sentence"].startswith("The coordinate is exactly that of 2 other people within the same 10 minutes.")
    assert (items[0]["severity"], items[0]["honest_rate"], items[0]["status"], items[0]["unit"]) == (
        "strong",
        "0.00004",
        "open",
        "DISHUB",
    )


def test_pages_hold_every_finding_once(client, world):
    first = client.get("/v1/findings?limit=2", headers=world["as_head"]).json
    rest = client.get(f"/v1/findings?limit=2&after={first['next']}", headers=world["as_head"]).json
    assert len({item["id"] for item in first["items"] + rest["items"]}) == 3 and rest["next"] is None


def test_evidence_shows_ones_own_check_in_and_nobody_elses(client, world):
    finding = client.get("/v1/me/findings", headers=world["as_people"]).json["items"][0]
    card = client.get(f"/v1/findings/{finding['id']}", headers=world["as_people"])
    assert [shown["direction"] for shown in card.json["checkins"]] == ["in"]


def test_each_person_sees_his_own_finding_only(client, world):
    mine = client.get("/v1/me/findings", headers=world["as_people"]).json["items"]
    assert len(mine) == 1 and "nip" not in mine[0]
    assert client.get(f"/v1/findings/{mine[0]['id']}", headers=world["as_colleague"]).status_code == 404


def test_a_stranger_sees_nothing(client, world):
    some = ids(client, world["as_head"])[0]
    assert ids(client, world["as_officer"]) == []
    assert client.get("/v1/findings?unit=DISHUB", headers=world["as_officer"]).status_code == 404
    for one in (some, 0, 10**30):
        assert client.get(f"/v1/findings/{one}", headers=world["as_officer"]).json["code"] == "unknown_finding"
    assert client.post(f"/v1/findings/{some}/decision", json=REASON, headers=world["as_officer"]).status_code == 404
    assert client.get("/v1/findings", headers=world["as_people"]).status_code == 403
    assert client.get("/v1/findings").status_code == 401


def test_an_auditor_reads_and_does_not_decide(client, world):
    some = ids(client, world["as_auditor"])[0]
    assert client.post(f"/v1/findings/{some}/decision", json=REASON, headers=world["as_auditor"]).status_code == 403


def test_a_decision_is_shown_to_the_person_with_its_reason(client, world):
    mine = client.get("/v1/me/findings", headers=world["as_people"]).json["items"][0]["id"]
    decided = client.post(f"/v1/findings/{mine}/decision", json=REASON, headers=world["as_head"])
    assert (decided.status_code, decided.json["status"]) == (200, "dismiss")
    told = client.get("/v1/me/findings", headers=world["as_people"]).json["items"][0]
    assert (told["status"], told["decision_reason"]) == ("dismiss", REASON["reason"])
    assert mine not in ids(client, world["as_head"], "?status=open")
    assert client.post(f"/v1/findings/{mine}/decision", json=REASON, headers=world["as_head"]).json["code"] == "finding_decided"


def test_several_get_one_answer_and_each_says_what_became_of_it(client, world):
    some = ids(client, world["as_head"])
    answer = client.post("/v1/findings/decisions", json={**REASON, "ids": [*some, 2**63, 10**9]}, headers=world["as_head"])
    assert [item["status"] for item in answer.json["items"]] == ["decided"] * 3 + ["refused"] * 2
    assert answer.json["items"][-1]["message"] == "There is no finding 1000000000."


@pytest.mark.parametrize(
    "body, place",
    [
        ({"decision": "maybe", "reason": "abc"}, "/decision"),
        ({"decision": "partial", "reason": "abc"}, "/checkins"),
        ({"decision": "uphold", "reason": "x"}, "/reason"),
        ({"decision": "uphold"}, "/reason"),
        ({**REASON, "by": 1}, "/by"),
    ],
    ids=["another decision", "a part of nothing", "no real reason", "no reason", "something more"],
)
def test_a_decision_that_is_none_is_refused_where_it_is_wrong(client, world, body, place):
    some = ids(client, world["as_head"])[0]
    answer = client.post(f"/v1/findings/{some}/decision", json=body, headers=world["as_head"])
    assert answer.status_code == 422 and place in answer.json["errors"]


def test_a_person_replies_and_appeals_and_reads_every_step_with_the_name_of_who_took_it(client, session, world):
    from app import clock

    crowd(session, *world["three"], minute=300)
    actions.scan_day(session, DAY, clock.now())
    mine = client.get("/v1/me/findings", headers=world["as_people"]).json["items"][0]
    path = f"/v1/me/findings/{mine['id']}"
    uphold = {"decision": "uphold", "reason": "Tidak meyakinkan"}
    assert client.post(f"/v1/findings/{mine['id']}/decision", json=uphold, headers=world["as_head"]).json["code"] == "reply_awaited"
    said = client.post(f"{path}/reply", json={"reason": "Saya di kantor", "evidence": "CCTV"}, headers=world["as_people"])
    assert said.status_code == 201 and [step["step"] for step in said.json["steps"]] == ["reply"]
    decided = client.post(f"/v1/findings/{mine['id']}/decision", json=uphold, headers=world["as_head"]).json
    assert (decided["status"], decided["due_at"], decided["waits_at"]) == ("uphold", None, None)
    told = client.post(f"{path}/appeal", json={"reason": "Ada saksi"}, headers=world["as_people"]).json
    assert [(step["step"], step["answer"]) for step in told["steps"]] == [("reply", None), ("decision", "uphold"), ("appeal", None)]
    assert told["steps"][1]["by"].startswith("Pegawai") and not told["is_final"]
    assert client.post(f"{path}/appeal", json={"reason": "Lagi"}, headers=world["as_people"]).json["code"] == "nothing_to_appeal"
    assert client.post(f"{path}/reply", json={"reason": "Lagi"}, headers=world["as_colleague"]).status_code == 404
    answer = client.post(f"/v1/findings/{mine['id']}/decision", json=uphold, headers=world["as_head"])
    assert (answer.status_code, answer.json["code"]) == (403, "next_level")


def test_the_overdue_list_says_where_each_waits_and_the_summary_counts_them(client, world):
    late = client.get("/v1/findings?overdue=true", headers=world["as_head"]).json["items"]
    assert [(item["is_overdue"], item["waits_at"]) for item in late] == [(True, "BALI")] * 3
    summary = client.get("/v1/findings/summary?kind=shared_coordinates", headers=world["as_head"]).json
    assert (summary["waiting"], summary["overdue"], len(summary["items"])) == (3, 3, 3)
    assert summary["items"][0]["oldest_at"] == late[0]["found_at"]
    assert client.get("/v1/findings/summary", headers=world["as_officer"]).json["items"] == []
    one = client.get(f"/v1/findings?nip={late[0]['nip']}", headers=world["as_head"]).json["items"]
    assert [item["id"] for item in one] == [late[0]["id"]]
    assert client.get("/v1/findings?since=2026-01-14", headers=world["as_head"]).json["items"] == []


def test_a_cause_is_decided_at_once_and_either_ids_or_a_cause_are_named(client, world):
    cause = {"kind": "shared_coordinates", "unit": "DISHUB"}
    both = {**REASON, "ids": [1], "cause": cause}
    for wrong in (both, REASON):
        assert client.post("/v1/findings/decisions", json=wrong, headers=world["as_head"]).status_code == 422
    answer = client.post("/v1/findings/decisions", json={**REASON, "cause": cause}, headers=world["as_head"])
    assert [item["status"] for item in answer.json["items"]] == ["decided"] * 3
