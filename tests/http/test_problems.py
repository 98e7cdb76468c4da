"""Every error is a problem, in the asker's language, and points at its place."""

import pytest
from flask.testing import FlaskClient

PROBLEM = "application/problem+json"


@pytest.mark.parametrize(
    "method, address, status, code",
    [
        ("get", "/v1/nothing-here", 404, "unknown_address"),
        ("delete", "/v1/time", 405, "method_not_allowed"),
        ("get", "/v1/me", 401, "sign_in_needed"),
    ],
)
def test_what_goes_wrong_before_a_view_is_a_problem_too(
    client: FlaskClient, method: str, address: str, status: int, code: str
) -> None:
    answer = getattr(client, method)(address)
    assert (answer.status_code, answer.mimetype) == (status, PROBLEM)
    assert answer.json["code"] == code and answer.json["status"] == status
    assert set(answer.json) == {"type", "title", "status", "detail", "code"}


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b'{"checkins": NaN}', b'{"checkins": ["\xff"]}', b"[" * 100_000, b'{"checkins": 1e400}'],
    ids=["empty", "cut off", "NaN", "broken UTF-8", "deep", "infinite"],
)
def test_a_body_that_cannot_be_read_is_said_to_be_so(client: FlaskClient, body: bytes) -> None:
    answer = client.post("/v1/checkins", data=body, content_type="application/json")
    assert answer.status_code in (400, 422) and answer.mimetype == PROBLEM


def test_a_body_of_another_type_is_refused(client: FlaskClient) -> None:
    assert client.post("/v1/checkins", data="checkins=1", content_type="text/plain").json["code"] == "not_json"


def test_a_huge_body_is_refused_before_it_is_read(client: FlaskClient) -> None:
    answer = client.post("/v1/checkins", data=b" " * 2_000_001, content_type="application/json")
    assert (answer.status_code, answer.json["code"]) == (413, "body_too_large")


def test_a_wrong_field_is_pointed_at_in_the_language_asked_for(client: FlaskClient) -> None:
    body = {"checkins": [1], "more": True}
    said = {
        language: client.post("/v1/checkins", json=body, headers={"Accept-Language": language}).json["errors"]
        for language in ("id", "en", "fr, en;q=0.5")
    }
    assert said["id"] == {"/checkins/0": "Harus berupa teks.", "/more": "Isian ini tidak dikenal."}
    assert said["en"] == said["fr, en;q=0.5"] == {"/checkins/0": "Not a valid string.", "/more": "Unknown field."}


@pytest.mark.parametrize("count", [0, 101])
def test_a_batch_has_one_to_a_hundred_check_ins(client: FlaskClient, count: int) -> None:
    answer = client.post("/v1/checkins", json={"checkins": ["x"] * count})
    assert (answer.status_code, list(answer.json["errors"])) == (422, ["/checkins"])


def test_every_answer_carries_its_headers(client: FlaskClient) -> None:
    for address in ("/livez", "/v1/nothing-here", "/", "/docs", "/openapi.json"):
        headers = client.get(address).headers
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "default-src 'none'" in headers["Content-Security-Policy"]
        assert "unsafe-inline" not in headers["Content-Security-Policy"]
