"""What survives when the battery is pulled."""

import os
import stat

import pytest

from app.phone.clocks import Anchor, Reading
from app.phone.folder import Folder
from app.phone.report import Link, hash_of


@pytest.fixture
def folder(tmp_path):
    made = Folder(tmp_path / "phone")
    with made.held():
        yield made


def test_a_report_is_whole_on_disk_and_the_chain_goes_on_from_it(folder):
    folder.enqueue(1, "a.b.c")
    assert [(queued.seq, queued.compact) for queued in folder.queue()] == [(1, "a.b.c")]
    assert folder.link() == Link(1, hash_of("a.b.c"))


def test_a_crash_between_the_report_and_the_note_of_it_gives_no_number_twice(folder):
    folder.enqueue(1, "a.b.c")
    noted = (folder.path / "chain.json").read_bytes()
    folder.enqueue(2, "d.e.f")
    (folder.path / "chain.json").write_bytes(noted)
    assert folder.link() == Link(2, hash_of("d.e.f"))


def test_the_chain_outlives_the_queue_even_if_the_note_was_lost(folder):
    folder.enqueue(1, "a.b.c")
    (folder.path / "chain.json").unlink()
    folder.settle(folder.queue()[0], {"status": "stored"})
    assert folder.queue() == []
    assert folder.link() == Link(1, hash_of("a.b.c"))


def test_a_half_written_report_is_not_in_the_queue(folder):
    (folder.path / "queue" / ".0000000001.jws.new").write_text("a.b")
    assert folder.queue() == []
    assert folder.link() == Link(0, None)


def test_reports_wait_in_the_order_they_were_made(folder):
    for seq in (2, 10, 1):
        folder.enqueue(seq, f"jws-{seq}")
    assert [queued.seq for queued in folder.queue()] == [1, 2, 10]


def test_nobody_else_reads_the_key_or_the_tokens(folder):
    folder.key()
    folder.keep("tokens", {"access_token": "x"})
    for name in ("key.pem", "tokens.json"):
        assert stat.S_IMODE(os.stat(folder.path / name).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(folder.path).st_mode) == 0o700


def test_the_key_is_made_once(folder):
    assert folder.key().private_numbers() == Folder(folder.path).key().private_numbers()


def test_a_reboot_drops_the_anchor(folder):
    folder.keep_anchor(Anchor("signed", Reading("boot-1", 1_000)))
    assert folder.anchor(Reading("boot-1", 2_000)) is not None
    assert folder.anchor(Reading("boot-2", 2_000)) is None
