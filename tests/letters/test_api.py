"""Letters out: issued of what was decided, numbered without gap or twin, and only by those who may."""

import threading
from datetime import date, timedelta
from uuid import uuid4

import pytest
from sqlalchemy import text

from app import clock, db, documents
from app.access import Actor, Grant, Role
from app.attendance.actions import close_day
from app.letters import actions
from app.papers import rules
from app.ratings.actions import watch_absence
from tests import make
from tests.pages import poppler, words_of

TODAY = clock.now().date()
LATER = TODAY + timedelta(days=30)
YEAR = TODAY.year


class Office:
    """BALI > DISHUB: an employee with a granted leave and an assignment letter, and somebody of each role."""

    def __init__(self, session, client, sign_in):
        self.session, self.client, self.sign_in = session, client, sign_in
        self.bali = make.unit(session)
        self.dishub = make.unit(session, "DISHUB", self.bali)
        self.employee = make.person(session, self.dishub, name="Ni Luh Uji")
        self.colleague = make.person(session, self.dishub, name="I Made Uji")
        self.hr, self.head, self.auditor = (self.holder(role, self.bali) for role in (Role.HR, Role.SUPERVISOR, Role.AUDITOR))
        self.stranger = self.holder(Role.HR, make.unit(session, "BADUNG"))
        self.leave = make.leave(session, self.employee, "annual", LATER, LATER + timedelta(days=2), by=self.hr)
        self.letter = make.letter(session, self.head, self.employee, self.colleague, first_day=LATER)

    def holder(self, role, unit):
        person = make.person(self.session, unit)
        make.grant(self.session, person, role, unit)
        return person

    def post(self, person, path, body=None):
        answer = self.client.post(f"/v1{path}", json=body, headers=self.sign_in(person.id, "en"))
        self.session.expire_all()
        return answer

    def issue(self, person=None):
        return self.post(person or self.hr, f"/leaves/{self.leave.id}/paper")


@pytest.fixture
def office(session, client, sign_in):
    return Office(session, client, sign_in)


def pdf_of(office, paper_id, person):
    return office.client.get(f"/v1/papers/{paper_id}.pdf", headers=office.sign_in(person.id))


@poppler
def test_a_granted_leave_becomes_a_signed_letter_that_its_person_gets_and_anybody_verifies(office, tmp_path):
    issued = office.issue()
    assert (issued.status_code, issued.json["number"], issued.json["kind"]) == (200, f"0001/CUTI/DISHUB/{YEAR}", "leave")
    file = pdf_of(office, issued.json["id"], office.employee)
    assert file.status_code == 200 and documents.check(file.data).is_valid
    assert documents.digest(file.data) == issued.json["sha256"]
    words = words_of(tmp_path, file.data)
    for said in (issued.json["number"], office.employee.nip, "Ni Luh Uji", "Surat Izin Cuti", "cuti tahunan", "PP 11/2017"):
        assert said in words
    page = office.client.get(f"/verify/{issued.json['id']}", headers={"Accept": "text/html"})
    assert page.status_code == 200 and issued.json["number"] in page.text and "Ni Luh Uji" not in page.text


def test_a_leave_is_told_once_and_anew_when_it_was_cut_short(office):
    first, again = office.issue().json, office.issue().json
    assert first["id"] == again["id"]
    cut = {"from_day": str(LATER + timedelta(days=1)), "reason": "Dipanggil kembali"}
    assert office.post(office.hr, f"/leaves/{office.leave.id}/cuts", cut).status_code == 200
    third = office.issue().json
    assert (third["number"], third["id"] != first["id"]) == (f"0002/CUTI/DISHUB/{YEAR}", True)
    told = office.client.get(f"/v1/papers/{first['id']}").json
    assert [one["number"] for one in told["later"]] == [third["number"]]


def test_nothing_is_issued_before_it_is_decided_or_when_nothing_is_left(office, session):
    body = {
        "kind": "annual",
        "first_day": str(LATER + timedelta(days=10)),
        "last_day": str(LATER + timedelta(days=10)),
        "reason": "Uji",
    }
    asked = office.post(office.employee, "/me/leaves", body).json["id"]
    assert office.post(office.hr, f"/leaves/{asked}/paper").json["code"] == "letter_out_undecided"
    office.post(office.hr, f"/leaves/{office.leave.id}/cuts", {"from_day": str(LATER), "reason": "Batal"})
    assert office.issue().json["code"] == "letter_out_nothing_left"
    assert session.scalar(text("SELECT count(*) FROM papers")) == 0


