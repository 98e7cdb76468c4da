"""What is done with check-ins: `from app.checkins import actions`."""

from app.checkins.actions.auditing import audit, exported
from app.checkins.actions.effect import Effect, effect_of
from app.checkins.actions.forgetting import forget_reports
from app.checkins.actions.taking import Arrival, Outcome, alarm, record_all
from app.checkins.actions.today import Today, today_of
from app.checkins.rules.timing import ANCHOR_TYPE

__all__ = [
    "ANCHOR_TYPE",
    "Arrival",
    "Effect",
    "effect_of",
    "Outcome",
    "Today",
    "audit",
    "exported",
    "forget_reports",
    "alarm",
    "record_all",
    "today_of",
]
