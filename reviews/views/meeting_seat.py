"""The member's side of a meeting: sign in, the item that is open, the own vote, standing aside.

What a member stands aside from is not there: no line, no number, no sign that it is being voted on.
"""

from django.contrib import messages
from django.http import Http404, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.decorators.http import require_GET

from applications import papers_blind
from applications.versions import request_pdf
from audit import log
from jbgs.lib import clock
from jbgs.lib.errors import Forbidden, Refused
from jbgs.lib.validators import whole_number
from reviews import blind, meetings
from reviews.forms import RecusalForm
from reviews.models import Ballot, Meeting, MeetingItem, MeetingSeat
from reviews.views.base import one_time_key, page, pass_on_forbidden, sent_key, tell
from reviews.workflow import meeting as verbs
from reviews.workflow.scoring import pledge_text

M, S = Meeting.State, MeetingItem.State


def seat(request, pk: int):
    """GET: what there is to do for this member now. POST: sign in, or vote."""
    if request.method == "POST":
        meeting = get_object_or_404(Meeting.objects.select_related("call__current_version"), pk=pk)
        try:
            _act(request, meeting)
        except Refused as refused:
            pass_on_forbidden(refused)
            tell(request, refused)
        return redirect("admin:reviews_meeting_seat", pk=pk)
    own, board = _own_board(request, pk)
    lines = _faced(board, own)
    line = board.open_line
    signed_in, live = bool(own.present_at), board.meeting.state in meetings.LIVE
    context = {
        "title": board.meeting.title,
        "crumbs": [("评审会议", reverse("admin:reviews_meetings")), (board.meeting.title, "")],
        "meeting": board.meeting,
        "seat": own,
        "board": board,
        "lines": lines,
        "can_sign_in": not signed_in
        and board.meeting.state in meetings.LIVE
        and clock.today() >= board.meeting.held_on,
        "can_read": signed_in and live,
        "live": live,
        "now": line if signed_in else None,
        "ballot": line.vote_of(own.expert_id) if line else None,
        "choices": Ballot.Choice.choices,
        "votes": len(line.ballots) if line and own.is_chair else None,
        "pledge": pledge_text(board.meeting.call),
        "artifact": _paper(line.application, request.user) if line and signed_in else None,
        "mark": _mark(board, own),
        "key": one_time_key(),
    }
    return page(request, "meeting_seat", context)


def _act(request, meeting: Meeting) -> None:
    if request.POST.get("act") == "vote":
        item = get_object_or_404(MeetingItem, pk=whole_number(request.POST.get("item")) or 0, meeting=meeting)
        verbs.cast_ballot(item, by=request.user, choice=request.POST.get("choice", ""))
        messages.success(request, "您的表决已记录，结束表决之前可以更改。")
    else:
        if not request.POST.get("agreed") and request.user.is_active and request.user.is_expert:
            raise Refused("not_agreed", "请先阅读承诺，勾选“我已阅读并承诺遵守”。", "agreed", status=422)
        verbs.sign_in(meeting, by=request.user, key=sent_key(request))
        messages.success(request, "已签到，可以查看材料。")


def _own_board(request, pk: int) -> tuple[MeetingSeat, meetings.Board]:
    """The member's seat and board; 404 for everybody else, with an entry in the log of the meeting."""
    own = meetings.seats_of(request.user).filter(meeting=pk).first()
    if own is None:
        if there := Meeting.objects.filter(pk=pk).first():
            log.append_refusal(there, "read_meeting", request.user, Forbidden("您没有查看这次会议的权限。"))
        raise Http404("没有这一页，或者您没有查看它的权限。")
    meeting = Meeting.objects.select_related("call__current_version").get(pk=pk)
    return own, meetings.board(meeting).for_member(own.expert_id)


def _faced(board: meetings.Board, own: MeetingSeat) -> list[meetings.Line]:
    """The lines, each with the `face` of its application and this member's own `vote`."""
    faces = blind.faces([line.application for line in board.lines], own.expert.user)
    for line in board.lines:
        line.face, line.vote = faces[line.application.pk], line.vote_of(own.expert_id)
    return board.lines


def _paper(application, user):
    """The artifact that this member reads: in a blind call the paper without names."""
    return (papers_blind.request_pdf if blind.is_blind(application) else request_pdf)(application.version, by=user)


@require_GET
def now(request, pk: int):
    """For the member's script: whether something has changed on what they see; for the chair how many have voted."""
    own, board = _own_board(request, pk)
    line = board.open_line
    return JsonResponse({"mark": _mark(board, own), "votes": len(line.ballots) if line and own.is_chair else None})


def _mark(board: meetings.Board, own: MeetingSeat) -> str:
    line = board.open_line
    ballot = line.vote_of(own.expert_id) if line else None
    return board.mark(bool(own.present_at), ballot.choice if ballot else "")


@require_GET
def paper(request, pk: int):
    """The application's paper, for a member who has signed in; as long as the meeting lasts."""
    _, line = _own_line(request, pk)
    return redirect("documents:artifact", pk=_paper(line.application, request.user).pk)


def recuse(request, pk: int):
    """申报回避 from one item: which relation; at once it is gone."""
    form = RecusalForm(request.POST or None)
    if request.method == "POST":
        item = get_object_or_404(MeetingItem.objects.select_related("meeting"), pk=pk)
        sits = meetings.seats_of(request.user).filter(meeting=item.meeting_id).exists()
        if form.is_valid() or not sits:
            reason = form.reason if form.is_valid() else ""
            try:
                verbs.stand_aside(item, by=request.user, reason=reason, key=sent_key(request))
                messages.success(request, "已申报回避，这一项不再由您评议和表决。")
                return redirect("admin:reviews_meeting_seat", pk=item.meeting_id)
            except Refused as refused:
                pass_on_forbidden(refused)
                tell(request, refused)
                return redirect("admin:reviews_meeting_seat", pk=item.meeting_id)
    own, line = _own_line(request, pk, signed_in=False)
    context = {
        "title": "申报回避",
        "crumbs": [
            ("评审会议", reverse("admin:reviews_meetings")),
            (own.meeting.title, reverse("admin:reviews_meeting_seat", args=[own.meeting_id])),
            ("申报回避", ""),
        ],
        "meeting": own.meeting,
        "face": line.face,
        "task": line.application.task,
        "form": form,
        "key": sent_key(request) or one_time_key(),
    }
    return page(request, "meeting_recuse", context, status=422 if form.errors else 200)


def _own_line(request, item_pk: int, *, signed_in: bool = True) -> tuple[MeetingSeat, meetings.Line]:
    """An item from which this member does not stand aside, of a meeting that is not over; else 404."""
    item = MeetingItem.objects.filter(pk=item_pk).first()
    if item is None:
        raise Http404("没有这一页，或者您没有查看它的权限。")
    own, board = _own_board(request, item.meeting_id)
    line = board.line(item_pk)
    if line is None or board.meeting.state not in meetings.LIVE or (signed_in and not own.present_at):
        raise Http404("没有这一页，或者您没有查看它的权限。")
    _faced(board, own)
    return own, line
