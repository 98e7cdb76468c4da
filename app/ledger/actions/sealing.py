"""Sealing the ledger, proving from it, and checking it against itself."""

import os
import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from app import errors, jws
from app.config import text_setting, var
from app.db import Session
from app.ledger import rules, store
from app.ledger.rules import Checkpoint, Span


@dataclass(frozen=True, slots=True)
class Inclusion:
    """What shows that a leaf stands at its place."""

    leaf_hash: bytes
    leaf_index: int
    path: tuple[bytes, ...]


@dataclass(frozen=True, slots=True)
class Installed:
    """Something the program judges or signs with that came as a file: its kind, its name, and what is said of it openly and not."""

    kind: str
    name: str
    openly: Mapping[str, object]
    content: Mapping[str, object] = field(default_factory=dict)

    @property
    def subject(self) -> str:
        """By which its leaf is found."""
        return f"{self.kind}:{self.name}"


@dataclass(frozen=True, slots=True)
class Proven:
    """Proofs under one signed root, in the order in which the leaves were written."""

    size: int
    note: str
    proofs: tuple[Inclusion, ...]


def note_installed(session: Session, installed: Sequence[Installed], now: datetime) -> int:
    """Number of things that had no leaf yet and now have one."""
    known = store.known_subjects(session, [thing.subject for thing in installed])
    new = [thing for thing in installed if thing.subject not in known]
    for thing in new:
        store.append(session, thing.kind, thing.subject, thing.content, now, thing.openly)
    return len(new)


def seal(session: Session, now: datetime) -> int:
    """Number of leaves that a new signed checkpoint covers for the first time; with none there is no checkpoint.

    Raises: Conflict when the stored tree no longer leads to the last checkpoint or to the published one: a log never signs
    two histories, so nothing is signed until a person has looked.
    """
    store.lock(session)
    last = store.find_last_sealed(session)
    horizon, below = store.horizon(session), last.below_xid if last else "0"
    old_size = last.size if last else 0
    sealed = store.give_places(session, old_size, below, horizon)
    store.add_subtrees(session, old_size, old_size + sealed)
    _refuse_second_history(session, last, old_size + sealed)
    if sealed:
        checkpoint = Checkpoint(text_setting("origin"), old_size + sealed, root_at(session, old_size + sealed))
        added = store.Sealed(size=checkpoint.size, root=checkpoint.root, note=_signed(checkpoint), sealed_at=now, below_xid=horizon)
        store.add_sealed(session, added)
    return sealed


def publish(session: Session, now: datetime) -> int:
    """1 when the newest committed checkpoint had to be written to the file that outsiders copy, else 0.

    Apart from `seal`, so that no file ever shows a checkpoint whose transaction was rolled back.
    """
    store.lock(session)
    last, file = store.find_last_sealed(session), published_file()
    if last is None or (file.exists() and file.read_text("utf-8") == last.note):
        return 0
    _refuse_second_history(session, last, last.size)
    file.parent.mkdir(parents=True, exist_ok=True)
    _replace(file, last.note)
    return 1


def published_file() -> Path:
    """Where the newest checkpoint stands for outsiders."""
    return var("ledger", "checkpoint")


def current_note(session: Session) -> str:
    """The newest signed checkpoint.

    Raises: NotFound before the first.
    """
    return _last(session).note


def proofs_of(session: Session, name: str) -> Proven:
    """The proofs of the leaf of that hash (base64url), or of all sealed leaves about that subject, under the newest checkpoint.

    Raises: NotFound for a name that no leaf has, Conflict when none of them is sealed yet.
    """
    last = store.find_last_sealed(session)
    found = _leaves_named(session, name, last.below_xid if last else "0")
    if not found:
        raise errors.NotFound("unknown_leaf")
    sealed = [(hashed, index) for hashed, index in found if last and index is not None and index < last.size]
    if last is None or not sealed:
        raise errors.Conflict("leaf_not_sealed_yet")
    proofs = (Inclusion(hashed, at, inclusion_of(session, at, last.size)) for hashed, at in sealed)
    return Proven(last.size, last.note, tuple(proofs))


def inclusion_of(session: Session, index: int, size: int) -> tuple[bytes, ...]:
    """The path from the leaf to the root of the tree of that size."""
    return _hashes(session, rules.inclusion_spans(index, size))


def _leaves_named(session: Session, name: str, below_xid: str) -> list[tuple[bytes, int | None]]:
    """Hash and place of each leaf; a base64url SHA-256 is a hash, anything else a subject."""
    try:
        hashed = jws.unb64(name)
    except jws.Malformed:
        hashed = b""
    by_hash = store.find_by_hash(session, hashed, below_xid) if len(hashed) == rules.HASH_BYTES else []
    return by_hash or store.find_by_subject(session, name)


