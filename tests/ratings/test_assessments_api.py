"""Assessments over HTTP: periods, history, acting heads, what is proposed, and how a unit's predicates spread."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import text

from app import clock
from app.attendance.actions import close_day
from app.people.actions.days import day_of
from app.ratings.rules import VALUES
from tests import make
from tests.laws import in_use
from tests.ratings.test_appraisal import DRAFT

TODAY = day_of(clock.now())
SCORES = {"work_score": "100", "behaviour_score": "90", "has_new_idea": False, "note": "Rapi"}
MONTHLY = SCORES | {"productivity_pct": "80"}
STEPS = {"work_result": "above", "behaviour_result": "as_expected", "behaviour_values": dict.fromkeys(VALUES, "as_expected")}
DAYS = (date(2026, 10, 5), date(2026, 10, 6), date(2026, 10, 7))


@pytest.fixture
def office(session, client, sign_in):
    """An office with a head, two members absent for three days, and somebody of another office."""
    agency = make.unit(session)
    unit = make.unit(session, "DISHUB", agency)
    member, colleague, head = (make.person(session, unit) for _ in range(3))
    stranger = make.person(session, make.unit(session, "DINKES", agency))
    make.grant(session, head, "supervisor", unit)
    make.grant(session, stranger, "supervisor", make.unit(session, "DINKES"))
    for day in DAYS:
        close_day(session, day, clock.now())

    def call(person, method, path, body=None, **query):
        return client.open(f"/v1{path}", method=method, json=body, query_string=query, headers=sign_in(person.id))

    def put(body, period="2026-10", person=head, whom=member):
        return call(person, "PUT", f"/assessments/{whom.nip}/{period}", body)

    names = {"unit": unit, "member": member, "colleague": colleague, "head": head, "stranger": stranger}
    return SimpleNamespace(session=session, call=call, put=put, **names)


def code(answer):
    return answer.status_code, answer.json.get("code")


def test_both_scales_are_answered_with_what_the_law_makes_of_them(office) -> None:
    put = office.put(MONTHLY | STEPS | {"level": "ahli_pertama"})
    assert put.status_code == 200, put.text
    assert (put.json["score"], put.json["predicate"], put.json["grade"], put.json["credit"]) == ("97", "good", "good", "1.04")
    assert (put.json["behaviour_values"]["loyal"], put.json["assessed_by"]) == ("as_expected", office.head.name)
    read = office.call(office.member, "GET", f"/assessments/{office.member.nip}/2026-10")
    assert read.json == put.json
    [told] = make.told(office.session, "assessment")
    assert (told["period"], told["work_result"], told["level"]) == ("2026-10", "above", "ahli_pertama")


def test_scores_alone_are_enough_where_only_pp_30_2019_is_used(office) -> None:
    put = office.put(MONTHLY)
    assert (put.json["score"], put.json["grade"], put.json["credit"], put.json["work_result"]) == ("97", None, None, None)


@pytest.mark.parametrize(
    ("period", "credit"), [("2026-Q3", "6.25"), ("2026-S2", "12.50"), ("2026", "25.00")], ids=["quarter", "half", "year"]
)
def test_longer_periods_are_assessed_beside_the_months_and_touch_no_rating(office, period, credit) -> None:
    put = office.put(SCORES | STEPS | {"level": "ahli_muda"}, period)
    assert (put.status_code, put.json["grade"], put.json["credit"]) == (200, "good", credit)
    assert code(office.call(office.head, "GET", f"/assessments/{office.member.nip}/2026-10")) == (404, "unknown_assessment")
    other = {"2026-Q3": "2026-07", "2026-S2": "2026-Q3", "2026": "2026-S1"}[period]
    assert code(office.call(office.head, "GET", f"/assessments/{office.member.nip}/{other}")) == (404, "unknown_assessment")
    assert office.session.scalar(text("SELECT count(*) FROM ratings")) == 0
    assert make.told(office.session, "assessment")[0]["period"] == period


@pytest.mark.parametrize(
    ("body", "period", "refusal"),
    [
        (SCORES, "2026-10", "assessment_productivity"),
        (MONTHLY, "2026-Q3", "assessment_no_productivity"),
        (MONTHLY | STEPS | {"behaviour_result": "above"}, "2026-10", "assessment_behaviour"),
        (MONTHLY | {"work_result": "above"}, "2026-10", "invalid_input"),
        (MONTHLY | {key: STEPS[key] for key in ("work_result", "behaviour_result")}, "2026-10", "invalid_input"),
        (MONTHLY | STEPS | {"behaviour_values": {"loyal": "above"}}, "2026-10", "invalid_input"),
        (MONTHLY | STEPS | {"work_result": "a"}, "2026-10", "invalid_input"),
        (MONTHLY | {"level": "ahli_muda"}, "2026-10", "invalid_input"),
        (MONTHLY | STEPS | {"level": "eselon"}, "2026-10", "invalid_input"),
        (MONTHLY | {"grade": "very_good"}, "2026-10", "invalid_input"),
        (SCORES, f"{TODAY.year + 1}", "assessment_too_early"),
    ],
    ids=str,
)
def test_what_cannot_be_judged_so_is_refused(office, body, period, refusal) -> None:
    assert code(office.put(body, period)) == (422, refusal)


def test_every_assessment_stays_and_the_last_one_counts(office) -> None:
    office.put(MONTHLY | STEPS)
    office.put(MONTHLY | STEPS | {"work_result": "below"})
    office.put(MONTHLY | STEPS | {"work_result": "below"})
    history = office.call(office.member, "GET", f"/assessments/{office.member.nip}/2026-10/history").json["items"]
    assert [one["grade"] for one in history] == ["needs_improvement", "good"]
    assert office.call(office.member, "GET", f"/assessments/{office.member.nip}/2026-10").json == history[0]
    assert code(office.call(office.stranger, "GET", f"/assessments/{office.member.nip}/2026-10/history")) == (404, "unknown_person")


def test_an_acting_head_assesses_while_his_grant_lasts_and_nobody_himself(office) -> None:
    acting, gone = make.person(office.session, office.unit), make.person(office.session, office.unit)
    make.grant(office.session, acting, "supervisor", office.unit, since=TODAY, until=TODAY + timedelta(days=1))
    make.grant(office.session, gone, "supervisor", office.unit, since=TODAY - timedelta(days=9), until=TODAY)
    assert code(office.put(MONTHLY | STEPS, person=gone)) == (403, "role_missing")
    assert code(office.put(MONTHLY | STEPS, person=acting, whom=acting)) == (403, "own_decision")
    assert office.put(MONTHLY | STEPS, person=acting).json["assessed_by"] == acting.name


def test_the_evidence_proposes_and_assesses_nobody(office) -> None:
    proposed = office.call(office.head, "GET", f"/assessments/{office.member.nip}/2026-10/proposal")
    assert (proposed.json["work_result"], proposed.json["behaviour_result"], proposed.json["productivity_pct"]) == (
        "below", "below", "0",
    )  # fmt: skip
    assert (proposed.json["days"]["absent"], proposed.json["approved_min"], proposed.json["asked_min"]) == (3, 0, 900)
    assert [reason["code"] for reason in proposed.json["reasons"]] == ["proposal_work_below", "proposal_behaviour_below"]
    assert "mulai 3 hari" in proposed.json["reasons"][1]["message"]
    assert code(office.call(office.head, "GET", f"/assessments/{office.member.nip}/2026-10")) == (404, "unknown_assessment")
    own = office.call(office.member, "GET", f"/assessments/{office.member.nip}/2026-10/proposal")
    assert own.json == proposed.json
    assert code(office.call(office.colleague, "GET", f"/assessments/{office.member.nip}/2026-10/proposal")) == (
        404,
        "unknown_person",
    )


def test_a_unit_s_predicates_are_counted_once_each_beside_the_guide(office) -> None:
    office.put(MONTHLY | STEPS)
    office.put(MONTHLY | STEPS | {"behaviour_result": "above", "behaviour_values": dict.fromkeys(VALUES, "above")})
    office.put(MONTHLY, whom=office.colleague)

    def spread(person=office.head, organisation="outstanding", **asked):
        asked = {"unit": "DISHUB", "period": "2026-10", "organisation": organisation} | asked
        return office.call(person, "GET", "/assessments/distribution", **asked)

    found = spread().json
    assert (found["people"], found["unassessed"], found["counts"]["very_good"], found["counts"]["good"]) == (3, 2, 1, 0)
    assert found["guide"] == [
        {"grade": "very_good", "least_pct": None, "most_pct": "70", "somebody_below": False, "people": 1, "pct": "100",
         "is_kept": False},
    ]  # fmt: skip
    assert spread(period="2026-09").json["unassessed"] == 3
    assert code(spread(unit="DINKES")) == (404, "unknown_unit")
    assert code(spread(period="kemarin")) == (404, "unknown_period")
    assert code(spread(organisation="hebat")) == (422, "invalid_input")
    assert code(spread(person=office.member)) == (403, "role_missing")


def test_where_activities_say_it_the_rating_follows_approved_minutes_and_no_figure_is_taken(
    session, client, sign_in, tmp_path
) -> None:
    from app.ratings.actions import list_due, rate_marked

    (tmp_path / "sikepo.toml").write_text(DRAFT.replace('basis = "bali"', 'basis = "indonesia"'))
    with in_use(tmp_path):
        unit = make.unit(session, "SIKEPO", decree="sikepo")
        member, head = make.person(session, unit), make.person(session, unit)
        make.grant(session, head, "supervisor", unit)
        yesterday = TODAY - timedelta(days=1)
        make.day_record(session, member, yesterday)
        logged = client.post(
            "/v1/me/activities",
            json={"day": str(yesterday), "description": "Verifikasi berkas", "minutes": 240},
            headers=sign_in(member.id),
        ).json["id"]
        month = yesterday.replace(day=1)
        rate_marked(session, month, clock.now(), [member.id])
        assert member.id not in list_due(session, month)
        headers = sign_in(member.id)
        assert client.get("/v1/me/ratings", headers=headers).json["items"][0]["tpp_pct"] == "40"
        client.post(f"/v1/activities/{logged}/decision", json={"decision": "approve"}, headers=sign_in(head.id))
        assert member.id in list_due(session, month)  # the night rates him anew
        assert rate_marked(session, month, clock.now(), [member.id]) == 1
        [rating] = client.get("/v1/me/ratings", headers=headers).json["items"]
        assert (rating["productivity_pct"], rating["tpp_pct"], rating["score"]) == ("80", "88", None)
        address = f"/v1/assessments/{member.nip}/{yesterday:%Y-%m}"
        refused = client.put(address, json=MONTHLY, headers=sign_in(head.id))
        assert (refused.status_code, refused.json["code"]) == (422, "assessment_no_productivity")
        assert client.put(address, json=SCORES, headers=sign_in(head.id)).status_code == 200
        [rating] = client.get("/v1/me/ratings", headers=headers).json["items"]
        assert (rating["productivity_pct"], rating["tpp_pct"], rating["score"]) == ("80", "88", "97")
