"""Gathering what a person should know."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.checkins.actions import today_of
from app.db import Session
from app.inbox import rules, store
from app.workdays import store as workdays
from app.workdays.rules import Part

LOOKS_BACK = timedelta(days=30)
MOST = 100


@dataclass(frozen=True, slots=True)
class Inbox:
    """What happened in the last thirty days, newest first, and the check-in that is due, if one is."""

    news: Sequence[store.News]
    reminder: rules.Reminder | None


def inbox_of(session: Session, person_id: int, now: datetime) -> Inbox:
    """A person's inbox as it is now; nothing of it is kept, so nothing has to be taken back."""
    today = today_of(session, person_id, now)
    leave = workdays.leaves_on(session, today.work_date, [person_id]).get(person_id)
    hours = today.shift
    shift = None if hours is None else rules.Shift(hours.start_at, hours.end_at, hours.closes_at)
    is_away = leave is not None and leave.part is Part.WHOLE
    reminder = rules.reminder_of(shift, today.next, is_away, now)
    return Inbox(store.list_news(session, person_id, now - LOOKS_BACK, MOST), reminder)
