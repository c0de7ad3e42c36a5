"""评审会议: the list, planning, and the desk from which officers hold a meeting. Supervisors read the desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_GET

from applications.models import Application
from applications.rounds import Round
from audit import log
from documents import xlsx
from jbgs.lib import clock
from jbgs.lib.errors import Forbidden, Refused
from jbgs.lib.validators import whole_number
from programmes.models import Call
from reviews import meetings, papers_meeting, queries, rules
from reviews.models import Expert, Meeting, MeetingItem
from reviews.picking import Picker, Purpose, Wanted
from reviews.views import picking as search
from reviews.views.base import one_time_key, page, pass_on_forbidden, sent_key, tell, whole_numbers
from reviews.workflow import meeting as verbs

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
M, S = Meeting.State, MeetingItem.State


@require_GET
def overview(request):
    """The meetings that this person holds, watches or sits in."""
    user = request.user
    calls = _calls_to_plan(user)
    context = {
        "title": "评审会议",
        "meetings": meetings.visible_to(user).order_by("-held_on", "-pk"),
        "seats": meetings.seats_of(user).order_by("-meeting__held_on", "-pk"),
        "calls": calls,
    }
    return page(request, "meetings", context)


def _calls_to_plan(user) -> list[Call]:
    """The calls with a panel in whose review this officer has a part."""
    if not rules.is_officer(user):
        return []
    calls = Call.objects.filter(pk__in=queries.tasks_for(user).values("call")).select_related("current_version")
    return [call for call in calls.order_by("-year", "-created_at") if meetings.has_panel(call)]


# ---- planning ----


@dataclass
class Typed:
    """What the form of a plan holds."""

    title: str
    held_on: str
    place: str
    experts: list[int]
    applications: list[int]
    chair: int | None

    @classmethod
    def sent(cls, data) -> "Typed":
        return cls(
            data.get("title", "").strip()[:200], data.get("held_on", "").strip()[:20],
            data.get("place", "").strip()[:200], whole_numbers(data.getlist("expert")),
            whole_numbers(data.getlist("application")), whole_number(data.get("chair")),
        )  # fmt: skip

    @classmethod
    def of(cls, meeting: Meeting) -> "Typed":
        seats = list(meeting.seats.all())
        chair = next((seat.expert_id for seat in seats if seat.is_chair), None)
        listed = list(meeting.items.values_list("application_id", flat=True))
        held_on = meeting.held_on.isoformat()
        return cls(meeting.title, held_on, meeting.place, [seat.expert_id for seat in seats], listed, chair)

    def named(self) -> dict:
        """For the verbs."""
        try:
            held_on = date.fromisoformat(self.held_on)
        except ValueError:
            held_on = None
        experts = Expert.objects.filter(pk__in=self.experts).select_related("user")
        applications = Application.objects.filter(pk__in=self.applications).select_related("task", "call")
        return {
            "title": self.title, "held_on": held_on, "place": self.place, "experts": experts,
            "applications": applications, "chair": Expert.objects.filter(pk=self.chair).first() if self.chair else None,
        }  # fmt: skip


def plan(request):
    """A new meeting of one call (?call=slug); where its panel meets twice, of one round (&round=position)."""
    call = get_object_or_404(Call.objects.select_related("current_version"), slug=request.GET.get("call", ""))
    may = call.pk in {one.pk for one in _calls_to_plan(request.user)}
    found = meetings.panel_rounds(call) if meetings.has_panel(call) else []
    chosen = _chosen_round(request, call, found)
    if chosen is None or not may and request.method != "POST":
        raise Http404("没有这一页，或者您没有查看它的权限。")
    refused, typed = None, Typed.sent(request.POST) if search.searches(request) else None
    if request.method == "POST" and typed is None:
        typed = Typed.sent(request.POST)
        try:
            named = typed.named() | {"round_": chosen.row}
            meeting = verbs.plan_meeting(call, by=request.user, key=sent_key(request), **named)
            messages.success(request, "会议已安排，已通知会议专家。议程已按进出最少排列。")
            return redirect("admin:reviews_meeting", pk=meeting.pk)
        except Refused as caught:
            pass_on_forbidden(caught)
            refused = caught
    if not may:
        raise Http404("没有这一页，或者您没有查看它的权限。")
    waiting = meetings.waiting_applications(call, request.user, chosen)
    if typed is None:
        today = clock.today().isoformat()
        typed = Typed(f"{call.title}{chosen.label}", today, "", [], [row.pk for row in waiting], None)
    return _form(request, call, chosen, waiting, typed, refused, rounds=found if len(found) > 1 else ())


def _chosen_round(request, call: Call, found: list[Round]) -> Round | None:
    """The panel round that the address names; without one the first for which somebody waits, else the first."""
    if "round" in request.GET:
        wanted = whole_number(request.GET["round"])
        return next((one for one in found if one.position == wanted), None)
    if len(found) < 2:
        return next(iter(found), None)
    return next((one for one in found if meetings.waiting_applications(call, request.user, one)), found[0])


def change(request, pk: int):
    """Another day, other members, another agenda: while the meeting has not begun."""
    refused, typed = None, Typed.sent(request.POST) if search.searches(request) else None
    if request.method == "POST" and typed is None:
        meeting = get_object_or_404(Meeting.objects.select_related("call__current_version"), pk=pk)
        typed = Typed.sent(request.POST)
        try:
            verbs.change_meeting(meeting, by=request.user, key=sent_key(request), **typed.named())
            messages.success(request, "会议安排已修改。")
            return redirect("admin:reviews_meeting", pk=pk)
        except Refused as caught:
            pass_on_forbidden(caught)
            refused = caught
    meeting = _meeting_or_404(request, pk, meetings.run_by(request.user))
    if meeting.state != M.PLANNED:
        if refused:
            tell(request, refused)
        return redirect("admin:reviews_meeting", pk=pk)
    listed = [item.application for item in meetings.items_of(meeting)]
    round_ = meetings.round_of(meeting)
    rows = listed + meetings.waiting_applications(meeting.call, request.user, round_)
    return _form(request, meeting.call, round_, rows, typed or Typed.of(meeting), refused, meeting)


def _form(
    request, call: Call, round_: Round, rows: list, typed: Typed, refused: Refused | None,
    meeting: Meeting | None = None, rounds: Sequence[Round] = (),
):  # fmt: skip
    """`rounds`: those among which the person chooses, where there is a choice."""
    picker = _picker(request, call, rows, typed)
    if search.searches(request) and search.lines_only(request):
        return search.lines(request, picker)
    back = reverse("admin:reviews_meeting", args=[meeting.pk]) if meeting else reverse("admin:reviews_meetings")
    context = {
        "title": "修改会议安排" if meeting else "安排评审会议",
        "crumbs": [("评审会议", reverse("admin:reviews_meetings")), (meeting.title if meeting else "安排会议", "")],
        "call": call,
        "round": round_,
        "rounds": rounds,
        "meeting": meeting,
        "picker": picker,
        "rows": [(row, row.pk in typed.applications) for row in rows],
        "typed": typed,
        "refused": refused,
        "back": back,
        "least": max(1, round_.spec.least_people),
        "key": one_time_key(),
    }
    return page(request, "meeting_form", context, status=refused.status if refused else 200)


def _picker(request, call: Call, rows: list, typed: Typed) -> Picker:
    """Who could be a member on that day; a member stands aside from single items, so a recusal is only told."""
    sent = Wanted.sent(request.POST)
    wanted = Wanted(sent.words, sent.page, tuple(typed.experts))
    on = typed.named()["held_on"] or clock.today()
    listed = tuple(row for row in rows if row.pk in typed.applications)
    picker = Picker("plan", many=True, chairs=True, chair=typed.chair)
    return picker.fill(Purpose(call, listed, by_load=False, on=on), wanted)


# ---- the desk ----


def desk(request, pk: int):
    """The agenda with who stands aside, the open item with how many have voted, the results; a POST is an act."""
    refused = None
    if request.method == "POST":
        meeting = get_object_or_404(Meeting.objects.select_related("call__current_version"), pk=pk)
        try:
            _act(request, meeting)
            return redirect(f"{reverse('admin:reviews_meeting', args=[pk])}#now")
        except Refused as caught:
            pass_on_forbidden(caught)
            refused = caught
    meeting = _meeting_or_404(request, pk, meetings.visible_to(request.user))
    board = meetings.board(meeting)
    can_act = meetings.is_run_by(meeting, request.user)
    sent = request.POST if refused else {}
    context = {
        "title": meeting.title,
        "crumbs": [("评审会议", reverse("admin:reviews_meetings")), (meeting.title, "")],
        "meeting": meeting,
        "board": board,
        "now": board.open_line,
        "round": board.round,
        "can_act": can_act,
        "is_today": clock.today() >= meeting.held_on,
        "live": meeting.state in meetings.LIVE,
        "refused": refused,
        "sent": sent,
        "minutes": sent.get("text", meeting.minutes) if sent.get("act") == "write_minutes" else meeting.minutes,
        "minutes_digest": meetings.digest_of(meeting.minutes),
        "mark": _mark(board),
        "key": one_time_key(),
    }
    return page(request, "meeting", context, status=refused.status if refused else 200)


def _act(request, meeting: Meeting) -> None:
    """One of the desk's acts; the form names it and, for an item, which."""
    data, key, by = request.POST, sent_key(request), request.user
    act, item = data.get("act", ""), None
    if act in ITEM_ACTS:
        item = get_object_or_404(MeetingItem, pk=whole_number(data.get("item")) or 0, meeting=meeting)
        said = ITEM_ACTS[act](item, data, by, key)
    elif act in MEETING_ACTS:
        said = MEETING_ACTS[act](meeting, data, by, key)
    else:
        raise Refused("unknown_act", "没有这一步，请刷新后再办理。", status=422)
    if said:
        messages.success(request, said)


