"""The whole law of a day as sentences that a lawyer reads: every number with its clause, its source and how sure it is."""

from collections.abc import Iterator

from app import decrees as law
from app.ratings.render.assessments import rules_of_assessments
from app.ratings.render.rule import Rule, plain
from app.texts import text

WEEKDAYS = range(1, 8)


def rules_of(decree: law.Decree, lang: str) -> Iterator[Rule]:
    """Each rule of a decree as people read it."""
    hours = decree.hours
    yield Rule(text("rule_hours", lang), (_hours(hours, lang),), hours.clause if hours else None)
    if decree.place_clause:
        yield Rule(text("rule_place", lang), (text(f"rule_place_{decree.place}", lang),), decree.place_clause)
    for overlay in decree.limited:
        yield Rule(text("rule_overlay", lang, name=overlay.name), tuple(_overlay(overlay, decree, lang)), overlay.clause)
    before, after = decree.opens_before_min, decree.closes_after_min
    yield Rule(text("rule_window", lang), (text("rule_window_value", lang, before=before, after=after),), decree.window_clause)
    yield from _minutes(decree, lang)
    yield Rule(text("rule_absence", lang), (text("rule_a_day", lang, pct=plain(decree.absence.pct)),), decree.absence.clause)
    if decree.consecutive:
        said = text("rule_consecutive_value", lang, days=decree.consecutive.days, pct=plain(decree.consecutive.pct))
        yield Rule(text("rule_consecutive", lang), (said,), decree.consecutive.clause)
    if decree.ceremony:
        said = text("rule_each", lang, pct=plain(decree.ceremony.pct))
        yield Rule(text("rule_ceremony", lang), (said,), decree.ceremony.clause)
    for kind, effect in decree.leave.items():
        yield Rule(text("rule_leave", lang, kind=text(f"leave_{kind}", lang)), tuple(_leave(effect, lang)), effect.clause)
    for kind, quota in decree.quota.items():
        yield Rule(text("rule_quota", lang, kind=text(f"leave_{kind}", lang)), tuple(_quota(quota, lang)), quota.clause)
    yield Rule(text("rule_cap", lang), (text("rule_a_month", lang, pct=plain(decree.cap.pct)),), decree.cap.clause)
    if decree.productivity:
        yield Rule(text("rule_productivity", lang), tuple(_productivity(decree.productivity, lang)), decree.productivity.clause)
    yield Rule(text("rule_tpp", lang), tuple(_tpp(decree.tpp, lang)), decree.tpp.clause)
    yield Rule(text("rule_score", lang), (_score(decree.score, lang),), decree.score.clause)
    words = tuple(_predicate(row, lang) for row in decree.predicates.rows)
    yield Rule(text("rule_predicates", lang), words, decree.predicates.clause)
    yield from rules_of_assessments(decree, lang)
    if decree.ladder:
        yield Rule(text("rule_ladder", lang), tuple(_ladder(decree.ladder, lang)), decree.ladder.clause)
    if decree.rest:
        said = text("rule_rest_value", lang, minutes=decree.rest.min_rest_min)
        yield Rule(text("rule_rest", lang), (said,), decree.rest.clause)
    if decree.payment:
        said = text(f"rule_payment_{decree.payment.rounding}", lang, rupiah=decree.payment.to_rupiah)
        yield Rule(text("rule_payment", lang), (said,), decree.payment.clause)
    if decree.contest:
        said = text("rule_contest_value", lang, days=decree.contest.days)
        yield Rule(text("rule_contest", lang), (said,), decree.contest.clause)


def _minutes(decree: law.Decree, lang: str) -> Iterator[Rule]:
    """What minutes cost: late, early, with permission, flexible, and both on one day."""
    for title in ("lateness", "early", "permitted_late", "permitted_early"):
        bands: law.Bands | None = getattr(decree, title)
        if bands is not None:
            yield Rule(text(f"rule_{title}", lang), tuple(_bands(bands, lang)), bands.clause)
    if decree.flexi:
        yield Rule(text("rule_flexi", lang), (_flexi(decree.flexi, lang),), decree.flexi.clause)
    if decree.together:
        bounds = {"least": plain(decree.together.least_pct), "most": plain(decree.together.most_pct)}
        yield Rule(text("rule_together", lang), (text("rule_together_value", lang, **bounds),), decree.together.clause)


def _hours(hours: law.Hours | None, lang: str) -> str:
    if hours is None:
        return text("rule_no_hours", lang)
    known = {"start": f"{hours.start:%H:%M}", "end": f"{hours.end:%H:%M}", "break_min": hours.break_min}
    if hours.break_from and hours.break_until:
        fixed = {"break_from": f"{hours.break_from:%H:%M}", "break_until": f"{hours.break_until:%H:%M}"}
        return text("rule_hours_fixed_break", lang, **known, **fixed)
    return text("rule_hours_value", lang, **known)


def _overlay(overlay: law.Overlay, decree: law.Decree, lang: str) -> Iterator[str]:
    """For whom a limited season holds and what it brings them."""
    if overlay.units:
        yield text("rule_for_units", lang, units=", ".join(sorted(overlay.units)))
    if overlay.groups:
        yield text("rule_for_groups", lang, groups=", ".join(sorted(overlay.groups)))
    if overlay.week:
        yield _hours(overlay.week.hours[decree.day.weekday()], lang)
    if overlay.flexi:
        yield _flexi(overlay.flexi, lang)
    if overlay.place:
        yield text(f"rule_place_{overlay.place}", lang)


