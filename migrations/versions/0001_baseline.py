"""The first schema: every table a fact is kept in, and what the program's own role may do to each."""

from alembic import op

revision = "0001"
down_revision = None

PEOPLE = """
CREATE TABLE units (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_units PRIMARY KEY,
    code text NOT NULL CONSTRAINT uq_units_code UNIQUE CONSTRAINT ck_units_code CHECK (code ~ '^[A-Z0-9_]{2,40}$'),
    name text NOT NULL,
    path ltree NOT NULL CONSTRAINT uq_units_path UNIQUE,
    zone text NOT NULL,
    decree text NOT NULL
);
CREATE INDEX ix_units_path ON units USING gist (path);

CREATE TABLE people (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_people PRIMARY KEY,
    nip text NOT NULL CONSTRAINT uq_people_nip UNIQUE CONSTRAINT ck_people_nip CHECK (nip ~ '^[0-9]{18}$'),
    name text NOT NULL,
    created_at timestamptz NOT NULL
);

CREATE TABLE postings (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_postings PRIMARY KEY,
    person_id bigint NOT NULL CONSTRAINT fk_postings_person_id_people REFERENCES people,
    unit_id bigint NOT NULL CONSTRAINT fk_postings_unit_id_units REFERENCES units,
    position text NOT NULL,
    kind text NOT NULL,
    since date NOT NULL,
    until date,
    CONSTRAINT ck_postings_kind CHECK (kind IN ('primary', 'secondary')),
    CONSTRAINT ck_postings_dates CHECK (until IS NULL OR until > since),
    CONSTRAINT ex_postings_one_primary EXCLUDE USING gist (person_id WITH =, daterange(since, until) WITH &&)
        WHERE (kind = 'primary')
);
CREATE INDEX ix_postings_person_id ON postings (person_id);
CREATE INDEX ix_postings_unit_id ON postings (unit_id);

CREATE TABLE grants (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_grants PRIMARY KEY,
    person_id bigint NOT NULL CONSTRAINT fk_grants_person_id_people REFERENCES people,
    role text NOT NULL,
    unit_id bigint NOT NULL CONSTRAINT fk_grants_unit_id_units REFERENCES units,
    since date NOT NULL,
    until date,
    granted_by bigint CONSTRAINT fk_grants_granted_by_people REFERENCES people,
    CONSTRAINT ck_grants_role CHECK (role IN ('supervisor', 'hr', 'admin', 'auditor')),
    CONSTRAINT ck_grants_dates CHECK (until IS NULL OR until >= since)
);
CREATE INDEX ix_grants_person_id ON grants (person_id);

CREATE TABLE accounts (
    person_id bigint CONSTRAINT pk_accounts PRIMARY KEY CONSTRAINT fk_accounts_person_id_people REFERENCES people,
    password_hash text,
    activation_hash text CONSTRAINT uq_accounts_activation_hash UNIQUE,
    activation_expires_at timestamptz,
    failures integer NOT NULL DEFAULT 0,
    locked_until timestamptz
);

CREATE TABLE refresh_tokens (
    jti uuid CONSTRAINT pk_refresh_tokens PRIMARY KEY,
    family uuid NOT NULL,
    person_id bigint NOT NULL CONSTRAINT fk_refresh_tokens_person_id_people REFERENCES people,
    issued_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    spent_at timestamptz,
    revoked_at timestamptz
);
CREATE INDEX ix_refresh_tokens_family ON refresh_tokens (family);
"""

PLACES = """
CREATE TABLE devices (
    id text CONSTRAINT pk_devices PRIMARY KEY,
    person_id bigint NOT NULL CONSTRAINT fk_devices_person_id_people REFERENCES people,
    jwk jsonb NOT NULL,
    name text NOT NULL,
    platform text NOT NULL,
    installation_id text NOT NULL,
    attestation jsonb,
    attestation_tier text NOT NULL DEFAULT 'none',
    attestation_flaw text,
    status text NOT NULL,
    enrolled_at timestamptz NOT NULL,
    usable_from timestamptz,
    usable_until timestamptz,
    decided_by bigint CONSTRAINT fk_devices_decided_by_people REFERENCES people,
    decided_at timestamptz,
    CONSTRAINT ck_devices_status CHECK (status IN ('active', 'pending', 'revoked')),
    CONSTRAINT ck_devices_usable_from CHECK (status <> 'active' OR usable_from IS NOT NULL),
    CONSTRAINT ex_devices_one_in_use EXCLUDE USING gist (person_id WITH =, tstzrange(usable_from, usable_until) WITH &&)
        WHERE (status = 'active')
);
CREATE INDEX ix_devices_person_id ON devices (person_id);
CREATE INDEX ix_devices_installation_id ON devices (installation_id);

CREATE TABLE attestation_policies (
    agency_id bigint CONSTRAINT pk_attestation_policies PRIMARY KEY
        CONSTRAINT fk_attestation_policies_agency_id_units REFERENCES units,
    policy text NOT NULL,
    decided_by bigint NOT NULL CONSTRAINT fk_attestation_policies_decided_by_people REFERENCES people,
    decided_at timestamptz NOT NULL,
    CONSTRAINT ck_attestation_policies_policy CHECK (policy IN ('ignore', 'note', 'required'))
);

CREATE TABLE sites (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_sites PRIMARY KEY,
    code text NOT NULL CONSTRAINT uq_sites_code UNIQUE,
    name text NOT NULL,
    agency_id bigint NOT NULL CONSTRAINT fk_sites_agency_id_units REFERENCES units,
    zone text
);

CREATE TABLE site_versions (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_site_versions PRIMARY KEY,
    site_id bigint NOT NULL CONSTRAINT fk_site_versions_site_id_sites REFERENCES sites,
    version integer NOT NULL,
    outline geometry(MultiPolygon, 4326) NOT NULL,
    valid_from timestamptz NOT NULL,
    lint jsonb NOT NULL,
    added_by bigint CONSTRAINT fk_site_versions_added_by_people REFERENCES people,
    CONSTRAINT uq_site_versions_site_id UNIQUE (site_id, version)
);
CREATE INDEX ix_site_versions_outline ON site_versions USING gist (outline);

CREATE TABLE site_units (
    site_id bigint NOT NULL CONSTRAINT fk_site_units_site_id_sites REFERENCES sites,
    unit_id bigint NOT NULL CONSTRAINT fk_site_units_unit_id_units REFERENCES units,
    CONSTRAINT pk_site_units PRIMARY KEY (site_id, unit_id)
);
CREATE INDEX ix_site_units_unit_id ON site_units (unit_id);

CREATE TABLE door_codes (
    site_id bigint NOT NULL CONSTRAINT fk_door_codes_site_id_sites REFERENCES sites,
    since timestamptz NOT NULL,
    secret bytea,
    added_by bigint CONSTRAINT fk_door_codes_added_by_people REFERENCES people,
    CONSTRAINT ck_door_codes_secret CHECK (octet_length(secret) = 32),
    CONSTRAINT pk_door_codes PRIMARY KEY (site_id, since)
);
"""

