"""Everything asked of the tables of pay, as one module: `from app.pay import store as pay`."""

from app.pay.store.bases import (
    Base,
    BaseAmount,
    Stated,
    add_all,
    bases_in,
    known_of,
    list_stated,
    lock_bases,
    people_of,
    sealed_since,
)
from app.pay.store.months import last_day_in, sealed_at

__all__ = [
    "Base", "BaseAmount", "Stated", "add_all", "bases_in", "known_of", "last_day_in", "list_stated", "lock_bases", "people_of",
    "sealed_at", "sealed_since",
]  # fmt: skip
