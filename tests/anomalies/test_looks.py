"""Who reviews sees as little of where people were as the case needs, and each look can be read by the person looked at."""

import io
import json
import re
import zipfile
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text

from app import clock
from app.access import Role
from app.anomalies import actions
from app.anomalies.rules import FARTHEST_M, Shown, band_of, shown_as
from app.anomalies.rules.looks import BANDS_M, BEARINGS
from app.audits.actions import audit_facts
from app.audits.store import KEPT
from app.factory import create_app
from tests import contract, make

from .test_actions import DAY, MORNING

READERS = (Role.SUPERVISOR, Role.HR, Role.ADMIN, Role.AUDITOR)
# Somewhere north-east of the office: where somebody may live.
HOME = (-8.6223377, 115.2488991)
DESK = (-8.6501199, 115.2200357)
CANARIES = tuple(str(number).lstrip("-")[:-2] for place in (HOME, DESK) for number in place)


@pytest.mark.parametrize(
    "verdict, outside_m, is_agreed, shown",
    [
        ("accepted", 0, False, Shown.POINT),
        ("doubtful", 40, False, Shown.POINT),
        ("doubtful", FARTHEST_M, False, Shown.POINT),
        ("accepted", FARTHEST_M + 1, False, Shown.BAND),
        ("rejected", 12, False, Shown.BAND),
        ("rejected", 0, False, Shown.POINT),
        ("rejected", 5_000, False, Shown.BAND),
        ("rejected", 5_000, True, Shown.POINT),
    ],
    ids=[
        "at the desk",
        "at the wall",
        "at the last metre",
        "at home by letter",
        "next door",
        "held for its signals",
        "far",
        "shown",
    ],
)
def test_only_what_is_at_the_site_is_shown_unless_its_person_shows_it(verdict, outside_m, is_agreed, shown):
    assert shown_as(verdict, outside_m, is_agreed) is shown


@pytest.mark.parametrize(
    "bearing, east_m, north_m", list(zip(BEARINGS, (0, 1, 1, 1, 0, -1, -1, -1), (1, 1, 0, -1, -1, -1, 0, 1), strict=True))
)
@pytest.mark.parametrize("outside_m", [0.0, 49.9, 50.0, 4_321.0, 50_000.0, 4e6])
def test_a_band_holds_its_distance_and_names_an_eighth_of_the_compass(bearing, east_m, north_m, outside_m):
    band = band_of(outside_m, east_m * outside_m + east_m, north_m * outside_m + north_m)
    assert band.bearing == bearing
    assert band.from_m <= outside_m < (band.to_m or float("inf")) and band.from_m in BANDS_M


@pytest.fixture
def world(session, client, sign_in):
    """Somebody rejected at home and held back at the desk on one day; `as_x` are headers, of those who read and of strangers."""
    agency = make.unit(session)
    unit = make.unit(session, "DISHUB", agency)
    version = make.site(session, unit)
    person = make.person(session, unit, name="Ni Wayan Sari")
    device = make.device(session, person)
    at_desk = {"site_version_id": version, "distance_m": 0.0, "p_inside": 0.99, "device_id": device.id}
    at_home = {"site_version_id": version, "distance_m": 4_380.0, "p_inside": 0.0, "device_id": device.id}
    answer = {"reasons": [{"code": "place_outside", "message": "4380 m di luar"}, {"code": "signal_shared_device", "message": "x"}]}
    desk = make.checkin(session, person, "in", MORNING, DAY, counts=False, **at_desk, flags=["shared_device"])
    home = make.checkin(session, person, "out", MORNING, DAY, counts=False, **at_home, answer=json.dumps(answer))
    make.report(session, desk, *DESK)
    make.report(session, home, *HOME)
    for days in (1, 2, 40):
        before = make.checkin(session, person, "in", MORNING - timedelta(days=days), DAY - timedelta(days=days), **at_desk)
        make.report(session, before, *DESK)
    far = make.checkin(session, person, "out", MORNING - timedelta(hours=9), DAY - timedelta(days=1), False, **at_home)
    make.report(session, far, *HOME)
    actions.scan_day(session, DAY, clock.now())
    headers = {"as_person": sign_in(person.id), "as_stranger": sign_in(make.person(session, unit).id)}
    for role in READERS:
        reader = make.person(session, unit, name=f"Pembaca {role}")
        make.grant(session, reader, role, agency)
        headers[f"as_{role}"] = sign_in(reader.id)
    other = make.person(session, make.unit(session, "JATENG"))
    make.grant(session, other, Role.AUDITOR, make.unit(session, "JATENG"))
    [finding] = session.scalars(text("SELECT id FROM findings")).all()
    return {**headers, "as_other": sign_in(other.id), "person": person, "finding": finding, "address": f"/v1/findings/{finding}"}


