"""One's own activities: logging, reading and taking them back."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from app import clock, errors
from app.activities import actions, rules, store
from app.activities.api.routes import ONE, activities
from app.activities.api.shapes import (
    REASON,
    ActivityPageArgs,
    OwnActivitySchema,
    OwnProductivitySchema,
    StandardSchema,
    shown,
    shown_month,
)
from app.activities.store import Wanted
from app.db import transaction
from app.http import Day, Month, Schema, actor, collection, paged, signed_in
from app.people.actions.days import day_of


class ActivityWithdrawalSchema(Schema):
    """Why an activity is taken back."""

    reason = fields.String(required=True, validate=REASON)


class StandardArgs(Schema):
    """On which day; today if left out."""

    day = Day(load_default=None)


class StandardsSchema(Schema):
    """The standard activities of one's position."""

    items = fields.List(fields.Nested(StandardSchema), required=True)


class MonthArgs(Schema):
    """Which month."""

    month = Month(required=True)


@activities.post("/me/activities")
@signed_in
@activities.arguments(OwnActivitySchema)
@activities.response(201, OwnActivitySchema)
def log_activity(body: Mapping[str, Any]) -> dict[str, Any]:
    """Log what one did on a day. A superior answers; until the month is sealed nothing is lost, whatever he says."""
    with transaction() as session:
        return shown(actions.log(session, rules.Work(**body), by=actor(), now=clock.now()))


@activities.get("/me/activities")
@signed_in
@activities.arguments(ActivityPageArgs, location="query")
@activities.response(200, collection(OwnActivitySchema))
def list_own_activities(args: Mapping[str, Any]) -> dict[str, Any]:
    """One's own activities, newest first."""
    wanted = Wanted(person_id=actor().person_id, first_day=args["since"], last_day=args["until"], standing=args["status"])
    with transaction() as session:
        rows = store.list_logged(session, wanted, args["after"], args["limit"] + 1)
    return paged([shown(row) for row in rows], args["limit"], lambda row: row["id"])


@activities.post(f"/me/activities/{ONE}/withdrawal")
@signed_in
@activities.arguments(ActivityWithdrawalSchema)
@activities.response(200, OwnActivitySchema)
def withdraw_activity(body: Mapping[str, Any], activity_id: int) -> dict[str, Any]:
    """Take one's own activity back, before anybody answered."""
    with transaction() as session:
        return shown(actions.withdraw(session, activity_id, body["reason"], by=actor(), now=clock.now()))


@activities.get("/me/activity-standards")
@signed_in
@activities.arguments(StandardArgs, location="query")
@activities.response(200, StandardsSchema)
def list_own_standards(args: Mapping[str, Any]) -> dict[str, Any]:
    """The standard activities of one's position on a day, with their norm times."""
    with transaction() as session:
        return {"items": actions.own_standards(session, args["day"] or day_of(clock.now()), by=actor())}


@activities.get("/me/productivity")
@signed_in
@activities.arguments(MonthArgs, location="query")
@activities.response(200, OwnProductivitySchema)
def get_own_productivity(args: Mapping[str, Any]) -> Mapping[str, Any]:
    """What one's month comes to so far, and by which clause."""
    with transaction() as session:
        found = actions.month_of_person(session, args["month"], actor().person_id, day_of(clock.now()))
    if found is None:
        raise errors.NotFound("activity_not_employed")
    return shown_month(found, args["month"])
