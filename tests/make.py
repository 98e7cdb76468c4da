"""Builders of what tests need, every default filled in: `make.person(session, unit=make.unit(session, "DISHUB"))`."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app import jws
from app.access import Role
from app.assignments import store as assignments
from app.assignments.rules import LetterKind, Terms
from app.checkins.store import Checkin, CheckinReport, make_partitions
from app.devices.store import Device
from app.people.actions.accounts import hash_password
from app.people.store import Account, Grant, Person, Posting, Unit
from app.workdays.store import Leave, LeaveDecision

LONG_AGO = date(2020, 1, 1)
THEN = datetime(2026, 1, 5, tzinfo=UTC)

_numbers = count(1)


def nip(number: int | None = None) -> str:
    """A plausible NIP, each time another one."""
    number = next(_numbers) if number is None else number
    born = date.fromordinal(date(1970, 1, 1).toordinal() + number // 1000)
    return f"{born:%Y%m%d}2005011{number % 1000:03d}"


def unit(
    session: Session, code: str = "BALI", parent: Unit | None = None, zone: str = "Asia/Makassar", decree: str = "bali"
) -> Unit:
    """The unit of that code, made below `parent` if it is not there yet; without a parent an agency."""
    found = session.scalar(select(Unit).where(Unit.code == code))
    if found is None:
        path = code if parent is None else f"{parent.path}.{code}"
        found = Unit(code=code, name=f"Unit {code}", path=path, zone=zone, decree=decree)
        session.add(found)
        session.flush()
    return found


def person(
    session: Session,
    unit: Unit | None = None,
    nip: str | None = None,
    name: str | None = None,
    password: str | None = None,
    position: str = "Staf",
    since: date = LONG_AGO,
    until: date | None = None,
) -> Person:
    """Somebody posted to the unit (agency BALI if none is given); with a password he can sign in over HTTP."""
    number = nip or globals()["nip"]()
    made = Person(nip=number, name=name or f"Pegawai {number[-4:]}", created_at=THEN)
    session.add(made)
    session.flush()
    at = unit or globals()["unit"](session)
    session.add(Posting(person_id=made.id, unit_id=at.id, position=position, kind="primary", since=since, until=until))
    session.flush()
    if password is not None:
        account(session, made, password)
    return made


def account(session: Session, person: Person, password: str = "pohon beringin 7") -> Account:
    """The person's account with that password."""
    made = Account(person_id=person.id, password_hash=hash_password(password))
    session.add(made)
    session.flush()
    return made


def grant(
    session: Session, person: Person, role: Role | str, unit: Unit, since: date = LONG_AGO, until: date | None = None
) -> Grant:
    """The role over the unit and all below it."""
    made = Grant(person_id=person.id, role=str(role), unit_id=unit.id, since=since, until=until)
    session.add(made)
    session.flush()
    return made


def key() -> ec.EllipticCurvePrivateKey:
    """A phone's private key."""
    return ec.generate_private_key(ec.SECP256R1())


def device(
    session: Session,
    person: Person,
    key: ec.EllipticCurvePrivateKey | None = None,
    status: str = "active",
    enrolled_at: datetime = THEN,
    usable_from: datetime | None = None,
    usable_until: datetime | None = None,
    platform: str = "android",
    installation_id: str | None = None,
) -> Device:
    """The person's enrolled phone; give its key to sign check-ins with it."""
    jwk = jws.jwk_of((key or globals()["key"]()).public_key())
    made = Device(
        id=jws.thumbprint(jwk),
        person_id=person.id,
        jwk=jwk,
        name="Ponsel uji",
        platform=platform,
        installation_id=installation_id or f"instalasi-{person.id}",
        status=status,
        enrolled_at=enrolled_at,
        usable_from=None if status == "pending" else usable_from or enrolled_at,
        usable_until=usable_until,
    )
    session.add(made)
    session.flush()
    return made


def checkin(
    session: Session,
    person: Person,
    direction: str,
    taken_at: datetime,
    work_date: date,
    counts: bool = True,
    received_at: datetime | None = None,
    device_id: str | None = None,
    seq: int | None = None,
    **known: Any,
) -> Checkin:
    """A check-in that was judged before: what the floors above see, without a phone or a place; `known` replaces columns."""
    make_partitions(session, taken_at.date().replace(day=1), 1)
    posting = session.scalars(select(Posting).where(Posting.person_id == person.id)).first()
    made = Checkin(
        id=UUID(int=(int(taken_at.timestamp() * 1000) << 80) + uuid4().int % (1 << 80)),
        person_id=person.id,
        device_id=device_id or f"ponsel-{person.id}",
        unit_id=posting and posting.unit_id,
        direction=direction,
        work_date=work_date,
        taken_at=taken_at,
        earliest_at=taken_at,
        latest_at=taken_at,
        time_grade="verified",
        claimed_at=taken_at,
        received_at=received_at or taken_at,
        verdict="accepted" if counts else "rejected",
        counts=counts,
        flags=[],
        score=0.0,
        accuracy_m=8.0,
        platform="android",
        app="uji/1",
        seq=next(_numbers) if seq is None else seq,
        policy="uji",
        payload_hash=uuid4().bytes,
        leaf_hash=uuid4().bytes,
        answer="{}",
    )
    for name, value in known.items():
        setattr(made, name, value)
    session.add(made)
    session.flush()
    return made


def report(session: Session, checkin: Checkin, lat: float = -8.6543219, lon: float = 115.2212345) -> CheckinReport:
    """Where the check-in was made, as its report says."""
    made = CheckinReport(id=checkin.id, jws="-", position=f"SRID=4326;POINT({lon} {lat})", evidence="{}")
    session.add(made)
    session.flush()
    return made


