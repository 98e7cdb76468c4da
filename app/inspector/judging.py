"""Judging a check-in again from what its leaf commits to, and measuring its distance without PostGIS."""

import json
from collections.abc import Iterator, Mapping
from math import hypot
from typing import Any

from app import errors, jws
from app.checkins import render
from app.checkins.rules.evidence import Evidence, reread
from app.checkins.rules.place import Fix, best_fix
from app.checkins.rules.report import Report
from app.checkins.rules.signed import opened
from app.checkins.rules.timing import ANCHOR_TYPE, anchor_of, timing_of
from app.checkins.rules.verdict import policy_of, weigh
from app.geo import Point, outline_around
from app.inspector.reading import Export, Line

# PostGIS measures over the ellipsoid, this in the plane: over a few kilometres they differ by less than this share.
MEASURED_M, MEASURED_SHARE = 0.5, 0.005


def flaws_of(line: Line, export: Export) -> Iterator[str]:
    """What is not as the leaf says, by text code; `not_judged` when the verdict cannot be made again from what is there."""
    says = json.loads(line["entry"])
    try:
        report = opened(line["report"])
        words = render.evidence_hash(line["report"], line["evidence"])
        if (jws.b64(report.payload_hash), words) != (says["payload_hash"], says["evidence"]):
            yield "report_changed"
            return
        if not _is_signed(report, export):
            yield "report_not_signed"
        evidence = reread(line["evidence"], export.outlines, _position(line["earlier"], line["evidence"]))
        yield from _differences(says, report, evidence, export)
    except (errors.Invalid, ValueError, KeyError, TypeError):
        yield "not_judged"


def _differences(says: Mapping[str, Any], report: Report, evidence: Evidence, export: Export) -> Iterator[str]:
    fix, context = best_fix(report.fixes), evidence.context
    timing = timing_of(report, _anchor(report, export), evidence.received_at, context.earlier, evidence.enrolled_at)
    verdict = weigh(report, fix, timing, context, evidence.doors)
    if policy_of(context, verdict.work_date) != says["policy"]:
        yield "judged_by_others"
        return
    row = render.row_of(report, fix, verdict, context, evidence.received_at)
    if json.loads(render.leaf_of(row, verdict.is_code_right, says["evidence"])) != says:
        yield "verdict_differs"
    if fix is not None and not all(_is_measured(site.signed_distance_m, site.geometry, fix) for site in context.candidates):
        yield "distance_differs"


def _is_signed(report: Report, export: Export) -> bool:
    jwk = export.devices.get(report.device_id)
    return jwk is not None and jws.is_signed_by(jws.public_es256(jwk), report.signing_input, report.signature)


def _anchor(report: Report, export: Export) -> Any:
    """The signed time in the report, unless it is none of this server's."""
    try:
        return anchor_of(jws.opened_by(export.keys, report.anchor, ANCHOR_TYPE)) if report.anchor else None
    except jws.Malformed:
        return None


def _position(earlier: str | None, evidence: str) -> Point | None:
    """Where the check-in before was, from its report, if that is the one the evidence names.

    Raises: ValueError when it is another.
    """
    if earlier is None:
        return None
    report, named = opened(earlier), json.loads(evidence)["context"]["earlier"]
    if named["id"] != str(report.id):
        raise ValueError("the report of another check-in")
    return render.shown_fix(report, best_fix(report.fixes)).point


def _is_measured(signed_m: float, geometry: Mapping[str, Any] | None, fix: Fix) -> bool:
    """Whether the distance kept is that from the fix to the sealed outline; one that nobody drew cannot be said to be wrong."""
    if geometry is None:
        return True
    nearest, windings = float("inf"), 0
    for ring in outline_around(geometry, fix.point):
        for (x1, y1), (x2, y2) in zip(ring[-1:] + ring[:-1], ring, strict=True):
            dx, dy = x2 - x1, y2 - y1
            along = min(max(-(x1 * dx + y1 * dy) / (dx * dx + dy * dy or 1.0), 0.0), 1.0)
            nearest = min(nearest, hypot(x1 + along * dx, y1 + along * dy))
            windings += (y1 <= 0) != (y2 <= 0) and x1 - y1 * dx / dy > 0
    measured = nearest if windings % 2 else -nearest
    return abs(measured - signed_m) <= MEASURED_M + MEASURED_SHARE * abs(signed_m)
