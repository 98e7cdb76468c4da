"""Where papers and the forms of their numbers are kept."""

from app.audits.store.pairs import Kept

PAPERS = (
    Kept(
        ("paper",),
        ("papers",),
        """SELECT 'paper:' || made.id AS fact, kind, number, title, about, encode(sha256(pdf), 'hex') AS sha256, signer, is_test,
        coalesce(unit.code, unit_id::text) AS unit, person_id AS person, issued_by AS by, issued_at AS recorded_at,
        made.sha256 = encode(sha256(pdf), 'hex') AS is_its_digest
        FROM papers made LEFT JOIN units unit ON unit.id = unit_id""",
        "SELECT subject AS fact, leaf_id, words || jsonb_build_object('is_its_digest', true) AS words FROM leaf",
    ),
    Kept(
        ("paper_form",),
        ("paper_forms",),
        """SELECT 'paper_form:' || made.id AS fact, coalesce(unit.code, agency_id::text) AS agency, pattern, marks, set_by AS by,
        set_at AS recorded_at FROM paper_forms made LEFT JOIN units unit ON unit.id = agency_id""",
    ),
)
