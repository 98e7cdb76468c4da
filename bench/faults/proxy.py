"""A TCP proxy that hurts: it loses requests, answers, bytes and connections between two programs, as networks do."""

import asyncio
import contextlib
import random
import socket
import struct
from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

# Closing with this set sends RST instead of FIN.
RESET = struct.pack("ii", 1, 0)
CHUNK = 65_536


class Mode(StrEnum):
    """What the proxy does to the connections that pass through it."""

    PASS = "pass"
    LOSE_REQUEST = "lose request"  # reset when the decisive message arrives, without handing it on
    LOSE_ANSWER = "lose answer"  # hand the decisive message on, wait until it is answered, and reset without handing that back
    LIMIT = "limit bytes"  # reset after some bytes of answers
    SILENT = "silent"  # swallow everything and keep the connection: nobody is told that nobody listens


@dataclass(eq=False)
class Proxy:
    """Connections to `target`, a TCP port or a Unix socket, taken on a port of its own.

    `decisive` mark the messages after whose loss the two ends know different things: a COMMIT, a POST.
    """

    target: int | Path
    decisive: tuple[bytes, ...]
    share: float = 0.3
    mode: Mode = Mode.PASS
    hurt: Counter[Mode] = field(default_factory=Counter)
    chance: random.Random = field(default_factory=lambda: random.Random(1))
    port: int = 0
    _open: set["_Pair"] = field(default_factory=set)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    @contextlib.asynccontextmanager
    async def serving(self):
        """The proxy at work, on `port`."""
        server = await asyncio.start_server(self._accept, "127.0.0.1", self.port, backlog=4096)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for task in self._tasks:
                task.cancel()
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def reset_all(self) -> None:
        """Reset every open connection on both sides."""
        for pair in list(self._open):
            pair.reset()

    def strikes(self, mode: Mode) -> bool:
        """Whether the lot falls on this message or connection while the proxy is in that mode."""
        return self.mode is mode and self.chance.random() < self.share

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.get_running_loop().create_task(self._take(reader, writer))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if isinstance(self.target, Path):
                upstream = await asyncio.open_unix_connection(str(self.target))
            else:
                upstream = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            _abort(writer)
            return
        pair = _Pair(self, (reader, writer), upstream)
        self._open.add(pair)
        try:
            await pair.run()
        finally:
            pair.reset()
            self._open.discard(pair)


@dataclass(eq=False)
class _Pair:
    """One connection through the proxy."""

    proxy: Proxy
    client: tuple[asyncio.StreamReader, asyncio.StreamWriter]
    server: tuple[asyncio.StreamReader, asyncio.StreamWriter]
    is_doomed: bool = False
    is_deaf: bool = False
    bytes_left: int | None = None

    async def run(self) -> None:
        pumps = [asyncio.ensure_future(self._up()), asyncio.ensure_future(self._down())]
        await asyncio.wait(pumps, return_when=asyncio.FIRST_COMPLETED)
        for pump in pumps:
            pump.cancel()
        await asyncio.gather(*pumps, return_exceptions=True)
        self.close()

    async def _up(self) -> None:
        """From the client to the server."""
        while data := await self.client[0].read(CHUNK):
            if self._is_silent():
                continue
            if any(mark in data for mark in self.proxy.decisive):
                if self.proxy.strikes(Mode.LOSE_REQUEST):
                    return self._strike(Mode.LOSE_REQUEST)
                self.is_doomed = self.is_doomed or self.proxy.strikes(Mode.LOSE_ANSWER)
                if self.bytes_left is None and self.proxy.strikes(Mode.LIMIT):
                    self.bytes_left = self.proxy.chance.randrange(400)
            self.server[1].write(data)
            await self.server[1].drain()

    async def _down(self) -> None:
        """From the server to the client."""
        while data := await self.server[0].read(CHUNK):
            if self._is_silent():
                continue
            if self.is_doomed:
                return self._strike(Mode.LOSE_ANSWER)
            if self.bytes_left is not None and len(data) >= self.bytes_left:
                self.client[1].write(data[: self.bytes_left])
                await asyncio.sleep(0)
                return self._strike(Mode.LIMIT)
            self.bytes_left = None if self.bytes_left is None else self.bytes_left - len(data)
            self.client[1].write(data)
            await self.client[1].drain()

    def _is_silent(self) -> bool:
        """Whether these bytes are swallowed; a connection that lost some is of no use any more and stays deaf."""
        if self.proxy.mode is Mode.SILENT and not self.is_deaf:
            self.is_deaf = True
            self.proxy.hurt[Mode.SILENT] += 1
        return self.is_deaf

    def _strike(self, mode: Mode) -> None:
        self.proxy.hurt[mode] += 1
        self.reset()

    def reset(self) -> None:
        """Cut both sides off without a word."""
        _abort(self.client[1])
        _abort(self.server[1])

    def close(self) -> None:
        """Close both sides; what was handed on is still delivered."""
        self.client[1].close()
        self.server[1].close()


def _abort(writer: asyncio.StreamWriter) -> None:
    """Close with RST where that exists."""
    connection = writer.get_extra_info("socket")
    if connection is not None and connection.family != socket.AF_UNIX and connection.fileno() >= 0:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    writer.transport.abort()
