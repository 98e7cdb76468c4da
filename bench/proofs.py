"""Whether every receipt of a large load is proven in, and every verdict judged again is the same: `python -m bench.proofs`.

The load is the demo's: real signatures, anchors, chains, cheats and reboots, through the reading, judging and writing of a request.
"""

import argparse
import os
import shutil
import sys
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import TypeVar

import orjson
from sqlalchemy import text

from app import clock, jws
from app.checkins import actions as checkins
from app.cli.db import upgrade_to
from app.cluster import Cluster
from app.config import ROOT, var
from app.db import Session, transaction
from app.demo import loading
from app.demo.plan import Plan
from app.inspector.inspection import inspect
from app.inspector.reading import read
from app.ledger import actions as ledger
from app.ledger import rules

T = TypeVar("T")


def main() -> None:
    """Load, seal, prove, export and verify; exit status 1 unless all of it holds."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--people", type=int, default=200)
    options.add_argument("--months", type=int, default=2, help="200 people make some 6,500 check-ins a month")
    asked = options.parse_args()
    folder = var("bench-proofs")
    shutil.rmtree(folder, ignore_errors=True)
    cluster = Cluster(folder / "cluster", for_tests=True)
    try:
        cluster.start()
        os.environ |= {"DATABASE_URL": cluster.url(), "TAPAK_VAR": str(folder / "state")}
        upgrade_to("head", cluster.url("tapak_owner"))
        sys.exit(0 if _holds(asked.people, asked.months) else 1)
    finally:
        cluster.stop()
        cluster.remove()
        shutil.rmtree(folder, ignore_errors=True)


def _holds(people: int, months: int) -> bool:
    plan = Plan(people, months, 1, 5, clock.now().date() - timedelta(days=1))
    _timed("loading", lambda: list(loading.load(plan, jws.keyring(var("keys")), ROOT / "geofences", var("demo"))))
    with transaction() as session:
        _timed("sealing", lambda: ledger.seal(session, clock.now()))
    with transaction() as session:
        receipts = session.scalars(text("SELECT answer::json ->> 'receipt' FROM checkins")).all()
        proven = _timed(f"proving {len(receipts):,} receipts", lambda: sum(_is_proven(session, receipt) for receipt in receipts))
        span = ledger.span_of(session, None, None)
        lines = _timed("exporting", lambda: [orjson.dumps(line) for line in checkins.exported(session, span)])
    counts: Counter[str] = Counter()
    keys = jws.keyring(var("keys")).jwks()
    alarms = _timed("verifying", lambda: list(inspect(read(lines, keys), [], receipts, counts)))
    print(f"{proven:,} of {len(receipts):,} receipts proven; export {sum(map(len, lines)) / 1e6:.1f} MB")
    print(dict(counts), Counter(alarm.code for alarm in alarms))
    return proven == len(receipts) == counts["judged again and equal"] and not alarms


def _is_proven(session: Session, receipt: str) -> bool:
    """Whether the leaf that the receipt names stands under the signed root."""
    leaf_hash = jws.keyring(var("keys")).opened(receipt, "receipt+jws")["leaf_hash"]
    found = ledger.proofs_of(session, leaf_hash)
    checkpoint = rules.find_checkpoint_in(found.note, tuple(jws.unb64(key["x"]) for key in jws.keyring(var("keys")).jwks()))
    [proof] = found.proofs
    hashed = jws.unb64(leaf_hash)
    return checkpoint is not None and rules.is_included(hashed, proof.leaf_index, found.size, proof.path, checkpoint.root)


def _timed(what: str, run: Callable[[], T]) -> T:
    began = time.monotonic()
    done = run()
    print(f"{time.monotonic() - began:7.1f} s  {what}", flush=True)
    return done


if __name__ == "__main__":
    main()
