"""Where people were is forgotten on time and on demand, and the tree does not notice."""

import json
from datetime import datetime, timedelta
from uuid import UUID

import pytest
from sqlalchemy import text

from app import clock, db
from app.anomalies.store import Finding, FindingStep
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


HEARD = MORNING + timedelta(days=20)


def found(person_id: int, *checkins: UUID) -> int:
    """A finding of the second day that rests on the check-ins."""
    with db.transaction() as session:
        evidence = {"checkins": [str(one) for one in checkins], "words": {"times": len(checkins)}, "groups": []}
        row = Finding(
            kind="shared_phone", person_id=person_id, day=MORNING.date(), evidence=evidence, evidence_hash="x", found_at=MORNING
        )
        row.unit_id = session.scalar(text("SELECT id FROM units WHERE code = 'DISHUB'"))
        session.add(row)
        session.flush()
        return row.id


def stepped(finding: int, step: str, answer: str | None, at: datetime) -> None:
    with db.transaction() as session:
        session.add(FindingStep(finding_id=finding, step=step, answer=answer, reason="uji", level="BALI", taken_at=at))


def left_at(at: datetime) -> tuple[set[UUID], list[list[str]]]:
    """The reports that are left when the job ran then, and what each erasure until then named as held."""
    from app.jobs import runner
    from app.jobs.table import get_job

    runner.run_now(get_job("forget-reports"), None, at)
    with db.transaction() as session:
        entries = session.scalars(text("SELECT entry FROM ledger_leaves WHERE kind = 'erasure' ORDER BY id")).all()
        left = set(session.scalars(text("SELECT id FROM checkin_reports")).all())
    return left, [json.loads(entry)["held"] for entry in entries]


@pytest.mark.parametrize(
    "steps, days_held",
    [
        ([], None),
        ([("proposal", "uphold", HEARD)], None),
        ([("decision", "dismiss", HEARD)], 20),
        ([("decision", "uphold", HEARD)], 55),
        ([("decision", "partial", HEARD), ("appeal", None, HEARD + timedelta(days=1))], None),
        ([("decision", "uphold", HEARD), ("appeal", None, HEARD), ("final", "uphold", HEARD + timedelta(days=3))], 23),
    ],
    ids=["open", "proposed", "dismissed", "upheld", "appealed", "final"],
)
def test_evidence_is_kept_until_nothing_can_change_any_more_and_the_leaf_names_it(log, monkeypatch, steps, days_held) -> None:
    """By the job each night; the check-ins beside it go when their time is up."""
    monkeypatch.setenv("TAPAK_REPORT_DAYS", "1")
    played(people=2, days=1)
    with db.transaction() as session:
        person_id = session.scalar(text("SELECT min(person_id) FROM checkins"))
        held = session.scalar(text("SELECT min(id::text) FROM checkins WHERE person_id = :id"), {"id": person_id})
    finding = found(person_id, UUID(held))
    assert left_at(MORNING + timedelta(days=3)) == ({UUID(held)}, [[held]])
    awaited = list(steps)
    for days in (21, 24, 54, 56, 400):
        while awaited and awaited[0][2] <= MORNING + timedelta(days=days):
            stepped(finding, *awaited.pop(0))
        is_held = days_held is None or days <= days_held
        assert left_at(MORNING + timedelta(days=days))[0] == ({UUID(held)} if is_held else set()), days
    seal()
    assert audited() == set()


def test_erased_on_demand_a_person_keeps_what_an_open_finding_rests_on(app, log) -> None:
    played(people=2, days=1)
    with db.transaction() as session:
        nip, person_id = session.execute(text("SELECT nip, p.id FROM people p JOIN checkins ON person_id = p.id LIMIT 1")).one()
        ids = session.scalars(text("SELECT id FROM checkins WHERE person_id = :id ORDER BY id"), {"id": person_id}).all()
    found(person_id, ids[0])
    told = app.test_cli_runner().invoke(args=["ledger", "erase", "--nip", nip])
    assert (told.exit_code, told.output) == (0, "1 erased\n")
    with db.transaction() as session:
        entry = json.loads(session.scalar(text("SELECT entry FROM ledger_leaves WHERE kind = 'erasure'")))
        assert (entry["person"], entry["held"]) == (person_id, [str(ids[0])])
