"""Entries of the audit log for acts on accounts, units and departments, which are no transitions of an application."""

from audit import log
from audit.models import Entry


def record(obj, action: str, by, **data) -> Entry:
    """Append what `by` (None: nobody signed in) did to `obj`. Runs in the caller's transaction and locks the row, so
    that the chain cannot fork. `data` is JSON-ready and holds no phone numbers, codes or passwords."""
    obj._meta.concrete_model._base_manager.select_for_update().filter(pk=obj.pk).values_list("pk").first()
    return log.append(obj, action, by, data=data)
