"""The front page, the probes and the keys."""

import stat

import pytest
from flask.testing import FlaskClient

from app import jws
from app.config import var


@pytest.mark.parametrize("language, words", [("id", "Presensi GPS"), ("en", "GPS attendance")])
def test_the_front_page_speaks_both_languages(client: FlaskClient, language: str, words: str) -> None:
    answer = client.get("/", headers={"Accept-Language": language})
    assert answer.status_code == 200 and words in answer.text and f'lang="{language}"' in answer.text


def test_the_pages_need_nothing_from_outside(client: FlaskClient) -> None:
    for address in ("/", "/docs"):
        page = client.get(address).text
        assert "http://" not in page and "https://" not in page and "<script>" not in page
    for name in ("tapak.css", "docs.js", "tapak.svg", "swagger-ui.css", "swagger-ui-bundle.js"):
        assert client.get(f"/static/{name}").status_code == 200


def test_the_documentation_says_who_may_call_what_and_can_be_given_a_token(client: FlaskClient) -> None:
    document = client.get("/openapi.json").json
    calls = {
        (path, verb): call for path, calls in document["paths"].items() for verb, call in calls.items() if verb != "parameters"
    }
    assert calls["/v1/time", "get"]["security"] == []
    assert calls["/v1/me", "get"]["security"] == [{"bearer": ["employee"]}]
    assert calls["/v1/recaps/{month}", "get"]["security"] == [{"bearer": ["supervisor", "hr", "auditor"]}]
    named = {scheme for call in calls.values() for needed in call["security"] for scheme in needed}
    assert named <= set(document["components"]["securitySchemes"])


def test_nothing_else_of_the_machine_is_served(client: FlaskClient) -> None:
    for name in ("../__init__.py", "%2e%2e/__init__.py", "swagger-ui.js/../../__init__.py", "templates/front.html"):
        assert client.get(f"/static/{name}").status_code == 404


def test_the_probes_say_that_it_lives_and_is_ready(client: FlaskClient) -> None:
    assert client.get("/livez").json == client.get("/readyz").json == {"status": "ok"}


def test_the_key_that_signed_can_be_found_also_after_a_rotation(client: FlaskClient) -> None:
    keyring = jws.keyring(var("keys"))
    anchor = client.get("/v1/time").json["anchor"]
    signed_by = jws.split(anchor)[0]["kid"]
    newest = keyring.rotate()
    names = [key["kid"] for key in client.get("/.well-known/jwks.json").json["keys"]]
    assert signed_by in names and names[-1] == newest
    assert keyring.opened(anchor, "time-anchor+jws")["now"]
    assert jws.split(client.get("/v1/time").json["anchor"])[0]["kid"] == newest


def test_only_the_server_can_read_its_keys() -> None:
    jws.keyring(var("keys")).secret("jwt")
    files = list(var("keys").iterdir())
    assert files and all(stat.S_IMODE(file.stat().st_mode) == 0o600 for file in files)
    assert stat.S_IMODE(var("keys").stat().st_mode) == 0o700
