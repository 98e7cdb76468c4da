"""What another outline of a site would have made of check-ins: judged twice from what is kept, once as they were."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from app.checkins.rules.evidence import Evidence
from app.checkins.rules.place import Outcome, best_fix, needs_outline_m
from app.checkins.rules.report import Report
from app.checkins.rules.timing import Anchor, timing_of
from app.checkins.rules.verdict import RULES, weigh
from app.geo import sigma_m


@dataclass(frozen=True, slots=True)
class Distances:
    """How far a fix is from the boundary of a site as it was judged and as it would be drawn, above 0 inside."""

    platform: str
    accuracy_m: float
    before_m: float
    after_m: float


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What a person's check-in came to, and would have come to."""

    person_id: int
    before: Outcome
    after: Outcome


@dataclass(frozen=True, slots=True)
class Change:
    """How many check-ins of how many people would have come to something else."""

    before: Outcome
    after: Outcome
    checkins: int
    people: int


def may_differ(seen: Distances) -> bool:
    """Whether the outline can matter to the verdict: not where both leave the fix as good as certainly on the same side.

    Source: `place.needs_outline_m`: beyond it, the probability is pinned.
    """
    near_m = needs_outline_m(sigma_m(seen.platform, seen.accuracy_m))
    is_pinned = min(abs(seen.before_m), abs(seen.after_m)) > near_m
    return not (is_pinned and (seen.before_m > 0) is (seen.after_m > 0))


def judged_twice(
    report: Report,
    anchor: Anchor | None,
    evidence: Evidence,
    was: tuple[Outcome, str],
    site: str,
    after_m: float,
    outline: Mapping[str, Any],
) -> tuple[Outcome, Outcome]:
    """The verdict on what was known then, and on the same with the site so far away and so drawn.

    `was`: the verdict that is kept, and the policy it was made by. Both are by today's rules, so that nothing but the outline tells
    them apart: what older rules said is judged anew.

    Source: docs/decisions.md "verdicts can be made again".
    """
    context = evidence.context
    drawn = [
        replace(one, signed_distance_m=after_m, geometry=outline) if one.site_code == site else one for one in context.candidates
    ]
    fix = best_fix(report.fixes)
    timing = timing_of(report, anchor, evidence.received_at, context.earlier, evidence.enrolled_at)
    verdict, policy = was
    is_of_today = policy.rpartition("/")[2] == RULES
    before = verdict if is_of_today else weigh(report, fix, timing, context, evidence.doors).outcome
    return before, weigh(report, fix, timing, replace(context, candidates=drawn), evidence.doors).outcome


def changes_of(outcomes: Iterable[Outcomes]) -> list[Change]:
    """The outcomes that differ, counted; the same person is counted in each kind of change, once.

    Source: our design; counts only, because where anybody stood is nobody's business who draws an outline.
    """
    found: dict[tuple[Outcome, Outcome], list[int]] = {}
    for one in outcomes:
        if one.before is not one.after:
            found.setdefault((one.before, one.after), []).append(one.person_id)
    return [Change(*kind, len(people), len(set(people))) for kind, people in sorted(found.items())]
