"""Who is told what: one function per event, a row in the same transaction (DESIGN §6.7)."""

from django.urls import reverse

from accounts.models import User
from applications import access
from jbgs.lib import clock
from notifications.outbox import enqueue

ON_SCREEN = ("inbox",)
EVERYWHERE = ("inbox", "sms")


def _tell(event: str, application, to, *, title: str, body: str = "", once: str = "", back_office: bool = False):
    """Enqueue one event about an application; a rehearsal's people are told on screen only."""
    name = "admin:applications_detail" if back_office else "applications:detail"
    enqueue(
        event,
        to,
        title=title,
        body=body,
        url=reverse(name, args=[application.pk]),
        about=f"application:{application.pk}",
        dedup=f"application:{application.pk}:{once or application.state_since.isoformat()}",
        channels=ON_SCREEN if application.call.is_rehearsal else EVERYWHERE,
    )


def _unit_people(application):
    return User.objects.filter(unit_id=application.unit_id, is_active=True)


def _department_people(application):
    if application.department_id is None:
        return User.objects.none()
    return User.objects.filter(department_id=application.department_id, is_active=True)


def _until(moment) -> str:
    return f"{clock.local(moment):%-m月%-d日 %H:%M}"


def submitted(application, version):
    """A receipt to the unit, news to the department."""
    once = f"version:{version.number}"
    _tell(
        "application_submitted", application, _unit_people(application), once=once,
        title=f"“{application.title}”已提交，受理编号 {application.number}（第 {version.number} 版）",
        body=f"收到时间 {_until(version.created_at)}，版本码 {version.code}。",
    )  # fmt: skip
    _tell(
        "application_received", application, _department_people(application), once=once, back_office=True,
        title=f"收到申报：{application.unit.name}“{application.title}”（第 {version.number} 版）",
    )  # fmt: skip


def taken_back(application):
    _tell(
        "application_taken_back", application, _department_people(application), back_office=True,
        title=f"{application.unit.name}已撤回修改“{application.title}”",
    )  # fmt: skip


def returned(application, opinion: str):
    _tell(
        "application_returned", application, _unit_people(application),
        title=f"“{application.title}”被退回修改，请于 {_until(application.return_due_at)} 前修改后再提交",
        body=opinion,
    )  # fmt: skip


def recommended(application):
    _tell(
        "application_recommended", application, _unit_people(application),
        title=f"“{application.title}”拟推荐，以推荐名单确认为准",
    )  # fmt: skip


def declined(application, reason: str):
    _tell(
        "application_declined", application, _unit_people(application),
        title=f"“{application.title}”未获推荐", body=reason,
    )  # fmt: skip


def list_confirmed(recommendation_list, applications):
    """Each unit on a confirmed list, and the officers of the call, once."""
    for application in applications:
        _tell(
            "application_on_confirmed_list", application, _unit_people(application),
            once=f"list:{recommendation_list.confirmed_at.isoformat()}",
            title=f"推荐名单已确认，“{application.title}”已推荐",
        )  # fmt: skip


def list_reopened(recommendation_list, reason: str):
    enqueue(
        "recommendation_list_reopened",
        User.objects.filter(department_id=recommendation_list.department_id, is_active=True),
        title=f"{recommendation_list.call.title}：推荐名单已退回，可以重新调整后确认",
        body=reason,
        url=reverse("admin:applications_recommending", args=[recommendation_list.call.slug]),
        about=f"list:{recommendation_list.pk}",
        dedup=f"list:{recommendation_list.pk}:{clock.now().isoformat()}",
        channels=ON_SCREEN if recommendation_list.call.is_rehearsal else EVERYWHERE,
    )


def supplement_requested(application, items: list[str]):
    _tell(
        "supplement_requested", application, _unit_people(application),
        title=f"“{application.title}”需要补正，请于 {_until(application.supplement_due_at)} 前提交",
        body="\n".join(f"{number}. {item}" for number, item in enumerate(items, 1)),
    )  # fmt: skip


def supplemented(application):
    _tell(
        "application_supplemented", application, access.officers_of(application), back_office=True,
        title=f"{application.unit.name}已提交补正：“{application.title}”",
    )  # fmt: skip


def accepted(application):
    _tell("application_accepted", application, _unit_people(application), title=f"“{application.title}”已受理")


def rejected(application, reason: str):
    _tell(
        "application_rejected", application, _unit_people(application),
        title=f"“{application.title}”不予受理", body=reason,
    )  # fmt: skip


def publicised(application, publicity):
    _tell(
        "application_publicised", application, _unit_people(application), once=f"publicity:{publicity.pk}",
        title=f"“{application.title}”列入{publicity.get_kind_display()}，公示到 {_until(publicity.closes_at)}",
    )  # fmt: skip


def objected(application, objection):
    _tell(
        "objection_raised", application, access.officers_of(application), once=f"objection:{objection.pk}",
        back_office=True, title=f"公示期收到异议：“{application.title}”",
    )  # fmt: skip


