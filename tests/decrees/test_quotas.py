"""How much leave there is by PP 11/2017, as the national decree says it and every agency's rests on it."""

from datetime import date

import pytest

from app import decrees

DAY = date(2026, 11, 24)
QUOTA = """
[[quota]]
kind = "annual"
since = 2026-01-01
year_days = 12
carried = [{ unused_years = 1, most_days = 18 }]
papers = [{ from_days = 1, paper = "doctor" }, { from_days = 15, paper = "government_doctor" }]
longest = [{ months = 3 }, { cause = "hajj" }]
source = "uji"
quality = "C"
"""


@pytest.mark.parametrize("code", ["bali", "denpasar", "badung", "kemenkeu-221-2021", "indonesia"])
def test_every_agency_rests_on_the_national_quotas_until_it_states_its_own(code) -> None:
    quotas = decrees.on(code, DAY).quota
    assert set(quotas) == {"annual", "long", "sick", "maternity", "important", "unpaid"}
    assert {kind: quota.clause.quality for kind, quota in quotas.items() if quota.clause.quality != "S"} == {"unpaid": "G"}


def test_annual_leave_of_articles_311_and_313() -> None:
    annual = decrees.on("bali", DAY).quota["annual"]
    assert (annual.year_days, annual.service_years, annual.remote_days) == (12, 1, 12)
    assert [(row.unused_years, row.most_days) for row in annual.carried] == [(1, 18), (2, 24)]


@pytest.mark.parametrize(
    ("kind", "cause", "months", "days"),
    [
        ("long", None, 3, 0),
        ("important", "marriage", 1, 0),
        ("maternity", None, 3, 0),
        ("sick", None, 18, 0),
        ("sick", "miscarriage", 1, 15),
        ("sick", "work_accident", 0, 0),
        ("unpaid", None, 48, 0),
    ],
)
def test_the_longest_span_by_cause(kind, cause, months, days) -> None:
    longest = decrees.on("bali", DAY).quota[kind].longest_for(cause)
    assert longest and (longest.months, longest.days) == (months, days)


@pytest.mark.parametrize(
    ("days", "paper"), [(1, "doctor"), (14, "doctor"), (15, "government_doctor"), (365, "government_doctor"), (366, "extension")]
)
def test_which_paper_a_sick_leave_needs(days, paper) -> None:
    assert decrees.on("bali", DAY).quota["sick"].paper_for(days) == paper
    assert decrees.on("bali", DAY).quota["annual"].paper_for(days) is None


def test_long_leave_asks_no_service_for_the_first_hajj_and_a_birth() -> None:
    long = decrees.on("bali", DAY).quota["long"]
    assert (long.service_years, long.waived_for) == (5, {"hajj", "birth"})
    assert decrees.on("bali", DAY).quota["maternity"].children == 3


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("most_days = 18 }", "most_days = 18 }, { unused_years = 1, most_days = 24 }", "quota[0].carried must be in order"),
        ("from_days = 15", "from_days = 1", "quota[0].papers must be in order"),
        ('{ cause = "hajj" }', "{ months = 4 }", "quota[0].longest names a cause for the second time"),
        ("year_days = 12\n", "", "quota[0].year_days must be said"),
        ('kind = "annual"', 'kind = "lazy"', "quota[0].kind must be one of annual"),
        ('paper = "doctor"', 'paper = "witch"', "quota[0].papers[0].paper must be one of doctor"),
    ],
    ids=["carried", "papers", "cause twice", "no days", "kind", "paper"],
)
def test_what_is_wrong_in_a_quota_is_named_with_its_place(tmp_path, old, new, message) -> None:
    file = tmp_path / "uji.toml"
    head = 'code = "uji"\nname = "Uji"\nbasis = "indonesia"\n'
    file.write_text(head + QUOTA, "utf-8")
    assert decrees.check(file) == []
    assert QUOTA.count(old) == 1
    file.write_text(head + QUOTA.replace(old, new), "utf-8")
    found = [f"{problem.path} {problem.message}" for problem in decrees.check(file)]
    assert any(said.startswith(message) for said in found), found
