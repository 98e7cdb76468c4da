"""What payroll is handed for a person's month: per cents, rupiah where a base amount is given, and what is still missing."""

from dataclasses import dataclass
from decimal import Decimal

from app.decrees import Payment
from app.pay.rules.money import paid_of
from app.recaps.rules import Rated

TWO_DECIMALS = Decimal("0.01")


@dataclass(frozen=True, slots=True)
class Row:
    """One person's row. `missing`: the code of why there is no amount; None where there is one."""

    nip: str
    name: str
    unit: str
    discipline_pct: Decimal | None
    productivity_pct: Decimal | None
    tpp_pct: Decimal | None
    base: int | None
    paid: int | None
    is_final: bool
    missing: str | None


def row_of(
    who: tuple[str, str, str], rated: Rated | None, base: int | None, law: Payment | None, is_final: bool
) -> Row:  # fmt: skip
    """The row of somebody (NIP, name, unit); an amount only where all that it takes is known.

    Source: docs/payroll-csv.md; the decree's `payment` clause.
    """
    nip, name, unit = who
    if rated is None:
        return Row(nip, name, unit, None, None, None, base, None, is_final, "not_rated_here")
    tpp = rated.tpp_pct
    missing = "not_assessed" if tpp is None else "no_base" if base is None else "no_payment_clause" if law is None else None
    paid = paid_of(tpp, base, law) if tpp is not None and base is not None and law is not None else None
    return Row(nip, name, unit, rated.discipline_pct, rated.productivity_pct, tpp, base, paid, is_final, missing)


def per_cent(pct: Decimal | None) -> str:
    """A per cent with two decimals, or three where it has three: what is multiplied is never rounded first.

    Source: docs/payroll-csv.md.
    """
    if pct is None:
        return ""
    return f"{pct:.2f}" if pct == pct.quantize(TWO_DECIMALS) else f"{pct.normalize():f}"
