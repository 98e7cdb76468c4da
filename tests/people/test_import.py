"""What importing a people file promises: all or nothing, a difference one can read, codes shown once, and speed."""

import csv
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from click.testing import CliRunner
from sqlalchemy import text

from app import clock, db
from app.cli.people import people as command
from app.people import store
from app.people.actions import accounts
from app.people.actions.imports import import_people
from app.people.rules.table import parse
from tests import make

HEADING = "unit_code,unit_name,parent_code,nip,name,position,since"
GOOD = [
    "BALI,Pemerintah Provinsi Bali,,,,,",
    "DISHUB,Dinas Perhubungan,BALI,198001012005011001,I Wayan Sudarsana,Analis,2024-01-02",
    "DISHUB,,,198001012005011002,Ni Made Ayu,Kepala Dinas,2024-01-02",
]
TABLES = ("units", "people", "postings", "accounts", "ledger_leaves")


def raw(*lines, heading=HEADING):
    return "\n".join([heading, *lines, ""]).encode()


@pytest.fixture
def run(session, tmp_path):
    """`flask people …` in the test's own transaction; a list of lines is written to a file first."""

    def invoke(*args, lines=None, content=None):
        if lines is not None or content is not None:
            file = tmp_path / "pegawai.csv"
            file.write_bytes(content if content is not None else raw(*lines))
            args = ("import", str(file), *args)
        outcome = CliRunner().invoke(command, list(args))
        assert outcome.exception is None or isinstance(outcome.exception, SystemExit), outcome.exception
        return outcome

    return invoke


@pytest.fixture
def counts(session):
    def count():
        return [session.scalar(text(f"SELECT count(*) FROM {table}")) for table in TABLES]

    return count


def test_a_good_file_is_shown_and_applied(run, session, counts):
    outcome = run("--lang", "en", lines=GOOD)
    assert outcome.exit_code == 0
    assert outcome.output.splitlines() == [
        "Units: 2 new, 0 changed",
        "  + BALI  Pemerintah Provinsi Bali  (BALI, Asia/Makassar, bali)",
        "  + DISHUB  Dinas Perhubungan  (BALI.DISHUB, Asia/Makassar, bali)",
        "People: 2 new, 0 changed",
        "  + 198001012005011001  I Wayan Sudarsana",
        "  + 198001012005011002  Ni Made Ayu",
        "Postings: 2 new, 0 changed",
        "  + 198001012005011001  DISHUB  Analis  (primary, 2024-01-02 – …)",
        "  + 198001012005011002  DISHUB  Kepala Dinas  (primary, 2024-01-02 – …)",
        "Done. 2 new people have no activation code yet; give one with `people activate-code NIP`, or import with `--codes`.",
    ]
    assert counts() == [2, 2, 2, 2, 1]
    employed = store.list_employed_on(session, date(2026, 1, 5))
    assert [(person.nip, person.unit_path) for person in employed] == [
        ("198001012005011001", "BALI.DISHUB"),
        ("198001012005011002", "BALI.DISHUB"),
    ]


def test_the_second_time_there_is_nothing_to_change(run, counts):
    run(lines=GOOD)
    before = counts()
    assert run("--lang", "en", lines=GOOD).output.splitlines() == ["Nothing to change."]
    assert counts() == before


def test_a_dry_run_shows_the_same_and_changes_nothing(run, counts, tmp_path):
    before = counts()
    shown = run("--dry-run", "--codes", str(tmp_path / "codes.csv"), "--lang", "en", lines=GOOD)
    assert shown.output.splitlines()[-1] == "Dry run: nothing was changed."
    assert counts() == before
    assert not (tmp_path / "codes.csv").exists()
    assert shown.output.splitlines()[:-1] == run("--lang", "en", lines=GOOD).output.splitlines()[:-1]


