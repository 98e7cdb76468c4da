"""What units reported of their budget realisation, quarter by quarter; only ever added, the last word counts."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import BigInteger, DateTime, ForeignKey, Identity, Index, Numeric, Text, select, text
from sqlalchemy.orm import Mapped, mapped_column

from app.db import Base, Session
from app.people.store import Person, Unit


class BudgetRealisation(Base):
    """How much of its budget a unit had realised in a quarter, and where that was read."""

    __tablename__ = "budget_realisations"
    __table_args__ = (Index("ix_budget_realisations_quarter", "quarter", "unit_id"),)

    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey(Unit.id))
    quarter: Mapped[date]
    pct: Mapped[Decimal] = mapped_column(Numeric(6, 2))
    source: Mapped[str] = mapped_column(Text)
    reported_by: Mapped[int] = mapped_column(ForeignKey(Person.id))
    reported_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


# Of the units that reported, the nearest one above (or the unit itself) speaks for a unit.
SPOKEN = """
SELECT DISTINCT ON (below.id) below.id, said.pct
FROM units AS below
JOIN units AS above ON above.path @> below.path
JOIN budget_realisations AS said ON said.unit_id = above.id AND said.quarter = :quarter
ORDER BY below.id, nlevel(above.path) DESC, said.reported_at DESC, said.id DESC
"""


def budgets_in(session: Session, quarter: date) -> dict[int, Decimal]:
    """The budget realisation of the quarter that holds for each unit, by unit; units for which nobody reported are not there."""
    return {unit_id: pct for unit_id, pct in session.execute(text(SPOKEN), {"quarter": quarter})}


def find_budget(session: Session, unit_id: int, quarter: date) -> BudgetRealisation | None:
    """What the unit itself reported last of the quarter."""
    row = BudgetRealisation
    query = select(row).where(row.unit_id == unit_id, row.quarter == quarter)
    return session.scalars(query.order_by(row.reported_at.desc(), row.id.desc()).limit(1)).first()


def add_budget(session: Session, budget: BudgetRealisation) -> BudgetRealisation:
    """The report, kept beside those before it."""
    session.add(budget)
    session.flush()
    return budget


def hold_budget(session: Session, unit_id: int, quarter: date) -> None:
    """Make everybody else who reports this quarter of this unit wait until the transaction ends."""
    session.execute(text("SELECT pg_advisory_xact_lock(hashtext(:what))"), {"what": f"budget of {unit_id} in {quarter}"})
