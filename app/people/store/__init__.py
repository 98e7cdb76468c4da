"""Everything asked of the tables of people, as one module: `from app.people import store as people`."""

from app.people.store.employed import (
    Employed,
    Posted,
    Served,
    find_person,
    find_posted,
    get_person,
    get_posted,
    list_employed_on,
    list_posted,
    list_postings,
    served_of,
)
from app.people.store.grants import Granted, actor_for, add_grant, end_grant, find_granted, get_granted, has_grant, list_granted
from app.people.store.tables import Account, Grant, Person, Posting, RefreshToken, Unit
from app.people.store.units import add_unit, agency_of, find_unit, get_unit, units_in

__all__ = [
    "Account",
    "Employed",
    "Grant",
    "Granted",
    "Person",
    "Posted",
    "Posting",
    "RefreshToken",
    "Served",
    "Unit",
    "actor_for",
    "add_grant",
    "add_unit",
    "agency_of",
    "end_grant",
    "find_granted",
    "find_person",
    "find_posted",
    "find_unit",
    "get_granted",
    "get_person",
    "get_posted",
    "get_unit",
    "has_grant",
    "list_employed_on",
    "list_granted",
    "list_posted",
    "list_postings",
    "served_of",
    "units_in",
]
