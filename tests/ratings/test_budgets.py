"""Budget realisation: reported by personnel, a part of Badung's allowance, and the last word counts."""

from datetime import date
from types import SimpleNamespace

import pytest

from app import clock
from app.attendance.actions import close_day
from app.ratings.actions import update_month
from tests import make
from tests.ratings.test_api import BODY

DAY = date(2026, 9, 8)
SAID = {"pct": "80", "source": "Laporan realisasi triwulan III"}


@pytest.fixture
def office(session):
    """Badung with somebody of personnel, a head and a member absent for a day of September: 3 per cent."""
    agency = make.unit(session, "BADUNG", decree="badung")
    unit = make.unit(session, "DISPAR", agency, decree="badung")
    member, head, officer = (make.person(session, unit) for _ in range(3))
    make.grant(session, head, "supervisor", unit)
    make.grant(session, officer, "hr", agency)
    close_day(session, DAY, clock.now())
    update_month(session, DAY, clock.now())
    return SimpleNamespace(member=member, head=head, officer=officer)


@pytest.fixture
def allowance(client, sign_in, office):
    """What the member's September pays, once his head has assessed it."""
    client.put(f"/v1/assessments/{office.member.nip}/2026-09", json=BODY, headers=sign_in(office.head.id))

    def read() -> tuple[str | None, list[str]]:
        (month,) = client.get("/v1/me/ratings", headers=sign_in(office.member.id)).json["items"]
        return month["tpp_pct"], [line["code"] for line in month["breakdown"] if line["part"] == "tpp"]

    return read


def test_until_it_is_reported_the_allowance_is_unknown_and_then_follows_at_once(client, sign_in, office, allowance) -> None:
    assert allowance() == (None, ["rating_tpp_static", "rating_tpp_discipline", "rating_no_budget"])
    headers = sign_in(office.officer.id)
    for unit, pct, tpp in (
        ("BADUNG", "80", "96.55"),
        ("DISPAR", "100", "99.55"),
        ("BADUNG", "0", "99.55"),
        ("DISPAR", "60", "93.55"),
    ):
        put = client.put(f"/v1/budgets/{unit}/2026-Q3", json={**SAID, "pct": pct}, headers=headers)
        assert (put.status_code, put.json["pct"]) == (200, pct)
        assert allowance() == (tpp, ["rating_tpp_static", "rating_tpp_discipline", "rating_tpp_budget"])
        assert client.get(f"/v1/budgets/{unit}/2026-Q3", headers=headers).json == put.json


def test_another_quarter_says_nothing_of_this_one(client, session, sign_in, office, allowance) -> None:
    headers = sign_in(office.officer.id)
    assert client.put("/v1/budgets/BADUNG/2026-Q2", json=SAID, headers=headers).status_code == 200
    update_month(session, DAY, clock.now())
    assert allowance()[0] is None
    assert client.get("/v1/budgets/BADUNG/2026-Q3", headers=headers).json["code"] == "unknown_budget"


def test_the_same_report_again_is_the_same_report(client, sign_in, office) -> None:
    headers = sign_in(office.officer.id)
    first, second = (client.put("/v1/budgets/BADUNG/2026-Q3", json=SAID, headers=headers).json for _ in range(2))
    assert first == second


@pytest.mark.parametrize(
    ("who", "path", "body", "status", "code"),
    [
        ("officer", "/v1/budgets/BADUNG/2999-Q1", SAID, 422, "budget_too_early"),
        ("officer", "/v1/budgets/BADUNG/2026-Q5", SAID, 404, "unknown_quarter"),
        ("officer", "/v1/budgets/BADUNG/2026-09", SAID, 404, "unknown_quarter"),
        ("officer", "/v1/budgets/BALI/2026-Q3", SAID, 404, "unknown_unit"),
        ("officer", "/v1/budgets/BADUNG/2026-Q3", {**SAID, "pct": "100.01"}, 422, "invalid_input"),
        ("officer", "/v1/budgets/BADUNG/2026-Q3", {"pct": "80"}, 422, "invalid_input"),
    ],
    ids=["not begun", "a fifth quarter", "a month", "out of scope", "more than all", "without a source"],
)
def test_what_cannot_be_reported(client, session, sign_in, office, who, path, body, status, code) -> None:
    make.unit(session)
    answer = client.put(path, json=body, headers=sign_in(getattr(office, who).id))
    assert (answer.status_code, answer.json["code"]) == (status, code)


def test_only_personnel_reports(client, sign_in, office) -> None:
    assert client.put("/v1/budgets/DISPAR/2026-Q3", json=SAID, headers=sign_in(office.head.id)).status_code == 403
