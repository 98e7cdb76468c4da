"""The check-ins of one phone in their order, as the protocol's vectors have them."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from app import jws
from app.phone.clocks import Anchor
from tests.phone import example
from tests.phone.example import ANCHORED_AT, OTHERS, Chain, altered

ON_TIME, PAUSE = timedelta(milliseconds=650), timedelta(minutes=3)


def reports(chain: Chain, keys: jws.Keyring) -> Iterator[tuple[str, dict[str, Any] | str, datetime]]:
    """Name, payload (or its very text) and arrival of each check-in."""
    good = example.anchor(keys)
    at = ANCHORED_AT + timedelta(seconds=149, milliseconds=250)

    def made(anchor: Anchor | None = good, direction: str = "in", platform: str = "android", **changes: Any) -> dict[str, Any]:
        return chain.payload(at, direction, anchor, [example.fix(chain.link.seq, **changes)], platform)

    bare = {name: value for name, value in example.fix(0).items() if name in ("lat", "lon", "accuracy_m", "age_ms")}
    yield "nothing that may be left out, and no anchor", chain.payload(at, "in", None, [bare]), at + ON_TIME

    at += PAUSE
    older = example.fix(chain.link.seq, accuracy_m=24.5, age_ms=4000)
    best = example.fix(chain.link.seq, altitude_m=38.2, speed_mps=0.4, bearing_deg=211.5)
    yield "everything there is", {**chain.payload(at, "in", good, [older, best]), "code": "ayk hzg-mf"}, at + ON_TIME

    at += PAUSE
    yield "letters beyond ASCII, as UTF-8", {**made(provider="satelit Ω"), "app": "Présensi Bali ✓/2.1 😀"}, at + ON_TIME

    at += PAUSE
    spelled = json.dumps(dict(reversed({**made(), "app": "Présensi ✓ 😀"}.items())), indent=1)
    yield "the same letters escaped, members in another order, spaces: any JSON will do", spelled, at + ON_TIME

    at += PAUSE
    indoors = made(platform="ios", accuracy_m=65, provider=None, is_mock=None, speed_mps=-1, bearing_deg=-1)
    yield "indoors on iOS: speed and bearing unknown, null for what is not there", indoors, at + ON_TIME

    at += PAUSE
    yield "a wall clock that is a day slow", {**made(), "claimed_at": "2026-11-24T07:00:00.000+08:00"}, at + ON_TIME

    at += PAUSE
    yield "a fix that is older than a minute", made(age_ms=60_001), at + ON_TIME

    for name, anchor in (
        ("an altered anchor", altered(good.signed)),
        ("an anchor of another server", example.foreign().signed),
        ("an anchor of another kind", example.anchor(keys, typ="x").signed),
        ("an anchor from after the arrival", example.anchor(keys, at + timedelta(hours=1)).signed),
        ("an anchor made for another phone", example.anchor(keys, device=OTHERS.id).signed),
        ("an anchor made in another boot", example.anchor(keys, boot="b7c1e0de-2f4a-4d8f-9a53-0c6f1d2e3a4b").signed),
    ):
        at += PAUSE
        yield name, {**made(None), "anchor": anchor, "elapsed_ms": 1000, "boot_id": example.BOOT}, at + ON_TIME

    at += PAUSE
    yield "an anchor made for nobody in particular", made(example.anchor(keys, device=None, boot=None)), at + ON_TIME

    at += PAUSE
    yield "more counted than can have passed", {**made(), "elapsed_ms": 90_000_000}, at + ON_TIME

    at += PAUSE
    yield "one number left out", {**made(), "seq": chain.link.seq + 2}, at + ON_TIME

    at = datetime(2026, 11, 25, 8, 1, tzinfo=UTC)
    yield "sent a day after it was made", made(direction="out"), at + timedelta(days=1)

    at = datetime(2026, 11, 27, 8, 1, tzinfo=UTC)
    yield "a kilometre away, sent nine days later", made(direction="out", lat=example.OFFICE[0] + 0.01), at + timedelta(days=9)
