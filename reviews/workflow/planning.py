"""A draw from its first condition to its publication, and back again: numbered plans of which none disappears.

draft (conditions, as many previews as one likes, each with a throw-away seed) → frozen (people, applications and
conditions are a hashed snapshot, the seed is committed to) → drawn (somebody else gave the public value) → published
(the sheets are handed out) → undone, until the first expert has opened an application.
"""

import secrets
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, time, timedelta
from time import monotonic

from django.db.models import Max

from accounts.models import User
from applications import access
from applications.models import Application
from audit.door import Repeated, once, perform, together
from jbgs.lib import clock
from jbgs.lib.crypto import sha256_hex
from jbgs.lib.errors import Refused
from programmes.models import Call
from reviews import draw_words, drawing, lots, messages_draw, planning
from reviews.actions_draw import OPEN_DRAW, PLAN_ACTS
from reviews.models import SAID, Alternate, Assignment, AssignmentState, DrawPlan, Expert, Recusal
from reviews.rounds import current_round, due_by_call
from reviews.workflow.assigning import hand_out

DAYS_TO_REVIEW = 14
State = DrawPlan.State


def open_plan(
    call, tasks: Iterable, *, by, settings: dict | None = None, due_at: datetime | None = None,
    experts: Iterable[Expert] | None = None, key: str = "",
) -> DrawPlan:  # fmt: skip
    """Begin a draw for these tasks of the call, with the conditions of its rules unless `settings` say otherwise.

    `experts`: the only ones who may be drawn, all available ones without it. Refused: draw_open (another unpublished
    draw of one of the tasks), due_passed.
    """
    tasks = sorted(tasks, key=lambda task: task.order)
    due_at = due_at or _due(call)
    try:
        with perform(OPEN_DRAW, call, by=by, key=key, tasks=tasks, due_at=due_at) as locked:
            last = DrawPlan.objects.filter(call=locked).aggregate(last=Max("number"))["last"] or 0
            conditions = planning.settings_of(locked) | (settings or {})
            if experts is not None:
                conditions[planning.ONLY] = sorted(expert.user.username for expert in experts)
            plan = DrawPlan.objects.create(
                call=locked, round=current_round(locked), number=last + 1, settings=conditions, due_at=due_at,
                created_by=by, created_at=clock.now(),
            )  # fmt: skip
            plan.tasks.set(tasks)
    except Repeated:
        return DrawPlan.objects.filter(call=call, tasks__in=tasks, created_by=by).order_by("-number").first()
    return plan


def _due(call) -> datetime:
    later = datetime.combine(clock.today() + timedelta(days=DAYS_TO_REVIEW), time(18), clock.SHANGHAI)
    due = due_by_call(call)
    return due if due and due > clock.now() else later


@once
def set_conditions(plan: DrawPlan, *, by, due_at: datetime | None = None, key: str = "", **conditions) -> DrawPlan:
    """Change conditions of a draft; a preview of before keeps what it was made with. Refused: unknown_condition (422).

    How many experts look at an application is the call's rule, not a condition.
    """
    with perform(PLAN_ACTS["set_conditions"], plan, by=by, key=key, due_at=due_at or plan.due_at) as locked:
        locked.settings = locked.settings | _checked(conditions)
        locked.due_at = due_at or locked.due_at
    return locked


CHOICES = {
    "mode": lots.MODES, "panel": ("common", "free"), "recusal": ("partial", "strict"),
    "employer_hard": (True, False), "region_hard": (True, False),
}  # fmt: skip
RANGES = {
    "noise": (0, 1000), "qualified_from": (0, 1000), "per_employer": (0, 20), "per_region": (0, 20), "load": (0, 500),
    "alternates": (0, 20),
}  # fmt: skip


def _checked(conditions: dict) -> dict:
    for name, value in conditions.items():
        low, high = RANGES.get(name, (0, 0))
        known = value in CHOICES[name] if name in CHOICES else name in RANGES
        if not known or (name in RANGES and not (isinstance(value, int) and low <= value <= high)):
            words = f"须为 {low} 至 {high} 的整数。" if name in RANGES else "没有这个选项。"
            raise Refused("unknown_condition", f"抽取条件有误：{words}", name, status=422)
    return conditions


@once
def preview_plan(plan: DrawPlan, *, by, key: str = "") -> DrawPlan:
    """What a draw would give with a seed that is thrown away; kept beside the one before it for the differences."""
    with perform(PLAN_ACTS["preview_draw"], plan, by=by, key=key) as locked:
        _preview(locked, _problem(planning.gather(locked)))
    return locked


