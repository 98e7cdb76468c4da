"""The faults: what each breaks, blow by blow, while the load goes on."""

import asyncio
import contextlib
import os
import random
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import psycopg2

from bench.faults.clients import Line
from bench.faults.proxy import Mode, Proxy
from bench.faults.stand import Stand, children_of

# Longer than the web waits for its database on the stand.
FREEZE_S = 3.5
MODE_S = 1.2
STORM = 400

Blow = Callable[[Stand, int, random.Random], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Fault:
    """One way in which things break: its name in the list of promises, what it is, one blow of it."""

    name: str
    words: str
    blow: Blow


async def kill_web(stand: Stand, number: int, chance: random.Random) -> None:
    """Kill one of gunicorn's workers; every fourth time its arbiter, which then is started again."""
    if number % 4 != 3:
        with contextlib.suppress(ProcessLookupError, IndexError):
            os.kill(chance.choice(stand.workers()), signal.SIGKILL)
        return
    assert stand.web is not None
    stand.web.kill()
    stand.web.wait()
    stand.start_web()
    await asyncio.to_thread(stand.wait_ready)


async def kill_database(stand: Stand, number: int, chance: random.Random) -> None:
    """Kill the postmaster, stop it in the immediate way, or kill one backend, after which PostgreSQL recovers by itself."""
    if number % 3 == 2:
        os.kill(chance.choice(children_of(stand.postmaster())), signal.SIGKILL)
        return
    # SIGQUIT is what `pg_ctl stop -m immediate` sends.
    postmaster = stand.postmaster()
    os.kill(postmaster, (signal.SIGKILL, signal.SIGQUIT)[number % 3])
    await asyncio.to_thread(stand.start_database, postmaster)


async def cut_database(stand: Stand, number: int, chance: random.Random) -> None:
    """Cut the way to the database: above all between what commits a check-in and the word that it is done."""
    await _hurt(stand.back, (Mode.LOSE_ANSWER, Mode.LOSE_REQUEST, Mode.LIMIT, Mode.SILENT)[number % 4])


async def cut_clients(stand: Stand, number: int, chance: random.Random) -> None:
    """Cut the way to the clients: above all between a request that was read and its answer."""
    await _hurt(stand.front, (Mode.LOSE_ANSWER, Mode.LIMIT, Mode.LOSE_REQUEST)[number % 3])


async def _hurt(proxy: Proxy, mode: Mode) -> None:
    """Let the proxy be in that mode for a while, and until it has struck."""
    struck = proxy.hurt[mode]
    proxy.mode = mode
    await asyncio.sleep(FREEZE_S if mode is Mode.SILENT else MODE_S)
    for _ in range(300):
        if proxy.hurt[mode] > struck:
            break
        await asyncio.sleep(0.1)
    proxy.mode = Mode.PASS
    if mode is Mode.LIMIT:
        proxy.reset_all()


async def freeze(stand: Stand, number: int, chance: random.Random) -> None:
    """Stop every process of the database, or one of the web's workers, in the middle of what it does; then let it go on."""
    frozen = [stand.postmaster(), *children_of(stand.postmaster())] if number % 2 == 0 else [chance.choice(stand.workers())]
    for pid in frozen:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
    await asyncio.sleep(FREEZE_S)
    for pid in frozen:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


async def storm(stand: Stand, number: int, chance: random.Random) -> None:
    """Far more clients than threads at once; or somebody takes every connection the database has."""
    if number % 2 == 0:
        await asyncio.gather(*(_ask(stand.front.port) for _ in range(STORM)))
        return
    taken = await asyncio.to_thread(_take_connections, stand)
    await asyncio.sleep(MODE_S)
    for connection in taken:
        connection.close()


async def _ask(port: int) -> None:
    line = Line(port)
    status, _ = await line.get("/readyz")
    line.close()
    if status not in (200, 503, None):
        raise RuntimeError(f"a storm was answered with status {status}")


def _take_connections(stand: Stand) -> list[psycopg2.extensions.connection]:
    """All connections the database still had, after the web has lost its own."""
    stand.back.reset_all()
    taken = []
    with contextlib.suppress(psycopg2.OperationalError):
        while True:
            taken.append(psycopg2.connect(stand.cluster.url().replace("+psycopg2", "")))
    return taken


FAULTS = (
    Fault("F1", "kill -9 of web workers and of their arbiter", kill_web),
    Fault("F2", "kill -9 of PostgreSQL, immediate stops, a killed backend", kill_database),
    Fault("F3", "web and database cut from each other", cut_database),
    Fault("F4", "clients and web cut from each other", cut_clients),
    Fault("F7", "database or worker frozen", freeze),
    Fault("F8", "a storm of clients; no database connection left", storm),
)
