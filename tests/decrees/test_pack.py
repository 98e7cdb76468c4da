"""A decree file that is wrong never becomes law, and the reader is told where and why."""

import json
import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from app import decrees
from app.config import ROOT
from app.decrees import pack

BALI = decrees.path_of("bali").read_text("utf-8")


@pytest.fixture
def problems(tmp_path: Path):
    """The problems of Bali's decree after one change to its text."""

    def after(old: str, new: str) -> list[tuple[str, str]]:
        assert old in BALI
        file = tmp_path / "bali.toml"
        file.write_text(BALI.replace(old, new, 1), "utf-8")
        return [(problem.path, problem.message) for problem in decrees.check(file)]

    return after


@pytest.mark.parametrize("code", decrees.codes())
def test_every_shipped_decree_may_become_law(code: str) -> None:
    assert decrees.check(decrees.path_of(code)) == []


LATE_FROM_31 = "{ from_min = 31, to_min = 61"


@pytest.mark.parametrize(
    ("old", "new", "path", "message"),
    [
        pytest.param(
            LATE_FROM_31, "{ from_min = 32, to_min = 61", "lateness[0].bands[1].from_min", "must be 31", id="bands with a gap"
        ),
        pytest.param(
            LATE_FROM_31, "{ from_min = 30, to_min = 61", "lateness[0].bands[1].from_min", "must be 31", id="bands that overlap"
        ),
        pytest.param(
            "to_min = 61", "to_min = 291", "lateness[0].bands[2].from_min", "must be 291", id="the misprint '61 sd < 291'"
        ),
        pytest.param("to_min = 31", "to_min = 1", "lateness[0].bands[0].to_min", "greater than from_min", id="an empty band"),
        pytest.param(
            "{ from_min = 91,", "{ from_min = 91, to_min = 120,", "lateness[0].bands", "without to_min", id="an end in sight"
        ),
        pytest.param('pct = "1" }', 'pct = "0.4" }', "lateness[0].bands[1].pct", "less than the band above", id="later costs less"),
        pytest.param('pct = "0.5"', "pct = 0.5", "lateness[0].bands[0].pct", "in quotes", id="a binary fraction"),
        pytest.param('pct = "0.5"', 'pct = "NaN"', "lateness[0].bands[0].pct", "exact number", id="not a number"),
        pytest.param('pct = "0.5"', 'pct = "-1"', "lateness[0].bands[0].pct", "from 0 to 100", id="a reward"),
        pytest.param('pct = "3"', 'pct = "300"', "absence[0].pct", "from 0 to 100", id="more than all"),
        pytest.param('rounding = "floor"', 'rounding = "nearest"', "lateness[0].rounding", "floor, ceil", id="unknown rounding"),
        pytest.param('missing = "last"', 'missing = "first"', "lateness[0].missing", "exact number", id="unknown missing"),
        pytest.param('quality = "S"', 'quality = "A"', "hours[0].quality", "one of S, G, C", id="unknown quality"),
        pytest.param('variant = "A"', 'variant = "Z"', "tpp[0].variant", "one of A", id="unknown formula"),
        pytest.param(
            "break_min = 60", "break_min = 60, brake = 1", "hours[0].days[0].brake", "not a key", id="unknown key in a row"
        ),
        pytest.param("[[cap]]", "[[capp]]", "capp", "not a key", id="unknown section"),
        pytest.param(
            "opens_before_min = 180", "opens_before_min = -1", "window[0].opens_before_min", "whole minutes", id="minutes below 0"
        ),
        pytest.param("closes_after_min = 420", "", "window[0].closes_after_min", "whole minutes", id="a number left out"),
        pytest.param("week_min = 2250", "week_min = 2400", "hours[0].week_min", "2250", id="a week that does not add up"),
        pytest.param('["fri"]', '["fri", "mon"]', "hours[0].days[1].on", "second time", id="a weekday twice"),
        pytest.param('["fri"]', '["fry"]', "hours[0].days[1].on", "a list of mon", id="no such weekday"),
        pytest.param("start = 07:30:00", "start = 07:30:30", "hours[0].days[0].start", "whole minutes", id="seconds in the hours"),
        pytest.param("end = 16:30:00", "end = 07:00:00", "hours[0].days[0].end", "time to work", id="an end before the start"),
        pytest.param("until = 2025-03-28", "until = 2025-03-01", "overlay[1].until", "after `since`", id="ends before it begins"),
        pytest.param("until = 2025-03-28", "", "overlay[1].until", "a date", id="a season without end"),
        pytest.param("until = 2025-03-28", "until = 2026-03-28", "overlay[3].since", "still holds", id="seasons that overlap"),
        pytest.param("since = 2025-03-03", "since = 2023-03-03", "overlay[1].since", "after 2024-03-12", id="out of order"),
        pytest.param("since = 2024-01-02", 'since = "2024-01-02"', "hours[0].since", "a date", id="a date in quotes"),
        pytest.param(
            'behaviour_weight = "30"', 'behaviour_weight = "40"', "score[0].behaviour_weight", "must make 100", id="weights"
        ),
        pytest.param('from = "90"', 'from = "115"', "predicates[0].rows[1].from", "below the row above", id="words out of order"),
        pytest.param('from = "0"', 'from = "5"', "predicates[0].rows", "from 0", id="scores without a word"),
        pytest.param('kind = "sick"', 'kind = "sleepy"', "leave[2].kind", "one of annual", id="no such leave"),
        pytest.param('code = "bali"', 'code = "java"', "code", "'bali'", id="another file's code"),
        pytest.param('basis = "indonesia"', 'basis = "atlantis"', "basis", "one of badung", id="a basis there is not"),
        pytest.param(
            "[[absence]]",
            '[[together]]\nsince = 2024-01-02\nleast = "3"\nmost = "1"\nsource = "x"\nquality = "C"\n\n[[absence]]',
            "together[0].most",
            "not be below least",
            id="bounds the wrong way round",
        ),
    ],
)
def test_what_is_wrong_is_named_with_its_place(problems, old: str, new: str, path: str, message: str) -> None:
    found = problems(old, new)
    assert any(where == path and message in said for where, said in found), found


