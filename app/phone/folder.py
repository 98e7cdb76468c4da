"""What a phone keeps on disk, and in which order, so that pulling the battery loses no check-in."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import orjson
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from app import jws
from app.phone.clocks import Anchor, Reading
from app.phone.report import Link, hash_of


@dataclass(frozen=True, slots=True)
class Queued:
    """A signed check-in that the server has not answered for good."""

    file: Path
    seq: int
    compact: str


class Folder:
    """The folder of one employee's phone; nobody else can read it."""

    def __init__(self, path: Path) -> None:
        self.path = path

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Keep every other command on this phone waiting: two must not give out the same number."""
        for part in (self.path, self.path / "queue", self.path / "receipts"):
            part.mkdir(mode=0o700, parents=True, exist_ok=True)
        with open(self.path / "lock", "w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def key(self) -> ec.EllipticCurvePrivateKey:
        """The phone's private key, made on first use; it never leaves this file."""
        file = self.path / "key.pem"
        if not file.exists():
            key = ec.generate_private_key(ec.SECP256R1())
            pem = key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )  # fmt: skip
            jws.write_once(file, pem)
        return cast(ec.EllipticCurvePrivateKey, serialization.load_pem_private_key(file.read_bytes(), password=None))

    def find(self, name: str) -> dict[str, Any] | None:
        """What is kept under a name: `device`, `tokens`, `anchor`, `keys`, `chain`."""
        file = self.path / f"{name}.json"
        return orjson.loads(file.read_bytes()) if file.exists() else None

    def keep(self, name: str, content: dict[str, Any]) -> None:
        """Put something under a name, whole or not at all."""
        _write(self.path / f"{name}.json", orjson.dumps(content))

    def anchor(self, now: Reading) -> Anchor | None:
        """The anchor, unless the machine was started again since: then nobody knows how long ago it was."""
        kept = self.find("anchor")
        anchor = kept and Anchor(kept["signed"], Reading(kept["boot_id"], kept["ms"]))
        return anchor if anchor and anchor.elapsed_ms(now) is not None else None

    def keep_anchor(self, anchor: Anchor) -> None:
        """Keep a new anchor in place of the old one."""
        self.keep("anchor", {"signed": anchor.signed, "boot_id": anchor.at.boot_id, "ms": anchor.at.ms})

    def queue(self) -> list[Queued]:
        """Check-ins without a lasting answer, oldest first."""
        files = sorted((self.path / "queue").glob("*.jws"))
        return [Queued(file, int(file.stem), file.read_text("ascii")) for file in files]

    def link(self) -> Link:
        """The end of the chain: as noted, or farther if the battery went between a report and its note."""
        noted = self.find("chain") or {"seq": 0, "prev": None}
        newest = max(self.queue(), key=lambda queued: queued.seq, default=None)
        if newest is not None and newest.seq > noted["seq"]:
            return Link(newest.seq, hash_of(newest.compact))
        return Link(noted["seq"], noted["prev"])

    def enqueue(self, seq: int, compact: str) -> None:
        """Keep a signed check-in; when this returns it survives anything but the loss of the disk."""
        _write(self.path / "queue" / f"{seq:010d}.jws", compact.encode("ascii"))
        self._note_chain()

    def settle(self, queued: Queued, item: dict[str, Any]) -> None:
        """Take a check-in out of the queue, after its lasting answer is kept."""
        self._note_chain()
        _write(self.path / "receipts" / f"{queued.seq:010d}.json", orjson.dumps({"answer": item, "report": queued.compact}))
        queued.file.unlink()

    def _note_chain(self) -> None:
        link = self.link()
        self.keep("chain", {"seq": link.seq, "prev": link.prev})


def _write(file: Path, content: bytes) -> None:
    """Write a file that is there whole after any crash, and is this user's alone."""
    scratch = file.with_name(f".{file.name}.new")
    with open(os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    os.replace(scratch, file)
    folder = os.open(file.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
