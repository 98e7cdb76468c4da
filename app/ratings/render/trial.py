"""A draft tried on a month, as JSON, as a workbook, and as the few lines that a terminal shows."""

from collections.abc import Iterator
from decimal import Decimal
from typing import IO, Any

from xlsxwriter import Workbook

from app.ratings.render.rule import plain
from app.ratings.rules import Costs, Sum, Touched, Trial
from app.texts import text

# Nothing a person is called becomes a formula or a link.
OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
COLUMNS = ("before", "after", "difference")


def document_of(trial: Trial) -> dict[str, Any]:
    """The whole trial for programs; per cents as text, because JSON numbers are not exact."""
    return {
        "month": f"{trial.month:%Y-%m}",
        "draft": trial.draft,
        "stands_for": trial.stands_for,
        "is_sealed": trial.is_sealed,
        "whole": _sum(trial.whole),
        "units": [{"unit": unit.unit, **_sum(unit)} for unit in trial.units],
        "touched": [_person(person) for person in trial.touched],
    }


def summary_of(trial: Trial, lang: str) -> Iterator[str]:
    """The trial in words: what it is, everything together, and each unit that is touched."""
    yield text("trial_title", lang, draft=trial.draft, law=trial.stands_for, month=f"{trial.month:%Y-%m}")
    yield text("trial_sealed" if trial.is_sealed else "trial_not_sealed", lang)
    yield text("trial_people", lang, people=trial.whole.people, touched=trial.whole.touched)
    yield text("trial_deductions", lang, **_said(trial.whole.deductions))
    if trial.whole.assessed:
        yield text("trial_tpp", lang, assessed=trial.whole.assessed, **_said(trial.whole.tpp))
    for unit in trial.units:
        if unit.touched:
            said = {"unit": unit.unit, "touched": unit.touched, "people": unit.people}
            yield text("trial_unit", lang, **said, **_said(unit.deductions))
    yield text("trial_nothing_changed", lang)


def write_xlsx(file: IO[bytes], trial: Trial, lang: str) -> None:
    """The workbook: a sheet of units with the total below, and one of everybody who is touched. Figures are values."""
    book = Workbook(file, OPTIONS)
    head = book.add_format({"bold": True, "bottom": 1})
    figure = book.add_format({"num_format": "0.000"})
    heads = [text(f"trial_col_{name}", lang) for name in ("unit", "people", "touched", *COLUMNS)]
    sheet = book.add_worksheet(text("trial_sheet_units", lang))
    lines = list(summary_of(trial, lang))[:3]
    for row, line in enumerate(lines):
        sheet.write_string(row, 0, line)
    first = len(lines) + 1
    sheet.write_row(first, 0, heads, head)
    for row, unit in enumerate((*trial.units, trial.whole), start=first + 1):
        sheet.write_string(row, 0, unit.unit or text("trial_total", lang))
        sheet.write_row(row, 1, (unit.people, unit.touched))
        sheet.write_row(row, 3, _figures(unit.deductions), figure)
    sheet.set_column(0, 5, 16)
    sheet = book.add_worksheet(text("trial_sheet_people", lang))
    sheet.write_row(0, 0, [text(f"trial_col_{name}", lang) for name in ("nip", "name", "unit", *COLUMNS, "days")], head)
    for row, person in enumerate(trial.touched, start=1):
        for column, words in enumerate((person.nip, person.name, person.unit)):
            sheet.write_string(row, column, words)
        sheet.write_row(row, 3, _figures(person.deductions), figure)
        sheet.write_string(row, 6, " ".join(f"{day}" for day in person.days))
    sheet.set_column(0, 6, 20)
    book.close()


def _sum(found: Sum) -> dict[str, Any]:
    return {
        "people": found.people,
        "touched": found.touched,
        "deductions_pct": _said(found.deductions),
        "assessed": found.assessed,
        "tpp_pct": _said(found.tpp),
    }


def _person(person: Touched) -> dict[str, Any]:
    return {
        "nip": person.nip,
        "name": person.name,
        "unit": person.unit,
        "deductions_pct": _said(person.deductions),
        "tpp_pct": None if person.tpp is None else _said(person.tpp),
        "days": [day.isoformat() for day in person.days],
    }


def _said(costs: Costs) -> dict[str, str]:
    return {name: plain(pct) for name, pct in zip(COLUMNS, _pcts(costs), strict=True)}


def _figures(costs: Costs) -> tuple[float, ...]:
    """The per cents as a workbook holds them."""
    return tuple(float(pct) for pct in _pcts(costs))


def _pcts(costs: Costs) -> tuple[Decimal, Decimal, Decimal]:
    return costs.before_pct, costs.after_pct, costs.difference_pct
