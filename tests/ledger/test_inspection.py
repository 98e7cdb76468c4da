"""An outsider with an export, a checkpoint and some receipts finds whatever a superuser did, by its id."""

import json
import subprocess
import sys
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import orjson
import pytest
from shapely.geometry import shape
from sqlalchemy import text

from app import db, jws
from app.checkins import actions as checkins
from app.checkins import store
from app.config import ROOT, var
from app.geofences import actions as geofences
from app.inspector.inspection import inspect
from app.inspector.reading import read
from app.ledger import actions
from app.ledger.rules import Alarm
from tests import make
from tests.geofences.test_actions import feature
from tests.phones import Phone

from .conftest import seal

# Tuesday 10 March 2026, 07:25 in Bali.
MORNING = datetime(2026, 3, 9, 23, 25, tzinfo=UTC)
HOUR = timedelta(hours=1)
# In the middle of the site, at its edge, far away, and inside once more.
OFFICE = shape(feature(120)["geometry"]).centroid
PLACES = tuple((OFFICE.y + north, OFFICE.x + 0.0000091) for north in (0.0000137, 0.00115, 0.05, 0.0003))


def hand_in(phone: Phone, at: datetime, direction: str, place: tuple[float, float], **more: object) -> dict:
    keyring = jws.keyring(var("keys"))
    anchor = keyring.sign("time-anchor+jws", {"now": (at - HOUR).isoformat(), "nonce": "x"})
    report = phone.report(at, direction, place=place, anchor=anchor, elapsed_ms=3_600_000, boot_id="b", **more)
    with db.transaction() as session:
        [answer] = checkins.record_all(session, [checkins.Arrival(report, at + timedelta(seconds=2), "id")], keyring)
    return orjson.loads(answer)


def played(people: int = 3, days: int = 2) -> list[dict]:
    """The answers to some days of check-ins, near, far and doubtful, with and without an anchor; sealed in three parts."""
    with db.transaction() as session:
        store.make_partitions(session, date(2026, 1, 1), 4)
        make.unit(session, "DISHUB", make.unit(session))
        phones = [Phone(make.person(session, make.unit(session, "DISHUB")).nip) for _ in range(people)]
        for phone in phones:
            make.device(session, make.find_person(session, phone.nip), key=phone.key)
        geofences.keep(session, feature(120), None, MORNING - 24 * HOUR)
    seal()
    answers = []
    for day in range(days):
        for number, phone in enumerate(phones):
            for direction, hours in (("in", 0), ("out", 9)):
                place = PLACES[(number + day) % len(PLACES)]
                answers.append(hand_in(phone, MORNING + day * 24 * HOUR + hours * HOUR, direction, place))
        seal()
    return answers


@pytest.fixture
def world(log, superuser, tmp_path) -> SimpleNamespace:
    """Twelve check-ins, their receipts, and the checkpoint and keys an inspector copied while all was well."""
    answers = played()
    return SimpleNamespace(
        answers=answers,
        ids=[answer["id"] for answer in answers],
        receipts=[answer["receipt"] for answer in answers],
        held=actions.published_file().read_text(),
        keys=jws.keyring(var("keys")).jwks(),
        superuser=superuser,
    )


def lines(month: date | None = None) -> list[bytes]:
    with db.transaction() as session:
        return [orjson.dumps(line) for line in checkins.exported(session, actions.span_of(session, None, None))]


def inspected(rows, held=(), receipts=(), keys=None) -> tuple[set[tuple[str, object]], Counter[str]]:
    counts: Counter[str] = Counter()
    alarms: list[Alarm] = list(inspect(read(rows, keys), held, receipts, counts))
    return {(alarm.code, alarm.at) for alarm in alarms}, counts


def audited() -> set[tuple[str, object]]:
    with db.transaction() as session:
        return {(alarm.code, alarm.at) for alarm in [*actions.audit(session), *checkins.audit(session)]}


def test_every_receipt_is_proven_and_every_verdict_judged_again_is_the_same(world) -> None:
    alarms, counts = inspected(lines(), [world.held], world.receipts, world.keys)
    assert alarms == set() == audited()
    assert counts["judged again and equal"] == len(world.answers) == 12
    assert counts["not_judged"] == counts["judged_by_others"] == 0
    assert {answer["verdict"] for answer in world.answers} == {"accepted", "doubtful", "rejected"}


def edited(rows: list[bytes], id: str, **changes: object) -> list[bytes]:
    """The export with a check-in's line changed."""
    return [
        orjson.dumps({**line, **changes}) if id in line.get("entry", "") else row for row in rows if (line := orjson.loads(row))
    ]


