"""Reading what is kept closed: who looked stands in the log before anything is shown."""

from django.db import transaction

from applications import rules
from applications.models import Application, Objection
from applications.queries import visible_to
from audit import log
from jbgs.lib.errors import Forbidden

REVEAL_OBJECTOR = "reveal_objector"


def reveal_objector(objection: Objection, *, by) -> dict[str, str]:
    """{name, contact} of an objector, for officers of the application and its supervisors; each reading is logged."""
    application = objection.application
    supervises = getattr(by, "is_supervisor", False) and visible_to(by).filter(pk=application.pk).exists()
    if not (supervises or rules.is_officer(application, by)):
        refusal = Forbidden("异议人信息仅经办人和监督可以查看。")
        log.append_refusal(application, REVEAL_OBJECTOR, by, refusal, data={"objection": objection.pk})
        raise refusal
    with transaction.atomic():
        locked = Application.objects.select_for_update().get(pk=application.pk)
        log.append(locked, REVEAL_OBJECTOR, by, data={"objection": objection.pk})
    return {"name": objection.objector, "contact": objection.contact}
