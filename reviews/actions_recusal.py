"""The acts by which two officers find a computed ground of recusal harmless (认定不回避): on the application."""

from collections.abc import Callable
from dataclasses import dataclass

from applications.actions import locked_application
from applications.models import Application
from applications.rules import is_officer
from jbgs.lib.errors import Forbidden, Refused
from reviews import conflicts
from reviews import guards as g
from reviews.models import SAID, Clearance, Expert, Recusal, RecusalKind
from reviews.queries import UNDECIDED

WAITING = Clearance.State.PREPARED


@dataclass(frozen=True)
class ClearAct:
    """An act on an application and one of its clearances (`row` of the data, read under its own lock if given)."""

    name: str
    label: str
    guards: tuple[Callable, ...]
    logged: tuple[str, ...] = ("expert_pk", "kinds", "reason")

    def lock(self, application: Application, data: dict) -> Application:
        locked = locked_application(application.pk)
        if row := data.get("row"):
            # Locked first and joined afterwards: PostgreSQL leaves out a locked row whose joined key has changed.
            data["row"] = Clearance.objects.select_for_update().get(pk=row.pk)
        return locked

    def check(self, application: Application, by, data: dict) -> None:
        if not is_officer(application, by):
            raise Forbidden(f"您没有对这件申报“{self.label}”的权限。")
        if application.state not in UNDECIDED:
            raise Refused("state_changed", f"这件申报现在是“{application.get_state_display()}”，不能{self.label}。")
        for guard in self.guards:
            guard(application, by, data)

    def snapshot(self, application: Application) -> dict:
        return {}

    def fire(self, application: Application, by, data: dict) -> None:
        """Nothing of the application itself changes."""

    def facts(self, data: dict) -> dict:
        row = data.get("row")
        held = {"expert_pk": row.expert_id, "kinds": row.kinds, "clearance": row.pk} if row else {}
        return {name: data[name] for name in self.logged if data.get(name)} | held

    def after(self, application: Application, by, data: dict) -> None:
        pass


def kinds_clearable(application, by, data):
    """The kinds were found between these two now, and leave room for judgement. Fills `hits` of the data."""
    kinds, expert = data["kinds"], data["expert"]
    if not kinds:
        raise Refused("kinds_missing", "请选择认定不影响评审的情形。", "kinds", status=422)
    found = conflicts.hits([application], [expert]).get((expert.pk, application.pk), ())
    data["hits"][:] = [hit for hit in found if hit.kind in kinds]
    if missing := set(kinds) - {hit.kind for hit in data["hits"]}:
        labels = "、".join(str(dict(RecusalKind.choices).get(kind, kind)) for kind in sorted(missing))
        raise Refused("not_found_any_more", f"现在已查不到“{labels}”，不需要认定。请刷新后再看。", "kinds")
    if final := next((hit for hit in data["hits"] if hit.is_final), None):
        raise Refused("cannot_clear", f"{expert.user.name}须回避，不能认定为不回避：{final.sentence}", "kinds")


def nobody_said(application, by, data):
    """What the expert declared, or an officer ordered, is not set aside by a clearance."""
    said = Recusal.objects.filter(application=application, expert=data["expert"], kind__in=SAID).first()
    if said is not None:
        raise Refused("already_recused", f"这位专家已回避这件申报（{said.get_kind_display()}），不能认定为不回避。")


def none_waiting(application, by, data):
    if Clearance.objects.filter(application=application, expert=data["expert"], state=WAITING).exists():
        raise Refused("clearance_waiting", "这位专家对这件申报已有一项认定等待复核。请先复核或作废。")


def still_waiting(application, by, data):
    row = data["row"]
    if row.state != WAITING:
        raise Refused("state_changed", f"这项认定现在是“{row.get_state_display()}”，不能再办理。")


def another_person(application, by, data):
    if data["row"].prepared_by_id == by.pk:
        raise Refused("second_person", "拟定人不能复核自己的认定，请由另一位主管复核。")


def still_clearable(application, by, data):
    """What was found since it was prepared may have become certain; and somebody may have recused meanwhile."""
    data["expert"] = Expert.objects.select_related("user").get(pk=data["row"].expert_id)
    nobody_said(application, by, data)
    kinds_clearable(application, by, data | {"kinds": data["row"].kinds, "hits": []})


CLEAR = ClearAct(
    "clear_recusal",
    "认定不回避",
    (g.says("reason", "请写明认定不回避的理由。"), nobody_said, none_waiting, kinds_clearable),
)
APPROVE = ClearAct("approve_clearance", "同意不回避", (still_waiting, another_person, still_clearable))
DISCARD = ClearAct("discard_clearance", "作废不回避认定", (still_waiting,))
