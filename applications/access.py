"""The only code that writes guardian rows, and the only one that reads a person's grants (DESIGN §6.4).

officer ↔ call (manage_call) or field (manage_field); supervisor ↔ call (supervise_call); expert ↔ application
(review_application). Departments and units need no grant: their own keys decide. Grants are given for whole calls and
fields; who stands aside from one application (`OfficerRecusal`) keeps them, and what they open is narrowed here.
"""

from dataclasses import dataclass

from django.contrib.auth.models import Permission
from django.db.models import Q
from guardian.shortcuts import assign_perm, remove_perm

from accounts.models import User
from applications.models import ApplicationUserObjectPermission, OfficerRecusal
from applications.states import REVIEW_ON
from jbgs.lib import clock
from programmes.models import Call, CallUserObjectPermission, FieldUserObjectPermission

_CACHE = "_jbgs_grants"


@dataclass(frozen=True)
class Grants:
    """The ids that one person was given, and those from which the person stands aside (`OfficerRecusal`).

    `recused`: applications that are closed; `recused_tasks`: their tasks, closed from the review on (N28, N32).
    """

    calls: frozenset[int]
    supervised: frozenset[int]
    fields: frozenset[int]
    recused: frozenset[int] = frozenset()
    recused_tasks: frozenset[int] = frozenset()

    def closes(self, application) -> bool:
        """Whether the person stands aside from this application as it is now."""
        by_task = application.task_id in self.recused_tasks and application.state in REVIEW_ON
        return by_task or application.pk in self.recused


_OWNED = "_jbgs_owned_calls"


def owned_calls(user) -> frozenset[int]:
    """The calls in which the unit of this person posts needs and chooses by itself (S08); one query, kept.

    Rehearsals are only for the fictitious people who play them.
    """
    if not (getattr(user, "is_active", False) and user.is_owner and user.unit_id):
        return frozenset()
    if _OWNED not in user.__dict__:
        calls = Call.objects.filter(tasks__owner_code=user.unit.code).distinct().select_related("current_version")
        calls = calls if user.is_fictitious else calls.filter(is_rehearsal=False)
        chosen = (call.pk for call in calls if call.spec.flow.decision_by == "owner")
        user.__dict__[_OWNED] = frozenset(chosen)
    return user.__dict__[_OWNED]


def owns(user, application) -> bool:
    """Whether the task is a need of this person's unit, which chooses in this call."""
    return application.call_id in owned_calls(user) and application.task.owner_code == user.unit.code


def owners_of(application):
    """The active people of the unit whose need the task is; none where the call's officers choose."""
    if not application.task.owner_code or application.call.spec.flow.decision_by != "owner":
        return User.objects.none()
    people = User.objects.filter(role=User.Role.OWNER, unit__code=application.task.owner_code, is_active=True)
    return people.filter(is_fictitious=True) if application.call.is_rehearsal else people


def grants_of(user) -> Grants:
    """What `user` was given; three queries, kept on the user object for the request. Inactive people have nothing."""
    if not getattr(user, "is_active", False):
        return Grants(frozenset(), frozenset(), frozenset())
    if _CACHE not in user.__dict__:
        by_call = CallUserObjectPermission.objects.filter(user=user).values_list(
            "content_object_id", "permission__codename"
        )
        rows = list(by_call)
        aside = list(OfficerRecusal.objects.filter(user=user).values_list("application_id", "application__task_id"))
        of_fields = FieldUserObjectPermission.objects.filter(user=user, permission__codename="manage_field")
        runs, watches = user.is_officer, user.is_supervisor  # a right that was given for another role opens nothing
        user.__dict__[_CACHE] = Grants(
            calls=frozenset(pk for pk, name in rows if name == "manage_call" and runs),
            supervised=frozenset(pk for pk, name in rows if name == "supervise_call" and watches),
            fields=frozenset(of_fields.values_list("content_object_id", flat=True)) if runs else frozenset(),
            recused=frozenset(application for application, _ in aside),
            recused_tasks=frozenset(task for _, task in aside),
        )
    return user.__dict__[_CACHE]


def manages(user, application) -> bool:
    """Whether `user` is an officer of the application's call or of its task's field, and does not stand aside."""
    grants = grants_of(user)
    given = application.call_id in grants.calls or application.task.field_id in grants.fields
    return given and not grants.closes(application)


def manages_call(user, call) -> bool:
    """Whether `user` is an officer of the whole call."""
    return call.pk in grants_of(user).calls


def grant_call(user, call) -> None:
    _write(assign_perm, "manage_call", user, call)


def revoke_call(user, call) -> None:
    _write(remove_perm, "manage_call", user, call)


def grant_supervision(user, call) -> None:
    _write(assign_perm, "supervise_call", user, call)


def revoke_supervision(user, call) -> None:
    _write(remove_perm, "supervise_call", user, call)


def grant_field(user, field) -> None:
    _write(assign_perm, "manage_field", user, field)


def revoke_field(user, field) -> None:
    _write(remove_perm, "manage_field", user, field)


def grant_review(user, application) -> None:
    _write(assign_perm, "review_application", user, application)


def revoke_review(user, application) -> None:
    _write(remove_perm, "review_application", user, application)


def grant_reviews(user, applications) -> None:
    """`grant_review` for many, in a constant number of queries."""
    permission = _permission_to_review()
    rows = [
        ApplicationUserObjectPermission(user=user, permission=permission, content_object=one) for one in applications
    ]
    ApplicationUserObjectPermission.objects.bulk_create(rows, ignore_conflicts=True)


