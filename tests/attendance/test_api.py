"""Attendance over HTTP: what the employee reads about himself, what an official sees, and what a stranger does not."""

from datetime import timedelta
from types import SimpleNamespace

import pytest

from app.attendance.actions import close_day
from tests import make
from tests.attendance.test_store import TONIGHT
from tests.attendance.worlds import TUESDAY, at


@pytest.fixture
def office(session):
    """An office with two people under a head, and another office."""
    agency = make.unit(session)
    unit, other = make.unit(session, "DISHUB", agency), make.unit(session, "DINKES", agency)
    made = SimpleNamespace(
        unit=unit,
        late=make.person(session, unit),
        absent=make.person(session, unit),
        elsewhere=make.person(session, other),
        head=make.person(session, agency),
    )
    make.grant(session, made.head, "supervisor", unit)
    make.checkin(session, made.late, "in", at("08:10:00"), TUESDAY)
    close_day(session, TUESDAY, TONIGHT)
    close_day(session, TUESDAY - timedelta(days=1), TONIGHT)
    return made


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        ("id", ["Jam kerja 07:30 sampai 16:30 WITA.", "Masuk pukul 08:10, terlambat 40 menit.", "Tidak ada absen pulang."]),
        ("en", ["Working hours 07:30 to 16:30 WITA.", "Came in at 08:10, 40 minutes late.", "No check-out was made."]),
    ],
)
def test_my_days_explain_themselves(client, sign_in, office, language: str, sentences: list[str]) -> None:
    answer = client.get("/v1/me/attendance?month=2026-11", headers=sign_in(office.late.id, language))
    assert answer.status_code == 200
    monday, tuesday, *_ = answer.json["items"]
    assert (monday["day"], monday["status"], monday["deduction_pct"]) == ("2026-11-23", "absent", "3")
    assert (tuesday["status"], tuesday["late_min"], tuesday["deduction_pct"], tuesday["is_final"]) == ("present", 40, "2.5", False)
    assert (tuesday["start_at"], tuesday["in_at"]) == ("2026-11-23T23:30:00.000Z", "2026-11-24T00:10:00.000Z")
    assert [line["message"] for line in tuesday["lines"]] == sentences
    assert [line["pct"] for line in tuesday["lines"]] == [None, "1", "1.5"]
    assert [line["clause"] for line in tuesday["lines"]] == [
        "bali.hours.2024-01-02",
        "bali.lateness.2024-01-02",
        "bali.early.2024-01-02",
    ]
    assert {"nip", "name", "unit"}.isdisjoint(tuesday)


def test_another_month_is_empty(client, sign_in, office) -> None:
    assert client.get("/v1/me/attendance?month=2026-10", headers=sign_in(office.late.id)).json == {"items": [], "next": None}


def test_a_head_sees_the_day_of_the_unit_page_by_page(client, sign_in, office) -> None:
    headers = sign_in(office.head.id)
    first = client.get("/v1/attendance?day=2026-11-24&unit=DISHUB&limit=1", headers=headers).json
    rest = client.get(f"/v1/attendance?day=2026-11-24&unit=DISHUB&limit=1&after={first['next']}", headers=headers).json
    seen = [(row["nip"], row["unit"], row["status"]) for row in (*first["items"], *rest["items"])]
    assert seen == [(office.late.nip, "DISHUB", "present"), (office.absent.nip, "DISHUB", "absent")]
    assert rest["next"] is None


def test_without_a_unit_one_s_own_scope_is_meant(client, sign_in, office) -> None:
    items = client.get("/v1/attendance?day=2026-11-24", headers=sign_in(office.head.id)).json["items"]
    assert {row["nip"] for row in items} == {office.late.nip, office.absent.nip}


@pytest.mark.parametrize("unit", ["DINKES", "BALI", "NOWHERE"], ids=["another office", "the agency above", "no such unit"])
def test_out_of_scope_looks_like_not_there(client, sign_in, office, unit: str) -> None:
    answer = client.get(f"/v1/attendance?day=2026-11-24&unit={unit}", headers=sign_in(office.head.id))
    assert (answer.status_code, answer.json["code"]) == (404, "unknown_unit")


@pytest.mark.parametrize(
    ("role", "status"), [("supervisor", 200), ("hr", 200), ("auditor", 200), ("admin", 403), (None, 403)], ids=str
)
def test_who_may_read_a_unit(client, sign_in, session, office, role: str | None, status: int) -> None:
    if role:
        make.grant(session, office.elsewhere, role, office.unit)
    assert client.get("/v1/attendance?day=2026-11-24&unit=DISHUB", headers=sign_in(office.elsewhere.id)).status_code == status


@pytest.mark.parametrize(
    ("address", "field"),
    [
        ("/v1/me/attendance", "/month"),
        ("/v1/me/attendance?month=2026-13", "/month"),
        ("/v1/attendance?day=yesterday", "/day"),
        ("/v1/attendance?day=2026-11-24&limit=1000", "/limit"),
    ],
)
def test_what_is_asked_wrongly_is_pointed_at(client, sign_in, office, address: str, field: str) -> None:
    answer = client.get(address, headers=sign_in(office.head.id))
    assert (answer.status_code, list(answer.json["errors"])) == (422, [field])


@pytest.mark.parametrize("address", ["/v1/me/attendance?month=2026-11", "/v1/attendance?day=2026-11-24"])
def test_nobody_reads_without_signing_in(client, session, address: str) -> None:
    assert client.get(address).status_code == 401
