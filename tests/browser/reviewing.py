"""Officers fill the list of experts and draw; an expert pledges, scores and signs."""

import re

from playwright.sync_api import expect

from accounts.models import User
from applications import access
from jbgs.rehearsal.cast import make_person
from reviews import workflow
from reviews.models import Assignment, DrawPlan
from tests.browser import stage as s

EXPERT = {
    "姓名": "何听澜",
    "手机": s.PHONES["expert"],
    "工作单位": "虚构计量研究所",
    "学科方向 1": "量子测量",
    "学科方向 2": "原子物理",
}
POINTS = (88, 91, 76.5, 82, 90)
OPINION = "路线清楚，样机基础扎实；批量一致性的验证安排偏紧，建议补充。"


def add_experts(officer, stage) -> None:
    """One is typed in; four colleagues stand in the list already."""
    for place in range(4):
        person = make_person(f"colleague-{place}", "expert", name=f"专家{'甲乙丙丁'[place]}")
        workflow.create_expert(by=stage.olga, user=person, unit_name=f"虚构专家单位第{place + 1}号")
    officer.follow(re.compile("^专家库"))
    officer.follow("加入专家")
    for label, text in EXPERT.items():
        officer.type(label, text)
    officer.picture("expert-form")
    officer.click("加入专家库")
    officer.sees("何听澜")
    officer.picture("experts")


def draw(officer, stage) -> None:
    """See what a draw would give, then freeze the data; somebody else gives the number, and the draw is published."""
    User.objects.filter(expert__isnull=False).update(is_fictitious=False)  # a real call's draw
    officer.follow(re.compile("^分派与排名"))
    officer.picture("tasks-of-review")
    officer.follow(re.compile("^(分派|抽取|专家)"), within=officer.page.locator("#content"))
    officer.click("拟定抽取")
    officer.sees("预览不是抽取结果")
    officer.picture("draw-preview")
    officer.click("冻结并承诺种子")
    officer.sees("已冻结")
    officer.picture("draw-frozen")
    plan = DrawPlan.objects.get()
    supervisors = access.supervisors_of(plan.call)
    workflow.give_public_value(plan, by=supervisors.first() or stage.otto, value="482913")
    officer.page.reload()
    officer.click("发布")
    officer.sees("已发布")
    officer.picture("drawn")


def score(expert) -> None:
    """Pledge first; then the sheet beside the frozen version saves itself; then everything once more, and signed."""
    expert.sign_in("/admin/login/", s.PHONES["expert"])
    expert.follow(re.compile("^我的评审"))
    expert.follow("签署承诺")
    expert.page.get_by_role("checkbox").check()
    expert.picture("pledge")
    expert.click(re.compile("^签署承诺"))
    expert.picture("my-reviews")
    expert.follow(re.compile("^开始评分"))
    inputs = expert.page.locator("input.score-input")
    for place, points in enumerate(POINTS):
        inputs.nth(place).fill(str(points))
    expert.type("评审意见", OPINION)
    expect(expert.page.locator("[data-total]")).to_have_text("85.95")
    expect(expert.page.locator("[data-save-text]")).to_have_text(re.compile("^已自动保存"))
    expert.picture("score-sheet")
    expert.click("核对并提交")
    expert.picture("score-confirm")
    expert.click(re.compile("^确认提交"))
    expert.sees("评分已提交")
    expert.picture("score-signed")


def the_others_score(application) -> None:
    """The same steps for the four colleagues, without a browser: nothing new would be seen."""
    for sheet in Assignment.objects.filter(application=application, expert__user__username__startswith="colleague-"):
        workflow.pledge(sheet, by=sheet.expert.user)
        points = {criterion.key: "80" for criterion in sheet.rules.spec.review.criteria}
        sheet.refresh_from_db()
        saved = workflow.save_score(
            sheet, by=sheet.expert.user, points=points, opinion=OPINION, base_version=sheet.sheet_version
        )
        workflow.sign(saved, by=sheet.expert.user)
