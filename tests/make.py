"""Builders of what tests need, every default filled in: `make.person(session, unit=make.unit(session, "DISHUB"))`."""

from datetime import UTC, date, datetime
from itertools import count

from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import jws
from app.access import Role
from app.devices.store import Device
from app.people.actions.accounts import hash_password
from app.people.store import Account, Grant, Person, Posting, Unit

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
    platform: str = "android",
) -> Device:
    """The person's enrolled phone; give its key to sign check-ins with it."""
    jwk = jws.jwk_of((key or globals()["key"]()).public_key())
    made = Device(
        id=jws.thumbprint(jwk),
        person_id=person.id,
        jwk=jwk,
        name="Ponsel uji",
        platform=platform,
        installation_id=f"instalasi-{person.id}",
        status=status,
        enrolled_at=enrolled_at,
        usable_from=usable_from or enrolled_at,
    )
    session.add(made)
    session.flush()
    return made