WORKDAYS = """
CREATE TABLE shifts (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_shifts PRIMARY KEY,
    agency_id bigint NOT NULL CONSTRAINT fk_shifts_agency_id_units REFERENCES units,
    code text NOT NULL,
    name text NOT NULL,
    kind text NOT NULL DEFAULT 'fixed' CONSTRAINT ck_shifts_kind CHECK (kind IN ('fixed', 'flexible', 'on_call')),
    starts time NOT NULL,
    ends time NOT NULL,
    breaks jsonb NOT NULL DEFAULT '[]',
    core_starts time,
    core_ends time,
    owed_min integer,
    CONSTRAINT uq_shifts_agency_id UNIQUE (agency_id, code)
);

CREATE TABLE roster_entries (
    person_id bigint NOT NULL CONSTRAINT fk_roster_entries_person_id_people REFERENCES people,
    day date NOT NULL,
    shift_ids bigint[],
    zone text,
    changed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT pk_roster_entries PRIMARY KEY (person_id, day)
);
CREATE INDEX ix_roster_entries_day ON roster_entries (day, changed_at);

CREATE TABLE rest_rules (
    unit_id bigint CONSTRAINT pk_rest_rules PRIMARY KEY CONSTRAINT fk_rest_rules_unit_id_units REFERENCES units,
    min_rest_min integer NOT NULL CONSTRAINT ck_rest_rules_min_rest_min CHECK (min_rest_min BETWEEN 0 AND 1440),
    source text NOT NULL,
    changed_at timestamptz NOT NULL
);

CREATE TABLE roster_patterns (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_roster_patterns PRIMARY KEY,
    agency_id bigint NOT NULL CONSTRAINT fk_roster_patterns_agency_id_units REFERENCES units,
    code text NOT NULL,
    name text NOT NULL,
    cycle jsonb NOT NULL,
    CONSTRAINT uq_roster_patterns_agency_id UNIQUE (agency_id, code)
);

CREATE TABLE roster_drafts (
    unit_id bigint NOT NULL CONSTRAINT fk_roster_drafts_unit_id_units REFERENCES units,
    month date NOT NULL,
    lines jsonb NOT NULL,
    began_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    CONSTRAINT pk_roster_drafts PRIMARY KEY (unit_id, month)
);

CREATE TABLE roster_versions (
    unit_id bigint NOT NULL CONSTRAINT fk_roster_versions_unit_id_units REFERENCES units,
    month date NOT NULL,
    version integer NOT NULL,
    lines jsonb NOT NULL,
    note text NOT NULL,
    published_by bigint CONSTRAINT fk_roster_versions_published_by_people REFERENCES people,
    published_at timestamptz NOT NULL,
    CONSTRAINT pk_roster_versions PRIMARY KEY (unit_id, month, version)
);

CREATE TABLE swaps (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_swaps PRIMARY KEY,
    proposer_id bigint NOT NULL CONSTRAINT fk_swaps_proposer_id_people REFERENCES people,
    partner_id bigint NOT NULL CONSTRAINT fk_swaps_partner_id_people REFERENCES people,
    days date[] NOT NULL,
    before jsonb NOT NULL,
    reason text NOT NULL,
    proposed_at timestamptz NOT NULL,
    CONSTRAINT ck_swaps_partner_id CHECK (partner_id <> proposer_id)
);
CREATE INDEX ix_swaps_proposer_id ON swaps (proposer_id);
CREATE INDEX ix_swaps_partner_id ON swaps (partner_id);

CREATE TABLE swap_answers (
    swap_id bigint CONSTRAINT pk_swap_answers PRIMARY KEY CONSTRAINT fk_swap_answers_swap_id_swaps REFERENCES swaps,
    answer text NOT NULL CONSTRAINT ck_swap_answers_answer CHECK (answer IN ('agree', 'decline', 'withdraw')),
    answered_by bigint NOT NULL CONSTRAINT fk_swap_answers_answered_by_people REFERENCES people,
    answered_at timestamptz NOT NULL
);

CREATE TABLE swap_decisions (
    swap_id bigint CONSTRAINT pk_swap_decisions PRIMARY KEY CONSTRAINT fk_swap_decisions_swap_id_swaps REFERENCES swaps,
    decision text NOT NULL CONSTRAINT ck_swap_decisions_decision CHECK (decision IN ('approve', 'refuse')),
    reason text NOT NULL,
    decided_by bigint NOT NULL CONSTRAINT fk_swap_decisions_decided_by_people REFERENCES people,
    decided_at timestamptz NOT NULL
);

CREATE TABLE calendar_groups (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_calendar_groups PRIMARY KEY,
    agency_id bigint NOT NULL CONSTRAINT fk_calendar_groups_agency_id_units REFERENCES units,
    code text NOT NULL CONSTRAINT ck_calendar_groups_code CHECK (code ~ '^[a-z0-9-]{2,40}$'),
    name text NOT NULL,
    calendar text,
    changed_at timestamptz NOT NULL,
    CONSTRAINT uq_calendar_groups_agency_id UNIQUE (agency_id, code)
);

CREATE TABLE calendar_memberships (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_calendar_memberships PRIMARY KEY,
    person_id bigint NOT NULL CONSTRAINT fk_calendar_memberships_person_id_people REFERENCES people,
    group_id bigint NOT NULL CONSTRAINT fk_calendar_memberships_group_id_calendar_groups REFERENCES calendar_groups,
    since date NOT NULL,
    until date,
    changed_at timestamptz NOT NULL,
    CONSTRAINT ck_calendar_memberships_dates CHECK (until IS NULL OR until >= since),
    CONSTRAINT ex_calendar_memberships_once EXCLUDE USING gist
        (person_id WITH =, group_id WITH =, daterange(since, until) WITH &&)
);

CREATE TABLE holidays (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_holidays PRIMARY KEY,
    unit_id bigint CONSTRAINT fk_holidays_unit_id_units REFERENCES units,
    group_id bigint CONSTRAINT fk_holidays_group_id_calendar_groups REFERENCES calendar_groups,
    day date NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    source text NOT NULL,
    is_withdrawn boolean NOT NULL DEFAULT false,
    changed_at timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT ck_holidays_kind CHECK (kind IN ('national', 'joint_leave', 'dispensation', 'workday')),
    CONSTRAINT uq_holidays_day UNIQUE NULLS NOT DISTINCT (day, unit_id, group_id)
);

CREATE TABLE leaves (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_leaves PRIMARY KEY,
    person_id bigint NOT NULL CONSTRAINT fk_leaves_person_id_people REFERENCES people,
    kind text NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL,
    part text NOT NULL DEFAULT 'whole' CONSTRAINT ck_leaves_part CHECK (part IN ('whole', 'morning', 'afternoon')),
    cause text,
    child integer CONSTRAINT ck_leaves_child CHECK (child > 0),
    reason text NOT NULL,
    requested_at timestamptz NOT NULL,
    CONSTRAINT ck_leaves_cause CHECK (cause IN (
        'illness_or_death', 'inheritance', 'marriage', 'birth', 'nursing', 'hajj', 'miscarriage', 'work_accident', 'remote'
    )),
    CONSTRAINT ck_leaves_days CHECK (last_day >= first_day),
    CONSTRAINT ck_leaves_half CHECK (part = 'whole' OR last_day = first_day)
);
CREATE INDEX ix_leaves_person_id ON leaves (person_id, first_day);

CREATE TABLE leave_decisions (
    leave_id bigint NOT NULL CONSTRAINT fk_leave_decisions_leave_id_leaves REFERENCES leaves,
    step text NOT NULL CONSTRAINT ck_leave_decisions_step CHECK (step IN ('superior', 'hr')),
    decision text NOT NULL CONSTRAINT ck_leave_decisions_decision CHECK (decision IN ('approve', 'refuse', 'withdraw')),
    reason text NOT NULL,
    decided_by bigint NOT NULL CONSTRAINT fk_leave_decisions_decided_by_people REFERENCES people,
    decided_at timestamptz NOT NULL,
    CONSTRAINT pk_leave_decisions PRIMARY KEY (leave_id, step),
    CONSTRAINT uq_leave_decisions_leave_id UNIQUE (leave_id, decided_by)
);

CREATE TABLE leave_openings (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_leave_openings PRIMARY KEY,
    person_id bigint NOT NULL CONSTRAINT fk_leave_openings_person_id_people REFERENCES people,
    kind text NOT NULL,
    year integer NOT NULL,
    days numeric(4, 1) NOT NULL CONSTRAINT ck_leave_openings_days CHECK (days >= 0),
    source text NOT NULL,
    stated_by bigint CONSTRAINT fk_leave_openings_stated_by_people REFERENCES people,
    stated_at timestamptz NOT NULL
);
CREATE INDEX ix_leave_openings_person_id ON leave_openings (person_id, year);

CREATE TABLE leave_cuts (
    leave_id bigint NOT NULL CONSTRAINT fk_leave_cuts_leave_id_leaves REFERENCES leaves,
    from_day date NOT NULL,
    reason text NOT NULL,
    cut_by bigint NOT NULL CONSTRAINT fk_leave_cuts_cut_by_people REFERENCES people,
    cut_at timestamptz NOT NULL,
    CONSTRAINT pk_leave_cuts PRIMARY KEY (leave_id, from_day)
);
"""

