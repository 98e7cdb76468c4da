"""How often the shipped place rule errs on real fixes, beside the two rules that everybody else uses.

    python -m bench.verdicts --fixes FILE [FILE …] --legs FILE --places FILE > docs/verdicts.md

It reads (CSV with a heading, UTF-8, `.gz` allowed; other columns are ignored):

- `--fixes`: `phone` (its name holds `android` or `ios`), `role` (`power_control` is left out), `timeline`, `ts` (Unix seconds),
  `lat`, `lon` (WGS84 degrees), `accuracy_m` (as the phone said: 68 % radius on Android, horizontalAccuracy on iOS)
- `--legs`: `timeline`, `type` (only `WAITING` is used), `start_ts`, `end_ts`, `stay_place_id`
- `--places`: GeoJSON, each feature one Polygon without holes, its `id` the place's
"""

import argparse
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf, pi, sqrt
from pathlib import Path

from app import clock
from app.checkins.rules.place import Measured, Outcome, best_fix, place_of
from bench import truth
from bench.truth import Fence, Ground, Seen

# Half of the width that holds 95 % of a normal distribution.
Z = 1.959964
QUARTERS = (0.0, pi / 2, pi, 3 * pi / 2)

HEAD = """# The place rule on real fixes

Made by `python -m bench.verdicts` on {day:%Y-%m-%d} from {source}.
{phones} phones of people who waited {stays} times at {places} places, in sum {n:,} fixes. Not part of this repository.

Nobody knows to the metre where a phone was, but the person was at the place. So fences are drawn such that the answer is known:
around the place, its outline widened on every side, so that everybody there is **inside** by at least as much; or a round one of
{radius:g} m beside it, once in each of the four directions, so that everybody there is **outside**. *Wrong* is a rejection inside
and an acceptance outside. *Doubtful* is no wrong answer: it counts for the person, inside as well as outside. That is the price of
hardly ever refusing an honest fix; what it lets through is for the days that follow to find (docs/decisions.md "place: accept,
doubt, reject").

- **Tapak**: the shipped rule (`app.checkins.rules.place`), each fix judged alone.
- **point in polygon**: inside or not, the accuracy ignored.
- **distance − accuracy**: accepted when distance − accuracy ≤ radius, whatever accuracy is claimed.
"""

FOOT = """
Intervals are Wilson's at 95 % **as if fixes were independent, which they are not**: those of one minute share their error, and
there are only so many stays. The last column is the sober one: in how many of the stays at least one fix got a wrong answer.
"""


@dataclass(frozen=True, slots=True)
class Case:
    """A question whose answer is known: the fences drawn for a place, the outcome that is wrong, and which fixes are asked about.

    `target` is the share of wrong answers that is still good enough, where one was promised; `claimed_m` an accuracy that is
    claimed instead of the phone's own.
    """

    title: str
    drawn: Callable[[Ground], Sequence[Fence]]
    wrong: Outcome
    finest_m: float = inf
    target: float | None = None
    claimed_m: float | None = None


@dataclass(slots=True)
class Tally:
    """What a rule said to every fix of a case, and in which stays it was wrong at least once."""

    said: Counter[Outcome] = field(default_factory=Counter)
    stays: set[int] = field(default_factory=set)
    wrong_stays: set[int] = field(default_factory=set)

    @property
    def n(self) -> int:
        """How many answers."""
        return self.said.total()


def inside_by(by_m: float, finest_m: float = inf, target: float | None = None) -> Case:
    """Everybody stands inside the fence, that far from its edge or farther."""
    return Case(f"inside by ≥ {by_m:g} m", lambda ground: [ground.around(by_m)], Outcome.REJECTED, finest_m, target)


def outside_by(by_m: float, finest_m: float = inf, target: float | None = None) -> Case:
    """Everybody stands outside the fence, that far from its edge or farther."""
    title = f"outside by ≥ {by_m:g} m"
    return Case(title, lambda ground: [ground.beyond(by_m, way) for way in QUARTERS], Outcome.ACCEPTED, finest_m, target)


def touching(finest_m: float = inf) -> Case:
    """The fence begins where the place ends."""
    title = "outside, the fence touches the place"
    return Case(title, lambda ground: [ground.touching(way) for way in QUARTERS], Outcome.ACCEPTED, finest_m)


def lying(by_m: float, claimed_m: float) -> Case:
    """The same, and the phone is made to claim another accuracy."""
    return replace(outside_by(by_m), title=f"outside by ≥ {by_m:g} m, claiming {claimed_m:g} m", claimed_m=claimed_m)


CASES = (
    inside_by(25, finest_m=50),
    inside_by(50, finest_m=50, target=0.006),
    inside_by(100, finest_m=50),
    inside_by(50),
    inside_by(150),
    outside_by(0, finest_m=50, target=0.0015),
    touching(finest_m=50),
    outside_by(50, finest_m=50),
    touching(),
    outside_by(50),
    outside_by(100),
    outside_by(200),
    lying(200, claimed_m=1000),
)


def ours(seen: Seen, site: Measured) -> Outcome:
    """The shipped rule."""
    return place_of(best_fix([seen.fix]), seen.platform, [site]).verdict


def contains(seen: Seen, site: Measured) -> Outcome:
    """Inside or not, as most programs ask."""
    return Outcome.ACCEPTED if site.signed_distance_m >= 0 else Outcome.REJECTED


def lenient(seen: Seen, site: Measured) -> Outcome:
    """Accepted when the circle of the claimed accuracy reaches the fence."""
    return Outcome.ACCEPTED if site.outside_m <= seen.fix.accuracy_m else Outcome.REJECTED


OURS, PLAIN = "**Tapak**", "point in polygon"
RULES = {OURS: ours, PLAIN: contains, "distance − accuracy": lenient}


