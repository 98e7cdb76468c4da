"""Phones under load: many at once, each sending to the end what it has signed, and writing down what it is told."""

import asyncio
import contextlib
import hashlib
import random
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field

import msgspec
import orjson

from app import clock, jws
from bench.faults.journal import Journal, Outcome, Said
from bench.world import Phone, checkin

# As long as the reference phone waits, and longer than the server itself waits for its database.
PATIENCE_S = 15.0
OUTCOMES = {"stored": Outcome.ACK, "refused": Outcome.REFUSED, "retry": Outcome.UNKNOWN}


@dataclass(frozen=True, slots=True)
class Signed:
    """One check-in as it is sent, again and again."""

    id: str
    compact: str

    @property
    def hash(self) -> str:
        """What the receipt will say it hashes to, in hexadecimal."""
        return hashlib.sha256(self.compact.encode("ascii")).hexdigest()


class Results(msgspec.Struct):
    """The body of an answer, each item as the very bytes that came."""

    results: list[msgspec.Raw]


@dataclass
class Load:
    """Phones in `lanes` that send until `stopping`, then only until everything has its answer."""

    port: int
    phones: list[Phone]
    journal: Journal
    lanes: int
    seed: int = 1
    acknowledged: int = 0
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Return when every item has been acknowledged or refused."""
        await asyncio.gather(*(self._lane(number) for number in range(self.lanes)))

    async def _lane(self, number: int) -> None:
        """One phone after the other, small batches, some sent twice at once, some sent again long after they were answered."""
        chance = random.Random(self.seed * 1000 + number)
        fresh = _signed(self.phones[number :: self.lanes], chance)
        waiting: deque[Signed] = deque()
        answered: deque[Signed] = deque(maxlen=50)
        lines = [Line(self.port), Line(self.port)]
        while waiting or not self.stopping.is_set():
            while len(waiting) < 4 and not self.stopping.is_set():
                waiting.extend(next(fresh))
            batch = [waiting.popleft() for _ in range(min(len(waiting), chance.randint(1, 5)))]
            if answered and chance.random() < 0.2:
                batch.append(chance.choice(answered))
            chance.shuffle(batch)
            twice = chance.random() < 0.2
            sent = [self._send(lines[0], batch), *([self._send(lines[1], batch[::-1])] if twice else [])]
            settled = set().union(*await asyncio.gather(*sent))
            answered.extend(one for one in batch if one in settled)
            left = [one for one in batch if one not in settled]
            waiting.extend(left)
            if left:
                await asyncio.sleep(chance.uniform(0.02, 0.3))
        for line in lines:
            line.close()

    async def _send(self, line: "Line", batch: list[Signed]) -> set[Signed]:
        """Those of the batch that have their lasting answer now."""
        attempt = self.journal.begin([(one.id, one.hash) for one in batch])
        status, body = await line.post(orjson.dumps({"checkins": [one.compact for one in batch]}))
        said = [_said(raw) for raw in _items_of(body, len(batch))] if status == 200 else None
        self.journal.end(attempt, status, said or [Said(Outcome.UNKNOWN)] * len(batch))
        settled = {one for one, word in zip(batch, said or (), strict=False) if word.outcome is not Outcome.UNKNOWN}
        self.acknowledged += sum(word.outcome is Outcome.ACK for word in said or ())
        return settled


@dataclass
class Line:
    """A keep-alive connection to the server, opened again when it was cut."""

    port: int
    streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, body: bytes) -> tuple[int | None, bytes]:
        """Status and body of the answer; no status when none came whole."""
        try:
            return await asyncio.wait_for(self._exchange(body), PATIENCE_S)
        except (OSError, ValueError, EOFError, TimeoutError):
            self.close()
            return None, b""

    async def get(self, path: str) -> tuple[int | None, bytes]:
        """The same for a GET."""
        try:
            return await asyncio.wait_for(self._ask(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()), PATIENCE_S)
        except (OSError, ValueError, EOFError, TimeoutError):
            self.close()
            return None, b""

    async def _exchange(self, body: bytes) -> tuple[int, bytes]:
        head = f"POST /v1/checkins HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        return await self._ask(head.encode() + body)

    async def _ask(self, request: bytes) -> tuple[int, bytes]:
        if self.streams is None:
            self.streams = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.streams
        writer.write(request)
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
        length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        answer = await reader.readexactly(length)
        if b"connection: close" in head:
            self.close()
        return int(head.split(b" ", 2)[1]), answer

    def close(self) -> None:
        """Hang up."""
        if self.streams is not None:
            with contextlib.suppress(OSError):
                self.streams[1].close()
            self.streams = None


def _items_of(body: bytes, count: int) -> list[bytes]:
    """The items of a 200, byte for byte."""
    items = [bytes(raw) for raw in msgspec.json.decode(body, type=Results).results]
    if len(items) != count:
        raise RuntimeError(f"{len(items)} results for {count} check-ins")
    return items


def _said(raw: bytes) -> Said:
    return Said(OUTCOMES[orjson.loads(raw)["status"]], raw.decode())


def _signed(phones: list[Phone], chance: random.Random) -> Iterator[list[Signed]]:
    """What the phones sign, without end: mostly one honest check-in, now and then two rivals for one id, or a forgery."""
    turn = 0
    while True:
        for phone in phones:
            first = _made(phone, chance, turn)
            lot = chance.random()
            if lot < 0.04:
                rival = _made(phone, chance, turn, id=first.id, direction="out" if turn % 2 == 0 else "in")
                yield [first, rival]
            elif lot < 0.07:
                yield [Signed(first.id, first.compact[:-8] + "AAAAAAAA")]
            else:
                yield [first]
        turn += 1


def _made(phone: Phone, chance: random.Random, turn: int, **changes: object) -> Signed:
    compact = checkin(phone, clock.now(), chance, turn, **changes)
    return Signed(orjson.loads(jws.split(compact)[1])["id"], compact)
