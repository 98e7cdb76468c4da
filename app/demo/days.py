"""The days of the demo: phones sign, reports travel, and the server takes them as it takes any phone's."""

import secrets
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from heapq import heappop, heappush
from random import Random

from app import jws
from app.checkins import actions as checkins
from app.checkins.rules.signed import opened
from app.db import Session
from app.demo.beginning import employed_by_id
from app.demo.habits import Visit
from app.demo.plan import Plan, midnight_after
from app.demo.story import Player, acts_on
from app.http.fields import rfc3339
from app.workdays.store import workdays_on

MOST_AT_ONCE = 100
# Reports that arrive within so many minutes are taken together, as one busy moment.
TOGETHER = timedelta(minutes=5)
# So many phones are played before the server is given what they sent: bounded memory, and no long silence on the connection.
PHONES_AT_ONCE = 1_000


class NotTaken(Exception):
    """The server did not keep an honest phone's report, so the demo or the program is broken."""


@dataclass(frozen=True, slots=True, order=True)
class Delivery:
    """A signed check-in on its way, and when it arrives."""

    at: datetime
    compact: str


@dataclass(slots=True)
class Played:
    """What came of the days: how many check-ins were taken, and on which days each cheat cheated."""

    taken: int
    truth: dict[str, set[date]]


def play(
    session: Session, plan: Plan, players: Sequence[Player], away: Mapping[int, set[date]], keyring: jws.Keyring
) -> Iterator[tuple[date, Played]]:
    """Every day of the plan, after what arrived on it was taken. What has not arrived by the last midnight stays on the phones."""
    on_the_way: list[Delivery] = []
    played = Played(0, {})
    for day in plan.days():
        workdays = workdays_on(session, list(employed_by_id(session, day).values()), day)
        for start in range(0, len(players), PHONES_AT_ONCE):
            for player in players[start : start + PHONES_AT_ONCE]:
                if day in away.get(player.person_id, ()):
                    continue
                chance = Random(f"{plan.seed}/{player.member.nip}/{day}/phone")
                for act in acts_on(player, workdays[player.person_id], plan.seed):
                    anchor, anchored_at = _anchor_for(act.visit, keyring, chance)
                    compact = player.phone.signed(act.visit, act.fix, act.clock_moved, anchor, anchored_at, chance)
                    heappush(on_the_way, Delivery(act.visit.delivered_at, compact))
                    if act.is_cheat:
                        played.truth.setdefault(player.member.nip, set()).add(day)
            for batch in _arriving(on_the_way, midnight_after(day)):
                _take(session, batch, keyring)
                played.taken += len(batch)
        yield day, played


def _arriving(on_the_way: list[Delivery], until: datetime) -> Iterator[list[Delivery]]:
    """What arrives before the instant, in batches as a server would see them; it is on the way no more."""
    batch: list[Delivery] = []
    while on_the_way and on_the_way[0].at < until:
        delivery = heappop(on_the_way)
        if batch and (len(batch) == MOST_AT_ONCE or delivery.at - batch[0].at > TOGETHER):
            yield batch
            batch = []
        batch.append(delivery)
    if batch:
        yield batch


def _take(session: Session, batch: Sequence[Delivery], keyring: jws.Keyring) -> None:
    """Give a batch to the server at the moment its last report arrives.

    Raises: NotTaken.
    """
    arrivals = [checkins.Arrival(opened(delivery.compact), batch[-1].at, "id") for delivery in batch]
    for outcome in checkins.record_all(session, arrivals, keyring):
        if not isinstance(outcome, str):
            raise NotTaken(outcome.code)


def _anchor_for(visit: Visit, keyring: jws.Keyring, chance: Random) -> tuple[str, datetime]:
    """The server's signed time as the phone last got it: a moment ago, or hours ago where there is no network."""
    is_online = visit.delivered_at - visit.at < timedelta(minutes=1)
    age_s = chance.uniform(1, 240) if is_online else chance.uniform(600, 8 * 3600)
    at = visit.at - timedelta(seconds=age_s)
    at = at.replace(microsecond=at.microsecond // 1000 * 1000)
    return keyring.sign(checkins.ANCHOR_TYPE, {"now": rfc3339(at), "nonce": secrets.token_urlsafe(9)}), at
