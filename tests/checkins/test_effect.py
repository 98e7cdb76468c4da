"""What another outline would have changed: the same verdicts as if it had been kept, counted, and nobody's position."""

from collections import Counter
from datetime import timedelta
from math import cos, radians

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from app import clock
from app.access import Role
from app.checkins import actions
from app.checkins.rules.effect import Change, Distances, Outcomes, changes_of, may_differ
from app.checkins.rules.place import Fix, Measured, Outcome, place_of
from app.checkins.store import make_partitions
from app.geo import Point
from tests import make
from tests.phones import INSIDE, Phone

METRE_LAT = 1 / 110_600
METRE_LON = 1 / (111_320 * cos(radians(INSIDE[0])))


def east(metres: float) -> tuple[float, float]:
    return INSIDE[0], INSIDE[1] + metres * METRE_LON


def square(half_m: float) -> dict:
    """A square around the office, so many metres to each side."""
    lat, lon = half_m * METRE_LAT, half_m * METRE_LON
    corners = [(-lon, -lat), (lon, -lat), (lon, lat), (-lon, lat), (-lon, -lat)]
    return {"type": "Polygon", "coordinates": [[[INSIDE[1] + x, INSIDE[0] + y] for x, y in corners]]}


class Office:
    """A site of sixty metres, and people who check in at several distances from its middle."""

    def __init__(self, session, client, sign_in):
        self.session, self.client, self.sign_in = session, client, sign_in
        self.bali = make.unit(session)
        make.site(session)
        make_partitions(session, (clock.now() - timedelta(days=45)).date().replace(day=1), 4)
        self.admin, self.hr = self.holder(Role.ADMIN, self.bali), self.holder(Role.HR, self.bali)
        self.people = [make.person(session, self.bali) for _ in range(3)]
        self.phones = [self.phone(person) for person in self.people]

    def holder(self, role, unit):
        person = make.person(self.session, unit)
        make.grant(self.session, person, role, unit)
        return person

    def phone(self, person) -> Phone:
        phone = Phone(person.nip)
        make.device(self.session, person, key=phone.key)
        return phone

    def check_in(self, phone: Phone, metres: float, **more) -> str:
        sent = phone.checkin(clock.now(), place=east(metres), **more)
        [result] = self.client.post("/v1/checkins", json={"checkins": [sent]}).json["results"]
        assert result["status"] == "stored", result
        return result["verdict"]

    def effect(self, geometry, person=None, code="KANTOR"):
        headers = self.sign_in((person or self.admin).id)
        return self.client.post(f"/v1/sites/{code}/effect", json={"geometry": geometry}, headers=headers)

    def redraw(self, geometry):
        headers = self.sign_in(self.admin.id)
        tag = self.client.get("/v1/sites/KANTOR", headers=headers).headers["ETag"]
        named = {"code": "KANTOR", "name": "Kantor", "agency": "BALI", "units": ["BALI"], "zone": "Asia/Makassar"}
        feature = {"type": "Feature", "geometry": geometry, "properties": named}
        answer = self.client.put("/v1/sites/KANTOR", json=feature, headers={**headers, "If-Match": tag})
        assert answer.status_code == 200, answer.text


@pytest.fixture
def office(session, client, sign_in) -> Office:
    return Office(session, client, sign_in)


PLACES = (0, 20, 55, 62, 70, 90, 120, 200, 900)


@pytest.mark.parametrize("half_m", [15, 40, 100, 300])
def test_it_says_what_the_same_check_ins_come_to_once_it_is_kept(office, half_m) -> None:
    geometry = square(half_m)
    before = [office.check_in(phone, metres) for phone in office.phones for metres in PLACES]
    told = office.effect(geometry).json
    assert (told["checkins"], told["people"], told["unjudged"], told["is_part"]) == (len(before), 3, 0, False)
    office.redraw(geometry)
    fresh = [office.phone(make.person(office.session, office.bali)) for _ in office.phones]
    after = [office.check_in(phone, metres) for phone in fresh for metres in PLACES]
    moved = Counter(pair for pair in zip(before, after, strict=True) if pair[0] != pair[1])
    assert {(one["before"], one["after"]): one["checkins"] for one in told["changes"]} == moved
    assert moved and all(one["people"] == 3 for one in told["changes"])


def test_what_older_rules_said_is_judged_anew_before_it_is_compared(office, session) -> None:
    """Else a change of the rules would look like one of the outline."""
    assert office.check_in(office.phones[0], 0) == "accepted"
    session.execute(text("SET LOCAL ROLE tapak_owner; ALTER TABLE checkins DISABLE TRIGGER USER"))
    session.execute(text("UPDATE checkins SET verdict = 'rejected', policy = 'bali@x/0'"))
    assert office.effect(square(40)).json["changes"] == []
    session.execute(text("UPDATE checkins SET policy = 'bali@x/1'"))
    assert office.effect(square(40)).json["changes"] == [{"before": "rejected", "after": "accepted", "checkins": 1, "people": 1}]


