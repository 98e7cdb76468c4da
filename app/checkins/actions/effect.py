"""What another outline of a site would have changed: looked at before it is kept."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import shapely

from app import errors, jws
from app.access import Actor
from app.checkins import store
from app.checkins.rules.effect import Change, Outcomes, changes_of, judged_twice, may_differ
from app.checkins.rules.evidence import reread
from app.checkins.rules.place import Outcome
from app.checkins.rules.signed import opened
from app.checkins.rules.timing import ANCHOR_TYPE, Anchor, anchor_of
from app.db import Session
from app.geofences import actions as geofences

LOOKS_BACK = timedelta(days=30)
# The newest ones of a site that more people use: up to a millisecond each where the outline matters.
MOST = 5_000


@dataclass(frozen=True, slots=True)
class Effect:
    """How many check-ins were judged with the site since then, by how many people, and what would have become of them.

    `unjudged`: those that cannot be judged again. `is_part`: there are more, older ones, that were not looked at.
    """

    since: datetime
    checkins: int
    people: int
    unjudged: int
    is_part: bool
    changes: Sequence[Change]


def effect_of(session: Session, code: str, geometry: Mapping[str, Any], by: Actor, now: datetime, keyring: jws.Keyring) -> Effect:
    """What the outline would have changed in the last thirty days.

    Raises: NotFound for a site out of scope too, Invalid for an outline that would not be kept.
    """
    site = geofences.get_site_to_draw(session, code, by)
    named = {name: getattr(site, name) for name in ("code", "name", "agency", "units", "zone")}
    drawn = geofences.examined({"type": "Feature", "properties": named, "geometry": geometry}).outline
    outline = shapely.geometry.mapping(drawn)
    since = now - LOOKS_BACK
    found = store.list_at_site(session, site.id, site.code, outline, since, MOST + 1)
    judged = [one for one in found[:MOST] if one.seen is not None]
    after_m = {one.id: one.seen.after_m for one in judged if one.seen and may_differ(one.seen)}
    whose = {one.id: one.person_id for one in judged}
    outcomes, unjudged = list[Outcomes](), sum(one.is_forgotten for one in found[:MOST])
    for checkin_id, twice in _judged(session, site.code, outline, after_m, keyring):
        if twice is None:
            unjudged += 1
        else:
            outcomes.append(Outcomes(whose[checkin_id], *twice))
    return Effect(since, len(judged), len(set(whose.values())), unjudged, len(found) > MOST, changes_of(outcomes))


def _judged(
    session: Session, code: str, outline: Mapping[str, Any], after_m: Mapping[UUID, float], keyring: jws.Keyring
) -> Iterator[tuple[UUID, Any]]:
    """Each check-in with both outcomes, or None where something that it was judged by is gone."""
    outlines: dict[int, Mapping[str, Any]] = {}
    for checkin_id, kept in store.each_kept(session, sorted(after_m)):
        try:
            report = opened(kept.jws)
            versions = {site["version_id"] for site in json.loads(kept.evidence)["context"]["candidates"]}
            outlines |= store.outlines_of(session, sorted(versions - outlines.keys())) if versions - outlines.keys() else {}
            evidence = reread(kept.evidence, outlines, kept.earlier_at)
            anchor, was = _anchor(report.anchor, keyring), (Outcome(kept.verdict), kept.policy)
            yield checkin_id, judged_twice(report, anchor, evidence, was, code, after_m[checkin_id], outline)
        except (errors.Invalid, ValueError, KeyError, TypeError):
            yield checkin_id, None


def _anchor(compact: str | None, keyring: jws.Keyring) -> Anchor | None:
    """The signed time in a report, unless it is none of this server's."""
    try:
        return anchor_of(keyring.opened(compact, ANCHOR_TYPE)) if compact else None
    except jws.Malformed:
        return None
