"""Why an act on a draw, or on what is changed after it, is not allowed now; each guard raises `Refused`.

Signature: guard(locked object, by, data), `data` being what the workflow verb passed to the door.
"""

import re

from jbgs.lib import clock
from jbgs.lib.errors import Refused
from reviews import guards as g
from reviews.models import WITH_EXPERT, Assignment, AssignmentState, DrawPlan, Recusal, ReviewerChange
from reviews.rounds import last_round

OPEN_STATES = (DrawPlan.State.DRAFT, DrawPlan.State.FROZEN, DrawPlan.State.DRAWN)
"""Not yet published and not ended."""
VALUE = re.compile(r"[0-9A-Za-z.\-]{4,40}")


def no_other_draw(call, by, data):
    """One unpublished draw of a task at a time; the call's lock is held."""
    tasks = [task.pk for task in data["tasks"]]
    other = DrawPlan.objects.filter(call=call, tasks__in=tasks, state__in=OPEN_STATES).first()
    if other:
        sentence = f"这个任务的{other}还没有发布，现在是“{other.get_state_display()}”。请先发布或者作废。"
        raise Refused("draw_open", sentence)


def due_is_ahead(obj, by, data):
    """Sheets that are due before they are handed out help nobody."""
    due_at = data["due_at"] if "due_at" in data else obj.due_at
    if due_at is not None and due_at <= clock.now():
        raise Refused("due_passed", "评审截止须晚于现在。", "due_at", status=422)


def no_value_yet(plan, by, data):
    """From the public value on the outcome is certain: who wants another one leaves a draw behind."""
    if plan.public_value:
        raise Refused("value_given", f"{plan}已经给数，不能再改。数据有变化的，请作废这次抽取，重新拟定。")


def value_of_another(plan, by, data):
    """Who froze the data does not choose the seed as well."""
    if plan.frozen_by_id == by.pk:
        raise Refused("same_person", "冻结数据的人不能给数，请由另一位人员输入。")


def value_is_readable(plan, by, data):
    if not VALUE.fullmatch(data["value"].strip()):
        sentence = "现场给的数须为 4 至 40 位数字或字母，如当众取出的 6 位数字。"
        raise Refused("value_unreadable", sentence, "value", status=422)


# ---- changes after the draw ----


def drawn_by(application) -> DrawPlan | None:
    """The published draw under which the application's experts stand; None where they were named by hand."""
    plans = DrawPlan.objects.filter(state=DrawPlan.State.PUBLISHED, round=last_round(application.call))
    return plans.filter(assignments__application=application).order_by("-number").first()


def change_changes_something(application, by, data):
    if data["out"] is None and data["expert_in"] is None:
        raise Refused("nothing_chosen", "请选择换下的专家，或者换上的专家。", "expert", status=422)
    waiting = ReviewerChange.objects.filter(application=application, state=ReviewerChange.State.PREPARED)
    if data["out"] and waiting.filter(out=data["out"]).exists():
        raise Refused("change_waits", "撤换这位专家已经拟定，正在等待复核。")
    if data["expert_in"] and waiting.filter(expert_in=data["expert_in"]).exists():
        raise Refused("change_waits", "换上这位专家已经拟定，正在等待复核。")


def sheet_can_go(application, by, data):
    """A signed sheet counts; one that has gone already cannot go again."""
    row = data.get("row")
    out = Assignment.objects.filter(pk=row.out_id).first() if row else data["out"]
    if out is None:
        return
    out = Assignment.objects.select_related("expert__user").get(pk=out.pk)
    if out.application_id != application.pk:
        raise Refused("unknown_sheet", "这份评审不属于这件申报。", status=422)
    if out.state == AssignmentState.SIGNED:
        raise Refused("sheet_signed", f"{out.expert.user.name}已经提交评分，不能撤换。")
    if out.state not in WITH_EXPERT and not (row and out.state == AssignmentState.RECUSED):
        raise Refused("state_changed", f"{out.expert.user.name}的评审现在是“{out.get_state_display()}”，不能撤换。")


def newcomer_can_come(application, by, data):
    """Free, with a place left, not recused: looked at when it is prepared and again when it is approved."""
    row = data.get("row")
    expert = row.expert_in if row else data["expert_in"]
    if expert is None:
        return
    g.experts_can_come(application, by, {"experts": [expert], "round": data["round"]})


def change_waits(application, by, data):
    row = data["row"]
    if row.state != ReviewerChange.State.PREPARED:
        raise Refused("state_changed", f"这项调整现在是“{row.get_state_display()}”。")


def second_person(application, by, data):
    if data["row"].prepared_by_id == by.pk:
        raise Refused("same_person", "拟定人不能复核自己拟定的调整。")


def second_person_after_a_draw(application, by, data):
    """Whom a published draw gave is not changed by one person alone."""
    if data.get("plan") is None and drawn_by(application):
        sentence = "这件申报的专家由抽取产生，调整须写明理由，由第二人同意。请用“调整专家”。"
        raise Refused("needs_second_person", sentence)


def drawn_sheet_needs_two(sheet, by, data):
    """The same for taking a drawn sheet away."""
    if sheet.plan_id and sheet.plan.state == DrawPlan.State.PUBLISHED:
        raise Refused("needs_second_person", "这位专家由抽取产生，撤换须由第二人同意。请用“调整专家”。")


def recused_by_hand(application, expert) -> bool:
    """Whether an officer decided that this expert does not look at it."""
    return Recusal.objects.filter(application=application, expert=expert, kind=Recusal.Kind.OFFICER).exists()
