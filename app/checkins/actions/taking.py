"""Taking check-ins: gather what is known, judge, write down."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import structlog

from app import errors, jws
from app.checkins import render, store
from app.checkins.rules import verdict as rules
from app.checkins.rules.context import Context
from app.checkins.rules.door_code import doors_of
from app.checkins.rules.evidence import Evidence, written
from app.checkins.rules.place import Fix, best_fix, needs_outline_m
from app.checkins.rules.report import Earlier, Report, is_filed_in_time
from app.checkins.rules.timing import ANCHOR_TYPE, Anchor, Timing, anchor_of, timing_of
from app.db import Statements
from app.devices.rules.use import Status, status_of_signer
from app.geo import Point, sigma_m
from app.ledger.rules import leaf_hash

# One item's outcome: the answer that is kept and repeated, or the reason why nothing of it was kept.
Outcome = str | errors.TapakError

# Why a report is not taken, by where its device stood when it signed.
NOT_TAKEN = {
    Status.PENDING: "device_not_active",
    Status.APPROVED: "device_not_active",
    Status.SUPERSEDED: "superseded_device",
    Status.REVOKED: "revoked_device",
}

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Arrival:
    """A report, when it arrived, and the language that whoever sent it reads."""

    report: Report
    received_at: datetime
    language: str


@dataclass(frozen=True, slots=True)
class Draft:
    """A report with what can be said before the database is asked: the fix to measure from, and the instant by its own count."""

    report: Report
    received_at: datetime
    language: str
    fix: Fix | None
    anchor: Anchor | None
    timing: Timing


@dataclass(frozen=True, slots=True)
class Judged:
    """A check-in that may be kept: its row, and the answer."""

    report: Report
    row: Mapping[str, Any]
    answer: str


def record_all(statements: Statements, arrivals: Sequence[Arrival], keyring: jws.Keyring) -> list[Outcome]:
    """Keep each check-in once, however often the phone sends it; one outcome for each, in their order.

    Gathering takes one round trip and writing another, for one check-in as for a hundred. Nothing is lost where each statement
    commits by itself: check-in, report and leaf are written by one.
    """
    drafts = [_drafted(arrival, keyring) for arrival in arrivals]
    known = store.contexts_for(statements, [_asked(draft, draft.timing.taken_at) for draft in drafts])
    outcomes = _judged_in_order(statements, drafts, known, keyring)
    fresh = {item.report.id: item for item in reversed(outcomes) if isinstance(item, Judged)}
    added = store.add_all(statements, [item.row for item in fresh.values()]) if fresh else set()
    answers = {id: store.Kept(fresh[id].report.payload_hash, fresh[id].answer) for id in added}
    if raced := [id for id in fresh if id not in added]:
        answers |= store.find_kept(statements, raced)
    settled = [_settled(item, answers) if isinstance(item, Judged) else item for item in outcomes]
    if replayed := _replayed(drafts, settled, added):
        store.note_replays(statements, replayed, max(arrival.received_at for arrival in arrivals))
    return settled


def _drafted(arrival: Arrival, keyring: jws.Keyring) -> Draft:
    report, received_at, anchor = arrival.report, arrival.received_at, None
    if report.anchor is not None:
        try:
            anchor = anchor_of(keyring.opened(report.anchor, ANCHOR_TYPE))
        except jws.Malformed:
            log.warning("anchor_not_ours", device=report.device_id)
    timing = timing_of(report, anchor, received_at)
    return Draft(report, received_at, arrival.language, best_fix(report.fixes), anchor, timing)


def _asked(draft: Draft, taken_at: datetime) -> store.Asked:
    report, fix = draft.report, draft.fix
    lat, lon, near_m = None, None, None
    if fix is not None:
        lat, lon, near_m = fix.point.lat, fix.point.lon, needs_outline_m(sigma_m(report.platform, fix.accuracy_m))
    return store.Asked(report.id, report.device_id, lat, lon, near_m, taken_at, report.seq, draft.received_at)


def _judged_in_order(
    statements: Statements, drafts: Sequence[Draft], known: Sequence[store.Gathered], keyring: jws.Keyring
) -> list[Outcome | Judged]:
    """What each comes to, in their order; judged in the order of each phone's chain, because one is the context of the next."""
    outcomes: dict[int, Outcome | Judged] = {}
    newest: dict[str, Judged] = {}
    for at in sorted(range(len(drafts)), key=lambda at: (drafts[at].report.device_id, drafts[at].report.seq)):
        draft, found = drafts[at], _after(known[at], newest.get(drafts[at].report.device_id))
        outcome = outcomes[at] = _judged(statements, draft, found, keyring)
        if isinstance(outcome, Judged):
            newest[draft.report.device_id] = outcome
    return [outcomes[at] for at in range(len(drafts))]


