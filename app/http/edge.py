"""What every answer carries and every request leaves in the log."""

import logging
import time
from typing import Any

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


class OrjsonProvider(JSONProvider):
    """JSON by orjson: strict on the way in, fast on the way out."""

    def dumps(self, obj: Any, **_: Any) -> str:
        return orjson.dumps(obj, option=orjson.OPT_NON_STR_KEYS).decode()

    def loads(self, s: str | bytes, **_: Any) -> Any:
        return orjson.loads(s)


def install(app: Flask) -> None:
    """Give every answer its headers and every request its line in the log: ids and outcomes, never a position or a token."""
    log = structlog.get_logger()

    @app.before_request
    def begin() -> None:
        g.began = time.monotonic()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request=str(uuid7()))
        if "\x00" in request.path:  # no name of anything has it, and PostgreSQL cannot even be asked
            raise errors.NotFound("unknown_address")

    @app.after_request
    def finish(answer: Response) -> Response:
        own = {name.lower() for name, _ in answer.headers}
        answer.headers.extend((name, value) for name, value in HEADERS.items() if name.lower() not in own)
        took_s = time.monotonic() - g.began
        route = request.url_rule.rule if request.url_rule else None
        metrics.count_request(route, request.method, answer.status_code, took_s)
        log.info(
            "request",
            method=request.method,
            route=route,
            status=answer.status_code,
            person=getattr(g.get("actor"), "person_id", None),
            ms=round(took_s * 1000, 1),
        )
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
