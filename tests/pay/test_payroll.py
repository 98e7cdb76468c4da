"""The hand-over to payroll: what it says, that a change is noticed, and that an open month is never taken for a sealed one."""

import base64
import csv
import hashlib
import io
from datetime import date
from decimal import Decimal

import pytest

from app.cli.pay import pay as command
from app.pay import render, rules
from app.recaps.rules import Rated
from tests.pay.test_statements import MONTH, judge, pay_bases, seal, world  # noqa: F401

NAMES = [
    "month",
    "nip",
    "name",
    "unit",
    "discipline_pct",
    "productivity_pct",
    "tpp_pct",
    "base_rupiah",
    "tpp_rupiah",
    "state",
    "missing",
]


def opened(raw: bytes) -> tuple[list[dict[str, str]], list[str]]:
    """The rows and the trailer, as docs/payroll-csv.md says to read them."""
    *lines, trailer = raw.decode("utf-8").splitlines(keepends=True)
    found = next(csv.reader([trailer]))
    assert found[0] == "#END" and found[3] == hashlib.sha256("".join(lines).encode()).hexdigest()
    return list(csv.DictReader(io.StringIO("".join(lines), newline=""))), found


@pytest.fixture
def take(client, sign_in, world):  # noqa: F811
    def call(role="hr", month=MONTH, **query):
        return client.get(f"/v1/payroll/{month}.csv", headers=sign_in(world.holders[role].id, "en"), query_string=query)

    return call


def test_a_sealed_month_is_handed_over_with_rupiah_count_sum_and_checksum(session, world, take):  # noqa: F811
    judge(session, world, world.late)
    pay_bases(session, world, 3_333_333)
    seal(session)
    answer = take(unit="DISHUB")
    rows, trailer = opened(answer.data)
    assert list(rows[0]) == NAMES and "SEMENTARA" not in answer.headers["Content-Disposition"]
    late = next(row for row in rows if row["nip"] == world.late.nip)
    assert [late[name] for name in NAMES[4:]] == ["41.00", "80.00", "64.40", "3333333", "2146666", "final", ""]
    good = next(row for row in rows if row["nip"] == world.good.nip)
    assert [good[name] for name in NAMES[4:]] == ["100.00", "", "", "3333333", "", "final", "not_assessed"]
    assert trailer[1:3] == [str(len(rows)), "2146666"]
    digest = base64.b64encode(hashlib.sha256(answer.data).digest()).decode()
    assert answer.headers["Repr-Digest"] == f"sha-256=:{digest}:"


def test_somebody_rated_in_another_unit_stands_there_without_figures_here(session, world, take):  # noqa: F811
    seal(session)
    rows, _ = opened(take(unit="DISHUB").data)
    moved = next(row for row in rows if row["nip"] == world.moved.nip)
    assert (moved["tpp_pct"], moved["missing"]) == ("", "not_rated_here")
    rows, _ = opened(take(unit="BALI").data)
    assert [row["missing"] for row in rows if row["nip"] == world.moved.nip] == ["not_assessed"]


def test_an_open_month_is_refused_unless_it_is_asked_for_and_then_says_so(world, take):  # noqa: F811
    assert (take().status_code, take().json["code"]) == (409, "payroll_open_month")
    answer = take(provisional=1)
    assert {row["state"] for row in opened(answer.data)[0]} == {"provisional"}
    assert f"tpp-{MONTH}-BALI-SEMENTARA.csv" in answer.headers["Content-Disposition"]


@pytest.mark.parametrize("role", ["supervisor", "admin"])
def test_only_hr_and_auditors_take_it(take, role):
    assert take(role, provisional=1).status_code == 403


def test_out_of_scope_is_no_unit(take):
    assert take(unit="BADUNG", provisional=1).json["code"] == "unknown_unit"
    assert take(month="2026-13").json["code"] == "unknown_month"


@pytest.mark.parametrize("name", ["=HYPERLINK(1)", "+1", "-1", "@x", "＝1", "\t=1"])
def test_a_name_is_never_a_formula(name: str) -> None:
    file = io.BytesIO()
    row = rules.row_of(("198001012005011001", name, "DISHUB"), None, None, None, False)
    render.write_payroll(file, date(2026, 10, 1), [row])
    assert opened(file.getvalue())[0][0]["name"] == f"'{name}"


@pytest.mark.parametrize(
    ("pct", "words"), [(None, ""), ("86.8", "86.80"), ("86.845", "86.845"), ("100", "100.00"), ("0", "0.00")], ids=str
)
def test_a_per_cent_has_two_decimals_or_all_it_has(pct, words) -> None:
    assert rules.per_cent(None if pct is None else Decimal(pct)) == words


def test_an_amount_takes_all_that_it_is_made_of() -> None:
    from tests.pay.test_rules import PAYMENT

    rated, unknown = Rated(Decimal(97), Decimal(80), Decimal("86.8"), None, None, False), Rated(Decimal(97), *[None] * 4, False)
    who = ("198001012005011001", "Pegawai", "DISHUB")
    found = [
        rules.row_of(who, *given, True)
        for given in ((None, 1, PAYMENT), (unknown, 1, PAYMENT), (rated, None, PAYMENT), (rated, 1, None), (rated, 1000, PAYMENT))
    ]
    assert [row.missing for row in found] == ["not_rated_here", "not_assessed", "no_base", "no_payment_clause", None]
    assert [row.paid for row in found] == [None, None, None, None, 868]


def test_the_command_writes_the_file_and_its_checksum_beside_it(app, session, world, tmp_path):  # noqa: F811
    run, file = app.test_cli_runner().invoke, tmp_path / "tpp.csv"
    asked = ["handover", "--month", MONTH, "--unit", "DISHUB", "-o", str(file), "--lang", "en"]
    refused = run(command, asked)
    assert refused.exit_code == 1 and "not wholly sealed" in refused.stderr and list(tmp_path.iterdir()) == []
    done = run(command, [*asked, "--provisional"])
    assert "PROVISIONAL" in done.output
    beside = (tmp_path / "tpp.csv.sha256").read_text("utf-8")
    assert beside == f"{hashlib.sha256(file.read_bytes()).hexdigest()}  tpp.csv\n"
    opened(file.read_bytes())
