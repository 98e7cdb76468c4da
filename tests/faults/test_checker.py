"""The checker is worth as much as what it catches: an untouched run passes, and every single thing done to one is seen."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256

import orjson
import pytest

from app.ledger.rules import Checkpoint, grown, root_of
from bench.faults.checker import Day, Evidence, Kept, Leaf, violations
from bench.faults.journal import Attempt, Journal, Outcome, Said, attempts_in

MORNING = datetime(2026, 3, 9, 23, 25, tzinfo=UTC)
DAY = date(2026, 3, 10)


def digest(words):
    return sha256(words.encode()).hexdigest()


def kept(number):
    """Person 0 to 2 comes, then goes."""
    id = f"id-{number}"
    answer = {"id": id, "verdict": "accepted", "counts": True}
    return Kept(
        id, digest(f"jws-{number}"), number % 3, "in" if number < 3 else "out", DAY, MORNING + timedelta(minutes=number),
        "accepted", True, digest(f"leaf-{number}"), orjson.dumps(answer).decode(),
    )  # fmt: skip


def attempt(row, outcome=Outcome.ACK, number=1, status=200):
    answer = row.answer if outcome is Outcome.ACK else ""
    return Attempt(number, row.id, row.payload_hash, 0.0, 1.0, status, outcome, answer)


def checkpoint(leaves):
    frontier = ()
    for leaf in leaves:
        frontier = grown(frontier, bytes.fromhex(leaf.hash))
    return Checkpoint("uji", len(leaves), root_of(frontier))


def honest():
    """A run in which everything went as promised: one answer was lost and sent again, one forgery was refused."""
    rows = [kept(number) for number in range(6)]
    forged = replace(rows[0], id="forged", payload_hash=digest("forged"))
    leaves = [Leaf("checkin", row.id, row.leaf_hash) for row in rows]
    leaves.insert(2, Leaf("decision", "another fact", digest("decision")))
    return Evidence(
        attempts=[
            attempt(rows[0], Outcome.UNKNOWN, status=None),
            *(attempt(row) for row in rows),
            attempt(rows[0]),
            attempt(forged, Outcome.REFUSED),
        ],
        kept=rows,
        reports=[(row.id, row.payload_hash) for row in rows],
        leaves=leaves,
        checkpoints=[checkpoint(leaves[:size]) for size in (1, 2, 5)],
        last=checkpoint(leaves),
        days=[
            Day(person, DAY, MORNING + timedelta(minutes=person), MORNING + timedelta(minutes=person + 3)) for person in range(3)
        ],
    )


def without(rows, place=3):
    return [*rows[:place], *rows[place + 1 :]]


def changed(rows, place=3, **members):
    return [*rows[:place], replace(rows[place], **members), *rows[place + 1 :]]


def invented():
    return replace(kept(3), id="invented")


def test_an_honest_run_has_no_violation():
    assert violations(honest()) == []


@pytest.mark.parametrize(
    "broken, part",
    [
        (lambda run: {"kept": without(run.kept)}, "1"),
        (lambda run: {"kept": [*run.kept, run.kept[3]]}, "1"),
        (lambda run: {"kept": [*run.kept, run.kept[3]]}, "3"),
        (lambda run: {"kept": changed(run.kept, payload_hash=digest("other"))}, "1"),
        (lambda run: {"kept": changed(run.kept, payload_hash=digest("other"))}, "2"),
        (lambda run: {"kept": changed(run.kept, answer=run.kept[3].answer + " ")}, "1"),
        (lambda run: {"attempts": changed(run.attempts, answer="{}")}, "1"),
        (lambda run: {"kept": [*run.kept, invented()]}, "2"),
        (lambda run: {"kept": [*run.kept, replace(kept(3), id="forged", payload_hash=digest("forged"))]}, "4"),
        (lambda run: {"kept": changed(run.kept, verdict="rejected")}, "5"),
        (lambda run: {"kept": changed(run.kept, verdict="")}, "5"),
        (lambda run: {"leaves": without(run.leaves)}, "5"),
        (lambda run: {"leaves": [*run.leaves, run.leaves[3]]}, "5"),
        (lambda run: {"leaves": changed(run.leaves, hash=digest("other"))}, "5"),
        (lambda run: {"leaves": changed(run.leaves, hash=digest("other"))}, "6"),
        (lambda run: {"leaves": [*run.leaves, Leaf("checkin", "nothing", digest("x"))]}, "5"),
        (lambda run: {"reports": without(run.reports)}, "5"),
        (lambda run: {"reports": [*run.reports, run.reports[3]]}, "5"),
        (lambda run: {"reports": [*run.reports, ("nothing", digest("x"))]}, "5"),
        (lambda run: {"leaves": [run.leaves[1], run.leaves[0], *run.leaves[2:]]}, "6"),
        (lambda run: {"checkpoints": changed(run.checkpoints, 1, root=bytes(32))}, "6"),
        (lambda run: {"checkpoints": changed(run.checkpoints, 1, size=99)}, "6"),
        (lambda run: {"last": checkpoint(run.leaves[:5])}, "6"),
        (lambda run: {"days": without(run.days, 1)}, "7"),
        (lambda run: {"days": changed(run.days, 1, in_at=None)}, "7"),
        (lambda run: {"days": changed(run.days, 1, out_at=MORNING)}, "7"),
        (lambda run: {"kept": changed(run.kept, counts=False)}, "7"),
        (lambda run: {"attempts": changed(run.attempts, 0, status=500)}, "8"),
        (lambda run: {"attempts": changed(run.attempts, 2, outcome=Outcome.UNKNOWN, answer="")}, "8"),
    ],
    ids=[
        "a lost row", "a doubled row, as lost", "a doubled row", "another payload, as lost", "another payload, as invented",
        "an answer changed by one space", "a second answer", "a row nobody sent", "a refused row that is there",
        "another verdict than was answered", "no verdict", "a lost leaf", "a doubled leaf", "a leaf of something else",
        "a leaf changed after it was sealed", "a leaf about nothing", "a lost report", "a doubled report", "a report about nothing",
        "leaves that changed places", "a checkpoint of another history", "a checkpoint beyond the ledger", "leaves left unsealed",
        "a day that is missing", "a day without its arrival", "a day with another end", "a day counted from what does not count",
        "an error that is no 503", "an item that never got an answer",
    ],
)  # fmt: skip
def test_whatever_is_done_to_a_run_is_seen(broken, part):
    run = honest()
    found = violations(replace(run, **broken(run)))
    assert part in {words[0] for words in found}, found


def test_what_stayed_unknown_may_be_there_or_not():
    """The one freedom the promise leaves, as long as the client was told in the end."""
    run = honest()
    lost = replace(kept(9), work_date=None)
    told = [attempt(lost, Outcome.UNKNOWN), attempt(lost, Outcome.REFUSED)]
    assert violations(replace(run, attempts=[*run.attempts, *told])) == []


def test_the_journal_remembers_an_attempt_that_nobody_lived_to_end(tmp_path):
    journal = Journal(tmp_path / "journal")
    first = journal.begin([("a", "1"), ("b", "2")])
    journal.begin([("c", "3")])
    journal.end(first, 200, [Said(Outcome.ACK, "{}"), Said(Outcome.REFUSED, "no")])
    journal.close()
    read = attempts_in(tmp_path / "journal")
    assert [(one.id, one.outcome, one.answer, one.status) for one in read] == [
        ("a", "ack", "{}", 200), ("b", "refused", "no", 200), ("c", "unknown", "", None),
    ]  # fmt: skip
    assert read[2].ended_s is None
