"""The protocol's vectors, made by the program itself: `python -m tests.phone.vectors` writes docs/protocol-vectors.json.

Times, verdicts, refusals and receipts come from the code that answers phones, so a change of the promise shows in the diff.
"""

import json
import os
import tempfile
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import reduce
from pathlib import Path
from typing import Any

import orjson
from flask import Flask
from sqlalchemy import create_engine, event

from app import db, errors, jws
from app.checkins.actions import Arrival, record_all
from app.checkins.api.taking import _result
from app.checkins.rules import report as report_rules
from app.checkins.rules import timing
from app.checkins.rules.signed import opened
from app.checkins.store import make_partitions
from app.config import ROOT, text_setting
from app.ledger import rules as ledger
from app.phone.report import hash_of
from tests import make
from tests.phone import example, phones_day, spoiled
from tests.phone.example import ANCHORED_AT, LOST, MILLISECOND, OTHERS, PHONE, WAITING, Chain, altered, instant

FILE, DOCUMENT = ROOT / "docs" / "protocol-vectors.json", ROOT / "docs" / "protocol.md"
EXAMPLE = "The second of `check_ins`, step by step."
ABOUT = (
    "Test vectors of docs/protocol.md, made by the program (python -m tests.phone.vectors) and checked by code that shares nothing"
    " with it (python -m tests.phone.check_vectors). The keys are examples: never use them. An ES256 signature is random; these"
    " were made by RFC 6979, yours will differ and must verify."
)


def vectors(app: Flask) -> dict[str, Any]:
    """All of them, from a database with nobody in it that really commits."""
    _people()
    keys = example.keyring()
    with app.test_request_context(headers={"Accept-Language": "en"}):
        check_ins = list(_check_ins(keys))
        refused = list(_refused(keys, check_ins))
    return {
        "about": ABOUT,
        "bounds": _bounds(),
        "server_key": {"seed": example.SERVER_SEED.hex(), "jwk": keys.jwks()[0]},
        "devices": [_device(device) for device in (PHONE, OTHERS, WAITING, LOST)],
        "signing": _signing(check_ins[1]["jws"]),
        "anchors": _anchors(keys),
        "check_ins": check_ins,
        "refused": refused,
        "answers": list(spoiled.answers(check_ins[1:3], keys)),
        "ledger": _ledger(keys, check_ins),
    }


def _people() -> None:
    """An office, its two people, and their phones."""
    with db.transaction() as session:
        make_partitions(session, date(2026, 11, 1), 2)
        unit = make.unit(session)
        make.site(session, unit, lat=example.OFFICE[0], lon=example.OFFICE[1], radius_m=100)
        people = {nip: make.person(session, unit=unit, nip=nip) for nip in (example.NIP, example.OTHER_NIP)}
        for device in (PHONE, OTHERS, WAITING, LOST):
            make.device(session, people[device.nip], key=device.key, status=device.status, installation_id=device.id)


def _bounds() -> dict[str, int]:
    return {
        "drift_ppm": round(timing.DRIFT * 1_000_000),
        "anchor_trip_ms": timing.ANCHOR_TRIP // MILLISECOND,
        "online_ms": timing.ONLINE // MILLISECOND,
        "oldest_id_ms": report_rules.OLDEST_ID // MILLISECOND,
        "newest_id_ms": report_rules.NEWEST_ID // MILLISECOND,
    }


def _device(device: example.Device) -> dict[str, Any]:
    known = {"id": device.id, "nip": device.nip, "status": device.status, "enrolled_at": instant(make.THEN)}
    return {**known, "d": f"{device.d:064x}", "jwk": device.jwk}


def _signing(compact: str) -> dict[str, str]:
    """One signature in both of its spellings: most platforms give DER, a JWS takes r and s."""
    signing_input, _, signature = compact.rpartition(".")
    return {
        "thumbprint_input": json.dumps({name: PHONE.jwk[name] for name in ("crv", "kty", "x", "y")}, separators=(",", ":")),
        "signing_input": signing_input,
        "signature_der": example.der_signature(PHONE, signing_input).hex(),
        "signature": signature,
    }


def _anchors(keys: jws.Keyring) -> list[dict[str, Any]]:
    good = example.anchor(keys).signed
    named = [
        ("of this server", good, True),
        ("altered", altered(good), False),
        ("of another kind", example.anchor(keys, typ="x").signed, False),
        ("of another server", example.foreign().signed, False),
    ]
    now = instant(ANCHORED_AT)
    return [{"name": name, "answer": {"now": now, "anchor": anchor}, "is_good": is_good} for name, anchor, is_good in named]


def _check_ins(keys: jws.Keyring) -> Iterator[dict[str, Any]]:
    """One phone's check-ins in their order, each as the server answered it when it arrived."""
    chain = Chain()
    for name, payload, arrives_at in phones_day.reports(chain, keys):
        compact = example.signed(PHONE, payload)
        text = payload if isinstance(payload, str) else orjson.dumps(payload).decode()
        seq = json.loads(text)["seq"]
        answer = json.loads(_answered(compact, arrives_at, keys))
        if answer["status"] != "stored":
            raise AssertionError(f"{name}: {answer}")
        yield {
            "name": name,
            "payload": text,
            "jws": compact,
            "payload_hash": hash_of(compact),
            "arrives_at": instant(arrives_at),
            "answer": _with_plain_leaf(answer, keys),
        }
        chain.follow(compact, seq)


