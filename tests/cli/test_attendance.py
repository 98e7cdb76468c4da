"""`flask attendance replay`: a month from raw evidence gives the records it gave before, or says which it does not."""

from datetime import date

from sqlalchemy import text

from tests import make
from tests.attendance.worlds import at

MONDAY = date(2026, 10, 12)


def test_a_replayed_month_is_the_same_in_every_column_or_is_named(app, session) -> None:
    person = make.person(session)
    make.checkin(session, person, "in", at("08:10:00", MONDAY), MONDAY)
    run = app.test_cli_runner().invoke
    check = ["attendance", "replay", "--month", "2026-10", "--check"]
    missing = run(args=check)
    assert (missing.exit_code, missing.output.splitlines()[-1]) == (1, "2026-10: 31 differ")
    assert f"{MONDAY} person {person.id}: record" in missing.output
    assert run(args=check[:-1]).output == "2026-10: 31 changed\n"
    same = run(args=check)
    assert (same.exit_code, same.output) == (0, "2026-10: 0 differ\n")
    session.execute(text("UPDATE day_records SET late_min = 39 WHERE day = :day"), {"day": MONDAY})
    altered = run(args=check)
    assert (altered.exit_code, altered.output.splitlines()[0]) == (1, f"{MONDAY} person {person.id}: late_min")
    make.checkin(session, person, "out", at("16:30:00", MONDAY), MONDAY)
    assert "evidence_hash" in run(args=check).output
