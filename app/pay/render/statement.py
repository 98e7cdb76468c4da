"""A statement as pages: what the month cost and why, what it comes to, each day, and how to contest it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from app import decrees
from app.attendance.store import Recorded
from app.documents import typeset
from app.pay import rules
from app.pay.store import Base
from app.people.store import Posted
from app.ratings.store import Listed
from app.texts import text

TEMPLATE = Path(__file__).with_name("statement.typ")


@dataclass(frozen=True, slots=True)
class Statement:
    """Somebody's month: who, the days with their lines, what they cost, what it comes to, and how to contest it.

    `rating` is None where the month was never rated; `contest_until` while the month is open.
    """

    person: Posted
    zone: str
    month: date
    made_at: datetime
    sealed_at: datetime | None
    days: Sequence[Recorded]
    costs: Sequence[rules.Cost]
    sums: rules.Sums
    rating: Listed | None
    base: Base | None
    money: rules.Money
    law: decrees.Decree
    contest_until: date | None
    asked: Sequence[rules.Asked]

    @property
    def ways(self) -> tuple[str, ...]:
        """Codes of the sentences that say how to contest the month."""
        month = "contest_open" if self.sealed_at is None else "contest_sealed"
        return (month, "contest_findings") if self.asked else (month,)


def pdf_of(found: Statement, language: str) -> bytes:
    """The statement as a tagged PDF/A-2b. It is not signed: the figures that are stand in the sealed recap.

    Raises: Unavailable when it cannot be set.
    """
    return typeset(TEMPLATE, _Words(found, language).data(), found.made_at)


def file_name(found: Statement) -> str:
    """A file name of letters, digits and hyphens only."""
    return f"rincian-{found.month:%Y-%m}-{found.person.nip}.pdf"


@dataclass(frozen=True, slots=True)
class _Words:
    """A statement put into words of one language."""

    found: Statement
    language: str

    def data(self) -> dict[str, object]:
        """Everything the template shows."""
        found, person, rating = self.found, self.found.person, self.found.rating
        state = self.say("pdf_open") if found.sealed_at is None else self.say("pdf_sealed", day=self.day(found.sealed_at))
        title = self.say("pdf_title", month=f"{self.month(found.month.month)} {found.month.year}")
        made = self.say("pdf_made", day=self.day(found.made_at), clock=self.clock(found.made_at))
        labels = (
            "costs", "no_costs", "money", "days", "contest", "sources", "day", "what", "minutes", "pct", "clause", "rupiah",
            "owed", "in", "out", "sum", "paid", "base", "draft",
        )  # fmt: skip
        return {
            "lang": self.language,
            "title": title,
            "author": f"{person.unit_name} ({person.unit_code})",
            "keywords": [f"{found.month:%Y-%m}", person.nip],
            "provisional": found.sealed_at is None,
            "state": state,
            "footer": f"{title} · {person.name} · {made}",
            "labels": {name: self.say(f"pdf_{name}") for name in labels},
            "who": [
                [self.say("pdf_name"), person.name],
                ["NIP", person.nip],
                [self.say("pdf_position"), person.position],
                [self.say("pdf_unit"), f"{person.unit_name} ({person.unit_code})"],
                [self.say("pdf_discipline"), self.pct(rating.discipline_pct if rating else None)],
                [self.say("pdf_productivity"), self.pct(rating.productivity_pct if rating else None)],
                [self.say("pdf_tpp"), self.pct(rating.tpp_pct if rating else None)],
            ],
            "costs": [self.cost(cost) for cost in found.costs],
            "cost_sum": self.pct(found.sums.deduction_pct),
            "steps": [self.step(step) for step in found.money.steps],
            "missing": found.money.missing and text(found.money.missing, self.language),
            "paid": self.rupiah(found.money.paid),
            "base": self.base(),
            "days": [self.trace(day) for day in found.days],
            "ways": [text(code, self.language) for code in found.ways],
            "until": found.contest_until and self.say("pdf_until", day=self.civil(found.contest_until)),
            "asked": [self.asked(one) for one in found.asked],
            "sources": [list(source) for source in self.sources()],
        }

    def say(self, code: str, /, **params: object) -> str:
        return text(f"statement_{code}", self.language, **params)

    def month(self, number: int) -> str:
        return text(f"recap_month_{number}", self.language)

    def civil(self, day: date) -> str:
        return f"{day.day} {self.month(day.month)} {day.year}"

    def day(self, at: datetime) -> str:
        return self.civil(at.astimezone(ZoneInfo(self.found.zone)).date())

    def clock(self, at: datetime | None) -> str:
        return "" if at is None else f"{at.astimezone(ZoneInfo(self.found.zone)):%H.%M}"

    def pct(self, number: Decimal | None) -> str:
        if number is None:
            return "–"
        return f"{number.normalize():f}".replace(".", text("recap_decimal_point", self.language)).replace("-", "−")

    def rupiah(self, amount: int | None) -> str:
        return "" if amount is None else f"{amount:,}".replace(",", "." if self.language == "id" else ",").replace("-", "−")

    def weekday(self, day: date) -> str:
        return f"{text(f'recap_weekday_{day.isoweekday()}', self.language)} {day.day}"

    def cost(self, cost: rules.Cost) -> list[str]:
        minutes = cost.params.get("minutes")
        words = text(cost.code, self.language, **cost.params)
        return [self.weekday(cost.day), words, "" if minutes is None else str(minutes), self.pct(cost.pct), cost.clause or ""]

    def step(self, step: rules.Step) -> list[str]:
        words = text(step.code, self.language, **step.params)
        return [self.weekday(step.day) if step.day else "", words, self.pct(step.pct), self.rupiah(step.rupiah)]

    def base(self) -> str:
        base = self.found.base
        if base is None:
            return ""
        return self.say("pdf_base_said", rupiah=self.rupiah(base.amount), day=self.civil(base.since), source=base.source)

    def trace(self, day: Recorded) -> list[str]:
        owed = "" if day.start_at is None else f"{self.clock(day.start_at)}–{self.clock(day.end_at)}"
        words = " ".join(self.line(line) for line in day.lines if line["code"] != "day_hours")
        return [self.weekday(day.day), owed, self.clock(day.in_at), self.clock(day.out_at), words]

    def line(self, line: Mapping[str, object]) -> str:
        params = line["params"]
        return text(str(line["code"]), self.language, **(params if isinstance(params, dict) else {}))

    def asked(self, one: rules.Asked) -> str:
        code = "pdf_reply_until" if one.appeal_until is None else "pdf_appeal_until"
        return self.say(code, id=one.id, day=self.civil(one.day), until=self.day(one.appeal_until or one.reply_until))

    def sources(self) -> Sequence[tuple[str, str, str]]:
        """Each clause that is cited, with its quality and its source in full, once."""
        law = self.found.law
        clauses = [law.tpp.clause, *(part.clause for part in (law.payment, law.contest) if part is not None)]
        cited = {clause.code: (clause.code, clause.quality, clause.source) for clause in clauses}
        for cost in self.found.costs:
            if cost.clause:
                cited[cost.clause] = (cost.clause, cost.quality or "", cost.source or "")
        return [cited[code] for code in sorted(cited)]
