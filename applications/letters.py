"""Letters, notices, receipts and lists as papers: plain values in, the context of a template out; no database here.

Each function names its template in its docstring; give both to `documents.pdf.render(template, context, draft=…)`.
A row of a list is a dict {field, task, number, title, unit, partners, department, rank}; rows come in the order of
print, those of one field and of one task following each other.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from applications.papers import target_table
from documents import qr
from documents.text import day, moment, numeral, printable, title_lines, width_of, year_number
from jbgs.lib import clock
from programmes.instants import closes_text
from programmes.spec import CallSpec
from programmes.words import word_of

LONG_OFFICE, LONGEST_OFFICE = 15, 20  # hanzi of 29 pt and of 22 pt in the head of a letter, 170 mm wide
NARROW_CLOSING, WIDE_CLOSING = 14.5, 28  # em of 16 pt: with the narrow one a date ends four characters from the right


@dataclass(frozen=True)
class Words:
    """What a paper knows of its call: its words, and what it has. A call has everything unless somebody says otherwise.

    `label`: the call's word for a key of programmes.words.LABELS. Without tasks no task, no field and no order inside a
    task is printed; without partners or recommendation no column of them.
    """

    label: Callable[[str], str] = word_of
    tasks: bool = True
    partners: bool = True
    recommendation: bool = True
    ranked: bool = True

    @classmethod
    def of(cls, spec: CallSpec) -> "Words":
        """The words of one call."""
        flow = spec.flow
        return cls(spec.label, spec.has_tasks, spec.has_partners, flow.recommendation, spec.ranks_recommended)

    @property
    def order(self) -> str:
        """How a public list is ordered, in a sentence."""
        label = self.label
        if not self.tasks:
            return f"名单按{label('recommender')}的行政区划排列，排名不分先后。"
        return f"名单按{label('field')}和{label('task')}排列，同一{label('task')}内的单位排名不分先后。"

    def columns(self, *wanted: tuple[str, str, float, bool], room: float) -> list[dict]:
        """[{key, title, mm}] of the columns that the call has; the room of the others is shared out.

        `wanted`: (key, title, millimetres, whether the call has it).
        """
        kept = [(key, title, mm) for key, title, mm, has in wanted if has]
        grows = sum(mm for _, _, mm in kept if mm > FIXED)
        factor = (room - sum(mm for _, _, mm in kept if mm <= FIXED)) / grows
        return [{"key": k, "title": t, "mm": f"{mm * factor if mm > FIXED else mm:.1f}"} for k, t, mm in kept]


PUBLIC = ("field", "task", "title", "unit", "partners", "department")
FIXED, ANNEX = 18, 257  # millimetres: a column as narrow as this keeps its width; text area of a landscape annex


def recommendation_letter(
    *,
    office: str,
    letter_no: str,
    addressee: str,
    call_title: str,
    document_no: str,
    rows: Sequence[dict],
    signed_on: date,
    contact_name: str = "",
    contact_phone: str = "",
    code: str = "",
    words: Words = Words(),
) -> dict:
    """papers/recommendation_letter.html: a department's letter (推荐函) with the list of its projects as annex."""
    label = words.label
    rows = printable(list(rows))
    contact = "，".join(
        part
        for part in (contact_name and f"联系人：{contact_name}", contact_phone and f"联系电话：{contact_phone}")
        if part
    )
    heading = f"{office}关于{label('recommend')}{call_title}{label('project')}的函"
    return {
        "title": heading,
        "office": office,
        "office_class": _office_class(office),
        "letter_no": year_number(letter_no),
        "heading": title_lines(heading),
        "addressee": addressee,
        "call_title": call_title,
        "document_no": document_number(document_no),
        "first_title": rows[0]["title"] if rows else "",
        "count": len(rows),
        "counted": f"{len(rows)}{label('count')}",
        "tasks": len({row["task"] for row in rows}) if words.tasks else 0,
        "task_word": label("task") if words.tasks else "",
        "recommend": label("recommend"),
        "with_tasks": words.tasks,
        "columns": words.columns(
            ("serial", "序号", 12, True),
            ("task", label("task"), 42, words.tasks),
            ("number", "申报编号", 38, True),
            ("title", label("title"), 58, True),
            ("unit", label("lead"), 42, True),
            ("partners", label("partner"), 49, words.partners),
            ("rank", "任务内\n排序" if words.tasks else "排序", 16, words.ranked),
            room=ANNEX,
        ),
        "order": _letter_order(words),
        "code": code,
        "annex_title": f"{call_title}{label('recommendation_list')}",
        "closing_width": closing_width(office),
        "signed_on": day(signed_on),
        "contact": contact,
        "fields": by_field(rows),
    }


