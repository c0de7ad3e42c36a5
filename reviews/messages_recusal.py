"""Who is told of grounds of recusal that were found, and of what officers make of them."""

from django.urls import reverse

from applications import access
from notifications.outbox import enqueue
from reviews.messages import ON_SCREEN
from reviews.models import Assignment, Clearance


def found(sheet: Assignment, kind: str, sentence: str):
    """A ground came up for a sheet that somebody has in hand: its officers are told once for each sheet and kind."""
    application = sheet.application
    enqueue(
        "recusal_found",
        access.officers_of(application),
        title=f"专家疑有回避情形，请认定：{application.title}",
        body=f"{sheet.expert.user.name}：{sentence}认定之前，这位专家不能提交这件申报的评分。",
        url=reverse("admin:reviews_recusals", args=[application.task_id]),
        about=f"application:{application.pk}",
        dedup=f"assignment:{sheet.pk}:{kind}",
        channels=ON_SCREEN,
    )


def clearance_prepared(row: Clearance, application):
    """The other officers are asked for the second look."""
    enqueue(
        "clearance_prepared",
        [officer for officer in access.officers_of(application) if officer.pk != row.prepared_by_id],
        title=f"请复核“认定不回避”：{application.title}",
        body=row.reason,
        url=reverse("admin:reviews_recusals", args=[application.task_id]) + "?tab=waiting",
        about=f"application:{application.pk}",
        dedup=f"clearance:{row.pk}",
        channels=ON_SCREEN,
    )


def clearance_answered(row: Clearance, application, by):
    """Who prepared it hears what became of it, unless it was the own doing."""
    if row.prepared_by_id != by.pk:
        enqueue(
            "clearance_answered",
            row.prepared_by,
            title=f"“认定不回避”{row.get_state_display()}：{application.title}",
            url=reverse("admin:reviews_recusals", args=[application.task_id]),
            about=f"application:{application.pk}",
            dedup=f"clearance:{row.pk}:{row.state}",
            channels=ON_SCREEN,
        )
