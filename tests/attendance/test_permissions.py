"""Permissions to come late or leave early: somebody else's word, worth what the decree of the day says, and never a presence."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import product
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, text, update

from app import clock, decrees
from app.attendance.actions import changed_days, close_day
from app.attendance.rules import Permit, derive, fingerprint
from app.attendance.store import DayRecord
from app.config import ROOT
from app.decrees import Band, Bands, Clause
from tests import make
from tests.attendance import worlds
from tests.attendance.test_matrix import CASES, known
from tests.attendance.worlds import LAW, TUESDAY, at, evidence

DAY = date(2026, 11, 23)  # a Monday before the day on which these tests were written
TONIGHT = at("23:59:00", DAY)
BOTH = (Permit(1, "in"), Permit(2, "out"))


def bands(code: str, pct: str, missing: str) -> Bands:
    clause = Clause(f"uji.{code}.2026-01-01", "SE uji", "C", date(2026, 1, 1))
    return Bands((Band(1, None, Decimal(pct)),), Decimal(missing), "floor", clause)


LAWS = {
    "-": LAW,
    "lowers": replace(
        LAW, permitted_late=bands("permitted_late", "0.1", "0.3"), permitted_early=bands("permitted_early", "0.2", "0.4")
    ),
    "lifts": replace(LAW, permitted_late=bands("permitted_late", "0", "0"), permitted_early=bands("permitted_early", "0", "0")),
}
MADE = {"late": ("in 08:10:00", "out 16:00:00"), "on time": ("in 07:30:00", "out 16:30:00"), "never": ("in 07:30:00",)}
PERMITS = {"-": (), "to come late": BOTH[:1], "to leave early": BOTH[1:], "both": BOTH}


def rows() -> list[list[str]]:
    """The rows of the third table of the document."""
    document = (ROOT / "docs" / "day-matrix.md").read_text("utf-8").split("\n## ")
    [told] = [part for part in document if part.startswith("A permission\n")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in told.splitlines() if line.startswith("| ")][1:]


def test_the_table_of_permissions_is_what_happens() -> None:
    used = set()
    for (granted, permits), (law, decree), (made, said) in product(PERMITS.items(), LAWS.items(), MADE.items()):
        outcome = derive(replace(evidence(*said), permits=permits), decree)
        by = {line.clause.code.split(".")[1]: line.pct for line in outcome.lines if line.clause and line.code != "day_hours"}
        for direction, usual, own, is_made in (
            ("in", "lateness", "permitted_late", made), ("out", "early", "permitted_early", made),
        ):  # fmt: skip
            happened = "on time" if direction == "in" and made == "never" else is_made
            asked = ("granted" if direction in {permit.direction for permit in permits} else "-", law, happened)
            number = next(n for n, row in enumerate(rows()) if all(s in ("any", i) for s, i in zip(row, asked, strict=False)))
            used.add(number)
            price = {"usual": usual, "permitted": own, "-": None}[rows()[number][-1]]
            assert {name for name in by if name in (usual, own)} == ({price} if price else set()), (granted, asked)
    assert used == set(range(len(rows())))


@pytest.mark.parametrize(("law", "late", "early"), [("-", "1", "0.5"), ("lowers", "0.1", "0.2"), ("lifts", "0", "0")])
def test_a_permission_keeps_lowers_or_lifts_the_cut_as_the_clause_says(law: str, late: str, early: str) -> None:
    outcome = derive(replace(evidence(*MADE["late"]), permits=BOTH), LAWS[law])
    assert outcome.deduction_pct == Decimal(late) + Decimal(early)
    assert (outcome.late_min, outcome.early_min) == (40, 30)  # what happened stays told
    codes = [line.code for line in outcome.lines]
    assert ("day_permit_in_same" in codes) is (law == "-") and ("day_late_permitted" in codes) is (law != "-")


def test_by_the_bkn_late_and_early_with_permission_still_make_a_sum_within_its_bounds() -> None:
    """Perban BKN 10/2022 article 13: ITM and IPC 0.5-1.5 each, both together 1 to 3 per cent."""
    law = decrees.on("bkn-10-2022", TUESDAY)
    day = replace(evidence("in 09:30:00", "out 14:00:00", decree="bkn-10-2022"), permits=BOTH)
    outcome = derive(day, law)
    assert outcome.deduction_pct == 3
    cited = {line.clause.code for line in outcome.lines if line.pct and line.clause}
    assert cited == {"bkn-10-2022.permitted_late.2023-01-01", "bkn-10-2022.permitted_early.2023-01-01"}


@pytest.mark.parametrize("roster", sorted({case[0] for case in CASES}))
def test_a_permission_changes_no_status_and_under_bali_s_law_no_cost(roster: str) -> None:
    """Every combination of the day's own table, once more with both permissions."""
    for case in [case for case in CASES if case[0] == roster]:
        day = known(case)
        plain, permitted = derive(day, LAW), derive(replace(day, permits=BOTH), LAW)
        assert (permitted.status, permitted.deduction_pct) == (plain.status, plain.deduction_pct), case
        assert [line for line in permitted.lines if not line.code.startswith("day_permit")] == list(plain.lines), case


