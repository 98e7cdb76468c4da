"""What happens on a day of the demo: who checks in where, and who cheats."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from app.demo import fixes
from app.demo.cast import FAKES, Cheat, Member
from app.demo.ground import Ground
from app.demo.habits import Habits, Visit, visits_on
from app.demo.phones import Phone
from app.geo import Point
from app.workdays.rules import Workday

CAFE_M = 80.0
# How often each kind dares; the café is simply where breakfast is.
CHEATING_SHARE = {
    **dict.fromkeys(FAKES, 0.7),
    Cheat.SHARED_COORDINATES: 0.6,
    Cheat.REPLAYED_FIX: 0.7,
    Cheat.SHARED_PHONE: 0.5,
    Cheat.CLOCK_MOVER: 0.4,
    Cheat.NEAR_CAFE: 1.0,
}
# How late those who move their clock come, and by how much they set it back.
LATE_MIN = (20, 50)
# A share of check-ins happens at the second office, for those who have one.
SECOND_OFFICE_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Player:
    """A member with a phone; `table` is where a cheat really sits or pretends to.

    `origin` names the chances of his days: who share a phone share them.
    """

    member: Member
    person_id: int
    habits: Habits
    phone: Phone
    ground: Ground
    desk: Point
    second: Ground | None
    table: Point | None
    place_in_group: int
    origin: str


@dataclass(frozen=True, slots=True)
class Act:
    """A visit with the fix the phone will sign, whether it is a planted cheat, and how far somebody has just moved the clock."""

    visit: Visit
    fix: fixes.Fix
    is_cheat: bool
    clock_moved: timedelta = timedelta()


def table_of(member: Member, ground: Ground, seed: int) -> Point | None:
    """The one point a cheat uses all the time: everybody's in the group, the tap on the map, or the café."""
    match member.cheat:
        case Cheat.SHARED_COORDINATES:
            return ground.desk(Random(f"{seed}/shared"))
        case Cheat.NEAR_CAFE:
            return ground.outside(CAFE_M, Random(f"{seed}/{member.nip}/cafe"))
        case kind if kind in FAKES:
            return ground.desk(Random(f"{seed}/{member.nip}/tap"))
        case _:
            return None


def origin_of(member: Member, place: int) -> str:
    """Whose chances a member lives by: his own, or those of the phone he shares with one other."""
    return f"phone {place // 2}" if member.cheat is Cheat.SHARED_PHONE else member.nip


def acts_on(player: Player, workday: Workday, seed: int) -> Iterator[Act]:
    """What the player does that workday, cheats included."""
    chance = Random(f"{seed}/{player.origin}/{workday.day}")
    visits = list(visits_on(workday, player.habits, chance))
    if dares(player, workday.day, seed):
        yield from _cheats(player, visits, workday, chance, seed)
        return
    for visit in visits:
        is_away = player.second is not None and chance.random() < SECOND_OFFICE_SHARE
        spot = player.second.desk(chance) if is_away and player.second else player.ground.near(player.desk, chance)
        is_indoors = chance.random() < player.habits.indoors_share
        yield Act(visit, fixes.honest(spot, player.habits.platform, is_indoors, chance), is_cheat=False)


def dares(player: Player, day: date, seed: int) -> bool:
    """Whether a cheat cheats that day; those who share do it on the same days."""
    cheat = player.member.cheat
    if cheat is None:
        return False
    who = "group" if cheat is Cheat.SHARED_COORDINATES else player.origin
    return Random(f"{seed}/{who}/{day}/dares").random() < CHEATING_SHARE[cheat]


def _cheats(player: Player, visits: Sequence[Visit], workday: Workday, chance: Random, seed: int) -> Iterator[Act]:
    cheat, platform = player.member.cheat, player.habits.platform
    if cheat is Cheat.SHARED_COORDINATES and player.table is not None:
        for visit in _relayed(workday, player.place_in_group):
            yield Act(visit, fixes.relayed(player.table), is_cheat=True)
        return
    for visit in visits:
        if cheat in FAKES and player.table is not None:
            yield Act(visit, fixes.faked(player.table, FAKES.index(cheat), chance), is_cheat=True)
        elif cheat is Cheat.REPLAYED_FIX:
            recorded = fixes.honest(player.desk, platform, False, Random(f"{seed}/{player.origin}/recorded"))
            yield Act(visit, recorded, is_cheat=True)
        elif cheat is Cheat.SHARED_PHONE:
            fix = fixes.honest(player.ground.near(player.desk, chance), platform, True, chance)
            yield Act(_after(visit, timedelta(seconds=40 * (player.place_in_group % 2))), fix, is_cheat=True)
        elif cheat is Cheat.CLOCK_MOVER:
            late = timedelta(minutes=chance.uniform(*LATE_MIN)) if visit.direction == "in" else timedelta()
            fix = fixes.honest(player.ground.near(player.desk, chance), platform, True, chance)
            yield Act(_after(visit, late), fix, is_cheat=bool(late), clock_moved=-late)
        elif player.table is not None:
            yield Act(visit, fixes.honest(player.table, platform, True, chance), is_cheat=True)


def _after(visit: Visit, wait: timedelta) -> Visit:
    return Visit(visit.direction, visit.at + wait, visit.delivered_at + wait)


def _relayed(workday: Workday, place: int) -> Iterator[Visit]:
    """One after the other within minutes, by a coordinator who has all their phones."""
    if workday.start_at is None or workday.end_at is None:
        return
    for direction, at in (("in", workday.start_at - timedelta(minutes=8)), ("out", workday.end_at + timedelta(minutes=3))):
        made_at = at + timedelta(seconds=20 * place)
        yield Visit(direction, made_at, made_at + timedelta(seconds=2))
