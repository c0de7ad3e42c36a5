"""What waits for officers, call by call: the numbers of the sidebar, of the overview and of 我的待办.

Two queries however many calls there are, kept on the person for the request.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, Min, OuterRef, Q, QuerySet, Subquery

from applications.backoffice.office import calls_of, url
from applications.models import Appeal, Decision, Measurement, Objection
from applications.queries import visible_to
from applications.states import State
from jbgs.lib import clock
from notifications.openitems import OpenItem
from programmes.models import Call
from programmes.windows import end_of

_CACHE = "_jbgs_office_work"


@dataclass(frozen=True)
class Work:
    """How many applications of one call wait for which step. `decisions` are those that this person may approve."""

    call: Call
    checks: int = 0
    overdue: int = 0
    accepted: int = 0
    decisions: int = 0
    unpublished: int = 0
    objections: int = 0
    objection_due: date | None = None
    upheld: int = 0
    ripe: int = 0
    measures: int = 0
    to_award: int = 0
    appeals: int = 0
    appeal_due: date | None = None
    own_decisions: int = 0

    @property
    def examining(self) -> int:
        return self.checks + self.overdue

    @property
    def publicity(self) -> int:
        return self.unpublished + self.ripe

    @property
    def evaluation(self) -> int:
        return self.measures + self.to_award


def work_of(user) -> dict[int, Work]:
    """The Work of each call of this officer or supervisor, by the call's id."""
    if _CACHE not in user.__dict__:
        calls = {call.pk: call for call in calls_of(user)}
        rows = {row["call_id"]: row for row in _counted(user)} if calls else {}
        user.__dict__[_CACHE] = {pk: _work(call, rows.get(pk, {})) for pk, call in calls.items()}
    return user.__dict__[_CACHE]


def waiting(name: str):
    """For the sidebar: `count(user)` of one number over the person's calls; rehearsals count if there is no other."""

    def count(user) -> int | None:
        found = list(work_of(user).values())
        counted = [work for work in found if not work.call.is_rehearsal] or found
        return sum(getattr(work, name) for work in counted) or None

    return count


def examinable() -> Q:
    """Ready for the form check where the call has confirmed lists."""
    return Q(state=State.RECOMMENDED, recommendation_list__state="confirmed")


def supplement_over() -> Q:
    """In supplement, and the date that the letter gave has passed."""
    return Q(state=State.IN_SUPPLEMENT, supplement_due_at__lte=clock.now())


def publicity_over() -> Q:
    """Proposed, public, and the days of the publicity have passed."""
    return Q(state=State.PROPOSED, publicity__closes_at__lte=clock.now())


def prepared() -> QuerySet:
    """Decisions on an application (OuterRef) that wait for a second person."""
    return Decision.objects.filter(application=OuterRef("pk"), state=Decision.DecisionState.PREPARED)


def _counted(user) -> QuerySet:
    unconfirmed = Measurement.objects.filter(application=OuterRef("pk"), confirmed_by=None)
    objections = Objection.objects.filter(application=OuterRef("pk")).order_by("due_on")
    appeals = Appeal.objects.filter(application=OuterRef("pk"), state="open")
    counting = {
        "checks": examinable(),
        "unlisted_checks": Q(state=State.RECOMMENDED),
        "overdue": supplement_over(),
        "accepted": Q(state=State.ACCEPTED),
        "decisions": Q(foreign_decision=True),
        "own_decisions": Q(own_decision=True),
        "unpublished": Q(state=State.PROPOSED, publicity=None),
        "objections": Q(open_objection=True),
        "upheld": Q(state=State.PROPOSED, upheld_objection=True, foreign_decision=False, own_decision=False),
        "ripe": publicity_over() & Q(open_objection=False, upheld_objection=False),
        "measures": Q(state=State.IN_EVALUATION, unconfirmed=True),
        "to_award": Q(state=State.IN_EVALUATION, unconfirmed=False, foreign_decision=False, own_decision=False),
        "appeals": Q(open_appeal=True),
    }
    return (
        visible_to(user)
        .alias(
            foreign_decision=Exists(prepared().exclude(prepared_by=user.pk)),
            own_decision=Exists(prepared().filter(prepared_by=user.pk)),
            open_objection=Exists(objections.filter(state="open")),
            upheld_objection=Exists(objections.filter(state="upheld", publicity=OuterRef("publicity"))),
            unconfirmed=Exists(unconfirmed),
            open_appeal=Exists(appeals),
            next_objection=Subquery(objections.filter(state="open").values("due_on")[:1]),
            next_appeal=Subquery(appeals.values("due_on")[:1]),
        )
        .order_by()
        .values("call_id")
        .annotate(
            **{name: Count("pk", filter=condition) for name, condition in counting.items()},
            objection_due=Min("next_objection"),
            appeal_due=Min("next_appeal"),
        )
    )


def _work(call: Call, row: dict) -> Work:
    flow = call.spec.flow
    has_lists = flow.recommendation and flow.recommendation_list
    named = {name: row[name] for name in Work.__dataclass_fields__ if name in row}
    if row and not has_lists:
        named["checks"] = row["unlisted_checks"]
    if not flow.publicity_days:  # nothing is made public: a proposal can be fixed at once
        named |= {"unpublished": 0, "ripe": named.get("unpublished", 0)}
    return Work(call, **named)


def open_items(user) -> Iterable[OpenItem]:
    """What an officer has in 我的待办; rehearsals and the watching supervisor have nothing there."""
    if not user.is_officer:
        return
    for work in work_of(user).values():
        if not work.call.is_rehearsal:
            yield from _items(work)


def _items(work: Work) -> Iterable[OpenItem]:
    slug, label = work.call.slug, work.call.spec.label
    offered = (
        (work.checks, "个申报待形式审查", "examining", "形式审查", None),
        (work.overdue, "个申报补正逾期，等待处理", "examining", "处理", None),
        (work.accepted, "个申报已受理，等待送审", "start_review", "送审", None),
        (work.decisions, "项决定等待您复核", "decisions", "复核", None),
        (work.unpublished, f"个拟{label('shortlisted', '入围')}项目还没有公示", "publicity", "公示", None),
        (work.objections, "个项目有异议待处理", "objections", "处理异议", work.objection_due),
        (work.upheld, "个项目的异议成立，等待拟定撤销", "objections", "拟定撤销", None),
        (work.ripe, f"个项目可以确定{label('shortlisted', '入围')}", "publicity", "确定名单", None),
        (work.measures, f"个项目的{label('evaluation', '测评')}实测值待核实", "evaluations", "核实", None),
        (work.to_award, f"个项目待确定{label('won', '优胜')}", "evaluations", "拟定", None),
        (work.appeals, "件复审申请待处理", "appeals", "处理复审", work.appeal_due),
    )
    for number, words, page, verb, due in offered:
        if number:
            yield OpenItem(
                f"{number} {words}", url(page, call=slug), verb, note=work.call.title,
                due_at=end_of(due) if due else None,
            )  # fmt: skip
