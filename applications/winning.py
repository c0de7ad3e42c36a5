"""From confirmed measurements to winners: the standing of a task's applications and the decisions on them (M22).

Applications stand by the indicators in which they missed the task's target, then by those in which they missed their
own promise. Two officers decide; the standing is a ground, not a verdict.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from applications import quota, workflow
from applications.models import Application, Decision
from applications.states import State
from audit.door import together
from audit.models import Entry
from jbgs.lib.errors import Refused
from programmes.spec import HARD

EVALUATED = frozenset({State.IN_EVALUATION, State.WON, State.NOT_WON})
CODE = "award"


@dataclass(frozen=True)
class Row:
    """One application with its figures. `rank` is None while a value is not confirmed; equal ones share it.

    `met`, `missed`: indicators of the task; `short`: of those met, the ones below the unit's own promise; `open`:
    indicators that nobody can judge yet.
    """

    application: Application
    met: int
    missed: int
    short: int
    open: int
    confirmed: bool
    rank: int | None = None
    decision: Decision | None = None

    @property
    def total(self) -> int:
        return self.met + self.missed + self.open

    @property
    def key(self) -> tuple[int, int]:
        return (self.missed, self.short)

    @property
    def is_ahead(self) -> bool:
        """Won, or about to: a prepared award counts."""
        return self.application.state == State.WON or (self.decision is not None and self.decision.verb == CODE)

    @property
    def can_choose(self) -> bool:
        return self.application.state == State.IN_EVALUATION and self.confirmed and self.decision is None


@dataclass(frozen=True)
class Choice:
    """One decision to prepare, with what follows from the standing and the quota."""

    row: Row
    verb: str
    against_ranking: bool
    over_quota: bool


def standings(applications: Iterable[Application]) -> list[Row]:
    """The rows of one task, best first; needs commitments, measurements and decisions prefetched to cost no query."""
    rows = [_row(application) for application in applications if application.state in EVALUATED]
    ranked = sorted((row for row in rows if row.confirmed), key=lambda row: (row.key, row.application.number))
    placed: list[Row] = []
    for position, row in enumerate(ranked, 1):
        rank = placed[-1].rank if placed and placed[-1].key == row.key else position
        placed.append(Row(**{**row.__dict__, "rank": rank}))
    return placed + [row for row in rows if not row.confirmed]


def _row(application: Application) -> Row:
    found = workflow.verdicts(application)
    measurements = list(application.measurements.all())
    waiting = [row for row in application.decisions.all() if row.state == Decision.DecisionState.PREPARED]
    return Row(
        application=application,
        met=sum(row["met_target"] is True for row in found),
        missed=sum(row["met_target"] is False for row in found),
        short=sum(row["met_target"] is True and row["met_promise"] is False for row in found),
        open=sum(row["met_target"] is None for row in found),
        confirmed=bool(measurements) and all(row.confirmed_by_id for row in measurements),
        decision=waiting[0] if waiting else None,
    )


def free_slots(call, rows: list[Row]) -> int | None:
    """Award slots still free for the task of these rows, prepared awards counted as taken; None without a limit."""
    spec = call.spec.quota_of(CODE, rows[0].application.task.code) if rows else None
    if spec is None:
        return None
    used = quota.usage(call, CODE).get(quota.scope_key(spec, rows[0].application), 0)
    return spec.limit - used - sum(row.decision is not None and row.decision.verb == CODE for row in rows)


def choices(rows: list[Row], chosen: set[int], passed: set[int], free: int | None) -> list[Choice]:
    """What each decision means: it is against the standing when somebody strictly better is left out, or for a refusal
    when somebody strictly worse goes ahead; the last of the chosen are the quota's surplus."""
    ranked = [row for row in rows if row.rank is not None]
    ahead = {row.application.pk for row in ranked if row.is_ahead or row.application.pk in chosen}
    worst_ahead = max((row.rank for row in ranked if row.application.pk in ahead), default=0)
    best_left = min((row.rank for row in ranked if row.application.pk not in ahead), default=len(rows) + 1)
    made, taken = [], 0
    for row in ranked:
        if row.application.pk in chosen:
            taken += 1
            made.append(Choice(row, "award", row.rank > best_left, free is not None and taken > free))
        elif row.application.pk in passed:
            made.append(Choice(row, "not_award", row.rank < worst_ahead, False))
    return made


