"""Sending what waits: in batches, the same bytes again until the answer lasts, with pauses that spread the phones out."""

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any

from app import jws
from app.phone.folder import Folder, Queued
from app.phone.receipt import is_proof, key_named_in
from app.phone.report import id_of
from app.phone.wire import Choked, NoAnswer, NotNow, Refused, Server

MOST_AT_ONCE = 100
LONGEST_PAUSE_S = 60.0
# A server that asks for more than this is believed this much: nobody's check-ins wait for a slip of a keyboard.
LONGEST_ASKED_S = 900.0
# So many requests in a row at which the server chokes are not the fault of the reports in them. Halving a hundred takes seven.
MOST_CHOKED = 16


@dataclass(frozen=True, slots=True)
class Sent:
    """What the server said about one check-in; `is_proven` when a verified receipt stands behind a stored one."""

    queued: Queued
    item: Mapping[str, Any]
    is_proven: bool

    @property
    def lasts(self) -> bool:
        """Whether the phone may forget the report: stored and proven, or refused, also for good."""
        status = self.item["status"]
        return status == "refused" or (status == "stored" and self.is_proven)


def sync(
    folder: Folder,
    server: Server,
    attempts: int,
    chance: random.Random | None = None,
    wait: Callable[[float], object] = time.sleep,
) -> Iterator[Sent]:
    """What the server says about everything that waits, as it comes: each lasting answer once, and after the last attempt
    those that do not last. While anything waits it is sent again after a growing, random pause; `chance` draws it.

    Raises: Refused at once; NoAnswer, NotNow after the last attempt: what was not yielded as lasting still waits.
    """
    chance = chance or random.Random()
    for attempt in count(1):
        open_items: list[Sent] = []
        silence: NoAnswer | NotNow | None = None
        try:
            for sent in _round(folder, server):
                if sent.lasts:
                    yield sent
                else:
                    open_items.append(sent)
        except (NoAnswer, NotNow) as error:
            silence = error
        if not (open_items or silence):
            return
        if attempt >= attempts:
            yield from open_items
            if silence:
                raise silence
            return
        wait(pause_s(attempt, getattr(silence, "wait_s", 0.0), chance.random()))


def pause_s(failures: int, asked_s: float, chance: float) -> float:
    """How long to wait after that many failures in a row: no less than the server asks, no two phones alike, bounded.

    Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015 (full jitter).
    """
    return min(asked_s, LONGEST_ASKED_S) + chance * min(LONGEST_PAUSE_S, 2.0 ** min(failures, 30))


def _round(folder: Folder, server: Server) -> Iterator[Sent]:
    """Everything that waits, sent once, oldest first. One item that must wait does not hold up those behind it."""
    last = -1
    while True:
        with folder.alone("delivery"):
            batch = [queued for queued in folder.queue() if queued.seq > last][:MOST_AT_ONCE]
            if not batch:
                return
            sent, silence = _sent(folder, server, batch)
        yield from sent
        if silence:
            raise silence
        last = batch[-1].seq


def _sent(folder: Folder, server: Server, batch: Sequence[Queued]) -> tuple[list[Sent], NoAnswer | NotNow | Refused | None]:
    """The answers about a batch, and what kept the rest from being answered, if anything did.

    Where the server chokes on a request, its halves are sent, and their halves: the one report that it chokes on waits, and the
    others do not wait for it.
    """
    sent: list[Sent] = []
    choked, parts = 0, [batch]
    while parts:
        part = parts.pop()
        try:
            sent += _send(folder, server, part)
            choked = 0
        except Choked as error:
            choked += 1
            if choked == MOST_CHOKED or len(batch) == 1:
                return sent, error
            if len(part) > 1:
                middle = len(part) // 2
                parts += [part[middle:], part[:middle]]
            else:
                sent.append(
                    Sent(part[0], {"id": id_of(part[0].compact), "status": "retry", "problem": {"detail": str(error)}}, False)
                )
        except (NoAnswer, NotNow, Refused) as error:
            return sent, error
    return sent, None


def _send(folder: Folder, server: Server, batch: Sequence[Queued]) -> list[Sent]:
    """The answers to one request. Those that last are kept and their reports forgotten before anybody hears of them."""
    answer = server.post("/v1/checkins", {"checkins": [queued.compact for queued in batch]})
    items = _items(answer, batch)
    keys = _keys(folder, server, items)
    sent = [Sent(queued, item, is_proof(item, queued.compact, keys)) for queued, item in zip(batch, items, strict=True)]
    for said in sent:
        if said.lasts:
            folder.settle(said.queued, said.item)
    return sent


def _items(answer: Any, batch: Sequence[Queued]) -> Sequence[Mapping[str, Any]]:
    """One result for each check-in.

    Raises: NoAnswer when it is anything else: a hotel's sign-in page also answers 200.
    """
    items = answer.get("results") if isinstance(answer, dict) else None
    if not isinstance(items, list) or len(items) != len(batch):
        raise NoAnswer("not one result for each check-in")
    for item, queued in zip(items, batch, strict=True):
        if not isinstance(item, dict) or item.get("status") not in ("stored", "refused", "retry"):
            raise NoAnswer("a result without a status")
        if item.get("id") not in (None, id_of(queued.compact)):
            raise NoAnswer("a result about another check-in")
    return items


def _keys(folder: Folder, server: Server, items: Sequence[Mapping[str, Any]]) -> Sequence[jws.Jwk]:
    """The server's keys as first met, asked for again only when a receipt names another: keys rotate."""
    keys = folder.keys()
    if {key_named_in(item) for item in items} - {None} <= {key["kid"] for key in keys}:
        return keys
    return learn_keys(folder, server)


def learn_keys(folder: Folder, server: Server) -> Sequence[jws.Jwk]:
    """The server's keys, those met now added: a key named later is believed, one known by name is never replaced.

    Raises: NoAnswer, NotNow, Refused.
    """
    known = folder.keys()
    names = {key["kid"] for key in known}
    keys = [*known, *(key for key in server.get("/.well-known/jwks.json")["keys"] if key["kid"] not in names)]
    folder.keep("keys", {"keys": keys})
    return keys
