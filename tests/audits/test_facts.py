"""A superuser with every trigger off changes one row of every table of facts, column by column, and the audit names each."""

from collections.abc import Iterator
from datetime import date

import pytest
from sqlalchemy import exc, text

from app import clock, db
from app.audits import store
from app.audits.actions import audit_facts
from app.ledger.rules import Alarm
from app.ratings.actions import watch_absence
from tests import make
from tests.ledger.test_every_fact import ACTS, COMMANDS, office  # noqa: F401 - a fixture

KINDS = {"discipline_notice", *(kind for kind, _ in (*ACTS.values(), *COMMANDS.values()))}
COMPARED = {kind for kept in store.KEPT for kind in kept.kinds}

# One act for each kind that is compared: the longest story of it, which leaves rows in all its tables.
STORY = {kind: address for address, (kind, _) in (*COMMANDS.items(), *ACTS.items())} | {
    "device": "POST /v1/devices/<device_id>/waiver",
    "letter": "POST /v1/assignment-letters/<int(max=9223372036854775807):letter_id>/withdrawal",
    "grant": "POST /v1/grants/<int(max=9223372036854775807):grant_id>/end",
    "holiday": "POST /v1/holidays",
    "incident": "POST /v1/incidents/<int(max=9223372036854775807):incident_id>/withdrawal",
    "calendar_membership": "POST /v1/calendar-groups/<agency>/<code>/members",
    "door_code": "POST /v1/sites/<code>/door-code",
    "site_version": "PUT /v1/sites/<code>",
}
STORY["finding"] = STORY["finding_decision"]


def watched(office) -> None:  # noqa: F811
    """Two are absent for three days; of one a day turns out otherwise."""
    for person, days in ((office.person, 3), (office.partner, 3)):
        for day in range(days):
            make.day_record(office.session, person, date(2026, 2, 2 + day), "absent")
    until, now = date(2026, 2, 27), clock.now()
    assert watch_absence(office.session, until, now) == 2
    office.session.execute(text("UPDATE day_records SET status = 'present' WHERE person_id = :id"), {"id": office.partner.id})
    assert watch_absence(office.session, until, now) == 1


# What a night tells, which nobody asks for.
NIGHTS = {"discipline_notice": watched}
STORY |= {kind: kind for kind in NIGHTS}

# Another value than a column has, and one where there is none: by type, of several the first that fits.
VALUES = {
    "text": ("{0} || 'X'",), "bigint": ("{0} + 1000",), "integer": ("{0} + 1000",), "numeric": ("{0} + 1",), "date": ("{0} - 1",),
    "timestamp with time zone": ("{0} - interval '20 minutes'",), "time without time zone": ("{0} + interval '30 seconds'",),
    "uuid": ("gen_random_uuid()",), "boolean": ("NOT {0}",), "jsonb": ("jsonb_build_array({0})",), "ltree": ("{0} || 'LAIN'",),
    "bytea": ("sha256({0})",),
    "ARRAY": ("array_append({0}, 1::bigint)", "array_append({0}, gen_random_uuid())", "array_append({0}, DATE '2026-12-25')"),
    "USER-DEFINED": ("ST_Translate({0}, 0.0001, 0)",),
}  # fmt: skip
FILLED = {
    "text": "'lain'", "bigint": "1000", "integer": "1", "date": "DATE '2026-12-01'", "bytea": "sha256('x')",
    "timestamp with time zone": "now()", "time without time zone": "TIME '0800'", "jsonb": "'{}'::jsonb",
    "ARRAY": "'{}'",
}  # fmt: skip


def test_every_kind_of_leaf_is_compared_or_says_why_not() -> None:
    """Whoever adds a kind of leaf finds this red: give it a row in `app/audits/store`, so that its rows are held against it."""
    assert KINDS - COMPARED - set(store.UNCOMPARED) == set()
    assert COMPARED & set(store.UNCOMPARED) == set()


def test_every_table_is_compared_or_says_why_not() -> None:
    compared = {table for kept in store.KEPT for table in kept.tables}
    assert set(db.Base.metadata.tables) - compared - set(store.NO_FACTS) == set()


def done(app, office, address: str) -> None:  # noqa: F811
    """Somebody does what is asked there."""
    if address in NIGHTS:
        NIGHTS[address](office)
        return
    if address in ACTS:
        ACTS[address][1](office)
        return
    told = app.test_cli_runner().invoke(args=[*address.split(), *COMMANDS[address][1](office)])
    assert told.exit_code == 0, told.output


def alarms(session, *kept: store.Kept) -> set[Alarm]:
    return set(audit_facts(session, kept))


def columns_of(session, table: str) -> Iterator[tuple[str, str]]:
    rows = session.execute(
        text(
            """SELECT column_name, CASE WHEN udt_name = 'ltree' THEN 'ltree' ELSE data_type END FROM information_schema.columns
            WHERE table_name = :table AND is_identity = 'NO' ORDER BY ordinal_position"""
        ),
        {"table": table},
    )
    yield from (tuple(row) for row in rows)


def changes_of(session, table: str) -> Iterator[tuple[str, list[str]]]:
    """Ways to change a row of the table, each with statements of which the first that fits its type is done."""
    for column, kind in columns_of(session, table):
        if f"{table}.{column}" not in store.SILENT:
            values = [value.format(column) for value in VALUES[kind]]
            if kind in FILLED:
                values = [f"CASE WHEN {column} IS NULL THEN {FILLED[kind]} ELSE {value} END" for value in values]
            yield f"{table}.{column}", [f"UPDATE {table} SET {column} = {value}" for value in values]
    yield f"{table} deleted", [f"DELETE FROM {table}"]


def take_over(session, table: str) -> None:
    """The superuser steps in: no trigger, no foreign key, no check."""
    session.execute(text("RESET ROLE; SET LOCAL session_replication_role = replica"))
    checks = "SELECT conname FROM pg_constraint WHERE conrelid = CAST(:table AS regclass) AND contype IN ('c', 'x')"
    for name in session.scalars(text(checks), {"table": table}).all():
        session.execute(text(f"ALTER TABLE {table} DROP CONSTRAINT {name}"))


def is_done(session, statements: list[str], spared: list[str]) -> bool:
    """Whether one of the statements changed rows, other than those that were there before."""
    for statement in statements:
        try:
            with session.begin_nested():
                return (
                    session.execute(text(f"{statement} WHERE ctid <> ALL(CAST(:spared AS tid[]))"), {"spared": spared}).rowcount > 0
                )
        except exc.ProgrammingError:
            continue
    return False


@pytest.mark.parametrize("table", sorted({table for kept in store.KEPT for table in kept.tables}))
def test_a_superuser_changes_nothing_unnoticed(app, session, office, table) -> None:  # noqa: F811
    """Edited in any column, back-dated or deleted: the audit names the fact by its id."""
    watching = [kept for kept in store.KEPT if table in kept.tables]
    spared = session.scalars(text(f"SELECT ctid::text FROM {table}")).all()
    before = alarms(session, *watching)
    done(app, office, STORY[watching[-1].kinds[0]])
    facts = {pair.id for kept in watching for pair in store.each_pair(session, kept) if pair.told is not None}
    assert facts and alarms(session, *watching) <= before
    take_over(session, table)
    unnoticed = []
    for what, statements in changes_of(session, table):
        point = session.begin_nested()
        assert is_done(session, statements, spared), what
        if not {alarm.at for alarm in alarms(session, *watching) - before} & facts:
            unnoticed.append(what)
        point.rollback()
        session.expire_all()
    assert unnoticed == []
