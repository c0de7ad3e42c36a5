"""A unit registers, fills an application and submits it."""

import re

from playwright.sync_api import expect

from accounts.models import Unit
from applications.models import Application
from tests.browser import stage as s
from tests.browser.filling import fill_everything


def register(applicant) -> None:
    """A unit nobody knows; the code that proves the phone stands on the page."""
    applicant.open("/")
    applicant.picture("home")
    applicant.follow("注册单位")
    applicant.type("统一社会信用代码", s.UNIT["code"])
    applicant.type("单位名称", s.UNIT["name"])
    applicant.type("单位类型", "enterprise")
    applicant.type("注册地", "110000")
    applicant.type("注册成立日期", "2015-06-30")
    applicant.type("联系人姓名", "周以宁")
    applicant.type("手机", s.PHONES["applicant"])
    applicant.page.locator("#id_password").fill("quantum-Loom-2025")
    applicant.page.locator("#id_consent").check()
    applicant.type("短信验证码", applicant.phone_code())
    applicant.picture("register")
    applicant.click("注册并登录")
    applicant.page.wait_for_url(lambda url: "/register/" not in url)


def start(applicant) -> Application:
    """From the list of tasks to an empty draft; the region's department is chosen beforehand."""
    applicant.open("/")
    applicant.follow(re.compile("^查看榜单"))
    applicant.picture("tasks")
    applicant.page.locator(f'a[href$="/tasks/{s.TASK}/"]').first.click()
    applicant.picture("task")
    applicant.click("申报本任务")
    applicant.sees(s.DEPARTMENT)
    applicant.picture("create")
    applicant.click("建立草稿")
    expect(applicant.page.locator("#st")).to_be_visible()
    return Application.objects.get(unit=Unit.objects.get(code=s.UNIT["code"]))


def fill(applicant, stage) -> None:
    """Every section, typed; each saves itself."""
    unit = Unit.objects.get(code=s.UNIT["code"])
    files = {
        "licence": [s.a_pdf("营业执照.pdf")],
        "joint_agreement": [s.a_pdf("联合申报协议.pdf")],
        "basis_proof": [s.a_pdf("检测报告一.pdf"), s.a_pdf("检测报告二.pdf")],
    }
    fill_everything(
        applicant.page,
        stage.writer(unit, [s.partner()]),
        files=files,
        after_each=lambda section: applicant.picture(f"fill-{section.key}"),
    )


def submit(applicant, application) -> str:
    """Check, look once more, submit; the receipt names number and time."""
    applicant.sees("内容齐全，没有需要改正的地方")
    applicant.picture("check")
    applicant.follow("提交申报书")
    applicant.picture("submit")
    applicant.click("提交申报书")
    applicant.sees("申报书已收到")
    applicant.picture("receipt")
    application.refresh_from_db()
    applicant.sees(application.number)
    assert re.fullmatch(r"WL2025\S+", application.number)
    return application.number