@pytest.mark.parametrize(
    "line", [line for line in BALI.splitlines() if line.startswith("source")][:3], ids=lambda line: line[10:40]
)
def test_no_clause_without_a_source(problems, line: str) -> None:
    assert any(where.endswith(".source") for where, _ in problems(line, 'source = " "'))


def test_a_file_that_is_not_toml_is_a_problem_and_not_a_crash(tmp_path: Path) -> None:
    file = tmp_path / "bali.toml"
    file.write_bytes(b"\xff\xfe")
    assert [problem.message.split(":")[0] for problem in decrees.check(file)] == ["is not readable as TOML"]


def successive(tmp_path: Path, until: str = "") -> pack.Pack:
    """Bali's law with a second absence clause from July 2026 on."""
    file = tmp_path / "bali.toml"
    clause = f'[[absence]]\nsince = 2026-07-01\n{until}\npct = "5"\nsource = "Pergub baru"\nquality = "C"\n'
    file.write_text(BALI.replace("[[cap]]", clause + "\n[[cap]]"), "utf-8")
    found, problems = pack.read(file)
    assert problems == []
    return found


def test_a_new_clause_holds_from_its_day_and_the_old_one_keeps_its_days(tmp_path: Path) -> None:
    law = successive(tmp_path)
    assert law.decree_on(date(2026, 6, 30)).absence.pct == Decimal(3)
    assert law.decree_on(date(2026, 7, 1)).absence.pct == Decimal(5)
    assert law.decree_on(date(2026, 7, 1)).absence.clause.code == "bali.absence.2026-07-01"
    assert law.decree_on(date(2026, 6, 30)).version != law.decree_on(date(2026, 7, 1)).version


def test_when_a_clause_ends_the_one_it_replaced_does_not_come_back(tmp_path: Path) -> None:
    law = successive(tmp_path, "until = 2026-08-01")
    assert law.decree_on(date(2026, 7, 31)).absence.pct == Decimal(5)
    with pytest.raises(decrees.UncoveredDay, match="absence"):
        law.decree_on(date(2026, 8, 1))