def officer_recused(application, user, by):
    """The other officers learn that one of them stands aside; who was ordered to hears from whom."""
    left = access.all_officers_of(application).exclude(pk__in=[user.pk, by.pk])
    _tell(
        "officer_recused", application, left.exclude(recusals__application=application), once=f"aside:{user.pk}",
        back_office=True, title=f"{user.name}已回避“{application.title}”，请接着办理",
        body="进入评审以后，这项任务的评审也不再由其办理。",
    )  # fmt: skip
    if user.pk != by.pk:
        enqueue(
            "officer_kept_aside", user, title=f"{by.name}认定您回避申报 {application.number}",
            body="这件申报不再向您开放；进入评审以后，所在任务的评审也不再向您开放。",
            about=f"application:{application.pk}", dedup=f"application:{application.pk}:aside:{user.pk}",
            channels=ON_SCREEN,
        )  # fmt: skip


def forwarded(application):
    """The application reaches the owner of the need, who chooses (S07)."""
    _tell_owners("application_forwarded", application, f"{application.unit.name}揭榜“{application.task.title}”，请选择")


def chosen(application, label: str):
    """The owner's people hear what became of an application for their need."""
    _tell_owners("owner_decided", application, f"{application.unit.name}“{application.title}”：{label}")


def _tell_owners(event: str, application, title: str):
    enqueue(
        event, access.owners_of(application), title=title,
        url=reverse("admin:applications_need", args=[application.task_id]), about=f"application:{application.pk}",
        dedup=f"application:{application.pk}:{application.state_since.isoformat()}",
        channels=ON_SCREEN if application.call.is_rehearsal else EVERYWHERE,
    )  # fmt: skip


def round_recorded(application, label: str, outcome):
    """The unit hears of a result to which it may object (P12); of the others with the decision."""
    if outcome.contestable_on is None:
        return
    last = outcome.contestable_on
    _tell(
        "round_recorded", application, _unit_people(application), once=f"outcome:{outcome.pk}",
        title=f"“{application.title}”{label}{'通过' if outcome.passed else '未通过'}",
        body=f"{outcome.text}\n对结果有异议的，可以在{last.year}年{last.month}月{last.day}日前提出。",
    )  # fmt: skip


def round_objected(application, objection):
    _tell(
        "round_objected", application, access.officers_of(application), once=f"outcome-objection:{objection.pk}",
        back_office=True, title=f"{application.unit.name}对核查结果提出异议：“{application.title}”",
    )  # fmt: skip


def round_objection_settled(application, objection):
    again = "，将重新核查" if objection.again else ""
    _tell(
        "round_objection_settled", application, _unit_people(application), once=f"outcome-objection:{objection.pk}",
        title=f"“{application.title}”核查结果异议：{objection.get_state_display()}{again}", body=objection.answer,
    )  # fmt: skip


def end_announced(application, label: str, hearing):
    """The pre-notice: what is intended, why, and until when the unit may speak (P22)."""
    last = hearing.state_until
    _tell(
        "end_announced", application, _unit_people(application), once=f"hearing:{hearing.pk}:notice",
        title=f"“{application.title}”拟{label}，可以在{last.year}年{last.month}月{last.day}日前陈述申辩",
        body=hearing.ground,
    )  # fmt: skip


def statement_made(application, hearing):
    _tell(
        "statement_made", application, access.officers_of(application), once=f"hearing:{hearing.pk}:statement",
        back_office=True, title=f"{application.unit.name}已陈述申辩：“{application.title}”",
    )  # fmt: skip


def hearing_closed(application, label: str, hearing):
    _tell(
        "hearing_closed", application, _unit_people(application), once=f"hearing:{hearing.pk}:result",
        title=f"“{application.title}”拟{label}：{hearing.get_result_display()}", body=hearing.finding,
    )  # fmt: skip


def decided(application, label: str, reason: str):
    """The outcome of a decision, calm and complete, to the unit."""
    _tell(
        "application_decided", application, _unit_people(application),
        title=f"“{application.title}”：{label}", body=reason,
    )  # fmt: skip


def shortlisted(application):
    _tell(
        "application_shortlisted", application, _unit_people(application),
        title=f"“{application.title}”入围，请于 {application.work_due_on:%Y年%-m月%-d日} 前完成攻关",
    )  # fmt: skip


def evaluation_submitted(application):
    _tell(
        "evaluation_submitted", application, access.officers_of(application), back_office=True,
        title=f"{application.unit.name}申请测评：“{application.title}”",
    )  # fmt: skip


def appealed(application, appeal):
    _tell(
        "appeal_raised", application, access.officers_of(application), once=f"appeal:{appeal.pk}", back_office=True,
        title=f"{application.unit.name}申请复审：“{application.title}”",
    )  # fmt: skip


def appeal_settled(application, appeal):
    _tell(
        "appeal_settled", application, _unit_people(application), once=f"appeal:{appeal.pk}",
        title=f"“{application.title}”复审结果：{appeal.get_state_display()}", body=appeal.answer,
    )  # fmt: skip
