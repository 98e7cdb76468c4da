"""A month from its first word to its last: acknowledged, sealed, amended and issued again, over HTTP only."""

from decimal import Decimal

import pytest
from sqlalchemy import text

from app import documents
from app.attendance import actions as attendance
from app.documents.authority import AUTHORITY
from tests import make
from tests.anomalies.test_actions import crowd
from tests.pages import poppler, signatures_of, words_of
from tests.recaps.test_store import NOW
from tests.seals.conftest import MONTH, hours, october


def code(answer):
    return answer.status_code, answer.json["code"]


# Sealing


def test_a_month_is_sealed_amended_and_issued_again(office):
    sealed = office.seal().json
    assert sealed["seal"]["people"] == 4 and sealed["seal"]["days"] > 60 and sealed["paper"]["is_test"]
    before = office.recap(office.late.nip)
    assert before["provisional"] is False and before["counts"]["absent"] == 18
    amended = office.amend(hours(office.late, october(2))).json
    (change,) = amended["amendment"]["changes"]
    assert (change["old"]["code"], change["new"]["code"]) == ("A", "H")
    assert (change["old"]["deduction_pct"], change["new"]["deduction_pct"]) == ("3", "0")
    after = office.recap(office.late.nip)
    assert after["counts"]["absent"] == 17 and after["counts"]["present"] == before["counts"]["present"] + 1
    assert after["provisional"] is False
    assert Decimal(after["rating"]["discipline_pct"]) > Decimal(before["rating"]["discipline_pct"])
    again = office.ask("hr", "POST", f"/v1/recaps/{MONTH}/papers", {"unit": "DISHUB"}, 201).json
    assert again["number"].startswith("0002/REKAP/DISHUB/") and "setelah 1 perubahan" in again["title"]
    told = office.client.get(f"/v1/papers/{sealed['paper']['id']}").json
    assert [paper["number"] for paper in told["later"]] == [amended["paper"]["number"], again["number"]]


def test_what_is_issued_is_signed_and_says_the_figures(office, tmp_path):
    paper = office.seal().json["paper"]
    pdf = office.pdf(paper)
    from app.config import var

    assert documents.digest(pdf) == paper["sha256"]
    assert documents.check(pdf, [var("keys", AUTHORITY).read_bytes()]).is_trusted
    flipped = pdf.replace(b"/Type", b"/type", 1)
    assert not documents.check(flipped).is_valid and documents.digest(flipped) != paper["sha256"]


@poppler
def test_the_papers_name_figures_reason_and_basis(office, tmp_path):
    words = words_of(tmp_path, office.pdf(office.seal().json["paper"]))
    assert "Bulan ini sudah disegel." in words and "SEMENTARA" not in words and office.late.nip in words
    assert "Nomor 0001/REKAP/DISHUB/" in words and "UJI COBA" in words
    pdf = office.pdf(office.amend(hours(office.late, october(2))).json["paper"])
    words = words_of(tmp_path, pdf)
    for told in ("REKAP SUSULAN", "Berita acara pemeriksaan uji", "Hasil pemeriksaan", "18 → 17", "3 → 0", "0001/REKAP/DISHUB/"):
        assert told in words
    assert "Signature is Valid." in signatures_of(tmp_path, pdf)


def test_sealed_days_are_final_whatever_comes_later(office):
    office.seal()
    make.leave(office.session, office.late, "sick", october(12), october(16), by=office.good)
    for day in range(12, 17):
        attendance.close_day(office.session, october(day), NOW)
    assert office.recap(office.late.nip)["counts"]["absent"] == 18
    asked = {"day": "2026-10-02", "direction": "in", "at": "2026-10-01T23:20:00Z", "reason": "Lupa", "evidence": "CCTV"}
    assert code(office.ask(office.late, "POST", "/v1/me/corrections", asked)) == (409, "correction_sealed")
    changes = [{"nip": office.late.nip, "day": f"2026-10-{day}", "states": "evidence"} for day in range(12, 17)]
    amended = office.amend(*changes).json["amendment"]
    assert {change["new"]["code"] for change in amended["changes"]} == {"CS"}
    assert office.recap(office.late.nip)["counts"]["absent"] == 13


def test_a_month_is_sealed_once(office):
    office.seal()
    assert code(office.seal(status=409)) == (409, "seal_nothing_open")


