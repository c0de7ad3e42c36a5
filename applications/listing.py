"""The acts on a recommendation list: order it, confirm it, give it back. Same door, another object (DESIGN §4)."""

from collections.abc import Callable
from dataclasses import dataclass

from applications import access
from applications.facts import list_facts
from applications.models import Application, RecommendationList
from applications.states import State
from jbgs.lib import clock
from jbgs.lib.errors import Forbidden, Refused
from programmes import requirements, windows
from programmes.requirements import Finding


def is_department(recommendation_list, user) -> bool:
    return user.is_active and user.is_recommender and user.department_id == recommendation_list.department_id


def is_call_officer(recommendation_list, user) -> bool:
    return user.is_active and user.is_officer and access.manages_call(user, recommendation_list.call)


def can_read(recommendation_list, user) -> bool:
    """Whether this person may read the list, its letter and its tables: its department, officers and supervisors."""
    if is_department(recommendation_list, user) or is_call_officer(recommendation_list, user):
        return True
    return user.is_active and user.is_supervisor and recommendation_list.call_id in access.grants_of(user).supervised


@dataclass(frozen=True)
class ListAct:
    """One act on a list; fulfils `audit.door.Action`. `wanted` is the list state in which it is allowed, "" for any."""

    name: str
    label: str
    party: Callable
    wanted: str
    guards: tuple[Callable, ...] = ()
    logged: tuple[str, ...] = ()

    def lock(self, obj, data):
        return (
            RecommendationList.objects.select_for_update(of=("self",))
            .select_related("call__current_version", "department")
            .defer("call__current_version__document")
            .get(pk=obj.pk)
        )

    def check(self, obj, by, data):
        if not self.party(obj, by):
            raise Forbidden(f"您没有对这份推荐名单“{self.label}”的权限。")
        if self.wanted and obj.state != self.wanted:
            when = (
                f"{obj.confirmed_by.name}已于 {clock.local(obj.confirmed_at):%-m月%-d日 %H:%M} "
                if obj.confirmed_at
                else ""
            )
            raise Refused("list_changed", f"{when}{'确认了名单' if when else '名单还没有确认'}，不能{self.label}。")
        for guard in self.guards:
            guard(obj, by, data)

    def snapshot(self, obj):
        fields = ("state", "letter_no", "confirmed_by_id")
        return {name: getattr(obj, name) for name in fields} | {"scan": obj.scan.name}

    def fire(self, obj, by, data):
        obj.save()

    def facts(self, data):
        return {name: data[name] for name in self.logged if data.get(name) not in (None, "")}

    def after(self, obj, by, data):
        pass


def in_confirming_time(obj, by, data):
    """M13: by the recommender's date; not before units can no longer submit, or late ones would be shut out."""
    at = data.get("received_at") or clock.now()
    window = windows.window(obj.call, "confirm", department=obj.department)
    if at >= window.closes_at:
        raise Refused("window_closed", f"确认推荐名单已于 {window.closes_text} 截止。需要延期请联系主管处室。")
    filing = windows.window(obj.call, "apply", department=obj.department)
    if at < filing.closes_at:
        raise Refused("still_filing", f"申报到 {filing.closes_text} 才截止，截止后才能确认名单。")


def letter_and_pledge(obj, by, data):
    if not (data.get("letter_no") or "").strip():
        raise Refused("letter_missing", "请填写推荐函文号。", field="letter_no")
    if not data.get("pledge"):
        raise Refused("pledge_missing", "请确认推荐承诺。", field="pledge")


def nothing_open(obj, by, data):
    """Every submitted application is recommended, declined or returned."""
    waiting = Application.objects.filter(call=obj.call, department=obj.department, state=State.SUBMITTED).count()
    if waiting:
        raise Refused("applications_open", f"还有 {waiting} 个申报待审核。请先推荐、退回或不推荐。")


def ranks_complete(obj, by, data):
    """Ranks 1..n in each task."""
    ranks: dict[int, list] = {}
    for task_id, rank in obj.applications.values_list("task_id", "rank"):
        ranks.setdefault(task_id, []).append(rank)
    for found in ranks.values():
        if None in found or sorted(found) != list(range(1, len(found) + 1)):
            raise Refused("ranks_incomplete", "推荐次序不连续，请重新排序。", field="order")


def list_findings(obj) -> list[Finding]:
    """What the rules over the whole list say of it now, such as a share of young people; a dozen queries at most."""
    specs = [spec for spec in obj.call.spec.requirements if spec.level == "list"]
    if not specs:
        return []
    listed = obj.applications.select_related(
        "call", "call_version", "task__field", "unit__parent", "department"
    ).prefetch_related("sections", "budget_lines", "partners", "members", "commitments", "attachments", "pledges")
    return requirements.check(specs, list_facts(obj, listed))


def list_requirements_met(obj, by, data):
    """No hard rule over the whole list is broken."""
    blocking = [found for found in list_findings(obj) if found.blocks]
    if blocking:
        raise Refused("list_requirements", blocking[0].sentence, details=blocking)


def reason_named(obj, by, data):
    if not (data.get("reason") or "").strip():
        raise Refused("reason_missing", "请写明退回名单的理由。", field="reason")


OPEN, CONFIRMED = RecommendationList.ListState.OPEN, RecommendationList.ListState.CONFIRMED
RERANK = ListAct("rerank", "调整次序", is_department, OPEN, logged=("task", "order"))
CONFIRM_LIST = ListAct(
    "confirm_list", "确认推荐名单", is_department, OPEN,
    (in_confirming_time, letter_and_pledge, nothing_open, ranks_complete, list_requirements_met), ("letter_no",),
)  # fmt: skip
KEEP_SCAN = ListAct("keep_letter_scan", "上传推荐函扫描件", is_department, "")
REOPEN_LIST = ListAct("reopen_list", "退回名单", is_call_officer, CONFIRMED, (reason_named,), ("reason",))
