"""The answer to one check-in as the phone gets it, made once and repeated for ever."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson

from app.checkins.rules.report import Report
from app.checkins.rules.verdict import Verdict
from app.jws import Keyring, b64
from app.ledger.rules import canonical, instant
from app.texts import text

LEAF_KIND = "checkin"


def leaf_of(report: Report, verdict: Verdict, received_at: datetime, policy: str) -> str:
    """The words of the ledger's leaf: enough to recompute what was decided, and nobody's name or position.

    The payload hash commits to the signed report; its random signature is the salt, so that a forgotten report cannot be guessed.
    """
    return canonical(
        {
            "kind": LEAF_KIND,
            "subject": str(report.id),
            "at": instant(received_at),
            "device": report.device_id,
            "direction": report.direction,
            "payload_hash": b64(report.payload_hash),
            "verdict": verdict.outcome,
            "counts": verdict.counts,
            "door_code": verdict.is_code_right,
            "site_version": verdict.place.site.version_id if verdict.place.site else None,
            "taken_at": instant(verdict.timing.taken_at),
            "earliest_at": instant(verdict.timing.earliest_at),
            "latest_at": instant(verdict.timing.latest_at),
            "work_date": verdict.work_date.isoformat(),
            "policy": policy,
        }
    )


def answer_of(report: Report, verdict: Verdict, received_at: datetime, leaf_hash: bytes, keyring: Keyring, language: str) -> str:
    """One item of `results`, as JSON text: it is kept as it is, so that a replay is the same to the byte."""
    place = verdict.place
    receipt = keyring.sign("receipt+jws", receipt_of(report, verdict, received_at, leaf_hash))
    item = {
        "id": str(report.id),
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
