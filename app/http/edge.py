"""What every answer carries and every request leaves in the log."""

import logging
import time
from collections.abc import Callable, Iterable
from typing import Any
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import orjson
import structlog
from flask import Flask, Response, g, request
from flask.json.provider import JSONProvider
from uuid_utils.compat import uuid7

from app import errors, metrics
from app.config import text_setting

# Nothing here is a page that may be framed, sniffed or kept by a proxy; pages widen the policy for themselves.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=()",
    "Strict-Transport-Security": "max-age=63072000",
    "Cache-Control": "no-store",
}
GUARDS = tuple((name.lower(), (name, value)) for name, value in HEADERS.items())


class Program(Flask):
    """A Flask none of whose views is a coroutine, so that it need not look at each one again for each request."""

    def ensure_sync(self, func: Callable[..., Any]) -> Callable[..., Any]:
        return func


class OrjsonProvider(JSONProvider):
    """JSON by orjson: strict on the way in, fast on the way out."""

    def dumps(self, obj: Any, **_: Any) -> str:
        return orjson.dumps(obj, option=orjson.OPT_NON_STR_KEYS).decode()

    def loads(self, s: str | bytes, **_: Any) -> Any:
        return orjson.loads(s)


class Guarded:
    """The program with the headers that every answer carries unless it brings its own.

    Added to the plain list that leaves, because headers that werkzeug was given one by one are checked again each time.
    """

    def __init__(self, program: WSGIApplication) -> None:
        self._program = program

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        def start(status: str, headers: list[tuple[str, str]], *failed: Any) -> Any:
            own = {name.lower() for name, _ in headers}
            return start_response(status, headers + [pair for name, pair in GUARDS if name not in own], *failed)

        return self._program(environ, start)


def install(app: Flask) -> None:
    """Give every answer its headers and every request its line in the log: ids and outcomes, never a position or a token."""
    log = structlog.get_logger()
    app.wsgi_app = Guarded(app.wsgi_app)  # type: ignore[method-assign]

    @app.before_request
    def begin() -> None:
        g.began = time.monotonic()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=str(uuid7()))
        if "\x00" in request.path:  # no name of anything has it, and PostgreSQL cannot even be asked
            raise errors.NotFound("unknown_address")

    @app.after_request
    def finish(answer: Response) -> Response:
        took_s = time.monotonic() - g.began
        rule, method, status = request.url_rule, request.method, answer.status_code
        route = rule.rule if rule else None
        metrics.count_request(route, method, status, took_s)
        person = getattr(g.get("actor"), "person_id", None)
        log.info("request", method=method, route=route, status=status, person=person, ms=round(took_s * 1000, 1))
        return answer


def start_logging() -> None:
    """One JSON object a line on standard output."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(serializer=lambda event, **_: orjson.dumps(event, default=str).decode()),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelNamesMapping()[text_setting("log_level")]),
        cache_logger_on_first_use=True,
    )