def test_a_month_that_is_not_over_is_not_sealed(office):
    answer = office.ask("hr", "POST", "/v1/recaps/2027-01/seal", {"unit": "DISHUB"})
    assert code(answer) == (409, "seal_month_open")


def test_undecided_findings_are_named_or_decided_first(office, session):
    from app.anomalies import actions as anomalies

    crowd(session, *(make.person(session, office.world.dishub) for _ in range(3)))
    moved = text("UPDATE findings SET day = '2026-10-20'")
    from tests.anomalies.test_actions import DAY
    from tests.anomalies.test_actions import NOW as FOUND_AT

    anomalies.scan_day(session, DAY, FOUND_AT)
    session.execute(text("RESET ROLE"))
    session.execute(text("ALTER TABLE findings DISABLE TRIGGER USER"))
    session.execute(moved)
    session.execute(text("SET ROLE tapak_app"))
    ids = sorted(session.scalars(text("SELECT id FROM findings")))
    assert ids
    refused = office.seal(status=409)
    assert refused.json["code"] == "seal_findings_open" and str(ids[0]) in refused.json["detail"]
    assert code(office.seal(status=409, findings=[*ids, 10**9])) == (409, "seal_names_others")
    assert office.seal(findings=ids).json["seal"]["findings"] == ids


def test_unanswered_corrections_are_answered_first(office, session):
    asked = {"day": "2026-10-02", "direction": "in", "at": "2026-10-01T23:20:00Z", "reason": "Lupa", "evidence": "CCTV"}
    found = office.ask(office.late, "POST", "/v1/me/corrections", asked, 201).json
    assert code(office.seal(status=409)) == (409, "seal_corrections_open")
    decision = {"decision": "refuse", "reason": "Tidak terlihat di CCTV"}
    office.ask("hr", "POST", f"/v1/corrections/{found['id']}/decision", decision, 200)
    office.seal()


@pytest.mark.parametrize("who", ["supervisor", "auditor", "admin"])
def test_only_personnel_seals_and_amends(office, who):
    assert code(office.ask(who, "POST", f"/v1/recaps/{MONTH}/seal", {"unit": "DISHUB"})) == (403, "role_missing")
    office.seal()
    body = {"unit": "DISHUB", "reason": "Alasan", "basis": "Dasar uji", "changes": [hours(office.late, october(2))]}
    assert code(office.ask(who, "POST", f"/v1/recaps/{MONTH}/amendments", body)) == (403, "role_missing")


def test_a_unit_out_of_scope_is_the_same_as_none(office):
    for unit in ("BADUNG", "NONESUCH"):
        assert code(office.ask("hr", "POST", f"/v1/recaps/{MONTH}/seal", {"unit": unit})) == (404, "unknown_unit")


def test_a_signer_who_is_away_seals_nothing(office, monkeypatch, tmp_path):
    file = tmp_path / "signer.toml"
    file.write_text('kind = "service"\nurl = "http://127.0.0.1:1"\nuser = "a"\npassword = "b"\nnik = "c"\npassphrase = "d"\n')
    with monkeypatch.context() as patch:
        patch.setenv("TAPAK_SIGNER", str(file))
        assert code(office.seal(status=503)) == (503, "not_signed")
    assert office.recap(office.late.nip)["provisional"] is True
    assert office.seal().json["paper"]["number"].startswith("0001/")


# Amending


def test_bkn_6_2022_a_recap_that_said_ten_days_absent_is_paid_back_for_the_five_that_were_not(office):
    """Per BKN 6/2022: salary was stopped for 10 days of absence; the inquiry proved 5 of them, so the rest is paid back."""
    office.seal()
    before = office.recap(office.late.nip)
    wrong = [day for day in range(8, 32) if before["codes"][day - 1] == "A"][:5]
    amended = office.amend(*(hours(office.late, october(day)) for day in wrong)).json["amendment"]
    after = office.recap(office.late.nip)
    assert before["counts"]["absent"] - after["counts"]["absent"] == 5
    paid_back = sum(Decimal(each["old"]["deduction_pct"]) - Decimal(each["new"]["deduction_pct"]) for each in amended["changes"])
    assert paid_back == 15 == Decimal(before["counts"]["deduction_pct"]) - Decimal(after["counts"]["deduction_pct"])
    assert [each["day"] for each in amended["changes"]] == [f"2026-10-{day:02}" for day in wrong]


