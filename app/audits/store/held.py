"""Everything that is held about one person, as it is stored: a row of every table that is about him, however it says so."""

from sqlalchemy import text

from app.db import Base, Session

# Tables without the person's id, and how their rows belong to him.
BELONGING = {
    "people": "t.id = :person",
    "checkin_reports": "t.id IN (SELECT id FROM checkins WHERE person_id = :person)",
    "checkin_replays": "t.checkin_id IN (SELECT id FROM checkins WHERE person_id = :person)",
    "activity_decisions": "t.activity_id IN (SELECT id FROM activities WHERE person_id = :person)",
    "attachment_links": "t.attachment_id IN (SELECT id FROM attachments WHERE person_id = :person)",
    "correction_decisions": "t.correction_id IN (SELECT id FROM corrections WHERE person_id = :person)",
    "discipline_withdrawals": "t.notice_id IN (SELECT id FROM discipline_notices WHERE person_id = :person)",
    "finding_steps": "t.finding_id IN (SELECT id FROM findings WHERE person_id = :person)",
    "leave_cuts": "t.leave_id IN (SELECT id FROM leaves WHERE person_id = :person)",
    "leave_decisions": "t.leave_id IN (SELECT id FROM leaves WHERE person_id = :person)",
    "assignment_letters": "t.id IN (SELECT letter_id FROM letter_people WHERE person_id = :person)",
    "letter_withdrawals": "t.letter_id IN (SELECT letter_id FROM letter_people WHERE person_id = :person)",
    "permission_decisions": "t.permission_id IN (SELECT id FROM permissions WHERE person_id = :person)",
    "target_decisions": "t.target_id IN (SELECT id FROM targets WHERE person_id = :person)",
    "swaps": ":person IN (t.proposer_id, t.partner_id)",
    "swap_answers": "t.swap_id IN (SELECT id FROM swaps WHERE :person IN (proposer_id, partner_id))",
    "swap_decisions": "t.swap_id IN (SELECT id FROM swaps WHERE :person IN (proposer_id, partner_id))",
}

# Tables that are left out, and why.
LEFT_OUT = {
    **dict.fromkeys(("accounts", "refresh_tokens", "feeds"), "secrets: whoever has the file could sign in or read along"),
    "attachment_contents": "the files themselves, which the person opens one by one",
    **dict.fromkeys(("job_failures", "job_runs", "month_marks", "recap_exports"), "what the program has to do, not what it knows"),
    **dict.fromkeys(
        ("activity_standards", "attestation_policies", "calendar_groups", "holidays", "paper_forms", "rest_rules", "roster_drafts",
         "roster_patterns", "roster_versions", "shifts"),
        "rules for everybody of a unit",
    ),
    **dict.fromkeys(("door_codes", "site_units", "site_versions", "sites", "letter_sites", "units"), "places and offices"),
    **dict.fromkeys(
        ("amendments", "budget_realisations", "incidents", "incident_units", "incident_withdrawals", "month_seals"),
        "about units",
    ),
    "letter_approvals": "about whoever issued the letter",
    **dict.fromkeys(
        ("ledger_checkpoints", "ledger_contents", "ledger_deliveries", "ledger_leaves", "ledger_nodes", "ledger_order"),
        "the sealed record, which anybody can prove things from",
    ),
}  # fmt: skip


def tables() -> dict[str, str]:
    """Every table that holds something about people, with the condition that picks one person's rows, in order of name."""
    named = {name for name, table in Base.metadata.tables.items() if "person_id" in table.columns} - set(LEFT_OUT)
    return dict(sorted({**dict.fromkeys(named, "t.person_id = :person"), **BELONGING}.items()))


def each_held(session: Session, person_id: int) -> dict[str, str]:
    """The person's rows of every such table as a JSON array; positions as GeoJSON, bytes as PostgreSQL's hex."""
    return {
        name: session.execute(
            text(f"SELECT coalesce(jsonb_agg(to_jsonb(t)), '[]')::text FROM {name} t WHERE {condition}"), {"person": person_id}
        ).scalar_one()
        for name, condition in tables().items()
    }