def _with_plain_leaf(answer: dict[str, Any], keys: jws.Keyring) -> dict[str, Any]:
    """The answer with a leaf of the example in its receipt: what the server's own leaves say is no part of the protocol."""
    header, payload, _, _ = jws.split(answer["receipt"])
    said = json.loads(payload)
    leaf = ledger.leaf_hash(said["payload_hash"])
    return {**answer, "receipt": keys.sign(header["typ"], {**said, "leaf_hash": jws.b64(leaf)})}


def _refused(keys: jws.Keyring, check_ins: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Check-ins that are no check-ins, each with what the server answers when it arrives an hour after the first anchor."""
    arrives_at = ANCHORED_AT + timedelta(hours=1)
    for name, compact in spoiled.refused(check_ins[1]):
        item = json.loads(_answered(compact, arrives_at, keys))
        problem = item["problem"]
        told = {"code": problem["code"], "status": problem["status"], "errors": sorted(problem.get("errors", {}))}
        result = {"id": item["id"], "status": item["status"]}
        yield {"name": name, "jws": compact, "arrives_at": instant(arrives_at), "result": result, "problem": told}


def _answered(compact: str, arrives_at: datetime, keys: jws.Keyring) -> str:
    """One result, as the route makes it."""
    try:
        report = opened(compact)
    except errors.Invalid as refusal:
        return _result(refusal, refusal)
    with db.transaction() as session:
        return _result(report, record_all(session, [Arrival(report, arrives_at, "en")], keys)[0])


def _ledger(keys: jws.Keyring, check_ins: list[dict[str, Any]]) -> dict[str, Any]:
    """A ledger of these check-ins and nothing else, and the proof that one of them is in it, as the server would answer."""
    leaves = [jws.unb64(json.loads(jws.split(each["answer"]["receipt"])[1])["leaf_hash"]) for each in check_ins]
    index, size, origin = 1, len(leaves), text_setting("origin")
    checkpoint = ledger.Checkpoint(origin, size, _root(leaves))
    key = keys.signing_key()[1]
    public = key.public_key().public_bytes_raw()
    proof = {
        "id": check_ins[index]["answer"]["id"],
        "leaf_index": index,
        "leaf_hash": jws.b64(leaves[index]),
        "size": size,
        "path": [jws.b64(_root(leaves[span.first : span.end])) for span in ledger.inclusion_spans(index, size)],
        "checkpoint": ledger.signed_note(ledger.checkpoint_body(checkpoint), origin, public, key.sign),
    }
    return {"verifier_key": ledger.verifier_key(origin, public), "leaves": [jws.b64(leaf) for leaf in leaves], "proof": proof}


def _root(leaves: list[bytes]) -> bytes:
    return ledger.root_of(reduce(ledger.grown, leaves, ()))


def worked_example(made: dict[str, Any]) -> str:
    """One check-in step by step, as docs/protocol.md shows it."""
    device, shown = made["devices"][0], made["check_ins"][1]
    lines = (shown["jws"][at : at + 120] for at in range(0, len(shown["jws"]), 120))
    return (
        f"{EXAMPLE} Device key, private `d` = `{device['d']}` (never use it):\n\n```json\n{json.dumps(device['jwk'])}\n```\n\n"
        f"Device id (thumbprint): `{device['id']}`\n\nPayload:\n\n```json\n{shown['payload']}\n```\n\n"
        "Check-in as sent (one line, broken here):\n\n```\n" + "\n".join(lines) + "\n```\n\n"
        f"`payload_hash`: `{shown['payload_hash']}`\n\n"
    )


def main() -> None:
    """Write the file, and the example in the document, from a database of its own."""
    from app.cli.db import upgrade_to
    from app.cluster import Cluster
    from app.factory import create_app

    with tempfile.TemporaryDirectory(prefix="tapak-") as folder:
        os.environ |= {"TAPAK_VAR": folder, "TAPAK_LOG_LEVEL": "CRITICAL"}
        cluster = Cluster(Path(folder) / "c", for_tests=True)
        cluster.start()
        try:
            upgrade_to("head", cluster.url("tapak_owner"))
            engine = create_engine(cluster.url("tapak_owner"))
            event.listen(engine, "connect", db.take_app_role)
            db.Sessions.configure(bind=engine)
            made = vectors(create_app())
            FILE.write_text(as_text(made), "utf-8")
            before, _, after = DOCUMENT.read_text("utf-8").partition(EXAMPLE)
            DOCUMENT.write_text(before + worked_example(made) + after[after.index("## ") :], "utf-8")
            engine.dispose()
        finally:
            cluster.stop()


def as_text(made: dict[str, Any]) -> str:
    """The file's content."""
    return json.dumps(made, indent=1, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    main()
