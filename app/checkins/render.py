"""What is kept of a judged check-in, what its leaf says, and the answer the phone gets, made once and repeated for ever."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any

import orjson

from app.checkins.rules.context import Context
from app.checkins.rules.place import Fix
from app.checkins.rules.report import Report
from app.checkins.rules.verdict import Verdict, policy_of
from app.jws import Keyring, b64
from app.ledger.rules import canonical, instant
from app.texts import text

LEAF_KIND = "checkin"


def row_of(report: Report, fix: Fix | None, verdict: Verdict, context: Context, received_at: datetime) -> dict[str, Any]:
    """What is kept of a judged check-in, but for the report itself, its leaf and its answer."""
    shown, place, timing = shown_fix(report, fix), verdict.place, verdict.timing
    return {
        "id": report.id,
        "person_id": context.person_id,
        "device_id": report.device_id,
        "unit_id": context.unit_id,
        "direction": report.direction,
        "work_date": verdict.work_date,
        "taken_at": timing.taken_at,
        "earliest_at": timing.earliest_at,
        "latest_at": timing.latest_at,
        "time_grade": timing.grade,
        "boot_id": report.boot_id,
        "claimed_at": report.claimed_at,
        "received_at": received_at,
        "verdict": verdict.outcome,
        "counts": verdict.counts,
        "flags": list(verdict.flags),
        "score": verdict.score,
        "earlier_id": context.earlier.id if context.earlier else None,
        "site_version_id": place.site.version_id if place.site else None,
        "p_inside": place.p_inside,
        "distance_m": place.distance_m,
        "accuracy_m": shown.accuracy_m,
        "platform": report.platform,
        "app": report.app,
        "seq": report.seq,
        "policy": policy_of(context, verdict.work_date),
        "payload_hash": report.payload_hash,
    }


def shown_fix(report: Report, fix: Fix | None) -> Fix:
    """The fix a check-in is shown with: the one that was judged, or else the first."""
    return fix or report.fixes[0]


def leaf_words(row: Mapping[str, Any]) -> dict[str, object]:
    """What a leaf says of a check-in, from what is kept of it: all that counts, and nobody's name or position.

    The payload hash commits to the signed report; its random signature is the salt, so that a forgotten report cannot be guessed.
    """
    return {
        "kind": LEAF_KIND,
        "subject": str(row["id"]),
        "at": instant(row["received_at"]),
        "person": row["person_id"],
        "unit": row["unit_id"],
        "device": row["device_id"],
        "direction": row["direction"],
        "payload_hash": b64(row["payload_hash"]),
        "verdict": row["verdict"],
        "counts": row["counts"],
        "flags": list(row["flags"]),
        "score": _decimal(row["score"], 3),
        "earlier": None if row["earlier_id"] is None else str(row["earlier_id"]),
        "site_version": row["site_version_id"],
        "p_inside": _decimal(row["p_inside"], 5),
        "distance_m": _decimal(row["distance_m"], 1),
        "taken_at": instant(row["taken_at"]),
        "earliest_at": instant(row["earliest_at"]),
        "latest_at": instant(row["latest_at"]),
        "time_grade": row["time_grade"],
        "work_date": row["work_date"].isoformat(),
        "policy": row["policy"],
    }


def leaf_of(row: Mapping[str, Any], is_code_right: bool | None, evidence_hash: str) -> str:
    """The words of the leaf, with the commitment to the evidence and what became of the code at the door."""
    return canonical({**leaf_words(row), "door_code": is_code_right, "evidence": evidence_hash})


def evidence_hash(compact: str, evidence: str) -> str:
    """What a leaf says of the evidence: its hash together with that of the report, which is its salt."""
    return b64(sha256(f"{compact}\n{evidence}".encode()).digest())


def _decimal(number: float | None, places: int) -> str | None:
    """A number as text, because two languages may spell it differently."""
    return None if number is None else f"{number:.{places}f}"


def answer_of(report: Report, verdict: Verdict, received_at: datetime, leaf_hash: bytes, keyring: Keyring, language: str) -> str:
    """One item of `results`, as JSON text: it is kept as it is, so that a replay is the same to the byte."""
    place, signed = verdict.place, receipt_of(report, verdict, received_at, leaf_hash)
    receipt = keyring.sign("receipt+jws", signed)
    item = {
        "id": signed["id"],
        "status": "stored",
        "verdict": verdict.outcome,
        "counts": verdict.counts,
        "reasons": [{"code": why.code, "message": text(why.code, language, **why.params)} for why in verdict.reasons],
        "site": {"code": place.site.site_code, "name": place.site.site_name} if place.site else None,
        "p_inside": None if place.p_inside is None else round(place.p_inside, 5),
        "distance_m": None if place.distance_m is None else round(place.distance_m, 1),
        "taken_at": instant(verdict.timing.taken_at),
        "earliest_at": instant(verdict.timing.earliest_at),
        "latest_at": instant(verdict.timing.latest_at),
        "time_grade": verdict.timing.grade,
        "received_at": instant(received_at),
        "work_date": verdict.work_date.isoformat(),
        "next": verdict.next,
        "receipt": receipt,
    }
    return orjson.dumps(item).decode()


def receipt_of(report: Report, verdict: Verdict, received_at: datetime, leaf_hash: bytes) -> Mapping[str, Any]:
    """What the server signs: that this report, as it arrived, is in the record with this verdict."""
    return {
        "id": str(report.id),
        "payload_hash": b64(report.payload_hash),
        "verdict": verdict.outcome,
        "received_at": instant(received_at),
        "leaf_hash": b64(leaf_hash),
    }
