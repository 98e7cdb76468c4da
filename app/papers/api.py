"""Papers over HTTP: what anybody may know of one, and the file for those it concerns."""

from io import BytesIO
from uuid import UUID

from flask import Response, send_file
from marshmallow import fields

from app.db import transaction
from app.http import Blueprint, Instant, Schema, actor, public, signed_in
from app.papers import actions

papers = Blueprint("papers", __name__, url_prefix="/v1", description="Papers: issued, numbered, signed, verifiable by anybody.")


class PaperSchema(Schema):
    """A paper as anybody may know it: no name of whom it is about."""

    id = fields.UUID(required=True)
    kind = fields.String(required=True)
    number = fields.String(required=True)
    title = fields.String(required=True)
    unit = fields.String(required=True, attribute="unit_code")
    unit_name = fields.String(required=True)
    sha256 = fields.String(required=True, metadata={"description": "of the whole file, in hexadecimal"})
    signer = fields.String(required=True, metadata={"description": "the name in the certificate"})
    is_test = fields.Boolean(required=True, metadata={"description": "signed with a test certificate: proves nothing outside"})
    issuer = fields.String(required=True)
    issued_at = Instant(required=True)


class KnownSchema(Schema):
    """A paper, what was issued about the same before and after it, and its leaf in the ledger."""

    paper = fields.Nested(PaperSchema, required=True)
    earlier = fields.List(fields.Nested(PaperSchema), required=True)
    later = fields.List(fields.Nested(PaperSchema), required=True)
    leaf_hash = fields.String(required=True, metadata={"description": "prove it at /v1/ledger/proof/{leaf_hash}"})


@papers.get("/papers/<uuid:paper_id>")
@public
@papers.response(200, KnownSchema)
def get_paper(paper_id: UUID) -> actions.Known:
    """What a paper is, who issued it and which bytes it has; compare them with `sha256sum`, or open /verify/{paper_id}."""
    with transaction() as session:
        return actions.known_of(session, paper_id)


@papers.get("/papers/<uuid:paper_id>.pdf")
@signed_in
@papers.response(200, {"type": "string", "format": "binary"}, content_type="application/pdf")
def download_paper(paper_id: UUID) -> Response:
    """The signed PDF, for those who answer for its unit and for the one it is about."""
    with transaction() as session:
        paper, content = actions.pdf_for(session, paper_id, by=actor())
    answer = send_file(BytesIO(content), mimetype="application/pdf", as_attachment=True, download_name=actions.file_name(paper))
    answer.headers["Cache-Control"] = "no-store"
    return answer
