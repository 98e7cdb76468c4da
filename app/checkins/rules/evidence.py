"""What a verdict rests on beside the report, as it is kept: enough to judge again, without a position, an outline or a secret."""

import json
from collections.abc import Mapping, Set
from dataclasses import dataclass, fields, replace
from datetime import datetime
from math import nan
from operator import attrgetter
from typing import Any

import msgspec

from app.checkins.rules.context import Context
from app.checkins.rules.place import Measured
from app.checkins.rules.report import Earlier
from app.geo import Point

# Written as null, which nothing reads as a position: the position of the check-in before is kept with that one, and goes with it.
NOWHERE = Point(nan, nan)

# What of a site is kept elsewhere, or nowhere.
HIDDEN = {"geometry": None, "door_secret": None}

ENCODER = msgspec.json.Encoder()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the judge knew: when the report arrived, since when its key was enrolled, the doors whose code it held, the context."""

    received_at: datetime
    enrolled_at: datetime
    doors: Set[str]
    context: Context


KINDS = {kind: tuple(member.name for member in fields(kind)) for kind in (Evidence, Context, Measured, Earlier)}
MEMBERS = {kind: (names, attrgetter(*names)) for kind, names in KINDS.items()}


def written(evidence: Evidence) -> str:
    """The evidence as it is kept: JSON; numbers keep every digit.

    Source: docs/decisions.md "verdicts can be made again".
    """
    shown = _members(evidence)
    shown["context"] = known = _members(evidence.context)
    known["candidates"] = [_members(site) | HIDDEN for site in evidence.context.candidates]
    if evidence.context.earlier is not None:
        known["earlier"] = _members(evidence.context.earlier) | {"point": NOWHERE}
    return ENCODER.encode(shown).decode()


def _members(known: Evidence | Context | Measured | Earlier) -> dict[str, Any]:
    """The members by name, in their order: a third of the time that a copy with other members takes."""
    names, members_of = MEMBERS[type(known)]
    return dict(zip(names, members_of(known), strict=True))


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
