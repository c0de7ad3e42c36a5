"""What happens beside the state: lists, decisions, publicity, objections, obligations. Never states (DESIGN §4)."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from applications.states import State
from jbgs.lib.crypto import EncryptedTextField

User = settings.AUTH_USER_MODEL


class RecommendationList(models.Model):
    """The list (推荐名单) of one recommending body in one call."""

    class ListState(models.TextChoices):
        OPEN = "open", "未确认"
        CONFIRMED = "confirmed", "已确认"

    call = models.ForeignKey("programmes.Call", models.CASCADE, related_name="recommendation_lists")
    department = models.ForeignKey("accounts.Department", models.PROTECT, related_name="recommendation_lists")
    state = models.CharField(max_length=10, choices=ListState, default=ListState.OPEN)
    letter_no = models.CharField("推荐函文号", max_length=60, blank=True)
    scan = models.FileField("推荐函扫描件", upload_to="letters/", blank=True)
    pledge_text = models.TextField(blank=True)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = "推荐名单"
        constraints = [
            models.UniqueConstraint(fields=["call", "department"], name="one_list_for_each_department"),
            models.CheckConstraint(
                condition=Q(state="open", confirmed_at__isnull=True)
                | (Q(state="confirmed", confirmed_at__isnull=False) & ~Q(letter_no="")),
                name="confirmed_list_has_letter_and_time",
            ),
        ]

    def __str__(self):
        return f"{self.department} {self.get_state_display()}"

    @property
    def is_open(self) -> bool:
        return self.state == self.ListState.OPEN


class Opinion(models.Model):
    """What a recommender or officer said at one step: opinion, reason, ground, items; shown on the timeline."""

    application = models.ForeignKey("applications.Application", models.CASCADE, related_name="opinions")
    verb = models.CharField(max_length=30)
    version = models.ForeignKey("applications.Version", models.PROTECT, null=True, related_name="+")
    text = models.TextField(blank=True)
    ground = models.CharField(max_length=40, blank=True)
    items = models.JSONField(default=list)
    due_at = models.DateTimeField(null=True)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self):
        return f"{self.verb} {self.at:%F}"


class ReviewRound(models.Model):
    """A round of review of one call: mail, panel, on site, owner's choice, or a plain check of all."""

    class Kind(models.TextChoices):
        MAIL = "mail", "网络评审"
        PANEL = "panel", "会议评审"
        ON_SITE = "on_site", "现场核查"
        OWNER = "owner", "发榜单位选择"
        CHECK_ALL = "check_all", "逐项核对"

    call = models.ForeignKey("programmes.Call", models.CASCADE, related_name="review_rounds")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.MAIL)
    order = models.PositiveSmallIntegerField(default=1)
    opened_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["call", "order"], name="review_round_order_is_unique")]

    def __str__(self):
        return f"{self.get_kind_display()} {self.order}"


class Decision(models.Model):
    """A decision needs two persons: one prepares, another approves. Undo means discarding a prepared row."""

    class DecisionState(models.TextChoices):
        PREPARED = "prepared", "待复核"
        APPROVED = "approved", "已复核"
        DISCARDED = "discarded", "已作废"

    application = models.ForeignKey("applications.Application", models.CASCADE, related_name="decisions")
    verb = models.CharField(max_length=30)
    reason = models.TextField("理由", blank=True)
    rank = models.PositiveSmallIntegerField("名次", null=True)
    against_ranking = models.BooleanField("与排名不一致", default=False)
    over_reason = models.TextField("超出名额的理由", blank=True)
    evidence = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=DecisionState, default=DecisionState.PREPARED)
    prepared_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    prepared_at = models.DateTimeField()
    approved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                fields=["application"], condition=Q(state="prepared"), name="one_prepared_decision_each"
            ),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("prepared_by")),
                name="second_person_approves",
            ),
            models.CheckConstraint(
                condition=~Q(state="approved") | Q(approved_by__isnull=False), name="approved_decision_has_approver"
            ),
            models.CheckConstraint(
                condition=Q(against_ranking=False) | ~Q(reason=""), name="against_ranking_needs_reason"
            ),
        ]

    def __str__(self):
        return f"{self.verb} {self.get_state_display()}"


class Publicity(models.Model):
    """A public list (公示) of proposed applications; `closes_at` is an exclusive instant."""

    class Kind(models.TextChoices):
        SHORTLIST = "shortlist", "拟入围公示"
        WINNERS = "winners", "拟优胜公示"

    call = models.ForeignKey("programmes.Call", models.CASCADE, related_name="publicities")
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.SHORTLIST)
    title = models.CharField(max_length=120)
    contact = models.CharField("异议受理方式", max_length=200)
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ["-opens_at"]
        constraints = [
            models.CheckConstraint(condition=Q(closes_at__gt=F("opens_at")), name="publicity_ends_after_it_begins")
        ]

    def __str__(self):
        return self.title


