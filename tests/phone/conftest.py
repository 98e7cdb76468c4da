"""A real server on a real port, with a gate in front, and an employee's enrolled phone."""

import threading

import pytest
from werkzeug.serving import make_server

from app import db
from app.access import Role
from app.phone import actions
from app.phone.folder import Folder
from app.phone.wire import Server
from tests import make
from tests.phone.serving import INSIDE, PASSWORD, Gate


@pytest.fixture
def gate(app, database):
    return Gate(app)


@pytest.fixture
def web(gate):
    """The address of the program, served by threads on a port of its own."""
    served = make_server("127.0.0.1", 0, gate, threaded=True)
    thread = threading.Thread(target=served.serve_forever)
    thread.start()
    yield Server(f"http://127.0.0.1:{served.server_port}", "id")
    served.shutdown()
    thread.join()
    served.server_close()


@pytest.fixture
def employee(database):
    """Somebody with a password and an office, and the supervisor."""
    with db.transaction() as session:
        unit = make.unit(session)
        make.site(session, unit, lat=INSIDE[0], lon=INSIDE[1], radius_m=100)
        person = make.person(session, unit=unit, password=PASSWORD)
        chief = make.person(session, unit=unit, password=PASSWORD)
        make.grant(session, chief, Role.SUPERVISOR, unit)
        return person


@pytest.fixture
def folder(tmp_path, web, employee):
    """The employee's enrolled phone."""
    made = Folder(tmp_path / "phone")
    actions.sign_in(made, web, employee.nip, PASSWORD)
    assert actions.enrol(made, web, employee.nip, "Uji", "android")["status"] == "active"
    return made
