"""What people decided measures the detectors, with as much doubt as few answers leave, and changes nothing by itself."""

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text

from app.anomalies.rules import DETECTORS, STEERED, Advice, Answers, Kind, Severity, measured
from app.anomalies.rules.precision import FEWEST, WANTED, interval
from app.anomalies.store import Finding, FindingStep
from tests import make

from .test_actions import DAY, NOW

COUNTS = st.integers(0, 200)


@pytest.mark.parametrize(
    "right, of, low, high",
    [(0, 20, "0.0000", "0.1611"), (20, 20, "0.8389", "1.0000"), (10, 20, "0.2993", "0.7007"), (81, 263, "0.2553", "0.3662")],
    ids=str,
)
def test_the_interval_is_wilsons(right, of, low, high):
    """The last row is the example of Newcombe 1998, table I."""
    assert interval(right, of) == (Decimal(low), Decimal(high))


@given(st.integers(0, 300), st.integers(1, 300))
def test_the_interval_holds_the_share(right, more):
    low, high = interval(right, right + more)
    assert 0 <= low <= Decimal(right) / (right + more) + Decimal("0.0001") and high <= 1 and low < high


def answers(right: int, wrong: int, number: int | None = None) -> list[Answers]:
    return [Answers(number, True, right), Answers(number, False, wrong)]


@pytest.mark.parametrize(
    "kind, said, advice, suggested",
    [
        (Kind.MISSING_REPORTS, [], Advice.TOO_FEW, None),
        (Kind.MISSING_REPORTS, answers(0, 19, 3), Advice.TOO_FEW, None),
        (Kind.MISSING_REPORTS, answers(30, 2, 3), Advice.KEEP, None),
        (Kind.MISSING_REPORTS, answers(12, 10, 3), Advice.UNSURE, None),
        (Kind.MISSING_REPORTS, answers(2, 60, 3) + answers(28, 1, 6), Advice.RAISE, 6),
        (Kind.MISSING_REPORTS, answers(2, 60, 3) + answers(28, 1, 6) + answers(25, 0, 7), Advice.UNSURE, None),
        (Kind.MISSING_REPORTS, answers(2, 90, 3) + answers(28, 1, 6) + answers(5, 0, 7), Advice.RAISE, 6),
        (Kind.MISSING_REPORTS, answers(2, 60, 3) + answers(10, 0, 6), Advice.RETHINK, None),
        (Kind.SUSPECT_SIGNALS, answers(2, 60), Advice.RETHINK, None),
        (Kind.SUSPECT_SIGNALS, answers(48, 12), Advice.UNSURE, None),
        (Kind.REJECTED_PLACE, answers(0, 90), Advice.NONE, None),
        (Kind.REJECTED_PLACE, [], Advice.NONE, None),
    ],
    ids=str,
)
def test_the_advice_follows_the_answers(kind, said, advice, suggested):
    found = measured(kind, said)
    assert (found.advice, found.suggested) == (advice, suggested)


@given(st.sampled_from(list(STEERED)), st.lists(st.tuples(st.integers(1, 12), COUNTS, COUNTS), max_size=6))
def test_a_suggestion_is_always_higher_and_always_right_often_enough(kind, rows):
    said = [one for number, right, wrong in rows for one in answers(right, wrong, number)]
    found = measured(kind, said)
    if found.suggested is not None:
        left = [one for one in said if one.number >= found.suggested]
        answered, right = sum(one.count for one in left), sum(one.count for one in left if one.is_right)
        assert found.suggested > STEERED[kind].speaks_from and answered >= FEWEST
        assert interval(right, answered)[0] >= WANTED[DETECTORS[kind].severity]


def test_every_steered_detector_says_the_number_in_its_sentence():
    from app.texts import catalogue

    for kind, steering in STEERED.items():
        assert f"{{{steering.word}}}" in catalogue()[f"finding_{kind}"]["en"]
        assert DETECTORS[kind].severity is not Severity.NOTICE


