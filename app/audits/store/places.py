"""Where devices, what agencies ask of them, sites, their outlines and the codes at their doors are kept."""

from app.audits.store.pairs import Kept
from app.devices.store import STANDING

PLACES = (
    Kept(("device",), ("devices",), STANDING),
    Kept(
        ("attestation_policy",),
        ("attestation_policies",),
        """SELECT 'unit:' || unit.code AS fact, policy, decider.nip AS by, decided_at AS recorded_at
        FROM attestation_policies JOIN units unit ON unit.id = agency_id JOIN people decider ON decider.id = decided_by""",
    ),
    Kept(
        ("site_version",),
        ("site_versions",),
        """SELECT 'site:' || code || '/' || version AS fact, drawn.id AS version_id, ST_AsGeoJSON(outline, 9)::jsonb AS outline,
        added_by AS by, valid_from AS recorded_at FROM site_versions drawn JOIN sites site ON site.id = site_id""",
        # A later leaf of the same version says that only name or units changed.
        """SELECT DISTINCT ON (subject, words ->> 'version') subject || '/' || (words ->> 'version') AS fact, leaf_id,
        words || jsonb_build_object('outline', (words ->> 'outline')::jsonb) AS words
        FROM leaf ORDER BY subject, words ->> 'version', leaf_id""",
    ),
    Kept(
        ("site_version",),
        ("sites", "site_units"),
        """SELECT 'site:' || site.code AS fact, site.name, agency.code AS agency, site.zone AS own_zone, ARRAY(
            SELECT unit.code FROM site_units JOIN units unit ON unit.id = unit_id
            WHERE site_id = site.id ORDER BY unit.code COLLATE "C"
        ) AS units FROM sites site JOIN units agency ON agency.id = site.agency_id""",
    ),
    Kept(
        ("door_code",),
        ("door_codes",),
        """SELECT 'site:' || code || '/' || extract(epoch FROM since) AS fact, encode(sha256(secret), 'hex') AS secret,
        added_by AS by FROM door_codes JOIN sites ON sites.id = site_id""",
        """SELECT subject || '/' || extract(epoch FROM (words ->> 'since')::timestamptz) AS fact, leaf_id, words FROM leaf""",
    ),
)
