"""The application: every feature's routes on one edge."""

from datetime import timedelta

from flask import Flask
from flask_jwt_extended import JWTManager

from app import cli, jws, web
from app.activities.api import activities
from app.anomalies.api import anomalies
from app.assignments.api import assignments
from app.attachments.api import attachments
from app.attendance.api import attendance
from app.attendance.store import sealed_month_in
from app.audits.api import audits
from app.checkins.api import checkins
from app.config import int_setting, var
from app.devices.api import devices
from app.exports.api import exports
from app.feeds.api import feeds
from app.geofences.api import geofences
from app.http import edge, problems
from app.inbox.api import inbox
from app.incidents.api import incidents
from app.jobs.api import jobs, watch
from app.ledger.api import ledger
from app.letters.api import letters
from app.papers.api import papers
from app.pay.api import pay
from app.people.api import people
from app.people.store import actor_for
from app.ratings.api import ratings
from app.recaps.api import recaps
from app.seals.api import seals
from app.texts import catalogue
from app.workdays.api import workdays

BLUEPRINTS = (
    web.web,
    people,
    attachments,
    devices,
    geofences,
    workdays,
    incidents,
    assignments,
    feeds,
    inbox,
    checkins,
    attendance,
    activities,
    anomalies,
    ratings,
    recaps,
    pay,
    letters,
    papers,
    seals,
    audits,
    exports,
    ledger,
    jobs,
    watch,
)


# What the OpenAPI document says of the whole. A token's requirement lists the roles of which one is needed.
DOCUMENT = {
    "info": {"description": "GPS attendance that salaries can be paid on. (Presensi GPS yang dapat menjadi dasar pembayaran.)"},
    "components": {
        "securitySchemes": {
            "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT", "description": "access_token of /v1/auth/login"},
            "machine": {"type": "http", "scheme": "bearer", "description": "not needed from the server itself"},
        }
    },
}


def create_app() -> Flask:
    """The whole program as one WSGI application; opens no connection before the first request."""
    edge.start_logging()
    catalogue()  # a code without words fails here, not in front of somebody
    app = edge.Program(__name__, static_folder=None)
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
    api = problems.ProblemApi(app, spec_kwargs=DOCUMENT)
    app.register_blueprint(web.pages)
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint)
    app.extensions["actor_for"] = actor_for
    app.extensions["sealed_month_in"] = sealed_month_in
    cli.register(app)
    return app
