"""Who may do what, by verb: `can_<verb>(application, user)`.

The same name serves the button, the view, the transition and the test. A rule has two halves, so that the door can
answer 403 (`party`: not this person) or 409 (`open`: not in this state).
"""

from collections.abc import Callable
from dataclasses import dataclass

from django_fsm import can_proceed

from applications import access
from applications.models import Application
from applications.states import EDITABLE, State


def is_of_unit(application, user) -> bool:
    """Administrator or filler of the unit that files."""
    return user.is_active and user.is_unit_person and user.unit_id == application.unit_id


def is_recommender(application, user) -> bool:
    """A person of the department through which the application was filed."""
    return user.is_active and user.is_recommender and user.department_id == application.department_id


def is_officer(application, user) -> bool:
    """An officer of the call or of the task's field."""
    return user.is_active and user.is_officer and access.manages(user, application)


def is_owner(application, user) -> bool:
    """A person of the unit whose need the task is, in a call where the owner chooses (S08)."""
    return user.is_active and user.is_owner and access.owns(user, application)


def decides(application, user) -> bool:
    """Who has a part in decisions: officers, and the owner's people where the owner chooses."""
    return is_officer(application, user) or is_owner(application, user)


def chooses(application, user) -> bool:
    """Who prepares choice and acceptance: the owner's people where the call says so, else officers (S08, S10)."""
    by_owner = application.call.spec.flow.decision_by == "owner"
    return is_owner(application, user) if by_owner else is_officer(application, user)


def is_system(application, user) -> bool:
    """The system itself, which passes stages that a call has switched off."""
    return user.role == user.Role.SYSTEM


def examines(application, user) -> bool:
    """Who may return an application: its recommender, or the officer where the call has none."""
    return is_recommender(application, user) or (application.department_id is None and is_officer(application, user))


def anybody(application, user) -> bool:
    """The public, signed in or not: an objection during publicity."""
    return True


def starts_work(application, user) -> bool:
    return is_officer(application, user) or is_of_unit(application, user)


Party = Callable[[Application, object], bool]


@dataclass(frozen=True)
class Rule:
    """`party`: is it this person's verb; `open`: does the state allow it; the call of the rule is both."""

    verb: str
    party: Party
    open: Callable[[Application], bool]

    def __call__(self, application, user) -> bool:
        return self.open(application) and self.party(application, user)


def _transition(verb: str, party: Party) -> Rule:
    return Rule(verb, party, lambda application: can_proceed(getattr(application, verb)))


def passes(verb: str) -> Rule:
    """The rule for a stage that the call switched off: only the system passes it."""
    return _transition(verb, is_system)


def _in_states(verb: str, party: Party, states) -> Rule:
    return Rule(verb, party, lambda application: application.state in states)


can_edit = _in_states("edit", is_of_unit, EDITABLE)
can_adopt_version = _in_states("adopt_version", is_of_unit, {State.DRAFT})
can_submit = _transition("submit", is_of_unit)
can_take_back = _transition("take_back", is_of_unit)
can_withdraw = _transition("withdraw", is_of_unit)
can_return_for_changes = _transition("return_for_changes", examines)
can_recommend = _transition("recommend", is_recommender)
can_unrecommend = _transition("unrecommend", is_recommender)
can_rerank = _in_states("rerank", is_recommender, {State.RECOMMENDED, State.IN_SUPPLEMENT})
can_decline = _transition("decline", is_recommender)
can_request_supplement = _transition("request_supplement", is_officer)
can_supplement = _transition("supplement", is_of_unit)
can_accept = _transition("accept", is_officer)
can_reject = _transition("reject", is_officer)
can_start_review = _transition("start_review", is_officer)
can_propose = _transition("propose", decides)
can_pass_over = _transition("pass_over", decides)
can_unpropose = _transition("unpropose", is_officer)
can_open_publicity = _in_states("open_publicity", is_officer, {State.PROPOSED})
can_shortlist = _transition("shortlist", is_officer)
can_start_work = _transition("start_work", starts_work)
can_submit_evaluation = _transition("submit_evaluation", is_of_unit)
can_confirm_measurements = _in_states("confirm_measurements", decides, {State.IN_EVALUATION})
can_award = _transition("award", decides)
can_not_award = _transition("not_award", decides)
can_reopen_form_check = _transition("reopen_form_check", is_officer)
can_reopen_review = _transition("reopen_review", is_officer)
can_terminate = _transition("terminate", is_officer)
can_revoke = _transition("revoke", is_officer)
can_appeal = _in_states("appeal", is_of_unit, {State.REJECTED, State.NOT_SHORTLISTED})
can_object = _in_states("object", anybody, {State.PROPOSED})
can_record_round = _in_states("record_round", is_officer, {State.IN_REVIEW})
can_object_to_round = _in_states("object_to_round", is_of_unit, {State.IN_REVIEW})
can_settle = Rule("settle", is_officer, lambda application: True)
can_decide = Rule("decide", decides, lambda application: any(rule.open(application) for rule in DECISIONS.values()))

DECISIONS: dict[str, Rule] = {
    rule.verb: rule
    for rule in (
        can_propose,
        can_pass_over,
        can_unpropose,
        can_award,
        can_not_award,
        can_reopen_form_check,
        can_reopen_review,
        can_terminate,
        can_revoke,
    )
}
"""The verbs that need a prepared Decision and a second person."""

CHOICES = frozenset({"propose", "pass_over", "award", "not_award"})
"""The decisions that are the owner's where the call leaves the choice to the task's owner."""


def may_prepare(verb: str, application, user) -> bool:
    """Who may prepare (and discard) this decision; a second person, of the owner or an officer, approves it."""
    return chooses(application, user) if verb in CHOICES else is_officer(application, user)


can_notice = Rule("notice", is_officer, lambda application: any(DECISIONS[verb].open(application) for verb in HEARD))
can_make_statement = Rule(
    "make_statement", is_of_unit, lambda application: any(DECISIONS[verb].open(application) for verb in HEARD)
)

HEARD = ("terminate", "revoke")
"""The decisions before which the unit is told and heard (P22)."""


def verbs_open_to(application, user) -> list[str]:
    """The names of all verbs that `user` may do now; for buttons, without a query beyond the grants."""
    rules = [value for name, value in globals().items() if name.startswith("can_") and isinstance(value, Rule)]
    return [rule.verb for rule in rules if rule(application, user)]
