"""Everything that can break, broken under load, a few times each: nothing acknowledged is lost, doubled or changed.

`python -m bench.faults` is the same at full length.
"""

import asyncio
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.faults.faults import FAULTS
from bench.faults.proxy import Mode
from bench.faults.run import run
from bench.faults.stand import Stand, built, serving


@pytest.fixture(scope="module")
def loop() -> Iterator[asyncio.Runner]:
    """The event loop in which proxies and clients of all these tests live."""
    with asyncio.Runner() as runner:
        yield runner


@pytest.fixture(scope="module")
def stand(loop: asyncio.Runner) -> Iterator[Stand]:
    """An installation of its own, as durable as a real one, which every test of this file hurts in its way."""
    with tempfile.TemporaryDirectory(prefix="tapak-faults-") as folder, pytest.MonkeyPatch.context() as environment:
        environment.setenv("TAPAK_VAR", str(Path(folder) / "state"))
        with built(Path(folder) / "stand", people=60) as made:
            at_work = serving(made)
            loop.run(at_work.__aenter__())
            yield made
            loop.run(at_work.__aexit__(None, None, None))


@pytest.mark.parametrize(
    "name, blows, cuts",
    [
        ("F1", 4, ()),
        ("F2", 3, ()),
        ("F3", 4, (Mode.LOSE_ANSWER, Mode.LOSE_REQUEST, Mode.LIMIT, Mode.SILENT)),
        ("F4", 3, (Mode.LOSE_ANSWER, Mode.LOSE_REQUEST, Mode.LIMIT)),
        ("F7", 2, ()),
        ("F8", 2, ()),
    ],
    ids=[f"{fault.name} {fault.words}" for fault in FAULTS],
)
def test_nothing_acknowledged_is_lost_doubled_or_changed(
    loop: asyncio.Runner, stand: Stand, name: str, blows: int, cuts: tuple[Mode, ...]
) -> None:
    [fault] = [fault for fault in FAULTS if fault.name == name]
    report = loop.run(run(stand, fault, blows, acknowledgements=100, longest_pause_s=0.8, seed=blows))
    assert report.violations == ()
    assert report.acknowledged >= 100 and report.refused > 0
    # Without an outcome that nobody knew there was nothing to prove.
    assert report.unknown > 0
    assert all(report.hurt[cut] > 0 for cut in cuts), report.hurt