def test_a_problem_is_found_on_its_line(tmp_path: Path) -> None:
    words = BALI.replace('pct = "1.25" }', 'pct = "1,25" }', 1).replace("closes_after_min = 420", "closes_after_min = -1")
    file = tmp_path / "bali.toml"
    file.write_text(words, "utf-8")
    lines = words.splitlines()
    said = {problem.path: lines[problem.line - 1].strip() for problem in decrees.check(file)}
    assert said == {
        "lateness[0].bands[2].pct": '{ from_min = 61, to_min = 91, pct = "1,25" },',
        "window[0].closes_after_min": "closes_after_min = -1",
    }


def test_what_is_missing_from_a_row_is_found_on_the_rows_line(tmp_path: Path) -> None:
    words = BALI.replace('{ from_min = 31, to_min = 61, pct = "1" }', "{ from_min = 31, to_min = 61 }", 1)
    file = tmp_path / "bali.toml"
    file.write_text(words, "utf-8")
    lines = {words.splitlines()[problem.line - 1].strip() for problem in decrees.check(file)}
    assert lines == {"{ from_min = 31, to_min = 61 },"}


@pytest.mark.parametrize("path", decrees.files(), ids=lambda path: path.stem)
def test_what_is_checked_is_what_is_published(path: Path) -> None:
    """docs/decree.schema.json is written by `flask decrees schema` from the table that `check` reads by."""
    published = json.loads((ROOT / "docs" / "decree.schema.json").read_text("utf-8"))
    assert published == decrees.schema()
    words = json.loads(json.dumps(tomllib.loads(path.read_text("utf-8")), default=str))
    assert list(Draft202012Validator(published).iter_errors(words)) == []
    words["lateness" if "lateness" in words else "hours" if "hours" in words else "absence"][0]["pct_"] = 1
    assert list(Draft202012Validator(published).iter_errors(words)) != []


def with_overlays(tmp_path: Path, *overlays: str) -> decrees.Decree:
    """Bali's law of a Tuesday with more overlays in force."""
    common = 'since = 2026-11-01\nuntil = 2026-12-01\nsource = "x"\nquality = "C"\n'
    file = tmp_path / "bali.toml"
    file.write_text(BALI + "".join(f"\n[[overlay]]\n{common}{overlay}\n" for overlay in overlays), "utf-8")
    found, problems = pack.read(file)
    assert problems == []
    return found.decree_on(date(2026, 11, 24))


LATER = 'name = "{name}"\nearlier_min = 0\nlater_min = {minutes}'
WEEK = 'days = [{ on = ["tue"], start = 09:00:00, end = 15:00:00, break_min = 0 }]\nweek_min = 360'


def test_of_several_overlays_the_one_for_fewer_people_is_foremost(tmp_path: Path) -> None:
    law = with_overlays(
        tmp_path,
        LATER.format(name="both", minutes=40) + '\nunits = ["DISHUB"]\ngroups = ["hindu"]',
        LATER.format(name="group", minutes=30) + '\ngroups = ["hindu"]',
        LATER.format(name="unit", minutes=20) + '\nunits = ["DISHUB"]',
        LATER.format(name="all", minutes=10),
    )
    reached = {
        (path, *groups): law.for_whom(path, groups).flexi.later_min
        for path in ("BALI", "BALI.DISHUB", "BALI.DISHUB.UPT", "BALI.DISHUBLA")
        for groups in ((), ("hindu",))
    }
    assert reached == {
        ("BALI",): 10,
        ("BALI", "hindu"): 30,
        ("BALI.DISHUB",): 20,
        ("BALI.DISHUB", "hindu"): 40,
        ("BALI.DISHUB.UPT",): 20,
        ("BALI.DISHUB.UPT", "hindu"): 40,
        ("BALI.DISHUBLA",): 10,
        ("BALI.DISHUBLA", "hindu"): 30,
    }


