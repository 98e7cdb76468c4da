"""Loading the demo: all of it in one transaction, so that an interrupted load leaves nothing behind."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from pathlib import Path

from app import jws
from app.checkins import store as checkins
from app.db import Session, transaction
from app.demo import accounts, beginning, days, nights, office, store, work
from app.demo.cast import AGENCY, Member, cast_of
from app.demo.plan import Plan, plan_of
from app.geofences import actions as doors
from app.geofences import store as geofences
from app.ledger import actions as ledger

MOST_SITES = 1000


class NotOurs(Exception):
    """The database holds people who are not the demo's."""


def load(plan: Plan, keyring: jws.Keyring, sites: Path, files: Path) -> Iterator[str]:
    """Sentences that say how far the load is; after the last one all of it is committed, and its lists are in `files`.

    Raises: NotOurs, ValueError for a plan that cannot be.
    """
    secret = keyring.secret("demo")
    cast = _cast_of(plan)
    with transaction() as session:
        store.hold(session)
        told = store.find_told(session)
        if told is None and store.has_people(session):
            raise NotOurs
        if told is not None:
            plan = plan_of(told)
            cast = _cast_of(plan)
            yield f"already loaded: {plan.people} people, {plan.first_day} to {plan.until}"
        else:
            yield from _tell(session, plan, cast, keyring, secret, sites, files)
    accounts.write_list(files / "accounts.csv", accounts.listed(cast), secret)
    with transaction() as session:
        accounts.write_screens(files / "screens.csv", _screens(session, plan))
        ledger.seal(session, plan.ends_at)


def _screens(session: Session, plan: Plan) -> list[tuple[str, str]]:
    found = geofences.list_sites(session, [AGENCY], plan.ends_at, None, MOST_SITES)
    return [(site.name, doors.get_screen(session, site.code, None).path) for site in found if site.has_code]


def _cast_of(plan: Plan) -> list[Member]:
    return cast_of(plan.seed, plan.people, plan.first_day, plan.until + timedelta(days=1), plan.cheats)


def _tell(
    session: Session, plan: Plan, cast: Sequence[Member], keyring: jws.Keyring, secret: str, sites: Path, files: Path
) -> Iterator[str]:
    """The whole story, from the first posting to the last rating."""
    hashes = accounts.hashes_of(accounts.listed(cast), secret)
    yield f"{len(hashes)} passwords hashed"
    months = (plan.until.year - plan.first_day.year) * 12 + plan.until.month - plan.first_day.month
    checkins.make_partitions(session, plan.first_day.replace(day=1), months + 1)
    company = beginning.hire(session, cast, plan.begins_at)
    accounts.open_accounts(session, hashes, company.ids)
    beginning.build_sites(session, sites, company, plan.begins_at)
    beginning.put_up_screen(session, company, plan.begins_at)
    beginning.draw_up_roster(session, company, plan.first_day, plan.until, plan.begins_at)
    players = beginning.hand_out_phones(session, company, plan.seed, secret, plan.begins_at)
    away = beginning.ask_for_leaves(session, company, plan.seed, plan.first_day, plan.until, plan.begins_at)
    yield f"{len(cast)} people, {len(players)} of them with a phone, {sum(map(len, away.values()))} days of leave"
    played = days.Played(0, {})
    for day, played in days.play(session, plan, players, away, keyring):
        if day.day == 1 or day == plan.until:
            yield f"{played.taken} check-ins until {day}"
    findings = sum(found for _, found in nights.close_days(session, plan))
    logged, answered = work.log_work(session, plan, company)
    yield f"{logged} activities, {answered} of them answered"
    assessed = nights.assess(session, plan, company)
    rated = nights.rate(session, plan)
    noticed = nights.watch(session, plan)
    yield f"{findings} findings, {assessed} assessments, {rated} ratings, {noticed} notices of absence"
    yield f"{office.state_bases(session, company, plan)} base amounts, {office.send_letters(session, company, plan)} letters"
    store.note_told(session, plan.told(), plan.ends_at)
    _write_truth(files, cast, played.truth)


def _write_truth(files: Path, cast: Sequence[Member], truth: dict[str, set[date]]) -> None:
    rows = (
        (member.nip, member.cheat.value, " ".join(day.isoformat() for day in sorted(truth.get(member.nip, ()))))
        for member in cast
        if member.cheat is not None
    )
    accounts.write_truth(files / "truth.csv", rows)
