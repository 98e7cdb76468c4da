"""The page behind the code on a paper: what it is, and whether the file in somebody's hand is the one that was issued."""

from uuid import UUID
from zoneinfo import ZoneInfo

import flask
from flask import Response, redirect, request
from werkzeug import Response as Answer

from app.db import transaction
from app.http import public
from app.papers import actions
from app.web.page import page

verify_pages = flask.Blueprint("verify", __name__)


@verify_pages.get("/verify/<uuid:paper_id>")
@public
def show_verify(paper_id: UUID) -> Response | Answer:
    """A page for people; who asks for JSON first is led to /v1/papers/{paper_id}."""
    if request.accept_mimetypes.best_match(["text/html", "application/json"]) == "application/json":
        return redirect(f"{request.script_root}/v1/papers/{paper_id}", 303)
    with transaction() as session:
        known = actions.known_of(session, paper_id)
    issued_at = known.paper.issued_at.astimezone(ZoneInfo(known.paper.zone))
    answer = page(
        "verify.html", paper=known.paper, leaf=known.leaf_hash, issued_at=issued_at, earlier=known.earlier, later=known.later
    )
    answer.headers["Vary"] = "Accept, Accept-Language"
    return answer