INCIDENTS = """
CREATE TABLE incidents (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_incidents PRIMARY KEY,
    kind text NOT NULL,
    begins_at timestamptz NOT NULL,
    ends_at timestamptz NOT NULL,
    reason text NOT NULL,
    declared_by bigint NOT NULL CONSTRAINT fk_incidents_declared_by_people REFERENCES people,
    declared_at timestamptz NOT NULL,
    CONSTRAINT ck_incidents_kind CHECK (kind IN ('server', 'power', 'network', 'disaster')),
    CONSTRAINT ck_incidents_span CHECK (ends_at > begins_at)
);
CREATE INDEX ix_incidents_ends_at ON incidents (ends_at);

CREATE TABLE incident_units (
    incident_id bigint NOT NULL CONSTRAINT fk_incident_units_incident_id_incidents REFERENCES incidents,
    unit_id bigint NOT NULL CONSTRAINT fk_incident_units_unit_id_units REFERENCES units,
    CONSTRAINT pk_incident_units PRIMARY KEY (incident_id, unit_id)
);

CREATE TABLE incident_withdrawals (
    incident_id bigint CONSTRAINT pk_incident_withdrawals PRIMARY KEY
        CONSTRAINT fk_incident_withdrawals_incident_id_incidents REFERENCES incidents,
    reason text NOT NULL,
    withdrawn_by bigint NOT NULL CONSTRAINT fk_incident_withdrawals_withdrawn_by_people REFERENCES people,
    withdrawn_at timestamptz NOT NULL
);
"""

LETTERS = """
CREATE TABLE assignment_letters (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_assignment_letters PRIMARY KEY,
    unit_id bigint NOT NULL CONSTRAINT fk_assignment_letters_unit_id_units REFERENCES units,
    number text NOT NULL,
    kind text NOT NULL,
    purpose text NOT NULL,
    first_day date NOT NULL,
    last_day date NOT NULL,
    place text NOT NULL,
    proof text NOT NULL,
    starts time,
    ends time,
    zone text,
    issued_by bigint NOT NULL CONSTRAINT fk_assignment_letters_issued_by_people REFERENCES people,
    issued_at timestamptz NOT NULL,
    CONSTRAINT uq_assignment_letters_unit_id UNIQUE (unit_id, number),
    CONSTRAINT ck_assignment_letters_kind CHECK (kind IN ('duty', 'travel', 'home', 'ceremony')),
    CONSTRAINT ck_assignment_letters_place CHECK (place IN ('sites', 'anywhere')),
    CONSTRAINT ck_assignment_letters_proof CHECK (proof IN ('checkins', 'letter')),
    CONSTRAINT ck_assignment_letters_days CHECK (last_day >= first_day),
    CONSTRAINT ck_assignment_letters_hours CHECK ((starts IS NULL) = (ends IS NULL) AND (kind <> 'ceremony' OR starts IS NOT NULL))
);
CREATE INDEX ix_assignment_letters_last_day ON assignment_letters (last_day);

CREATE TABLE letter_people (
    letter_id bigint NOT NULL CONSTRAINT fk_letter_people_letter_id_assignment_letters REFERENCES assignment_letters,
    person_id bigint NOT NULL CONSTRAINT fk_letter_people_person_id_people REFERENCES people,
    unit_id bigint NOT NULL CONSTRAINT fk_letter_people_unit_id_units REFERENCES units,
    first_day date NOT NULL,
    last_day date NOT NULL,
    CONSTRAINT pk_letter_people PRIMARY KEY (letter_id, person_id)
);
CREATE INDEX ix_letter_people_person_id ON letter_people (person_id, last_day);

CREATE TABLE letter_sites (
    letter_id bigint NOT NULL CONSTRAINT fk_letter_sites_letter_id_assignment_letters REFERENCES assignment_letters,
    site_id bigint NOT NULL CONSTRAINT fk_letter_sites_site_id_sites REFERENCES sites,
    CONSTRAINT pk_letter_sites PRIMARY KEY (letter_id, site_id)
);

CREATE TABLE letter_approvals (
    letter_id bigint CONSTRAINT pk_letter_approvals PRIMARY KEY
        CONSTRAINT fk_letter_approvals_letter_id_assignment_letters REFERENCES assignment_letters,
    approved_by bigint NOT NULL CONSTRAINT fk_letter_approvals_approved_by_people REFERENCES people,
    approved_at timestamptz NOT NULL
);

CREATE TABLE letter_withdrawals (
    letter_id bigint CONSTRAINT pk_letter_withdrawals PRIMARY KEY
        CONSTRAINT fk_letter_withdrawals_letter_id_assignment_letters REFERENCES assignment_letters,
    from_day date NOT NULL,
    reason text NOT NULL,
    withdrawn_by bigint NOT NULL CONSTRAINT fk_letter_withdrawals_withdrawn_by_people REFERENCES people,
    withdrawn_at timestamptz NOT NULL
);
"""

