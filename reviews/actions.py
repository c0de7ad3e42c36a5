"""The table of acts in the review. On a sheet: `SheetAct`; on an application, for who reviews it: `ApplicationAct`."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from applications.actions import locked_application
from applications.models import Application, State
from applications.rules import is_officer
from audit.models import Entry
from jbgs.lib import clock
from jbgs.lib.errors import Forbidden, Refused
from reviews import guards as g
from reviews import guards_draw as gd
from reviews import rules
from reviews.models import Alternate, Assignment, Expert

SNAPSHOT = ("state", "opinion", "advice", "total", "sheet_version", "note")


@dataclass(frozen=True)
class SheetAct:
    """One act on a sheet; fulfils `audit.door.Action`.

    `also_application`: lock the application too, because the act must not run beside a decision on it. `steps_in`: also
    lock the alternates, of whom one may take the place.
    """

    name: str
    label: str
    rule: rules.Rule
    guards: tuple[Callable, ...] = ()
    logged: tuple[str, ...] = ()
    also_application: bool = False
    steps_in: bool = False

    def lock(self, assignment: Assignment, data: dict) -> Assignment:
        if self.steps_in:
            lock_those_who_may_step_in(assignment.application_id)
        if self.also_application or self.steps_in:
            Application.objects.select_for_update().only("pk").get(pk=assignment.application_id)
        return locked_assignment(assignment.pk)

    def check(self, assignment: Assignment, by, data: dict) -> None:
        if not self.rule.party(assignment, by):
            raise Forbidden(f"您没有对这份评审“{self.label}”的权限。")
        if not self.rule.open(assignment):
            raise Refused("state_changed", _why_not(assignment, self.label, by))
        for guard in self.guards:
            guard(assignment, by, data)

    def snapshot(self, assignment: Assignment) -> dict:
        return {name: getattr(assignment, name) for name in SNAPSHOT} | {"points": dict(assignment.points)}

    def fire(self, assignment: Assignment, by, data: dict) -> None:
        assignment.save()

    def facts(self, data: dict) -> dict:
        return facts_of(self.logged, data)

    def after(self, assignment: Assignment, by, data: dict) -> None:
        pass


def locked_assignment(pk: int) -> Assignment:
    """The sheet read under its row lock, with what every guard needs; `points` holds its scores by criterion."""
    related = ("application__call__current_version", "application__task__field", "expert__user", "round", "rules")
    assignment = (
        Assignment.objects.select_for_update(of=("self",))
        .select_related(*related)
        .defer("application__call__current_version__document", "rules__document")
        .get(pk=pk)
    )
    assignment.points = dict(assignment.scores.values_list("criterion", "points"))
    return assignment


@dataclass(frozen=True)
class ApplicationAct:
    """One act on an application that changes who reviews it; the state stays. Experts are locked before it, unless the
    caller says how they stand (`standing`), which it has read under their locks."""

    name: str
    label: str
    guards: tuple[Callable, ...] = ()
    logged: tuple[str, ...] = ()
    states: tuple[str, ...] = (State.IN_REVIEW,)

    def lock(self, application: Application, data: dict) -> Application:
        if data.get("standing") is None:
            lock_experts(data["experts"])
        return locked_application(application.pk)

    def check(self, application: Application, by, data: dict) -> None:
        if not is_officer(application, by):
            raise Forbidden(f"您没有对这件申报“{self.label}”的权限。")
        if application.state not in self.states:
            raise Refused("state_changed", f"这件申报现在是“{application.get_state_display()}”，不能{self.label}。")
        for guard in self.guards:
            guard(application, by, data)

    def snapshot(self, application: Application) -> dict:
        return {}

    def fire(self, application: Application, by, data: dict) -> None:
        """Nothing of the application itself changes."""

    def facts(self, data: dict) -> dict:
        return facts_of(self.logged, data) | {"experts": [expert.pk for expert in data["experts"]]}

    def after(self, application: Application, by, data: dict) -> None:
        pass


def lock_experts(experts) -> None:
    """Lock these experts, sorted, so that two officers cannot fill the same person's last place at once."""
    pks = sorted(expert.pk for expert in experts)
    list(Expert.objects.select_for_update().filter(pk__in=pks).order_by("pk").values_list("pk"))