@poppler
def test_an_assignment_names_its_people_and_days_and_waits_for_a_second_pair_of_eyes(office, session, tmp_path):
    issued = office.post(office.hr, f"/assignment-letters/{office.letter}/paper").json
    assert issued["number"] == f"0001/ST/BALI/{YEAR}"
    words = words_of(tmp_path, pdf_of(office, issued["id"], office.hr).data)
    for said in (office.employee.nip, office.colleague.nip, "I Made Uji", "Rapat uji", "Surat Tugas"):
        assert said in words
    address = f"/v1/assignment-letters/{office.letter}/paper"
    for person, status in ((office.colleague, 200), (office.head, 200), (office.stranger, 404)):
        assert office.client.get(address, headers=office.sign_in(person.id)).status_code == status
    own = make.letter(session, office.head, office.head, first_day=LATER)
    untold = office.client.get(f"/v1/assignment-letters/{own}/paper", headers=office.sign_in(office.head.id))
    assert untold.json["code"] == "letter_out_none"
    assert office.post(office.hr, f"/assignment-letters/{own}/paper").json["code"] == "letter_out_undecided"
    gone = {"reason": "Kegiatan batal"}
    office.post(office.hr, f"/assignment-letters/{office.letter}/withdrawal", gone)
    assert office.post(office.hr, f"/assignment-letters/{office.letter}/paper").json["code"] == "letter_out_nothing_left"


def notice(session, office) -> int:
    """The id of the notice about three absent days of the employee, in November 2026."""
    for day in (2, 3, 4):
        close_day(session, date(2026, 11, day), clock.now(), [office.employee.id])
    watch_absence(session, date(2026, 11, 4), clock.now())
    return session.scalar(text("SELECT id FROM discipline_notices"))


@poppler
def test_a_notice_of_absence_names_days_step_and_clause_once_and_says_it_is_no_sanction(office, session, tmp_path):
    given = notice(session, office)
    issued = office.post(office.hr, f"/notices/{given}/paper").json
    assert issued["number"] == f"0001/PEMBERITAHUAN/DISHUB/{YEAR}" and issued["title"] == "Pemberitahuan Ketidakhadiran"
    words = words_of(tmp_path, pdf_of(office, issued["id"], office.employee).data)
    dates = "2 November 2026; 3 November 2026; 4 November 2026"
    for said in ("3 hari kerja dalam tahun 2026", dates, "teguran lisan", "bukan hukuman", "PP 94/2021"):
        assert said in words
    assert office.post(office.hr, f"/notices/{given}/paper").json["id"] == issued["id"]


def test_a_notice_that_was_taken_back_becomes_no_letter(office, session):
    given = notice(session, office)
    session.execute(text("DELETE FROM day_records WHERE day = '2026-11-04'"))
    watch_absence(session, date(2026, 11, 4), clock.now())
    assert office.post(office.hr, f"/notices/{given}/paper").json["code"] == "letter_out_nothing_left"


@pytest.mark.parametrize("who", ["head", "auditor", "employee"])
def test_only_personnel_issue_letters(office, who):
    person = getattr(office, who)
    for path, body in (
        (f"/leaves/{office.leave.id}/paper", None),
        (f"/assignment-letters/{office.letter}/paper", None),
        ("/notices/1/paper", None),
    ):
        assert office.post(person, path, body).status_code == 403


def test_a_stranger_sees_nothing_and_nobody_issues_his_own(office, session):
    for path, body, code in (
        (f"/leaves/{office.leave.id}/paper", None, "unknown_leave"),
        ("/leaves/999999/paper", None, "unknown_leave"),
        (f"/assignment-letters/{office.letter}/paper", None, "unknown_letter"),
        (f"/notices/{notice(session, office)}/paper", None, "unknown_notice"),
        ("/notices/9223372036854775806/paper", None, "unknown_notice"),
    ):
        answer = office.post(office.stranger, path, body)
        assert (answer.status_code, answer.json["code"]) == (404, code)
    own = make.leave(session, office.hr, "annual", LATER, LATER, by=office.head)
    assert office.post(office.hr, f"/leaves/{own.id}/paper").json["code"] == "own_decision"


