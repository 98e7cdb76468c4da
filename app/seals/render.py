"""A supplementary recap as pages: what the sealed month said, what it says now, and why."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

from app.documents import typeset
from app.recaps.render import Heading, day_words, plain
from app.recaps.rules import Recap
from app.seals.store import Amended
from app.texts import text

TEMPLATE = Path(__file__).with_name("amendment.typ")
COUNTED = ("present", "absent", "late_days", "late_min", "early_min", "deduction_pct")


def page_of(
    heading: Heading, title: str, amended: Amended, before: Sequence[Recap], after: Sequence[Recap], of_paper: str
) -> Callable[[Mapping[str, object]], bytes]:
    """What sets the page once its stamp is known; `of_paper`: the number of the recap that it changes."""

    def set_page(stamp: Mapping[str, object]) -> bytes:
        return typeset(TEMPLATE, _data(heading, title, amended, before, after, of_paper) | {"stamp": stamp}, heading.made_at)

    return set_page


def _data(
    heading: Heading, title: str, amended: Amended, before: Sequence[Recap], after: Sequence[Recap], of_paper: str
) -> dict[str, object]:
    """Everything the template shows, as words."""
    language = heading.language

    def say(code: str, **params: object) -> str:
        return text(f"amendment_{code}", language, **params)

    def figure(value: object) -> str:
        return plain(value).replace(".", heading.say("decimal_point")) if isinstance(value, Decimal) else str(value)

    days = [
        [
            one.nip, one.name, day_words(heading, one.day), say(f"states_{one.states}"),
            *(str(side["code"]) for side in (one.old, one.new)),
            *(f"{one.old[name]} → {one.new[name]}" for name in ("late_min", "early_min")),
            " → ".join(figure(Decimal(side["deduction_pct"])) for side in (one.old, one.new)),
        ]
        for one in amended.changes
    ]  # fmt: skip
    old = {recap.member.nip: recap for recap in before}
    months = [
        [
            recap.member.nip, recap.member.name,
            *(
                f"{figure(getattr(old[recap.member.nip].counts, name))} → {figure(getattr(recap.counts, name))}"
                for name in COUNTED
            ),
            f"{_tpp(old[recap.member.nip], figure)} → {_tpp(recap, figure)}",
        ]
        for recap in after
    ]  # fmt: skip
    return {
        "lang": language,
        "title": say("title"),
        "subtitle": title,
        "author": "; ".join(name for _, name in heading.units),
        "keywords": [f"{heading.month:%Y-%m}", *(code for code, _ in heading.units)],
        "footer": f"{title} · {of_paper}",
        "draft": heading.say("not_signed"),
        "facts": [
            [say("changes"), of_paper], [say("reason"), amended.reason], [say("basis"), amended.basis],
            [say("by"), amended.by], [say("at"), day_words(heading, _local_day(heading))],
        ],
        "labels": {name: say(name) for name in ("days", "months", "sealed_note")},
        "day_heads": [say(f"head_{name}") for name in ("nip", "name", "day", "states", "old", "new", "late", "early", "pct")],
        "month_heads": [
            *(say(f"head_{name}") for name in ("nip", "name")),
            *(heading.say(f"col_{name}") for name in COUNTED),
            heading.say("col_tpp_pct"),
        ],
        "day_rows": days,
        "month_rows": months,
    }  # fmt: skip


def _tpp(recap: Recap, figure: Callable[[object], str]) -> str:
    return "-" if recap.rated is None or recap.rated.tpp_pct is None else figure(recap.rated.tpp_pct)


def _local_day(heading: Heading) -> date:
    return heading.made_at.astimezone(ZoneInfo(heading.zone)).date()
