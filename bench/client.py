"""A load generator that costs the machine little: raw HTTP/1.1 over keep-alive connections, one process, ready-made requests."""

import asyncio
import multiprocessing
import random
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

HEAD = (
    "POST /v1/checkins HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nAccept-Language: id\r\n"
    "Content-Length: {length}\r\n\r\n"
)
STORED = b'"status":"stored"'


@dataclass(frozen=True, slots=True)
class Load:
    """What a run did: answers, check-ins acknowledged as stored, seconds, and each answer's latency in seconds, sorted."""

    answers: int
    stored: int
    seconds: float
    latencies: tuple[float, ...]
    client_cpu_s: float

    def ms(self, share: float) -> float:
        """The latency that this share of the answers did not exceed, in milliseconds."""
        return 1000 * self.latencies[min(len(self.latencies) - 1, int(share * len(self.latencies)))]


def closed_loop(port: int, bodies: list[bytes], connections: int, seconds: float) -> Load:
    """Each connection sends its next request when the last one is answered, for some seconds."""
    return _in_a_process(_closed_loop, port, bodies, connections, seconds)


def open_loop(port: int, bodies: list[bytes], rate: float, seconds: float) -> Load:
    """Requests arrive at random (Poisson), answered or not; latency counts from when each should have left."""
    return _in_a_process(_open_loop, port, bodies, rate, seconds)


class Connection(asyncio.Protocol):
    """One keep-alive connection with at most one request under way."""

    def __init__(self, answered: Callable[["Connection", bytes], None]) -> None:
        self.answered = answered
        self.received = bytearray()
        self.began = 0.0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport

    def connection_lost(self, error: Exception | None) -> None:
        self.received.clear()

    def send(self, body: bytes, began: float) -> None:
        """Send a request whose latency counts from `began`."""
        self.began = began
        self.transport.write(HEAD.format(length=len(body)).encode() + body)

    def data_received(self, data: bytes) -> None:
        self.received += data
        end = self.received.find(b"\r\n\r\n")
        if end < 0:
            return
        head = bytes(self.received[:end]).lower()
        length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        if len(self.received) >= end + 4 + length:
            answer = bytes(self.received[end + 4 : end + 4 + length])
            self.received.clear()
            self.answered(self, answer)


class Tally:
    """What came back so far."""

    def __init__(self) -> None:
        self.stored = 0
        self.latencies: list[float] = []

    def add(self, connection: Connection, answer: bytes) -> None:
        """Count one answer."""
        self.latencies.append(time.perf_counter() - connection.began)
        self.stored += answer.count(STORED)

    def load(self, began: float) -> Load:
        """The whole run, begun at `began`, as measured now."""
        seconds = time.perf_counter() - began
        return Load(len(self.latencies), self.stored, seconds, tuple(sorted(self.latencies)), time.process_time())


async def _closed_loop(port: int, bodies: list[bytes], connections: int, seconds: float) -> Load:
    tally, waiting, left = Tally(), iter(bodies), connections
    done = asyncio.get_running_loop().create_future()
    until = time.perf_counter() + seconds

    def following() -> Iterator[bytes]:
        while time.perf_counter() < until:
            body = next(waiting, None)
            if body is None:
                raise RuntimeError("more ready-made requests are needed")
            yield body

    requests = following()

    def answered(connection: Connection, answer: bytes) -> None:
        nonlocal left
        tally.add(connection, answer)
        body = next(requests, None)
        if body is not None:
            connection.send(body, time.perf_counter())
            return
        left -= 1
        if left == 0:
            done.set_result(None)

    opened = [await _connect(port, answered) for _ in range(connections)]
    began = time.perf_counter()
    for connection in opened:
        connection.send(next(requests), time.perf_counter())
    await asyncio.wait_for(done, seconds + 30)
    return tally.load(began)


async def _open_loop(port: int, bodies: list[bytes], rate: float, seconds: float) -> Load:
    loop = asyncio.get_running_loop()
    tally, chance, backlog = Tally(), random.Random(1), deque[tuple[bytes, float]]()

    def answered(connection: Connection, answer: bytes) -> None:
        tally.add(connection, answer)
        if backlog:
            connection.send(*backlog.popleft())
        else:
            idle.append(connection)

    idle = [await _connect(port, answered) for _ in range(50)]
    began = due = time.perf_counter()
    for body in bodies:
        due += chance.expovariate(rate)
        if due > began + seconds:
            break
        await asyncio.sleep(max(0.0, due - time.perf_counter()))
        if idle:
            idle.pop().send(body, due)
        else:
            backlog.append((body, due))
    while len(idle) < 50:
        await asyncio.sleep(0.01)
        if loop.time() > began + seconds + 60:
            raise RuntimeError("the server does not keep up")
    return tally.load(began)


async def _connect(port: int, answered: Callable[[Connection, bytes], None]) -> Connection:
    _, connection = await asyncio.get_running_loop().create_connection(lambda: Connection(answered), "127.0.0.1", port)
    return connection


def _in_a_process(run: Callable[..., object], *arguments: object) -> Load:
    """The result of a coroutine run in a process of its own, so that the generator is no part of what is measured."""
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(_run, (run, arguments))


def _run(run: Callable[..., object], arguments: tuple[object, ...]) -> object:
    began = time.process_time()
    load = asyncio.run(run(*arguments))
    return Load(load.answers, load.stored, load.seconds, load.latencies, time.process_time() - began)
