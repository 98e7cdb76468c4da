"""What must be true of a phone's folder and the server's rows after any number of crashes."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from app import jws
from app.phone.folder import Folder
from app.phone.receipt import is_proof

# By the number of the report: what the server said, and the report.
Answers = Mapping[int, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Row:
    """A check-in as the database has it."""

    id: str
    seq: int
    payload_hash: bytes
    jws: str


def wrongs(journal: Sequence[str], receipts: Answers, rows: Sequence[Row], keys: Sequence[jws.Jwk]) -> list[str]:
    """What is wrong; nothing, when all is well. `journal`: ids that the person was told are safe, in their order."""
    return [*_lost_or_doubled(journal, receipts, rows), *_chain(rows), *_receipts(receipts, rows, keys)]


def read(folder: Folder) -> dict[int, dict[str, Any]]:
    """The answers the phone has kept, each with its report, by number."""
    return {int(file.stem): json.loads(file.read_bytes()) for file in (folder.path / "receipts").glob("[0-9]*.json")}


def _lost_or_doubled(journal: Sequence[str], receipts: Answers, rows: Sequence[Row]) -> Iterator[str]:
    times = Counter(row.id for row in rows)
    yield from (f"lost: {id}" for id in journal if not times[id])
    yield from (f"doubled: {id}" for id, number in times.items() if number > 1)
    answered = {kept["answer"]["id"] for kept in receipts.values()}
    yield from (f"nobody's: {id}" for id in times.keys() - answered)
    yield from (f"answered and not there: {id}" for id in answered - times.keys())


def _chain(rows: Sequence[Row]) -> Iterator[str]:
    """Numbers without gap or repetition, each report naming the one before."""
    before = None
    for number, row in enumerate(sorted(rows, key=lambda row: row.seq), start=1):
        payload = json.loads(jws.split(row.jws)[1])
        if (row.seq, payload["seq"], payload.get("prev")) != (number, number, before):
            yield f"chain: {row.id} has number {row.seq} in place {number}"
        before = jws.b64(hashlib.sha256(row.jws.encode()).digest())


def _receipts(receipts: Answers, rows: Sequence[Row], keys: Sequence[jws.Jwk]) -> Iterator[str]:
    by_id = {row.id: row for row in rows}
    for number, kept in receipts.items():
        row = by_id.get(kept["answer"]["id"])
        if row is None:
            continue
        if (row.seq, row.jws, row.payload_hash) != (number, kept["report"], hashlib.sha256(kept["report"].encode()).digest()):
            yield f"another report: {row.id}"
        if not is_proof(kept["answer"], kept["report"], keys):
            yield f"no receipt: {row.id}"