def test_a_verdict_edited_in_the_export_is_named_although_its_tree_is_rebuilt(world) -> None:
    """With the server's stolen key, whoever exports may sign whatever root he likes; the receipt and the judge know better."""
    rejected = next(answer for answer in world.answers if answer["verdict"] == "rejected")
    world.superuser(
        'UPDATE ledger_leaves SET entry = replace(entry, \'"verdict":"rejected"\', \'"verdict":"accepted"\') WHERE subject = :id',
        id=rejected["id"],
    )
    rebuild(world.superuser)
    alarms, _ = inspected(lines(), (), (), world.keys)
    assert alarms == {("verdict_differs", rejected["id"])}
    alarms, _ = inspected(lines(), [world.held], world.receipts, world.keys)
    assert ("receipt_without_leaf", rejected["id"]) in alarms
    assert ("held_checkpoint_differs", 15) in alarms or any(code == "held_checkpoint_differs" for code, _ in alarms)


def rebuild(superuser) -> None:
    """The whole tree built anew over what is there now, and signed by the server's own key: the worst an insider can do."""
    superuser("UPDATE ledger_leaves SET leaf_hash = sha256('\\x00'::bytea || convert_to(entry, 'UTF8'))")
    for table in ("nodes", "checkpoints", "order"):
        superuser(f"DELETE FROM ledger_{table}")
    actions.published_file().unlink()
    seal()


def test_a_rebuilt_tree_is_found_by_whoever_kept_a_checkpoint_and_by_nobody_else(world) -> None:
    world.superuser("DELETE FROM checkins WHERE id = :id", id=world.ids[3])
    world.superuser("DELETE FROM checkin_reports WHERE id = :id", id=world.ids[3])
    world.superuser("DELETE FROM ledger_leaves WHERE subject = :id", id=world.ids[3])
    rebuild(world.superuser)
    assert audited() == set()  # the server's own word is worth nothing once its key is stolen
    assert inspected(lines())[0] == set()
    alarms, _ = inspected(lines(), [world.held], world.receipts)
    assert ("receipt_without_leaf", world.ids[3]) in alarms
    assert {code for code, _ in alarms} & {"held_checkpoint_differs", "checkpoint_not_reached"}


def test_a_tree_signed_with_another_key_is_not_the_servers(world) -> None:
    other = [{**world.keys[0], "x": jws.b64(bytes(31) + b"\x09")}]
    alarms, _ = inspected(lines(), [world.held], world.receipts, other)
    assert {code for code, _ in alarms} >= {"checkpoint_not_signed", "receipt_not_signed"}


EDITS = {
    "verdict": ("UPDATE checkins SET verdict = 'accepted', counts = true WHERE id = :id", "checkin_changed"),
    "person": ("UPDATE checkins SET person_id = person_id + 1 WHERE id = :id", "checkin_changed"),
    "time": ("UPDATE checkins SET taken_at = taken_at - interval '20 minutes' WHERE id = :id", "checkin_changed"),
    "distance": ("UPDATE checkins SET distance_m = 0 WHERE id = :id", "checkin_changed"),
    "answer": ("UPDATE checkins SET answer = replace(answer, 'rejected', 'accepted') WHERE id = :id", "answer_changed"),
    "report": (
        "UPDATE checkin_reports SET jws = (SELECT min(jws) FROM checkin_reports WHERE id <> :id) WHERE id = :id",
        "report_changed",
    ),
    "evidence": ("UPDATE checkin_reports SET evidence = replace(evidence, '-', '') WHERE id = :id", "report_changed"),
    "position": ("UPDATE checkin_reports SET position = ST_Translate(position, 0.001, 0) WHERE id = :id", "report_changed"),
    "platform": ("UPDATE checkins SET platform = 'ios' WHERE id = :id", "report_changed"),
    "no report": ("DELETE FROM checkin_reports WHERE id = :id", "report_missing"),
    "no row": ("DELETE FROM checkins WHERE id = :id", "checkin_missing"),
    "no leaf": ("DELETE FROM ledger_leaves WHERE subject = :id", "checkin_without_leaf"),
}


@pytest.mark.parametrize("what", EDITS)
def test_a_fact_edited_beside_its_leaf_is_named_by_the_audit(world, what) -> None:
    sql, code = EDITS[what]
    rejected = next(answer for answer in world.answers if answer["verdict"] == "rejected")["id"]
    world.superuser(sql.replace("id = :id", "id::text = :id").replace("id <> :id", "id::text <> :id"), id=rejected)
    assert (code, rejected) in audited()


