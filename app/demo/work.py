"""What people of the demo do all day: activities logged and answered, so that a superior's desk has something on it."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, time, timedelta
from decimal import Decimal
from random import Random

from app.activities import actions as activities
from app.activities.rules import Answer, Work, standardfile
from app.attendance import store as attendance
from app.attendance.store import Recorded
from app.db import Session
from app.demo.beginning import Company
from app.demo.cast import AGENCY, Member
from app.demo.plan import ZONE, Plan

# So many of them log, on the last days of the story; a government of thousands would take minutes to load.
MOST_PEOPLE = 40
LAST_DAYS = 14
# The last days still wait for an answer.
UNANSWERED_DAYS = 3
SOURCE = "Contoh demo yang bukan hasil analisis beban kerja"
NORMS = (
    ("SURAT", "Menyusun surat dinas", "surat", "45", 2),
    ("VERIF", "Memverifikasi berkas permohonan", "berkas", "7.5", 24),
    ("LAPOR", "Menyusun laporan", "laporan", "120", 1),
    ("DATA", "Memutakhirkan data", "baris", "1.5", 90),
)
MEETINGS = ("Rapat koordinasi bidang", "Rapat persiapan kegiatan", "Pendampingan tamu dinas", "Apel dan arahan pimpinan")


def state_norms(session: Session, now: datetime) -> None:
    """The demo's standard activities, from a file as any agency's."""
    heading = ",".join(standardfile.COLUMNS)
    rows = [f"{AGENCY},,{code},{name},{unit},{norm},2020-01-01,,{SOURCE}" for code, name, unit, norm, _ in NORMS]
    brought = activities.import_standards(session, standardfile.parse("\n".join((heading, *rows)).encode()), now, dry_run=False)
    if brought.problems:
        raise ValueError(f"the demo's own norms were refused: {brought.problems[:3]}")


def log_work(session: Session, plan: Plan, company: Company) -> tuple[int, int]:
    """How many activities were logged on the last days, and how many of them have an answer."""
    state_norms(session, plan.begins_at)
    chosen = [member for member in company.members.values() if _logs(member, company)][:MOST_PEOPLE]
    by_id = {company.ids[member.nip]: member for member in chosen}
    first_day = max(plan.first_day, plan.until - timedelta(days=LAST_DAYS - 1))
    settled: dict[str, list[int]] = defaultdict(list)
    count = 0
    days = [row for row in attendance.list_days(session, first_day, plan.until, person_ids=list(by_id)) if row.status == "present"]
    for row in days:
        member = by_id[row.person_id]
        chance = Random(f"{plan.seed}/{member.nip}/{row.day}/work")
        ids = [_log(session, work, member, company) for work in _works_on(row, chance)]
        count += len(ids)
        if row.day <= plan.until - timedelta(days=UNANSWERED_DAYS):
            settled[member.nip] += ids
    return count, sum(_answer(session, company.members[nip], ids, plan, company) for nip, ids in settled.items())


def _logs(member: Member, company: Company) -> bool:
    return not member.is_newcomer and not member.is_guard and company.superior_of(member) is not None


def _works_on(row: Recorded, chance: Random) -> Iterator[Work]:
    """One standard activity, and on some days a meeting with its hours."""
    code, name, _, _, most = chance.choice(NORMS)
    volume = Decimal(chance.randint(max(1, most // 2), most))
    yield Work(row.day, f"{name} ({volume})", standard=code, volume=volume)
    if chance.random() < 0.5:
        begins = time(chance.randint(9, 13), chance.choice((0, 30)))
        ends = time(begins.hour + 1, begins.minute)
        yield Work(row.day, chance.choice(MEETINGS), starts=begins, ends=ends)


def _log(session: Session, work: Work, member: Member, company: Company) -> int:
    evening = datetime.combine(work.day, time(17), ZONE)
    return activities.log(session, work, company.actor(member), evening).id


def _answer(session: Session, member: Member, ids: Sequence[int], plan: Plan, company: Company) -> int:
    """The member's superior returns or adjusts one now and then, and approves the others together."""
    superior = company.superior_of(member)
    assert superior is not None
    rest: list[int] = []
    chance = Random(f"{plan.seed}/{member.nip}/answers")
    for activity_id in ids:
        drawn = chance.random()
        if drawn < 0.04:
            said = Answer.RETURN, None, "Uraikan hasilnya"
            activities.decide(session, activity_id, *said, by=superior, now=plan.ends_at)
        elif drawn < 0.1:
            activities.decide(session, activity_id, Answer.ADJUST, 30, "Cukup setengah jam", by=superior, now=plan.ends_at)
        else:
            rest.append(activity_id)
    activities.decide_all(session, rest, Answer.APPROVE, "Sesuai hasil kerja", superior, plan.ends_at)
    return len(ids)
