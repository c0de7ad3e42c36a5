"""What waits for a second person in the review: changes after a draw, clearances, public values of frozen draws."""

from applications import access
from reviews.models import DrawPlan, ReviewerChange
from reviews.queries import plans_for, tasks_for
from reviews.recusals import waiting_clearances


def waiting_changes(user):
    """Changes after a draw that wait for a second person, of the tasks that `user` runs or watches."""
    return _changes(user).filter(state=ReviewerChange.State.PREPARED).order_by("pk")


def settled_changes(user):
    """Those that were approved or discarded, the newest first."""
    return _changes(user).exclude(state=ReviewerChange.State.PREPARED).order_by("-pk")


def _changes(user):
    rows = ReviewerChange.objects.filter(application__task__in=tasks_for(user))
    related = ("application__task", "out__expert__user", "expert_in__user", "prepared_by", "approved_by")
    return rows.select_related(*related)


def draws_that_wait(user) -> list[DrawPlan]:
    """Frozen draws to which this person may give the public value."""
    rows = plans_for(user).filter(state=DrawPlan.State.FROZEN, public_value="").exclude(frozen_by=user)
    rows = rows.select_related("call", "frozen_by")
    rows = rows.defer("snapshot", "preview", "outcome")
    return [row for row in rows if user.is_supervisor or not access.supervisors_of(row.call, row.tasks.all()).exists()]


def waiting_for(user) -> int:
    """The number beside the sidebar's link: what one prepared oneself does not count."""
    if user.is_supervisor:
        return len(draws_that_wait(user))
    changes = waiting_changes(user).exclude(prepared_by=user).count()
    return changes + waiting_clearances(user).exclude(prepared_by=user).count()
