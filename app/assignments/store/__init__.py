"""Everything asked of assignment letters, as one module: `from app.assignments import store as assignments`."""

from app.assignments.store.issued import (
    Issued,
    Named,
    add_approval,
    add_letter,
    add_withdrawal,
    find_letter,
    is_named,
    list_letters,
    list_letters_of,
    list_named,
    site_codes,
    sites_named,
)
from app.assignments.store.standing import letters_between, letters_on, list_changed_since, list_moved_late, standing
from app.assignments.store.tables import AssignmentLetter, LetterApproval, LetterPerson, LetterSite, LetterWithdrawal

__all__ = [
    "AssignmentLetter",
    "Issued",
    "LetterApproval",
    "LetterPerson",
    "LetterSite",
    "LetterWithdrawal",
    "Named",
    "add_approval",
    "add_letter",
    "add_withdrawal",
    "find_letter",
    "is_named",
    "letters_between",
    "letters_on",
    "list_changed_since",
    "list_letters",
    "list_letters_of",
    "list_moved_late",
    "list_named",
    "site_codes",
    "sites_named",
    "standing",
]