class Objection(models.Model):
    """An objection (异议) against one publicised application; the objector's name and contact are encrypted."""

    class ObjectionState(models.TextChoices):
        OPEN = "open", "待处理"
        UPHELD = "upheld", "成立"
        DISMISSED = "dismissed", "不成立"

    publicity = models.ForeignKey(Publicity, models.PROTECT, related_name="objections")
    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="objections")
    objector = EncryptedTextField("异议人")
    contact = EncryptedTextField("联系方式")
    text = models.TextField("异议内容")
    state = models.CharField(max_length=10, choices=ObjectionState, default=ObjectionState.OPEN)
    due_on = models.DateField("办理期限", null=True)
    due_provisional = models.BooleanField("暂定", default=False)
    answer = models.TextField("处理意见", blank=True)
    raised_at = models.DateTimeField()
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]

    def __str__(self):
        return f"{self.application} {self.get_state_display()}"


class Appeal(models.Model):
    """A request for re-examination (复审) by the unit against a rejection or a lost review."""

    class AppealState(models.TextChoices):
        OPEN = "open", "待处理"
        UPHELD = "upheld", "成立"
        DISMISSED = "dismissed", "不成立"

    application = models.ForeignKey("applications.Application", models.PROTECT, related_name="appeals")
    ground = models.CharField("复审理由类别", max_length=40, blank=True)
    text = models.TextField("复审理由")
    state = models.CharField(max_length=10, choices=AppealState, default=AppealState.OPEN)
    due_on = models.DateField("办理期限", null=True)
    due_provisional = models.BooleanField("暂定", default=False)
    answer = models.TextField(blank=True)
    raised_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    raised_at = models.DateTimeField()
    settled_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["application"], condition=Q(state="open"), name="one_open_appeal_each")
        ]

    def __str__(self):
        return f"{self.application} {self.get_state_display()}"


OWING = (
    State.ACCEPTED, State.IN_REVIEW, State.PROPOSED, State.SHORTLISTED, State.IN_PROGRESS, State.IN_EVALUATION,
    State.WON, State.NOT_WON,
)  # fmt: skip
"""The states in which what is owed is still owed; nothing is asked of an application that has ended otherwise."""


class ObligationQuerySet(models.QuerySet):
    def owed(self):
        """What the unit still has to hand in, of applications that go on."""
        return self.filter(state__in=Obligation.OWED, application__state__in=OWING)

    def waiting(self):
        """What was handed in and waits for an officer."""
        return self.filter(state=Obligation.ObligationState.SUBMITTED, needs_officer=True)


