"""Whose turn it is to write for a job: the lease that every transaction of a run takes anew."""

from collections.abc import Callable

from app.db import Session
from app.jobs import store
from app.jobs.store import Begun

Goes = Callable[[], bool]


class Stopped(Exception):
    """Told to stop, or overtaken by somebody who began the slot anew: what is left of it is his."""


def always() -> bool:
    """Go on."""
    return True


def have_turn(session: Session, job: str, begun: Begun | None, is_shared: bool = False) -> None:
    """Wait until nobody else writes for the job, or nobody but those who share the same step with us.

    Leadership may be lost and not yet noticed, and any machine may stand still between asking and writing; the attempt may not.

    Raises: Stopped when a later attempt at the slot has begun.
    """
    store.lock_job(session, job, is_shared)
    if begun is not None and not store.is_newest(session, begun):
        raise Stopped
