"""Asking a phone to prove how its key is held, and what an agency makes of the answer."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from pathlib import Path

import orjson
import structlog
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app import errors, jws
from app.access import Actor, Role
from app.config import var
from app.db import Session
from app.devices import store
from app.devices.rules.attestation import Attested, Policy, Tier, Trust, attested, certificates, challenge_of, is_proof
from app.devices.rules.der import BadDer
from app.ledger import store as ledger
from app.people import store as people

# Google's roots, each with its source beside it; an operator adds others in the folder of this installation.
ROOTS = Path(__file__).parent.parent / "roots"
KIND = "android-key"

log = structlog.get_logger()


def challenge(by: Actor, now: datetime) -> bytes:
    """What the next ten minutes' new key of this person must be attested with."""
    return challenge_of(_secret(), by.person_id, now)


def weighed(evidence: Mapping[str, object] | None, jwk: jws.Jwk, person_id: int, now: datetime) -> Attested:
    """How well the key is held, by what the phone shows; nothing shown is no proof and no fault.

    Raises: Invalid for evidence of a kind that is not understood, and for what is no chain of certificates at all.
    """
    if evidence is None:
        return Attested(Tier.NONE)
    if evidence.get("kind") != KIND:
        raise errors.Invalid("invalid_input", {"/attestation/kind": "attestation_unsupported"})
    shown = evidence.get("x5c")
    try:
        chain = certificates(shown if isinstance(shown, list) else [])
    except BadDer as error:
        raise errors.Invalid("invalid_input", {"/attestation/x5c": "attestation_malformed"}) from error
    return attested(chain, jwk, _secret(), person_id, trust(var("attestation")), now)


def refuse_unproven(session: Session, unit_path: str, tier: str) -> None:
    """Raises: Denied where the agency of the unit wants proof and there is none."""
    if policy_of(session, unit_path) is Policy.REQUIRED and not is_proof(tier):
        raise errors.Denied("attestation_required")


def policy_of(session: Session, unit_path: str) -> Policy:
    """What the agency of the unit asks of new phones."""
    return store.find_policy(session, people.agency_of(session, unit_path).id) or Policy.IGNORE


def set_policy(session: Session, by: Actor, agency: str, policy: Policy, now: datetime) -> None:
    """Let the agency ask this of new phones from now on; those enrolled before go on.

    Raises: NotFound for a unit out of scope and for one that is no agency.
    """
    unit = people.get_unit(session, agency, by.paths(Role.ADMIN))
    if "." in unit.path:
        raise errors.NotFound("unknown_unit", unit=agency)
    store.set_policy(session, unit.id, policy, by.person_id, now)
    ledger.append(session, "attestation_policy", f"unit:{agency}", {"policy": policy, "by": by.nip}, now)


def trust(folder: Path) -> Trust:
    """The roots and the list of what was taken back, as the files have them now; a list that cannot be read is none."""
    roots = frozenset(_root(file, file.stat().st_mtime_ns) for place in (ROOTS, folder) for file in sorted(place.glob("*.pem")))
    status = folder / "status.json"
    try:
        return Trust(roots, _revoked(status, status.stat().st_mtime_ns))
    except FileNotFoundError:
        return Trust(roots, None)
    except (ValueError, LookupError, AttributeError, TypeError) as error:
        log.error("attestation_list_unreadable", file=status.name, error=type(error).__name__)
        return Trust(roots, None)


def _secret() -> bytes:
    return jws.keyring(var("keys")).secret("attestation").encode()


@lru_cache(maxsize=64)
def _root(file: Path, changed_at_ns: int) -> bytes:
    certificate = x509.load_pem_x509_certificate(file.read_bytes())
    return hashlib.sha256(certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).digest()


@lru_cache(maxsize=2)
def _revoked(file: Path, changed_at_ns: int) -> frozenset[str]:
    """Serials that are revoked or suspended; read again when the file changed."""
    return frozenset(serial.lower().lstrip("0") for serial in orjson.loads(file.read_bytes())["entries"])
