"""The law as anybody reads it over HTTP."""

import pytest


def test_the_decrees_in_use_are_listed(client) -> None:
    assert {"bali", "badung", "indonesia"} <= set(client.get("/v1/decrees").json["codes"])


@pytest.mark.parametrize(("language", "title"), [("id", "Jam kerja"), ("en", "Working hours")])
def test_the_whole_law_of_a_day_is_read_without_signing_in(client, language: str, title: str) -> None:
    law = client.get("/v1/decrees/bali?on=2025-03-24", headers={"Accept-Language": language}).json
    assert (law["code"], law["name"], law["day"], len(law["version"])) == ("bali", "Pemerintah Provinsi Bali", "2025-03-24", 12)
    hours = law["rules"][0]
    assert (hours["title"], hours["clause"], hours["quality"], hours["since"]) == (
        title, "bali.overlay.ramadan.2025-03-03", "S", "2025-03-03",
    )  # fmt: skip
    assert "Pergub Bali 58/2023" in hours["source"]
    assert "bali.overlay.fwa.2025-03-24" in [rule["clause"] for rule in law["rules"]]


def test_a_day_off_has_no_clause(client) -> None:
    hours = client.get("/v1/decrees/bali?on=2026-11-28").json["rules"][0]
    assert (hours["clause"], hours["source"], hours["quality"]) == (None, None, None)


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v1/decrees/atlantis?on=2026-11-24", 404, "decree_unknown"),
        ("/v1/decrees/bali?on=2023-12-31", 404, "decree_uncovered"),
        ("/v1/decrees/bali", 422, "invalid_input"),
        ("/v1/decrees/bali?on=kemarin", 422, "invalid_input"),
    ],
    ids=["no such decree", "a day it does not cover", "no day", "not a day"],
)
def test_what_is_not_there_is_said(client, path: str, status: int, code: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.json["code"]) == (status, code)
