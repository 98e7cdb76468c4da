"""An office is set up, a phone checks in and out, the night runs, and the officer downloads the recap."""

import csv
import io
from calendar import monthrange
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from openpyxl import load_workbook

from app import clock, jws
from app.config import var
from app.jobs import schedule
from app.jobs.runner import run_slot
from app.jobs.table import get_job
from app.ledger.rules import is_included
from app.ledger.rules.note import note_text, read_checkpoint
from tests import phones

ZONE = ZoneInfo("Asia/Makassar")
WAYAN, CHIEF, OFFICER = "198001012005011001", "197506152000012003", "198203032008012004"
PEOPLE = f"""unit_code,unit_name,parent_code,nip,name,position,since
BALI,Pemerintah Uji,,,,,
BKD,Badan Kepegawaian,BALI,{OFFICER},Ni Made Ayu Lestari,Analis,2024-01-02
DISHUB,Dinas Perhubungan,BALI,{CHIEF},I Ketut Rai,Kepala Dinas,2024-01-02
DISHUB,,,{WAYAN},I Wayan Sudarsana,Analis,2024-01-02
"""
SQUARE = [[115.219, -8.651], [115.221, -8.651], [115.221, -8.649], [115.219, -8.649], [115.219, -8.651]]
SITE = {
    "type": "Feature",
    "properties": {"code": "DISHUB", "name": "Kantor Dishub", "agency": "BALI", "units": ["DISHUB"]},
    "geometry": {"type": "Polygon", "coordinates": [SQUARE]},
}
LATE_MIN, EARLY_MIN = 20, 40
GOOD = {"productivity_pct": "90", "work_score": "95", "behaviour_score": "88", "has_new_idea": False, "note": "Baik"}


@dataclass
class Office:
    """Somebody at a keyboard: every request signed in, every answer checked."""

    client: object
    token: str | None = None

    def ask(self, method, path, status=200, **more):
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        answer = self.client.open(path, method=method, headers=headers, **more)
        assert answer.status_code == status, answer.text
        return answer

    def json(self, method, path, status=200, **more):
        return self.ask(method, path, status, **more).get_json()


@pytest.fixture
def everybody(app, database, tmp_path):
    """The people of the file, imported by command and signed in with their one-time codes."""
    file, codes = tmp_path / "people.csv", tmp_path / "codes.csv"
    file.write_text(PEOPLE, "utf-8")
    for command in (
        ["people", "import", str(file), "--codes", str(codes)],
        ["people", "grant", OFFICER, "hr", "BALI"],
        ["people", "grant", CHIEF, "supervisor", "DISHUB"],
    ):
        done = app.test_cli_runner().invoke(args=command)
        assert done.exit_code == 0, done.output
    signed_in = {}
    for row in csv.DictReader(io.StringIO(codes.read_text("utf-8"))):
        body = {"nip": row["nip"], "code": row["code"], "password": f"pohon beringin {row['nip'][-2:]}"}
        tokens = Office(app.test_client()).json("POST", "/v1/auth/activate", json=body)
        signed_in[row["nip"]] = Office(app.test_client(), tokens["access_token"])
    return signed_in


@pytest.fixture
def phone(everybody):
    """Wayan's phone, enrolled."""
    made = phones.Phone(WAYAN)
    body = {"jwk": jws.jwk_of(made.key.public_key()), "name": "Ponsel", "platform": "android", "installation_id": "uji"}
    assert everybody[WAYAN].json("POST", "/v1/devices", 201, json=body) == {"id": made.device_id, "status": "active"}
    return made


@pytest.fixture
def day(everybody):
    """The office's site, and for Wayan a shift that began twenty minutes ago: whenever this runs, he is late."""
    officer = everybody[OFFICER]
    officer.json("POST", "/v1/sites", 201, json=SITE)
    starts = clock.now().astimezone(ZONE).replace(second=0, microsecond=0) - timedelta(minutes=LATE_MIN)
    ends = starts + timedelta(minutes=LATE_MIN + EARLY_MIN)
    shift = {"agency": "BALI", "code": "UJI", "name": "Uji", "starts": f"{starts:%H:%M}", "ends": f"{ends:%H:%M}"}
    officer.json("POST", "/v1/shifts", 201, json=shift)
    line = {"nip": WAYAN, "day": starts.date().isoformat(), "shifts": ["UJI"]}
    assert officer.json("POST", "/v1/rosters", json={"entries": [line]}) == {"count": 1}
    return starts.date()


def check_in(everybody, phone, direction, **where):
    """The server's item for a check-in that the phone signs now, with an anchor it just got."""
    anchor = everybody[WAYAN].json("GET", "/v1/time")["anchor"]
    compact = phone.checkin(clock.now(), direction, anchor=anchor, elapsed_ms=5, boot_id="uji", **where)
    (item,) = Office(everybody[WAYAN].client).json("POST", "/v1/checkins", json={"checkins": [compact]})["results"]
    return item


