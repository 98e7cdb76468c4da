"""The steps of jobs that need more than a day: each `(session, turn) -> count`, and harmless when it is done again."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog

from app import decrees, errors, jws
from app.anomalies import actions as anomalies
from app.attachments import actions as attachments
from app.attendance import actions as attendance
from app.audits import actions as audits
from app.checkins import actions as checkin_actions
from app.checkins import store as checkins
from app.checkins.rules.verdict import RULES
from app.config import int_setting, var
from app.db import Session
from app.ledger import actions as ledger

# A night looks at what arrived since two nights ago: what came while the last one ran is looked at once more.
ARRIVALS = timedelta(hours=48)
# Check-ins are taken up to 35 days after they were made; the months those days lie in are rated again.
LATE_DAYS = 35
MONTHS_AHEAD = 3

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Turn:
    """One time a job is due: the instant it is due at, the days it is about (oldest first), and the present."""

    slot: datetime
    days: tuple[date, ...]
    now: datetime

    @property
    def arrived_since(self) -> datetime:
        """The instant from which arrivals are looked at for days older than `days`."""
        return self.slot - ARRIVALS

    @property
    def months(self) -> tuple[date, ...]:
        """The first days of the months in which something may have changed, oldest first."""
        oldest = min(self.days) - timedelta(days=LATE_DAYS)
        every = (oldest + timedelta(days=n) for n in range((max(self.days) - oldest).days + 1))
        return tuple(sorted({day.replace(day=1) for day in every}))


def close_late(session: Session, turn: Turn) -> int:
    """Number of day records that changed on older days, for those whose evidence arrived late."""
    return attendance.close_changed(session, turn.arrived_since, turn.days[0], turn.now)


def scan_late(session: Session, turn: Turn) -> int:
    """Number of new findings on older days of which check-ins arrived late."""
    arrived = checkins.list_changed_since(session, turn.arrived_since)
    days = sorted({day for _, day in arrived if day < turn.days[0]})
    return sum(anomalies.scan_day(session, day, turn.now) for day in days)


def grant_lapsed(session: Session, turn: Turn) -> int:
    """Number of appeals about findings that are granted because nobody answered them in time."""
    return anomalies.grant_lapsed(session, turn.now)


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
