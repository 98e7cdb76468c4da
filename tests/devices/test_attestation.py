"""What a maker's certificates are worth, one flaw at a time."""

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from hypothesis import given
from hypothesis import strategies as st

from app import jws
from app.devices.actions.attesting import ROOTS, trust
from app.devices.rules.attestation import (
    Attested,
    Tier,
    Trust,
    attested,
    certificates,
    chain_flaw,
    challenge_of,
    description_of,
    is_challenge,
)
from app.devices.rules.der import BadDer, elements
from tests import make
from tests.devices.chains import NOW, STRONG_BOX, TEE, as_sent, description, issue, maker
from tests.devices.vectors import PIXEL_8A

SECRET, PERSON = b"rahasia", 7
KEY = make.key()
JWK = jws.jwk_of(KEY.public_key())
CHALLENGE = challenge_of(SECRET, PERSON, NOW)


def spki(certificate):
    raw = certificate.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return hashlib.sha256(raw).digest()


def judged(chain, revoked=frozenset(), roots=None, jwk=JWK, person=PERSON, now=NOW):
    roots = frozenset({spki(chain[-1])}) if roots is None else roots
    return attested(chain, jwk, SECRET, person, Trust(roots, revoked), now)


def certified(by=None, key=None, cert=None, **words):
    """A chain whose key description says so; `cert` changes the certificate around it."""
    described = description(**{"challenge": CHALLENGE, **words})
    return (by or maker()).certify((key or KEY).public_key(), described, **(cert or {}))


@pytest.mark.parametrize("level, tier", [(TEE, Tier.HARDWARE), (STRONG_BOX, Tier.STRONG)])
def test_a_key_in_secure_hardware_of_an_untouched_phone_is_proved(level, tier):
    assert judged(certified(level=level)) == Attested(tier)


@pytest.mark.parametrize(
    "words, tier, flaw",
    [
        ({"level": 0}, "software", "attestation_software"),
        ({"level": STRONG_BOX, "keystore": 0}, "software", "attestation_software"),
        ({"level": STRONG_BOX, "keystore": TEE}, "hardware", None),
        ({"locked": False}, "software", "attestation_unlocked"),
        ({"boot": 1}, "software", "attestation_unlocked"),
        ({"boot": 2}, "software", "attestation_unlocked"),
        ({"boot": 3}, "software", "attestation_unlocked"),
        ({"has_root_of_trust": False}, "software", "attestation_unlocked"),
        ({"origin": 2}, "software", "attestation_imported"),
        ({"purposes": (0, 1)}, "software", "attestation_imported"),
        ({"purposes": (7,)}, "software", "attestation_imported"),
        ({"challenge": b"challenge"}, "none", "attestation_challenge"),
        ({"challenge": b""}, "none", "attestation_challenge"),
    ],
    ids=str,
)
def test_what_the_description_says_decides_the_tier(words, tier, flaw):
    assert judged(certified(**words)) == Attested(tier, flaw)


def test_a_challenge_is_one_persons_and_for_ten_minutes():
    for person, at, holds in [
        (PERSON, NOW, True),
        (PERSON, NOW + timedelta(minutes=10), True),
        (PERSON, NOW + timedelta(minutes=10, milliseconds=1), False),
        (PERSON, NOW - timedelta(milliseconds=1), False),
        (PERSON + 1, NOW, False),
    ]:
        assert is_challenge(CHALLENGE, SECRET, person, at) is holds
    assert not is_challenge(CHALLENGE, b"lain", PERSON, NOW)
    assert not is_challenge((int.from_bytes(CHALLENGE[:8], "big") + 1).to_bytes(8, "big") + CHALLENGE[8:], SECRET, PERSON, NOW)
    assert judged(certified(), person=PERSON + 1).flaw == "attestation_challenge"


def test_another_keys_evidence_proves_nothing():
    assert judged(certified(key=make.key())) == Attested(Tier.NONE, "attestation_other_key")