def test_nothing_is_kept_and_nobody_is_placed_by_it(office) -> None:
    office.check_in(office.phones[0], 90)
    counted = "SELECT (SELECT count(*) FROM site_versions), (SELECT count(*) FROM ledger_leaves), (SELECT count(*) FROM checkins)"
    before = office.session.execute(text(counted)).one()
    answer = office.effect(square(300))
    assert office.session.execute(text(counted)).one() == before
    assert set(answer.json) == {"since", "checkins", "people", "unjudged", "is_part", "changes"}
    assert set(answer.json["changes"][0]) == {"before", "after", "checkins", "people"}
    assert office.people[0].nip not in answer.text and "115.2" not in answer.text


def test_the_outline_in_force_changes_nothing(office) -> None:
    for metres in PLACES:
        office.check_in(office.phones[0], metres)
    there = office.client.get("/v1/sites/KANTOR", headers=office.sign_in(office.admin.id)).json["outline"]
    assert office.effect(there).json["changes"] == []


def test_a_strong_signal_is_as_strong_with_any_outline(office) -> None:
    """Far away a moment later: what holds the check-in is not its place."""
    office.check_in(office.phones[0], 0)
    assert office.check_in(office.phones[0], 80_000) == "rejected"
    told = office.effect(square(100)).json
    assert told["checkins"] == 2 and told["unjudged"] == 0 and told["changes"] == []


def test_another_site_that_accepts_goes_on_accepting(office) -> None:
    make.site(office.session, office.bali, "ANNEKS", lat=east(80)[0], lon=east(80)[1])
    assert office.check_in(office.phones[0], 80) == "accepted"
    assert office.effect(square(15)).json["changes"] == []


def test_check_ins_of_those_who_may_not_use_it_are_left_alone(office) -> None:
    stranger = office.phone(make.person(office.session, make.unit(office.session, "BADUNG")))
    office.check_in(stranger, 0)
    assert office.effect(square(15)).json["checkins"] == 0


def test_what_was_forgotten_is_counted_as_such(office) -> None:
    office.check_in(office.phones[0], 90)
    actions.forget_reports(office.session, clock.now() + timedelta(minutes=1), clock.now())
    office.check_in(office.phones[1], 90)
    told = office.effect(square(300)).json
    assert (told["checkins"], told["unjudged"]) == (1, 1)
    assert told["changes"] == [{"before": "rejected", "after": "accepted", "checkins": 1, "people": 1}]


def test_only_the_newest_are_looked_at_where_there_are_too_many(office, monkeypatch) -> None:
    monkeypatch.setattr("app.checkins.actions.effect.MOST", 2)
    for _ in range(3):
        office.check_in(office.phones[0], 90)
    told = office.effect(square(300)).json
    assert (told["checkins"], told["is_part"]) == (2, True)


def test_older_than_thirty_days_is_not_looked_at(office, monkeypatch) -> None:
    office.check_in(office.phones[0], 90)
    monkeypatch.setattr("app.checkins.actions.effect.LOOKS_BACK", timedelta(0))
    assert office.effect(square(300)).json["checkins"] == 0


def test_an_outline_that_would_not_be_kept_is_refused_with_its_place(office) -> None:
    bow = {
        "type": "Polygon",
        "coordinates": [[[115.21, -8.66], [115.23, -8.64], [115.23, -8.66], [115.21, -8.64], [115.21, -8.66]]],
    }
    answer = office.effect(bow)
    assert (answer.status_code, answer.json["code"]) == (422, "fence_refused")
    assert office.effect("x").status_code == 422


def test_only_those_who_draw_the_agencys_sites_may_ask(office) -> None:
    supervisor, auditor = office.holder(Role.SUPERVISOR, office.bali), office.holder(Role.AUDITOR, office.bali)
    stranger = office.holder(Role.ADMIN, make.unit(office.session, "BADUNG"))
    unit_hr = office.holder(Role.HR, make.unit(office.session, "DISHUB", office.bali))
    asked = [office.effect(square(50), one).status_code for one in (office.hr, supervisor, auditor, stranger, unit_hr)]
    assert asked == [200, 403, 403, 404, 404]
    assert office.effect(square(50), code="ENTAH").status_code == 404
    assert office.client.post("/v1/sites/KANTOR/effect", json={"geometry": square(50)}).status_code == 401


@given(
    st.floats(3, 400),
    st.floats(1, 2000),
    st.floats(1, 2000),
    st.sampled_from(["android", "ios", "web"]),
    st.booleans(),
    st.booleans(),
)
def test_what_is_not_judged_again_could_not_differ(accuracy_m, before_m, after_m, platform, was_inside, is_inside) -> None:
    """In the middle of a square or far from it: where `may_differ` says no, the place says the same."""
    fix = Fix(Point(*INSIDE), accuracy_m, 0)
    signed = [m if inside else -m for m, inside in ((before_m, was_inside), (after_m, is_inside))]
    if may_differ(Distances(platform, accuracy_m, *signed)):
        return
    verdicts = {place_of(fix, platform, [Measured("K", "K", 1, metres)]).verdict for metres in signed}
    assert len(verdicts) == 1


def test_the_same_person_is_counted_once_in_each_kind_of_change() -> None:
    a, d, r = Outcome.ACCEPTED, Outcome.DOUBTFUL, Outcome.REJECTED
    seen = [Outcomes(1, r, a), Outcomes(1, r, a), Outcomes(2, r, a), Outcomes(1, a, d), Outcomes(3, d, d)]
    assert changes_of(seen) == [Change(a, d, 1, 1), Change(r, a, 3, 2)]
