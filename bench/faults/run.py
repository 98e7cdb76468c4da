"""One run: load, blows, quiet, and the checker's word about all that was left behind."""

import asyncio
import random
from collections import Counter
from dataclasses import dataclass

from app import clock
from bench.faults.checker import violations
from bench.faults.clients import Line, Load
from bench.faults.faults import Fault
from bench.faults.journal import Attempt, Outcome
from bench.faults.stand import Stand

LANES = 12
# How long clients may need until they have their answers, and how long until the last one has, once nothing is broken any more.
QUIET_S = 180.0


@dataclass(frozen=True, slots=True)
class Report:
    """What a run came to. `recovery_s`: from each blow to the first acknowledgement of something sent after it."""

    fault: Fault
    blows: int
    acknowledged: int
    refused: int
    unknown: int
    unavailable: int
    recovery_s: tuple[float, ...]
    hurt: Counter[str]
    violations: tuple[str, ...]

    @property
    def worst_s(self) -> float:
        """The longest time without an acknowledgement after a blow."""
        return max(self.recovery_s, default=0.0)


async def run(stand: Stand, fault: Fault, blows: int, acknowledgements: int, longest_pause_s: float, seed: int) -> Report:
    """Load a serving stand, strike it so many times, let every client finish, and look at everything that was ever sent to it."""
    chance, first = random.Random(seed), stand.journal.count
    load = Load(stand.front.port, stand.phones, stand.journal, LANES, seed)
    phones, outsider = asyncio.create_task(load.run()), asyncio.create_task(_look(stand))
    try:
        struck_at = [await _strike(stand, fault, number, longest_pause_s, chance) for number in range(blows)]
        async with asyncio.timeout(QUIET_S):
            while load.acknowledged < acknowledgements and not phones.done():
                stand.refuse_dead()
                await asyncio.sleep(0.1)
        load.stopping.set()
        await asyncio.wait_for(phones, QUIET_S)
        outsider.cancel()
        await asyncio.gather(outsider, return_exceptions=True)
    finally:
        outsider.cancel()
        phones.cancel()
    evidence = await asyncio.to_thread(stand.evidence)
    found = (*violations(evidence), *map(str, await asyncio.to_thread(stand.alarms)))
    mine = [attempt for attempt in evidence.attempts if attempt.number > first]
    return _report(fault, mine, struck_at, Counter(stand.front.hurt + stand.back.hurt), found)


async def _strike(stand: Stand, fault: Fault, number: int, longest_pause_s: float, chance: random.Random) -> float:
    """When the blow fell."""
    await asyncio.sleep(chance.uniform(0.5, longest_pause_s))
    at_s = clock.now().timestamp()
    await fault.blow(stand, number, chance)
    return at_s


async def _look(stand: Stand) -> None:
    """Seal the ledger again and again, and remember what outsiders are shown."""
    line = Line(stand.front.port)
    while True:
        await asyncio.sleep(0.4)
        await asyncio.to_thread(stand.seal)
        status, body = await line.get("/v1/ledger/checkpoint")
        if status == 200:
            stand.remember(body.decode())


def _report(fault: Fault, mine: list[Attempt], struck_at: list[float], hurt: Counter[str], found: tuple[str, ...]) -> Report:
    outcomes = Counter(attempt.outcome for attempt in mine)
    return Report(
        fault,
        len(struck_at),
        outcomes[Outcome.ACK],
        outcomes[Outcome.REFUSED],
        outcomes[Outcome.UNKNOWN],
        sum(attempt.status == 503 for attempt in mine),
        tuple(_recovery_s(mine, at_s) for at_s in struck_at),
        hurt,
        found,
    )


def _recovery_s(mine: list[Attempt], at_s: float) -> float:
    """Seconds from that instant to the first acknowledgement of something sent after it."""
    after = (a.ended_s for a in mine if a.outcome is Outcome.ACK and a.began_s >= at_s and a.ended_s is not None)
    return min(after, default=float("inf")) - at_s
