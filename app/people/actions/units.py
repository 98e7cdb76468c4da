"""Adding to the tree of units."""

import zoneinfo
from datetime import datetime

from app import decrees, errors
from app.access import Actor, Role
from app.db import Session
from app.ledger import store as ledger
from app.people import store


def add_unit(
    session: Session, by: Actor, code: str, name: str, parent: str, zone: str | None, decree: str | None, now: datetime
) -> store.Unit:
    """The new unit below `parent`, which must lie within the administrator's scope.

    Raises: NotFound, Invalid, Conflict when the code is taken anywhere: a code names one unit of the whole installation.
    """
    above = store.get_unit(session, parent, by.paths(Role.ADMIN))
    if zone is not None and zone not in zoneinfo.available_timezones():
        raise errors.Invalid("invalid_input", {"/zone": ("import_zone", {"unit": code, "zone": zone})})
    if decree is not None and decree not in decrees.codes():
        raise errors.Invalid("invalid_input", {"/decree": ("import_decree", {"unit": code, "decree": decree})})
    unit = store.add_unit(session, code, name, above, zone, decree)
    if unit is None:
        raise errors.Conflict("unit_exists", unit=code)
    ledger.append(
        session,
        "unit",
        f"unit:{code}",
        {"by": by.nip, "name": name, "path": unit.path, "zone": unit.zone, "decree": unit.decree},
        now,
    )
    return unit
