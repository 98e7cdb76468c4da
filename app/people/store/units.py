"""What is asked of the tree of units."""

from collections.abc import Sequence

from sqlalchemy import Select, func, select

from app import errors
from app.db import Session, in_scope
from app.people.rules.tree import is_unit_code
from app.people.store.tables import Unit


def find_unit(session: Session, code: str) -> Unit | None:
    """The unit of that code, wherever it is."""
    return session.scalar(select(Unit).where(Unit.code == code))


def get_unit(session: Session, code: str, paths: Sequence[str] | None = None) -> Unit:
    """The unit of that code; with `paths`, only if it lies in one of those subtrees.

    Raises: NotFound, the same for a unit that is out of scope and one that does not exist.
    """
    unit = session.scalar(_units_in(paths).where(Unit.code == code)) if is_unit_code(code) else None
    if unit is None:
        raise errors.NotFound("unknown_unit", unit=code)
    return unit


def units_in(session: Session, paths: Sequence[str] | None, after: str | None = None, limit: int | None = None) -> Sequence[Unit]:
    """Units of the subtrees (None: all), in order of code, beginning after the code `after`."""
    query = _units_in(paths).order_by(Unit.code).limit(limit)
    return session.scalars(query if after is None else query.where(Unit.code > after)).all()


def agency_of(session: Session, path: str) -> Unit:
    """The root of the tree that the unit at `path` stands in."""
    return session.scalars(select(Unit).where(Unit.path == path.partition(".")[0])).one()


def add_unit(session: Session, code: str, name: str, parent: Unit, zone: str | None, decree: str | None) -> Unit | None:
    """The new unit below `parent`, with the parent's zone and decree unless given; None when the code is taken."""
    session.execute(select(func.pg_advisory_xact_lock(func.hashtext("units"))))
    if find_unit(session, code) is not None:
        return None
    unit = Unit(code=code, name=name, path=f"{parent.path}.{code}", zone=zone or parent.zone, decree=decree or parent.decree)
    session.add(unit)
    session.flush()
    return unit


def _units_in(paths: Sequence[str] | None) -> Select[Unit]:
    return select(Unit) if paths is None else select(Unit).where(in_scope(Unit.path, paths))
