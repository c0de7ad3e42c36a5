"""Two years later: the unit types what was measured, an officer checks it, two officers name the winner."""

import re

from playwright.sync_api import expect

from tests.browser.filling import enter


def apply_for_evaluation(applicant, application) -> None:
    """Each value as promised, with its proof; saved and compared first, then handed in."""
    applicant.open(f"/applications/{application.pk}/")
    applicant.follow(re.compile("测评|实测值"), within=applicant.page.locator(".page-title"))
    promised = {row.indicator_code: row.promise for row in application.commitments.all()}
    for code, promise in promised.items():
        row = applicant.page.locator(f'[id="f-{code}"]')
        for part in ("value", "low", "high", "text"):
            field = row.locator(f'[name$=".{part}"]')
            if field.count():
                enter(field, promise[part])
        enter(row.locator('[name$=".proof"]'), "虚构检测中心报告 2027-001 号")
    applicant.click("保存并比较")
    expect(applicant.page.locator(".submit-bar")).to_contain_text("各项已填写")
    applicant.picture("measured")
    applicant.click("提交测评申请")
    applicant.sees("已提交")
    applicant.picture("evaluation-submitted")


def check_values(officer) -> None:
    """The officer takes over the values that hold and says for each text whether it was met."""
    officer.follow(re.compile("^测评与优胜"))
    officer.picture("evaluations")
    officer.follow(re.compile("^核实与认定"))
    officer.follow("核实")
    for answer in officer.page.get_by_role("radiogroup").get_by_text("达到", exact=True).all():
        answer.click()
    officer.picture("values")
    officer.click(re.compile("^核实全部"))
    officer.sees("已核实")


def propose_winner(officer) -> None:
    officer.follow(re.compile("^测评与优胜"))
    officer.follow(re.compile("^核实与认定"))
    officer.page.get_by_role("radiogroup").get_by_text("优胜", exact=True).click()
    officer.picture("winner")
    officer.click("提交复核")
    officer.sees("复核")


def name_winner(colleague, application) -> None:
    colleague.follow(re.compile("^决定与复核"))
    colleague.click(re.compile("^同意："))
    colleague.sees("已同意 1 项决定")
    application.refresh_from_db()
    assert application.state == "won"
