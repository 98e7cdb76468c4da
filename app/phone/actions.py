"""What a person does with the phone: enrol it, check in, look at the day. Sending is in `delivery`."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import urlencode
from uuid import UUID, uuid4

from app import jws
from app.phone import clocks
from app.phone.clocks import Anchor
from app.phone.delivery import learn_keys
from app.phone.folder import Folder
from app.phone.report import Draft, id_at, payload_of, signed
from app.phone.wire import NoAnswer, NotNow, Refused, Server


class NotEnrolled(Exception):
    """This folder holds no enrolled phone."""


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
    device = _signed_in(folder, server, partial(server.post, "/v1/devices", body))
    kept = {"nip": nip, "platform": platform, "server": server.address, "installation_id": known["installation_id"]}
    folder.keep("device", kept | {"id": device["id"], "status": device["status"]})
    learn_keys(folder, server)
    take_anchor(folder, server)
    return {**device, "nip": nip}


def take_anchor(folder: Folder, server: Server) -> None:
    """Ask for the signed time, for this phone and boot, and keep it with the monotonic clock's reading.

    Raises: NotEnrolled; NoAnswer, also for an answer too long on its way to be counted from, or without a time; Refused, NotNow.
    """
    asked = clocks.read()
    names = urlencode({"device": enrolled(folder)["id"], "boot": asked.boot_id})
    answer = server.get(f"/v1/time?{names}")
    arrived = clocks.read()
    if not clocks.is_prompt(asked, arrived):
        raise NoAnswer("the time came too late")
    try:
        anchor = Anchor(str(answer["anchor"]), datetime.fromisoformat(answer["now"]), arrived)
    except (KeyError, TypeError, ValueError) as error:
        raise NoAnswer("no time in the answer") from error
    folder.keep_anchor(anchor)


def freshen_anchor(folder: Folder, server: Server) -> None:
    """Take a new anchor if the one there is old or was lost to a reboot; without network the old one serves."""
    now = clocks.read()
    anchor = folder.anchor(now)
    if anchor is None or not anchor.is_fresh(now):
        try:
            take_anchor(folder, server)
        except (NoAnswer, NotNow, Refused):
            return


def check_in(
    folder: Folder, direction: str, fixes: Sequence[Mapping[str, Any]], claimed_at: datetime, code: str | None = None
) -> UUID:
    """The id of a check-in that is signed and safe on disk; nothing is sent yet.

    Its id takes the time from the anchor where there is one: a wall clock that is fast would make an id that is refused.

    Raises: NotEnrolled.
    """
    device = enrolled(folder)
    now = clocks.read()
    anchor = folder.anchor(now)
    id = id_at((anchor and anchor.time_at(now)) or claimed_at)
    draft = Draft(id, device["nip"], direction, fixes, claimed_at, device["platform"], code)
    folder.enqueue(lambda link: signed(folder.key(), payload_of(draft, link, anchor, now)))
    return id


def today(folder: Folder, server: Server) -> Mapping[str, Any]:
    """The running workday as the server sees it.

    Raises: NotEnrolled, Refused, NoAnswer, NotNow.
    """
    found: Mapping[str, Any] = _signed_in(folder, server, partial(server.get, "/v1/me/today"))
    return found


def disown(folder: Folder, server: Server, device_id: str) -> None:
    """Say that a phone that wants to take this one's place is not one's own; this one goes on.

    Raises: NotEnrolled, Refused, NoAnswer, NotNow.
    """
    _signed_in(folder, server, partial(server.delete, f"/v1/devices/{device_id}"))


def enrolled(folder: Folder) -> dict[str, Any]:
    """The phone as it was enrolled.

    Raises: NotEnrolled.
    """
    device = folder.find("device")
    if device is None:
        raise NotEnrolled
    return device


def _signed_in(folder: Folder, server: Server, ask: Callable[[str], Any]) -> Any:
    """What a request answers that is made with an access token; one that ran out is replaced once."""
    tokens = _tokens(folder)
    try:
        return ask(tokens["access_token"])
    except Refused as refusal:
        if refusal.status != 401:
            raise
    return ask(_renewed(folder, server, tokens)["access_token"])


def _renewed(folder: Folder, server: Server, spent: Mapping[str, str]) -> Mapping[str, str]:
    """Tokens that replace the spent ones, by one command at a time: showing a spent refresh token ends the sign-in."""
    with folder.alone("tokens"):
        tokens = _tokens(folder)
        if tokens == spent:
            tokens = server.post("/v1/auth/refresh", token=tokens["refresh_token"])
            folder.keep("tokens", tokens)
        return tokens


def _tokens(folder: Folder) -> Mapping[str, str]:
    tokens = folder.find("tokens")
    if tokens is None:
        raise NotEnrolled
    return tokens
