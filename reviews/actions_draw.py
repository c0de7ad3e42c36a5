"""The table of acts on a draw and on what is changed after it. On a plan: `PlanAct`; on an application: `ChangeAct`."""

from collections.abc import Callable
from dataclasses import dataclass

from applications import access
from applications.actions import locked_application
from applications.models import Application, State
from applications.rules import is_officer
from jbgs.lib.errors import Forbidden, Refused
from programmes.models import Call
from reviews import guards as g
from reviews import guards_draw as gd
from reviews import rules
from reviews.actions import facts_of, lock_experts, lock_those_who_may_step_in
from reviews.models import Assignment, DrawPlan, Expert, ReviewerChange
from reviews.queries import UNDECIDED

SNAPSHOT = ("state", "settings", "input_sha256", "commitment", "public_value", "seed", "outcome_sha256", "reason")


def runs(plan: DrawPlan, user) -> bool:
    """An officer of every task of the draw."""
    return all(rules.manages_task(task, user) for task in plan.task_list)


def watches(plan: DrawPlan, user) -> bool:
    """A supervisor of the draw's call."""
    return all(rules.supervises(task, user) for task in plan.task_list)


def gives_the_value(plan: DrawPlan, user) -> bool:
    """A supervisor of the call; where it has none, an officer who did not freeze the draw."""
    if access.supervisors_of(plan.call, plan.task_list).exists():
        return watches(plan, user)
    return runs(plan, user)


@dataclass(frozen=True)
class PlanAct:
    """One act on a draw; fulfils `audit.door.Action`.

    `people`: lock all experts and the applications that may be handed out too, before reading them: what is found of
    them then holds until the act is done.
    """

    name: str
    label: str
    party: Callable
    states: tuple[str, ...]
    guards: tuple[Callable, ...] = ()
    logged: tuple[str, ...] = ()
    people: bool = False

    def lock(self, plan: DrawPlan, data: dict) -> DrawPlan:
        locked = locked_plan(plan.pk)
        if self.people:
            lock_experts(Expert.objects.only("pk"))
            waiting = Application.objects.filter(task__in=locked.task_list, state__in=UNDECIDED).order_by("pk")
            list(waiting.select_for_update().values_list("pk"))
        return locked

    def check(self, plan: DrawPlan, by, data: dict) -> None:
        if not self.party(plan, by):
            raise Forbidden(f"您没有对这次抽取“{self.label}”的权限。")
        if plan.state not in self.states:
            raise Refused("state_changed", f"{plan}现在是“{plan.get_state_display()}”，不能{self.label}。")
        for guard in self.guards:
            guard(plan, by, data)

    def snapshot(self, plan: DrawPlan) -> dict:
        return {name: getattr(plan, name) for name in SNAPSHOT}

    def fire(self, plan: DrawPlan, by, data: dict) -> None:
        plan.save()

    def facts(self, data: dict) -> dict:
        return facts_of(self.logged, data)

    def after(self, plan: DrawPlan, by, data: dict) -> None:
        pass


def locked_plan(pk: int) -> DrawPlan:
    """The draw read under its row lock, with its tasks as `task_list`."""
    rows = DrawPlan.objects.select_for_update(of=("self",)).select_related("call__current_version", "round")
    plan = rows.get(pk=pk)
    plan.task_list = list(plan.tasks.select_related("call", "field").order_by("order"))
    return plan


@dataclass(frozen=True)
class OpenDraw:
    """Beginning a draw: an act on the call, whose lock also numbers the draws."""

    name: str = "open_draw"
    label: str = "拟定抽取"

    def lock(self, call: Call, data: dict) -> Call:
        Call.objects.select_for_update(no_key=True).get(pk=call.pk)
        return Call.objects.select_related("current_version").get(pk=call.pk)

    def check(self, call: Call, by, data: dict) -> None:
        if not data["tasks"]:
            raise Refused("tasks_missing", "请选择要抽取专家的任务。", "task", status=422)
        if not all(task.call_id == call.pk and rules.manages_task(task, by) for task in data["tasks"]):
            raise Forbidden("您没有为这些任务抽取专家的权限。")
        gd.no_other_draw(call, by, data)
        gd.due_is_ahead(call, by, data)

    def snapshot(self, call: Call) -> dict:
        return {}

    def fire(self, call: Call, by, data: dict) -> None:
        """Nothing of the call itself changes."""

    def facts(self, data: dict) -> dict:
        return {"tasks": [task.code for task in data["tasks"]]} | facts_of(("due_at",), data)

    def after(self, call: Call, by, data: dict) -> None:
        pass


