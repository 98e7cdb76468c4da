"""Taking check-ins: gather what is known, judge, write down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from app import decrees, errors, jws
from app.checkins import render, store
from app.checkins.rules import verdict as rules
from app.checkins.rules.context import Context
from app.checkins.rules.place import Fix, best_fix, needs_outline_m
from app.checkins.rules.report import Report, is_filed_in_time
from app.checkins.rules.timing import Timing, since, timing_of
from app.db import Session
from app.devices.rules.use import Status, status_of_signer
from app.geo import sigma_m
from app.ledger.rules import leaf_hash

# One item's outcome: the answer that is kept and repeated, or the reason why nothing of it was kept.
Outcome = str | errors.TapakError

ANCHOR_TYPE = "time-anchor+jws"

# Why a report is not taken, by where its device stood when it signed.
NOT_TAKEN = {
    Status.PENDING: "device_not_active",
    Status.APPROVED: "device_not_active",
    Status.SUPERSEDED: "superseded_device",
    Status.REVOKED: "revoked_device",
}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Judged:
    """A check-in that may be kept: its row, and the answer."""

    report: Report
    row: Mapping[str, Any]
    answer: str


def record_all(
    session: Session, reports: Sequence[Report], received_at: datetime, keyring: jws.Keyring, language: str
) -> list[Outcome]:
    """Keep each check-in once, however often the phone sends it; one outcome for each, in their order.

    Gathering takes one round trip and writing another, for one check-in as for a hundred. Nothing is lost where each statement
    commits by itself: check-in, report and leaf are written by one.
    """
    first_ready = [_anchored(report, received_at, keyring) for report in reports]
    known = store.contexts_for(session, [_asked(report, *ready) for report, ready in zip(reports, first_ready, strict=True)])
    outcomes: list[Outcome | Judged] = [
        _judged(report, fix, timing, found, received_at, keyring, language)
        for report, (fix, timing), found in zip(reports, first_ready, known, strict=True)
    ]
    fresh = {item.report.id: item for item in reversed(outcomes) if isinstance(item, Judged)}
    added = store.add_all(session, [item.row for item in fresh.values()]) if fresh else set()
    answers = {id: store.Kept(fresh[id].report.payload_hash, fresh[id].answer) for id in added}
    if raced := [id for id in fresh if id not in added]:
        answers |= store.find_kept(session, raced)
    settled = [_settled(item, answers) if isinstance(item, Judged) else item for item in outcomes]
    if replayed := _replayed(reports, settled, added):
        store.note_replays(session, replayed, received_at)
    return settled


def _anchored(report: Report, received_at: datetime, keyring: jws.Keyring) -> tuple[Fix | None, Timing]:
    """The fix to measure from and the instant to judge by."""
    anchored_at = None
    if report.anchor is not None:
        try:
            anchored_at = datetime.fromisoformat(keyring.opened(report.anchor, ANCHOR_TYPE)["now"])
        except jws.Malformed:
            log.warning("anchor_not_ours", device=report.device_id)
    timing = timing_of(received_at, anchored_at, report.elapsed_ms)
    return best_fix(report.fixes), timing


def _asked(report: Report, fix: Fix | None, timing: Timing) -> store.Asked:
    if fix is None:
        return store.Asked(report.id, report.device_id, None, None, None, timing.taken_at)
    near_m = needs_outline_m(sigma_m(report.platform, fix.accuracy_m))
    return store.Asked(report.id, report.device_id, fix.point.lat, fix.point.lon, near_m, timing.taken_at)


def _judged(
    report: Report,
    fix: Fix | None,
    timing: Timing,
    found: store.Gathered,
    received_at: datetime,
    keyring: jws.Keyring,
    language: str,
) -> Outcome | Judged:
    """The first answer of a check-in that is there already, why it is refused, or the judged check-in ready to be kept.

    An unexpected error keeps nothing of this item and asks for it again; it never lets a check-in through unjudged.
    """
    if found.kept is not None and found.kept.payload_hash == report.payload_hash:
        return found.kept.answer
    if refusal := _refusal(report, timing, found, received_at):
        return refusal
    assert found.context is not None
    try:
        assert found.device is not None
        verdict = rules.judge(report, fix, since(timing, found.device.enrolled_at), found.context)
        policy = _policy(found.context, verdict)
        leaf = render.leaf_of(report, verdict, received_at, policy)
        hashed = leaf_hash(leaf)
        answer = render.answer_of(report, verdict, received_at, hashed, keyring, language)
        return Judged(report, _row(report, fix, verdict, found.context, received_at, policy, leaf, hashed, answer), answer)
    except Exception as error:
        alarm(report, error)
        return errors.Unavailable("checkin_retry")


def alarm(report: Report, error: Exception) -> None:
    """Tell whoever watches the log that a check-in could not be kept."""
    log.error("checkin_not_kept", checkin=str(report.id), error=type(error).__name__, exc_info=error)


def _refusal(report: Report, timing: Timing, found: store.Gathered, received_at: datetime) -> errors.TapakError | None:
    """Why this item cannot be anybody's check-in, if so."""
    device = found.device
    if device is None:
        return errors.NotFound("device_not_enrolled")
    if not is_from(report, device):
        return errors.Unauthenticated("bad_signature")
    if found.kept is not None:
        return errors.Conflict("id_conflict")
    if device.nip != report.nip:
        return errors.Denied("other_persons_device")
    if code := NOT_TAKEN.get(status_of_signer(device.use, timing.taken_at, timing.latest_at)):
        return errors.Denied(code)
    if not is_filed_in_time(report.id, received_at):
        return errors.Invalid("id_out_of_window")
    return None


