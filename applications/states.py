"""The states of an application and what follows from each: one table, no logic on labels (DESIGN §4, §6.5)."""

from dataclasses import dataclass

from django.db import models


class State(models.TextChoices):
    """In the order of an application's life."""

    DRAFT = "draft", "草稿"
    RETURNED = "returned", "退回修改"
    SUBMITTED = "submitted", "已提交"
    NOT_RECOMMENDED = "not_recommended", "不推荐"
    RECOMMENDED = "recommended", "已推荐"
    IN_SUPPLEMENT = "in_supplement", "补正中"
    REJECTED = "rejected", "不予受理"
    ACCEPTED = "accepted", "已受理"
    IN_REVIEW = "in_review", "评审中"
    PROPOSED = "proposed", "拟入围"
    NOT_SHORTLISTED = "not_shortlisted", "未入围"
    SHORTLISTED = "shortlisted", "入围"
    IN_PROGRESS = "in_progress", "攻关中"
    IN_EVALUATION = "in_evaluation", "测评中"
    WON = "won", "优胜"
    NOT_WON = "not_won", "未优胜"
    TERMINATED = "terminated", "已终止"
    REVOKED = "revoked", "已撤销"
    WITHDRAWN = "withdrawn", "已撤回"


@dataclass(frozen=True)
class StateInfo:
    """How a state looks (`tone`, `icon` of the chip) and what it means.

    `is_final`: nothing follows but an upheld appeal or a revocation. `holder`: who has the application now
    (unit, recommender, officer, expert, nobody). `shown_as`: the state that the applicant sees while the result is
    not public; None means the state itself.
    """

    tone: str
    icon: str
    holder: str
    is_final: bool = False
    shown_as: State | None = None


INFO: dict[str, StateInfo] = {
    State.DRAFT: StateInfo("draft", "pen", "unit"),
    State.RETURNED: StateInfo("warn", "return", "unit"),
    State.SUBMITTED: StateInfo("info", "plane", "recommender"),
    State.NOT_RECOMMENDED: StateInfo("off", "cross", "nobody", is_final=True),
    State.RECOMMENDED: StateInfo("ok", "up", "officer"),
    State.IN_SUPPLEMENT: StateInfo("warn", "return", "unit"),
    State.REJECTED: StateInfo("off", "cross", "nobody", is_final=True),
    State.ACCEPTED: StateInfo("ok", "check", "officer"),
    State.IN_REVIEW: StateInfo("info", "half", "expert"),
    State.PROPOSED: StateInfo("ok", "flag", "officer", shown_as=State.IN_REVIEW),
    State.NOT_SHORTLISTED: StateInfo("off", "cross", "nobody", is_final=True),
    State.SHORTLISTED: StateInfo("accent", "flag", "officer"),
    State.IN_PROGRESS: StateInfo("accent", "flag", "unit"),
    State.IN_EVALUATION: StateInfo("info", "half", "officer"),
    State.WON: StateInfo("accent", "star", "nobody", is_final=True),
    State.NOT_WON: StateInfo("off", "cross", "nobody", is_final=True),
    State.TERMINATED: StateInfo("bad", "alert", "nobody", is_final=True),
    State.REVOKED: StateInfo("bad", "alert", "nobody", is_final=True),
    State.WITHDRAWN: StateInfo("off", "cross", "nobody", is_final=True),
}

EDITABLE = frozenset({State.DRAFT, State.RETURNED, State.IN_SUPPLEMENT})
WITH_DEPARTMENT = frozenset(set(State) - {State.DRAFT, State.WITHDRAWN})
WITH_MINISTRY = frozenset(
    set(State) - {State.DRAFT, State.RETURNED, State.SUBMITTED, State.NOT_RECOMMENDED, State.WITHDRAWN}
)
AFTER_REVIEW = frozenset(
    {
        State.PROPOSED,
        State.SHORTLISTED,
        State.IN_PROGRESS,
        State.IN_EVALUATION,
        State.WON,
        State.NOT_WON,
        State.TERMINATED,
        State.REVOKED,
    }
)

WITH_OWNER = frozenset({State.ACCEPTED, State.IN_REVIEW, State.NOT_SHORTLISTED}) | AFTER_REVIEW
"""From the moment the application was forwarded to the owner of the need (S07)."""

REVIEW_ON = WITH_OWNER
"""From the moment on which the review of the task begins: closed to who stands aside from one of its applications."""

# Which states hold a slot of which quota. A refused form check or a lost review does not give the recommender's slot
# back: an upheld appeal must find it free (reopen_form_check, reopen_review).
COUNTS_IN_QUOTA: dict[str, frozenset] = {
    "recommend": WITH_MINISTRY,
    "shortlist": AFTER_REVIEW,
    "award": frozenset({State.WON}),
}
