"""Clauses about assessments: the table of work and behaviour, what predicates are worth, and how they may spread."""

from dataclasses import dataclass
from decimal import Decimal
from itertools import product

from app.decrees.clauses import Clause
from app.decrees.shape import FLAG, MINUTES, Key, Said, Shape, choice, number

STEPS = ("below", "as_expected", "above")
GRADES = ("very_good", "good", "needs_improvement", "poor", "very_poor")  # best first
ORGANISATIONS = ("outstanding", "good", "needs_improvement", "poor", "very_poor")
CREDIT_LEVELS = ("pemula", "terampil", "mahir", "penyelia", "ahli_pertama", "ahli_muda", "ahli_madya", "ahli_utama")


@dataclass(frozen=True, slots=True)
class Grid:
    """The predicate of each of the nine pairs of work result and behaviour, and from where evidence proposes `below`.

    `work_below_pct`: productivity under which the work result is proposed below expectation. `behaviour_below_days`: days absent
    from which behaviour is. Nothing ever proposes `above`.
    """

    cells: dict[tuple[str, str], str]
    work_below_pct: Decimal
    behaviour_below_days: int
    clause: Clause


@dataclass(frozen=True, slots=True)
class Credit:
    """What a predicate is worth: per cent of the yearly coefficient of the level, rounded half up to `decimals`."""

    pcts: dict[str, Decimal]
    coefficients: dict[str, Decimal]
    decimals: int
    clause: Clause


@dataclass(frozen=True, slots=True)
class Spread:
    """A share of the people of an organisation with such a predicate: at least, at most, or with somebody below it."""

    organisation: str
    grade: str
    least_pct: Decimal | None
    most_pct: Decimal | None
    somebody_below: bool


@dataclass(frozen=True, slots=True)
class Distribution:
    """How the predicates of an organisation's people may spread, by the organisation's own: a guide, not a quota."""

    rows: tuple[Spread, ...]
    clause: Clause


GRID: Shape = {
    "cells": Key(
        None,
        "the predicate of each pair, all nine of them",
        rows={
            "work": Key(choice(*STEPS), "work result"),
            "behaviour": Key(choice(*STEPS), "behaviour"),
            "grade": Key(choice(*GRADES), "predicate"),
        },
    ),
    "work_below": Key(number(100), "productivity under which the work result is proposed below expectation"),
    "behaviour_below_days": Key(MINUTES, "days of absence in the period from which behaviour is proposed below expectation"),
}
CREDIT: Shape = {
    "grades": Key(
        None,
        "per cent of the coefficient by predicate, every predicate",
        rows={"grade": Key(choice(*GRADES), "predicate"), "pct": Key(number(200), "per cent of the coefficient")},
    ),
    "levels": Key(
        None,
        "credit of a year by level of a functional position",
        rows={"level": Key(choice(*CREDIT_LEVELS), "level"), "coefficient": Key(number(200), "credit of a year")},
    ),
    "decimals": Key(MINUTES, "decimals, half up"),
}
DISTRIBUTION: Shape = {
    "rows": Key(
        None,
        "by the organisation's own predicate",
        rows={
            "organisation": Key(choice(*ORGANISATIONS), "predicate of the organisation"),
            "grade": Key(choice(*GRADES), "predicate of its people"),
            "least": Key(number(100), "at least so many per cent of its people", False),
            "most": Key(number(100), "at most so many per cent", False),
            "somebody_below": Key(FLAG, "somebody must have a lower one", False, False),
        },
    ),
}


def grid(said: Said, clause: Clause) -> Grid:
    """The table, in which each of the nine pairs stands once and better work or behaviour never gives a lower predicate."""
    cells: dict[tuple[str, str], str] = {}
    for row in said["cells"]:
        pair = row["work"], row["behaviour"]
        if pair in cells:
            row.refuse("work", "and behaviour stand in another row already")
        cells[pair] = row["grade"]
    missing = sorted(f"{work}/{behaviour}" for work, behaviour in set(product(STEPS, STEPS)) - set(cells))
    if missing:
        said.refuse("cells", f"must say each of the nine pairs; missing: {', '.join(missing)}")
    return Grid(cells, said["work_below"], said["behaviour_below_days"], clause)


def credit(said: Said, clause: Clause) -> Credit:
    """The credit, with a per cent for every predicate."""
    pcts = {row["grade"]: row["pct"] for row in said["grades"]}
    coefficients = {row["level"]: row["coefficient"] for row in said["levels"]}
    if missing := [grade for grade in GRADES if grade not in pcts]:
        said.refuse("grades", f"must say every predicate; missing: {', '.join(missing)}")
    if len(pcts) != len(said["grades"]):
        said.refuse("grades", "say a predicate twice")
    if len(coefficients) != len(said["levels"]):
        said.refuse("levels", "say a level twice")
    return Credit(pcts, coefficients, said["decimals"], clause)


def distribution(said: Said, clause: Clause) -> Distribution:
    """The guide, of which each row says something."""
    rows = []
    for row in said["rows"]:
        if not (row.has("least") or row.has("most") or row["somebody_below"]):
            row.refuse("grade", "says nothing: least, most or somebody_below is missing")
        rows.append(Spread(row["organisation"], row["grade"], row["least"], row["most"], row["somebody_below"]))
    return Distribution(tuple(rows), clause)
