"""The document a site comes in: one GeoJSON Feature with its code, name and units."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from zoneinfo import available_timezones

from app.geofences.rules import coordinates
from app.geofences.rules.coordinates import Part
from app.geofences.rules.problems import Problem, Severity

SITE_CODE = re.compile(r"[A-Z0-9][A-Z0-9-]{1,39}")
UNIT_CODE = re.compile(r"[A-Z0-9_]{2,40}")
MAX_NAME = 120
MAX_UNITS = 200
# Names of the one reference system of RFC 7946, as older programs still write them.
WGS84_NAMES = {"urn:ogc:def:crs:OGC:1.3:CRS84", "urn:ogc:def:crs:OGC::CRS84", "urn:ogc:def:crs:EPSG::4326", "EPSG:4326"}


@dataclass(frozen=True, slots=True)
class Draft:
    """A site as drawn: its place in the government, the parts of its fence, and the zone of its clocks (none: its units')."""

    code: str
    name: str
    agency: str
    units: tuple[str, ...]
    parts: tuple[Part, ...]
    zone: str | None = None


def is_site_code(value: object) -> bool:
    """Whether a site can have this code at all.

    Source: our design; the form is the text `site_code`, and no letter of it needs quoting in an address.
    """
    return _matches(value, SITE_CODE)


def read(feature: object) -> tuple[Draft | None, list[Problem]]:
    """The draft a document holds and what is wrong with it; none when something must be refused.

    Source: RFC 7946 sections 3.2 and 4.
    """
    if not isinstance(feature, Mapping) or feature.get("type") != "Feature":
        return None, [Problem("fence_not_a_feature", "")]
    properties = feature.get("properties")
    if not isinstance(properties, Mapping):
        return None, [Problem("site_without_properties", "/properties")]
    parts, problems = coordinates.read(feature.get("geometry"))
    problems = [*_of_system(feature), *_of_properties(properties), *problems]
    if any(problem.severity == Severity.REFUSE for problem in problems):
        return None, problems
    units = tuple(sorted(properties["units"]))
    named = properties["code"], properties["name"].strip(), properties["agency"]
    return Draft(*named, units, parts, properties.get("zone")), problems


def _of_system(feature: Mapping[str, object]) -> Iterator[Problem]:
    """A named reference system other than WGS84 would move the fence by up to kilometres."""
    for place, holder in (("/crs", feature), ("/geometry/crs", feature.get("geometry"))):
        crs = holder.get("crs") if isinstance(holder, Mapping) else None
        if crs is not None:
            named = crs.get("properties") if isinstance(crs, Mapping) else None
            name = named.get("name") if isinstance(named, Mapping) else None
            if not isinstance(name, str) or name not in WGS84_NAMES:
                yield Problem("fence_crs", place)


def _of_properties(properties: Mapping[str, object]) -> Iterator[Problem]:
    if not is_site_code(properties.get("code")):
        yield Problem("site_code", "/properties/code")
    if not _is_name(properties.get("name")):
        yield Problem("site_name", "/properties/name", {"limit": MAX_NAME})
    if not _matches(properties.get("agency"), UNIT_CODE):
        yield Problem("site_agency", "/properties/agency")
    zone = properties.get("zone")
    if zone is not None and (not isinstance(zone, str) or zone not in available_timezones()):
        yield Problem("site_zone", "/properties/zone")
    units = properties.get("units")
    if not isinstance(units, list | tuple) or len(units) > MAX_UNITS or not all(_matches(unit, UNIT_CODE) for unit in units):
        yield Problem("site_units", "/properties/units", {"limit": MAX_UNITS})
    elif len(set(units)) < len(units):
        yield Problem("site_units_repeated", "/properties/units")
    elif not units:
        yield Problem("site_without_units", "/properties/units", severity=Severity.WARN)


def _matches(value: object, pattern: re.Pattern[str]) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_name(value: object) -> bool:
    """Printable text that is more than spaces: no control characters, which PostgreSQL or a terminal would choke on."""
    return isinstance(value, str) and value.isprintable() and 0 < len(value.strip()) <= MAX_NAME
