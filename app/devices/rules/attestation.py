"""What a phone's maker vouches for about its key: a chain of certificates, and how much it is worth."""

import base64
import hashlib
import hmac
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app import jws
from app.devices.rules.der import CONTEXT, ENUMERATED, OCTETS, SEQUENCE, SET, BadDer, Element, elements, only

KEY_DESCRIPTION = x509.ObjectIdentifier("1.3.6.1.4.1.11129.2.1.17")
# Tags of an AuthorizationList, and the values that are wanted.
PURPOSE, ORIGIN, ROOT_OF_TRUST = 1, 702, 704
SIGN, GENERATED, VERIFIED, TRUE = 2, 0, 0, b"\xff"

# From asking for a challenge to showing the key made with it: a slow secure element takes seconds.
CHALLENGE_LIFE = timedelta(minutes=10)
# The longest chains seen have six certificates.
LONGEST_CHAIN = 8


class Tier(StrEnum):
    """How well a key is held. `software`: vouched for by Google, but not that it is out of reach of a broken system."""

    NONE = "none"
    SOFTWARE = "software"
    HARDWARE = "hardware"
    STRONG = "strong"


class Policy(StrEnum):
    """What an agency asks of new phones: nothing, a note on the check-ins of those that prove nothing, or the proof."""

    IGNORE = "ignore"
    NOTE = "note"
    REQUIRED = "required"


@dataclass(frozen=True, slots=True)
class Trust:
    """What the server holds a chain against: SHA-256 of the roots' public keys, and the serials taken back, in hexadecimal.

    `revoked` is None where the operator has put no list in place: then nobody knows, and nothing above `software` is said.
    """

    roots: Collection[bytes]
    revoked: Collection[str] | None


@dataclass(frozen=True, slots=True)
class Attested:
    """The tier of a device, and the code of what keeps it from a higher one, if something does."""

    tier: Tier
    flaw: str | None = None


@dataclass(frozen=True, slots=True)
class Description:
    """What a key description says, each as the weaker of what the certificate and the keystore are."""

    level: int
    challenge: bytes
    is_generated_for_signing: bool
    is_locked_and_verified: bool


def is_proof(tier: str) -> bool:
    """Whether the key is out of reach of the phone's own system.

    Source: facts/location.md section 6 (Android Key Attestation).
    """
    return tier in (Tier.HARDWARE, Tier.STRONG)


def lacks_wanted_proof(policy: str | None, tier: str) -> bool:
    """The agency asks how keys are held, and this one's phone has not proved that it is held well.

    Source: docs/decisions.md "a maker's word about a key is evidence, not a gate".
    """
    return policy in (Policy.NOTE, Policy.REQUIRED) and not is_proof(tier)


def challenge_of(secret: bytes, person_id: int, at: datetime) -> bytes:
    """The challenge for a person's new key: it says when it was given, and only this server could have given it to this person.

    Source: RFC 2104; the time in the clear saves remembering it.
    """
    stamp = int(at.timestamp() * 1000).to_bytes(8, "big")
    return stamp + hmac.digest(secret, stamp + str(person_id).encode(), "sha256")[:24]


def is_challenge(shown: bytes, secret: bytes, person_id: int, at: datetime) -> bool:
    """Whether this server gave the challenge to the person within the last ten minutes.

    Source: RFC 2104.
    """
    given_ms = int.from_bytes(shown[:8], "big")
    age_ms = int(at.timestamp() * 1000) - given_ms
    expected = hmac.digest(secret, shown[:8] + str(person_id).encode(), "sha256")[:24]
    return hmac.compare_digest(shown[8:], expected) and 0 <= age_ms <= CHALLENGE_LIFE / timedelta(milliseconds=1)


def certificates(chain: Sequence[str]) -> list[x509.Certificate]:
    """The certificates of a chain in base64 DER, the key's own first.

    Raises: BadDer.

    Source: RFC 7517 section 4.7 (x5c); RFC 5280.
    """
    if not 2 <= len(chain) <= LONGEST_CHAIN:
        raise BadDer("number of certificates")
    try:
        return [x509.load_der_x509_certificate(base64.b64decode(one, validate=True)) for one in chain]
    except (ValueError, TypeError) as error:
        raise BadDer("certificate") from error


