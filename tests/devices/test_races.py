"""What holds when phones are enrolled and decided about at the same moment: really committed, real threads."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app import db, jws
from app.access import Role
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
    assert count("active") == 1


def test_the_table_itself_refuses_a_second_active_phone(session):
    person = make.person(session)
    make.device(session, person)
    with pytest.raises(IntegrityError, match="uq_devices_active"):
        make.device(session, person)
