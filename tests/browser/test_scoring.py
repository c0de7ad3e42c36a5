"""The score sheet in a browser: figures while one types, a lost session, another window."""

import re

import pytest
from playwright.sync_api import expect

from reviews import workflow
from tests.browser import stage as s
from tests.cast import OPEN, RECOMMENDING, world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SAVED = re.compile(r"^已自动保存 \d\d:\d\d:\d\d$")
STATE = "[data-save-text]"


@pytest.fixture
def sheet(calendar, transactional_db):
    """A sheet that erin has accepted; business time stands where reviews are made."""
    calendar.go(OPEN)
    cast = world()
    application = cast.accepted()
    calendar.go(RECOMMENDING)
    workflow.create_expert(by=cast.olga, user=cast.erin, unit_name="虚构专家单位")
    (made,) = workflow.assign(application, by=cast.olga, experts=[cast.erin.expert])
    return workflow.pledge(made, by=cast.erin)


def page_of(sheet) -> str:
    return f"/admin/reviews/assignment/sheets/{sheet.pk}/"


def test_figures_follow_what_is_typed(sheet, signed_in):
    erin = signed_in(sheet.expert.user)
    erin.open(page_of(sheet))
    inputs = erin.page.locator("input.score-input")
    bands = erin.page.locator(".segs").first.locator("button").all_inner_texts()
    for place in range(inputs.count()):
        inputs.nth(place).fill("80")
    erin.type("评审意见", "路线清楚")
    expect(erin.page.locator("#op-h")).to_contain_text("已写 4 字")
    expect(erin.page.locator("[data-total]")).to_have_text("80.00")
    assert erin.page.locator(".segs").first.locator("button").all_inner_texts() == bands
    inputs.first.fill("120")
    expect(erin.page.locator("[data-error]:visible").first).to_contain_text("100")
    erin.expected = ["^4\\d\\d "]
    erin.picture("score-out-of-range")


def test_after_signing_in_again_elsewhere_the_sheet_saves_itself(sheet, signed_in):
    sheet.expert.user.phone = s.PHONES["expert"]
    sheet.expert.user.save(update_fields=["phone"])
    erin = signed_in(sheet.expert.user)
    erin.expected = ["^401 "]
    erin.open(page_of(sheet))
    erin.context.clear_cookies(name="jbgs_session")
    erin.type("评审意见", "登录失效时写下的意见")
    expect(erin.page.locator(STATE)).to_contain_text("登录已过期")
    erin.picture("score-signed-out")
    form, erin.page = erin.page, erin.context.new_page()
    erin.sign_in("/admin/login/", s.PHONES["expert"])
    expect(form.locator(STATE)).to_have_text(SAVED)
    sheet.refresh_from_db()
    assert sheet.opinion == "登录失效时写下的意见"


def test_a_second_window_shows_what_the_first_one_saved(sheet, signed_in):
    erin = signed_in(sheet.expert.user)
    erin.open(page_of(sheet))
    second = erin.context.new_page()
    second.goto(erin.page.url)
    erin.type("评审意见", "第一个窗口的意见")
    expect(erin.page.locator(STATE)).to_have_text(SAVED)
    erin.expected = ["^409 "]
    second.get_by_label("评审意见").fill("第二个窗口的意见")
    expect(second.locator("[data-differences]")).to_contain_text("第一个窗口的意见")
    erin.page = second
    erin.picture("score-conflict")
    erin.click("保留本页内容")
    expect(second.locator(STATE)).to_have_text(SAVED)
    sheet.refresh_from_db()
    assert sheet.opinion == "第二个窗口的意见"
