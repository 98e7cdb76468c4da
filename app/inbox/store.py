"""What happened to a person's requests and findings, read where each is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text

from app.db import Session

# Each row: what kind of news, what it is about, when, and the words it is told with. Only what others did is news.
NEWS = """
SELECT 'leave_' || made.decision
       || CASE WHEN made.decision = 'approve' AND made.step = 'superior' THEN '_first' ELSE '' END AS code,
       'leave:' || asked.id AS about, made.decided_at AS at,
       jsonb_build_object('first_day', asked.first_day, 'last_day', asked.last_day, 'reason', made.reason) AS params
FROM leave_decisions made JOIN leaves asked ON asked.id = made.leave_id
WHERE asked.person_id = :person AND made.decided_by <> :person AND made.decided_at >= :since
UNION ALL
SELECT 'leave_cut', 'leave:' || asked.id, made.cut_at, jsonb_build_object('from_day', made.from_day, 'reason', made.reason)
FROM leave_cuts made JOIN leaves asked ON asked.id = made.leave_id
WHERE asked.person_id = :person AND made.cut_by <> :person AND made.cut_at >= :since
UNION ALL
SELECT 'correction_' || made.decision, 'correction:' || asked.id, made.decided_at,
       jsonb_build_object('day', asked.day, 'reason', made.reason)
FROM correction_decisions made JOIN corrections asked ON asked.id = made.correction_id
WHERE asked.person_id = :person AND made.decided_at >= :since
UNION ALL
SELECT 'permission_' || made.decision, 'permission:' || asked.id, made.decided_at,
       jsonb_build_object('day', asked.day, 'reason', made.reason)
FROM permission_decisions made JOIN permissions asked ON asked.id = made.permission_id
WHERE asked.person_id = :person AND made.decided_by <> :person AND made.decided_at >= :since
UNION ALL
SELECT 'activity_' || made.decision, 'activity:' || asked.id, made.decided_at,
       jsonb_build_object('day', asked.day, 'minutes', made.minutes, 'reason', made.reason)
FROM activity_decisions made JOIN activities asked ON asked.id = made.activity_id
WHERE asked.person_id = :person AND made.decided_by <> :person AND made.decided_at >= :since
UNION ALL
SELECT 'swap_' || made.decision, 'swap:' || asked.id, made.decided_at, jsonb_build_object('reason', made.reason)
FROM swap_decisions made JOIN swaps asked ON asked.id = made.swap_id
WHERE :person IN (asked.proposer_id, asked.partner_id) AND made.decided_at >= :since
UNION ALL
SELECT 'swap_proposed', 'swap:' || asked.id, asked.proposed_at, jsonb_build_object('name', people.name, 'reason', asked.reason)
FROM swaps asked JOIN people ON people.id = asked.proposer_id
WHERE asked.partner_id = :person AND asked.proposed_at >= :since
  AND NOT EXISTS (SELECT FROM swap_answers WHERE swap_id = asked.id)
UNION ALL
SELECT 'finding_found', 'finding:' || found.id, found.found_at, jsonb_build_object('day', found.day)
FROM findings found
WHERE found.person_id = :person AND found.found_at >= :since AND NOT EXISTS (SELECT FROM finding_steps WHERE finding_id = found.id)
  AND NOT EXISTS (SELECT FROM findings newer WHERE newer.kind = found.kind AND newer.person_id = found.person_id
                  AND newer.day = found.day AND newer.id > found.id)
UNION ALL
SELECT 'finding_' || made.step, 'finding:' || found.id, made.taken_at,
       jsonb_build_object('day', found.day, 'answer', made.answer, 'reason', made.reason)
FROM finding_steps made JOIN findings found ON found.id = made.finding_id
WHERE found.person_id = :person AND made.step IN ('decision', 'final') AND made.taken_at >= :since
UNION ALL
SELECT 'letter_issued', 'letter:' || letter.id, letter.issued_at,
       jsonb_build_object('number', letter.number, 'first_day', letter.first_day, 'last_day', letter.last_day)
FROM letter_people named JOIN assignment_letters letter ON letter.id = named.letter_id
WHERE named.person_id = :person AND letter.issued_by <> :person AND letter.issued_at >= :since
UNION ALL
SELECT 'letter_withdrawn', 'letter:' || letter.id, ended.withdrawn_at,
       jsonb_build_object('number', letter.number, 'from_day', ended.from_day, 'reason', ended.reason)
FROM letter_people named JOIN assignment_letters letter ON letter.id = named.letter_id
JOIN letter_withdrawals ended ON ended.letter_id = letter.id
WHERE named.person_id = :person AND ended.withdrawn_at >= :since
ORDER BY at DESC, about LIMIT :limit
"""


@dataclass(frozen=True, slots=True)
class News:
    """Something that happened: its text is `inbox_<code>`."""

    code: str
    about: str
    at: datetime
    params: dict[str, Any]


def list_news(session: Session, person_id: int, since: datetime, limit: int) -> Sequence[News]:
    """What happened to a person since then, newest first."""
    rows = session.execute(text(NEWS), {"person": person_id, "since": since, "limit": limit})
    return [News(row.code, row.about, row.at, row.params) for row in rows]
