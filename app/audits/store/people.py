"""Where units, people, their posts and their roles are kept."""

from app.audits.store.pairs import Kept

PEOPLE = (
    Kept(
        ("unit", "people_import"),
        ("units",),
        "SELECT 'unit:' || code AS fact, name, path::text AS path, zone, decree FROM units",
        """SELECT subject AS fact, leaf_id, words FROM leaf WHERE kind = 'unit'
        UNION ALL SELECT 'unit:' || (one ->> 'code'), leaf_id, one FROM leaf, jsonb_array_elements(words -> 'units') one
        WHERE kind = 'people_import'""",
        is_batch=True,
    ),
    Kept(
        ("people_import",),
        ("people",),
        "SELECT 'person:' || nip AS fact, name FROM people",
        "SELECT 'person:' || (one ->> 'nip') AS fact, leaf_id, one AS words FROM leaf, jsonb_array_elements(words -> 'people') one",
        is_batch=True,
    ),
    Kept(
        ("people_import",),
        ("postings",),
        """SELECT concat_ws(':', 'posting', nip, unit.code, kind, since) AS fact, position, until
        FROM postings JOIN people ON people.id = person_id JOIN units unit ON unit.id = unit_id""",
        """SELECT concat_ws(':', 'posting', one ->> 'nip', one ->> 'unit_code', one ->> 'kind', one ->> 'since') AS fact, leaf_id,
        one AS words FROM leaf, jsonb_array_elements(words -> 'postings') one""",
        is_batch=True,
    ),
    Kept(
        ("grant",),
        ("grants",),
        """SELECT 'grant:' || held.id AS fact, person_id::text AS person_id, role, unit.code AS unit_code, since::text AS since,
        until::text AS until FROM grants held JOIN units unit ON unit.id = unit_id""",
    ),
    Kept(
        ("grant",),
        ("grants",),
        """SELECT 'grant:' || held.id AS fact, coalesce(giver.nip, granted_by::text) AS by
        FROM grants held LEFT JOIN people giver ON giver.id = granted_by""",
        "SELECT subject AS fact, leaf_id, words FROM leaf WHERE words ->> 'act' = 'give'",
    ),
)
