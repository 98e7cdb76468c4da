"""The language of an answer."""

from functools import lru_cache

from flask import has_request_context, request
from werkzeug.datastructures import LanguageAccept
from werkzeug.http import parse_accept_header

from app.texts import LANGUAGES


def language() -> str:
    """The language the asker likes best among those spoken here; Indonesian when in doubt."""
    if not has_request_context():
        return LANGUAGES[0]
    return _best_of(request.headers.get("Accept-Language", ""))


@lru_cache(maxsize=1024)
def _best_of(accepted: str) -> str:
    """Phones of one make send the same header, and reading it takes as long as an answer's other headers together."""
    return parse_accept_header(accepted, LanguageAccept).best_match(LANGUAGES) or LANGUAGES[0]
