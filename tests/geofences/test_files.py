"""The demo's own sites, and the commands that examine and load files."""

import orjson
import pytest

from app.config import ROOT
from app.geofences import store
from app.geofences.rules import shape
from app.geofences.rules.lint import lint
from tests import make
from tests.geofences.test_actions import feature

FILES = sorted((ROOT / "geofences").glob("*.geojson"))
UNITS = {"SETDA", "BKPSDM", "DISHUB", "DISKES", "DISDIKPORA", "DISTAN", "DISPUPR", "DISKELKAN", "BAPENDA", "DISKOMINFOS"}
UNITS |= {"SATPOLPP", "BPSDM", "RSBM"}


def read(file):
    return orjson.loads(file.read_bytes())


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_shipped_site_is_right_and_says_that_it_is_made_up(file):
    found = lint(read(file))
    assert found.refusals == ()
    assert {problem.code for problem in found.problems} <= {"fence_narrow"}
    assert read(file)["properties"]["synthetic"] is True
    assert "OpenStreetMap" in read(file)["properties"]["attribution"]


def test_every_demo_unit_has_a_site_and_the_secretariat_two():
    units = [unit for file in FILES for unit in read(file)["properties"]["units"]]
    assert set(units) >= UNITS
    assert units.count("SETDA") == 2
    codes = [read(file)["properties"]["code"] for file in FILES]
    assert len(set(codes)) == len(codes) >= 12


def test_the_demo_has_two_campuses_a_courtyard_and_a_bent_office():
    drawn = [shape.in_metres(lint(read(file)).outline)[0] for file in FILES]
    assert any(len(one.geoms) > 1 for one in drawn)
    assert any(part.interiors for one in drawn for part in one.geoms)
    assert any(len(one.geoms) == 1 and not one.geoms[0].interiors and one.area < 0.9 * one.convex_hull.area for one in drawn)


def run(app, *arguments):
    return app.test_cli_runner().invoke(args=["geofences", *map(str, arguments)])


def test_check_shows_a_line_for_each_file_and_succeeds(app):
    result = run(app, "check", ROOT / "geofences")
    assert result.exit_code == 0
    assert all(file.name in result.output for file in FILES)


def test_check_names_what_is_wrong_and_fails(app, tmp_path):
    (tmp_path / "bad.geojson").write_bytes(orjson.dumps(feature(2)))
    result = run(app, "check", tmp_path)
    assert result.exit_code == 1
    assert "bad.geojson" in result.output and "refused /geometry" in result.output


@pytest.mark.parametrize("content", [b"", b"{", b"[1, NaN]", b"\xff"])
def test_what_is_no_json_is_said_to_be_none(app, tmp_path, content):
    (tmp_path / "bad.geojson").write_bytes(content)
    result = run(app, "check", tmp_path / "bad.geojson")
    assert result.exit_code == 1 and "not JSON" in result.output


def test_load_is_all_or_nothing_and_names_the_file(app, session, tmp_path):
    make.unit(session, "DISHUB", make.unit(session))
    (tmp_path / "a.geojson").write_bytes(orjson.dumps(feature(code="AA")))
    (tmp_path / "b.geojson").write_bytes(orjson.dumps(feature(code="BB", units=["NIX"])))
    result = run(app, "load", tmp_path)
    assert result.exit_code == 1
    assert "b.geojson" in result.output and "NIX" in result.output
    assert store.find_site(session, "AA") is None
    (tmp_path / "b.geojson").write_bytes(orjson.dumps(feature(code="BB")))
    assert "version 1" in run(app, "load", tmp_path).output
    assert run(app, "load", tmp_path).output.count("unchanged") == 2