PACKS = [path.stem for path in decrees.files()]


@pytest.mark.parametrize("code", PACKS)
def test_no_pack_asks_more_of_somebody_with_permission(code: str) -> None:
    try:
        law = decrees.on(code, TUESDAY)
    except decrees.UncoveredDay:
        pytest.skip("the pack says nothing about that day")
    for minutes in range(0, 200):
        assert law.lateness_for(True).pct(minutes) <= law.lateness.pct(minutes)
        assert law.early_for(True).pct(minutes) <= law.early.pct(minutes)
    assert law.lateness_for(True).missing_pct <= law.lateness.missing_pct


@given(worlds.histories(), st.sampled_from(sorted(PERMITS)), st.sampled_from(sorted(LAWS)), st.randoms(use_true_random=False))
def test_with_permissions_too_order_changes_nothing_and_every_per_cent_is_cited(history, granted, law, random) -> None:
    day = replace(history, permits=PERMITS[granted])
    mixed = list(day.checkins) * 2
    random.shuffle(mixed)
    outcome = derive(day, LAWS[law])
    again = replace(day, checkins=tuple(mixed))
    assert (derive(again, LAWS[law]), fingerprint(again, LAWS[law])) == (outcome, fingerprint(day, LAWS[law]))
    assert outcome.deduction_pct == sum(line.pct for line in outcome.lines if line.clause)
    assert outcome.deduction_pct <= derive(history, LAWS[law]).deduction_pct, "a permission never costs more than none"
    assert (fingerprint(day, LAW) == fingerprint(history, LAW)) is (granted == "-")


@pytest.fixture
def office(session, client, sign_in):
    """Somebody who came late under a law that prices it lower with permission, his head, and the head of another office."""
    agency = make.unit(session, decree="bkn-10-2022")
    unit, other = (make.unit(session, code, agency, decree="bkn-10-2022") for code in ("DISHUB", "DINKES"))
    late, head, stranger = make.person(session, unit), make.person(session, agency), make.person(session, agency)
    make.grant(session, head, "supervisor", unit)
    make.grant(session, late, "supervisor", unit)
    make.grant(session, stranger, "supervisor", other)
    make.checkin(session, late, "in", at("08:10:00", DAY), DAY)
    make.checkin(session, late, "out", at("16:31:00", DAY), DAY)
    close_day(session, DAY, TONIGHT)

    def call(person, method, address, body=None):
        return client.open(f"/v1{address}", method=method, json=body, headers=sign_in(person.id, "en"))

    def ask(direction="in", day=DAY, person=late):
        return call(
            person, "POST", "/me/permissions", {"day": str(day), "direction": direction, "reason": "Mengantar anak ke dokter"}
        )

    def decide(permission_id, person=head, decision="approve"):
        return call(person, "POST", f"/permissions/{permission_id}/decision", {"decision": decision, "reason": "Ada surat dokter"})

    def lines():
        session.expire_all()
        return session.scalars(select(DayRecord.lines).where(DayRecord.person_id == late.id, DayRecord.day == DAY)).one()

    return SimpleNamespace(session=session, late=late, head=head, stranger=stranger, call=call, ask=ask, decide=decide, lines=lines)


def charged(lines) -> list[tuple[str, str]]:
    return [(line["code"], line["clause"]) for line in lines if "pct" in line]