def looks(session) -> list[tuple[str, int]]:
    return [tuple(row) for row in session.execute(text("SELECT shown, checkins FROM position_views ORDER BY id"))]


def wheres(card) -> list[object]:
    return [one["where"] for one in sorted(card["checkins"], key=lambda one: one["direction"])]


def test_the_desk_is_shown_and_the_home_only_roughly(client, session, world):
    card = client.get(world["address"], headers=world["as_supervisor"]).json
    desk, home = wheres(card)
    assert desk == {"shown": "point", "lat": DESK[0], "lon": DESK[1]}
    assert home == {"shown": "band", "from_m": 2_000, "to_m": 5_000, "bearing": "ne"}
    by_direction = {one["direction"]: one for one in card["checkins"]}
    assert by_direction["in"]["distance_m"] == 0 and by_direction["out"]["distance_m"] is None
    assert [said["code"] for said in by_direction["out"]["reasons"]] == ["signal_shared_device"]
    assert "4380" not in json.dumps(card)
    assert looks(session) == [("band", 1), ("point", 1)]


def test_the_card_says_what_the_finding_rests_on(client, world):
    card = client.get(world["address"], headers=world["as_supervisor"]).json
    [one] = [one for one in card["checkins"] if one["direction"] == "in"]
    assert one["device"]["name"] == "Ponsel uji" and one["time_grade"] == "verified" and one["accuracy_m"] == 8
    assert one["signals"][0]["code"] == "shared_device" and "honest_rate" in one["signals"][0]
    assert [site["code"] for site in card["sites"]] == ["KANTOR"] and card["sites"][0]["outline"]["type"] == "MultiPolygon"
    assert card["trace"]["rule"].startswith("Mencari presensi yang ditolak") and card["trace"]["numbers"] == {"times": 2}
    assert card["trace"]["dismissed"].startswith("Bila digugurkan, presensi yang ditolak ini dihitung")
    # Thirty days at the site: forty days ago is over, and what was too far to count tells no metre.
    assert sorted((past["day"], past["direction"], past["distance_m"]) for past in card["history"]) == [
        ("2026-01-11", "in", 0), ("2026-01-12", "in", 0), ("2026-01-12", "out", None), ("2026-01-13", "in", 0),
        ("2026-01-13", "out", None),
    ]  # fmt: skip


def test_each_person_reads_who_looked_and_nobody_elses(client, world):
    client.get(world["address"], headers=world["as_supervisor"])
    client.get(world["address"], headers=world["as_auditor"])
    items = client.get("/v1/me/access-log", headers=world["as_person"]).json["items"]
    assert [(one["by"], one["about"], one["finding"], one["shown"]) for one in items] == [
        ("Pembaca auditor", "finding", world["finding"], "point"),
        ("Pembaca auditor", "finding", world["finding"], "band"),
        ("Pembaca supervisor", "finding", world["finding"], "point"),
        ("Pembaca supervisor", "finding", world["finding"], "band"),
    ]
    assert "nip" not in items[0] and "by_nip" not in items[0]
    assert client.get("/v1/me/access-log", headers=world["as_stranger"]).json["items"] == []


