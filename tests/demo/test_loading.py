"""A small demo, loaded as `flask demo load` does: the same twice, all or nothing, and only where it may."""

import csv
from datetime import date
from types import SimpleNamespace
from uuid import uuid4

import pytest
from click.testing import CliRunner
from sqlalchemy import create_engine, event, text

from app import db, jws
from app.cli.demo import demo as demo_commands
from app.config import ROOT, var
from app.demo import loading
from app.demo.plan import Plan
from app.pay.store import bases_in
from app.people.actions.accounts import is_right
from app.people.store import list_employed_on
from tests import make

PLAN = Plan(people=120, months=1, seed=7, cheats=3, until=date(2026, 11, 20))


def ask(question, **params):
    with db.transaction() as session:
        return session.execute(text(question), params).all()


def rows_of(file):
    with open(file, newline="", encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def use(server, name):
    """Let `transaction()` go to that database."""
    engine = create_engine(server.url("tapak_owner", name))
    event.listen(engine, "connect", db.take_app_role)
    db.Sessions.configure(bind=engine, join_transaction_mode="conditional_savepoint")
    return engine


@pytest.fixture(scope="module")
def loads(server, template, tmp_path_factory):
    """Two databases loaded by the same plan on installations with different secrets."""
    made = []
    for number in range(2):
        name, home = f"demo_{uuid4().hex[:8]}", tmp_path_factory.mktemp(f"home{number}")
        server.create_database(name, template)
        engine = use(server, name)
        list(loading.load(PLAN, jws.Keyring(home / "keys"), ROOT / "geofences", home / "demo"))
        engine.dispose()
        made.append(SimpleNamespace(name=name, home=home))
    yield made
    for load in made:
        server.drop_database(load.name)


@pytest.fixture
def loaded(loads, server):
    """The first of them, in use."""
    engine = use(server, loads[0].name)
    yield loads[0]
    engine.dispose()


def test_the_same_plan_tells_the_same_story_with_other_keys(loads, server):
    told = []
    for load in loads:
        engine = use(server, load.name)
        story = ask(
            "SELECT c.id, p.nip, c.direction, c.taken_at, c.received_at, c.verdict, c.distance_m, c.flags, c.time_grade"
            " FROM checkins c JOIN people p ON p.id = c.person_id ORDER BY c.id"
        )
        days = ask("SELECT p.nip, day, status, deduction_pct FROM day_records d JOIN people p ON p.id = d.person_id ORDER BY 1, 2")
        keys = {row.id for row in ask("SELECT id FROM devices")}
        passwords = {row["password"] for row in rows_of(load.home / "demo" / "accounts.csv")}
        told.append(((story, days, rows_of(load.home / "demo" / "truth.csv")), keys | passwords))
        engine.dispose()
    assert told[0][0] == told[1][0]
    assert len(told[0][0][0]) > 2_500
    assert not told[0][1] & told[1][1]


def test_everybody_but_the_newcomers_has_a_phone_and_every_listed_password_works(loaded):
    accounts = rows_of(loaded.home / "demo" / "accounts.csv")
    with_phone = {row.nip for row in ask("SELECT nip FROM people JOIN devices ON devices.person_id = people.id")}
    employees = [row["nip"] for row in accounts if row["role"] == "employee"]
    assert len([nip for nip in employees if nip not in with_phone]) >= 40
    assert {row["role"] for row in accounts} == {"admin", "auditor", "employee", "hr", "supervisor"}
    hashes = dict(row for row in ask("SELECT nip, password_hash FROM people JOIN accounts ON accounts.person_id = people.id"))
    assert all(is_right(hashes[row["nip"]], row["password"]) for row in accounts)
    assert (loaded.home / "demo" / "accounts.csv").stat().st_mode & 0o077 == 0


def test_of_honest_check_ins_hardly_any_is_rejected_and_phones_were_offline_too(loaded):
    cheats = [row["nip"] for row in rows_of(loaded.home / "demo" / "truth.csv")]
    ((total, rejected, late),) = ask(
        "SELECT count(*), count(*) FILTER (WHERE verdict = 'rejected'),"
        " count(*) FILTER (WHERE received_at > taken_at + interval '1 h')"
        " FROM checkins c JOIN people p ON p.id = c.person_id WHERE nip <> ALL(:cheats)",
        cheats=cheats,
    )
    assert 0 <= rejected / total <= 0.01
    assert late > 20


def test_planted_cheats_are_in_the_record_and_the_shared_coordinate_is_found_with_nobody_else(loaded):
    truth = rows_of(loaded.home / "demo" / "truth.csv")
    assert all(row["days"].split() for row in truth)
    sharing = {row["nip"] for row in truth if row["kind"] == "shared_coordinates"}
    found = {
        row.nip for row in ask("SELECT nip FROM findings f JOIN people p ON p.id = f.person_id WHERE kind = 'shared_coordinates'")
    }
    assert found == sharing
    first = next(row for row in truth if row["kind"] == "shared_coordinates")
    places = ask(
        "SELECT DISTINCT ST_AsText(position) FROM checkin_reports r JOIN checkins c USING (id) JOIN people p ON p.id = c.person_id"
        " WHERE nip = ANY(:nips) AND work_date = ANY(:days)",
        nips=sorted(sharing),
        days=[date.fromisoformat(day) for day in first["days"].split()],
    )
    assert len(places) == 1


def test_superiors_find_activities_that_wait_and_norms_that_say_they_are_made_up(loaded):
    stood = dict(
        ask(
            "SELECT coalesce(answer.decision, 'waiting'), count(*) FROM activities a LEFT JOIN LATERAL (SELECT decision FROM"
            " activity_decisions WHERE activity_id = a.id ORDER BY id DESC LIMIT 1) answer ON true GROUP BY 1"
        )
    )
    assert set(stood) == {"waiting", "approve", "adjust", "return"} and sum(stood.values()) > 200
    assert ask("SELECT bool_and(source LIKE 'Contoh demo%') FROM activity_standards") == [(True,)]


def test_every_day_of_everybody_is_closed_every_month_rated_and_everything_sealed(loaded):
    ((people, days),) = ask("SELECT count(DISTINCT person_id), count(*) FROM day_records")
    assert (people, days) == (80, 80 * len(list(PLAN.days())))
    assert ask("SELECT count(*) FROM ratings WHERE month = '2026-11-01'") == [(80,)]
    assert ask("SELECT size = (SELECT count(*) FROM ledger_leaves) FROM ledger_checkpoints ORDER BY size DESC LIMIT 1") == [(True,)]


def test_the_pages_of_pay_and_papers_have_something_to_show(loaded):
    numbers = [number for (number,) in ask("SELECT number FROM papers ORDER BY kind, number")]
    assert [number.split("/")[1] for number in numbers] == ["ST", "CUTI", "CUTI"]
    assert {amount for (amount,) in ask("SELECT DISTINCT amount FROM base_amounts")} == {4_500_000, 8_000_000}
    with db.transaction() as session:
        employed = {person.person_id for person in list_employed_on(session, PLAN.until)}
        assert employed <= set(bases_in(session, PLAN.first_day, PLAN.until))


def test_the_office_of_the_first_newcomer_has_a_screen_whose_link_opens_it(loaded, app):
    newcomer = next(row for row in rows_of(loaded.home / "demo" / "accounts.csv") if row["role"] == "employee")
    (screen,) = rows_of(loaded.home / "demo" / "screens.csv")
    path, _, key = screen["screen"].partition("#")
    shown = app.test_client().get(f"{path}/codes", headers={"Screen-Key": key})
    assert (shown.status_code, shown.json["site"]) == (200, screen["site"])
    ((site,),) = ask(
        "SELECT s.name FROM sites s JOIN site_units ON site_id = s.id JOIN units u ON u.id = unit_id WHERE u.code IN"
        " (:unit, :office) ORDER BY s.code LIMIT 1",
        unit=newcomer["unit"],
        office=newcomer["unit"].partition("_")[0],
    )
    assert site == screen["site"]
    assert (loaded.home / "demo" / "screens.csv").stat().st_mode & 0o077 == 0


def test_guards_work_through_the_night_and_their_check_outs_belong_to_the_evening_before(loaded):
    found = ask(
        "SELECT status, late_min, out_at::date > day AS next_day FROM day_records WHERE shift = 'JAGA_MALAM' AND out_at IS NOT NULL"
    )
    assert len(found) > 20


def test_loading_again_changes_nothing_and_brings_lost_lists_back(loaded):
    before = ask("SELECT count(*), max(id) FROM ledger_leaves")
    accounts = loaded.home / "demo" / "accounts.csv"
    listed = accounts.read_bytes()
    accounts.unlink()
    again = Plan(people=500, months=2, seed=99, cheats=0, until=date(2026, 12, 1))
    said = list(loading.load(again, jws.Keyring(loaded.home / "keys"), ROOT / "geofences", accounts.parent))
    assert said == ["already loaded: 120 people, 2026-10-21 to 2026-11-20"]
    assert accounts.read_bytes() == listed
    assert ask("SELECT count(*), max(id) FROM ledger_leaves") == before


def test_an_interrupted_load_leaves_nothing(database, tmp_path):
    load = loading.load(PLAN, jws.Keyring(tmp_path / "keys"), ROOT / "geofences", tmp_path / "demo")
    next(load), next(load)
    load.close()
    assert ask("SELECT count(*) FROM people") == ask("SELECT count(*) FROM ledger_leaves") == [(0,)]


def test_a_database_with_people_of_its_own_is_left_alone(database, tmp_path):
    with db.transaction() as session:
        make.person(session)
    with pytest.raises(loading.NotOurs):
        list(loading.load(PLAN, jws.Keyring(tmp_path / "keys"), ROOT / "geofences", tmp_path / "demo"))
    assert ask("SELECT count(*) FROM people") == [(1,)]


def test_a_configured_database_must_be_declared_a_demo(monkeypatch):
    monkeypatch.setenv("DATABASE_URL", "postgresql://nobody@nowhere/production")
    done = CliRunner().invoke(demo_commands, ["load"])
    assert done.exit_code == 1
    assert "TAPAK_DEMO" in done.output


def test_the_command_says_that_it_was_loaded_before_and_where_the_accounts_are(loaded):
    done = CliRunner().invoke(demo_commands, ["load", "--people", "500"])
    assert done.exit_code == 0, done.output
    first, last = done.output.splitlines()
    assert first.endswith("already loaded: 120 people, 2026-10-21 to 2026-11-20")
    assert last.endswith(f"accounts: {var('demo', 'accounts.csv')}")


def test_the_command_leaves_people_of_its_own_alone_and_says_so(database, tmp_path, monkeypatch):
    monkeypatch.setenv("TAPAK_VAR", str(tmp_path))
    with db.transaction() as session:
        make.person(session)
    done = CliRunner().invoke(demo_commands, ["load"])
    assert done.exit_code == 1
    assert "Error: This database holds people who are not the demo's; nothing was changed.\n" in done.output


@pytest.mark.parametrize(
    "options", [("--people", "1"), ("--months", "13"), ("--cheats", "-1"), ("--until", "20-11-2026"), ("--seed", "x")], ids=str
)
def test_the_command_refuses_a_plan_that_cannot_be(options):
    done = CliRunner().invoke(demo_commands, ["load", *options])
    assert done.exit_code == 2 and f"Invalid value for '{options[0]}'" in done.output
