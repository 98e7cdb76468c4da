"""People over HTTP: signing in, oneself, units, people and grants."""

from app.people.api import grants, imports, persons, signing_in, units
from app.people.api.blueprint import people

__all__ = ["grants", "imports", "people", "persons", "signing_in", "units"]
