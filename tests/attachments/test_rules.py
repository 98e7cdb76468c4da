"""A file is what it is, not what it is called; of a picture nothing stays but the picture."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.attachments.rules import BROKEN, MOST_PIXELS, Kind, cleaned, file_name, kind_of
from tests.attachments.pictures import CODED, POSITION, SECRET, chunk, jpeg, png, segment

PDF = b"%PDF-1.7\n1 0 obj\nendobj\ntrailer\n%%EOF\n"


@pytest.mark.parametrize(
    "content, kind",
    [
        (PDF, Kind.PDF),
        (jpeg(), Kind.JPEG),
        (png(), Kind.PNG),
        (b"<html>" + PDF, None),
        (b"GIF89a", None),
        (b"PK\3\4", None),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", None),
        (b"RIFF\0\0\0\0WEBP", None),
        (b"\xff\xd8", None),
        (b"", None),
    ],
)
def test_a_file_is_known_by_its_first_bytes(content, kind) -> None:
    assert kind_of(content) is kind


@pytest.mark.parametrize("picture, kind", [(jpeg(6), Kind.JPEG), (png(), Kind.PNG)], ids=str)
def test_neither_position_nor_what_follows_the_end_stays(picture, kind) -> None:
    kept = cleaned(kind, picture)
    assert picture.count(POSITION) >= 4 and POSITION not in kept and b"PK\3\4" not in kept
    assert kind_of(kept) is kind


def test_the_picture_itself_is_left_as_it_was() -> None:
    kept = cleaned(Kind.JPEG, jpeg())
    assert kept.endswith(CODED + b"\xff\xd9")
    assert b"JFIF" in kept and b"ICC_PROFILE" in kept and b"MPF" not in kept and b"Photoshop" not in kept
    assert segment(0xDB, b"\0" + bytes(64)) in kept
    assert b"IDAT" in cleaned(Kind.PNG, png()) and b"pHYs" in cleaned(Kind.PNG, png())


@pytest.mark.parametrize("order", [">", "<"])
@pytest.mark.parametrize("turn", range(1, 9))
def test_a_picture_is_still_turned_as_the_phone_was_held(turn, order) -> None:
    kept = cleaned(Kind.JPEG, jpeg(turn, order=order))
    at = kept.index(b"Exif\0\0")
    assert kept.count(b"Exif\0\0") == 1
    assert struct.unpack(">HHIHH", kept[at + 16 : at + 28]) == (0x0112, 3, 1, turn, 0)


@pytest.mark.parametrize("turn", [None, 0, 9, 77])
def test_a_picture_that_says_nothing_sensible_about_it_is_not_turned(turn) -> None:
    assert b"Exif" not in cleaned(Kind.JPEG, jpeg(turn))


@pytest.mark.parametrize("kind, picture", [(Kind.JPEG, jpeg(3)), (Kind.PNG, png())], ids=["jpeg", "png"])
def test_cleaning_twice_is_cleaning_once(kind, picture) -> None:
    once = cleaned(kind, picture)
    assert cleaned(kind, once) == once


@pytest.mark.parametrize("kind, picture", [(Kind.JPEG, jpeg(3, tail=b"")), (Kind.PNG, png(tail=b""))], ids=["jpeg", "png"])
def test_a_picture_cut_off_anywhere_is_broken(kind, picture) -> None:
    assert cleaned(kind, picture) != BROKEN
    assert [at for at in range(len(picture)) if cleaned(kind, picture[:at]) != BROKEN] == []


def test_a_pdf_without_its_end_is_broken() -> None:
    assert cleaned(Kind.PDF, PDF) == PDF
    assert cleaned(Kind.PDF, b"%PDF-1.7 halo") == BROKEN == cleaned(Kind.PDF, PDF + bytes(2000))


@pytest.mark.parametrize("width, height, is_kept", [(10_000, 10_000, True), (10_000, 10_001, False), (0, 5, False)])
def test_a_small_file_must_not_unpack_to_more_than_anybody_can_show(width, height, is_kept) -> None:
    assert MOST_PIXELS == 10_000 * 10_000
    assert (cleaned(Kind.JPEG, jpeg(width=width, height=height)) != BROKEN) is is_kept
    assert (cleaned(Kind.PNG, png(width, height)) != BROKEN) is is_kept


@pytest.mark.parametrize(
    "spoil",
    [
        lambda whole: whole[:8] + whole[8:20].replace(b"\x02", b"\x03") + whole[20:],  # the check sum says so
        lambda whole: whole.replace(b"IDAT", b"IDAU"),
        lambda whole: whole[:8] + whole[33:],  # no header
        lambda whole: whole[:33] + whole[8:],  # two
        lambda whole: b"".join((whole[:33], chunk(b"IEND", b""))),  # no picture
    ],
)
def test_a_png_whose_parts_do_not_fit_is_broken(spoil) -> None:
    assert cleaned(Kind.PNG, spoil(png(tail=b""))) == BROKEN


@given(st.binary(max_size=400), st.sampled_from([Kind.JPEG, Kind.PNG]), st.integers(0, 300), st.booleans())
def test_whatever_is_sent_is_judged_and_never_fails(noise, kind, at, is_inside) -> None:
    whole = {Kind.JPEG: jpeg(1), Kind.PNG: png()}[kind]
    kept = cleaned(kind, whole[:at] + noise + whole[at + (0 if is_inside else len(noise)) :])
    assert kept == BROKEN or kind_of(kept) is kind
    assert SECRET not in noise or kept == BROKEN or SECRET not in kept


@pytest.mark.parametrize(
    "said, name",
    [
        ("Surat Sakit.pdf", "Surat Sakit.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\Wayan\\surat.PDF", "surat.pdf"),
        ("surat.pdf.exe", "surat.pdf.exe.pdf"),
        ("foto.jpeg", "foto.pdf"),
        ('a"; filename="x.html', "a filename=x.html.pdf"),
        ("surat\r\nSet-Cookie: a=b", "suratSet-Cookie a=b.pdf"),
        ("gaji\u202efdp.exe", "gajifdp.exe.pdf"),
        ("...", "lampiran.pdf"),
        ("", "lampiran.pdf"),
        (".htaccess", "htaccess.pdf"),
        ("é" * 200, "é" * 80 + ".pdf"),
        ("<script>.pdf", "script.pdf"),
    ],
)
def test_a_name_cannot_be_more_than_a_name(said, name) -> None:
    assert file_name(said, Kind.PDF) == name


@given(st.text(max_size=200))
def test_every_name_is_one_that_can_be_saved_and_sent(said) -> None:
    name = file_name(said, Kind.PNG)
    assert name.endswith(".png") and not name.startswith(".") and len(name) <= 84
    assert not set(name) & set('/\\"\r\n\0')
    name.encode()
