"""Sealing takes every committed fact once, in an order that cannot be signed twice, and whoever rewrites one is found."""

import threading
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations_with_replacement

import pytest
from sqlalchemy import text

from app import clock, db, errors, jws
from app.config import var
from app.ledger import actions, rules, store

from .conftest import alarms, seal, write

TABLES = ("leaves", "contents", "order", "nodes", "checkpoints")


def sealed_notes():
    with db.transaction() as session:
        return [(row.size, row.root, row.note) for row in store.list_sealed(session)]


def proof(subject):
    with db.transaction() as session:
        [found] = actions.proofs_of(session, subject).proofs
        return found


def test_every_leaf_of_every_size_is_proven_under_the_checkpoint(log):
    for size in range(1, 18):
        write(f"leaf-{size}")
        assert seal() == 1
        root = sealed_notes()[-1][1]
        for index in range(size):
            found = proof(f"leaf-{index + 1}")
            assert found.leaf_index == index
            assert rules.is_included(found.leaf_hash, index, size, found.path, root)
    assert alarms() == []


def test_each_checkpoint_grows_from_each_earlier_one(log):
    for count in (1, 2, 5, 8, 3):
        write(*(f"{count}-{n}" for n in range(count)))
        seal()
    notes = sealed_notes()
    with db.transaction() as session:
        for (old_size, old_root, _), (new_size, new_root, _) in combinations_with_replacement(notes, 2):
            _, path = actions.growth_between(session, old_size, new_size)
            assert rules.is_consistent(old_size, new_size, old_root, new_root, path)


def test_nothing_new_makes_no_checkpoint(log):
    write("a")
    assert (seal(), seal()) == (1, 0)
    assert len(sealed_notes()) == 1


def test_the_checkpoint_is_signed_by_the_servers_key_and_published(log):
    write("a", "b")
    seal()
    key = jws.unb64(jws.keyring(var("keys")).jwks()[-1]["x"])
    note = actions.published_file().read_text()
    assert rules.read_checkpoint(rules.opened(note, "tapak.local/ledger", (key,))).size == 2
    assert note == sealed_notes()[-1][2]


def test_old_checkpoints_hold_after_the_key_is_rotated(log):
    write("a")
    seal()
    jws.keyring(var("keys")).rotate()
    write("b")
    assert seal() == 1
    assert alarms() == []


def test_a_fact_that_was_rolled_back_is_no_leaf(log):
    with pytest.raises(RuntimeError), db.transaction() as session:
        store.append(session, "test", "never", {}, clock.now())
        raise RuntimeError
    write("a")
    assert seal() == 1
    with pytest.raises(errors.NotFound):
        proof("never")


def test_a_public_hash_answers_no_guess_at_the_words(log):
    with db.transaction() as session:
        now = clock.now()
        one, other = (store.append(session, "test", "a", {"decision": "uphold"}, now) for _ in range(2))
    assert one != other and rules.leaf_hash('{"decision":"uphold"}') not in (one, other)


def test_a_slow_transaction_is_waited_for_and_its_leaf_is_not_lost(log):
    """It took its number first and commits last: by id or by time its place would already be sealed over."""
    with db.transaction() as slow:
        store.append(slow, "test", "slow", {}, clock.now())
        slow.flush()
        write("quick")
        assert seal() == 0
        with pytest.raises(errors.Conflict, match="leaf_not_sealed_yet"):
            proof("quick")
    assert seal() == 2
    assert [proof(subject).leaf_index for subject in ("slow", "quick")] == [0, 1]


def test_sealing_that_was_rolled_back_gives_the_same_places_again(log):
    write("a", "b")
    with pytest.raises(RuntimeError), db.transaction() as session:
        actions.seal(session, clock.now())
        lost = actions.root_at(session, 2)
        raise RuntimeError
    write("c")
    assert seal() == 3
    with db.transaction() as session:
        assert actions.root_at(session, 2) == lost


