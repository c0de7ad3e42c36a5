"""Types an application into the form, section by section: any form, from what a rehearsal's writer would save."""

import re
from collections.abc import Iterator

from playwright.sync_api import Locator, Page, expect

from jbgs.rehearsal.fiction import Writer
from programmes.spec import SectionSpec


def type_section(page: Page, section: SectionSpec, data: dict) -> None:
    """Type `data` into the open section and wait until the page says that it is saved."""
    form = page.locator("form#fill")
    if section.type in ("partners", "team", "table"):
        add_rows(page, len(data["rows"]))
    for name, value in named(form, section, data):
        if isinstance(value, list) or form.locator(f'[name="{name}"][type=radio]').count():
            choose(form, name, value)
        else:
            enter(form.locator(f'[name="{name}"]'), value)
    expect(page.locator("[data-save-text]")).to_have_text(re.compile(r"^已自动保存 \d\d:\d\d:\d\d$"))


def add_rows(page: Page, count: int) -> None:
    """Tables begin with one empty row; the button gives another."""
    rows = page.locator("[data-rows] > [data-row]")
    while rows.count() < count:
        page.locator("[data-add-row]").click()


def named(form: Locator, section: SectionSpec, data: dict) -> Iterator[tuple[str, object]]:
    """Names of inputs with what belongs into them; the names are the paths into the saved data."""
    if section.type == "budget":
        yield from budget_cells(form, data)
    else:
        yield from flat("", data)


def choose(form: Locator, name: str, value) -> None:
    """Ticks (a list of words) or the one dot of this value."""
    if isinstance(value, list):
        for word in value:
            form.locator(f'[name^="{name}."][value="{word}"]').check()
    elif value:
        form.locator(f'[name="{name}"][value="{value}"]').check()


def flat(path: str, value) -> Iterator[tuple[str, object]]:
    if isinstance(value, list) and all(isinstance(word, str) for word in value):
        yield path, value  # ticked words, not rows
        return
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else None
    if pairs is None:
        yield path, value
        return
    for key, inner in pairs:
        yield from flat(f"{path}.{key}" if path else str(key), inner)


def budget_cells(form: Locator, data: dict) -> Iterator[tuple[str, object]]:
    """The matrix has its years and sources in hidden inputs: find each amount's cell by them."""
    hidden = form.locator("input[type=hidden]").evaluate_all("all => all.map(one => [one.name, one.value])")
    places: dict[str, dict] = {}
    for name, value in hidden:
        place, _, key = name.rpartition(".")
        places.setdefault(place, {})[key] = value
    for row in data["sources"] + data["items"]:
        keys = {key: str(value) for key, value in row.items() if key != "amount"}
        yield next(f"{place}.amount" for place, held in places.items() if held == keys), row["amount"]


def enter(control: Locator, value) -> None:
    """Into a list, a tick or a line of text. What the form does not ask for has no control and nothing to say."""
    if control.count() == 0:
        assert value in ("", None, False), f"no place for {value!r}"
    elif isinstance(value, bool):
        control.set_checked(value)
    elif control.evaluate("control => control.tagName") == "SELECT":
        control.select_option(value)
    else:
        control.fill(str(value))


def fill_everything(
    page: Page, writer: Writer, *, files: dict[str, list[dict]], after_each=lambda section: None
) -> None:
    """From the first section to the last, each left by its own button; `files`: uploads by kind of attachment."""
    for section in writer.spec.form.sections:
        expect(page.locator("#st")).to_contain_text(section.title)
        page.wait_for_load_state()  # a file chosen before the page's scripts run is not sent by itself
        if section.type == "attachments":
            for kind, uploads in files.items():
                upload(page, kind, uploads)
        else:
            type_section(page, section, writer.section(section))
        after_each(section)
        page.locator(".next-part button").last.click()


def upload(page: Page, kind: str, uploads: list[dict]) -> None:
    """Choose files for one kind of attachment; they stand in the list when the server has taken them."""
    place = page.locator(f'[data-kind="{kind}"]')
    for file in uploads:
        place.locator("input[type=file]").set_input_files(file)
        expect(place.get_by_role("link", name=file["name"])).to_be_visible()