def attested(
    chain: Sequence[x509.Certificate], jwk: jws.Jwk, secret: bytes, person_id: int, trust: Trust, now: datetime
) -> Attested:
    """How well the key is held, by a chain the phone shows; a chain that proves nothing is no fault of its owner.

    Source: developer.android.com "Verify hardware-backed key pairs with key attestation"; facts/location.md section 6.
    """
    flaw = chain_flaw(chain, trust, now)
    if flaw is not None:
        return Attested(Tier.NONE, flaw)
    try:
        said = description_of(chain)
    except BadDer:
        return Attested(Tier.NONE, "attestation_undescribed")
    if _jwk_of(chain[0]) != dict(jwk):
        return Attested(Tier.NONE, "attestation_other_key")
    if not is_challenge(said.challenge, secret, person_id, now):
        return Attested(Tier.NONE, "attestation_challenge")
    return _tier_of(said, trust)


def chain_flaw(chain: Sequence[x509.Certificate], trust: Trust, now: datetime) -> str | None:
    """The code of what is wrong with the chain, None when each certificate is issued by the next and the last is a trusted root.

    A root is known by its key: Google has issued the same one four times with other dates.

    Source: RFC 5280 section 6.1; developer.android.com (key attestation, status list).
    """
    for issued, issuer in zip(chain, chain[1:], strict=False):
        try:
            issued.verify_directly_issued_by(issuer)
            is_authority = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        except (InvalidSignature, ValueError, TypeError, x509.ExtensionNotFound):
            return "attestation_broken"
        if not is_authority:
            return "attestation_broken"
    if hashlib.sha256(_spki(chain[-1])).digest() not in trust.roots:
        return "attestation_root"
    if any(not one.not_valid_before_utc <= now <= one.not_valid_after_utc for one in chain[:-1]):
        return "attestation_expired"
    if any(f"{one.serial_number:x}" in (trust.revoked or ()) for one in chain):
        return "attestation_revoked"
    return None


def description_of(chain: Sequence[x509.Certificate]) -> Description:
    """What the chain says about the first certificate's key.

    Only the first may carry a description: whoever has an attested key of his own could issue one for any other.
    Raises: BadDer.

    Source: source.android.com "Key and ID attestation" (schema); Google's chains "with attest keys".
    """
    if [_description(one) is not None for one in chain] != [True] + [False] * (len(chain) - 1):
        raise BadDer("one description expected")
    fields = elements(only(_description(chain[0]) or b"").of(SEQUENCE))
    if len(fields) < 8:
        raise BadDer("key description")
    held = _tags(fields[7])
    purposes = [one.number() for one in elements(only(held[PURPOSE]).of(SET))] if PURPOSE in held else []
    boot = elements(only(held[ROOT_OF_TRUST]).of(SEQUENCE)) if ROOT_OF_TRUST in held else []
    return Description(
        level=min(fields[1].number(ENUMERATED), fields[3].number(ENUMERATED)),
        challenge=fields[4].of(OCTETS),
        is_generated_for_signing=SIGN in purposes and ORIGIN in held and only(held[ORIGIN]).number() == GENERATED,
        is_locked_and_verified=len(boot) >= 3 and boot[1].value == TRUE and boot[2].number(ENUMERATED) == VERIFIED,
    )


def _tier_of(said: Description, trust: Trust) -> Attested:
    if said.level < 1:
        return Attested(Tier.SOFTWARE, "attestation_software")
    if not said.is_generated_for_signing:
        return Attested(Tier.SOFTWARE, "attestation_imported")
    if not said.is_locked_and_verified:
        return Attested(Tier.SOFTWARE, "attestation_unlocked")
    if trust.revoked is None:
        return Attested(Tier.SOFTWARE, "attestation_no_list")
    return Attested(Tier.STRONG if said.level == 2 else Tier.HARDWARE)


def _tags(held: Element) -> Mapping[int, bytes]:
    return {one.tag: one.value for one in elements(held.of(SEQUENCE)) if one.kind == CONTEXT}


def _description(certificate: x509.Certificate) -> bytes | None:
    """The bytes of the key description, if the certificate has one.

    Raises: BadDer.
    """
    try:
        found = certificate.extensions.get_extension_for_oid(KEY_DESCRIPTION).value
    except x509.ExtensionNotFound:
        return None
    except ValueError as error:
        raise BadDer("extensions") from error
    return found.value if isinstance(found, x509.UnrecognizedExtension) else None


def _spki(certificate: x509.Certificate) -> bytes:
    return certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _jwk_of(certificate: x509.Certificate) -> dict[str, str] | None:
    key = certificate.public_key()
    return jws.jwk_of(key) if isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1) else None
