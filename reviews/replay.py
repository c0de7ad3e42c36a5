"""A draw played again from what was kept of it, and compared with what is kept and with who reviews today.

Whoever has the bundle can do the same without this system: the commitment is SHA-256 of the secret, the seed SHA-256 of
secret ‖ public value ‖ input hash, the input hash SHA-256 of the canonical JSON of `problem`, and
`reviews.drawing.solve(problem, seed)` gives the outcome.
"""

from dataclasses import dataclass, field

from jbgs.lib import clock
from jbgs.lib.crypto import canonical_json, sha256_hex
from reviews import drawing, planning
from reviews.models import ACTIVE, Alternate, Assignment, AssignmentState, DrawPlan, Recusal, ReviewerChange

State = DrawPlan.State
OPEN = (State.DRAWN, State.PUBLISHED, State.UNDONE)
"""From the outcome on the secret is no secret any more."""
HOW = (
    "承诺值 = SHA-256(secret)；数据摘要 = SHA-256(problem 的规范 JSON：键排序、无空格、UTF-8)；"
    "种子 = SHA-256(secret ‖ public_value ‖ input_sha256)；以 problem 和种子重新求解，结果应与 outcome 相同。"
    "求解须用 solver 所写的版本，别的版本可能得出别的结果。"
)


@dataclass(frozen=True)
class Line:
    """One comparison. `kept` and `found` in words; they are equal where it holds."""

    label: str
    kept: str
    found: str

    @property
    def holds(self) -> bool:
        return self.kept == self.found


@dataclass
class Report:
    """What a replay found. `changes`: what people changed after the draw, with reason and both people; `faults`: sheets
    that neither the draw nor a change explains; `notes`: what to know of the replay itself."""

    lines: list[Line] = field(default_factory=list)
    changes: list[str] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return all(line.holds for line in self.lines) and not self.faults

    def as_json(self) -> dict:
        lines = [{"label": row.label, "kept": row.kept, "found": row.found, "holds": row.holds} for row in self.lines]
        return {
            "holds": self.holds,
            "lines": lines,
            "changes": self.changes,
            "faults": self.faults,
            "notes": self.notes,
        }


def bundle(plan: DrawPlan) -> dict:
    """All that anybody needs to play the draw again. ValueError before the data were frozen.

    The secret half of the seed is in it from the outcome on, not before.
    """
    if plan.snapshot is None:
        raise ValueError("nothing was frozen")
    opened = plan.state in OPEN
    return {
        "call": plan.call.title,
        "number": plan.number,
        "state": plan.state,
        "tasks": list(plan.tasks.order_by("order").values_list("code", flat=True)),
        "commitment": plan.commitment,
        "input_sha256": plan.input_sha256,
        "problem": plan.snapshot,
        "public_value": plan.public_value,
        "secret": plan.secret if opened else "",
        "seed": plan.seed if opened else "",
        "solver": plan.solver,
        "outcome": plan.outcome if opened else None,
        "outcome_sha256": plan.outcome_sha256,
        "how": HOW,
    }


def check(plan: DrawPlan) -> Report:
    """Play the draw again. ValueError where it has no outcome yet."""
    if not plan.outcome:
        raise ValueError("nothing was drawn")
    problem = drawing.Problem.from_json(plan.snapshot)
    seed = planning.seed_of(plan.secret, plan.public_value, plan.input_sha256)
    outcome = drawing.solve(problem, plan.seed)
    kept = drawing.Outcome.from_json(plan.outcome)
    report = Report(
        [
            Line("种子承诺值", plan.commitment, sha256_hex(plan.secret.encode())),
            Line("数据摘要", plan.input_sha256, sha256_hex(canonical_json(plan.snapshot))),
            Line("种子", plan.seed, seed),
            Line("存档结果的摘要", plan.outcome_sha256, kept.digest),
            Line("重新求解的结果摘要", plan.outcome_sha256, outcome.digest),
        ]
    )
    if plan.solver != outcome.solver:
        report.notes.append(_of_another_version(plan, outcome))
        outcome = kept  # what another version would have drawn says nothing about today's sheets
    if plan.state in (State.PUBLISHED, State.UNDONE):
        _compare_sheets(plan, outcome, report)
    return report


