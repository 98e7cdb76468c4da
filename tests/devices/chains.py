"""A maker's certificates for a phone's key, as Android's keystore hands them out, with every part to be spoilt."""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from app.devices.rules.attestation import KEY_DESCRIPTION
from tests import make

NOW = datetime(2026, 11, 24, tzinfo=UTC)
TEE, STRONG_BOX = 1, 2


def tlv(tag: int, *inside: bytes) -> bytes:
    """One DER element with a tag of one byte."""
    value = b"".join(inside)
    size = len(value)
    length = bytes([size]) if size < 128 else bytes([0x82, size >> 8, size & 0xFF])
    return bytes([tag]) + length + value


def explicit(number: int, inside: bytes) -> bytes:
    """An element under a tag of the authorization list, such as 704."""
    if number < 31:
        return tlv(0xA0 | number, inside)
    return b"\xbf" + bytes([0x80 | number >> 7, number & 0x7F]) + tlv(0, inside)[1:]


def description(
    challenge: bytes,
    level: int = TEE,
    keystore: int | None = None,
    purposes: tuple[int, ...] = (2,),
    origin: int = 0,
    locked: bool = True,
    boot: int = 0,
    has_root_of_trust: bool = True,
) -> bytes:
    """The key description extension."""
    trust = tlv(
        0x30, tlv(0x04, bytes(32)), tlv(0x01, b"\xff" if locked else b"\x00"), tlv(0x0A, bytes([boot])), tlv(0x04, bytes(32))
    )
    held = explicit(1, tlv(0x31, *(tlv(0x02, bytes([one])) for one in purposes))) + explicit(702, tlv(0x02, bytes([origin])))
    return tlv(
        0x30,
        tlv(0x02, b"\x01\x2c"),
        tlv(0x0A, bytes([level])),
        tlv(0x02, b"\x01\x2c"),
        tlv(0x0A, bytes([level if keystore is None else keystore])),
        tlv(0x04, challenge),
        tlv(0x04),
        tlv(0x30, explicit(701, tlv(0x02, b"\x01"))),
        tlv(0x30, held + (explicit(704, trust) if has_root_of_trust else b"")),
    )


@dataclass
class Maker:
    """Somebody who vouches for phones: a root, and an intermediate that signs for the keys."""

    root_key: ec.EllipticCurvePrivateKey
    key: ec.EllipticCurvePrivateKey
    chain: list[x509.Certificate]

    def certify(self, key: ec.EllipticCurvePublicKey, extension: bytes | None, **change) -> list[x509.Certificate]:
        """The chain for a phone's key."""
        return [issue("Android Keystore Key", key, "TEE", self.key, extension=extension, is_authority=None, **change), *self.chain]


def maker(**change) -> Maker:
    """A maker with certificates of its own; `change` spoils the intermediate."""
    root_key, key = make.key(), make.key()
    root = issue("Root", root_key.public_key(), "Root", root_key)
    return Maker(root_key, key, [issue("TEE", key.public_key(), "Root", root_key, **change), root])


def issue(
    name: str,
    key: ec.EllipticCurvePublicKey,
    issuer: str,
    by: ec.EllipticCurvePrivateKey,
    extension: bytes | None = None,
    is_authority: bool | None = True,
    since: datetime = NOW - timedelta(days=10),
    until: datetime = NOW + timedelta(days=3650),
    serial: int | None = None,
) -> x509.Certificate:
    """A certificate."""
    builder = x509.CertificateBuilder(
        issuer_name=named(issuer),
        subject_name=named(name),
        public_key=key,
        serial_number=serial or x509.random_serial_number(),
        not_valid_before=since,
        not_valid_after=until,
    )
    if is_authority is not None:
        builder = builder.add_extension(x509.BasicConstraints(ca=is_authority, path_length=None), critical=True)
    if extension is not None:
        builder = builder.add_extension(x509.UnrecognizedExtension(KEY_DESCRIPTION, extension), critical=False)
    return builder.sign(by, SHA256())


def named(name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


def as_sent(chain: list[x509.Certificate]) -> list[str]:
    """A chain as JSON carries it."""
    return [base64.b64encode(one.public_bytes(Encoding.DER)).decode() for one in chain]
