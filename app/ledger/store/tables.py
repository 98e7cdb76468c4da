"""The ledger's tables: leaves as they arrive, what they commit to, the order they were sealed in, the tree, and its checkpoints."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, FetchedValue, ForeignKey, Identity, Index, LargeBinary, Text, text
from sqlalchemy.dialects.postgresql import TIMESTAMP
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import UserDefinedType

from app.db import Base


class Xid(UserDefinedType[str]):
    """A transaction number of PostgreSQL that never wraps around; text in Python."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "xid8"


class Leaf(Base):
    """One fact: what happened, to what, in words that are never changed."""

    __tablename__ = "ledger_leaves"
    id: Mapped[int] = mapped_column(BigInteger, Identity(always=True), primary_key=True)
    kind: Mapped[str] = mapped_column(Text)
    subject: Mapped[str] = mapped_column(Text, index=True)
    entry: Mapped[str] = mapped_column(Text)
    leaf_hash: Mapped[bytes] = mapped_column(LargeBinary)
    recorded_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    xid: Mapped[str] = mapped_column(Xid, FetchedValue(), index=True)


class Content(Base):
    """What a leaf commits to and does not say: kept apart, so that it can be forgotten and the leaf stays."""

    __tablename__ = "ledger_contents"
    leaf_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Leaf.id), primary_key=True, autoincrement=False)
    salt: Mapped[str] = mapped_column(Text)
    content: Mapped[str] = mapped_column(Text)


class Place(Base):
    """The place in the tree that sealing gave a leaf."""

    __tablename__ = "ledger_order"
    leaf_index: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    leaf_id: Mapped[int] = mapped_column(BigInteger, ForeignKey(Leaf.id), unique=True)


class Subtree(Base):
    """Hash of one perfect subtree; level 0 are the leaves."""

    __tablename__ = "ledger_nodes"
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary)
    # Receipts name a leaf by its hash; written by the sealer, so it costs a check-in nothing.
    __table_args__ = (Index("ix_ledger_nodes_hash", "hash", postgresql_using="hash", postgresql_where=text("level = 0")),)


class Sealed(Base):
    """A signed checkpoint, and the transaction below which every leaf was in it."""

    __tablename__ = "ledger_checkpoints"
    size: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    root: Mapped[bytes] = mapped_column(LargeBinary)
    note: Mapped[str] = mapped_column(Text)
    sealed_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    below_xid: Mapped[str] = mapped_column(Xid)


class Delivery(Base):
    """An outsider who is told of checkpoints: the last one he took, and when to try again after so many vain attempts."""

    __tablename__ = "ledger_deliveries"
    url: Mapped[str] = mapped_column(Text, primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    attempts: Mapped[int]
    due_at: Mapped[datetime] = mapped_column(TIMESTAMP(timezone=True))
    error: Mapped[str | None] = mapped_column(Text)
