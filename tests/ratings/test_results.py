"""SKP results from a spreadsheet: kept as assessments that rate at once, all or none, each problem by its line."""

import io
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from sqlalchemy import text

from app.attendance.actions import close_day
from app.cli.ratings import ratings as command
from app.people import store as people
from app.ratings import actions, store
from app.ratings.rules import resultfile
from tests import make

OCTOBER = date(2026, 10, 1)
NOW = datetime(2026, 11, 2, 1, tzinfo=UTC)
HEAD = "nip,period,productivity_pct,work_score,behaviour_score,new_idea,work_result,behaviour_result,source\n"
SOURCE = "e-Kinerja uji; dinilai atasan"


@pytest.fixture
def office(session):
    bali = make.unit(session)
    dishub = make.unit(session, "DISHUB", bali)
    made = {"hr": make.person(session, bali), "one": make.person(session, dishub), "two": make.person(session, dishub)}
    made["stranger"] = make.person(session, make.unit(session, "BADUNG"))
    make.grant(session, made["hr"], "hr", bali)
    close_day(session, date(2026, 10, 5), NOW)
    actions.update_month(session, OCTOBER, NOW)
    return made


def row(nip: str, period: str = "2026-10", productivity: str = "80", work: str = "100", rest: str = f"90,,,,{SOURCE}") -> str:
    return f"{nip},{period},{productivity},{work},{rest}\n"


def bring(session, office, words: str, dry_run: bool = False):
    by = people.officer(session, office["hr"].nip, NOW.date())
    return actions.import_results(session, resultfile.parse((HEAD + words).encode()), by, NOW, dry_run)


def test_results_become_assessments_and_the_ratings_follow_at_once(session, office) -> None:
    brought = bring(session, office, row(office["one"].nip) + row(office["two"].nip, work='"112,5"', rest=f"110,ya,,,{SOURCE}"))
    assert (brought.added, brought.is_written) == (2, True)
    rated = {one.nip: one for one in store.list_of_unit(session, OCTOBER, ["BALI"], None, 9)}
    assert (rated[office["one"].nip].tpp_pct, rated[office["one"].nip].score) == (Decimal("86.8"), Decimal(97))
    assert (rated[office["two"].nip].score, rated[office["two"].nip].predicate) == (Decimal("111.75"), "very_good")
    told = make.told(session, "assessment")
    assert [(words["nip"], words["by"], words["note"]) for words in told] == [
        (office[name].nip, office["hr"].nip, SOURCE) for name in ("one", "two")
    ]


def test_the_same_file_again_changes_nothing_and_another_result_counts_from_now_on(session, office) -> None:
    nip = office["one"].nip
    assert bring(session, office, row(nip)).is_written
    again, other = bring(session, office, row(nip)), bring(session, office, row(nip, productivity="90"))
    assert [(one.added, one.changed, one.same, one.is_written) for one in (again, other)] == [(0, 0, 1, False), (0, 1, 0, True)]
    assert session.scalar(text("SELECT count(*) FROM assessments")) == 2


def test_a_quarter_and_a_year_are_kept_as_they_are_and_rate_no_month(session, office) -> None:
    nip = office["one"].nip
    words = row(nip, "2026-Q3", "", rest=f"90,,di atas ekspektasi,sesuai ekspektasi,{SOURCE}") + row(nip, "2025", "")
    assert bring(session, office, words).added == 2
    kept = session.execute(text("SELECT month, months, work_result, behaviour_result FROM assessments ORDER BY month")).all()
    assert [tuple(one) for one in kept] == [(date(2025, 1, 1), 12, None, None), (date(2026, 7, 1), 3, "above", "as_expected")]
    assert all(one.tpp_pct is None for one in store.list_of_unit(session, OCTOBER, ["BALI"], None, 9))


