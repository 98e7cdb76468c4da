"""A person takes away everything that is held about him, and nothing about anybody else."""

import json

import pytest
from sqlalchemy import text

from app import clock, db
from app.audits.store import held
from tests import make
from tests.anomalies.test_looks import HOME, world  # noqa: F401 - a fixture


def test_every_table_is_in_the_export_or_says_why_not() -> None:
    """Whoever adds a table finds this red: it is about people, or it is left out for a reason."""
    every = set(db.Base.metadata.tables)
    assert every - set(held.tables()) - set(held.LEFT_OUT) == set()
    assert set(held.tables()) & set(held.LEFT_OUT) == set() == set(held.LEFT_OUT) - every


def test_the_export_holds_ones_own_check_ins_positions_findings_and_who_looked(client, world) -> None:  # noqa: F811
    client.get(world["address"], headers=world["as_supervisor"])
    answer = client.get("/v1/me/export", headers=world["as_person"])
    assert answer.status_code == 200 and answer.headers["Content-Disposition"].startswith('attachment; filename="tapak-')
    mine = answer.json["held"]
    assert answer.json["nip"] == world["person"].nip and set(mine) == set(held.tables())
    assert [row["name"] for row in mine["people"]] == ["Ni Wayan Sari"]
    assert len(mine["checkins"]) == len(mine["checkin_reports"]) == 6
    assert [HOME[1], HOME[0]] in [row["position"]["coordinates"] for row in mine["checkin_reports"]]
    assert [row["id"] for row in mine["findings"]] == [world["finding"]]
    assert sorted(row["shown"] for row in mine["position_views"]) == ["band", "point"]


@pytest.mark.parametrize("who", ["stranger", "supervisor"])
def test_nobody_elses_rows_are_in_it(client, world, who) -> None:  # noqa: F811
    client.get(world["address"], headers=world["as_supervisor"])
    answer = client.get("/v1/me/export", headers=world[f"as_{who}"])
    assert "checkins" in answer.json["held"] and not any(
        answer.json["held"][name] for name in ("checkins", "findings", "position_views")
    )
    assert str(HOME[0]) not in answer.text and world["person"].nip not in answer.text
    assert client.get("/v1/me/export").status_code == 401


def test_no_secret_leaves_with_it(client, session, world) -> None:  # noqa: F811
    make.account(session, world["person"])
    secret = session.scalar(text("SELECT password_hash FROM accounts WHERE person_id = :id"), {"id": world["person"].id})
    said = client.get("/v1/me/export", headers=world["as_person"]).text
    assert json.dumps(secret)[1:-1] not in said and "password" not in said and "refresh_tokens" not in said


def test_what_was_forgotten_is_not_in_it(client, session, world) -> None:  # noqa: F811
    from app.checkins import actions as checkins

    checkins.forget_reports(session, clock.now(), clock.now())
    mine = client.get("/v1/me/export", headers=world["as_person"]).json["held"]
    assert (len(mine["checkins"]), mine["checkin_reports"]) == (6, [])
