"""The phones of people who do not exist: they sign as docs/protocol.md says, and count time from the server's anchors."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric import ec

from app import jws
from app.demo.habits import Visit

APP = "tapak-demo/1"
TYPE = "checkin+jws"
# The order of P-256, below which every number is a private key.
ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551


@dataclass(slots=True)
class Phone:
    """One phone and how far its chain of reports is."""

    nip: str
    platform: str
    key: ec.EllipticCurvePrivateKey
    device_id: str
    boot_id: str
    skew: timedelta
    seq: int = 0
    prev: str | None = None

    def signed(
        self, visit: Visit, fix: Mapping[str, Any], clock_moved: timedelta, anchor: str, anchored_at: datetime, chance: Random
    ) -> str:
        """The next report of this phone's chain."""
        self.seq += 1
        payload = {
            "id": str(uuid7_of(visit.at, chance)),
            "nip": self.nip,
            "direction": visit.direction,
            "fixes": [fix],
            "claimed_at": (visit.at + self.skew + clock_moved).isoformat(timespec="milliseconds"),
            "anchor": anchor,
            "elapsed_ms": int((visit.at - anchored_at).total_seconds() * 1000),
            "boot_id": self.boot_id,
            "seq": self.seq,
            "prev": self.prev,
            "platform": self.platform,
            "app": APP,
        }
        compact = jws.sign_es256(self.key, {"alg": "ES256", "typ": TYPE, "kid": self.device_id}, payload)
        self.prev = jws.b64(hashlib.sha256(compact.encode("ascii")).digest())
        return compact


def phone_of(nip: str, platform: str, secret: str, chance: Random) -> Phone:
    """Somebody's phone; its key follows from the installation's secret, so no two installations share one."""
    number = int.from_bytes(hashlib.sha512(f"{secret}/phone/{nip}".encode()).digest(), "big") % (ORDER - 1) + 1
    key = ec.derive_private_key(number, ec.SECP256R1())
    # One clock in thirty is minutes off.
    skew = timedelta(seconds=chance.uniform(-900, 900) if chance.random() < 0.03 else chance.gauss(0, 4))
    boot_id = str(UUID(int=chance.getrandbits(128), version=4))
    return Phone(nip, platform, key, jws.thumbprint(jws.jwk_of(key.public_key())), boot_id, skew)


def uuid7_of(at: datetime, chance: Random) -> UUID:
    """A UUIDv7 of the instant.

    Source: RFC 9562 section 5.7.
    """
    ms = int(at.timestamp() * 1000)
    return UUID(int=ms << 80 | 7 << 76 | chance.getrandbits(12) << 64 | 2 << 62 | chance.getrandbits(62))
