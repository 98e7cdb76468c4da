"""The law about assessments as sentences: the nine pairs, what predicates are worth, and the guide to how they spread."""

from collections.abc import Iterator

from app import decrees as law
from app.ratings.render.rule import Rule, plain
from app.texts import text


def rules_of_assessments(decree: law.Decree, lang: str) -> Iterator[Rule]:
    """Each rule of a decree about assessments as people read it."""
    if decree.grid:
        yield Rule(text("rule_grid", lang), tuple(_grid(decree.grid, lang)), decree.grid.clause)
    if decree.credit:
        yield Rule(text("rule_credit", lang), tuple(_credit(decree.credit, lang)), decree.credit.clause)
    if decree.distribution:
        yield Rule(text("rule_distribution", lang), tuple(_spread(decree.distribution, lang)), decree.distribution.clause)


def _grid(grid: law.Grid, lang: str) -> Iterator[str]:
    for (work, behaviour), grade in grid.cells.items():
        steps = {"work": text(f"step_{work}", lang), "behaviour": text(f"step_{behaviour}", lang)}
        yield text("rule_grid_cell", lang, **steps, grade=text(f"predicate_{grade}", lang))
    yield text("rule_grid_proposed", lang, pct=plain(grid.work_below_pct), days=grid.behaviour_below_days)


def _credit(credit: law.Credit, lang: str) -> Iterator[str]:
    for grade, pct in credit.pcts.items():
        yield text("rule_credit_grade", lang, grade=text(f"predicate_{grade}", lang), pct=plain(pct))
    for level, coefficient in credit.coefficients.items():
        yield text("rule_credit_level", lang, level=level.replace("_", " "), coefficient=plain(coefficient))
    yield text("rule_rounded", lang, decimals=credit.decimals)


def _spread(guide: law.Distribution, lang: str) -> Iterator[str]:
    for row in guide.rows:
        named = {"organisation": text(f"organisation_{row.organisation}", lang), "grade": text(f"predicate_{row.grade}", lang)}
        if row.least_pct is not None:
            yield text("rule_distribution_least", lang, **named, pct=plain(row.least_pct))
        if row.most_pct is not None:
            yield text("rule_distribution_most", lang, **named, pct=plain(row.most_pct))
        if row.somebody_below:
            yield text("rule_distribution_below", lang, **named)
