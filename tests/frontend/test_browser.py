"""What only a browser can show: focus, Esc, the running clock, no sideways scrolling, no refused script or style."""

import os
import shutil

import pytest
from playwright.sync_api import sync_playwright

from tests.frontend.gallery import gallery_patterns

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PAGES = [str(entry.pattern) for entry in gallery_patterns if "broken" not in str(entry.pattern)]


@pytest.fixture
def open_page(gallery_site, live_server, monkeypatch):
    """open_page("gallery/front/", width=390) -> (page, what its console complained about)."""
    # Playwright's own loop runs in this thread; the ORM would take it for an asynchronous view.
    monkeypatch.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])

        def opened(path: str, width: int = 1440):
            page = browser.new_page(viewport={"width": width, "height": 900}, locale="zh-CN")
            complaints = []
            page.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
            page.on("pageerror", lambda error: complaints.append(str(error)))
            page.goto(f"{live_server.url}/{path}")
            return page, [text for text in complaints if "the server responded with a status" not in text]

        yield opened
        browser.close()


def test_no_page_scrolls_sideways_or_breaks_the_policy(open_page):
    for path in PAGES:
        for width in (1440, 390):
            page, complaints = open_page(path, width)
            assert complaints == [], f"{path} at {width}"
            assert page.evaluate("document.documentElement.scrollWidth") <= width, f"{path} at {width}"
            page.close()


def test_dialog_starts_on_the_safe_button_and_gives_the_focus_back(open_page):
    page, _ = open_page("gallery/front/")
    opener = page.get_by_role("button", name="确认名单", exact=True)
    opener.click()
    dialog = page.get_by_role("dialog", name="确认推荐名单？")
    assert dialog.is_visible()
    assert page.evaluate("document.activeElement.textContent") == "返回检查"
    page.keyboard.press("Escape")
    assert not dialog.is_visible()
    assert page.evaluate("document.activeElement.textContent") == "确认名单"


def test_errors_take_the_focus_and_lead_to_their_fields(open_page):
    page, _ = open_page("gallery/front/")
    assert "error-list" in page.evaluate("document.activeElement.className")
    page.locator(".error-list").get_by_role("link", name="统一社会信用代码").click()
    assert page.evaluate("document.activeElement.id") == "id_code"


def test_server_clock_runs_and_counts_by_the_server(open_page):
    page, _ = open_page("gallery/front/")
    clock = page.locator(".deadline-clock .server-clock").first
    shown = clock.inner_text()
    assert shown.startswith("3月3日 14:26:")
    page.wait_for_function("text => document.querySelector('.server-clock').textContent !== text", arg=shown)
    assert page.locator(".deadline-clock [data-left]").first.inner_text() == "3天 9小时 33分"


def test_toast_can_be_sent_away(open_page):
    page, _ = open_page("gallery/front/")
    toast = page.locator(".toast")
    assert toast.count() == 1
    page.get_by_role("button", name="关闭提示").click()
    toast.wait_for(state="detached")
