"""Where assignment letters are kept: what each says and whom it names, who approved it, and from when it does not hold."""

from app.audits.store.pairs import Kept

LETTERS = (
    Kept(
        ("letter",),
        ("assignment_letters", "letter_people", "letter_sites"),
        # Whom it names stands beside the letter with its days, so that a day finds its people: another day names nobody here.
        """SELECT 'letter:' || letter.id AS fact, unit.code AS unit, number, letter.kind, purpose, first_day, last_day, place,
        proof, starts::text AS starts, ends::text AS ends, letter.zone,
        ARRAY(
            SELECT code FROM letter_sites JOIN sites ON sites.id = site_id WHERE letter_id = letter.id ORDER BY code COLLATE "C"
        ) AS sites,
        (
            SELECT coalesce(jsonb_agg(jsonb_build_array(named.person_id, named.unit_id) ORDER BY named.person_id), '[]')
            FROM letter_people named WHERE named.letter_id = letter.id
              AND (named.first_day, named.last_day) = (letter.first_day, letter.last_day)
        ) AS people,
        issued_by AS by, issued_at AS recorded_at FROM assignment_letters letter JOIN units unit ON unit.id = unit_id""",
        "SELECT subject AS fact, leaf_id, words FROM leaf WHERE words ->> 'act' = 'issue'",
    ),
    Kept(
        ("letter",),
        ("letter_approvals",),
        "SELECT 'letter:' || letter_id AS fact, approved_by AS by, approved_at AS recorded_at FROM letter_approvals",
        "SELECT subject AS fact, leaf_id, words FROM leaf WHERE words ->> 'act' = 'approve'",
    ),
    Kept(
        ("letter",),
        ("letter_withdrawals",),
        """SELECT 'letter:' || letter_id AS fact, from_day, reason, withdrawn_by AS by, withdrawn_at AS recorded_at
        FROM letter_withdrawals""",
        "SELECT subject AS fact, leaf_id, words FROM leaf WHERE words ->> 'act' = 'withdraw'",
    ),
)
