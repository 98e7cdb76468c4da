"""Who may call a view: each names one of these, and a test walks the routes to see that it did."""

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast
from uuid import UUID
from zoneinfo import ZoneInfo

from flask import current_app, g
from flask_jwt_extended import get_jwt, get_jwt_identity, verify_jwt_in_request

from app import clock, errors
from app.access import Actor, Role
from app.config import text_setting
from app.db import transaction

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


def actor() -> Actor:
    """The person who asks."""
    asking: Actor = g.actor
    return asking


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
    view.__dict__["access"] = access
    return view
