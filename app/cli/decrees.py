"""`flask decrees`: check a decree file, and read the whole law of a day."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import click

from app import decrees as law
from app.cli.told import Told
from app.texts import LANGUAGES, text


@click.group(cls=Told)
def decrees() -> None:
    """Law as data: check it and read it."""


@decrees.command("check")
@click.argument("file", required=False, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def check_file(file: Path | None) -> None:
    """Say what keeps FILE (or any shipped decree) from being law; exit status 1 if anything does."""
    files = [file] if file else [law.path_of(code) for code in law.codes()]
    problems = {found: law.check(found) for found in files}
    for found, said in problems.items():
        click.echo(f"{found.name}: " + ("ok" if not said else f"{len(said)} problem(s)"))
        for problem in said:
            click.echo(f"  {problem.path or 'file'}: {problem.message}")
    if any(problems.values()):
        raise SystemExit(1)


@decrees.command("show")
@click.argument("code")
@click.option("--on", "day", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The day whose law is shown.")
@click.option("--lang", type=click.Choice(LANGUAGES), default=LANGUAGES[0], help="Language of the headings.")
def show(code: str, day: datetime, lang: str) -> None:
    """Show the whole law of a day: each number, its clause, its source and how sure it is (S read, G general, C ours)."""
    try:
        decree = law.on(code, day.date())
    except law.UnknownDecree as error:
        raise click.ClickException(str(error)) from error
    click.echo(f"{decree.code} {decree.day} [{decree.version}]")
    for title, values, clause in rules_of(decree, lang):
        click.echo(f"\n{title}")
        for value in values:
            click.echo(f"  {value}")
        if clause:
            click.echo(f"  [{clause.quality}] {clause.code}\n  {clause.source}")


def rules_of(decree: law.Decree, lang: str) -> Iterator[tuple[str, list[str], law.Clause | None]]:
    """Each rule of a decree as people read it: its name, its numbers and its clause."""
    hours = decree.hours
    yield text("rule_hours", lang), [_hours(hours, lang)], hours.clause if hours else None
    before, after = decree.opens_before_min, decree.closes_after_min
    yield text("rule_window", lang), [text("rule_window_value", lang, before=before, after=after)], decree.window_clause
    for title, bands in (("rule_lateness", decree.lateness), ("rule_early", decree.early)):
        yield text(title, lang), _bands(bands, lang), bands.clause
    if decree.flexi:
        moved = text("rule_flexi_value", lang, earlier=decree.flexi.earlier_min, later=decree.flexi.later_min)
        yield text("rule_flexi", lang), [moved], decree.flexi.clause
    if decree.together:
        bounds = {"least": plain(decree.together.least_pct), "most": plain(decree.together.most_pct)}
        yield text("rule_together", lang), [text("rule_together_value", lang, **bounds)], decree.together.clause
    yield text("rule_absence", lang), [text("rule_a_day", lang, pct=plain(decree.absence.pct))], decree.absence.clause
    for kind, effect in decree.leave.items():
        title = text("rule_leave", lang, kind=text(f"leave_{kind}", lang))
        yield title, [text("rule_a_day", lang, pct=plain(effect.pct))], effect.clause
    yield text("rule_cap", lang), [text("rule_a_month", lang, pct=plain(decree.cap.pct))], decree.cap.clause
    yield text("rule_tpp", lang), [_tpp(decree.tpp, lang)], decree.tpp.clause
    yield text("rule_score", lang), [_score(decree.score, lang)], decree.score.clause
    yield text("rule_predicates", lang), [_predicate(row, lang) for row in decree.predicates.rows], decree.predicates.clause


def plain(number: Decimal) -> str:
    """The number without an exponent or idle zeros."""
    return f"{number.normalize():f}"


def _hours(hours: law.Hours | None, lang: str) -> str:
    if hours is None:
        return text("rule_no_hours", lang)
    return text("rule_hours_value", lang, start=f"{hours.start:%H:%M}", end=f"{hours.end:%H:%M}", break_min=hours.break_min)


def _bands(bands: law.Bands, lang: str) -> list[str]:
    rows = [
        text("rule_band_open", lang, from_min=band.from_min, pct=plain(band.pct))
        if band.to_min is None
        else text("rule_band", lang, from_min=band.from_min, to_min=band.to_min, pct=plain(band.pct))
        for band in bands.bands
    ]
    return [*rows, text("rule_missing", lang, pct=plain(bands.missing_pct)), text(f"rule_rounding_{bands.rounding}", lang)]


def _tpp(tpp: law.Tpp, lang: str) -> str:
    weights = {"productivity": plain(tpp.productivity_weight), "discipline": plain(tpp.discipline_weight)}
    return text("rule_tpp_value", lang, variant=tpp.variant, **weights)


def _score(score: law.Score, lang: str) -> str:
    weights = {"work": plain(score.work_weight), "behaviour": plain(score.behaviour_weight)}
    return text("rule_score_value", lang, highest=plain(score.highest), **weights)


def _predicate(row: law.Predicate, lang: str) -> str:
    code = "rule_predicate_new_idea" if row.needs_new_idea else "rule_predicate"
    return text(code, lang, name=text(f"predicate_{row.code}", lang), from_score=plain(row.from_score), quality=row.quality)
