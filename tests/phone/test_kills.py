"""The phone's process killed anywhere, over and over: no check-in lost, none twice, the chain whole."""

import json
import random
import signal
import subprocess
import sys
import time
from dataclasses import replace

import pytest

from app.config import ROOT
from app.phone import delivery
from tests.phone import audit
from tests.phone.audit import Row
from tests.phone.serving import check_in, kept

RANDOM_KILLS = 30


class Mortal:
    """The process that makes and sends check-ins, for one phone."""

    def __init__(self, folder, web, journal):
        self.order = {"folder": str(folder.path), "address": web.address, "journal": str(journal)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.phone.mortal"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )  # fmt: skip

    def work(self, check_ins, a_delivery=2, die_at=None, life_s=None):
        """How the working process ended: 0 when it was not killed. It delivers after every `a_delivery` check-ins."""
        told = {"check_ins": check_ins, "a_delivery": a_delivery, "die_at": die_at, "life_s": life_s}
        self.process.stdin.write(json.dumps(self.order | told) + "\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


@pytest.fixture
def journal(tmp_path):
    file = tmp_path / "journal"
    file.touch()
    return file


@pytest.fixture
def mortal(folder, web, journal):
    made = Mortal(folder, web, journal)
    yield made
    made.process.stdin.close()
    made.process.wait()


def wrongs(folder, journal):
    rows = [Row(row.id, row.seq, bytes(row.payload_hash), row.jws) for row in kept()]
    return audit.wrongs(journal.read_text().split(), audit.read(folder), rows, folder.keys())


def test_killed_before_every_single_operation_nothing_is_lost_and_nothing_is_there_twice(folder, web, mortal, journal):
    """A check-in and its delivery, killed before the first file or network operation, before the second, and so on to the end."""
    killed = 0
    while mortal.work(check_ins=1, a_delivery=1, die_at=killed + 1) == -signal.SIGKILL:
        killed += 1
        list(delivery.sync(folder, web, attempts=1))
        assert folder.queue() == [], f"something still waits after a kill before operation {killed}"
    assert killed >= 20
    assert wrongs(folder, journal) == []


def test_killed_at_random_while_it_checks_in_and_sends_the_phone_delivers_everything_once(folder, web, mortal, journal):
    assert mortal.work(check_ins=1) == 0
    began = time.monotonic()
    assert mortal.work(check_ins=8) == 0
    whole_life_s, chance = time.monotonic() - began, random.Random(20261124)
    killed = lives = 0
    while killed < RANDOM_KILLS:
        lives += 1
        if mortal.work(check_ins=8, life_s=chance.uniform(0, whole_life_s)) == -signal.SIGKILL:
            killed += 1
        else:
            whole_life_s *= 0.9  # the machine was busier when that was measured
        assert lives < 4 * RANDOM_KILLS
    assert mortal.work(check_ins=2) == 0
    assert folder.queue() == []
    assert wrongs(folder, journal) == []
    assert len(journal.read_text().split()) >= RANDOM_KILLS


@pytest.fixture
def sound(folder, web):
    """Three delivered check-ins with nothing wrong: ids, kept answers, rows and keys."""
    ids = [check_in(folder), check_in(folder, "out"), check_in(folder, "out")]
    list(delivery.sync(folder, web, attempts=1))
    rows = [Row(row.id, row.seq, bytes(row.payload_hash), row.jws) for row in kept()]
    made = ids, audit.read(folder), rows, folder.keys()
    assert audit.wrongs(*made) == []
    return made


@pytest.mark.parametrize(
    "damage, said",
    [
        (lambda ids, kept, rows, keys: (ids, kept, rows[:1] + rows[2:], keys), "lost"),
        (lambda ids, kept, rows, keys: (ids, kept, [*rows, rows[1]], keys), "doubled"),
        (lambda ids, kept, rows, keys: (ids, {1: kept[1], 2: kept[2]}, rows, keys), "nobody's"),
        (lambda ids, kept, rows, keys: (ids[:2], kept, rows[:2], keys), "answered and not there"),
        (lambda ids, kept, rows, keys: (ids, kept, [rows[0], replace(rows[1], seq=3), replace(rows[2], seq=2)], keys), "chain"),
        (lambda ids, kept, rows, keys: (ids, kept, [*rows[:2], replace(rows[2], jws=rows[0].jws)], keys), "chain"),
        (lambda ids, kept, rows, keys: (ids, kept, [*rows[:2], replace(rows[2], payload_hash=bytes(32))], keys), "another report"),
        (lambda ids, kept, rows, keys: (ids, kept, rows, []), "no receipt"),
    ],
    ids=["lost", "doubled", "invented", "vanished", "swapped", "unchained", "altered", "unproven"],
)  # fmt: skip
def test_the_audit_itself_finds_what_is_wrong(sound, damage, said):
    assert any(wrong.startswith(said) for wrong in audit.wrongs(*damage(*sound)))
