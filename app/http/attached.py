"""Files beside what people ask for, as every feature that takes them shows them."""

from typing import Any
from uuid import UUID

from marshmallow import fields, validate

from app.http.fields import Instant
from app.http.parsing import Schema

MOST_BESIDE = 5


class AttachmentSchema(Schema):
    """A file that somebody sent; `GET /v1/attachments/{id}` has its bytes."""

    id = fields.UUID(required=True)
    name = fields.String(required=True, allow_none=True, metadata={"description": "null: forgotten, its time was up"})
    type = fields.String(required=True)
    bytes = fields.Integer(required=True)
    sha256 = fields.String(required=True, metadata={"description": "of the bytes as they are kept, in hex"})
    uploaded_at = Instant(required=True)


class AttachmentIds(fields.List[UUID]):
    """Ids of one's files that are to stand beside what is asked for; in Python a list of UUID."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            fields.UUID(),
            load_default=list,
            load_only=True,
            validate=validate.Length(max=MOST_BESIDE),
            metadata={"description": "ids of `POST /v1/attachments`"},
            **kwargs,
        )
