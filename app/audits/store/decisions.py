"""Where incidents, corrections, decisions about findings, assessments, reports of budgets and base amounts are kept."""

from app.audits.store.pairs import Kept, apart_by

DECISIONS = (
    Kept(
        ("attachment",),
        ("attachments", "attachment_contents"),
        """WITH forgotten AS (
            SELECT jsonb_array_elements_text(entry::jsonb -> 'attachments') AS id FROM ledger_leaves WHERE kind = 'erasure'
        ) SELECT 'attachment:' || sent.id AS fact, person_id AS person, type, bytes, uploaded_at AS recorded_at, CASE
            WHEN encode(sha256(content), 'hex') = sent.sha256 THEN sent.sha256
            WHEN content IS NULL AND EXISTS (SELECT FROM forgotten WHERE forgotten.id = sent.id::text) THEN sent.sha256
        END AS sha256 FROM attachments sent LEFT JOIN attachment_contents ON attachment_id = sent.id""",
    ),
    Kept(
        ("leave", "correction", "finding_reply", "finding_appeal"),
        ("attachment_links",),
        "SELECT about || '/' || attachment_id AS fact, linked_at AS recorded_at FROM attachment_links",
        """SELECT subject || '/' || file AS fact, leaf_id, words
        FROM leaf, jsonb_array_elements_text(words -> 'attachments') file""",
    ),
    Kept(
        ("permission",),
        ("permissions",),
        """SELECT 'permission:' || id AS fact, person_id AS person, day, direction, reason, requested_at AS recorded_at
        FROM permissions""",
    ),
    Kept(
        ("permission_decision",),
        ("permission_decisions",),
        """SELECT 'permission:' || permission_id AS fact, decision, reason, decided_by AS by, decided_at AS recorded_at
        FROM permission_decisions""",
    ),
    Kept(
        ("incident",),
        ("incidents", "incident_units"),
        """SELECT 'incident:' || id AS fact, kind, begins_at, ends_at, reason, declared_by AS by, declared_at AS recorded_at,
        ARRAY(
            SELECT code FROM incident_units JOIN units ON units.id = unit_id
            WHERE incident_id = incident.id ORDER BY code COLLATE "C"
        ) AS units FROM incidents incident""",
        "SELECT subject AS fact, leaf_id, words FROM leaf WHERE words ->> 'act' = 'declare'",
    ),
    Kept(
        ("incident",),
        ("incident_withdrawals",),
        """SELECT 'incident:' || incident_id AS fact, reason, withdrawn_by AS by, withdrawn_at AS recorded_at
        FROM incident_withdrawals""",
        "SELECT subject AS fact, leaf_id, words FROM leaf WHERE words ->> 'act' = 'withdraw'",
    ),
    Kept(
        ("correction",),
        ("corrections",),
        """SELECT 'correction:' || id AS fact, person_id AS person, day, direction, at, reason, evidence,
        requested_at AS recorded_at FROM corrections""",
    ),
    Kept(
        ("correction_decision",),
        ("correction_decisions",),
        """SELECT 'correction:' || correction_id || '/' || inputs_hash AS fact, decision, reason, decided_by AS by,
        decided_at AS recorded_at FROM correction_decisions""",
        apart_by("inputs"),
    ),
    Kept(
        tuple(f"finding_{step}" for step in ("reply", "proposal", "decision", "appeal", "final")),
        ("finding_steps",),
        """SELECT concat_ws('/', 'finding:' || finding_id, step, floor(extract(epoch FROM taken_at) * 1000)) AS fact,
        kind, person_id AS person, day, evidence_hash AS evidence, answer, reason, steps.evidence AS shown,
        checkins::text[] AS checkins, shows_position, taken_by AS by, level, taken_at AS recorded_at
        FROM finding_steps steps JOIN findings ON findings.id = finding_id""",
        """SELECT concat_ws('/', subject, words ->> 'step',
        floor(extract(epoch FROM (words ->> 'recorded_at')::timestamptz) * 1000)) AS fact, leaf_id, words FROM leaf""",
    ),
    Kept(
        tuple(f"finding_{step}" for step in ("appeal", "decision", "final", "proposal", "reply")),
        ("checkin_rulings",),
        # What a step says about each check-in; the day is the one that the check-in itself has.
        """SELECT concat_ws('/', cause, checkin_id, floor(extract(epoch FROM ruled_at) * 1000)) AS fact, ruling.counts,
        ruling.person_id AS person, day = work_date AS is_of_its_day, ruled_at AS recorded_at
        FROM checkin_rulings ruling JOIN checkins ON checkins.id = checkin_id""",
        """SELECT concat_ws('/', subject, key, floor(extract(epoch FROM (words ->> 'recorded_at')::timestamptz) * 1000)) AS fact,
        leaf_id, words || jsonb_build_object('counts', value, 'is_of_its_day', true) AS words
        FROM leaf, jsonb_each(words -> 'counts')""",
    ),
    Kept(
        ("finding",),
        ("findings",),
        """SELECT 'finding:' || id AS fact, kind, person_id AS person, day, evidence_hash AS evidence, found_at AS recorded_at
        FROM findings""",
    ),
    Kept(
        ("activity_standard",),
        ("activity_standards",),
        """SELECT 'activity_standard:' || stated.id AS fact, unit.code AS unit, position, stated.code, stated.name, volume_unit,
        norm_min, since, until, source, stated_by AS by, stated_at AS recorded_at
        FROM activity_standards stated JOIN units unit ON unit.id = unit_id""",
    ),
    Kept(
        ("target",),
        ("targets",),
        """SELECT 'target:' || id AS fact, person_id AS person, unit_id AS unit, month, months, description, indicator, quantity,
        quantity_unit, replaces_id AS replaces, set_at AS recorded_at FROM targets""",
    ),
    Kept(
        ("target_decision",),
        ("target_decisions",),
        """SELECT 'target_decision:' || id AS fact, target_id AS target, decision, reason, decided_by AS by,
        decided_at AS recorded_at FROM target_decisions""",
    ),
    Kept(
        ("activity",),
        ("activities",),
        """SELECT 'activity:' || id AS fact, person_id AS person, unit_id AS unit, day, description, minutes,
        starts::text AS starts, ends::text AS ends, standard_id AS standard, volume, attachment, target_id AS target,
        replaces_id AS replaces,
        logged_at AS recorded_at FROM activities""",
    ),
    Kept(
        ("activity_decision",),
        ("activity_decisions",),
        """SELECT 'activity_decision:' || id AS fact, activity_id AS activity, decision, minutes, reason, decided_by AS by,
        decided_at AS recorded_at FROM activity_decisions""",
    ),
    Kept(
        ("position_export",),
        ("position_views",),
        """SELECT cause AS fact, jsonb_agg(jsonb_build_array(person_id, checkins) ORDER BY person_id) AS people,
        max(viewed_at) AS recorded_at FROM position_views WHERE cause LIKE 'export:%' AND shown = 'point' AND viewer_id IS NULL
        GROUP BY cause""",
    ),
    Kept(
        ("position_view",),
        ("position_views",),
        """SELECT 'position_view:' || id AS fact, person_id AS person, viewer_id AS by, cause, shown, checkins,
        viewed_at AS recorded_at FROM position_views WHERE cause NOT LIKE 'export:%'""",
    ),
    Kept(
        ("assessment",),
        ("assessments",),
        """SELECT 'assessment:' || made.id AS fact, person.nip, CASE months WHEN 1 THEN to_char(month, 'YYYY-MM')
            WHEN 3 THEN to_char(month, 'YYYY-"Q"Q') WHEN 6 THEN to_char(month, 'YYYY-"S"') || CASE extract(month FROM month)
            WHEN 1 THEN '1' WHEN 7 THEN '2' END WHEN 12 THEN to_char(month, 'YYYY') END AS period,
        date_part('day', month)::integer AS day, productivity_pct, work_score, behaviour_score, has_new_idea, note, work_result,
        behaviour_result, behaviour_values, level, judge.nip AS by, assessed_at AS recorded_at FROM assessments made
        JOIN people person ON person.id = person_id JOIN people judge ON judge.id = assessed_by""",
    ),
    Kept(
        ("discipline_notice",),
        ("discipline_withdrawals",),
        """SELECT 'notice:' || notice_id AS fact, absent_days, made_days, run, withdrawn_at AS recorded_at
        FROM discipline_withdrawals""",
        "SELECT subject AS fact, leaf_id, words FROM leaf WHERE words ->> 'act' = 'withdraw'",
    ),
    Kept(
        ("discipline_notice",),
        ("discipline_notices",),
        """SELECT 'notice:' || id AS fact, person_id AS person, unit_id AS unit, year, step, level, sanction, absent_days,
        made_days, run, until, clause, quality, given_at AS recorded_at FROM discipline_notices""",
        "SELECT subject AS fact, leaf_id, words FROM leaf WHERE words ->> 'act' = 'give'",
    ),
    Kept(
        ("budget",),
        ("budget_realisations",),
        """SELECT 'budget:' || made.id AS fact, unit.code AS unit, quarter, pct, source, reporter.nip AS by,
        reported_at AS recorded_at FROM budget_realisations made
        JOIN units unit ON unit.id = unit_id JOIN people reporter ON reporter.id = reported_by""",
    ),
    Kept(
        ("base_amount",),
        ("base_amounts",),
        """SELECT 'base_amount:' || made.id AS fact, coalesce(person.nip, person_id::text) AS nip,
        coalesce(unit.code, unit_id::text) AS unit, position, amount, since, source,
        coalesce(stater.nip, stated_by::text) AS by, stated_at AS recorded_at FROM base_amounts made
        LEFT JOIN people person ON person.id = person_id
        LEFT JOIN units unit ON unit.id = unit_id LEFT JOIN people stater ON stater.id = stated_by""",
    ),
)
