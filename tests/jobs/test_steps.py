"""The real jobs: the night reaches back to what arrived late, the ledger is sealed, shown and audited, tables are made ahead."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine, text

from app import db
from app.cluster import Cluster
from app.jobs import runner
from app.jobs.table import get_job
from app.ledger import actions as ledger_actions
from app.ledger import store as ledger
from tests import make
from tests.jobs.servers import until

# The night after Friday the 20th; it derives Wednesday to Friday for everybody.
SLOT = datetime(2026, 11, 20, 16, 10, tzinfo=UTC)
OLD_MONDAY = date(2026, 11, 9)


@pytest.fixture
def run(database: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], runner.Outcome]:
    """Does the slot of the job, which must be one that is due."""
    monkeypatch.setenv("TAPAK_VAR", str(tmp_path))

    def outcome(name: str) -> runner.Outcome:
        done = runner.run_slot(get_job(name), SLOT, SLOT, again=True)
        assert done is not None
        return done

    return outcome


def came(people: list, day: date, received_at: datetime) -> None:
    """All of them checked in on the day at one and the same coordinate, within minutes; it arrived when it arrived."""
    with db.transaction() as session:
        for number, person in enumerate(people):
            at = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(minutes=45 - number)
            make.report(session, make.checkin(session, person, "in", at, day, received_at=received_at))


def is_all_sealed() -> bool:
    """Whether every leaf has its place; another database's open transaction may hold up the horizon for a moment."""
    return asked("SELECT count(*) > 0 AND count(*) = (SELECT count(*) FROM ledger_order) FROM ledger_leaves") == [(True,)]


def asked(query: str) -> list:
    with db.transaction() as session:
        return [tuple(row) for row in session.execute(text(query)).all()]


@pytest.mark.parametrize("hours, is_reached", [(47, True), (49, False)], ids=["two nights ago", "before"])
def test_an_old_day_whose_check_ins_arrived_since_two_nights_ago_is_derived_and_looked_through(
    run: Callable[[str], runner.Outcome], hours: int, is_reached: bool
) -> None:
    with db.transaction() as session:
        people = [make.person(session) for _ in range(4)]
    came(people, OLD_MONDAY, SLOT - timedelta(hours=hours))
    assert run("night").failures == ()
    derived = asked(f"SELECT count(*) FROM day_records WHERE day = '{OLD_MONDAY}' AND in_at IS NOT NULL")
    found = asked(f"SELECT count(*) FROM findings WHERE day = '{OLD_MONDAY}'")
    assert (derived, found) == ([(4 if is_reached else 0,)], [(4 if is_reached else 0,)])


def test_the_night_derives_three_days_for_everybody_and_rates_the_months_they_may_have_changed(
    run: Callable[[str], runner.Outcome],
) -> None:
    with db.transaction() as session:
        make.person(session)
    assert run("night").failures == ()
    assert asked("SELECT DISTINCT day FROM day_records ORDER BY 1") == [(date(2026, 11, day),) for day in (18, 19, 20)]
    assert (date(2026, 11, 1),) in asked("SELECT month FROM ratings")


def test_what_is_written_is_sealed_and_shown_by_the_next_minute(run: Callable[[str], runner.Outcome]) -> None:
    with db.transaction() as session:
        ledger.append(session, "test", "satu", {}, SLOT)
    assert until(lambda: run("seal-ledger").failures == () and is_all_sealed())
    ((size,),) = asked("SELECT max(size) FROM ledger_checkpoints")
    assert ledger_actions.published_file().read_text("utf-8").splitlines()[:2] == ["tapak.local/ledger", str(size)]


def test_the_night_seals_what_it_wrote(run: Callable[[str], runner.Outcome]) -> None:
    with db.transaction() as session:
        ledger.append(session, "test", "satu", {}, SLOT)
    assert until(lambda: run("night").failures == () and is_all_sealed())


def test_an_altered_ledger_fails_its_audit(run: Callable[[str], runner.Outcome], database: Engine, server: Cluster) -> None:
    with db.transaction() as session:
        ledger.append(session, "test", "satu", {}, SLOT)
    assert until(lambda: run("seal-ledger").failures == () and is_all_sealed())
    assert run("audit-ledger").failures == ()
    superuser = create_engine(server.url("postgres", database.url.database))
    with superuser.begin() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text("UPDATE ledger_leaves SET entry = entry || ' ' WHERE subject = 'satu'"))
    superuser.dispose()
    assert run("audit-ledger").failures == ("audit: ledger_altered",)
    assert asked("SELECT status, error FROM job_runs WHERE job = 'audit-ledger'") == [("failed", "audit: ledger_altered")]


def test_tables_are_made_for_this_month_and_three_more(database: Engine) -> None:
    later = SLOT.replace(year=2031)
    assert runner.run_slot(get_job("make-partitions"), later, later).count == 8
    made = asked("SELECT relname FROM pg_class WHERE relispartition AND relkind = 'r' AND relname ~ '_203[12]' ORDER BY 1")
    wanted = ("203111", "203112", "203201", "203202")
    assert made == [(f"{parent}_{month}",) for parent in ("checkin_reports", "checkins") for month in wanted]
