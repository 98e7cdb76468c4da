"""The load clients' own memory of what they sent and what was said to it, on disk before anything happens next."""

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from app import clock


class Outcome(StrEnum):
    """What a client knows afterwards. `unknown`: cut off, timed out, told to send it again, or never told anything."""

    ACK = "ack"
    REFUSED = "refused"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Said:
    """What became of one item of an attempt, with the server's words about it."""

    outcome: Outcome
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One item of one request: its id, the hash of what was sent, when, and the outcome. `status`: of the HTTP answer, if any."""

    number: int
    id: str
    payload_hash: str
    began_s: float
    ended_s: float | None
    status: int | None
    outcome: Outcome
    answer: str


class Journal:
    """An append-only file of attempts; every line is on disk before the method that wrote it returns."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.count = 0
        self._descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)

    def begin(self, items: Sequence[tuple[str, str]]) -> int:
        """The number of an attempt that is about to be sent; `items` are ids and hashes."""
        self.count += 1
        self._write({"attempt": self.count, "at": _now_s(), "items": items})
        return self.count

    def end(self, attempt: int, status: int | None, said: Sequence[Said]) -> None:
        """Write what became of each item of the attempt."""
        self._write({"attempt": attempt, "at": _now_s(), "status": status, "said": [(one.outcome, one.answer) for one in said]})

    def close(self) -> None:
        """Write no more."""
        os.close(self._descriptor)

    def _write(self, line: dict[str, object]) -> None:
        os.write(self._descriptor, json.dumps(line).encode() + b"\n")
        os.fsync(self._descriptor)


def attempts_in(file: Path) -> list[Attempt]:
    """Every item of every attempt in the order they were begun; one without an end is unknown."""
    begun: dict[int, dict] = {}
    ended: dict[int, dict] = {}
    for line in file.read_text().splitlines():
        entry = json.loads(line)
        (begun if "items" in entry else ended)[entry["attempt"]] = entry
    return [attempt for number, entry in begun.items() for attempt in _items_of(number, entry, ended.get(number))]


def _items_of(number: int, begun: dict, ended: dict | None) -> list[Attempt]:
    silence = [(Outcome.UNKNOWN, "")] * len(begun["items"])
    at_s, status, said = (ended["at"], ended["status"], ended["said"]) if ended else (None, None, silence)
    return [
        Attempt(number, id, payload_hash, begun["at"], at_s, status, Outcome(outcome), answer)
        for (id, payload_hash), (outcome, answer) in zip(begun["items"], said, strict=True)
    ]


def _now_s() -> float:
    return clock.now().timestamp()
