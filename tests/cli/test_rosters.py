"""`flask rosters`: an officer's spreadsheet becomes the roster in force, without SQL."""

import json

import pytest

from app.people import store as people
from app.workdays import store as workdays
from app.workdays.rules import Shift, shift_of
from tests import make

MONTH = ("--unit", "BALI", "--month", "2026-12")


@pytest.fixture
def guards(session) -> list[str]:
    bali = make.unit(session)
    for code, starts, ends in (("PAGI", "06:00", "14:00"), ("SIANG", "12:00", "20:00")):
        row = {"code": code, "kind": "fixed", "starts": starts, "ends": ends, "breaks": [], "owed_min": None}
        shift: Shift = shift_of({**row, "core_starts": None, "core_ends": None})
        workdays.add_shift(session, bali.id, shift, code)
    return [make.person(session, bali, name=name).nip for name in ("Ayu", "Budi")]


@pytest.fixture
def flask(app, session):
    def run(*words, **more):
        return app.test_cli_runner().invoke(args=["rosters", *words, *MONTH, *more.get("last", ())])

    return run


def test_a_spreadsheet_is_tried_brought_in_compared_published_and_written_out_again(flask, guards, tmp_path):
    ayu, budi = guards
    file, out = tmp_path / "jadwal.csv", tmp_path / "keluar.csv"
    file.write_text(f"nip,name,7,8\n{ayu},Ayu,PAGI,-\n{budi},Budi,SIANG,\n")
    tried = flask("import", str(file), "--dry-run", "--lang", "en")
    assert tried.exit_code == 0 and "Dry run: 3 days would change; nothing was written." in tried.output
    assert f"2026-12-07  {ayu}  Ayu   (office hours) → PAGI" in tried.output
    assert flask("diff").exit_code == 1
    assert flask("import", str(file)).exit_code == 0
    assert [one["after"] for one in json.loads(flask("diff", "--format", "json").output)] == ["PAGI", "SIANG", "-"]
    published = flask("publish", "--note", "Jadwal Desember", "--lang", "en")
    assert "Version 1 of the roster of BALI for 2026-12 is in force." in published.output
    assert "Tidak ada yang berubah." in flask("diff", "--from", "1", "--to", "in_force").output
    assert flask("export", "-o", str(out)).exit_code == 0
    assert f"{ayu},Ayu,,,,,,,PAGI,-," in out.read_text("utf-8-sig")
    assert "Tidak ada yang berubah." in flask("import", str(out)).output


def test_a_wrong_spreadsheet_is_refused_by_line_and_nothing_is_written(flask, session, guards, tmp_path):
    ayu, budi = guards
    file = tmp_path / "jadwal.csv"
    file.write_text(f"nip,7\n{ayu},MALAM\n{budi},PAGI\n198001012005011999,PAGI\n")
    refused = flask("import", str(file), "--lang", "en")
    assert refused.exit_code == 1
    lines = refused.output.splitlines()
    assert lines[0].startswith("line 2") and "MALAM" in lines[0] and lines[1].startswith("line 4")
    assert "Nothing was written: 2 problems." in lines[2]
    assert workdays.find_draft(session, people.get_unit(session, "BALI", None).id, make.date(2026, 12, 1)) is None


def test_a_conflict_is_refused_on_its_line(flask, guards, tmp_path):
    file = tmp_path / "jadwal.csv"
    file.write_text(f"nip,7\n{guards[0]},PAGI+SIANG\n")
    refused = flask("import", str(file), "--lang", "en")
    assert refused.exit_code == 1 and "PAGI 2026-12-07 06:00" in refused.output and "overlaps" in refused.output


def test_what_is_not_there_is_said_in_words(flask, guards):
    assert "Belum ada rancangan jadwal BALI untuk 2026-12." in flask("publish", "--note", "x").output
    assert "7" in flask("diff", "--from", "7", "--to", "in_force").output
