"""The night for many people: only what changed is done again, one broken row holds up nobody else, and processes may die."""

import multiprocessing
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import orjson
import pytest
from sqlalchemy import Engine, create_engine, event, text

from app import db
from app.cluster import Cluster
from app.jobs import crowd, runner, store
from app.jobs.table import get_job
from app.people.store import Person
from tests import make
from tests.jobs.servers import Barrier, until

NIGHT = get_job("night")
# The night after Friday the 20th; it derives Wednesday to Friday.
SLOT = datetime(2026, 11, 20, 16, 10, tzinfo=UTC)
DAYS = (date(2026, 11, 18), date(2026, 11, 19), date(2026, 11, 20))
NOVEMBER = date(2026, 11, 1)
DAY = timedelta(days=1)

LEFT = (
    "SELECT person_id, day, status, in_at, out_at, late_min, lines::text, evidence_hash FROM day_records ORDER BY 1, 2",
    "SELECT person_id, day, kind, evidence_hash FROM findings ORDER BY 1, 2, 3, 4",
    "SELECT person_id, month, discipline_pct, breakdown::text, inputs_hash, law, formula, series FROM ratings ORDER BY 1, 2",
    "SELECT person_id, month FROM month_marks ORDER BY 1, 2",
    "SELECT step, about, person_id, code FROM job_failures ORDER BY 1, 2, 3",
)


class Town:
    """Some people who came a little later each day."""

    def __init__(self, engine: Engine, superuser: str) -> None:
        self.engine, self._superuser = engine, superuser
        with db.transaction() as session:
            self.ids = [make.person(session).id for _ in range(9)]
        for number, day in enumerate(DAYS):
            for place, person_id in enumerate(self.ids):
                self.came(person_id, day, minute=11 * number + place)

    def came(
        self, person_id: int, day: date, minute: int = 0, received_at: datetime | None = None, direction: str = "in", **changes: Any
    ) -> None:
        """He checked in on the day, a while after half past seven."""
        at = datetime(day.year, day.month, day.day, tzinfo=UTC) - timedelta(minutes=30 - minute)
        with db.transaction() as session:
            person = session.get_one(Person, person_id)
            made = make.checkin(session, person, direction, at, day, received_at=received_at or at, **changes)
            make.report(session, made, lon=115.22 + person_id / 1000)

    def night(self, slot: datetime = SLOT, again: bool = False, later: timedelta = timedelta(0)) -> runner.Outcome:
        """The night at that slot."""
        outcome = runner.run_slot(NIGHT, slot, slot + later, again=again)
        assert outcome is not None
        return outcome

    def ask(self, query: str) -> list[tuple[Any, ...]]:
        with db.transaction() as session:
            return [tuple(row) for row in session.execute(text(query)).all()]

    def left(self) -> list[list[tuple[Any, ...]]]:
        """All that a night leaves, but for when."""
        return [self.ask(query) for query in LEFT]

    def mend(self, statement: str) -> None:
        """What nobody may do: change what is written once."""
        superuser = create_engine(self._superuser)
        with superuser.begin() as connection:
            connection.execute(text("SET session_replication_role = replica"))
            connection.execute(text(statement))
        superuser.dispose()

    def failures(self) -> list[tuple[Any, ...]]:
        return self.ask("SELECT step, about, person_id, code, tries FROM job_failures ORDER BY 1, 2, 3")

    def run(self) -> tuple[Any, ...]:
        return self.ask("SELECT status, error FROM job_runs WHERE job = 'night' ORDER BY slot DESC LIMIT 1")[0]

    @contextmanager
    def counted(self) -> Iterator[dict[str, int]]:
        """How many rows are given to be written to each table, and how many statements it takes."""
        found = {"day_records": 0, "ratings": 0, "statements": 0, "scans": 0, "looked_at": 0}

        def count(_: Any, __: Any, statement: str, asked: Any, *___: Any) -> None:
            found["statements"] += 1
            if "WITH twice AS" in statement:
                found["scans"] += 1
                found["looked_at"] += len(asked["only"] or ())
            for table in ("day_records", "ratings"):
                if f"INSERT INTO {table}" in statement:
                    found[table] += len(orjson.loads(asked["rows"]))

        event.listen(self.engine, "before_cursor_execute", count)
        yield found
        event.remove(self.engine, "before_cursor_execute", count)