def _after(found: store.Gathered, sibling: Judged | None) -> store.Gathered:
    """The same, if the check-in before came with the same request."""
    context = found.context
    if sibling is None or context is None or (context.earlier and context.earlier.taken_at > sibling.row["taken_at"]):
        return found
    return replace(found, context=replace(context, earlier=_as_earlier(sibling)))


def _judged(statements: Statements, draft: Draft, found: store.Gathered, keyring: jws.Keyring) -> Outcome | Judged:
    """The first answer of a check-in that is there already, why it is refused, or the judged check-in ready to be kept.

    An unexpected error keeps nothing of this item and asks for it again; it never lets a check-in through unjudged.
    """
    report, received_at = draft.report, draft.received_at
    if found.kept is not None and found.kept.payload_hash == report.payload_hash:
        return found.kept.answer
    if refusal := _refusal(report, found, received_at):
        return refusal
    assert found.device is not None
    timing, context = _timed(statements, draft, found)
    if code := NOT_TAKEN.get(status_of_signer(found.device.use, timing.taken_at, timing.latest_at)):
        return errors.Denied(code)
    assert context is not None
    try:
        assert found.device is not None
        doors = doors_of(report.code, timing, context.candidates)
        verdict = rules.weigh(report, draft.fix, timing, context, doors)
        evidence = written(Evidence(received_at, found.device.enrolled_at, doors, context))
        row = render.row_of(report, draft.fix, verdict, context, received_at)
        leaf = render.leaf_of(row, verdict.is_code_right, render.evidence_hash(report.jws, evidence))
        hashed = leaf_hash(leaf)
        answer = render.answer_of(report, verdict, received_at, hashed, keyring, draft.language)
        kept = {**row, **_report_of(draft, evidence), "leaf": leaf, "leaf_hash": hashed, "answer": answer}
        return Judged(report, kept, answer)
    except Exception as error:
        alarm(report, error)
        return errors.Unavailable("checkin_retry")


def _timed(statements: Statements, draft: Draft, found: store.Gathered) -> tuple[Timing, Context | None]:
    """The instant, now that the phone's chain is known, and the context of that instant.

    Only a count that is not to be believed moves it, so honest phones never ask the database a second time.
    """
    device, context = found.device, found.context
    if device is None or context is None:
        return draft.timing, None
    timing = timing_of(draft.report, draft.anchor, draft.received_at, context.earlier, device.enrolled_at)
    if timing.taken_at == draft.timing.taken_at:
        return timing, context
    around = store.contexts_for(statements, [_asked(draft, timing.taken_at)])[0].context
    return timing, None if around is None else replace(around, earlier=context.earlier)


def alarm(report: Report, error: Exception) -> None:
    """Tell whoever watches the log that a check-in could not be kept."""
    log.error("checkin_not_kept", checkin=str(report.id), error=type(error).__name__, exc_info=error)


def _refusal(report: Report, found: store.Gathered, received_at: datetime) -> errors.TapakError | None:
    """Why this item cannot be its sender's check-in, whenever it was made; asked before anything is done for a stranger."""
    device = found.device
    if device is None:
        return errors.NotFound("device_not_enrolled")
    if not is_from(report, device):
        return errors.Unauthenticated("bad_signature")
    if found.kept is not None:
        return errors.Conflict("id_conflict")
    if device.nip != report.nip:
        return errors.Denied("other_persons_device")
    if not is_filed_in_time(report.id, received_at):
        return errors.Invalid("id_out_of_window")
    return None


def is_from(report: Report, device: store.Device) -> bool:
    """Whether the report is signed by the device's key."""
    return jws.is_signed_by(jws.public_es256(device.jwk), report.signing_input, report.signature)


def _report_of(draft: Draft, evidence: str) -> Mapping[str, Any]:
    """What is kept apart, because it is forgotten sooner."""
    point = render.shown_fix(draft.report, draft.fix).point
    return {"jws": draft.report.jws, "evidence": evidence, "lat": point.lat, "lon": point.lon}


def _as_earlier(judged: Judged) -> Earlier:
    """A check-in that is about to be kept, as the next of its phone will find it."""
    row = judged.row
    same = ("id", "device_id", "boot_id", "seq", "payload_hash", "taken_at", "earliest_at", "latest_at", "claimed_at", "accuracy_m")
    return Earlier(**{name: row[name] for name in same}, point=Point(row["lat"], row["lon"]))


def _settled(item: Judged, answers: Mapping[Any, store.Kept]) -> Outcome:
    """The answer kept under the item's id, if it was kept for the same payload."""
    kept = answers[item.report.id]
    return kept.answer if kept.payload_hash == item.report.payload_hash else errors.Conflict("id_conflict")


def _replayed(drafts: Sequence[Draft], outcomes: Sequence[Outcome], added: set[Any]) -> list[Any]:
    """The ids that were answered again."""
    return sorted({draft.report.id for draft, outcome in zip(drafts, outcomes, strict=True) if isinstance(outcome, str)} - added)
