"""Who may do what in the review: `can_<verb>(assignment, user)`; one name for button, view and door."""

from collections.abc import Callable
from dataclasses import dataclass

from applications import access
from applications.states import State as ApplicationState
from reviews.models import WITH_EXPERT, WRITABLE, Assignment, AssignmentState

S = AssignmentState


def is_its_expert(assignment, user) -> bool:
    """The expert to whom the sheet belongs; nobody writes a sheet for somebody else."""
    return user.is_active and user.is_expert and assignment.expert.user_id == user.pk


def is_its_officer(assignment, user) -> bool:
    """An officer of the application's call or field."""
    return user.is_active and user.is_officer and access.manages(user, assignment.application)


def is_officer(user) -> bool:
    """Any officer; the list of experts is shared by all calls."""
    return user.is_active and user.is_officer


def keeps_expert(expert, user) -> bool:
    """The expert in person, or any officer: who says what is known of an expert."""
    return is_officer(user) or (user.is_active and user.is_expert and expert.user_id == user.pk)


def manages_task(task, user) -> bool:
    """An officer of the task's call or field, who stands aside from none of its applications."""
    grants = access.grants_of(user)
    given = task.call_id in grants.calls or task.field_id in grants.fields
    return is_officer(user) and given and task.pk not in grants.recused_tasks


def supervises(task, user) -> bool:
    """A supervisor of the task's call, who reads and changes nothing."""
    grants = access.grants_of(user)
    given = user.is_active and user.is_supervisor and task.call_id in grants.supervised
    return given and task.pk not in grants.recused_tasks


def can_read_scores(task, user) -> bool:
    """Who sees all sheets of a task: its officers and the call's supervisors, never an expert."""
    return manages_task(task, user) or supervises(task, user)


Party = Callable[[Assignment, object], bool]


@dataclass(frozen=True)
class Rule:
    """`party`: is it this person's verb; `states`: does the sheet's state allow it."""

    verb: str
    party: Party
    states: tuple[str, ...]

    def open(self, assignment) -> bool:
        return assignment.state in self.states and assignment.application.state == ApplicationState.IN_REVIEW

    def __call__(self, assignment, user) -> bool:
        return self.open(assignment) and self.party(assignment, user)


can_pledge = Rule("pledge", is_its_expert, (S.ASSIGNED,))
can_declare_recusal = Rule("declare_recusal", is_its_expert, WITH_EXPERT)
can_decline = Rule("decline", is_its_expert, WITH_EXPERT)
can_lapse = Rule("lapse", lambda sheet, user: user.role == user.Role.SYSTEM, (S.ASSIGNED,))
can_open_sheet = Rule("open_sheet", is_its_expert, WRITABLE)
can_save_score = Rule("save_score", is_its_expert, WRITABLE)
can_sign = Rule("sign", is_its_expert, WRITABLE)
can_give_fuller_reason = Rule("give_fuller_reason", is_its_expert, (S.SIGNED,))
can_return_for_revision = Rule("return_for_revision", is_its_officer, (S.SIGNED,))
can_unassign = Rule("unassign", is_its_officer, WITH_EXPERT)
