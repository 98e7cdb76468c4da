"""One whole day: people are imported, phones check in over HTTP, the night runs, and HR downloads the recap."""

import io
import json
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import openpyxl
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine

from app import clock, db
from app.config import ROOT
from app.geofences import actions as geofences
from app.jobs import runner
from app.jobs.table import get_job
from app.people.actions.imports import import_people
from app.people.rules.table import parse
from app.workdays.rules import holiday_on
from tests import make
from tests.phones import Phone

EARLY, LATE, HR = "198001012005011001", "198502022010012002", "197903032003011003"
PASSWORD = "sawah hijau sekali 9"
OFFICE = (-8.715867, 115.218351)
FAR_AWAY = (-8.60, 115.30)
PEOPLE = f"""unit_code,unit_name,parent_code,nip,name,position,since
BALI,Pemerintah uji,,,,,
BKPSDM,Badan uji,BALI,{EARLY},Pegawai Pagi,Analis,2024-01-02
BKPSDM,,,{LATE},Pegawai Siang,Analis,2024-01-02
BALI,,,{HR},Pegawai HR,Analis,2024-01-02
"""


def recent_workday() -> date:
    """The newest Monday to Thursday before yesterday that is no holiday."""
    day = clock.now().date() - timedelta(days=2)
    while day.weekday() > 3 or holiday_on(day, {}):
        day -= timedelta(days=1)
    return day


def post(client: FlaskClient, address: str, body: dict, headers: dict | None = None) -> dict:
    answer = client.post(address, json=body, headers=headers)
    assert answer.status_code < 300, answer.text
    return answer.json


def test_one_whole_day(app: Flask, database: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    day, client = recent_workday(), app.test_client()

    def at(hour: int, minute: int, on: date = day) -> datetime:
        """The edge's clock stands at that time in Bali."""
        instant = datetime(on.year, on.month, on.day, hour, minute, tzinfo=ZoneInfo("Asia/Makassar")).astimezone(UTC)
        monkeypatch.setattr(clock, "now", lambda: instant)
        return instant

    before = at(6, 0)
    with db.transaction() as session:
        imported = import_people(session, parse(PEOPLE.encode()), None, before, with_codes=True)
        assert imported.is_written
        site = json.loads((ROOT / "geofences" / "bkpsdm.geojson").read_text("utf-8"))
        geofences.load(session, [site], None, before - timedelta(days=1))
        make.grant(session, make.find_person(session, HR), "hr", make.unit(session))

    def sign_in(nip: str) -> dict[str, str]:
        tokens = post(client, "/v1/auth/activate", {"nip": nip, "code": imported.codes[nip], "password": PASSWORD})
        return {"Authorization": f"Bearer {tokens['access_token']}"}

    def enrolled(nip: str) -> tuple[Phone, dict[str, str]]:
        from app import jws

        phone, headers = Phone(nip), sign_in(nip)
        key = jws.jwk_of(phone.key.public_key())
        body = {"jwk": key, "name": "Ponsel", "platform": "android", "installation_id": f"i-{nip}"}
        assert post(client, "/v1/devices", body, headers) == {"id": phone.device_id, "status": "active"}
        return phone, headers

    def check_in(phone: Phone, direction: str, now: datetime, place: tuple[float, float] = OFFICE) -> dict:
        return post(client, "/v1/checkins", {"checkins": [phone.checkin(now, direction, place)]})["results"][0]

    early, early_headers = enrolled(EARLY)
    late, late_headers = enrolled(LATE)
    hr_headers = sign_in(HR)

    assert not check_in(early, "in", at(7, 10), FAR_AWAY)["counts"]
    arrived = check_in(early, "in", at(7, 25))
    assert (arrived["verdict"], arrived["work_date"], arrived["next"]) == ("accepted", day.isoformat(), "out")
    today = client.get("/v1/me/today", headers=early_headers).json
    assert (today["work_date"], today["next"], len(today["done"])) == (day.isoformat(), "out", 2)
    assert check_in(late, "in", at(8, 10))["counts"]
    assert check_in(early, "out", at(16, 35))["next"] is None
    assert check_in(late, "out", at(16, 0))["counts"]

    night = get_job("night")
    outcome = runner.run_now(night, day, at(0, 30, day + timedelta(days=1)))
    assert outcome.failures == (), outcome

    at(8, 0, day + timedelta(days=1))
    hr_headers = {"Authorization": f"Bearer {post(client, '/v1/auth/login', {'nip': HR, 'password': PASSWORD})['access_token']}"}
    month = f"{day:%Y-%m}"
    days = client.get(f"/v1/me/attendance?month={month}", headers=late_headers).json["items"]
    [mine] = [item for item in days if item["day"] == day.isoformat()]
    # 40 minutes late and 30 early: the second band costs 1 %, the first 0.5 %, and each line names its clause.
    assert (mine["status"], mine["late_min"], mine["early_min"], mine["deduction_pct"]) == ("present", 40, 30, "1.5")
    assert all(line["clause"] for line in mine["lines"] if line.get("pct") not in (None, "0"))
    early_days = client.get(f"/v1/me/attendance?month={month}", headers=early_headers).json["items"]
    [perfect] = [item for item in early_days if item["day"] == day.isoformat()]
    assert (perfect["late_min"], perfect["early_min"], perfect["deduction_pct"]) == (0, 0, "0")

    rows = {row["nip"]: row for row in client.get(f"/v1/recaps/{month}?unit=BKPSDM", headers=hr_headers).json["items"]}
    assert set(rows) == {EARLY, LATE}
    answer = client.get(f"/v1/recaps/{month}.xlsx?unit=BKPSDM", headers=hr_headers)
    assert answer.status_code == 200 and "attachment" in answer.headers["Content-Disposition"]
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]
    cells = [[str(cell) for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]
    [line] = [row for row in cells if LATE in row]
    assert "40" in line and "30" in line
    assert client.get(f"/v1/recaps/{month}?unit=BKPSDM", headers=late_headers).status_code == 403
