"""Whether a decision is ripe to be told in a letter, and whether it was told already."""

from datetime import date, datetime

APPROVED = "approve"


def leave_flaw(status: str, first_day: date, until: date) -> str | None:
    """The code of why no letter can be issued of a leave: it is not granted, or no day is left of it.

    Source: PP 11/2017 (leave is granted by the official entitled to it); docs/leave.md "Who answers".
    """
    if status != APPROVED:
        return "letter_out_undecided"
    return "letter_out_nothing_left" if until <= first_day else None


def assignment_flaw(awaits_approval: bool, first_day: date, cut_from: date | None) -> str | None:
    """The code of why no letter can be issued of an assignment: somebody must still stand for it, or it was withdrawn.

    Source: docs/letters.md "Nobody sends himself", "Ending one".
    """
    if awaits_approval:
        return "letter_out_undecided"
    return "letter_out_nothing_left" if cut_from is not None and cut_from <= first_day else None


def is_told(told_at: datetime | None, changed_at: datetime | None) -> bool:
    """Whether a letter that was issued says what holds now.

    Source: our design (docs/letters-out.md): the same decision is told once, a changed one anew.
    """
    return told_at is not None and (changed_at is None or changed_at <= told_at)
