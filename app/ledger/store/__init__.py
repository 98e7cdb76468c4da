"""The tables of the ledger and everything asked of them: `from app.ledger import store as ledger`."""

from app.ledger.store.doubts import each_placed, list_left_out, list_torn
from app.ledger.store.exports import Told, each_leaf, list_newest, notes_between, size_sealed_before
from app.ledger.store.leaves import append, append_all, appending, erase_contents, find_by_hash, find_by_subject, known_subjects
from app.ledger.store.outbox import deliveries_of, note_delivery
from app.ledger.store.sealing import (
    add_sealed,
    add_subtrees,
    find_last_sealed,
    find_oldest_unsealed,
    give_places,
    hashes_for,
    horizon,
    list_sealed,
    lock,
)
from app.ledger.store.tables import Content, Leaf, Place, Sealed, Subtree

__all__ = [
    "Content",
    "Leaf",
    "Place",
    "Sealed",
    "Subtree",
    "Told",
    "add_sealed",
    "add_subtrees",
    "append",
    "append_all",
    "appending",
    "deliveries_of",
    "each_leaf",
    "each_placed",
    "erase_contents",
    "find_by_hash",
    "find_by_subject",
    "find_last_sealed",
    "find_oldest_unsealed",
    "give_places",
    "hashes_for",
    "horizon",
    "known_subjects",
    "list_newest",
    "list_left_out",
    "list_sealed",
    "list_torn",
    "lock",
    "note_delivery",
    "notes_between",
    "size_sealed_before",
]
