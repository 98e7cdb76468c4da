"""The one character that PostgreSQL's text cannot hold is refused with its place, wherever somebody can write one."""

import json
import re

import pytest
from flask.testing import FlaskClient

from app.access import Role
from app.factory import create_app
from tests import contract, make

PROMISED = contract.contract_of(create_app())
IN_BODY = [address for address, promise in PROMISED.items() if "json" in promise["in"]]
IN_QUERY = [address for address, promise in PROMISED.items() if "query" in promise["in"]]
IN_PATH = [address for address in PROMISED if re.search(r"<(?!int|string.length)", address) and "/static/" not in address]

# Answers for itself, item by item (tests/checkins/test_bounds.py): one such report does not take the others along.
BY_ITEM = {"POST /v1/checkins"}


@pytest.fixture
def headers(session, sign_in) -> dict[str, str]:
    """Somebody with every role over everything, so that nothing is refused for who asks."""
    unit = make.unit(session)
    person = make.person(session, unit)
    for role in set(Role) - {Role.EMPLOYEE}:
        make.grant(session, person, role, unit)
    return sign_in(person.id)


def parts(address: str, filled: str = "1") -> tuple[str, str]:
    method, path = address.split(" ")
    return method, re.sub(r"<[^>]+>", filled, path.replace("<string(length=7):month>", "2026-11"))


def with_nul(shape: object, name: str = "") -> object:
    """A body of the promised shape in which every text has the character."""
    match shape:
        case dict():
            return {key.rstrip("?"): with_nul(inner, key) for key, inner in shape.items()}
        case list():
            return [with_nul(inner, name) for inner in shape]
        case _:
            return "a\0b"


def test_every_address_that_writes_is_looked_at() -> None:
    writing = {address for address in PROMISED if address.split(" ")[0] in ("POST", "PUT", "PATCH")}
    without_text = {address for address in writing - set(IN_BODY) if PROMISED[address]["in"]}
    # Files: their readers refuse it by line (tests/people/test_sheet.py); attached ones are kept as they are.
    assert {address for address in without_text if not address.endswith("/file")} == {"POST /v1/attachments"}
    assert len(IN_BODY) > 40 and set(IN_BODY) > BY_ITEM


@pytest.mark.parametrize("address", sorted(set(IN_BODY) - BY_ITEM))
def test_no_body_takes_it(client: FlaskClient, headers: dict[str, str], address: str) -> None:
    method, path = parts(address)
    answer = client.open(path, method=method, json=with_nul(PROMISED[address]["in"]["json"]), headers={**headers, "If-Match": "x"})
    assert (answer.status_code, answer.json["code"]) == (422, "invalid_input")
    assert set(answer.json["errors"].values()) == {"Berisi karakter kosong (NUL), yang tidak dapat disimpan."}


@pytest.mark.parametrize("address", IN_QUERY)
def test_no_query_takes_it(client: FlaskClient, headers: dict[str, str], address: str) -> None:
    method, path = parts(address)
    for name in PROMISED[address]["in"]["query"]:
        answer = client.open(path, method=method, query_string={name.rstrip("?"): "a\0b"}, headers=headers)
        assert answer.status_code == 422 and "NUL" in "".join(answer.json["errors"].values()), name


@pytest.mark.parametrize("address", IN_PATH)
def test_nothing_is_named_with_it(client: FlaskClient, headers: dict[str, str], address: str) -> None:
    method, path = parts(address, "a%00b")
    answer = client.open(path, method=method, json={}, headers={**headers, "If-Match": "x"})
    assert (answer.status_code, answer.json["code"]) == (404, "unknown_address")


@pytest.mark.parametrize(
    "body, places",
    [
        ('{"nip": "\\u0000"}', ["/nip"]),
        ('{"a/b": {"\\u0000": 1}}', ["/a~1b"]),
        ('[["x", "\\u0000"]]', ["/0/1"]),
        ('{"nip": "\\\\u0000"}', None),
    ],
    ids=["a field", "a name", "a list", "six letters that look like it"],
)
def test_its_place_is_told(client: FlaskClient, body: str, places: list[str] | None) -> None:
    json.loads(body)
    answer = client.post("/v1/auth/login", data=body, content_type="application/json")
    said = {place for place, words in answer.json["errors"].items() if "NUL" in words}
    assert said == set(places or ())


def test_one_report_with_it_does_not_take_the_others_along(client: FlaskClient) -> None:
    answer = client.post("/v1/checkins", json={"checkins": ["a\0b", "x"]})
    assert [one["status"] for one in answer.json["results"]] == ["refused", "refused"]
