"""What is done with check-ins: `from app.checkins import actions`."""

from app.checkins.actions.taking import ANCHOR_TYPE, Outcome, alarm, record_all
from app.checkins.actions.today import Today, today_of

__all__ = ["ANCHOR_TYPE", "Outcome", "Today", "alarm", "record_all", "today_of"]
