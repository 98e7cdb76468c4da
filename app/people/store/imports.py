"""Reading and writing people by the ten thousand."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, text

from app.db import Session
from app.people.rules.plan import Change, PersonState, PostingState, UnitState
from app.people.store.tables import Person, Posting, Unit


def lock_imports(session: Session) -> None:
    """Make every other import wait until this transaction ends: each is planned against what the last one left."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("people.import"))))


def unit_states(session: Session) -> dict[str, UnitState]:
    """Every unit by code."""
    rows = session.execute(select(Unit.code, Unit.name, Unit.path, Unit.zone, Unit.decree))
    return {row.code: UnitState(*row) for row in rows}


def person_states(session: Session, nips: Collection[str]) -> dict[str, PersonState]:
    """Those of the NIPs that are known, with all their postings."""
    wanted = list(nips)
    postings: dict[str, list[PostingState]] = {}
    for row in session.execute(
        select(Posting.id, Person.nip, Unit.code, Posting.position, Posting.kind, Posting.since, Posting.until)
        .join(Person, Person.id == Posting.person_id)
        .join(Unit, Unit.id == Posting.unit_id)
        .where(Person.nip == func.any(wanted))
    ):
        postings.setdefault(row.nip, []).append(PostingState(*row))
    names = session.execute(select(Person.nip, Person.name).where(Person.nip == func.any(wanted)))
    return {nip: PersonState(nip, name, tuple(postings.get(nip, ()))) for nip, name in names}


def write_units(session: Session, changes: Sequence[Change[UnitState]]) -> None:
    """Add and change units; parents come before their children."""
    columns = "code text, name text, path text, zone text, decree text"
    added = [_unit(change.after) for change in changes if change.before is None]
    changed = [_unit(change.after) for change in changes if change.before is not None]
    _run(
        session,
        "INSERT INTO units (code, name, path, zone, decree) SELECT code, name, path::ltree, zone, decree FROM given",
        columns,
        added,
    )
    _run(
        session,
        """UPDATE units u SET name = given.name, path = given.path::ltree, zone = given.zone, decree = given.decree
        FROM given WHERE u.code = given.code""",
        columns,
        changed,
    )


def write_people(
    session: Session,
    changes: Sequence[Change[PersonState]],
    fingerprints: Mapping[str, str],
    expires_at: datetime,
    now: datetime,
) -> None:
    """Add people with an account each, and change names; `fingerprints` of their one-time codes by NIP."""
    added = [
        (change.after.nip, change.after.name, fingerprints.get(change.after.nip)) for change in changes if change.before is None
    ]
    changed = [(change.after.nip, change.after.name) for change in changes if change.before is not None]
    _run(
        session,
        """, added AS (INSERT INTO people (nip, name, created_at) SELECT nip, name, :now FROM given RETURNING id, nip)
        INSERT INTO accounts (person_id, activation_hash, activation_expires_at)
        SELECT added.id, given.code, CASE WHEN given.code IS NOT NULL THEN CAST(:expires_at AS timestamptz) END
        FROM added JOIN given ON given.nip = added.nip""",
        "nip text, name text, code text",
        added,
        now=now,
        expires_at=expires_at,
    )
    _run(session, "UPDATE people p SET name = given.name FROM given WHERE p.nip = given.nip", "nip text, name text", changed)


def write_postings(session: Session, changes: Sequence[Change[PostingState]]) -> None:
    """End and complete postings, then add the new ones: in that order no day is held twice."""
    changed = [(change.after.id, change.after.position, change.after.until) for change in changes if change.before is not None]
    added = [
        (after.nip, after.unit_code, after.position, after.kind, after.since, after.until)
        for after in (change.after for change in changes if change.before is None)
    ]
    _run(
        session,
        "UPDATE postings p SET position = given.position, until = given.until FROM given WHERE p.id = given.id",
        "id bigint, position text, until date",
        changed,
    )
    _run(
        session,
        """INSERT INTO postings (person_id, unit_id, position, kind, since, until)
        SELECT p.id, u.id, given.position, given.kind, given.since, given.until
        FROM given JOIN people p ON p.nip = given.nip JOIN units u ON u.code = given.unit_code""",
        "nip text, unit_code text, position text, kind text, since date, until date",
        added,
    )
    session.expire_all()


def _run(session: Session, sql: str, columns: str, rows: Sequence[tuple[Any, ...]], **params: object) -> None:
    """Run the statement once over all rows, known to it as `given` with these columns."""
    if not rows:
        return
    pairs = [column.rsplit(" ", 1) for column in columns.split(", ")]
    names = ", ".join(f'"{name}"' for name, _ in pairs)
    arrays = ", ".join(f"CAST(:column_{place} AS {kind}[])" for place, (_, kind) in enumerate(pairs))
    given = {f"column_{place}": list(values) for place, values in enumerate(zip(*rows, strict=True))}
    session.execute(text(f"WITH given ({names}) AS (SELECT * FROM unnest({arrays})) {sql}"), given | params)


def _unit(state: UnitState) -> tuple[str, str, str, str, str]:
    return (state.code, state.name, state.path, state.zone, state.decree)
