"""The steps of jobs that need more than a day: each `(session, turn) -> count`, and harmless when it is done again."""

import hashlib
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from functools import partial
from uuid import UUID

import structlog

from app import decrees, errors, jws
from app.anomalies import actions as anomalies
from app.attachments import actions as attachments
from app.attendance import actions as attendance
from app.attendance import store as days
from app.audits import actions as audits
from app.checkins import actions as checkin_actions
from app.checkins import store as checkins
from app.checkins.rules.verdict import RULES
from app.config import int_setting, text_setting, var
from app.db import Session, about_rows, transaction
from app.exports import actions as exports
from app.exports import store as exported
from app.jobs.crowd import Done, done_for
from app.jobs.turn import Touched, Turn
from app.ledger import actions as ledger
from app.people import store as people
from app.ratings import actions as ratings

MONTHS_AHEAD = 3

log = structlog.get_logger()


def touched(session: Session, turn: Turn) -> Touched:
    """Whom something arrived about since the last look, on any day that is over."""
    until = turn.days[-1] + timedelta(days=1)
    found = attendance.changed_days(session, turn.arrived_since, until)
    arrived = {day for _, day in checkins.list_changed_since(session, turn.arrived_since, until=until)}
    return Touched({day: frozenset(own) for day, own in found.items()}, frozenset(arrived))


def stale_on(session: Session, day: date, turn: Turn) -> Sequence[int]:
    """Whom the day is to be derived for: everybody the first time, then whoever was touched or is out of date."""
    if day not in turn.days:
        return sorted(turn.touched_on(day))
    if day not in turn.known:
        return days.list_concerned(session, day)
    return sorted({*turn.touched_on(day), *days.list_stale(session, day, turn.now)})


def scan_day(session: Session, day: date, turn: Turn) -> Done:
    """Number of new findings about the day, and the people who had to be left out.

    A day that is known is looked through again for those of whom something is new, on it or on the day after, whose check-ins may
    bear the same numbers; of older days only new check-ins count as that.
    """
    only = _looked_for(day, turn)
    if only is not None and not only:
        return Done()
    try:
        with session.begin_nested():
            return Done(anomalies.scan_day(session, day, turn.now, only))
    except Exception as error:
        if about_rows(error) is None:
            raise
        look = partial(anomalies.look_through, session, day, turn.now)
        failed = done_for(session, look, anomalies.list_seen(session, day) if only is None else sorted(only)).failed
        if not failed:
            raise
    return Done(anomalies.scan_day(session, day, turn.now, only, failed), failed)


def _looked_for(day: date, turn: Turn) -> frozenset[int] | None:
    """Whom the day is to be looked through for; None: for everybody."""
    after = day + timedelta(days=1)
    if day not in turn.days:
        return None if day in turn.touched.arrived else turn.failed_at("scan_day", day)
    if day not in turn.known or (after in turn.days and after not in turn.known):
        return None
    return turn.touched_on(day) | turn.touched_on(after) | turn.failed_at("scan_day", day)


def due_in(session: Session, month: date, turn: Turn) -> Sequence[int]:
    """Whose month is to be rated anew: where a day or an assessment changed, or the law."""
    return ratings.list_due(session, month)


def marked_months(session: Session, turn: Turn) -> Collection[date]:
    """The months in which a day or an assessment changed."""
    return days.marked_months(session)


def law_and_program(session: Session) -> str:
    """A hash of what days are derived by beside evidence: the decrees, the program, and where units stand."""
    units = [(unit.id, unit.path, unit.zone, unit.decree) for unit in people.units_in(session, None)]
    return hashlib.sha256(repr((text_setting("build"), RULES, decrees.words(), units)).encode()).hexdigest()[:32]


def grant_lapsed(session: Session, turn: Turn) -> int:
    """Number of appeals about findings that are granted because nobody answered them in time."""
    return anomalies.grant_lapsed(session, turn.now)


def watch_absence(session: Session, turn: Turn) -> int:
    """Number of notices about absence given or taken back, of the calendar year and of the last one.

    The last one too, however late in the year: a decision about a day of then may come until its month is sealed.
    """
    last_day = max(turn.days)
    last_year = date(last_day.year - 1, 12, 31)
    return sum(ratings.watch_absence(session, until, turn.now) for until in (last_year, last_day))


def note_installed(session: Session, turn: Turn) -> int:
    """Number of keys, decrees and versions of the rules that signed or judged without being in the ledger yet.

    They come as files, without a transaction; within a minute each has its leaf, also a key that somebody slipped in.
    """
    keys = [ledger.Installed("key", key["kid"], {"x": key["x"]}) for key in jws.keyring(var("keys")).jwks()]
    laws = [_installed_law(path.stem, path.read_text("utf-8")) for path in decrees.files()]
    return ledger.note_installed(session, [*keys, *laws, ledger.Installed("rules", RULES, {})], turn.now)


def _installed_law(code: str, words: str) -> ledger.Installed:
    version = hashlib.sha256(words.encode()).hexdigest()
    return ledger.Installed("decree", f"{code}@{version[:16]}", {"sha256": version}, {"toml": words})


def seal(session: Session, turn: Turn) -> int:
    """Number of ledger leaves sealed."""
    return ledger.seal(session, turn.now)


def publish(session: Session, turn: Turn) -> int:
    """1 when a newer checkpoint was put where outsiders copy it."""
    return ledger.publish(session, turn.now)


def deliver(session: Session, turn: Turn) -> int:
    """Number of outsiders who took the newest checkpoint now."""
    return ledger.deliver(session, turn.now)


def audit(session: Session, turn: Turn) -> int:
    """0, when the ledger is as it was sealed.

    Raises: Conflict when it is not; every alarm is in the log.
    """
    alarms = list(audits.audit(session))
    for alarm in alarms:
        log.error("ledger_alarm", alarm=alarm.code, at=alarm.at)
    if alarms:
        raise errors.Conflict("ledger_altered", alarms=len(alarms))
    return 0


def forget_reports(session: Session, turn: Turn) -> int:
    """Number of reports whose time was up and that no open finding rests on; a setting says after how many days."""
    before = turn.now - timedelta(days=int_setting("report_days"))
    return checkin_actions.forget_reports(session, before, turn.now, held=anomalies.held_checkins(session, turn.now))


def forget_attachments(session: Session, turn: Turn) -> int:
    """Number of files whose time was up, or that nothing was asked for with."""
    return attachments.forget(session, turn.now)


def make_partitions(session: Session, turn: Turn) -> int:
    """Number of monthly tables made, for this month and the next ones."""
    return checkins.make_partitions(session, turn.now.date().replace(day=1), 1 + MONTHS_AHEAD)


def export_recaps(session: Session, turn: Turn) -> int:
    """1 when a recap that somebody asked for was written."""
    return exports.write_next(session, _tell, turn.now)


def throw_exports_away(session: Session, turn: Turn) -> int:
    """Number of exported files that lay for a week."""
    return exports.throw_away(session, turn.now)


def _tell(export_id: UUID, count: int) -> None:
    """Write down how far an export is, so that whoever waits sees it before the export is done."""
    with transaction() as session:
        exported.note(session, export_id, people=count)