def tallies(seen: Sequence[Seen], grounds: Mapping[str, Ground], case: Case) -> dict[str, Tally]:
    """What each rule said in one case."""
    found = {name: Tally() for name in RULES}
    fences = {place: case.drawn(grounds[place]) for place in {each.stay.place for each in seen}}
    asked = [each for each in seen if each.fix.accuracy_m <= case.finest_m]
    for each in asked if case.claimed_m is None else [_claiming(each, case.claimed_m) for each in asked]:
        for fence in fences[each.stay.place]:
            site = truth.measured(each.stay.place, fence, each.fix.point)
            for name, rule in RULES.items():
                outcome, tally = rule(each, site), found[name]
                tally.said[outcome] += 1
                tally.stays.add(each.stay.number)
                if outcome is case.wrong:
                    tally.wrong_stays.add(each.stay.number)
    return found


def _claiming(seen: Seen, accuracy_m: float) -> Seen:
    return replace(seen, fix=replace(seen.fix, accuracy_m=accuracy_m))


def interval(k: int, n: int) -> tuple[float, float]:
    """The shares between which the true one lies for 95 % of such samples, were they independent.

    Source: Wilson 1927, "Probable inference, the law of succession, and statistical inference".
    """
    if n == 0:
        return 0.0, 1.0
    share, scale = k / n, 1 + Z * Z / n
    middle = (share + Z * Z / (2 * n)) / scale
    half = Z * sqrt(share * (1 - share) / n + Z * Z / (4 * n * n)) / scale
    return max(0.0, middle - half), min(1.0, middle + half)


def report(seen: Sequence[Seen], grounds: Mapping[str, Ground]) -> Iterator[str]:
    """Lines of Markdown: every case with every rule, and whether what was promised holds."""
    yield "\n| truly … | accuracy | n | rule | accepted | doubtful | rejected | wrong (95 %) | wrong in stays |"
    yield "|---|---|---|---|---|---|---|---|---|"
    promises = []
    for case in CASES:
        for name, tally in tallies(seen, grounds, case).items():
            yield "| " + " | ".join([case.title, _accuracy(case), f"{tally.n:,}", name, *_cells(case, tally)]) + " |"
            if name == OURS and case.target is not None:
                promises.append(_promise(case, tally))
    yield FOOT
    yield "Promised, and measured here:\n"
    yield from promises


def by_place(seen: Sequence[Seen], grounds: Mapping[str, Ground], case: Case) -> Iterator[str]:
    """Lines of Markdown: from which places the shipped rule's wrong answers come, and how well each place is drawn."""
    yield f"\n## Where the wrong ones come from\n\nThe shipped rule in the case *{case.title}*, accuracy {_accuracy(case)}:\n"
    yield "| place | n | wrong | wrong in stays | fixes within the place as drawn |"
    yield "|---|---|---|---|---|"
    within = inside_by(0, case.finest_m)
    n = wrong = 0
    for place in sorted({each.stay.place for each in seen}):
        here = [each for each in seen if each.stay.place == place]
        tally, drawn = tallies(here, grounds, case)[OURS], tallies(here, grounds, within)[PLAIN]
        stays = f"{len(tally.wrong_stays)} of {len(tally.stays)}"
        yield f"| {place} | {tally.n} | {tally.said[case.wrong]} | {stays} | {_pct(drawn.said[Outcome.ACCEPTED], drawn.n)} |"
        if drawn.said[Outcome.ACCEPTED]:
            n, wrong = n + tally.n, wrong + tally.said[case.wrong]
    yield f"\nA drawing that holds not one of the fixes is not where people stood. Without such places: {_share(wrong, n)}."


def _cells(case: Case, tally: Tally) -> list[str]:
    wrong, n = tally.said[case.wrong], tally.n
    low, high = interval(wrong, n)
    shares = [_pct(tally.said[outcome], n) for outcome in Outcome]
    return [*shares, f"{wrong}: {low:.2%}–{high:.2%}", f"{len(tally.wrong_stays)} of {len(tally.stays)}"]


def _promise(case: Case, tally: Tally) -> str:
    wrong, n = tally.said[case.wrong], tally.n
    is_kept = case.target is not None and wrong <= case.target * n
    asked = f"truly {case.title}, accuracy {_accuracy(case)}, {case.wrong}: at most {case.target:.2%}"
    return f"- {asked}; {_share(wrong, n)}: **{'kept' if is_kept else 'MISSED'}**"


def _share(k: int, n: int) -> str:
    low, high = interval(k, n)
    return f"{k} of {n:,} = {k / max(1, n):.2%} ({low:.2%}–{high:.2%})"


def _accuracy(case: Case) -> str:
    return "any" if case.finest_m == inf else f"≤ {case.finest_m:g} m"


def _pct(k: int, n: int) -> str:
    return f"{k / n:.1%}" if n else "–"


def main() -> None:
    """Read the files and print the report."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--fixes", type=Path, nargs="+", required=True)
    options.add_argument("--legs", type=Path, required=True)
    options.add_argument("--places", type=Path, required=True)
    options.add_argument("--source", default="the files given", help="whose fixes they are, for the heading")
    asked = options.parse_args()
    grounds = truth.grounds(asked.places)
    seen = list(truth.seen_during(truth.stays(asked.legs), asked.fixes))
    about = {"stays": {each.stay.number for each in seen}, "places": {each.stay.place for each in seen}}
    counts = {name: len(values) for name, values in about.items()}
    phones = len({each.phone for each in seen})
    print(HEAD.format(day=clock.now(), source=asked.source, n=len(seen), phones=phones, radius=truth.RADIUS_M, **counts))
    print(*report(seen, grounds), *by_place(seen, grounds, touching(50)), sep="\n")


if __name__ == "__main__":
    main()
