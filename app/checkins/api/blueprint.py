"""The routes of check-ins."""

from app.http import Blueprint

checkins = Blueprint("checkins", __name__, url_prefix="/v1", description="Check-ins and what a phone needs for them.")
