"""Conditional questions, tables and the move to a newer wording, as a browser shows them."""

import re

import pytest
from playwright.sync_api import expect

from applications.models import Application
from jbgs.lib import clock
from programmes.loader import load_document
from tests.applications.sections_help import FILLED, fill_sections, sections_document, sections_world
from tests.browser.filling import type_section
from tests.cast import OPEN

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SAVED = re.compile(r"^已自动保存 \d\d:\d\d:\d\d$")
STATE = "[data-save-text]"


@pytest.fixture
def cast(calendar, transactional_db):
    calendar.go(OPEN)
    return sections_world()


@pytest.fixture
def draft(cast) -> Application:
    return fill_sections(cast.draft(filled=False), cast.alice)


def open_section(person, application, key: str):
    person.open(f"/applications/{application.pk}/edit/{key}/")
    return person.page


def kept(application, key: str) -> dict:
    return application.sections.get(key=key).data


def test_a_conditional_question_comes_and_goes_and_keeps_what_was_typed(cast, draft, signed_in):
    alice = signed_in(cast.alice)
    page = open_section(alice, draft, "about")
    committee, rail = page.get_by_label("伦理委员会名称"), page.locator(".rail")
    expect(committee).to_be_visible()
    expect(rail).to_contain_text("伦理审查")
    alice.picture("questions")
    page.locator('input[name="answers.human"][value="no"]').check()
    expect(committee).to_be_hidden()
    expect(page.locator(STATE)).to_have_text(SAVED)
    expect(rail).not_to_contain_text("伦理审查")
    expect(page.locator(".next-part button").last).to_contain_text("知识产权")
    page.locator('input[name="answers.fields.1"]').uncheck()
    expect(page.get_by_label("矿山许可证号")).to_be_hidden()
    page.locator('select[name="answers.level"]').select_option("国际领先")
    expect(page.get_by_label("成果水平的说明")).to_be_hidden()
    expect(page.locator(STATE)).to_have_text(SAVED)
    page.locator('input[name="answers.human"][value="yes"]').check()
    expect(committee).to_have_value("虚构医院伦理委员会")
    expect(page.locator(STATE)).to_have_text(SAVED)
    assert kept(draft, "about")["answers"]["fields"] == ["工厂"]


def test_without_a_script_every_question_is_shown_with_its_condition(cast, draft, signed_in, chromium, live_server):
    fill_sections(draft, cast.alice, {"about": {"answers": {"human": "no"}}})
    alice = signed_in(cast.alice)
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    context.add_cookies(alice.context.cookies())
    page = context.new_page()
    page.goto(f"{live_server.url}/applications/{draft.pk}/edit/about/")
    expect(page.get_by_label("伦理委员会名称")).to_be_visible()
    expect(page.get_by_text("“是否涉及人体研究”为“是”时填写")).to_be_visible()
    context.close()


