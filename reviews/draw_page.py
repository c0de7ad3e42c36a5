"""What the page of a draw shows: the funnel, who was drawn and what changed, the steps of the seed, what stands in the
way. Everything costs a constant number of queries; nothing is written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from django.urls import reverse

from applications import access
from jbgs.lib import clock
from reviews import actions_draw, conflicts, draw_jobs, draw_words, drawing, ledger, planning, queries, recusals
from reviews.guards_draw import OPEN_STATES
from reviews.models import Assignment, DrawPlan, Expert, RecusalKind

State = DrawPlan.State
WIDTH = 100
"""Bars are drawn in percent."""
ENDINGS = {State.UNDONE: "撤回", State.DISCARDED: "作废"}
"""What somebody did who ended a draw."""


@dataclass
class Bar:
    """One line of the funnel: `left` experts after this step, `gone` since the one before; widths in percent."""

    label: str
    left: int
    gone: int
    width: float
    before: float
    is_short: bool = False


@dataclass
class Cause:
    """One group in the diagnosis, with what would help: (code, value, what, meaning, figures). `lacking`: rule by rule
    the applications that are short."""

    label: str
    bars: list[Bar]
    needed: int
    needed_width: float
    enough: bool
    sentence: str
    lacking: list[str] = field(default_factory=list)
    proposals: list[tuple] = field(default_factory=list)


@dataclass
class Member:
    """One expert who was drawn, in the last preview or in the one before. `change`: same, in or out. `by_task`: (code,
    number) of what they get, where the draw is for several tasks."""

    expert: Expert | None
    key: str
    change: str
    gets: int
    of: int
    fit: int
    left_out: list[tuple[str, str]] = field(default_factory=list)
    ledger: object = None
    by_task: list[tuple[str, int]] = field(default_factory=list)

    @property
    def name(self) -> str:
        return self.expert.user.name if self.expert else self.key

    @property
    def after(self) -> int:
        """Sheets in hand after the draw."""
        return (self.expert.busy if self.expert else 0) + self.gets

    @property
    def share(self) -> str:
        """The match as people read it: 0.83."""
        return f"{self.fit / 1000:.2f}"


@dataclass
class Step:
    """One step of the seed. `state`: done, now or next."""

    state: str
    title: str
    text: str


def shown(plan: DrawPlan) -> tuple[drawing.Problem | None, drawing.Outcome | None, drawing.Outcome | None]:
    """The problem, the outcome and the outcome before it that the page speaks of: of the last preview, until there is a
    draw."""
    if plan.outcome:
        return drawing.Problem.from_json(plan.snapshot), drawing.Outcome.from_json(plan.outcome), None
    if plan.preview:
        before = plan.preview["before"]
        return (
            drawing.Problem.from_json(plan.preview["problem"]),
            drawing.Outcome.from_json(plan.preview["outcome"]),
            drawing.Outcome.from_json(before) if before else None,
        )
    return None, None, None


def context_of(plan: DrawPlan, user) -> dict:
    """Everything of one draw that the templates need; `plan.task_list` is set."""
    problem, outcome, before = shown(plan)
    settings = planning.read_settings(plan.settings)
    causes = [] if plan.outcome else _causes(plan, outcome)
    members = _members(plan, problem, outcome, before) if problem else []
    may_run = actions_draw.runs(plan, user)
    may_give = plan.state == State.FROZEN and not plan.public_value and actions_draw.gives_the_value(plan, user)
    return {
        "plan": plan,
        "hits": _hits(plan, members),
        "settings": settings,
        "conditions": draw_words.conditions(settings),
        "causes": causes,
        "short_causes": [cause for cause in causes if not cause.enough],
        "members": members,
        "member_changes": {code: sum(row.change == code for row in members) for code in ("in", "out", "same")},
        "alternates": _alternates(outcome, members, plan),
        "quality": _quality(problem, outcome, members),
        "steps": _steps(plan),
        "obstacles": obstacles(plan, outcome),
        "may_run": may_run,
        "may_give": may_give and plan.frozen_by_id != user.pk,
        "is_open": plan.state in OPEN_STATES,
        "begun_at": planning.first_review(plan.assignments.all()) if plan.state == State.PUBLISHED else None,
        "modes": draw_words.MODES,
        "panels": draw_words.PANELS,
        "recusals": draw_words.RECUSALS,
        "hours": plan.call.spec.review.assignment.answer_within,
        "page_url": address_of(plan),
        "job": draw_jobs.last_of(plan),
        "preview_at": datetime.fromisoformat(plan.preview["at"]) if plan.preview else None,
    }


def address_of(plan: DrawPlan) -> str:
    """The page on which people meet a draw: of its task, or its own where it is for several."""
    tasks = getattr(plan, "task_list", None) or list(plan.tasks.all())
    if len(tasks) == 1:
        return f"{reverse('admin:reviews_panel', args=[tasks[0].pk])}?plan={plan.pk}"
    return reverse("admin:reviews_draw_plan", args=[plan.pk])


def _hits(plan: DrawPlan, members) -> list:
    """Grounds that wait for a ruling, of those in the preview; while a draw for one task is a draft."""
    if plan.state != State.DRAFT or len(plan.task_list) != 1 or not members:
        return []
    rows = recusals.lines(plan.task_list[0], [row.expert for row in members if row.expert])
    return [row for row in rows if row.state in (recusals.SUSPECTED, recusals.UNSUPPORTED)]


def _causes(plan: DrawPlan, outcome: drawing.Outcome | None) -> list[Cause]:
    """The funnel of each group as the last preview found it, the short ones first."""
    kinds, short = dict(RecusalKind.choices), outcome.short if outcome else {}
    titles = {planning.key_of(row): row.title for row in planning.applications_of(plan.task_list)} if short else {}
    labels = {task.code: task.title for task in plan.task_list}
    rows = []
    for data in (plan.preview or {}).get("diagnosis", ()):
        row = drawing.Diagnosis(**{**data, "proposals": tuple(drawing.Proposal(**one) for one in data["proposals"])})
        most = max([left for _, left in row.steps] + [row.needed, 1])
        bars, last = [], None
        for code, left in row.steps:
            gone = 0 if last is None else last - left
            bars.append(
                Bar(
                    label=draw_words.LABELS[code],
                    left=left,
                    gone=gone,
                    width=round(left * WIDTH / most, 1),
                    before=round((last if last is not None else left) * WIDTH / most, 1),
                    is_short=left < row.needed,
                )
            )
            last = left
        rows.append(
            Cause(
                label=labels.get(row.group, row.group),
                bars=bars,
                needed=row.needed,
                needed_width=round(row.needed * WIDTH / most, 1),
                enough=row.enough,
                sentence=draw_words.why(row, next((short[key].rule for key in row.places if key in short), ""), kinds),
                lacking=draw_words.lacking({key: short[key] for key in row.places if key in short}, titles),
                proposals=[draw_words.proposal(one) for one in row.proposals],
            )
        )
    return sorted(rows, key=lambda cause: cause.enough)


def _members(plan: DrawPlan, problem, outcome, before) -> list[Member]:
    """Who was drawn, and who was in the preview before; with what each leaves out and their figures."""
    now, then = _counts(outcome), _counts(before)
    keys = [*now, *(key for key in then if key not in now)]
    experts = {
        row.user.username: row
        for row in queries.experts_with_load(plan.call).filter(user__username__in=[*keys, *_waiting(outcome)])
    }
    fits = {key: max((place.affinity.get(key, 0) for place in problem.places.values()), default=0) for key in keys}
    applications = {planning.key_of(row): row for row in planning.applications_of(plan.task_list)}
    sentences = {
        (pair[0], pair[1]): found.sentence
        for pair, found in conflicts.find(
            applications.values(), [experts[key] for key in keys if key in experts]
        ).items()
    }
    figures = ledger.figures_of(experts.values())
    by_task = _counts_by_task(plan, outcome, applications) if len(plan.task_list) > 1 else {}
    rows = []
    for key in keys:
        expert = experts.get(key)
        left_out = [
            (applications[name].title, sentences.get((expert.pk, applications[name].pk), ""))
            for name, place in problem.places.items()
            if expert and key in place.blocked and name in applications
        ]
        change = "same" if before is None or (key in now and key in then) else "in" if key in now else "out"
        shown_as = Member(expert, key, change, now.get(key, 0), len(problem.places), fits[key], left_out)
        shown_as.ledger = figures.get(expert.pk) if expert else None
        shown_as.by_task = by_task.get(key, [])
        rows.append(shown_as)
    return sorted(rows, key=lambda row: (row.change == "out", -row.gets, -row.fit, row.key))


def _counts(outcome) -> dict[str, int]:
    """How many applications each expert got."""
    found: dict[str, int] = {}
    for names in outcome.pairs.values() if outcome else ():
        for name in names:
            found[name] = found.get(name, 0) + 1
    return found


def _counts_by_task(plan: DrawPlan, outcome, applications) -> dict[str, list[tuple[str, int]]]:
    """The same task by task, in the order of the tasks, by their codes."""
    codes = {task.pk: task.code for task in plan.task_list}
    found: dict[str, dict[str, int]] = {}
    for name, people in outcome.pairs.items():
        code = codes.get(applications[name].task_id, "") if name in applications else ""
        for key in people if code else ():
            found.setdefault(key, dict.fromkeys(codes.values(), 0))[code] += 1
    return {key: [(code, number) for code, number in row.items() if number] for key, row in found.items()}


def _waiting(outcome) -> list[str]:
    return sorted({name for names in outcome.alternates.values() for name in names}) if outcome else []


def _alternates(outcome, members, plan: DrawPlan) -> list[tuple[str, str]]:
    """Alternates in order, once each, as (name, unit); the order of the application that has most of them."""
    if not outcome:
        return []
    order = sorted(outcome.alternates.values(), key=len, reverse=True)
    names = list(dict.fromkeys(name for names in order for name in names))
    people = Expert.objects.filter(user__username__in=names).select_related("user")
    rows = {row.user.username: row for row in people}
    return [(rows[name].user.name, rows[name].unit_name) for name in names if name in rows]


def _quality(problem, outcome, members) -> dict | None:
    """How good the draw is: mean and least match, regions, seats that stay empty, soft caps that were broken."""
    if not outcome:
        return None
    fits = [problem.places[key].affinity.get(name, 0) for key, names in outcome.pairs.items() for name in names]
    regions = {row.expert.region_name for row in members if row.expert and row.change != "out" and row.expert.region}
    return {
        "mean": f"{sum(fits) / len(fits) / 1000:.2f}" if fits else "—",
        "least": f"{min(fits) / 1000:.2f}" if fits else "—",
        "regions": len(regions),
        "given": len(fits),
        "missing": outcome.missing,
        "broken": sum(map(len, outcome.excess.values())),
        "panels": sum(len(panels) for panels in outcome.panels.values()),
    }


def _steps(plan: DrawPlan) -> list[Step]:
    reached = [State.DRAFT, State.FROZEN, State.DRAWN, State.PUBLISHED]
    place = {State.UNDONE: 4, State.DISCARDED: 0}.get(plan.state)
    place = reached.index(plan.state) if place is None else place
    frozen = "冻结后公布数据摘要和承诺值；种子抽取前不能看、不能换"
    if plan.frozen_by:
        digests = f"数据摘要 {_short(plan.input_sha256)}，种子承诺值 {_short(plan.commitment)}"
        frozen = f"{_at(plan.frozen_at)}，{plan.frozen_by.name}。{digests}"
    given = f"{_at(plan.public_at)}，{plan.public_by.name}输入 {plan.public_value}" if plan.public_by else ""
    rows = (
        (
            "冻结名单、申报和条件，承诺种子",
            frozen,
        ),
        ("现场给数", given or "由监督人员（没有监督的，由另一位主管）输入当众取得的数，与种子合并后才能抽取"),
        (
            "抽取",
            f"结果摘要 {_short(plan.outcome_sha256)}，{plan.solver}"
            if plan.outcome
            else "同样的数据和种子得到同样的结果",
        ),
        (
            "发布，公布种子",
            f"{_at(plan.published_at)} 发布" if plan.published_at else "发布后任何人可以按公布的数据复算",
        ),
    )
    return [
        Step("done" if number < place or plan.state == State.PUBLISHED else "now" if number == place else "next", *row)
        for number, row in enumerate(rows)
    ]


def _short(digest: str) -> str:
    return f"{digest[:8]}…{digest[-4:]}" if digest else ""


def _at(moment) -> str:
    return f"{clock.local(moment):%-m月%-d日 %H:%M}" if moment else ""


def obstacles(plan: DrawPlan, outcome: drawing.Outcome | None) -> list[str]:
    """What still stands between this draw and its next step, in words; [] where nothing does."""
    said = []
    if plan.state in OPEN_STATES and plan.due_at and plan.due_at <= clock.now():
        said.append("评审截止已过，须作废后重新拟定")
    if plan.state == State.DRAFT:
        if plan.preview is None:
            said.append("还没有预览")
        elif plan.preview["settings"] != plan.settings:
            said.append("条件在预览之后改过，请重新预览")
    if outcome and outcome.short and plan.state in (State.DRAFT, State.DRAWN):
        said.append(f"缺 {outcome.missing} 位次")
    if plan.state == State.FROZEN:
        who = "监督人员" if access.supervisors_of(plan.call).exists() else "另一位主管"
        said.append(f"等待{who}现场给数")
    return said


def history_of(tasks, user) -> list[DrawPlan]:
    """Every draw of these tasks that this person may read, the newest first."""
    plans = queries.plans_for(user).filter(tasks__in=tasks).distinct().order_by("-number")
    plans = plans.select_related("created_by", "frozen_by", "public_by", "published_by", "ended_by")
    rows = list(plans.defer("snapshot", "preview").prefetch_related("tasks"))
    for row in rows:
        row.task_list = list(row.tasks.all())
        row.conditions = draw_words.conditions(planning.read_settings(row.settings))
        row.address = address_of(row)
        row.ending = ENDINGS.get(row.state, "")
    return rows


def seats_by_application(applications) -> Mapping[int, list[Assignment]]:
    """Sheets in hand by application, for the forms of a change."""
    found: dict[int, list[Assignment]] = {}
    rows = Assignment.objects.filter(application__in=applications).open_now().select_related("expert__user")
    for row in rows.order_by("pk"):
        found.setdefault(row.application_id, []).append(row)
    return found