def growth_between(session: Session, old_size: int, new_size: int | None) -> tuple[int, tuple[bytes, ...]]:
    """The later size (the newest if None) and the proof that its tree begins with the whole tree of `old_size`.

    Raises: Invalid when the sizes are not in order or beyond the newest checkpoint.
    """
    size = _last(session).size
    new_size = size if new_size is None else new_size
    if not 0 < old_size <= new_size <= size:
        raise errors.Invalid("ledger_sizes_not_in_order", {"/from": ("ledger_size_range", {"size": size})})
    return new_size, _hashes(session, rules.consistency_spans(old_size, new_size))


def root_at(session: Session, size: int) -> bytes:
    """Root of the tree of the first `size` leaves, from its stored subtrees."""
    return _hashes(session, [Span(0, size)])[0]


def audit(session: Session) -> Iterator[rules.Alarm]:
    """Everything in the ledger that was not so when it was sealed, found by rebuilding the tree from the words of its entries."""
    sealed = store.list_sealed(session)
    notes = [rules.SealedNote(row.size, row.root, row.note) for row in sealed]
    yield from rules.alarms_in(store.each_placed(session), notes, _public_keys())
    yield from (rules.Alarm("subtree_changed", first) for first in store.list_torn(session))
    last = sealed[-1] if sealed else None
    yield from (rules.Alarm("leaf_left_out", leaf_id) for leaf_id in store.list_left_out(session, last.below_xid if last else "0"))
    yield from _alarms_of_published(session)


def _alarms_of_published(session: Session) -> Iterator[rules.Alarm]:
    """What outsiders were shown is a beginning of what is sealed: looked at in that order, for sealing goes on meanwhile."""
    published: Checkpoint | None = None
    try:
        published = _published()
        last = store.find_last_sealed(session)
        if published is not None and not _leads_to(session, published, last.size if last else 0):
            yield rules.Alarm("published_checkpoint_differs", published.size)
    except errors.Conflict as error:
        yield rules.Alarm(error.code, published.size if published else 0)


def _refuse_second_history(session: Session, last: store.Sealed | None, size: int) -> None:
    published = _published()
    signed = rules.find_checkpoint_in(last.note, _public_keys()) if last else None
    if last and signed is None:
        raise errors.Conflict("checkpoint_not_ours", size=last.size)
    if last and signed and (signed.size, signed.root) != (last.size, last.root):
        raise errors.Conflict("ledger_contradicts_itself", size=last.size)
    for known in (signed, published):
        if known is not None and not _leads_to(session, known, size):
            raise errors.Conflict("ledger_contradicts_itself", size=known.size)


def _leads_to(session: Session, known: Checkpoint, size: int) -> bool:
    """The stored tree of `size` begins with the one that was signed."""
    return known.size <= size and root_at(session, known.size) == known.root


def _published() -> Checkpoint | None:
    """What outsiders were last shown, if the file is there.

    Raises: Conflict when it is there and not signed by this server: somebody put it there.
    """
    file = published_file()
    if not file.exists():
        return None
    shown = rules.find_checkpoint_in(file.read_text("utf-8"), _public_keys())
    if shown is None:
        raise errors.Conflict("published_checkpoint_not_ours", file=file.name)
    return shown


def _hashes(session: Session, spans: Sequence[Span]) -> tuple[bytes, ...]:
    stored = store.hashes_for(session, spans)
    try:
        return tuple(rules.hash_of(span, stored) for span in spans)
    except KeyError as error:
        raise errors.Conflict("ledger_contradicts_itself", size=max(span.end for span in spans)) from error


def _last(session: Session) -> store.Sealed:
    last = store.find_last_sealed(session)
    if last is None:
        raise errors.NotFound("ledger_not_sealed_yet")
    return last


def _signed(checkpoint: Checkpoint) -> str:
    _, key = jws.keyring(var("keys")).signing_key()
    public = key.public_key().public_bytes_raw()
    return rules.signed_note(rules.checkpoint_body(checkpoint), checkpoint.origin, public, key.sign)


def _public_keys() -> tuple[bytes, ...]:
    return tuple(jws.unb64(key["x"]) for key in jws.keyring(var("keys")).jwks())


def _replace(file: Path, content: str) -> None:
    """Put the content into the file so that a reader sees the old or the new one, whole, also after a power cut."""
    scratch = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    with scratch.open("w", encoding="utf-8") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    scratch.replace(file)
