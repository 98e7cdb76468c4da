"""Where each kind of fact is kept, and each fact beside its leaf: `from app.audits import store`."""

from app.audits.store.decisions import DECISIONS
from app.audits.store.held import each_held
from app.audits.store.letters import LETTERS
from app.audits.store.months import MONTHS
from app.audits.store.pairs import Kept, each_pair, erased_of
from app.audits.store.papers import PAPERS
from app.audits.store.people import PEOPLE
from app.audits.store.places import PLACES
from app.audits.store.workdays import WORKDAYS

# Whoever adds a kind of leaf adds its row here, or says below why there is nothing to compare; a test walks the kinds and tables.
KEPT = (*PEOPLE, *PLACES, *WORKDAYS, *LETTERS, *DECISIONS, *PAPERS, *MONTHS)

# Kinds of leaves that no row is compared with, and why.
UNCOMPARED = {
    "checkin": "compared with report, evidence and answer by `checkins.audit`",
    "activation_code": "the code is spent by its owner, whose sign-ins are no facts",
    "demo": "a label",
    "erasure": "what it speaks of is gone",
    "key": "a file, whose every change becomes a leaf within a minute",
    "decree": "a file, whose every change becomes a leaf within a minute",
    "rules": "the program's own version",
}

# Tables that hold nothing a leaf tells, and why.
NO_FACTS = {
    "recap_exports": "what somebody asked to read",
    **dict.fromkeys(("accounts", "refresh_tokens"), "sign-ins change nobody's rights"),
    **dict.fromkeys(("checkins", "checkin_reports", "checkin_replays"), "compared by `checkins.audit`"),
    **dict.fromkeys(("day_records", "ratings"), "derived, and can be derived again"),
    "feeds": "links to one's own calendar judge nobody",
    **dict.fromkeys(("job_runs", "job_failures"), "what the program did, not what anybody is judged by"),
    "month_marks": "which ratings are to be made anew",
    "ledger_deliveries": "who took which checkpoint",
    "roster_drafts": "nobody is judged by a draft",
    **dict.fromkeys(
        ("ledger_leaves", "ledger_contents", "ledger_order", "ledger_nodes", "ledger_checkpoints"),
        "the ledger, compared by its audit",
    ),
}

# Columns that say nothing a leaf tells, and why.
SILENT = {
    "attachment_contents.name": "what it was called where it came from; forgotten with the file",
    "people.created_at": "judges nothing",
    "findings.evidence": "its hash is compared",
    "papers.year": "stands in its number",
    "papers.sequence": "stands in its number",
    "findings.unit_id": "where it is decided, not what was found",
    "site_versions.lint": "computed from the outline",
    "roster_entries.changed_at": "a mark by which the night finds late changes",
}

__all__ = ["KEPT", "NO_FACTS", "SILENT", "UNCOMPARED", "Kept", "each_held", "each_pair", "erased_of"]