def _problem(gathered: planning.Gathered) -> drawing.Problem:
    if not gathered.problem.groups:
        raise Refused("nothing_to_draw", "没有需要抽取专家的申报：还没有受理的申报，或者专家都已足额。")
    return gathered.problem


def _preview(plan: DrawPlan, problem: drawing.Problem) -> drawing.Outcome:
    seed, started = secrets.token_hex(16), monotonic()
    outcome = drawing.solve(problem, seed)
    before = plan.preview or {}
    plan.preview = {
        "number": before.get("number", 0) + 1,
        "seed": seed,
        "at": clock.now().isoformat(),
        "seconds": round(monotonic() - started, 1),
        "settings": plan.settings,
        "input_sha256": problem.digest,
        "problem": problem.as_json(),
        "diagnosis": [asdict(row) for row in drawing.diagnose(problem, outcome)],
        "outcome": outcome.as_json(),
        "before": before.get("outcome"),
    }
    return outcome


@once
def freeze(plan: DrawPlan, *, by, secret: str = "", key: str = "") -> DrawPlan:
    """Hash everything that the draw hangs on and commit to a secret half of its seed; the supervisors are told.

    Frozen again (until the public value is given) it is the data of now and another secret. `secret` is given by
    rehearsals only, whose results repeat. Refused: experts_short (names applications and rules), nothing_to_draw.
    """
    if secret and not (plan.call.is_rehearsal or plan.call.is_demo):
        raise ValueError("the secret of a real draw is nobody's choice")
    with perform(PLAN_ACTS["freeze_draw"], plan, by=by, key=key) as locked:
        locked.frozen_by, locked.frozen_at = by, clock.now()
        gathered = planning.gather(locked)
        problem = _problem(gathered)
        same = locked.preview and locked.preview["input_sha256"] == problem.digest
        outcome = drawing.Outcome.from_json(locked.preview["outcome"]) if same else drawing.solve(problem, "")
        _require_full(outcome, gathered)
        locked.snapshot, locked.input_sha256 = problem.as_json(), problem.digest
        locked.secret = secret or secrets.token_hex(32)
        locked.commitment = sha256_hex(locked.secret.encode())
        locked.state = State.FROZEN
        messages_draw.value_wanted(locked)
    return locked


@once
def give_public_value(plan: DrawPlan, *, by, value: str, key: str = "") -> DrawPlan:
    """The number that was drawn in public; with it the seed and the outcome are certain. Given by a supervisor of the
    call, or by an officer who did not freeze the draw where the call has none."""
    with perform(PLAN_ACTS["give_public_value"], plan, by=by, key=key, value=value) as locked:
        locked.public_value, locked.public_by, locked.public_at = value.strip(), by, clock.now()
        locked.seed = planning.seed_of(locked.secret, locked.public_value, locked.input_sha256)
        _keep_outcome(locked)
        messages_draw.drawn(locked)
    return locked


def _keep_outcome(plan: DrawPlan) -> None:
    outcome = drawing.solve(drawing.Problem.from_json(plan.snapshot), plan.seed)
    plan.outcome, plan.outcome_sha256, plan.solver = outcome.as_json(), outcome.digest, outcome.solver
    plan.state, plan.drawn_at = State.DRAWN, clock.now()


def publish(plan: DrawPlan, *, by, key: str = "") -> list[Assignment]:
    """Hand the sheets out, all or none. Refused: draw_changed (people or applications are not those that were frozen;
    says what), experts_short, and whatever `assign` refuses. Computed recusals of those who were drawn are noted."""
    try:
        with together(), perform(PLAN_ACTS["publish_draw"], plan, by=by, key=key) as locked:
            gathered = planning.gather(locked)
            _require_unchanged(locked, gathered)
            outcome = drawing.Outcome.from_json(locked.outcome)
            _require_full(outcome, gathered)
            # Before the sheets: they name a published draw.
            locked.state, locked.published_by, locked.published_at = State.PUBLISHED, by, clock.now()
            locked.save(update_fields=["state", "published_by", "published_at"])
            sheets = _hand_out(locked, gathered, outcome, by)
    except Repeated:
        return list(plan.assignments.active())
    return sheets


def _require_full(outcome: drawing.Outcome, gathered: planning.Gathered) -> None:
    if outcome.short:
        raise Refused("experts_short", draw_words.shortage(outcome, planning.words_of(gathered)[1]))