def _letter_order(words: Words) -> str:
    """How the annex of a letter is ordered; nothing where neither tasks nor ranks stand in it."""
    label = words.label
    order = f"名单按{label('field')}和{label('task')}排列" if words.tasks else ""
    ranked = f"“任务内排序”为{label('recommender')}意见" if words.ranked and words.tasks else ""
    return "；".join(filter(None, (order, ranked)))


def list_notice(
    *,
    call_title: str,
    name: str,
    office: str,
    signed_on: date,
    rows: Sequence[dict],
    document_no: str = "",
    text: str = "",
    opens_at: datetime | None = None,
    closes_at: datetime | None = None,
    period: str = "",
    contacts: Iterable[tuple[str, str]] = (),
    address: str = "",
    words: Words = Words(),
) -> dict:
    """papers/shortlist_notice.html: a public list. `name` is its own: 拟入围单位名单, 优胜单位名单.

    With `opens_at` and `closes_at` (aware, the end exclusive) it is a publicity notice (公示) of `period` (5个工作日);
    without them it announces the list. `text` is the call's own opening. `contacts` are (field, telephone). Of each row
    only field, task, title, unit, partners and department are printed: nothing else is public.
    """
    public = opens_at is not None
    label = words.label
    list_title = f"{call_title}{name}"
    shown = [{key: row.get(key, "") for key in PUBLIC} for row in rows]
    return {
        "title": f"{list_title}公示" if public else list_title,
        "heading": title_lines(f"{list_title}公示" if public else list_title),
        "list_title": list_title,
        "list_heading": title_lines(list_title),
        "call_title": call_title,
        "document_no": document_number(document_no),
        "name": name,
        "text": text,
        "order": words.order,
        "with_tasks": words.tasks,
        "columns": words.columns(
            ("serial", "序号", 12, True),
            ("task", label("task"), 46, words.tasks),
            ("title", label("title"), 62, True),
            ("unit", label("lead"), 48, True),
            ("partners", label("partner"), 46, words.partners),
            ("department", label("recommender"), 43, words.recommendation),
            room=ANNEX,
        ),
        "public": public,
        "period_from": day(opens_at),
        "period_to": _last_day(closes_at),
        "period": period,
        "contacts": list(contacts),
        "address": address,
        "office": office,
        "closing_width": closing_width(office),
        "signed_on": day(signed_on),
        "fields": by_field(printable(shown)),
    }


def supplement_notice(
    *,
    call_title: str,
    notice_no: str,
    unit: str,
    title: str,
    number: str,
    version: int,
    code: str,
    items: Sequence[dict],
    due_at: datetime,
    office: str,
    signed_on: date,
    period: str = "",
    phone: str = "",
    text: str = "",
    delivered: str = "",
) -> dict:
    """papers/supplement_notice.html: everything that is missing, told at once.

    `items` are {place, problem, demand, basis}, basis may be left out.
    `due_at` is aware and exclusive: midnight is 24:00 of the day before. `period` is its length in words (5个工作日);
    `text` the call's own sentence; `delivered` the record.
    """
    heading = f"{call_title}申报材料补正通知书"
    return printable(
        {
            "title": heading,
            "heading": title_lines(heading),
            "notice_no": year_number(notice_no),
            "unit": unit,
            "project": title,
            "number": number,
            "version_no": version,
            "code": code,
            "items": list(items),
            "with_basis": any(item.get("basis") for item in items),
            "due_at": closes_text(due_at),
            "period": period,
            "phone": phone,
            "text": text,
            "office": office,
            "closing_width": closing_width(office),
            "signed_on": day(signed_on),
            "delivered": delivered,
        }
    )