def test_a_workbook_says_the_same_also_where_the_spreadsheet_made_days_of_months(session, office) -> None:
    book = openpyxl.Workbook()
    book.active.append(HEAD.strip().split(","))
    book.active.append([office["one"].nip, OCTOBER, 80, 112.5, 90, "Ya", None, None, SOURCE])
    file = io.BytesIO()
    book.save(file)
    (found,) = resultfile.parse(file.getvalue()).rows
    (same,) = resultfile.parse((HEAD + row(office["one"].nip, work="112.5", rest=f"90,ya,,,{SOURCE}")).encode()).rows
    assert found == same


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (row("123"), "csv_nip"),
        (row("198001012005011001", "2026-13"), "result_period"),
        (row("198001012005011001", "Oktober 2026"), "result_period"),
        (row("198001012005011001", work="121"), "result_figure"),
        (row("198001012005011001", work="99.999"), "result_figure"),
        (row("198001012005011001", work=""), "result_figure"),
        (row("198001012005011001", work="1e2"), "result_figure"),
        (row("198001012005011001", productivity="101"), "result_figure"),
        (row("198001012005011001", rest=f"90,mungkin,,,{SOURCE}"), "result_new_idea"),
        (row("198001012005011001", rest=f"90,,bagus,sesuai ekspektasi,{SOURCE}"), "result_step"),
        (row("198001012005011001", rest=f"90,,above,,{SOURCE}"), "result_steps"),
        (row("198001012005011001", rest="90,,,,x"), "result_source"),
    ],
)
def test_a_row_that_is_wrong_by_itself_is_refused_with_its_line(words: str, code: str) -> None:
    file = resultfile.parse((HEAD + row("198001012005011002") + words).encode())
    assert [(problem.line, problem.code) for problem in file.problems] == [(3, code)]


def test_one_wrong_row_keeps_all_of_the_file_out(session, office) -> None:
    one = office["one"].nip
    words = "".join(
        [
            row(one),
            row(office["hr"].nip),
            row(office["stranger"].nip),
            row(one, "2026-12"),
            row(one, "2026-09", ""),
            row(one, "2026-Q3", "80"),
            row(one, "2019-10"),
            row(one),
        ]
    )
    brought = bring(session, office, words)
    assert [(problem.line, problem.code) for problem in brought.problems] == [
        (3, "own_decision"),
        (4, "unknown_person"),
        (5, "assessment_too_early"),
        (6, "assessment_productivity"),
        (7, "assessment_no_productivity"),
        (8, "unknown_person"),
        (9, "result_twice"),
    ]
    assert not brought.is_written and make.told(session, "assessment") == []


def test_a_sealed_month_takes_no_results(session, office) -> None:
    session.execute(text("UPDATE day_records SET frozen_at = :now"), {"now": NOW})
    actions.update_month(session, OCTOBER, NOW)
    (problem,) = bring(session, office, row(office["one"].nip)).problems
    assert (problem.line, problem.code) == (2, "month_sealed")


def test_personnel_bring_a_file_in_over_http_and_nobody_else(client, sign_in, session, office) -> None:
    file = (HEAD + row(office["one"].nip)).encode()
    dry = client.post("/v1/assessments/file?dry_run=1", data=file, headers=sign_in(office["hr"].id))
    assert (dry.status_code, dry.json["added"], dry.json["is_written"]) == (200, 1, False)
    assert client.post("/v1/assessments/file", data=file, headers=sign_in(office["hr"].id)).json["is_written"] is True
    wrong = client.post("/v1/assessments/file", data=(HEAD + row("1")).encode(), headers=sign_in(office["hr"].id, "en"))
    assert (wrong.status_code, wrong.json["errors"]) == (422, {"/lines/2/0": "The NIP “1” is not 18 digits."})
    make.grant(session, office["two"], "supervisor", make.unit(session))
    assert client.post("/v1/assessments/file", data=file, headers=sign_in(office["two"].id)).status_code == 403


def test_the_command_brings_a_file_in_in_the_name_of_an_officer(app, office, tmp_path) -> None:
    file = tmp_path / "skp.csv"
    file.write_text(HEAD + row(office["one"].nip), "utf-8")
    run = app.test_cli_runner().invoke
    assert "1 hasil akan baru" in run(command, ["results", str(file), "--by", office["hr"].nip, "--dry-run"]).output
    assert "1 hasil baru" in run(command, ["results", str(file), "--by", office["hr"].nip]).output
    assert run(command, ["results", str(file), "--by", office["one"].nip]).exit_code == 1
    file.write_text(HEAD + row("1"), "utf-8")
    refused = run(command, ["results", str(file), "--by", office["hr"].nip, "--lang", "en"])
    assert refused.exit_code == 1 and "line 2: The NIP" in refused.stderr