def test_without_the_list_of_leaked_keys_nothing_above_software_is_said():
    assert judged(certified(), revoked=None) == Attested(Tier.SOFTWARE, "attestation_no_list")


@pytest.mark.parametrize("at", [0, 1, 2])
def test_a_serial_on_the_list_anywhere_in_the_chain_proves_nothing(at):
    chain = certified()
    assert judged(chain, revoked={f"{chain[at].serial_number:x}"}) == Attested(Tier.NONE, "attestation_revoked")
    assert judged(chain, revoked={"abc"}) == Attested(Tier.HARDWARE)


def test_a_root_nobody_trusts_proves_nothing_whatever_it_is_called():
    assert judged(certified(), roots={spki(maker().chain[-1])}) == Attested(Tier.NONE, "attestation_root")


def test_a_root_is_known_by_its_key_whatever_its_dates():
    vouching = maker()
    chain = certified(by=vouching)
    again = issue("Root", vouching.root_key.public_key(), "Root", vouching.root_key, until=NOW - timedelta(days=1))
    assert judged([*chain[:-1], again]) == Attested(Tier.HARDWARE)


@pytest.mark.parametrize("change", [{"until": NOW - timedelta(seconds=1)}, {"since": NOW + timedelta(seconds=1)}], ids=str)
def test_a_certificate_out_of_date_proves_nothing(change):
    assert judged(certified(by=maker(**change))) == Attested(Tier.NONE, "attestation_expired")
    assert judged(certified(cert=change)) == Attested(Tier.NONE, "attestation_expired")


def test_a_chain_that_does_not_hold_proves_nothing():
    one, other = maker(), maker()
    chain = certified(by=one)
    roots = {spki(one.chain[-1])}
    spoilt = {
        "signed by somebody else": [chain[0], *other.chain],
        "root missing": chain[:2],
        "root swapped": [chain[0], chain[1], other.chain[1]],
        "out of order": [chain[1], chain[0], chain[2]],
        "not an authority": certified(by=maker(is_authority=False)),
        "no word about authority": certified(by=maker(is_authority=None)),
    }
    for why, broken in spoilt.items():
        found = judged(broken, roots=roots if "authority" not in why else None)
        assert found.tier == Tier.NONE and found.flaw in ("attestation_broken", "attestation_root"), why


def test_right_names_over_a_wrong_signature_prove_nothing():
    """Every name is right and the root is the trusted one; only the signatures are somebody else's."""
    one, other = maker(), maker()
    theirs = certified(by=other)
    for forged in ([theirs[0], *one.chain], [*theirs[:2], one.chain[1]]):
        assert judged(forged) == Attested(Tier.NONE, "attestation_broken")


def test_whoever_has_an_attested_key_cannot_vouch_for_others():
    """The chain is whole and ends in a trusted root, but its last link was signed by a key that an app held."""
    vouching, mine = maker(), make.key()
    own = vouching.certify(mine.public_key(), description(CHALLENGE, purposes=(7,)))
    forged = issue("Android Keystore Key", KEY.public_key(), "Android Keystore Key", mine, description(CHALLENGE), None)
    assert judged([forged, *own]).tier is Tier.NONE
    described = issue("TEE", mine.public_key(), "Root", vouching.root_key, extension=description(CHALLENGE))
    forged = issue("Android Keystore Key", KEY.public_key(), "TEE", mine, description(CHALLENGE), None)
    assert judged([forged, described, vouching.chain[-1]]) == Attested(Tier.NONE, "attestation_undescribed")
    plain = issue("Android Keystore Key", KEY.public_key(), "TEE", mine, None, None)
    assert judged([plain, described, vouching.chain[-1]]) == Attested(Tier.NONE, "attestation_undescribed")
    assert judged(vouching.certify(KEY.public_key(), None)) == Attested(Tier.NONE, "attestation_undescribed")


