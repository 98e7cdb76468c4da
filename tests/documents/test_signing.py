"""A signed paper is valid for everybody who holds it, and no longer once anything of it changed."""

import io
import subprocess
import sys
import time

import numpy as np
import pytest
import zxingcpp
from cryptography import x509
from hypothesis import given, settings
from hypothesis import strategies as st
from pyhanko.pdf_utils.reader import PdfFileReader

from app import documents, errors
from app.config import ROOT
from app.documents import authority
from app.documents.signers import Local
from tests.documents.conftest import ADDRESS, NOW
from tests.pages import facts_of, fonts_of, poppler, signatures_of


def last_page_of(read: PdfFileReader):
    pages = read.root["/Pages"]["/Kids"]
    return pages[len(pages) - 1]


def widgets_of(page):
    """The fields on a page; by number, because that is how the library follows references."""
    annotations = page["/Annots"]
    found = [annotations[number] for number in range(len(annotations))]
    return [each for each in found if each["/Subtype"] == "/Widget"]


def test_a_signed_paper_is_valid_and_trusted_by_who_trusts_its_authority(signed, local):
    found = documents.check(signed, local.authorities())
    assert (found.is_valid, found.is_trusted, found.covers_all) == (True, True, True)
    assert "UJI COBA" in found.signer and found.signed_at is not None


def test_who_trusts_nobody_learns_only_that_nothing_changed(signed, tmp_path):
    stranger = Local(tmp_path, NOW)
    assert not documents.check(signed).is_trusted
    found = documents.check(signed, stranger.authorities())
    assert found.is_valid and not found.is_trusted


def test_an_unsigned_paper_and_no_paper_at_all_are_worth_nothing(paper):
    for content in (paper, b"", b"%PDF-1.7\n", b"\0" * 1000, paper[:-200]):
        assert not documents.check(content).is_valid


@settings(max_examples=100)
@given(data=st.data())
def test_a_flipped_byte_anywhere_is_reported(signed, local, data):
    """By the signature wherever it signs; in its own container (padding, certificates of others) by the digest."""
    opening = signed.rindex(b"/Contents <") + len(b"/Contents <")
    container = range(opening, signed.index(b">", opening))
    place = data.draw(st.integers(0, len(signed) - 1))
    flipped = bytearray(signed)
    flipped[place] ^= 1 << data.draw(st.integers(0, 7))
    assert documents.digest(bytes(flipped)) != documents.digest(signed)
    assert place in container or not documents.check(bytes(flipped), local.authorities()).is_valid


def test_what_is_appended_after_the_signature_is_reported(signed, local):
    later = signed + b"\n% more\n"
    assert not documents.check(later, local.authorities()).covers_all
    assert not documents.check(later, local.authorities()).is_valid


@poppler
def test_another_program_calls_it_valid_and_a_changed_one_not(signed, tmp_path):
    said = signatures_of(tmp_path, signed)
    assert "Signature is Valid." in said and "Total document signed" in said and "ETSI.CAdES.detached" in said
    place = signed.index(b"/MediaBox")
    changed = signed[:place] + b"/mediaBox" + signed[place + 9 :]
    assert "Signature is Valid." not in signatures_of(tmp_path, changed)


@poppler
def test_it_is_still_tagged_with_every_font_inside(signed, tmp_path):
    assert facts_of(tmp_path, signed)["Tagged"] == "yes"
    fonts = fonts_of(tmp_path, signed)
    assert fonts and {font[-5] for font in fonts} == {"yes"}


def test_the_signed_paper_still_keeps_the_rules_of_pdf_a_that_a_signature_could_break(signed):
    """Part and level named, an output intent, no encryption, a look for each annotation that is printed, objects on lines of their
    own, and one date of change in both places (ISO 19005-2, 6.1.9, 6.3.2, 6.3.3, 6.6.2, 6.6.4). No validator ran: none is here."""
    read = PdfFileReader(io.BytesIO(signed))
    xmp = read.root["/Metadata"].data.decode("utf-8")
    assert 'pdfaid:part="2"' in xmp and 'pdfaid:conformance="B"' in xmp
    assert read.root["/OutputIntents"] and "/Encrypt" not in read.trailer and read.root["/MarkInfo"]["/Marked"]
    changed = str(read.trailer["/Info"]["/ModDate"])
    assert f'xmp:ModifyDate="{changed[2:6]}-{changed[6:8]}-{changed[8:10]}T{changed[10:12]}' in xmp
    (widget,) = widgets_of(last_page_of(read))
    assert "/AP" in widget and widget["/F"] & 4
    begins = [place for place in range(len(signed) - 6) if signed[place : place + 6] == b" 0 obj"]
    for place in begins:
        line = signed.rfind(b"\n", 0, place)
        assert signed[line + 1 : place].isdigit()


def test_the_signature_stands_on_the_last_page_over_the_stamp(signed):
    read = PdfFileReader(io.BytesIO(signed))
    last = last_page_of(read)
    box = widgets_of(last)[0]["/Rect"]
    wide, high = float(last["/MediaBox"][2]), float(last["/MediaBox"][3])
    assert 0 < box[0] < box[2] < wide and 0 < box[1] < box[3] < high / 3


@poppler
def test_a_reader_of_codes_finds_the_address_on_the_page(signed, tmp_path):
    (tmp_path / "signed.pdf").write_bytes(signed)
    subprocess.run(["pdftoppm", "-r", "150", "-gray", tmp_path / "signed.pdf", tmp_path / "page"], check=True)
    content = sorted(tmp_path.glob("page*.pgm"))[-1].read_bytes()
    wide, high = content.split(maxsplit=3)[1:3]
    page = np.frombuffer(content[-int(wide) * int(high) :], dtype=np.uint8).reshape(int(high), int(wide))
    assert [code.text for code in zxingcpp.read_barcodes(page)] == [ADDRESS]


def test_signing_takes_less_than_a_second_of_the_processor(paper, local):
    local.sign(paper, "warm")
    began = time.process_time()
    local.sign(paper, "Rekap")
    assert time.process_time() - began <= 1


def test_the_certificate_says_in_every_name_that_it_is_a_test_and_signs_nothing_but_papers(local):
    _, certificate, root = authority.pair(local.folder, NOW)
    for pem in (certificate, root):
        for name in x509.load_pem_x509_certificate(pem).subject:
            assert "UJI COBA" in str(name.value) and "TEST" in str(name.value)
    uses = x509.load_pem_x509_certificate(certificate).extensions.get_extension_for_class(x509.KeyUsage).value
    assert uses.content_commitment and not uses.key_cert_sign and not uses.key_encipherment


def test_keys_are_made_once_and_only_this_user_reads_them(local):
    assert authority.pair(local.folder, NOW) == authority.pair(local.folder, NOW)
    files = sorted(local.folder.iterdir())
    assert [file.name for file in files] == [authority.AUTHORITY, authority.SIGNER]
    assert {file.stat().st_mode & 0o777 for file in files} == {0o600}


def test_a_signer_that_changes_the_paper_is_not_believed(paper, local, tmp_path):
    class Careless(Local):
        def _signed(self, pdf, reason):
            return super()._signed(pdf.replace(b"/Title", b"/TitlE"), reason)

    with pytest.raises(errors.Unavailable, match="not_signed"):
        Careless(tmp_path, NOW).sign(paper, "Rekap")


def test_the_library_that_signs_is_not_loaded_by_the_program_that_takes_check_ins():
    script = "import sys, app.documents; sys.exit(','.join({'pyhanko', 'typst', 'lxml', 'aiohttp'} & set(sys.modules)) or 0)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
