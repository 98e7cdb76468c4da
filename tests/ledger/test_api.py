"""Anybody can hold the ledger to its word over HTTP."""

import pytest

from app import clock, db, jws
from app.ledger import rules, store

from .conftest import seal, write


@pytest.fixture
def stranger(app, log):
    """Requests of somebody who is not signed in."""
    return app.test_client()


def test_a_stranger_checks_inclusion_and_growth_from_what_was_published(stranger):
    write("a", "b", "c")
    seal()
    earlier = stranger.get("/v1/ledger/checkpoint")
    write("d", "e")
    seal()
    assert earlier.mimetype == "text/plain" and earlier.text.startswith("tapak.local/ledger\n3\n")

    shown = stranger.get("/v1/ledger/proof/b").json
    [found] = shown["proofs"]
    root = rules.read_checkpoint(rules.note_text(shown["checkpoint"])).root
    path = [jws.unb64(step) for step in found["path"]]
    assert rules.is_included(jws.unb64(found["leaf_hash"]), found["leaf_index"], shown["size"], path, root)
    assert set(shown) == {"id", "size", "proofs", "checkpoint"} and set(found) == {"leaf_index", "leaf_hash", "path"}
    assert stranger.get(f"/v1/ledger/proof/{found['leaf_hash']}").json["proofs"] == [found]

    grown = stranger.get("/v1/ledger/consistency?from=3").json
    old_root = rules.read_checkpoint(rules.note_text(earlier.text)).root
    assert grown["from"] == 3 and grown["to"] == 5
    assert rules.is_consistent(3, 5, old_root, root, [jws.unb64(step) for step in grown["path"]])


def test_every_sealed_leaf_about_an_id_is_proven_and_each_by_its_hash(stranger):
    write("a", "b", "a")
    seal()
    write("a")
    proofs = stranger.get("/v1/ledger/proof/a").json["proofs"]
    assert [proof["leaf_index"] for proof in proofs] == [0, 2]
    for proof in proofs:
        assert stranger.get(f"/v1/ledger/proof/{proof['leaf_hash']}").json["proofs"] == [proof]


def test_a_leaf_that_waits_for_its_seal_is_told_from_an_unknown_one_by_its_hash_too(stranger):
    with db.transaction() as session:
        hashed = store.append(session, "test", "a", {}, clock.now())
    waiting = stranger.get(f"/v1/ledger/proof/{jws.b64(hashed)}")
    assert (waiting.status_code, waiting.json["code"]) == (409, "leaf_not_sealed_yet")
    assert stranger.get(f"/v1/ledger/proof/{jws.b64(bytes(32))}").status_code == 404


def test_before_the_first_sealing_there_is_nothing_to_show(stranger):
    write("a")
    assert stranger.get("/v1/ledger/checkpoint").json["code"] == "ledger_not_sealed_yet"
    assert stranger.get("/v1/ledger/consistency?from=1").status_code == 404
    waiting = stranger.get("/v1/ledger/proof/a")
    assert (waiting.status_code, waiting.json["code"]) == (409, "leaf_not_sealed_yet")
    for nobody in ("nobody", "x" * 5000, "ü"):
        assert stranger.get(f"/v1/ledger/proof/{nobody}").json["code"] == "unknown_leaf"
    assert stranger.get("/v1/ledger/proof/%00").json["code"] == "unknown_address"


@pytest.mark.parametrize("query", ["from=0", "from=3&to=2", "from=1&to=9", "from=-1", "from=x", "", f"from=1&to={10**30}"])
def test_sizes_that_make_no_sense_are_refused(stranger, query):
    write("a", "b", "c")
    seal()
    assert stranger.get(f"/v1/ledger/consistency?{query}").status_code == 422


def test_every_checkpoint_is_listed_newest_first_and_each_grows_into_the_newest(stranger):
    for some in (("a", "b", "c"), ("d",), ("e", "f")):
        write(*some)
        seal()
    first = stranger.get("/v1/ledger/checkpoints?limit=2").json
    rest = stranger.get(f"/v1/ledger/checkpoints?limit=2&after={first['next']}").json
    assert [one["size"] for one in first["items"] + rest["items"]] == [6, 4, 3] and rest["next"] is None
    assert first["items"][0]["note"] == stranger.get("/v1/ledger/checkpoint").text
    for one in first["items"] + rest["items"]:
        sealed = rules.read_checkpoint(rules.note_text(one["note"]))
        assert (sealed.size, jws.b64(sealed.root)) == (one["size"], one["root"])
