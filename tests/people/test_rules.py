"""What the rules about people promise: numbers, paths, lock-out, codes, passwords, grants."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.access import Actor, Grant, Role
from app.people.rules import codes, lockout, passwords
from app.people.rules.grants import may_grant
from app.people.rules.nip import is_nip, oddities
from app.people.rules.tree import is_unit_code, paths_of

NOW = datetime(2026, 11, 24, tzinfo=UTC)


@pytest.mark.parametrize(
    "nip",
    [
        "",
        "19800101200501100",
        "1980010120050110011",
        "19800101200501100x",
        "１９８００１０１２００５０１１００１",
        "198001012005011001\n",
    ],
)
def test_a_nip_is_eighteen_ascii_digits_and_nothing_else(nip):
    assert not is_nip(nip)
    assert is_nip("198001012005011001")


@pytest.mark.parametrize(
    "nip, codes_",
    [
        ("198001012005011001", ()),
        ("198002302005011001", ("nip_birth_date",)),
        ("198001012005131001", ("nip_appointment",)),
        ("199001012021211001", ()),
        ("198001011985011001", ("nip_age",)),
        ("198001012005013001", ("nip_sex",)),
        ("000000000000000000", ("nip_birth_date", "nip_appointment", "nip_sex")),
    ],
    ids=["plausible", "30 February", "month 13", "contract employee", "appointed at five", "sex 3", "zeros"],
)
def test_an_implausible_nip_is_remarked_upon(nip, codes_):
    assert oddities(nip) == codes_


@given(st.text("0123456789", min_size=18, max_size=18))
def test_no_nip_is_too_odd_to_be_looked_at(nip):
    assert set(oddities(nip)) <= {"nip_birth_date", "nip_appointment", "nip_age", "nip_sex"}


@pytest.mark.parametrize("code", ["", "A", "dishub", "DIS HUB", "DIS.HUB", "DIS-HUB", "A" * 41, "DISHUB\n", "DÏSHUB"])
def test_a_unit_code_can_stand_in_a_path(code):
    assert not is_unit_code(code)


def test_a_path_is_the_code_below_the_parents_path():
    parents = {"BALI": None, "SETDA": "BALI", "UMUM": "SETDA"}
    assert paths_of(parents) == {"BALI": "BALI", "SETDA": "BALI.SETDA", "UMUM": "BALI.SETDA.UMUM"}


def test_a_circle_and_all_below_it_have_no_path():
    parents = {"A": "B", "B": "A", "C": "B", "D": "D", "ROOT": None, "E": "ROOT"}
    assert paths_of(parents) == {"A": None, "B": None, "C": None, "D": None, "ROOT": "ROOT", "E": "ROOT.E"}


@given(st.dictionaries(st.integers(0, 12), st.integers(0, 12), max_size=13))
def test_every_path_ends_with_its_unit_and_goes_on_from_its_parents(wild):
    parents = {f"U{unit}": f"U{parent}" if parent in wild else None for unit, parent in wild.items()}
    for unit, path in paths_of(parents).items():
        above = parents[unit]
        walked, step = [], unit
        while step is not None and step not in walked:
            walked.append(step)
            step = parents[step]
        assert path == (None if step is not None else ".".join(reversed(walked)))
        assert path is None or above is None or path.rpartition(".")[0] == paths_of(parents)[above]


@pytest.mark.parametrize(
    "failures, seconds", [(0, 0), (5, 0), (6, 30), (7, 60), (8, 120), (9, 240), (10, 480), (11, 900), (12, 900), (10**9, 900)]
)
def test_five_failures_are_free_then_the_rest_doubles_up_to_a_quarter_hour(failures, seconds):
    assert lockout.lock_after(failures) == (timedelta(seconds=seconds) if seconds else None)


def test_while_locked_nothing_is_counted_and_the_wait_is_told():
    locked = lockout.attempt(6, NOW + timedelta(seconds=12, milliseconds=1), NOW)
    assert locked == lockout.Attempt(6, NOW + timedelta(seconds=12, milliseconds=1), 13)


def test_the_lock_ends_at_its_instant_and_the_next_is_longer():
    assert lockout.attempt(6, NOW, NOW) == lockout.Attempt(7, NOW + timedelta(seconds=60), None)


def test_a_day_after_the_last_lock_all_is_forgotten():
    assert lockout.attempt(40, NOW - timedelta(days=1), NOW) == lockout.Attempt(1, None, None)
    assert lockout.attempt(40, NOW - timedelta(hours=23), NOW).failures == 41


@given(st.lists(st.integers(0, 3600), max_size=400))
def test_a_guesser_never_gets_more_than_about_a_hundred_looks_a_day(pauses):
    state, at, looks = lockout.Attempt(0, None, None), NOW, 0
    for pause in pauses:
        at += timedelta(seconds=pause)
        if at >= NOW + timedelta(days=1):
            break
        state = lockout.attempt(state.failures, state.locked_until, at)
        looks += state.wait_s is None
    assert looks <= 5 + 6 + 24 * 4


@given(st.binary(min_size=16, max_size=16))
def test_a_code_reads_the_same_however_it_is_copied(entropy):
    code = codes.code_of(entropy)
    assert len(code.replace("-", "")) == 26
    spoken = code.lower().replace("-", " ").replace("0", "o").replace("1", "l")
    assert codes.fingerprint(spoken) == codes.fingerprint(code)


@given(st.binary(min_size=16, max_size=16), st.binary(min_size=16, max_size=16))
def test_two_codes_are_the_same_only_if_all_128_bits_are(one, other):
    assert (codes.code_of(one) == codes.code_of(other)) == (one == other)


@pytest.mark.parametrize(
    "password, flaw",
    [
        ("pohon beringin 7", None),
        ("sepuluh-hr", None),
        ("sembilan9", "password_short"),
        ("x1y2" * 33, "password_long"),
        ("198001012005011001", "password_names_you"),
        ("1980-0101-2005-0110-01", "password_names_you"),
        ("Wayan Sudarsana", "password_names_you"),
        ("sudarsana1980", "password_names_you"),
        ("Bismillah123", "password_common"),
        ("denpasar-1234", "password_common"),
        ("aaaaaaaaaaaa", "password_common"),
        ("ababababababab", "password_common"),
        ("ｐｏｈｏｎ ｂ", "password_short"),
    ],
)
def test_a_password_is_long_and_neither_oneself_nor_what_all_choose(password, flaw):
    assert passwords.password_flaw(password, "198001012005011001", ["Wayan Sudarsana", "Wayan", "Sudarsana"]) == flaw


def test_the_same_password_typed_on_another_keyboard_is_the_same():
    assert passwords.normalized("kafe\u0301 di renon") == passwords.normalized("kaf\u00e9 di renon")


@pytest.mark.parametrize("role", [Role.SUPERVISOR, Role.HR, Role.ADMIN, Role.AUDITOR])
@pytest.mark.parametrize("held", list(Role))
def test_an_admin_gives_any_role_and_personnel_only_the_supervisors(role, held):
    actor = Actor(1, "198001012005011001", "A", (Grant(held, "BALI.DISHUB"),), uuid4())
    expected = held is Role.ADMIN or (held is Role.HR and role is Role.SUPERVISOR)
    assert may_grant(actor, role, "BALI.DISHUB.UPT") == expected
    assert not may_grant(actor, role, "BALI")
    assert not may_grant(actor, role, "BALI.DISHUBX")
