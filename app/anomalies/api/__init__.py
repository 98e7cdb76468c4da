"""Findings over HTTP: what was noticed, why, what its person says, and what was decided."""

from app.anomalies.api import own, review
from app.anomalies.api.routes import anomalies

__all__ = ["anomalies", "own", "review"]
