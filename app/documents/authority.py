"""The certificate authority of an installation that has no signer yet: every certificate of it says that it is a test."""

from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

from app import jws

TEST = "UJI COBA, BUKAN SERTIFIKAT RESMI (TEST CERTIFICATE)"
AUTHORITY, SIGNER = "test-authority.pem", "test-signer.pem"  # a private key and its certificate each
YEARS = timedelta(days=3653)
# A signature is a commitment to the content and nothing else: no key of these opens a connection or issues another.
USES = dict.fromkeys(
    (
        "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
        "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
    ),
    False,
)  # fmt: skip


def pair(folder: Path, now: datetime) -> tuple[bytes, bytes, bytes]:
    """PEM of the signer's key, of its certificate and of the authority's; made on first use, for this folder only."""
    authority_key, authority = _made(folder / AUTHORITY, now, "Tapak CA", None)
    key, certificate = _made(folder / SIGNER, now, "Tapak", (authority_key, authority))
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return private, certificate.public_bytes(pem), authority.public_bytes(pem)


Pair = tuple[ec.EllipticCurvePrivateKey, x509.Certificate]


def _made(file: Path, now: datetime, name: str, by: Pair | None) -> Pair:
    """The pair in the file; whoever comes first makes it, and everybody reads the one that was kept."""
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = _certificate(key, now, name, by)
        pem = serialization.Encoding.PEM
        private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        jws.write_once(file, private + certificate.public_bytes(pem))
    kept = file.read_bytes()
    private_key = serialization.load_pem_private_key(kept, password=None)
    if not isinstance(private_key, ec.EllipticCurvePrivateKey):
        raise jws.Malformed(f"{file.name} holds no EC key")
    return private_key, x509.load_pem_x509_certificate(kept)


def _certificate(key: ec.EllipticCurvePrivateKey, now: datetime, name: str, by: Pair | None) -> x509.Certificate:
    """A certificate of the key, from its own hand where nobody else's is given."""
    subject = x509.Name(
        [x509.NameAttribute(NameOID.ORGANIZATION_NAME, TEST), x509.NameAttribute(NameOID.COMMON_NAME, f"{name} - {TEST}")]
    )
    is_authority = by is None
    issuer_key, issuer = (key, subject) if by is None else (by[0], by[1].subject)
    uses = {"key_cert_sign": True, "crl_sign": True} if is_authority else {"digital_signature": True, "content_commitment": True}
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + YEARS)
        .add_extension(x509.BasicConstraints(ca=is_authority, path_length=0 if is_authority else None), critical=True)
        .add_extension(x509.KeyUsage(**{**USES, **uses}), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), critical=False)
        .sign(issuer_key, SHA256())
    )
