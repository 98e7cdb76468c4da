"""Every address and command that changes something leaves a leaf, or stands here with the reason why it need not.

Whoever adds one finds this test red and puts it in one of the tables: what can change pay, law, rights or evidence is a fact.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from types import SimpleNamespace

import click
import pytest
from sqlalchemy import text

from app import cli, clock, db
from app.access import Role
from app.activities.actions import import_standards
from app.activities.rules import standardfile
from app.audits.actions import audit_facts
from app.audits.store import KEPT
from app.checkins.store import make_partitions
from app.jobs import runner
from app.jobs.table import get_job
from app.ledger.rules import Alarm
from tests import make
from tests.anomalies.test_actions import DAY, MORNING, NOW, crowd
from tests.geofences.test_actions import feature
from tests.phones import Phone

DECISION = {"decision": "dismiss", "reason": "Ponsel dinas dipakai bergantian"}
ASSESSMENT = {
    "productivity_pct": "80", "work_score": "100", "behaviour_score": "100", "has_new_idea": False, "note": "Rapi",
    "work_result": "above", "behaviour_result": "as_expected", "level": "ahli_muda",
    "behaviour_values": dict.fromkeys(
        ("service_oriented", "accountable", "competent", "harmonious", "loyal", "adaptive", "collaborative"), "as_expected"
    ),
}  # fmt: skip
HOLIDAY = {"unit": "BALI", "day": "2026-12-07", "kind": "national", "name": "Hari uji", "source": "SE uji"}
STANDARDS = """unit,position,code,name,volume_unit,norm_min,since,until,source
BALI,Staf,VERIF,Verifikasi berkas,berkas,7.5,2026-01-01,2027-01-01,Analisis beban kerja
"""
MONTH = "2026-12"
NEXT_WEEK = clock.now().date() + timedelta(days=7)
CUT = {"from_day": str(NEXT_WEEK), "reason": "Tidak jadi pergi"}
GROUP = {"agency": "BALI", "code": "bali-hindu", "name": "Kelompok uji", "calendar": "bali-hindu"}
SHIFT = {"agency": "BALI", "code": "MALAM", "name": "Jaga malam", "starts": "22:00", "ends": "06:00"}

# What is asked, and the kind of leaf it writes: `office` has somebody of each role, `do(role, method, path, body)` asks.
ACTS: dict[str, tuple[str, Callable[[SimpleNamespace], object]]] = {
    "PUT /v1/assessments/<nip>/<period>": (
        "assessment",
        lambda office: office.do("supervisor", "PUT", f"/v1/assessments/{office.nip}/2026-10", ASSESSMENT),
    ),
    "POST /v1/attachments": ("attachment", lambda office: office.attachment()),
    "POST /v1/me/targets": ("target", lambda office: office.target()),
    "POST /v1/me/targets/<int(max=9223372036854775807):target_id>/withdrawal": (
        "target_decision",
        lambda office: office.do("employee", "POST", f"/v1/me/targets/{office.target()}/withdrawal", {"reason": "Salah periode"}),
    ),
    "POST /v1/targets/<int(max=9223372036854775807):target_id>/decision": (
        "target_decision",
        lambda office: office.do(
            "supervisor", "POST", f"/v1/targets/{office.target()}/decision", {"decision": "approve", "reason": "Sesuai rencana"}
        ),
    ),
    "POST /v1/me/activities": ("activity", lambda office: office.activity()),
    "POST /v1/me/activities/<int(max=9223372036854775807):activity_id>/withdrawal": (
        "activity_decision",
        lambda office: office.do("employee", "POST", f"/v1/me/activities/{office.activity()}/withdrawal", {"reason": "Salah hari"}),
    ),
    "POST /v1/activities/<int(max=9223372036854775807):activity_id>/decision": (
        "activity_decision",
        lambda office: office.do(
            "supervisor",
            "POST",
            f"/v1/activities/{office.activity()}/decision",
            {"decision": "adjust", "minutes": 60, "reason": "Satu jam"},
        ),
    ),
    "POST /v1/activities/decisions": (
        "activity_decision",
        lambda office: office.do(
            "supervisor",
            "POST",
            "/v1/activities/decisions",
            {"ids": [office.activity()], "decision": "approve", "reason": "Sesuai"},
        ),
    ),
    "POST /v1/assessments/file": ("assessment", lambda office: office.upload("/v1/assessments/file", office.results())),
    "POST /v1/base-amounts/file": ("base_amount", lambda office: office.upload("/v1/base-amounts/file", office.bases())),
    "POST /v1/leaves/<int(max=9223372036854775807):leave_id>/paper": (
        "paper",
        lambda office: office.do("other hr", "POST", f"/v1/leaves/{office.granted()}/paper"),
    ),
    "POST /v1/assignment-letters/<int(max=9223372036854775807):letter_id>/paper": (
        "paper",
        lambda office: office.do("hr", "POST", f"/v1/assignment-letters/{office.letter()}/paper"),
    ),
    "POST /v1/notices/<int(max=9223372036854775806):notice_id>/paper": ("paper", lambda office: office.absence_told()),
    "PUT /v1/paper-forms/<agency>": (
        "paper_form",
        lambda office: office.do("admin", "PUT", "/v1/paper-forms/BALI", {"pattern": "{sequence}/{kind}/{unit}/{year}"}),
    ),
    "POST /v1/checkins": ("checkin", lambda office: office.check_in()),
    "POST /v1/assignment-letters": ("letter", lambda office: office.letter()),
    "POST /v1/assignment-letters/<int(max=9223372036854775807):letter_id>/approval": (
        "letter",
        lambda office: office.do("other hr", "POST", f"/v1/assignment-letters/{office.letter(units=['BALI'])}/approval"),
    ),
    "POST /v1/assignment-letters/<int(max=9223372036854775807):letter_id>/withdrawal": (
        "letter",
        lambda office: office.do(
            "other hr", "POST", f"/v1/assignment-letters/{office.approved_letter()}/withdrawal", {"reason": "Kegiatan batal"}
        ),
    ),
    "POST /v1/me/corrections": ("correction", lambda office: office.correction()),
    "POST /v1/corrections/<int(max=9223372036854775807):correction_id>/decision": (
        "correction_decision",
        lambda office: office.do(
            "hr", "POST", f"/v1/corrections/{office.correction()}/decision", {"decision": "approve", "reason": "Terlihat di CCTV"}
        ),
    ),
    "POST /v1/devices": ("device", lambda office: office.enrol("employee")),
    "DELETE /v1/devices/<device_id>": (
        "device",
        lambda office: office.do("employee", "DELETE", f"/v1/devices/{office.enrol('employee')}"),
    ),
    "POST /v1/devices/<device_id>/decision": (
        "device",
        lambda office: office.do(
            "hr", "POST", f"/v1/devices/{office.waiting()}/decision", {"decision": "approve", "reason": "Ponsel baru"}
        ),
    ),
    "POST /v1/devices/<device_id>/waiver": ("device", lambda office: office.waive()),
    "PUT /v1/attestation-policies/<agency>": (
        "attestation_policy",
        lambda office: office.do("admin", "PUT", "/v1/attestation-policies/BALI", {"policy": "note"}),
    ),
    "GET /v1/findings/<int:finding_id>": (
        "position_view",
        lambda office: office.do("other hr", "GET", f"/v1/findings/{office.placed_finding()}"),
    ),
    "POST /v1/findings/<int:finding_id>/decision": (
        "finding_decision",
        lambda office: office.do("hr", "POST", f"/v1/findings/{office.finding()}/decision", DECISION),
    ),
    "POST /v1/findings/decisions": (
        "finding_decision",
        lambda office: office.do("hr", "POST", "/v1/findings/decisions", {"ids": [office.finding()], **DECISION}),
    ),
    "POST /v1/me/findings/<int:finding_id>/reply": (
        "finding_reply",
        lambda office: office.do("found", "POST", f"/v1/me/findings/{office.fresh_finding()}/reply", {"reason": "Saya di kantor"}),
    ),
    "POST /v1/me/findings/<int:finding_id>/appeal": ("finding_appeal", lambda office: office.appeal()),
    "PUT /v1/budgets/<unit>/<quarter>": (
        "budget",
        lambda office: office.do("hr", "PUT", "/v1/budgets/BALI/2026-Q3", {"pct": "81.5", "source": "Laporan realisasi"}),
    ),
    "POST /v1/grants": ("grant", lambda office: office.grant()),
    "POST /v1/grants/<int(max=9223372036854775807):grant_id>/end": (
        "grant",
        lambda office: office.do("admin", "POST", f"/v1/grants/{office.grant()}/end"),
    ),
    "POST /v1/holidays": ("holiday", lambda office: office.do("hr", "POST", "/v1/holidays", HOLIDAY)),
    "DELETE /v1/holidays/<int:holiday_id>": (
        "holiday",
        lambda office: office.do("hr", "DELETE", f"/v1/holidays/{office.do('hr', 'POST', '/v1/holidays', HOLIDAY).json['id']}"),
    ),
    "POST /v1/people/imports": ("people_import", lambda office: office.bring_in()),
    "POST /v1/incidents": ("incident", lambda office: office.incident()),
    "POST /v1/incidents/<int(max=9223372036854775807):incident_id>/withdrawal": (
        "incident",
        lambda office: office.do("hr", "POST", f"/v1/incidents/{office.incident()}/withdrawal", {"reason": "Ternyata tidak padam"}),
    ),
    "PUT /v1/holidays/<int:holiday_id>": ("holiday", lambda office: office.redeclare()),
    "POST /v1/calendar-groups": ("calendar_group", lambda office: office.do("hr", "POST", "/v1/calendar-groups", GROUP)),
    "PUT /v1/calendar-groups/<agency>/<code>": ("calendar_group", lambda office: office.regroup()),
    "POST /v1/calendar-groups/<agency>/<code>/members": ("calendar_membership", lambda office: office.join()),
    "PUT /v1/calendar-memberships/<int:membership_id>": ("calendar_membership", lambda office: office.part()),
    "POST /v1/me/permissions": ("permission", lambda office: office.permission()),
    "POST /v1/me/permissions/<int(max=9223372036854775807):permission_id>/withdrawal": (
        "permission_decision",
        lambda office: office.do("employee", "POST", f"/v1/me/permissions/{office.permission()}/withdrawal", {"reason": "Batal"}),
    ),
    "POST /v1/permissions/<int(max=9223372036854775807):permission_id>/decision": (
        "permission_decision",
        lambda office: office.do(
            "supervisor", "POST", f"/v1/permissions/{office.permission()}/decision", {"decision": "approve", "reason": "Sesuai"}
        ),
    ),
    "POST /v1/leave-openings": (
        "leave_opening",
        lambda office: office.do(
            "hr", "POST", "/v1/leave-openings", {"nip": office.nip, "year": 2026, "days": "6", "source": "Kartu cuti 2025"}
        ),
    ),
    "POST /v1/me/leaves": ("leave", lambda office: office.leave()),
    "POST /v1/leaves/<int:leave_id>/decision": (
        "leave_decision",
        lambda office: office.do(
            "supervisor", "POST", f"/v1/leaves/{office.leave()}/decision", {"decision": "approve", "reason": "Sesuai"}
        ),
    ),
    "POST /v1/me/leaves/<int:leave_id>/withdrawal": (
        "leave_decision",
        lambda office: office.do("employee", "POST", f"/v1/me/leaves/{office.leave()}/withdrawal", {"reason": "Batal"}),
    ),
    "POST /v1/me/leaves/<int:leave_id>/cuts": (
        "leave_cut",
        lambda office: office.do("employee", "POST", f"/v1/me/leaves/{office.granted()}/cuts", CUT),
    ),
    "POST /v1/leaves/<int:leave_id>/cuts": (
        "leave_cut",
        lambda office: office.do("hr", "POST", f"/v1/leaves/{office.granted()}/cuts", CUT),
    ),
    "POST /v1/recaps/<string(length=7):month>/seal": ("seal", lambda office: office.seal()),
    "POST /v1/recaps/<string(length=7):month>/papers": (
        "paper",
        lambda office: office.seal() and office.do("hr", "POST", "/v1/recaps/2026-10/papers", {"unit": "BALI"}),
    ),
    "POST /v1/recaps/<string(length=7):month>/amendments": ("amendment", lambda office: office.amend()),
    "POST /v1/me/recaps/<string(length=7):month>/acknowledgement": ("acknowledgement", lambda office: office.acknowledge()),
    "POST /v1/recaps/<string(length=7):month>/acknowledgements": (
        "acknowledgement",
        lambda office: (
            office.acknowledge() and office.do("supervisor", "POST", "/v1/recaps/2026-10/acknowledgements", {"nips": [office.nip]})
        ),
    ),
    "POST /v1/rosters": (
        "roster",
        lambda office: office.do(
            "hr", "POST", "/v1/rosters", {"entries": [{"nip": office.nip, "day": "2026-12-07", "shifts": []}]}
        ),
    ),
    "POST /v1/roster-patterns": ("roster_pattern", lambda office: office.pattern()),
    "PUT /v1/roster-drafts/<unit>/<month>/publication": ("roster_version", lambda office: office.publish()),
    "PUT /v1/rest-rules/<unit>": ("rest_rule", lambda office: office.demand_rest()),
    "POST /v1/me/swaps": ("swap", lambda office: office.swap()),
    "POST /v1/me/swaps/<int:swap_id>/answer": ("swap_answer", lambda office: office.agree()),
    "POST /v1/swaps/<int:swap_id>/decision": (
        "swap_decision",
        lambda office: office.do(
            "hr", "POST", f"/v1/swaps/{office.agree()}/decision", {"decision": "approve", "reason": "Tidak mengganggu dinas"}
        ),
    ),
    "POST /v1/shifts": ("shift", lambda office: office.do("hr", "POST", "/v1/shifts", SHIFT)),
    "POST /v1/sites": ("site_version", lambda office: office.do("admin", "POST", "/v1/sites", feature())),
    "PUT /v1/sites/<code>": ("site_version", lambda office: office.redraw()),
    "POST /v1/sites/<code>/door-code": ("door_code", lambda office: office.do("admin", "POST", "/v1/sites/KANTOR/door-code")),
    "DELETE /v1/sites/<code>/door-code": ("door_code", lambda office: office.close_door()),
    "POST /v1/units": (
        "unit",
        lambda office: office.do("admin", "POST", "/v1/units", {"code": "BARU", "name": "Unit baru", "parent": "BALI"}),
    ),
}

# What is read and yet written down.
LOOKS = {"GET /v1/findings/<int:finding_id>"}

DRAFT = "nobody is judged by a draft; what is published has its leaf"

NO_FACT = {
    **dict.fromkeys(
        (
            "POST /v1/roster-drafts",
            "PATCH /v1/roster-drafts/<unit>/<month>",
            "DELETE /v1/roster-drafts/<unit>/<month>",
            "PUT /v1/roster-drafts/<unit>/<month>/pattern",
            "POST /v1/roster-drafts/<unit>/<month>/file",
        ),
        DRAFT,
    ),
    "POST /v1/auth/activate": "a sign-in changes nobody's rights; the code it spends has a leaf from when it was given",
    "POST /v1/auth/login": "a sign-in changes nobody's rights",
    "POST /v1/auth/logout": "a sign-out changes nobody's rights",
    "POST /v1/auth/password": "only its owner can tell, and no other right hangs on it",
    "POST /v1/auth/refresh": "a sign-in goes on",
    **dict.fromkeys(("POST /v1/me/feed", "DELETE /v1/me/feed"), "a link to one's own calendar, which judges nobody"),
    "POST /v1/sites/<code>/effect": "nothing is written",
    "POST /v1/sites/lint": "nothing is written",
    "POST /v1/recaps/<string(length=7):month>/exports": "somebody asks to read what he may read anyway",
}

COMMANDS: dict[str, tuple[str, Callable[[SimpleNamespace], list[str]]]] = {
    "activities standards": ("activity_standard", lambda office: [str(office.norms())]),
    "calendars declare": ("holiday", lambda office: [str(office.circular)]),
    "calendars members": ("calendar_membership", lambda office: [str(office.members())]),
    "leaves openings": ("leave_opening", lambda office: [str(office.openings())]),
    "ratings results": ("assessment", lambda office: [str(office.results()), "--by", office.officer_nip]),
    "pay bases": ("base_amount", lambda office: [str(office.bases())]),
    "people import": ("people_import", lambda office: [str(office.file)]),
    "people grant": ("grant", lambda office: [office.nip, "hr", "BALI"]),
    "people activate-code": ("activation_code", lambda office: [office.nip]),
    "ledger erase": ("erasure", lambda office: ["--subject", "person:1"]),
    "geofences load": ("site_version", lambda office: [str(office.drawing)]),
    "geofences screen": ("door_code", lambda office: ["KANTOR"]),
    "rosters publish": ("roster_version", lambda office: office.draft() and ["--unit", "BALI", "--month", MONTH, "--note", "Baru"]),
}

NO_FACT_COMMANDS = {
    "rosters import": DRAFT,
    "keys rotate": "without a database; `seal-ledger` writes the leaf of every key within a minute (a test below)",
    "demo load": "made of the same actions, with a leaf of its own that says that it is a demo",
    "db upgrade": "the schema is no fact about anybody; the code that made it is",
    "db downgrade": "the schema",
    "db revision": "a file",
    "db cluster start": "starts",
    "db cluster stop": "stops",
    "ledger export": "a leaf says whose positions left, if there are any under a seal (tests/anomalies/test_looks.py)",
    "serve": "starts and stops",
    "jobs run": "what jobs derive can be derived again; their decisions are made over HTTP",
    "jobs serve": "the same",
    "attendance replay": "the same",
    "phone enroll": "asks over HTTP",
    "phone checkin": "asks over HTTP",
    "phone sync": "asks over HTTP",
    "phone today": "asks over HTTP",
    "phone disown": "asks over HTTP",
    **dict.fromkeys(
        ("calendars show", "db check", "db cluster status", "db cluster url", "decrees backtest", "decrees check", "decrees ladder",
         "decrees schema", "decrees show", "geofences check", "jobs list", "keys list", "ledger audit",
         "ledger checkpoint", "ledger verify", "ledger prove", "pay handover", "recaps export", "rosters diff",
         "rosters export"),
        "reads",
    ),
}  # fmt: skip


class Office(SimpleNamespace):
    """BALI with somebody of each role, whose phones, findings and leaves are made when they are asked about."""

    def do(self, role: str, method: str, path: str, body: object = None, **headers: str):
        self.before = counts(self.session)
        answer = self.client.open(path, method=method, json=body, headers={**self.headers[role], **headers})
        assert 200 <= answer.status_code < 300, answer.text
        return answer

    def check_in(self) -> None:
        phone = Phone(self.nip)
        make.device(self.session, self.person, key=phone.key)
        self.before = counts(self.session)
        answer = self.client.post("/v1/checkins", json={"checkins": [phone.checkin(clock.now())]})
        assert answer.json["results"][0]["status"] == "stored"

    def enrol(self, role: str) -> str:
        from app import jws

        jwk = jws.jwk_of(make.key().public_key())
        body = {"jwk": jwk, "name": "Ponsel", "platform": "android", "installation_id": "i"}
        return self.do(role, "POST", "/v1/devices", body).json["id"]

    def seal(self):
        return self.do("hr", "POST", "/v1/recaps/2026-10/seal", {"unit": "BALI"})

    def amend(self) -> None:
        """The person was there on a day on which the sealed month says that he was not."""
        self.seal()
        change = {
            "nip": self.nip, "day": "2026-10-05", "states": "hours", "in_at": "2026-10-05T07:20:00+08:00",
            "out_at": "2026-10-05T16:40:00+08:00",
        }  # fmt: skip
        body = {"unit": "BALI", "reason": "Hasil pemeriksaan", "basis": "Berita acara uji", "changes": [change]}
        self.do("hr", "POST", "/v1/recaps/2026-10/amendments", body)

    def acknowledge(self):
        from app.attendance.actions import close_day

        close_day(self.session, date(2026, 10, 5), clock.now(), [self.person.id])
        own = self.do("employee", "GET", "/v1/me/recaps/2026-10").json
        body = {"digest": own["digest"], "agrees": True}
        return self.do("employee", "POST", "/v1/me/recaps/2026-10/acknowledgement", body)

    def waiting(self) -> str:
        self.enrol("employee")
        return self.enrol("employee")

    def waive(self) -> None:
        """The old phone is lost, so a second officer lets the approved one count at once."""
        old, new = self.enrol("employee"), self.enrol("employee")
        decision = {"decision": "approve", "reason": "Ponsel baru"}
        self.do("hr", "POST", f"/v1/devices/{new}/decision", decision)
        self.do("employee", "DELETE", f"/v1/devices/{old}")
        self.do("other hr", "POST", f"/v1/devices/{new}/waiver", {"reason": "Ponsel lama hilang"})

    def finding(self) -> int:
        from app.anomalies import actions

        crowd(self.session, *(make.person(self.session, make.unit(self.session, "DISHUB")) for _ in range(3)))
        actions.scan_day(self.session, DAY, NOW)
        return self.session.scalar(text("SELECT min(id) FROM findings"))

    def placed_finding(self) -> int:
        """A finding about somebody who was rejected some kilometres from the office."""
        from app.anomalies import actions

        person = make.person(self.session, make.unit(self.session, "DISHUB"))
        version = self.session.scalar(text("SELECT max(id) FROM site_versions"))
        known = {"site_version_id": version, "distance_m": 4_321.0}
        make.report(self.session, make.checkin(self.session, person, "in", MORNING, DAY, counts=False, **known))
        actions.scan_day(self.session, DAY, NOW)
        return self.session.scalar(text("SELECT id FROM findings WHERE person_id = :person"), {"person": person.id})

    def fresh_finding(self) -> int:
        """A finding of this very night, about somebody who can still reply: `found`."""
        from app.anomalies import actions

        people = [make.person(self.session, make.unit(self.session, "DISHUB")) for _ in range(3)]
        crowd(self.session, *people)
        actions.scan_day(self.session, DAY, clock.now())
        self.headers["found"] = self.sign_in(people[0].id)
        asked = {"person": people[0].id}
        return self.session.scalar(text("SELECT id FROM findings WHERE person_id = :person"), asked)

    def appeal(self) -> None:
        finding = self.fresh_finding()
        self.do("found", "POST", f"/v1/me/findings/{finding}/reply", {"reason": "Saya di kantor"})
        self.do("hr", "POST", f"/v1/findings/{finding}/decision", {"decision": "uphold", "reason": "Tidak meyakinkan"})
        self.do("found", "POST", f"/v1/me/findings/{finding}/appeal", {"reason": "Ada saksi"})

    def bring_in(self) -> None:
        file = {"csv": self.file.read_text()}
        tag = self.do("admin", "POST", "/v1/people/imports", file).json["tag"]
        self.do("admin", "POST", "/v1/people/imports", {**file, "tag": tag})

    def grant(self) -> int:
        body = {"nip": self.nip, "role": "supervisor", "unit": "BALI", "since": "2026-01-01"}
        return self.do("admin", "POST", "/v1/grants", body).json["id"]

    def incident(self) -> int:
        body = {
            "kind": "power", "begins_at": "2026-12-07T00:00:00Z", "ends_at": "2026-12-07T03:00:00Z",
            "reason": "Listrik padam di Renon", "units": ["BALI"],
        }  # fmt: skip
        return self.do("hr", "POST", "/v1/incidents", body).json["id"]

    def target(self) -> int:
        body = {
            "period": f"{clock.now():%Y}", "description": "Izin trayek terbit", "indicator": "Terbit dalam 5 hari",
            "quantity": "240", "quantity_unit": "izin",
        }  # fmt: skip
        return self.do("employee", "POST", "/v1/me/targets", body).json["id"]

    def activity(self) -> int:
        body = {
            "day": clock.now().date().isoformat(), "description": "Verifikasi berkas izin trayek", "standard": "VERIF",
            "volume": "12.5", "starts": "08:00", "ends": "10:00", "attachment": "BA-17/2026",
            "target": self.target(),
        }  # fmt: skip
        import_standards(self.session, standardfile.parse(STANDARDS.encode()), clock.now(), dry_run=False)
        return self.do("employee", "POST", "/v1/me/activities", body).json["id"]

    def norms(self):
        file = self.circular.with_name("standar.csv")
        file.write_text(STANDARDS)
        return file

    def letter(self, **named: object) -> int:
        body = {
            "unit": "BALI", "number": "800/1/BALI", "kind": "home", "purpose": "Bekerja dari rumah", "first_day": "2026-12-07",
            "last_day": "2026-12-08", "place": "anywhere", **(named or {"people": [self.nip]}),
        }  # fmt: skip
        return self.do("hr", "POST", "/v1/assignment-letters", body).json["id"]

    def approved_letter(self) -> int:
        """A letter with a place that names who issues it, so that somebody else approves."""
        issuer = self.client.get("/v1/me", headers=self.headers["hr"]).json["nip"]
        letter = self.letter(people=[self.nip, issuer], sites=["KANTOR"])
        self.do("other hr", "POST", f"/v1/assignment-letters/{letter}/approval")
        return letter

    def permission(self) -> int:
        body = {"day": str(clock.now().date()), "direction": "in", "reason": "Mengantar anak ke dokter"}
        return self.do("employee", "POST", "/v1/me/permissions", body).json["id"]

    def leave(self) -> int:
        body = {
            "kind": "annual", "first_day": "2026-12-07", "last_day": "2026-12-08", "reason": "Upacara",
            "attachment_ids": [self.attachment()],
        }  # fmt: skip
        return self.do("employee", "POST", "/v1/me/leaves", body).json["id"]

    def attachment(self) -> str:
        self.before = counts(self.session)
        sent = self.client.post("/v1/attachments?name=Surat.pdf", data=b"%PDF-1.7 surat %%EOF", headers=self.headers["employee"])
        assert sent.status_code == 201, sent.text
        return sent.json["id"]

    def granted(self) -> int:
        body = {"kind": "annual", "first_day": str(NEXT_WEEK), "last_day": str(NEXT_WEEK), "reason": "Upacara"}
        leave_id = self.do("employee", "POST", "/v1/me/leaves", body).json["id"]
        for role in ("supervisor", "hr"):
            self.do(role, "POST", f"/v1/leaves/{leave_id}/decision", {"decision": "approve", "reason": "Sesuai"})
        return leave_id

    def pattern(self) -> None:
        self.do("hr", "POST", "/v1/shifts", SHIFT)
        cycle = {"agency": "BALI", "code": "2-2-3", "name": "Dua dua tiga", "cycle": [["MALAM"], [], []]}
        self.do("hr", "POST", "/v1/roster-patterns", cycle)

    def draft(self) -> str:
        """A draft in which the employee rests on the second Monday; its tag."""
        self.do("hr", "POST", "/v1/roster-drafts", {"unit": "BALI", "month": MONTH})
        tag = self.client.get(f"/v1/roster-drafts/BALI/{MONTH}", headers=self.headers["hr"]).headers["ETag"]
        days = {"people": [{"nip": self.nip, "days": {f"{MONTH}-14": "-"}}]}
        return self.do("hr", "PATCH", f"/v1/roster-drafts/BALI/{MONTH}", days, **{"If-Match": tag}).headers["ETag"]

    def publish(self) -> None:
        tag = self.draft()
        self.do("hr", "PUT", f"/v1/roster-drafts/BALI/{MONTH}/publication", {"note": "Jadwal baru"}, **{"If-Match": tag})

    def demand_rest(self) -> None:
        tag = self.client.get("/v1/rest-rules/BALI", headers=self.headers["hr"]).headers["ETag"]
        rule = {"min_rest_min": 660, "source": "Instruksi kepala dinas"}
        self.do("hr", "PUT", "/v1/rest-rules/BALI", rule, **{"If-Match": tag})

    def swap(self) -> int:
        day = (clock.now() + timedelta(days=3)).date().isoformat()
        self.do("hr", "POST", "/v1/rosters", {"entries": [{"nip": self.nip, "day": day, "shifts": []}]})
        self.do("hr", "POST", "/v1/rosters", {"entries": [{"nip": self.partner.nip, "day": day, "shifts": None, "zone": "WIB"}]})
        body = {"partner": self.partner.nip, "days": [day], "reason": "Upacara"}
        return self.do("employee", "POST", "/v1/me/swaps", body).json["id"]

    def agree(self) -> int:
        swap_id = self.swap()
        self.do("partner", "POST", f"/v1/me/swaps/{swap_id}/answer", {"answer": "agree"})
        return swap_id

    def correction(self) -> int:
        body = {
            "day": "2026-11-23",
            "direction": "in",
            "at": "2026-11-23T07:20:00+08:00",
            "reason": "Ponsel mati",
            "evidence": "CCTV",
        }
        return self.do("employee", "POST", "/v1/me/corrections", body).json["id"]

    def edit(self, role: str, path: str, body: object) -> None:
        tag = self.client.get(path, headers=self.headers[role]).headers["ETag"]
        self.do(role, "PUT", path, body, **{"If-Match": tag})

    def redeclare(self) -> None:
        path = f"/v1/holidays/{self.do('hr', 'POST', '/v1/holidays', HOLIDAY).json['id']}"
        self.edit("hr", path, {"kind": "national", "name": "Hari uji lain", "source": "SE uji"})

    def regroup(self) -> None:
        self.do("hr", "POST", "/v1/calendar-groups", GROUP)
        self.edit("hr", "/v1/calendar-groups/BALI/bali-hindu", {"name": "Nama lain", "calendar": None})

    def join(self) -> int:
        self.do("hr", "POST", "/v1/calendar-groups", GROUP)
        body = {"nip": self.nip, "since": "2026-01-01"}
        return self.do("hr", "POST", "/v1/calendar-groups/BALI/bali-hindu/members", body).json["id"]

    def part(self) -> None:
        self.edit("hr", f"/v1/calendar-memberships/{self.join()}", {"until": "2026-02-01"})

    def members(self):
        self.do("hr", "POST", "/v1/calendar-groups", GROUP)
        file = self.circular.with_name("anggota.csv")
        file.write_text(f"nip,group,since,until\n{self.nip},bali-hindu,2026-01-01,\n")
        return file

    def openings(self):
        file = self.circular.with_name("saldo.csv")
        file.write_text(f"nip,year,days,source\n{self.nip},2026,4.5,Kartu cuti 2025\n")
        return file

    def absence_told(self) -> None:
        from app.attendance.actions import close_day
        from app.ratings.actions import watch_absence

        for day in (5, 6, 7):
            close_day(self.session, DAY.replace(day=day), clock.now(), [self.person.id])
        watch_absence(self.session, DAY.replace(day=7), clock.now())
        notice_id = self.session.scalar(text("SELECT min(id) FROM discipline_notices"))
        self.do("hr", "POST", f"/v1/notices/{notice_id}/paper")

    def results(self):
        file = self.circular.with_name("skp.csv")
        file.write_text(
            f"nip,period,productivity_pct,work_score,behaviour_score,source\n{self.nip},2026-10,80,100,90,e-Kinerja uji\n"
        )
        return file

    @property
    def officer_nip(self) -> str:
        """Somebody who holds `hr`."""
        query = text("SELECT nip FROM people JOIN grants ON person_id = people.id WHERE role = 'hr' ORDER BY nip LIMIT 1")
        return self.session.scalar(query)

    def bases(self):
        file = self.circular.with_name("besaran.csv")
        file.write_text(f"nip,amount,since,source\n{self.nip},4500000,2026-01-01,Keputusan uji\n")
        return file

    def upload(self, path: str, file) -> None:
        self.before = counts(self.session)
        answer = self.client.post(path, data=file.read_bytes(), headers=self.headers["hr"])
        assert answer.status_code == 200, answer.text

    def close_door(self) -> None:
        self.do("admin", "POST", "/v1/sites/KANTOR/door-code")
        self.do("admin", "DELETE", "/v1/sites/KANTOR/door-code")

    def redraw(self) -> None:
        self.do("admin", "POST", "/v1/sites", feature())
        tag = self.client.get("/v1/sites/DISHUB", headers=self.headers["admin"]).headers["ETag"]
        self.do("admin", "PUT", "/v1/sites/DISHUB", feature(200), **{"If-Match": tag})


@pytest.fixture
def office(session, client, sign_in, tmp_path) -> Office:
    bali = make.unit(session)
    make.unit(session, "DISHUB", bali)
    make.site(session)
    make_partitions(session, clock.now().date().replace(day=1), 2)
    person = make.person(session)
    partner = make.person(session)
    headers = {"employee": sign_in(person.id), "partner": sign_in(partner.id)}
    for name, role in {"admin": Role.ADMIN, "hr": Role.HR, "other hr": Role.HR, "supervisor": Role.SUPERVISOR}.items():
        holder = make.person(session, bali)
        make.grant(session, holder, role, bali)
        headers[name] = sign_in(holder.id)
    file = tmp_path / "people.csv"
    file.write_text("unit_code,unit_name,parent_code,nip,name,position,since\nBALI,,,198001012005011001,Baru,Staf,2026-01-01\n")
    circular = tmp_path / "edaran.toml"
    circular.write_text(
        'unit = "BALI"\nkind = "national"\nsource = "SE uji"\ndays = [{ on = 2026-12-07, name = "Hari uji" }]\n', "utf-8"
    )
    drawing = tmp_path / "dishub.geojson"
    drawing.write_text(json.dumps(feature()))
    return Office(circular=circular, sign_in=sign_in,
        drawing=drawing, session=session, client=client, headers=headers, person=person, partner=partner, nip=person.nip, file=file
    )  # fmt: skip


def counts(session) -> Counter[str]:
    """How many leaves there are of each kind."""
    return Counter(session.scalars(text("SELECT kind FROM ledger_leaves")))


def alarms(session, kind: str) -> set[Alarm]:
    """What the audit says of facts of the kind: an act leaves rows as its leaf says, and nothing that no leaf tells."""
    return set(audit_facts(session, [kept for kept in KEPT if kind in kept.kinds]))


def mutating(app) -> set[str]:
    return {
        f"{method} {rule}" for rule in app.url_map.iter_rules() for method in (rule.methods or set()) - {"GET", "HEAD", "OPTIONS"}
    }


def named(commands: dict[str, click.Command], above: str = "") -> Iterator[str]:
    for name, command in commands.items():
        if isinstance(command, click.Group):
            yield from named(command.commands, f"{above}{name} ")
        else:
            yield f"{above}{name}"


def test_every_address_that_changes_something_is_a_fact_or_says_why_not(app) -> None:
    assert mutating(app) | LOOKS == set(ACTS) | set(NO_FACT)


def test_every_command_is_a_fact_or_says_why_not() -> None:
    assert set(named({group.name: group for group in cli.GROUPS})) == set(COMMANDS) | set(NO_FACT_COMMANDS)


@pytest.mark.parametrize("address", ACTS)
def test_what_is_done_over_http_is_a_leaf(session, office, address) -> None:
    kind, act = ACTS[address]
    before = alarms(session, kind)
    act(office)
    assert counts(session)[kind] > office.before[kind]
    assert alarms(session, kind) == before


@pytest.mark.parametrize("command", COMMANDS)
def test_what_is_done_by_command_is_a_leaf(app, session, office, command) -> None:
    kind, words = COMMANDS[command]
    before = alarms(session, kind)
    done = app.test_cli_runner().invoke(args=[*command.split(), *words(office)])
    assert done.exit_code == 0, done.output
    assert counts(session)[kind] == 1
    assert alarms(session, kind) <= before


def test_a_key_and_a_decree_have_their_leaf_within_a_minute(log) -> None:
    from app import decrees, jws
    from app.config import var

    job = get_job("seal-ledger")
    rotated = jws.keyring(var("keys")).rotate()
    for minutes in (1, 2):
        assert runner.run_slot(job, clock.now() + timedelta(minutes=minutes), clock.now()).failures == ()
    with db.transaction() as session:
        found = session.scalars(text("SELECT subject FROM ledger_leaves JOIN ledger_order ON leaf_id = id")).all()
        told = {words["toml"] for words in make.told(session, "decree")}
    assert told == {file.read_text("utf-8") for file in decrees.files()}
    assert f"key:{rotated}" in found and len([subject for subject in found if subject.startswith("key:")]) == 2
    assert [subject for subject in found if subject.startswith("decree:bali@")] and "rules:1" in found
