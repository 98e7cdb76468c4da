"""The employee number (NIP): its form, and what its digits claim."""

import re
from datetime import date

NIP = re.compile(r"[0-9]{18}")

# General knowledge, not found in a text we hold: contract employees (PPPK) carry 21 where civil servants carry the month.
PPPK = 21


def is_nip(text: str) -> bool:
    """Whether the text is 18 ASCII digits.

    Source: docs/people-csv.md "NIP"; the width is general knowledge (BKN regulation 22/2007), to be verified.
    """
    return NIP.fullmatch(text) is not None


def oddities(nip: str) -> tuple[str, ...]:
    """Codes of what the digits of a NIP claim and cannot be; empty when plausible.

    Eight digits of birth date, six of appointment year and month, one of sex, three serial. Offices hold numbers that
    break this and are right, so an oddity is said to a human and refuses nothing.
    Source: general knowledge (BKN regulation 22/2007), to be verified.
    """
    born = _date_of(nip[:8])
    appointed_year, appointed_month = int(nip[8:12]), int(nip[12:14])
    found = [] if born else ["nip_birth_date"]
    if not (1 <= appointed_month <= 12 or appointed_month == PPPK):
        found.append("nip_appointment")
    elif born and not 15 <= appointed_year - born.year <= 65:
        found.append("nip_age")
    if nip[14] not in "12":
        found.append("nip_sex")
    return tuple(found)


def appointed_on(nip: str) -> date | None:
    """The first day of the month of appointment that the digits claim, or of its year for contract employees; None if impossible.

    Source: general knowledge (BKN regulation 22/2007), to be verified.
    """
    if oddities(nip):
        return None
    year, month = int(nip[8:12]), int(nip[12:14])
    return date(year, 1 if month == PPPK else month, 1)


def _date_of(digits: str) -> date | None:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None