def leave(
    session: Session,
    person: Person,
    kind: str,
    first_day: date,
    last_day: date,
    by: Person,
    decided_at: datetime = THEN,
    **more: str,
) -> Leave:
    """A leave of the person that `by` has approved."""
    days = {"first_day": first_day, "last_day": last_day}
    made = Leave(person_id=person.id, kind=kind, **days, reason="Keperluan uji", requested_at=THEN, **more)
    session.add(made)
    session.flush()
    session.add(
        LeaveDecision(leave_id=made.id, step="hr", decision="approve", reason="Disetujui", decided_by=by.id, decided_at=decided_at)
    )
    session.flush()
    return made


def letter(
    session: Session,
    by: Person,
    *named: Person,
    first_day: date,
    last_day: date | None = None,
    sites: Sequence[int] = (),
    now: datetime = THEN,
    **terms: Any,
) -> int:
    """The id of a letter that `by` issued for those named; `sites` by the ids of their versions, `terms` as the rules know them."""
    number = next(_numbers)
    said = Terms(**{"kind": LetterKind.DUTY, "first_day": first_day, "last_day": last_day or first_day} | terms)
    units = {person.id: session.scalars(select(Posting.unit_id).where(Posting.person_id == person.id)).first() for person in named}
    at = session.scalars(text("SELECT DISTINCT site_id FROM site_versions WHERE id = ANY(:ids)"), {"ids": list(sites)}).all()
    own = unit(session).id
    letter_id = assignments.add_letter(session, own, f"800/{number}/UJI", "Rapat uji", said, units, at, by.id, now)
    assert letter_id is not None
    return letter_id


def site(
    session: Session,
    unit: Unit | None = None,
    code: str = "KANTOR",
    lat: float = -8.65,
    lon: float = 115.22,
    radius_m: float = 60,
    valid_from: datetime = THEN,
) -> int:
    """A round office of the unit (agency BALI if none is given); the id of its version."""
    owner = unit or globals()["unit"](session)
    words = {"code": code, "unit": owner.id, "lat": lat, "lon": lon, "radius": radius_m, "from": valid_from}
    return session.scalars(
        text(
            "WITH site AS (INSERT INTO sites (code, name, agency_id) SELECT :code, 'Kantor ' || :code, agency.id FROM units own"
            " JOIN units agency ON agency.path = subpath(own.path, 0, 1) WHERE own.id = :unit RETURNING id),"
            " linked AS (INSERT INTO site_units (site_id, unit_id) SELECT id, :unit FROM site)"
            " INSERT INTO site_versions (site_id, version, outline, valid_from, lint) SELECT id, 1, ST_Multi(ST_Buffer("
            "ST_SetSRID(ST_MakePoint(:lon, :lat), 4326)::geography, :radius)::geometry), :from, '{}' FROM site RETURNING id"
        ),
        words,
    ).one()


def secondary(session: Session, person: Person, unit: Unit, since: date = LONG_AGO) -> Posting:
    """A second posting, such as an acting head's."""
    made = Posting(person_id=person.id, unit_id=unit.id, position="Plt.", kind="secondary", since=since, until=None)
    session.add(made)
    session.flush()
    return made


def roster(session: Session, nip: str, day: date, starts: str, ends: str, code: str = "MALAM") -> None:
    """The person's shift of that day."""
    session.execute(
        text(
            "WITH made AS (INSERT INTO shifts (agency_id, code, name, starts, ends) SELECT agency.id, :code, :code, :starts, :ends"
            " FROM people JOIN postings ON person_id = people.id JOIN units own ON own.id = unit_id"
            " JOIN units agency ON agency.path = subpath(own.path, 0, 1) WHERE nip = :nip RETURNING id)"
            " INSERT INTO roster_entries (person_id, day, shift_ids)"
            " SELECT people.id, :day, ARRAY[made.id] FROM people, made WHERE nip = :nip"
        ),
        {"code": code, "starts": starts, "ends": ends, "nip": nip, "day": day},
    )


def day_record(
    session: Session,
    person: Person,
    day: date,
    status: str = "present",
    in_at: datetime | str | None = None,
    out_at: datetime | str | None = None,
    frozen: bool = False,
) -> None:
    """A day as the night would have judged it, final if `frozen`."""
    session.execute(
        text(
            "INSERT INTO day_records (person_id, day, unit_id, status, in_at, out_at, late_min, early_min, deduction_pct, lines,"
            " trace, evidence_hash, derived_at, frozen_at) SELECT :person, :day, unit_id, :status, :came, :went, 0, 0, 0, '[]',"
            " '{}', '', now(), CASE WHEN :frozen THEN now() END FROM postings WHERE person_id = :person AND since <= :day"
            " ORDER BY since DESC LIMIT 1"
        ),
        {"person": person.id, "day": day, "status": status, "came": in_at, "went": out_at, "frozen": frozen},
    )


def find_person(session: Session, nip: str) -> Person:
    """The person of that NIP, who is there."""
    return session.scalars(select(Person).where(Person.nip == nip)).one()


def told(session: Session, kind: str) -> list[dict[str, Any]]:
    """What the ledger's leaves of a kind commit to, each with its subject, oldest first."""
    query = text("SELECT subject, content FROM ledger_leaves JOIN ledger_contents ON leaf_id = id WHERE kind = :kind ORDER BY id")
    return [{**json.loads(row.content), "subject": row.subject} for row in session.execute(query, {"kind": kind})]
