"""Routes by which people sign in and out."""

from typing import Any
from uuid import UUID

from flask_jwt_extended import create_access_token, create_refresh_token, get_jwt, jwt_required
from marshmallow import fields, validate

from app import clock, errors
from app.db import transaction
from app.http import Schema, actor, public, signed_in
from app.people.actions import accounts, sessions
from app.people.actions.days import day_of
from app.people.actions.sessions import SignedIn
from app.people.api.blueprint import is_nip, people
from app.people.rules.sessions import ACCESS, REFRESH

# Longer than any password taken, short enough to hash without harm.
is_secret = validate.Length(1, 1000)


class LoginSchema(Schema):
    """What a person signs in with."""

    nip = fields.String(required=True, validate=is_nip)
    password = fields.String(required=True, validate=is_secret)


class ActivationSchema(Schema):
    """A one-time code and the password chosen with it."""

    nip = fields.String(required=True, validate=is_nip)
    code = fields.String(required=True, validate=validate.Length(1, 100))
    password = fields.String(required=True, validate=is_secret)


class PasswordChangeSchema(Schema):
    """The password there is and the one there shall be."""

    current_password = fields.String(required=True, validate=is_secret)
    new_password = fields.String(required=True, validate=is_secret)


class TokensSchema(Schema):
    """A short token to ask with and a long one to renew both, once."""

    access_token = fields.String(required=True)
    refresh_token = fields.String(required=True)
    expires_in = fields.Integer(required=True, metadata={"description": "seconds the access token lasts"})


@people.post("/auth/login")
@public
@people.arguments(LoginSchema)
@people.response(200, TokensSchema)
def login(body: dict[str, str]) -> dict[str, Any]:
    """Sign in. Phones that are locked out or signed out still deliver check-ins: those are signed by the device."""
    now = clock.now()
    with transaction() as session:
        attempt = accounts.count_attempt(session, body["nip"], now)
    with transaction() as session:
        entered = accounts.sign_in(session, attempt, body["password"], now, day_of(now))
    return _tokens(entered)


@people.post("/auth/activate")
@public
@people.arguments(ActivationSchema)
@people.response(200, TokensSchema)
def activate(body: dict[str, str]) -> dict[str, Any]:
    """Choose a password with a one-time code, and sign in."""
    now = clock.now()
    with transaction() as session:
        entered = accounts.activate(session, body["nip"], body["code"], body["password"], now, day_of(now))
    return _tokens(entered)


@people.post("/auth/refresh")
@public
@jwt_required(refresh=True)
@people.response(200, TokensSchema)
def refresh() -> dict[str, Any]:
    """Renew both tokens, with the refresh token as bearer. It is good once: shown again a minute later, it ends the sign-in."""
    now = clock.now()
    with transaction() as session:
        entered = sessions.rotate(session, _shown(), now, day_of(now))
    if entered is None:
        raise errors.Unauthenticated("sign_in_ended")
    return _tokens(entered)


@people.post("/auth/logout")
@public
@jwt_required(refresh=True)
@people.response(204)
def logout() -> None:
    """End this sign-in, with the refresh token as bearer. Doing it twice is the same."""
    with transaction() as session:
        sessions.end(session, _shown().family, clock.now())


@people.post("/auth/password")
@signed_in
@people.arguments(PasswordChangeSchema)
@people.response(204)
def change_password(body: dict[str, str]) -> None:
    """Change one's password; every other sign-in of one's own ends."""
    now = clock.now()
    with transaction() as session:
        attempt = accounts.count_attempt(session, actor().nip, now)
    with transaction() as session:
        accounts.change_password(session, actor(), attempt, body["current_password"], body["new_password"], now)


def _shown() -> SignedIn:
    """The sign-in as the refresh token shown names it."""
    claims = get_jwt()
    return SignedIn(int(claims["sub"]), UUID(claims["fam"]), UUID(claims["jti"]))


def _tokens(entered: SignedIn) -> dict[str, Any]:
    subject, family = str(entered.person_id), {"fam": str(entered.family)}
    return {
        "access_token": create_access_token(subject, additional_claims=family, expires_delta=ACCESS),
        "refresh_token": create_refresh_token(subject, additional_claims=family | {"jti": str(entered.jti)}, expires_delta=REFRESH),
        "expires_in": int(ACCESS.total_seconds()),
    }