def test_people_whom_different_overlays_reach_are_under_different_versions(tmp_path: Path) -> None:
    law = with_overlays(tmp_path, *(LATER.format(name=name, minutes=30) + f'\ngroups = ["{name}"]' for name in ("hindu", "muslim")))
    versions = [law.for_whom("BALI", groups).version for groups in ((), ("hindu",), ("muslim",), ("hindu", "muslim"))]
    assert len(set(versions)) == 4


def test_hours_for_some_are_hours_for_nobody_else(tmp_path: Path) -> None:
    law = with_overlays(tmp_path, f'name = "posko"\nunits = ["RSBM"]\n{WEEK}')
    assert law.hours.clause.code == "bali.hours.2024-01-02"
    theirs = law.for_whom("BALI.DISKES.RSBM", ())
    assert (f"{theirs.hours.start:%H:%M}", theirs.hours.clause.code) == ("09:00", "bali.overlay.posko.2026-11-01")
    assert theirs.version != law.version == law.for_whom("BALI.DISKES", ()).version


@pytest.mark.parametrize(
    ("overlay", "path", "message"),
    [
        pytest.param('name = "x"', "name", "changes nothing", id="a season that changes nothing"),
        pytest.param('name = "x"\nearlier_min = 1', "later_min", "belong together", id="half of flexible hours"),
        pytest.param('name = "x"\nweek_min = 1', "week_min", "belong together", id="a week without days"),
        pytest.param('name = "x"\nplace = "home"', "place", "one of office, anywhere", id="an unknown place"),
        pytest.param('name = "x"\nplace = "anywhere"\ngroups = []', "groups", "a list of words", id="for no group"),
    ],
)
def test_what_is_wrong_with_an_overlay(tmp_path: Path, overlay: str, path: str, message: str) -> None:
    file = tmp_path / "bali.toml"
    common = 'since = 2026-11-01\nuntil = 2026-12-01\nsource = "x"\nquality = "C"\n'
    file.write_text(f"{BALI}\n[[overlay]]\n{common}{overlay}\n", "utf-8")
    found = [(problem.path, problem.message) for problem in decrees.check(file)]
    assert any(where == f"overlay[5].{path}" and message in said for where, said in found), found


MORE = [
    pytest.param('break_from = 12:00:00 }', 'break_from = 16:00:00 }', "hours[0].days[0].break_from", "whole break", id="late"),
    pytest.param('variant = "A"', 'variant = "D"', "tpp[0].productivity_weight", "means nothing", id="D weighs no productivity"),
    pytest.param('variant = "A"', 'variant = "C"', "tpp[0].discipline_weight", "means nothing", id="C weighs nothing"),
    pytest.param('variant = "A"', 'variant = "A"\nday_min = 300', "tpp[0].day_min", "means nothing", id="A counts no minutes"),
    pytest.param('variant = "A"', 'variant = "A"\nmost_cut = "40"', "tpp[0].most_cut", "means nothing", id="A cuts its share only"),
    pytest.param('variant = "A"', 'variant = "A"\ndecimals = 4', "tpp[0].decimals", "at most 3", id="more than is kept"),
    pytest.param("from_days = 4", "from_days = 3", "ladder[0].rows[1].from_days", "more than in the row above", id="steps of 0"),
    pytest.param('sanction = "demotion"', 'sanction = "prison"', "ladder[0].rows[6].sanction", "one of oral_warning", id="prison"),
    pytest.param('kind = "sick"', 'kind = "sick"\nday_pct = "5"', "leave[2].day_pct", "belong together", id="a share of nothing"),
    pytest.param('kind = "sick"', 'kind = "sick"\nrows = [ { paid = "50" } ]', "leave[2].day_pct", "belong together", id="of what"),
    pytest.param("[[absence]]", '[[absence]]\nreplaces = "x"', "absence[0].replaces", "amends another", id="amends nothing"),
]  # fmt: skip


@pytest.mark.parametrize(("old", "new", "path", "message"), MORE)
def test_what_is_wrong_with_the_rest_of_the_law(problems, old: str, new: str, path: str, message: str) -> None:
    found = problems(old, new)
    assert any(where == path and message in said for where, said in found), found
