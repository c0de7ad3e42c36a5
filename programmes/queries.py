"""What of the programmes people may see, with a constant number of queries."""

from collections.abc import Collection

from django.db.models import Count, Prefetch, Q, QuerySet

from accounts.choices import DepartmentKind
from accounts.models import Department
from programmes.models import Call, CallUserObjectPermission, Field, FieldUserObjectPermission, Task


def public_calls() -> QuerySet[Call]:
    """Calls of the public front page, newest first; rehearsals stay out, the demo's copy is shown."""
    return Call.objects.public().exclude(current_version=None).select_related("programme", "current_version")


def public_call(slug: str) -> Call:
    """One public call; Call.DoesNotExist otherwise."""
    return public_calls().get(slug=slug)


def fields_with_counts() -> Prefetch:
    """Prefetch for calls: their fields on offer, in order, as `offered_fields`, each with `task_count`."""
    on_offer = Count("tasks", filter=Q(tasks__retired=False))
    fields = Field.objects.filter(retired=False).annotate(task_count=on_offer).order_by("order")
    return Prefetch("fields", fields, to_attr="offered_fields")


def tasks_of(call: Call, *, field: str = "", categories: Collection[str] = (), text: str = "") -> QuerySet[Task]:
    """The tasks on offer, in order: of one field, of these categories, with all these words in them."""
    tasks = call.tasks.filter(retired=False, field__retired=False).select_related("field").order_by("order")
    if field:
        tasks = tasks.filter(field__code=field)
    if categories:
        tasks = tasks.filter(category__in=categories)
    for word in text.split():
        keyed = [
            code for code, item in call.spec.tasks.items() if any(word.lower() in key.lower() for key in item.keywords)
        ]
        here = Q(title__icontains=word) | Q(summary__icontains=word) | Q(code__iexact=word)
        tasks = tasks.filter(here | Q(code__in=keyed) if keyed else here)
    return tasks


def offered_departments(call: Call) -> QuerySet[Department]:
    """The recommending bodies from which an applicant of this call chooses one (M16), in administrative order.

    A rehearsal offers the departments made for it, every other call the real ones.
    """
    offered = call.spec.recommenders
    departments = Department.objects.filter(is_rehearsal=call.is_rehearsal)
    if offered.kinds or offered.codes:
        departments = departments.filter(Q(kind__in=offered.kinds) | Q(code__in=offered.codes))
    return departments.order_by("order", "code")


TERRITORIAL = (DepartmentKind.INDUSTRY, DepartmentKind.SCIENCE, DepartmentKind.SME)
"""Kinds that recommend the units of their own region; a plan city has its own and is no part of its province (§4.8)."""


def offered_to(call: Call, unit) -> QuerySet[Department]:
    """Those of `offered_departments` that this unit may choose.

    A host unit recommends its own people; whose unit is none applies through any that consents (N04, N07). A department
    that is itself a unit recommends only that unit. Departments of industry, science and SME recommend their region's
    units, where the region has one of the kind; zones, groups and others are free to choose.
    """
    offered = offered_departments(call)
    own = Q(unit=unit)
    hosts = Q(kind=DepartmentKind.HOST_UNIT)
    if offered.filter(hosts & own).exists():
        hosts &= own
    others = ~Q(kind=DepartmentKind.HOST_UNIT) & (Q(unit=None) | own)
    here = set(offered.filter(kind__in=TERRITORIAL, region=unit.region).values_list("kind", flat=True))
    elsewhere = Q(kind__in=here) & ~Q(region=unit.region)
    return offered.filter(hosts | (others & ~elsewhere))


def calls_of_staff(user) -> QuerySet[Call]:
    """The calls that an officer or supervisor was given, whole or by one of their fields (DESIGN §6.4)."""
    if not user.is_active:
        return Call.objects.none()
    whole = CallUserObjectPermission.objects.filter(user=user).values("content_object_id")
    by_field = FieldUserObjectPermission.objects.filter(user=user).values("content_object__call_id")
    return Call.objects.filter(Q(pk__in=whole) | Q(pk__in=by_field)).exclude(current_version=None)
