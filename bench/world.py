"""The government that is measured: synthetic people with phones, sites with plausible outlines, and a past as long as wanted."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from cryptography.hazmat.primitives.asymmetric import ec
from uuid_utils.compat import uuid7

from app import jws
from app.cluster import DATABASE, Cluster

UNITS = 14
CENTRE = (-8.67, 115.23)

# An agency, its units with one site each: an irregular outline of 12 corners, 40 to 110 m from its middle.
PLACES = """
INSERT INTO units (code, name, path, zone, decree) VALUES ('BALI', 'Bench', 'BALI', 'Asia/Makassar', 'bali');
INSERT INTO units (code, name, path, zone, decree)
    SELECT 'U' || n, 'Unit ' || n, ('BALI.U' || n)::ltree, 'Asia/Makassar', 'bali' FROM generate_series(0, {units} - 1) AS n;
INSERT INTO sites (code, name, agency_id)
    SELECT 'S' || n, 'Kantor ' || n, (SELECT id FROM units WHERE code = 'BALI') FROM generate_series(0, {units} - 1) AS n;
INSERT INTO site_units (site_id, unit_id)
    SELECT sites.id, units.id FROM sites JOIN units ON substr(sites.code, 2) = substr(units.code, 2) AND units.code <> 'BALI';
INSERT INTO site_versions (site_id, version, outline, valid_from, lint)
    SELECT sites.id, 1, ST_Multi(ST_MakePolygon(ST_AddPoint(line, ST_StartPoint(line)))), '2020-01-01', '{{}}'
    FROM sites JOIN LATERAL (
        SELECT ST_MakeLine(ARRAY(
            SELECT ST_Project(ST_SetSRID(ST_MakePoint({lon} + substr(sites.code, 2)::int * 0.01, {lat}), 4326)::geography,
                              75 + 35 * sin(corner * 7 + sites.id), radians(corner * 30))::geometry
            FROM generate_series(0, 11) AS corner)) AS line
    ) drawn ON true;
"""

PEOPLE = """
WITH made AS (
    INSERT INTO people (nip, name, created_at)
    SELECT '19800101' || lpad(n::text, 10, '0'), 'Pegawai ' || n, '2020-01-01' FROM generate_series({first}, {last}) AS n
    RETURNING id, nip
)
INSERT INTO postings (person_id, unit_id, position, kind, since)
    SELECT made.id, units.id, 'Staf', 'primary', '2020-01-01'
    FROM made JOIN units ON units.code = 'U' || (right(nip, 10)::int % {units});
"""

DEVICES = """
INSERT INTO devices (id, person_id, jwk, name, platform, installation_id, status, enrolled_at, usable_from)
    SELECT device.id, people.id, device.jwk, 'Bench', 'android', device.id, 'active', '2020-01-01', '2020-01-01'
    FROM json_to_recordset('{devices}') AS device (id text, nip text, jwk jsonb) JOIN people USING (nip);
"""

# A past of months, this one included, in every table that a check-in is written to. Texts are shorter than real ones: what could
# grow is the depth of indexes, not the width of rows.
PAST = """
SELECT make_checkin_partitions((now() - interval '{months} months')::date, {months} + 3);
CREATE TEMP TABLE past AS
    SELECT n, at, encode(substr(uuid_send(uuid_at(at)), 1, 6) || substr(decode(md5(n::text), 'hex'), 7), 'hex')::uuid AS id,
           (at AT TIME ZONE 'Asia/Makassar')::date AS day
    FROM (SELECT n, now() - (n::float8 / {rows}) * interval '{months} months' AS at FROM generate_series(1, {rows}) AS n) spread;
INSERT INTO checkins
    SELECT past.id, people.id, 'd' || people.id, 1, CASE n % 2 WHEN 0 THEN 'in' ELSE 'out' END, day, at, at, at, 'verified', NULL,
           at, at, 'accepted', true, '{{}}', 0, NULL, 1, 0.99, 0, 12, 'android', 'bench/1', n, 'bench', '\\x00', '\\x00',
           repeat('x', 200)
    FROM past JOIN people ON people.id = (SELECT min(id) FROM people) + n % {people};
