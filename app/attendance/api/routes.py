"""The one blueprint the views of attendance stand on."""

from app.http import Blueprint

attendance = Blueprint("attendance", __name__, url_prefix="/v1", description="Days as they were derived, and their corrections.")
