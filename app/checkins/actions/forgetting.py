"""Forgetting where people were: reports, evidence and positions go when their time is up or the person asks, and a leaf says so."""

from datetime import datetime
from uuid import uuid4

from app.checkins import store
from app.db import Session
from app.ledger import store as ledger
from app.ledger.rules import ERASURE, ERASURE_OF_REPORTS, instant


def forget_reports(session: Session, before: datetime, now: datetime, person_id: int | None = None) -> int:
    """Number of reports erased: of check-ins received before that instant, everybody's or one person's.

    What stays is the check-in with its verdict and its leaf, which commits to what is gone.
    """
    before = before.replace(microsecond=0)
    ids = store.list_reports_before(session, before, person_id)
    if not ids:
        return 0
    said = {"of": ERASURE_OF_REPORTS, "before": instant(before), "person": person_id, "count": len(ids)}
    ledger.append(session, ERASURE, f"{ERASURE}:{uuid4()}", {}, now, said)
    return store.erase_reports(session, ids)
