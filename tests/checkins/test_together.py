"""Many batches at once that share check-ins in every order, with poison among them: nobody waits for another's fault."""

import random
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from app import clock, db
from app.checkins.api import taking
from app.cluster import Cluster
from tests import make
from tests.phones import Phone, enrolled

SENDERS, ROUNDS, SIZE = 8, 3, 30

# Between two rows of a batch there is time for all the others to get into each other's way.
SLOW_ROWS = """
CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.003); RETURN NEW; END $$;
CREATE TRIGGER dawdle BEFORE INSERT ON checkins FOR EACH ROW EXECUTE FUNCTION dawdle();
"""


@pytest.fixture
def phones(database: Engine, server: Cluster) -> list[Phone]:
    """Six people with one office."""
    server.sql(SLOW_ROWS, str(database.url.database))
    with db.transaction() as session:
        make.site(session)
        return [enrolled(session, make.person(session)) for _ in range(6)]


@pytest.fixture(params=["one process", "many processes"], autouse=True)
def servers(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes to one process goes to the database together; what comes to many, each on its own."""
    if request.param == "many processes":
        monkeypatch.setattr(taking.RUSH, "done", taking.RUSH._do)


def deliver(app: Flask, checkins: list[str]) -> dict[str, set[str]]:
    """The answers to each check-in, sent by many at once, each time in a batch of others and in another order."""
    gate = Barrier(SENDERS)

    def send(seed: int) -> list[tuple[str, str]]:
        chance, client, said = random.Random(seed), app.test_client(), []
        gate.wait()
        for _ in range(ROUNDS):
            batch = chance.sample(checkins, SIZE)
            answer = client.post("/v1/checkins", json={"checkins": batch})
            assert answer.status_code == 200, answer.text
            body = answer.text.removeprefix('{"results":[').removesuffix("]}")
            said += zip(batch, body.split(',{"id":'), strict=True)
        return [(compact, words.removeprefix('{"id":')) for compact, words in said]

    answers = defaultdict(set)
    with ThreadPoolExecutor(SENDERS) as threads:
        for pairs in threads.map(send, range(SENDERS)):
            for compact, words in pairs:
                answers[compact].add(words)
    return answers


def kept() -> tuple[int, int, int]:
    """Rows, leaves and reports."""
    with db.transaction() as session:
        return tuple(
            session.scalar(text(f"SELECT count(*) FROM {table}")) for table in ("checkins", "ledger_leaves", "checkin_reports")
        )


def test_batches_that_share_check_ins_in_every_order_get_one_answer_each(app: Flask, phones: list[Phone]) -> None:
    now = clock.now()
    honest = [phone.checkin(now) for phone in phones for _ in range(8)]
    strangers = [Phone(phones[0].nip).checkin(now) for _ in range(4)]
    answers = deliver(app, [*honest, *strangers])
    assert set(answers) == {*honest, *strangers}
    assert all(len(answers[compact]) == 1 for compact in honest)
    assert all('"status":"stored"' in words for compact in honest for words in answers[compact])
    assert all('"device_not_enrolled"' in words for compact in strangers for words in answers[compact])
    assert kept() == (len(honest),) * 3


def test_a_row_the_database_refuses_keeps_none_of_the_others_out(
    app: Flask, database: Engine, server: Cluster, phones: list[Phone]
) -> None:
    server.sql("ALTER TABLE checkins ADD CHECK (app <> 'poison')", str(database.url.database))
    now = clock.now()
    honest = [phone.checkin(now) for phone in phones for _ in range(6)]
    poison = [phone.checkin(now, app="poison") for phone in phones[:2]]
    answers = deliver(app, [*honest, *poison])
    assert all(len(answers[compact]) == 1 and '"status":"stored"' in min(answers[compact]) for compact in honest)
    assert all('"checkin_retry"' in words for compact in poison for words in answers[compact])
    assert kept() == (len(honest),) * 3


def test_of_rivals_for_one_id_one_is_kept_and_the_other_refused_whoever_asks(app: Flask, phones: list[Phone]) -> None:
    now = clock.now()
    pairs = []
    for phone in phones:
        for _ in range(4):
            first = phone.report(now)
            pairs.append((first.jws, phone.checkin(now, "out", id=str(first.id))))
    answers = deliver(app, [compact for pair in pairs for compact in pair])
    for pair in pairs:
        said = sorted(words for compact in pair for words in answers[compact])
        assert len(said) == 2 and sum('"status":"stored"' in words for words in said) == 1, said
        assert sum('"id_conflict"' in words for words in said) == 1
    assert kept() == (len(pairs),) * 3


def test_the_log_of_a_refused_row_holds_neither_report_nor_position(
    app: Flask, database: Engine, server: Cluster, phones: list[Phone], capfd: pytest.CaptureFixture[str]
) -> None:
    server.sql("ALTER TABLE checkin_reports ADD CHECK (length(jws) < 10)", str(database.url.database))
    compact = phones[0].checkin(clock.now())
    answer = app.test_client().post("/v1/checkins", json={"checkins": [compact]}).json["results"][0]
    logged = capfd.readouterr().out
    assert answer["status"] == "retry" and "checkin_not_kept" in logged and "violates check constraint" in logged
    assert compact.split(".")[1] not in logged and "Failing row" not in logged