@given(st.integers(0, 400), st.integers(0, 255))
def test_no_spoilt_byte_of_a_description_is_taken_for_proof_that_it_does_not_hold(at, byte):
    """Whatever a byte becomes, reading it ends in a verdict; only bytes that decide nothing may leave the tier as it was."""
    raw = bytearray(description(CHALLENGE, level=0))
    raw[at % len(raw)] = byte
    chain = VOUCHING.certify(KEY.public_key(), bytes(raw))
    assert judged(chain).tier in (Tier.NONE, Tier.SOFTWARE) or byte in (TEE, STRONG_BOX)


VOUCHING = maker()


@pytest.mark.parametrize(
    "der", ["30", "3080", "308200", "3003020100", "1f", "1f808080", "bf8540", "0202ff", "30840000000101"], ids=str
)  # fmt: skip
def test_bytes_that_are_not_der_are_said_to_be_none(der):
    raw = bytes.fromhex(der)
    if der == "3003020100":
        assert elements(raw)[0].value == raw[2:]
    else:
        with pytest.raises(BadDer):
            elements(raw)


@pytest.mark.parametrize("sent", [[], ["MIIB"], ["MIIB", "MIIC"], as_sent(certified()) * 3, ["*", "*"]], ids=len)
def test_what_is_no_chain_of_certificates_is_said_to_be_none(sent):
    with pytest.raises(BadDer):
        certificates(sent)


def test_a_pixels_own_chain_holds_to_googles_root_and_says_what_the_phone_was():
    chain = certificates(PIXEL_8A)
    known = Trust(trust(ROOTS).roots, frozenset())
    made = datetime(2025, 1, 8, tzinfo=UTC)
    assert chain_flaw(chain, known, made) is None
    assert chain_flaw(chain, known, NOW) == "attestation_expired"
    said = description_of(chain)
    assert (said.level, said.is_generated_for_signing, said.is_locked_and_verified) == (TEE, True, True)
    assert said.challenge == hashlib.sha256(PIXEL_8A_CLIENT_DATA).digest()


# What the browser had signed: `clientDataJSON` of the same published registration.
PIXEL_8A_CLIENT_DATA = (
    b'{"type":"webauthn.create","challenge":"t4LWI0iYJSTWPl9WXUdNhdHAnrPDLF9eWAP9lHgmHP8",'
    b'"origin":"http://localhost:8000","crossOrigin":false}'
)


def test_the_roots_that_are_shipped_are_the_two_keys_google_has_published():
    fingerprints = {
        "google-rsa.pem": "cedb1cb6dc896ae5ec797348bce9286753c2b38ee71ce0fbe34a9a1248800dfc",
        "google-ecdsa.pem": "6d9db4ce6c5c0b293166d08986e05774a8776ceb525d9e4329520de12ba4bcc0",
    }
    shipped = {file.name: x509.load_pem_x509_certificate(file.read_bytes()) for file in ROOTS.glob("*.pem")}
    assert {name: one.fingerprint(SHA256()).hex() for name, one in shipped.items()} == fingerprints
    for one in shipped.values():
        one.verify_directly_issued_by(one)


def test_the_list_and_more_roots_are_files_read_again_when_they_change(tmp_path):
    assert trust(tmp_path).revoked is None
    mine = maker().chain[-1]
    (tmp_path / "mine.pem").write_bytes(mine.public_bytes(Encoding.PEM))
    (tmp_path / "status.json").write_text('{"entries": {"0C35747a": {"status": "REVOKED"}, "9": {"status": "SUSPENDED"}}}')
    found = trust(tmp_path)
    assert found.revoked == {"c35747a", "9"}
    assert found.roots == trust(ROOTS).roots | {spki(mine)}


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"entries": 3}'])
def test_a_list_that_cannot_be_read_is_as_none(tmp_path, text):
    (tmp_path / "status.json").write_text(text)
    assert trust(tmp_path).revoked is None