def test_bkn_6_2022_and_the_reverse(office):
    """The inquiry proved absence where the recap said that he was there: the difference is withheld."""
    office.seal()
    amended = office.amend({"nip": office.good.nip, "day": "2026-10-05", "states": "absent"}).json["amendment"]
    (change,) = amended["changes"]
    assert (change["old"]["code"], change["new"]["code"], change["new"]["deduction_pct"]) == ("H", "A", "3")
    assert office.recap(office.good.nip)["counts"]["absent"] == 1


def test_an_amendment_is_all_or_nothing_and_changes_something(office):
    office.seal()
    nothing = {"nip": office.good.nip, "day": "2026-10-05", "states": "evidence"}
    refused = office.amend(hours(office.late, october(2)), nothing, status=422)
    assert refused.json["code"] == "amendment_changes_nothing" and "/changes/1" in str(refused.json["errors"])
    assert office.recap(office.late.nip)["counts"]["absent"] == 18
    assert office.ask("hr", "GET", f"/v1/recaps/{MONTH}/amendments").json["items"] == []


def test_what_is_not_sealed_is_not_amended(office):
    assert code(office.amend(hours(office.late, october(2)), status=422)) == (422, "amendment_not_sealed")
    office.seal()
    other = hours(office.late, "2026-11-02")
    assert code(office.amend(other, status=422)) == (422, "amendment_not_sealed")


@pytest.mark.parametrize(
    "change",
    [{"states": "hours"}, {"states": "absent", "in_at": "2026-10-01T23:20:00Z"}],
    ids=lambda change: change["states"],
)
def test_hours_are_given_exactly_where_they_are_stated(office, change):
    office.seal()
    refused = office.amend({"nip": office.late.nip, "day": "2026-10-02", **change}, status=422)
    assert refused.json["code"] == "invalid_input"


def test_an_hour_outside_every_shift_is_refused(office):
    office.seal()
    assert code(office.amend(hours(office.late, october(3)), status=422)) == (422, "stated_outside")


def test_nobody_amends_his_own_days(office, session):
    from app.access import Role

    make.grant(session, office.late, Role.HR, office.world.dishub)
    office.seal()
    body = {"unit": "DISHUB", "reason": "Alasan", "basis": "Dasar uji", "changes": [hours(office.late, october(2))]}
    assert code(office.ask(office.late, "POST", f"/v1/recaps/{MONTH}/amendments", body)) == (403, "own_decision")


def test_an_amended_day_says_so_to_its_person(office):
    office.seal()
    office.amend(hours(office.late, october(2)))
    days = office.ask(office.late, "GET", "/v1/me/attendance?month=2026-10").json["items"]
    day = next(each for each in days if each["day"] == "2026-10-02")
    assert any("Berita acara pemeriksaan uji" in str(line) for line in day["lines"])


# Acknowledging


def test_the_chain_goes_from_the_person_to_his_superior_to_personnel(office):
    own = office.ask(office.late, "GET", f"/v1/me/recaps/{MONTH}").json
    assert own["state"] == "open" and own["absent"] == 18
    said = {"digest": own["digest"], "agrees": True}
    assert office.ask(office.late, "POST", f"/v1/me/recaps/{MONTH}/acknowledgement", said, 201).json["state"] == "acknowledged"
    confirmed = office.ask("supervisor", "POST", f"/v1/recaps/{MONTH}/acknowledgements", {"nips": [office.late.nip]}, 201).json
    assert [each["state"] for each in confirmed["items"]] == ["confirmed"]
    office.seal()
    states = office.ask("hr", "GET", f"/v1/recaps/{MONTH}/acknowledgements").json["items"]
    assert {each["state"] for each in states if each["unit"] == "DISHUB"} == {"sealed"}
    assert {each["unit"] for each in states} > {"DISHUB"}
    mine = office.ask("hr", "GET", f"/v1/recaps/{MONTH}/acknowledgements?unit=DISHUB").json["items"]
    assert {each["unit"] for each in mine} == {"DISHUB"}
    assert code(office.ask("supervisor", "GET", f"/v1/recaps/{MONTH}/acknowledgements?unit=BALI")) == (404, "unknown_unit")
    told = make.told(office.session, "acknowledgement")
    assert [(each["step"], each["agrees"]) for each in told] == [("employee", True), ("superior", True)]
    refused = office.ask(office.late, "POST", f"/v1/me/recaps/{MONTH}/acknowledgement", said)
    assert code(refused) == (409, "acknowledged_sealed")


