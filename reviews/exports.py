"""The ranking as tables: columns as data, for the workbook and the paper alike (DESIGN §2).

From the workbook's cells alone anybody can recompute totals, scores and what parts equal ones: its first sheet is the
ranking for signature, the second every signed sheet with its points, then the advice, the second looks and the rule.
Experts stand in it by numbers that differ from application to application (`numbers_of`).
"""

from collections.abc import Iterable
from dataclasses import dataclass

from documents import pdf, tables
from documents.sheets import Column, Mark, Sheet
from jbgs.lib import clock
from programmes.models import Task
from reviews import advice as a
from reviews import cutline, reconsidering
from reviews import ranking as r
from reviews.models import Advice

PAPER = "papers/ranking.html"
NUMBER_WIDTH = 16


@dataclass(frozen=True)
class Line:
    """One row of the ranking with what its cells hold; `totals` by the experts' anonymous numbers of this application,
    from 1."""

    row: r.Row
    totals: dict
    note: str

    def __getattr__(self, name):
        return getattr(self.row, name)


@dataclass(frozen=True)
class SheetLine:
    """One signed sheet: `number` is the expert's anonymous one for this application."""

    row: r.Row
    number: int
    sheet: r.Sheet
    dropped: bool


def numbers_of(row: r.Row) -> dict[int, int]:
    """Expert's key → 1, 2 … within this application, by what they gave: that tells nothing of who they are, and another
    installation that plays the same review gets the same table."""
    given = sorted(row.sheets, key=lambda sheet: (-sheet.total, sorted(sheet.points.items()), sheet.advice))
    return {sheet.expert: place for place, sheet in enumerate(given, 1)}


def workbook(task: Task) -> list[Sheet]:
    """All sheets of a task's ranking; a constant number of queries."""
    rows = r.ranking(task.call, task)
    sheets = [ranking_sheet(task, rows), points_sheet(task, rows), *_beside(task, rows), rule_sheet(task, rows)]
    return [sheet for sheet in sheets if sheet is not None]


def ranking_sheet(task: Task, rows: list[r.Row] | None = None) -> Sheet:
    """The ranking of a task with every expert's total: from these totals anybody can recompute the order."""
    rows = r.ranking(task.call, task) if rows is None else rows
    review, spec_of_call = _review(task, rows), task.call.spec
    spec = spec_of_call.quota_of("shortlist", task.code)
    limit = spec.limit if spec else None
    lines = [_line(row, review) for row in rows]
    label, listed = spec_of_call.label, spec_of_call.has_tasks
    places = {id(line): place for place, line in enumerate(lines, 1)}
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
        columns=_columns(max((len(line.totals) for line in lines), default=0), review, label),
        rows=lines,
        notes=[
            r.rule_in_words(review, label("shortlisted")),
            f"划线的分数不计入得分；回避、缺评不计为 0 分。专家以编号列出，各件的编号互不对应。{cut}",
        ],
        signers=["评审组长（签字）", "监督人员（签字）"],
        number=f"排名表 {task.call.spec.number_prefix or task.call.slug} {task.code if listed else ''}".rstrip(),
        cut_after=lambda line: bool(limit) and places[id(line)] == limit and len(lines) > limit,
        freeze=3,
    )


def points_sheet(task: Task, rows: list[r.Row]) -> Sheet:
    """Every signed sheet with its points by criterion and its advice."""
    review = _review(task, rows)
    return Sheet(
        title="各项得分",
        heading=f"{task.title}各项得分",
        columns=[
            Column("rank", "排名", 14, "int", lambda line: line.row.rank),
            Column("number", "申报编号", 38, "code", lambda line: line.row.application.number),
            Column("sheet", "评分", 14, "int", "number"),
            *(
                Column(key, f"{label}\n{weight}%", 26, "score", lambda line, key=key: line.sheet.points[key] / 100)
                for key, label, weight in ((item.key, item.label, item.weight) for item in review.criteria)
            ),
            Column("total", "加权\n总分", 17, "score", lambda line: line.sheet.total / 100),
            Column("counted", "计入得分", 18, "short", lambda line: not line.dropped),
            Column("advice", "建议", 26, "short", lambda line: dict(Advice.choices).get(line.sheet.advice, "")),
        ],
        rows=_sheet_lines(rows),
        notes=[
            "加权总分为各项得分乘以权重之和，四舍五入到两位小数；得分由加权总分计算，不再舍入，只在显示时保留两位小数。"
        ],
        freeze=3,
    )


