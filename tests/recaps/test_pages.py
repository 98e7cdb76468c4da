"""The PDF says what the rows say, is archival and tagged, and is the same bytes for the same words."""

import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from app import errors
from app.recaps import rules
from app.recaps.render import pages, pdf_of
from tests.pages import facts_of, poppler, words_of
from tests.recaps.test_render import heading, named, recap
from tests.recaps.test_rules import MEMBER, months


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("pdf")


@poppler
def test_it_is_tagged_archival_titled_and_the_same_twice(folder):
    made = pdf_of(heading(), [recap()])
    facts = facts_of(folder, made)
    assert facts["Tagged"] == "yes" and facts["Title"] == "REKAP KEHADIRAN BULAN OKTOBER 2026"
    assert b"<pdfaid:part>2</pdfaid:part>" in made and b"<pdfaid:conformance>B</pdfaid:conformance>" in made
    assert b"/Lang (id" in made or b"/Lang(id" in made
    assert pdf_of(heading(), [recap()]) == made


@poppler
@settings(max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(month=months())
def test_it_shows_every_code_and_figure_of_the_row_and_the_same_in_the_totals(folder, month):
    shown = recap(month, named("Ni Luh"))
    words = words_of(folder, pdf_of(heading(), [shown, shown]))
    days, figures = words.split("Angka per orang")
    codes = [code for code in shown.codes if code]
    assert f" {MEMBER.nip} Ni Luh DISHUB {' '.join([*codes, '2'])} " in days  # and then the next person, who is the second
    told = figures.split(" JUMLAH ")[1].split()
    double = rules.plus(shown.counts, shown.counts)
    assert told[:4] == [str(figure or "-") for figure in (double.owed, double.present, double.assigned, double.late_days)]
    deduction = f"{double.deduction_pct.normalize():f}".replace(".", ",")
    assert (deduction if double.deduction_pct else "-") in told


@poppler
@pytest.mark.parametrize("name", ["#set page(width: 1cm)", "*tebal* _x_", "$x^2$", '"; #panic()', "<label> @ref", "\\u{41}"])
def test_a_name_is_text_whatever_it_looks_like(folder, name):
    assert name in words_of(folder, pdf_of(heading(), [recap(member=named(name))]))


@poppler
def test_who_did_not_sign_and_that_it_may_change_is_said(folder):
    words = words_of(folder, pdf_of(heading(), [recap()]))
    assert "SEMENTARA" in words and "Tidak ditandatangani" in words
    english = words_of(folder, pdf_of(heading(language="en", provisional=False), [recap()]))
    assert "This month is sealed." in english and "Not signed" in english and "PROVISIONAL" not in english


def test_more_people_than_pages_can_hold_are_refused_with_the_way_out(monkeypatch):
    monkeypatch.setattr(pages, "MOST_PEOPLE", 1)
    with pytest.raises(errors.Invalid, match="recap_too_many_for_pdf"):
        pdf_of(heading(), [recap(), recap()])


@poppler
def test_units_are_totalled_only_where_there_are_several(folder):
    other = rules.Member(2, "198501012005011002", "Ketut", "DISKES", "Dinas Kesehatan", "BALI.DISKES")
    assert "Jumlah per unit" not in words_of(folder, pdf_of(heading(), [recap()]))
    assert "Jumlah per unit" in words_of(folder, pdf_of(heading(), [recap(), recap(member=other)]))


@given(st.lists(months(), min_size=1, max_size=5))
def test_totals_by_unit_are_the_sums_of_their_people(people):
    members = [rules.Member(n, str(n), "x", f"U{n % 2}", "x", f"BALI.U{n % 2}") for n in range(len(people))]
    recaps = [recap(month, member) for month, member in zip(people, members, strict=True)]
    totals = rules.totals_by_unit(recaps)
    assert rules.total_of(unit.counts for unit in totals) == rules.total_of(each.counts for each in recaps)
    assert sum(unit.people for unit in totals) == len(people)


SET_200 = """
import resource
from app.recaps.render import pdf_of
from tests.recaps.test_render import heading, named, recap
pdf_of(heading(), [recap(member=named(f"Orang nomor {number}")) for number in range(200)])
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


def test_two_hundred_people_take_less_than_300_mb():
    """Asked of a process of its own: Linux counts a parent's memory to the child that it has just forked."""
    asked = subprocess.run([sys.executable, "-c", SET_200], capture_output=True, text=True, check=True, timeout=120)
    assert 50 * 1024 < int(asked.stdout.split()[-1]) <= 300 * 1024
