"""Handing the newest checkpoint to outsiders who asked for it: as soon as it is sealed, and again until it is taken."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
import structlog

from app import errors, webhook
from app.config import setting
from app.db import Session
from app.ledger import store
from app.ledger.rules import instant

LONGEST_PAUSE = timedelta(hours=6)

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Tried:
    """How one delivery went: why it was not taken, if it was not."""

    url: str
    attempts: int
    error: str | None


def deliver(session: Session, now: datetime) -> int:
    """Number of outsiders who took the newest checkpoint now. Nobody who does not answer keeps anything from being sealed.

    A newer checkpoint stands for all before it, so of several that were missed the newest is sent. Everything is sent before
    anything is written: a transaction that has written keeps the sealer waiting.

    Raises: Conflict when there is somebody to tell and no secret to sign with.
    """
    last, targets = store.find_last_sealed(session), targets_of()
    if last is None:
        return 0
    known = store.deliveries_of(session, [target.url for target in targets])
    body = {"type": "ledger.checkpoint", "timestamp": instant(last.sealed_at), "data": {"size": last.size, "checkpoint": last.note}}
    message = webhook.Message(f"checkpoint_{last.size}", orjson.dumps(body))
    tried = []
    for target in targets:
        before = known.get(target.url)
        if before is None or (before.size < last.size and before.due_at <= now):
            tried.append(_try(target, message, before.attempts if before else 0, now))
    for one in tried:
        pause = min(timedelta(minutes=2 ** min(one.attempts, 10)), LONGEST_PAUSE) if one.error else timedelta()
        store.note_delivery(session, one.url, None if one.error else last.size, one.attempts, now + pause, one.error)
    return sum(one.error is None for one in tried)


def targets_of() -> list[webhook.Target]:
    """Everybody the settings name.

    Raises: Conflict without a secret.
    """
    urls = str(setting("checkpoint_webhooks") or "").split()
    secret, private = setting("webhook_secret"), str(setting("webhook_private_hosts") or "").split()
    if urls and not secret:
        raise errors.Conflict("webhook_without_secret")
    return [webhook.Target(url, str(secret), private) for url in urls]


def _try(target: webhook.Target, message: webhook.Message, attempts: int, now: datetime) -> Tried:
    try:
        webhook.send(target, message, now)
    except (webhook.NotDelivered, ValueError) as error:
        log.warning("checkpoint_not_delivered", message=message.id, attempts=attempts + 1, why=str(error))
        return Tried(target.url, attempts + 1, str(error))
    return Tried(target.url, 0, None)