def _sheet_lines(rows: Iterable[r.Row]) -> list[SheetLine]:
    lines = []
    for row in rows:
        numbers, dropped = numbers_of(row), {mark.expert for mark in row.standing.marks if mark.dropped}
        for sheet in sorted(row.sheets, key=lambda sheet: numbers[sheet.expert]):
            lines.append(SheetLine(row, numbers[sheet.expert], sheet, sheet.expert in dropped))
    return lines


def _beside(task: Task, rows: list[r.Row]) -> Iterable[Sheet | None]:
    """The advice where there is a line, and the second looks where there were any."""
    advised = a.of(rows, _limit(task))
    yield _advice_sheet(task, rows, advised) if advised else None
    held = reconsidering.of_rows(rows)
    looks = [(row, look) for row in rows for look in held.get(row.application.pk, ())]
    yield _looks_sheet(task, looks) if looks else None


def _advice_sheet(task: Task, rows: list[r.Row], advised: a.Advice) -> Sheet:
    places, word = a.calibrated_ranks(advised), task.call.spec.label("shortlisted")
    key = {id(row): a.key_of(row.application) for row in rows}
    calibrated = advised.calibrated or {}
    return Sheet(
        title="参考",
        heading=f"{task.title}：{word}线的把握（供参考，不改变排名）",
        columns=[
            Column("rank", "排名", 14, "int"),
            Column("number", "申报编号", 38, "code", lambda row: row.application.number),
            Column("score", "得分", 17, "score", lambda row: _points(row.standing.score)),
            Column("chance", f"{word}把握", 22, "percent", lambda row: advised.chance.get(key[id(row)])),
            Column("band", "灰区", 14, "short", lambda row: "灰区" if key[id(row)] in advised.grey else ""),
            Column("calibrated", "校准得分", 20, "score", lambda row: calibrated.get(key[id(row)])),
            Column("reference", "参考名次", 20, "int", lambda row: places.get(key[id(row)])),
        ],
        rows=rows,
        notes=advice_notes(task, rows, advised),
    )


def advice_notes(task: Task, rows: list[r.Row], advised: a.Advice | None) -> list[str]:
    """What stands under the advice on screen, in sentences."""
    if advised is None:
        return []
    without = a.without_one(rows, advised.places, _review(task, rows))
    notes = [f"{cutline.pair_in_words(advised)}：{cutline.sureness(advised.pairwise)}。"]
    notes.append(f"去掉任意一位专家，前 {advised.places} 名会变吗：{without.words}")
    return notes + ([f"{advised.why_not}。"] if advised.why_not else [])


def _looks_sheet(task: Task, looks: list) -> Sheet:
    return Sheet(
        title="复议",
        heading=f"{task.title}：复议",
        columns=[
            Column("number", "申报编号", 38, "code", lambda pair: pair[0].application.number),
            Column("ground", "情形", 30, "short", lambda pair: pair[1].get_ground_display()),
            Column("way", "方式", 36, "short", lambda pair: pair[1].get_way_display()),
            Column("opened", "提起时间", 34, "moment", lambda pair: pair[1].opened_at),
            Column("reason", "说明", 60, "text", lambda pair: pair[1].reason),
            Column("before", "当时得分", 20, "code", lambda pair: pair[1].figures.get("score")),
            Column("closed", "办结时间", 34, "moment", lambda pair: pair[1].closed_at),
            Column("conclusion", "结论", 60, "text", lambda pair: pair[1].conclusion),
        ],
        rows=looks,
    )


