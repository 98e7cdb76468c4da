"""When a phone is the person's phone: how it begins, what is decided about it, and where that leaves it at an instant."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# Long enough that whoever holds a stolen sign-in has to wait where its owner and the supervisor can see it.
COOL_DOWN = timedelta(hours=24)


class Status(StrEnum):
    """Where a device stands. Pending, active and revoked are decided and stored; approved and superseded follow from the time."""

    PENDING = "pending"
    APPROVED = "approved"
    ACTIVE = "active"
    SUPERSEDED = "superseded"
    REVOKED = "revoked"


class Act(StrEnum):
    """What can be done to a device once enrolled."""

    APPROVE = "approve"
    REFUSE = "refuse"


@dataclass(frozen=True, slots=True)
class Use:
    """What is stored of a device's use: the decision, and the stretch `[since, until)` in which it is the person's phone.

    `since` is None while nobody has decided, `until` while no other phone was approved to follow.
    """

    status: Status
    since: datetime | None
    until: datetime | None = None


def first_use(earlier: Sequence[str], now: datetime) -> Use:
    """How a device begins, given the statuses of what the person enrolled before: the very first counts at once, any other waits.

    One that was revoked still makes the next one a replacement, else revoking would be the way round approval.

    Source: contract section 3; facts/location.md section 6.
    """
    return Use(Status.PENDING, None) if earlier else Use(Status.ACTIVE, now)


def use_after(act: Act, now: datetime) -> Use:
    """How the use of a waiting device goes on after the decision about it; refused is revoked, because its key is spent.

    Source: contract section 3 (24 h cool-down for a replacement).
    """
    return Use(Status.ACTIVE, now + COOL_DOWN) if act is Act.APPROVE else Use(Status.REVOKED, None)


def status_of_signer(use: Use, taken_at: datetime, latest_at: datetime) -> Status:
    """Where a device stood when it signed a report that counts for `taken_at` and was made at `latest_at` at the latest.

    So a report made before the phone was replaced counts however late it arrives; one of a revoked key never does, because
    whoever holds a stolen key can choose the time it speaks of. Nobody needs to write anything for a phone to take over.

    Source: docs/decisions.md "nobody is without a phone".
    """
    if use.status is not Status.ACTIVE:
        return use.status
    if use.since is None or latest_at < use.since:
        return Status.APPROVED
    return Status.ACTIVE if use.until is None or taken_at < use.until else Status.SUPERSEDED


def status_at(use: Use, at: datetime) -> Status:
    """Where a device stands at an instant.

    Source: docs/decisions.md "nobody is without a phone".
    """
    return status_of_signer(use, at, at)
