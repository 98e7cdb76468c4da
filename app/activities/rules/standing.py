"""Where an activity stands: what the newest answer says, and which answers may follow."""

from enum import StrEnum


class Answer(StrEnum):
    """What is said about an activity. Its person withdraws; a superior says the others, as often as he sees better."""

    APPROVE = "approve"
    ADJUST = "adjust"
    RETURN = "return"
    WITHDRAW = "withdraw"


class Standing(StrEnum):
    """What an activity is after its newest answer."""

    WAITING = "waiting"
    APPROVED = "approved"
    ADJUSTED = "adjusted"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


AFTER = {
    None: Standing.WAITING,
    Answer.APPROVE: Standing.APPROVED,
    Answer.ADJUST: Standing.ADJUSTED,
    Answer.RETURN: Standing.RETURNED,
    Answer.WITHDRAW: Standing.WITHDRAWN,
}


def standing_of(answer: str | None) -> Standing:
    """What the activity is after that answer.

    Source: our design (docs/activities.md "Decisions").
    """
    return AFTER[None if answer is None else Answer(answer)]


def counted_min(answer: Answer, logged_min: int, given_min: int | None) -> int:
    """Minutes that count after the answer: all that was logged, what the superior gives, or none.

    Source: our design (docs/activities.md "Decisions").
    """
    match answer:
        case Answer.APPROVE:
            return logged_min
        case Answer.ADJUST:
            return given_min or 0
        case _:
            return 0


def refusal_of(standing: Standing, is_replaced: bool, answer: Answer, counts_min: int, counted: int) -> str | None:
    """Why the answer cannot follow, as the code of a refusal.

    `counted`: minutes that count now, `counts_min`: that would count after the answer.

    Source: our design: an answer is only ever followed by another one (docs/activities.md "Decisions").
    """
    if standing is Standing.WITHDRAWN:
        return "activity_withdrawn"
    if is_replaced:
        return "activity_replaced"
    if answer is Answer.WITHDRAW:
        return None if standing is Standing.WAITING else "activity_decided"
    if AFTER[answer] is standing and counts_min == counted:
        return "activity_decided"
    return None
