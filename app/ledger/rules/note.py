"""The checkpoint: a few lines of text that name the log, its size and its root, signed so that strangers can hold them."""

from base64 import b64decode, b64encode
from binascii import Error as Base64Error
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_ED25519 = b"\x01"
_DASH = "\N{EM DASH} "


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """How far the log named `origin` had grown, and the root that fixes every leaf of it."""

    origin: str
    size: int
    root: bytes


def checkpoint_body(checkpoint: Checkpoint) -> str:
    """The three lines that are signed.

    Source: C2SP tlog-checkpoint, "Note text".
    """
    return f"{checkpoint.origin}\n{checkpoint.size}\n{b64encode(checkpoint.root).decode()}\n"


def read_checkpoint(text: str) -> Checkpoint:
    """The checkpoint those lines name; lines after the third belong to extensions and are left alone.

    Raises: ValueError when the text is none.

    Source: C2SP tlog-checkpoint, "Note text".
    """
    lines = text.split("\n")
    if len(lines) < 4 or not lines[0] or lines[-1]:
        raise ValueError("a checkpoint has at least three lines and ends in a newline")
    origin, digits, root = lines[0], lines[1], _bytes_of(lines[2])
    if not (digits.isascii() and digits.isdigit()) or str(int(digits)) != digits or len(root) != 32:
        raise ValueError("a checkpoint has a plain decimal size and a root of 32 bytes")
    return Checkpoint(origin, int(digits), root)


def key_id(name: str, public_key: bytes) -> bytes:
    """The four bytes by which a signature line says which key made it.

    Source: C2SP signed-note, "Signatures" and "Signature types" (Ed25519).
    """
    return sha256(name.encode() + b"\n" + _ED25519 + public_key).digest()[:4]


def verifier_key(name: str, public_key: bytes) -> str:
    """The key as one line for those who check the log.

    Source: C2SP signed-note, "Verifier keys".
    """
    return f"{name}+{key_id(name, public_key).hex()}+{b64encode(_ED25519 + public_key).decode()}"


def signed_note(text: str, name: str, public_key: bytes, sign: Callable[[bytes], bytes]) -> str:
    """The text with its signature line.

    Source: C2SP signed-note, "Format".
    """
    signature = b64encode(key_id(name, public_key) + sign(text.encode())).decode()
    return f"{text}\n{_DASH}{name} {signature}\n"


def note_text(note: str) -> str:
    """The text of a note, whoever signed it; its signatures are not looked at.

    Source: C2SP signed-note, "Format".
    """
    return note[: note.rfind("\n\n") + 1]


def opened(note: str, name: str, public_keys: tuple[bytes, ...]) -> str:
    """The text of a note that one of these keys signed.

    Raises: ValueError when none did. Lines by other keys are skipped; a wrong line by a known key spoils the note.

    Source: C2SP signed-note, "Verifying".
    """
    text = note_text(note)
    known = {key_id(name, key): key for key in public_keys}
    signed = [
        _is_signed(text, known[packed[:4]], packed[4:])
        for signer, packed in map(_signature, note[len(text) + 1 :].splitlines())
        if signer == name and packed[:4] in known
    ]
    if not text or not signed or not all(signed):
        raise ValueError("no signature of this log holds for the note")
    return text


def _signature(line: str) -> tuple[str, bytes]:
    """Signer's name and packed signature of one signature line."""
    signer, _, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not signer:
        raise ValueError("a signature line of a note is malformed")
    return signer, _bytes_of(encoded)


def _is_signed(text: str, public_key: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public_key).verify(signature, text.encode())
    except InvalidSignature:
        return False
    return True


def _bytes_of(encoded: str) -> bytes:
    try:
        return b64decode(encoded, validate=True)
    except Base64Error as error:
        raise ValueError("what should be base64 is not") from error
