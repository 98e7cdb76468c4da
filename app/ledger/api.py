"""The ledger over HTTP: open to everybody, because a proof only its keeper can ask for proves nothing."""

from typing import Any

from flask import Response
from marshmallow import fields, validate

from app import jws
from app.db import transaction
from app.http import Blueprint, Instant, Schema, collection, paged, public
from app.http.paging import LIMIT
from app.ledger import actions, store

ledger = Blueprint("ledger", __name__, url_prefix="/v1/ledger", description="The sealed record of everything that happened.")


class Hash(fields.Field[bytes]):
    """A hash, base64url without padding."""

    def _serialize(self, value: bytes | None, attr: str | None, obj: Any, **_: Any) -> str | None:
        return None if value is None else jws.b64(value)


class InclusionSchema(Schema):
    """That a leaf stands at its place, by RFC 9162 section 2.1.3."""

    leaf_index = fields.Integer(required=True)
    leaf_hash = Hash(required=True, metadata={"type": "string", "description": "base64url SHA-256, as in the receipt"})
    path = fields.List(Hash(metadata={"type": "string"}), required=True, metadata={"description": "from the leaf upwards"})


class ProvenSchema(Schema):
    """Proofs under one signed root: of the leaf that was named by its hash, or of every sealed leaf about the subject."""

    id = fields.String(required=True)
    size = fields.Integer(required=True)
    proofs = fields.List(fields.Nested(InclusionSchema), required=True, metadata={"description": "oldest leaf first"})
    checkpoint = fields.String(attribute="note", required=True, metadata={"description": "the signed note over size and root"})


class SizesArgs(Schema):
    """Two sizes of the log."""

    old_size = fields.Integer(data_key="from", required=True)
    new_size = fields.Integer(data_key="to", load_default=None, metadata={"description": "absent: the newest checkpoint"})


class GrowthSchema(Schema):
    """That the log only grew between two sizes, by RFC 9162 section 2.1.4."""

    old_size = fields.Integer(data_key="from", required=True)
    new_size = fields.Integer(data_key="to", required=True)
    path = fields.List(Hash(metadata={"type": "string"}), required=True)


class CheckpointArgs(Schema):
    """A page of checkpoints; its cursor is the size of the last one of the page before."""

    after = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(0, 2**63 - 1))
    limit = fields.Integer(load_default=50, validate=validate.Range(1, LIMIT))


class CheckpointSchema(Schema):
    """How large the log was when it was sealed, under which root, with the signed note."""

    size = fields.Integer(required=True)
    root = Hash(required=True, metadata={"type": "string"})
    sealed_at = Instant(required=True)
    note = fields.String(required=True)


@ledger.get("/checkpoints")
@public
@ledger.arguments(CheckpointArgs, location="query")
@ledger.response(200, collection(CheckpointSchema))
def list_checkpoints(args: dict[str, Any]) -> dict[str, Any]:
    """Every checkpoint there was, newest first: whoever kept one finds it here, and its growth into the newest at `consistency`."""
    with transaction() as session:
        return paged(store.list_newest(session, args["after"], args["limit"] + 1), args["limit"], lambda row: row.size)


@ledger.get("/checkpoint")
@public
@ledger.response(200, {"type": "string"}, content_type="text/plain", description="A C2SP signed note")
def get_checkpoint() -> Response:
    """The newest checkpoint, signed: keep a copy, and nobody can change what came before unseen."""
    with transaction() as session:
        return Response(actions.current_note(session), mimetype="text/plain")


@ledger.get("/proof/<string:name>")
@public
@ledger.response(200, ProvenSchema)
def get_proof(name: str) -> dict[str, Any]:
    """The proof that a leaf is under the newest checkpoint: by the `leaf_hash` of a receipt, or every leaf about an id.

    Ids: that of a check-in, or `finding:…`, `leave:…`, `grant:…`, `device:…`, `site:…` and so on.
    """
    with transaction() as session:
        found = actions.proofs_of(session, name)
    return {"id": name, "size": found.size, "proofs": found.proofs, "note": found.note}


@ledger.get("/consistency")
@public
@ledger.arguments(SizesArgs, location="query")
@ledger.response(200, GrowthSchema)
def get_consistency(sizes: dict[str, Any]) -> dict[str, Any]:
    """The proof that the log of size `to` begins with the whole log of size `from`."""
    with transaction() as session:
        new_size, path = actions.growth_between(session, **sizes)
    return {"old_size": sizes["old_size"], "new_size": new_size, "path": path}
