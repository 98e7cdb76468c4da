"""A draft tried on a recorded month: what it would cost, whom it touches, and that it changes nothing."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import openpyxl
import pytest
from click.testing import CliRunner
from sqlalchemy import select, text, update
from sqlalchemy.exc import InternalError
from sqlalchemy.orm import Session

from app import decrees
from app.attendance.actions import close_day
from app.attendance.store import DayRecord
from app.cli.decrees import decrees as commands
from app.people.store import Unit
from app.ratings.actions import backtest, ladder_of, update_month
from app.ratings.store import Rating
from app.workdays import store as workdays
from tests import make
from tests.attendance.worlds import at

MONTH = date(2026, 9, 1)
MONDAY = date(2026, 9, 7)
NOW = datetime(2026, 10, 2, tzinfo=UTC)
BALI = decrees.path_of("bali").read_text("utf-8")


@pytest.fixture
def office(session: Session) -> SimpleNamespace:
    """Four people of two offices for three days of September: one late by 40 minutes, one on time, one absent; one elsewhere."""
    agency = make.unit(session)
    road, health = make.unit(session, "DISHUB", agency), make.unit(session, "DISKES", agency)
    other = make.unit(session, "BADUNG", decree="badung")
    week = {"since": MONDAY, "until": MONDAY + timedelta(days=3)}
    late, prompt = make.person(session, road, **week), make.person(session, road, **week)
    absent, elsewhere = make.person(session, health, **week), make.person(session, other, **week)
    for day in (MONDAY + timedelta(days=number) for number in range(3)):
        for person, arrived in ((late, "08:10:00"), (prompt, "07:20:00")):
            make.checkin(session, person, "in", at(arrived, day), day)
            make.checkin(session, person, "out", at("16:30:00", day), day)
        close_day(session, day, NOW)
    update_month(session, MONTH, NOW)
    return SimpleNamespace(late=late, prompt=prompt, absent=absent, elsewhere=elsewhere)


def drafted(folder: Path, old: str, new: str) -> Path:
    """Bali's decree with one change to its text."""
    assert old in BALI
    file = folder / "bali.toml"
    file.write_text(BALI.replace(old, new, 1), "utf-8")
    return file


def dearer(folder: Path) -> Path:
    """31 to 61 minutes late cost 1.25 instead of 1."""
    return drafted(folder, 'to_min = 61, pct = "1" }', 'to_min = 61, pct = "1.25" }')


def test_a_draft_says_what_it_costs_whom_it_touches_and_where(session: Session, office, tmp_path: Path) -> None:
    trial = backtest(session, decrees.draft_of(dearer(tmp_path)), MONTH, NOW)
    assert (trial.draft, trial.stands_for, trial.is_sealed) == ("bali", "bali", False)
    assert (trial.whole.people, trial.whole.touched) == (3, 1)
    assert (trial.whole.deductions.before_pct, trial.whole.deductions.after_pct) == (Decimal(12), Decimal("12.75"))
    assert [(unit.unit, unit.people, unit.touched, unit.deductions.difference_pct) for unit in trial.units] == [
        ("DISHUB", 2, 1, Decimal("0.75")),
        ("DISKES", 1, 0, Decimal(0)),
    ]
    (touched,) = trial.touched
    assert (touched.nip, touched.unit, touched.tpp) == (office.late.nip, "DISHUB", None)
    assert touched.days == tuple(MONDAY + timedelta(days=number) for number in range(3))


def test_other_hours_are_other_minutes(session: Session, office, tmp_path: Path) -> None:
    """From 08.15 to 17.15 nobody is late, and going at 16.30 is 45 minutes early: who was 40 minutes late pays the same."""
    file = drafted(tmp_path, "start = 07:30:00, end = 16:30:00", "start = 08:15:00, end = 17:15:00")
    trial = backtest(session, decrees.draft_of(file), MONTH, NOW)
    costs = {person.nip: (person.deductions.before_pct, person.deductions.after_pct) for person in trial.touched}
    assert costs == {office.prompt.nip: (Decimal(0), Decimal(3))}


