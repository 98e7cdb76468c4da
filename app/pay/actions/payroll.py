"""Handing a month over to payroll: the recap's own rows with base amounts, of sealed months unless asked for otherwise."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import IO

from app import decrees, errors
from app.access import Role
from app.db import Session
from app.pay import render, rules
from app.pay import store as pay
from app.pay.render.payroll import Handed
from app.people import store as people
from app.ratings.actions import month_of
from app.recaps import actions as recaps
from app.recaps.render import Heading

HANDS_OVER = (Role.HR, Role.AUDITOR)


@dataclass(frozen=True, slots=True)
class Payroll:
    """What was written: of which units, whether figures may still change, and its count, sum and checksum."""

    heading: Heading
    handed: Handed


def write_payroll(
    session: Session, file: IO[bytes], month: date, units: Sequence[people.Unit], with_open: bool, language: str, now: datetime
) -> Payroll:
    """Write the month of the units' subtrees for payroll.

    Raises: Conflict (`payroll_open_month`) where a day of it is not sealed, unless `with_open`: then each row says whether it is.
    """
    heading = recaps.heading_of(session, month, units, language, now)
    if heading.provisional and not with_open:
        raise errors.Conflict("payroll_open_month", month=f"{month:%Y-%m}")
    rows = _rows(session, month, [unit.path for unit in units])
    return Payroll(heading, render.write_payroll(file, month, rows))


def file_name(payroll: Payroll) -> str:
    """A file name of the month and the units; one of an open month says so in its name."""
    heading = payroll.heading
    codes = "-".join(code for code, _ in heading.units[:3])
    return f"tpp-{heading.month:%Y-%m}-{codes}{'-SEMENTARA' if heading.provisional else ''}.csv"


def _rows(session: Session, month: date, paths: Sequence[str]) -> Iterator[rules.Row]:
    """The rows in order of unit path and NIP, as the recap has them."""
    first_day, last_day = month_of(month)
    bases = pay.bases_in(session, first_day, last_day)
    laws = {unit.code: decrees.on(unit.decree, last_day).payment for unit in people.units_in(session, paths)}
    for recap in recaps.stream_recaps(session, month, paths):
        member, rated, base = recap.member, recap.rated, bases.get(recap.member.person_id)
        is_final = not recap.provisional and not (rated and rated.provisional)
        who = member.nip, member.name, member.unit_code
        yield rules.row_of(who, rated, base.amount if base else None, laws[member.unit_code], is_final)
