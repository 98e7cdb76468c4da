"""What is counted of check-ins: the answers that leave, once they are kept."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from app import errors, metrics
from app.checkins.actions import Outcome


class Answered(msgspec.Struct):
    """What of a kept answer is counted; reading it so takes two microseconds, because the rest is skipped."""

    verdict: str
    received_at: datetime


ANSWERED = msgspec.json.Decoder(Answered)


def count(outcomes: Sequence[Outcome], received_at: datetime) -> None:
    """Count each outcome of a request once: kept now, kept before, refused, or to be sent again."""
    shown_at = received_at.replace(microsecond=received_at.microsecond // 1000 * 1000)  # as the answer shows it
    counted = set[str]()
    for outcome in outcomes:
        if isinstance(outcome, errors.Unavailable):
            metrics.retries.inc()
        elif isinstance(outcome, errors.TapakError):
            metrics.count_refusal(outcome.code)
        elif (answer := ANSWERED.decode(outcome)).received_at != shown_at or outcome in counted:
            metrics.replays.inc()
        else:
            counted.add(outcome)
            metrics.count_checkin(answer.verdict)
