"""Before the first day: people, roles, sites, rosters, phones and leaves, by the program's own actions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from uuid import UUID

import orjson

from app import jws
from app.access import Actor, Grant, Role
from app.db import Session
from app.demo.cast import AGENCY, FAKES, Cheat, Member, path_of, people_file
from app.demo.ground import Ground, ground_of
from app.demo.habits import habits_of, wishes_of
from app.demo.phones import phone_of
from app.demo.story import Player, origin_of, table_of
from app.devices import actions as devices
from app.geofences import actions as geofences
from app.geofences import store as sites
from app.people.actions.days import day_of
from app.people.actions.grants import Wanted, add_first_grant
from app.people.actions.imports import import_people
from app.people.rules.table import parse
from app.people.store import Employed, list_employed_on
from app.workdays import actions as workdays
from app.workdays.rules import Shift, Wish

NIGHT = Shift("JAGA_MALAM", time(22), time(6))
# One guard's week: nights of work, and rest between them.
NIGHTS_OF_WEEK = (True, True, False, True, True, False, False)
ROSTER_AHEAD = timedelta(days=28)
LINES_AT_ONCE = 5_000
# Where fake-GPS apps run, and where a recorded satellite fix is easily played again.
ANDROID_ONLY = (*FAKES, Cheat.REPLAYED_FIX)


@dataclass(frozen=True, slots=True)
class Company:
    """Everybody: members and person ids by NIP, and supervisors by the unit they head."""

    members: Mapping[str, Member]
    ids: Mapping[str, int]
    chiefs: Mapping[str, Member]

    def actor(self, member: Member) -> Actor:
        """The member as somebody who is signed in."""
        grants = () if member.over is None else (Grant(member.role, path_of(member.over)),)
        return Actor(self.ids[member.nip], member.nip, member.name, grants, UUID(int=0))

    def holder(self, role: Role) -> Actor:
        """The one who holds the role over the whole agency."""
        return self.actor(next(member for member in self.members.values() if member.role is role and member.over == AGENCY))

    def superior_of(self, member: Member) -> Actor | None:
        """The nearest supervisor above the member; nobody is above the Secretary."""
        if member == self.chiefs[AGENCY]:
            return None
        line = (self.chiefs.get(unit) for unit in (member.unit, member.office, AGENCY))
        return self.actor(next(chief for chief in line if chief is not None and chief != member))


def hire(session: Session, cast: Sequence[Member], now: datetime) -> Company:
    """Everybody, imported from a people file as any office would, with the roles they hold."""
    imported = import_people(session, parse(people_file(list(cast))), None, now)
    if not imported.is_written:
        raise ValueError(f"the demo's own people file was refused: {imported.plan.problems[:3]}")
    employed = {
        person.nip: person.person_id for day in {member.since for member in cast} for person in list_employed_on(session, day)
    }
    for member in cast:
        if member.over is not None:
            add_first_grant(session, Wanted(member.nip, member.role, member.over, member.since, None), now)
    chiefs = {member.over: member for member in cast if member.role is Role.SUPERVISOR and member.over is not None}
    return Company({member.nip: member for member in cast}, employed, chiefs)


def build_sites(session: Session, folder: Path, company: Company, now: datetime) -> None:
    """The demo's sites as their files draw them."""
    features = [orjson.loads(file.read_bytes()) for file in sorted(folder.glob("*.geojson"))]
    geofences.load(session, features, company.holder(Role.ADMIN), now)


def put_up_screen(session: Session, company: Company, now: datetime) -> None:
    """A screen with a rotating code at the door of the office where the first newcomer works, for who tries the program out."""
    newcomer = next(member for member in company.members.values() if member.is_newcomer)
    site = sites.sites_of(session, path_of(newcomer.unit), now)[0]
    geofences.renew_door_code(session, site.code, company.holder(Role.ADMIN), now)


