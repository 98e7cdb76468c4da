"""Finding the check-in before reads a few rows of one person, however many there are of others."""

import json
import re
from datetime import timedelta

import orjson
from sqlalchemy import Engine, text

from app import clock, db
from app.checkins.rules.report import first_id
from app.checkins.store.context import GATHER

# Five hundred people twice a day for forty days, as rows only.
PAST = """
SELECT make_checkin_partitions((now() - interval '3 months')::date, 5);
INSERT INTO devices (id, person_id, jwk, name, platform, installation_id, status, enrolled_at, usable_from)
    SELECT 'd' || p.id, p.id, '{}', 'n', 'android', 'i' || p.id, 'active', now(), now() FROM people p;
INSERT INTO checkins (
    id, person_id, device_id, direction, work_date, taken_at, earliest_at, latest_at, time_grade, claimed_at, received_at, verdict,
    counts, flags, score, accuracy_m, platform, app, seq, policy, payload_hash, leaf_hash, answer)
SELECT encode(substr(uuid_send(uuid_at(at)), 1, 6) || substr(decode(md5(p.id::text || at), 'hex'), 7), 'hex')::uuid,
       p.id, 'd' || p.id, 'in', at::date, at, at, at, 'verified', at, at, 'accepted', true, '{}', 0, 8, 'android', 'uji/1', n,
       'uji', '\\x00', '\\x00', '{}'
FROM people p, generate_series(1, 80) AS n, LATERAL (SELECT now() - (81 - n) * interval '12 hours' AS at) made;
INSERT INTO checkin_reports (id, jws, position, evidence) SELECT id, 'x', ST_SetSRID(ST_MakePoint(115, -8), 4326), '' FROM checkins;
ANALYZE checkins, checkin_reports, devices, people;
"""
PEOPLE = """
INSERT INTO people (nip, name, created_at)
    SELECT (199001012015010000 + n)::text, 'Uji ' || n, now() FROM generate_series(1, 500) AS n
"""


def test_the_check_in_before_costs_the_same_among_forty_thousand(database: Engine, server) -> None:
    name = str(database.url.database)
    server.sql(PEOPLE, name)
    server.sql(PAST, name)
    before = GATHER[GATHER.rindex("LEFT JOIN LATERAL (\n    SELECT json_build_object") :].replace("$4", "$2").replace("$5", "$3")
    now = clock.now()
    window = [str(first_id(now - timedelta(days=35))), str(first_id(now))]
    with database.connect() as connection:
        device, person = connection.execute(text("SELECT id, person_id FROM devices LIMIT 1")).one()
        asked = {
            "person": person,
            "device": device,
            "seq": 81,
        }
        connection.exec_driver_sql("SET plan_cache_mode = force_generic_plan")
        connection.exec_driver_sql(
            "PREPARE found AS SELECT earlier.found::text FROM json_to_recordset($1::json) AS asked"
            " (person bigint, device text, seq bigint)"
            f" CROSS JOIN LATERAL (SELECT id FROM people WHERE id = asked.person LIMIT 1) person {before}"
        )
        execute = f"EXECUTE found('{json.dumps([asked])}', '{window[0]}', '{window[1]}')"
        (words,) = connection.exec_driver_sql(execute).one()
        assert json.loads(words)["seq"] == 80
        plan = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {execute}").scalar_one()
    top = plan[0]["Plan"]
    # Reading every id of five weeks would be some three hundred pages, and grow with everybody's check-ins.
    assert top["Shared Hit Blocks"] + top["Shared Read Blocks"] < 60, json.dumps(plan)


def test_a_plan_made_in_an_empty_month_does_not_read_all_of_it_later(database: Engine, server) -> None:
    """An administrator's nightly VACUUM tells the planner that the month to come has no page at all."""
    name = str(database.url.database)
    server.sql("VACUUM ANALYZE", name)
    asked = (orjson.dumps([]).decode(), *[str(first_id(clock.now()))] * 4)
    with db.one_by_one() as statements:
        db.prepared(statements, "checkins_gather", GATHER, asked)
        plan = db.prepared(statements, "another", "SELECT $1::int", (1,))  # another statement is planned without harm
        assert plan == [(1,)]
        with statements.driver_connection.cursor() as cursor:
            cursor.execute("EXPLAIN EXECUTE checkins_gather(%s, %s, %s, %s, %s)", asked)
            lines = [line for (line,) in cursor.fetchall()]
            cursor.execute("SHOW enable_seqscan")
            assert cursor.fetchone() == ("on",)
    assert not [line for line in lines if "Seq Scan on checkin" in line or "Seq Scan on devices" in line], "\n".join(lines)


def test_months_that_no_item_is_of_are_not_opened_however_many_there_are(database: Engine, server) -> None:
    """A prepared plan knows every month; opening them all made one check-in cost five times as much after three years."""
    now = clock.now()
    server.sql(f"SELECT make_checkin_partitions('{now - timedelta(days=1000):%Y-%m-%d}', 30)", str(database.url.database))
    own, window = str(first_id(now)), [str(first_id(now - timedelta(days=35))), str(first_id(now))]
    with db.one_by_one() as statements:
        asked = (orjson.dumps([]).decode(), own, own, *window)
        db.prepared(statements, "checkins_gather", GATHER, asked)
        with statements.driver_connection.cursor() as cursor:
            cursor.execute("EXPLAIN EXECUTE checkins_gather(%s, %s, %s, %s, %s)", asked)
            lines = [line for (line,) in cursor.fetchall()]
    opened = [line for line in lines if re.search(r"Scan .*on checkin(s|_reports)_\d{6}", line)]
    # One month for the item itself; two or three, in two tables, for the five weeks before.
    assert 3 <= len(opened) <= 7, "\n".join(lines)
