"""What is counted of check-ins: the answers that leave, once they are kept."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from app import errors, metrics
from app.checkins.actions import Arrival, Outcome


class Answered(msgspec.Struct):
    """What of a kept answer is counted; reading it so takes two microseconds, because the rest is skipped."""

    verdict: str
    received_at: datetime


ANSWERED = msgspec.json.Decoder(Answered)


def count(arrivals: Sequence[Arrival], outcomes: Sequence[Outcome]) -> None:
    """Count each outcome once: kept now, kept before, refused, or to be sent again."""
    counted = set[str]()
    for arrival, outcome in zip(arrivals, outcomes, strict=True):
        if isinstance(outcome, errors.Unavailable):
            metrics.retries.inc()
        elif isinstance(outcome, errors.TapakError):
            metrics.count_refusal(outcome.code)
        elif (answer := ANSWERED.decode(outcome)).received_at != _shown(arrival.received_at) or outcome in counted:
            metrics.replays.inc()
        else:
            counted.add(outcome)
            metrics.count_checkin(answer.verdict)


def _shown(at: datetime) -> datetime:
    """The instant as an answer shows it."""
    return at.replace(microsecond=at.microsecond // 1000 * 1000)
