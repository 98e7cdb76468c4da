"""Sealing a unit's month: everything derived once more, then final, counted, and issued as a signed paper."""

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from app import errors
from app.access import Actor, Role
from app.anomalies import store as findings
from app.anomalies.rules import Status
from app.attendance import store as attendance
from app.attendance.actions import close_day
from app.db import Session
from app.ledger import store as ledger
from app.papers import actions as papers
from app.papers.rules import Kind
from app.papers.store import Issued
from app.people import store as people
from app.ratings import store as ratings
from app.ratings.actions import update_month
from app.recaps import actions as recaps
from app.recaps.render import MOST_PEOPLE, month_words, pdf_of
from app.recaps.rules import days_of
from app.seals import rules, store
from app.texts import text

SEALS = (Role.HR,)
READS = (Role.SUPERVISOR, Role.HR, Role.AUDITOR)
UNDECIDED = (Status.OPEN, Status.PROPOSED, Status.APPEALED)
MOST_FINDINGS = 1000  # more are not named one by one


def seal(
    session: Session, month: date, unit_code: str, named: Sequence[int], note: str, address: str, by: Actor, now: datetime
) -> tuple[store.Sealed, Issued]:  # fmt: skip
    """The seal of what is not yet final of the month in the unit and below, and its signed recap.

    Every day is derived once more, so that nothing that came since the night is left out; then it is final.
    Raises: NotFound, Conflict (`seal_…`: why not), Invalid (`seal_too_many`), Unavailable (`not_signed`, `paper_not_set`).
    """
    unit = people.get_unit(session, unit_code, by.paths(*SEALS))
    days = days_of(month)
    store.lock(session, month)
    person_ids = _derive(session, unit, days, now)
    if len(person_ids) > MOST_PEOPLE:
        raise errors.Invalid("seal_too_many", most=MOST_PEOPLE, people=len(person_ids))
    known = _known(session, unit, days, named, now)
    if obstacle := rules.obstacle_of(known):
        open_ones = ", ".join(map(str, sorted(set(known.findings) - set(named))))
        raise errors.Conflict(
            obstacle, month=f"{month:%Y-%m}", findings=open_ones, corrections=known.corrections, days=known.not_yet
        )
    update_month(session, month, now, person_ids)
    digest, counted, frozen = attendance.freeze(session, days[0], days[-1], unit.path, now)
    update_month(session, month, now, person_ids)
    row = store.MonthSeal(
        unit_id=unit.id, month=month, digest=digest, people=counted, days=frozen, findings=sorted(set(named)), note=note,
        sealed_by=by.person_id, sealed_at=now,
    )  # fmt: skip
    seal_id = store.add_seal(session, row)
    entry = {
        "unit": unit.code, "month": f"{month:%Y-%m}", "digest": digest, "people": counted, "days": frozen,
        "findings": sorted(set(named)), "note": note, "by": by.person_id,
    }  # fmt: skip
    ledger.append(session, "seal", f"seal:{seal_id}", entry, now)
    return store.get_seal(session, seal_id), issue_recap(session, unit, month, seal_id, address, by, now)


def reissue(
    session: Session, month: date, unit_code: str, address: str, by: Actor, now: datetime
) -> Issued:  # fmt: skip
    """The recap of a sealed month anew, with the figures as amendments left them; the older paper leads to it.

    Raises: NotFound, Conflict (`seal_missing`).
    """
    unit = people.get_unit(session, unit_code, by.paths(*SEALS))
    found = [one for one in store.list_seals(session, month, [unit.path]) if one.unit_code == unit.code]
    if not found:
        raise errors.Conflict("seal_missing", month=f"{month:%Y-%m}", unit=unit.code)
    return issue_recap(session, unit, month, found[0].id, address, by, now)


def issue_recap(
    session: Session, unit: people.Unit, month: date, seal_id: int, address: str, by: Actor, now: datetime
) -> Issued:  # fmt: skip
    """The signed recap of the month, in Indonesian, with a word on how many amendments are in it."""
    heading = recaps.heading_of(session, month, [unit], "id", now)
    rows = list(recaps.stream_recaps(session, month, [unit.path]))
    amended = len([one for one in store.list_amendments(session, month, [unit.path]) if one.seal_id == seal_id])
    title = text("seal_paper_amended" if amended else "seal_paper", "id", month=month_words(heading), unit=unit.name, count=amended)
    draft = papers.Draft(Kind.RECAP, unit, title, f"seal:{seal_id}")
    return papers.issue(session, draft, lambda stamp: pdf_of(heading, rows, stamp), address, by, now)


def rate_again(session: Session, month: date, person_ids: Sequence[int], now: datetime) -> None:
    """Make final ratings anew from amended days."""
    ratings.reopen(session, month, person_ids)
    update_month(session, month, now, person_ids)


def _derive(session: Session, unit: people.Unit, days: Sequence[date], now: datetime) -> list[int]:
    """Ids of those who were employed in the unit or below in the month, whose days are now as their evidence says."""
    today = now.astimezone(ZoneInfo(unit.zone)).date()
    employed = {day: [one.person_id for one in people.list_employed_on(session, day, [unit.path])] for day in days if day < today}
    person_ids = sorted({person_id for on_day in employed.values() for person_id in on_day})
    if len(person_ids) <= MOST_PEOPLE:
        for day, on_day in employed.items():
            if on_day:
                close_day(session, day, now, on_day)
    return person_ids


def _known(session: Session, unit: people.Unit, days: Sequence[date], named: Sequence[int], now: datetime) -> rules.Month:
    first_day, last_day, paths = days[0], days[-1], [unit.path]
    wanted = [findings.Wanted(paths=paths, status=status, since=first_day, until=last_day) for status in UNDECIDED]
    undecided = {finding for each in wanted for finding in findings.list_ids(session, MOST_FINDINGS, each)}
    return rules.Month(
        last_day=last_day,
        today=now.astimezone(ZoneInfo(unit.zone)).date(),
        days=len(attendance.list_open(session, first_day, last_day, paths)),
        not_yet=store.count_not_yet(session, first_day, last_day, unit.path),
        findings=tuple(sorted(undecided)),
        named=frozenset(named),
        corrections=store.count_waiting(session, first_day, last_day, unit.path),
    )
