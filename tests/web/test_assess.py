"""Assessments in a real browser: what is proposed, what a superior gives, what stays, and how a unit's predicates spread."""

from playwright.sync_api import expect

from app.access import Role
from tests.web.conftest import faults, needs_chromium, picture
from tests.web.test_desk import desk, official, to

pytestmark = needs_chromium

assert desk and official  # fixtures


def test_a_superior_assesses_what_the_record_only_proposes_and_both_versions_stay(desk, employee, phone):
    page = to(desk(Role.SUPERVISOR), "assess")
    page.get_by_role("link", name=employee.name).click()
    expect(page.get_by_role("heading", name="Usulan dari catatan")).to_be_visible()
    expect(page.get_by_text("Belum ada penilaian untuk periode ini.")).to_be_visible()
    assert faults(page) == []
    picture(page, "desk-assess")
    give(page, work_result="above", behaviour_result="above")
    # Behaviour above expectation, with all seven values as expected, is no judgement: said at its field.
    expect(page.locator(".field .error:not([hidden])").or_(page.get_by_role("alert")).first).to_contain_text("ketujuh nilai")
    page.get_by_label("Kompeten").select_option("above")
    page.get_by_role("button", name="Simpan penilaian").click()
    versions = page.locator("section.card", has_text="Penilaian yang sudah diberikan").locator("li")
    expect(versions).to_have_count(1)
    expect(versions.first).to_contain_text("Sangat Baik")
    give(page, work_result="as_expected", behaviour_result="as_expected")
    expect(versions).to_have_count(2)
    expect(versions.first).to_contain_text("Berlaku")
    expect(versions.first.locator("strong").first).to_have_text("Baik")
    to(page, "assess")
    page.get_by_label("Unit kerja").select_option(index=1)
    page.get_by_role("button", name="Hitung sebaran").click()
    expect(page.get_by_role("row", name="Baik", exact=False).first).to_be_visible()
    picture(page, "desk-spread")
    assert [said for said in phone.complaints if "422" not in said] == []


def give(page, **results):
    """Fill the two scales and send them."""
    labels = {"work_result": "Hasil kerja", "behaviour_result": "Perilaku kerja"}
    for name, step in results.items():
        page.get_by_label(labels[name], exact=True).select_option(step)
    page.get_by_label("Nilai SKP (0–120)").fill("92.5")
    page.get_by_label("Nilai perilaku (0–120)").fill("90")
    page.get_by_label("Produktivitas (%)").fill("88")
    page.get_by_role("button", name="Simpan penilaian").click()
