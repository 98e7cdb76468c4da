"""The team over HTTP: everybody one answers for, as the running day stands now."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from app import clock
from app.attendance import actions
from app.attendance.api.days import READERS, PersonDaySchema, shown
from app.attendance.api.routes import attendance
from app.db import transaction
from app.http import PageArgs, actor, allowed, collection, paged
from app.people import store as people
from app.people.actions.days import day_of


class TeamArgs(PageArgs):
    """Of which unit and those below it; without one, of every unit one answers for."""

    unit = fields.String(load_default=None)


@attendance.get("/team")
@allowed(*READERS)
@attendance.arguments(TeamArgs, location="query")
@attendance.response(200, collection(PersonDaySchema))
def list_team(asked: Mapping[str, Any]) -> dict[str, Any]:
    """The running day of everybody in a unit and below it, derived this moment, in order of NIP; nothing of it is kept."""
    now, paths = clock.now(), actor().paths(*READERS)
    with transaction() as session:
        if asked["unit"] is not None:
            paths = (people.get_unit(session, asked["unit"], paths).path,)
        found = people.list_posted(session, day_of(now), paths, None, asked["after"], asked["limit"] + 1)
        page = paged(found, asked["limit"], key=lambda person: person.nip)
        days = actions.days_now(session, day_of(now), now, [person.person_id for person in page["items"]])
    return {**page, "items": [shown(actions.as_running(day)) for day in days]}