def _require_unchanged(plan: DrawPlan, gathered: planning.Gathered) -> None:
    if gathered.problem.digest != plan.input_sha256:
        frozen, (names, titles) = drawing.Problem.from_json(plan.snapshot), planning.words_of(gathered)
        left = [judge.key for judge in frozen.judges if judge.key not in names]
        names |= dict(User.objects.filter(username__in=left).values_list("username", "name"))
        titles |= planning.titles_of(plan.call, frozen.places)
        raise Refused("draw_changed", draw_words.changes(frozen, gathered.problem, names, titles))


def _hand_out(plan: DrawPlan, gathered: planning.Gathered, outcome: drawing.Outcome, by) -> list[Assignment]:
    pairs = [
        (gathered.applications[key], [gathered.experts[name] for name in chosen])
        for key, chosen in sorted(outcome.pairs.items())
        if chosen
    ]
    sheets = hand_out(plan, pairs, planning.standing_of(plan, gathered), by=by)
    Alternate.objects.bulk_create(
        Alternate(plan=plan, application=gathered.applications[key], expert=gathered.experts[name], order=order)
        for key, names in sorted(outcome.alternates.items())
        for order, name in enumerate(names, 1)
    )
    drawn = {sheet.expert_id for sheet in sheets}
    Recusal.objects.bulk_create(
        [
            Recusal(
                expert=gathered.experts[name], application=gathered.applications[key], kind=conflict.kind,
                reason=conflict.sentence[:500], source=conflict.source[:200], by=by,
                at=plan.published_at,
            )
            for (name, key), conflict in gathered.found.items()
            if gathered.experts[name].pk in drawn and conflict.kind not in SAID
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    return sheets


@once
def undo(plan: DrawPlan, *, by, reason: str, key: str = "") -> DrawPlan:
    """Take a published draw back, with all its sheets, as long as no expert has opened an application."""
    with perform(PLAN_ACTS["undo_draw"], plan, by=by, key=key, reason=reason) as locked:
        pks = sorted(set(locked.assignments.values_list("application_id", flat=True)))
        list(Application.objects.select_for_update().filter(pk__in=pks).order_by("pk").values_list("pk"))
        sheets = list(Assignment.objects.select_for_update(of=("self",)).filter(plan=locked).order_by("pk"))
        if begun := planning.first_review(sheets):
            when = f"{clock.local(begun):%-m月%-d日 %H:%M}"
            raise Refused("review_opened", f"已有专家于 {when} 打开申报或评分，不能再撤回。个别调整请用“调整专家”。")
        taken = locked.assignments.active().select_related("expert__user", "application__task", "application__call")
        for sheet in taken:
            access.revoke_review(sheet.expert.user, sheet.application)
        messages_draw.undone(locked, list(taken))
        locked.assignments.active().update(state=AssignmentState.REMOVED, note=reason.strip()[:500])
        locked.alternates.filter(state=Alternate.State.WAITING).update(
            state=Alternate.State.PASSED, note="抽取已撤回", at=clock.now()
        )
        experts = {sheet.expert_id for sheet in sheets}
        Recusal.objects.filter(application__in=pks, expert__in=experts, at=locked.published_at).exclude(
            kind__in=SAID
        ).delete()
        _end(locked, State.UNDONE, by, reason)
    return locked


@once
def discard(plan: DrawPlan, *, by, reason: str, key: str = "") -> DrawPlan:
    """Give up a draw that was not published. It stays with its number, its data and, if it was drawn, its outcome."""
    with perform(PLAN_ACTS["discard_draw"], plan, by=by, key=key, reason=reason) as locked:
        _end(locked, State.DISCARDED, by, reason)
    return locked


def _end(plan: DrawPlan, state: str, by, reason: str) -> None:
    plan.state, plan.reason, plan.ended_by, plan.ended_at = state, reason.strip()[:500], by, clock.now()


def draw_at_once(
    tasks: Iterable, *, by, second, public_value: str, due_at: datetime | None = None, settings: dict | None = None,
    experts: Iterable[Expert] | None = None, secret: str = "",
) -> list[Assignment]:  # fmt: skip
    """A whole draw in one go, through the same verbs: `by` freezes and publishes, `second` gives the public value.

    For rehearsals, tests and commands; people walk the steps on the page. `secret`: see `freeze`.
    """
    tasks = list(tasks)
    call = Call.objects.select_related("current_version").get(pk=tasks[0].call_id)
    with together():
        plan = open_plan(call, tasks, by=by, settings=settings, due_at=due_at, experts=experts)
        freeze(plan, by=by, secret=secret)
        give_public_value(plan, by=second, value=public_value)
        return publish(plan, by=by)
