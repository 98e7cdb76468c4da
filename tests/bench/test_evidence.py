"""Each part whose cost is measured is really off while it is measured, the others stay on, and all are back afterwards."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import text
from sqlalchemy.orm import Session

from app import clock, jws
from app.checkins.rules.timing import ANCHOR_TYPE
from app.config import var
from app.ledger.rules import instant
from bench import evidence
from tests import make
from tests.phones import enrolled

PARTS = ["signature", "time bracket and evidence", "leaf", "receipt"]


def seen(client: FlaskClient, session: Session) -> set[str]:
    """The parts that a check-in shows signs of: a wrong signature refused, a bracket with a width, a leaf, a receipt."""
    phone = enrolled(session, make.person(session))
    now = clock.now()
    anchor = jws.keyring(var("keys")).sign(ANCHOR_TYPE, {"now": instant(now), "nonce": "n"})
    good = phone.checkin(now, anchor=anchor, elapsed_ms=0)
    forged = phone.checkin(now, "out").rpartition(".")[0] + "." + jws.b64(bytes(64))
    stored, refused = client.post("/v1/checkins", json={"checkins": [good, forged]}).json["results"]
    leaves = text("SELECT count(*) FROM ledger_leaves WHERE kind = 'checkin' AND subject = :id")
    signs = {
        "signature": refused["status"] == "refused",
        "time bracket and evidence": stored["earliest_at"] < stored["latest_at"],
        "leaf": session.scalar(leaves, {"id": stored["id"]}) == 1,
        "receipt": bool(stored["receipt"]),
    }
    return {part for part, is_there in signs.items() if is_there}


@pytest.mark.parametrize("off", [[], *([part] for part in PARTS), PARTS], ids=" ".join)
def test_a_part_is_off_as_long_as_it_is_measured(client: FlaskClient, session: Session, off: list[str]) -> None:
    assert list(evidence.OFF) == PARTS
    make.site(session)
    with evidence.without(*off):
        assert seen(client, session) == set(PARTS) - set(off)
    assert seen(client, session) == set(PARTS)