def _of_another_version(plan: DrawPlan, outcome: drawing.Outcome) -> str:
    """That this program is not the one that drew, and what that means for the comparison."""
    said = f"抽取用的求解程序是“{plan.solver}”，现在的是“{outcome.solver}”，不是同一版本"
    if outcome.digest == plan.outcome_sha256:
        return f"{said}，重新求解的结果相同。"
    return f"{said}。结果摘要不同不说明抽取有误，也不能证明抽取无误：请用“{plan.solver}”的版本复算。"


def _compare_sheets(plan: DrawPlan, outcome: drawing.Outcome, report: Report) -> None:
    """Every drawn sheet is where it was drawn, and every other one of these applications has somebody who answers."""
    rows = Assignment.objects.filter(round=plan.round, application__task__in=plan.tasks.all())
    sheets = list(rows.select_related("expert__user", "application", "plan"))
    found = {(planning.key_of(sheet.application), sheet.expert.user.username): sheet for sheet in sheets}
    said = _Said(plan)
    drawn = {(key, name) for key, names in outcome.pairs.items() for name in names}
    for pair in sorted(drawn):
        sheet = found.get(pair)
        if sheet is None or sheet.plan_id != plan.pk:
            report.faults.append(f"{pair[0]}：抽中的 {pair[1]} 没有评审任务。")
        elif sheet.state not in ACTIVE:
            said.about_the_absent(sheet, report)
    for pair, sheet in sorted(found.items()):
        if pair not in drawn and sheet.plan_id == plan.pk:
            said.about_the_newcomer(sheet, report)


class _Said:
    """What people did after the draw, by application and expert."""

    def __init__(self, plan: DrawPlan):
        self.plan = plan
        changes = ReviewerChange.objects.filter(
            application__task__in=plan.tasks.all(), state=ReviewerChange.State.APPROVED
        ).select_related("prepared_by", "approved_by")
        self.out = {row.out_id: row for row in changes if row.out_id}
        self.came = {(row.application_id, row.expert_in_id): row for row in changes if row.expert_in_id}
        called = Alternate.objects.filter(plan=plan, state=Alternate.State.CALLED)
        self.called = {(row.application_id, row.expert_id): row for row in called}
        recusals = Recusal.objects.filter(application__task__in=plan.tasks.all()).select_related("by")
        self.recused = {(row.application_id, row.expert_id): row for row in recusals}

    def about_the_absent(self, sheet: Assignment, report: Report) -> None:
        who, pair = f"{_number(sheet)}：{sheet.expert.user.name}", (sheet.application_id, sheet.expert_id)
        if change := self.out.get(sheet.pk):
            report.changes.append(f"{who}换下。{_by_two(change)}")
        elif self.plan.state == State.UNDONE and sheet.state == AssignmentState.REMOVED:
            report.changes.append(f"{who}随抽取撤回。理由：{self.plan.reason}")
        elif sheet.state == AssignmentState.DECLINED:
            report.changes.append(f"{who}谢绝评审。理由：{sheet.note}")
        elif sheet.state == AssignmentState.RECUSED and pair in self.recused:
            row = self.recused[pair]
            report.changes.append(f"{who}回避（{row.get_kind_display()}）。理由：{row.reason}，办理人：{row.by.name}")
        else:
            report.faults.append(f"{who}抽中后不再评审（{sheet.get_state_display()}），没有对应的办理记录。")

    def about_the_newcomer(self, sheet: Assignment, report: Report) -> None:
        who, pair = f"{_number(sheet)}：{sheet.expert.user.name}", (sheet.application_id, sheet.expert_id)
        if change := self.came.get(pair):
            report.changes.append(f"{who}换上。{_by_two(change)}")
        elif row := self.called.get(pair):
            report.changes.append(f"{who}由候补第 {row.order} 位递补（{clock.local(row.at):%Y-%m-%d %H:%M}）。")
        else:
            report.faults.append(f"{who}不在抽取结果中，也没有递补或者调整的记录。")


def _number(sheet: Assignment) -> str:
    return planning.key_of(sheet.application)


def _by_two(change: ReviewerChange) -> str:
    return f"理由：{change.reason}；拟定：{change.prepared_by.name}，同意：{change.approved_by.name}。"
