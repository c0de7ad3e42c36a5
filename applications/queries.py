"""Who sees which application; every list, page, search, export, file and message starts here (DESIGN §6.4)."""

from django.db.models import Q

from applications import access
from applications.models import Application, ApplicationUserObjectPermission
from applications.states import INFO, REVIEW_ON, WITH_DEPARTMENT, WITH_MINISTRY, WITH_OWNER
from programmes.models import Call


def visible_to(user):
    """The applications that `user` may see, as a queryset. Nobody sees all: not even a superuser.

    Units see their own; departments those filed through them, from the first submission on; officers those of their
    calls and fields once recommended, supervisors those of their calls, both without those from which they stand aside;
    experts those assigned to them, except in a blind call, whose applications no expert sees as such (reviews.blind);
    the people of a task's owner those for its needs once forwarded, where the owner chooses (S07).
    """
    everything = Application.objects.all()
    if not getattr(user, "is_active", False):
        return everything.none()
    if user.is_unit_person:
        return everything.filter(unit_id=user.unit_id)
    if user.is_recommender:
        return everything.filter(department_id=user.department_id, state__in=WITH_DEPARTMENT)
    if user.is_officer:
        grants = access.grants_of(user)
        mine = Q(call_id__in=grants.calls) | Q(task__field_id__in=grants.fields)
        return everything.filter(mine, state__in=WITH_MINISTRY).exclude(closed_to(user))
    if user.is_supervisor:
        supervised = everything.filter(call_id__in=access.grants_of(user).supervised, state__in=WITH_MINISTRY)
        return supervised.exclude(closed_to(user))
    if user.is_owner:
        owned = access.owned_calls(user)
        if not owned:
            return everything.none()
        return everything.filter(call_id__in=owned, task__owner_code=user.unit.code, state__in=WITH_OWNER)
    if user.is_expert:
        assigned = ApplicationUserObjectPermission.objects.filter(
            user=user, permission__codename="review_application"
        ).values("content_object_id")
        return everything.filter(pk__in=assigned).exclude(call_id__in=blind_calls())
    return everything.none()


def closed_to(user) -> Q:
    """The applications from which an officer or supervisor stands aside: the named ones, and from the review on all of
    their tasks. Without any, a condition that excludes nothing and asks nothing."""
    grants = access.grants_of(user)
    if not grants.recused:
        return Q(pk__in=())
    return Q(pk__in=grants.recused) | Q(task__in=grants.recused_tasks, state__in=REVIEW_ON)


def blind_calls():
    """Primary keys of the calls whose experts read material without names, as a subquery."""
    return Call.objects.filter(current_version__document__review__blind=True).values("pk")


def shown_outside_as(state: str) -> Q:
    """The applications that stand in `state` for applicants and departments: a proposal is one in review until its
    publicity has begun, in filters and counts as on every page."""
    hidden = [one for one, info in INFO.items() if info.shown_as is not None]
    found = Q(state=state) & (Q(publicity__isnull=False) if state in hidden else Q())
    return found | Q(state__in=[one for one in hidden if INFO[one].shown_as == state], publicity__isnull=True)


def for_page(user):
    """`visible_to` with what an application's page shows beside its children."""
    return page_relations(visible_to(user))


def list_relations(applications):
    """A queryset with what a list row shows; the large documents stay in the database until they are asked for."""
    related = ("call__current_version", "task__field", "unit", "department", "version")
    return applications.select_related(*related).defer("call__current_version__document", "version__content")


def page_relations(applications):
    """A queryset with what an application's page shows beside its children."""
    related = ("call_version", "publicity", "recommendation_list", "created_by")
    return list_relations(applications).select_related(*related).defer(
        "call__current_version__document", "call_version__document", "version__content"
    )  # fmt: skip
