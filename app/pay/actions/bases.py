"""Stating base amounts by file: gather, judge every row, write all of it with its leaves or nothing."""

from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from app.access import Actor, Role, is_within
from app.db import Session
from app.ledger import store as ledger
from app.pay import rules
from app.pay import store as pay
from app.people import store as people
from app.people.rules.separated import Problem

STATES = (Role.HR,)


@dataclass(frozen=True, slots=True)
class Brought:
    """What a file did or would do: how many rows are new, say something else than before, say the same, and what is wrong."""

    added: int
    changed: int
    same: int
    problems: Sequence[Problem]
    is_written: bool


@dataclass(frozen=True, slots=True)
class Scope:
    """What the rows of a file may name: people and units within reach, and who is asking."""

    people: Mapping[str, int]
    units: Mapping[str, str]
    by: Actor | None


def import_bases(session: Session, file: rules.BaseFile, by: Actor | None, now: datetime, dry_run: bool) -> Brought:
    """The base amounts of a file: all are written, or none when a row is wrong; what was stated the same already is left.

    `by` is None for the operator of the server. Nobody states his own; what a sealed month was paid by is not changed.
    """
    pay.lock_bases(session)
    paths = None if by is None else by.paths(*STATES)
    units = {unit.code: unit for unit in people.units_in(session, paths)}
    nips = sorted({row.said.nip for row in file.rows if row.said.nip})
    scope = Scope(pay.people_of(session, nips, paths), {code: str(unit.path) for code, unit in units.items()}, by)
    known = pay.known_of(session)
    new = [row for row in file.rows if (row.said.of, row.said.since) not in known]
    changed = [row for row in file.rows if (row.said.of, row.said.since) in known and not _is_same(row.said, known)]
    problems = [*file.problems, *_strangers(file.rows, scope), *_sealed(session, (*new, *changed), scope)]
    same = len(file.rows) - len(new) - len(changed)
    if problems or dry_run:
        return Brought(len(new), len(changed), same, sorted(problems, key=lambda problem: problem.line), False)
    said = [row.said for row in (*new, *changed)]
    stated_by = by.person_id if by else None
    ids = pay.add_all(session, said, scope.people, {code: unit.id for code, unit in units.items()}, stated_by, now)
    told = ((f"base_amount:{base_id}", _entry(one, by)) for base_id, one in zip(ids, said, strict=True))
    ledger.append_all(session, "base_amount", told, now)
    return Brought(len(new), len(changed), same, (), bool(said))


def _is_same(said: rules.Said, known: Mapping[tuple[tuple[str, str, str], date], tuple[int, str]]) -> bool:
    return known[said.of, said.since] == (said.amount, said.source)


def _strangers(rows: Sequence[rules.BaseRow], scope: Scope) -> Iterator[Problem]:
    """Rows about people or units that there are not, or not for the one who asks, and about himself."""
    for row in rows:
        said = row.said
        if scope.by is not None and said.nip == scope.by.nip:
            yield Problem(row.line, "own_decision")
        elif said.nip and said.nip not in scope.people:
            yield Problem(row.line, "unknown_person", {"nip": said.nip})
        elif said.unit and said.unit not in scope.units:
            yield Problem(row.line, "unknown_unit", {"unit": said.unit})


def _sealed(session: Session, rows: Sequence[rules.BaseRow], scope: Scope) -> Iterator[Problem]:
    """Rows that would put another amount in the place of one that a sealed month was paid by.

    A position's row is refused if anybody in its unit has such a month: who held the position then is not looked up.
    """
    if not rows:
        return
    paid: dict[date, dict[int, str]] = {}
    for month, sealed in pay.sealed_since(session, min(row.said.since for row in rows)).items():
        last_day = month.replace(day=monthrange(month.year, month.month)[1])
        bases = pay.bases_in(session, month, last_day, list(sealed))
        paid[last_day] = {person_id: path for person_id, path in sealed.items() if person_id in bases}
    for row in rows:
        person_id, path = scope.people.get(row.said.nip), scope.units.get(row.said.unit)
        for last_day, members in sorted(paid.items()):
            is_touched = person_id in members or (path and any(is_within(one, [path]) for one in members.values()))
            if last_day >= row.said.since and is_touched:
                yield Problem(row.line, "base_month_sealed", {"month": f"{last_day:%Y-%m}"})
                break


def _entry(said: rules.Said, by: Actor | None) -> dict[str, object]:
    """The statement as the ledger keeps it."""
    return {
        "nip": said.nip or None,
        "unit": said.unit or None,
        "position": said.position or None,
        "amount": said.amount,
        "since": said.since.isoformat(),
        "source": said.source,
        "by": by.nip if by else None,
    }
