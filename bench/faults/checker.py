"""The assertion: nothing lost, nothing twice, nothing made up. A pure function of the clients' journal and the database's rows."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import orjson

from app.ledger.rules import Checkpoint, grown, root_of
from bench.faults.journal import Attempt, Outcome

VERDICTS = ("accepted", "doubtful", "rejected")


@dataclass(frozen=True, slots=True)
class Kept:
    """A check-in as the database keeps it; hashes in hexadecimal."""

    id: str
    payload_hash: str
    person_id: int
    direction: str
    work_date: date | None
    taken_at: datetime
    verdict: str
    counts: bool
    leaf_hash: str
    answer: str


@dataclass(frozen=True, slots=True)
class Leaf:
    """A fact in the ledger: its kind, what it is about, and its hash in hexadecimal."""

    kind: str
    subject: str
    hash: str


@dataclass(frozen=True, slots=True)
class Day:
    """What attendance made of a person's day."""

    person_id: int
    day: date
    in_at: datetime | None
    out_at: datetime | None


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything a run left behind.

    `reports`: id and hash of each signed report that is kept. `leaves`: in the order of the tree, those without a place last.
    `checkpoints`: all that were seen from outside during the run. `last`: the one sealed after it. There is no outbox of events
    yet, so part 5 asks for none.
    """

    attempts: Sequence[Attempt]
    kept: Sequence[Kept]
    reports: Sequence[tuple[str, str]]
    leaves: Sequence[Leaf]
    checkpoints: Sequence[Checkpoint]
    last: Checkpoint
    days: Sequence[Day]


def violations(evidence: Evidence) -> list[str]:
    """Everything that is not as promised, by number of the promise's part; empty when all of it holds."""
    rows: dict[str, list[Kept]] = defaultdict(list)
    for row in evidence.kept:
        rows[row.id].append(row)
    parts = (_lost, _invented, _doubled, _refused_and_kept, _incomplete, _rewritten, _miscounted, _unclear)
    return [words for part in parts for words in part(evidence, rows)]


Rows = dict[str, list[Kept]]


def _lost(evidence: Evidence, rows: Rows) -> Iterator[str]:
    """1: what was acknowledged is there exactly once, with the same hash; and every acknowledgement said what is kept."""
    acknowledged: dict[tuple[str, str], set[str]] = defaultdict(set)
    for attempt in evidence.attempts:
        if attempt.outcome is Outcome.ACK:
            acknowledged[attempt.id, attempt.payload_hash].add(attempt.answer)
    for (id, payload_hash), answers in acknowledged.items():
        found = [row for row in rows.get(id, ()) if row.payload_hash == payload_hash]
        if len(found) != 1:
            yield f"1 acknowledged {id} is there {len(found)} times with the hash it was sent with"
        elif answers != {found[0].answer}:
            yield f"1 acknowledged {id} was answered in {len(answers)} ways, or not as it is kept"


def _invented(evidence: Evidence, rows: Rows) -> Iterator[str]:
    """2: nothing is there that was never sent."""
    sent = {(attempt.id, attempt.payload_hash) for attempt in evidence.attempts}
    yield from (f"2 {row.id} was never sent" for row in evidence.kept if (row.id, row.payload_hash) not in sent)


def _doubled(evidence: Evidence, rows: Rows) -> Iterator[str]:
    """3: whatever its outcome, it is there at most once."""
    yield from (f"3 {id} is there {len(found)} times" for id, found in rows.items() if len(found) > 1)


def _refused_and_kept(evidence: Evidence, rows: Rows) -> Iterator[str]:
    """4: what was refused is not there; under its id only something else may be."""
    refused = {(attempt.id, attempt.payload_hash) for attempt in evidence.attempts if attempt.outcome is Outcome.REFUSED}
    yield from (f"4 refused {row.id} is there" for row in evidence.kept if (row.id, row.payload_hash) in refused)


def _incomplete(evidence: Evidence, rows: Rows) -> Iterator[str]:
    """5: each row has one verdict, which is also what was answered, one leaf, and the one report it was made from."""
    leaves, reports = defaultdict(list), defaultdict(list)
    for leaf in evidence.leaves:
        if leaf.kind == "checkin":
            leaves[leaf.subject].append(leaf.hash)
    for id, hashed in evidence.reports:
        reports[id].append(hashed)
    for row in evidence.kept:
        answer = orjson.loads(row.answer)
        if row.verdict not in VERDICTS or (answer["id"], answer["verdict"], answer["counts"]) != (row.id, row.verdict, row.counts):
            yield f"5 {row.id} has another verdict than it was answered"
        if leaves[row.id] != [row.leaf_hash]:
            yield f"5 {row.id} has {len(leaves[row.id])} leaves, or one of something else"
        if reports[row.id] != [row.payload_hash]:
            yield f"5 {row.id} has {len(reports[row.id])} reports, or another's"
    yield from (f"5 leaf of {subject} is about nothing" for subject in leaves if subject not in rows)
    yield from (f"5 report of {id} is about nothing" for id in reports if id not in rows)


def _rewritten(evidence: Evidence, rows: Rows) -> Iterator[str]:
    """6: every checkpoint that was seen is the beginning of the last one, rebuilt here leaf by leaf."""
    roots, frontier = {}, ()
    for size, leaf in enumerate(evidence.leaves, start=1):
        frontier = grown(frontier, bytes.fromhex(leaf.hash))
        roots[size] = frontier
    for seen in (*evidence.checkpoints, evidence.last):
        if seen.size not in roots or root_of(roots[seen.size]) != seen.root:
            yield f"6 the checkpoint of {seen.size} leaves is not a beginning of the ledger"
    if evidence.last.size != len(evidence.leaves):
        yield f"6 the last checkpoint covers {evidence.last.size} of {len(evidence.leaves)} leaves"


def _miscounted(evidence: Evidence, rows: Rows) -> Iterator[str]:
    """7: each person's day has the first `in` and the last `out` that count, as the rows themselves say."""
    expected: dict[tuple[int, date], dict[str, list[datetime]]] = defaultdict(lambda: {"in": [], "out": []})
    for row in evidence.kept:
        if row.counts and row.work_date is not None:
            expected[row.person_id, row.work_date][row.direction].append(row.taken_at)
    derived = {(day.person_id, day.day): (day.in_at, day.out_at) for day in evidence.days}
    for key in expected.keys() | derived.keys():
        made = expected[key]
        if derived.get(key, (None, None)) != (min(made["in"], default=None), max(made["out"], default=None)):
            yield f"7 the day of person {key[0]} on {key[1]} is not what the check-ins say"


def _unclear(evidence: Evidence, rows: Rows) -> Iterator[str]:
    """Beyond the eight: trouble is said as 503, never as another error; and in the end every item has an answer."""
    statuses = Counter(attempt.status for attempt in evidence.attempts)
    yield from (f"8 {count} answers of status {status}" for status, count in statuses.items() if status not in (None, 200, 503))
    settled = {(a.id, a.payload_hash) for a in evidence.attempts if a.outcome is not Outcome.UNKNOWN}
    left = {(a.id, a.payload_hash) for a in evidence.attempts} - settled
    yield from (f"8 {id} never got an answer" for id, _ in left)