def test_pages_of_the_log_hold_every_look_once(client, world):
    for _ in range(2):
        client.get(world["address"], headers=world["as_supervisor"])
    first = client.get("/v1/me/access-log?limit=3", headers=world["as_person"]).json
    rest = client.get(f"/v1/me/access-log?limit=3&after={first['next']}", headers=world["as_person"]).json
    assert (len(first["items"]), len(rest["items"]), rest["next"]) == (3, 1, None)


def test_ones_own_card_shows_everything_and_is_no_look(client, session, world):
    desk, home = wheres(client.get(world["address"], headers=world["as_person"]).json)
    assert (desk["lat"], home["lat"]) == (DESK[0], HOME[0])
    assert looks(session) == []


@pytest.mark.parametrize("role", ["stranger", "other"])
def test_who_may_not_read_it_sees_nothing_and_leaves_no_look(client, session, world, role):
    assert client.get(world["address"], headers=world[f"as_{role}"]).status_code == 404
    assert looks(session) == []


def test_who_agrees_shows_the_position_and_may_change_his_mind(client, session, world):
    reply = f"/v1/me/findings/{world['finding']}/reply"
    for shows, lat in ((True, HOME[0]), (False, None)):
        answer = client.post(reply, json={"reason": "Saya di rumah sakit", "shows_position": shows}, headers=world["as_person"])
        assert answer.status_code == 201 and answer.json["steps"][-1]["shows_position"] is shows
        home = wheres(client.get(world["address"], headers=world["as_supervisor"]).json)[1]
        assert home.get("lat") == lat
    assert looks(session) == [("point", 2), ("band", 1), ("point", 1)]


def test_who_appeals_asks_that_the_position_be_looked_at(client, world):
    said = {"reason": "Saya di lokasi"}
    client.post(f"/v1/me/findings/{world['finding']}/reply", json=said, headers=world["as_person"])
    decision = {"decision": "uphold", "reason": "Tidak terbukti hadir"}
    assert client.post(f"{world['address']}/decision", json=decision, headers=world["as_supervisor"]).json["status"] == "uphold"
    assert wheres(client.get(world["address"], headers=world["as_hr"]).json)[1]["shown"] == "band"
    assert client.post(f"/v1/me/findings/{world['finding']}/appeal", json=said, headers=world["as_person"]).status_code == 201
    assert wheres(client.get(world["address"], headers=world["as_hr"]).json)[1] == {
        "shown": "point",
        "lat": HOME[0],
        "lon": HOME[1],
    }


def test_what_is_forgotten_is_shown_to_nobody_and_looked_at_by_nobody(client, session, world):
    from app.checkins import actions as checkins

    assert checkins.forget_reports(session, clock.now(), clock.now()) == 6
    assert wheres(client.get(world["address"], headers=world["as_supervisor"]).json) == [None, None]
    assert looks(session) == []


def test_the_auditor_asks_by_person_by_viewer_and_within_his_agency(client, session, world):
    client.get(world["address"], headers=world["as_supervisor"])
    client.get(world["address"], headers=world["as_hr"])
    [viewer] = session.scalars(text("SELECT nip FROM people WHERE name = 'Pembaca hr'")).all()

    def asked(query: str, who: str = "auditor") -> list[tuple[str, str]]:
        answer = client.get(f"/v1/access-log{query}", headers=world[f"as_{who}"])
        assert answer.status_code == 200, answer.text
        return [(one["nip"], one["by"]) for one in answer.json["items"]]

    nip = world["person"].nip
    assert asked(f"?nip={nip}") == [(nip, "Pembaca hr")] * 2 + [(nip, "Pembaca supervisor")] * 2
    assert asked(f"?by={viewer}") == [(nip, "Pembaca hr")] * 2
    assert asked(f"?nip={viewer}") == [] == asked("?since=2099-01-01T00:00:00Z") == asked(f"?nip={nip}", "other")
    for role in ("supervisor", "hr", "admin", "person"):
        assert client.get(f"/v1/access-log?nip={nip}", headers=world[f"as_{role}"]).status_code == 403