def test_many_writers_and_many_sealers_lose_and_double_nothing(log):
    stop = threading.Event()

    def keep_sealing():
        while not stop.is_set():
            seal()

    with ThreadPoolExecutor(10) as pool:
        sealers = [pool.submit(keep_sealing) for _ in range(2)]
        writers = [pool.submit(write, *(f"{writer}-{n}" for n in range(40))) for writer in range(8)]
        for done in writers:
            done.result()
        stop.set()
        for done in sealers:
            done.result()
    seal()
    root = sealed_notes()[-1][1]
    places = set()
    for writer in range(8):
        for n in range(40):
            found = proof(f"{writer}-{n}")
            assert rules.is_included(found.leaf_hash, found.leaf_index, 320, found.path, root)
            places.add(found.leaf_index)
    assert places == set(range(320))
    assert alarms() == []


def test_a_log_restored_into_a_cluster_that_counts_anew_goes_on(log, superuser):
    write("a", "b", "c")
    seal()
    write("unsealed in the old cluster")
    superuser("UPDATE ledger_leaves SET xid = (xid::text::bigint + 1000000000)::text::xid8")
    superuser("UPDATE ledger_checkpoints SET below_xid = (below_xid::text::bigint + 1000000000)::text::xid8")
    write("d", "e")
    assert seal() == 3
    write("f")
    assert seal() == 1
    assert alarms() == []


@pytest.mark.parametrize("table", TABLES)
@pytest.mark.parametrize("change", ["UPDATE ledger_{0} SET {1} = {1}", "DELETE FROM ledger_{0}", "TRUNCATE ledger_{0} CASCADE"])
def test_the_programs_role_cannot_change_the_past(log, table, change):
    column = {"leaves": "kind", "contents": "content", "order": "leaf_id", "nodes": "hash", "checkpoints": "note"}[table]
    write("a")
    seal()
    with log.connect() as connection, pytest.raises(Exception, match="permission denied"):
        connection.execute(text(change.format(table, column)))


# The red team: the superuser, every trigger off.


@pytest.fixture
def history(log):
    """Nine sealed leaves under three checkpoints, and the id of the fifth."""
    for start in (0, 3, 6):
        write(*(f"leaf-{n}" for n in range(start, start + 3)))
        seal()
    with db.transaction() as session:
        return session.scalar(text("SELECT leaf_id FROM ledger_order WHERE leaf_index = 4"))


def test_an_untouched_ledger_has_no_alarm(history):
    assert alarms() == []


def test_an_edited_entry_is_named(history, superuser):
    superuser('UPDATE ledger_leaves SET entry = \'{"about":"another"}\' WHERE id = :id', id=history)
    assert alarms() == [("leaf_changed", history)]


def test_an_edit_carried_into_its_hash_is_named(history, superuser):
    superuser("UPDATE ledger_leaves SET entry = 'x', leaf_hash = sha256('\\x00'::bytea || 'x') WHERE id = :id", id=history)
    assert alarms() == [("leaf_changed", history)]


def test_an_edit_carried_into_the_tree_is_named_by_place_and_checkpoint(history, superuser):
    superuser("UPDATE ledger_leaves SET entry = 'x', leaf_hash = sha256('\\x00'::bytea || 'x') WHERE id = :id", id=history)
    superuser("UPDATE ledger_nodes SET hash = sha256('\\x00'::bytea || 'x') WHERE level = 0 AND position = 4")
    found = alarms()
    assert ("checkpoint_root_differs", 6) in found and ("subtree_changed", 4) in found and ("content_changed", history) in found


def test_a_leaf_filed_under_another_id_is_named(history, superuser):
    superuser("UPDATE ledger_leaves SET subject = 'another' WHERE id = :id", id=history)
    assert alarms() == [("leaf_filed_wrongly", history)]


def test_content_that_was_edited_or_taken_away_is_named(history, superuser):
    superuser('UPDATE ledger_contents SET content = \'{"about":"another"}\' WHERE leaf_id = :id', id=history)
    superuser("DELETE FROM ledger_contents WHERE leaf_id = :id + 1", id=history)
    assert alarms() == [("content_changed", history), ("content_missing", history + 1)]


