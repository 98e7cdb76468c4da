"""A person's inbox over HTTP."""

from typing import Any

from marshmallow import fields

from app import clock
from app.db import transaction
from app.http import Blueprint, Instant, Schema, actor, language, signed_in
from app.inbox import actions
from app.texts import text

inbox = Blueprint("inbox", __name__, url_prefix="/v1", description="What a person should know without asking.")


class NewsSchema(Schema):
    """Something that somebody else did about one's request, finding, shift or letter."""

    code = fields.String(required=True)
    about = fields.String(required=True, metadata={"description": "as the ledger names it, such as `leave:12`"})
    at = Instant(required=True)
    message = fields.String(required=True)


class ReminderSchema(Schema):
    """A check-in that is due."""

    direction = fields.String(required=True)
    due_at = Instant(required=True)
    message = fields.String(required=True)


class InboxSchema(Schema):
    """The last thirty days, newest first; and the check-in that is due, which goes when it is made."""

    items = fields.List(fields.Nested(NewsSchema), required=True)
    reminder = fields.Nested(ReminderSchema, required=True, allow_none=True)


@inbox.get("/me/inbox")
@signed_in
@inbox.response(200, InboxSchema)
def get_inbox() -> dict[str, Any]:
    """What others decided about oneself in the last thirty days, what waits for one's word, and the check-in that is due."""
    with transaction() as session:
        found = actions.inbox_of(session, actor().person_id, clock.now())
    spoken, due = language(), found.reminder
    items = [
        {
            "code": one.code,
            "about": one.about,
            "at": one.at,
            "message": text(f"inbox_{one.code}", spoken, **_told(one.params, spoken)),
        }
        for one in found.news
    ]
    message = due and text(f"inbox_due_{due.direction}", spoken)
    return {"items": items, "reminder": due and {"direction": due.direction, "due_at": due.due_at, "message": message}}


def _told(params: dict[str, Any], spoken: str) -> dict[str, Any]:
    """The parameters, with the answer to a finding in words."""
    answer = params.get("answer")
    return params | ({"answer": text(f"inbox_answer_{answer}", spoken)} if answer else {})
