"""Proving who one is: counting the attempt, looking at the password, choosing one."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime

from argon2 import PasswordHasher
from argon2.exceptions import VerifyMismatchError

from app import errors
from app.access import Actor
from app.db import Session
from app.ledger import store as ledger
from app.people.actions import sessions
from app.people.actions.sessions import SignedIn
from app.people.rules import codes, lockout, passwords
from app.people.store import accounts as store
from app.people.store import get_person

# 19 MiB and two passes: 30 ms here, so a morning of sign-ins does not take the server's memory (OWASP's second choice).
HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)

# A hash of nothing anybody knows, looked at when there is none: an unknown person takes as long as a wrong password.
NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$qLLrnif/aieJgvdgfAlRZg$cXOgWcLrRXVngLAZgUX8pyiAbsGHIbsf5SxAeN0m8EI"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A counted attempt: whose it is if anybody's, and the hash the password must match."""

    person_id: int | None
    password_hash: str


def hash_password(password: str) -> str:
    """What is kept of a password."""
    return HASHER.hash(passwords.normalized(password))


def is_right(password_hash: str, password: str) -> bool:
    """Whether the password is the one that was hashed."""
    try:
        return HASHER.verify(password_hash, passwords.normalized(password))
    except VerifyMismatchError:
        return False


def count_attempt(session: Session, nip: str, now: datetime) -> Attempt:
    """The attempt, counted against the account before anything is compared; to be committed before `sign_in`.

    Raises: TooMany while the account rests, whether or not the password would have been right.
    """
    account = store.hold_account(session, nip)
    if account is None or account.password_hash is None:
        return Attempt(None, NOBODY)
    counted = lockout.attempt(account.failures, account.locked_until, now)
    if counted.wait_s is not None:
        raise errors.TooMany("sign_in_locked", counted.wait_s)
    store.count_failure(session, account.person_id, counted.failures, counted.locked_until)
    return Attempt(account.person_id, account.password_hash)


def sign_in(session: Session, attempt: Attempt, password: str, now: datetime, today: date) -> SignedIn:
    """A new sign-in. The password is compared before the session takes a connection, so a slow hash holds none.

    Raises: Unauthenticated, the same for an unknown person, a wrong password and a person who left.
    """
    if not is_right(attempt.password_hash, password) or attempt.person_id is None:
        raise errors.Unauthenticated("sign_in_refused")
    if HASHER.check_needs_rehash(attempt.password_hash):
        is_kept = store.replace_password(session, attempt.person_id, attempt.password_hash, hash_password(password))
    else:
        is_kept = store.forgive(session, attempt.person_id, attempt.password_hash)
    if not is_kept:
        raise errors.Unauthenticated("sign_in_refused")
    return sessions.begin(session, attempt.person_id, now, today)


def activate(session: Session, nip: str, code: str, password: str, now: datetime, today: date) -> SignedIn:
    """A first sign-in: the one-time code is used up, the password chosen, every older sign-in ended.

    Raises: Unauthenticated for a code that is wrong, used, expired or another's; Invalid for a poor password.
    """
    account = store.hold_activation(session, nip, codes.fingerprint(code), now)
    if account is None:
        raise errors.Unauthenticated("activation_refused")
    _refuse_poor(password, nip, account.name, "/password")
    store.replace_password(session, account.person_id, account.password_hash, hash_password(password))
    store.revoke_families(session, account.person_id, None, now)
    return sessions.begin(session, account.person_id, now, today)


def change_password(session: Session, by: Actor, attempt: Attempt, current: str, new: str, now: datetime) -> None:
    """Put the new password in place of the current one and end the person's other sign-ins.

    Raises: Invalid when `current` is wrong (the attempt stays counted) or `new` is poor.
    """
    if not is_right(attempt.password_hash, current) or attempt.person_id != by.person_id:
        raise errors.Invalid("invalid_input", {"/current_password": "password_wrong"})
    _refuse_poor(new, by.nip, by.name, "/new_password")
    if not store.replace_password(session, by.person_id, attempt.password_hash, hash_password(new)):
        raise errors.Invalid("invalid_input", {"/current_password": "password_wrong"})
    store.revoke_families(session, by.person_id, by.family, now)


def new_code(session: Session, nip: str, now: datetime) -> str:
    """A fresh one-time code for the person, readable this once; only the server's operator asks for one.

    Raises: NotFound.
    """
    person = get_person(session, nip)
    code = codes.code_of(secrets.token_bytes(16))
    store.set_code(session, person.id, codes.fingerprint(code), now + codes.LIFETIME)
    ledger.append(session, "activation_code", f"person:{person.id}", {"nip": nip, "by": None}, now)
    return code


def _refuse_poor(password: str, nip: str, name: str, pointer: str) -> None:
    """Raises: Invalid when the password will not do."""
    flaw = passwords.password_flaw(password, nip, [name, *name.split()])
    if flaw is not None:
        raise errors.Invalid("invalid_input", {pointer: (flaw, {"shortest": passwords.SHORTEST, "longest": passwords.LONGEST})})
