"""Reading requests: strict JSON, and errors that point at their place."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial, wraps
from typing import Any, NoReturn, TypeVar, cast

import flask_smorest
import marshmallow
import orjson
from flask import Request, request
from webargs.flaskparser import FlaskParser

from app import errors

View = TypeVar("View", bound=Callable[..., Any])


class Schema(marshmallow.Schema):
    """The shape of a body or an answer; a field that is not named is refused, and so is any text PostgreSQL cannot hold.

    `takes_nul`: what is in the body answers for itself, item by item.
    """

    takes_nul = False

    class Meta:
        unknown = marshmallow.RAISE


class Parser(FlaskParser):
    """Webargs with strict JSON: no NaN, no broken UTF-8, no endless nesting."""

    def load_json(self, req: Request, schema: Any) -> Any:
        raw = req.get_data(cache=True)
        if not req.is_json:
            raise errors.Unreadable("not_json")
        if req.content_encoding:
            raise errors.Unreadable("encoded_body")
        try:
            found = orjson.loads(raw)
        except orjson.JSONDecodeError as error:
            raise errors.Unreadable("not_json") from error
        # A bare NUL is no JSON, so it can only have come in as an escape.
        if rb"\u0000" in raw and not schema.takes_nul:
            _refuse_nul(found)
        return found

    def load_querystring(self, req: Request, schema: Any) -> Any:
        _refuse_nul(req.args.to_dict(flat=False))
        return super().load_querystring(req, schema)

    def handle_error(self, error: marshmallow.ValidationError, req: Any, schema: Any, **_: Any) -> NoReturn:
        """Turn what marshmallow found into one problem that points at every place."""
        places = error.messages if isinstance(error.messages, dict) else {"": error.messages}
        raise errors.Invalid("invalid_input", dict(pointers({"": list(places.values())[0]})))


class Blueprint(flask_smorest.Blueprint):
    """The routes of one feature."""

    ARGUMENTS_PARSER = Parser()

    def arguments(self, schema: Any, quickly: Callable[[bytes], Any] | None = None, **described: Any) -> Any:
        """As inherited, with one schema for all requests: making one takes longer than reading a body with it.

        `quickly` reads a body that is in order and raises ValueError for any other: that one the schema reads, and says what is
        wrong with it.
        """
        careful = super().arguments(schema() if isinstance(schema, type) else schema, **described)
        return careful if quickly is None else partial(_quick, careful, quickly)


def _quick(careful: Callable[[View], View], quickly: Callable[[bytes], Any], view: View) -> View:
    carefully = careful(view)

    @wraps(carefully)
    def read(*args: Any, **kwargs: Any) -> Any:
        if request.mimetype != "application/json" or "Content-Encoding" in request.headers:
            return carefully(*args, **kwargs)
        try:
            body = quickly(request.get_data())
        except ValueError:
            return carefully(*args, **kwargs)
        return view(*args, body, **kwargs)

    return cast(View, read)


def _refuse_nul(found: Any) -> None:
    """Raises: Invalid with every place that holds the one character which PostgreSQL's text has no room for."""
    if places := dict(_nuls(found)):
        raise errors.Invalid("invalid_input", places)


def _nuls(found: Any, place: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(found, str):
        if "\x00" in found:
            yield place, "nul_refused"
    elif isinstance(found, Mapping):
        for key, inner in found.items():
            if "\x00" in key:
                yield place, "nul_refused"
            yield from _nuls(inner, f"{place}/{_step(key)}")
    elif isinstance(found, list):
        for number, inner in enumerate(found):
            yield from _nuls(inner, f"{place}/{number}")


def _step(key: object) -> str:
    return str(key).replace("~", "~0").replace("/", "~1")


def pointers(messages: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Each message with the JSON pointer of its place; of several messages in one place the first.

    Source: RFC 6901.
    """
    if isinstance(messages, Mapping):
        for key, inner in messages.items():
            yield from pointers(inner, place if key in ("", "_schema") else f"{place}/{_step(key)}")
    elif isinstance(messages, list | tuple):
        yield place, str(messages[0])
    else:
        yield place, str(messages)