ACTIVITIES = """
CREATE TABLE activity_standards (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_activity_standards PRIMARY KEY,
    unit_id bigint NOT NULL CONSTRAINT fk_activity_standards_unit_id_units REFERENCES units,
    position text NOT NULL,
    code text NOT NULL,
    name text NOT NULL,
    volume_unit text NOT NULL,
    norm_min numeric(8, 2) NOT NULL CONSTRAINT ck_activity_standards_norm_min CHECK (norm_min > 0),
    since date NOT NULL,
    until date,
    source text NOT NULL,
    stated_by bigint CONSTRAINT fk_activity_standards_stated_by_people REFERENCES people,
    stated_at timestamptz NOT NULL,
    CONSTRAINT ck_activity_standards_days CHECK (until > since)
);
CREATE INDEX ix_activity_standards_unit_id ON activity_standards (unit_id, position, code, since, id);

CREATE TABLE targets (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_targets PRIMARY KEY,
    person_id bigint NOT NULL CONSTRAINT fk_targets_person_id_people REFERENCES people,
    unit_id bigint NOT NULL CONSTRAINT fk_targets_unit_id_units REFERENCES units,
    month date NOT NULL,
    months integer NOT NULL CONSTRAINT ck_targets_months CHECK (months IN (1, 3, 6, 12)),
    description text NOT NULL,
    indicator text NOT NULL,
    quantity numeric(12, 3) NOT NULL CONSTRAINT ck_targets_quantity CHECK (quantity > 0),
    quantity_unit text NOT NULL,
    replaces_id bigint CONSTRAINT fk_targets_replaces_id_targets REFERENCES targets,
    set_at timestamptz NOT NULL,
    CONSTRAINT uq_targets_replaces_id UNIQUE (replaces_id)
);
CREATE INDEX ix_targets_person_id ON targets (person_id, month);

CREATE TABLE target_decisions (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_target_decisions PRIMARY KEY,
    target_id bigint NOT NULL CONSTRAINT fk_target_decisions_target_id_targets REFERENCES targets,
    decision text NOT NULL CONSTRAINT ck_target_decisions_decision CHECK (decision IN ('approve', 'return', 'withdraw')),
    reason text NOT NULL,
    decided_by bigint NOT NULL CONSTRAINT fk_target_decisions_decided_by_people REFERENCES people,
    decided_at timestamptz NOT NULL
);
CREATE INDEX ix_target_decisions_target_id ON target_decisions (target_id, id);

CREATE TABLE activities (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_activities PRIMARY KEY,
    person_id bigint NOT NULL CONSTRAINT fk_activities_person_id_people REFERENCES people,
    unit_id bigint NOT NULL CONSTRAINT fk_activities_unit_id_units REFERENCES units,
    day date NOT NULL,
    description text NOT NULL,
    minutes integer NOT NULL,
    starts time,
    ends time,
    standard_id bigint CONSTRAINT fk_activities_standard_id_activity_standards REFERENCES activity_standards,
    volume numeric(12, 3),
    attachment text,
    target_id bigint CONSTRAINT fk_activities_target_id_targets REFERENCES targets,
    replaces_id bigint CONSTRAINT fk_activities_replaces_id_activities REFERENCES activities,
    logged_at timestamptz NOT NULL,
    CONSTRAINT uq_activities_replaces_id UNIQUE (replaces_id),
    CONSTRAINT ck_activities_minutes CHECK (minutes BETWEEN 1 AND 1440),
    CONSTRAINT ck_activities_hours CHECK ((starts IS NULL) = (ends IS NULL)),
    CONSTRAINT ck_activities_standard CHECK ((standard_id IS NULL) = (volume IS NULL))
);
CREATE INDEX ix_activities_person_id ON activities (person_id, day);
CREATE INDEX ix_activities_day ON activities (day, unit_id);
CREATE INDEX ix_activities_target_id ON activities (target_id) WHERE target_id IS NOT NULL;

CREATE TABLE activity_decisions (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_activity_decisions PRIMARY KEY,
    activity_id bigint NOT NULL CONSTRAINT fk_activity_decisions_activity_id_activities REFERENCES activities,
    decision text NOT NULL
        CONSTRAINT ck_activity_decisions_decision CHECK (decision IN ('approve', 'adjust', 'return', 'withdraw')),
    minutes integer NOT NULL CONSTRAINT ck_activity_decisions_minutes CHECK (minutes BETWEEN 0 AND 1440),
    reason text NOT NULL,
    decided_by bigint NOT NULL CONSTRAINT fk_activity_decisions_decided_by_people REFERENCES people,
    decided_at timestamptz NOT NULL
);
CREATE INDEX ix_activity_decisions_activity_id ON activity_decisions (activity_id, id);
"""

LEDGER = """
CREATE TABLE ledger_leaves (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_ledger_leaves PRIMARY KEY,
    kind text NOT NULL,
    subject text NOT NULL,
    entry text NOT NULL,
    leaf_hash bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX ix_ledger_leaves_xid ON ledger_leaves (xid);
CREATE INDEX ix_ledger_leaves_subject ON ledger_leaves (subject);

CREATE TABLE ledger_contents (
    leaf_id bigint CONSTRAINT pk_ledger_contents PRIMARY KEY
        CONSTRAINT fk_ledger_contents_leaf_id_ledger_leaves REFERENCES ledger_leaves,
    salt text NOT NULL,
    content text NOT NULL
);

CREATE TABLE ledger_order (
    leaf_index bigint CONSTRAINT pk_ledger_order PRIMARY KEY,
    leaf_id bigint NOT NULL CONSTRAINT uq_ledger_order_leaf_id UNIQUE
        CONSTRAINT fk_ledger_order_leaf_id_ledger_leaves REFERENCES ledger_leaves
);

CREATE TABLE ledger_nodes (
    level integer NOT NULL,
    position bigint NOT NULL,
    hash bytea NOT NULL,
    CONSTRAINT pk_ledger_nodes PRIMARY KEY (level, position)
);
CREATE INDEX ix_ledger_nodes_hash ON ledger_nodes USING hash (hash) WHERE level = 0;

CREATE TABLE ledger_checkpoints (
    size bigint CONSTRAINT pk_ledger_checkpoints PRIMARY KEY,
    root bytea NOT NULL,
    note text NOT NULL,
    sealed_at timestamptz NOT NULL,
    below_xid xid8 NOT NULL
);

CREATE TABLE ledger_deliveries (
    url text CONSTRAINT pk_ledger_deliveries PRIMARY KEY,
    size bigint NOT NULL,
    attempts integer NOT NULL,
    due_at timestamptz NOT NULL,
    error text
);
"""

