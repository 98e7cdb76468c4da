"""What is asked of accounts and sign-ins."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, exists, select, update
from sqlalchemy.orm import aliased

from app.db import Session
from app.people.store.tables import Account, Person, RefreshToken


@dataclass(frozen=True, slots=True)
class Held:
    """An account that nobody else changes until the transaction ends."""

    person_id: int
    name: str
    password_hash: str | None
    failures: int
    locked_until: datetime | None


def hold_account(session: Session, nip: str) -> Held | None:
    """The account of the person of that NIP."""
    query = (
        select(Account.person_id, Person.name, Account.password_hash, Account.failures, Account.locked_until)
        .join(Person, Person.id == Account.person_id)
        .where(Person.nip == nip)
        .with_for_update(of=Account)
    )
    row = session.execute(query).first()
    return None if row is None else Held(*row)


def hold_activation(session: Session, nip: str, fingerprint: str, now: datetime) -> Held | None:
    """The account of that NIP if its one-time code has this fingerprint and is still good."""
    query = (
        select(Account.person_id, Person.name, Account.password_hash, Account.failures, Account.locked_until)
        .join(Person, Person.id == Account.person_id)
        .where(Person.nip == nip, Account.activation_hash == fingerprint, Account.activation_expires_at > now)
        .with_for_update(of=Account)
    )
    row = session.execute(query).first()
    return None if row is None else Held(*row)


def count_failure(session: Session, person_id: int, failures: int, locked_until: datetime | None) -> None:
    """Write the number of failures in a row and the rest they earn."""
    query = update(Account).where(Account.person_id == person_id)
    session.execute(query.values(failures=failures, locked_until=locked_until).execution_options(synchronize_session=False))


def replace_password(session: Session, person_id: int, proven_hash: str | None, password_hash: str) -> bool:
    """Whether the new hash was written: only while `proven_hash` is still the account's. Clears code, failures and lock."""
    query = (
        update(Account)
        .where(Account.person_id == person_id, Account.password_hash.is_not_distinct_from(proven_hash))
        .values(password_hash=password_hash, activation_hash=None, activation_expires_at=None, failures=0, locked_until=None)
        .returning(Account.person_id)
        .execution_options(synchronize_session=False)
    )
    return session.scalar(query) is not None


def forgive(session: Session, person_id: int, proven_hash: str) -> bool:
    """Whether failures and lock were cleared: only while `proven_hash` is still the account's."""
    query = (
        update(Account)
        .where(Account.person_id == person_id, Account.password_hash == proven_hash)
        .values(failures=0, locked_until=None)
        .returning(Account.person_id)
        .execution_options(synchronize_session=False)
    )
    return session.scalar(query) is not None


def add_token(session: Session, jti: UUID, family: UUID, person_id: int, issued_at: datetime, expires_at: datetime) -> None:
    """Keep a refresh token."""
    session.add(RefreshToken(jti=jti, family=family, person_id=person_id, issued_at=issued_at, expires_at=expires_at))
    session.flush()


def hold_token(session: Session, jti: UUID) -> RefreshToken | None:
    """The refresh token, if it is there, as it is once no other transaction holds it."""
    query = select(RefreshToken).where(RefreshToken.jti == jti).with_for_update()
    return session.scalar(query.execution_options(populate_existing=True))


def get_unspent(session: Session, family: UUID) -> UUID:
    """The token that a sign-in goes on with: a spent one is kept no longer than its successor is unspent."""
    query = select(RefreshToken.jti).where(RefreshToken.family == family, RefreshToken.spent_at.is_(None))
    return session.scalars(query).one()


def spend_token(session: Session, token: RefreshToken, now: datetime) -> None:
    """Mark the token as used and forget the family's older spent ones: whoever shows one of those is known by its absence."""
    token.spent_at = now
    session.flush()
    session.execute(
        delete(RefreshToken)
        .where(RefreshToken.family == token.family, RefreshToken.jti != token.jti, RefreshToken.spent_at.is_not(None))
        .execution_options(synchronize_session=False)
    )


def revoke_family(session: Session, family: UUID, now: datetime) -> None:
    """End one sign-in."""
    query = update(RefreshToken).where(RefreshToken.family == family, RefreshToken.revoked_at.is_(None))
    session.execute(query.values(revoked_at=now).execution_options(synchronize_session=False))


def revoke_families(session: Session, person_id: int, keep: UUID | None, now: datetime) -> None:
    """End every sign-in of a person except `keep`."""
    query = update(RefreshToken).where(RefreshToken.person_id == person_id, RefreshToken.revoked_at.is_(None))
    if keep is not None:
        query = query.where(RefreshToken.family != keep)
    session.execute(query.values(revoked_at=now).execution_options(synchronize_session=False))


def forget_expired(session: Session, person_id: int, now: datetime) -> None:
    """Drop the person's sign-ins of which no token is good any more; all of a family or none, so no revocation is forgotten."""
    sibling = aliased(RefreshToken)
    lives = exists().where(sibling.family == RefreshToken.family, sibling.expires_at > now)
    query = delete(RefreshToken).where(RefreshToken.person_id == person_id, ~lives)
    session.execute(query.execution_options(synchronize_session=False))


def set_code(session: Session, person_id: int, fingerprint: str, expires_at: datetime) -> None:
    """Give the person a one-time code in place of any other; a password already chosen stays until the code is used."""
    account = session.get(Account, person_id)
    if account is None:
        account = Account(person_id=person_id)
        session.add(account)
    account.activation_hash, account.activation_expires_at = fingerprint, expires_at
    session.flush()
