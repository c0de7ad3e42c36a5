"""授权: who runs a call, one field of it, or watches it. The security administrator gives and takes (三员分立).

Who gives rights sees no content: of applications only who stands aside is asked, and no word of it is shown.
"""

from dataclasses import dataclass

from accounts.models import User
from accounts.rules import can_grant_roles
from applications import access
from applications.models import OfficerRecusal
from jbgs.lib.errors import Forbidden, Refused
from programmes.models import Call, Field, Task

OFFICER, SUPERVISOR = "officer", "supervisor"
ROLES = {OFFICER: User.Role.OFFICER, SUPERVISOR: User.Role.SUPERVISOR}
NOBODY_LEFT = "取消以后没有主管可以办理{what}。请先增加一名主管，再取消。"


@dataclass(frozen=True)
class Part:
    """What somebody is given in a call. `kind`: officer or supervisor; `field`: only this one, None for the whole."""

    kind: str
    field: Field | None = None

    @property
    def words(self) -> str:
        if self.kind == SUPERVISOR:
            return "监督人员"
        return f"“{self.field.name}”的主管" if self.field else "主管"

    @property
    def key(self) -> str:
        return f"{self.kind}:{self.field.pk}" if self.field else self.kind

    def is_held_by(self, user, call: Call) -> bool:
        return access.Holders([call]).has(user, call, supervises=self.kind == SUPERVISOR, field=self.field)


@dataclass(frozen=True)
class GrantAct:
    """One act on a call's rights; fulfils `audit.door.Action`. The call is locked: its last officers must not both be
    taken away at one moment."""

    name: str
    label: str
    gives: bool

    def lock(self, call: Call, data: dict) -> Call:
        locked = Call.objects.select_for_update().get(pk=call.pk)
        if data["user"] is not None:
            data["user"] = User.objects.select_for_update().get(pk=data["user"].pk)
        return locked

    def check(self, call: Call, by, data: dict) -> None:
        user, part = data["user"], data["part"]
        if not can_grant_roles(by):
            raise Forbidden("授权由安全管理员办理。")
        if part.field and part.field.call_id != call.pk:
            raise Refused("field_unknown", "本批次没有这个领域。", "field", status=422)
        if user is None:
            raise Refused("person_missing", "请选择人员。", "user", status=422)
        (self._may_give if self.gives else self._may_take)(call, user, part, data)

    def _may_give(self, call: Call, user, part: Part, data: dict) -> None:
        if not user.is_active:
            raise Refused("account_closed", f"{user.name}的账号没有启用，不能授权。", "user")
        if user.role != ROLES[part.kind]:
            wanted = ROLES[part.kind].label
            raise Refused("wrong_role", f"{user.name}的角色是“{user.get_role_display()}”，不是“{wanted}”。", "user")
        if user.is_fictitious != (call.is_rehearsal or call.is_demo):
            raise Refused("wrong_world", "演示人员只用于演示批次，真实人员只用于真实批次。", "user")
        if part.is_held_by(user, call):
            raise Refused("already_granted", f"{user.name}已是{part.words}。", "user")

    def _may_take(self, call: Call, user, part: Part, data: dict) -> None:
        if not part.is_held_by(user, call):
            raise Refused("not_granted", f"{user.name}不是{part.words}。", "user")
        if not data["reason"].strip():
            raise Refused("reason_missing", "请写明取消的理由。", "reason", status=422)
        if part.kind == OFFICER and (bare := self._left_alone(call, user, part)):
            raise Refused("nobody_left", NOBODY_LEFT.format(what=bare))

    def _left_alone(self, call: Call, user, part: Part) -> str:
        """What has an officer now and would have none, in words; "" where somebody is left everywhere."""
        holders, taken = access.Holders([call]), (user, part.field)
        fields = list(call.fields.filter(retired=False).order_by("order"))

        def bare(field, aside=frozenset()) -> bool:
            now = holders.officers_of_field(call, field)
            left = holders.officers_of_field(call, field, without=taken)
            return any(one.pk not in aside for one in now) and all(one.pk in aside for one in left)

        if found := [field.name for field in fields if bare(field)]:
            names = "、".join(found[:3]) + ("等领域" if len(found) > 3 else "")
            return f"“{names}”" if len(fields) > 1 else "本批次"
        rows = OfficerRecusal.objects.filter(application__call=call).select_related("application__task__field")
        by_task: dict[Task, set[int]] = {}
        for row in rows:
            by_task.setdefault(row.application.task, set()).add(row.user_id)
        return "有主管回避的任务" if any(bare(task.field, gone) for task, gone in by_task.items()) else ""

    def snapshot(self, call: Call) -> dict:
        return {}

    def fire(self, call: Call, by, data: dict) -> None:
        """Rights are rows beside the call; nothing of the call itself changes."""

    def facts(self, data: dict) -> dict:
        user, part = data["user"], data["part"]
        return {"user": user.pk if user else None, "part": part.key, "reason": data.get("reason", "")}

    def after(self, call: Call, by, data: dict) -> None:
        pass


APPOINT = GrantAct("appoint", "授权", gives=True)
DISMISS = GrantAct("dismiss", "取消授权", gives=False)
