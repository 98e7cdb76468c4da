"""A paper with a stamp, not yet signed, and who signs it."""

from datetime import UTC, datetime

import pytest

from app import documents
from app.documents.signers import Local
from app.recaps.render import pdf_of
from tests.recaps.test_render import heading, recap

NOW = datetime(2026, 11, 28, 10, tzinfo=UTC)
ADDRESS = "https://tapak.example/verify/0190c6f0"


@pytest.fixture(scope="session")
def paper() -> bytes:
    stamp = documents.stamp("Ditandatangani secara elektronik", ["Tapak", "28 November 2026 18.00 WITA"], ADDRESS)
    return pdf_of(heading(), [recap()], stamp)


@pytest.fixture(scope="session")
def local(tmp_path_factory) -> Local:
    return Local(tmp_path_factory.mktemp("keys"), NOW)


@pytest.fixture(scope="session")
def signed(paper, local) -> bytes:
    return local.sign(paper, "Rekap Oktober 2026")
