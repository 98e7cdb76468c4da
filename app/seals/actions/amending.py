"""Amending a sealed month: what an inquiry found, judged by the law of the day, with the figures before and after."""

from collections.abc import Sequence
from datetime import date, datetime

from app import errors
from app.access import Actor
from app.attendance import store as attendance
from app.attendance.actions import Stated, derive_stated
from app.db import Session
from app.documents import digest
from app.ledger import store as ledger
from app.papers import actions as papers
from app.papers.rules import Kind
from app.papers.store import Issued, list_about
from app.people import store as people
from app.recaps import actions as recaps
from app.recaps.render import month_words
from app.recaps.rules import Day, days_of
from app.seals import render, rules, store
from app.seals.actions.sealing import SEALS, rate_again
from app.texts import text


def amend(
    session: Session, month: date, unit_code: str, reason: str, basis: str, changes: Sequence[Stated], address: str, by: Actor,
    now: datetime,
) -> tuple[store.Amended, Issued]:  # fmt: skip
    """The amendment of sealed days of the unit, and its signed supplementary recap.

    `basis`: the document it rests on, such as the report of an inquiry. All or nothing.
    Raises: NotFound, Denied (`own_decision`), Invalid (`amendment_…` with the place of the first change that is wrong),
    Unavailable (`not_signed`, `paper_not_set`).
    """
    unit = people.get_unit(session, unit_code, by.paths(*SEALS))
    store.lock(session, month)
    records = _records(session, month, unit, changes, by)
    seals = store.seals_at(session, month, sorted({record.frozen_at for record in records if record.frozen_at}))
    seals = [one for one in seals if unit.path == one.unit_path or unit.path.startswith(one.unit_path + ".")] or seals
    if len(seals) != 1:
        raise errors.Invalid("amendment_two_seals")
    before = recaps.recaps_of(session, month, [unit.path], [record.person_id for record in records])
    days = [
        _changed(session, number, record, stated, basis, now)
        for number, (record, stated) in enumerate(zip(records, changes, strict=True))
    ]
    rate_again(session, month, sorted({day.person_id for day in days}), now)
    row = store.Amendment(seal_id=seals[0].id, reason=reason, basis=basis, stated_by=by.person_id, stated_at=now)
    amendment_id = store.add_amendment(session, row, days)
    told = [
        {
            "person": day.person_id,
            "day": day.day.isoformat(),
            "states": day.states,
            "old": day.old,
            "new": day.new,
            "was": digest(day.old_words.encode()),
            "became": digest(day.new_words.encode()),
        }
        for day in days
    ]
    entry = {"seal": seals[0].id, "reason": reason, "basis": basis, "days": told, "by": by.person_id}
    ledger.append(session, "amendment", f"amendment:{amendment_id}", entry, now)
    amended = next(one for one in store.list_amendments(session, month, [seals[0].unit_path]) if one.id == amendment_id)
    after = recaps.recaps_of(session, month, [unit.path], [record.person_id for record in records])
    heading = recaps.heading_of(session, month, [unit], "id", now)
    title = text("amendment_paper", "id", month=month_words(heading), unit=unit.name)
    draft = papers.Draft(Kind.AMENDMENT, unit, title, f"seal:{seals[0].id}")
    seal_papers = list_about(session, f"seal:{seals[0].id}")
    set_page = render.page_of(heading, title, amended, before, after, seal_papers[0].number if seal_papers else "")
    return amended, papers.issue(session, draft, set_page, address, by, now)


def _records(
    session: Session, month: date, unit: people.Unit, changes: Sequence[Stated], by: Actor
) -> list[attendance.Recorded]:  # fmt: skip
    """The sealed record of each change, in their order."""
    days = days_of(month)
    kept = {(one.nip, one.day): one for one in attendance.list_days(session, days[0], days[-1], [unit.path])}
    records = []
    for number, stated in enumerate(changes):
        record = kept.get((stated.nip, stated.day))
        if record is None or record.frozen_at is None:
            raise errors.Invalid("amendment_not_sealed", {f"/changes/{number}": "amendment_not_sealed"})
        if record.person_id == by.person_id:
            raise errors.Denied("own_decision")
        records.append(record)
    return records


def _changed(
    session: Session, number: int, record: attendance.Recorded, stated: Stated, basis: str, now: datetime
) -> store.AmendmentDay:  # fmt: skip
    """The day rewritten, with what it said before and after."""
    old_words = attendance.words_of(session, record.person_id, record.day)
    derived = derive_stated(session, record.person_id, stated, basis, now)
    if derived is None:
        raise errors.Invalid("amendment_not_employed", {f"/changes/{number}": "amendment_not_employed"})
    attendance.replace_frozen(session, derived, record.day, now)
    fresh = next(attendance.list_days(session, record.day, record.day, person_ids=[record.person_id]))
    old, new = (rules.figures_of(_as_day(one)) for one in (record, fresh))
    if not rules.changes_anything(old, new):
        raise errors.Invalid("amendment_changes_nothing", {f"/changes/{number}": "amendment_changes_nothing"})
    return store.AmendmentDay(
        person_id=record.person_id, day=record.day, states=stated.states, old=old.as_words(), new=new.as_words(),
        old_words=old_words, new_words=attendance.words_of(session, record.person_id, record.day),
    )  # fmt: skip


def _as_day(record: attendance.Recorded) -> Day:
    """The record as a recap reads it."""
    leave = next((line["code"].removeprefix("day_leave_") for line in record.lines if line["code"].startswith("day_leave_")), None)
    is_present = record.status == "present"
    return Day(
        record.day, record.status, record.late_min, record.early_min, is_present and record.is_missing_in,
        is_present and record.is_missing_out, leave if record.status == "leave" else None, record.deduction_pct, "", True,
    )  # fmt: skip