def run_night(day):
    """The scheduler's night about the day, as if two days had passed."""
    job = get_job("night")
    outcome = run_slot(job, schedule.slot_after(job, day), clock.now() + timedelta(days=2))
    assert outcome is not None and outcome.failures == ()


def test_a_day_from_the_first_check_in_to_the_workbook(everybody, phone, day):
    wayan, chief, officer = everybody[WAYAN], everybody[CHIEF], everybody[OFFICER]
    month = f"{day:%Y-%m}"

    outside = check_in(everybody, phone, "in", place=(-8.70, 115.30))
    inside = check_in(everybody, phone, "in", place=(-8.65, 115.22))
    today = wayan.json("GET", "/v1/me/today")
    left = check_in(everybody, phone, "out", place=(-8.65, 115.22))
    assert [(item["verdict"], item["counts"], item["next"]) for item in (outside, inside, left)] == [
        ("rejected", False, "in"), ("accepted", True, "out"), ("accepted", True, None),
    ]  # fmt: skip
    assert {item["work_date"] for item in (outside, inside, left)} == {day.isoformat()}
    assert (today["work_date"], today["next"], len(today["done"])) == (day.isoformat(), "out", 2)

    run_night(day)

    (recorded,) = recorded_on(chief, day)
    assert (recorded["status"], recorded["shift"], recorded["late_min"]) == ("present", "UJI", LATE_MIN)
    assert recorded["early_min"] in (EARLY_MIN - 1, EARLY_MIN)
    # The decree's lines: up to half an hour late 0.5, more than half an hour early 1.
    assert Decimal(recorded["deduction_pct"]) == sum(Decimal(line["pct"] or 0) for line in recorded["lines"]) == Decimal("1.5")

    chief.json("PUT", f"/v1/assessments/{WAYAN}/{month}", json=GOOD)
    run_night(day + timedelta(days=1))
    (rating,) = [found for found in wayan.json("GET", "/v1/me/ratings")["items"] if found["month"].startswith(month)]
    assert Decimal(rating["discipline_pct"]) == 100 - charged(chief, day)
    assert rating["predicate"] and rating["provisional"]

    items = officer.json("GET", f"/v1/recaps/{month}?unit=DISHUB")["items"]
    mine = next(item for item in items if item["nip"] == WAYAN)
    assert Decimal(mine["counts"]["deduction_pct"]) == charged(chief, day)
    assert Decimal(mine["rating"]["discipline_pct"]) == Decimal(rating["discipline_pct"])
    workbook = load_workbook(io.BytesIO(officer.ask("GET", f"/v1/recaps/{month}.xlsx?unit=DISHUB").data))
    row = next(row for row in workbook.worksheets[0].iter_rows(values_only=True) if WAYAN in [str(cell) for cell in row])
    assert "I Wayan Sudarsana" in row
    assert any(isinstance(cell, int | float) and Decimal(str(cell)) == charged(chief, day) for cell in row)


def recorded_on(chief, day):
    """The night's record of Wayan's day, as his superior reads it: he himself is shown a running day as it stands now."""
    return [found for found in chief.json("GET", f"/v1/attendance?unit=DISHUB&day={day}")["items"] if found["nip"] == WAYAN]


def charged(chief, day):
    """What the days of that day's month cost together, as they were recorded."""
    days = [day.replace(day=number) for number in range(1, monthrange(day.year, day.month)[1] + 1)]
    return sum(Decimal(found["deduction_pct"]) for one in days for found in recorded_on(chief, one))


def test_a_receipt_of_the_day_is_proven_by_the_ledger(everybody, phone, day):
    item = check_in(everybody, phone, "in", place=(-8.65, 115.22))
    run_night(day)
    proof = Office(everybody[WAYAN].client).json("GET", f"/v1/ledger/proof/{item['id']}")
    checkpoint = read_checkpoint(note_text(proof["checkpoint"]))
    [found] = proof["proofs"]
    path = [jws.unb64(hashed) for hashed in found["path"]]
    leaf = jws.keyring(var("keys")).opened(item["receipt"], "receipt+jws")["leaf_hash"]
    assert leaf == found["leaf_hash"]
    assert is_included(jws.unb64(leaf), found["leaf_index"], checkpoint.size, path, checkpoint.root)


def test_a_stranger_sees_nothing_of_it(everybody, phone, day):
    check_in(everybody, phone, "in", place=(-8.65, 115.22))
    assert Office(everybody[WAYAN].client).ask("GET", "/v1/me/today", 401)
    everybody[WAYAN].ask("GET", f"/v1/recaps/{day:%Y-%m}", 403)
    everybody[CHIEF].ask("GET", f"/v1/recaps/{day:%Y-%m}?unit=BKD", 404)
