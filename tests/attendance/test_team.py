"""The team as the running day stands: derived when asked, the same as would be recorded, and nothing of it kept."""

import pytest
from sqlalchemy import func, select

from app import clock
from app.attendance.actions import close_day
from app.attendance.store import DayRecord
from app.people.actions.days import day_of
from tests import make


@pytest.fixture
def head(session):
    """The head of an office of three, one of whom has just come in; beside it another office."""
    agency = make.unit(session)
    unit, other = make.unit(session, "DISHUB", agency), make.unit(session, "DINKES", agency)
    here, _, _ = (make.person(session, unit) for _ in range(3))
    make.person(session, other)
    now = clock.now()
    make.checkin(session, here, "in", now, day_of(now))
    head = make.person(session, agency)
    make.grant(session, head, "supervisor", unit)
    return head


def test_the_team_is_what_the_night_would_record_now(client, sign_in, session, head) -> None:
    seen = client.get("/v1/team", headers=sign_in(head.id)).json["items"]
    assert len(seen) == 3
    assert session.scalar(select(func.count()).select_from(DayRecord)) == 0, "looking writes nothing"
    now = clock.now()
    close_day(session, day_of(now), now)
    kept = client.get(f"/v1/attendance?day={day_of(now)}", headers=sign_in(head.id)).json["items"]
    assert {day.pop("standing") for day in seen} == {"running"} and {day.pop("standing") for day in kept} == {"recorded"}
    assert [timeless(day) for day in seen] == [timeless(day) for day in kept]


def timeless(day):
    return {name: said for name, said in day.items() if name not in ("derived_at", "standing_message")}


def test_the_team_comes_page_by_page(client, sign_in, head) -> None:
    headers = sign_in(head.id)
    first = client.get("/v1/team?limit=2", headers=headers).json
    rest = client.get(f"/v1/team?limit=2&after={first['next']}", headers=headers).json
    assert [len(first["items"]), len(rest["items"]), rest["next"]] == [2, 1, None]


@pytest.mark.parametrize("unit", ["DINKES", "BALI", "NOWHERE"])
def test_out_of_scope_looks_like_not_there(client, sign_in, head, unit: str) -> None:
    assert client.get(f"/v1/team?unit={unit}", headers=sign_in(head.id)).status_code == 404
