"""Pages of the review. All are back office; names live in the admin's namespace: `admin:reviews_<page>`."""

from django.urls import path
from django.views.decorators.cache import never_cache

from reviews.views import (
    approvals,
    declining,
    draw,
    expert,
    expert_reason,
    experts,
    forwarding,
    history,
    importing,
    material,
    meeting_seat,
    meetings,
    offline,
    panel,
    profile,
    progress,
    reconsidering,
    recusing,
    selection,
    tasks,
)

app_name = "reviews"
urlpatterns = []

BACK_OFFICE = (
    # the expert's own
    ("todo/", expert.todo, "todo"),
    ("rounds/<int:pk>/pledge/", expert.pledge, "pledge"),
    ("sheets/<int:pk>/", expert.score, "score"),
    ("sheets/<int:pk>/save/", expert.save, "save"),
    ("sheets/<int:pk>/confirm/", expert.confirm, "confirm"),
    ("sheets/<int:pk>/history/", history.changes, "history"),
    ("tasks/<int:pk>/offline/", offline.offline, "offline"),
    ("tasks/<int:pk>/offline.xlsx", offline.workbook, "offline_xlsx"),
    ("sheets/<int:pk>/recuse/", expert.recuse, "recuse"),
    ("sheets/<int:pk>/decline/", declining.sheet, "decline"),
    ("rounds/<int:pk>/decline/", declining.round_, "decline_round"),
    ("tasks/<int:pk>/paper/", expert.paper, "paper"),
    ("profile/", profile.profile, "profile"),
    # the officer's
    ("tasks/", tasks.overview, "tasks"),
    ("tasks/<int:pk>/panel/", panel.panel, "panel"),
    ("tasks/<int:pk>/draw/", draw.open_draw, "draw"),
    ("tasks/<int:pk>/change/", panel.change, "change"),
    ("calls/<int:pk>/draw/", draw.call_draw, "draw_call"),
    ("draws/<int:pk>/", draw.plan, "draw_plan"),
    ("draws/<int:pk>/act/", draw.act, "draw_act"),
    ("draws/<int:pk>/data.json", draw.data, "draw_data"),
    ("approvals/", approvals.approvals, "approvals"),
    ("approvals/<int:pk>/", approvals.settle, "approval"),
    ("tasks/<int:pk>/assign/", panel.assign, "assign"),
    ("tasks/<int:pk>/recusals/", recusing.recusing, "recusals"),
    ("tasks/<int:pk>/recusal/", panel.recusal, "officer_recusal"),
    ("sheets/<int:pk>/unassign/", panel.unassign, "unassign"),
    ("tasks/<int:pk>/progress/", progress.progress, "progress"),
    ("tasks/<int:pk>/remind/", progress.remind, "remind"),
    ("tasks/<int:pk>/experts/<int:expert_pk>/paper/", progress.paper, "paper_of_expert"),
    ("applications/<int:pk>/", progress.scores, "scores"),
    ("sheets/<int:pk>/return/", progress.return_sheet, "return"),
    ("tasks/<int:pk>/material/", material.material, "material"),
    ("applications/<int:pk>/material/", material.material_of, "material_of"),
    ("tasks/<int:pk>/forwarding/", forwarding.forwarding, "forwarding"),
    ("tasks/<int:pk>/ranking/", selection.selection, "ranking"),
    ("tasks/<int:pk>/ranking.xlsx", selection.workbook, "ranking_xlsx"),
    ("tasks/<int:pk>/ranking.pdf", selection.paper, "ranking_pdf"),
    ("tasks/<int:pk>/reconsiderations/", reconsidering.task_list, "reconsiderations"),
    ("applications/<int:pk>/reconsider/", reconsidering.one, "reconsider"),
    ("sheets/<int:pk>/reason/", expert_reason.answer, "reason"),
    # the panel's meeting: the officer's desk, and the member's seat
    ("meetings/", meetings.overview, "meetings"),
    ("meetings/plan/", meetings.plan, "meeting_plan"),
    ("meetings/<int:pk>/", meetings.desk, "meeting"),
    ("meetings/<int:pk>/change/", meetings.change, "meeting_change"),
    ("meetings/<int:pk>/now/", meetings.now, "meeting_now"),
    ("meetings/<int:pk>/minutes.pdf", meetings.minutes, "meeting_minutes"),
    ("meetings/<int:pk>/ballots.xlsx", meetings.ballots, "meeting_ballots"),
    ("meetings/<int:pk>/seat/", meeting_seat.seat, "meeting_seat"),
    ("meetings/<int:pk>/seat/now/", meeting_seat.now, "meeting_seat_now"),
    ("meeting-items/<int:pk>/paper/", meeting_seat.paper, "meeting_paper"),
    ("meeting-items/<int:pk>/recuse/", meeting_seat.recuse, "meeting_recuse"),
    ("experts/", experts.experts, "experts"),
    ("experts/add/", experts.add, "expert_add"),
    ("experts/experts.xlsx", experts.workbook, "experts_xlsx"),
    ("experts/import/", importing.upload, "experts_upload"),
    ("experts/import/template.xlsx", importing.template, "experts_template"),
    ("experts/import/<int:pk>/", importing.preview, "experts_import"),
    ("experts/<int:pk>/", experts.expert, "expert"),
    ("experts/<int:pk>/change/", experts.change, "expert_change"),
)


def back_office(wrap) -> list:
    """The URL patterns. Reading passes `wrap`, the admin site's own check of who may come in.

    Acts do not: a form that somebody forged reaches the workflow's door, which answers 403 and writes its one entry,
    where the gate would only lead to the sign-in page.
    """
    return [path(route, _gated(view, wrap), name=f"reviews_{name}") for route, view, name in BACK_OFFICE]


def _gated(view, wrap):
    read, act = wrap(view), never_cache(view)

    def at_the_gate(request, *args, **named):
        return (act if request.method == "POST" else read)(request, *args, **named)

    return at_the_gate
