"""What is done with the ledger: `from app.ledger import actions`."""

from app.ledger.actions.delivering import deliver
from app.ledger.actions.exporting import exported, span_of
from app.ledger.actions.forgetting import forget_content
from app.ledger.actions.sealing import (
    Inclusion,
    Installed,
    Proven,
    audit,
    current_note,
    growth_between,
    note_installed,
    proofs_of,
    publish,
    published_file,
    root_at,
    seal,
)

__all__ = [
    "Inclusion",
    "Installed",
    "Proven",
    "audit",
    "current_note",
    "deliver",
    "exported",
    "forget_content",
    "growth_between",
    "note_installed",
    "proofs_of",
    "publish",
    "published_file",
    "root_at",
    "seal",
    "span_of",
]
