"""Keeping sites: examined, versioned, never overwritten; and the codes at their doors."""

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import orjson
import shapely

from app import errors
from app.access import Actor, Role
from app.db import Session
from app.geofences import store
from app.geofences.rules import door_code
from app.geofences.rules.document import Draft, is_site_code
from app.geofences.rules.lint import Lint, is_same_outline, lint, outline_from
from app.ledger import store as ledger
from app.people import store as people

WRITERS = (Role.ADMIN, Role.HR)

# A screen gets its codes this far ahead, so that a restart of the server or a short loss of network is not seen at the door.
# Whoever can read them has the screen's key, with which he could read them later as well.
SHOWN_AHEAD = timedelta(minutes=2)


@dataclass(frozen=True, slots=True)
class Loaded:
    """What became of one feature: the version in force, and whether it was added now."""

    code: str
    version: int
    is_new: bool


def load(session: Session, features: Sequence[object], by: Actor | None, now: datetime) -> list[Loaded]:
    """Each feature as a site's version in force; an outline that did not change makes no new version.

    Without `by` the operator's command line acts. Raises: Invalid naming every problem, NotFound, Conflict.
    """
    return [keep(session, feature, by, now) for feature in features]


def keep(session: Session, feature: object, by: Actor | None, now: datetime) -> Loaded:
    """One feature as a site's version in force.

    Raises: Invalid, NotFound, Conflict.
    """
    found = examined(feature)
    draft, outline = found.draft, found.outline
    assert draft is not None and outline is not None
    agency = people.find_unit(session, draft.agency)
    if agency is None or "." in agency.path or (by is not None and not by.covers(agency.path, *WRITERS)):
        raise errors.NotFound("site_unknown_agency", agency=draft.agency)
    units = {unit.code: unit.id for unit in people.units_in(session, [agency.path])}
    if missing := [code for code in draft.units if code not in units]:
        named = {"agency": draft.agency, "units": ", ".join(missing)}
        raise errors.Invalid("fence_refused", {"/properties/units": ("site_unknown_units", named)})
    store.lock_site(session, draft.code)
    there = store.find_site(session, draft.code)
    if there is not None and there.agency != draft.agency:
        raise errors.Conflict("site_of_another_agency", site=draft.code)
    site_id = store.add_site(session, draft.code, draft.name, agency.id, draft.zone) if there is None else there.id
    are_units_new = store.replace_units(session, site_id, [units[code] for code in draft.units])
    is_described_anew = there is not None and store.describe_site(session, site_id, draft.name, draft.zone)
    if there is not None and is_same_outline(outline_from(there.outline), outline):
        if are_units_new or is_described_anew:
            _note(session, draft, by, now)
        return Loaded(draft.code, there.version, is_new=False)
    geometry = shapely.geometry.mapping(outline)
    version = store.add_version(session, site_id, geometry, now, found.summary, None if by is None else by.person_id)
    _note(session, draft, by, now)
    return Loaded(draft.code, version, is_new=True)


def create(session: Session, feature: Mapping[str, Any], by: Actor, now: datetime) -> Loaded:
    """The new site's first version.

    Raises: Conflict when the code is taken, and what `keep` raises.
    """
    code = feature["properties"]["code"]
    if is_site_code(code):
        store.lock_site(session, code)
        if store.find_site(session, code) is not None:
            raise errors.Conflict("site_exists", site=code)
    return keep(session, feature, by, now)


def get_site_to_edit(session: Session, code: str, by: Actor) -> store.Outlined:
    """The site as it is, and nobody else may write it until the transaction ends: of two edits of one version one is told.

    Raises: NotFound.
    """
    if is_site_code(code):
        store.lock_site(session, code)
    return get_site(session, code, by, None, store.LAST)


def get_site_to_draw(session: Session, code: str, by: Actor) -> store.Outlined:
    """The site as it is, for those who may draw it anew.

    Raises: NotFound.
    """
    found = get_site(session, code, by, None, store.LAST)
    if not by.covers(found.agency_path, *WRITERS):
        raise errors.NotFound("unknown_site")
    return found


def examined(feature: object) -> Lint:
    """The lint of a feature that may be kept.

    Raises: Invalid with each refusal at its place.
    """
    found = lint(feature)
    if found.refusals:
        raise errors.Invalid("fence_refused", {problem.pointer: (problem.code, problem.params) for problem in found.refusals})
    return found


def get_site(session: Session, code: str, actor: Actor, agency_path: str | None, at: datetime) -> store.Outlined:
    """The site of that code, for those who work in its agency or hold a role over it.

    Raises: NotFound, the same for a site out of scope and one that does not exist.
    """
    found = store.find_site(session, code, at) if is_site_code(code) else None
    if found is None or found.agency_path not in agencies_of(actor, agency_path):
        raise errors.NotFound("unknown_site")
    return found


