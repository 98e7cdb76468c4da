"""Compact JWS and the keys of this server: what phones sign with P-256, and what the server signs with Ed25519."""

import base64
import binascii
import hashlib
import os
import secrets
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
from cryptography.hazmat.primitives.hashes import SHA256

ES256 = ec.ECDSA(SHA256())
P256 = ec.SECP256R1()

# What reads base64 knows two other letters; a space it refuses.
URLSAFE = bytes.maketrans(b"-_+/=", b"+/   ")
# How many letters are over, by four: the padding that is left out, and what the last letter may be. One over is no text at all.
ENDS = ((b"", ""), (b"", " "), (b"==", "AQgw"), (b"=", "AEIMQUYcgkosw048"))
Jwk = Mapping[str, str]


class Malformed(ValueError):
    """The text is not a compact JWS of the expected kind, or its signature is not that key's."""


def b64(raw: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode("ascii")


def unb64(text: str) -> bytes:
    """The bytes of base64url without padding, in its one canonical spelling.

    A second spelling of the same signature would be a second hash of the same check-in: a group that is not full must end in a
    letter whose spare bits are 0.
    Raises: Malformed.
    """
    padding, last = ENDS[len(text) % 4]
    try:
        if last and text[-1] not in last:
            raise Malformed("base64url")
        return binascii.a2b_base64(text.encode("ascii").translate(URLSAFE) + padding, strict_mode=True)
    except ValueError as error:
        raise Malformed("base64url") from error


def thumbprint(jwk: Jwk) -> str:
    """The name of a key: base64url SHA-256 of its required members in order.

    Source: RFC 7638 section 3.
    """
    members = ("crv", "kty", "x", "y") if jwk["kty"] == "EC" else ("crv", "kty", "x")
    return b64(hashlib.sha256(orjson.dumps({member: jwk[member] for member in members})).digest())


def split(compact: str) -> tuple[dict[str, Any], bytes, bytes, bytes]:
    """Header, payload bytes, signing input and signature of a compact JWS, nothing verified.

    Raises: Malformed.
    """
    parts = compact.split(".")
    if len(parts) != 3:
        raise Malformed("a compact JWS has three parts")
    try:
        header = orjson.loads(unb64(parts[0]))
        signing_input = compact[: compact.rindex(".")].encode("ascii")
    except (orjson.JSONDecodeError, UnicodeEncodeError) as error:
        raise Malformed("header") from error
    if not isinstance(header, dict):
        raise Malformed("header")
    return header, unb64(parts[1]), signing_input, unb64(parts[2])


def public_es256(jwk: Jwk) -> ec.EllipticCurvePublicKey:
    """The P-256 key of a JWK.

    Raises: Malformed when it is not one, or its point is not on the curve.
    """
    try:
        if jwk["kty"] != "EC" or jwk["crv"] != "P-256":
            raise Malformed("not P-256")
        return _p256(jwk["x"], jwk["y"])
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise Malformed("not a P-256 public key") from error


@lru_cache(maxsize=50_000)
def _p256(x: str, y: str) -> ec.EllipticCurvePublicKey:
    """The key at a point; checking that a point is on the curve takes a third as long as checking a signature."""
    east, north = int.from_bytes(unb64(x), "big"), int.from_bytes(unb64(y), "big")
    return ec.EllipticCurvePublicNumbers(east, north, P256).public_key()


def jwk_of(key: ec.EllipticCurvePublicKey) -> dict[str, str]:
    """The JWK of a P-256 public key."""
    numbers = key.public_numbers()
    x, y = (b64(number.to_bytes(32, "big")) for number in (numbers.x, numbers.y))
    return {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def is_signed_by(key: ec.EllipticCurvePublicKey, signing_input: bytes, signature: bytes) -> bool:
    """Whether the 64-byte ES256 signature is the key's.

    Source: RFC 7518 section 3.4.
    """
    if len(signature) != 64:
        return False
    r, s = int.from_bytes(signature[:32], "big"), int.from_bytes(signature[32:], "big")
    try:
        key.verify(utils.encode_dss_signature(r, s), signing_input, ES256)
    except InvalidSignature:
        return False
    return True


def sign_es256(key: ec.EllipticCurvePrivateKey, header: Mapping[str, Any], payload: Mapping[str, Any]) -> str:
    """A compact JWS as a phone makes it."""
    signing_input = f"{b64(orjson.dumps(header))}.{b64(orjson.dumps(payload))}"
    r, s = utils.decode_dss_signature(key.sign(signing_input.encode("ascii"), ES256))
    return f"{signing_input}.{b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


class Keyring:
    """The server's own keys, in a folder only it can read: the newest Ed25519 key signs, older ones still verify."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not self._files():
            self.rotate()

    def _files(self) -> Sequence[Path]:
        """Keys by age; read again only when a file was added, because every receipt asks."""
        return _keys_in(self.folder, self.folder.stat().st_mtime_ns)

    def rotate(self) -> str:
        """Make a new signing key and return its name. Keys are never deleted: receipts must verify for ever."""
        key = ed25519.Ed25519PrivateKey.generate()
        kid = thumbprint(_okp(key.public_key()))
        pem = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        write_once(self.folder / f"ed25519-{len(self._files()):04d}-{kid[:12]}.pem", pem)
        return kid

    def signing_key(self) -> tuple[str, ed25519.Ed25519PrivateKey]:
        """Name and private half of the newest key; a rotation is seen by every process at its next signature."""
        return _private(self._files()[-1])

    def jwks(self) -> list[dict[str, str]]:
        """Public keys, newest last, as `/.well-known/jwks.json` serves them."""
        keys = [_private(file) for file in self._files()]
        return [{**_okp(key.public_key()), "kid": kid, "alg": "EdDSA", "use": "sig"} for kid, key in keys]

    def sign(self, typ: str, payload: Mapping[str, Any]) -> str:
        """A compact EdDSA JWS over the payload; the same payload and key give the same text.

        Source: RFC 8037 section 3.1.
        """
        kid, key = self.signing_key()
        signing_input = f"{_protected(kid, typ)}.{b64(orjson.dumps(payload))}"
        return f"{signing_input}.{b64(key.sign(signing_input.encode('ascii')))}"

    def opened(self, compact: str, typ: str) -> dict[str, Any]:
        """The payload of a JWS that one of these keys signed.

        Raises: Malformed.
        """
        return opened_by({kid: key.public_key() for kid, key in map(_private, self._files())}, compact, typ)

    def secret(self, name: str) -> str:
        """A random secret of this installation, made on first use and kept."""
        file = self.folder / f"{name}.secret"
        if not file.exists():
            write_once(file, secrets.token_urlsafe(48).encode("ascii"))
        return file.read_text("ascii")


def opened_by(keys: Mapping[str, ed25519.Ed25519PublicKey], compact: str, typ: str) -> dict[str, Any]:
    """The payload of an EdDSA JWS of that type that one of the keys, by their names, signed.

    Raises: Malformed.
    """
    header, payload, signing_input, signature = split(compact)
    key = keys.get(str(header.get("kid")))
    if key is None or header.get("alg") != "EdDSA" or header.get("typ") != typ:
        raise Malformed("not signed by this server")
    try:
        key.verify(signature, signing_input)
    except InvalidSignature as error:
        raise Malformed("not signed by this server") from error
    opened: dict[str, Any] = orjson.loads(payload)
    return opened


def public_ed25519(jwk: Jwk) -> ed25519.Ed25519PublicKey:
    """The Ed25519 key of a JWK.

    Raises: Malformed.
    """
    try:
        return ed25519.Ed25519PublicKey.from_public_bytes(unb64(jwk["x"]))
    except (KeyError, ValueError) as error:
        raise Malformed("not an Ed25519 public key") from error


@lru_cache(maxsize=8)
def _keys_in(folder: Path, changed_at_ns: int) -> Sequence[Path]:
    return sorted(folder.glob("ed25519-*.pem"))


@cache
def _private(file: Path) -> tuple[str, ed25519.Ed25519PrivateKey]:
    key = serialization.load_pem_private_key(file.read_bytes(), password=None)
    if not isinstance(key, ed25519.Ed25519PrivateKey):
        raise Malformed(f"{file.name} is not an Ed25519 key")
    return thumbprint(_okp(key.public_key())), key


@cache
def _protected(kid: str, typ: str) -> str:
    return b64(orjson.dumps({"alg": "EdDSA", "typ": typ, "kid": kid}))


def _okp(key: ed25519.Ed25519PublicKey) -> dict[str, str]:
    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return {"kty": "OKP", "crv": "Ed25519", "x": b64(raw)}


def write_once(file: Path, content: bytes) -> None:
    """Write a file that only this user can read, unless another process was first; never a half-written one."""
    scratch = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())
    try:
        os.link(scratch, file)
    except FileExistsError:
        pass
    finally:
        scratch.unlink()


@cache
def keyring(folder: Path) -> Keyring:
    """The keys in a folder, opened once a process."""
    return Keyring(folder)
