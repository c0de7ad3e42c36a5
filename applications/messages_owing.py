"""Who is told what about reports and requests: one function per event (DESIGN §6.7)."""

from django.urls import reverse

from applications import access
from applications.messages import EVERYWHERE, ON_SCREEN
from applications.messages import _unit_people as people_of_unit
from notifications import events
from notifications.outbox import enqueue

events.name(
    {
        "obligations_opened": "开始报送",
        "report_submitted": "收到报告",
        "report_approved": "报告审核通过",
        "report_returned": "报告退回修改",
        "request_refused": "申请不同意",
        "due_date_moved": "期限变动",
    }
)


def _day(day) -> str:
    return f"{day.year}年{day.month}月{day.day}日"


def _tell(event: str, application, obligation, to, *, title: str, body: str = "", office: bool = False):
    url = (
        reverse("admin:applications_report", args=[obligation.pk])
        if office
        else reverse("applications:report", args=[application.pk, obligation.pk])
    )
    enqueue(
        event, to, title=title, body=body, url=url,
        about=f"obligation:{obligation.pk}",
        dedup=f"obligation:{obligation.pk}:{obligation.state}:{obligation.submissions}",
        channels=ON_SCREEN if application.call.is_rehearsal else EVERYWHERE,
    )  # fmt: skip


def opened(application, rows):
    """What the unit has to hand in from now on; one message for all that was opened together."""
    lines = [f"{row.name}，{_day(row.due_on)}前提交" if row.due_on else row.name for row in rows]
    _tell(
        "obligations_opened", application, rows[0], people_of_unit(application),
        title=f"“{application.title}”需要提交{lines[0]}" if len(lines) == 1 else
        f"“{application.title}”需要提交 {len(lines)} 项材料",
        body="" if len(lines) == 1 else "\n".join(lines),
    )  # fmt: skip


def handed_in(application, obligation):
    late = "（逾期）" if obligation.late else ""
    _tell(
        "report_submitted", application, obligation, access.officers_of(application), office=True,
        title=f"{application.unit.name}提交{obligation.name}{late}：“{application.title}”",
    )  # fmt: skip


def approved(application, obligation):
    verdict = f"：{obligation.get_result_display()}" if obligation.result else ""
    words = "已同意" if obligation.is_request else "已审核"
    body = [obligation.opinion] if obligation.opinion else []
    if obligation.kind == obligation.Kind.EXTENSION:
        body.insert(0, f"期限延至{_day(application.work_due_on)}。")
    _tell(
        "report_approved", application, obligation, people_of_unit(application),
        title=f"“{application.title}”的{obligation.name}{words}{verdict}", body="\n".join(body),
    )  # fmt: skip


def returned(application, obligation):
    until = f"，请于{_day(obligation.due_on)}前修改后再提交" if obligation.due_on else "，请修改后再提交"
    _tell(
        "report_returned", application, obligation, people_of_unit(application),
        title=f"“{application.title}”的{obligation.name}被退回{until}", body=obligation.opinion,
    )  # fmt: skip


def refused(application, obligation):
    _tell(
        "request_refused", application, obligation, people_of_unit(application),
        title=f"“{application.title}”的{obligation.name}没有获得同意", body=obligation.opinion,
    )  # fmt: skip


def due_moved(application, row, what: str, was, due, party: str):
    """The working calendar has changed, and a day with it; told to who must act by that day."""
    office = party == "officer"
    people = access.officers_of(application) if office else people_of_unit(application)
    page = "admin:applications_detail" if office else "applications:detail"
    enqueue(
        "due_date_moved", people, title=f"“{application.title}”{what}由{_day(was)}变为{_day(due)}",
        body="国务院办公厅公布放假安排或者调整工作日历后，按工作日计算的期限随之变动。",
        url=reverse(page, args=[application.pk]), about=f"application:{application.pk}",
        dedup=f"{row._meta.label_lower}:{row.pk}:{what}:{was}:{due}",
        channels=ON_SCREEN if application.call.is_rehearsal else EVERYWHERE,
    )  # fmt: skip