def test_sixteen_at_once_of_whom_some_are_taken_back_leave_no_gap_and_no_twin(database):
    with db.transaction() as session:
        bali = make.unit(session)
        hr = make.person(session, bali)
        leaves = [make.leave(session, make.person(session, bali), "annual", LATER, LATER, by=hr).id for _ in range(16)]
        by = Actor(hr.id, hr.nip, hr.name, (Grant(Role.HR, "BALI"),), uuid4())
    together, failed, kept = threading.Barrier(16), [], []

    class Taken(Exception):
        pass

    def issue(place: int, leave_id: int) -> None:
        together.wait()
        try:
            with db.transaction() as session:
                paper = actions.issue_leave(session, leave_id, "https://tapak.example", by, clock.now())
                if place % 3 == 0:
                    raise Taken
                number = paper.number
            kept.append(number)
        except Taken:
            failed.append(place)

    threads = [threading.Thread(target=issue, args=each) for each in enumerate(leaves)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(failed) == 6
    with db.transaction() as session:
        numbers = session.scalars(text("SELECT number FROM papers ORDER BY sequence")).all()
    assert list(numbers) == sorted(kept) == [f"{count:04d}/CUTI/BALI/{YEAR}" for count in range(1, 11)]


def test_two_who_issue_the_same_letter_at_once_get_the_same_paper(database):
    with db.transaction() as session:
        bali = make.unit(session)
        hr = make.person(session, bali)
        leave_id = make.leave(session, make.person(session, bali), "annual", LATER, LATER, by=hr).id
        by = Actor(hr.id, hr.nip, hr.name, (Grant(Role.HR, "BALI"),), uuid4())
    together, made = threading.Barrier(4), []

    def issue() -> None:
        together.wait()
        with db.transaction() as session:
            made.append(actions.issue_leave(session, leave_id, "https://tapak.example", by, clock.now()).id)

    threads = [threading.Thread(target=issue) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 4 and len(set(made)) == 1


def put_form(office, person, **body):
    return office.client.put("/v1/paper-forms/BALI", json=body, headers=office.sign_in(person.id, "en"))


def test_an_agency_s_own_form_of_numbers_holds_from_now_on_and_counting_goes_on(office, session):
    admin = office.holder(Role.ADMIN, office.bali)
    first = office.issue().json["number"]
    form = {"pattern": "{kind}/{sequence}/{unit}/{month}/{year}", "marks": {"leave": "850"}}
    assert put_form(office, admin, **form).json == form
    second = make.leave(session, office.colleague, "annual", LATER, LATER, by=office.hr)
    number = office.post(office.hr, f"/leaves/{second.id}/paper").json["number"]
    assert (first, number) == (f"0001/CUTI/DISHUB/{YEAR}", f"850/0002/DISHUB/{rules.ROMAN[TODAY.month - 1]}/{YEAR}")
    (told,) = make.told(session, "paper_form")
    assert (told["agency"], told["pattern"], told["marks"]) == ("BALI", form["pattern"], form["marks"])
    assert put_form(office, office.hr, **form).status_code == 403
    assert office.client.get("/v1/paper-forms/BADUNG", headers=office.sign_in(admin.id)).json["code"] == "unknown_unit"


@pytest.mark.parametrize(
    ("pattern", "marks", "flaw"),
    [
        ("{sequence}/{kind}/{unit}/{year}", {}, None),
        ("800.1.11/{sequence}/{kind}/{unit}/{month}/{year}", {"leave": "850"}, None),
        ("{sequence}/{kind}/{unit}", {}, "paper_form_incomplete"),
        ("{sequence}/{unit}/{year}", {}, "paper_form_incomplete"),
        ("{sequence}/{sequence}/{kind}/{unit}/{year}", {}, "paper_form_field"),
        ("{sequence}/{kind}/{unit}/{year}/{name}", {}, "paper_form_field"),
        ("{sequence}/{kind}/{unit}/{year}/", {}, "paper_form_words"),
        ("{sequence}/{kind}/{unit}/{year}/a b", {}, "paper_form_words"),
        ("{sequence}/{kind}/{unit}/{year}", {"leave": "ST"}, "paper_form_marks"),
        ("{sequence}/{kind}/{unit}/{year}", {"leave": "8/5"}, "paper_form_words"),
        ("{sequence}/{kind}/{unit}/{year}", {"other": "1"}, "paper_form_marks"),
    ],
)
def test_a_form_keeps_every_number_apart(pattern, marks, flaw):
    assert rules.flaw_of(rules.Form(pattern, marks)) == flaw