def _open_item(item, data, by, key):
    verbs.open_item(item, by=by, key=key)


def _close_item(item, data, by, key):
    closed = verbs.close_item(item, by=by, note=data.get("note", "")[:5000], key=key)
    outcome = closed.outcome
    numbers = f"同意 {outcome.votes_for}、不同意 {outcome.votes_against}、弃权 {outcome.votes_abstain}"
    return f"表决结束：{numbers}，{'通过' if outcome.passed else '未通过'}。"


def _reopen_item(item, data, by, key):
    verbs.reopen_item(item, by=by, reason=data.get("reason", ""), key=key)
    return "已重新开始表决，原结果作废，原表决票保留。"


def _drop_item(item, data, by, key):
    verbs.drop_item(item, by=by, reason=data.get("reason", ""), key=key)
    return "已注明本次会议不表决。"


def _stand_aside(item, data, by, key):
    expert = get_object_or_404(Expert.objects.select_related("user"), pk=whole_number(data.get("expert")) or 0)
    verbs.stand_aside(item, by=by, expert=expert, reason=data.get("reason", ""), key=key)
    return f"已认定{expert.user.name}回避这一项，本人的票不计。"


def _write_minutes(meeting, data, by, key):
    verbs.write_minutes(meeting, by=by, text=data.get("text", ""), base=data.get("base"), key=key)
    return "纪要已保存。"


