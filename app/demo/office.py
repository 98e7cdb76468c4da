"""What the demo's personnel office does beside the story: base amounts, an assignment, and letters that anybody can verify."""

import csv
import io
from datetime import timedelta

from app.access import Role
from app.assignments import actions as assignments
from app.assignments.rules import LetterKind, PlaceRule, Terms
from app.config import int_setting, setting
from app.db import Session
from app.demo.beginning import Company
from app.demo.cast import AGENCY
from app.demo.plan import Plan
from app.letters import actions as letters
from app.pay import actions as pay
from app.pay import rules
from app.people.actions.days import day_of
from app.workdays import store as workdays

SOURCE = "Contoh demo, bukan besaran resmi"
CHIEFS, OTHERS = 8_000_000, 4_500_000  # rupiah a month, made up
LEAVES = 2
NAMED = 3


def state_bases(session: Session, company: Company, plan: Plan) -> int:
    """How many positions were given a base amount, from the first day on."""
    chiefs = {member.position for member in company.chiefs.values()}
    words = io.StringIO()
    rows = csv.writer(words)
    rows.writerow(("nip", "unit", "position", "amount", "since", "source"))
    for position in sorted({member.position for member in company.members.values()}):
        rows.writerow(("", AGENCY, position, CHIEFS if position in chiefs else OTHERS, plan.first_day.isoformat(), SOURCE))
    brought = pay.import_bases(session, rules.parse(words.getvalue().encode()), company.holder(Role.HR), plan.ends_at, False)
    if brought.problems:
        raise ValueError(f"the demo's own base amounts were refused: {brought.problems[:3]}")
    return brought.added


def send_letters(session: Session, company: Company, plan: Plan) -> int:
    """How many letters were issued: the newest leaves, and an assignment of some people for the days after the story."""
    personnel, now = company.holder(Role.HR), plan.ends_at
    address = str(setting("address") or f"http://127.0.0.1:{int_setting('port')}")
    granted = workdays.list_requested(session, day_of(now), None, 4 * LEAVES, paths=[AGENCY], status="approve")
    told = [leave for leave in granted if leave.person_id != personnel.person_id and leave.cut_from is None][:LEAVES]
    for leave in told:
        letters.issue_leave(session, leave.id, address, personnel, now)
    named = [member.nip for member in company.members.values() if not (member.over or member.is_guard or member.is_newcomer)]
    terms = Terms(LetterKind.DUTY, plan.until + timedelta(days=1), plan.until + timedelta(days=3), PlaceRule.ANYWHERE)
    letter = assignments.issue(
        session, AGENCY, "800/1/DEMO", "Tugas contoh bagi peraga", terms, [], named[:NAMED], [], personnel, now
    )  # fmt: skip
    letters.issue_assignment(session, letter.id, address, personnel, now)
    return len(told) + 1
