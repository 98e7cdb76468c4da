"""The comparison with the truth counts what it says it counts."""

from datetime import date

from app.anomalies.rules import Kind
from app.checkins.rules.signals import CHECKS, Flag, score_of
from bench.signals import Demo, Seen, report

DAY, NEXT = date(2026, 11, 2), date(2026, 11, 3)


def seen(nip, *flags, day=DAY, verdict="accepted", cheat=None):
    return Seen(nip, day, verdict, frozenset(flags), score_of(flags), "verified", cheat)


HELD = (Flag.MOCK_LOCATION, Flag.FAKE_TEMPLATE, Flag.REPEATED_FIX)
FOUND = Demo(
    checkins=[
        seen("honest"),
        seen("honest", Flag.REPEATED_FIX, verdict="doubtful", day=NEXT),
        seen("unlucky", Flag.FAKE_TEMPLATE, verdict="doubtful"),
        seen("cheat", *HELD, verdict="rejected", cheat="fake_t1"),
        seen("cheat", Flag.MOCK_LOCATION, verdict="doubtful", day=NEXT, cheat="fake_t1"),
        seen("cheat", Flag.CHAIN_GAP, day=date(2026, 11, 4)),
        seen("guest", verdict="doubtful", cheat="near_cafe"),
    ],
    findings={
        ("cheat", DAY): {Kind.SUSPECT_SIGNALS},
        ("unlucky", DAY): {Kind.SUSPECT_SIGNALS},
        ("honest", DAY): {Kind.REJECTED_PLACE},
    },
    kinds={"cheat": "fake_t1", "guest": "near_cafe"},
    told={"people": 4, "months": 1, "until": "2026-11-04", "seed": 7},
)
LINES = list(report(FOUND))


def row(name):
    (line,) = [line for line in LINES if line.startswith(f"| {name} |")]
    return [cell.strip() for cell in line.strip("|").split("|")][1:]


def test_a_signal_is_asked_for_what_it_is_for_and_of_people_who_never_cheat():
    assert row("`fake_template`") == ["strong", "33.33 % (1 of 3)", "50.00 % (1 of 2)", "50.00 % (1 of 2)"]
    assert row("`repeated_fix`") == ["weak", "33.33 % (1 of 3)", "50.00 % (1 of 2)", "50.00 % (1 of 2)"]
    assert row("`mock_location`") == ["weak", "0.00 % (0 of 3)", "100.00 % (2 of 2)", "100.00 % (2 of 2)"]
    assert row("`unknown_app`") == ["note", "0.00 % (0 of 3)", "–", "–"]


def test_scores_are_asked_of_all_but_the_cafe_which_no_signal_can_see():
    assert row("any weak or strong signal") == ["doubt", "66.67 % (2 of 3)", "50.00 % (2 of 4)", "100.00 % (2 of 2)"]
    assert row("score ≥ 9.2 or a strong one")[1:] == ["33.33 % (1 of 3)", "50.00 % (1 of 2)", "50.00 % (1 of 2)"]
    assert row("score ≥ 13.8 with a strong one")[1:] == ["0.00 % (0 of 3)", "100.00 % (1 of 1)", "50.00 % (1 of 2)"]


def test_each_kind_of_cheat_is_followed_to_the_finding():
    assert row("fake_t1") == ["2", "100.00 % (2 of 2)", "50.00 % (1 of 2)", "50.00 % (1 of 2)", "100.00 % (1 of 1)"]
    assert row("near_cafe") == ["1", "100.00 % (1 of 1)", "0.00 % (0 of 1)", "0.00 % (0 of 1)", "0.00 % (0 of 1)"]


def test_what_honest_people_feel_leaves_out_what_only_lets_them_be_heard():
    assert row("check-ins held back by signals")[0] == "0.00 % (0 of 3)"
    assert row("days with a finding that asks for a look")[0] == "33.33 % (1 of 3)"
    assert row("people with one in the whole time")[0] == "50.00 % (1 of 2)"
    assert row("findings by kind")[0] == "rejected_place 1, suspect_signals 1"


def test_every_signal_has_a_row():
    assert all(row(f"`{flag}`") for flag in CHECKS)


def test_each_detector_stands_with_the_honest_days_it_touched_and_its_precision():
    assert row("finding `suspect_signals`") == ["strong", "not measured", "33.33 % (1 of 3)", "50.00 % (1 of 2)"]
    assert row("finding `rejected_place`") == ["notice", "2.000 %", "33.33 % (1 of 3)", "0.00 % (0 of 1)"]
    assert row("finding `shared_phone`") == ["review", "not measured", "0.00 % (0 of 3)", "–"]
