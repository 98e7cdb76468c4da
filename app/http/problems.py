"""Every error as `application/problem+json`, in the asker's language."""

import re
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from typing import Any, cast

import orjson
import structlog
from flask import Flask, Response
from flask_jwt_extended import JWTManager
from flask_smorest import Api
from marshmallow import fields
from werkzeug.exceptions import HTTPException

from app import errors
from app.http.language import language
from app.http.parsing import Schema
from app.texts import catalogue, text

STATUS: dict[type[errors.TapakError], int] = {
    errors.Unreadable: 400,
    errors.Unauthenticated: 401,
    errors.Denied: 403,
    errors.NotFound: 404,
    errors.Conflict: 409,
    errors.Invalid: 422,
    errors.TooMany: 429,
    errors.Unavailable: 503,
}

# What werkzeug refuses before a view is reached.
CODES = {
    404: "unknown_address",
    405: "method_not_allowed",
    412: "changed_meanwhile",
    413: "body_too_large",
    428: "if_match_missing",
}

log = structlog.get_logger()


class ProblemSchema(Schema):
    """An RFC 9457 problem."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    code = fields.String(required=True, metadata={"description": "stable; texts may change, codes do not"})
    errors = fields.Dict(keys=fields.String(), values=fields.String(), metadata={"description": "JSON pointer to text"})


class ProblemApi(Api):
    """The OpenAPI document, with problems where it would have put its own errors."""

    ERROR_SCHEMA = ProblemSchema

    def handle_http_exception(self, error: HTTPException) -> Response:
        status = error.code or 500
        if status < 400:  # not an error: 304 comes this way
            return cast(Response, error.get_response())
        answer = response(problem(CODES.get(status, f"http_{status}"), status))
        if status == 405:
            answer.headers["Allow"] = dict(error.get_headers()).get("Allow", "")
        return answer

    def _register_responses(self) -> None:
        """As inherited, but announcing the media type that is really sent."""
        content = {"application/problem+json": {"schema": ProblemSchema}}
        for status in HTTPStatus:
            described: dict[str, Any] = {"description": status.phrase}
            if status >= 200 and status not in (204, 304):
                described["content"] = content
            self.spec.components.response(status.name, described, lazy=True)
        self.spec.components.response("DEFAULT_ERROR", {"description": "A problem", "content": content}, lazy=True)


def problem(code: str, status: int, params: Mapping[str, object] | None = None) -> dict[str, Any]:
    """The members of a problem, in the asker's language; a parameter that is a text itself is told in it too.

    Source: RFC 9457 section 3.
    """
    spoken, told = language(), (params or {}).items()
    return {
        "type": f"urn:tapak:problem:{code}",
        "title": text(f"status_{status}", spoken),
        "status": status,
        "detail": text(code, spoken, **{name: _words(said) if isinstance(said, tuple) else said for name, said in told}),
        "code": code,
    }


def problem_of(error: errors.TapakError) -> dict[str, Any]:
    """The problem that a refusal is."""
    found = problem(error.code, STATUS[type(error)], error.params)
    if isinstance(error, errors.Invalid) and error.errors:
        found["errors"] = {place: _words(said) for place, said in error.errors.items()}
    return found


def response(members: Mapping[str, Any], headers: Mapping[str, str] | None = None) -> Response:
    """The HTTP answer that carries a problem."""
    return Response(
        orjson.dumps(members), status=members["status"], mimetype="application/problem+json", headers=dict(headers or {})
    )


def install(app: Flask, jwt: JWTManager) -> None:
    """Turn every error this program can end in into a problem."""

    @app.errorhandler(errors.TapakError)
    def refused(error: errors.TapakError) -> Response:
        wait = getattr(error, "retry_after_s", None)
        headers = {} if wait is None else {"Retry-After": str(wait)}
        if isinstance(error, errors.Unauthenticated):
            headers["WWW-Authenticate"] = "Bearer"
        return response(problem_of(error), headers)

    @app.errorhandler(Exception)
    def failed(error: Exception) -> Response:
        log.error("request_failed", error=type(error).__name__, exc_info=error)
        return response(problem("unexpected_error", 500))

    def unauthenticated(*_: object) -> Response:
        return response(problem("sign_in_needed", 401), {"WWW-Authenticate": "Bearer"})

    for loader in ("unauthorized", "invalid_token", "expired_token", "revoked_token", "needs_fresh_token", "user_lookup_error"):
        getattr(jwt, f"{loader}_loader")(unauthenticated)
    jwt.token_verification_failed_loader(unauthenticated)


def _words(said: errors.Text) -> str:
    if isinstance(said, tuple):
        return text(said[0], language(), **said[1])
    if said in catalogue():
        return text(said, language())
    return translated(said, language())


def translated(message: str, spoken: str) -> str:
    """A message of the validation library in the language spoken; one that is not listed stays English.

    The library knows about fifty sentences and no language but English; app/texts/validation.toml holds them.
    """
    for code, pattern in _validation_patterns().items():
        if match := pattern.fullmatch(message):
            return text(code, spoken, **match.groupdict())
    return message


@cache
def _validation_patterns() -> Mapping[str, re.Pattern[str]]:
    return {
        code: re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+)", re.escape(entry["en"])), re.DOTALL)
        for code, entry in catalogue().items()
        if code.startswith("validation_")
    }
