"""Calendars to subscribe to: read back by the library they are written with, and by whoever holds the link only."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from sqlalchemy import text

from app import clock, decrees
from app.feeds import actions, render, rules
from app.people.actions.days import day_of
from app.workdays.rules import RosterEntry, Shift, instance_of, workday_on
from tests import make

SECRETS = ("Keperluan uji", "Rapat uji", "sick", "sakit", "-8.65", "115.22")


@pytest.fixture
def person(session):
    make.site(session)
    return make.person(session, name="Ni Luh Ayu")


@pytest.fixture
def path(client, sign_in, person):
    return client.post("/v1/me/feed", headers=sign_in(person.id)).json["path"]


def monday() -> date:
    """The Monday after next, in WITA."""
    today = day_of(clock.now())
    return today + timedelta(days=14 - today.weekday())


def entries(answer) -> dict[str, list[icalendar.Event]]:
    found: dict[str, list[icalendar.Event]] = {}
    for entry in icalendar.Calendar.from_ical(answer.data).walk("VEVENT"):
        found.setdefault(str(entry["summary"]), []).append(entry)
    return found


def test_office_hours_are_read_back_in_wita_and_a_roster_wins(session, client, person, path) -> None:
    day = monday()
    make.roster(session, person.nip, day + timedelta(days=1), "22:00", "06:00")
    answer = client.get(path)
    assert answer.status_code == 200 and answer.content_type.startswith("text/calendar")
    assert len(answer.data.splitlines()) > 100 and max(map(len, answer.data.splitlines())) <= 75
    found = entries(answer)
    wita = ZoneInfo("Asia/Makassar")
    hours = [(one["dtstart"].dt.astimezone(wita), one["dtend"].dt.astimezone(wita)) for one in found["Jam kerja"]]
    assert (
        datetime(day.year, day.month, day.day, 7, 30, tzinfo=wita),
        datetime(day.year, day.month, day.day, 16, 30, tzinfo=wita),
    ) in hours
    assert all(start.weekday() < 5 for start, _ in hours)
    [night] = found["Sif MALAM"]
    assert night["dtstart"].dt.astimezone(wita).isoformat() == f"{day + timedelta(days=1)}T22:00:00+08:00"
    assert night["dtend"].dt - night["dtstart"].dt == timedelta(hours=8)
    assert day + timedelta(days=1) not in {start.date() for start, _ in hours}


def test_leave_letters_and_free_days_stand_in_it_without_their_reasons(session, client, person, path) -> None:
    day = monday()
    officer = make.person(session)
    make.leave(session, person, "sick", day, day + timedelta(days=1), officer)
    make.leave(session, person, "annual", day + timedelta(days=2), day + timedelta(days=2), officer, part="morning")
    make.letter(session, officer, person, first_day=day + timedelta(days=3), place="anywhere")
    make.leave(session, make.person(session), "annual", day, day, officer)
    answer = client.get(path)
    found = entries(answer)
    [leave] = found["Cuti"]
    assert (leave["dtstart"].dt, leave["dtend"].dt) == (day, day + timedelta(days=2))
    [half] = found["Cuti setengah hari (pagi)"]
    assert half["dtstart"].dt == day + timedelta(days=2)
    [letter] = [name for name in found if name.startswith("Surat tugas 800/")]
    assert found[letter][0]["dtend"].dt == day + timedelta(days=4)
    worked = {one["dtstart"].dt.astimezone(ZoneInfo("Asia/Makassar")).date() for one in found["Jam kerja"]}
    assert worked & {day + timedelta(days=n) for n in range(4)} == {day + timedelta(days=2), day + timedelta(days=3)}
    assert [name for name in found if name.startswith("Libur: ")]
    body = answer.data.decode()
    assert [word for word in (*SECRETS, person.name, person.nip) if word in body] == []


def test_a_tag_spares_the_calendar_until_something_changes(session, client, person, path) -> None:
    first = client.get(path)
    tag = first.headers["ETag"]
    assert tag.startswith('W/"')
    again = client.get(path, headers={"If-None-Match": tag})
    assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", tag)
    assert client.get(path + "?lang=en", headers={"If-None-Match": tag}).status_code == 200
    make.roster(session, person.nip, monday(), "22:00", "06:00")
    changed = client.get(path, headers={"If-None-Match": tag})
    assert changed.status_code == 200 and changed.headers["ETag"] != tag
    assert "no-store" not in changed.headers["Cache-Control"]


def test_entries_keep_their_ids_and_differ_between_people(session, client, sign_in, person, path) -> None:
    def ids(where):
        return {str(one["uid"]) for all_of in entries(client.get(where)).values() for one in all_of}

    other = make.person(session)
    theirs = client.post("/v1/me/feed", headers=sign_in(other.id)).json["path"]
    assert ids(path) == ids(path) and not ids(path) & ids(theirs)
    assert len(ids(path)) == sum(map(len, entries(client.get(path)).values()))


def test_the_link_is_ones_own_renewed_and_ended(session, client, sign_in, person) -> None:
    headers = sign_in(person.id)
    assert client.get("/v1/me/feed", headers=headers).json == {"path": None, "made_at": None}
    first = client.post("/v1/me/feed", headers=headers).json["path"]
    assert client.get("/v1/me/feed", headers=headers).json["path"] == first
    second = client.post("/v1/me/feed", headers=headers).json["path"]
    assert first != second and len(first) == len("/v1/feeds/.ics") + 43
    assert [client.get(one).status_code for one in (first, second)] == [404, 200]
    assert client.get(first).json["code"] == "unknown_feed"
    assert client.delete("/v1/me/feed", headers=headers).status_code == 204
    assert client.get(second).status_code == 404
    assert client.get("/v1/me/feed", headers=headers).json["path"] is None
    third = client.post("/v1/me/feed", headers=headers).json["path"]
    assert third not in (first, second) and client.get(third).status_code == 200
    kept = session.execute(text("SELECT feeds::text FROM feeds")).scalars().all()
    assert not [row for row in kept if third[10:53] in row]


@pytest.mark.parametrize("secret", ["A" * 43, "A" * 42, "A" * 44, "", "../me"])
def test_a_guess_opens_nothing(client, path, secret) -> None:
    assert client.get(f"/v1/feeds/{secret}.ics").status_code == 404


def test_nobody_makes_one_unknown(client) -> None:
    for method in ("GET", "POST", "DELETE"):
        assert client.open("/v1/me/feed", method=method).status_code == 401


def test_who_is_posted_nowhere_any_more_has_no_hours(session, client, person, path) -> None:
    left = {"day": day_of(clock.now()) - timedelta(days=10), "person": person.id}
    session.execute(text("UPDATE postings SET until = :day WHERE person_id = :person"), left)
    starts = [one["dtstart"].dt for one in entries(client.get(path)).get("Jam kerja", [])]
    assert starts and max(starts) < clock.now() - timedelta(days=9)


def test_an_agencys_calendar_is_open_and_has_its_holidays_and_its_groups_feasts(session, client, sign_in) -> None:
    bali = make.unit(session)
    make.unit(session, "DISHUB", bali)
    now = day_of(clock.now())
    make.grant(session, officer := make.person(session), "hr", bali)
    said = {"unit": "BALI", "day": f"{now.year}-12-30", "kind": "national", "name": "Hari jadi", "source": "SE"}
    group = {"agency": "BALI", "code": "bali-hindu", "name": "Kelompok A", "calendar": "bali-hindu"}
    for where, body in (("holidays", said), ("calendar-groups", group)):
        assert client.post(f"/v1/{where}", json=body, headers=sign_in(officer.id)).status_code == 201
    answer = client.get("/v1/feeds/agencies/BALI.ics")
    found = entries(answer)
    assert found["Hari jadi"][0]["dtstart"].dt == date(now.year, 12, 30)
    assert "Hari Buruh Internasional" in found and len(found["Hari Buruh Internasional"]) == 2
    assert [name for name in found if name.endswith("(dispensasi Kelompok A)")]
    assert [client.get(f"/v1/feeds/agencies/{code}.ics").status_code for code in ("DISHUB", "ENTAH")] == [404, 404]


BERLIN, NEW_YORK = "Europe/Berlin", "America/New_York"


@pytest.mark.parametrize(
    "zone, day, starts, ends, hours",
    [
        (BERLIN, date(2027, 3, 27), "22:00", "06:00", 7),  # the hour from two to three is skipped
        (BERLIN, date(2026, 10, 24), "22:00", "06:00", 9),  # and comes twice
        (NEW_YORK, date(2027, 3, 13), "22:00", "06:00", 7),
        (NEW_YORK, date(2026, 10, 31), "22:00", "06:00", 9),
        ("Asia/Makassar", date(2026, 10, 24), "22:00", "06:00", 8),
    ],
)
def test_a_night_of_the_summer_time_is_as_long_as_it_is_worked(zone, day, starts, ends, hours) -> None:
    from datetime import time

    decree = decrees.on("bali", day)
    shift = Shift("MALAM", time.fromisoformat(starts), time.fromisoformat(ends))
    night = workday_on(day, zone, decree, None, RosterEntry(day, (shift,)))
    written = render.ics_of(rules.events_of([night], (), ()), "person:1", "x", "id", datetime(2026, 1, 1, tzinfo=UTC))
    [entry] = icalendar.Calendar.from_ical(written).walk("VEVENT")
    assert entry["dtend"].dt - entry["dtstart"].dt == timedelta(hours=hours)
    local = ZoneInfo(zone)
    assert [f"{entry[at].dt.astimezone(local):%H:%M}" for at in ("dtstart", "dtend")] == [starts, ends]
    assert entry["dtstart"].dt == instance_of(day, zone, decree, shift).start_at


def test_the_tag_changes_with_every_word_that_is_shown() -> None:
    day = date(2026, 12, 7)
    shown = rules.Event("leave:1", day, day + timedelta(days=1), "feed_leave_whole", {"name": "x"})
    others = [
        replace(shown, code="feed_leave_morning"), replace(shown, params={"name": "y"}), replace(shown, key="leave:2"),
        replace(shown, begins=day - timedelta(days=1)), replace(shown, ends=day + timedelta(days=2)),
    ]  # fmt: skip
    tags = {actions.Calendar((one,), "person:1", "Kerja").tag("id") for one in (shown, *others)}
    assert len(tags) == 1 + len(others)


def test_every_word_of_a_calendar_is_known_in_both_languages() -> None:
    from app.texts import catalogue
    from app.workdays.rules import HolidayKind, Part

    codes = {f"feed_leave_{part}" for part in Part} | {f"feed_{kind}" for kind in HolidayKind} - {"feed_workday"}
    assert codes <= set(catalogue())


def test_the_reach_of_a_calendar_is_bounded(client, path) -> None:
    today = day_of(clock.now())
    starts = [one["dtstart"].dt for one in entries(client.get(path))["Jam kerja"]]
    days = {start.astimezone(ZoneInfo("Asia/Makassar")).date() for start in starts}
    assert min(days) >= today - timedelta(days=actions.BACK_DAYS) and max(days) <= today + timedelta(days=actions.AHEAD_DAYS)
    assert max(days) > today + timedelta(days=100)