def test_the_law_in_force_as_a_draft_touches_nobody(session: Session, office) -> None:
    trial = backtest(session, decrees.draft_of(decrees.path_of("bali")), MONTH, NOW)
    assert (trial.whole.people, trial.whole.touched, trial.whole.deductions.difference_pct, trial.touched) == (3, 0, 0, ())


def test_it_agrees_with_what_was_stored_and_changes_nothing(session: Session, office, tmp_path: Path) -> None:
    stored = dict(session.execute(select(Rating.person_id, Rating.discipline_pct)).all())
    before = session.execute(text("SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM day_records t")).scalar()
    trial = backtest(session, decrees.draft_of(dearer(tmp_path)), MONTH, NOW)
    paid = sum((100 - stored[person.id] for person in (office.late, office.prompt, office.absent)), Decimal(0))
    assert trial.whole.deductions.before_pct == paid
    assert session.execute(text("SELECT md5(string_agg(t::text, '' ORDER BY t::text)) FROM day_records t")).scalar() == before
    with pytest.raises(InternalError, match="read-only transaction"), session.begin_nested():
        session.execute(update(DayRecord).values(late_min=0))


def test_a_sealed_month_is_said_to_be_sealed(session: Session, office, tmp_path: Path) -> None:
    session.execute(update(DayRecord).values(frozen_at=NOW))
    assert backtest(session, decrees.draft_of(dearer(tmp_path)), MONTH, NOW).is_sealed


def test_one_unit_alone(session: Session, office, tmp_path: Path) -> None:
    trial = backtest(session, decrees.draft_of(dearer(tmp_path)), MONTH, NOW, ["BALI.DISKES"])
    assert (trial.whole.people, trial.whole.touched) == (1, 0)


def test_an_amendment_is_a_draft_too(session: Session, office, tmp_path: Path) -> None:
    file = tmp_path / "bali-2026.toml"
    file.write_text(
        'code = "bali-2026"\nname = "Rancangan"\namends = "bali"\n'
        '[[absence]]\nsince = 2026-09-08\npct = "4"\nsource = "Rancangan"\nquality = "C"\n',
        "utf-8",
    )
    trial = backtest(session, decrees.draft_of(file), MONTH, NOW)
    assert [(person.nip, person.deductions.difference_pct, len(person.days)) for person in trial.touched] == [
        (office.absent.nip, Decimal(2), 2)
    ]


@pytest.mark.parametrize("whom", ['units = ["DISHUB"]', 'groups = ["pengasuh"]'])
def test_flexible_hours_of_some_people_reach_them_and_nobody_else(session: Session, office, tmp_path: Path, whom: str) -> None:
    """Coming 40 minutes late and going 40 minutes later costs nothing where the hours move, and as much as before elsewhere."""
    agency = session.scalars(select(Unit).where(Unit.code == "BALI")).one()
    group = workdays.add_group(session, agency.id, "pengasuh", "Kelompok A", None, NOW)
    workdays.add_membership(session, office.late.id, group.id, MONDAY, None, NOW)
    other = make.person(session, make.unit(session, "DISKES"), since=MONDAY, until=MONDAY + timedelta(days=3))
    for day in (MONDAY + timedelta(days=number) for number in range(3)):
        make.checkin(session, office.late, "out", at("17:10:00", day), day)
        make.checkin(session, other, "in", at("08:10:00", day), day)
        make.checkin(session, other, "out", at("17:10:00", day), day)
    file = tmp_path / "bali-2026.toml"
    file.write_text(
        'code = "bali-2026"\nname = "Rancangan"\namends = "bali"\n'
        f'[[overlay]]\nname = "luwes"\nsince = 2026-09-07\nuntil = 2026-09-10\n{whom}\nearlier_min = 0\nlater_min = 60\n'
        'source = "Rancangan"\nquality = "C"\n',
        "utf-8",
    )
    trial = backtest(session, decrees.draft_of(file), MONTH, NOW)
    costs = {person.nip: (person.deductions.before_pct, person.deductions.after_pct) for person in trial.touched}
    assert costs == {office.late.nip: (Decimal(3), Decimal(0))}


