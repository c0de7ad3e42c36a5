"""Letters, notices, receipts and lists as papers: plain values in, the context of a template out; no database here.

Each function names its template in its docstring; give both to `documents.pdf.render(template, context, draft=…)`.
A row of a list is a dict {field, task, number, title, unit, partners, department, rank}; rows come in the order of
print, those of one field and of one task following each other.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from applications.papers import target_table
from documents import qr
from documents.text import day, moment, numeral, printable, title_lines, width_of, year_number
from jbgs.lib import clock
from programmes.instants import closes_text

LONG_OFFICE, LONGEST_OFFICE = 15, 20  # hanzi of 29 pt and of 22 pt in the head of a letter, 170 mm wide
NARROW_CLOSING, WIDE_CLOSING = 14.5, 28  # em of 16 pt: with the narrow one a date ends four characters from the right


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
) -> dict:
    """papers/recommendation_letter.html: a department's letter (推荐函) with the list of its projects as annex."""
    rows = printable(list(rows))
    contact = "，".join(
        part
        for part in (contact_name and f"联系人：{contact_name}", contact_phone and f"联系电话：{contact_phone}")
        if part
    )
    heading = f"{office}关于推荐{call_title}项目的函"
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
        "tasks": len({row["task"] for row in rows}),
        "code": code,
        "annex_title": f"{call_title}项目推荐名单",
        "closing_width": closing_width(office),
        "signed_on": day(signed_on),
        "contact": contact,
        "fields": by_field(rows),
    }


def list_notice(
    *,
    call_title: str,
    what: str,
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
) -> dict:
    """papers/shortlist_notice.html: a public list. `what` is its word: 拟入围单位, 入围单位, 优胜单位.

    With `opens_at` and `closes_at` (aware, the end exclusive) it is a publicity notice (公示) of `period` (5个工作日);
    without them it announces the list. `text` is the call's own opening. `contacts` are (field, telephone). Of each row
    only field, task, unit, partners and department are printed: nothing else is public.
    """
    public = opens_at is not None
    list_title = f"{call_title}{what}名单"
    shown = [{key: row.get(key, "") for key in ("field", "task", "unit", "partners", "department")} for row in rows]
    return {
        "title": f"{list_title}公示" if public else list_title,
        "heading": title_lines(f"{list_title}公示" if public else list_title),
        "list_title": list_title,
        "list_heading": title_lines(list_title),
        "call_title": call_title,
        "document_no": document_number(document_no),
        "what": what,
        "text": text,
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
) -> dict:
    """papers/receipt.html: what the unit has in hand after submitting (提交回执), with server time and hash."""
    facts = [
        ("申报编号", number),
        ("版　　次", f"第{version}版"),
        ("提交时间", f"{moment(submitted_at)}:{clock.local(submitted_at):%S}（服务器时间，北京时间）"),
        ("申报截止", closes_text),
        ("榜单任务", task),
        ("项目名称", title),
        ("申报单位", unit),
        ("统一社会信用代码", unit_code),
        ("推荐单位", department),
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
