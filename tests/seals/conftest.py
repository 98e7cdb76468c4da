"""A unit's October, derived, with somebody of each role, spoken to over HTTP only."""

from datetime import date
from types import SimpleNamespace

import pytest

from app.access import Role
from tests import make
from tests.recaps.test_store import World

MONTH = "2026-10"


class Office(SimpleNamespace):
    """DISHUB's October; `ask(who, method, path, body)` speaks for a role or a person."""

    def ask(self, who, method, path, body=None, status=None, **headers):
        person = self.holders[who] if isinstance(who, str) else who
        answer = self.client.open(path, method=method, json=body, headers={**self.sign_in(person.id), **headers})
        if status is not None:
            assert answer.status_code == status, answer.text
        return answer

    def recap(self, nip, who="hr"):
        items = self.ask(who, "GET", f"/v1/recaps/{MONTH}?unit=DISHUB").json["items"]
        return next(item for item in items if item["nip"] == nip)

    def seal(self, status=201, **body):
        return self.ask("hr", "POST", f"/v1/recaps/{MONTH}/seal", {"unit": "DISHUB", **body}, status)

    def amend(self, *changes, status=201, **body):
        asked = {"unit": "DISHUB", "reason": "Hasil pemeriksaan", "basis": "Berita acara pemeriksaan uji", "changes": changes}
        return self.ask("hr", "POST", f"/v1/recaps/{MONTH}/amendments", asked | body, status)

    def pdf(self, paper, who="hr"):
        return self.ask(who, "GET", f"/v1/papers/{paper['id']}.pdf", status=200).data


@pytest.fixture
def office(session, client, sign_in):
    world = World(session)
    holders = {"admin": make.person(session, world.badung)}
    for role, unit in (("hr", world.bali), ("supervisor", world.dishub), ("auditor", world.bali)):
        holders[role] = make.person(session, world.badung)
        make.grant(session, holders[role], Role(role), unit)
    return Office(session=session, client=client, sign_in=sign_in, world=world, holders=holders, late=world.late, good=world.good)


def hours(person, day, come="07:20", go="16:40"):
    """An amendment that states that the person was there, in WITA."""
    return {
        "nip": person.nip,
        "day": str(day),
        "states": "hours",
        "in_at": f"{day}T{come}:00+08:00",
        "out_at": f"{day}T{go}:00+08:00",
    }


def october(day):
    return date(2026, 10, day)
