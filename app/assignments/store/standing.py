"""Letters as they hold for people on days."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import text

from app.assignments.rules import Letter, LetterKind, PlaceRule, Proof
from app.db import Session
from app.workdays.rules import ONE_DAY, REACH_DAYS


def standing(whom: str, first_day: str, last_day: str) -> str:
    """SQL: the letters that hold for people on any of the days, with the days that are left of each.

    `whom` narrows `named`, the row that names a person. For a store that gathers them with other things; `letters_between` is for
    everybody else. By a person or by the letters' own days it is found by an index, and the past is not read.
    """
    return f"""
    SELECT named.person_id, letter.id, letter.number, letter.kind, letter.first_day,
           least(letter.last_day, ended.from_day - 1) AS last_day, letter.place, letter.proof, letter.starts, letter.ends,
           letter.zone
    FROM letter_people named JOIN assignment_letters letter ON letter.id = named.letter_id
    LEFT JOIN letter_withdrawals ended ON ended.letter_id = letter.id
    WHERE {whom} AND named.last_day >= {first_day} AND letter.last_day >= {first_day} AND named.first_day <= {last_day}
      AND (ended.from_day IS NULL OR ended.from_day > greatest(letter.first_day, {first_day}))
      AND (letter.issued_by <> named.person_id OR EXISTS (SELECT FROM letter_approvals own WHERE own.letter_id = letter.id))
    """


BETWEEN = standing(
    "(CAST(:person_ids AS bigint[]) IS NULL OR named.person_id = ANY(CAST(:person_ids AS bigint[])))", ":first_day", ":last_day"
)

# Whether it says when one works: then check-ins of the days around it may belong to other days than before.
MOVES = "(letter.kind <> 'ceremony' AND (letter.starts IS NOT NULL OR letter.zone IS NOT NULL))"

CHANGED = f"""
SELECT DISTINCT named.person_id, day::date
FROM assignment_letters letter JOIN letter_people named ON named.letter_id = letter.id
LEFT JOIN letter_approvals approval ON approval.letter_id = letter.id
LEFT JOIN letter_withdrawals ended ON ended.letter_id = letter.id
CROSS JOIN LATERAL generate_series(
    letter.first_day - CASE WHEN {MOVES} THEN {REACH_DAYS} ELSE 0 END,
    least(letter.last_day + CASE WHEN {MOVES} THEN {REACH_DAYS} ELSE 0 END, :until - 1)::timestamp, '1 day') AS day
WHERE (letter.issued_at >= :since OR ended.withdrawn_at >= :since
   OR (approval.approved_at >= :since AND named.person_id = letter.issued_by))
  AND (CAST(:person_ids AS bigint[]) IS NULL OR named.person_id = ANY(CAST(:person_ids AS bigint[])))
ORDER BY 2, 1
"""

LATE = f"""
SELECT DISTINCT named.person_id
FROM assignment_letters letter JOIN letter_people named ON named.letter_id = letter.id
LEFT JOIN letter_approvals approval ON approval.letter_id = letter.id
LEFT JOIN letter_withdrawals ended ON ended.letter_id = letter.id
WHERE {MOVES} AND letter.last_day >= :first_day AND letter.first_day <= :last_day
  AND greatest(letter.issued_at, approval.approved_at, ended.withdrawn_at) >= :since
  AND (CAST(:person_ids AS bigint[]) IS NULL OR named.person_id = ANY(CAST(:person_ids AS bigint[])))
"""


def letters_on(session: Session, day: date, person_ids: Sequence[int] | None = None) -> dict[int, tuple[Letter, ...]]:
    """The letters that hold for each person on the day, in order of id; only people who have one are in it."""
    return letters_between(session, day, day, person_ids)


def letters_between(
    session: Session, first_day: date, last_day: date, person_ids: Sequence[int] | None = None
) -> dict[int, tuple[Letter, ...]]:
    """The letters that hold for each person on any of the days, both included, in order of id; one query."""
    asked = {"first_day": first_day, "last_day": last_day, "person_ids": None if person_ids is None else list(person_ids)}
    found = defaultdict(list)
    for person_id, *said in session.execute(text(BETWEEN + " ORDER BY letter.id"), asked):
        found[person_id].append(_letter(*said))
    return {person_id: tuple(letters) for person_id, letters in found.items()}


def list_changed_since(
    session: Session, since: datetime, until: date, person_ids: Sequence[int] | None = None
) -> list[tuple[int, date]]:
    """The person-days before `until` that a letter touches which was issued, approved or cut short at or after `since`."""
    asked = {"since": since, "until": until, "person_ids": None if person_ids is None else list(person_ids)}
    return [(person_id, day) for person_id, day in session.execute(text(CHANGED), asked)]


def list_moved_late(session: Session, day: date, reach: int, person_ids: Sequence[int] | None = None) -> set[int]:
    """People whose hours within `reach` days of that day a letter moved when check-ins of those days could be there already."""
    first_day, last_day = day - timedelta(days=reach), day + timedelta(days=reach)
    since = datetime.combine(first_day - ONE_DAY, time(), UTC)
    ids = None if person_ids is None else list(person_ids)
    return set(session.scalars(text(LATE), {"first_day": first_day, "last_day": last_day, "since": since, "person_ids": ids}))


def _letter(
    id: int, number: str, kind: str, first_day: date, last_day: date, place: str, proof: str, starts: time | None,
    ends: time | None, zone: str | None,
) -> Letter:  # fmt: skip
    return Letter(id, number, LetterKind(kind), first_day, last_day, PlaceRule(place), Proof(proof), starts, ends, zone)