@dataclass(frozen=True)
class ChangeAct:
    """An act of an officer on who reviews an application after its draw. `row` of the data is read under its own lock.

    Order of locks: experts, application, sheet, change.
    """

    name: str
    label: str
    guards: tuple[Callable, ...] = ()
    logged: tuple[str, ...] = ()

    def lock(self, application: Application, data: dict) -> Application:
        row = data.get("row")
        out, expert_in = (row.out_id, row.expert_in_id) if row else (_pk(data["out"]), _pk(data["expert_in"]))
        lock_those_who_may_step_in(application.pk, expert_in)
        locked = locked_application(application.pk)
        if out:
            Assignment.objects.select_for_update().filter(pk=out).values_list("pk").first()
        if row:
            data["row"] = ReviewerChange.objects.select_for_update().get(pk=row.pk)
        return locked

    def check(self, application: Application, by, data: dict) -> None:
        if not is_officer(application, by):
            raise Forbidden(f"您没有对这件申报“{self.label}”的权限。")
        if application.state != State.IN_REVIEW:
            raise Refused("state_changed", f"这件申报现在是“{application.get_state_display()}”，不能{self.label}。")
        for guard in self.guards:
            guard(application, by, data)

    def snapshot(self, application: Application) -> dict:
        return {}

    def fire(self, application: Application, by, data: dict) -> None:
        """Nothing of the application itself changes."""

    def facts(self, data: dict) -> dict:
        row = data.get("row")
        said = {"out": _pk(data["out"]), "in": _pk(data["expert_in"])}
        if row:
            said = {"change": row.pk, "out": row.out_id, "in": row.expert_in_id, "reason": row.reason}
        return said | facts_of(self.logged, data)

    def after(self, application: Application, by, data: dict) -> None:
        pass


def _pk(row) -> int | None:
    return row.pk if row else None


S = DrawPlan.State
_REASON = g.says("reason", "请写明理由。")

_TABLE = (
    PlanAct("set_conditions", "修改抽取条件", runs, (S.DRAFT,), (gd.due_is_ahead,), ("due_at",)),
    PlanAct("preview_draw", "预览抽取", runs, (S.DRAFT,)),
    PlanAct("freeze_draw", "冻结名单和条件", runs, (S.DRAFT, S.FROZEN), (gd.no_value_yet, gd.due_is_ahead)),
    PlanAct("give_public_value", "现场给数", gives_the_value, (S.FROZEN,), (gd.no_value_yet, gd.value_of_another,
            gd.value_is_readable), ("value",)),
    PlanAct("publish_draw", "发布抽取结果", runs, (S.DRAWN,), (gd.due_is_ahead,), people=True),
    PlanAct("undo_draw", "撤回抽取", runs, (S.PUBLISHED,), (_REASON,), ("reason",)),
    PlanAct("discard_draw", "作废抽取", runs, (S.DRAFT, S.FROZEN, S.DRAWN), (_REASON,), ("reason",)),
)  # fmt: skip

PLAN_ACTS: dict[str, PlanAct] = {act.name: act for act in _TABLE}
OPEN_DRAW = OpenDraw()

PREPARE_CHANGE = ChangeAct(
    "prepare_change", "拟定调整专家", (_REASON, gd.change_changes_something, gd.sheet_can_go, gd.newcomer_can_come),
    ("reason",),
)  # fmt: skip
APPROVE_CHANGE = ChangeAct(
    "approve_change", "同意调整专家", (gd.change_waits, gd.second_person, gd.sheet_can_go, gd.newcomer_can_come)
)
DISCARD_CHANGE = ChangeAct("discard_change", "作废调整专家", (gd.change_waits,), ("note",))
