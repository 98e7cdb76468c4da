"""A server that can lie, fall silent and remember what it was sent, and what a test of the phone asks of phone and database."""

from io import BytesIO

import orjson
from sqlalchemy import text

from app import clock, db
from app.phone import actions

PASSWORD = "pohon beringin 7"
INSIDE, OUTSIDE = (-8.65, 115.22), (-8.66, 115.22)


class Gate:
    """A WSGI application that remembers the check-ins sent to it and lets them through; `instead`, if set, answers them.

    `clock`, if set, is what it says when asked for the time.
    """

    def __init__(self, app):
        self.app = app
        self.instead = None
        self.clock = None
        self.bodies = []

    def __call__(self, environ, start_response):
        if environ["PATH_INFO"] == "/v1/time" and self.clock is not None:
            start_response("200 OK", [("Content-Length", str(len(self.clock)))])
            return [self.clock]
        if environ["PATH_INFO"] != "/v1/checkins":
            return self.app(environ, start_response)
        body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        self.bodies.append(orjson.loads(body)["checkins"])
        environ["wsgi.input"] = BytesIO(body)
        return (self.instead or self.app)(environ, start_response)

    def answering(self, change):
        """Instead of the true results, what `change` makes of the list of them."""

        def instead(environ, start_response):
            answer = orjson.loads(b"".join(self.app(environ, lambda *_: None)))
            body = orjson.dumps(change(answer["results"]))
            start_response("200 OK", [("Content-Type", "application/json"), ("Content-Length", str(len(body)))])
            return [body]

        self.instead = instead

    def saying(self, status, *headers, body=b""):
        """Instead of anything, this answer, and the program is not asked."""

        def instead(environ, start_response):
            start_response(status, [*headers, ("Content-Length", str(len(body)))])
            return [body]

        self.instead = instead


def fix(place=INSIDE, accuracy_m=8.0):
    return {"lat": place[0], "lon": place[1], "accuracy_m": accuracy_m, "age_ms": 500}


def check_in(folder, direction="in", **changes):
    return str(actions.check_in(folder, direction, [fix(**changes)], clock.now()))


def kept():
    """Check-ins in the database, oldest first."""
    with db.transaction() as session:
        return session.execute(
            text(
                "SELECT id::text, verdict, time_grade, taken_at, received_at, seq, payload_hash, jws"
                " FROM checkins JOIN checkin_reports USING (id) ORDER BY id"
            )
        ).all()
