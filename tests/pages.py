"""PDF files as tests read them: with the tools of poppler, which has nothing to do with what wrote them."""

import shutil
import subprocess
from pathlib import Path

import pytest

# `make test` installs them; a machine without them still checks signatures, by the library that made them.
poppler = pytest.mark.skipif(shutil.which("pdfsig") is None, reason="poppler-utils is not installed (apt install poppler-utils)")


def words_of(folder: Path, pdf: bytes) -> str:
    """The words of all pages in the order in which they were set, apart by single blanks."""
    return " ".join(_asked(folder, pdf, "pdftotext", "-raw", "FILE", "-").split())


def facts_of(folder: Path, pdf: bytes) -> dict[str, str]:
    """What `pdfinfo` says of the file."""
    lines = _asked(folder, pdf, "pdfinfo", "FILE").splitlines()
    return {name.strip(): said.strip() for name, _, said in (line.partition(":") for line in lines)}


def fonts_of(folder: Path, pdf: bytes) -> list[list[str]]:
    """A line of `pdffonts` for each font, in words: … embedded, subset, with Unicode, object."""
    return [line.split() for line in _asked(folder, pdf, "pdffonts", "FILE").splitlines()[2:]]


def signatures_of(folder: Path, pdf: bytes) -> str:
    """What `pdfsig` says of the signatures, without asking whom it trusts."""
    return _asked(folder, pdf, "pdfsig", "FILE")


def _asked(folder: Path, pdf: bytes, *command: str) -> str:
    file = folder / "asked.pdf"
    file.write_bytes(pdf)
    words = [str(file) if word == "FILE" else word for word in command]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    return done.stdout + done.stderr
