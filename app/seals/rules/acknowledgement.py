"""Where a person's month stands between himself, his superior and personnel."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Step(StrEnum):
    """Who says it."""

    EMPLOYEE = "employee"
    SUPERIOR = "superior"


class State(StrEnum):
    """Where it stands. `changed`: the figures are no longer those that were acknowledged. `sealed`: personnel has the last word."""

    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    OBJECTED = "objected"
    CONFIRMED = "confirmed"
    CHANGED = "changed"
    SEALED = "sealed"


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said of the figures with this digest."""

    step: Step
    digest: str
    agrees: bool


def state_of(said: Sequence[Said], digest: str, is_sealed: bool) -> State:
    """Where the month stands, with what was said of it in order of time and the digest of its figures now.

    Source: issue 5 part 6 (employee, superior, HR); what was said of other figures counts for nothing (docs/months.md).
    """
    if is_sealed:
        return State.SEALED
    if not said:
        return State.OPEN
    standing = [one for one in said if one.digest == digest]
    if not standing:
        return State.CHANGED
    if standing[-1].step is Step.SUPERIOR:
        return State.CONFIRMED
    return State.ACKNOWLEDGED if standing[-1].agrees else State.OBJECTED
