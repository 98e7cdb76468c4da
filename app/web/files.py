"""The files of the pages, and the one name that stands for what is in all of them."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

from app.texts import catalogue

STATIC = Path(__file__).parent / "static"
TEMPLATES = Path(__file__).parent / "templates"


def version() -> str:
    """A name that changes with any file, template or text, so that what has it may be kept for ever and never be mixed."""
    digest = hashlib.sha256(repr(sorted(catalogue().items())).encode())
    for file in sorted(path for folder in (STATIC, TEMPLATES) for path in folder.rglob("*") if path.is_file()):
        digest.update(f"\0{file.relative_to(STATIC.parent)}\0".encode() + file.read_bytes())
    return digest.hexdigest()[:12]


VERSION = version()


def named(*patterns: str) -> Sequence[str]:
    """The files below `static` that fit one of the patterns, as their addresses have them."""
    return sorted(path.relative_to(STATIC).as_posix() for pattern in patterns for path in STATIC.glob(pattern))
