"""Money and statements, as one module: `from app.pay import rules`."""

from app.pay.rules.basefile import BaseFile, BaseRow, Said, parse
from app.pay.rules.handover import Row, per_cent, row_of
from app.pay.rules.money import Cost, Step, in_rupiah, is_behind, paid_of, steps_of
from app.pay.rules.statement import Asked, Money, Sums, contest_until, costs_of, money_of, sums_of

__all__ = [
    "Asked", "BaseFile", "BaseRow", "Cost", "Money", "Row", "Said", "Step", "Sums", "contest_until", "costs_of",
    "in_rupiah", "is_behind", "money_of", "paid_of", "parse", "per_cent", "row_of", "steps_of", "sums_of",
]  # fmt: skip