def agencies_of(actor: Actor, agency_path: str | None) -> list[str]:
    """Paths of the agencies whose sites the actor may read: his own and those he holds a role in."""
    held = {path.partition(".")[0] for path in actor.paths(*Role)}
    return sorted(held | ({agency_path} if agency_path else set()))


@dataclass(frozen=True, slots=True)
class Screen:
    """The screen of a site's door: `key` opens it."""

    site: str
    since: datetime
    key: str = field(repr=False)

    @property
    def path(self) -> str:
        """The path of its page, with the key where browsers keep it to themselves."""
        return f"/v1/sites/{self.site}/screen#{self.key}"


@dataclass(frozen=True, slots=True)
class Shown:
    """What a screen shows for the next minutes: each code with the instant it begins."""

    site_code: str
    site_name: str
    zone: str
    codes: Sequence[tuple[str, datetime]]


def renew_door_code(session: Session, code: str, by: Actor | None, now: datetime) -> Screen:
    """The screen of the site's new door code; the one before, its codes and its link, ends.

    Raises: NotFound.
    """
    site = _lock_site_of(session, code, by)
    secret = secrets.token_bytes(door_code.SECRET_BYTES)
    since = store.add_door_code(session, site.id, secret, now, None if by is None else by.person_id)
    _note_door_code(session, code, secret, by, since)
    return Screen(code, since, door_code.screen_key(secret, code))


def end_door_code(session: Session, code: str, by: Actor | None, now: datetime) -> None:
    """From now on the site has no door code.

    Raises: NotFound.
    """
    site = _lock_site_of(session, code, by)
    if store.find_door(session, code) is None:
        raise errors.NotFound("no_door_code", site=code)
    since = store.add_door_code(session, site.id, None, now, None if by is None else by.person_id)
    _note_door_code(session, code, None, by, since)


def find_screen(session: Session, code: str, by: Actor | None) -> Screen | None:
    """The screen of the site's door code in force, if it has one.

    Raises: NotFound when there is no such site.
    """
    _site_of(session, code, by)
    door = store.find_door(session, code)
    return None if door is None else Screen(code, door.since, door_code.screen_key(door.secret, code))


def get_screen(session: Session, code: str, by: Actor | None) -> Screen:
    """The screen of the site's door code in force.

    Raises: NotFound.
    """
    found = find_screen(session, code, by)
    if found is None:
        raise errors.NotFound("no_door_code", site=code)
    return found


def shown_at(session: Session, code: str, key: str, now: datetime) -> Shown:
    """What the screen with that key shows from now on.

    Raises: NotFound, the same for a wrong key, an old one, a site without a code and a site that does not exist.
    """
    door = store.find_door(session, code, now) if is_site_code(code) else None
    if door is None or not hmac.compare_digest(key.encode(), door_code.screen_key(door.secret, code).encode()):
        raise errors.NotFound("unknown_screen")
    first = door_code.step_at(now)
    steps = range(first, first + SHOWN_AHEAD // door_code.STEP)
    codes = [(door_code.code_in(door.secret, code, step), door_code.begins_at(step)) for step in steps]
    return Shown(door.site_code, door.site_name, door.zone, codes)


def _site_of(session: Session, code: str, by: Actor | None) -> store.Outlined:
    """The site, for those who keep the sites of its agency; without `by` the operator's command line asks."""
    found = store.find_site(session, code) if is_site_code(code) else None
    if found is None or (by is not None and not by.covers(found.agency_path, *WRITERS)):
        raise errors.NotFound("unknown_site")
    return found


def _lock_site_of(session: Session, code: str, by: Actor | None) -> store.Outlined:
    found = _site_of(session, code, by)
    store.lock_site(session, code)
    return found


def _note_door_code(session: Session, code: str, secret: bytes | None, by: Actor | None, since: datetime) -> None:
    """That there is another secret, or none, decides about check-ins; which it is only its hash says, to whoever has it."""
    entry = {
        "site": code, "door_code": "ended" if secret is None else "renewed", "since": since.isoformat(),
        "secret": None if secret is None else hashlib.sha256(secret).hexdigest(), "by": None if by is None else by.person_id,
    }  # fmt: skip
    ledger.append(session, "door_code", f"site:{code}", entry, since)


def _note(session: Session, draft: Draft, by: Actor | None, now: datetime) -> None:
    """Every outline and everybody who may use it is a fact that check-ins were judged by, to the last digit they were judged by."""
    kept = store.find_site(session, draft.code)
    assert kept is not None
    drawn = {"version_id": kept.version_id, "outline": orjson.dumps(kept.outline).decode()}
    entry = {
        "site": draft.code,
        "name": draft.name,
        "agency": draft.agency,
        "version": kept.version,
        "units": sorted(set(draft.units)),
        "zone": kept.zone,
        "own_zone": draft.zone,
        "by": None if by is None else by.person_id,
        **drawn,
    }
    ledger.append(session, "site_version", f"site:{draft.code}", entry, now)
