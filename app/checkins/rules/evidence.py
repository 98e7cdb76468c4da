"""What a verdict rests on beside the report, as it is kept: enough to judge again, without a position, an outline or a secret."""

import json
from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from datetime import datetime
from math import nan
from typing import Any

import msgspec

from app.checkins.rules.context import Context
from app.checkins.rules.place import Measured
from app.geo import Point

# Written as null, which nothing reads as a position: the position of the check-in before is kept with that one, and goes with it.
NOWHERE = Point(nan, nan)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the judge knew: when the report arrived, since when its key was enrolled, the doors whose code it held, the context."""

    received_at: datetime
    enrolled_at: datetime
    doors: Set[str]
    context: Context


def written(evidence: Evidence) -> str:
    """The evidence as it is kept: JSON; numbers keep every digit.

    Source: docs/decisions.md "verdicts can be made again".
    """
    context = evidence.context
    bare = replace(
        context,
        candidates=[
            Measured(site.site_code, site.site_name, site.version_id, site.signed_distance_m, only_under=site.only_under)
            for site in context.candidates
        ],
        earlier=context.earlier and replace(context.earlier, point=NOWHERE),
    )
    shown = Evidence(evidence.received_at, evidence.enrolled_at, evidence.doors, bare)
    return msgspec.json.encode(shown).decode()


def reread(words: str, outlines: Mapping[int, Mapping[str, Any]], earlier_at: Point | None) -> Evidence:
    """The evidence as the judge had it, with the outlines by version, and the position of the check-in before, put back.

    Raises: ValueError when it is not evidence, or the position that belongs in it is missing.

    Source: docs/decisions.md "verdicts can be made again".
    """
    known = json.loads(words)
    if known["context"]["earlier"] and earlier_at:
        known["context"]["earlier"]["point"] = {"lat": earlier_at.lat, "lon": earlier_at.lon}
    evidence = msgspec.convert(known, Evidence)
    drawn = [replace(site, geometry=outlines.get(site.version_id)) for site in evidence.context.candidates]
    return replace(evidence, context=replace(evidence.context, candidates=drawn))
