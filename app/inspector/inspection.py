"""The inspection of an export: the tree rebuilt, every checkpoint and receipt held against it, every verdict made again."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

from app import jws
from app.checkins.render import LEAF_KIND
from app.inspector.judging import flaws_of
from app.inspector.reading import Export, Line, has_its_content
from app.ledger.rules import Alarm, Checkpoint, find_checkpoint_in, grown, leaf_hash, root_of

# What cannot be checked is counted and told, but is nobody's fault.
EXCUSED = ("not_judged", "judged_by_others")


def inspect(export: Export, held: Sequence[str], receipts: Iterable[str], counts: Counter[str]) -> Iterator[Alarm]:
    """Everything in the export that is not as it was signed; `held`: checkpoints an outsider kept; `counts`: what was looked at."""
    roots, alarms = _roots_to_meet(export, held)
    yield from alarms
    wanted, alarms = _receipts(receipts, export)
    yield from alarms
    frontier, count = export.subtrees, export.first
    yield from _met(roots, count, root_of(frontier)) if count else ()
    for line in export.leaves():
        yield from (Alarm("leaf_missing", gone) for gone in range(count, line["index"]))
        hashed = leaf_hash(line["entry"])
        frontier, count = grown(frontier, hashed), line["index"] + 1
        counts["leaves"] += 1
        yield from _alarms_of(line, export, counts)
        said = wanted.pop(jws.b64(hashed), None)
        if said is not None and not _is_kept(said, line):
            yield Alarm("receipt_differs", said["id"])
        yield from _met(roots, count, root_of(frontier)) if count in roots else ()
    if count != export.size:
        yield Alarm("leaf_missing", count)
    yield from (Alarm("checkpoint_not_reached", size) for size in sorted(roots) if size > count)
    yield from (Alarm("receipt_without_leaf", said["id"]) for said in wanted.values())
    yield from (
        Alarm("quoted_wrongly", line["index"]) for line in export.quoted if not export.is_quoted_rightly(line, root_of(frontier))
    )
    counts["quoted"] = len(export.quoted)


def _alarms_of(line: Line, export: Export, counts: Counter[str]) -> Iterator[Alarm]:
    if not has_its_content(line):
        yield Alarm("content_changed", line["index"])
    says = json.loads(line["entry"])
    if says["kind"] != LEAF_KIND:
        counts["erased content"] += "content" in says and "content" not in line
        return
    if "report" not in line:
        counts["erased reports"] += 1
        return
    flaws = list(flaws_of(line, export))
    counts.update(flaw for flaw in flaws if flaw in EXCUSED)
    counts["judged again and equal"] += not flaws
    yield from (Alarm(flaw, says["subject"]) for flaw in flaws if flaw not in EXCUSED)


def _roots_to_meet(export: Export, held: Sequence[str]) -> tuple[dict[int, set[tuple[bytes, str]]], list[Alarm]]:
    """The root that the tree must have at each size, by the export's own checkpoints and those that were held."""
    roots, alarms = dict[int, set[tuple[bytes, str]]](), list[Alarm]()

    def add(checkpoint: Checkpoint | None, code: str) -> None:
        if checkpoint is None:
            alarms.append(Alarm("checkpoint_not_signed", 0))
        elif checkpoint.size < export.first:
            alarms.append(Alarm("checkpoint_before_export", checkpoint.size))
        else:
            roots.setdefault(checkpoint.size, set()).add((checkpoint.root, code))

    for checkpoint in export.checkpoints():
        add(checkpoint, "checkpoint_root_differs")
    for note in held:
        add(find_checkpoint_in(note, export.public_keys()), "held_checkpoint_differs")
    if export.size not in roots:
        alarms.append(Alarm("checkpoint_not_signed", export.size))
    return roots, alarms


def _met(roots: dict[int, set[tuple[bytes, str]]], size: int, root: bytes) -> list[Alarm]:
    return [Alarm(code, size) for expected, code in sorted(roots.pop(size, set())) if expected != root]


def _receipts(receipts: Iterable[str], export: Export) -> tuple[dict[str, Line], list[Alarm]]:
    """What the server signed to phones, by the hash of the leaf it promised."""
    wanted, alarms = dict[str, Line](), list[Alarm]()
    for number, receipt in enumerate(receipts, 1):
        try:
            said = jws.opened_by(export.keys, receipt.strip(), "receipt+jws")
            wanted[said["leaf_hash"]] = said
        except (jws.Malformed, KeyError):
            alarms.append(Alarm("receipt_not_signed", number))
    return wanted, alarms


def _is_kept(said: Line, line: Line) -> bool:
    """Whether the leaf says what the receipt says."""
    says = json.loads(line["entry"])
    same = (("id", "subject"), ("payload_hash", "payload_hash"), ("verdict", "verdict"), ("received_at", "at"))
    return all(said[ours] == says[theirs] for ours, theirs in same)