def test_a_deleted_leaf_is_named(history, superuser):
    superuser("DELETE FROM ledger_leaves WHERE id = :id", id=history)
    assert alarms() == [("leaf_missing", 4)]


def test_a_deleted_place_is_named(history, superuser):
    superuser("DELETE FROM ledger_order WHERE leaf_index = 4")
    assert ("leaf_missing", 4) in alarms() and ("leaf_left_out", history) in alarms()


def test_two_leaves_that_changed_places_are_named(history, superuser):
    superuser("UPDATE ledger_order SET leaf_index = -1 WHERE leaf_index = 4")
    superuser("UPDATE ledger_order SET leaf_index = 4 WHERE leaf_index = 5")
    superuser("UPDATE ledger_order SET leaf_index = 5 WHERE leaf_index = -1")
    assert alarms() == [("leaf_changed", history), ("leaf_changed", history + 1)]


def test_a_back_dated_leaf_is_named(history, superuser):
    superuser(
        "INSERT INTO ledger_leaves (kind, subject, entry, leaf_hash, recorded_at, xid)"
        " SELECT kind, 'forged', 'x', sha256('\\x00'::bytea || 'x'), recorded_at, xid FROM ledger_leaves WHERE id = :id",
        id=history,
    )
    assert [code for code, _ in alarms()] == ["leaf_left_out"]
    assert seal() == 0


def test_a_tree_built_anew_from_edited_leaves_cannot_be_signed(history, superuser):
    superuser("UPDATE ledger_leaves SET entry = 'x', leaf_hash = sha256('\\x00'::bytea || 'x') WHERE id = :id", id=history)
    superuser("DELETE FROM ledger_nodes")
    superuser("DELETE FROM ledger_checkpoints WHERE size > 3")
    superuser("DELETE FROM ledger_order WHERE leaf_index > 2")
    superuser("INSERT INTO ledger_nodes SELECT 0, leaf_index, leaf_hash FROM ledger_order JOIN ledger_leaves ON id = leaf_id")
    superuser("INSERT INTO ledger_nodes SELECT 1, 0, sha256('\\x01'::bytea || l.hash || r.hash) FROM ledger_nodes l, ledger_nodes r"
              " WHERE l.position = 0 AND r.position = 1")  # fmt: skip
    with pytest.raises(errors.Conflict, match="ledger_contradicts_itself"):
        seal()
    assert alarms()[-1] == ("published_checkpoint_differs", 9)


def test_a_root_of_ones_own_is_not_signed(history, superuser):
    superuser("UPDATE ledger_checkpoints SET root = sha256('mine') WHERE size = 9")
    assert alarms() == [("checkpoint_not_signed", 9), ("checkpoint_root_differs", 9)]
    write("next")
    with pytest.raises(errors.Conflict):
        seal()


def test_an_old_backup_put_back_is_seen_and_nothing_is_signed(history, superuser):
    superuser("DELETE FROM ledger_checkpoints WHERE size > 6")
    superuser("DELETE FROM ledger_nodes WHERE (position + 1) << level > 6")
    superuser("DELETE FROM ledger_order WHERE leaf_index >= 6")
    superuser("DELETE FROM ledger_leaves WHERE id > :id + 1", id=history)
    assert alarms() == [("published_checkpoint_differs", 9)]
    write("instead", "of", "what", "was")
    with pytest.raises(errors.Conflict):
        seal()


def test_a_published_file_nobody_signed_stops_the_sealing(history):
    actions.published_file().write_text("tapak.local/ledger\n1\nAAAA\n")
    assert alarms() == [("published_checkpoint_not_ours", 0)]
    with pytest.raises(errors.Conflict, match="published_checkpoint_not_ours"):
        seal()


def test_what_is_sealed_and_shown_while_an_audit_runs_is_no_alarm(history, superuser):
    superuser("UPDATE ledger_leaves SET entry = 'x' WHERE id = :id", id=history)
    with db.transaction() as session:
        audit = actions.audit(session)
        first = next(audit)  # in the middle of it
        write("meanwhile")
        assert seal() == 1
        assert {(alarm.code, alarm.at) for alarm in (first, *audit)} == {("leaf_changed", history)}
