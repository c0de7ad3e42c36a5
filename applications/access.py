"""The only code that writes guardian rows, and the only one that reads a person's grants (DESIGN §6.4).

officer ↔ call (manage_call) or field (manage_field); supervisor ↔ call (supervise_call); expert ↔ application
(review_application). Departments and units need no grant: their own keys decide.
"""

from dataclasses import dataclass

from django.contrib.auth.models import Permission
from django.db.models import Q
from guardian.shortcuts import assign_perm, remove_perm

from accounts.models import User
from applications.models import ApplicationUserObjectPermission
from programmes.models import Call, CallUserObjectPermission, FieldUserObjectPermission

_CACHE = "_jbgs_grants"


@dataclass(frozen=True)
class Grants:
    """The ids that one person was given."""

    calls: frozenset[int]
    supervised: frozenset[int]
    fields: frozenset[int]


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
    """What `user` was given; two queries, kept on the user object for the request. Inactive people have nothing."""
    if not getattr(user, "is_active", False):
        return Grants(frozenset(), frozenset(), frozenset())
    if _CACHE not in user.__dict__:
        by_call = CallUserObjectPermission.objects.filter(user=user).values_list(
            "content_object_id", "permission__codename"
        )
        rows = list(by_call)
        user.__dict__[_CACHE] = Grants(
            calls=frozenset(pk for pk, name in rows if name == "manage_call"),
            supervised=frozenset(pk for pk, name in rows if name == "supervise_call"),
            fields=frozenset(
                FieldUserObjectPermission.objects.filter(user=user, permission__codename="manage_field").values_list(
                    "content_object_id", flat=True
                )
            ),
        )
    return user.__dict__[_CACHE]


def manages(user, application) -> bool:
    """Whether `user` is an officer of the application's call or of its task's field."""
    grants = grants_of(user)
    return application.call_id in grants.calls or application.task.field_id in grants.fields


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


def officers_of(application):
    """The active officers of the application's call or field."""
    by_call = CallUserObjectPermission.objects.filter(
        content_object_id=application.call_id, permission__codename="manage_call"
    ).values("user_id")
    by_field = FieldUserObjectPermission.objects.filter(
        content_object_id=application.task.field_id, permission__codename="manage_field"
    ).values("user_id")
    return User.objects.filter(Q(pk__in=by_call) | Q(pk__in=by_field), is_active=True, role=User.Role.OFFICER)


def supervisors_of(call):
    """The active supervisors of the call."""
    given = CallUserObjectPermission.objects.filter(
        content_object_id=call.pk, permission__codename="supervise_call"
    ).values("user_id")
    return User.objects.filter(pk__in=given, is_active=True, role=User.Role.SUPERVISOR)


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
