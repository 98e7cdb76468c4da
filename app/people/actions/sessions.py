"""Sign-ins: begun, carried on by spending one refresh token for the next, ended."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID, uuid4

from app import errors
from app.db import Session
from app.people.rules import sessions as rules
from app.people.store import accounts as store
from app.people.store import actor_for


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What the two tokens of a sign-in say: the person, the sign-in, and the refresh token's own name."""

    person_id: int
    family: UUID
    jti: UUID


def begin(session: Session, person_id: int, now: datetime, today: date) -> SignedIn:
    """A new sign-in of the person.

    Raises: Unauthenticated when he holds neither post nor grant today.
    """
    store.forget_expired(session, person_id, now)
    signed_in = _issue(session, person_id, uuid4(), now)
    if actor_for(session, person_id, signed_in.family, today) is None:
        raise errors.Unauthenticated("sign_in_refused")
    return signed_in


def rotate(session: Session, shown: SignedIn, now: datetime, today: date) -> SignedIn | None:
    """The successor of a refresh token; None when it is not good. Commit either way: None may have ended the sign-in.

    A spent token shown again means that two hold it, and nobody can tell the thief: both are out. Only shortly after it
    was spent it is taken for the same phone, which lost the answer or asked from two tabs, and gets the same successor:
    two who hold that one are told apart when the second of them shows it.
    Source: contract section 2; RFC 9700 section 4.14.2.
    """
    token = store.hold_token(session, shown.jti)
    if token is None or (token.spent_at is not None and token.spent_at + rules.GRACE <= now):
        store.revoke_family(session, shown.family, now)
        return None
    if token.expires_at <= now or actor_for(session, shown.person_id, shown.family, today) is None:
        return None
    if token.spent_at is not None:
        return SignedIn(shown.person_id, shown.family, store.get_unspent(session, shown.family))
    store.spend_token(session, token, now)
    return _issue(session, shown.person_id, shown.family, now)


def end(session: Session, family: UUID, now: datetime) -> None:
    """End the sign-in; its access token stops at the next request."""
    store.revoke_family(session, family, now)


def _issue(session: Session, person_id: int, family: UUID, now: datetime) -> SignedIn:
    signed_in = SignedIn(person_id, family, uuid4())
    store.add_token(session, signed_in.jti, family, person_id, now, now + rules.REFRESH)
    return signed_in
