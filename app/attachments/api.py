"""Attachments over HTTP: the bytes go up as they are and come down only as a download."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Response, request, send_file
from marshmallow import fields, validate

from app import clock, errors
from app.attachments import actions, rules
from app.attachments.store import Attached
from app.db import transaction
from app.http import AttachmentSchema, Blueprint, Schema, actor, signed_in

attachments = Blueprint("attachments", __name__, url_prefix="/v1", description="Files beside what people ask for.")

BINARY = {"schema": {"type": "string", "format": "binary"}}
# Opened by itself it may do nothing at all, whatever a browser takes it for.
SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'; base-uri 'none'"


class UploadArgs(Schema):
    """What the file is called where it comes from."""

    name = fields.String(load_default="", validate=validate.Length(max=255))


@attachments.post("/attachments")
@signed_in
@attachments.arguments(UploadArgs, location="query")
@attachments.response(201, AttachmentSchema)
@attachments.doc(requestBody={"required": True, "content": {kind.value: BINARY for kind in rules.Kind}})
def upload_attachment(args: Mapping[str, Any]) -> Attached:
    """Send a PDF, JPEG or PNG as the body, to put it beside a request within a week. Sent again it is the same one."""
    if request.content_encoding:
        raise errors.Unreadable("encoded_body")
    content = request.get_data(cache=False)
    with transaction() as session:
        return actions.upload(session, args["name"], content, by=actor(), now=clock.now())


@attachments.get("/attachments/<uuid:attachment_id>")
@signed_in
@attachments.response(200, content_type="application/octet-stream", schema={"type": "string", "format": "binary"})
def get_attachment(attachment_id: UUID) -> Response:
    """The file, for whoever sent it and, once it stands beside a request, for those who decide about him."""
    with transaction() as session:
        found, content = actions.get_content(session, attachment_id, by=actor(), now=clock.now())
    answer = send_file(BytesIO(content), mimetype=found.type, as_attachment=True, download_name=found.name)
    answer.headers["Content-Security-Policy"] = SANDBOX
    answer.headers["Cache-Control"] = "no-store"
    return answer
