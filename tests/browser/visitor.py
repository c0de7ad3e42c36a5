"""One person at a browser: signs in, clicks, types; and everything that the browser complains about on the way."""

import os
import re
from pathlib import Path

from playwright.sync_api import BrowserContext, Locator, Page, expect

PICTURES = os.environ.get("JBGS_PICTURES", "")
"""A folder for a picture of every step: JBGS_PICTURES=/tmp/steps. Nothing is written where it is unset."""


class Visitor:
    """A browser of its own (cookies, tabs) for one person of the play."""

    pictures_taken = 0

    def __init__(self, name: str, context: BrowserContext, server: str):
        self.name, self.context, self.server = name, context, server
        self.complaints: list[str] = []
        self.expected: list[str] = []
        self.page = self.watched(context.new_page())
        context.on("page", self.watched)

    def watched(self, page: Page) -> Page:
        """Console errors (a refused script or style is one), uncaught exceptions, answers that say no."""
        page.on("console", lambda said: self.note(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: self.note(f"uncaught: {error}"))
        page.on("response", lambda answer: self.note(f"{answer.status} {answer.url}") if answer.status >= 400 else None)
        return page

    def note(self, complaint: str) -> None:
        # Chromium repeats the status of every refused answer on the console; the answer itself says more.
        if "the server responded with a status" not in complaint:
            self.complaints.append(complaint)

    def unexpected(self) -> list[str]:
        return [said for said in self.complaints if not any(re.search(known, said) for known in self.expected)]

    # --- Moving about ----------------------------------------------------------------------------------------------

    def open(self, path: str) -> None:
        self.page.goto(f"{self.server}{path}")

    def click(self, words: str | re.Pattern, *, within: Locator | None = None) -> None:
        """Click the one button that says exactly `words`."""
        (within or self.page).get_by_role("button", name=words, exact=isinstance(words, str)).click()

    def follow(self, words: str | re.Pattern, *, within: Locator | None = None) -> None:
        """Follow a link that says exactly `words`; a page may have it in its header and in its text."""
        (within or self.page).get_by_role("link", name=words, exact=isinstance(words, str)).first.click()

    def type(self, label: str, text: str) -> None:
        """Type into the field with this label; choose, where it is a list."""
        field = self.page.get_by_label(label).first
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(text)
        else:
            field.fill(text)

    def sees(self, words: str | re.Pattern) -> None:
        expect(self.page.locator("#main, #content, body").first).to_contain_text(words)

    def picture(self, step: str) -> None:
        """Keep the whole page as it stands."""
        if PICTURES:
            Visitor.pictures_taken += 1
            folder = Path(PICTURES)
            folder.mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=folder / f"{Visitor.pictures_taken:02d}-{step}.png", full_page=True)

    # --- Signing in ------------------------------------------------------------------------------------------------

    def phone_code(self) -> str:
        """Ask for a code; the demo shows it on the page."""
        self.click("获取短信验证码")
        shown = self.page.locator("[data-demo-code]")
        expect(shown).to_have_text(re.compile(r"^\d{6}$"))
        return shown.inner_text()

    def sign_in(self, path: str, phone: str) -> None:
        """By phone and code, at the front office's or the back office's door."""
        self.open(f"{path}?way=code")
        self.type("手机", phone)
        self.type("短信验证码", self.phone_code())
        self.click("登录")
        expect(self.page).not_to_have_url(re.compile("/(signin|login)/"))

    def download(self, words: str | re.Pattern, *, within: Locator | None = None) -> tuple[str, bytes]:
        """Follow a link that hands out a file; the name under which the browser saves it, and its content."""
        with self.page.expect_download() as found:
            self.follow(words, within=within)
        return found.value.suggested_filename, Path(found.value.path()).read_bytes()

    def leave(self) -> None:
        self.context.close()
