"""What the demo asks of the database that no feature does: whether it may write here, and what it wrote before."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import exists, func, select

from app.db import Session
from app.ledger import store as ledger
from app.people.store import Person

KIND = "demo"


def hold(session: Session) -> None:
    """Make any other load wait until this transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("demo.load"))))


def has_people(session: Session) -> bool:
    """Whether anybody is in this database."""
    return bool(session.scalar(select(exists().select_from(Person))))


def find_told(session: Session) -> dict[str, Any] | None:
    """What the demo in this database was made of, if there is one."""
    query = select(ledger.Content.content).join(ledger.Leaf, ledger.Leaf.id == ledger.Content.leaf_id)
    told = session.scalar(query.where(ledger.Leaf.subject == KIND, ledger.Leaf.kind == KIND).limit(1))
    return None if told is None else orjson.loads(told)


def note_told(session: Session, told: Mapping[str, object], now: datetime) -> None:
    """Write what the demo is made of: the label that it is one."""
    ledger.append(session, KIND, KIND, told, now)
