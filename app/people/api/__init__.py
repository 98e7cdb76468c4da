"""People over HTTP: signing in, oneself, units, people and grants."""

from app.people.api import grants, persons, signing_in, units
from app.people.api.blueprint import people

__all__ = ["grants", "people", "persons", "signing_in", "units"]
