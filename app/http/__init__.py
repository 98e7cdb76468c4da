"""The edge: how requests become calls and answers become JSON, the same way in every feature."""

from app.http.access import actor, address, allowed, machine, public, signed_in
from app.http.attached import AttachmentIds, AttachmentSchema
from app.http.fields import Day, Instant, Month, OutlineField, PerCent, month_of
from app.http.language import language
from app.http.paging import PageArgs, collection, paged
from app.http.parsing import Blueprint, Schema
from app.http.uploads import UPLOAD, BroughtSchema, UploadArgs, refuse_flaws, shown_flaws, uploaded

__all__ = [
    "AttachmentIds",
    "AttachmentSchema",
    "UPLOAD",
    "Blueprint",
    "BroughtSchema",
    "Day",
    "Instant",
    "Month",
    "OutlineField",
    "PageArgs",
    "PerCent",
    "Schema",
    "UploadArgs",
    "actor",
    "address",
    "allowed",
    "collection",
    "language",
    "machine",
    "month_of",
    "paged",
    "public",
    "refuse_flaws",
    "shown_flaws",
    "signed_in",
    "uploaded",
]
