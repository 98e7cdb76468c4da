"""What a person does with the phone: enrol it, check in, send what waits, look at the day."""

import random
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from uuid_utils.compat import uuid7

from app import jws
from app.phone import clocks
from app.phone.clocks import Anchor
from app.phone.folder import Folder, Queued
from app.phone.receipt import is_proof, key_named_in
from app.phone.report import Draft, payload_of, signed
from app.phone.wire import NoAnswer, NotNow, Refused, Server

MOST_AT_ONCE = 100
LASTING = ("stored", "refused")
LONGEST_WAIT_S = 60.0


class NotEnrolled(Exception):
    """This folder holds no enrolled phone."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What the server said about one check-in; `is_proven` when a verified receipt stands behind a stored one."""

    queued: Queued
    item: Mapping[str, Any]
    is_proven: bool

    @property
    def lasts(self) -> bool:
        """Whether the phone may forget the report: refused, or stored and proven."""
        return self.item["status"] == "refused" or (self.item["status"] == "stored" and self.is_proven)


def sign_in(folder: Folder, server: Server, nip: str, password: str) -> None:
    """Sign in with a password and keep the tokens.

    Raises: Refused, NoAnswer, NotNow.
    """
    folder.keep("tokens", server.post("/v1/auth/login", {"nip": nip, "password": password}))


def activate(folder: Folder, server: Server, nip: str, code: str, password: str) -> None:
    """Sign in for the first time with a one-time code, choosing a password.

    Raises: Refused, NoAnswer, NotNow.
    """
    folder.keep("tokens", server.post("/v1/auth/activate", {"nip": nip, "code": code, "password": password}))


def enrol(folder: Folder, server: Server, nip: str, name: str, platform: str) -> Mapping[str, Any]:
    """The device as the server knows it now. Doing it again with the same folder is the same phone.

    Raises: NotEnrolled when nobody is signed in, Refused, NoAnswer, NotNow.
    """
    known = folder.find("device") or {"installation_id": str(uuid4())}
    jwk = jws.jwk_of(folder.key().public_key())
    body = {"jwk": jwk, "name": name, "platform": platform, "installation_id": known["installation_id"]}
    device = _signed_in(folder, server, "/v1/devices", body)
    kept = {"nip": nip, "platform": platform, "server": server.address, "installation_id": known["installation_id"]}
    folder.keep("device", kept | {"id": device["id"], "status": device["status"]})
    folder.keep("keys", server.get("/.well-known/jwks.json"))
    take_anchor(folder, server)
    return {**device, "nip": nip}


def take_anchor(folder: Folder, server: Server) -> None:
    """Ask for the signed time and keep it with the monotonic clock's reading.

    Raises: Refused, NoAnswer, NotNow.
    """
    answer = server.get("/v1/time")
    folder.keep_anchor(Anchor(answer["anchor"], clocks.read()))


def freshen_anchor(folder: Folder, server: Server) -> None:
    """Take a new anchor if the one there is old or was lost to a reboot; without network the old one serves."""
    now = clocks.read()
    anchor = folder.anchor(now)
    if anchor is None or not anchor.is_fresh(now):
        try:
            take_anchor(folder, server)
        except (NoAnswer, NotNow, Refused):
            return


def check_in(folder: Folder, direction: str, fixes: Sequence[Mapping[str, Any]], claimed_at: datetime) -> UUID:
    """The id of a check-in that is signed and safe on disk; nothing is sent yet.

    Raises: NotEnrolled.
    """
    device = enrolled(folder)
    id = UUID(int=uuid7().int)
    now, link = clocks.read(), folder.link()
    draft = Draft(id, device["nip"], direction, fixes, claimed_at, device["platform"])
    folder.enqueue(link.seq + 1, signed(folder.key(), payload_of(draft, link, folder.anchor(now), now)))
    return id


def send(folder: Folder, server: Server) -> list[Sent]:
    """What the server says about the oldest hundred check-ins that wait; those with a lasting answer wait no more.

    Raises: NoAnswer, NotNow, Refused: then all of them still wait.
    """
    waiting = folder.queue()[:MOST_AT_ONCE]
    if not waiting:
        return []
    answer = server.post("/v1/checkins", {"checkins": [queued.compact for queued in waiting]})
    items = answer["results"]
    if len(items) != len(waiting):
        raise NoAnswer("not one result for each check-in")
    keys = _keys(folder, server, items)
    sent = [Sent(queued, item, is_proof(item, queued.compact, keys)) for queued, item in zip(waiting, items, strict=True)]
    for said in sent:
        if said.lasts:
            folder.settle(said.queued, dict(said.item))
    return sent


def sync(folder: Folder, server: Server, attempts: int) -> list[Sent]:
    """What the server said about everything that waits, asking again after a growing, random pause while it cannot answer.

    Raises: NoAnswer, NotNow, Refused after the last attempt.
    """
    said: list[Sent] = []
    failures = 0
    while folder.queue():
        try:
            sent = send(folder, server)
        except (NoAnswer, NotNow) as silence:
            failures += 1
            if failures >= attempts:
                raise
            time.sleep(pause_s(failures, getattr(silence, "wait_s", 0.0), random.random()))
            continue
        said += sent
        if not any(item.lasts for item in sent):
            break
    return said


def pause_s(failures: int, asked_s: float, chance: float) -> float:
    """How long to wait after that many failures in a row: never less than the server asks, and no two phones alike.

    Source: "Exponential Backoff And Jitter", AWS Architecture Blog, 2015 (full jitter).
    """
    return asked_s + chance * min(LONGEST_WAIT_S, 2.0**failures)


def today(folder: Folder, server: Server) -> Mapping[str, Any]:
    """The running workday as the server sees it.

    Raises: NotEnrolled, Refused, NoAnswer, NotNow.
    """
    found: Mapping[str, Any] = _signed_in(folder, server, "/v1/me/today")
    return found


def enrolled(folder: Folder) -> dict[str, Any]:
    """The phone as it was enrolled.

    Raises: NotEnrolled.
    """
    device = folder.find("device")
    if device is None:
        raise NotEnrolled
    return device


def _signed_in(folder: Folder, server: Server, path: str, body: Mapping[str, Any] | None = None) -> Any:
    """The answer to a signed-in request; an access token that ran out is replaced once."""
    tokens = folder.find("tokens")
    if tokens is None:
        raise NotEnrolled
    try:
        return _ask(server, path, body, tokens["access_token"])
    except Refused as refusal:
        if refusal.status != 401:
            raise
    tokens = server.post("/v1/auth/refresh", token=tokens["refresh_token"])
    folder.keep("tokens", tokens)
    return _ask(server, path, body, tokens["access_token"])


def _ask(server: Server, path: str, body: Mapping[str, Any] | None, token: str) -> Any:
    return server.get(path, token) if body is None else server.post(path, body, token)


def _keys(folder: Folder, server: Server, items: Sequence[Mapping[str, Any]]) -> Sequence[jws.Jwk]:
    """The server's keys as first met at enrolment, asked for again only when a receipt names another: keys rotate."""
    keys: list[jws.Jwk] = (folder.find("keys") or {"keys": []})["keys"]
    known = {key["kid"] for key in keys}
    if {key_named_in(item) for item in items} - {None} <= known:
        return keys
    fresh = server.get("/.well-known/jwks.json")
    # Those known stay as they were: a new key may be added, an old one never replaced.
    keys = keys + [key for key in fresh["keys"] if key["kid"] not in known]
    folder.keep("keys", {"keys": keys})
    return keys