class Obligation(models.Model):
    """Something owed by a date: agreement, plan, report, final; or asked for: change, extension (N35-N46, P13-P16).

    `code` and `period` (2025, 2025Q3, or the number of a request) name it within its application. `due_on` counts from
    `due_from` by the call's clock `due_clock`, or is a day of the calendar; `due_provisional`: it passed days of which
    the working calendar knows nothing yet. `blocks`: the verb that waits for it. `submissions` counts how often it was
    handed in; `sha256` and `content` are what was handed in last, frozen.
    """

    class Kind(models.TextChoices):
        AGREEMENT = "agreement", "揭榜协议"
        PLAN = "plan", "实施方案"
        STAGE = "stage_assessment", "阶段评估"
        YEARLY = "yearly", "年度报告"
        QUARTERLY = "quarterly", "季度报表"
        CHANGE = "change", "变更申请"
        EXTENSION = "extension", "延期申请"
        FINAL = "final", "总结报告"

    class ObligationState(models.TextChoices):
        OPEN = "open", "待提交"
        SUBMITTED = "submitted", "已提交"
        RETURNED = "returned", "退回修改"
        APPROVED = "approved", "审核通过"
        REFUSED = "refused", "不同意"

    class Result(models.TextChoices):
        PASS = "pass", "通过"
        FAIL = "fail", "未通过"

    OWED = (ObligationState.OPEN, ObligationState.RETURNED)
    REQUESTS = (Kind.CHANGE, Kind.EXTENSION)

    application = models.ForeignKey("applications.Application", models.CASCADE, related_name="obligations")
    kind = models.CharField(max_length=20, choices=Kind)
    code = models.CharField("编码", max_length=40, blank=True)
    period = models.CharField("期间", max_length=10, blank=True)
    label = models.CharField("名称", max_length=60, blank=True)
    blocks = models.CharField(max_length=30, blank=True)
    needs_officer = models.BooleanField("须经审核", default=False)
    state = models.CharField("状态", max_length=10, choices=ObligationState, default=ObligationState.OPEN)
    opened_at = models.DateTimeField("开始时间", null=True)
    due_on = models.DateField("期限", null=True)
    due_clock = models.CharField(max_length=40, blank=True)
    due_from = models.DateField(null=True)
    due_provisional = models.BooleanField("暂定", default=False)
    answers = models.JSONField("填写内容", default=dict)
    text = models.TextField(blank=True)
    wanted_on = models.DateField("拟延至", null=True)
    draft = models.PositiveIntegerField(default=0)
    saved_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    saved_at = models.DateTimeField(null=True)
    file = models.FileField("附件", upload_to="reports/", blank=True)
    file_name = models.CharField(max_length=200, blank=True)
    file_sha256 = models.CharField(max_length=64, blank=True)
    submitted_at = models.DateTimeField("提交时间", null=True)
    submitted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    submissions = models.PositiveSmallIntegerField(default=0)
    late = models.BooleanField("逾期", default=False)
    content = models.JSONField(default=dict)
    sha256 = models.CharField(max_length=64, blank=True)
    result = models.CharField("结论", max_length=20, choices=Result, blank=True)
    opinion = models.TextField("审核意见", blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)

    objects = ObligationQuerySet.as_manager()

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["application", "code", "period"], condition=~Q(code=""), name="obligation_is_opened_once"
            ),
            models.CheckConstraint(
                condition=Q(state="open") | Q(submitted_at__isnull=False), name="handed_in_obligation_has_its_time"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["returned", "refused"]) | ~Q(opinion=""),
                name="returned_obligation_has_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["state", "due_on"], name="obligation_state_due")]

    def __str__(self):
        return f"{self.name} {self.due_on}"

    @property
    def name(self) -> str:
        """What people call it, with its period: 季度报表（2025年第3季度）."""
        words = self.label or self.get_kind_display()
        return f"{words}（{self.period_words}）" if self.period else words

    @property
    def period_words(self) -> str:
        """2025年度, 2025年第3季度, 第2次."""
        if self.kind in self.REQUESTS:
            return f"第 {self.period} 次"
        year, _, quarter = self.period.partition("Q")
        return f"{year}年第{quarter}季度" if quarter else f"{year}年度"

    @property
    def is_request(self) -> bool:
        return self.kind in self.REQUESTS

    @property
    def is_owed(self) -> bool:
        return self.state in self.OWED

    @property
    def is_done(self) -> bool:
        """Handed in and, where an officer must look at it, approved."""
        return self.state == self.ObligationState.APPROVED or (
            self.state == self.ObligationState.SUBMITTED and not self.needs_officer
        )

    @property
    def print_code(self) -> str:
        """The code that stands on the paper of what was handed in; '' before."""
        return f"{self.sha256[:4]}-{self.sha256[4:8]}-{self.sha256[8:12]}".upper() if self.sha256 else ""

    @property
    def chip(self) -> dict:
        """Label, tone and icon for `_state_chip.html`."""
        tone, icon = {
            "open": ("draft", "pen"), "submitted": ("info", "plane"), "returned": ("warn", "return"),
            "approved": ("ok", "check"), "refused": ("off", "cross"),
        }[self.state]  # fmt: skip
        if self.result == self.Result.FAIL:
            return {"label": "未通过", "tone": "bad", "icon": "alert"}
        return {"label": self.get_state_display(), "tone": tone, "icon": icon}


class Ban(models.Model):
    """A unit or a person that may not apply until a date: by a revocation, or kept by an officer (P23, N54-N58).

    A person is known by the keys of `applications.persons`, never by the number itself. `kind`: a code of
    programmes.words.BAN_KINDS. `programme` is empty where the ban holds for all of them, `ends_on` where for ever.
    """

    kind = models.CharField(max_length=20, default="revoked")
    unit = models.ForeignKey("accounts.Unit", models.PROTECT, null=True, related_name="bans")
    person_name = models.CharField("姓名", max_length=60, blank=True)
    person_key = models.CharField(max_length=65, blank=True, db_index=True)
    name_key = models.CharField(max_length=65, blank=True, db_index=True)
    application = models.ForeignKey("applications.Application", models.PROTECT, null=True, related_name="bans")
    programme = models.ForeignKey("programmes.Programme", models.PROTECT, null=True, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField(null=True)
    reason = models.TextField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(unit__isnull=False, person_key="") | (Q(unit__isnull=True) & ~Q(person_key="")),
                name="a_ban_is_of_a_unit_or_person",
            ),
        ]

    def __str__(self):
        return f"{self.unit or self.person_name} – {self.ends_on}"


class Measurement(models.Model):
    """A measured value (测评) for one indicator: what the unit filed and what the officer holds to be right."""

    application = models.ForeignKey("applications.Application", models.CASCADE, related_name="measurements")
    indicator_code = models.CharField(max_length=20)
    measured = models.JSONField(default=dict)
    proof = models.TextField("证明", blank=True)
    attachment = models.ForeignKey("applications.Attachment", models.PROTECT, null=True, related_name="+")
    confirmed = models.JSONField(default=dict)
    text_met = models.BooleanField(null=True)
    confirmed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["application", "indicator_code"], name="indicator_is_measured_once")
        ]

    def __str__(self):
        return f"{self.application_id}/{self.indicator_code}"
