"""Decree files of an agency's own folder, in use for as long as a test needs them."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from app.decrees import shelf


@contextmanager
def in_use(folder: Path) -> Iterator[None]:
    """The folder's decrees beside the shipped ones, as a process sees them that starts with TAPAK_DECREES set to it."""
    before = os.environ.get("TAPAK_DECREES")
    try:
        os.environ["TAPAK_DECREES"] = str(folder)
        _start_anew()
        yield
    finally:
        del os.environ["TAPAK_DECREES"]
        if before is not None:
            os.environ["TAPAK_DECREES"] = before
        _start_anew()


def _start_anew() -> None:
    for remembered in (shelf.codes, shelf.on, shelf._pack, shelf._shelf, shelf.words):
        remembered.cache_clear()
