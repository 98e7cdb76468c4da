"""What `flask decrees` prints, and when it says no."""

from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from app import decrees as law
from app.cli.decrees import decrees


def run(*words: str):
    return CliRunner().invoke(decrees, words)


def test_check_passes_every_shipped_decree() -> None:
    answer = run("check")
    assert (answer.exit_code, answer.output) == (0, "".join(f"{code}.toml: ok\n" for code in law.codes()))


def test_check_names_the_place_of_what_is_wrong_and_fails(tmp_path: Path) -> None:
    file = tmp_path / "bali.toml"
    file.write_text(law.path_of("bali").read_text("utf-8").replace('pct = "3"', "pct = 3"), "utf-8")
    answer = run("check", str(file))
    assert answer.exit_code == 1
    assert 'absence[0].pct: must be an exact number from 0 to 100 in quotes, like "0.5", not 3' in answer.output


@pytest.mark.parametrize(
    ("lang", "expected"),
    [("id", "08:00-13:30, istirahat 60 menit"), ("en", "08:00-13:30, break 60 minutes")],
)
def test_show_reads_the_whole_law_of_a_day_with_every_source(lang: str, expected: str) -> None:
    answer = run("show", "bali", "--on", "2025-03-07", "--lang", lang)
    assert answer.exit_code == 0
    assert expected in answer.output
    assert answer.output.startswith("Pemerintah Provinsi Bali (bali), ")
    decree = law.on("bali", date(2025, 3, 7))
    clauses = [
        decree.window_clause,
        decree.hours.clause,
        decree.ceremony.clause,
        decree.ladder.clause,
        *(effect.clause for effect in decree.leave.values()),
    ]
    for part in ("lateness", "early", "absence", "cap", "tpp", "score", "predicates", "ceremony", "ladder"):
        clauses.append(getattr(decree, part).clause)
    for clause in clauses:
        assert f"[{clause.quality}] {clause.code}\n  {clause.source}\n" in answer.output


def test_show_says_that_a_day_off_has_no_hours() -> None:
    assert "bukan hari kerja" in run("show", "bali", "--on", "2026-11-28").output


@pytest.mark.parametrize(("code", "day"), [("bali", "2023-12-31"), ("atlantis", "2026-11-24")])
def test_show_refuses_what_no_decree_covers(code: str, day: str) -> None:
    answer = run("show", code, "--on", day)
    assert answer.exit_code == 1
    assert code in answer.output