CHECKINS = """
CREATE TABLE checkins (
    id uuid NOT NULL,
    person_id bigint NOT NULL,
    device_id text NOT NULL,
    unit_id bigint,
    direction text NOT NULL,
    work_date date,
    taken_at timestamptz NOT NULL,
    earliest_at timestamptz NOT NULL,
    latest_at timestamptz NOT NULL,
    time_grade text NOT NULL,
    boot_id text,
    claimed_at timestamptz NOT NULL,
    received_at timestamptz NOT NULL,
    verdict text NOT NULL,
    counts boolean NOT NULL,
    flags text[] NOT NULL,
    score double precision NOT NULL,
    earlier_id uuid,
    site_version_id bigint,
    p_inside double precision,
    distance_m double precision,
    accuracy_m double precision NOT NULL,
    platform text NOT NULL,
    app text NOT NULL,
    seq bigint NOT NULL,
    policy text NOT NULL,
    payload_hash bytea NOT NULL,
    leaf_hash bytea NOT NULL,
    answer text NOT NULL,
    CONSTRAINT pk_checkins PRIMARY KEY (id)
) PARTITION BY RANGE (id);
CREATE INDEX ix_checkins_person_id ON checkins (person_id, work_date, id);
CREATE INDEX ix_checkins_work_date ON checkins USING brin (work_date, received_at) WITH (pages_per_range = 16, autosummarize = on);

CREATE TABLE checkin_reports (
    id uuid NOT NULL,
    jws text NOT NULL,
    position geometry(Point, 4326) NOT NULL,
    evidence text NOT NULL,
    CONSTRAINT pk_checkin_reports PRIMARY KEY (id)
) PARTITION BY RANGE (id);

CREATE TABLE checkin_replays (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_checkin_replays PRIMARY KEY,
    checkin_id uuid NOT NULL,
    at timestamptz NOT NULL
);

CREATE TABLE checkin_rulings (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_checkin_rulings PRIMARY KEY,
    checkin_id uuid NOT NULL,
    person_id bigint NOT NULL CONSTRAINT fk_checkin_rulings_person_id_people REFERENCES people,
    day date NOT NULL,
    counts boolean,
    cause text NOT NULL,
    ruled_at timestamptz NOT NULL
);
CREATE INDEX ix_checkin_rulings_day ON checkin_rulings (day, person_id);

CREATE FUNCTION make_checkin_partitions(first_month date, months integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public AS $$
DECLARE
    made integer := 0;
    parent text;
    child text;
    opens timestamptz;
    closes timestamptz;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('make_checkin_partitions'));
    FOR month IN 0 .. months - 1 LOOP
        opens := (date_trunc('month', first_month) + make_interval(months => month))::timestamp AT TIME ZONE 'UTC';
        closes := (date_trunc('month', first_month) + make_interval(months => month + 1))::timestamp AT TIME ZONE 'UTC';
        FOREACH parent IN ARRAY ARRAY['checkins', 'checkin_reports'] LOOP
            child := parent || '_' || to_char(opens AT TIME ZONE 'UTC', 'YYYYMM');
            IF to_regclass(child) IS NULL THEN
                EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)',
                               child, parent, uuid_at(opens), uuid_at(closes));
                EXECUTE format('GRANT SELECT, INSERT ON %I TO tapak_app', child);
                made := made + 1;
            END IF;
        END LOOP;
    END LOOP;
    RETURN made;
END $$;

CREATE FUNCTION erase_checkin_reports(ids uuid[]) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = public
AS $$ WITH gone AS (DELETE FROM checkin_reports WHERE id = ANY (ids) RETURNING 1) SELECT count(*) FROM gone $$;

CREATE FUNCTION erase_ledger_contents(about text) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = public
AS $$ WITH gone AS (
    DELETE FROM ledger_contents USING ledger_leaves WHERE leaf_id = ledger_leaves.id AND subject = about RETURNING 1
) SELECT count(*) FROM gone $$;

CREATE TABLE feeds (
    person_id bigint NOT NULL CONSTRAINT pk_feeds PRIMARY KEY CONSTRAINT fk_feeds_person_id_people REFERENCES people,
    turn integer NOT NULL,
    secret_hash bytea NOT NULL CONSTRAINT uq_feeds_secret_hash UNIQUE,
    made_at timestamptz NOT NULL
);

CREATE TABLE attachments (
    id uuid CONSTRAINT pk_attachments PRIMARY KEY,
    person_id bigint NOT NULL CONSTRAINT fk_attachments_person_id_people REFERENCES people,
    type text NOT NULL CONSTRAINT ck_attachments_type CHECK (type IN ('application/pdf', 'image/jpeg', 'image/png')),
    bytes integer NOT NULL CONSTRAINT ck_attachments_bytes CHECK (bytes > 0),
    sha256 text NOT NULL,
    uploaded_at timestamptz NOT NULL
);
CREATE INDEX ix_attachments_person_id ON attachments (person_id);
CREATE INDEX ix_attachments_uploaded_at ON attachments (uploaded_at);

CREATE TABLE attachment_contents (
    attachment_id uuid NOT NULL CONSTRAINT pk_attachment_contents PRIMARY KEY
        CONSTRAINT fk_attachment_contents_attachment_id_attachments REFERENCES attachments,
    name text NOT NULL,
    content bytea NOT NULL
);
ALTER TABLE attachment_contents ALTER COLUMN content SET STORAGE EXTERNAL;

CREATE TABLE attachment_links (
    attachment_id uuid NOT NULL CONSTRAINT pk_attachment_links PRIMARY KEY
        CONSTRAINT fk_attachment_links_attachment_id_attachments REFERENCES attachments,
    about text NOT NULL,
    linked_at timestamptz NOT NULL
);
CREATE INDEX ix_attachment_links_about ON attachment_links (about);

CREATE FUNCTION erase_attachments(ids uuid[]) RETURNS bigint LANGUAGE sql SECURITY DEFINER SET search_path = public
AS $$ WITH gone AS (DELETE FROM attachment_contents WHERE attachment_id = ANY (ids) RETURNING 1) SELECT count(*) FROM gone $$;

CREATE FUNCTION uuid_at(instant timestamptz) RETURNS uuid LANGUAGE sql IMMUTABLE PARALLEL SAFE
AS $$ SELECT (lpad(to_hex(floor(extract(epoch FROM instant) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid $$;
"""