@pytest.mark.parametrize(
    "line, said",
    [
        ("DISHUB,,,1980,X,Staf,2024-01-02", "line 5: The NIP “1980” is not 18 digits."),
        ("DISHUB,,,198001012005011002,Ni Made Ayu,Staf,2024-01-02", "line 5: NIP 198001012005011002 stands on line 4 already."),
        ("HILANG,,,198001012005011003,X,Staf,2024-01-02", "line 5: Unit HILANG does not exist and this file does not name it."),
        ("BALI,,DISHUB,,,,", "line 3: Unit DISHUB is below itself (parent_code goes in a circle)."),
        ("DISHUB,,,198001012005011003,X,Staf,2024-1-2", "line 5: since “2024-1-2” must be a day of the form YYYY-MM-DD."),
    ],
    ids=["nip", "duplicate", "unknown unit", "circle", "day"],
)
def test_one_bad_row_among_good_ones_changes_nothing_and_is_named(run, counts, line, said):
    before = counts()
    outcome = run("--lang", "en", lines=[*GOOD, line])
    assert outcome.exit_code == 1
    assert said in outcome.output
    assert "nothing was changed" in outcome.output
    assert counts() == before


def test_bad_encoding_is_named_in_both_languages(run, counts):
    content = raw(*GOOD).replace(b"Ayu", b"Ay\xfa")
    before = counts()
    assert "line 4: The file is not UTF-8: byte 0xFA" in run("--lang", "en", content=content).output
    assert "baris 4: Berkas bukan UTF-8: byte 0xFA" in run(content=content).output
    assert counts() == before


def test_a_hundred_problems_are_listed_and_all_are_counted(run):
    lines = [f"DISHUB,Dinas,,{number},X,Staf,2024-01-02" for number in range(250)]
    outcome = run("--lang", "en", lines=lines)
    assert outcome.output.count("is not 18 digits") == 100
    assert "250 problem(s); nothing was changed." in outcome.output


def test_renames_moves_and_ends_are_shown_as_changes(run, session):
    run(lines=GOOD)
    outcome = run(
        "--lang", "en",
        content=raw(
            "SETDA,Sekretariat Daerah,BALI,198001012005011001,I Wayan Sudarsana,Analis Madya,2025-03-01,",
            "DISHUB,Dinas Perhubungan dan LLAJ,SETDA,198001012005011002,Ni Made Ayu Lestari,Kepala Dinas,2024-01-02,2026-02-01",
            heading=HEADING + ",until",
        ),
    )  # fmt: skip
    assert outcome.exit_code == 0, outcome.output
    for line in (
        "  + SETDA  Sekretariat Daerah  (BALI.SETDA, Asia/Makassar, bali)",
        "  ~ DISHUB  name: Dinas Perhubungan → Dinas Perhubungan dan LLAJ; path: BALI.DISHUB → BALI.SETDA.DISHUB",
        "  ~ 198001012005011002  Ni Made Ayu → Ni Made Ayu Lestari",
        "  ~ 198001012005011001  DISHUB  Analis  (primary, 2024-01-02 – 2025-03-01)  until: … → 2025-03-01",
        "  + 198001012005011001  SETDA  Analis Madya  (primary, 2025-03-01 – …)",
        "  ~ 198001012005011002  DISHUB  Kepala Dinas  (primary, 2024-01-02 – 2026-02-01)  until: … → 2026-02-01",
    ):
        assert line in outcome.output.splitlines()
    on = {
        day: [(p.nip, p.unit_path) for p in store.list_employed_on(session, day)] for day in (date(2025, 2, 28), date(2026, 2, 1))
    }
    assert on[date(2025, 2, 28)] == [("198001012005011001", "BALI.SETDA.DISHUB"), ("198001012005011002", "BALI.SETDA.DISHUB")]
    assert on[date(2026, 2, 1)] == [("198001012005011001", "BALI.SETDA")]


def test_codes_go_once_to_a_new_file_only_its_owner_reads_and_they_work(run, session, client, tmp_path):
    file = tmp_path / "codes.csv"
    outcome = run("--codes", str(file), lines=GOOD)
    assert outcome.exit_code == 0, outcome.output
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    rows = list(csv.DictReader(file.open(encoding="utf-8")))
    assert [(row["nip"], row["name"], row["unit_code"]) for row in rows] == [
        ("198001012005011001", "I Wayan Sudarsana", "DISHUB"),
        ("198001012005011002", "Ni Made Ayu", "DISHUB"),
    ]
    assert rows[0]["code"] not in outcome.output
    kept = str(session.execute(text("SELECT * FROM accounts")).all())
    assert not any(row["code"] in kept for row in rows)
    body = {"nip": rows[0]["nip"], "code": rows[0]["code"], "password": "sawah dan laut 3"}
    assert client.post("/v1/auth/activate", json=body).status_code == 200


