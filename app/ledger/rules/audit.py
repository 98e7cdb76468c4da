"""Whether the ledger is what it says: everything rebuilt from the words of its entries."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from app.ledger.rules.entry import commitment, leaf_hash
from app.ledger.rules.note import Checkpoint, note_text, opened, read_checkpoint
from app.ledger.rules.tree import grown, root_of

# The kind of leaf that says what was forgotten on purpose: the subject whose content it was, or reports.
ERASURE = "erasure"
ERASURE_OF_REPORTS = "reports"


class SealedLeaf(NamedTuple):
    """One leaf as it is stored: its words, the hash beside them, the hash the tree was built with, the columns it is found by, and
    the content it commits to. None: that row is gone."""

    place: int
    leaf_id: int
    entry: str | None
    leaf_hash: bytes | None
    built_hash: bytes | None
    kind: str | None
    subject: str | None
    salt: str | None
    content: str | None


class SealedNote(NamedTuple):
    """One checkpoint as it is stored."""

    size: int
    root: bytes
    note: str


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that was not so when it was sealed: `code` says what, `at` which leaf, checkpoint or fact."""

    code: str
    at: int | str


def alarms_in(leaves: Iterable[SealedLeaf], notes: Sequence[SealedNote], public_keys: tuple[bytes, ...]) -> Iterator[Alarm]:
    """Everything in which the stored ledger contradicts itself or its signatures, in order of the tree.

    `leaves` and `notes` in order. After an edited leaf every later root would differ, so the tree goes on with the hash it was
    built with: one edit is one alarm. An edit carried through the tree shows as the first checkpoint that no longer holds; the
    root of every later one differs too and is not said again.

    Source: RFC 9162 section 2.1; C2SP tlog-checkpoint.
    """
    frontier: tuple[tuple[int, bytes], ...] = ()
    count, waiting, holds = 0, list(notes)[::-1], True
    missing, forgotten = list[tuple[str | None, int]](), set[str]()
    for leaf in leaves:
        while leaf.place > count:
            yield Alarm("leaf_missing", count)
            frontier, count = grown(frontier, b""), count + 1
        yield from _alarms_of_leaf(leaf)
        says = _said(leaf.entry)
        if says.get("kind") == ERASURE:
            forgotten.add(str(says.get("of")))
        if "content" in says and leaf.content is None:
            missing.append((leaf.subject, leaf.leaf_id))
        frontier, count = grown(frontier, leaf.built_hash or b""), count + 1
        while waiting and waiting[-1].size <= count:
            note = waiting.pop()
            if holds and note.root != root_of(frontier):
                holds = False
                yield Alarm("checkpoint_root_differs", note.size)
            signed = find_checkpoint_in(note.note, public_keys)
            if signed is None or (signed.size, signed.root) != (note.size, note.root):
                yield Alarm("checkpoint_not_signed", note.size)
    for note in reversed(waiting):
        yield Alarm("checkpoint_beyond_leaves", note.size)
    yield from (Alarm("content_missing", leaf_id) for subject, leaf_id in missing if subject not in forgotten)


def _alarms_of_leaf(leaf: SealedLeaf) -> Iterator[Alarm]:
    if leaf.entry is None or leaf.built_hash is None:
        yield Alarm("leaf_missing", leaf.place)
    elif not leaf_hash(leaf.entry) == leaf.leaf_hash == leaf.built_hash:
        yield Alarm("leaf_changed", leaf.leaf_id)
    else:
        says = _said(leaf.entry)
        if (says.get("kind"), says.get("subject")) != (leaf.kind, leaf.subject):
            yield Alarm("leaf_filed_wrongly", leaf.leaf_id)
        if leaf.content is not None and says.get("content") != commitment(leaf.salt or "", leaf.content):
            yield Alarm("content_changed", leaf.leaf_id)


def _said(entry: str | None) -> Mapping[str, object]:
    """The words of an entry; none when somebody put something else there."""
    try:
        says = json.loads(entry or "")
    except ValueError:
        return {}
    return says if isinstance(says, dict) else {}


def find_checkpoint_in(note: str, public_keys: tuple[bytes, ...]) -> Checkpoint | None:
    """The checkpoint of a note that one of the keys signed in the name of its own origin.

    Source: C2SP tlog-checkpoint, "Signatures".
    """
    try:
        return read_checkpoint(opened(note, read_checkpoint(note_text(note)).origin, public_keys))
    except ValueError:
        return None