def draw_up_roster(session: Session, company: Company, first_day: date, last_day: date, now: datetime) -> None:
    """The guards' nights, each guard's week begun on another day."""
    workdays.add_shift(session, AGENCY, NIGHT, "Jaga malam", company.holder(Role.ADMIN), now)
    guards = [member for member in company.members.values() if member.is_guard]
    days = [first_day + timedelta(days=n) for n in range((last_day + ROSTER_AHEAD - first_day).days + 1)]
    lines = [
        workdays.Line(guard.nip, day, (NIGHT.code,) if NIGHTS_OF_WEEK[(number + place) % 7] else ())
        for place, guard in enumerate(guards)
        for number, day in enumerate(days)
    ]
    for start in range(0, len(lines), LINES_AT_ONCE):
        drawn_up_at = now + timedelta(seconds=start // LINES_AT_ONCE)
        workdays.set_roster(session, lines[start : start + LINES_AT_ONCE], company.holder(Role.HR), drawn_up_at)


def hand_out_phones(session: Session, company: Company, seed: int, secret: str, now: datetime) -> list[Player]:
    """Everybody but the newcomers with an enrolled phone and a desk, in order of the cast."""
    grounds: dict[str, list[Ground]] = {}

    def ground_at(unit: str, chance: Random) -> Ground:
        if unit not in grounds:
            found = sites.sites_of(session, path_of(unit), now)
            grounds[unit] = [ground_of(site.outline) for site in found]
        return chance.choice(grounds[unit])

    players = []
    places: dict[str, int] = {}
    for member in company.members.values():
        if member.is_newcomer:
            continue
        place = places[member.cheat or ""] = places.get(member.cheat or "", -1) + 1
        origin = origin_of(member, place)
        chance = Random(f"{seed}/{origin}/player")
        habits = habits_of(chance)
        if member.cheat in ANDROID_ONLY:
            habits = replace(habits, platform="android")
        phone = phone_of(member.nip, habits.platform, secret, chance)
        jwk = jws.jwk_of(phone.key.public_key())
        introduced = devices.Phone(jwk, "Ponsel demo", phone.platform, str(UUID(int=chance.getrandbits(128), version=4)), None)
        devices.enrol(session, company.actor(member), introduced, now, day_of(now))
        # The Cirebon case is one building's: whoever shares, shares the first site.
        ground = ground_at(member.unit, Random(f"{seed}/shared") if member.cheat else chance)
        second = None if member.second_unit is None else ground_at(member.second_unit, chance)
        table = table_of(member, ground, seed)
        desk = ground.desk(chance)
        players.append(Player(member, company.ids[member.nip], habits, phone, ground, desk, second, table, place, origin))
    return players


def ask_for_leaves(
    session: Session, company: Company, seed: int, first_day: date, last_day: date, first_at: datetime
) -> dict[int, set[date]]:
    """The days each person is away with leave, each asked for by the person and granted by a superior and by personnel."""
    away: dict[int, set[date]] = {}
    personnel = company.holder(Role.HR)
    for member in company.members.values():
        superior = company.superior_of(member)
        if member.is_newcomer or member.is_guard or superior is None or member.nip == personnel.nip:
            continue
        for wish in wishes_of(first_day, last_day, Random(f"{seed}/{member.nip}/leaves")):
            if wish.last_day > last_day:
                break
            asked_at = first_at + max(timedelta(), timedelta(days=(wish.first_day - first_day).days - 3))
            asked_for = Wish(wish.kind, wish.first_day, wish.last_day, wish.reason)
            asked = workdays.request_leave(session, asked_for, company.actor(member), asked_at)
            decision, reason = ("approve", "Disetujui") if wish.is_granted else ("refuse", "Pelayanan sedang padat")
            workdays.decide_leave(session, asked.id, decision, reason, superior, asked_at + timedelta(hours=5))
            if wish.is_granted:
                workdays.decide_leave(session, asked.id, decision, reason, personnel, asked_at + timedelta(hours=6))
                length = (wish.last_day - wish.first_day).days
                days = {wish.first_day + timedelta(days=n) for n in range(length + 1)}
                away.setdefault(company.ids[member.nip], set()).update(days)
    return away


def employed_by_id(session: Session, day: date) -> dict[int, Employed]:
    """Everybody employed that day, by person."""
    return {person.person_id: person for person in list_employed_on(session, day)}