PAPERS = """
CREATE TABLE papers (
    id uuid CONSTRAINT pk_papers PRIMARY KEY,
    kind text NOT NULL,
    unit_id bigint NOT NULL CONSTRAINT fk_papers_unit_id_units REFERENCES units,
    year integer NOT NULL,
    sequence integer NOT NULL,
    number text NOT NULL CONSTRAINT uq_papers_number UNIQUE,
    title text NOT NULL,
    about text NOT NULL,
    person_id bigint CONSTRAINT fk_papers_person_id_people REFERENCES people,
    sha256 text NOT NULL,
    signer text NOT NULL,
    is_test boolean NOT NULL,
    issued_by bigint NOT NULL CONSTRAINT fk_papers_issued_by_people REFERENCES people,
    issued_at timestamptz NOT NULL,
    pdf bytea NOT NULL CONSTRAINT ck_papers_pdf CHECK (encode(sha256(pdf), 'hex') = sha256),
    CONSTRAINT uq_papers_kind UNIQUE (kind, unit_id, year, sequence)
);
CREATE INDEX ix_papers_about ON papers (about);
CREATE TABLE paper_forms (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_paper_forms PRIMARY KEY,
    agency_id bigint NOT NULL CONSTRAINT fk_paper_forms_agency_id_units REFERENCES units,
    pattern text NOT NULL,
    marks jsonb NOT NULL,
    set_by bigint NOT NULL CONSTRAINT fk_paper_forms_set_by_people REFERENCES people,
    set_at timestamptz NOT NULL
);
CREATE INDEX ix_paper_forms_agency_id ON paper_forms (agency_id);

CREATE TABLE recap_exports (
    id uuid CONSTRAINT pk_recap_exports PRIMARY KEY,
    asked_by bigint NOT NULL CONSTRAINT fk_recap_exports_asked_by_people REFERENCES people,
    month date NOT NULL,
    units text[] NOT NULL,
    paths text[] NOT NULL,
    form text NOT NULL,
    language text NOT NULL,
    asked_at timestamptz NOT NULL,
    people integer NOT NULL,
    bytes integer,
    sha256 text,
    error text,
    ended_at timestamptz
);

CREATE TABLE month_acknowledgements (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_month_acknowledgements PRIMARY KEY,
    person_id bigint NOT NULL CONSTRAINT fk_month_acknowledgements_person_id_people REFERENCES people,
    month date NOT NULL,
    step text NOT NULL CONSTRAINT ck_month_acknowledgements_step CHECK (step IN ('employee', 'superior')),
    digest text NOT NULL,
    agrees boolean NOT NULL,
    note text NOT NULL,
    said_by bigint NOT NULL CONSTRAINT fk_month_acknowledgements_said_by_people REFERENCES people,
    said_at timestamptz NOT NULL
);
CREATE INDEX ix_month_acknowledgements_person_id ON month_acknowledgements (person_id, month);

CREATE TABLE month_seals (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_month_seals PRIMARY KEY,
    unit_id bigint NOT NULL CONSTRAINT fk_month_seals_unit_id_units REFERENCES units,
    month date NOT NULL,
    digest text NOT NULL,
    people integer NOT NULL,
    days integer NOT NULL,
    findings bigint[] NOT NULL,
    note text NOT NULL,
    sealed_by bigint NOT NULL CONSTRAINT fk_month_seals_sealed_by_people REFERENCES people,
    sealed_at timestamptz NOT NULL
);
CREATE INDEX ix_month_seals_month ON month_seals (month, unit_id);

CREATE TABLE amendments (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_amendments PRIMARY KEY,
    seal_id bigint NOT NULL CONSTRAINT fk_amendments_seal_id_month_seals REFERENCES month_seals,
    reason text NOT NULL,
    basis text NOT NULL,
    stated_by bigint NOT NULL CONSTRAINT fk_amendments_stated_by_people REFERENCES people,
    stated_at timestamptz NOT NULL
);
CREATE INDEX ix_amendments_seal_id ON amendments (seal_id);

CREATE TABLE amendment_days (
    amendment_id bigint NOT NULL CONSTRAINT fk_amendment_days_amendment_id_amendments REFERENCES amendments,
    person_id bigint NOT NULL CONSTRAINT fk_amendment_days_person_id_people REFERENCES people,
    day date NOT NULL,
    states text NOT NULL,
    old jsonb NOT NULL,
    new jsonb NOT NULL,
    old_words text NOT NULL,
    new_words text NOT NULL,
    CONSTRAINT pk_amendment_days PRIMARY KEY (amendment_id, person_id, day)
);
CREATE INDEX ix_amendment_days_person_id ON amendment_days (person_id, day);
"""