def receipt(
    *,
    call_title: str,
    number: str,
    version: int,
    code: str,
    sha256: str,
    submitted_at: datetime,
    task: str,
    title: str,
    unit: str,
    unit_code: str,
    department: str,
    by: str,
    files: int,
    closes_text: str = "",
    next_step: str = "",
    words: Words = Words(),
) -> dict:
    """papers/receipt.html: what the unit has in hand after submitting (提交回执), with server time and hash."""
    facts = [
        ("申报编号", number),
        ("版　　次", f"第{version}版"),
        ("提交时间", f"{moment(submitted_at)}:{clock.local(submitted_at):%S}（服务器时间，北京时间）"),
        ("申报截止", closes_text),
        (words.label("task"), task if words.tasks else ""),
        (words.label("title"), title),
        (words.label("lead"), unit),
        ("统一社会信用代码", unit_code),
        (words.label("recommender"), department if words.recommendation else ""),
        ("提交人", by),
        ("附　　件", f"{files} 个文件"),
        ("校验码", code),
    ]
    return {
        "title": f"提交回执 {number}",
        "call_title": call_title,
        "facts": printable([(label, value) for label, value in facts if value]),
        "sha256_lines": (sha256[:32], sha256[32:]),
        "next_step": next_step,
        "version": f"{number}　第{version}版　校验码 {code}",
        "hash": f"SHA-256 {sha256}",
        "qr": qr.svg("|".join((number, f"V{version}", code, sha256[:16]))),
    }


def performance_targets(
    *,
    heading: str,
    title: str,
    unit: str,
    department: str,
    leader: str,
    rows: Sequence[dict],
    partners: str = "",
    annex: str = "",
    compare: bool = False,
    number: str = "",
    version: str = "",
    hash: str = "",
    words: Words = Words(),
) -> dict:
    """papers/performance_targets.html: the table of performance targets (domain.md §2.1).

    `rows`: {level1, level2, name, unit, value} in the order of the form. With `compare` they also have contract and
    actual, and the paper puts the three moments side by side with the degree of fulfilment.
    """
    rows = [{**row, "value": str(row.get("value") or "")} for row in printable(list(rows))]
    for row in rows:
        row |= {"moments": [row["value"], row.get("contract", ""), row.get("actual", "")], "done": _done(row)}
    return {
        "title": heading,
        "heading": title_lines(heading),
        "annex": annex,
        "words": {key: words.label(key) for key in ("title", "lead", "recommender", "partner", "leader")},
        "with_partners": words.partners,
        "project": title,
        "unit": unit,
        "department": department,
        "partners": partners or "无",
        "leader": leader,
        "compare": compare,
        "number": number,
        **target_table(rows),
        "version": version,
        "hash": hash,
    }


def by_field(rows: Iterable[dict]) -> list[dict]:
    """Rows as lists print them: [{numeral, name, tasks: [{title, rows}]}]; rows are numbered through."""
    fields: list[dict] = []
    for serial, row in enumerate(rows, 1):
        if not fields or fields[-1]["name"] != row["field"]:
            fields.append({"numeral": numeral(len(fields) + 1), "name": row["field"], "tasks": []})
        tasks = fields[-1]["tasks"]
        if not tasks or tasks[-1]["title"] != row["task"]:
            tasks.append({"title": row["task"], "rows": []})
        tasks[-1]["rows"].append({**row, "serial": serial})
    return fields


def document_number(text: str) -> tuple[str, str]:
    """(工信厅高新函, 〔2025〕21号): the second part must stay on one line."""
    number = year_number(text)
    place = number.find("〔")
    return (number[:place], number[place:]) if place >= 0 else (number, "")


def closing_width(office: str) -> float:
    """The width in em in which the office and the date stand centred, at the right edge."""
    return min(WIDE_CLOSING, max(NARROW_CLOSING, width_of(office) + 1))


def _office_class(office: str) -> str:
    width = width_of(office)
    return "longest" if width > LONGEST_OFFICE else "long" if width > LONG_OFFICE else ""


def _last_day(closes_at: datetime | None) -> str:
    """The last day of a period that ends, exclusive, at `closes_at`: 00:00 belongs to the day before."""
    if closes_at is None:
        return ""
    return day(closes_at - timedelta(microseconds=1))


def _done(row: dict) -> str:
    """Degree of fulfilment of a numeric row: actual over contract, or over the target without one; else nothing."""
    try:
        goal = float(row.get("contract") or row.get("value") or 0)
        actual = float(row.get("actual") or 0)
    except ValueError:
        return "完成" if row.get("actual") else ""
    return f"{actual / goal:.0%}" if goal else "—"
