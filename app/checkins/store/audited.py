"""What an audit and an export look at: check-ins beside their leaves, and the reports they came in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Uuid, cast, func, select, text

from app.checkins.store.tables import CheckinReport
from app.db import Session
from app.devices.store import Device

# Rows in order, each with the words of its leaf, its report and the position beside that; a leaf without a row comes last.
BESIDE = """
SELECT c.*, l.entry, l.leaf_hash AS sealed_hash, l.subject, r.jws, r.evidence, ST_Y(r.position) AS lat, ST_X(r.position) AS lon
FROM checkins c
FULL JOIN (SELECT * FROM ledger_leaves WHERE kind = 'checkin') l ON l.subject = c.id::text
LEFT JOIN checkin_reports r ON r.id = c.id
"""

FORGOTTEN = "SELECT entry FROM ledger_leaves WHERE kind = 'erasure'"


@dataclass(frozen=True, slots=True)
class Reported:
    """A report with the evidence beside it."""

    jws: str
    evidence: str


def each_beside_its_leaf(session: Session) -> Iterator[Mapping[str, Any]]:
    """Every check-in and every leaf about one, joined; what is not there is None."""
    rows = session.execute(text(BESIDE).execution_options(yield_per=2000))
    yield from (dict(row._mapping) for row in rows)


def list_erasures(session: Session) -> Sequence[str]:
    """The words of every leaf that says what was forgotten."""
    return session.scalars(text(FORGOTTEN)).all()


def find_reports(session: Session, ids: Sequence[UUID]) -> dict[UUID, Reported]:
    """The reports of those check-ins that were not erased."""
    query = select(CheckinReport.id, CheckinReport.jws, CheckinReport.evidence).where(CheckinReport.id.in_(ids))
    return {id: Reported(compact, evidence) for id, compact, evidence in session.execute(query)}


def find_keys(session: Session, device_ids: Sequence[str]) -> dict[str, Mapping[str, str]]:
    """Public keys of devices, by id."""
    query = select(Device.id, Device.jwk).where(Device.id.in_(device_ids))
    return {id: jwk for id, jwk in session.execute(query)}


def list_reports_before(session: Session, before: datetime, person_id: int | None) -> Sequence[UUID]:
    """Check-ins received before that instant whose reports are there; no id is more than five minutes ahead of its arrival."""
    return session.scalars(
        text(
            """SELECT r.id FROM checkin_reports r JOIN checkins c ON c.id = r.id
            WHERE r.id < uuid_at(CAST(:before AS timestamptz) + interval '5 minutes') AND c.received_at < :before
              AND (CAST(:person AS bigint) IS NULL OR c.person_id = :person)"""
        ),
        {"before": before, "person": person_id},
    ).all()


def erase_reports(session: Session, ids: Sequence[UUID]) -> int:
    """Number of reports that are gone; the database refuses it unless this transaction has written a leaf of erasure."""
    erased: int = session.scalars(select(func.erase_checkin_reports(cast(list(ids), ARRAY(Uuid))))).one()
    return erased
