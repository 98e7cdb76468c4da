"""Who signs: this installation's test certificate, a token behind PKCS#11, or an e-sign service over HTTP."""

import base64
import http.client
import io
import ssl
import tomllib
from abc import ABC, abstractmethod
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar
from urllib.parse import urlsplit

import orjson

from app import errors
from app.config import setting, var
from app.documents import authority
from app.documents.checking import check

if TYPE_CHECKING:
    from pyhanko.sign.signers import Signer as Hand  # pyHanko brings aiohttp and lxml: imported where a paper is signed

SIGNATURE = "Tanda_Tangan"  # the name of the field in the PDF
# Where `house.typ` leaves room on the last page, in points: its margins and the height of its block.
MARGIN, FOOT, HEIGHT = 34, 45, 77
PATIENCE_S = 30  # a service that signs asks a module of its own


@dataclass(frozen=True)
class Signer(ABC):
    """Somebody who signs a PDF. `is_test` is printed on every paper it signs."""

    is_test: ClassVar[bool] = False

    @abstractmethod
    def authorities(self) -> tuple[bytes, ...]:
        """PEM of the authorities from which its certificate comes; none when this server was not told."""

    @abstractmethod
    def _signed(self, pdf: bytes, reason: str) -> bytes:
        """The PDF with the signature appended."""

    def sign(self, pdf: bytes, reason: str) -> bytes:
        """The PDF with the signature appended and nothing else touched; every signature is checked before it is believed.

        Raises: Unavailable (`not_signed`) when the signer cannot be reached, refuses, or hands back another paper.
        """
        try:
            signed = self._signed(pdf, reason)
        except Exception as error:  # a token's module and a service fail in ways of their own
            raise errors.Unavailable("not_signed") from error
        if not signed.startswith(pdf) or not check(signed, self.authorities()).is_valid:
            raise errors.Unavailable("not_signed")
        return signed


class Handed(Signer):
    """A signer whose private key this program may ask: the PDF stays here."""

    @abstractmethod
    def hand(self) -> "AbstractContextManager[Hand]":
        """What makes the signature, for as long as it takes."""

    def _signed(self, pdf: bytes, reason: str) -> bytes:
        """A PAdES B-B signature in a field that covers the stamp on the last page.

        The look of the field is empty: its words and QR code are part of the page, in embedded fonts, as PDF/A wants them.

        Source: ETSI EN 319 142-1 (baseline B-B); ISO 19005-2 section 6.3.3 (an appearance for each annotation).
        """
        from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
        from pyhanko.sign.fields import SigFieldSpec, SigSeedSubFilter
        from pyhanko.sign.signers import PdfSignatureMetadata, PdfSigner
        from pyhanko.stamp import StaticStampStyle

        paper = IncrementalPdfFileWriter(io.BytesIO(pdf))
        page = paper.prev.root["/Pages"]["/Kids"]
        while "/Kids" in page[-1]:
            page = page[-1]["/Kids"]
        wide = int(page[-1]["/MediaBox"][2])
        where = SigFieldSpec(SIGNATURE, on_page=-1, box=(MARGIN, FOOT, wide - MARGIN, FOOT + HEIGHT))
        what = PdfSignatureMetadata(field_name=SIGNATURE, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, reason=reason)
        with self.hand() as hand:
            made = PdfSigner(what, hand, stamp_style=StaticStampStyle(border_width=0), new_field_spec=where).sign_pdf(paper)
        return bytes(made.getvalue())


@dataclass(frozen=True)
class Local(Handed):
    """The test certificate of this installation, made when the first paper is signed."""

    folder: Path
    now: datetime
    is_test: ClassVar[bool] = True

    def authorities(self) -> tuple[bytes, ...]:
        """The test authority."""
        return (authority.pair(self.folder, self.now)[2],)

    def hand(self) -> "AbstractContextManager[Hand]":
        """A key in a file that only this server can read."""
        from pyhanko.keys import load_certs_from_pemder_data, load_private_key_from_pemder_data
        from pyhanko.sign.signers import SimpleSigner
        from pyhanko_certvalidator.registry import SimpleCertificateStore

        key, certificate, root = authority.pair(self.folder, self.now)
        chain = SimpleCertificateStore.from_certs(load_certs_from_pemder_data(certificate + root))  # type: ignore[no-untyped-call]
        (own,) = load_certs_from_pemder_data(certificate)
        return nullcontext(SimpleSigner(own, load_private_key_from_pemder_data(key, passphrase=None), chain))


