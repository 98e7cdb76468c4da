"""A paper is numbered, signed and kept; anybody may ask what it is, and only those it concerns get it."""

import threading
from uuid import uuid4

import pytest

from app import clock, db, documents, errors, jws
from app.access import Actor, Grant, Role
from app.documents.signers import Local
from app.ledger import store as ledger
from app.papers import actions, rules
from app.recaps.render import pdf_of
from tests import make
from tests.recaps.test_render import heading, recap

ADDRESS = "https://tapak.example"


class Office:
    """DISHUB below BALI, where HR issues papers."""

    def __init__(self, session):
        self.session = session
        self.bali = make.unit(session, "BALI")
        self.dishub = make.unit(session, "DISHUB", parent=self.bali)
        self.diskes = make.unit(session, "DISKES", parent=self.bali)
        self.hr = make.person(session, self.bali)
        self.subject = make.person(session, self.dishub)
        make.grant(session, self.hr, Role.HR, self.bali)

    def actor(self) -> Actor:
        return Actor(self.hr.id, self.hr.nip, self.hr.name, (Grant(Role.HR, "BALI"),), uuid4())

    def issue(self, unit=None, kind=rules.Kind.RECAP, about="seal:1", person_id=None):
        draft = actions.Draft(kind, unit or self.dishub, "Rekap kehadiran Oktober 2026", about, person_id)
        return actions.issue(
            self.session, draft, lambda stamp: pdf_of(heading(), [recap()], stamp), ADDRESS, self.actor(), clock.now()
        )


@pytest.fixture
def office(session):
    return Office(session)


def test_a_paper_is_kept_signed_as_it_was_issued(office):
    paper = office.issue()
    pdf = actions.pdf_for(office.session, paper.id, office.actor())[1]
    assert documents.check(pdf).is_valid and documents.digest(pdf) == paper.sha256
    assert paper.is_test and "UJI COBA" in paper.signer


def test_numbers_count_by_kind_and_unit_and_year(office):
    year = clock.now().year
    numbers = [office.issue().number, office.issue().number, office.issue(office.diskes).number]
    assert numbers == [f"0001/REKAP/DISHUB/{year}", f"0002/REKAP/DISHUB/{year}", f"0001/REKAP/DISKES/{year}"]
    assert office.issue(kind=rules.Kind.AMENDMENT).number == f"0001/REKAP-SUSULAN/DISHUB/{year}"


def test_a_signer_who_refuses_leaves_no_gap(office, monkeypatch):
    def refuse(self, pdf, reason):
        raise OSError("away")

    with monkeypatch.context() as patch, pytest.raises(errors.Unavailable), office.session.begin_nested():
        patch.setattr(Local, "_signed", refuse)
        office.issue()
    assert office.issue().number.startswith("0001/")


def test_ten_at_once_get_ten_numbers_without_gap_or_twin(database):
    with db.transaction() as session:
        office = Office(session)
        held = [(unit.id, unit.code) for unit in (office.dishub,)]
        actor = office.actor()
    numbers = []

    def issue():
        with db.transaction() as session:
            unit = session.get(type(office.dishub), held[0][0])
            draft = actions.Draft(rules.Kind.RECAP, unit, "Rekap", "seal:1")
            made = actions.issue(session, draft, lambda stamp: pdf_of(heading(), [recap()], stamp), ADDRESS, actor, clock.now())
            numbers.append(made.number)

    threads = [threading.Thread(target=issue) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(number[:4] for number in numbers) == [f"{count:04d}" for count in range(1, 11)]


def test_anybody_may_ask_what_it_is_and_nobody_is_named_in_it(office, client):
    paper = office.issue(person_id=office.subject.id)
    told = client.get(f"/v1/papers/{paper.id}").json
    assert told["paper"]["sha256"] == paper.sha256 and told["paper"]["issuer"] == office.hr.name and told["later"] == []
    assert office.subject.nip not in str(told) and office.subject.name not in str(told)
    assert ledger.find_by_subject(office.session, f"paper:{paper.id}") == [(jws.unb64(told["leaf_hash"]), None)]
    assert client.get(f"/v1/papers/{uuid4()}").json["code"] == "unknown_paper"


def test_the_page_behind_the_code_says_the_same_and_asks_nobody_else(office, client):
    first = office.issue()
    later = office.issue(kind=rules.Kind.AMENDMENT)
    page = client.get(f"/verify/{first.id}", headers={"Accept": "text/html"})
    assert page.status_code == 200 and "default-src 'none'" in page.headers["Content-Security-Policy"]
    for words in (first.number, first.sha256, office.hr.name, later.number, "uji coba"):
        assert words in page.text
    answer = client.get(f"/verify/{first.id}", headers={"Accept": "application/json"}, follow_redirects=True)
    assert answer.json["paper"]["number"] == first.number and [each["number"] for each in answer.json["later"]] == [later.number]
    assert client.get(f"/verify/{uuid4()}").status_code == 404


def test_only_those_it_concerns_get_the_file(office, client, sign_in):
    paper = office.issue(person_id=office.subject.id)
    strangers = make.person(office.session, office.diskes)
    other = make.person(office.session, office.diskes)
    make.grant(office.session, other, Role.SUPERVISOR, office.diskes)
    for person, status in ((office.hr, 200), (office.subject, 200), (strangers, 404), (other, 404)):
        answer = client.get(f"/v1/papers/{paper.id}.pdf", headers=sign_in(person.id))
        assert answer.status_code == status, answer.text
    assert client.get(f"/v1/papers/{paper.id}.pdf").status_code == 401
    kept = client.get(f"/v1/papers/{paper.id}.pdf", headers=sign_in(office.hr.id))
    assert kept.data.startswith(b"%PDF-1.7") and "0001-REKAP-DISHUB" in kept.headers["Content-Disposition"]