@pytest.mark.parametrize("lang", ["id", "en"])
def test_the_command_prints_sums_and_writes_json_and_a_workbook(session: Session, office, tmp_path: Path, lang: str) -> None:
    draft = str(dearer(tmp_path))
    made = tmp_path / "hasil.json"
    answer = CliRunner().invoke(
        commands, ["backtest", draft, "--month", "2026-09", "--format", "json", "-o", str(made), "--lang", lang]
    )
    assert answer.exit_code == 0, answer.output
    assert "0.75" in answer.output
    document = json.loads(made.read_text("utf-8"))
    assert (document["is_sealed"], document["whole"]["touched"]) == (False, 1)
    assert document["touched"][0]["deductions_pct"] == {"before": "3", "after": "3.75", "difference": "0.75"}
    book = tmp_path / "hasil.xlsx"
    words = ["backtest", draft, "--month", "2026-09", "--unit", "BALI", "--format", "xlsx", "-o", str(book), "--lang", lang]
    assert CliRunner().invoke(commands, words).exit_code == 0
    units, touched = openpyxl.load_workbook(book).worksheets
    assert [row[0].value for row in units.iter_rows(min_row=6)] == ["DISHUB", "DISKES", "Jumlah" if lang == "id" else "Total"]
    assert [cell.value for cell in touched[2]][:6] == [office.late.nip, office.late.name, "DISHUB", 3, 3.75, 0.75]


def test_a_draft_that_is_broken_or_stands_for_nothing_is_refused(session: Session, office, tmp_path: Path) -> None:
    broken = drafted(tmp_path, 'pct = "3"', 'pct = "300"')
    answer = CliRunner().invoke(commands, ["backtest", str(broken), "--month", "2026-09"])
    assert answer.exit_code == 1
    assert "absence[0].pct" in answer.output
    nobody = tmp_path / "atlantis.toml"
    nobody.write_text(BALI.replace('code = "bali"', 'code = "atlantis"'), "utf-8")
    answer = CliRunner().invoke(commands, ["backtest", str(nobody), "--month", "2026-09"])
    assert (answer.exit_code, "atlantis" in answer.output) == (1, True)


def test_who_has_reached_a_step_of_the_ladder_is_named_and_nobody_else(session: Session, office) -> None:
    (notice,) = ladder_of(session, MONDAY + timedelta(days=2), ["BALI"])
    assert (notice.person.nip, notice.reached.days, notice.reached.sanction) == (office.absent.nip, 3, "oral_warning")
    assert notice.clause.code == "bali.ladder.2024-01-02"
    assert list(ladder_of(session, MONDAY + timedelta(days=1), ["BALI"])) == []
    answer = CliRunner().invoke(commands, ["ladder", "--until", "2026-09-09", "--unit", "BALI"])
    assert answer.exit_code == 0
    assert f"{office.absent.nip} {office.absent.name} (DISKES): 3 hari" in answer.output
    assert "Program ini hanya memberi tahu" in answer.output


def test_ten_days_in_a_row_cost_the_month_in_the_ministry_whose_rule_says_so(session: Session) -> None:
    """Permendikdasmen 14/2025 art. 19, from days in the database; a weekend and the holiday between do not end the row."""
    ministry = make.unit(session, "DIKDASMEN", decree="dikdasmen-14-2025")
    nine, ten = (make.person(session, ministry, since=MONDAY, until=MONDAY + timedelta(days=days)) for days in (11, 12))
    for number in range(12):
        close_day(session, MONDAY + timedelta(days=number), NOW)
    update_month(session, MONTH, NOW)
    session.expire_all()
    rated = dict(session.execute(select(Rating.person_id, Rating.discipline_pct)).all())
    assert (rated[nine.id], rated[ten.id]) == (100 - 9 * Decimal("2.5"), Decimal(0))


def test_absence_beside_half_a_day_of_leave_is_no_day_of_the_ladder(session: Session, office) -> None:
    until = MONDAY + timedelta(days=2)
    half = [{"code": "day_absent", "params": {}}, {"code": "day_half_morning", "params": {}}]
    where = (DayRecord.person_id == office.absent.id, DayRecord.day == until)
    assert [notice.reached.absent_days for notice in ladder_of(session, until, ["BALI"])] == [3]
    session.execute(update(DayRecord).where(*where).values(lines=half))
    assert list(ladder_of(session, until, ["BALI"])) == []