def prepare(
    call, rows: list[Row], *, by, chosen: Iterable[int], passed: Iterable[int] = (),
    reasons: Mapping[int, str] | None = None, over_reason: str = "", key: str = "",
) -> list[Application]:  # fmt: skip
    """Prepare the decisions on one task, all or none; `chosen` and `passed` are ids, `reasons` by id.

    Refused: nothing_chosen, not_confirmed, reason_missing (`details`: each with its field), quota_full,
    quota_needs_reason, and what `workflow.prepare_decision` refuses.
    """
    reasons = {pk: text.strip() for pk, text in (reasons or {}).items()}
    chosen, passed = set(chosen), set(passed)
    concerned = [row for row in rows if row.application.pk in chosen | passed]
    if key and _done_before(key, concerned, by):
        return [row.application for row in concerned]
    if not concerned:
        raise Refused("nothing_chosen", "还没有选择。请逐个选择后再拟定。", status=422)
    if waiting := [row for row in concerned if row.rank is None and row.application.state == State.IN_EVALUATION]:
        raise Refused("not_confirmed", f"“{waiting[0].application.title}”的实测值还没有核实，不能作出决定。")
    made = choices(rows, chosen, passed - chosen, free_slots(call, rows))
    _require_reasons(made, reasons, over_reason, call)
    surplus = any(choice.over_quota for choice in made)
    with together():
        return [
            workflow.prepare_decision(
                choice.row.application, by=by, verb=choice.verb, key=key, rank=choice.row.rank,
                reason=reasons.get(choice.row.application.pk, ""), against_ranking=choice.against_ranking,
                over_reason=over_reason.strip() if surplus and choice.verb == "award" else "",
                evidence=evidence(choice.row),
            )
            for choice in sorted(made, key=lambda choice: choice.row.application.pk)
        ]  # fmt: skip


def evidence(row: Row) -> dict:
    """What the decision rests on, as it was when it was prepared."""
    return {"rank": row.rank, "met": f"{row.met}/{row.total}", "missed": row.missed, "short": row.short}


def _done_before(key: str, rows: list[Row], by) -> bool:
    ids = [row.application.pk for row in rows]
    done = Entry.objects.done().filter(object_type=Application._meta.label_lower, object_id__in=ids)
    return done.filter(key=key, actor=by).exists()


def _require_reasons(made: list[Choice], reasons: Mapping[int, str], over_reason: str, call) -> None:
    missing = []
    for choice in made:
        application = choice.row.application
        if reasons.get(application.pk) or not (choice.against_ranking or choice.verb == "not_award"):
            continue
        why = "与测评结果次序不一致，请写明理由" if choice.against_ranking else "请写明告知申报单位的理由"
        missing.append({"field": f"reason_{application.pk}", "sentence": f"“{application.title}”：{why}。"})
    if missing:
        raise Refused("reason_missing", missing[0]["sentence"], missing[0]["field"], status=422, details=missing)
    surplus = sum(choice.over_quota for choice in made)
    if not surplus:
        return
    spec = call.spec.quota_of(CODE, made[0].row.application.task.code)
    word = call.spec.label("won", "优胜")
    if spec.force == HARD:
        raise Refused("quota_full", f"{word}名额限 {spec.limit} 个，超出 {surplus} 个。请减少选择。")
    if not over_reason.strip():
        sentence = f"{word}原则上不超过 {spec.limit} 个，超出 {surplus} 个。请写明超出名额的理由。"
        raise Refused("quota_needs_reason", sentence, "over_reason", status=422)
