"""Who may call a view: each names one of these, and a test walks the routes to see that it did."""

import hmac
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import current_app, g, request
from flask_jwt_extended import get_jwt, get_jwt_identity, verify_jwt_in_request

from app import clock, errors
from app.access import Actor, Role
from app.config import setting, text_setting
from app.db import transaction

LOOPBACK = ("127.0.0.1", "::1")

# What the usual proxies add to a request, each its own.
PASSED_ON = ("Forwarded", "Via", "X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-IP")

View = TypeVar("View", bound=Callable[..., Any])


def public(view: View) -> View:
    """Anybody may call it."""

    @wraps(view)
    def opened(*args: Any, **kwargs: Any) -> Any:
        return view(*args, **kwargs)

    return cast(View, _marked(opened, ("public",)))


def signed_in(view: View) -> View:
    """Anybody signed in may call it; what he sees is the view's matter."""
    return allowed(Role.EMPLOYEE)(view)


def allowed(*roles: Role) -> Callable[[View], View]:
    """Only holders of one of the roles may call it, over whatever subtree; the view narrows it to that subtree."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            g.actor = _signed_in_actor()
            if not g.actor.has_any(roles):
                raise errors.Denied("role_missing", roles=", ".join(roles))
            return view(*args, **kwargs)

        return cast(View, _marked(guarded, tuple(roles)))

    return decorate


def machine(view: View) -> View:
    """Only who watches this installation may call it: from this machine, or with the token. To others it is not there."""

    @wraps(view)
    def guarded(*args: Any, **kwargs: Any) -> Any:
        if not (_is_local() or _has_token()):
            raise errors.NotFound("unknown_address")
        return view(*args, **kwargs)

    return cast(View, _marked(guarded, ("machine",)))


def actor() -> Actor:
    """The person who asks."""
    asking: Actor = g.actor
    return asking


def address() -> str:
    """Where this installation is reached, for codes that are printed: as configured, else as it was asked just now."""
    return str(setting("address") or request.url_root).rstrip("/")


def _is_local() -> bool:
    """Whether it comes from this machine and was meant for it: what a proxy passes on comes from here too."""
    return (
        request.remote_addr in LOOPBACK
        and urlsplit(f"//{request.host}").hostname in (*LOOPBACK, "localhost")
        and not any(name in request.headers for name in PASSED_ON)
    )


def _has_token() -> bool:
    expected = setting("metrics_token")
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return expected is not None and hmac.compare_digest(given.encode(), str(expected).encode())


def _signed_in_actor() -> Actor:
    verify_jwt_in_request()
    claims = get_jwt()
    today = clock.now().astimezone(ZoneInfo(text_setting("zone"))).date()
    with transaction() as session:
        found = current_app.extensions["actor_for"](session, int(get_jwt_identity()), UUID(claims["fam"]), today)
    if not isinstance(found, Actor):
        raise errors.Unauthenticated("sign_in_ended")
    return found


def _marked(view: Callable[..., Any], access: tuple[str, ...]) -> Callable[..., Any]:
    """The view with who may call it, for the tests that walk the routes and for the OpenAPI document (`security`)."""
    view.__dict__["access"] = access
    needed = [] if access == ("public",) else [{"machine": []}] if access == ("machine",) else [{"bearer": list(access)}]
    documented = view.__dict__.get("_apidoc", {})
    view.__dict__["_apidoc"] = documented | {"manual_doc": documented.get("manual_doc", {}) | {"security": needed}}
    return view
