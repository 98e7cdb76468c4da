"""The language of an answer."""

from flask import has_request_context, request

from app.texts import LANGUAGES


def language() -> str:
    """The language the asker likes best among those spoken here; Indonesian when in doubt."""
    if not has_request_context():
        return LANGUAGES[0]
    return request.accept_languages.best_match(LANGUAGES) or LANGUAGES[0]
