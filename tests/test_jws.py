"""Base64url has one spelling for each text of bytes, and no other is read."""

import base64

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from app import jws

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"


@given(st.binary(max_size=200))
def test_what_was_written_is_read_again(raw: bytes) -> None:
    assert jws.unb64(jws.b64(raw)) == raw


@given(st.text(LETTERS, max_size=9) | st.text(LETTERS + "+/= \n\x00é", max_size=9))
@example("QQ==")
@example("QR")  # the spare bits are not 0
@example("QUJ")
@example("Q")
@example("+/+/")
@example("QUJD\n")
def test_only_the_spelling_that_is_written_is_read(text: str) -> None:
    try:
        raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        is_canonical = base64.urlsafe_b64encode(raw).rstrip(b"=").decode() == text
    except ValueError:
        is_canonical = False
    if is_canonical:
        assert jws.unb64(text) == raw
    else:
        with pytest.raises(jws.Malformed):
            jws.unb64(text)
