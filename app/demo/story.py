"""What happens on a day of the demo: who checks in where, and who cheats."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from app.demo import fixes
from app.demo.cast import Cheat, Member
from app.demo.ground import Ground
from app.demo.habits import Habits, Visit, visits_on
from app.demo.phones import Phone
from app.geo import Point
from app.workdays.rules import Workday

CAFE_M = 80.0
# How often each kind dares; the café is simply where breakfast is.
CHEATING_SHARE = {Cheat.SHARED_COORDINATES: 0.6, Cheat.MOCK_LOCATION: 0.7, Cheat.NEAR_CAFE: 1.0}
# A share of check-ins happens at the second office, for those who have one.
SECOND_OFFICE_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Player:
    """A member with a phone; `table` is where a cheat really sits or pretends to."""

    member: Member
    person_id: int
    habits: Habits
    phone: Phone
    ground: Ground
    desk: Point
    second: Ground | None
    table: Point | None
    place_in_group: int


@dataclass(frozen=True, slots=True)
class Act:
    """A visit with the fix the phone will sign, and whether it is a planted cheat."""

    visit: Visit
    fix: fixes.Fix
    is_cheat: bool


def table_of(member: Member, ground: Ground, seed: int) -> Point | None:
    """The one point a cheat uses all the time: everybody's in the group, the tap on the map, or the café."""
    match member.cheat:
        case Cheat.SHARED_COORDINATES:
            return ground.desk(Random(f"{seed}/shared"))
        case Cheat.MOCK_LOCATION:
            return ground.desk(Random(f"{seed}/{member.nip}/tap"))
        case Cheat.NEAR_CAFE:
            return ground.outside(CAFE_M, Random(f"{seed}/{member.nip}/cafe"))
        case None:
            return None


def acts_on(player: Player, workday: Workday, seed: int) -> Iterator[Act]:
    """What the player does that workday, cheats included."""
    chance = Random(f"{seed}/{player.member.nip}/{workday.day}")
    visits = list(visits_on(workday, player.habits, chance))
    if dares(player.member, workday.day, seed):
        yield from _cheats(player, visits, workday, chance)
        return
    for visit in visits:
        is_away = player.second is not None and chance.random() < SECOND_OFFICE_SHARE
        spot = player.second.desk(chance) if is_away and player.second else player.ground.near(player.desk, chance)
        is_indoors = chance.random() < player.habits.indoors_share
        yield Act(visit, fixes.honest(spot, player.habits.platform, is_indoors, chance), is_cheat=False)


def dares(member: Member, day: date, seed: int) -> bool:
    """Whether a cheat cheats that day; those who share do it on the same days."""
    if member.cheat is None:
        return False
    who = "group" if member.cheat is Cheat.SHARED_COORDINATES else member.nip
    return Random(f"{seed}/{who}/{day}/dares").random() < CHEATING_SHARE[member.cheat]


def _cheats(player: Player, visits: Sequence[Visit], workday: Workday, chance: Random) -> Iterator[Act]:
    assert player.table is not None
    match player.member.cheat:
        case Cheat.SHARED_COORDINATES:
            for visit in _relayed(workday, player.place_in_group):
                yield Act(visit, fixes.relayed(player.table), is_cheat=True)
        case Cheat.MOCK_LOCATION:
            for visit in visits:
                yield Act(visit, fixes.faked(player.table, player.place_in_group, chance), is_cheat=True)
        case Cheat.NEAR_CAFE:
            for visit in visits:
                yield Act(visit, fixes.honest(player.table, player.habits.platform, True, chance), is_cheat=True)


def _relayed(workday: Workday, place: int) -> Iterator[Visit]:
    """One after the other within minutes, by a coordinator who has all their phones."""
    if workday.start_at is None or workday.end_at is None:
        return
    for direction, at in (("in", workday.start_at - timedelta(minutes=8)), ("out", workday.end_at + timedelta(minutes=3))):
        made_at = at + timedelta(seconds=20 * place)
        yield Visit(direction, made_at, made_at + timedelta(seconds=2))
