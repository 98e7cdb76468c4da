"""What the sealed record is by definition: the words of an entry, the tree over them, and the note that signs its root."""

from app.ledger.rules.audit import Alarm, SealedLeaf, SealedNote, alarms_in, find_checkpoint_in
from app.ledger.rules.entry import canonical, leaf_hash
from app.ledger.rules.note import Checkpoint, checkpoint_body, key_id, note_text, opened, read_checkpoint, signed_note, verifier_key
from app.ledger.rules.tree import (
    EMPTY_ROOT,
    Node,
    Span,
    completed,
    consistency_spans,
    grown,
    hash_of,
    inclusion_spans,
    is_consistent,
    is_included,
    node_hash,
    parts_of,
    root_of,
)

__all__ = [
    "EMPTY_ROOT",
    "Alarm",
    "Checkpoint",
    "Node",
    "SealedLeaf",
    "SealedNote",
    "Span",
    "alarms_in",
    "canonical",
    "checkpoint_body",
    "completed",
    "consistency_spans",
    "find_checkpoint_in",
    "grown",
    "hash_of",
    "inclusion_spans",
    "is_consistent",
    "is_included",
    "key_id",
    "leaf_hash",
    "node_hash",
    "note_text",
    "opened",
    "parts_of",
    "read_checkpoint",
    "root_of",
    "signed_note",
    "verifier_key",
]
