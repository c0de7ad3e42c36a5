"""Who is told what about a draw and about what is changed after it; rows in the same transaction (DESIGN §6.7)."""

from django.urls import reverse

from accounts.models import User
from applications import access
from applications.models import Application
from jbgs.lib import clock
from notifications.outbox import enqueue
from reviews.messages import ON_SCREEN, _channels


def value_wanted(plan):
    """Whoever is to give the public value (the supervisors, else the other officers) learns what was committed to."""
    people = access.supervisors_of(plan.call, plan.tasks.all())
    if not people.exists():
        application = Application.objects.select_related("task").filter(task__in=plan.task_list).first()
        people = User.objects.filter(pk__in=access.officers_of(application)).exclude(pk=plan.frozen_by_id)
    enqueue(
        "draw_frozen",
        people,
        title=f"“{_subject(plan)}”{plan}已冻结，请现场给数",
        body=(
            "请当众取得一个数，如摇号得到的 6 位数字，在抽取页输入，系统随即抽取。"
            f"请留存下列两项，抽取以后据此核对：种子承诺值 {plan.commitment}；数据摘要 {plan.input_sha256}。"
        ),
        url=reverse("admin:reviews_draw_plan", args=[plan.pk]),
        about=f"draw:{plan.pk}",
        dedup=f"draw:{plan.pk}:frozen:{plan.commitment}",
        channels=_channels(plan.call),
    )


def drawn(plan):
    """Who froze the draw learns that it can be published."""
    enqueue(
        "draw_drawn",
        plan.frozen_by,
        title=f"“{_subject(plan)}”{plan}已给数，结果待发布",
        body=f"现场给数 {plan.public_value}，结果摘要 {plan.outcome_sha256}。请核对结果后发布。",
        url=reverse("admin:reviews_draw_plan", args=[plan.pk]),
        about=f"draw:{plan.pk}",
        dedup=f"draw:{plan.pk}:drawn",
        channels=ON_SCREEN,
    )


def undone(plan, sheets):
    """The experts of a draw that was taken back have nothing more to do."""
    experts = {sheet.expert.user.pk: sheet.expert.user for sheet in sheets}
    enqueue(
        "draw_undone",
        list(experts.values()),
        title=f"“{_subject(plan)}”的评审任务已由主管收回",
        body="抽取已撤回，您不用再答复。需要您评审时另行通知。",
        url=reverse("admin:reviews_todo"),
        about=f"draw:{plan.pk}",
        dedup=f"draw:{plan.pk}:undone",
        channels=_channels(plan.call),
    )


def left(sheet, words: str, reason: str, newcomer, event: str = "review_declined"):
    """The officers learn that an expert is gone, and who stepped in or that nobody is left."""
    application = sheet.application
    said = f"候补{newcomer.user.name}已递补" if newcomer else "没有可以递补的候补，请补充专家"
    enqueue(
        event,
        access.officers_of(application),
        title=f"{sheet.expert.user.name}{words}“{application.title}”，{said}",
        body=reason,
        url=reverse("admin:reviews_panel", args=[application.task_id]),
        about=f"application:{application.pk}",
        dedup=f"assignment:{sheet.pk}:{clock.now().isoformat()}",
        channels=ON_SCREEN,
    )


def unanswered(sheet):
    """Nobody could step in for an expert who does not answer: the officers call, once."""
    application = sheet.application
    enqueue(
        "review_unanswered",
        access.officers_of(application),
        title=f"{sheet.expert.user.name}逾期没有答复“{application.title}”，也没有可以递补的候补",
        body="请联系专家，或者补充专家。",
        url=reverse("admin:reviews_panel", args=[application.task_id]),
        about=f"application:{application.pk}",
        dedup=f"assignment:{sheet.pk}:unanswered:{sheet.assigned_at.isoformat()}",
        channels=ON_SCREEN,
    )


def change_waits(change):
    """The other officers learn that a change awaits a second person."""
    application = change.application
    people = User.objects.filter(pk__in=access.officers_of(application)).exclude(pk=change.prepared_by_id)
    enqueue(
        "reviewer_change",
        people,
        title=f"“{application.title}”的专家调整待复核",
        body=change.reason,
        url=reverse("admin:reviews_approvals"),
        about=f"application:{application.pk}",
        dedup=f"change:{change.pk}",
        channels=ON_SCREEN,
    )


def _subject(plan) -> str:
    """What is drawn for: the task, or the first of several."""
    titles = list(plan.tasks.order_by("order").values_list("title", flat=True))
    return titles[0] if len(titles) == 1 else f"{titles[0]}等 {len(titles)} 个任务"
