"""What can be said of a PDF by whoever holds it: whose signature it bears, whether that holds, and whether anything came after."""

import hashlib
import io
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Checked:
    """What the last signature in a file is worth. `is_valid` is the whole of it: intact, the signer's, to the last byte.

    `is_trusted`: the certificate comes from one of the authorities that were named; a valid signature without it proves only
    that nothing changed since somebody signed.
    """

    is_valid: bool
    is_trusted: bool
    covers_all: bool
    signer: str
    signed_at: datetime | None


UNSIGNED = Checked(is_valid=False, is_trusted=False, covers_all=False, signer="", signed_at=None)


def digest(content: bytes) -> str:
    """The name of a file by its bytes: SHA-256 in hexadecimal, as `sha256sum` prints it."""
    return hashlib.sha256(content).hexdigest()


def check(pdf: bytes, authorities: Sequence[bytes] = ()) -> Checked:
    """What the last signature of the PDF is worth, with these authorities (PEM) trusted and no one else; asks no network.

    A file that cannot be read as a signed PDF is worth nothing, whatever is wrong with it: a flipped byte may hit anything.

    Source: ETSI EN 319 142-1 (PAdES); ISO 32000-2 section 12.8.
    """
    from pyhanko.keys import load_certs_from_pemder_data
    from pyhanko.pdf_utils.misc import PdfError
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.general import SigningError
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.errors import SignatureValidationError
    from pyhanko.sign.validation.status import SignatureCoverageLevel
    from pyhanko_certvalidator import ValidationContext

    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)  # a paper that is not valid is an answer, not an event
    try:
        found = PdfFileReader(io.BytesIO(pdf)).embedded_regular_signatures
        if not found:
            return UNSIGNED
        roots = [root for pem in authorities for root in load_certs_from_pemder_data(pem)]
        context = ValidationContext(trust_roots=roots, allow_fetching=False)
        status = validate_pdf_signature(found[-1], signer_validation_context=context)
    except (PdfError, SignatureValidationError, SigningError, ValueError, KeyError, IndexError, TypeError, AttributeError):
        return UNSIGNED
    covers_all = status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    return Checked(
        is_valid=bool(status.intact and status.valid and covers_all),
        is_trusted=bool(status.trusted),
        covers_all=covers_all,
        signer=str(status.signing_cert.subject.native.get("common_name", "")),
        signed_at=status.signer_reported_dt,
    )