def test_codes_never_overwrite_a_file_and_then_nothing_is_imported(run, counts, tmp_path):
    file = tmp_path / "codes.csv"
    file.write_text("kode lama")
    before = counts()
    assert run("--codes", str(file), lines=GOOD).exit_code == 1
    assert (file.read_text(), counts()) == ("kode lama", before)


def test_the_first_administrator_comes_from_the_command_line(run, session, client):
    run(lines=GOOD)
    nip = "198001012005011002"
    assert run("grant", nip, "admin", "BALI").exit_code == 0
    code = run("activate-code", nip).stdout.splitlines()[0]
    tokens = client.post("/v1/auth/activate", json={"nip": nip, "code": code, "password": "sawah dan laut 3"}).json
    headers = {"Authorization": f"Bearer {tokens['access_token']}"}
    assert client.get("/v1/me", headers=headers).json["grants"] == [{"role": "admin", "unit": "BALI"}]
    assert client.get("/v1/grants", headers=headers).json["items"][0]["nip"] == nip


@pytest.mark.parametrize(
    "args", [("grant", "1", "admin", "BALI"), ("grant", "198001012005011001", "admin", "X"), ("activate-code", "1")]
)
def test_commands_about_nobody_end_in_a_sentence(run, args):
    outcome = run(*args)
    assert outcome.exit_code == 1
    assert "tidak ditemukan" in outcome.output


def big(people, name="Pegawai"):
    lines = [f"UNIT_{number:03d},Unit {number},BALI,,,," for number in range(200)]
    lines += [f"UNIT_{number % 200:03d},,,{make.nip(10_000 + number)},{name} {number},Staf,2024-01-02" for number in range(people)]
    return raw(GOOD[0], *lines)


def test_twenty_thousand_rows_take_seconds(database):
    took = []
    for content in (big(20_000), big(20_000), big(20_000, "Pegawai Baru")):
        began = time.monotonic()
        with db.transaction() as session:
            imported = import_people(session, parse(content), None, clock.now(), with_codes=True)
        took.append(time.monotonic() - began)
        assert not imported.plan.problems
    print("20,000 rows: new, again, renamed:", [round(seconds, 1) for seconds in took])
    assert max(took) < 20
    with db.transaction() as session:
        assert session.scalar(text("SELECT count(*) FROM postings")) == 20_000


def test_two_imports_at_once_do_not_tread_on_each_other(database):
    def bring(_):
        with db.transaction() as session:
            return import_people(session, parse(big(300)), None, clock.now()).is_written

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(bring, range(4))) == [False, False, False, True]


def test_an_import_leaves_a_leaf(run, session):
    run(lines=GOOD)
    [told] = make.told(session, "people_import")
    assert len(told["people"]) == 2 and {person["nip"] for person in told["people"]} == {one["nip"] for one in told["postings"]}
    assert told["units"][0]["decree"] == "bali"


def test_an_import_never_touches_a_password(run, session, client):
    run(lines=GOOD)
    account = session.scalars(text("SELECT person_id FROM accounts ORDER BY person_id LIMIT 1")).one()
    hashed = accounts.hash_password("pohon beringin 7")
    session.execute(text("UPDATE accounts SET password_hash = :hash WHERE person_id = :id"), {"hash": hashed, "id": account})
    run(
        lines=[
            GOOD[0],
            GOOD[1].replace("Sudarsana", "Sudarsana, S.T.").replace("I Wayan", '"I Wayan').replace("S.T.", 'S.T."'),
            GOOD[2],
        ]
    )
    body = {"nip": "198001012005011001", "password": "pohon beringin 7"}
    assert client.post("/v1/auth/login", json=body).status_code == 200
