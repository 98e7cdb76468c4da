"""The application: every feature's routes on one edge."""

from datetime import timedelta
from importlib import import_module

from flask import Flask
from flask_jwt_extended import JWTManager

from app import cli, jws, web
from app.config import int_setting, var
from app.http import edge, problems
from app.texts import catalogue

BLUEPRINTS = (
    "people",
    "devices",
    "geofences",
    "workdays",
    "checkins",
    "attendance",
    "anomalies",
    "ratings",
    "recaps",
    "ledger",
    "jobs",
)


def create_app() -> Flask:
    """The whole program as one WSGI application; opens no connection before the first request."""
    edge.start_logging()
    catalogue()  # a code without words fails here, not in front of somebody
    app = Flask(__name__, static_folder=None)
    app.json = edge.OrjsonProvider(app)
    keyring = jws.keyring(var("keys"))
    app.config.update(
        API_TITLE="Tapak",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/",
        OPENAPI_JSON_PATH="openapi.json",
        MAX_CONTENT_LENGTH=int_setting("body_limit_bytes"),
        JWT_SECRET_KEY=keyring.secret("jwt"),
        JWT_ACCESS_TOKEN_EXPIRES=timedelta(minutes=15),
        JWT_REFRESH_TOKEN_EXPIRES=timedelta(days=30),
        JWT_ENCODE_AUDIENCE="tapak",
        JWT_DECODE_AUDIENCE="tapak",
        JWT_ERROR_MESSAGE_KEY="detail",
    )
    problems.install(app, JWTManager(app))
    edge.install(app)
    api = problems.ProblemApi(app, spec_kwargs={"info": {"description": "Presensi GPS yang dapat menjadi dasar pembayaran."}})
    app.register_blueprint(web.pages)
    api.register_blueprint(web.web)
    for name in BLUEPRINTS:
        try:
            module = import_module(f"app.{name}.api")
        except ModuleNotFoundError as error:
            print("not there yet:", error)
            continue
        api.register_blueprint(getattr(module, name))
    try:
        from app.people.store import actor_for

        app.extensions["actor_for"] = actor_for
    except ImportError:
        pass
    cli.register(app)
    return app
