"""What survives when the battery is pulled."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from itertools import pairwise

import orjson
import pytest

from app.phone.clocks import Anchor, Reading
from app.phone.folder import Folder
from app.phone.report import Link, hash_of

NOW = datetime(2026, 11, 24, 23, 10, 2, tzinfo=UTC)


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path / "phone")


def keep(folder, compact):
    folder.enqueue(lambda link: compact)


def test_a_report_is_whole_on_disk_and_the_chain_goes_on_from_it(folder):
    keep(folder, "a.b.c")
    assert [(queued.seq, queued.compact) for queued in folder.queue()] == [(1, "a.b.c")]
    assert folder.link() == Link(1, hash_of("a.b.c"))


def test_a_crash_between_the_report_and_the_note_of_it_gives_no_number_twice(folder):
    keep(folder, "a.b.c")
    noted = (folder.path / "chain.json").read_bytes()
    keep(folder, "d.e.f")
    (folder.path / "chain.json").write_bytes(noted)
    assert folder.link() == Link(2, hash_of("d.e.f"))


def test_the_chain_outlives_the_queue_even_if_the_note_was_lost(folder):
    keep(folder, "a.b.c")
    (folder.path / "chain.json").unlink()
    folder.settle(folder.queue()[0], {"status": "stored"})
    assert folder.queue() == []
    assert folder.link() == Link(1, hash_of("a.b.c"))


def test_a_half_written_report_is_not_in_the_queue(folder):
    (folder.path / "queue" / ".0000000001.jws.new").write_text("a.b")
    assert folder.queue() == []
    assert folder.link() == Link(0, None)


def test_reports_wait_in_the_order_they_were_made_and_each_is_signed_for_its_place(folder):
    links = []
    for number in range(11):
        folder.enqueue(lambda link, number=number: links.append(link) or f"jws-{number}")
    assert [queued.compact for queued in folder.queue()] == [f"jws-{number}" for number in range(11)]
    assert links == [Link(0, None), *(Link(number, hash_of(f"jws-{number - 1}")) for number in range(1, 11))]


def test_of_many_commands_at_once_no_two_get_one_place(folder):
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: folder.enqueue(lambda link: f"{link.seq}.{link.prev}.{number}"), range(40)))
    waiting = folder.queue()
    assert [queued.seq for queued in waiting] == list(range(1, 41))
    for before, queued in pairwise(waiting):
        assert queued.compact.startswith(f"{before.seq}.{hash_of(before.compact)}.")


def test_signing_does_not_wait_for_a_delivery_under_way(folder):
    with folder.alone("delivery"):
        keep(folder, "a.b.c")
    assert len(folder.queue()) == 1


def test_an_answer_is_kept_with_the_report_it_is_about(folder):
    keep(folder, "a.b.c")
    folder.settle(folder.queue()[0], {"status": "stored"})
    kept = orjson.loads((folder.path / "receipts" / "0000000001.json").read_bytes())
    assert kept == {"answer": {"status": "stored"}, "report": "a.b.c"}


def test_nobody_else_reads_the_key_or_the_tokens(folder):
    folder.key()
    folder.keep("tokens", {"access_token": "x"})
    for name in ("key.pem", "tokens.json"):
        assert stat.S_IMODE(os.stat(folder.path / name).st_mode) == 0o600
    assert stat.S_IMODE(os.stat(folder.path).st_mode) == 0o700


def test_the_key_is_made_once(folder):
    assert folder.key().private_numbers() == Folder(folder.path).key().private_numbers()


def test_a_reboot_drops_the_anchor(folder):
    folder.keep_anchor(Anchor("signed", NOW, Reading("boot-1", 1_000)))
    assert folder.anchor(Reading("boot-1", 2_000)) == Anchor("signed", NOW, Reading("boot-1", 1_000))
    assert folder.anchor(Reading("boot-2", 2_000)) is None
