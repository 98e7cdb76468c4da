"""Where acknowledgements, seals and amendments are kept, and sealed days beside the digest of their seal."""

from app.attendance.store import DAY_WORDS
from app.audits.store.pairs import Kept

MONTHS = (
    Kept(
        ("acknowledgement",),
        ("month_acknowledgements",),
        """SELECT 'acknowledgement:' || id AS fact, person_id AS person, regexp_replace(month::text, '-01$', '') AS month,
        step, digest, agrees, note, said_by AS by, said_at AS recorded_at FROM month_acknowledgements""",
    ),
    Kept(
        ("seal",),
        ("month_seals",),
        f"""SELECT 'seal:' || seal.id AS fact, unit.code AS unit, regexp_replace(month::text, '-01$', '') AS month, people, days,
        findings, note, sealed_by AS by, sealed_at AS recorded_at,
        CASE WHEN seal.digest = again.digest THEN seal.digest END AS digest
        FROM month_seals seal JOIN units unit ON unit.id = unit_id LEFT JOIN LATERAL (
            SELECT encode(sha256(convert_to(coalesce(string_agg(of_person.digest, E'\\n' ORDER BY person_id), ''), 'UTF8')), 'hex')
                   AS digest
            FROM (
                SELECT day.person_id, encode(sha256(convert_to(
                    string_agg(coalesce(first.old_words, {DAY_WORDS}), E'\\n' ORDER BY day.day), 'UTF8')), 'hex') AS digest
                FROM day_records day JOIN units own ON own.id = day.unit_id LEFT JOIN LATERAL (
                    SELECT old_words FROM amendment_days changed
                    WHERE changed.person_id = day.person_id AND changed.day = day.day ORDER BY amendment_id LIMIT 1
                ) first ON true
                WHERE day.frozen_at = seal.sealed_at AND day.day >= seal.month AND day.day < seal.month + interval '1 month'
                  AND own.path <@ unit.path
                GROUP BY day.person_id
            ) of_person
        ) again ON true""",
    ),
    Kept(
        ("amendment",),
        ("amendments",),
        """SELECT 'amendment:' || id AS fact, seal_id AS seal, reason, basis, stated_by AS by, stated_at AS recorded_at
        FROM amendments""",
    ),
    Kept(
        ("amendment",),
        ("amendment_days",),
        f"""SELECT concat_ws('/', 'amendment:' || amendment_id, changed.person_id, changed.day) AS fact, states, old, new,
        encode(sha256(convert_to(old_words, 'UTF8')), 'hex') AS was,
        CASE WHEN EXISTS (
            SELECT FROM amendment_days later WHERE later.person_id = changed.person_id AND later.day = changed.day
              AND later.amendment_id > changed.amendment_id
        ) OR new_words = {DAY_WORDS} THEN encode(sha256(convert_to(new_words, 'UTF8')), 'hex') END AS became
        FROM amendment_days changed
        LEFT JOIN day_records day ON day.person_id = changed.person_id AND day.day = changed.day""",
        """SELECT concat_ws('/', subject, changed ->> 'person', changed ->> 'day') AS fact, leaf_id,
        changed - 'person' - 'day' AS words FROM leaf, jsonb_array_elements(words -> 'days') changed""",
    ),
)
