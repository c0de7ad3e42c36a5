"""Who is told what in the review; rows in the same transaction (DESIGN §6.7)."""

from django.urls import reverse

from jbgs.lib import clock
from notifications.outbox import enqueue
from programmes.instants import closes_text
from reviews import blind
from reviews.models import Assignment

ON_SCREEN = ("inbox",)
EVERYWHERE = ("inbox", "sms")


def _channels(call) -> tuple[str, ...]:
    """A rehearsal's people are told on screen only."""
    return ON_SCREEN if call.is_rehearsal else EVERYWHERE


def _title(assignment: Assignment) -> str:
    """The title as the sheet's expert knows it: in a blind call without the unit's name."""
    application = assignment.application
    return blind.face(application, assignment.expert.user).title if blind.is_blind(application) else application.title


def _until(moment) -> str:
    return f"，请于 {closes_text(moment, this_year=clock.today().year)} 前完成" if moment else ""


def assigned(application, experts, due_at):
    """New sheets: each expert is told once a day for each task, however many applications came."""
    task = application.task
    enqueue(
        "review_assigned",
        [expert.user for expert in experts],
        title=f"请评审“{task.title}”的申报{_until(due_at)}",
        body="请先签署评审承诺。与申报单位、联合单位或项目成员有利害关系的，请申报回避。",
        url=reverse("admin:reviews_todo"),
        about=f"task:{task.pk}",
        dedup=f"task:{task.pk}:{clock.today():%F}",
        channels=_channels(application.call),
    )


def remind(task, waiting) -> int:
    """One reminder for each expert with sheets in hand, once a day. `waiting`: open sheets of the task."""
    by_expert: dict[int, list[Assignment]] = {}
    for assignment in waiting:
        by_expert.setdefault(assignment.expert_id, []).append(assignment)
    told = 0
    for rows in by_expert.values():
        due_at = min((row.due_at for row in rows if row.due_at), default=None)
        written = enqueue(
            "review_reminder",
            rows[0].expert.user,
            title=f"“{task.title}”还有 {len(rows)} 份评审没有提交{_until(due_at)}",
            url=reverse("admin:reviews_todo"),
            about=f"task:{task.pk}",
            dedup=f"task:{task.pk}:{clock.today():%F}",
            channels=_channels(task.call),
        )
        told += bool(written)
    return told


def returned(assignment):
    """A signed sheet came back, with the officer's reason."""
    enqueue(
        "review_returned",
        assignment.expert.user,
        title=f"评分被退回修改：{_title(assignment)}",
        body=assignment.note,
        url=reverse("admin:reviews_score", args=[assignment.pk]),
        about=f"assignment:{assignment.pk}",
        dedup=f"assignment:{assignment.pk}:{assignment.sheet_version}:{clock.now().isoformat()}",
        channels=_channels(assignment.application.call),
    )


def asked_for_a_reason(assignment):
    """A soft question after the signature; it says nothing of anybody else's score."""
    enqueue(
        "review_reason_asked",
        assignment.expert.user,
        title=f"请就您的评分补充理由：{_title(assignment)}",
        body="请具体说明主要理由和依据在材料何处。已提交的评分不变，不影响评审进行。",
        url=reverse("admin:reviews_score", args=[assignment.pk]),
        about=f"assignment:{assignment.pk}",
        dedup=f"assignment:{assignment.pk}",
        channels=ON_SCREEN,
    )


def removed(assignment):
    """The expert no longer has to do this one."""
    enqueue(
        "review_removed",
        assignment.expert.user,
        title=f"一份评审任务已由主管收回：{_title(assignment)}",
        url=reverse("admin:reviews_todo"),
        about=f"assignment:{assignment.pk}",
        dedup=f"assignment:{assignment.pk}:{assignment.assigned_at.isoformat()}",
        channels=ON_SCREEN,
    )
