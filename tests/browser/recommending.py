"""A department signs in for the first time, examines, recommends; later it confirms its list."""

import re

from playwright.sync_api import expect

from tests.browser import stage as s

LISTS = "/admin/applications/application/recommending/"


def bind_phone(recommender, stage) -> None:
    """M24: the department's full name, the issued password, a contact, a phone, a code."""
    recommender.open("/admin/")
    recommender.follow("首次登录")
    recommender.type("推荐单位全称", s.DEPARTMENT)
    recommender.page.locator("#id_password").fill(stage.password)
    recommender.type("联系人姓名", "郑景行")
    recommender.type("绑定手机号", s.PHONES["department"])
    recommender.type("短信验证码", recommender.phone_code())
    recommender.picture("first-sign-in")
    recommender.click("绑定手机并登录")
    recommender.sees("推荐名单")
    recommender.picture("department-home")


def recommend(recommender, application) -> None:
    """The paper stands beside the checks; what only eyes can see is ticked."""
    recommender.follow(re.compile("^推荐名单"))
    recommender.picture("department-calls")
    recommender.open(f"/admin/applications/application/recommending/{application.call.slug}/")
    recommender.picture("department-list")
    recommender.follow(re.compile("^审核"))
    paper = recommender.page.locator(".doc-pane iframe")
    expect(paper).to_be_visible()
    recommender.picture("examine")
    for tick in recommender.page.locator(".verdict-form input[name=items]").all():
        tick.check()
    recommender.type("审核意见", "材料齐全，指标承诺完整，同意推荐。")
    recommender.click(re.compile("^推荐"))
    recommender.sees("任务内第 1 位")
    recommender.picture("recommended")


def confirm_list(recommender, application) -> None:
    """After the units' deadline: by phone and code this time (M25), letter number and pledge."""
    recommender.sign_in("/admin/login/", s.PHONES["department"])
    recommender.open(f"/admin/applications/application/recommending/{application.call.slug}/")
    recommender.follow(re.compile("^确认推荐名单"))
    recommender.type("推荐函文号", "虚构函〔2025〕36号")
    recommender.page.get_by_role("checkbox").last.check()
    recommender.picture("confirm-list")
    recommender.click(re.compile("^确认推荐名单"))
    recommender.sees("虚构函〔2025〕36号")
    recommender.picture("list-confirmed")
