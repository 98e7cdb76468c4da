"""Exports over HTTP: asked for, looked at until they are done, fetched."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response, request, send_file
from marshmallow import fields, validate

from app import clock
from app.db import transaction
from app.exports import actions
from app.http import Blueprint, Instant, Schema, actor, allowed, language, month_of
from app.recaps.render import WRITERS

exports = Blueprint("exports", __name__, url_prefix="/v1", description="Recaps too large to wait for.")


class ExportArgs(Schema):
    """Whose recap, and as what kind of file."""

    unit = fields.String(load_default=None, allow_none=True)
    format = fields.String(required=True, validate=validate.OneOf(tuple(WRITERS)))


class ExportSchema(Schema):
    """How far an export is."""

    id = fields.UUID(required=True)
    month = fields.Function(lambda export: f"{export.month:%Y-%m}", metadata={"type": "string"})
    units = fields.List(fields.String(), required=True)
    format = fields.String(required=True, attribute="form")
    state = fields.String(required=True, metadata={"enum": ["waiting", "running", "done", "failed"]})
    people = fields.Integer(required=True, metadata={"description": "written so far"})
    bytes = fields.Integer(required=True, allow_none=True)
    sha256 = fields.String(required=True, allow_none=True, metadata={"description": "of the file, as sha256sum prints it"})
    error = fields.String(required=True, allow_none=True, metadata={"description": "the code of why it failed"})
    asked_at = Instant(required=True)
    ended_at = Instant(required=True, allow_none=True)


@exports.post("/recaps/<string(length=7):month>/exports")
@allowed(*actions.READS)
@exports.arguments(ExportArgs)
@exports.response(202, ExportSchema)
def ask_for_export(body: Mapping[str, Any], month: str) -> Any:
    """Ask for a recap as a file; it is written within minutes. Look at the address in Location until it is done."""
    args = (month_of(month), body["unit"], body["format"], language())
    with transaction() as session:
        export = actions.ask(session, *args, by=actor(), now=clock.now())
    return export, 202, {"Location": f"{request.script_root}/v1/recap-exports/{export.id}"}


@exports.get("/recap-exports/<uuid:export_id>")
@allowed(*actions.READS)
@exports.response(200, ExportSchema)
def get_export(export_id: UUID) -> Any:
    """How far one's export is."""
    with transaction() as session:
        return actions.get(session, export_id, by=actor())


@exports.get("/recap-exports/<uuid:export_id>/file")
@allowed(*actions.READS)
@exports.response(200, {"type": "string", "format": "binary"}, content_type="application/octet-stream")
def download_export(export_id: UUID) -> Response:
    """The file, for a week, for the one who asked; compare its SHA-256."""
    with transaction() as session:
        export, file = actions.file_of(session, export_id, by=actor())
    name = f"rekap-{export.month:%Y-%m}-{'-'.join(export.units[:3])}.{export.form}"
    answer = send_file(file, mimetype="application/octet-stream", as_attachment=True, download_name=name)
    answer.headers["Cache-Control"] = "no-store"
    return answer
