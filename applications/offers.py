"""What the pages of a call show of a visitor's own applications (programmes.own.Provider)."""

from django.urls import reverse

from applications.models import Application
from applications.queries import visible_to
from applications.states import State
from applications.views.base import new_key


class OwnApplications:
    """Answers for people of a unit; everybody else has nothing there."""

    def applications_of(self, user, call) -> dict[str, Application]:
        """The unit's latest application for each task that was not withdrawn; one query."""
        if not user.is_unit_person:
            return {}
        rows = visible_to(user).filter(call=call).exclude(state=State.WITHDRAWN).select_related("task").order_by("pk")
        return {row.task.code: row for row in rows}

    def offer(self, user, call, task, window) -> dict:
        """Where a new application begins. The recommending body is chosen there, so the page is a form of its own."""
        if not user.is_unit_person:
            return {"can_apply": False, "apply_url": "", "why_not": "任务由申报单位申报。请用申报单位的账号登录。"}
        url = reverse("applications:create", args=[call.slug, task.code])
        return {"can_apply": True, "apply_url": url, "why_not": "", "key": new_key()}
