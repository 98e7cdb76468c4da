"""Sites over HTTP: GeoJSON in, GeoJSON out, and every mistake named with its place."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from marshmallow import fields

from app import clock, errors
from app.config import text_setting
from app.db import Session, transaction
from app.geofences import actions, render, store
from app.geofences.rules.door_code import STEP
from app.geofences.rules.lint import lint
from app.http import (
    Blueprint,
    Instant,
    OutlineField,
    PageArgs,
    Schema,
    actor,
    allowed,
    collection,
    language,
    paged,
    public,
    signed_in,
)
from app.people import store as people
from app.texts import text

geofences = Blueprint("geofences", __name__, url_prefix="/v1", description="Sites and their fences.")


class SitePropertiesSchema(Schema):
    """Whose site it is; further members of the file, such as its origin, are left aside."""

    class Meta:
        unknown = "exclude"

    code = fields.String(required=True)
    name = fields.String(required=True)
    agency = fields.String(required=True)
    units = fields.List(fields.String(), required=True)
    zone = fields.String(allow_none=True, metadata={"description": "IANA zone of the clocks there; none: its units'"})


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
    zone = fields.String(required=True)
    version = fields.Integer(required=True)
    valid_from = Instant(required=True)
    outline = OutlineField(required=True)
    lint = fields.Nested(LintSchema, required=True)
    has_code = fields.Boolean(required=True, metadata={"description": "a screen at the door shows a rotating code"})


class SiteVersionSchema(Schema):
    """One version of a site."""

    version = fields.Integer(required=True)
    valid_from = Instant(required=True)
    outline = OutlineField(required=True)
    lint = fields.Nested(LintSchema, required=True)


class ScreenSchema(Schema):
    """The screen at a site's door; whoever has its link can read the codes, so it is for the tablet there and nobody else."""

    site = fields.String(required=True)
    since = Instant(required=True)
    screen = fields.String(required=True, metadata={"description": "path of the screen, its key after the #"})


class ScreenKeyArgs(Schema):
    """What opens a screen; it comes from the part of the link after the #, which no server or proxy ever logs."""

    key = fields.String(load_default="", data_key="Screen-Key")


class DoorCodeSchema(Schema):
    """One code, from when it is shown, and its QR code row by row, `1` for dark."""

    code = fields.String(required=True)
    begins_at = Instant(required=True)
    qr = fields.List(fields.String(), required=True)


class DoorCodesSchema(Schema):
    """What the screen at a door shows in the next minutes."""

    site = fields.String(required=True)
    zone = fields.String(required=True)
    now = Instant(required=True)
    step_s = fields.Integer(required=True)
    codes = fields.List(fields.Nested(DoorCodeSchema), required=True)


SITE_FIELDS = ("code", "name", "agency", "units", "zone", "version", "valid_from", "outline", "has_code")


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


@geofences.get("/sites/<code>/door-code")
@allowed(*actions.WRITERS)
@geofences.response(200, ScreenSchema)
def get_screen(code: str) -> dict[str, Any]:
    """The link of the screen at the site's door."""
    with transaction() as session:
        return _screen(actions.get_screen(session, code, actor()))


@geofences.post("/sites/<code>/door-code")
@allowed(*actions.WRITERS)
@geofences.response(201, ScreenSchema)
def renew_door_code(code: str) -> dict[str, Any]:
    """Give the site a rotating code at its door, or another one: the link and the codes before end."""
    now = clock.now()
    with transaction() as session:
        return _screen(actions.renew_door_code(session, code, actor(), now))


@geofences.delete("/sites/<code>/door-code")
@allowed(*actions.WRITERS)
@geofences.response(204)
def end_door_code(code: str) -> None:
    """Take the code from the site's door."""
    now = clock.now()
    with transaction() as session:
        actions.end_door_code(session, code, actor(), now)


@geofences.get("/sites/<code>/screen/codes")
@public  # the screen's key is the authentication
@geofences.arguments(ScreenKeyArgs, location="headers")
@geofences.response(200, DoorCodesSchema)
def list_door_codes(given: dict[str, str], code: str) -> dict[str, Any]:
    """The codes of the next two minutes, for the screen at the door: it asks again every minute."""
    now = clock.now()
    with transaction() as session:
        shown = actions.shown_at(session, code, given["key"], now)
    codes = [{"code": one, "begins_at": at, "qr": render.qr_of(one)} for one, at in shown.codes]
    return {"site": shown.site_name, "zone": shown.zone, "now": now, "step_s": int(STEP.total_seconds()), "codes": codes}


def _screen(screen: actions.Screen) -> dict[str, Any]:
    return {"site": screen.site, "since": screen.since, "screen": screen.path}


def _kept(session: Session, kept: actions.Loaded) -> dict[str, Any]:
    found = store.find_site(session, kept.code)
    assert found is not None
    return _site(found)


def _site(site: store.Outlined) -> dict[str, Any]:
    named = {name: getattr(site, name) for name in SITE_FIELDS}
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