def rule_sheet(task: Task, rows: list[r.Row]) -> Sheet:
    """What the figures rest on: the rule, its wording, the seed of the draw."""
    review = _review(task, rows)
    version = rows[0].rules if rows else task.call.current_version
    seed = r.seed_of(task, r.last_round_pk(task.call))
    facts = [
        ("计分规则", r.rule_in_words(review, task.call.spec.label("shortlisted"))),
        *((f"权重：{item.label}", f"{item.weight}%") for item in review.criteria),
        ("规则版本", f"第 {version.number} 版，{clock.local(version.created_at):%Y-%m-%d}，SHA-256 {version.sha256}"),
        ("抽取种子", seed or "没有抽取"),
        ("抽签办法", "SHA-256（种子|申报编号），小者在前" if "lot" in review.ties else "不用抽签"),
    ]
    return Sheet(
        title="规则",
        heading=f"{task.title}：计分规则和依据",
        columns=[
            Column("name", "事项", 50, "text", lambda pair: pair[0]),
            Column("value", "内容", 150, "text", lambda pair: pair[1]),
        ],
        rows=facts,
        freeze=1,
    )


def ranking_paper(task: Task) -> bytes:
    """The ranking for signature as PDF, with the picture of the cut line."""
    rows = r.ranking(task.call, task)
    advised = a.of(rows, _limit(task))
    beside = {
        "picture": cutline.picture(rows, advised),
        "word": task.call.spec.label("shortlisted"),
        "advice_notes": advice_notes(task, rows, advised)[1:2],
    }
    return pdf.render(PAPER, tables.paper(ranking_sheet(task, rows)) | beside)


def _limit(task: Task) -> int | None:
    spec = task.call.spec.quota_of("shortlist", task.code)
    return spec.limit if spec else None


def _review(task: Task, rows: list[r.Row]):
    return (rows[0].rules if rows else task.call.current_version).spec.review


def _columns(most: int, review, label) -> list[Column]:
    trimmed = review.aggregate == "trimmed_mean"
    return [
        Column("rank", "排名", 14, "int"),
        Column("number", "申报编号", 38, "code", lambda line: line.application.number),
        Column("title", label("title"), 44, "text", lambda line: line.application.title),
        Column("unit", label("lead"), 36, "text", lambda line: line.application.unit.name),
        *(
            Column(f"sheet{n}", f"评分\n{n}", NUMBER_WIDTH, "score", lambda line, n=n: line.totals.get(n))
            for n in range(1, most + 1)
        ),
        Column("score", "截尾\n均值" if trimmed else "得分", 17, "score", _strong_score),
        *([Column("mean", "算术\n平均", 17, "score", lambda line: _points(line.standing.mean))] if trimmed else []),
        Column("median", "中位数", 17, "score", lambda line: _points(line.standing.median)),
        Column("spread", "极差", 16, "score", lambda line: line.standing.spread / 100 if line.standing.marks else None),
        Column("note", "标记", 30, "text", "note"),
    ]


def _line(row: r.Row, review) -> Line:
    numbers = numbers_of(row)
    totals = {
        numbers[mark.expert]: Mark(mark.total / 100, "dropped") if mark.dropped else mark.total / 100
        for mark in row.standing.marks
    }
    return Line(row, totals, "；".join(_notes(row, review)))


def _notes(row: r.Row, review) -> list[str]:
    notes = []
    if row.tied:
        notes.append("并列")
    if row.parted:
        notes.append(f"同分，按{'、'.join(r.link_in_words(tie, review) for tie in row.parted)}排先后")
    if row.recused:
        notes.append(f"{row.recused} 位专家回避")
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
