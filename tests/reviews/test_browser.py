"""The score sheet in a browser: bands and keys follow the number field, saves say what happened, nothing is lost."""

import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from reviews.models import Assignment
from tests.browser.conftest import calendar, chromium, visitor  # noqa: F401
from tests.reviews.conftest import REVIEWING

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def reviewing_time(calendar):  # noqa: F811
    """Stands in for the house's own fixture: the server's thread must see the same business time."""
    calendar.go(REVIEWING)


@pytest.fixture
def sheet(review):
    (sheet,) = review.seat(review.application())
    return sheet


@pytest.fixture
def expert(visitor, sheet):  # noqa: F811
    """The sheet's expert, signed in, on the score page."""
    client = Client()
    client.force_login(sheet.expert.user)
    person = visitor("expert")
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    person.context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": person.server}])
    person.expected.append(r"documents/\d+")  # the version of this test has no real content to print
    person.open(reverse("admin:reviews_score", args=[sheet.pk]))
    return person


def field(page, place: int):
    return page.locator(".score-input").nth(place)


def says(page, words: str) -> None:
    expect(page.locator("[data-save-text]")).to_have_text(re.compile(words))


def points_of(sheet) -> dict:
    return dict(Assignment.objects.get(pk=sheet.pk).scores.values_list("criterion", "points"))


def test_keys_and_bands_fill_the_number_and_are_saved(review, sheet, expert):
    page, keys = expert.page, [criterion.key for criterion in review.criteria]
    field(page, 0).press("ArrowUp")
    field(page, 0).press("PageUp")
    expect(field(page, 0)).to_have_value("80")
    expect(page.locator(".crit").nth(0).locator(".seg[aria-pressed=true]")).to_have_text("75—89")
    page.locator(".crit").nth(1).locator(".seg").last.click()
    expect(field(page, 1)).to_have_value("95")
    expect(page.locator(".crit").nth(1).locator("[data-anchor]")).to_contain_text("优秀")
    field(page, 2).fill("86.5")
    says(page, "^已自动保存")
    assert points_of(sheet) == {keys[0]: 8000, keys[1]: 9500, keys[2]: 8650}
    expect(page.locator("[data-missing]")).to_contain_text("还有 2 项未评分")


def test_a_wrong_number_is_told_at_its_field_and_stays(sheet, expert):
    expert.expected.append(r"422 .*/save/")
    page = expert.page
    field(page, 3).fill("120")
    says(page, "^没有保存")
    expect(page.locator("[data-error]:visible")).to_contain_text("超出范围")
    expect(field(page, 3)).to_have_value("120")
    field(page, 3).fill("12")
    says(page, "^已自动保存")
    expect(page.locator("[data-error]:visible")).to_have_count(0)


def test_another_window_was_faster_and_both_texts_are_shown(review, sheet, expert):
    expert.expected.append(r"409 .*/save/")
    page, key = expert.page, review.criteria[0].key
    review.fill(sheet, {key: "60"}, opinion="另一个窗口的意见")
    page.get_by_label("评审意见").fill("这个窗口的意见")
    field(page, 0).fill("90")
    says(page, "请选择保留哪一份")
    told = page.locator("[data-differences]")
    expect(told).to_contain_text(f"{review.criteria[0].label}本页：90已保存：60")
    expect(told).to_contain_text("评审意见本页：这个窗口的意见已保存：另一个窗口的意见")
    expect(told.locator("dt")).to_have_count(2)  # what is the same is left out
    expect(page.get_by_label("评审意见")).to_have_value("这个窗口的意见")
    assert points_of(sheet) == {key: 6000}
    expert.click("保留本页内容")
    says(page, "^已自动保存")
    assert points_of(sheet) == {key: 9000}
    review.fill(sheet, {key: "61"}, opinion="再次在另一个窗口")
    field(page, 0).fill("91")
    says(page, "请选择保留哪一份")
    expert.click("改用已保存的内容")
    expect(field(page, 0)).to_have_value("61")


def test_without_a_connection_it_tries_again(sheet, expert):
    expert.expected.append("ERR_INTERNET_DISCONNECTED")
    page = expert.page
    expert.context.set_offline(True)
    page.get_by_label("评审意见").fill("断网时写的意见")
    says(page, "正在重试")
    expert.context.set_offline(False)
    says(page, "^已自动保存")
    assert Assignment.objects.get(pk=sheet.pk).opinion == "断网时写的意见"


def test_the_whole_sheet_is_filled_and_signed_without_a_mouse(review, sheet, expert):
    """From the first key to the signature: the page says where one is, and nothing is typed into the wrong field."""
    page, count = expert.page, len(review.criteria)
    expect(field(page, 0)).to_be_focused()
    for place in range(count):
        page.keyboard.type(str(80 + place))
        page.keyboard.press("Enter")
    expect(page.get_by_label("评审意见")).to_be_focused()
    page.keyboard.press("Shift+Tab")
    page.get_by_label("评审意见").focus()
    page.keyboard.type("键盘写下的意见")
    page.keyboard.press("Enter")
    page.keyboard.type("第二段")
    page.keyboard.press("Control+s")
    says(page, "^已自动保存")
    stored = Assignment.objects.get(pk=sheet.pk)
    assert stored.opinion == "键盘写下的意见\n第二段"
    assert sorted(points_of(sheet).values()) == [8000 + 100 * place for place in range(count)]
    field(page, 1).focus()
    page.keyboard.press("Shift+Enter")
    expect(field(page, 0)).to_be_focused()
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="核对并提交评分")).to_be_visible()
    assert Assignment.objects.get(pk=sheet.pk).state == "scoring", "the confirmation comes first"
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text("的评分已提交")).to_be_visible()
    assert Assignment.objects.get(pk=sheet.pk).state == "signed"


def test_on_to_the_next_sheet_by_keys_saves_first(review, sheet, expert):
    (other,) = review.seat(review.application(), sheet.expert)
    page = expert.page
    page.reload()
    keys = "Alt+ArrowDown" if page.locator("[data-to=next]").count() else "Alt+ArrowUp"
    field(page, 0).fill("77")
    page.keyboard.press(keys)
    page.wait_for_url(f"**/sheets/{other.pk}/")
    assert list(points_of(sheet).values()) == [7700]


def test_what_cannot_be_saved_keeps_the_page(review, sheet, expert):
    expert.expected.append(r"422 .*/save/")
    (other,) = review.seat(review.application(), sheet.expert)
    page = expert.page
    page.reload()
    keys = "Alt+ArrowDown" if page.locator("[data-to=next]").count() else "Alt+ArrowUp"
    field(page, 0).fill("177")
    page.keyboard.press(keys)
    expect(page.locator("[data-error]:visible")).to_contain_text("超出范围")
    assert f"/sheets/{sheet.pk}/" in page.url and other.pk != sheet.pk
