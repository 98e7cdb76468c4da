"""An agency's own folder: decrees beside the shipped ones, dated amendments of them, and what is refused."""

import runpy
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner

from app import decrees
from app.attendance.rules import derive, fingerprint
from app.cli.decrees import decrees as commands
from app.config import ROOT
from app.jobs.serve import Scheduler
from tests import laws
from tests.attendance.worlds import evidence

HEAD = 'code = "bali-2027"\nname = "Perubahan 2027"\namends = "bali"\n'
ABSENCE = '[[absence]]\nsince = 2027-01-01\npct = "4"\nsource = "Pergub 1/2027 pasal 2"\nquality = "S"\n'
LAST_DAY, FIRST_DAY = date(2026, 12, 31), date(2027, 1, 4)


def put(folder: Path, words: str, name: str = "bali-2027") -> Path:
    """A file in the folder."""
    file = folder / f"{name}.toml"
    file.write_text(words, "utf-8")
    return file


def test_an_amendment_holds_from_its_day_and_the_days_before_keep_their_law(tmp_path: Path) -> None:
    shipped = decrees.on("bali", LAST_DAY), decrees.on("bali", FIRST_DAY)
    put(tmp_path, HEAD + ABSENCE)
    with laws.in_use(tmp_path):
        before, after = decrees.on("bali", LAST_DAY), decrees.on("bali", FIRST_DAY)
        assert "bali-2027" not in decrees.codes()
    assert before == shipped[0]
    assert (after.absence.pct, after.absence.clause.code, after.absence.clause.quality) == (
        Decimal(4), "bali-2027.absence.2027-01-01", "S",
    )  # fmt: skip
    assert after.lateness == shipped[1].lateness
    assert after.version != shipped[1].version
    assert decrees.on("bali", FIRST_DAY) == shipped[1]


def test_a_days_fingerprint_and_its_line_name_the_amendment(tmp_path: Path) -> None:
    day = evidence(day=FIRST_DAY)
    shipped = decrees.on("bali", FIRST_DAY)
    put(tmp_path, HEAD + ABSENCE)
    with laws.in_use(tmp_path):
        amended = decrees.on("bali", FIRST_DAY)
    assert fingerprint(day, amended) != fingerprint(day, shipped)
    assert [line.clause.code for line in derive(day, amended).lines if line.pct] == ["bali-2027.absence.2027-01-01"]


RAMADAN = """
[[overlay]]
replaces = "bali.overlay.ramadan.2027-02-08"
name = "ramadan"
since = 2027-02-09
until = 2027-03-10
week_min = 1950
days = [
    { on = ["mon", "tue", "wed", "thu"], start = 08:00:00, end = 15:30:00, break_min = 30 },
    { on = ["fri"], start = 08:00:00, end = 13:30:00, break_min = 60 },
]
source = "SE Gubernur 2027"
quality = "S"
"""


def test_an_estimated_season_is_replaced_by_the_circulars(tmp_path: Path) -> None:
    put(tmp_path, HEAD + RAMADAN)
    with laws.in_use(tmp_path):
        starts = [f"{decrees.on('bali', date(2027, 2, day)).hours.start:%H:%M}" for day in (8, 9)]
    assert starts == ["07:30", "08:00"]
    assert f"{decrees.on('bali', date(2027, 2, 8)).hours.start:%H:%M}" == "08:00"


def test_a_decree_of_ones_own_rests_on_a_shipped_one(tmp_path: Path) -> None:
    words = 'code = "gianyar"\nname = "Gianyar"\nbasis = "indonesia"\n' + ABSENCE
    put(tmp_path, words, "gianyar")
    with laws.in_use(tmp_path):
        law = decrees.on("gianyar", FIRST_DAY)
        assert "gianyar" in decrees.codes()
    assert (law.absence.pct, law.lateness.clause.code) == (Decimal(4), "indonesia.lateness.2012-01-01")
    with pytest.raises(decrees.UnknownDecree):
        decrees.on("gianyar", FIRST_DAY)


REFUSED = [
    pytest.param("bali-2027", HEAD + ABSENCE.replace('"4"', "4"), "line 6, absence[0].pct", id="a broken clause"),
    pytest.param("bali-2027", HEAD + ABSENCE.replace("2027-01-01", "2024-01-02"), "absence[0].since", id="another clause's day"),
    pytest.param(
        "bali-2027", HEAD + 'x = 1\n' + ABSENCE, "line 4, x is not a key", id="an unknown key"
    ),
    pytest.param(
        "bali-2027", HEAD + ABSENCE.replace("[[absence]]", '[[absence]]\nreplaces = "bali.absence.2020-01-01"'),
        "absence[0].replaces names no absence clause", id="replacing what is not there",
    ),
    pytest.param(
        "bali-2027", HEAD + RAMADAN.replace('replaces = "bali.overlay.ramadan.2027-02-08"', ""), "overlay[0].since falls before",
        id="a season upon a season",
    ),
    pytest.param("bali-2027", HEAD + 'basis = "indonesia"\n' + ABSENCE, "amends stands in for basis", id="both basis and amends"),
    pytest.param("bali", HEAD.replace("bali-2027", "bali") + ABSENCE, "that of another decree", id="the name of a shipped one"),
    pytest.param("bali-2027", HEAD.replace('"bali"', '"atlantis"') + ABSENCE, "atlantis", id="amending what is not there"),
    pytest.param("x", 'code = "x"\nname = "X"\nbasis = "atlantis"\n' + ABSENCE, "atlantis", id="resting on what is not there"),
    pytest.param("x", 'code = "x"\nname = "X"\n' + ABSENCE, "says nothing about hours", id="half a law"),
    pytest.param("bali-2027", "code = ", "not readable", id="not TOML"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "words", "said"), REFUSED)
def test_a_broken_file_stops_the_program_from_starting_and_the_check_says_why(tmp_path, name, words, said) -> None:
    put(tmp_path, words, name)
    with laws.in_use(tmp_path):
        with pytest.raises((decrees.BrokenDecree, decrees.UnknownDecree), match=said.replace("[", r"\[")):
            decrees.stand()
        answer = CliRunner().invoke(commands, ["check"])
        assert answer.exit_code == 1
        assert name in answer.output


def test_neither_the_web_nor_the_scheduler_starts_under_a_broken_decree(tmp_path: Path) -> None:
    put(tmp_path, HEAD + ABSENCE.replace('"4"', '"400"'))
    with laws.in_use(tmp_path):
        with pytest.raises(decrees.BrokenDecree):
            runpy.run_path(str(ROOT / "gunicorn.conf.py"))["on_starting"](None)
        with pytest.raises(decrees.BrokenDecree):
            Scheduler().serve()


def test_two_amendments_may_not_say_the_same_thing_of_one_day(tmp_path: Path) -> None:
    put(tmp_path, HEAD + ABSENCE)
    put(tmp_path, HEAD.replace("bali-2027", "bali-2028") + ABSENCE, "bali-2028")
    with laws.in_use(tmp_path), pytest.raises(decrees.BrokenDecree, match=r"must be after 2027-01-01"):
        decrees.on("bali", FIRST_DAY)


def test_check_reads_the_folder_too_and_a_clean_one_is_ok(tmp_path: Path) -> None:
    put(tmp_path, HEAD + ABSENCE)
    with laws.in_use(tmp_path):
        answer = CliRunner().invoke(commands, ["check"])
        decrees.stand()
    assert (answer.exit_code, answer.output.splitlines()[-1]) == (0, "bali-2027.toml: ok")
