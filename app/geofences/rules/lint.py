"""The whole examination of a site before it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import shapely

from app.geofences.rules import document, shape, worth
from app.geofences.rules.document import Draft
from app.geofences.rules.problems import Problem, Severity
from app.geofences.rules.worth import Worth

# A phone indoors is seldom better than this, so a smaller fence proves little by itself.
GOOD_RADIUS_M = 50


@dataclass(frozen=True, slots=True)
class Lint:
    """What was found; `draft`, `outline` and `worth` only when nothing is refused."""

    problems: tuple[Problem, ...]
    draft: Draft | None = None
    outline: shapely.MultiPolygon | None = None
    worth: Worth | None = None

    @property
    def refusals(self) -> tuple[Problem, ...]:
        """The problems for which the site is not kept."""
        return tuple(problem for problem in self.problems if problem.severity == Severity.REFUSE)

    @property
    def summary(self) -> dict[str, Any]:
        """What is kept beside the outline: its worth, if it may be kept, and what was found."""
        problems = [
            {"code": p.code, "pointer": p.pointer, "severity": str(p.severity), "params": dict(p.params)} for p in self.problems
        ]
        if self.worth is None:
            return {"problems": problems}
        return {
            "area_m2": self.worth.area_m2,
            "in_radius_m": self.worth.in_radius_m,
            "auto_accept_pct": {str(accuracy): str(pct) for accuracy, pct in self.worth.auto_accept_pct.items()},
            "problems": problems,
        }


def lint(feature: object, home: shape.Box = shape.INDONESIA) -> Lint:
    """Everything wrong with a site and everything worth knowing about it; takes any JSON and never raises.

    Source: docs/decisions.md "fences are examined, never repaired"; RFC 7946.
    """
    draft, problems = document.read(feature)
    if draft is None:
        return Lint(tuple(problems))
    outline = shape.outline_of(draft.parts)
    problems += shape.problems_of(outline, home)
    if any(problem.severity == Severity.REFUSE for problem in problems):
        return Lint(tuple(problems))
    found = worth.worth_of(shape.in_metres(outline)[0])
    if found.in_radius_m < GOOD_RADIUS_M:
        params: Mapping[str, float] = {"in_radius_m": found.in_radius_m, "limit_m": GOOD_RADIUS_M}
        problems.append(Problem("fence_narrow", "/geometry", params, Severity.WARN))
    return Lint(tuple(problems), draft, outline, found)


def is_same_outline(one: shapely.MultiPolygon, other: shapely.MultiPolygon) -> bool:
    """Both enclose the same ground, wherever their rings begin.

    Source: OGC Simple Features 06-103r4 section 6.1.15 (Equals).
    """
    return bool(one.equals(other))


def outline_from(geometry: Mapping[str, Any]) -> shapely.MultiPolygon:
    """A stored outline as a shape.

    Source: RFC 7946 section 3.1.7.
    """
    return shapely.geometry.shape(geometry)
