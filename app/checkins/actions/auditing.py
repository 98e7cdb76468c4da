"""Holding check-ins against the ledger, and taking both out together for an inspector."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from app import errors
from app.checkins import render, store
from app.checkins.rules.place import best_fix
from app.checkins.rules.signed import opened
from app.db import Session
from app.ledger import actions as ledger
from app.ledger.rules import ERASURE_OF_REPORTS, Alarm, Span

Line = Mapping[str, Any]

# How many leaves of an export are completed with their reports at a time.
AT_ONCE = 500

# What is kept of a report in columns of its own, for those who ask without opening it.
COPIED = ("direction", "boot_id", "claimed_at", "platform", "app", "seq", "device_id", "payload_hash")


def audit(session: Session) -> Iterator[Alarm]:
    """Every check-in that is not as its leaf says, or whose report is not the one it was made from; every one without the other."""
    erasures = [json.loads(words) for words in store.list_erasures(session)]
    for row in store.each_beside_its_leaf(session):
        if row["id"] is None:
            yield Alarm("checkin_missing", row["subject"])
        elif row["entry"] is None:
            yield Alarm("checkin_without_leaf", str(row["id"]))
        else:
            yield from (Alarm(code, str(row["id"])) for code in _flaws(row, erasures))


def exported(session: Session, span: Span) -> Iterator[Line]:
    """The ledger's export; check-ins with their report, the evidence, the report of the one before, and the key that signed."""
    lines, known = ledger.exported(session, span), set[str]()
    while some := list(islice(lines, AT_ONCE)):
        yield from (line for line in some if line["type"] != "leaf")
        leaves = [(line, json.loads(line["entry"])) for line in some if line["type"] == "leaf"]
        about = [words for _, words in leaves if words["kind"] == render.LEAF_KIND]
        wanted = {words["subject"] for words in about} | {words["earlier"] for words in about if words["earlier"]}
        reports = store.find_reports(session, [UUID(id) for id in wanted])
        new = {words["device"] for words in about} - known
        yield from ({"type": "device", "jwk": jwk} for jwk in store.find_keys(session, sorted(new)).values())
        known |= new
        yield from (_completed(line, words, reports) for line, words in leaves)


def _completed(line: Line, words: Line, reports: Mapping[UUID, store.Reported]) -> Line:
    """A leaf's line with what it commits to, if it is about a check-in whose report was not erased."""
    if words["kind"] != render.LEAF_KIND or (own := reports.get(UUID(words["subject"]))) is None:
        return line
    earlier = reports.get(UUID(words["earlier"])) if words["earlier"] else None
    return {**line, "report": own.jws, "evidence": own.evidence, "earlier": earlier and earlier.jws}


def _flaws(row: Line, erasures: Sequence[Line]) -> Iterator[str]:
    """What is wrong with a check-in, by text code."""
    says = json.loads(row["entry"])
    here = render.leaf_words(row)
    if {name: says.get(name) for name in here} != here or row["leaf_hash"] != row["sealed_hash"]:
        yield "checkin_changed"
    if not _says_the_same(row["answer"], here):
        yield "answer_changed"
    if row["jws"] is None:
        if not is_forgotten(row["person_id"], row["received_at"], erasures):
            yield "report_missing"
    elif not _is_report_of(row, says):
        yield "report_changed"


def is_forgotten(person_id: int, received_at: datetime, erasures: Iterable[Line]) -> bool:
    """Whether a leaf says that the report of this check-in was erased on purpose."""
    return any(
        erasure.get("of") == ERASURE_OF_REPORTS
        and erasure["person"] in (None, person_id)
        and received_at < datetime.fromisoformat(erasure["before"])
        for erasure in erasures
    )


def _says_the_same(answer: str, words: Line) -> bool:
    """Whether the phone was answered what the leaf says; a place that no site has is answered as none."""
    try:
        said = json.loads(answer)
    except ValueError:
        return False
    same = ("verdict", "counts", "taken_at", "earliest_at", "latest_at", "time_grade", "work_date")
    return all(said.get(name) == words[name] for name in same) and said.get("received_at") == words["at"]


def _is_report_of(row: Line, says: Line) -> bool:
    """Whether report, evidence and position are those the leaf commits to, and the columns copied from the report are right."""
    try:
        report = opened(row["jws"])
    except errors.Invalid:
        return False
    shown = render.shown_fix(report, best_fix(report.fixes))
    copied = {name: getattr(report, name) for name in COPIED} | {"accuracy_m": shown.accuracy_m, "id": report.id}
    is_copied = all(_plain(row[name]) == _plain(value) for name, value in copied.items())
    is_committed = says["evidence"] == render.evidence_hash(row["jws"], row["evidence"])
    return is_copied and is_committed and (row["lat"], row["lon"]) == (shown.point.lat, shown.point.lon)


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value
