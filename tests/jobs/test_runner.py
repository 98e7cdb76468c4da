"""A slot is done once, a missed night is caught up once, and a step that fails holds up only what builds on it."""

import threading
from datetime import UTC, date, datetime, timedelta

import pytest

from app import errors
from app.db import transaction
from app.jobs import runner, schedule, store
from app.jobs.table import Job, get_job

TEN_PAST = datetime(2026, 11, 20, 16, 10, tzinfo=UTC)
DAY = timedelta(days=1)


class Diary:
    """Steps that write down what they were given, and fail when told to."""

    def __init__(self):
        self.said, self.failing = [], set()

    def judge(self, session, day, now):
        return self._done("judge", day)

    def scan(self, session, day, now):
        return self._done("scan", day)

    def rate(self, session, month, now):
        return self._done("rate", month)

    def seal(self, session, turn):
        return self._done("seal", None)

    def _done(self, name, about):
        self.said.append((name, about))
        if (name, about) in self.failing:
            raise errors.Conflict("month_sealed")
        return 1

    def times(self, name):
        return [about for said, about in self.said if said == name]


@pytest.fixture
def diary(database):
    return Diary()


@pytest.fixture
def night(diary):
    return Job(
        "night", "10 0 * * *", daily=(diary.judge, diary.scan), monthly=(diary.rate,), last=(diary.seal,), days=3, each_slot=True
    )


@pytest.fixture
def minutely(diary):
    return Job("minutely", "* * * * *", last=(diary.seal,))


def rows(job):
    with transaction() as session:
        return [(run.slot, run.status, run.attempts, run.count) for run in reversed(store.list_runs(session, job.name, 99))]


def test_a_slot_is_done_once_however_often_it_is_asked_for(night, diary):
    for minutes in (0, 1, 600):
        runner.run_due(night, TEN_PAST + timedelta(minutes=minutes))
    assert len(diary.times("seal")) == 1
    assert rows(night) == [(TEN_PAST, "done", 1, 9)]


def test_who_looked_before_the_slot_was_done_finds_it_done(night, diary):
    assert runner.due_slots(night, TEN_PAST) == [TEN_PAST]
    runner.run_due(night, TEN_PAST)
    assert runner.run_slot(night, TEN_PAST, TEN_PAST) is None
    assert rows(night) == [(TEN_PAST, "done", 1, 9)] and len(diary.times("seal")) == 1


def test_steps_come_in_order_and_days_oldest_first(night, diary):
    runner.run_due(night, TEN_PAST)
    days = [date(2026, 11, day) for day in (18, 19, 20)]
    judged = [(name, day) for day in days for name in ("judge", "scan")]
    assert diary.said == [*judged, ("rate", date(2026, 10, 1)), ("rate", date(2026, 11, 1)), ("seal", None)]


def test_nights_missed_while_nothing_ran_are_caught_up_once_oldest_first(night, diary):
    runner.run_due(night, TEN_PAST)
    outcomes = runner.run_due(night, TEN_PAST + 4 * DAY + timedelta(hours=9))
    assert [outcome.slot for outcome in outcomes] == [TEN_PAST + n * DAY for n in (1, 2, 3, 4)]
    assert runner.run_due(night, TEN_PAST + 4 * DAY + timedelta(hours=10)) == []
    assert {date(2026, 11, day) for day in range(18, 25)} == set(diary.times("judge"))


def test_minutes_missed_while_nothing_ran_are_made_up_by_one(minutely, diary):
    runner.run_due(minutely, TEN_PAST)
    runner.run_due(minutely, TEN_PAST + timedelta(hours=5))
    assert len(diary.times("seal")) == 2
    assert rows(minutely) == [(TEN_PAST + timedelta(hours=5), "done", 1, 1)]


def test_a_minute_is_not_done_twice(minutely, diary):
    for second in (0, 20, 59):
        runner.run_due(minutely, TEN_PAST + timedelta(seconds=second))
    assert len(diary.times("seal")) == 1


def test_a_failed_day_leaves_out_what_builds_on_it_and_nothing_else(night, diary):
    diary.failing = {("judge", date(2026, 11, 19))}
    (outcome,) = runner.run_due(night, TEN_PAST)
    assert outcome.failures == ("judge 2026-11-19: month_sealed",)
    assert diary.times("scan") == [date(2026, 11, 18), date(2026, 11, 20)]
    assert diary.times("rate") == [date(2026, 10, 1)]
    assert diary.times("seal") == [None]
    assert rows(night) == [(TEN_PAST, "failed", 1, 6)]


def test_a_failed_slot_is_tried_again_and_then_left_to_a_person(night, diary):
    diary.failing = {("seal", None)}
    for attempt in range(runner.ATTEMPTS + 2):
        runner.run_due(night, TEN_PAST + timedelta(minutes=5 * attempt))
    assert len(diary.times("seal")) == runner.ATTEMPTS
    diary.failing = set()
    assert [outcome.slot for outcome in runner.run_due(night, TEN_PAST + DAY)] == [TEN_PAST + DAY]


def test_a_slot_left_running_by_a_dead_scheduler_is_done_again(night, diary):
    with transaction() as session:
        store.begin(session, "night", TEN_PAST, TEN_PAST)
    assert [outcome.slot for outcome in runner.run_due(night, TEN_PAST + timedelta(minutes=1))] == [TEN_PAST]
    assert rows(night) == [(TEN_PAST, "done", 2, 9)]


