"""Taking the ledger out: everything an outsider needs to check a stretch of it without asking the server again."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from app import errors, jws
from app.config import text_setting, var
from app.db import Session
from app.ledger import rules, store
from app.ledger.actions.sealing import inclusion_of
from app.ledger.rules import Span

FORMAT = 1

# What verdicts rest on and may have been written long before: quoted with a proof when it lies before the stretch.
QUOTED = ("key", "decree", "site_version")

Line = Mapping[str, Any]


def span_of(session: Session, begins_at: datetime | None, ends_at: datetime | None) -> Span:
    """The leaves sealed in `[begins_at, ends_at)`: from one checkpoint to another, so that stretches join without a gap.

    Raises: NotFound when nothing was sealed in it.
    """
    first = store.size_sealed_before(session, begins_at) if begins_at else 0
    size = store.size_sealed_before(session, ends_at)
    if size <= first:
        raise errors.NotFound("nothing_sealed_then")
    return Span(first, size)


def exported(session: Session, span: Span) -> Iterator[Line]:
    """The lines of an export: who signs, where the stretch begins, the checkpoints over it, what is quoted, then every leaf."""
    yield {"type": "ledger", "format": FORMAT, "origin": text_setting("origin"), "first": span.first, "size": span.end}
    yield from ({"type": "key", "jwk": jwk} for jwk in jws.keyring(var("keys")).jwks())
    before = rules.parts_of(Span(0, span.first))
    hashes = store.hashes_for(session, [Span(0, span.first)])
    yield from ({"type": "subtree", "level": node.level, "hash": jws.b64(hashes[node])} for node in before)
    yield from ({"type": "checkpoint", "note": note} for note in store.notes_between(session, span.first, span.end))
    for leaf in store.each_leaf(session, Span(0, span.first), QUOTED):
        path = [jws.b64(step) for step in inclusion_of(session, leaf.leaf_index, span.end)]
        yield {"type": "quoted", **_told(leaf), "path": path}
    yield from ({"type": "leaf", **_told(leaf)} for leaf in store.each_leaf(session, span))


def _told(leaf: store.Told) -> Line:
    """A leaf with its content, if it has some that was not erased."""
    told = {"index": leaf.leaf_index, "entry": leaf.entry}
    return told if leaf.content is None else {**told, "salt": leaf.salt, "content": leaf.content}
