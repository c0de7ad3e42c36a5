"""The picker of experts in a browser: the list follows what is typed and ticked, keys reach everything, and without a
script the same form does the same."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from playwright.sync_api import expect

from reviews.models import Assignment
from reviews.picking import PER_PAGE
from tests.browser.conftest import calendar, chromium, visitor  # noqa: F401
from tests.reviews.conftest import REVIEWING

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def reviewing_time(calendar):  # noqa: F811
    """Stands in for the house's own fixture: the server's thread must see the same business time."""
    calendar.go(REVIEWING)


@pytest.fixture
def cookie(review):
    client = Client()
    client.force_login(review.olga)
    return {"name": settings.SESSION_COOKIE_NAME, "value": client.cookies[settings.SESSION_COOKIE_NAME].value}


@pytest.fixture
def officer(visitor, cookie):  # noqa: F811
    person = visitor("officer")
    person.context.add_cookies([cookie | {"url": person.server}])
    return person


def row(page, name: str):
    return page.locator(".picker-table tr", has_text=name)


def test_assigned_by_keys_alone(review, officer):
    application = review.application()
    friend = review.expert(unit_name=application.unit.name)
    wanted = [*review.experts(PER_PAGE), review.expert(unit_name="虚构极地研究所")][-1]
    officer.open(reverse("admin:reviews_panel", args=[review.task.pk]))
    page = officer.page
    page.locator("summary", has_text="手工分派").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".picker-table tbody tr")).to_have_count(PER_PAGE)
    page.locator("#by-hand-q").press_sequentially(friend.unit_name)
    expect(page.locator(".picker-table tbody tr")).to_have_count(1)
    page.get_by_label(f"选择：{application.title}").check()
    expect(row(page, friend.user.name).locator("input")).to_be_disabled()
    page.locator("#by-hand-q").fill("")
    page.locator("#by-hand-q").press_sequentially("极地")
    page.locator("#by-hand-q").press("ArrowDown")  # waits for what was typed
    expect(page.get_by_label(wanted.user.name)).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_label(wanted.user.name)).to_be_checked()
    page.get_by_role("button", name="分派给这位专家").press("Enter")
    page.wait_for_load_state()
    assert Assignment.objects.get().expert == wanted


def test_pages_turn_in_place_and_the_choice_stays(review, officer):
    review.application()
    experts = review.experts(PER_PAGE + 3)
    officer.open(reverse("admin:reviews_panel", args=[review.task.pk]))
    page = officer.page
    page.locator("summary", has_text="手工分派").click()
    page.get_by_label(experts[0].user.name).check()
    page.get_by_role("button", name="下一页").click()
    expect(page.locator(".picker-table tbody tr")).to_have_count(3)
    expect(page.get_by_label(experts[0].user.name)).to_be_checked()
    page.get_by_role("button", name="上一页").click()
    expect(page.get_by_label(experts[1].user.name)).to_be_visible()


def test_without_a_script_the_form_does_the_same(review, chromium, live_server, cookie):  # noqa: F811
    application = review.application()
    wanted = [*review.experts(PER_PAGE), review.expert(unit_name="虚构极地研究所")][-1]
    context = chromium.new_context(java_script_enabled=False)
    context.add_cookies([cookie | {"url": live_server.url}])
    page = context.new_page()
    page.goto(live_server.url + reverse("admin:reviews_panel", args=[review.task.pk]))
    page.get_by_label(f"选择：{application.title}").check()
    page.locator("summary", has_text="手工分派").click()
    page.locator("#by-hand-q").fill("极地")
    page.locator("#by-hand-q").press("Enter")
    expect(page.locator(".picker-table tbody tr")).to_have_count(1)
    page.get_by_label(wanted.user.name).check()
    page.get_by_role("button", name="分派给这位专家").click()
    page.wait_for_load_state()
    assert Assignment.objects.get().expert == wanted
    context.close()