@dataclass(frozen=True)
class Token(Handed):
    """A key that never leaves a token or module with a PKCS#11 library."""

    module: str
    token: str
    label: str
    pin: str = field(repr=False)
    raw: bool = False  # for a module with EC keys that signs hashes only
    roots: tuple[bytes, ...] = ()

    def authorities(self) -> tuple[bytes, ...]:
        """The authorities in the file that the configuration names."""
        return self.roots

    def hand(self) -> "AbstractContextManager[Hand]":
        """A session of the token, ended with the signature."""
        from pyhanko.config.pkcs11 import PKCS11SignatureConfig, TokenCriteria
        from pyhanko.sign.pkcs11 import PKCS11SigningContext

        config = PKCS11SignatureConfig(
            module_path=self.module,
            token_criteria=TokenCriteria(label=self.token),
            cert_label=self.label,
            user_pin=self.pin,
            raw_mechanism=self.raw,
        )
        return PKCS11SigningContext(config)


@dataclass(frozen=True)
class Service(Signer):
    """An e-sign service in the shape of BSrE's client service: the PDF goes there and comes back signed.

    `POST {url}/api/v2/sign/pdf`, Basic authentication, `{"nik", "passphrase", "signatureProperties": [{"tampilan":
    "INVISIBLE", "reason"}], "file": [base64]}` -> `{"file": [base64]}`. As public programs of Indonesian offices call it; the
    service's own manual was not at hand. Invisible, because the stamp is part of the page already.
    """

    url: str
    user: str
    nik: str
    password: str = field(repr=False)
    passphrase: str = field(repr=False)
    roots: tuple[bytes, ...] = ()

    def authorities(self) -> tuple[bytes, ...]:
        """The authorities in the file that the configuration names."""
        return self.roots

    def _signed(self, pdf: bytes, reason: str) -> bytes:
        """The PDF as the service hands it back; no redirect is followed, since a password is on its way."""
        asked = {
            "nik": self.nik,
            "passphrase": self.passphrase,
            "signatureProperties": [{"tampilan": "INVISIBLE", "reason": reason}],
            "file": [base64.b64encode(pdf).decode("ascii")],
        }
        who = base64.b64encode(f"{self.user}:{self.password}".encode()).decode("ascii")
        headers = {"Authorization": f"Basic {who}", "Content-Type": "application/json", "Accept": "application/json"}
        connection = _connection(self.url)
        try:
            path = urlsplit(self.url).path.rstrip("/")
            connection.request("POST", f"{path}/api/v2/sign/pdf", orjson.dumps(asked), headers)
            answer = connection.getresponse()
            words = answer.read()
        finally:
            connection.close()
        if answer.status != 200:
            raise ConnectionError(f"the e-sign service answered {answer.status}")
        return base64.b64decode(orjson.loads(words)["file"][0], validate=True)


KINDS = {"pkcs11": Token, "service": Service}


def signer(now: datetime) -> Signer:
    """Who signs here: as the file in `TAPAK_SIGNER` says, else the test certificate of this installation.

    Raises: ValueError for a file that says it wrongly; OSError for one that cannot be read.
    """
    file = setting("signer")
    if file is None:
        return Local(var("keys"), now)
    return signer_of(tomllib.loads(Path(str(file)).read_text("utf-8")))


def signer_of(said: Mapping[str, Any]) -> Signer:
    """The signer that a configuration describes: `kind`, and the fields of that kind; `roots` is a file of PEM.

    Raises: ValueError.
    """
    fields = dict(said)
    kind = KINDS.get(str(fields.pop("kind", "")))
    if kind is None:
        raise ValueError(f"kind must be one of {', '.join(KINDS)}")
    roots = fields.pop("roots", None)
    try:
        made: Signer = kind(**fields, roots=(Path(roots).read_bytes(),) if roots else ())
    except TypeError as error:
        raise ValueError(str(error)) from error
    return made


def _connection(url: str) -> http.client.HTTPConnection:
    """A connection to the service: TLS, except to this machine itself.

    Raises: ValueError.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.scheme == "https":
        return http.client.HTTPSConnection(host, parts.port, timeout=PATIENCE_S, context=ssl.create_default_context())
    if parts.scheme == "http" and host in ("127.0.0.1", "::1", "localhost"):
        return http.client.HTTPConnection(host, parts.port, timeout=PATIENCE_S)
    raise ValueError("an e-sign service is asked over https")
