"""Who there is: the tree of units, everybody's posting and role, and who will cheat."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from random import Random

from app.access import Role
from app.demo.names import person_of

AGENCY = "BALI"
UNITS = {
    AGENCY: "Pemerintah Provinsi Bali (demo sintetis)",
    "SETDA": "Sekretariat Daerah (demo)",
    "BKPSDM": "Badan Kepegawaian dan Pengembangan SDM (demo)",
    "DISHUB": "Dinas Perhubungan (demo)",
    "DISKES": "Dinas Kesehatan (demo)",
    "DISDIKPORA": "Dinas Pendidikan, Kepemudaan dan Olahraga (demo)",
    "DISTAN": "Dinas Pertanian dan Ketahanan Pangan (demo)",
    "DISPUPR": "Dinas Pekerjaan Umum dan Penataan Ruang (demo)",
    "DISKELKAN": "Dinas Kelautan dan Perikanan (demo)",
    "BAPENDA": "Badan Pendapatan Daerah (demo)",
    "DISKOMINFOS": "Dinas Komunikasi, Informatika dan Statistik (demo)",
    "SATPOLPP": "Satuan Polisi Pamong Praja (demo)",
    "BPSDM": "Badan Pengembangan SDM (demo)",
    "RSBM": "RS Bali Mandara (demo)",
}
OFFICES = tuple(code for code in UNITS if code != AGENCY)
SECTIONS = {"SEK": "Sekretariat", "TEK": "Bidang Teknis"}
POSITIONS = ("Analis Kebijakan", "Pranata Komputer", "Pengadministrasi Umum", "Pengelola Keuangan", "Arsiparis", "Penelaah Teknis")

FEWEST_PEOPLE, MOST_PEOPLE = 120, 100_000
# Enough for a room of newcomers who try the program at once, and never a noticeable part of a big government.
FEWEST_NEWCOMERS = 40
SHARING_OFFICE = "DISDIKPORA"


class Cheat(StrEnum):
    """What a planted cheat does; the value stands in truth.csv."""

    SHARED_COORDINATES = "shared_coordinates"
    FAKE_T1 = "fake_t1"
    FAKE_T2 = "fake_t2"
    FAKE_T3 = "fake_t3"
    FAKE_T4 = "fake_t4"
    FAKE_T5 = "fake_t5"
    REPLAYED_FIX = "replayed_fix"
    SHARED_PHONE = "shared_phone"
    CLOCK_MOVER = "clock_mover"
    NEAR_CAFE = "near_cafe"


# Families of fake-GPS apps, in the order of docs/signals.md.
FAKES = (Cheat.FAKE_T1, Cheat.FAKE_T2, Cheat.FAKE_T3, Cheat.FAKE_T4, Cheat.FAKE_T5)


@dataclass(frozen=True, slots=True)
class Member:
    """One employee as the story has him; a newcomer has joined after it and has no phone yet."""

    nip: str
    name: str
    unit: str
    position: str
    since: date
    role: Role = Role.EMPLOYEE
    over: str | None = None
    second_unit: str | None = None
    is_guard: bool = False
    is_newcomer: bool = False
    cheat: Cheat | None = None

    @property
    def office(self) -> str:
        """The office the unit belongs to."""
        return office_of(self.unit)


def office_of(unit: str) -> str:
    """The office of a section, or the office itself."""
    return unit.split("_")[0]


def path_of(unit: str) -> str:
    """The unit's path in the tree."""
    parts = (AGENCY, office_of(unit), unit)
    return ".".join(dict.fromkeys(parts))


