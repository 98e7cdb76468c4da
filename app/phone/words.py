"""The server's answers as lines for a person, in his language and his time zone."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from app.phone.delivery import Sent
from app.texts import text


def lines_of(sent: Sent, language: str, zone: str) -> Iterator[str]:
    """What became of one check-in."""
    item = sent.item
    if item["status"] != "stored":
        yield text(f"phone_{item['status']}", language, detail=item["problem"]["detail"])
        return
    yield text(f"phone_{item['verdict']}", language)
    for reason in item["reasons"]:
        yield f"  {reason['message']}"
    yield "  " + _place(item, language)
    grade = text(f"phone_grade_{item['time_grade']}", language)
    yield "  " + text(
        "phone_time", language, taken_at=clock_of(item["taken_at"], zone), work_date=item["work_date"], grade=grade
    )  # fmt: skip
    yield "  " + _next(item["next"], language)
    yield "  " + text("phone_receipt_proven" if sent.is_proven else "phone_receipt_unproven", language)


def lines_of_day(day: Mapping[str, Any], nip: str, language: str, zone: str) -> Iterator[str]:
    """The workday: its hours, what is done, what is next, and where."""
    note = f"({day['note']})" if day.get("note") else ""
    shift = day["shift"]
    if shift is None:
        hours = text("phone_day_off", language, note=note)
    else:
        instants = {name: clock_of(shift[f"{name}_at"], zone, "%H:%M") for name in ("start", "end", "opens", "closes")}
        hours = text("phone_day_hours", language, note=note, **instants)
    yield text("phone_day", language, work_date=day["work_date"], hours=hours).rstrip()
    for done in day["done"]:
        direction = text(f"phone_direction_{done['direction']}", language)
        verdict = text(f"phone_{done['verdict']}", language)
        yield "  " + text(
            "phone_day_done", language, direction=direction, taken_at=clock_of(done["taken_at"], zone), verdict=verdict
        )  # fmt: skip
    yield "  " + _next(day["next"], language)
    for site in day["sites"]:
        yield "  " + text("phone_day_site", language, code=site["code"], name=site["name"])
        if site["has_code"]:
            yield "  " + text("phone_day_code", language)
    for other in day["replacements"]:
        usable_from = clock_of(other["usable_from"], zone) if other["usable_from"] else "-"
        yield text("phone_replacement", language, name=other["name"], nip=nip, id=other["id"], usable_from=usable_from)


def clock_of(instant: str, zone: str, form: str = "%Y-%m-%d %H:%M:%S %Z") -> str:
    """An instant as the wall clock of the zone shows it."""
    return datetime.fromisoformat(instant).astimezone(ZoneInfo(zone)).strftime(form)


def _place(item: Mapping[str, Any], language: str) -> str:
    if item["site"] is None or item["p_inside"] is None:
        return text("phone_no_place", language)
    code = "phone_place" if item["distance_m"] else "phone_place_inside"
    params = {"site": item["site"]["name"], "distance_m": round(item["distance_m"]), "p_inside": f"{item['p_inside']:.4f}"}
    return text(code, language, **params)


def _next(direction: str | None, language: str) -> str:
    if direction is None:
        return text("phone_next_none", language)
    return text("phone_next", language, direction=text(f"phone_direction_{direction}", language))
