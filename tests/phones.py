"""A phone as tests hold it: a key, and check-ins signed with it."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric import ec
from sqlalchemy.orm import Session

from app import jws
from app.checkins.rules.report import Report
from app.checkins.rules.signed import opened
from app.people.store import Person
from tests import make

# In the middle of `make.site`'s default fence.
INSIDE = (-8.65, 115.22)


@dataclass
class Phone:
    """Somebody's phone."""

    nip: str
    key: ec.EllipticCurvePrivateKey = field(default_factory=make.key)
    seq: int = 0
    prev: str | None = None

    @property
    def device_id(self) -> str:
        """What the server calls it."""
        return jws.thumbprint(jws.jwk_of(self.key.public_key()))

    def checkin(
        self,
        at: datetime,
        direction: str = "in",
        place: tuple[float, float] = INSIDE,
        accuracy_m: float = 10.0,
        header: dict[str, Any] | None = None,
        fix: dict[str, Any] | None = None,
        **payload: Any,
    ) -> str:
        """A signed check-in made at that instant; `payload`, `fix` and `header` replace members of it."""
        self.seq += 1
        body = {
            "id": str(uuid7_at(at)),
            "nip": self.nip,
            "direction": direction,
            "fixes": [{"lat": place[0], "lon": place[1], "accuracy_m": accuracy_m, "age_ms": 500, **(fix or {})}],
            "claimed_at": at.isoformat(),
            "seq": self.seq,
            "prev": self.prev,
            "platform": "android",
            "app": "uji/1",
            **payload,
        }
        kept = {"alg": "ES256", "typ": "checkin+jws", "kid": self.device_id, **(header or {})}
        compact = jws.sign_es256(self.key, kept, body)
        self.prev = jws.b64(hashlib.sha256(compact.encode("ascii")).digest())
        return compact

    def report(self, at: datetime, direction: str = "in", **changes: Any) -> Report:
        """The same, opened as the server opens it."""
        return opened(self.checkin(at, direction, **changes))


def enrolled(session: Session, person: Person, **device: Any) -> Phone:
    """A phone whose key the server knows as the person's."""
    phone = Phone(person.nip)
    make.device(session, person, key=phone.key, **device)
    return phone


def uuid7_at(at: datetime) -> UUID:
    """A UUIDv7 of that instant."""
    milliseconds = int(at.timestamp() * 1000)
    return UUID(int=milliseconds << 80 | 7 << 76 | (uuid4().int & (0xFFF << 64)) | 2 << 62 | (uuid4().int & ((1 << 62) - 1)))