def revoke_reviews(user, application_pks) -> None:
    """`revoke_review` for many, by their keys."""
    held = ApplicationUserObjectPermission.objects.filter(user=user, permission=_permission_to_review())
    held.filter(content_object__in=application_pks).delete()


def _permission_to_review() -> Permission:
    return Permission.objects.get(codename="review_application", content_type__app_label="applications")


def _standing_aside(application) -> Q:
    """Who stands aside from this application: people of `OfficerRecusal`, of the whole task from the review on."""
    rows = OfficerRecusal.objects.filter(application=application.pk)
    if application.state in REVIEW_ON:
        rows = OfficerRecusal.objects.filter(application__task=application.task_id)
    return Q(pk__in=rows.values("user_id"))


class Holders:
    """Who was given these calls and their fields; two queries, for pages on which rights are given."""

    def __init__(self, calls):
        calls = [call.pk for call in calls]
        people = ("user", "permission")
        by_call = CallUserObjectPermission.objects.filter(content_object__in=calls).select_related(*people)
        by_field = FieldUserObjectPermission.objects.filter(content_object__call__in=calls).select_related(
            *people, "content_object"
        )
        self._officers: dict[int, list[User]] = {}
        self._supervisors: dict[int, list[User]] = {}
        self._of_fields: dict[int, dict[int, list[User]]] = {}
        for row in by_call.order_by("user__name", "user_id"):
            kept = self._officers if row.permission.codename == "manage_call" else self._supervisors
            kept.setdefault(row.content_object_id, []).append(row.user)
        for row in by_field.order_by("user__name", "user_id"):
            fields = self._of_fields.setdefault(row.content_object.call_id, {})
            fields.setdefault(row.content_object_id, []).append(row.user)

    def officers(self, call) -> list[User]:
        """Of the whole call, whatever their accounts are now: what is no longer used must be seen to be taken away."""
        return self._officers.get(call.pk, [])

    def supervisors(self, call) -> list[User]:
        return self._supervisors.get(call.pk, [])

    def of_field(self, call, field) -> list[User]:
        """Of this one field only."""
        return self._of_fields.get(call.pk, {}).get(field.pk, [])

    def has(self, user, call, *, supervises: bool = False, field=None) -> bool:
        kept = self.of_field(call, field) if field else self.supervisors(call) if supervises else self.officers(call)
        return user in kept

    def officers_of_field(self, call, field, *, without=None) -> list[User]:
        """Those who can act in the field now. `without`: (person, field or None for the call), a right that is thought
        away."""
        gone, part = without or (None, None)
        whole = [user for user in self.officers(call) if user != gone or part is not None]
        own = [user for user in self.of_field(call, field) if user != gone or part != field]
        return [user for user in dict.fromkeys((*whole, *own)) if user.is_active and user.is_officer]


def officers_of(application):
    """The active officers of the application's call or field, without those who stand aside."""
    return all_officers_of(application).exclude(_standing_aside(application))


def all_officers_of(application):
    """The active officers of the application's call or field, whether or not one of them stands aside."""
    by_call = CallUserObjectPermission.objects.filter(
        content_object_id=application.call_id, permission__codename="manage_call"
    ).values("user_id")
    by_field = FieldUserObjectPermission.objects.filter(
        content_object_id=application.task.field_id, permission__codename="manage_field"
    ).values("user_id")
    return User.objects.filter(Q(pk__in=by_call) | Q(pk__in=by_field), is_active=True, role=User.Role.OFFICER)


class Aside:
    """Who stands aside from the applications of one call; one query, for lists of many people and applications."""

    def __init__(self, call):
        rows = OfficerRecusal.objects.filter(application__call=call)
        rows = list(rows.values_list("user_id", "application_id", "application__task_id"))
        self.applications = {(user, application) for user, application, _ in rows}
        self.tasks = {(user, task) for user, _, task in rows}

    def closes(self, user, application) -> bool:
        by_task = (user.pk, application.task_id) in self.tasks and application.state in REVIEW_ON
        return by_task or (user.pk, application.pk) in self.applications


def keep_aside(user, application, *, by, reason: str) -> OfficerRecusal:
    """Close the application, and the review of its task, to this officer or supervisor."""
    row = OfficerRecusal.objects.create(user=user, application=application, by=by, reason=reason, at=clock.now())
    user.__dict__.pop(_CACHE, None)
    return row


def supervisors_of(call, tasks=()):
    """The active supervisors of the call, without those who stand aside from one of these tasks."""
    given = CallUserObjectPermission.objects.filter(
        content_object_id=call.pk, permission__codename="supervise_call"
    ).values("user_id")
    aside = OfficerRecusal.objects.filter(application__task__in=tasks).values("user_id")
    return User.objects.filter(pk__in=given, is_active=True, role=User.Role.SUPERVISOR).exclude(pk__in=aside)


def may_review(user, application) -> bool:
    """Whether `user` is an active expert to whom this application was assigned."""
    return (
        user.is_active
        and user.is_expert
        and ApplicationUserObjectPermission.objects.filter(
            user=user, content_object_id=application.pk, permission__codename="review_application"
        ).exists()
    )


def _write(change, permission: str, user, obj) -> None:
    change(permission, user, obj)
    user.__dict__.pop(_CACHE, None)
