"""A call's rules brought into force: what applications already hold must still fit (DESIGN §6.1)."""

from django.db import transaction
from django.db.models import Count, Q

from applications import access
from applications.models import QuotaScope
from jbgs.lib.errors import Forbidden, Refused
from programmes import editing
from programmes.models import Call, CallDraft
from programmes.parse import parse_document
from programmes.words import QUOTA_CODES


def may_edit(user, call: Call) -> bool:
    """Whether this person may change the call's rules: an officer of the whole call."""
    return user.is_active and user.is_officer and access.manages_call(user, call)


def apply_draft(draft: CallDraft, *, by, base_version: int, reason: str) -> Call:
    """Put a draft in force; the officer of a new call is the one who applied it.

    Refused as `programmes.editing.apply` says, and limit_below_use where a limit would be lower than what is already
    taken under it (or counted over something else while slots are taken).
    """
    if not may_edit(by, draft.origin):
        raise Forbidden("您没有修改这个批次规则的权限。")
    with transaction.atomic():
        if draft.call and not editing.problems(draft):
            _limits_fit(draft)
        call = editing.apply(draft, base_version=base_version, reason=reason, by=by)
        if draft.call is None:
            access.grant_call(by, call)
    return call


def _limits_fit(draft: CallDraft) -> None:
    """No limit may fall below what is taken. The scopes are locked, so nobody takes a slot meanwhile."""
    call, new = draft.call, parse_document(draft.document)
    scopes = QuotaScope.objects.filter(call=call).order_by("code", "scope_key")
    list(scopes.select_for_update().values_list("pk", flat=True))
    within = Count("uses", filter=Q(uses__over_reason=""))
    tasks = {task.code: task for task in new.tasks.values()}
    for scope in scopes.annotate(taken=within).filter(taken__gt=0):
        quota, old = new.quotas.get(scope.code), call.spec.quotas.get(scope.code)
        if quota is None:
            continue  # no limit any more: nothing can be beyond it
        word = QUOTA_CODES.get(scope.code, scope.code)
        if old is not None and old.scope != quota.scope:
            raise Refused("limit_below_use", f"{word}名额已经开始使用，不能再改变计数范围。", status=422)
        parts = dict(part.split("=", 1) for part in scope.scope_key.split("|"))
        if parts.get("task") in tasks:
            quota = new.quota_of(scope.code, parts["task"])
        if scope.taken > quota.limit:
            sentence = f"{word}名额改为 {quota.limit} 个，少于已占用的 {scope.taken} 个（{scope.scope_key}）。"
            raise Refused("limit_below_use", sentence, status=422)
