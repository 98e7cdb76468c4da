"""Whether a row still says what its leaf says."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from app.ledger.rules import Alarm, instant


@dataclass(frozen=True, slots=True)
class Pair:
    """A fact by its id, as its newest leaf tells it and as its row does; None: there is none. `leaf_id`: of that leaf."""

    id: str
    leaf_id: int | None
    told: Mapping[str, Any] | None
    kept: Mapping[str, Any] | None


@dataclass(frozen=True, slots=True)
class Erased:
    """Leaves of the kinds in question whose content is gone: their subjects, and the newest that told several facts at once."""

    subjects: Collection[str] = ()
    newest_batch: int = 0


def alarm_of(pair: Pair, erased: Erased = Erased()) -> Alarm | None:  # noqa: B008 - frozen
    """What is wrong with the fact; nothing can be said where what its leaf told was erased.

    Source: design "every fact that matters is a leaf"; docs/ledger.md "What is compared".
    """
    if pair.id.partition("/")[0] in erased.subjects or (pair.leaf_id or 0) < erased.newest_batch:
        return None
    if pair.kept is None:
        return Alarm("fact_missing", pair.id)
    told = pair.told
    if told is None:
        return Alarm("fact_without_leaf", pair.id)
    same = all(is_said(told.get(name), value) for name, value in pair.kept.items())
    return None if same else Alarm("fact_changed", pair.id)


def is_said(word: Any, value: Any) -> bool:
    """Whether a word of a leaf, as JSON has it, says this value of a column.

    An instant is written whole or, as every leaf writes when it was recorded, to the millisecond.

    Source: RFC 8259 section 3; RFC 3339 section 5.6.
    """
    try:
        match value:
            case datetime():
                return bool(datetime.fromisoformat(word) == value or word == instant(value))
            case date():
                return bool(word == value.isoformat())
            case Decimal():
                return Decimal(word) == value
            case list():
                return len(word) == len(value) and all(map(is_said, word, value))
            case _:
                return type(word) is type(value) and bool(word == value)
    except (TypeError, ValueError, InvalidOperation):
        return False