@pytest.fixture
def town(database: Engine, server: Cluster) -> Town:
    return Town(database, server.url("postgres", database.url.database))


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowd, "BLOCK", 2)


@pytest.fixture
def processes(town: Town, monkeypatch: pytest.MonkeyPatch, small_blocks: None) -> None:
    """Blocks are done by two processes, which find the database as any process does."""
    monkeypatch.setenv("DATABASE_URL", town.engine.url.render_as_string(hide_password=False).replace("+psycopg2", ""))


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """From here on without other processes."""
    return lambda: monkeypatch.setenv("TAPAK_NIGHT_PROCESSES", "1")


# Only what changed


def test_a_night_again_with_nothing_new_writes_nothing_and_looks_through_nothing(town: Town) -> None:
    with town.counted() as first:
        assert town.night().count > 0
    assert (first["day_records"], first["ratings"], first["scans"]) == (27, 9, 3)
    before = town.left()
    with town.counted() as again:
        assert town.night(again=True, later=timedelta(hours=1)).count == 0
    assert (again["day_records"], again["ratings"], again["scans"]) == (0, 0, 0)
    assert again["statements"] < first["statements"] / 2
    assert town.left() == before


def test_of_a_day_that_is_known_only_whom_something_arrived_about_is_derived_and_rated(town: Town) -> None:
    town.night()
    late = SLOT + timedelta(minutes=20)
    town.came(town.ids[4], DAYS[1], minute=400, direction="out", received_at=late)
    with town.counted() as found:
        assert town.night(again=True, later=timedelta(hours=1)).count > 0
    assert (found["day_records"], found["ratings"], found["scans"], found["looked_at"]) == (1, 1, 2, 2)


def test_the_next_night_derives_its_new_day_for_everybody_and_the_days_before_for_nobody(town: Town) -> None:
    town.night()
    with town.counted() as found:
        town.night(SLOT + DAY)
    assert found["day_records"] == 9
    # Saturday costs nobody anything, but it is a day more: it is looked whether the month came out differently, and it did not.
    assert found["ratings"] == 0
    assert town.ask("SELECT count(*) FROM month_marks") == [(0,)]


def test_what_arrives_while_the_night_looks_is_looked_at_by_the_next(town: Town) -> None:
    town.night()
    town.came(town.ids[0], DAYS[0], minute=500, direction="out", received_at=SLOT - timedelta(minutes=5))
    with town.counted() as found:
        town.night(SLOT + DAY)
    assert found["day_records"] == 9 + 1
    assert town.ask(f"SELECT out_at IS NOT NULL FROM day_records WHERE day = '{DAYS[0]}' AND person_id = {town.ids[0]}") == [
        (True,)
    ]


def test_after_a_night_that_failed_its_days_are_done_for_everybody_again(town: Town) -> None:
    town.night()
    with db.transaction() as session:
        store.begin(session, "night", SLOT, SLOT, again=True)
    with town.counted() as found:
        town.night(again=True)
    assert found["day_records"] == 27