DERIVED = """
CREATE TABLE day_records (
    person_id bigint NOT NULL CONSTRAINT fk_day_records_person_id_people REFERENCES people,
    day date NOT NULL,
    unit_id bigint NOT NULL CONSTRAINT fk_day_records_unit_id_units REFERENCES units,
    status text NOT NULL,
    shift text,
    start_at timestamptz,
    end_at timestamptz,
    in_at timestamptz,
    out_at timestamptz,
    late_min integer NOT NULL,
    early_min integer NOT NULL,
    deduction_pct numeric(7, 3) NOT NULL,
    lines jsonb NOT NULL,
    trace jsonb NOT NULL,
    evidence_hash text NOT NULL,
    derived_at timestamptz NOT NULL,
    open_until timestamptz,
    frozen_at timestamptz,
    CONSTRAINT pk_day_records PRIMARY KEY (person_id, day)
);
CREATE INDEX ix_day_records_day ON day_records (day, unit_id);
CREATE INDEX ix_day_records_absent ON day_records (person_id, day) WHERE status = 'absent';

CREATE TABLE month_marks (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_month_marks PRIMARY KEY,
    person_id bigint NOT NULL,
    month date NOT NULL
);
CREATE INDEX ix_month_marks_month ON month_marks (month, person_id);
CREATE FUNCTION mark_months() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO month_marks (person_id, month)
    SELECT DISTINCT person_id, date_trunc('month', day)::date FROM changed ORDER BY 1, 2;
    RETURN NULL;
END $$;
CREATE TRIGGER day_records_mark_insert AFTER INSERT ON day_records
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mark_months();
CREATE TRIGGER day_records_mark_update AFTER UPDATE ON day_records
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mark_months();
CREATE TRIGGER day_records_mark_delete AFTER DELETE ON day_records
    REFERENCING OLD TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mark_months();
CREATE TRIGGER activities_mark AFTER INSERT ON activities
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mark_months();
CREATE FUNCTION mark_decided_months() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO month_marks (person_id, month)
    SELECT DISTINCT activities.person_id, date_trunc('month', activities.day)::date
    FROM changed JOIN activities ON activities.id = changed.activity_id ORDER BY 1, 2;
    RETURN NULL;
END $$;
CREATE TRIGGER activity_decisions_mark AFTER INSERT ON activity_decisions
    REFERENCING NEW TABLE AS changed FOR EACH STATEMENT EXECUTE FUNCTION mark_decided_months();

CREATE TABLE corrections (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_corrections PRIMARY KEY,
    person_id bigint NOT NULL CONSTRAINT fk_corrections_person_id_people REFERENCES people,
    day date NOT NULL,
    direction text NOT NULL CONSTRAINT ck_corrections_direction CHECK (direction IN ('in', 'out')),
    at timestamptz NOT NULL,
    reason text NOT NULL,
    evidence text NOT NULL,
    requested_at timestamptz NOT NULL
);
CREATE INDEX ix_corrections_day ON corrections (day, person_id);
CREATE INDEX ix_corrections_person_id ON corrections (person_id, id);

CREATE TABLE permissions (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_permissions PRIMARY KEY,
    person_id bigint NOT NULL CONSTRAINT fk_permissions_person_id_people REFERENCES people,
    day date NOT NULL,
    direction text NOT NULL CONSTRAINT ck_permissions_direction CHECK (direction IN ('in', 'out')),
    reason text NOT NULL,
    requested_at timestamptz NOT NULL
);
CREATE INDEX ix_permissions_day ON permissions (day, person_id);
CREATE INDEX ix_permissions_person_id ON permissions (person_id, id);

CREATE TABLE permission_decisions (
    permission_id bigint NOT NULL CONSTRAINT pk_permission_decisions PRIMARY KEY
        CONSTRAINT fk_permission_decisions_permission_id_permissions REFERENCES permissions,
    decision text NOT NULL CONSTRAINT ck_permission_decisions_decision CHECK (decision IN ('approve', 'refuse', 'withdraw')),
    reason text NOT NULL,
    decided_by bigint NOT NULL CONSTRAINT fk_permission_decisions_decided_by_people REFERENCES people,
    decided_at timestamptz NOT NULL
);

CREATE TABLE correction_decisions (
    correction_id bigint NOT NULL CONSTRAINT fk_correction_decisions_correction_id_corrections REFERENCES corrections,
    inputs_hash text NOT NULL,
    decision text NOT NULL CONSTRAINT ck_correction_decisions_decision CHECK (decision IN ('approve', 'refuse')),
    reason text NOT NULL,
    decided_by bigint NOT NULL CONSTRAINT fk_correction_decisions_decided_by_people REFERENCES people,
    decided_at timestamptz NOT NULL,
    CONSTRAINT pk_correction_decisions PRIMARY KEY (correction_id, inputs_hash)
);

CREATE TABLE findings (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_findings PRIMARY KEY,
    kind text NOT NULL,
    person_id bigint NOT NULL CONSTRAINT fk_findings_person_id_people REFERENCES people,
    day date NOT NULL,
    unit_id bigint NOT NULL CONSTRAINT fk_findings_unit_id_units REFERENCES units,
    evidence jsonb NOT NULL,
    evidence_hash text NOT NULL,
    found_at timestamptz NOT NULL,
    CONSTRAINT uq_findings_kind UNIQUE (kind, person_id, day, evidence_hash)
);
CREATE INDEX ix_findings_person_id ON findings (person_id, day);

CREATE TABLE finding_steps (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_finding_steps PRIMARY KEY,
    finding_id bigint NOT NULL CONSTRAINT fk_finding_steps_finding_id_findings REFERENCES findings,
    step text NOT NULL CONSTRAINT ck_finding_steps_step CHECK (step IN ('reply', 'proposal', 'decision', 'appeal', 'final')),
    answer text CONSTRAINT ck_finding_steps_answer CHECK (answer IN ('uphold', 'partial', 'dismiss')),
    reason text NOT NULL,
    evidence text,
    checkins uuid[] NOT NULL DEFAULT '{}',
    shows_position boolean NOT NULL DEFAULT false,
    taken_by bigint CONSTRAINT fk_finding_steps_taken_by_people REFERENCES people,
    level text,
    taken_at timestamptz NOT NULL,
    CONSTRAINT ck_finding_steps_answered CHECK ((answer IS NULL) = (step IN ('reply', 'appeal')))
);
CREATE INDEX ix_finding_steps_finding_id ON finding_steps (finding_id, id);
CREATE UNIQUE INDEX uq_finding_steps_finding_id ON finding_steps (finding_id, step) WHERE step <> 'reply';

CREATE TABLE position_views (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_position_views PRIMARY KEY,
    person_id bigint NOT NULL CONSTRAINT fk_position_views_person_id_people REFERENCES people,
    viewer_id bigint CONSTRAINT fk_position_views_viewer_id_people REFERENCES people,
    cause text NOT NULL,
    shown text NOT NULL CONSTRAINT ck_position_views_shown CHECK (shown IN ('point', 'band')),
    checkins integer NOT NULL,
    viewed_at timestamptz NOT NULL
);
CREATE INDEX ix_position_views_person_id ON position_views (person_id, id);

CREATE TABLE assessments (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_assessments PRIMARY KEY,
    person_id bigint NOT NULL CONSTRAINT fk_assessments_person_id_people REFERENCES people,
    month date NOT NULL,
    months integer NOT NULL CONSTRAINT ck_assessments_months CHECK (months IN (1, 3, 6, 12)),
    productivity_pct numeric(6, 2),
    work_score numeric(6, 2) NOT NULL,
    behaviour_score numeric(6, 2) NOT NULL,
    has_new_idea boolean NOT NULL,
    note text NOT NULL,
    work_result text,
    behaviour_result text,
    behaviour_values jsonb,
    level text,
    assessed_by bigint NOT NULL CONSTRAINT fk_assessments_assessed_by_people REFERENCES people,
    assessed_at timestamptz NOT NULL,
    CONSTRAINT ck_assessments_work_result CHECK (work_result IN ('below', 'as_expected', 'above')),
    CONSTRAINT ck_assessments_behaviour_result CHECK (behaviour_result IN ('below', 'as_expected', 'above')),
    CONSTRAINT ck_assessments_results CHECK (
        (work_result IS NULL) = (behaviour_result IS NULL) AND (behaviour_values IS NULL OR behaviour_result IS NOT NULL))
);
CREATE INDEX ix_assessments_person_id ON assessments (person_id, month);

CREATE TABLE discipline_notices (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_discipline_notices PRIMARY KEY,
    person_id bigint NOT NULL CONSTRAINT fk_discipline_notices_person_id_people REFERENCES people,
    unit_id bigint NOT NULL CONSTRAINT fk_discipline_notices_unit_id_units REFERENCES units,
    year integer NOT NULL,
    step text NOT NULL,
    level text NOT NULL,
    sanction text NOT NULL,
    absent_days integer NOT NULL,
    made_days integer NOT NULL,
    run integer NOT NULL,
    until date NOT NULL,
    clause text NOT NULL,
    quality text NOT NULL,
    given_at timestamptz NOT NULL
);
CREATE INDEX ix_discipline_notices_person_id ON discipline_notices (person_id, year);

CREATE TABLE discipline_withdrawals (
    notice_id bigint CONSTRAINT pk_discipline_withdrawals PRIMARY KEY
        CONSTRAINT fk_discipline_withdrawals_notice_id_discipline_notices REFERENCES discipline_notices,
    absent_days integer NOT NULL,
    made_days integer NOT NULL,
    run integer NOT NULL,
    withdrawn_at timestamptz NOT NULL
);

CREATE TABLE budget_realisations (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_budget_realisations PRIMARY KEY,
    unit_id bigint NOT NULL CONSTRAINT fk_budget_realisations_unit_id_units REFERENCES units,
    quarter date NOT NULL,
    pct numeric(6, 2) NOT NULL,
    source text NOT NULL,
    reported_by bigint NOT NULL CONSTRAINT fk_budget_realisations_reported_by_people REFERENCES people,
    reported_at timestamptz NOT NULL
);
CREATE INDEX ix_budget_realisations_quarter ON budget_realisations (quarter, unit_id);
CREATE TABLE base_amounts (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_base_amounts PRIMARY KEY,
    person_id bigint CONSTRAINT fk_base_amounts_person_id_people REFERENCES people,
    unit_id bigint CONSTRAINT fk_base_amounts_unit_id_units REFERENCES units,
    position text,
    amount bigint NOT NULL,
    since date NOT NULL,
    source text NOT NULL,
    stated_by bigint CONSTRAINT fk_base_amounts_stated_by_people REFERENCES people,
    stated_at timestamptz NOT NULL,
    CONSTRAINT ck_base_amounts_whose CHECK (num_nonnulls(person_id, unit_id) = 1 AND num_nonnulls(unit_id, position) <> 1),
    CONSTRAINT ck_base_amounts_amount CHECK (amount > 0)
);
CREATE INDEX ix_base_amounts_person_id ON base_amounts (person_id, since);
CREATE INDEX ix_base_amounts_unit_id ON base_amounts (unit_id, position, since);

CREATE TABLE ratings (
    person_id bigint NOT NULL CONSTRAINT fk_ratings_person_id_people REFERENCES people,
    month date NOT NULL,
    unit_id bigint NOT NULL CONSTRAINT fk_ratings_unit_id_units REFERENCES units,
    discipline_pct numeric(7, 3) NOT NULL,
    productivity_pct numeric(7, 3),
    tpp_pct numeric(7, 3),
    score numeric(7, 3),
    predicate text,
    provisional boolean NOT NULL,
    breakdown jsonb NOT NULL,
    decree text NOT NULL,
    law text NOT NULL,
    formula text NOT NULL,
    series date NOT NULL,
    inputs_hash text NOT NULL,
    rated_at timestamptz NOT NULL,
    CONSTRAINT pk_ratings PRIMARY KEY (person_id, month)
);
CREATE INDEX ix_ratings_month ON ratings (month, unit_id);

CREATE TABLE job_runs (
    id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_job_runs PRIMARY KEY,
    job text NOT NULL,
    slot timestamptz NOT NULL,
    status text NOT NULL CONSTRAINT ck_job_runs_status CHECK (status IN ('running', 'done', 'failed')),
    count bigint NOT NULL DEFAULT 0,
    attempts integer NOT NULL DEFAULT 1,
    error text,
    step text,
    about date,
    done_people integer NOT NULL DEFAULT 0,
    of_people integer NOT NULL DEFAULT 0,
    made_with text,
    started_at timestamptz NOT NULL,
    ended_at timestamptz,
    CONSTRAINT uq_job_runs_job UNIQUE (job, slot)
);
CREATE TABLE job_failures (
    job text NOT NULL,
    step text NOT NULL,
    about date NOT NULL,
    person_id bigint NOT NULL CONSTRAINT fk_job_failures_person_id_people REFERENCES people,
    code text NOT NULL,
    tries integer NOT NULL DEFAULT 1,
    first_at timestamptz NOT NULL,
    last_at timestamptz NOT NULL,
    CONSTRAINT pk_job_failures PRIMARY KEY (job, step, about, person_id)
);
"""

