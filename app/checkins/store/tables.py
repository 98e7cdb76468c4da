"""Check-ins, the reports they came in, and their replays, as tables of which months can be made ahead."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from geoalchemy2 import Geometry
from sqlalchemy import ARRAY, BigInteger, DateTime, Identity, Index, LargeBinary, Text, Uuid, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from app.db import Base

MONTHLY = {"postgresql_partition_by": "RANGE (id)"}


class Checkin(Base):
    """One check-in with its verdict, written once. Partitioned by the time inside its id, which keeps the id unique everywhere.

    No foreign keys: a check costs a lock on the person's row in the rush, and what is pointed to is never deleted.
    """

    __tablename__ = "checkins"
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    person_id: Mapped[int] = mapped_column(BigInteger)
    device_id: Mapped[str] = mapped_column(Text)
    unit_id: Mapped[int | None] = mapped_column(BigInteger)
    direction: Mapped[str] = mapped_column(Text)
    work_date: Mapped[date | None]
    taken_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    earliest_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    latest_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    time_grade: Mapped[str] = mapped_column(Text)
    boot_id: Mapped[str | None] = mapped_column(Text)
    claimed_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    received_at: Mapped[datetime] = mapped_column(DateTime(timezone=True))
    verdict: Mapped[str] = mapped_column(Text)
    counts: Mapped[bool]
    flags: Mapped[list[str]] = mapped_column(ARRAY(Text))
    score: Mapped[float]
    earlier_id: Mapped[UUID | None] = mapped_column(Uuid)
    site_version_id: Mapped[int | None] = mapped_column(BigInteger)
    p_inside: Mapped[float | None]
    distance_m: Mapped[float | None]
    accuracy_m: Mapped[float]
    platform: Mapped[str] = mapped_column(Text)
    app: Mapped[str] = mapped_column(Text)
    seq: Mapped[int] = mapped_column(BigInteger)
    policy: Mapped[str] = mapped_column(Text)
    payload_hash: Mapped[bytes] = mapped_column(LargeBinary)
    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary)
    answer: Mapped[str] = mapped_column(Text)
    __table_args__ = (
        # With the id, the check-in before is found by this index alone; without, everybody's ids of five weeks were read too.
        Index("ix_checkins_person_id", "person_id", "work_date", "id"),
        # Rows arrive in order of day, so a summary of each stretch of pages finds a day, and costs an insert next to nothing.
        Index(
            "ix_checkins_work_date",
            "work_date",
            "received_at",
            postgresql_using="brin",
            postgresql_with={"pages_per_range": 16, "autosummarize": "on"},
        ),
        MONTHLY,
    )


class CheckinReport(Base):
    """The signed report, its position, and what it was judged by: kept apart, because it is forgotten when the time is up."""

    __tablename__ = "checkin_reports"
    id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    jws: Mapped[str] = mapped_column(Text)
    position: Mapped[Any] = mapped_column(Geometry("POINT", srid=4326, spatial_index=False, nullable=False))
    evidence: Mapped[str] = mapped_column(Text)
    __table_args__ = (MONTHLY,)


class CheckinReplay(Base):
    """That a check-in was sent again. Its commit is durable only after the check-in's own, and the answer waits for it.

    Its own number is its key: nothing may make one unnecessary, not even another of the same check-in at the same instant.
    """

    __tablename__ = "checkin_replays"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    checkin_id: Mapped[UUID] = mapped_column(Uuid)
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


def make_partitions(session: Session, first_month: date, months: int) -> int:
    """How many monthly tables were made; the program's role cannot make tables, so the database does it for it."""
    made: int = session.scalars(select(func.make_checkin_partitions(first_month, months))).one()
    return made
