"""The reports of a call as a workbook: one line each, and the answers of one kind of report in columns of their own."""

from collections.abc import Iterable

from applications import obligations
from applications.models import Obligation
from documents import xlsx
from documents.sheets import Column, Sheet
from programmes.models import Call


def workbook(call: Call, rows: Iterable[Obligation], *, code: str = "") -> bytes:
    """`code`: one obligation of the call, whose questions then are columns; its answers as they were handed in."""
    columns = [
        Column("serial", "序号", 12, "serial"),
        Column("number", "受理编号", 36, "code", value="application.number"),
        Column("unit", call.spec.label("lead"), 52, value="application.unit.name"),
        Column("title", call.spec.label("title"), 52, value="application.title"),
        Column("name", "材料", 48),
        Column("due_on", "期限", 26, "date"),
        Column("provisional", "暂定", 16, "short", value=lambda row: "暂定" if row.due_provisional else ""),
        Column("state", "状态", 24, "short", value=lambda row: row.chip["label"]),
        Column("submitted_at", "提交时间", 38, "moment"),
        Column("late", "逾期", 16, "short", value=lambda row: "逾期" if row.late else ""),
        Column("opinion", "审核意见", 60),
    ]
    one = next((one for one in obligations.specs_of(call.spec) if one.code == code), None)
    for question in one.questions if one else ():
        columns.append(Column(question["key"], question["label"], 46, value=_answer(question["label"])))
    label = one.label if one else "报告和申请"
    return xlsx.write(Sheet(label[:20], columns, rows, heading=f"{call.title}{label}", freeze=4))


def _answer(label: str):
    """The answer to a question in what was handed in; nothing of a draft."""

    def of(row: Obligation) -> str:
        return next((one["text"] for one in row.content.get("rows", []) if one["label"] == label), "")

    return of
