"""Sites over HTTP: GeoJSON in, GeoJSON out, and every mistake named with its place."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import fields

from app import clock, errors
from app.config import text_setting
from app.db import Session, transaction
from app.geofences import actions, store
from app.geofences.rules.lint import lint
from app.http import Blueprint, Instant, OutlineField, PageArgs, Schema, actor, allowed, collection, language, paged, signed_in
from app.people import store as people
from app.texts import text

geofences = Blueprint("geofences", __name__, url_prefix="/v1", description="Lokasi: sites and their fences")


class SitePropertiesSchema(Schema):
    """Whose site it is; further members of the file, such as its origin, are left aside."""

    class Meta:
        unknown = "exclude"

    code = fields.String(required=True)
    name = fields.String(required=True)
    agency = fields.String(required=True)
    units = fields.List(fields.String(), required=True)


class FeatureSchema(Schema):
    """A site as one GeoJSON Feature."""

    class Meta:
        unknown = "include"

    type = fields.String(required=True)
    properties = fields.Nested(SitePropertiesSchema, required=True)
    geometry = OutlineField(required=True)


class FoundSchema(Schema):
    """One thing the examination found."""

    code = fields.String(required=True)
    pointer = fields.String(required=True)
    severity = fields.String(required=True)
    message = fields.String(required=True)


class LintSchema(Schema):
    """What is wrong with a fence and what it is worth: area, largest circle inside, and the share accepted at 20, 50 and 65 m."""

    problems = fields.List(fields.Nested(FoundSchema), required=True)
    area_m2 = fields.Float(required=True, allow_none=True)
    in_radius_m = fields.Float(required=True, allow_none=True)
    auto_accept_pct = fields.Dict(keys=fields.String(), values=fields.String(), required=True)


class SiteSchema(Schema):
    """A site with the version in force."""

    code = fields.String(required=True)
    name = fields.String(required=True)
    agency = fields.String(required=True)
    units = fields.List(fields.String(), required=True)
    version = fields.Integer(required=True)
    valid_from = Instant(required=True)
    outline = OutlineField(required=True)
    lint = fields.Nested(LintSchema, required=True)


class SiteVersionSchema(Schema):
    """One version of a site."""

    version = fields.Integer(required=True)
    valid_from = Instant(required=True)
    outline = OutlineField(required=True)
    lint = fields.Nested(LintSchema, required=True)


@geofences.get("/sites")
@signed_in
@geofences.arguments(PageArgs, location="query")
@geofences.response(200, collection(SiteSchema))
def list_sites(page: dict[str, Any]) -> dict[str, Any]:
    """The sites of one's agency, in order of code."""
    now = clock.now()
    with transaction() as session:
        agencies = actions.agencies_of(actor(), _agency(session, now))
        rows = store.list_sites(session, agencies, now, page["after"], page["limit"] + 1)
    found = paged(rows, page["limit"], lambda site: site.code)
    return {**found, "items": [_site(row) for row in found["items"]]}


@geofences.post("/sites")
@allowed(*actions.WRITERS)
@geofences.arguments(FeatureSchema)
@geofences.response(201, SiteSchema)
def create_site(feature: dict[str, Any]) -> dict[str, Any]:
    """Draw a new site."""
    now = clock.now()
    with transaction() as session:
        return _kept(session, actions.create(session, feature, actor(), now))


@geofences.get("/sites/<code>")
@signed_in
@geofences.etag
@geofences.response(200, SiteSchema)
def get_site(code: str) -> dict[str, Any]:
    """One site of one's agency."""
    now = clock.now()
    with transaction() as session:
        return _site(actions.get_site(session, code, actor(), _agency(session, now), now))


@geofences.put("/sites/<code>")
@allowed(*actions.WRITERS)
@geofences.etag
@geofences.arguments(FeatureSchema)
@geofences.response(200, SiteSchema)
def replace_site(feature: dict[str, Any], code: str) -> dict[str, Any]:
    """Draw a site anew: a new version from now on; check-ins made before keep the version they were judged by."""
    now = clock.now()
    with transaction() as session:
        there = actions.get_site_to_edit(session, code, actor())
        geofences.check_etag(_site(there), SiteSchema)
        if feature["properties"]["code"] != code:
            named = {"site": feature["properties"]["code"]}
            raise errors.Invalid("fence_refused", {"/properties/code": ("site_code_changed", named)})
        return _kept(session, actions.keep(session, feature, actor(), now))


@geofences.get("/sites/<code>/versions")
@signed_in
@geofences.response(200, collection(SiteVersionSchema))
def list_versions(code: str) -> dict[str, Any]:
    """Every outline the site ever had, newest first."""
    now = clock.now()
    with transaction() as session:
        site = actions.get_site(session, code, actor(), _agency(session, now), now)
        rows = store.list_versions(session, site.id)
    return {
        "items": [{"version": v, "valid_from": at, "outline": drawn, "lint": _lint(found)} for v, at, drawn, found in rows],
        "next": None,
    }


@geofences.post("/sites/lint")
@allowed(*actions.WRITERS)
@geofences.arguments(FeatureSchema)
@geofences.response(200, LintSchema)
def lint_site(feature: dict[str, Any]) -> dict[str, Any]:
    """Examine a site without keeping it."""
    return _lint(lint(feature).summary)


def _kept(session: Session, kept: actions.Loaded) -> dict[str, Any]:
    found = store.find_site(session, kept.code)
    assert found is not None
    return _site(found)


def _site(site: store.Outlined) -> dict[str, Any]:
    named = {name: getattr(site, name) for name in ("code", "name", "agency", "units", "version", "valid_from", "outline")}
    return {**named, "lint": _lint(site.lint)}


def _lint(found: Mapping[str, Any]) -> dict[str, Any]:
    problems = [
        {**{name: p[name] for name in ("code", "pointer", "severity")}, "message": text(p["code"], language(), **p["params"])}
        for p in found.get("problems", ())
    ]
    worth = {"area_m2": found.get("area_m2"), "in_radius_m": found.get("in_radius_m")}
    return {"problems": problems, **worth, "auto_accept_pct": found.get("auto_accept_pct", {})}


def _agency(session: Session, now: datetime) -> str | None:
    """The agency the asker is posted in today."""
    posted = people.find_posted(session, actor().person_id, now.astimezone(ZoneInfo(text_setting("zone"))).date())
    return None if posted is None else posted.unit_path.partition(".")[0]
