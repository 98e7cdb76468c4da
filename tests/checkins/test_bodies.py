"""The body of the rush is read by a shorter way, and never otherwise than by the schema that the document shows."""

import json

import orjson
import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from marshmallow import ValidationError

from app.checkins.api import taking

SCHEMA = taking.EnvelopeSchema()
NEARLY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(), lambda inner: st.lists(inner, max_size=4), max_leaves=6
)
MEMBERS = st.dictionaries(st.sampled_from(["checkins", "checkin", "x"]), NEARLY | st.lists(st.text(), max_size=4), max_size=2)


@given((MEMBERS | NEARLY).map(lambda body: json.dumps(body).encode()) | st.binary(max_size=20))
def test_what_the_short_way_takes_the_schema_reads_alike(body: bytes) -> None:
    try:
        found = taking.in_order(body)
    except ValueError:
        with pytest.raises((ValidationError, orjson.JSONDecodeError)):
            SCHEMA.load(orjson.loads(body))
    else:
        assert SCHEMA.load(orjson.loads(body)) == found


@pytest.mark.parametrize("count", [0, 1, 100, 101])
def test_the_short_way_counts_as_the_schema_does(count: int) -> None:
    body = orjson.dumps({"checkins": ["x"] * count})
    assert (1 <= count <= 100) == bool(SCHEMA.validate(orjson.loads(body)) == {})
    if 1 <= count <= 100:
        assert len(taking.in_order(body)["checkins"]) == count
    else:
        with pytest.raises(ValueError):
            taking.in_order(body)


@pytest.mark.parametrize(
    "headers", [{"Content-Type": "text/plain"}, {"Content-Type": "application/json", "Content-Encoding": "gzip"}]
)
def test_the_short_way_reads_no_body_of_another_kind(client: FlaskClient, headers: dict[str, str]) -> None:
    answer = client.post("/v1/checkins", data=b'{"checkins":["x"]}', headers=headers)
    assert answer.status_code == 400


def test_a_body_of_a_kindred_type_is_read_the_long_way(client: FlaskClient) -> None:
    answer = client.post("/v1/checkins", data=b'{"checkins":["x"]}', content_type="application/vnd.tapak+json")
    assert [item["status"] for item in answer.json["results"]] == ["refused"]
