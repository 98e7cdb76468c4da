"""Every sentence a person reads, in Indonesian and English, by its stable code."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

LANGUAGES = ("id", "en")


@cache
def catalogue() -> Mapping[str, Mapping[str, str]]:
    """All texts by code, then language, from the files beside this one.

    Raises: ValueError when a code stands twice or lacks a language.
    """
    texts: dict[str, Mapping[str, str]] = {}
    for file in sorted(Path(__file__).parent.glob("*.toml")):
        for code, entry in tomllib.loads(file.read_text("utf-8")).items():
            if code in texts:
                raise ValueError(f"text {code!r} stands twice, the second time in {file.name}")
            if set(entry) != set(LANGUAGES):
                raise ValueError(f"text {code!r} in {file.name} must be in {LANGUAGES}")
            texts[code] = entry
    return texts


def text(code: str, language: str, /, **params: object) -> str:
    """The sentence of a code in a language, with its parameters filled in.

    Raises: KeyError for an unknown code or a parameter that was not given.
    """
    return catalogue()[code][language].format(**params)
