"""What holds when phones are enrolled and decided about at the same moment: really committed, real threads."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app import clock, db, jws
from app.access import Role
from app.devices.rules.use import Status, status_at
from app.devices.store import Device
from tests import make


@pytest.fixture
def people(database, sign_in):
    """Headers of two persons, and of the supervisor of both."""
    with db.transaction() as session:
        unit = make.unit(session)
        one, other, boss = (make.person(session, unit).id for _ in range(3))
        make.grant(session, session.get(make.Person, boss), Role.SUPERVISOR, unit)
    return sign_in(one), sign_in(other), sign_in(boss)


def at_once(calls):
    """What the calls return, all begun at the same moment."""
    gate = Barrier(len(calls))

    def begin(call):
        gate.wait()
        return call()

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(begin, calls))


def enrol(app, headers, key):
    body = {"jwk": jws.jwk_of(key.public_key()), "name": "Ponsel", "platform": "ios", "installation_id": "i"}
    return app.test_client().post("/v1/devices", json=body, headers=headers)


def in_use(hours):
    """How many phones are somebody's phone that many hours from now."""
    with db.transaction() as session:
        devices = session.scalars(select(Device)).all()
    return [status_at(device.use, clock.now() + timedelta(hours=hours)) for device in devices].count(Status.ACTIVE)


def count(status=None):
    with db.transaction() as session:
        return session.scalar(text("SELECT count(*) FROM devices WHERE status = coalesce(:status, status)"), {"status": status})


def test_of_phones_enrolled_at_once_exactly_one_is_active(app, people):
    keys = [make.key() for _ in range(8)]
    answers = at_once([lambda key=key: enrol(app, people[0], key) for key in keys])
    assert [answer.status_code for answer in answers] == [201] * 8
    assert (count(), count("active"), count("pending")) == (8, 1, 1)
    assert [answer.json["status"] for answer in answers].count("active") == 1


def test_the_same_key_enrolled_at_once_is_one_device(app, people):
    key = make.key()
    answers = at_once([lambda: enrol(app, people[0], key)] * 8)
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.get_data() for answer in answers}) == 1
    assert count() == 1


def test_one_key_enrolled_by_two_persons_at_once_is_one_persons(app, people):
    key = make.key()
    answers = at_once([lambda headers=headers: enrol(app, headers, key) for headers in people[:2]])
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    assert count() == 1


def test_of_opposite_decisions_at_once_one_holds(app, people):
    enrol(app, people[0], make.key())
    waiting = enrol(app, people[0], make.key()).json["id"]

    def decide(decision):
        body = {"decision": decision, "reason": "x"}
        return app.test_client().post(f"/v1/devices/{waiting}/decision", json=body, headers=people[2]).status_code

    assert sorted(at_once([lambda d=d: decide(d) for d in ("approve", "refuse", "approve", "refuse")])) == [200, 409, 409, 409]
    assert in_use(0) == 1


def test_of_approvals_at_once_of_two_phones_one_person_has_one_phone_at_every_instant(app, people):
    """The second request withdraws the first, so both can only be approved together if approvals do not wait for each other."""
    enrol(app, people[0], make.key())
    first, second = (enrol(app, people[0], make.key()).json["id"] for _ in range(2))
    with db.transaction() as session:
        session.execute(text("UPDATE devices SET status = 'pending' WHERE id = :id"), {"id": first})

    def approve(id):
        body = {"decision": "approve", "reason": "x"}
        return app.test_client().post(f"/v1/devices/{id}/decision", json=body, headers=people[2]).status_code

    assert at_once([lambda id=id: approve(id) for id in (first, second)]) == [200, 200]
    assert [in_use(hours) for hours in (0, 23.9, 24.1, 48)] == [1, 1, 1, 1]


def test_approving_while_the_old_phone_is_revoked_leaves_no_phone_or_the_new_one(app, people):
    old = enrol(app, people[0], make.key()).json["id"]
    waiting = enrol(app, people[0], make.key()).json["id"]
    body = {"decision": "approve", "reason": "x"}
    approve = lambda: app.test_client().post(f"/v1/devices/{waiting}/decision", json=body, headers=people[2])  # noqa: E731
    revoke = lambda: app.test_client().delete(f"/v1/devices/{old}", headers=people[0])  # noqa: E731
    assert [answer.status_code for answer in at_once([approve, revoke])] == [200, 204]
    assert [in_use(hours) for hours in (0, 23.9, 24.1)] == [0, 0, 1]


def test_the_table_itself_refuses_a_second_active_phone(session):
    person = make.person(session)
    make.device(session, person)
    with pytest.raises(IntegrityError, match="ex_devices_one_in_use"):
        make.device(session, person)


@pytest.mark.parametrize("since, refused", [(-1, True), (0, False), (1, False)])
def test_the_table_itself_refuses_phones_whose_use_overlaps_by_a_moment(session, since, refused):
    person, until = make.person(session), make.THEN + timedelta(days=5)
    make.device(session, person, usable_until=until)
    with pytest.raises(IntegrityError, match="ex_devices_one_in_use") if refused else contextlib.nullcontext():
        make.device(session, person, usable_from=until + timedelta(microseconds=since))
