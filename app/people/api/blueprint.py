"""The blueprint that the routes of people hang on, and what they share."""

from marshmallow import validate

from app import errors
from app.access import Role
from app.http import Blueprint

people = Blueprint("people", __name__, url_prefix="/v1", description="Units, people, grants and signing in.")

# Who reads units and people: a supervisor his own subtree, the others their agency.
READERS = (Role.SUPERVISOR, Role.HR, Role.ADMIN, Role.AUDITOR)

LARGEST_ID = 2**63 - 1

is_nip = validate.Regexp(r"[0-9]{18}\Z", error="String does not match expected pattern.")
is_unit_code = validate.Regexp(r"[A-Z0-9_]{2,40}\Z", error="String does not match expected pattern.")
is_line = validate.Regexp(r"[^\x00-\x1f\x7f]{1,200}\Z", error="String does not match expected pattern.")


def id_after(after: str | None) -> int | None:
    """The cursor of a collection in order of id.

    Raises: Invalid.
    """
    if after is None:
        return None
    if not (after.isascii() and after.isdigit() and int(after) <= LARGEST_ID):
        raise errors.Invalid("invalid_input", {"/after": "cursor_unknown"})
    return int(after)