def _order(meeting, data, by, key):
    verbs.order_agenda(meeting, by=by, key=key)
    return "议程已按进出最少排列。"


def _move(meeting, data, by, key):
    """One place up or down."""
    order = [item.pk for item in meetings.items_of(meeting)]
    place, step = whole_number(data.get("place")) or 0, -1 if data.get("step") == "up" else 1
    if not (1 <= place <= len(order) and 1 <= place + step <= len(order)):
        raise Refused("unknown_place", "议程在此期间有变化，请刷新后再调整。", status=422)
    order[place - 1], order[place - 1 + step] = order[place - 1 + step], order[place - 1]
    verbs.set_agenda(meeting, by=by, order=order, key=key)


def _open(meeting, data, by, key):
    verbs.open_meeting(meeting, by=by, key=key)
    return "会议开始，可以逐项表决。"


def _close(meeting, data, by, key):
    verbs.close_meeting(meeting, by=by, key=key)
    return "会议结束，会议专家不再能查看材料。"


def _cancel(meeting, data, by, key):
    verbs.cancel_meeting(meeting, by=by, reason=data.get("reason", ""), key=key)
    return "会议已取消，已通知会议专家。"


ITEM_ACTS = {
    "open_item": _open_item, "close_item": _close_item, "reopen_item": _reopen_item, "drop_item": _drop_item,
    "stand_aside": _stand_aside,
}  # fmt: skip
MEETING_ACTS = {
    "write_minutes": _write_minutes, "order": _order, "move": _move, "open": _open, "close": _close, "cancel": _cancel,
}  # fmt: skip


@require_GET
def now(request, pk: int):
    """For the desk's script: whether anything has changed, and how many have voted on the open item."""
    board = meetings.board(_meeting_or_404(request, pk, meetings.visible_to(request.user)))
    line = board.open_line
    return JsonResponse({"mark": _mark(board), "votes": len(line.ballots) if line else None})


def _mark(board) -> str:
    present = [(seat.expert_id, bool(seat.present_at)) for seat in board.seats]
    away = [(line.item.pk, sorted(line.recused)) for line in board.lines]
    return board.mark(present, away, board.meeting.minutes)


@require_GET
def minutes(request, pk: int):
    """The minutes as PDF for signature; a draft until the meeting has ended."""
    board = meetings.board(_meeting_or_404(request, pk, meetings.visible_to(request.user)))
    response = HttpResponse(papers_meeting.minutes_pdf(board), content_type="application/pdf")
    response["Content-Disposition"] = content_disposition_header(False, f"评审会议纪要-{board.meeting.pk}.pdf")
    response["X-Frame-Options"] = "SAMEORIGIN"
    return response


@require_GET
def ballots(request, pk: int):
    """Every ballot as it was cast, for the file: officers only, after the meeting."""
    meeting = _meeting_or_404(request, pk, meetings.run_by(request.user))
    if meeting.state != M.CLOSED:
        tell(request, Refused("meeting_open", "会议结束后才能导出表决票。"))
        return redirect("admin:reviews_meeting", pk=pk)
    sheet = papers_meeting.ballot_sheet(meetings.board(meeting))
    response = HttpResponse(xlsx.write(sheet, made_at=clock.now()), content_type=XLSX)
    response["Content-Disposition"] = content_disposition_header(True, f"表决票-{meeting.pk}.xlsx")
    return response


def _meeting_or_404(request, pk: int, rows) -> Meeting:
    """The meeting out of those that this person may see; else 404, and the try is in its log."""
    if found := rows.filter(pk=pk).first():
        return found
    if there := Meeting.objects.filter(pk=pk).first():
        log.append_refusal(there, "read_meeting", request.user, Forbidden("您没有查看这次会议的权限。"))
    raise Http404("没有这一页，或者您没有查看它的权限。")
