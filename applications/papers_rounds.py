"""The record of a round on paper (会议记录, 查验记录) and its list as a sheet; nothing is written here."""

from collections.abc import Sequence

from applications.models import Application, RoundOutcome
from applications.rounds import Round
from documents.sheets import Column, Sheet
from documents.text import day, printable
from programmes.models import Call

TEMPLATE = "papers/round_record.html"
NAMES = {"panel": "会议评审记录", "on_site": "现场查验记录", "check_all": "逐项核对记录", "mail": "评审结果记录"}
BLANK = "　"


def record(application: Application, round_: Round, outcome: RoundOutcome | None) -> dict:
    """papers/round_record.html: filled in with `outcome`, else blank to be written by hand and signed."""
    unit, version, spec = application.unit, application.version, application.call.spec
    task = [(spec.label("task"), f"{application.task.code} {application.task.title}")] if spec.has_tasks else []
    facts = [
        ("受理编号", application.number),
        (spec.label("title"), application.title),
        (spec.label("lead"), unit.name),
        ("统一社会信用代码", unit.code),
        *task,
        ("申报书版本", f"第 {version.number} 版，版本码 {version.code}"),
        ("日期", day(outcome.held_on) if outcome else BLANK),
        ("参加人员", "、".join(outcome.people) if outcome and outcome.people else BLANK),
    ]
    return printable(
        {
            "title": NAMES[round_.kind],
            "call_title": application.call.title,
            "label": round_.label,
            "facts": facts,
            "votes": _votes(round_, outcome),
            "items": _items(application, round_, outcome),
            "text": outcome.text if outcome else "",
            "conclusion": ("通过" if outcome.passed else "未通过") if outcome else "",
            "rule": rule_of(round_),
            "seats": _seats(round_),
            "signed_by_unit": outcome.signed_by_unit if outcome else False,
            "corrected": outcome.reason if outcome else "",
        }
    )


def rule_of(round_: Round) -> str:
    """How the conclusion comes about, in a sentence."""
    if round_.kind == "panel":
        return f"赞成票超过投票总数（含弃权）的 {round_.spec.pass_share} 为通过。"
    if round_.kind == "on_site":
        return f"查验人员不少于 {round_.spec.least_people} 人，由申报单位代表签字确认。"
    return "各项均符合为通过。" if round_.kind == "check_all" else ""


def _votes(round_: Round, outcome: RoundOutcome | None) -> list[tuple[str, str]]:
    if round_.kind != "panel":
        return []
    numbers = (outcome.votes_for, outcome.votes_against, outcome.votes_abstain) if outcome else (BLANK,) * 3
    return [(label, str(number)) for label, number in zip(("赞成", "反对", "弃权"), numbers, strict=True)]


def _items(application: Application, round_: Round, outcome: RoundOutcome | None) -> list[tuple[str, str]]:
    if round_.kind != "check_all":
        return []
    found = outcome.items if outcome else {}
    words = {True: "符合", False: "不符合", None: BLANK}
    return [(item.label, words[found.get(item.code)]) for item in application.call_version.spec.check_items]


def _seats(round_: Round) -> list[str]:
    """Who signs."""
    if round_.kind == "on_site":
        return [*("查验人员",) * max(2, round_.spec.least_people), "申报单位代表（签字、盖章）"]
    return ["主持人", "记录人", "监督人员"] if round_.kind == "panel" else ["核对人", "复核人"]


def sheet(call: Call, round_: Round, lines: Sequence) -> Sheet:
    """All applications of a round with its results; `lines`: backoffice.rounds.Line."""
    label = call.spec.label
    columns = [
        Column("serial", "序号", 12, "serial"),
        Column("number", "受理编号", 36, "code", value="application.number"),
        Column("title", label("title"), 60, value="application.title"),
        Column("unit", label("lead"), 50, value="application.unit.name"),
        Column("held", "日期", 26, "date", value=_of("held_on")),
    ]
    if round_.kind == "panel":
        for name, label in (("votes_for", "赞成"), ("votes_against", "反对"), ("votes_abstain", "弃权")):
            columns.append(Column(name, label, 14, "int", value=_of(name)))
    columns += [
        Column("result", "结果", 20, "short", value=_result),
        Column("people", "参加人员", 50, value=lambda line: "、".join(line.outcome.people) if line.outcome else ""),
        Column("text", "意见", 60, value=lambda line: line.outcome.text if line.outcome else ""),
    ]
    return Sheet(
        round_.label, columns, lines, heading=f"{call.title}{round_.label}结果",
        notes=list(filter(None, [rule_of(round_)])),
        band=_task_of if call.spec.has_tasks else None, freeze=1,
    )  # fmt: skip


def _task_of(line) -> str:
    return f"{line.application.task.code} {line.application.task.title}"


def _of(name: str):
    return lambda line: getattr(line.outcome, name) if line.outcome else None


def _result(line) -> str:
    if line.outcome is None:
        return "待登记"
    return "通过" if line.outcome.passed else "异议成立" if line.outcome.overruled else "未通过"
