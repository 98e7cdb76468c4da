"""Issuing letters: gather what was decided, see whether it is ripe and not yet told, set it, number it, sign it."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from app import decrees, errors
from app.access import Actor, Role
from app.assignments import actions as assignments
from app.assignments import store as letters_of
from app.attendance import store as attendance
from app.db import Session
from app.letters import render, rules
from app.letters.render import Letter, day_words, say
from app.papers import actions as papers
from app.papers import store
from app.papers.rules import Kind
from app.papers.store import Issued
from app.people import store as people
from app.people.actions.days import day_of
from app.ratings import store as ratings
from app.texts import text
from app.workdays import store as workdays

ISSUES = (Role.HR,)
MOST_NAMED = 500
ONE_DAY = timedelta(days=1)


def issue_leave(session: Session, leave_id: int, address: str, by: Actor, now: datetime) -> Issued:
    """The letter that grants a leave; the one that was issued, unless the leave has been cut short since.

    Raises: NotFound (`unknown_leave`, also out of scope), Denied (`own_decision`), Conflict (`letter_out_undecided`,
    `letter_out_nothing_left`), and as papers are issued.
    """
    about = f"leave:{leave_id}"
    store.hold_about(session, about)
    leave = workdays.get_requested(session, leave_id, day_of(now))
    if leave.unit_path is None or leave.unit_code is None or not by.covers(leave.unit_path, *ISSUES):
        raise errors.NotFound("unknown_leave", leave=leave_id)
    _refuse_own(leave.person_id, by)
    _refuse(rules.leave_flaw(leave.status, leave.first_day, leave.until))
    cut_at = workdays.last_cut_at(session, leave_id)
    if (told := _told(session, about, cut_at)) is not None:
        return told
    unit = people.get_unit(session, leave.unit_code)
    quota = decrees.on(unit.decree, leave.first_day).quota.get(leave.kind)
    posted = people.find_posted(session, leave.person_id, day_of(now))
    last_day = leave.until - ONE_DAY
    kind = text(f"leave_{leave.kind}", render.LANGUAGE)
    letter = Letter(
        title=say("leave_title"),
        before=say("leave_before", kind=kind),
        rows=(
            (say("name"), leave.name),
            ("NIP", leave.nip),
            (say("position"), posted.position if posted else ""),
            (say("unit"), unit.name),
            (say("kind"), kind),
            (say("days"), _span(leave.first_day, last_day)),
            *([(say("part"), say(f"part_{leave.part}"))] if leave.part != "whole" else []),
        ),
        people=(),
        after=(*([say("leave_cut", day=day_words(leave.last_day))] if leave.cut_from else []), say("leave_after")),
        sources=(f"{quota.clause.code} [{quota.clause.quality}]: {quota.clause.source}",) if quota else (),
        **_heads(session, unit),
    )
    draft = papers.Draft(Kind.LEAVE, unit, say("leave_title"), about, leave.person_id)
    return papers.issue(session, draft, lambda stamp: render.page_of(letter, stamp, now), address, by, now)


def issue_assignment(session: Session, letter_id: int, address: str, by: Actor, now: datetime) -> Issued:
    """The paper of an assignment letter; the one that was issued, unless the letter has been cut short since.

    Raises: NotFound (`unknown_letter`, also out of scope), Conflict (`letter_out_undecided`, `letter_out_nothing_left`,
    `letter_out_too_many`), and as papers are issued.
    """
    about = f"letter:{letter_id}"
    store.hold_about(session, about)
    found = assignments.get_letter(session, letter_id, by)
    if not by.covers(found.unit_path, *ISSUES):
        raise errors.NotFound("unknown_letter", letter=letter_id)
    _refuse(rules.assignment_flaw(found.awaits_approval, found.first_day, found.cut_from))
    if (told := _told(session, about, found.cut_at)) is not None:
        return told
    named = letters_of.list_named(session, letter_id, None, None, MOST_NAMED + 1)
    if len(named) > MOST_NAMED:
        raise errors.Conflict("letter_out_too_many", most=MOST_NAMED)
    unit = people.get_unit(session, found.unit_code)
    last_day = found.last_day if found.cut_from is None else found.cut_from - ONE_DAY
    hours = f"{found.starts:%H.%M}–{found.ends:%H.%M}" if found.starts and found.ends else ""
    letter = Letter(
        title=say("assignment_title"),
        before=say("assignment_before"),
        rows=(
            (say("of_letter"), found.number),
            (say("purpose"), found.purpose),
            (say("days"), _span(found.first_day, last_day)),
            *([(say("hours"), hours)] if hours else []),
            (say("where"), ", ".join(found.sites) if found.sites else say(f"where_{found.place}")),
        ),
        people=[(one.nip, one.name, one.unit_code) for one in named],
        after=(say("assignment_after"),),
        sources=(),
        **_heads(session, unit),
    )
    draft = papers.Draft(Kind.ASSIGNMENT, unit, say("assignment_title"), about)
    return papers.issue(session, draft, lambda stamp: render.page_of(letter, stamp, now), address, by, now)


def issue_notice(session: Session, notice_id: int, address: str, by: Actor, now: datetime) -> Issued:
    """The letter of a notice about absence, once for each notice.

    It names the days, the step and the clause, that it is no sanction, and how to have a wrong day corrected.
    Raises: NotFound (`unknown_notice`, also out of scope), Denied (`own_decision`), Conflict (`letter_out_nothing_left`: it was
    withdrawn), and as papers are issued.
    """
    about = f"notice:{notice_id}"
    store.hold_about(session, about)
    today = day_of(now)
    found = ratings.list_notices(session, today, notice_id + 1, 1, paths=by.paths(*ISSUES))
    if not found or found[0].id != notice_id:
        raise errors.NotFound("unknown_notice", notice=notice_id)
    notice = found[0]
    person = people.get_person(session, notice.nip)
    _refuse_own(person.id, by)
    _refuse("letter_out_nothing_left" if notice.withdrawn_at is not None else None)
    if (told := _told(session, about, None)) is not None:
        return told
    unit = people.get_unit(session, notice.unit_code)
    posted = people.find_posted(session, person.id, today)
    ladder = decrees.on(unit.decree, notice.until).ladder
    source = ladder.clause.source if ladder is not None and ladder.clause.code == notice.clause else ""
    days = attendance.list_days(session, notice.until.replace(month=1, day=1), notice.until, person_ids=[person.id])
    absent = sorted(day.day for day in days if day.status == "absent")
    count = say("absent_count", days=notice.absent_days + notice.made_days, year=notice.year, day=day_words(notice.until))
    letter = Letter(
        title=say("notice_title"),
        before=say("notice_before"),
        rows=(
            (say("name"), notice.name),
            ("NIP", notice.nip),
            (say("position"), posted.position if posted else ""),
            (say("unit"), unit.name),
            (say("absent_days"), count),
            (say("which_days"), "; ".join(map(day_words, absent))),
            (say("step"), text(f"sanction_{notice.sanction}", render.LANGUAGE)),
        ),
        people=(),
        after=(say("notice_after"), say("notice_heard")),
        sources=(f"{notice.clause} [{notice.quality}]: {source}",),
        **_heads(session, unit),
    )
    draft = papers.Draft(Kind.NOTICE, unit, say("notice_title"), about, person.id)
    return papers.issue(session, draft, lambda stamp: render.page_of(letter, stamp, now), address, by, now)


def assignment_paper(session: Session, letter_id: int, by: Actor) -> tuple[Issued, bytes]:
    """The newest paper of an assignment letter and its bytes, for those who may read the letter: whom it names too.

    Raises: NotFound (`unknown_letter`, also out of scope; `letter_out_none`).
    """
    assignments.get_letter(session, letter_id, by)
    issued = store.list_about(session, f"letter:{letter_id}")
    if not issued:
        raise errors.NotFound("letter_out_none")
    return issued[-1], store.pdf_of(session, issued[-1].id)


def _told(session: Session, about: str, changed_at: datetime | None) -> Issued | None:
    """The newest paper about it, if it still says what holds."""
    issued: Sequence[Issued] = store.list_about(session, about)
    return issued[-1] if issued and rules.is_told(issued[-1].issued_at, changed_at) else None


def _refuse(flaw: str | None) -> None:
    if flaw is not None:
        raise errors.Conflict(flaw)


def _refuse_own(person_id: int, by: Actor) -> None:
    if person_id == by.person_id:
        raise errors.Denied("own_decision")


def _heads(session: Session, unit: people.Unit) -> dict[str, str]:
    """Whose letter it is: agency and unit."""
    return {"agency": people.agency_of(session, str(unit.path)).name, "unit": unit.name}


def _span(first_day: date, last_day: date) -> str:
    if first_day == last_day:
        return day_words(first_day)
    return say("span", first=day_words(first_day), last=day_words(last_day))
