"""How much of a leave there is: days a year, what is carried over, service, the longest spans, and the papers asked for."""

from dataclasses import dataclass

from app.decrees.clauses import Clause
from app.decrees.shape import COUNT, MINUTES, Key, Said, Shape, choice, words

CAUSES = (
    "illness_or_death", "inheritance", "marriage", "birth", "nursing", "hajj", "miscarriage", "work_accident", "remote",
)  # fmt: skip
PAPERS = ("doctor", "government_doctor", "extension")


@dataclass(frozen=True, slots=True)
class Carried:
    """The most days that a year can have, its own included, after so many years before it of which nothing was used."""

    unused_years: int
    most_days: int


@dataclass(frozen=True, slots=True)
class Longest:
    """How long a leave of that cause may last without a gap: months and days by the calendar; with neither, as long as it takes."""

    cause: str | None
    months: int
    days: int


@dataclass(frozen=True, slots=True)
class Paper:
    """What must be shown for a leave of so many calendar days or more."""

    from_days: int
    paper: str


@dataclass(frozen=True, slots=True)
class Quota:
    """How much there is of one kind of leave; what a clause leaves out is not limited by it.

    `remote_days`: calendar days that a leave of the cause `remote` may last beyond what is left of the year.
    """

    clause: Clause
    year_days: int | None = None
    service_years: int = 0
    waived_for: frozenset[str] = frozenset()
    carried: tuple[Carried, ...] = ()
    remote_days: int = 0
    longest: tuple[Longest, ...] = ()
    children: int | None = None
    papers: tuple[Paper, ...] = ()

    def longest_for(self, cause: str | None) -> Longest | None:
        """The longest span for the cause: its own row, else the one for every cause."""
        rows = {row.cause: row for row in self.longest}
        return rows.get(cause, rows.get(None))

    def paper_for(self, days: int) -> str | None:
        """What must be shown for so many calendar days."""
        return next((row.paper for row in reversed(self.papers) if row.from_days <= days), None)


QUOTA: Shape = {
    "year_days": Key(COUNT, "working days a calendar year, by the person's own calendar and roster", False),
    "service_years": Key(COUNT, "years of service from which on there is any", False, 0),
    "waived_for": Key(words(*CAUSES), "causes for which no years of service are asked", False, ()),
    "carried": Key(
        None,
        "what unused days make of the next year, fewest years first",
        False,
        (),
        rows={
            "unused_years": Key(COUNT, "years in a row of which something (1) or everything (2 and more) is unused"),
            "most_days": Key(COUNT, "most working days of the next year, its own included"),
        },
    ),
    "remote_days": Key(MINUTES, "calendar days more where the place is hard to reach (cause `remote`)", False, 0),
    "longest": Key(
        None,
        "longest span without a gap, by cause; a row without months and days sets no limit",
        False,
        (),
        rows={
            "cause": Key(choice(*CAUSES), "the cause it holds for; left out, every other cause", False),
            "months": Key(MINUTES, "calendar months", False, 0),
            "days": Key(MINUTES, "and calendar days", False, 0),
        },
    ),
    "children": Key(COUNT, "births for which there is any", False),
    "papers": Key(
        None,
        "what must be shown, fewest days first",
        False,
        (),
        rows={
            "from_days": Key(COUNT, "from so many calendar days of leave on"),
            "paper": Key(choice(*PAPERS), "what is shown"),
        },
    ),
}


def quota(said: Said, clause: Clause) -> Quota:
    """The quota, whose rows are in order and name each cause once."""
    carried = tuple(Carried(row["unused_years"], row["most_days"]) for row in said["carried"])
    longest = tuple(Longest(row["cause"], row["months"], row["days"]) for row in said["longest"])
    papers = tuple(Paper(row["from_days"], row["paper"]) for row in said["papers"])
    for key, order in (("carried", [row.unused_years for row in carried]), ("papers", [row.from_days for row in papers])):
        if order != sorted(set(order)):
            said.refuse(key, "must be in order, each row from more than the row above")
    if len({row.cause for row in longest}) < len(longest):
        said.refuse("longest", "names a cause for the second time")
    if (carried or said["remote_days"]) and said["year_days"] is None:
        said.refuse("year_days", "must be said where days are carried over or added")
    return Quota(
        clause, said["year_days"], said["service_years"], frozenset(said["waived_for"]), carried, said["remote_days"], longest,
        said["children"], papers,
    )  # fmt: skip
