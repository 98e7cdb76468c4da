"""Base amounts by file: whose holds, what is refused, all or nothing."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import text

from app.attendance.actions import close_day
from app.audits.actions import audit_facts
from app.audits.store import KEPT
from app.cli.pay import pay as command
from app.pay import actions, rules, store
from app.ratings.actions import month_of, update_month
from tests import make

OCTOBER = date(2026, 10, 1)
NOW = datetime(2026, 11, 2, 1, tzinfo=UTC)
HEAD = "nip,unit,position,amount,since,source\n"
SOURCE = "Keputusan uji 1/2026"


@pytest.fixture
def office(session):
    """BALI > DISHUB > TERMINAL: a head of personnel, an analyst in each, and a recorded October day."""
    bali = make.unit(session)
    dishub = make.unit(session, "DISHUB", bali)
    terminal = make.unit(session, "TERMINAL", dishub)
    hr = make.person(session, bali)
    make.grant(session, hr, "hr", bali)
    people = {unit.code: make.person(session, unit, position="Analis") for unit in (bali, dishub, terminal)}
    stranger = make.person(session, make.unit(session, "BADUNG"))
    close_day(session, date(2026, 10, 5), NOW)
    update_month(session, OCTOBER, NOW)
    return {"hr": hr, "stranger": stranger, **people}


def bring(session, words: str, dry_run: bool = False, by=None):
    return actions.import_bases(session, rules.parse((HEAD + words).encode()), by, NOW, dry_run)


def amounts(session, office) -> dict[str, int]:
    found = store.bases_in(session, *month_of(OCTOBER))
    return {code: found[who.id].amount for code, who in office.items() if who.id in found}


def seal(session) -> None:
    session.execute(text("UPDATE day_records SET frozen_at = :now"), {"now": NOW})
    update_month(session, OCTOBER, NOW)


def test_the_person_s_own_amount_goes_before_the_position_s_and_the_nearest_unit_before_those_above(session, office) -> None:
    own = office["TERMINAL"].nip
    bring(session, f",BALI,Analis,3000000,2026-01-01,{SOURCE}\n,DISHUB,Analis,3500000,2026-01-01,{SOURCE}\n")
    assert amounts(session, office) == {"BALI": 3_000_000, "DISHUB": 3_500_000, "TERMINAL": 3_500_000}
    bring(session, f"{own},,,9000000,2025-01-01,{SOURCE}\n")
    assert amounts(session, office)["TERMINAL"] == 9_000_000


def test_of_several_the_later_day_holds_and_one_of_next_month_does_not_yet(session, office) -> None:
    nip = office["DISHUB"].nip
    bring(
        session,
        f"{nip},,,1,2026-01-01,{SOURCE}\n{nip},,,2,2026-10-31,{SOURCE}\n{nip},,,3,2026-11-01,{SOURCE}\n",
    )
    assert amounts(session, office) == {"DISHUB": 2}


def test_the_same_file_again_changes_nothing_and_another_amount_is_kept_beside_the_first(session, office) -> None:
    nip = office["DISHUB"].nip
    first = bring(session, f"{nip},,,100,2026-01-01,{SOURCE}\n")
    again = bring(session, f"{nip},,,100,2026-01-01,{SOURCE}\n")
    other = bring(session, f"{nip},,,200,2026-01-01,{SOURCE}\n")
    assert [(one.added, one.changed, one.same, one.is_written) for one in (first, again, other)] == [
        (1, 0, 0, True),
        (0, 0, 1, False),
        (0, 1, 0, True),
    ]
    assert amounts(session, office) == {"DISHUB": 200}
    assert [(words["amount"], words["nip"]) for words in make.told(session, "base_amount")] == [(100, nip), (200, nip)]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (f"123,,,1,2026-01-01,{SOURCE}", "csv_nip"),
        (f"1.98001E+17,,,1,2026-01-01,{SOURCE}", "csv_nip_rounded"),
        (f"198001012005011001,BALI,Analis,1,2026-01-01,{SOURCE}", "base_of_both"),
        (f",BALI,,1,2026-01-01,{SOURCE}", "base_of_nobody"),
        (f",bali,Analis,1,2026-01-01,{SOURCE}", "csv_unit_code"),
        (f",BALI,Ana\x00lis,1,2026-01-01,{SOURCE}", "nul_refused"),
        (f",BALI,Analis,0,2026-01-01,{SOURCE}", "base_amount_wrong"),
        (f",BALI,Analis,4.500.000,2026-01-01,{SOURCE}", "base_amount_wrong"),
        (f",BALI,Analis,-1,2026-01-01,{SOURCE}", "base_amount_wrong"),
        (f",BALI,Analis,1000000001,2026-01-01,{SOURCE}", "base_amount_wrong"),
        (f",BALI,Analis,²,2026-01-01,{SOURCE}", "base_amount_wrong"),
        (f",BALI,Analis,1,01/02/2026,{SOURCE}", "csv_day"),
        (",BALI,Analis,1,2026-01-01,x", "base_source_wrong"),
        (",BALI,Analis,1,2026-01-01,a\x00bcd", "nul_refused"),
    ],
)
def test_a_row_that_is_wrong_by_itself_is_refused_with_its_line(row: str, code: str) -> None:
    file = rules.parse((HEAD + f",BALI,Staf,1,2026-01-01,{SOURCE}\n{row}\n").encode())
    assert [(problem.line, problem.code) for problem in file.problems] == [(3, code)]


def test_one_wrong_row_keeps_all_of_the_file_out(session, office) -> None:
    nip, unknown = office["DISHUB"].nip, "199901012020011999"
    brought = bring(
        session,
        f"{nip},,,1,2026-01-01,{SOURCE}\n{unknown},,,1,2026-01-01,{SOURCE}\n,NIRGENDS,Staf,1,2026-01-01,{SOURCE}\n"
        f"{nip},,,2,2026-01-01,{SOURCE}\n",
    )
    assert [(problem.line, problem.code) for problem in brought.problems] == [
        (3, "unknown_person"),
        (4, "unknown_unit"),
        (5, "base_twice"),
    ]
    assert not brought.is_written and amounts(session, office) == {} and make.told(session, "base_amount") == []


def test_what_a_sealed_month_was_paid_by_is_not_changed_but_may_be_said_where_nothing_was(session, office) -> None:
    nip = office["DISHUB"].nip
    bring(session, f"{nip},,,100,2026-01-01,{SOURCE}\n")
    seal(session)
    refused = [
        bring(session, f"{nip},,,200,2026-09-01,{SOURCE}\n"),
        bring(session, f",DISHUB,Analis,200,2026-10-31,{SOURCE}\n"),
    ]
    assert [[(one.code, one.params["month"]) for one in brought.problems] for brought in refused] == [
        [("base_month_sealed", "2026-10")]
    ] * 2
    assert bring(session, f"{nip},,,200,2026-11-01,{SOURCE}\n").is_written
    assert bring(session, f"{office['BALI'].nip},,,300,2026-10-01,{SOURCE}\n").is_written
    assert amounts(session, office) == {"DISHUB": 100, "BALI": 300}


def post(client, headers, words: str, **query):
    return client.post("/v1/base-amounts/file", data=(HEAD + words).encode(), headers=headers, query_string=query)


def test_hr_brings_in_a_file_after_a_dry_run_and_reads_it(client, sign_in, session, office) -> None:
    headers, words = sign_in(office["hr"].id, "en"), f"{office['DISHUB'].nip},,,4500000,2026-01-01,{SOURCE}\n"
    dry = post(client, headers, words, dry_run=1)
    assert (dry.status_code, dry.json["added"], dry.json["is_written"]) == (200, 1, False) and amounts(session, office) == {}
    assert post(client, headers, words).json["is_written"] is True
    (item,) = client.get("/v1/base-amounts", headers=headers).json["items"]
    assert (item["nip"], item["amount"], item["since"]) == (office["DISHUB"].nip, 4_500_000, "2026-01-01")


def test_nobody_states_his_own_nor_of_others_than_his(client, sign_in, office) -> None:
    headers = sign_in(office["hr"].id, "en")
    for nip, code in ((office["hr"].nip, "own_decision"), (office["stranger"].nip, "unknown_person")):
        words = f"{nip},,,1,2026-01-01,{SOURCE}\n"
        dry = post(client, headers, words, dry_run=1).json
        assert (dry["problem_count"], dry["problems"][0]["line"], dry["problems"][0]["code"]) == (1, 2, code)
        refused = post(client, headers, words)
        assert (refused.status_code, refused.json["code"]) == (422, "import_refused") and "/lines/2/0" in refused.json["errors"]
    assert post(client, headers, f",BADUNG,Staf,1,2026-01-01,{SOURCE}\n", dry_run=1).json["problems"][0]["code"] == "unknown_unit"


@pytest.mark.parametrize("role", ["supervisor", "auditor", "admin"])
def test_only_hr_states_base_amounts(client, sign_in, session, office, role) -> None:
    make.grant(session, office["DISHUB"], role, make.unit(session))
    headers = sign_in(office["DISHUB"].id)
    assert post(client, headers, "").status_code == client.get("/v1/base-amounts", headers=headers).status_code == 403


def test_a_body_that_is_no_file_is_unreadable(client, sign_in, office) -> None:
    headers = sign_in(office["hr"].id)
    assert client.post("/v1/base-amounts/file", headers=headers).json["code"] == "empty_body"
    packed = client.post("/v1/base-amounts/file", data=b"x", headers={**headers, "Content-Encoding": "gzip"})
    assert packed.json["code"] == "encoded_body"


def test_the_command_says_what_is_wrong_by_line_and_what_it_did(app, session, office, tmp_path) -> None:
    file = tmp_path / "besaran.csv"
    run = app.test_cli_runner().invoke
    file.write_text(HEAD + f"{office['DISHUB'].nip},,,x,2026-01-01,{SOURCE}\n", "utf-8")
    refused = run(command, ["bases", str(file), "--lang", "en"])
    assert refused.exit_code == 1 and "line 2: amount" in refused.stderr and "1 problems" in refused.stderr
    file.write_text(HEAD + f"{office['DISHUB'].nip},,,4500000,2026-01-01,{SOURCE}\n", "utf-8")
    assert "Uji coba: 1 besaran akan baru" in run(command, ["bases", str(file), "--dry-run"]).output
    assert "1 besaran baru, 0 diubah, 0 tetap" in run(command, ["bases", str(file)]).output
    assert amounts(session, office) == {"DISHUB": 4_500_000}


def test_thousands_of_rows_are_written_with_a_leaf_each(session, office) -> None:
    unit, count = make.unit(session), 2_100
    nips = [make.nip() for _ in range(count)]
    session.execute(
        text(
            "WITH added AS (INSERT INTO people (nip, name, created_at) SELECT nip, 'Pegawai', :now"
            " FROM unnest(CAST(:nips AS text[])) nip RETURNING id) INSERT INTO postings (person_id, unit_id, position, kind, since)"
            " SELECT id, :unit, 'Staf', 'primary', '2020-01-01' FROM added"
        ),
        {"now": NOW, "nips": nips, "unit": unit.id},
    )
    words = "".join(f"{nip},,,{1_000_000 + place},2026-01-01,{SOURCE}\n" for place, nip in enumerate(nips))
    assert (bring(session, words).added, bring(session, words).same) == (count, count)
    assert [words["nip"] for words in make.told(session, "base_amount")] == nips
    kept = [one for one in KEPT if "base_amount" in one.kinds]
    assert len(kept) == 1 and list(audit_facts(session, kept)) == []