def test_an_approved_permission_is_in_the_day_at_once_with_its_clause_and_trace(office) -> None:
    asked = office.ask()
    assert (asked.status_code, asked.json["status"]) == (201, "requested")
    assert charged(office.lines()) == [("day_late", "bkn-10-2022.lateness.2023-01-01")]
    decided = office.decide(asked.json["id"])
    assert (decided.json["status"], decided.json["nip"], decided.json["decision_reason"]) == (
        "approve",
        office.late.nip,
        "Ada surat dokter",
    )
    assert charged(office.lines()) == [("day_late_permitted", "bkn-10-2022.permitted_late.2023-01-01")]
    month = office.call(office.late, "GET", f"/me/attendance?month={DAY:%Y-%m}").json["items"]
    [day] = [item for item in month if item["day"] == str(DAY)]
    assert f"Permission number {decided.json['id']}." in [told["message"] for told in day["trace"]]
    assert f"Permission number {decided.json['id']} to come late was approved." in [line["message"] for line in day["lines"]]
    [mine] = office.call(office.late, "GET", "/me/permissions").json["items"]
    assert (mine["status"], {"nip", "name", "unit"}.isdisjoint(mine)) == ("approve", True)


def test_a_refused_or_withdrawn_one_changes_nothing_and_may_be_asked_again(office) -> None:
    before = office.lines()
    refused = office.ask().json["id"]
    assert office.ask().json["code"] == "permission_there"
    assert office.decide(refused, decision="refuse").json["status"] == "refuse"
    back = office.ask().json["id"]
    address = f"/me/permissions/{back}/withdrawal"
    assert office.call(office.head, "POST", address, {"reason": "Bukan punya saya"}).status_code == 404
    assert office.call(office.late, "POST", address, {"reason": "Tidak jadi"}).json["status"] == "withdraw"
    assert office.decide(back).json["code"] == office.decide(refused).json["code"] == "permission_decided"
    close_day(office.session, DAY, TONIGHT)
    assert office.lines() == before
    started = clock.now()
    assert changed_days(office.session, started - timedelta(hours=1), clock.now().date()) == {}
    third = office.ask().json["id"]
    assert office.ask("out").status_code == 201 and office.decide(third).status_code == 200
    assert office.ask().json["code"] == "permission_there"
    assert changed_days(office.session, started, clock.now().date()) == {DAY: {office.late.id}}
    assert changed_days(office.session, started, clock.now().date(), [office.head.id]) == {}


def test_it_is_answered_once_by_somebody_else_in_scope(office) -> None:
    permission_id = office.ask().json["id"]
    own, strange = office.decide(permission_id, office.late), office.decide(permission_id, office.stranger)
    assert (own.status_code, own.json["code"]) == (403, "own_decision")
    assert (strange.status_code, strange.json["code"]) == (404, "unknown_permission")
    assert office.decide(2**62).status_code == 404
    assert office.decide(permission_id).status_code == 200
    assert office.decide(permission_id, decision="refuse").json["code"] == "permission_decided"
    assert office.call(office.stranger, "GET", "/permissions").json["items"] == []
    assert office.call(office.stranger, "GET", "/permissions?unit=DISHUB").status_code == 404
    for status, ids in (("approve", [permission_id]), ("requested", [])):
        page = office.call(office.head, "GET", f"/permissions?status={status}&unit=DISHUB").json
        assert [item["id"] for item in page["items"]] == ids


def test_one_for_a_day_to_come_is_in_that_day_when_it_comes(office) -> None:
    tomorrow = clock.now().date() + timedelta(days=2)
    permission_id = office.ask(day=tomorrow).json["id"]
    office.decide(permission_id)
    assert office.session.scalar(text("SELECT count(*) FROM day_records WHERE day > :day"), {"day": DAY}) == 0
    close_day(office.session, tomorrow, at("06:00:00", tomorrow), [office.late.id])
    [trace] = office.session.scalars(select(DayRecord.trace).where(DayRecord.day == tomorrow))
    assert trace["permissions"] == [permission_id]


def test_too_far_ahead_or_in_a_sealed_month_it_is_refused(office) -> None:
    assert office.ask(day=clock.now().date() + timedelta(days=40)).json["code"] == "permission_ahead"
    permission_id = office.ask().json["id"]
    office.session.execute(update(DayRecord).values(frozen_at=TONIGHT))
    sealed = office.ask("out")
    assert (sealed.status_code, sealed.json["code"]) == (409, "permission_sealed") and "amendment" in sealed.json["detail"]
    assert office.decide(permission_id).json["code"] == "permission_sealed"
