"""The unit explains what is not as 原则上 it should be, before it submits."""

from collections.abc import Mapping

from django.db import transaction

from applications import checking, reasons
from applications.models import Application
from applications.workflow.filing import _editable


def save_reasons(application: Application, given: Mapping[str, str], *, by) -> Application:
    """Keep the reasons that were typed, by `Finding.key`; what no longer asks for one is dropped, '' takes one back.

    Raises `Refused` or `Forbidden` where `by` may not edit the application now.
    """
    with transaction.atomic():
        locked = _editable(application, by)
        asked = reasons.asked(locked, checking.check(locked).findings)
        held = {one.key: one.reason for one in asked}
        locked.soft_reasons = reasons.typed(asked, held | dict(given))
        locked.save(update_fields=["soft_reasons"])
    application.soft_reasons = locked.soft_reasons
    return locked
