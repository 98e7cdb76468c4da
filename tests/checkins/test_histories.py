"""Ten thousand months of phones: the bracket always holds the truth, and no wall clock moves anything."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from app.checkins.rules.report import Earlier
from app.checkins.rules.timing import Grade, Timing, timing_of
from app.geo import Point
from tests.checkins.histories import BEGINS, Sent, month_of, with_a_true_clock

HISTORIES = 10_000
DESK = Point(-8.65, 115.22)


def judged(month: Iterable[Sent]) -> Iterator[tuple[Sent, Timing]]:
    """Each report as the server times it when it arrives, knowing what came before."""
    kept: list[Earlier] = []
    for sent in month:
        report = sent.report
        # As the store finds it: the newest of those with no higher number.
        before = max((one for one in kept if one.seq < report.seq), key=lambda one: one.taken_at, default=None)
        timing = timing_of(report, sent.anchor, sent.received_at, before, BEGINS)
        kept.append(
            Earlier(
                report.id, report.device_id, report.boot_id, report.seq, report.payload_hash, timing.taken_at, timing.earliest_at,
                timing.latest_at, report.claimed_at, DESK, 8.0,
            )
        )  # fmt: skip
        yield sent, timing


def test_in_ten_thousand_histories_the_bracket_holds_the_truth_and_the_wall_clock_moves_nothing() -> None:
    grades = {grade: 0 for grade in Grade}
    widest = timedelta()
    for seed in range(HISTORIES):
        month = month_of(seed)
        timings = []
        for sent, timing in judged(month):
            assert timing.earliest_at <= sent.made_at <= timing.latest_at <= sent.received_at, (seed, sent.report.seq)
            assert timing.earliest_at <= timing.taken_at <= timing.latest_at
            timings.append(timing)
            grades[timing.grade] += 1
            if timing.grade is not Grade.UNVERIFIED:
                widest = max(widest, timing.latest_at - timing.earliest_at)
        assert [timing for _, timing in judged(with_a_true_clock(month))] == timings, seed
    # The histories are worth something: every grade occurs thousands of times, and no proved bracket is wide.
    assert min(grades.values()) > 1_000, grades
    assert timedelta(minutes=5) < widest < timedelta(minutes=20)
