"""Papers over HTTP: what anybody may know of one, and the file for those it concerns."""

from collections.abc import Mapping
from io import BytesIO
from typing import Any
from uuid import UUID

from flask import Response, send_file
from marshmallow import fields, validate

from app import clock
from app.db import transaction
from app.http import Blueprint, Instant, Schema, actor, allowed, public, signed_in
from app.papers import actions, rules

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


class PaperFormSchema(Schema):
    """How an agency's papers are numbered: parts between strokes, each a field or fixed words.

    `{sequence}`, `{kind}`, `{unit}` and `{year}` stand in it once each, `{month}` (Roman) if wished; `marks` stand for kinds.
    """

    pattern = fields.String(required=True, validate=validate.Length(1, 120))
    marks = fields.Dict(
        keys=fields.String(validate=validate.OneOf(list(rules.Kind))), values=fields.String(validate=validate.Length(1, 30)),
        load_default={}, metadata={"description": "classification code by kind, where the agency has its own"},
    )  # fmt: skip


@papers.get("/paper-forms/<agency>")
@allowed(*actions.READS, *actions.FORMS)
@papers.response(200, PaperFormSchema)
def get_paper_form(agency: str) -> rules.Form:
    """How an agency's papers are numbered."""
    with transaction() as session:
        return actions.get_form(session, agency, actor())


@papers.put("/paper-forms/<agency>")
@allowed(*actions.FORMS)
@papers.arguments(PaperFormSchema)
@papers.response(200, PaperFormSchema)
def put_paper_form(body: Mapping[str, Any], agency: str) -> rules.Form:
    """Say how an agency's papers are numbered from now on. Counting goes on, and what was issued keeps its number."""
    with transaction() as session:
        return actions.set_form(session, agency, rules.Form(**body), actor(), clock.now())


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
