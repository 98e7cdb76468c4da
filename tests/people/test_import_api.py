"""People brought in over HTTP: looked at first, carried out as it was looked at, and not beyond one's reach."""

from datetime import date

import pytest
from sqlalchemy import text

from app.access import Role
from tests import make

HEADING = "unit_code,unit_name,parent_code,nip,name,position,since"
NEW = "DISHUB,,,198001012005011001,I Wayan Sudarsana,Analis,2026-01-02"
UNIT = "DISHUB_TU,Tata Usaha,DISHUB,198001012005011003,Ni Made Ayu,Kepala,2026-01-02"


class World:
    """Two agencies, with personnel and administrators of one of them and of a unit in it."""

    def __init__(self, session, client, sign_in):
        self.session, self.client, self.sign_in = session, client, sign_in
        self.bali = make.unit(session)
        self.dishub = make.unit(session, "DISHUB", self.bali)
        self.badung = make.unit(session, "BADUNG")
        self.hr, self.admin = self.holder(Role.HR, self.bali), self.holder(Role.ADMIN, self.bali)
        self.unit_hr = self.holder(Role.HR, self.dishub)

    def holder(self, role, unit):
        person = make.person(self.session, unit)
        make.grant(self.session, person, role, unit)
        return person

    def ask(self, *lines, by=None, **more):
        body = {"csv": "\n".join([HEADING, *lines, ""]), **more}
        answer = self.client.post("/v1/people/imports", json=body, headers=self.sign_in((by or self.hr).id))
        self.session.expire_all()
        return answer

    def codes(self, *lines, by=None):
        answer = self.ask(*lines, by=by)
        assert answer.status_code == 200, answer.text
        return [(one["line"], one["code"]) for one in answer.json["problems"]]


@pytest.fixture
def world(session, client, sign_in) -> World:
    return World(session, client, sign_in)


def people(world) -> int:
    return world.session.scalar(text("SELECT count(*) FROM people"))


def test_it_is_looked_at_and_then_carried_out_as_it_was_looked_at(world) -> None:
    before = people(world)
    looked = world.ask(NEW).json
    assert (looked["is_written"], people(world)) == (False, before)
    assert looked["people"] == [{"line": 2, "nip": "198001012005011001", "before": None, "after": "I Wayan Sudarsana"}]
    [posting] = looked["postings"]
    assert posting["before"] is None and posting["after"]["unit"] == "DISHUB" and posting["after"]["since"] == "2026-01-02"
    assert looked["counts"] == {"units": 0, "people": 1, "postings": 1, "problems": 0}
    done = world.ask(NEW, tag=looked["tag"], with_codes=True).json
    assert done["is_written"] and people(world) == before + 1
    assert [one["nip"] for one in done["codes"]] == ["198001012005011001"] and len(done["codes"][0]["code"]) > 8
    again = world.ask(NEW).json
    assert again["counts"] == {"units": 0, "people": 0, "postings": 0, "problems": 0}
    [told] = make.told(world.session, "people_import")
    assert told["by"] == world.hr.nip and told["people"][0]["nip"] == "198001012005011001"


def test_what_changed_meanwhile_is_looked_at_again(world) -> None:
    tag = world.ask(NEW).json["tag"]
    make.person(world.session, world.dishub, nip="198001012005011001", name="Nama lain")
    answer = world.ask(NEW, tag=tag)
    assert (answer.status_code, answer.json["code"]) == (409, "import_changed")
    assert world.ask(NEW, tag="x").status_code == 409


def test_with_one_problem_nothing_is_planned_or_written(world) -> None:
    wrong = NEW.replace("198001012005011001", "19800101200501100X")
    looked = world.ask(UNIT, wrong, by=world.admin).json
    assert [one["line"] for one in looked["problems"]] == [3] and looked["problems"][0]["message"]
    assert looked["people"] == looked["postings"] == looked["units"] == []
    assert not world.ask(UNIT, wrong, by=world.admin, tag=looked["tag"]).json["is_written"]


def test_units_are_an_administrators(world) -> None:
    assert world.codes(UNIT) == [(2, "import_unit_admin")]
    assert world.codes(UNIT, by=world.admin) == []
    renamed = "DISHUB,Nama baru,BALI,198001012005011001,I Wayan,Analis,2026-01-02"
    assert world.codes(renamed) == [(2, "import_unit_admin")]
    assert world.codes("BARU,Instansi baru,,198001012005011001,I Wayan,Analis,2026-01-02", by=world.admin) == [
        (2, "import_unknown_unit")
    ]


def test_a_unit_out_of_reach_looks_like_one_that_is_not(world) -> None:
    foreign, missing = NEW.replace("DISHUB", "BADUNG"), NEW.replace("DISHUB", "ENTAH")
    assert world.codes(foreign) == world.codes(missing) == [(2, "import_unknown_unit")]
    assert world.codes(NEW.replace("DISHUB", "BALI"), by=world.unit_hr) == [(2, "import_unknown_unit")]
    assert world.codes(NEW, by=world.unit_hr) == []


def test_whoever_is_posted_elsewhere_stays_there(world) -> None:
    there = make.person(world.session, world.badung)
    assert world.codes(f"DISHUB,,,{there.nip},{there.name},Analis,2026-01-02") == [(2, "import_elsewhere")]
    above = make.person(world.session, world.bali)
    assert world.codes(f"DISHUB,,,{above.nip},{above.name},Analis,2026-01-02", by=world.unit_hr) == [(2, "import_elsewhere")]
    assert world.codes(f"DISHUB,,,{above.nip},{above.name},Analis,2026-01-02") == []


def test_whoever_came_from_elsewhere_is_kept_where_he_is_now(world) -> None:
    came = make.person(world.session, world.badung, until=date(2025, 1, 1))
    posted = {"person": came.id, "unit": world.dishub.id, "since": date(2025, 1, 1)}
    post = "INSERT INTO postings (person_id, unit_id, position, kind, since) VALUES (:person, :unit, 'Staf', 'primary', :since)"
    world.session.execute(text(post), posted)
    assert world.codes(f"DISHUB,,,{came.nip},{came.name},Analis,2026-01-02") == []


def test_nobody_changes_himself_but_may_stand_in_the_file(world) -> None:
    row = f"BALI,,,{world.hr.nip},{world.hr.name},Staf,2020-01-01"
    assert world.codes(row) == []
    assert world.codes(row.replace("Staf", "Kepala")) == [(2, "import_own")]
    assert world.codes(row.replace(world.hr.name, "Nama lain")) == [(2, "import_own")]
    assert world.codes(row.replace("Staf", "Kepala"), by=world.admin) == []


def test_who_brings_nobody_in_may_not_ask(world, client) -> None:
    supervisor, auditor = world.holder(Role.SUPERVISOR, world.bali), world.holder(Role.AUDITOR, world.bali)
    assert [world.ask(NEW, by=one).status_code for one in (supervisor, auditor)] == [403, 403]
    assert client.post("/v1/people/imports", json={"csv": "x"}).status_code == 401
    assert world.ask(NEW, by=world.hr, csv="").status_code == 422
