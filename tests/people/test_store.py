"""What the tables of people answer."""

from datetime import date, timedelta
from uuid import uuid4

import pytest

from app import errors
from app.access import Grant, Role
from app.people import store
from app.people.store import accounts
from tests import make
from tests.conftest import begin_family

DAY = date(2026, 3, 2)


@pytest.fixture
def tree(session):
    bali = make.unit(session, "BALI")
    setda = make.unit(session, "SETDA", bali)
    return bali, setda, make.unit(session, "UMUM", setda), make.unit(session, "KOTA")


def test_everybody_employed_on_a_day_is_listed_with_agency_zone_and_decree(session, tree):
    bali, setda, umum, kota = tree
    low, high = make.nip(), make.nip()
    second, first = make.person(session, umum, nip=high), make.person(session, umum, nip=low)
    head, mayor = make.person(session, setda), make.person(session, kota)
    listed = store.list_employed_on(session, DAY)
    assert [employed.person_id for employed in listed] == [head.id, first.id, second.id, mayor.id]
    assert listed[1] == store.Employed(
        first.id, first.nip, first.name, umum.id, "UMUM", "BALI.SETDA.UMUM", bali.id, "BALI", "Asia/Makassar", "bali"
    )


def test_a_post_holds_from_its_first_day_up_to_not_including_its_last(session, tree):
    person = make.person(session, tree[1], since=DAY, until=DAY + timedelta(days=2))
    days = [DAY + timedelta(days=step) for step in (-1, 0, 1, 2)]
    assert [bool(store.list_employed_on(session, day, person_ids=[person.id])) for day in days] == [False, True, True, False]


def test_listing_narrows_to_subtrees_and_persons(session, tree):
    one, other = make.person(session, tree[2]), make.person(session, tree[3])
    make.unit(session, "SETDAX", tree[0])

    def listed(**narrow):
        return {employed.person_id for employed in store.list_employed_on(session, DAY, **narrow)}

    assert listed() == {one.id, other.id}
    assert listed(paths=["BALI.SETDA"]) == {one.id}
    assert listed(paths=["BALI.SET"]) == set()
    assert listed(paths=[]) == set()
    assert listed(person_ids=[other.id]) == {other.id}
    assert listed(person_ids=[]) == set()


def test_an_actor_carries_the_grants_in_force_today_only(session, tree):
    person = make.person(session, tree[2])
    family = begin_family(person.id)
    make.grant(session, person, Role.SUPERVISOR, tree[1], since=DAY, until=DAY + timedelta(days=1))
    make.grant(session, person, Role.HR, tree[0], since=DAY + timedelta(days=1))
    make.grant(session, person, Role.AUDITOR, tree[0], since=DAY, until=DAY)
    actor = store.actor_for(session, person.id, family, DAY)
    assert actor.grants == (Grant(Role.SUPERVISOR, "BALI.SETDA"),)
    assert (actor.nip, actor.name, actor.family) == (person.nip, person.name, family)
    assert store.actor_for(session, person.id, family, DAY + timedelta(days=1)).grants == (Grant(Role.HR, "BALI"),)


def test_there_is_no_actor_without_a_sign_in_of_his_own(session, tree):
    person, other = make.person(session, tree[2]), make.person(session, tree[2])
    assert store.actor_for(session, person.id, uuid4(), DAY) is None
    assert store.actor_for(session, person.id, begin_family(other.id), DAY) is None


def test_there_is_no_actor_once_the_sign_in_is_revoked_even_for_a_token_issued_meanwhile(session, tree):
    person = make.person(session, tree[2])
    family = begin_family(person.id)
    accounts.revoke_family(session, family, make.THEN)
    accounts.add_token(session, uuid4(), family, person.id, make.THEN, make.THEN + timedelta(days=30))
    assert store.actor_for(session, person.id, family, DAY) is None


def test_there_is_no_actor_once_he_holds_neither_post_nor_grant(session, tree):
    left = make.person(session, tree[2], until=DAY)
    family = begin_family(left.id)
    assert store.actor_for(session, left.id, family, DAY - timedelta(days=1)) is not None
    assert store.actor_for(session, left.id, family, DAY) is None
    make.grant(session, left, Role.AUDITOR, tree[0])
    assert store.actor_for(session, left.id, family, DAY) is not None


def test_a_unit_out_of_scope_looks_like_one_that_does_not_exist(session, tree):
    for code in ("KOTA", "TIDAKADA", "\x00", "kota; --"):
        with pytest.raises(errors.NotFound) as refused:
            store.get_unit(session, code, ["BALI"])
        assert refused.value.code == "unknown_unit"
    assert store.get_unit(session, "UMUM", ["BALI.SETDA"]).path == "BALI.SETDA.UMUM"


def test_expired_sign_ins_are_forgotten_whole_or_not_at_all(session, tree):
    person = make.person(session, tree[2])
    dead, alive = uuid4(), uuid4()
    for family, days in ((dead, 1), (dead, 2), (alive, 1), (alive, 31)):
        accounts.add_token(session, uuid4(), family, person.id, make.THEN, make.THEN + timedelta(days=days))
    accounts.forget_expired(session, person.id, make.THEN + timedelta(days=3))
    kept = session.query(store.RefreshToken.family).filter_by(person_id=person.id).all()
    assert [family for (family,) in kept] == [alive, alive]
