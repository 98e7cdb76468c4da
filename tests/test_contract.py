"""The promise to phones and HR systems: a change to it is seen in a diff, and the OpenAPI document is a valid one."""

import re

from flask import Flask
from flask.testing import FlaskClient
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests import contract


def test_the_contract_is_the_one_that_was_agreed(app: Flask) -> None:
    assert contract.written(app) == contract.FILE.read_text("utf-8"), "if the change is meant: python -m tests.contract"


def test_the_openapi_document_is_valid_and_names_every_address(client: FlaskClient, app: Flask) -> None:
    document = client.get("/openapi.json").json
    assert document["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(document).validate()
    documented = set(document["paths"])
    app_pages = {"/app/", "/desk/", "/app/manifest.webmanifest", "/app/worker.js", "/words/{name}.{spoken}.json"}
    pages = {"/", "/docs", "/static/{name}", "/openapi.json", "/v1/sites/{code}/screen", "/verify/{paper_id}"} | app_pages
    served = {re.sub(r"<(?:[^:>]+:)?([^>]+)>", r"{\1}", str(rule)) for rule in app.url_map.iter_rules()}
    assert served - pages == documented


def test_every_address_of_the_fixed_contract_is_there(app: Flask) -> None:
    """Names installed phones and HR systems rely on; what later issues add is not listed yet."""
    served = {f"{method} {rule}" for rule in app.url_map.iter_rules() for method in rule.methods or ()}
    assert FIXED - {re.sub(r"<(?:[^:>]+:)?([^>]+)>", r"{\1}", address) for address in served} == set()


FIXED = {
    "POST /v1/checkins", "POST /v1/auth/login", "POST /v1/auth/refresh", "POST /v1/auth/logout", "GET /v1/time", "POST /v1/devices",
    "GET /v1/devices", "GET /v1/me", "GET /v1/me/today", "GET /v1/me/checkins", "GET /v1/me/attendance", "GET /v1/me/ratings",
    "GET /v1/me/findings", "POST /v1/me/leaves", "GET /v1/me/leaves", "GET /v1/sites", "POST /v1/sites", "PUT /v1/sites/{code}",
    "GET /v1/sites/{code}/versions", "POST /v1/sites/lint", "GET /v1/findings", "GET /v1/leaves", "GET /v1/attendance",
    "GET /v1/ratings", "GET /v1/jobs", "GET /v1/ledger/checkpoint", "GET /v1/ledger/consistency", "GET /livez", "GET /readyz",
    "GET /.well-known/jwks.json", "GET /metrics",
}  # fmt: skip
