"""Check-ins over HTTP: taking them, and what a phone asks around them."""

from app.checkins.api import effect, phone, taking
from app.checkins.api.blueprint import checkins

__all__ = ["checkins", "effect", "phone", "taking"]
