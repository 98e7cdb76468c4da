"""Forgetting where people were: reports, evidence and positions go when their time is up or the person asks, and a leaf says so."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID, uuid4

from app.checkins import store
from app.db import Session
from app.ledger import store as ledger
from app.ledger.rules import ERASURE, ERASURE_OF_REPORTS, instant


def forget_reports(
    session: Session, before: datetime, now: datetime, person_id: int | None = None, held: Collection[UUID] = ()
) -> int:
    """Number of reports erased: of check-ins received before that instant, everybody's or one person's.

    What stays is the check-in with its verdict and its leaf, which commits to what is gone. `held`: check-ins about which somebody
    may still be heard; their reports stay, and the leaf names openly those whose time was up.
    """
    before = before.replace(microsecond=0)
    due = store.list_reports_before(session, before, person_id)
    ids = [id for id in due if id not in held]
    if not ids:
        return 0
    kept = sorted(str(id) for id in due if id in held)
    said = {"of": ERASURE_OF_REPORTS, "before": instant(before), "person": person_id, "count": len(ids), "held": kept}
    ledger.append(session, ERASURE, f"{ERASURE}:{uuid4()}", {}, now, said)
    return store.erase_reports(session, ids)
