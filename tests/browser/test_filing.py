"""What only a browser shows while an application is filled: the net is gone, somebody else saves, a double click."""

import re

import pytest
from django.conf import settings
from playwright.sync_api import expect

from applications.models import Version
from jbgs.rehearsal.cast import make_person
from notifications.models import Message
from tests.browser import stage as s
from tests.cast import OPEN, world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SAVED = re.compile(r"^已自动保存 \d\d:\d\d:\d\d$")
STATE = "[data-save-text]"


@pytest.fixture
def cast(calendar, transactional_db):
    calendar.go(OPEN)
    return world()


def project_page(application) -> str:
    return f"/applications/{application.pk}/edit/project/"


def saved_title(application) -> str:
    return application.sections.get(key="project").data["title"]


def test_a_double_click_gives_one_receipt(cast, signed_in):
    application = cast.draft()
    alice = signed_in(cast.alice)
    alice.open(f"/applications/{application.pk}/submit/")
    alice.page.get_by_role("button", name="提交申报书").dblclick()
    alice.sees("申报书已收到")
    assert Version.objects.filter(application=application).count() == 1
    receipts = Message.objects.filter(user=cast.alice, channel="inbox")
    assert receipts.count() == 1


def test_the_same_form_from_two_tabs_gives_one_receipt(cast, signed_in):
    """The second tab has a key of its own: it is told that the application was submitted, not made to wonder."""
    application = cast.draft()
    alice = signed_in(cast.alice)
    alice.open(f"/applications/{application.pk}/submit/")
    second = alice.context.new_page()
    second.goto(alice.page.url)
    alice.click("提交申报书")
    alice.sees("申报书已收到")
    alice.expected = ["^409 "]
    second.get_by_role("button", name="提交申报书").click()
    expect(second.locator("body")).to_contain_text("已提交")
    alice.picture("second-tab")
    assert Version.objects.filter(application=application).count() == 1


def test_without_the_net_nothing_is_lost(cast, signed_in):
    application = cast.draft(filled=False)
    alice = signed_in(cast.alice)
    alice.expected = ["ERR_INTERNET_DISCONNECTED"]
    alice.open(project_page(application))
    alice.context.set_offline(True)
    alice.type("项目名称", "断网时写下的名称")
    expect(alice.page.locator(STATE)).to_have_text("没有保存，网络断开，正在重试")
    alice.picture("offline")
    alice.context.set_offline(False)
    expect(alice.page.locator(STATE)).to_have_text(SAVED)
    assert saved_title(application) == "断网时写下的名称"


@pytest.mark.parametrize("kept", ["保存我的，替换已保存的", "保留已保存的，放弃我的"])
def test_an_older_save_shows_both_texts(cast, signed_in, kept):
    application = cast.draft(filled=False)
    filler = make_person("filler", "unit_filler", name="填报人", unit=cast.alice.unit)
    alice, second = signed_in(cast.alice), signed_in(filler)
    for person in (alice, second):
        person.open(project_page(application))
    alice.type("项目名称", "先保存的名称")
    expect(alice.page.locator(STATE)).to_have_text(SAVED)
    second.expected = ["^409 "]
    second.type("项目名称", "后写的名称")
    conflict = second.page.locator(".conflict")
    expect(conflict).to_contain_text("先保存的名称")
    expect(conflict).to_contain_text("后写的名称")
    expect(conflict).to_be_focused()
    assert saved_title(application) == "先保存的名称"
    second.picture("conflict")
    second.page.get_by_text(kept, exact=True).click()
    expect(conflict).to_have_count(0)
    right = "后写的名称" if kept.startswith("保存我的") else "先保存的名称"
    expect(second.page.get_by_label("项目名称")).to_have_value(right)
    assert saved_title(application) == right


def test_a_promise_worse_than_the_target_is_told_while_typing(cast, signed_in):
    application = cast.draft()
    alice = signed_in(cast.alice)
    alice.open(f"/applications/{application.pk}/edit/commitments/")
    first = alice.page.locator("tr[data-place]").first
    number = first.locator('input[name$=".value"]')
    number.fill("1")
    expect(first.locator("td.mark")).to_contain_text("未达到")
    expect(alice.page.locator("tr.why").first).to_contain_text("1000")
    alice.picture("worse-promise")
    number.fill("1200")
    expect(first.locator("td.mark")).to_contain_text("优于要求")


def test_a_file_that_is_not_what_it_says_is_refused_beside_its_name(cast, signed_in):
    application = cast.draft(filled=False)
    alice = signed_in(cast.alice)
    alice.expected = [r"^4\d\d .*/attachments/"]
    alice.open(f"/applications/{application.pk}/edit/attachments/")
    kind = alice.page.locator('[data-kind="licence"]')
    kind.locator("input[type=file]").set_input_files(
        {"name": "营业执照.pdf", "mimeType": "application/pdf", "buffer": b"not a paper at all"}
    )
    expect(kind.locator(".refused")).to_contain_text("营业执照.pdf")
    alice.picture("refused-file")
    kind.locator("input[type=file]").set_input_files(s.a_pdf("执照.pdf"))
    expect(kind.get_by_role("link", name="执照.pdf", exact=True)).to_be_visible()


def test_signing_in_again_elsewhere_lets_the_open_page_save(cast, signed_in):
    """The page says so itself: 请在新窗口重新登录，本页会继续保存。"""
    application = cast.draft(filled=False)
    cast.alice.phone = s.PHONES["applicant"]
    cast.alice.save(update_fields=["phone"])
    alice = signed_in(cast.alice)
    alice.expected = ["^401 "]
    alice.open(project_page(application))
    cookie = settings.SESSION_COOKIE_NAME
    alice.context.clear_cookies(name=cookie)
    alice.type("项目名称", "登录过期时写下的名称")
    expect(alice.page.locator(STATE)).to_contain_text("登录已过期")
    alice.picture("signed-out")
    form, alice.page = alice.page, alice.context.new_page()
    alice.sign_in("/signin/", s.PHONES["applicant"])
    expect(form.locator(STATE)).to_have_text(SAVED)
    assert saved_title(application) == "登录过期时写下的名称"