@pytest.fixture
def world(session, client, sign_in):
    """Gaps of three days dismissed again and again, of six days upheld; one granted by time, one open, one of another agency."""
    unit = make.unit(session, "DISHUB", make.unit(session))
    person, head = make.person(session, unit), make.person(session, unit)
    make.grant(session, head, "supervisor", make.unit(session))
    stranger = make.person(session, make.unit(session, "JATENG"))
    make.grant(session, stranger, "hr", make.unit(session, "JATENG"))

    def found(number, answer, days, by=head.id, step="decision"):
        evidence = {"checkins": [], "words": {"days": number}, "groups": []}
        row = Finding(kind="missing_reports", person_id=person.id, day=DAY - timedelta(days=days), unit_id=unit.id)
        row.evidence, row.evidence_hash, row.found_at = evidence, f"{number}", NOW
        session.add(row)
        session.flush()
        if answer:
            session.add(FindingStep(finding_id=row.id, step=step, answer=answer, reason="uji", taken_by=by, taken_at=NOW))

    for days in range(60):
        found(3, "dismiss", days)
    for days in range(100, 129):
        found(6, "uphold" if days % 2 else "partial", days)
    found(3, "dismiss", 200, by=None, step="final")
    found(6, None, 201)
    session.flush()
    return {"head": sign_in(head.id, "en"), "stranger": sign_in(stranger.id), "employee": sign_in(person.id), "person": person}


def row_of(client, headers, query="", kind="missing_reports"):
    answer = client.get(f"/v1/detectors{query}", headers=headers)
    assert answer.status_code == 200, answer.text
    return next(item for item in answer.json["items"] if item["kind"] == kind)


def test_outcomes_feed_the_report_with_a_suggested_threshold(client, world):
    row = row_of(client, world["head"])
    assert {name: row[name] for name in ("found", "waiting", "upheld", "in_part", "dismissed", "answered")} == {
        "found": 91, "waiting": 1, "upheld": 14, "in_part": 15, "dismissed": 61, "answered": 89,
    }  # fmt: skip
    assert (row["precision"], row["low"], row["high"]) == ("0.3258", "0.2374", "0.4287")
    assert (row["advice"], row["steered_by"], row["speaks_from"], row["suggested"]) == ("raise", "days", 3, 6)
    assert row["message"].startswith("Wrong too often. From 6 on (now 3)")
    other = row_of(client, world["head"], kind="suspect_signals")
    assert (other["found"], other["precision"], other["advice"], other["steered_by"]) == (0, None, "too_few", None)


def test_the_report_is_narrowed_to_days_and_units_and_to_ones_scope(client, session, world):
    assert row_of(client, world["head"], f"?since={DAY - timedelta(days=59)}")["answered"] == 60
    assert row_of(client, world["head"], f"?until={DAY - timedelta(days=60)}")["answered"] == 29
    assert row_of(client, world["head"], "?unit=DISHUB")["answered"] == 89
    assert row_of(client, world["stranger"])["found"] == 0
    assert client.get("/v1/detectors?unit=DISHUB", headers=world["stranger"]).status_code == 404
    assert client.get("/v1/detectors", headers=world["employee"]).status_code == 403


def test_dismissed_findings_are_told_beside_the_days_that_were_seen(client, session, world):
    assert row_of(client, world["head"])["dismissed_per_10000_days"] is None
    session.execute(
        text(
            """INSERT INTO day_records (person_id, day, unit_id, status, in_at, late_min, early_min, deduction_pct, lines, trace,
            evidence_hash, derived_at) SELECT :person, CAST(:day AS date) - n, (SELECT id FROM units WHERE code = 'DISHUB'),
            'present', now(), 0, 0, 0, '[]', '{}', 'x', now() FROM generate_series(1, 1000) n"""
        ),
        {"person": world["person"].id, "day": DAY},
    )
    assert row_of(client, world["head"])["dismissed_per_10000_days"] == 610.0
    assert client.get("/v1/detectors", headers=world["head"]).json["person_days"] == 1000
