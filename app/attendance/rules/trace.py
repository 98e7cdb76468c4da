"""The trace of a day: every input it was judged by, kept with its record and told as sentences."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from app.attendance.rules.evidence import Evidence
from app.attendance.rules.line import Line
from app.decrees import Bands, Decree

Trace = Mapping[str, Any]


def trace_of(evidence: Evidence, decree: Decree, lines: Sequence[Line]) -> dict[str, Any]:
    """What the day was judged by, short enough to be kept with every record; what is not there is left out.

    `shifts`: code, start, end, opening and closing of the window, clause; `checkins`: id, direction, instant, site with the version
    of its outline, whether it counts; `priced`: of each line that costs something the clause and the band of minutes that it fell
    into. The version of the decree is a hash of every clause in force that day. Instants and ids are as they are: what writes JSON
    writes them too, and a million of them a night need not pass through a text.

    Source: our design; a day can be followed from its record alone to every row it came from.
    """
    workday = evidence.workday
    known: dict[str, Any] = {"decree": (decree.code, decree.version), "zone": workday.zone}
    if workday.instances:
        known["shifts"] = [
            (own.shift, own.start_at, own.end_at, own.opens_at, own.closes_at, own.clause) for own in workday.instances
        ]
    if evidence.checkins:
        each = {found.checkin_id: found for found in evidence.checkins}.values()
        known["checkins"] = sorted(
            ((found.checkin_id, found.direction, found.taken_at, found.site, found.counts) for found in each), key=_by_time
        )
    if evidence.leave:
        known["leave"] = evidence.leave.id
    if evidence.letters:
        known["letters"] = [letter.id for letter in evidence.letters]
    if evidence.incidents:
        known["incidents"] = [incident.id for incident in evidence.incidents]
    if evidence.corrections:
        known["corrections"] = sorted({correction.id for correction in evidence.corrections})
    if evidence.permits:
        known["permissions"] = [permit.id for permit in evidence.permits]
    if priced := list(_priced(lines, decree)):
        known["priced"] = priced
    return known


def _by_time(said: tuple[UUID, str, datetime, str | None, bool]) -> tuple[datetime, UUID]:
    return said[2], said[0]


def _priced(lines: Sequence[Line], decree: Decree) -> Iterator[tuple[Any, ...]]:
    """Clause, per cent and, where minutes decided, the half-open band and the rounding of seconds."""
    for line in lines:
        if not line.pct or line.clause is None:
            continue
        bands, minutes = _bands_of(line, decree), line.params.get("minutes")
        band = bands.band(int(minutes)) if bands is not None and minutes is not None else None
        if bands is None or band is None:
            yield line.clause.code, str(line.pct)
        else:
            yield line.clause.code, str(line.pct), band.from_min, band.to_min, bands.rounding


def _bands_of(line: Line, decree: Decree) -> Bands | None:
    every = (decree.lateness, decree.early, decree.permitted_late, decree.permitted_early)
    return next((bands for bands in every if bands is not None and bands.clause == line.clause), None)


def inputs_told(trace: Trace, day: date) -> Iterator[Line]:
    """A sentence for every input that the trace, as it is kept, names.

    Source: our design; whoever asks what his day was judged by needs no database.
    """
    zone = ZoneInfo(trace.get("zone", "UTC"))
    if "decree" in trace:
        code, version = trace["decree"]
        yield Line("trace_decree", {"decree": code, "version": version})
    for shift, *ends, clause in trace.get("shifts", ()):
        start, end, opens, closes = (_clock(said, day, zone) for said in ends)
        told = {"shift": shift or "", "start": start, "end": end, "opens": opens, "closes": closes}
        yield Line("trace_hours" if clause else "trace_shift", {**told, "clause": clause} if clause else told)
    for checkin_id, direction, taken_at, site, counts in trace.get("checkins", ()):
        named, _, version = (site or "").rpartition("@")
        where = "" if site is None else "_at"
        told = {"id": checkin_id, "at": _clock(taken_at, day, zone), **({"site": named, "version": version} if site else {})}
        yield Line(f"trace_{direction}{where}{'' if counts else '_uncounted'}", told)
    for name in ("leave", "letters", "incidents", "corrections", "permissions"):
        found = trace.get(name, ())
        for number in [found] if isinstance(found, int) else found:
            yield Line(f"trace_{name}", {"number": number})
    for clause, pct, *band in trace.get("priced", ()):
        yield _price(clause, pct, band)


def _price(clause: str, pct: str, band: Sequence[Any]) -> Line:
    if not band:
        return Line("trace_price", {"clause": clause, "pct": pct})
    from_min, to_min, rounding = band
    told = {"clause": clause, "pct": pct, "from": from_min}
    if to_min is None:
        return Line(f"trace_band_open_{rounding}", told)
    return Line(f"trace_band_{rounding}", {**told, "to": to_min})


def _clock(said: str, day: date, zone: ZoneInfo) -> str:
    local = datetime.fromisoformat(said).astimezone(zone)
    shown = local.time().isoformat("seconds" if local.second else "minutes")
    return shown if local.date() == day else f"{local.date()} {shown}"
