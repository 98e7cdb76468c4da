"""Where people were is forgotten on time and on demand, and the tree does not notice."""

import json
from datetime import timedelta

import pytest
from sqlalchemy import text

from app import clock, db
from app.checkins import actions as checkins
from app.ledger import actions

from .conftest import seal, write
from .test_inspection import HOUR, MORNING, PLACES, audited, inspected, lines, played

CANARY = (f"{PLACES[0][0]}", f"{PLACES[0][1]}")


def everything() -> str:
    """Every row of every table as text."""
    with db.transaction() as session:
        named = text("SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'spatial_ref_sys'")
        tables = session.scalars(named).all()
        return "\n".join(str(row) for table in tables for row in session.scalars(text(f"SELECT t::text FROM {table} t")))


def needles() -> list[str]:
    """The canary as text, and every report and position as it is stored."""
    with db.transaction() as session:
        kept = session.execute(text("SELECT jws, position::text, evidence FROM checkin_reports")).all()
    return [*CANARY, *(jws for jws, _, _ in kept), *(position for _, position, _ in kept)]


def test_old_reports_are_gone_from_every_table_and_everything_else_verifies(log) -> None:
    answers = played(days=3)
    marks = needles()
    assert any(mark in everything() for mark in marks)
    with db.transaction() as session:
        assert checkins.forget_reports(session, MORNING + 24 * HOUR, clock.now()) == 6
        assert checkins.forget_reports(session, MORNING + 24 * HOUR, clock.now()) == 0
    assert CANARY[0] not in everything()  # the evidence of the day after does not say where the check-in before was
    seal()
    alarms, counts = inspected(lines(), (), [answer["receipt"] for answer in answers])
    assert alarms == set() == audited()
    # Of the first day nothing is left to judge; of the second, the check-in before the first of each person is gone too.
    assert counts["erased reports"] == 6 and counts["not_judged"] == 3 and counts["judged again and equal"] == 9
    with db.transaction() as session:
        assert checkins.forget_reports(session, clock.now(), clock.now()) == 12
    left = everything()
    assert [mark for mark in marks if mark in left] == []


def test_one_persons_reports_are_erased_on_demand_and_nobody_elses(log) -> None:
    played()
    with db.transaction() as session:
        person_id = session.scalar(text("SELECT min(person_id) FROM checkins"))
        assert checkins.forget_reports(session, clock.now(), clock.now(), person_id) == 4
        assert session.scalar(text("SELECT count(*) FROM checkin_reports")) == 8
        words = session.scalar(text("SELECT entry FROM ledger_leaves WHERE kind = 'erasure'"))
    assert json.loads(words)["person"] == person_id
    seal()
    assert audited() == set()


def test_content_is_forgotten_and_the_leaf_stays(log) -> None:
    write("a", "b")
    with db.transaction() as session:
        assert actions.forget_content(session, "a", clock.now()) == 1
    seal()
    assert audited() == set()
    alarms, counts = inspected(lines())
    assert alarms == set() and counts["erased content"] == 1


@pytest.mark.parametrize("table", ["checkin_reports", "ledger_contents"])
def test_nothing_is_forgotten_without_a_leaf_and_nothing_changes_with_one(log, server, table) -> None:
    """Neither by the program's role nor by the owner's."""
    from sqlalchemy import create_engine

    played(people=1, days=1)
    owner = create_engine(server.url("tapak_owner", log.url.database))
    for engine, words in ((log, "permission denied"), (owner, "only together with a leaf")):
        with engine.connect() as connection, pytest.raises(Exception, match=words):
            connection.execute(text(f"DELETE FROM {table}"))
    with log.connect() as connection, pytest.raises(Exception, match="only together with a leaf"):
        connection.execute(text("SELECT erase_checkin_reports(array_agg(id)) FROM checkin_reports"))
    owner.dispose()


def test_the_time_is_a_setting_and_the_job_keeps_to_it(log, monkeypatch) -> None:
    from app.jobs import runner
    from app.jobs.table import get_job

    played()
    monkeypatch.setenv("TAPAK_REPORT_DAYS", "30")
    job = get_job("forget-reports")
    for at, left in ((MORNING + timedelta(days=29), 12), (MORNING + timedelta(days=31), 6), (MORNING + timedelta(days=40), 0)):
        runner.run_now(job, None, at)
        with db.transaction() as session:
            assert session.scalar(text("SELECT count(*) FROM checkin_reports")) == left