def test_each_look_is_a_leaf_and_the_audit_holds_it_against_its_row(client, session, world):
    client.get(world["address"], headers=world["as_supervisor"])
    viewer = session.scalar(text("SELECT id FROM people WHERE name = 'Pembaca supervisor'"))
    cause = f"finding:{world['finding']}"
    told = [{name: said for name, said in entry.items() if name != "subject"} for entry in make.told(session, "position_view")]
    assert told == [
        {"person": world["person"].id, "by": viewer, "cause": cause, "shown": shown, "checkins": 1} for shown in ("band", "point")
    ]
    assert list(audit_facts(session, [kept for kept in KEPT if "position_views" in kept.tables])) == []


PROMISED = contract.contract_of(create_app())
READ = [address.removeprefix("GET ") for address in PROMISED if address.startswith("GET ") and "/static/" not in address]


@pytest.mark.parametrize("role", READERS, ids=str)
def test_no_address_gives_a_position_without_a_look(client: FlaskClient, session, world, role) -> None:
    """Every address that reads, filled in with what is there: wherever the canary sings there is a row that says so."""
    known = {"finding_id": world["finding"], "nip": world["person"].nip, "unit": "DISHUB", "code": "DISHUB", "agency": "BALI"}
    months = {"month": "2026-01", "period": "2026-01", "quarter": "2026-1"}
    query = {
        "month": "2026-01",
        "day": "2026-01-13",
        "nip": world["person"].nip,
        "year": "2026",
        "since": "2026-01-01",
        "until": "2026-01-31",
    }
    sung = set()
    for address in READ:
        names = re.compile(r"<(?:[^:>]+:)?(\w+)>")
        path = names.sub(
            lambda found: str((known | months).get(found[1], 1)), address.replace("/v1/sites/<code>", "/v1/sites/KANTOR")
        )
        asks = {name.rstrip("?") for name in PROMISED[f"GET {address}"]["in"].get("query", {})}
        before = len(looks(session))
        for asked in ({}, {name: value for name, value in query.items() if name in asks}):
            answer = client.get(path, query_string=asked, headers=world[f"as_{role}"])
            assert answer.status_code < 500, (address, answer.text)
            body = read(answer)
            if any(canary in body for canary in CANARIES):
                sung.add(address)
                assert len(looks(session)) > before, address
    assert sung == (set() if role is Role.ADMIN else {"/v1/findings/<int:finding_id>"})


def read(answer) -> str:
    """The words of an answer, of a workbook too."""
    raw = answer.get_data()
    if raw[:2] != b"PK":
        return raw.decode("utf-8", "replace")
    with zipfile.ZipFile(io.BytesIO(raw)) as book:
        return "".join(book.read(name).decode("utf-8", "replace") for name in book.namelist())


@pytest.fixture
def log(database, tmp_path, monkeypatch):
    """A committed database whose keys and checkpoint file are the test's own."""
    monkeypatch.setenv("TAPAK_VAR", str(tmp_path))
    return database


def test_an_export_of_the_ledger_tells_everybody_whose_position_is_in_it(app, log, tmp_path) -> None:
    from app import db
    from tests.ledger.conftest import seal
    from tests.ledger.test_inspection import played

    played(people=2, days=1)
    seal()
    told = app.test_cli_runner().invoke(args=["ledger", "export", "-o", str(tmp_path / "e.jsonl")])
    assert told.exit_code == 0, told.output
    with db.transaction() as session:
        rows = session.execute(
            text("SELECT person_id, viewer_id, cause, shown, checkins FROM position_views ORDER BY person_id")
        ).all()
        assert [(row.viewer_id, row.shown, row.checkins) for row in rows] == [(None, "point", 2)] * 2
        [entry] = make.told(session, "position_export")
        assert entry["people"] == [[row.person_id, 2] for row in rows] and {row.cause for row in rows} == {entry["cause"]}
        watching = [kept for kept in KEPT if "position_views" in kept.tables]
        assert list(audit_facts(session, watching)) == []
