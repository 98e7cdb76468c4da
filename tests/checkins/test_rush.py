"""Requests that go to the database together: each gets its own, nobody waits for company, and no way carries too many."""

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Event

import pytest

from app.checkins.api.together import Together

PATIENCE_S = 20


class Way:
    """A way to the database that can be held up, and remembers who went together."""

    def __init__(self, most: int = 10) -> None:
        self.open, self.taken = Event(), Event()
        self.parties: list[list[int]] = []
        self.together = Together(self.go, most)

    def go(self, items: Sequence[int]) -> Sequence[str]:
        self.parties.append(list(items))
        self.taken.set()
        assert self.open.wait(PATIENCE_S)
        if 13 in items:
            raise ValueError("thirteen")
        return [f"<{item}>" for item in items]

    def queued(self, threads: ThreadPoolExecutor, *callers: list[int]) -> list[Future[Sequence[str]]]:
        """Calls that come one after the other: the first is under way, the others wait."""
        futures = []
        for at, items in enumerate(callers):
            futures.append(threads.submit(self.together.done, items))
            while at == 0 and not self.taken.wait(0.01) or len(self.together._waiting) < at:
                assert not futures[-1].done()
        return futures


def test_alone_one_goes_at_once() -> None:
    way = Way()
    way.open.set()
    assert way.together.done([1, 2]) == ["<1>", "<2>"]
    assert way.together.done([3]) == ["<3>"]
    assert way.parties == [[1, 2], [3]]


def test_those_who_come_meanwhile_go_together_and_each_gets_his_own() -> None:
    way = Way()
    with ThreadPoolExecutor(5) as threads:
        futures = way.queued(threads, [0], [1], [2, 3], [4])
        way.open.set()
        assert [future.result(PATIENCE_S) for future in futures] == [["<0>"], ["<1>"], ["<2>", "<3>"], ["<4>"]]
    assert way.parties == [[0], [1, 2, 3, 4]]


def test_no_way_carries_more_than_may_go_unless_one_alone_has_more() -> None:
    way = Way(most=3)
    with ThreadPoolExecutor(5) as threads:
        futures = way.queued(threads, [0], [1, 2], [3, 4], [5, 6, 7, 8], [9])
        way.open.set()
        answers = [future.result(PATIENCE_S) for future in futures]
    assert answers[3] == ["<5>", "<6>", "<7>", "<8>"]
    assert way.parties == [[0], [1, 2], [3, 4], [5, 6, 7, 8], [9]]


def test_what_fails_fails_for_all_who_went_together_and_for_nobody_else() -> None:
    way = Way(most=2)
    with ThreadPoolExecutor(5) as threads:
        futures = way.queued(threads, [0], [12], [13], [14])
        way.open.set()
        assert futures[0].result(PATIENCE_S) == ["<0>"]
        for future in futures[1:3]:
            with pytest.raises(ValueError, match="thirteen"):
                future.result(PATIENCE_S)
        assert futures[3].result(PATIENCE_S) == ["<14>"]
