"""The ranking as a table: columns as data, for the workbook and the paper alike (DESIGN §2)."""

from dataclasses import dataclass

from documents.sheets import Column, Mark, Sheet
from jbgs.lib import clock
from programmes.models import Task
from reviews import ranking as r
from reviews.models import Recusal

RECUSED = "回避"


@dataclass(frozen=True)
class Line:
    """One row of the ranking with what its cells hold; `totals` by expert key."""

    row: r.Row
    totals: dict
    note: str

    def __getattr__(self, name):
        return getattr(self.row, name)


def ranking_sheet(task: Task) -> Sheet:
    """The ranking of a task with every expert's total: from these totals anybody can recompute the order."""
    rows = r.ranking(task.call, task)
    review = (rows[0].rules if rows else task.call.current_version).spec.review
    experts = sorted({mark.expert for row in rows for mark in row.standing.marks})
    recused = set(
        Recusal.objects.filter(application__in=[row.application for row in rows], expert__in=experts).values_list(
            "application_id", "expert_id"
        )
    )
    spec = task.call.spec.quota_of("shortlist", task.code)
    limit = spec.limit if spec else None
    lines = [_line(row, experts, recused) for row in rows]
    spec_of_call = task.call.spec
    label, listed = spec_of_call.label, spec_of_call.has_tasks
    numbers = {id(line): place for place, line in enumerate(lines, 1)}
    cut = f"粗线为{label('shortlisted')}名额线。" if limit else ""
    words = "不超过" if spec and spec.force == "hard" else "原则上不超过"
    return Sheet(
        title=f"{task.code} {task.title}" if listed else "评分排名",
        heading=f"{task.call.title}专家评分排名表",
        left=f"{label('task')}：{task.title}（{task.code}）" if listed else "",
        right="　　".join(
            part
            for part in (f"{label('shortlisted')}名额：{words} {limit} 个" if limit else "", f"制表日期：{_day()}")
            if part
        ),
        columns=_columns(experts, review, label),
        rows=lines,
        notes=[r.rule_in_words(review), f"划线的分数不计入得分；回避、缺评不计为 0 分。{cut}"],
        signers=["评审组长（签字）", "监督人员（签字）"],
        number=f"排名表 {task.call.spec.number_prefix or task.call.slug} {task.code if listed else ''}".rstrip(),
        cut_after=lambda line: bool(limit) and numbers[id(line)] == limit and len(lines) > limit,
        freeze=3,
    )


def _columns(experts: list[int], review, label) -> list[Column]:
    trimmed = review.aggregate == "trimmed_mean"
    return [
        Column("rank", "排名", 14, "int"),
        Column("number", "申报编号", 38, "code", lambda line: line.application.number),
        Column("title", label("title"), 44, "text", lambda line: line.application.title),
        Column("unit", label("lead"), 36, "text", lambda line: line.application.unit.name),
        *(
            Column(f"expert{place}", f"专家\n{place}", 16, "score", lambda line, key=key: line.totals.get(key))
            for place, key in enumerate(experts, 1)
        ),
        Column("score", "截尾\n均值" if trimmed else "得分", 17, "score", _strong_score),
        *([Column("mean", "算术\n平均", 17, "score", lambda line: _points(line.standing.mean))] if trimmed else []),
        Column("median", "中位数", 17, "score", lambda line: _points(line.standing.median)),
        Column("spread", "极差", 16, "score", lambda line: line.standing.spread / 100 if line.standing.marks else None),
        Column("note", "标记", 24, "text", "note"),
    ]


def _line(row: r.Row, experts: list[int], recused: set) -> Line:
    totals = {
        mark.expert: Mark(mark.total / 100, "dropped") if mark.dropped else mark.total / 100
        for mark in row.standing.marks
    }
    for key in experts:
        if (row.application.pk, key) in recused:
            totals.setdefault(key, RECUSED)
    return Line(row, totals, "；".join(_notes(row)))


def _notes(row: r.Row) -> list[str]:
    notes = []
    if row.tied:
        notes.append("并列")
    if row.open:
        notes.append(f"还有 {row.open} 份没有提交")
    if row.standing.marks and not row.standing.trimmed and len(row.standing.marks) < r.TRIMMED_FROM:
        notes.append(f"有效评分 {len(row.standing.marks)} 份")
    return notes


def _strong_score(line: Line):
    score = _points(line.standing.score)
    return None if score is None else Mark(score, "strong")


def _points(value) -> float | None:
    """A fraction of hundredths as points for a cell; the cell's format rounds it for the eye."""
    return None if value is None else float(value / 100)


def _day() -> str:
    today = clock.today()
    return f"{today.year}年{today.month}月{today.day}日"