def test_a_changed_program_or_unit_makes_the_days_new_for_everybody(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    town.night()
    monkeypatch.setenv("TAPAK_BUILD", "the next")
    with town.counted() as found:
        assert town.night(again=True).count == 0
    assert (found["day_records"], found["ratings"]) == (27, 0)
    town.mend("UPDATE units SET zone = 'Asia/Jayapura'")
    with town.counted() as found:
        assert town.night(again=True).count > 0
    assert found["day_records"] == 27


def test_who_was_posted_elsewhere_or_left_is_found_without_a_mark(town: Town) -> None:
    with db.transaction() as session:
        other = make.unit(session, "DISDIK", make.unit(session))
    town.night()
    moved, gone = town.ids[0], town.ids[1]
    town.mend(f"UPDATE postings SET unit_id = {other.id} WHERE person_id = {moved}")
    town.mend(f"UPDATE postings SET until = '{DAYS[2]}' WHERE person_id = {gone}")
    with town.counted() as found:
        town.night(again=True)
    assert found["day_records"] == 3
    assert town.ask(f"SELECT count(*) FROM day_records WHERE person_id = {gone}") == [(2,)]
    assert town.ask(f"SELECT DISTINCT unit_id FROM day_records WHERE person_id = {moved}") == [(other.id,)]
    assert town.ask(f"SELECT unit_id FROM ratings WHERE person_id = {moved}") == [(other.id,)]


def test_a_day_derived_before_its_hours_were_over_is_derived_again_when_they_are(town: Town) -> None:
    early = datetime(2026, 11, 20, 6, 0, tzinfo=UTC)
    with db.transaction() as session:
        NIGHT.daily[0].do(session, DAYS[2], early, town.ids)  # type: ignore[union-attr]
        store.end(session, store.begin(session, "night", SLOT, early, made_with=NIGHT.made_with(session)), 0, (), early)  # type: ignore[misc]
    assert town.ask("SELECT DISTINCT open_until > derived_at FROM day_records") == [(True,)]
    town.night(again=True)
    assert town.ask(f"SELECT count(*) FROM day_records WHERE day = '{DAYS[2]}' AND open_until IS NULL") == [(9,)]


def test_who_is_heard_of_late_is_found_with_those_he_shared_a_place_with_and_nobody_else_is_looked_at(town: Town) -> None:
    with db.transaction() as session:
        three = [make.person(session) for _ in range(3)]
    at = datetime(2026, 11, 19, tzinfo=UTC) - timedelta(minutes=20)

    def at_one_place(number: int, received_at: datetime) -> None:
        with db.transaction() as session:
            person, taken_at = three[number], at + timedelta(minutes=number)
            make.report(session, make.checkin(session, person, "in", taken_at, DAYS[1], received_at=received_at), lon=115.5)

    at_one_place(0, at), at_one_place(1, at)
    town.night()
    assert town.ask("SELECT count(*) FROM findings") == [(0,)]
    at_one_place(2, SLOT + timedelta(minutes=20))
    with town.counted() as found:
        town.night(again=True, later=timedelta(hours=1))
    # Two scans: a check-in may bear the number of one of the day before.
    assert (found["scans"], found["looked_at"]) == (2, 3 + 1)
    told = town.ask("SELECT person_id, evidence -> 'words' ->> 'others' FROM findings WHERE kind = 'shared_coordinates' ORDER BY 1")
    assert told == [(person.id, "2") for person in three]


# One broken row


BREAKAGES = {
    "derive": ({"time_grade": "entah"}, "UPDATE checkins SET time_grade = 'verified' WHERE time_grade = 'entah'", "close_day"),
    "scan": ({"flags": ["entah"]}, "UPDATE checkins SET flags = '{}' WHERE 'entah' = ANY (flags)", "scan_day"),
}


@pytest.mark.parametrize("name", BREAKAGES)
def test_a_broken_check_in_holds_up_its_person_only_is_reported_and_done_the_next_night(town: Town, name: str) -> None:
    changes, mended, step = BREAKAGES[name]
    broken = town.ids[3]
    town.came(broken, DAYS[1], minute=300, direction="out", **changes)
    assert town.night().failures == ()
    assert town.run() == ("done", None)
    said = [(step, DAYS[1], broken, "ValueError", 1)]
    assert [row for row in town.failures() if row[0] == step] == said
    derived = town.ask(f"SELECT count(*) FROM day_records WHERE day = '{DAYS[1]}'")
    assert derived == [(8 if step == "close_day" else 9,)]
    # His month waits for the day that is missing; nobody else's does.
    assert town.ask("SELECT count(*) FROM ratings") == [(8 if step == "close_day" else 9,)]
    # The next night tries again, and again in vain.
    town.night(SLOT + DAY)
    assert [row for row in town.failures() if row[0] == step] == [(step, DAYS[1], broken, "ValueError", 2)]
    town.mend(mended)
    town.night(SLOT + 2 * DAY)
    assert town.failures() == []
    assert town.ask(f"SELECT count(*) FROM day_records WHERE day = '{DAYS[1]}'") == [(9,)]
    assert town.ask("SELECT count(*) FROM ratings") == [(9,)]
    assert town.ask("SELECT count(*) FROM month_marks") == [(0,)]


def test_a_broken_person_is_left_out_of_the_scan_and_the_others_are_found_out(town: Town) -> None:
    with db.transaction() as session:
        crowded = [make.person(session) for _ in range(3)]
        for number, person in enumerate(crowded):
            at = datetime(2026, 11, 19, tzinfo=UTC) - timedelta(minutes=20 - number)
            make.report(session, make.checkin(session, person, "in", at, DAYS[1], received_at=at), lon=115.5)
    town.came(town.ids[3], DAYS[1], minute=300, direction="out", flags=["entah"])
    town.night()
    assert town.ask("SELECT DISTINCT person_id FROM findings WHERE kind = 'shared_coordinates' ORDER BY 1") == [
        (person.id,) for person in crowded
    ]


def test_a_broken_day_record_holds_up_the_rating_of_its_person_only(town: Town) -> None:
    town.night()
    broken, kept = town.ids[5], town.ask("SELECT person_id, rated_at, discipline_pct FROM ratings ORDER BY 1")
    words = '[{"code": "day_late", "pct": "bukan angka"}]'
    with db.transaction() as session:
        session.execute(text("UPDATE day_records SET deduction_pct = deduction_pct + 1 WHERE day = '2026-11-19'"))
        spoilt = text("UPDATE day_records SET lines = CAST(:words AS jsonb) WHERE day = '2026-11-19' AND person_id = :id")
        session.execute(spoilt, {"words": words, "id": broken})
    assert town.night(again=True, later=timedelta(hours=1)).failures == ()
    assert town.failures() == [("update_month", NOVEMBER, broken, "RowRefused", 1)]
    assert town.ask("SELECT DISTINCT person_id FROM month_marks") == [(broken,)]
    # What he was rated before stays until it can be made anew.
    assert [row for row in town.ask("SELECT person_id, rated_at, discipline_pct FROM ratings") if row[0] == broken] == [kept[5]]
    with db.transaction() as session:
        session.execute(text("UPDATE day_records SET lines = '[]' WHERE day = '2026-11-19'"))
    town.night(SLOT + DAY)
    assert town.failures() == [] and town.ask("SELECT count(*) FROM month_marks") == [(0,)]


def test_what_is_wrong_with_everybody_is_no_person_s_failure(town: Town) -> None:
    town.mend("ALTER TABLE ratings RENAME TO ratings_away")
    (month, *others) = town.night().failures
    assert month == "update_month 2026-10-01: RowRefused" and others == ["update_month 2026-11-01: RowRefused"]
    assert town.failures() == [] and town.run()[0] == "failed"


def test_many_people_for_whom_it_fails_are_a_step_that_failed(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crowd, "MOST_FAILED", 2)
    for person_id in town.ids:
        town.came(person_id, DAYS[0], minute=300, direction="out", time_grade="entah")
    assert f"close_day {DAYS[0]}: TooManyFailed" in town.night().failures
    assert town.failures() == []


# Several processes


def test_it_comes_out_the_same_however_many_processes_do_it(
    town: Town, processes: None, alone: Callable[[], None], server: Cluster
) -> None:
    town.came(town.ids[3], DAYS[1], minute=300, direction="out", time_grade="entah")
    assert town.night().failures == ()
    together = town.left()
    assert [len(rows) for rows in together[:3]] == [26, 0, 8]
    alone()
    with db.transaction() as session:
        session.execute(text("DELETE FROM ratings; DELETE FROM day_records; DELETE FROM month_marks; DELETE FROM job_failures"))
    assert town.night(SLOT, again=True).failures == ()
    with db.transaction() as session:  # what is known of this slot is what the first night said
        session.execute(text("UPDATE job_runs SET made_with = 'another'"))
    assert town.night(SLOT, again=True).failures == ()
    assert town.left() == together


def killed(town: Town, table: str, mend: Callable[[], None] = lambda: None) -> runner.Outcome:
    """The night, of which one process is killed while it writes to the table."""
    outcomes: list[runner.Outcome] = []
    barrier = Barrier(town.engine, table)
    night = threading.Thread(target=lambda: outcomes.append(town.night()))
    night.start()
    assert barrier.holds_somebody_up()
    before: Sequence[Any] = multiprocessing.active_children()
    workers = [child for child in before if child.name.startswith("SpawnProcess")]
    assert len(workers) == 2
    workers[0].kill()
    barrier.open()
    mend()
    night.join(120)
    return outcomes[0]


@pytest.mark.parametrize("table", ["day_records", "ratings"])
def test_the_blocks_of_a_killed_process_are_done_by_another_one_once(
    town: Town, processes: None, alone: Callable[[], None], table: str
) -> None:
    outcome = killed(town, table)
    assert outcome.failures == () and town.run() == ("done", None)
    found = town.left()
    assert [len(rows) for rows in found] == [27, 0, 9, 0, 0]
    alone()
    with db.transaction() as session:
        session.execute(text("UPDATE job_runs SET made_with = 'another'"))
    assert town.night(again=True).count == 0
    assert town.left() == found


def test_a_process_with_another_law_than_the_one_that_began_it_does_nothing(
    town: Town, processes: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.decrees.words", lambda: "as read before somebody changed a file")
    failures = town.night().failures
    assert [failure for failure in failures if failure.startswith("close_day")] == [f"close_day {day}: LawChanged" for day in DAYS]
    assert town.ask("SELECT count(*) FROM day_records") == [(0,)]


def test_whoever_was_overtaken_writes_nothing_more_in_its_blocks_either(
    town: Town, small_blocks: None, alone: Callable[[], None]
) -> None:
    alone()
    asked: list[int] = []

    def goes() -> bool:
        asked.append(len(asked))
        if town.ask("SELECT count(*) FROM day_records") == [(4,)]:
            with db.transaction() as session:
                store.begin(session, "night", SLOT, SLOT)
        return True

    with pytest.raises(runner.Stopped):
        runner.run_slot(NIGHT, SLOT, SLOT, goes)
    assert town.ask("SELECT count(*) FROM day_records") == [(4,)]


def test_how_far_it_is_can_be_read_while_it_works(town: Town, small_blocks: None, alone: Callable[[], None]) -> None:
    alone()
    seen: list[tuple[Any, ...]] = []

    def goes() -> bool:
        seen.extend(town.ask("SELECT step, about, done_people, of_people FROM job_runs WHERE job = 'night' AND step = 'close_day'"))
        return True

    runner.run_slot(NIGHT, SLOT, SLOT, goes)
    first = [row for row in seen if row[1] == DAYS[0]]
    assert [done for _, _, done, _ in first[:5]] == [0, 2, 4, 6, 8] and {of for *_, of in first} == {9}
    assert until(lambda: town.ask("SELECT step, done_people FROM job_runs") == [("update_month", 9)], 1)
