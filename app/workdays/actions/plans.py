"""Drawing up a unit's roster of a month, and publishing it: from then on people are judged by it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app import errors
from app.access import Actor
from app.db import Session
from app.ledger import store as ledger
from app.people import store as people
from app.people.store import Employed
from app.workdays import rules
from app.workdays import store as workdays
from app.workdays.actions.conflicts import Clash, clashes_of
from app.workdays.actions.rosters import told_entries
from app.workdays.actions.scope import SETS_UP, civil_day, get_agency

DRAFT, IN_FORCE = "draft", "in_force"

Key = tuple[int, date]


@dataclass(frozen=True, slots=True)
class Month:
    """A unit's month with everybody who is posted in the unit or below it then."""

    unit: people.Unit
    agency_id: int
    month: date
    employed: Sequence[Employed]

    @property
    def days(self) -> list[date]:
        """The days of the month."""
        return rules.days_of_month(self.month)

    @property
    def person_ids(self) -> list[int]:
        """Everybody's ids."""
        return [person.person_id for person in self.employed]


def month_of(session: Session, unit: str, month: date, paths: Sequence[str] | None, now: datetime) -> Month:
    """The unit's month; people as they are posted today, in a month to come on its first day, in a past one on its last.

    Raises: NotFound for a unit outside the subtrees.
    """
    found = people.get_unit(session, unit, paths)
    day = min(max(civil_day(now), month), rules.days_of_month(month)[-1])
    agency_id = people.agency_of(session, found.path).id
    return Month(found, agency_id, month, people.list_employed_on(session, day, paths=[found.path]))


def people_of(month: Month) -> list[tuple[int, str, str]]:
    """Id, NIP and name of everybody, in order of unit and NIP."""
    return [(person.person_id, person.nip, person.name) for person in month.employed]


def plan_of(session: Session, month: Month, name: str) -> dict[Key, rules.Said]:
    """The roster of that name: `draft`, `in_force`, or the number of a version.

    Raises: NotFound (`unknown_roster`).
    """
    if name == IN_FORCE:
        return workdays.plan_in_force(session, month.person_ids, month.days)
    if name == DRAFT:
        return rules.of_rows(get_draft(session, month).lines)
    number = int(name) if name.isascii() and name.isdigit() and len(name) < 9 else 0
    version = workdays.find_version(session, month.unit.id, month.month, number)
    if version is None:
        raise errors.NotFound("unknown_roster", roster=name)
    return rules.of_rows(version.lines)


def get_draft(session: Session, month: Month) -> workdays.RosterDraft:
    """The unit's draft.

    Raises: NotFound (`unknown_roster_draft`).
    """
    draft = workdays.find_draft(session, month.unit.id, month.month)
    if draft is None:
        raise errors.NotFound("unknown_roster_draft", unit=month.unit.code, month=f"{month.month:%Y-%m}")
    return draft


def begin_draft(session: Session, month: Month, now: datetime) -> workdays.RosterDraft:
    """A draft that says what is in force.

    Raises: Conflict (`roster_draft_exists`).
    """
    workdays.lock_rosters(session, month.agency_id)
    if workdays.find_draft(session, month.unit.id, month.month) is not None:
        raise errors.Conflict("roster_draft_exists")
    workdays.replace_draft(session, month.unit.id, month.month, plan_of(session, month, IN_FORCE), now, now)
    return get_draft(session, month)


def change_draft(session: Session, month: Month, said: Mapping[Key, rules.Said], now: datetime) -> workdays.RosterDraft:
    """The draft with these days said anew. Nobody is judged by it, so conflicts are shown and refused when it is published.

    Raises: NotFound (no draft), Invalid (`roster_refused`) for shifts that the agency does not have.
    """
    draft = get_draft(session, month)
    refuse_unknown_shifts(session, month, said)
    plan = rules.changed(rules.of_rows(draft.lines), said)
    workdays.replace_draft(session, month.unit.id, month.month, plan, draft.began_at, now)
    return get_draft(session, month)


def refuse_unknown_shifts(session: Session, month: Month, said: Mapping[Key, rules.Said]) -> None:
    """Nothing, if the agency has all the shifts.

    Raises: Invalid (`roster_refused`) with a pointer to every day that names another one.
    """
    known = {code for _, code in workdays.shift_ids(session, [month.agency_id])}
    nips = {person.person_id: person.nip for person in month.employed}
    wrong: dict[str, errors.Text] = {}
    for (person_id, day), words in said.items():
        if unknown := [code for code in words.shifts or () if code not in known]:
            wrong[f"/people/{nips[person_id]}/{day}"] = ("unknown_shift", {"shift": unknown[0]})
    if wrong:
        raise errors.Invalid("roster_refused", wrong)


def clashes_in_draft(session: Session, month: Month, plan: rules.Plan) -> list[Clash]:
    """The conflicts there would be if this were in force."""
    changes = rules.differences(plan_of(session, month, IN_FORCE), plan)
    return clashes_of(session, month.employed, _entries_of(session, month, changes))