# Facts: written once. The trigger holds for every role, the owner's too, so a slip shows as an error and not as a lost record.
APPEND_ONLY = (
    "site_versions", "door_codes", "leaves", "leave_decisions", "leave_cuts", "leave_openings",
    "incidents", "incident_units", "incident_withdrawals",
    "assignment_letters", "letter_people", "letter_sites", "letter_approvals", "letter_withdrawals",
    "activity_standards", "targets", "target_decisions", "activities", "activity_decisions",
    "roster_versions", "swaps",
    "swap_answers", "swap_decisions", "ledger_leaves", "ledger_contents", "ledger_order",
    "ledger_nodes", "ledger_checkpoints", "checkins", "checkin_reports", "checkin_replays", "checkin_rulings",
    "findings", "finding_steps", "position_views",
    "corrections", "correction_decisions",
    "permissions", "permission_decisions",
    "assessments", "discipline_notices", "discipline_withdrawals", "budget_realisations",
    "attachments", "attachment_contents", "attachment_links",
    "base_amounts",
    "papers", "paper_forms", "month_acknowledgements", "month_seals", "amendments", "amendment_days",
)  # fmt: skip

# Of these a row may go, never change, in a transaction whose ledger leaf says what was erased.
FORGETTABLE = ("checkin_reports", "ledger_contents", "attachment_contents")

# What the program's role may do beyond SELECT and INSERT.
MUTABLE = {
    "units": "UPDATE", "people": "UPDATE", "postings": "UPDATE", "grants": "UPDATE", "accounts": "UPDATE",
    "refresh_tokens": "UPDATE, DELETE", "devices": "UPDATE", "attestation_policies": "UPDATE",
    "sites": "UPDATE", "site_units": "DELETE",
    "shifts": "UPDATE", "roster_entries": "UPDATE, DELETE", "rest_rules": "UPDATE",
    "roster_drafts": "UPDATE, DELETE", "holidays": "UPDATE",
    "feeds": "UPDATE", "calendar_groups": "UPDATE", "calendar_memberships": "UPDATE",
    "recap_exports": "UPDATE",
    "day_records": "UPDATE, DELETE", "ledger_deliveries": "UPDATE", "ratings": "UPDATE, DELETE", "job_runs": "UPDATE",
    "job_failures": "UPDATE, DELETE", "month_marks": "DELETE",
}  # fmt: skip

ROLE = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'tapak_app') THEN CREATE ROLE tapak_app NOLOGIN; END IF;
END $$;
GRANT USAGE ON SCHEMA public TO tapak_app;
GRANT SELECT, INSERT ON ALL TABLES IN SCHEMA public TO tapak_app;
REVOKE INSERT ON alembic_version FROM tapak_app;
REVOKE ALL ON FUNCTION make_checkin_partitions, erase_checkin_reports, erase_ledger_contents, erase_attachments FROM PUBLIC;
GRANT EXECUTE ON FUNCTION erase_checkin_reports, erase_ledger_contents, erase_attachments TO tapak_app;
GRANT EXECUTE ON FUNCTION make_checkin_partitions TO tapak_app;

CREATE FUNCTION refuse_forgetting() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' AND EXISTS (SELECT FROM ledger_leaves WHERE xid = pg_current_xact_id() AND kind = 'erasure') THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION '% is forgotten only together with a leaf that says so', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% holds facts that are written once: append a correction instead', TG_TABLE_NAME
        USING ERRCODE = 'insufficient_privilege';
END $$;
"""


def upgrade() -> None:
    for part in (PEOPLE, PLACES, WORKDAYS, INCIDENTS, LETTERS, ACTIVITIES, LEDGER, CHECKINS, PAPERS, DERIVED, ROLE):
        op.execute(part)
    for table, rights in MUTABLE.items():
        op.execute(f"GRANT {rights} ON {table} TO tapak_app")
    for table in APPEND_ONLY:
        guard = "refuse_forgetting" if table in FORGETTABLE else "refuse_change"
        op.execute(f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {guard}()")
        op.execute(
            f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()"
        )
    op.execute("SELECT make_checkin_partitions((now() - interval '2 months')::date, 6)")


def downgrade() -> None:
    op.execute("DROP OWNED BY tapak_app")
    for table in (
        "recap_exports, amendment_days, amendments, month_seals, month_acknowledgements,"
        " paper_forms, papers, feeds, attachment_links, attachment_contents, attachments,"
        " job_failures, job_runs, month_marks, ratings, base_amounts, budget_realisations,"
        " discipline_withdrawals, discipline_notices,"
        " assessments, position_views, finding_steps, findings, correction_decisions, corrections,"
        " permission_decisions, permissions,"
        " day_records, checkin_rulings, checkin_replays, checkin_reports, checkins,"
        " ledger_deliveries,"
        " ledger_checkpoints, ledger_nodes, ledger_order, ledger_contents, ledger_leaves,"
        " activity_decisions, activities, target_decisions, targets, activity_standards,"
        " letter_withdrawals, letter_approvals, letter_sites, letter_people, assignment_letters,"
        " incident_withdrawals, incident_units, incidents, leave_openings, leave_cuts, leave_decisions, leaves, holidays,"
        " calendar_memberships, calendar_groups,"
        " swap_decisions, swap_answers, swaps, roster_versions, roster_drafts, roster_patterns, rest_rules,"
        " roster_entries, shifts, door_codes, site_units, site_versions, sites, attestation_policies, devices, refresh_tokens,"
        " accounts, grants,"
        " postings, people, units"
    ).split(", "):
        op.execute(f"DROP TABLE {table.strip()}")
    op.execute("DROP FUNCTION mark_months, mark_decided_months")
    op.execute("DROP FUNCTION make_checkin_partitions, erase_checkin_reports, erase_ledger_contents, erase_attachments, uuid_at")
    op.execute("DROP FUNCTION refuse_change, refuse_forgetting")
