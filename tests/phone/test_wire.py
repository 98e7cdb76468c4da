"""What a phone makes of an answer: done, no, later, or silence."""

import pytest

from app.phone.wire import NoAnswer, NotNow, Refused, Server, _read


@pytest.mark.parametrize("status", [429, 502, 503, 504], ids=str)
def test_later_means_nothing_was_kept(status):
    with pytest.raises(NotNow) as raised:
        _read(status, "7", b"<html>")
    assert raised.value.wait_s == 7


@pytest.mark.parametrize("header", [None, "", "Wed, 21 Oct 2026 07:28:00 GMT", "-1", "nan", "inf"], ids=repr)
def test_an_unreadable_retry_after_is_no_wait(header):
    with pytest.raises(NotNow) as raised:
        _read(503, header, b"")
    assert raised.value.wait_s == 0


@pytest.mark.parametrize("status, body", [(500, b"{}"), (200, b"<html>captive portal</html>"), (404, b"<html>")], ids=str)
def test_what_cannot_be_read_is_silence(status, body):
    with pytest.raises(NoAnswer):
        _read(status, None, body)


def test_a_no_carries_the_servers_sentence_and_its_fields():
    with pytest.raises(Refused) as raised:
        _read(422, None, b'{"code":"invalid_input","detail":"Tidak.","errors":{"/nip":"18 angka"}}')
    assert (raised.value.status, raised.value.code) == (422, "invalid_input")
    assert raised.value.detail == "Tidak. (/nip: 18 angka)"


def test_no_network_is_silence():
    with pytest.raises(NoAnswer):
        Server("http://127.0.0.1:9", "id").get("/v1/time")
