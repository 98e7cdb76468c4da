"""Leaves: writing one in the transaction of its fact, and finding it again."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from itertools import islice

from sqlalchemy import Select, func, select, text
from sqlalchemy.orm import Session

from app.db import prepared
from app.ledger.rules import canonical, leaf_hash, words_of
from app.ledger.store.tables import Leaf, Place, Subtree

# One statement, because a leaf without what it commits to would say nothing.
APPEND = """
WITH leaf AS (
    INSERT INTO ledger_leaves (kind, subject, entry, leaf_hash, recorded_at) VALUES ($1, $2, $3, $4, $5) RETURNING id
)
INSERT INTO ledger_contents (leaf_id, salt, content) SELECT id, $6, $7 FROM leaf
"""

# The same for many. A leaf's hash is its own, because its salt is.
APPEND_ALL = """
WITH given AS (
    SELECT * FROM unnest(CAST(:subjects AS text[]), CAST(:entries AS text[]), CAST(:hashes AS bytea[]), CAST(:salts AS text[]),
        CAST(:contents AS text[])) WITH ORDINALITY AS row (subject, entry, leaf_hash, salt, content, place)
), leaf AS (
    INSERT INTO ledger_leaves (kind, subject, entry, leaf_hash, recorded_at)
    SELECT :kind, subject, entry, leaf_hash, :now FROM given ORDER BY place RETURNING id, leaf_hash
)
INSERT INTO ledger_contents (leaf_id, salt, content) SELECT id, salt, content FROM leaf JOIN given USING (leaf_hash)
"""
TOGETHER = 2000


def append(
    session: Session,
    kind: str,
    subject: str,
    content: Mapping[str, object],
    now: datetime,
    openly: Mapping[str, object] | None = None,
) -> bytes:
    """Hash of the leaf written for this fact, in the caller's transaction: both are kept or neither.

    `subject` is the id by which the leaf can be proven in later; no lock is taken, the order is settled when it is sealed.
    The leaf holds a salted commitment to the content, and of it only what is said `openly`: forgetting the content leaves the
    tree as it is.
    """
    told, salt = canonical(content), secrets.token_urlsafe(16)
    words = words_of(kind, subject, now, salt, told, openly)
    hashed = leaf_hash(words)
    prepared(session, "ledger_append", APPEND, (kind, subject, words, hashed, now, salt, told))
    return hashed


def append_all(session: Session, kind: str, facts: Iterable[tuple[str, Mapping[str, object]]], now: datetime) -> None:
    """Write a leaf for each fact (subject, content) of one kind, in their order: for files of ten thousands of rows."""
    for some in iter(partial(lambda left: list(islice(left, TOGETHER)), iter(facts)), []):
        told = [(subject, canonical(content), secrets.token_urlsafe(16)) for subject, content in some]
        words = [words_of(kind, subject, now, salt, content) for subject, content, salt in told]
        given: dict[str, object] = {
            "kind": kind,
            "now": now,
            "subjects": [subject for subject, _, _ in told],
            "contents": [content for _, content, _ in told],
            "salts": [salt for _, _, salt in told],
            "entries": words,
            "hashes": [leaf_hash(one) for one in words],
        }
        session.execute(text(APPEND_ALL), given)


def appending(kind: str, facts: str) -> str:
    """SQL that writes one leaf for each of `facts`, a relation of subject, entry, leaf_hash and recorded_at.

    For a store that writes many facts and their leaves in one statement; `append` is for everybody else.
    """
    return (
        "INSERT INTO ledger_leaves (kind, subject, entry, leaf_hash, recorded_at)"
        f" SELECT '{kind}', subject, entry, leaf_hash, recorded_at FROM {facts}"
    )


def erase_contents(session: Session, subject: str) -> int:
    """Number of contents that are gone; the database refuses it unless this transaction has written a leaf of erasure."""
    erased: int = session.scalars(select(func.erase_ledger_contents(subject))).one()
    return erased


def known_subjects(session: Session, subjects: Sequence[str]) -> set[str]:
    """Those of the subjects that there are leaves about."""
    return set(session.scalars(select(Leaf.subject).where(Leaf.subject.in_(subjects))))


def find_by_subject(session: Session, subject: str) -> list[tuple[bytes, int | None]]:
    """Hash of each leaf about the subject, oldest first, and its place in the tree if it has one yet."""
    if "\0" in subject:  # PostgreSQL has no such text
        return []
    about = session.execute(_placed().where(Leaf.subject == subject)).all()
    # Few; ordered in SQL, PostgreSQL may walk the whole ledger by id instead.
    return [(row.leaf_hash, row.leaf_index) for row in sorted(about, key=lambda leaf: leaf.id)]


def find_by_hash(session: Session, hashed: bytes, below_xid: str) -> list[tuple[bytes, int | None]]:
    """The leaf of that hash: sealed, or among those that the newest checkpoint, below that transaction, has left for the next."""
    placed = select(Subtree.hash, Subtree.position).where(Subtree.level == 0, Subtree.hash == hashed)
    found = [(row.hash, row.position) for row in session.execute(placed)]
    waiting = _placed().where(Leaf.xid >= below_xid, Leaf.leaf_hash == hashed)
    return found or [(row.leaf_hash, row.leaf_index) for row in session.execute(waiting)]


def _placed() -> Select[int, bytes, int | None]:
    return select(Leaf.id, Leaf.leaf_hash, Place.leaf_index).join(Place, Place.leaf_id == Leaf.id, isouter=True)
