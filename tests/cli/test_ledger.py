"""`flask ledger`: what it prints of the sealed record, and its exit status."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine, create_engine, text

from app import clock, db, jws
from app.cli.ledger import ledger as command
from app.cluster import Cluster
from app.ledger import actions, rules, store
from tests.jobs.servers import until


@pytest.fixture
def run(database: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("TAPAK_VAR", str(tmp_path))
    return lambda *words: CliRunner().invoke(command, words)


def sealed(*subjects: str) -> None:
    """Leaves about the subjects, in a published checkpoint."""
    for subject in subjects:
        with db.transaction() as session:
            store.append(session, "test", subject, {"about": subject}, clock.now())

    def seal() -> bool:
        # What another database's transaction holds up is sealed a moment later.
        with db.transaction() as session:
            actions.seal(session, clock.now())
            last = store.find_last_sealed(session)
        return last is not None and last.size == len(subjects)

    assert until(seal)
    with db.transaction() as session:
        actions.publish(session, clock.now())


def test_checkpoint_prints_the_signed_note_and_nothing_else(run: Callable[..., Result]) -> None:
    sealed("satu", "dua")
    answer = run("checkpoint")
    assert answer.exit_code == 0
    assert answer.output == actions.published_file().read_text("utf-8")
    assert answer.output.splitlines()[:2] == ["tapak.local/ledger", "2"]


def test_prove_prints_a_proof_that_leads_to_the_checkpoint(run: Callable[..., Result]) -> None:
    sealed("satu", "dua", "tiga")
    answer = run("prove", "dua")
    assert answer.exit_code == 0
    proof = json.loads(answer.output)
    assert (proof["id"], proof["size"], [one["leaf_index"] for one in proof["proofs"]]) == ("dua", 3, [1])
    (one,) = proof["proofs"]
    root = rules.read_checkpoint(rules.note_text(proof["checkpoint"])).root
    assert rules.is_included(jws.unb64(one["leaf_hash"]), 1, 3, [jws.unb64(step) for step in one["path"]], root)


@pytest.mark.parametrize(
    "words, said",
    [(("prove", "lain"), "The ledger holds no entry about this id."), (("prove", "baru"), "will be sealed within a minute")],
)
def test_what_cannot_be_proven_is_said_in_a_sentence(run: Callable[..., Result], words: tuple[str, ...], said: str) -> None:
    sealed("satu")
    with db.transaction() as session:
        store.append(session, "test", "baru", {}, clock.now())
    answer = run(*words)
    assert answer.exit_code == 1 and said in answer.output


def test_before_the_first_sealing_there_is_no_checkpoint(run: Callable[..., Result]) -> None:
    answer = run("checkpoint")
    assert answer.exit_code == 1 and answer.output.startswith("Error: ") and len(answer.output.splitlines()) == 1


def test_audit_says_that_all_is_well_or_what_is_not_and_fails(
    run: Callable[..., Result], database: Engine, server: Cluster
) -> None:
    sealed("satu", "dua")
    well = run("audit")
    assert well.exit_code == 0 and well.output.endswith("sealed.\n") and len(well.output.splitlines()) == 1
    superuser = create_engine(server.url("postgres", database.url.database))
    with superuser.begin() as connection:
        connection.execute(text("SET session_replication_role = replica"))
        connection.execute(text("UPDATE ledger_leaves SET entry = replace(entry, 'dua', 'dui') WHERE subject = 'dua'"))
    superuser.dispose()
    answer = run("audit")
    assert answer.exit_code == 1
    assert answer.output == "The words of leaf 2 changed since it was written.\n1 alarms\n"