def _flexi(flexi: law.Flexi, lang: str) -> str:
    return text("rule_flexi_value", lang, earlier=flexi.earlier_min, later=flexi.later_min)


def _bands(bands: law.Bands, lang: str) -> list[str]:
    rows = [
        text("rule_band_open", lang, from_min=band.from_min, pct=plain(band.pct))
        if band.to_min is None
        else text("rule_band", lang, from_min=band.from_min, to_min=band.to_min, pct=plain(band.pct))
        for band in bands.bands
    ]
    return [*rows, text("rule_missing", lang, pct=plain(bands.missing_pct)), text(f"rule_rounding_{bands.rounding}", lang)]


def _leave(effect: law.LeaveEffect, lang: str) -> Iterator[str]:
    """What a leave costs each day, once a month, and by cause, length and how often a year."""
    yield text("rule_a_day", lang, pct=plain(effect.pct))
    if effect.month_pct:
        yield text("rule_once_a_month", lang, pct=plain(effect.month_pct))
    for row in effect.rows:
        cause = text(f"cause_{row.cause or 'any'}", lang)
        yield text("rule_paid", lang, cause=cause, day=row.from_day, time=row.from_time, paid=plain(row.paid_pct))
    if effect.rows:
        yield text("rule_paid_of", lang, pct=plain(effect.day_pct))


def _quota(quota: law.Quota, lang: str) -> Iterator[str]:
    """How much of a leave there is, for whom, how long at most, and what must be shown."""
    if quota.year_days is not None:
        yield text("rule_quota_year", lang, days=quota.year_days)
    if quota.service_years:
        yield text("rule_quota_service", lang, years=quota.service_years)
    for cause in sorted(quota.waived_for):
        yield text("rule_quota_waived", lang, cause=text(f"cause_{cause}", lang))
    for carried in quota.carried:
        yield text("rule_quota_carried", lang, years=carried.unused_years, days=carried.most_days)
    if quota.remote_days:
        yield text("rule_quota_remote", lang, days=quota.remote_days)
    for row in quota.longest:
        code = "rule_quota_longest" if row.months or row.days else "rule_quota_endless"
        yield text(code, lang, cause=text(f"cause_{row.cause or 'any'}", lang), months=row.months, days=row.days)
    if quota.children is not None:
        yield text("rule_quota_children", lang, children=quota.children)
    for asked in quota.papers:
        yield text("rule_quota_paper", lang, days=asked.from_days, paper=text(f"paper_{asked.paper}", lang))


def _productivity(rule: law.Productivity, lang: str) -> Iterator[str]:
    """What activities come to, whose word counts, what may be logged, and which days ask for none."""
    yield text(f"rule_productivity_{rule.by}", lang, minutes=rule.day_min, most=plain(rule.most_pct))
    yield text("rule_productivity_logged", lang, minutes=rule.day_most_min, days=rule.within_days)
    for kind in sorted(rule.neutral):
        yield text("rule_productivity_neutral", lang, kind=text(f"neutral_{kind}", lang))


def _tpp(tpp: law.Tpp, lang: str) -> Iterator[str]:
    """The formula, with its bounds and its rounding."""
    weights = {
        "productivity": tpp.productivity_weight, "discipline": tpp.discipline_weight, "static": tpp.static_weight,
        "budget": tpp.budget_weight,
    }  # fmt: skip
    said = {name: plain(weight) for name, weight in weights.items()}
    yield text(f"rule_tpp_{tpp.variant.lower()}", lang, minutes=tpp.day_min, **said)
    if tpp.most_cut_pct is not None:
        yield text("rule_tpp_most_cut", lang, pct=plain(tpp.most_cut_pct))
    yield text("rule_rounded", lang, decimals=tpp.decimals)


def _score(score: law.Score, lang: str) -> str:
    weights = {"work": plain(score.work_weight), "behaviour": plain(score.behaviour_weight)}
    return text("rule_score_value", lang, highest=plain(score.highest), **weights)


def _predicate(row: law.Predicate, lang: str) -> str:
    code = "rule_predicate_new_idea" if row.needs_new_idea else "rule_predicate"
    return text(code, lang, name=text(f"predicate_{row.code}", lang), from_score=plain(row.from_score), quality=row.quality)


def _ladder(ladder: law.Ladder, lang: str) -> Iterator[str]:
    """The rungs, the days in a row, how minutes become days, and that nobody is sanctioned by a program."""
    for rung in ladder.rungs:
        named = {"level": text(f"level_{rung.level}", lang), "sanction": text(f"sanction_{rung.sanction}", lang)}
        yield text("rule_rung", lang, days=rung.from_days, **named)
    sanction = text(f"sanction_{ladder.consecutive_sanction}", lang)
    yield text("rule_rung_in_a_row", lang, days=ladder.consecutive_days, sanction=sanction)
    if ladder.day_min is not None:
        yield text("rule_rung_minutes", lang, minutes=ladder.day_min, quality=ladder.day_quality)
    yield text("rule_rung_notice", lang)
