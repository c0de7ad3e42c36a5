"""回避 of officers and supervisors (N28, N29, N32): the one act by which an application is closed to one of them."""

from dataclasses import dataclass

from applications import access
from applications import guards as g
from applications.actions import locked_application
from applications.models import Application, OfficerRecusal
from applications.rules import is_officer
from applications.states import WITH_MINISTRY
from jbgs.lib.errors import Forbidden, Refused
from programmes.models import Task

NOBODY_LEFT = "回避之后没有主管可以办理这项任务。请先联系安全管理员，为本批次或本领域另派一名主管，再办理回避。"


def has_a_part(application: Application, user) -> bool:
    """An officer of the application, or a supervisor of its call, to whom it is open."""
    if is_officer(application, user):
        return True
    grants = access.grants_of(user)
    watches = user.is_active and user.is_supervisor and application.call_id in grants.supervised
    return watches and not grants.closes(application)


@dataclass(frozen=True)
class RecuseOfficer:
    """Fulfils `audit.door.Action`. The task is locked first: its officers must not all step aside at one moment."""

    name: str = "recuse_officer"
    label: str = "工作人员回避"

    def lock(self, application: Application, data: dict) -> Application:
        Task.objects.select_for_update(no_key=True).get(pk=application.task_id)
        return locked_application(application.pk)

    def check(self, application: Application, by, data: dict) -> None:
        """The person says so, or an officer of the application orders it; watchers speak for themselves only."""
        user = data["user"]
        mine = user is not None and user.pk == by.pk
        if not (has_a_part(application, by) and (mine or is_officer(application, by))):
            raise Forbidden(f"您没有对这件申报“{self.label}”的权限。")
        if application.state not in WITH_MINISTRY:
            raise Refused("state_changed", f"这件申报现在是“{application.get_state_display()}”，不需要回避。")
        if user is None or not (user.is_officer or user.is_supervisor):
            raise Refused("person_missing", "请选择回避的主管或者监督人员。", "user", status=422)
        if OfficerRecusal.objects.filter(user=user, application=application).exists():
            raise Refused("already_recused", f"{user.name}已经回避这件申报。", "user")
        if not mine and not has_a_part(application, user):
            raise Refused("no_part", f"{user.name}没有办理或者监督这件申报的权限，不需要回避。", "user")
        g.says("reason", "请写明回避的情形。")(application, by, data)
        if user.is_officer and not officers_left(application, user):
            raise Refused("nobody_left", NOBODY_LEFT)

    def snapshot(self, application: Application) -> dict:
        return {}

    def fire(self, application: Application, by, data: dict) -> None:
        """Nothing of the application itself changes."""

    def facts(self, data: dict) -> dict:
        return {"user": data["user"].pk if data["user"] else None, "reason": data["reason"]}

    def after(self, application: Application, by, data: dict) -> None:
        pass


def officers_left(application: Application, without) -> int:
    """How many officers would still have the whole task, its review included, if this one stepped aside."""
    aside = OfficerRecusal.objects.filter(application__task=application.task_id).values("user_id")
    return access.all_officers_of(application).exclude(pk__in=aside).exclude(pk=without.pk).count()


RECUSE_OFFICER = RecuseOfficer()
