"""Letters out over HTTP: issued by personnel, once for each decision."""

from io import BytesIO

from flask import Response, send_file
from marshmallow import fields

from app import clock
from app.db import transaction
from app.http import Blueprint, Instant, Schema, actor, address, allowed, signed_in
from app.letters import actions
from app.papers.actions import file_name
from app.papers.store import Issued

ID = "<int(max=9223372036854775807)"

letters = Blueprint("letters", __name__, url_prefix="/v1", description="Letters out: decisions as numbered, signed papers.")


class IssuedLetterSchema(Schema):
    """The paper that was issued; its file is at /v1/papers/{id}.pdf, and anybody may verify a copy at /verify/{id}."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    number = fields.String(required=True)
    title = fields.String(required=True)
    unit = fields.String(required=True, attribute="unit_code")
    sha256 = fields.String(required=True)
    signer = fields.String(required=True)
    is_test = fields.Boolean(required=True)
    issuer = fields.String(required=True)
    issued_at = Instant(required=True)


@letters.post(f"/leaves/{ID}:leave_id>/paper")
@allowed(*actions.ISSUES)
@letters.response(200, IssuedLetterSchema)
def issue_leave_paper(leave_id: int) -> Issued:
    """The letter that grants a leave: issued now, or the one that was; a leave cut short is told anew. Never one's own."""
    with transaction() as session:
        return actions.issue_leave(session, leave_id, address(), actor(), clock.now())


@letters.post(f"/assignment-letters/{ID}:letter_id>/paper")
@allowed(*actions.ISSUES)
@letters.response(200, IssuedLetterSchema)
def issue_assignment_paper(letter_id: int) -> Issued:
    """The paper of an assignment letter: issued now, or the one that was; a letter cut short is told anew."""
    with transaction() as session:
        return actions.issue_assignment(session, letter_id, address(), actor(), clock.now())


@letters.get(f"/assignment-letters/{ID}:letter_id>/paper")
@signed_in
@letters.response(200, {"type": "string", "format": "binary"}, content_type="application/pdf")
def download_assignment_paper(letter_id: int) -> Response:
    """The newest paper of an assignment letter, for those whom it names and those who answer for its unit or people."""
    with transaction() as session:
        paper, content = actions.assignment_paper(session, letter_id, actor())
    name = file_name(paper)
    answer = send_file(BytesIO(content), mimetype="application/pdf", as_attachment=True, download_name=name)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@letters.post("/notices/<int(max=9223372036854775806):notice_id>/paper")
@allowed(*actions.ISSUES)
@letters.response(200, IssuedLetterSchema)
def issue_notice_paper(notice_id: int) -> Issued:
    """The letter of a notice about absence: issued now, or the one that was. A notice, never a sanction; never about oneself."""
    with transaction() as session:
        return actions.issue_notice(session, notice_id, address(), actor(), clock.now())
