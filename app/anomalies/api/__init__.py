"""Findings over HTTP: what was noticed, why, what its person says, and what was decided."""

from app.anomalies.api import card, looks, own, precision, review
from app.anomalies.api.routes import anomalies

__all__ = ["anomalies", "card", "looks", "own", "precision", "review"]
