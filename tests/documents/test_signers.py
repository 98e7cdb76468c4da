"""Each kind of signer signs a real paper: a token with a PKCS#11 library, and an e-sign service over HTTP."""

import base64
import json
import os
import shutil
import subprocess
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from app import documents, errors
from app.documents import authority
from app.documents.signers import Local, Service, signer, signer_of
from tests.documents.conftest import NOW

SOFTHSM = Path("/usr/lib/softhsm/libsofthsm2.so")
USER, PASSWORD, NIK, PASSPHRASE = "esign", "rahasia-api", "5171010101010001", "kata sandi"


# Which signer


def test_without_a_file_it_is_the_test_certificate_and_says_so(monkeypatch):
    monkeypatch.delenv("TAPAK_SIGNER", raising=False)
    assert signer(NOW).is_test


def test_a_file_says_who_signs(monkeypatch, tmp_path, local):
    (tmp_path / "roots.pem").write_bytes(local.authorities()[0])
    file = tmp_path / "signer.toml"
    file.write_text(
        f'kind = "service"\nurl = "https://esign.example"\nuser = "a"\npassword = "rahasia"\nnik = "c"\npassphrase = "kata sandi"\n'
        f'roots = "{tmp_path / "roots.pem"}"\n'
    )
    monkeypatch.setenv("TAPAK_SIGNER", str(file))
    made = signer(NOW)
    assert isinstance(made, Service) and not made.is_test and made.authorities() == local.authorities()
    assert "rahasia" not in repr(made) and "kata sandi" not in repr(made)


@pytest.mark.parametrize(
    "said", [{}, {"kind": "none"}, {"kind": "service"}, {"kind": "pkcs11", "slot": 1}, {"kind": "pkcs11", "pin": "1"}], ids=str
)
def test_a_file_that_says_it_wrongly_is_refused_rather_than_replaced_by_the_test_certificate(said):
    with pytest.raises(ValueError):
        signer_of(said)


# An e-sign service


class Desk(BaseHTTPRequestHandler):
    """A small e-sign service with a key of its own."""

    local: Local
    answer = "signed"

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        who = base64.b64decode(self.headers["Authorization"].removeprefix("Basic ")).decode()
        if who != f"{USER}:{PASSWORD}" or asked["passphrase"] != PASSPHRASE or self.path != "/esign/api/v2/sign/pdf":
            return self.say(401, {"error": "Passphrase salah"})
        if self.answer == "redirect":
            self.send_response(307)
            self.send_header("Location", "http://127.0.0.1:1/")
            return self.end_headers()
        assert asked["nik"] == NIK and asked["signatureProperties"] == [{"tampilan": "INVISIBLE", "reason": "Rekap"}]
        pdf = base64.b64decode(asked["file"][0])
        signed = self.local.sign(pdf, "Rekap") if self.answer == "signed" else pdf
        if self.answer == "another":
            signed = self.local.sign(pdf.replace(b"/Title", b"/TitlE"), "Rekap")
        self.say(200, {"time": 1, "file": [base64.b64encode(signed).decode()]})

    def say(self, status, words):
        body = json.dumps(words).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


@pytest.fixture
def desk(local):
    handler = type("OneDesk", (Desk,), {"local": local})
    server = HTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield handler, f"http://127.0.0.1:{server.server_port}/esign"
    server.shutdown()
    server.server_close()


def service(url: str, **changed: str) -> Service:
    said = {"url": url, "user": USER, "password": PASSWORD, "nik": NIK, "passphrase": PASSPHRASE} | changed
    return Service(**said)


def test_a_service_signs_the_paper_that_it_was_sent(desk, paper, local):
    signed = service(desk[1]).sign(paper, "Rekap")
    assert signed.startswith(paper) and documents.check(signed, local.authorities()).is_trusted


@pytest.mark.parametrize("answer", ["unsigned", "another", "redirect"])
def test_a_service_that_hands_back_anything_else_is_not_believed(desk, paper, answer):
    handler, url = desk
    handler.answer = answer
    with pytest.raises(errors.Unavailable, match="not_signed"):
        service(url).sign(paper, "Rekap")


def test_a_service_that_refuses_or_is_away_makes_no_document(desk, paper):
    for broken in (service(desk[1], passphrase="salah"), service("http://127.0.0.1:1")):
        with pytest.raises(errors.Unavailable, match="not_signed"):
            broken.sign(paper, "Rekap")


def test_a_passphrase_is_never_sent_in_the_clear_to_another_machine(paper):
    with pytest.raises(errors.Unavailable, match="not_signed") as refused:
        service("http://esign.example").sign(paper, "Rekap")
    assert "https" in str(refused.value.__cause__)


# A token


@pytest.fixture(scope="module")
def token(tmp_path_factory, local):
    """A software token with the key and certificate of the test authority in it."""
    if not SOFTHSM.exists() or shutil.which("softhsm2-util") is None:
        pytest.skip("softhsm2 is not installed (apt install softhsm2)")
    folder = tmp_path_factory.mktemp("token")
    (folder / "tokens").mkdir()
    (folder / "softhsm2.conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\n")
    os.environ["SOFTHSM2_CONF"] = str(folder / "softhsm2.conf")
    key, certificate, root = authority.pair(local.folder, NOW)
    (folder / "key.pem").write_bytes(key)
    (folder / "roots.pem").write_bytes(root)
    told = ["--token", "segel", "--pin", "4321"]
    _softhsm("--init-token", "--free", "--label", "segel", "--so-pin", "1234", "--pin", "4321")
    _softhsm("--import", str(folder / "key.pem"), "--label", "kepala", "--id", "01", *told)
    _put_certificate(certificate)
    yield {"kind": "pkcs11", "module": str(SOFTHSM), "token": "segel", "label": "kepala", "raw": True} | {
        "roots": str(folder / "roots.pem")
    }
    del os.environ["SOFTHSM2_CONF"]


def _softhsm(*words: str) -> None:
    subprocess.run(["softhsm2-util", *words], check=True, capture_output=True)


def _put_certificate(pem: bytes) -> None:
    import pkcs11
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding
    from pkcs11.util.x509 import decode_x509_certificate

    der = x509.load_pem_x509_certificate(pem).public_bytes(Encoding.DER)
    with pkcs11.lib(str(SOFTHSM)).get_token(token_label="segel").open(user_pin="4321", rw=True) as session:
        what = decode_x509_certificate(der) | {pkcs11.Attribute.LABEL: "kepala", pkcs11.Attribute.TOKEN: True}
        session.create_object(what | {pkcs11.Attribute.ID: b"\x01"})


def test_a_token_signs_without_giving_its_key_away(token, paper, local):
    signed = signer_of({**token, "pin": "4321"}).sign(paper, "Rekap")
    assert documents.check(signed, local.authorities()).is_trusted


def test_a_wrong_pin_makes_no_document(token, paper):
    with pytest.raises(errors.Unavailable, match="not_signed"):
        signer_of({**token, "pin": "0000"}).sign(paper, "Rekap")