@pytest.mark.parametrize("member", ["report", "evidence"])
def test_a_report_or_evidence_exchanged_in_the_export_is_named(world, member) -> None:
    rows = lines()
    other = next(line[member] for row in rows if world.ids[0] in (line := orjson.loads(row)).get("entry", "") and member in line)
    assert inspected(edited(rows, world.ids[5], **{member: other}))[0] >= {("report_changed", world.ids[5])}


def test_a_leaf_edited_left_out_exchanged_or_added_in_the_export_is_named(world) -> None:
    rows = lines()
    leaves = [number for number, row in enumerate(rows) if orjson.loads(row)["type"] == "leaf"]
    fifth = orjson.loads(rows[leaves[5]])
    without = rows[: leaves[5]] + rows[leaves[5] + 1 :]
    assert ("leaf_missing", fifth["index"]) in inspected(without)[0]
    swapped = list(rows)
    swapped[leaves[5]], swapped[leaves[6]] = (
        orjson.dumps({**orjson.loads(rows[leaves[6]]), "index": fifth["index"]}),
        orjson.dumps({**fifth, "index": fifth["index"] + 1}),
    )
    assert any(code == "checkpoint_root_differs" for code, _ in inspected(swapped)[0])
    assert any(code == "checkpoint_not_reached" for code, _ in inspected(rows[:-3])[0])


def test_an_old_backup_put_back_is_found_by_the_file_and_by_whoever_kept_a_checkpoint(world, server, tmp_path) -> None:
    """A real dump, taken before the last days and put back over them."""
    from app.cluster import program

    name = db.Sessions.kw["bind"].url.database
    where = ["-h", str(server.socket), "-U", "postgres"]
    dump = tmp_path / "backup.dump"
    subprocess.run([program("pg_dump"), *where, "-Fc", "-f", str(dump), name], check=True)
    with db.transaction() as session:
        person = session.scalar(text("SELECT nip FROM people ORDER BY id LIMIT 1"))
    phone = Phone(person)
    with db.transaction() as session:
        session.execute(text("UPDATE devices SET status = 'revoked'"))
        make.device(session, make.find_person(session, person), key=phone.key)
    last = hand_in(phone, MORNING + 72 * HOUR, "in", PLACES[0])
    seal()
    held = actions.published_file().read_text()
    db.Sessions.kw["bind"].dispose()
    server.drop_database(name)
    server.create_database(name, "template0")
    subprocess.run([program("pg_restore"), *where, "--exit-on-error", "-d", name, str(dump)], check=True)
    assert any(code == "published_checkpoint_differs" for code, _ in audited())
    alarms, _ = inspected(lines(), [held], [last["receipt"]])
    assert ("receipt_without_leaf", last["id"]) in alarms
    assert any(code == "checkpoint_not_reached" for code, _ in alarms)


def test_the_inspector_is_short_enough_to_be_read_and_knows_no_database() -> None:
    files = sorted((ROOT / "app" / "inspector").glob("*.py"))
    assert sum(len(file.read_text("utf-8").splitlines()) for file in files) < 300
    script = "import app.inspector.inspection, sys; sys.exit(any(m in sys.modules for m in ('sqlalchemy', 'flask', 'psycopg2')))"
    assert subprocess.run([sys.executable, "-c", script], cwd=ROOT, check=False).returncode == 0


def test_the_commands_write_and_verify_an_export(world, app, tmp_path) -> None:
    runner, file, held, receipts = app.test_cli_runner(), tmp_path / "e.jsonl", tmp_path / "held", tmp_path / "receipts"
    held.write_text(world.held)
    receipts.write_text("\n".join(world.receipts) + "\n")
    keys = tmp_path / "jwks.json"
    keys.write_text(json.dumps({"keys": world.keys}))
    assert runner.invoke(args=["ledger", "export", "-o", str(file)]).exit_code == 0
    words = ["ledger", "verify", str(file), "--held", str(held), "--receipts", str(receipts), "--keys", str(keys)]
    done = runner.invoke(args=words)
    assert done.exit_code == 0, done.output
    assert "12 judged again and equal" in done.output and "Everything in it is as it was signed." in done.output
    file.write_bytes(b"".join(row for row in file.read_bytes().splitlines(keepends=True) if world.ids[2].encode() not in row))
    done = runner.invoke(args=words)
    assert done.exit_code == 1 and world.ids[2] in done.output
