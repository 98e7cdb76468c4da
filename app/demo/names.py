"""Names and numbers of people who do not exist."""

from datetime import date, timedelta
from random import Random

BIRTH_ORDER = {
    1: ("I Wayan", "I Putu", "I Gede", "I Made", "I Kadek", "I Nyoman", "I Komang", "I Ketut", "Ida Bagus", "I Gusti Ngurah"),
    2: ("Ni Wayan", "Ni Putu", "Ni Luh", "Ni Made", "Ni Kadek", "Ni Nyoman", "Ni Komang", "Ni Ketut", "Ida Ayu", "Gusti Ayu"),
}
GIVEN = {
    1: ("Adi", "Agus", "Arya", "Budi", "Darma", "Eka", "Indra", "Jaya", "Krisna", "Oka", "Raka", "Surya", "Wira", "Yoga"),
    2: ("Anggi", "Ayu", "Citra", "Dewi", "Dian", "Eka", "Indah", "Kartika", "Laksmi", "Mirah", "Ratna", "Sari", "Sri", "Widya"),
}
LAST = {
    1: ("Arimbawa", "Astawa", "Darmawan", "Mahardika", "Mahendra", "Pratama", "Sanjaya", "Suardana", "Sudiarta", "Sukerta",
        "Suryawan", "Wibawa", "Widiana", "Wirawan", "Yudana"),
    2: ("Adnyani", "Ariani", "Astuti", "Cahyani", "Handayani", "Kusumadewi", "Lestari", "Maharani", "Pertiwi", "Purnami",
        "Rahayu", "Setiawati", "Suryani", "Wahyuni", "Wulandari"),
}  # fmt: skip

OLDEST, YOUNGEST = date(1968, 1, 1), date(2001, 12, 31)


def person_of(chance: Random, taken: set[str]) -> tuple[str, str]:
    """A NIP that nobody in `taken` has, which then has it, and a name that fits its digit of sex.

    The digits read as a birth date, a month of appointment at 22 to 30, the sex and a serial number.
    """
    sex = chance.choice((1, 2))
    born = OLDEST + timedelta(days=chance.randrange((YOUNGEST - OLDEST).days))
    appointed = f"{min(born.year + chance.randint(22, 30), 2024)}{chance.randint(1, 12):02d}"
    serial = 1
    while (nip := f"{born:%Y%m%d}{appointed}{sex}{serial:03d}") in taken:
        serial += 1
    taken.add(nip)
    return nip, f"{chance.choice(BIRTH_ORDER[sex])} {chance.choice(GIVEN[sex])} {chance.choice(LAST[sex])}"
