"""The one blueprint the views of workdays stand on, and the pages they share."""

from marshmallow import fields, validate

from app.http import Blueprint, Schema
from app.http.paging import LIMIT

workdays = Blueprint("workdays", __name__, url_prefix="/v1", description="Shifts, rosters, calendars and leave.")


class LimitedArgs(Schema):
    """How long a page is."""

    limit = fields.Integer(load_default=50, validate=validate.Range(1, LIMIT))


class NumberedPageArgs(LimitedArgs):
    """A page whose cursor is the id of the last row of the page before."""

    after = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(0, 2**63 - 1))
