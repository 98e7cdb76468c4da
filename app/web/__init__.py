"""The pages and probes that belong to no feature: the front page, the documentation, health, and the server's public keys."""

from pathlib import Path

import flask
import flask_swagger_ui
from flask import Response, jsonify, request, send_from_directory
from marshmallow import fields

from app import db, errors, jws
from app.config import ROOT, var
from app.http import Blueprint, Schema, public
from app.texts import LANGUAGES, catalogue
from app.web.files import STATIC, VERSION, named
from app.web.installed import app_pages
from app.web.page import page
from app.web.verifying import verify_pages

SWAGGER = Path(flask_swagger_ui.__file__).parent / "dist"
SWAGGER_FILES = frozenset({"swagger-ui.css", "swagger-ui-bundle.js", "favicon-32x32.png"})

# The pages that are built on the shell (docs/pages.md), and how the words of each begin.
PAGES = {"app": ("app_", "ui_", "leave_"), "desk": ("desk_", "ui_", "leave_")}
FOR_EVER = "public, max-age=31536000, immutable"

pages = flask.Blueprint("pages", __name__, template_folder="templates")
pages.register_blueprint(app_pages)
pages.register_blueprint(verify_pages)
web = Blueprint("web", __name__, description="Health and public keys.")


class StateSchema(Schema):
    """Whether a probe is content."""

    status = fields.String(required=True)


class KeySchema(Schema):
    """A public key of this server."""

    kty = fields.String(required=True)
    crv = fields.String(required=True)
    x = fields.String(required=True)
    kid = fields.String(required=True)
    alg = fields.String(required=True)
    use = fields.String(required=True)


class KeysSchema(Schema):
    """The public keys of this server, newest last."""

    keys = fields.List(fields.Nested(KeySchema), required=True)


@pages.get("/")
@public
def show_front() -> Response:
    """What this is and where to go on."""
    return page("front.html")


@pages.get("/desk/")
@public
def show_desk() -> Response:
    """What supervisors, personnel, administrators and auditors work at. What it shows comes with the sign-in."""
    return page("shell.html", name="desk", script="desk/main.js", scripts=named("ui/*.js", "desk/*.js"))


@pages.get("/docs")
@public
def show_docs() -> Response:
    """The documentation of every endpoint, rendered from /openapi.json without asking anybody else."""
    return page("docs.html")


@pages.get("/v1/sites/<code>/screen")
@public  # the same page for everybody and every code: what it shows comes with the key after the # of its link
def show_screen(code: str) -> Response:
    """The screen at a site's door: it shows the rotating code, in both languages."""
    return page("screen.html")


@pages.get("/static/<path:name>")
@public
def get_static(name: str) -> Response:
    """A style sheet, script or picture of the pages; below the version of today it is for ever."""
    version, _, rest = name.partition("/")
    is_of_today = version == VERSION
    name = rest if is_of_today else name
    answer = send_from_directory(SWAGGER if name in SWAGGER_FILES else STATIC, name)
    answer.headers["Cache-Control"] = FOR_EVER if is_of_today else "public, max-age=3600"
    return answer


@pages.get("/words/<name>.<spoken>.json")
@public
def get_words(name: str, spoken: str) -> Response:
    """The words of a page in one language."""
    if name not in PAGES or spoken not in LANGUAGES:
        raise errors.NotFound("unknown_address")
    answer = jsonify({code: entry[spoken] for code, entry in catalogue().items() if code.startswith(PAGES[name])})
    answer.headers["Cache-Control"] = FOR_EVER if VERSION in request.args else "no-cache"
    return answer


@web.get("/livez")
@public
@web.response(200, StateSchema)
def get_live() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@web.get("/readyz")
@public
@web.response(200, StateSchema)
def get_ready() -> dict[str, str]:
    """The database answers and is migrated as far as this program needs; 503 otherwise."""
    with db.transaction() as session:
        if db.revision(session) != newest_revision():
            raise errors.Unavailable("not_migrated", retry_after_s=30)
    return {"status": "ok"}


@web.get("/.well-known/jwks.json")
@public
@web.response(200, KeysSchema)
def get_keys() -> dict[str, object]:
    """The keys that sign receipts, time anchors and checkpoints; old ones stay, so that old receipts verify."""
    return {"keys": jws.keyring(var("keys")).jwks()}


def newest_revision() -> str:
    """The name of the newest migration, which begins its file's name."""
    return max(file.name.partition("_")[0] for file in (ROOT / "migrations" / "versions").glob("[0-9]*_*.py"))
