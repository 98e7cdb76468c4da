"""Requests that arrive while another is at the database, and go there together when it comes back."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock
from typing import Generic, TypeVar

A = TypeVar("A")
R = TypeVar("R")


@dataclass(slots=True, eq=False)
class _Waiting(Generic[A, R]):
    """One caller's items, and what came of them: results or an error."""

    items: Sequence[A]
    results: Sequence[R] | None = None
    error: Exception | None = None


class Together(Generic[A, R]):
    """Calls of many threads made into few: whoever's turn it is takes along the items of all who wait, in the order they came.

    Nobody waits for company: alone, a caller goes at once. In the rush each way to the database carries as many as came meanwhile.
    """

    def __init__(self, do: Callable[[Sequence[A]], Sequence[R]], most: int) -> None:
        self._do, self._most = do, most
        self._waiting: deque[_Waiting[A, R]] = deque()
        self._turn = Lock()

    def done(self, items: Sequence[A]) -> Sequence[R]:
        """What `do` made of the items, in their order.

        Raises: what `do` raised; all who went together get the same.
        """
        mine = _Waiting[A, R](items)
        self._waiting.append(mine)
        while mine.results is None and mine.error is None:
            with self._turn:
                if mine.results is None and mine.error is None:
                    self._go()
        if mine.error is not None:
            raise mine.error
        return mine.results or ()

    def _go(self) -> None:
        """Take along the first who wait, as many as fit; the first in any case."""
        party = [self._waiting.popleft()]
        size = len(party[0].items)
        while self._waiting and size + len(self._waiting[0].items) <= self._most:
            party.append(self._waiting.popleft())
            size += len(party[-1].items)
        try:
            results = self._do([item for one in party for item in one.items])
        except Exception as error:
            for one in party:
                one.error = error
            return
        at = 0
        for one in party:
            one.results = results[at : at + len(one.items)]
            at += len(one.items)
