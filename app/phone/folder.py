"""What a phone keeps on disk, and in which order, so that pulling the battery loses no check-in."""

import contextlib
import fcntl
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
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
        for part in (path, path / "queue", path / "receipts"):
            part.mkdir(mode=0o700, parents=True, exist_ok=True)

    @contextlib.contextmanager
    def alone(self, act: str) -> Iterator[None]:
        """Keep every other command on this phone from the same act, and from no other: signing never waits for the network."""
        with open(self.path / f"{act}.lock", "w") as lock:
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

    def keep(self, name: str, content: Mapping[str, Any]) -> None:
        """Put something under a name, whole or not at all."""
        _write(self.path / f"{name}.json", orjson.dumps(content))

    def keys(self) -> list[jws.Jwk]:
        """The server's public keys, as far as this phone has met them."""
        found = self.find("keys")
        return found["keys"] if found else []

    def anchor(self, now: Reading) -> Anchor | None:
        """The anchor, unless the machine was started again since: then nobody knows how long ago it was."""
        kept = self.find("anchor")
        if kept is None:
            return None
        anchor = Anchor(kept["signed"], datetime.fromisoformat(kept["now"]), Reading(kept["boot_id"], kept["ms"]))
        return anchor if anchor.elapsed_ms(now) is not None else None

    def keep_anchor(self, anchor: Anchor) -> None:
        """Keep a new anchor in place of the old one."""
        at = {"boot_id": anchor.at.boot_id, "ms": anchor.at.ms}
        self.keep("anchor", {"signed": anchor.signed, "now": anchor.now.isoformat(), **at})

    def queue(self) -> list[Queued]:
        """Check-ins without a lasting answer, oldest first."""
        return [_queued(file) for file in self._waiting()]

    def link(self) -> Link:
        """The end of the chain: as noted, or farther if the battery went between a report and its note."""
        noted = self.find("chain") or {"seq": 0, "prev": None}
        for file in self._waiting()[-1:]:
            newest = _queued(file)
            if newest.seq > noted["seq"]:
                return Link(newest.seq, hash_of(newest.compact))
        return Link(noted["seq"], noted["prev"])

    def enqueue(self, sign: Callable[[Link], str]) -> None:
        """Keep the check-in that `sign` makes for the end of the chain; from then on it survives all but the loss of the disk."""
        with self.alone("chain"):
            link = self.link()
            _write(self.path / "queue" / f"{link.seq + 1:010d}.jws", sign(link).encode("ascii"))
            self._note_chain()

    def settle(self, queued: Queued, item: Mapping[str, Any]) -> None:
        """Take a check-in out of the queue, after its lasting answer is kept."""
        with self.alone("chain"):
            self._note_chain()
            kept = {"answer": item, "report": queued.compact}
            _write(self.path / "receipts" / f"{queued.seq:010d}.json", orjson.dumps(kept))
            queued.file.unlink()

    def _waiting(self) -> list[Path]:
        return sorted((self.path / "queue").glob("*.jws"))

    def _note_chain(self) -> None:
        link = self.link()
        end = {"seq": link.seq, "prev": link.prev}
        if self.find("chain") != end:
            self.keep("chain", end)


def _queued(file: Path) -> Queued:
    return Queued(file, int(file.stem), file.read_text("ascii"))


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
