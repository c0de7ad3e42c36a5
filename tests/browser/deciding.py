"""Officers check the form, propose for the shortlist and approve, make it public, fix the list, take the tables."""

import re
from datetime import date

from playwright.sync_api import expect


def check_form(officer, application) -> None:
    """Every item that only eyes can check, then accept."""
    officer.follow(re.compile("^形式审查"))
    officer.picture("form-check-queue")
    officer.follow("开始审查")
    expect(officer.page.locator(".doc-pane iframe")).to_be_visible()
    for answer in officer.page.locator("[data-eye]").get_by_text("符合", exact=True).all():
        answer.click()
    officer.page.locator(".outcomes").get_by_text("受理", exact=True).click()
    officer.picture("form-check")
    officer.click(re.compile("^受理"))
    officer.picture("form-checked")
    application.refresh_from_db()
    assert application.state == "accepted"


def propose(officer) -> None:
    """The page suggests who stands above the cut; the officer sends it to a colleague."""
    officer.follow(re.compile("^分派与排名"))
    officer.follow(re.compile("^查看排名"))
    officer.picture("ranking")
    officer.click("提交复核")
    officer.sees("等待另一位主管复核")
    officer.picture("proposed")


def approve(colleague, application) -> None:
    """Nobody approves what he proposed: a second person, who sees grounds and the quota left."""
    colleague.follow(re.compile("^决定与复核"))
    colleague.picture("decisions")
    colleague.click(re.compile("^同意：拟入围"))
    colleague.sees("已同意 1 项决定")
    application.refresh_from_db()
    assert application.state == "proposed"


def make_public(officer) -> None:
    """Look at exactly what everybody will see, then publish it."""
    officer.follow(re.compile("^公示与名单"))
    officer.picture("publicity-desk")
    officer.click("预览公示内容")
    officer.sees("公众看到的只有下面这些内容")
    officer.picture("publicity-preview")
    officer.click("发布公示")
    officer.sees("公示中")
    officer.picture("publicity-open")


def fix_the_list(officer, application) -> None:
    """When the days are over and nobody objects, the list is fixed; the term of the work begins."""
    officer.follow(re.compile("^公示与名单"))
    officer.follow("确定名单")
    officer.picture("publicity-over")
    officer.click(re.compile("^确定所选"))
    officer.sees("已确定 1 个项目入围")
    officer.picture("outputs")
    application.refresh_from_db()
    assert application.work_due_on == date(2027, 4, 2)  # M20: two years from the day of the list
