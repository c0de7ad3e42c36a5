"""Slots under a limit: lock the scope, recount, take the smallest free slot (DESIGN §6.1, rules M14, M18, M22)."""

from collections.abc import Collection

from applications.models import Application, QuotaScope, QuotaUse
from applications.states import COUNTS_IN_QUOTA
from jbgs.lib.errors import Refused
from programmes.spec import HARD, QuotaSpec


def scope_key(quota: QuotaSpec, application: Application) -> str:
    """What the limit counts over for this application, such as "task=Q-1-01|recommender=12"; codes and keys only."""
    parts = {
        "call": lambda: "all",
        "field": lambda: application.task.field.code,
        "task": lambda: application.task.code,
        "recommender": lambda: application.department_id,
        "region": lambda: application.department.region if application.department else application.unit.region,
    }
    return "|".join(f"{name}={parts[name]()}" for name in quota.scope)


def lock(application: Application, codes: Collection[str]) -> None:
    """Lock the scopes that `codes` count over, sorted, so that two verbs cannot wait for each other."""
    if not codes:  # most verbs: the call need not even be read
        return
    quotas = application.call.spec.quotas
    keys = sorted((code, scope_key(quotas[code], application)) for code in codes if code in quotas)
    for code, key in keys:
        # Whoever makes the row holds it, too: nobody else sees it before this transaction ends.
        scopes = QuotaScope.objects.select_for_update()
        scopes.get_or_create(call_id=application.call_id, code=code, scope_key=key)


def take(application: Application, code: str, *, over_reason: str = "") -> QuotaUse | None:
    """Give `application` the smallest free slot of its scope; the caller holds the scope's lock.

    Raises `Refused` when all slots are taken: `quota_full` for a hard limit, `quota_needs_reason` for a soft one
    (原则上) without a reason. None where the call sets no such limit.
    """
    quota = application.call.spec.quota_of(code, application.task.code)
    if quota is None:
        return None
    scope = QuotaScope.objects.get(call_id=application.call_id, code=code, scope_key=scope_key(quota, application))
    taken = set(scope.uses.values_list("slot", flat=True))
    slot = next(number for number in range(1, len(taken) + 2) if number not in taken)
    check(quota, slot, over_reason)
    return QuotaUse.objects.create(
        scope=scope,
        application=application,
        slot=slot,
        limit=quota.limit,
        soft=quota.force != HARD,
        over_reason=over_reason.strip() if slot > quota.limit else "",
    )


def check(quota: QuotaSpec, slot: int, over_reason: str) -> None:
    """Refuse slot number `slot` when it lies beyond the limit and nothing excuses it."""
    if slot <= quota.limit:
        return
    used = slot - 1
    if quota.force == HARD:
        raise Refused("quota_full", f"名额已用完：限 {quota.limit} 个，已占用 {used} 个。")
    if quota.most and slot > quota.most:
        raise Refused("quota_full", f"名额已用完：至多 {quota.most} 个，已占用 {used} 个。")
    if not over_reason.strip():
        raise Refused(
            "quota_needs_reason",
            f"原则上不超过 {quota.limit} 个，已占用 {used} 个。请写明超出名额的理由。",
            field="over_reason",
        )


def release(application: Application, code: str) -> None:
    """Free the application's slot; the caller holds the scope's lock."""
    QuotaUse.objects.filter(application=application, scope__code=code).delete()


def next_slot(application: Application, code: str) -> tuple[int, QuotaSpec] | None:
    """The slot that `application` would get now and the limit it would stand under; for screens, without a lock."""
    quota = application.call.spec.quota_of(code, application.task.code)
    if quota is None:
        return None
    taken = set(
        QuotaUse.objects.filter(
            scope__call_id=application.call_id, scope__code=code, scope__scope_key=scope_key(quota, application)
        ).values_list("slot", flat=True)
    )
    return next(number for number in range(1, len(taken) + 2) if number not in taken), quota


def usage(call, code: str) -> dict[str, int]:
    """Slots in use by scope key for one limit of a call; one query for a whole list page."""
    uses = QuotaUse.objects.filter(scope__call=call, scope__code=code).values_list("scope__scope_key", flat=True)
    counted: dict[str, int] = {}
    for key in uses:
        counted[key] = counted.get(key, 0) + 1
    return counted


def breaches(call) -> list[str]:
    """Recount every limit from the applications' states, not from the slots; each scope beyond its limit is a sentence
    unless every application of the surplus holds a slot beyond today's limit, in this scope, with a reason, where a
    reason excuses at all. Reasons of other scopes, and of slots that a raised limit has come to cover, excuse nothing.
    Empty when all is well.
    """
    found = []
    for code, quota in call.spec.quotas.items():
        held: dict[str, list[Application]] = {}
        counted = Application.objects.filter(call=call, state__in=COUNTS_IN_QUOTA[code]).order_by("pk")
        counted = counted.select_related("task__field", "department", "unit", "call__current_version")
        for application in counted.defer("call__current_version__document"):
            held.setdefault(scope_key(quota, application), []).append(application)
        excused: dict[str, dict[int, int]] = {}
        reasoned = QuotaUse.objects.filter(scope__call=call, scope__code=code, soft=True).exclude(over_reason="")
        for key, pk, slot in reasoned.values_list("scope__scope_key", "application_id", "slot"):
            excused.setdefault(key, {})[pk] = slot
        for key, applications in held.items():
            limit = call.spec.quota_of(code, applications[0].task.code).limit if "task" in quota.scope else quota.limit
            slots = excused.get(key, {})
            reasons = sum(slots.get(application.pk, 0) > limit for application in applications)
            if len(applications) - reasons > limit:
                found.append(f"{code} {key}: {len(applications)} of {limit}, {reasons} with a reason")
    return found
