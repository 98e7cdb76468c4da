"""Calendars over HTTP, for programs that ask by themselves and cannot sign in: the link is the key."""

from collections.abc import Callable, Mapping
from typing import Any

from flask import Response, request
from marshmallow import fields, validate

from app import clock
from app.db import Session, transaction
from app.feeds import actions
from app.http import Blueprint, Instant, Schema, actor, language, public, signed_in
from app.texts import LANGUAGES

feeds = Blueprint("feeds", __name__, url_prefix="/v1", description="Calendars to subscribe to.")

ICS = {"content_type": "text/calendar", "schema": {"type": "string"}}


class FeedSchema(Schema):
    """One's link. Whoever has it reads the calendar; renewed, the old one opens nothing any more."""

    path = fields.String(required=True, allow_none=True, metadata={"description": "below this server; null: there is none"})
    made_at = Instant(required=True, allow_none=True)


class FeedArgs(Schema):
    """In which language; without one as the asker says, and Indonesian when he does not."""

    lang = fields.String(load_default=None, validate=validate.OneOf(LANGUAGES))


@feeds.get("/me/feed")
@signed_in
@feeds.response(200, FeedSchema)
def get_own_feed() -> dict[str, Any]:
    """One's link to one's own calendar."""
    with transaction() as session:
        return _shown(actions.own_link(session, actor()))


@feeds.post("/me/feed")
@signed_in
@feeds.response(201, FeedSchema)
def make_own_feed() -> dict[str, Any]:
    """Make a link to one's own calendar, or a new one in place of one that went round."""
    with transaction() as session:
        return _shown(actions.make_link(session, actor(), clock.now()))


@feeds.delete("/me/feed")
@signed_in
@feeds.response(204)
def end_own_feed() -> None:
    """Let nobody read one's calendar by a link."""
    with transaction() as session:
        actions.end_link(session, actor(), clock.now())


@feeds.get("/feeds/<secret>.ics")
@public  # the secret in the link is the authentication
@feeds.arguments(FeedArgs, location="query")
@feeds.response(200, **ICS)
def get_feed(args: Mapping[str, Any], secret: str) -> Response:
    """A person's shifts, leave, letters and free days as iCalendar: no reason, no kind of leave, no place."""
    spoken, now = args["lang"] or language(), clock.now()
    return _answer(lambda session: actions.calendar_behind(session, secret, spoken, now), spoken)


@feeds.get("/feeds/agencies/<agency>.ics")
@public  # what is declared to everybody
@feeds.arguments(FeedArgs, location="query")
@feeds.response(200, **ICS)
def get_agency_feed(args: Mapping[str, Any], agency: str) -> Response:
    """The holidays of an agency this year and next as iCalendar, and the feasts of its calendar groups."""
    spoken, now = args["lang"] or language(), clock.now()
    return _answer(lambda session: actions.calendar_of_agency(session, agency, spoken, now), spoken)


def _answer(gathered: Callable[[Session], actions.Calendar], spoken: str) -> Response:
    """The calendar, or 304 when it is as the asker has it. The tag is weak: every file says when it was written."""
    with transaction() as session:
        calendar = gathered(session)
    answer = Response(mimetype="text/calendar", headers={"Cache-Control": "private, no-cache", "Vary": "Accept-Language"})
    answer.set_etag(calendar.tag(spoken), weak=True)
    if request.if_none_match.contains_weak(calendar.tag(spoken)):
        answer.status_code = 304
    else:
        answer.set_data(calendar.ics(spoken, clock.now()))
    return answer


def _shown(link: actions.OwnLink) -> dict[str, Any]:
    return {"path": link.secret and f"/v1/feeds/{link.secret}.ics", "made_at": link.made_at}