def test_a_failed_night_is_tried_again_though_a_later_one_is_done(night, diary):
    diary.failing = {("judge", date(2026, 11, 18))}
    runner.run_due(night, TEN_PAST)
    runner.run_due(night, TEN_PAST + DAY)
    assert rows(night) == [(TEN_PAST, "failed", 2, 6), (TEN_PAST + DAY, "done", 1, 9)]
    diary.failing = set()
    assert [outcome.slot for outcome in runner.run_due(night, TEN_PAST + DAY)] == [TEN_PAST]
    assert runner.run_due(night, TEN_PAST + DAY) == []


def test_a_night_that_kills_every_scheduler_is_left_to_a_person(night, diary):
    for _ in range(runner.ATTEMPTS):
        with transaction() as session:
            store.begin(session, "night", TEN_PAST, TEN_PAST)
    assert runner.run_due(night, TEN_PAST) == []
    assert [outcome.slot for outcome in runner.run_due(night, TEN_PAST + DAY)] == [TEN_PAST + DAY]


def test_who_was_overtaken_takes_no_further_step_and_writes_no_end(night, diary):
    def is_overtaken():
        if len(diary.said) == 3:
            with transaction() as session:
                store.begin(session, "night", TEN_PAST, TEN_PAST)
        return True

    with pytest.raises(runner.Stopped):
        runner.run_due(night, TEN_PAST, goes=is_overtaken)
    assert len(diary.said) == 3 and rows(night) == [(TEN_PAST, "running", 2, 0)]


def test_who_was_overtaken_in_the_last_step_does_not_say_how_it_ended(diary):
    def be_overtaken(session, turn):
        with transaction() as other:
            store.begin(other, "half", TEN_PAST, TEN_PAST)
        return 1

    job = Job("half", "* * * * *", last=(be_overtaken,))
    with pytest.raises(runner.Stopped):
        runner.run_due(job, TEN_PAST)
    assert rows(job) == [(TEN_PAST, "running", 2, 0)]


def test_two_steps_of_one_job_never_run_at_once(minutely, diary):
    with transaction() as session:
        store.lock_job(session, "minutely")
        other = threading.Thread(target=runner.run_now, args=(minutely, date(2026, 11, 1), TEN_PAST))
        other.start()
        other.join(0.5)
        assert other.is_alive() and diary.said == []
    other.join()
    assert diary.times("seal") == [None]


def test_told_to_stop_it_stops_between_two_steps_and_goes_on_later(night, diary):
    with pytest.raises(runner.Stopped):
        runner.run_due(night, TEN_PAST, goes=lambda: len(diary.said) < 3)
    assert rows(night) == [(TEN_PAST, "running", 1, 0)]
    runner.run_due(night, TEN_PAST + timedelta(minutes=1))
    assert rows(night) == [(TEN_PAST, "done", 2, 9)]


def test_by_hand_a_done_slot_is_done_again(night, diary):
    runner.run_due(night, TEN_PAST)
    outcome = runner.run_now(night, date(2026, 11, 20), TEN_PAST + timedelta(hours=1))
    assert outcome.slot == TEN_PAST and rows(night) == [(TEN_PAST, "done", 2, 9)]


def test_by_hand_a_day_that_is_not_over_leaves_its_night_to_come(night, diary):
    outcome = runner.run_now(night, date(2026, 11, 21), TEN_PAST + timedelta(hours=1))
    assert outcome.count == 9 and diary.times("judge")[-1] == date(2026, 11, 21)
    assert rows(night) == []
    assert len(runner.run_due(night, TEN_PAST + DAY)) == 1


def test_an_older_slot_by_hand_does_not_hold_up_the_newer_ones(minutely, diary):
    runner.run_due(minutely, TEN_PAST)
    runner.run_now(minutely, date(2026, 11, 1), TEN_PAST)
    runner.run_due(minutely, TEN_PAST + timedelta(minutes=1))
    assert rows(minutely)[-1] == (TEN_PAST + timedelta(minutes=1), "done", 1, 1)


def test_an_old_night_by_hand_calls_for_no_other(night, diary):
    runner.run_due(night, TEN_PAST)
    runner.run_now(night, date(2026, 10, 1), TEN_PAST)
    assert [outcome.slot for outcome in runner.run_due(night, TEN_PAST + DAY)] == [TEN_PAST + DAY]


def test_a_clock_that_was_set_back_does_nothing_twice(night, minutely, diary):
    for job in (night, minutely):
        runner.run_due(job, TEN_PAST + DAY)
        assert runner.run_due(job, TEN_PAST) == []


def test_what_a_failed_step_wrote_is_taken_back(database, minutely, diary):
    def write_and_fail(session, turn):
        store.begin(session, "half done", TEN_PAST, TEN_PAST)
        raise RuntimeError("secret words")

    job = Job("half", "* * * * *", last=(write_and_fail, diary.seal))
    (outcome,) = runner.run_due(job, TEN_PAST)
    assert outcome.failures == ("write_and_fail: RuntimeError",)
    assert outcome.count == 1 and rows(Job("half done", "")) == []


def test_every_real_job_runs_on_an_empty_database_twice(database, tmp_path, monkeypatch):
    monkeypatch.setenv("TAPAK_VAR", str(tmp_path))
    for name in ("make-partitions", "night", "seal-ledger", "audit-ledger", "forget-reports", "export-recaps"):
        job = get_job(name)
        slot = schedule.newest_slot(job, TEN_PAST)
        assert runner.run_slot(job, slot, TEN_PAST).failures == ()
        again = runner.run_slot(job, slot, TEN_PAST, again=True)
        assert (again.failures, again.count) == ((), 0)
