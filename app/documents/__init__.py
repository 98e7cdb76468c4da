"""Official papers: set as archival PDF, stamped, signed by whoever signs here, and checked by anybody who holds one."""

from app.documents.checking import Checked, check, digest
from app.documents.signers import SIGNATURE, Signer, signer
from app.documents.typesetting import stamp, typeset

__all__ = ["SIGNATURE", "Checked", "Signer", "check", "digest", "signer", "stamp", "typeset"]
