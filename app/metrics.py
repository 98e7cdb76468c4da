"""What the program counts while it works: never a person, never a place, and no label that can grow without end."""

import os
from collections.abc import Sequence
from functools import cache
from typing import TypeVar

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, disable_created_metrics, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

__all__ = ["CONTENT_TYPE_LATEST", "count_checkin", "count_refusal", "count_request", "exposed", "replays", "retries"]

Counted = TypeVar("Counted", Counter, Histogram)

# A method is whatever the client writes, so others share one label.
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})

# From a quick read to the five seconds after which the database gives up.
BUCKETS_S = (0.002, 0.005, 0.01, 0.02, 0.04, 0.06, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)

disable_created_metrics()  # type: ignore[no-untyped-call]

requests = Histogram(
    "tapak_http_request_seconds",
    "Requests answered, and how long that took.",
    ["route", "method", "status"],
    buckets=BUCKETS_S,
    registry=None,
)
checkins = Counter("tapak_checkins", "Check-ins kept, by verdict.", ["verdict"], registry=None)
refusals = Counter("tapak_checkin_refusals", "Check-ins refused, by problem code.", ["code"], registry=None)
retries = Counter("tapak_checkin_retries", "Check-ins to be sent again because of an unexpected error.", registry=None)
replays = Counter("tapak_checkin_replays", "Check-ins answered once more with their first answer.", registry=None)


def count_request(route: str | None, method: str, status: int, took_s: float) -> None:
    """Count an answered request; one that met no route has no other label."""
    _labelled(requests, route or "unknown", method if method in METHODS else "other", status).observe(took_s)


def count_checkin(verdict: str) -> None:
    """Count a check-in that was kept."""
    _labelled(checkins, verdict).inc()


def count_refusal(code: str) -> None:
    """Count a check-in that was refused."""
    _labelled(refusals, code).inc()


@cache
def _labelled(metric: Counted, *labels: object) -> Counted:
    """The metric with its labels, remembered because the library takes longer to find it than to count."""
    return metric.labels(*labels)


def exposed(more: Sequence[Collector]) -> bytes:
    """Everything counted by all processes that serve the same web, and `more`, as Prometheus reads it."""
    registry = CollectorRegistry()
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:  # gunicorn.conf.py says so before this module is read
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    else:
        for counted in (requests, checkins, refusals, retries, replays):
            registry.register(counted)
    for collector in more:
        registry.register(collector)
    return generate_latest(registry)
