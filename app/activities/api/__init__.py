"""Activities over HTTP: one logs, another answers, and both read what the minutes come to."""

from app.activities.api import own, review, targets
from app.activities.api.routes import activities

__all__ = ["activities", "own", "review", "targets"]
