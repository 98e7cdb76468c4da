"""Auditing: the tree with its contents, every check-in with its report, and every other fact beside its leaf."""

from collections.abc import Iterator, Sequence

from app import errors
from app.audits import rules, store
from app.checkins import actions as checkins
from app.db import Session
from app.ledger import actions as ledger
from app.ledger.rules import Alarm


def audit(session: Session) -> Iterator[Alarm]:
    """Everything that is not as it was sealed."""
    yield from ledger.audit(session)
    yield from checkins.audit(session)
    yield from audit_facts(session)


def audit_facts(session: Session, all_kept: Sequence[store.Kept] = store.KEPT) -> Iterator[Alarm]:
    """Every fact whose row is not as its newest leaf says, in order of the table of facts."""
    for kept in all_kept:
        try:
            erased = store.erased_of(session, kept)
            alarms = (rules.alarm_of(pair, erased) for pair in store.each_pair(session, kept))
            yield from (alarm for alarm in alarms if alarm is not None)
        except errors.Conflict as error:
            yield Alarm(error.code, ", ".join(kept.kinds))
