"""Facts beside their leaves: one query for each kind, with what leaves tell on one side and what rows say on the other."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exc, text

from app import errors
from app.audits.rules import Erased, Pair
from app.db import Session

# What is compared is the content that the leaf commits to; another one is told by the ledger's own audit, and here as no leaf.
PAIRS = """
WITH leaf AS MATERIALIZED (
    SELECT leaf.id AS leaf_id, kind, subject,
           content::jsonb || jsonb_build_object('recorded_at', substring(entry FROM '"at":"([^"]+)"')) AS words
    FROM ledger_leaves leaf JOIN ledger_contents ON ledger_contents.leaf_id = leaf.id
    WHERE kind = ANY(:kinds) AND substring(entry FROM '"content":"([^"]+)"')
          = translate(encode(sha256(convert_to(salt || content, 'UTF8')), 'base64'), '+/=', '-_')
), told AS (
    SELECT DISTINCT ON (fact) fact AS told_fact, leaf_id, words FROM ({told}) every ORDER BY fact, leaf_id DESC
), kept AS (
    {kept}
)
SELECT * FROM told FULL JOIN kept ON told_fact = fact
"""

ERASED = """
SELECT subject, leaf.id FROM ledger_leaves leaf LEFT JOIN ledger_contents ON leaf_id = leaf.id
WHERE kind = ANY(:kinds) AND leaf_id IS NULL
"""

# A leaf tells one fact, found by what the leaf is about.
ITSELF = "SELECT subject AS fact, leaf_id, words FROM leaf"


@dataclass(frozen=True, slots=True)
class Kept:
    """The facts of some kinds of leaves in the tables that keep them.

    `told`: SQL over `leaf` (leaf_id, kind, subject, words) for the `fact` (id), leaf_id and words of everything told; of several
    leaves about one fact the newest counts. `kept`: SQL for `fact` and one column for every word that the row must still say.
    `is_batch`: one leaf tells several facts.
    """

    kinds: tuple[str, ...]
    tables: tuple[str, ...]
    kept: str
    told: str = ITSELF
    is_batch: bool = False


def apart_by(name: str) -> str:
    """SQL for leaves about one subject that are told apart by one of their words."""
    return f"SELECT subject || '/' || (words ->> '{name}') AS fact, leaf_id, words FROM leaf"


def each_pair(session: Session, kept: Kept) -> Iterator[Pair]:
    """Every fact as its newest leaf tells it beside its row.

    Raises: Conflict (`facts_unreadable`) when somebody put something else in the place of what leaves told.
    """
    query = text(PAIRS.format(told=kept.told, kept=kept.kept))
    try:
        with session.begin_nested():
            for row in session.execute(query.execution_options(yield_per=2000), {"kinds": list(kept.kinds)}):
                yield _pair(dict(row._mapping))
    except exc.DataError as error:
        raise errors.Conflict("facts_unreadable") from error


def erased_of(session: Session, kept: Kept) -> Erased:
    """What leaves of these kinds told and was erased; whether that was on purpose is for the ledger's audit to say."""
    rows = session.execute(text(ERASED), {"kinds": list(kept.kinds)}).all()
    if kept.is_batch:
        return Erased(newest_batch=max((leaf_id for _, leaf_id in rows), default=0))
    return Erased(subjects={subject for subject, _ in rows})


def _pair(row: dict[str, Any]) -> Pair:
    told_fact, leaf_id, words, fact = (row.pop(name) for name in ("told_fact", "leaf_id", "words", "fact"))
    return Pair(fact or told_fact, leaf_id, words, None if fact is None else row)