def test_rows_copied_out_of_a_spreadsheet_fill_the_table(cast, draft, signed_in):
    fill_sections(draft, cast.alice, {"rights": {"rows": []}})
    alice = signed_in(cast.alice)
    page = open_section(alice, draft, "rights")
    sheet = "甲方法\t发明专利\t2023/5/1\t120.5\t是\n乙软件\t软件著作权\t2024年1月15日\t\t否\n丙方法\t外观\t去年\t\t\n"
    page.locator('[name="rows.0.title"]').focus()
    page.evaluate(
        """text => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            document.activeElement.dispatchEvent(new ClipboardEvent("paste", {
                clipboardData: data, bubbles: true, cancelable: true}));
        }""",
        sheet,
    )
    expect(page.locator("[data-rows] > [data-row]")).to_have_count(3)
    expect(page.locator(STATE)).to_have_text(SAVED)
    rows = kept(draft, "rights")["rows"]
    assert rows[0] == {
        "title": "甲方法",
        "kind": "发明专利",
        "granted_on": "2023-05-01",
        "price": "120.5",
        "own": "yes",
    }
    assert (rows[1]["granted_on"], rows[1]["own"]) == ("2024-01-15", "no")
    assert (rows[2]["kind"], rows[2]["granted_on"]) == ("外观", "去年")  # what is wrong stays as it was pasted
    expect(page.locator('[data-errors="2.granted_on"]')).to_contain_text("须按 2025-03-06 的格式填写有效日期")
    alice.picture("table")
    page.locator("[data-raise-row]").nth(1).click()
    expect(page.locator('[name="rows.0.title"]')).to_have_value("乙软件")
    expect(page.locator(STATE)).to_have_text(SAVED)
    page.locator("[data-remove-row]").nth(2).click()
    expect(page.locator(STATE)).to_have_text(SAVED)
    expect(page.locator("[data-rows] > [data-row]")).to_have_count(2)
    page.wait_for_timeout(1200)
    assert [row["title"] for row in kept(draft, "rights")["rows"]] == ["乙软件", "甲方法"]
    page.set_viewport_size({"width": 390, "height": 844})
    alice.picture("table-390")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_foreign_partner_has_no_credit_code(cast, draft, signed_in):
    alice = signed_in(cast.alice)
    page = open_section(alice, draft, "partners")
    code = page.locator('[name="rows.0.code"]')
    expect(code).to_be_hidden()
    page.locator('[name="rows.0.country"]').fill("中国")
    expect(code).to_be_visible()
    page.locator('[name="rows.0.country"]').fill("新西兰")
    expect(code).to_be_hidden()
    expect(page.locator(STATE)).to_have_text(SAVED)
    alice.picture("partners")
    assert kept(draft, "partners")["rows"][0]["country"] == "NZ"


def test_the_whole_form_is_typed_and_complete(cast, signed_in):
    """Every kind of control, by hand: what is saved is what was meant, and nothing is left to do."""
    draft = cast.draft(filled=False)
    alice = signed_in(cast.alice)
    for section in draft.call_version.spec.form.sections:
        if section.key in FILLED:
            open_section(alice, draft, section.key).wait_for_load_state()
            type_section(alice.page, section, FILLED[section.key])
            if section.type not in ("team", "commitments"):
                assert kept(draft, section.key) == FILLED[section.key], section.key
    alice.open(f"/applications/{draft.pk}/check/")
    alice.sees("内容齐全，没有需要改正的地方")


@pytest.mark.parametrize("width", [1280, 390])
def test_every_section_fits_its_screen(cast, draft, signed_in, width):
    alice = signed_in(cast.alice)
    alice.page.set_viewport_size({"width": width, "height": 900})
    for section in draft.call_version.spec.form.sections:
        if section.key in FILLED:
            page = open_section(alice, draft, section.key)
            page.wait_for_load_state()
            alice.picture(f"{section.key}-{width}")
            assert page.evaluate("document.documentElement.scrollWidth") <= width, section.key


def test_the_new_wording_is_accepted_by_one_button(cast, draft, signed_in):
    document = sections_document()
    options = document["form"][1]["options"]
    options["questions"] = [question for question in options["questions"] if question["key"] != "committee"]
    document["tasks"][0]["indicators"][0]["value"] = 1100
    load_document(document, force=True)
    alice = signed_in(cast.alice)
    page = open_section(alice, draft, "about")
    alice.sees("申报要求有更新")
    alice.picture("renewal")
    page.set_viewport_size({"width": 390, "height": 844})
    alice.picture("renewal-390")
    page.set_viewport_size({"width": 1280, "height": 900})
    alice.click("按新要求填报")
    alice.sees("已按新要求填报")
    page = open_section(alice, draft, "about")
    page.get_by_text("不再要求的内容").click()
    expect(page.locator(".gone")).to_contain_text("虚构医院伦理委员会")
    alice.picture("renewed")
    with clock.travel(OPEN):
        assert Application.objects.get(pk=draft.pk).call_version.number == 2