def cast_of(seed: int, people: int, first_day: date, joins_on: date, cheats: int) -> list[Member]:
    """Everybody, in the order in which accounts are listed: officials, supervisors, newcomers, guards, cheats, staff.

    Raises: ValueError when so many people cannot hold so many cheats.
    """
    chance = Random(f"{seed}/cast")
    taken: set[str] = set()

    def member(unit: str, position: str, since: date = first_day, **more: object) -> Member:
        nip, name = person_of(chance, taken)
        return Member(nip, name, unit, position, since, **more)  # type: ignore[arg-type]

    def anywhere() -> str:
        return f"{chance.choice(OFFICES)}_{chance.choice(tuple(SECTIONS))}"

    cast = [
        member("BKPSDM_SEK", "Pengelola Sistem Informasi", role=Role.ADMIN, over=AGENCY),
        member("BKPSDM_TEK", "Kepala Bidang Kinerja", role=Role.HR, over=AGENCY),
        member("SETDA_SEK", "Auditor Madya", role=Role.AUDITOR, over=AGENCY),
        member("SETDA", "Sekretaris Daerah", role=Role.SUPERVISOR, over=AGENCY),
        *(member(office, f"Kepala {office}", role=Role.SUPERVISOR, over=office) for office in OFFICES),
        *(
            member(f"{office}_{section}", f"Kepala {name}", role=Role.SUPERVISOR, over=f"{office}_{section}")
            for office in OFFICES
            for section, name in SECTIONS.items()
        ),
    ]
    newcomers = max(FEWEST_NEWCOMERS, people // 50)
    guards = max(4, people // 50)
    kinds = kinds_of(cheats)
    staff = people - len(cast) - newcomers - guards - len(kinds)
    if people < FEWEST_PEOPLE or staff < len(kinds) // 2:
        raise ValueError(f"{people} people are too few for {cheats} cheats of a kind; {FEWEST_PEOPLE} is the least")
    cast += [member(anywhere(), "Pegawai pindahan", since=joins_on, is_newcomer=True) for _ in range(newcomers)]
    cast += [member("SATPOLPP_TEK", "Anggota jaga malam", is_guard=True) for _ in range(guards)]
    for number, kind in enumerate(kinds):
        # Who share a phone work together, two by two.
        is_second = kind is Cheat.SHARED_PHONE and (number - kinds.index(kind)) % 2 == 1
        unit = f"{SHARING_OFFICE}_TEK" if kind is Cheat.SHARED_COORDINATES else cast[-1].unit if is_second else anywhere()
        cast.append(member(unit, chance.choice(POSITIONS), cheat=kind))
    for number in range(staff):
        second = chance.choice(OFFICES) if number % 25 == 0 else None
        cast.append(member(anywhere(), chance.choice(POSITIONS), second_unit=second))
    return cast


def kinds_of(cheats: int) -> list[Cheat]:
    """What each planted cheat does: a coordinate is shared by three or more, fakes are of all five families, a phone is for two."""
    if cheats == 0:
        return []
    few = max(1, cheats // 3)
    return [
        *[Cheat.SHARED_COORDINATES] * max(3, cheats),
        *(FAKES[number % len(FAKES)] for number in range(max(len(FAKES), cheats))),
        *[Cheat.REPLAYED_FIX] * few,
        *[Cheat.SHARED_PHONE] * (2 * few),
        *[Cheat.CLOCK_MOVER] * few,
        *[Cheat.NEAR_CAFE] * cheats,
    ]


def people_file(cast: list[Member]) -> bytes:
    """The cast as the file `flask people import` reads."""
    out = io.StringIO()
    rows = csv.writer(out)
    rows.writerow(("unit_code", "unit_name", "parent_code", "nip", "name", "position", "since", "kind"))
    rows.writerows(_unit_rows())
    for member in cast:
        rows.writerow((member.unit, "", "", member.nip, member.name, member.position, member.since.isoformat(), "primary"))
        if member.second_unit is not None and member.second_unit != member.office:
            rows.writerow(
                (member.second_unit, "", "", member.nip, member.name, "Tugas tambahan", member.since.isoformat(), "secondary")
            )
    return out.getvalue().encode("utf-8")


def _unit_rows() -> Iterator[tuple[str, ...]]:
    for code, name in UNITS.items():
        yield code, name, "" if code == AGENCY else AGENCY, "", "", "", "", ""
    for office in OFFICES:
        for section, name in SECTIONS.items():
            yield f"{office}_{section}", f"{name} {office} (demo)", office, "", "", "", "", ""
