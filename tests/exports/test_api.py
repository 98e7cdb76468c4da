"""A recap that takes long: asked for, written by the job, fetched with its checksum by the one who asked."""

import csv
import hashlib
import io
from datetime import date, timedelta
from uuid import uuid4

import pytest

from app import clock, db
from app.access import Actor, Grant, Role
from app.attendance.actions import close_day
from app.exports import actions
from app.jobs import runner, schedule, steps
from app.jobs.table import get_job
from app.recaps.render import pages
from tests import make
from tests.seals.conftest import MONTH, office  # noqa: F401


def write(office):  # noqa: F811
    seen = []

    def tell(export_id, count):
        seen.append(count)
        steps.exported.note(office.session, export_id, people=count)

    assert actions.write_next(office.session, tell, clock.now()) == 1
    return seen


@pytest.mark.parametrize("form", ["csv", "xlsx", "pdf"])
def test_an_export_goes_from_waiting_to_a_file_with_its_checksum(office, form):  # noqa: F811
    asked = office.ask("hr", "POST", f"/v1/recaps/{MONTH}/exports", {"format": form, "unit": "DISHUB"}, 202)
    place = asked.headers["Location"]
    assert office.ask("hr", "GET", place).json["state"] == "waiting"
    assert office.ask("hr", "GET", f"{place}/file").json["code"] == "export_not_done"
    assert write(office) == [1]
    done = office.ask("hr", "GET", place).json
    assert done["state"] == "done" and done["people"] == 1
    file = office.ask("hr", "GET", f"{place}/file", status=200).data
    assert (len(file), hashlib.sha256(file).hexdigest()) == (done["bytes"], done["sha256"])
    if form == "csv":
        rows = list(csv.DictReader(io.StringIO(file.decode("utf-8-sig"))))
        shown = office.ask("hr", "GET", f"/v1/recaps/{MONTH}?unit=DISHUB").json["items"]
        assert [row["nip"] for row in rows] == [item["nip"] for item in shown]


def test_only_the_one_who_asked_sees_it(office):  # noqa: F811
    place = office.ask("hr", "POST", f"/v1/recaps/{MONTH}/exports", {"format": "csv"}, 202).headers["Location"]
    for path in (place, f"{place}/file"):
        assert office.ask("auditor", "GET", path).json["code"] == "unknown_export"
        assert office.ask("admin", "GET", path).status_code == 403


def test_a_unit_out_of_scope_is_none(office):  # noqa: F811
    answer = office.ask("supervisor", "POST", f"/v1/recaps/{MONTH}/exports", {"format": "csv", "unit": "DISKES"})
    assert answer.json["code"] == "unknown_unit"


def test_what_cannot_be_written_says_why_and_holds_up_nobody(office, monkeypatch):  # noqa: F811
    monkeypatch.setattr(pages, "MOST_PEOPLE", 1)
    first = office.ask("hr", "POST", f"/v1/recaps/{MONTH}/exports", {"format": "pdf"}, 202).headers["Location"]
    second = office.ask("hr", "POST", f"/v1/recaps/{MONTH}/exports", {"format": "csv"}, 202).headers["Location"]
    write(office)
    failed = office.ask("hr", "GET", first).json
    assert (failed["state"], failed["error"]) == ("failed", "recap_too_many_for_pdf")
    write(office)
    assert office.ask("hr", "GET", second).json["state"] == "done"
    assert actions.write_next(office.session, lambda *_: None, clock.now()) == 0


def test_files_are_thrown_away_after_a_week(office):  # noqa: F811
    place = office.ask("hr", "POST", f"/v1/recaps/{MONTH}/exports", {"format": "csv"}, 202).headers["Location"]
    write(office)
    assert actions.throw_away(office.session, clock.now() + timedelta(days=6)) == 0
    assert actions.throw_away(office.session, clock.now() + timedelta(days=8)) == 1
    assert office.ask("hr", "GET", f"{place}/file").json["code"] == "unknown_export"


def test_the_job_writes_it_and_says_meanwhile_how_far_it_is(database):
    """With transactions that really commit: the word about how far it is comes from one of its own, and both are kept."""
    now = clock.now()
    with db.transaction() as session:
        unit = make.unit(session, "BALI")
        reader = make.person(session, unit)
        close_day(session, date(2026, 10, 5), now, [reader.id])
        by = Actor(reader.id, reader.nip, reader.name, (Grant(Role.HR, "BALI"),), uuid4())
        asked = actions.ask(session, date(2026, 10, 1), "BALI", "csv", "id", by, now).id
    job = get_job("export-recaps")
    assert runner.run_slot(job, schedule.newest_slot(job, now), now).failures == ()
    with db.transaction() as session:
        export, file = actions.file_of(session, asked, by)
        assert (export.state, export.people) == ("done", 1) and reader.nip in file.read_text("utf-8-sig")
        file.unlink()