INSERT INTO checkin_reports SELECT id, repeat('x', 200), ST_SetSRID(ST_MakePoint(115.23, -8.67), 4326), repeat('x', 500) FROM past;
INSERT INTO ledger_leaves (kind, subject, entry, leaf_hash, recorded_at)
    SELECT 'checkin', id::text, repeat('x', 100), '\\x00', at FROM past;
DROP TABLE past;
"""


@dataclass(frozen=True, slots=True)
class Phone:
    """A person's phone: whose, its key, its name, and the middle of the person's office."""

    nip: str
    key: ec.EllipticCurvePrivateKey
    id: str
    lat: float
    lon: float


def found(cluster: Cluster, people: int) -> list[Phone]:
    """Make the government in an empty database; everybody's phone."""
    cluster.sql(PLACES.format(units=UNITS, lat=CENTRE[0], lon=CENTRE[1]), DATABASE)
    hire(cluster, 0, people)
    phones = [_phone(number) for number in range(people)]
    devices = [{"id": phone.id, "nip": phone.nip, "jwk": jws.jwk_of(phone.key.public_key())} for phone in phones]
    cluster.sql(DEVICES.format(devices=json.dumps(devices)), DATABASE)
    cluster.sql("VACUUM ANALYZE", DATABASE)
    return phones


def hire(cluster: Cluster, first: int, count: int) -> None:
    """More people, spread over the units."""
    cluster.sql(PEOPLE.format(first=first, last=first + count - 1, units=UNITS), DATABASE)


def remember(cluster: Cluster, rows: int, people: int, months: int = 12) -> None:
    """A past of so many check-ins over the last months, the present one included."""
    cluster.sql(PAST.format(rows=rows, people=people, months=months), DATABASE)
    cluster.sql("VACUUM ANALYZE", DATABASE)


def signed(phones: list[Phone], now: datetime, seed: int) -> Iterator[str]:
    """Check-ins without end, one person after the other: near the office, as wrong as phones are."""
    chance, turn = random.Random(seed), 0
    while True:
        for phone in phones:
            yield checkin(phone, now, chance, turn)
        turn += 1


def checkin(phone: Phone, now: datetime, chance: random.Random, turn: int, **changes: object) -> str:
    """The phone's check-in number `turn`, counted from 0; `changes` replace members of it."""
    accuracy_m = chance.choice((5.0, 8.0, 12.0, 20.0, 35.0, 65.0))
    fix = {
        "lat": phone.lat + chance.gauss(0, 30) / 110_600,
        "lon": phone.lon + chance.gauss(0, 30) / 110_000,
        "accuracy_m": accuracy_m,
        "age_ms": chance.randrange(20_000),
        "provider": "fused",
        "is_mock": False,
    }
    payload = {
        "id": str(uuid7()),
        "nip": phone.nip,
        "direction": "in" if turn % 2 == 0 else "out",
        "fixes": [fix],
        "claimed_at": (now + timedelta(seconds=chance.gauss(0, 2))).isoformat(),
        "seq": turn + 1,
        "platform": "android",
        "app": "bench/1",
        **changes,
    }
    return jws.sign_es256(phone.key, {"alg": "ES256", "typ": "checkin+jws", "kid": phone.id}, payload)


def bodies(checkins: Iterator[str], requests: int, size: int = 1) -> list[bytes]:
    """Ready-made request bodies of `size` check-ins each."""
    return [json.dumps({"checkins": [next(checkins) for _ in range(size)]}).encode() for _ in range(requests)]


def _phone(number: int) -> Phone:
    key = ec.generate_private_key(ec.SECP256R1())
    lat, lon = CENTRE[0], CENTRE[1] + number % UNITS * 0.01
    return Phone(f"19800101{number:010d}", key, jws.thumbprint(jws.jwk_of(key.public_key())), lat, lon)