def publish(session: Session, month: Month, note: str, by: Actor | None, now: datetime) -> workdays.RosterVersion:
    """The draft as the next version, in force from now on; the draft is gone. `by` is None for who may use the command line.

    Raises: NotFound (no draft), Conflict (`roster_changed_meanwhile` when a swap or another roster changed one of its days since
    it was begun, `roster_nothing_new`), Denied (`own_decision`: another draws up one's own days), Invalid (`roster_refused`) with
    every conflict.
    """
    workdays.lock_rosters(session, month.agency_id)
    draft = get_draft(session, month)
    plan = rules.of_rows(draft.lines)
    changes = rules.differences(plan_of(session, month, IN_FORCE), plan)
    if not changes:
        raise errors.Conflict("roster_nothing_new")
    if by is not None and any(change.person_id == by.person_id for change in changes):
        raise errors.Denied("own_decision")
    _refuse_moved(session, month, changes, draft.began_at)
    _refuse_gone(session, month, changes)
    entries = _entries_of(session, month, changes)
    if clashes := clashes_of(session, month.employed, entries):
        raise errors.Invalid("roster_refused", {f"/people/{clash.person.nip}/{clash.days[1]}": clash.told for clash in clashes})
    workdays.replace_roster(session, entries, now)
    version = workdays.add_version(session, month.unit.id, month.month, plan, note, by.person_id if by else None, now)
    workdays.remove_draft(session, month.unit.id, month.month)
    entry = {
        "unit": month.unit.code, "month": f"{month.month:%Y-%m}", "version": version.version, "lines": version.lines, "note": note,
        "entries": told_entries(entries), "by": by.person_id if by else None,
    }  # fmt: skip
    ledger.append(session, "roster_version", f"roster:{month.unit.code}:{month.month:%Y-%m}:{version.version}", entry, now)
    return version


def _refuse_moved(session: Session, month: Month, changes: Sequence[rules.Change], began_at: datetime) -> None:
    """Nothing, if none of the days that would change did so since the draft was begun.

    Raises: Conflict (`roster_changed_meanwhile`).
    """
    keys = {(change.person_id, change.day) for change in changes}
    moved = keys & set(workdays.list_written_after(session, month.person_ids, month.days, began_at))
    if moved:
        _, day = min(moved, key=lambda key: key[1])
        raise errors.Conflict("roster_changed_meanwhile", count=len(moved), day=day)


def _refuse_gone(session: Session, month: Month, changes: Sequence[rules.Change]) -> None:
    """Nothing, if everybody whose days change is posted in the unit.

    Raises: Invalid (`roster_refused`).
    """
    if gone := {change.person_id for change in changes} - set(month.person_ids):
        nips = workdays.names_of(session, sorted(gone)).values()
        raise errors.Invalid("roster_refused", {f"/people/{nip}": ("unknown_person", {"nip": nip}) for nip, _ in nips})


def _entries_of(session: Session, month: Month, changes: Sequence[rules.Change]) -> list[workdays.Entry]:
    """The changes as roster entries."""
    ids = {code: shift_id for (_, code), shift_id in workdays.shift_ids(session, [month.agency_id]).items()}
    return workdays.entries_of({(change.person_id, change.day): change.after for change in changes}, ids)


def add_pattern(
    session: Session, agency: str, code: str, name: str, cycle: Sequence[tuple[str, ...]], by: Actor, now: datetime
) -> workdays.RosterPattern:
    """The new pattern of the agency.

    Raises: NotFound (agency), Conflict (`pattern_exists`), Invalid for a shift that the agency does not have.
    """
    unit = get_agency(session, agency, by)
    known = {shift for _, shift in workdays.shift_ids(session, [unit.id])}
    wrong = {
        f"/cycle/{n}": ("unknown_shift", {"shift": shift}) for n, day in enumerate(cycle) for shift in day if shift not in known
    }
    if wrong:
        raise errors.Invalid("roster_refused", wrong)
    added = workdays.add_pattern(session, unit.id, code, name, cycle)
    if added is None:
        raise errors.Conflict("pattern_exists", pattern=code)
    entry = {"agency": agency, "code": code, "name": name, "cycle": added.cycle, "by": by.person_id}
    ledger.append(session, "roster_pattern", f"roster_pattern:{added.id}", entry, now)
    return added


def get_pattern(session: Session, month: Month, code: str) -> workdays.RosterPattern:
    """The agency's pattern.

    Raises: NotFound (`unknown_pattern`).
    """
    found = workdays.find_pattern(session, month.agency_id, code)
    if found is None:
        raise errors.NotFound("unknown_pattern", pattern=code)
    return found


def set_rest_rule(session: Session, unit: str, rule: rules.RestRule, by: Actor, now: datetime) -> rules.RestRule:
    """The rest that the unit demands from now on; rosters that are in force stay.

    Raises: NotFound for a unit out of scope.
    """
    found = people.get_unit(session, unit, by.paths(*SETS_UP))
    workdays.replace_rest_rule(session, found.id, rule, now)
    entry = {"unit": unit, "min_rest_min": rule.min_rest_min, "source": rule.source, "by": by.person_id}
    ledger.append(session, "rest_rule", f"rest_rule:{unit}", entry, now)
    return rule
