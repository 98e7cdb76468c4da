"""Ratings over HTTP: figures with sentences that add up, assessments by superiors only."""

from datetime import date
from decimal import Decimal
from types import SimpleNamespace

import pytest

from app import clock
from app.attendance.actions import close_day
from app.ratings.actions import update_month
from tests import make

DAYS = (date(2026, 9, 7), date(2026, 10, 5))
BODY = {"productivity_pct": "80", "work_score": "112.5", "behaviour_score": 110, "has_new_idea": False, "note": "Rapi"}


@pytest.fixture
def office(session):
    """An office with a head, a member absent one day in two months, and somebody of another office."""
    agency = make.unit(session)
    unit = make.unit(session, "DISHUB", agency)
    member, head = make.person(session, unit), make.person(session, unit)
    stranger = make.person(session, make.unit(session, "DINKES", agency))
    make.grant(session, head, "supervisor", unit)
    for day in DAYS:
        close_day(session, day, clock.now())
        update_month(session, day, clock.now())
    return SimpleNamespace(unit=unit, member=member, head=head, stranger=stranger)


def test_my_months_come_newest_first_with_a_breakdown_that_adds_up(client, sign_in, office) -> None:
    headers = sign_in(office.member.id)
    page = client.get("/v1/me/ratings?limit=1", headers=headers).json
    rest = client.get(f"/v1/me/ratings?limit=1&after={page['next']}", headers=headers).json
    (october,), (september,) = page["items"], rest["items"]
    assert (october["month"], september["month"], rest["next"]) == ("2026-10", "2026-09", None)
    assert (october["discipline_pct"], october["tpp_pct"], october["provisional"]) == ("97", None, True)
    assert [line["message"] for line in october["breakdown"]] == [
        "Disiplin penuh.",
        "Tidak hadir tanpa keterangan pada 1 hari.",
        "Belum dinilai oleh atasan langsung.",
        "Belum dinilai oleh atasan langsung.",
    ]
    assert sum(Decimal(line["pct"]) for line in october["breakdown"] if line["part"] == "discipline") == Decimal(97)


def test_a_superior_assesses_and_the_rating_follows_at_once(client, sign_in, office) -> None:
    headers = sign_in(office.head.id, "en")
    put = client.put(f"/v1/assessments/{office.member.nip}/2026-10", json=BODY, headers=headers)
    assert (put.status_code, put.json["work_score"], put.json["note"]) == (200, "112.5", "Rapi")
    read = client.get(f"/v1/assessments/{office.member.nip}/2026-10", headers=sign_in(office.member.id))
    assert read.json == put.json
    items = client.get("/v1/ratings?month=2026-10&unit=DISHUB", headers=headers).json["items"]
    rated = next(row for row in items if row["nip"] == office.member.nip)
    assert (rated["tpp_pct"], rated["score"], rated["predicate"]) == ("86.8", "111.75", "good")
    assert rated["breakdown"][-1]["message"] == "The score would reach a higher predicate, but that one needs a new idea or way."


def test_a_superior_sees_his_units_and_nobody_else(client, sign_in, office) -> None:
    headers = sign_in(office.head.id)
    items = client.get("/v1/ratings?month=2026-10", headers=headers).json["items"]
    assert {row["nip"] for row in items} == {office.member.nip, office.head.nip}
    assert all(row["unit"] == "DISHUB" for row in items)
    for unit in ("DINKES", "BALI", "NOWHERE"):
        answer = client.get(f"/v1/ratings?month=2026-10&unit={unit}", headers=headers)
        assert (answer.status_code, answer.json["code"]) == (404, "unknown_unit")


def test_a_unit_s_month_is_paged_by_nip(client, sign_in, office) -> None:
    headers = sign_in(office.head.id)
    first = client.get("/v1/ratings?month=2026-10&limit=1", headers=headers).json
    rest = client.get(f"/v1/ratings?month=2026-10&limit=1&after={first['next']}", headers=headers).json
    assert [row["nip"] for row in (*first["items"], *rest["items"])] == sorted([office.member.nip, office.head.nip])


@pytest.mark.parametrize(
    ("who", "whom", "period", "status", "code"),
    [
        pytest.param("head", "head", "2026-10", 403, "own_decision", id="oneself"),
        pytest.param("head", "stranger", "2026-10", 404, "unknown_person", id="out of scope"),
        pytest.param("member", "head", "2026-10", 403, "role_missing", id="an employee his head"),
        pytest.param("head", "member", "2026-1", 404, "unknown_period", id="no such period"),
        pytest.param("head", "member", "9999-12", 422, "assessment_too_early", id="a month to come"),
    ],
)
def test_who_may_not_assess(client, sign_in, office, who: str, whom: str, period: str, status: int, code: str) -> None:
    address = f"/v1/assessments/{getattr(office, whom).nip}/{period}"
    answer = client.put(address, json=BODY, headers=sign_in(getattr(office, who).id))
    assert (answer.status_code, answer.json["code"]) == (status, code)


@pytest.mark.parametrize("role", ["hr", "admin", "auditor"])
def test_only_superiors_assess(client, sign_in, session, office, role: str) -> None:
    make.grant(session, office.stranger, role, office.unit)
    answer = client.put(f"/v1/assessments/{office.member.nip}/2026-10", json=BODY, headers=sign_in(office.stranger.id))
    assert (answer.status_code, answer.json["code"]) == (403, "role_missing")


@pytest.mark.parametrize(
    ("who", "whom", "code"),
    [("member", "member", "unknown_assessment"), ("member", "head", "unknown_person"), ("stranger", "member", "unknown_person")],
)
def test_an_assessment_that_is_not_mine_to_read_is_not_there(client, sign_in, office, who: str, whom: str, code: str) -> None:
    answer = client.get(f"/v1/assessments/{getattr(office, whom).nip}/2026-10", headers=sign_in(getattr(office, who).id))
    assert (answer.status_code, answer.json["code"]) == (404, code)


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"productivity_pct": "100.01"}, "/productivity_pct"),
        ({"productivity_pct": "-1"}, "/productivity_pct"),
        ({"work_score": "120.01"}, "/work_score"),
        ({"work_score": "99.999"}, "/work_score"),
        ({"behaviour_score": "NaN"}, "/behaviour_score"),
        ({"has_new_idea": "maybe"}, "/has_new_idea"),
        ({"predicate": "very_good"}, "/predicate"),
        ({"assessed_at": "2026-11-24T00:00:00Z"}, "/assessed_at"),
        ({"note": "x" * 2001}, "/note"),
    ],
    ids=lambda value: str(value)[:40],
)
def test_a_wrong_figure_is_pointed_at(client, sign_in, office, change: dict, place: str) -> None:
    address = f"/v1/assessments/{office.member.nip}/2026-10"
    answer = client.put(address, json=BODY | change, headers=sign_in(office.head.id))
    assert (answer.status_code, list(answer.json["errors"])) == (422, [place])


@pytest.mark.parametrize("address", ["/v1/me/ratings", "/v1/ratings?month=2026-10", "/v1/assessments/1/2026-10"])
def test_nobody_reads_without_signing_in(client, session, address: str) -> None:
    assert client.get(address).status_code == 401
