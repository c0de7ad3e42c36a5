"""What stands before the play begins: the real call, its 74 departments, officers. Everybody else comes by the door."""

from dataclasses import dataclass
from datetime import datetime
from random import Random

from django.core.management import call_command

from accounts.models import Department, Unit
from accounts.workflow import issue_password
from applications import access
from jbgs.lib import clock
from jbgs.lib.validators import make_uscc
from jbgs.rehearsal import fiction
from jbgs.rehearsal.cast import make_person
from jbgs.rehearsal.fiction import Writer
from programmes.models import Call
from tests.cast import load_miit

TASK = "Q-1-01"
DEPARTMENT = "北京市经济和信息化局"
UNIT = {"code": make_uscc(710_001, "110000"), "name": "远岫量测科技有限公司（虚构浏览器）"}
PARTNER = {"code": make_uscc(710_002, "320000"), "name": "澄泉大学（虚构浏览器）", "type": "university"}
PHONES = {
    "applicant": "19900001001", "department": "19900001002", "olga": "19900001003", "otto": "19900001004",
    "expert": "19900001005",
}  # fmt: skip


def day(year: int, month: int, date: int, hour: int = 10) -> datetime:
    return datetime(year, month, date, hour, tzinfo=clock.SHANGHAI)


@dataclass
class Stage:
    call: Call
    department: Department
    password: str
    olga: object
    otto: object

    def writer(self, unit, partners=()) -> Writer:
        """Plausible content for the call's form, always the same."""
        spec = self.call.spec
        return Writer(Random(7), spec, spec.tasks[TASK], unit=unit, today=clock.today(), partners=partners)


def set_up() -> Stage:
    """Call, departments with one password issued by letter, two officers of the call."""
    call_command("load_departments", verbosity=0)
    call = load_miit()
    olga = make_person("olga", "officer", name="主管甲", phone=PHONES["olga"])
    otto = make_person("otto", "officer", name="主管乙", phone=PHONES["otto"])
    for officer in (olga, otto):
        access.grant_call(officer, call)
    department = Department.objects.get(official_name=DEPARTMENT)
    return Stage(call, department, issue_password(department), olga, otto)


def partner() -> Unit:
    """A unit that is only named in the application; it need not be registered."""
    return Unit(**PARTNER)


def a_pdf(name: str) -> dict:
    """A file as Playwright chooses it."""
    return {"name": name, "mimeType": "application/pdf", "buffer": fiction.blank_pdf(2)}
