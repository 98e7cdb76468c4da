"""Forgetting what leaves commit to."""

from datetime import datetime
from uuid import uuid4

from app.db import Session
from app.ledger import store
from app.ledger.rules import ERASURE


def forget_content(session: Session, subject: str, now: datetime) -> int:
    """Number of leaves about the subject whose content is gone; they stay, and so does a leaf that says what was erased."""
    store.append(session, ERASURE, f"{ERASURE}:{uuid4()}", {}, now, {"of": subject})
    return store.erase_contents(session, subject)
