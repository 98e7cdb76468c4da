"""Phones that live for a month: they reboot, drift, lose the network, and somebody plays with their wall clock."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from random import Random
from uuid import UUID

from app.checkins.rules.report import Report
from app.checkins.rules.timing import ANCHOR_TRIP, DRIFT, Anchor
from tests.checkins.scenes import report

BEGINS = datetime(2026, 3, 1, tzinfo=UTC)
MONTH_S = 30 * 86400.0
DAY_S = 86400.0


@dataclass(frozen=True, slots=True)
class Sent:
    """A report with its anchor as the server opens it, when it was really made, and when it arrived."""

    report: Report
    anchor: Anchor | None
    made_at: datetime
    received_at: datetime


@dataclass(slots=True)
class Phone:
    """A phone between two boots. `names_boot`: it says whom its anchors are for. `is_careless`: it keeps them over a reboot."""

    chance: Random
    names_boot: bool
    is_careless: bool
    boots: int = 0
    booted_s: float = 0.0
    rate: float = 1.0
    wall_off_s: float = 0.0
    anchor: Anchor | None = None
    anchored_ms: int = 0
    seq: int = 0
    busy_until_s: float = 0.0
    sent: list[Sent] = field(default_factory=list)

    def reads_ms(self, at_s: float) -> int:
        """The monotonic clock, whole milliseconds."""
        return int((at_s - self.booted_s) * self.rate * 1000)

    def reboot(self, at_s: float) -> None:
        """The monotonic clock begins anew, with a drift of its own."""
        self.boots += 1
        self.booted_s, self.rate = at_s, 1 + self.chance.uniform(-DRIFT, DRIFT)
        if not self.is_careless:
            self.anchor = None

    def ask_the_time(self, at_s: float) -> None:
        """The server signs its time on the way, and the phone reads its counter when the answer is there."""
        trip_s = self.chance.choice((0.02, 0.3, ANCHOR_TRIP.total_seconds())) * self.chance.random()
        signed_s = at_s + trip_s * self.chance.random()
        bound = ("phone", f"boot {self.boots}") if self.names_boot else (None, None)
        self.anchor = Anchor(_whole_ms(instant(signed_s)), *bound)
        self.busy_until_s = at_s + trip_s
        self.anchored_ms = self.reads_ms(self.busy_until_s)

    def check_in(self, at_s: float) -> None:
        """Signed now, delivered at once or after up to a month."""
        self.seq += 1
        delay_s = self.chance.choice(
            (0.0, self.chance.uniform(0, 5), self.chance.uniform(0, DAY_S), self.chance.uniform(0, MONTH_S))
        )
        made_at = instant(at_s)
        elapsed_ms = max(0, self.reads_ms(at_s) - self.anchored_ms) if self.anchor else None
        said = report(
            id=UUID(int=self.seq),
            seq=self.seq,
            claimed_at=made_at + timedelta(seconds=self.wall_off_s),
            elapsed_ms=elapsed_ms,
            boot_id=f"boot {self.boots}" if self.anchor else None,
        )
        self.sent.append(Sent(said, self.anchor, made_at, instant(at_s + delay_s)))


def instant(at_s: float) -> datetime:
    """So many seconds into the month."""
    return BEGINS + timedelta(seconds=at_s)


def month_of(seed: int) -> list[Sent]:
    """Everything a phone sent in its month, in order of arrival.

    A careless phone names its boot: one that neither drops an anchor nor says which boot it belongs to cannot be told from an
    honest one until its chain contradicts it.
    """
    chance = Random(seed)
    names_boot = chance.random() < 0.5
    phone = Phone(chance, names_boot, is_careless=names_boot and chance.random() < 0.3)
    phone.reboot(0.0)
    for at_s in sorted(chance.uniform(0, MONTH_S) for _ in range(chance.randint(3, 14))):
        at_s = max(at_s, phone.busy_until_s)
        match chance.choice(("reboot", "ask", "ask", "check in", "check in", "check in", "move the clock")):
            case "reboot":
                phone.reboot(at_s)
            case "ask":
                phone.ask_the_time(at_s)
            case "check in":
                phone.check_in(at_s)
            case "move the clock":
                phone.wall_off_s += chance.uniform(-DAY_S, DAY_S)
    return sorted(phone.sent, key=lambda sent: sent.received_at)


def with_a_true_clock(sent: list[Sent]) -> Iterator[Sent]:
    """The same month with a wall clock that nobody touched."""
    for one in sent:
        yield replace(one, report=replace(one.report, claimed_at=one.made_at))


def _whole_ms(at: datetime) -> datetime:
    return at.replace(microsecond=at.microsecond // 1000 * 1000)