def test_figures_that_changed_since_are_not_acknowledged(office):
    own = office.ask(office.late, "GET", f"/v1/me/recaps/{MONTH}").json
    said = {"digest": own["digest"], "agrees": True}
    office.ask(office.late, "POST", f"/v1/me/recaps/{MONTH}/acknowledgement", said, 201)
    make.leave(office.session, office.late, "sick", october(12), october(16), by=office.good)
    attendance.close_day(office.session, october(12), NOW)
    assert office.ask(office.late, "GET", f"/v1/me/recaps/{MONTH}").json["state"] == "changed"
    assert code(office.ask(office.late, "POST", f"/v1/me/recaps/{MONTH}/acknowledgement", said)) == (409, "acknowledged_changed")


def test_an_objection_says_what_is_wrong_and_is_confirmed_only_with_a_note(office):
    own = office.ask(office.late, "GET", f"/v1/me/recaps/{MONTH}").json
    path, said = f"/v1/me/recaps/{MONTH}/acknowledgement", {"digest": own["digest"], "agrees": False}
    assert code(office.ask(office.late, "POST", path, said)) == (422, "objection_needs_note")
    objected = office.ask(office.late, "POST", path, {**said, "note": "Tanggal 2 saya dinas luar"}, 201)
    assert objected.json["state"] == "objected"
    body = {"nips": [office.late.nip]}
    assert code(office.ask("supervisor", "POST", f"/v1/recaps/{MONTH}/acknowledgements", body)) == (409, "acknowledged_not_yet")
    office.ask("supervisor", "POST", f"/v1/recaps/{MONTH}/acknowledgements", {**body, "note": "Sudah diperiksa"}, 201)


def test_a_superior_confirms_his_people_only_and_never_himself(office, session):
    from app.access import Role

    make.grant(session, office.good, Role.SUPERVISOR, office.world.dishub)
    path = f"/v1/recaps/{MONTH}/acknowledgements"
    assert code(office.ask(office.good, "POST", path, {"nips": [office.good.nip], "note": "x"})) == (403, "own_decision")
    stranger = {"nips": [office.world.elsewhere.nip], "note": "x"}
    assert code(office.ask("supervisor", "POST", path, stranger)) == (404, "unknown_person")


def test_who_has_no_day_in_the_month_has_no_month(office):
    assert code(office.ask("admin", "GET", "/v1/me/recaps/2026-09")) == (404, "acknowledged_nothing")
    assert code(office.ask(office.late, "GET", "/v1/me/recaps/2026-13")) == (404, "unknown_month")


# What was sealed stays what it is


@pytest.mark.parametrize(
    "edit", ["late_min = late_min + 1", "status = 'present'", "frozen_at = NULL", "unit_id = unit_id + 0, in_at = now()"]
)
def test_the_audit_tells_a_sealed_day_that_was_edited(office, session, edit):
    from app.audits.actions import audit_facts
    from app.audits.store.months import MONTHS

    sealed = office.seal().json["seal"]
    office.amend(hours(office.late, october(2)))
    office.amend(hours(office.late, october(2), come="08:05"))
    assert list(audit_facts(session, MONTHS)) == []
    session.execute(text("RESET ROLE"))
    session.execute(text(f"UPDATE day_records SET {edit} WHERE person_id = :who AND day = '2026-10-08'"), {"who": office.late.id})
    assert [alarm.at for alarm in audit_facts(session, MONTHS)] == [f"seal:{sealed['id']}"]


def test_the_audit_tells_an_amended_day_that_was_edited(office, session):
    from app.audits.actions import audit_facts
    from app.audits.store.months import MONTHS

    office.seal()
    office.amend(hours(office.late, october(2)))
    session.execute(text("RESET ROLE"))
    session.execute(
        text("UPDATE day_records SET late_min = 5 WHERE person_id = :who AND day = '2026-10-02'"), {"who": office.late.id}
    )
    (alarm,) = audit_facts(session, MONTHS)
    assert str(alarm.at).startswith("amendment:") and alarm.at.endswith("/2026-10-02")
