"""The Pawukon: Bali's cycle of 210 days, 30 wuku of seven, counted without end."""

from datetime import date

CYCLE_DAYS = 210

# So far the day 0001-01-01, as Python counts it, is into a cycle: 2000-01-01 is day 69 and 1970-01-01 day 32, counted from 0.
PHASE_DAYS = 119

WUKU = (
    "Sinta", "Landep", "Ukir", "Kulantir", "Tolu", "Gumbreg", "Wariga", "Warigadean", "Julungwangi", "Sungsang", "Dungulan",
    "Kuningan", "Langkir", "Medangsia", "Pujut", "Pahang", "Krulut", "Merakih", "Tambir", "Medangkungan", "Matal", "Uye", "Menail",
    "Prangbakat", "Bala", "Ugu", "Wayang", "Klawu", "Dukut", "Watugunung",
)  # fmt: skip
SAPTAWARA = ("Redite", "Soma", "Anggara", "Buda", "Wraspati", "Sukra", "Saniscara")
PANCAWARA = ("Paing", "Pon", "Wage", "Kliwon", "Umanis")


def pawukon_of(day: date) -> int:
    """Which day of the cycle it is, from 0 (Redite Sinta) to 209 (Saniscara Watugunung).

    Source: Dershowitz and Reingold, Calendrical Calculations (Balinese Pawukon, epoch JD 146); the anchors 1970-01-01 and
    2000-01-01 of cgyudistira/bali-calendar; equal to 31 dates published 2007-2024.
    """
    return (day.toordinal() + PHASE_DAYS) % CYCLE_DAYS


def pawukon_name(day: date) -> str:
    """The day as it is called: `Buda Kliwon Dungulan`.

    Source: the same; saptawara is the day of the week from Sunday, pancawara the day of five.
    """
    at = pawukon_of(day)
    return f"{SAPTAWARA[at % 7]} {PANCAWARA[at % 5]} {WUKU[at // 7]}"
