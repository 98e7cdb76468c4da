"""Calendars as files that phones and office programs subscribe to."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import NAMESPACE_URL, uuid5

from icalendar import Calendar
from icalendar import Event as Entry

from app.feeds.rules import Event
from app.texts import text

ASKS_AGAIN = timedelta(hours=6)


def ics_of(events: Sequence[Event], whose: str, name: str, language: str, now: datetime) -> bytes:
    """The calendar as iCalendar; `whose` sets apart entries of the same day in several calendars.

    Instants are written in UTC: a phone shows them by its own clock, and no table of a zone's summer times can be wrong.

    Source: RFC 5545 section 3.3.5 (form 2); RFC 7986 sections 5.1 and 5.7.
    """
    made = Calendar()
    made.add("prodid", "-//Tapak//Tapak//ID")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("name", name)
    made.add("x-wr-calname", name)
    made.add("refresh-interval", ASKS_AGAIN, parameters={"VALUE": "DURATION"})
    made.add("x-published-ttl", "PT6H")
    for event in events:
        entry = Entry()
        entry.add("uid", str(uuid5(NAMESPACE_URL, f"urn:tapak:{whose}:{event.key}")))
        entry.add("dtstamp", now.replace(microsecond=0))
        entry.add("dtstart", _when(event.begins))
        entry.add("dtend", _when(event.ends))
        entry.add("summary", text(event.code, language, **event.params))
        entry.add("class", "PRIVATE")
        entry.add("transp", "OPAQUE" if event.is_busy else "TRANSPARENT")
        made.add_component(entry)
    written: bytes = made.to_ical()
    return written


def _when(at: object) -> object:
    return at.astimezone(UTC) if isinstance(at, datetime) else at
