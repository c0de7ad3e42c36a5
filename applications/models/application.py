"""The application and its transitions. Only the door may call a transition (applications/actions.py)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django_fsm import FSMField, FSMModelMixin, transition

from applications.states import INFO, State, StateInfo
from jbgs.lib import clock

S = State


class Application(FSMModelMixin, models.Model):
    """What one unit files for one task of one call, and everything that becomes of it."""

    call = models.ForeignKey("programmes.Call", models.PROTECT, related_name="applications")
    call_version = models.ForeignKey("programmes.CallVersion", models.PROTECT, related_name="+")
    task = models.ForeignKey("programmes.Task", models.PROTECT, related_name="applications")
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, related_name="applications")
    department = models.ForeignKey("accounts.Department", models.PROTECT, null=True, related_name="applications")
    number = models.CharField("受理编号", max_length=40, null=True)
    title = models.CharField("项目名称", max_length=120, blank=True)
    part = models.CharField("子方向", max_length=40, blank=True)
    state = FSMField("状态", default=State.DRAFT, choices=State, protected=True)
    rank = models.PositiveSmallIntegerField("推荐次序", null=True)
    version = models.ForeignKey("applications.Version", models.PROTECT, null=True, related_name="+")
    recommendation_list = models.ForeignKey(
        "applications.RecommendationList", models.PROTECT, null=True, related_name="applications"
    )
    publicity = models.ForeignKey("applications.Publicity", models.PROTECT, null=True, related_name="applications")
    soft_reasons = models.JSONField("原则上要求的说明", default=dict)
    creation_key = models.CharField(max_length=80, unique=True, null=True)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    created_at = models.DateTimeField()
    submitted_at = models.DateTimeField("提交时间", null=True)
    examined_at = models.DateTimeField(null=True)
    return_due_at = models.DateTimeField("退回修改截止", null=True)
    supplement_due_at = models.DateTimeField("补正截止", null=True)
    listed_on = models.DateField("名单确定日期", null=True)
    work_due_on = models.DateField("攻关截止", null=True)
    work_due_provisional = models.BooleanField("暂定", default=False)
    state_since = models.DateTimeField()

    class Meta:
        verbose_name = "申报"
        verbose_name_plural = "申报"
        ordering = ["-id"]
        permissions = [("review_application", "评审这件申报")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=State.values), name="application_state_is_known"),
            models.CheckConstraint(
                condition=Q(state__in=[S.DRAFT, S.WITHDRAWN]) | Q(number__isnull=False),
                name="submitted_application_has_number",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[S.DRAFT, S.WITHDRAWN]) | Q(version__isnull=False),
                name="submitted_application_has_version",
            ),
            models.UniqueConstraint(fields=["call", "number"], name="application_number_is_used_once"),
            models.UniqueConstraint(
                fields=["recommendation_list", "task", "rank"], name="recommendation_rank_is_used_once"
            ),
        ]
        indexes = [
            models.Index(fields=["call", "state"], name="application_call_state"),
            models.Index(fields=["department", "state"], name="application_dep_state"),
            models.Index(fields=["unit", "state"], name="application_unit_state"),
        ]

    def __str__(self):
        return self.number or f"草稿 {self.pk}"

    @property
    def info(self) -> StateInfo:
        return INFO[self.state]

    @property
    def chip(self) -> dict:
        """Label, tone and icon for `_state_chip.html`, as officers and departments see it."""
        info = self.info
        return {"label": self._words(State(self.state)), "tone": info.tone, "icon": info.icon}

    @property
    def applicant_state(self) -> State:
        """The state as the applicant may see it: a proposal is not told before its publicity has begun."""
        shown = self.info.shown_as
        return State(self.state) if shown is None or self.publicity_id else shown

    def _words(self, state: State) -> str:
        """The state in the call's own words (通过验收), where the call was read with the row: a chip costs no query."""
        call = self._state.fields_cache.get("call")
        version = call._state.fields_cache.get("current_version") if call else None
        return version.spec.label(state.value, state.label) if version else state.label

    @property
    def applicant_chip(self) -> dict:
        shown = self.applicant_state
        return {"label": self._words(shown), "tone": INFO[shown].tone, "icon": INFO[shown].icon}

    @transition(field=state, source=[S.DRAFT, S.RETURNED], target=S.SUBMITTED)
    def submit(self):
        self.submitted_at = clock.now()
        self.return_due_at = None
        self.examined_at = None

    @transition(field=state, source=S.SUBMITTED, target=S.DRAFT)
    def take_back(self):
        self.submitted_at = None

    @transition(field=state, source=[S.DRAFT, S.RETURNED], target=S.WITHDRAWN)
    def withdraw(self):
        self.return_due_at = None

    @transition(field=state, source=S.SUBMITTED, target=S.RETURNED)
    def return_for_changes(self):
        self.examined_at = clock.now()

    @transition(field=state, source=S.SUBMITTED, target=S.RECOMMENDED)
    def recommend(self):
        self.examined_at = clock.now()

    @transition(field=state, source=S.RECOMMENDED, target=S.SUBMITTED)
    def unrecommend(self):
        self.rank = None
        self.recommendation_list = None

    @transition(field=state, source=S.SUBMITTED, target=S.NOT_RECOMMENDED)
    def decline(self):
        self.examined_at = clock.now()

    @transition(field=state, source=S.RECOMMENDED, target=S.IN_SUPPLEMENT)
    def request_supplement(self):
        pass

    @transition(field=state, source=S.IN_SUPPLEMENT, target=S.RECOMMENDED)
    def supplement(self):
        self.supplement_due_at = None

    @transition(field=state, source=S.RECOMMENDED, target=S.ACCEPTED)
    def accept(self):
        pass

    @transition(field=state, source=[S.RECOMMENDED, S.IN_SUPPLEMENT], target=S.REJECTED)
    def reject(self):
        self.supplement_due_at = None

    @transition(field=state, source=S.REJECTED, target=S.RECOMMENDED)
    def reopen_form_check(self):
        pass

    @transition(field=state, source=S.ACCEPTED, target=S.IN_REVIEW)
    def start_review(self):
        pass

    @transition(field=state, source=S.IN_REVIEW, target=S.PROPOSED)
    def propose(self):
        pass

    @transition(field=state, source=S.PROPOSED, target=S.IN_REVIEW)
    def unpropose(self):
        self.publicity = None

    @transition(field=state, source=S.IN_REVIEW, target=S.NOT_SHORTLISTED)
    def pass_over(self):
        pass

    @transition(field=state, source=S.NOT_SHORTLISTED, target=S.IN_REVIEW)
    def reopen_review(self):
        pass

    @transition(field=state, source=S.PROPOSED, target=S.SHORTLISTED)
    def shortlist(self):
        pass

    @transition(field=state, source=S.SHORTLISTED, target=S.IN_PROGRESS)
    def start_work(self):
        pass

    @transition(field=state, source=S.IN_PROGRESS, target=S.IN_EVALUATION)
    def submit_evaluation(self):
        pass

    @transition(field=state, source=S.IN_EVALUATION, target=S.WON)
    def award(self):
        pass

    @transition(field=state, source=S.IN_EVALUATION, target=S.NOT_WON)
    def not_award(self):
        pass

    @transition(field=state, source=[S.SHORTLISTED, S.IN_PROGRESS, S.IN_EVALUATION], target=S.TERMINATED)
    def terminate(self):
        pass

    @transition(field=state, source=[S.SHORTLISTED, S.IN_PROGRESS, S.WON], target=S.REVOKED)
    def revoke(self):
        pass
