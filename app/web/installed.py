"""The check-in app as a browser installs it: its page, manifest and service worker, all under /app/."""

import flask
import orjson
from flask import Response, request

from app.http import language, public
from app.texts import text
from app.web.files import STATIC, VERSION, named
from app.web.page import PAGE_POLICY, page

app_pages = flask.Blueprint("app", __name__)

# Everything the app needs without a network; `words` are asked for in both languages.
KEPT = ("tapak.css", "tapak.svg", "ui/*.js", "app/*.js", "app/pages/*.js", "vendor/noble-ed25519.js")


@app_pages.get("/app/")
@public
def show_app() -> Response:
    """The employee's page: sign in, check in, see one's days. What it shows comes with the sign-in."""
    answer = page(
        "shell.html", name="app", script="app/main.js", scripts=named("ui/*.js", "app/*.js"), manifest="manifest.webmanifest"
    )
    # The code at the door is scanned, the position is the page's purpose; nothing else of the phone is asked for.
    answer.headers["Permissions-Policy"] = "camera=(self), geolocation=(self), microphone=()"
    return answer


@app_pages.get("/app/manifest.webmanifest")
@public
def get_manifest() -> Response:
    """What a phone shows once the app is on its home screen."""
    spoken, static = language(), f"{request.script_root}/static/{VERSION}"
    icons = [
        {"src": f"{static}/icons/{name}.png", "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for name, size, purpose in (("192", 192, "any"), ("512", 512, "any"), ("maskable", 512, "maskable"))
    ]
    looks = {"display": "standalone", "background_color": "#fbf9f4", "theme_color": "#0f5c4d"}
    words = {
        "name": f"Tapak · {text('app_title', spoken)}",
        "short_name": "Tapak",
        "lang": spoken,
        "description": text("front_title", spoken),
    }
    manifest = {"id": f"{request.script_root}/app/", "start_url": ".", "scope": ".", **looks, **words, "icons": icons}
    return Response(orjson.dumps(manifest), content_type="application/manifest+json", headers={"Vary": "Accept-Language"})


@app_pages.get("/app/worker.js")
@public
def get_worker() -> Response:
    """The service worker: what it keeps changes its bytes, so a browser fetches a new version by itself.

    As a module (`?module`) it also delivers check-ins when the network is back and no page is open.
    """
    static = f"{request.script_root}/static/{VERSION}"
    words = [f"{request.script_root}/words/app.{spoken}.json?{VERSION}" for spoken in ("id", "en")]
    kept = [f"{static}/{name}" for name in named(*KEPT)] + words
    consists_of = {"version": VERSION, "root": request.script_root, "page": f"{request.script_root}/app/", "files": kept}
    told = b"self.KEPT = " + orjson.dumps(consists_of) + b";\n"
    if "module" in request.args:
        told = f'import {{ deliverAll }} from "{static}/app/background.js";\nself.deliverAll = deliverAll;\n'.encode() + told
    body = told + (STATIC / "app" / "worker" / "worker.js").read_bytes()
    # A worker asks under a policy of its own, and without one of its own under the strict one of answers.
    headers = {"Cache-Control": "no-cache", "Content-Security-Policy": PAGE_POLICY}
    return Response(body, content_type="text/javascript; charset=utf-8", headers=headers)