def is_from(report: Report, device: store.Device) -> bool:
    """Whether the report is signed by the device's key."""
    return jws.is_signed_by(jws.public_es256(device.jwk), report.signing_input, report.signature)


def _policy(context: Context, verdict: rules.Verdict) -> str:
    """Which law and which rules judged: the decree's code and version on the work date, and the version of the rules."""
    if context.decree is None:
        return f"-/{rules.RULES}"
    try:
        return f"{context.decree}@{decrees.on(context.decree, verdict.work_date).version}/{rules.RULES}"
    except decrees.UncoveredDay:
        return f"{context.decree}@-/{rules.RULES}"


def _row(
    report: Report,
    fix: Fix | None,
    verdict: rules.Verdict,
    context: Context,
    received_at: datetime,
    policy: str,
    leaf: str,
    hashed: bytes,
    answer: str,
) -> Mapping[str, Any]:
    shown = fix or report.fixes[0]
    place, timing = verdict.place, verdict.timing
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
        "claimed_at": report.claimed_at,
        "received_at": received_at,
        "verdict": verdict.outcome,
        "counts": verdict.counts,
        "flags": list(verdict.flags),
        "site_version_id": place.site.version_id if place.site else None,
        "p_inside": place.p_inside,
        "distance_m": place.distance_m,
        "accuracy_m": shown.accuracy_m,
        "platform": report.platform,
        "app": report.app,
        "seq": report.seq,
        "policy": policy,
        "payload_hash": report.payload_hash,
        "leaf_hash": hashed,
        "answer": answer,
        "jws": report.jws,
        "lat": shown.point.lat,
        "lon": shown.point.lon,
        "leaf": leaf,
    }


def _settled(item: Judged, answers: Mapping[Any, store.Kept]) -> Outcome:
    """The answer kept under the item's id, if it was kept for the same payload."""
    kept = answers[item.report.id]
    return kept.answer if kept.payload_hash == item.report.payload_hash else errors.Conflict("id_conflict")


def _replayed(reports: Sequence[Report], outcomes: Sequence[Outcome], added: set[Any]) -> list[Any]:
    """The ids that were answered again."""
    return sorted({report.id for report, outcome in zip(reports, outcomes, strict=True) if isinstance(outcome, str)} - added)