def lock_those_who_may_step_in(application: int, also: int | None = None) -> None:
    """Lock the experts who wait as alternates of the application, and `also`; before the application itself."""
    waiting = Alternate.objects.filter(application=application, state=Alternate.State.WAITING).values("expert")
    lock_experts(Expert.objects.filter(Q(pk__in=waiting) | Q(pk=also)).only("pk"))


def facts_of(logged: tuple[str, ...], data: dict) -> dict:
    return {name: _plain(data[name]) for name in logged if data.get(name) not in (None, "")}


def _plain(value):
    return value.isoformat() if isinstance(value, date | datetime) else value


def _why_not(assignment: Assignment, label: str, by) -> str:
    """Who did what and when, so that the second window understands the 409. What became of it is not for experts."""
    application = assignment.application
    if application.state != State.IN_REVIEW:
        if not by.is_officer:
            return f"这件申报的评审已经结束，不能{label}。"
        return f"这件申报现在是“{application.get_state_display()}”，评审已经结束，不能{label}。"
    state = assignment.get_state_display()
    last = Entry.objects.for_object(assignment).done().order_by("-sequence").first()
    if last is None:
        return f"这份评审现在是“{state}”，不能{label}。"
    done = ACTS[last.action].label if last.action in ACTS else state
    return (
        f"{last.actor_label}已于 {clock.local(last.happened_at):%-m月%-d日 %H:%M} 办理“{done}”，"
        f"现在是“{state}”，不能再{label}。"
    )


_REASON = g.says("reason", "请写明理由。")

_TABLE = (
    SheetAct("pledge", "签署承诺", rules.can_pledge, (g.may_still_look,)),
    SheetAct(
        "declare_recusal", "申报回避", rules.can_declare_recusal,
        (g.says("reason", "请说明回避的情形。"),), ("reason",), steps_in=True,
    ),
    SheetAct(
        "decline", "谢绝评审", rules.can_decline,
        (g.says("reason", "请写明不能评审的理由。"),), ("reason",), steps_in=True,
    ),
    SheetAct("lapse", "逾期未答复", rules.can_lapse, (g.answer_is_overdue,), steps_in=True),
    SheetAct("open_sheet", "首次打开申报", rules.can_open_sheet, (g.may_still_look,)),
    SheetAct("save_score", "保存评分", rules.can_save_score, (g.sheet_is_the_one_read,)),
    SheetAct(
        "sign", "提交评分", rules.can_sign, (g.sheet_is_the_one_shown, g.sheet_complete, g.may_still_look),
        ("points", "total"),
    ),
    SheetAct(
        "give_fuller_reason", "补充理由", rules.can_give_fuller_reason,
        (g.reason_was_asked, g.says("text", "请写明补充的理由。")), ("text",),
    ),
    SheetAct(
        "return_for_revision", "退回修改", rules.can_return_for_revision, (_REASON, g.no_decision_yet), ("reason",),
        also_application=True,
    ),
    SheetAct(
        "unassign", "撤换专家", rules.can_unassign, (_REASON, gd.drawn_sheet_needs_two), ("reason",),
        also_application=True,
    ),
)  # fmt: skip

ACTS: dict[str, SheetAct] = {act.name: act for act in _TABLE}

ASSIGN = ApplicationAct(
    "assign_experts", "分派专家",
    (g.experts_named, gd.second_person_after_a_draw, g.experts_can_come), ("due_at",),
)  # fmt: skip
RECUSE = ApplicationAct("recuse_expert", "认定回避", (_REASON,), ("reason",), states=(State.ACCEPTED, State.IN_REVIEW))
