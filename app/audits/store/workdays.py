"""Where shifts, rosters, calendars, swaps and leaves are kept."""

from app.audits.store.pairs import Kept, apart_by

# A wall-clock time as shifts are told: to the minute, unless somebody wrote seconds.
CLOCK = r"regexp_replace({0}::text, '\:00$', '')"

WORKDAYS = (
    Kept(
        ("shift",),
        ("shifts",),
        f"""SELECT 'shift:' || shift.id AS fact, agency.code AS agency, shift.code, shift.name, kind,
        {CLOCK.format("starts")} AS starts, {CLOCK.format("ends")} AS ends, breaks, owed_min,
        ARRAY[{CLOCK.format("core_starts")}, {CLOCK.format("core_ends")}] AS core
        FROM shifts shift JOIN units agency ON agency.id = agency_id""",
    ),
    Kept(
        ("roster", "roster_version", "swap_decision"),
        ("roster_entries",),
        "SELECT concat_ws(':', 'roster_entry', person_id, day) AS fact, shift_ids, zone FROM roster_entries",
        """SELECT concat_ws(':', 'roster_entry', one ->> 0, one ->> 1) AS fact, leaf_id,
        jsonb_build_object('shift_ids', one -> 2, 'zone', one -> 3) AS words
        FROM leaf, jsonb_array_elements(words -> 'entries') one""",
        is_batch=True,
    ),
    Kept(
        ("roster_version",),
        ("roster_versions",),
        """SELECT concat_ws(':', 'roster', unit.code, regexp_replace(month::text, '-01$', ''), version) AS fact, lines, note,
        published_by AS by, published_at AS recorded_at FROM roster_versions JOIN units unit ON unit.id = unit_id""",
    ),
    Kept(
        ("roster_pattern",),
        ("roster_patterns",),
        """SELECT 'roster_pattern:' || pattern.id AS fact, agency.code AS agency, pattern.code, pattern.name, cycle
        FROM roster_patterns pattern JOIN units agency ON agency.id = agency_id""",
    ),
    Kept(
        ("rest_rule",),
        ("rest_rules",),
        """SELECT 'rest_rule:' || unit.code AS fact, min_rest_min, source, changed_at AS recorded_at
        FROM rest_rules JOIN units unit ON unit.id = unit_id""",
    ),
    Kept(
        ("swap",),
        ("swaps",),
        """SELECT 'swap:' || id AS fact, proposer_id AS proposer, partner_id AS partner, days, before, reason,
        proposed_at AS recorded_at FROM swaps""",
    ),
    Kept(
        ("swap_answer",),
        ("swap_answers",),
        "SELECT 'swap:' || swap_id AS fact, answer, answered_by AS by, answered_at AS recorded_at FROM swap_answers",
    ),
    Kept(
        ("swap_decision",),
        ("swap_decisions",),
        "SELECT 'swap:' || swap_id AS fact, decision, reason, decided_by AS by, decided_at AS recorded_at FROM swap_decisions",
    ),
    Kept(
        ("calendar_group",),
        ("calendar_groups",),
        """SELECT 'calendar_group:' || id AS fact, agency_id AS agency, code, name, calendar, changed_at AS recorded_at
        FROM calendar_groups""",
    ),
    Kept(
        ("calendar_membership",),
        ("calendar_memberships",),
        """SELECT 'calendar_membership:' || held.id AS fact, person_id AS person, code AS "group", since, until,
        held.changed_at AS recorded_at FROM calendar_memberships held JOIN calendar_groups ON calendar_groups.id = group_id""",
    ),
    Kept(
        ("holiday",),
        ("holidays",),
        """SELECT 'holiday:' || declared.id AS fact, day, kind, declared.name, source, coalesce(unit.code, unit_id::text) AS unit,
        coalesce(shared.code, group_id::text) AS "group", is_withdrawn, declared.changed_at AS recorded_at FROM holidays declared
        LEFT JOIN units unit ON unit.id = unit_id LEFT JOIN calendar_groups shared ON shared.id = group_id""",
        """SELECT subject AS fact, leaf_id, words || jsonb_build_object('is_withdrawn', words ->> 'act' = 'take_back') AS words
        FROM leaf""",
    ),
    Kept(
        ("leave",),
        ("leaves",),
        """SELECT 'leave:' || id AS fact, person_id AS person, kind, first_day, last_day, part, cause, child, reason,
        requested_at AS recorded_at FROM leaves""",
    ),
    Kept(
        ("leave_decision",),
        ("leave_decisions",),
        """SELECT 'leave:' || leave_id || '/' || step AS fact, decision, reason, decided_by AS by, decided_at AS recorded_at
        FROM leave_decisions""",
        apart_by("step"),
    ),
    Kept(
        ("leave_opening",),
        ("leave_openings",),
        """SELECT 'leave_opening:' || id AS fact, person_id AS person, kind, year, days, source, stated_by AS by,
        stated_at AS recorded_at FROM leave_openings""",
    ),
    Kept(
        ("leave_cut",),
        ("leave_cuts",),
        "SELECT 'leave:' || leave_id || '/' || from_day AS fact, reason, cut_by AS by, cut_at AS recorded_at FROM leave_cuts",
        apart_by("from_day"),
    ),
)
