"""The officers' lists and letters: 入围名单 and 优胜名单 as .xlsx and .pdf, notices of supplement and refusal.

Lists come from a white list of columns (applications/publication.py) in public order; partners are read from the
frozen Version. Scores, ranks, persons and telephones are in none of them; contacts stand in a book of their own.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.fields.json import KT

from applications import letters
from applications.guards_review import SUPPLIER
from applications.models import Decision, Opinion, Publicity
from applications.publication import PUBLIC_ORDER, PublicRow, rows_of
from applications.states import State
from documents import pdf, xlsx
from documents.sheets import Column, Sheet
from documents.text import day, title_lines
from jbgs.lib import clock
from jbgs.lib.crypto import canonical_json, sha256_hex
from programmes.models import Call
from programmes.windows import due_after
from programmes.words import CLOCK_UNITS


@dataclass(frozen=True)
class ListKind:
    """One kind of list. `label`: the key of its name among the call's words, `text` that of its opening sentence."""

    code: str
    label: str
    text: str
    chosen: Callable[[QuerySet], QuerySet]

    def name(self, call: Call) -> str:
        """入围单位名单; what is still before the public is 拟…, whatever word the call has for the list itself."""
        spec = call.spec
        if self.code == "publicity" and "proposed_list" not in spec.labels:
            return f"拟{spec.label('shortlist').removeprefix('拟')}"
        return spec.label(self.label)


KINDS = {
    kind.code: kind
    for kind in (
        ListKind("publicity", "proposed_list", "publicity", lambda rows: rows.exclude(publicity=None)),
        ListKind(
            "shortlist", "shortlist", "shortlist",
            lambda rows: rows.exclude(listed_on=None).exclude(state=State.REVOKED),
        ),
        ListKind("winners", "winners", "winners", lambda rows: rows.filter(state=State.WON)),
    )
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One project of a list: its public columns, the partners of its Version, the day on which it came on this list."""

    row: PublicRow
    partners: str
    day: date | None


# ---- rows ----


def listed(applications: QuerySet, kind: ListKind, publicity: Publicity | None = None) -> QuerySet:
    """Those of `applications` that stand on this list; for a publicity, on that one."""
    return applications.filter(publicity=publicity) if publicity else kind.chosen(applications)


def lines_of(call: Call, applications: QuerySet, kind: ListKind, publicity: Publicity | None = None) -> list[Line]:
    """The lines in public order; two queries however many there are."""
    chosen = listed(applications, kind, publicity)
    key = getattr(call.spec.form.of_type("partners"), "key", "partners")
    found = chosen.annotate(partner_rows=F(f"version__content__sections__{key}__rows"))
    more = {
        pk: (_names(partners), clock.local(since).date() if kind.code == "winners" else listed_on)
        for pk, partners, listed_on, since in found.values_list("pk", "partner_rows", "listed_on", "state_since")
    }
    return [Line(row, *more[row.pk]) for row in rows_of(chosen)]


def _names(rows) -> str:
    """江畔研究院、衡星大学; nothing for an application without partners."""
    rows = rows if isinstance(rows, list) else []
    return "、".join(str(row["name"]).strip() for row in rows if isinstance(row, dict) and row.get("name"))


def digest(lines: Sequence[Line]) -> str:
    """Of what the list says: the same list has the same code."""
    return sha256_hex(canonical_json([[line.row.pk, line.row.unit, line.row.title, line.partners] for line in lines]))


def _code(lines: Sequence[Line]) -> str:
    short = digest(lines)[:12].upper()
    return f"{short[:4]} {short[4:8]} {short[8:]}"


# ---- workbooks ----


def workbook(call: Call, kind: ListKind, lines: Sequence[Line], *, scope: str = "") -> bytes:
    """The list as .xlsx; `scope` names the field where it is not the whole call."""
    return xlsx.write(sheet(call, kind, lines, scope=scope))


def sheet(call: Call, kind: ListKind, lines: Sequence[Line], *, scope: str = "") -> Sheet:
    """The list as data for `documents.xlsx` and `documents.tables`."""
    title, spec = kind.name(call), call.spec
    label, words = spec.label, letters.Words.of(spec)
    columns = [Column("number", "序号", 12, "serial")]
    if spec.has_tasks:
        columns.append(Column("task", label("task"), 44, value="row.task_title"))
    columns += [
        Column("title", label("title"), 56, value="row.title"),
        Column("unit", label("lead"), 46, value="row.unit"),
    ]
    if spec.has_partners:
        columns.append(Column("partners", label("partner"), 50, value=lambda line: line.partners or "—"))
    if spec.flow.recommendation:
        columns.append(Column("department", label("recommender"), 44, value="row.department"))
    if kind.code == "winners":
        columns.append(Column("day", f"{label('evaluation')}完成日期", 31, "date", value="day"))
    return Sheet(
        title[:30],
        columns,
        lines,
        heading=f"{call.title}{title}{f'（{scope}）' if scope else ''}",
        notes=[words.order],
        signers=[f"{office_name(call)}（盖章）"],
        number=f"校验码 {_code(lines)}",
        band=(lambda line: line.row.field_name) if spec.has_tasks else None,
        freeze=1,
    )


def contacts(call: Call, kind: ListKind, applications: QuerySet, *, scope: str = "") -> bytes:
    """Who to call about the projects of a list: for the office only, in a book of its own (C12)."""
    title, label = f"{kind.name(call).removesuffix('名单')}联系信息", call.spec.label
    rows = listed(applications, kind).select_related("unit", "task__field").order_by(*PUBLIC_ORDER)
    columns = [
        Column("number", "序号", 12, "serial"),
        Column("application", "受理编号", 36, "code", value="number"),
        Column("unit", label("lead"), 56, value="unit.name"),
        Column("code", "统一社会信用代码", 42, "code", value="unit.code"),
        Column("title", label("title"), 60, value="title"),
        Column("contact", "联系人", 20, "short", value="unit.contact_name"),
        Column("phone", "联系电话", 30, "code", value="unit.contact_phone"),
    ]
    if call.spec.flow.decision_by == "owner" and kind.code == "winners":  # S10
        rows = rows.annotate(supplier=_supplier())
        columns.append(Column("supplier", "供应商目录", 30, "short", value=lambda row: SUPPLIER.get(row.supplier, "")))
    heading = f"{title}{f'（{scope}）' if scope else ''}（内部资料，不得公开）"
    return xlsx.write(Sheet(title[:30], columns, rows, heading=heading, number="内部资料", freeze=3))


def _supplier() -> Subquery:
    """What the owner said when it accepted the result: "yes" or "no"."""
    accepted = Decision.objects.filter(application=OuterRef("pk"), verb="award", state="approved")
    return Subquery(accepted.order_by("-pk").values(answer=KT("evidence__supplier"))[:1])


# ---- letters ----


def notice(call: Call, kind: ListKind, lines: Sequence[Line], *, publicity: Publicity | None = None) -> bytes:
    """The list as an official paper: notice of publicity with its days, or announcement of a fixed list."""
    flow, spec = call.spec.flow, call.spec
    days = [line.day for line in lines if line.day]
    context = letters.list_notice(
        call_title=call.title,
        name=kind.name(call),
        office=office_name(call),
        signed_on=clock.local(publicity.opens_at).date() if publicity else max(days, default=clock.today()),
        rows=[_paper_row(line) for line in lines],
        document_no=spec.document_no,
        text=spec.texts.get(kind.text, "").strip(),
        opens_at=publicity.opens_at if publicity else None,
        closes_at=publicity.closes_at if publicity else None,
        period=f"{flow.publicity_days}{CLOCK_UNITS[flow.publicity_unit]}" if publicity else "",
        contacts=_telephones(spec),
        words=letters.Words.of(spec),
    )
    return pdf.render("papers/shortlist_notice.html", context)


def _telephones(spec) -> list[tuple[str, str]]:
    """(field, telephone); one telephone without a field where all fields have the same."""
    found = [(field.name, field.contact["phone"]) for field in spec.fields if field.contact.get("phone")]
    return [("", found[0][1])] if len({phone for _, phone in found}) == 1 else found


def _paper_row(line: Line) -> dict:
    row = line.row
    return {
        "field": row.field_name,
        "task": row.task_title,
        "title": row.title,
        "unit": row.unit,
        "partners": line.partners,
        "department": row.department,
    }


LETTERS = {"request_supplement": "补正通知书", "reject": "不予受理通知书"}
"""Verbs whose Opinion is sent as a letter."""


def letter(opinion: Opinion) -> tuple[bytes, str]:
    """(PDF, file name) of the letter that an officer's opinion is; KeyError for a verb without one."""
    name = f"{opinion.application.number}{LETTERS[opinion.verb]}.pdf"
    make = supplement_letter if opinion.verb == "request_supplement" else rejection_letter
    return make(opinion), name


def supplement_letter(opinion: Opinion) -> bytes:
    """补正通知书: everything that is missing, told at once (P07)."""
    application, call = opinion.application, opinion.application.call
    term = call.spec.clocks.get("supplement")
    field = application.task.field
    context = letters.supplement_notice(
        call_title=call.title,
        notice_no="",
        unit=application.unit.name,
        title=application.title,
        number=application.number,
        version=opinion.version.number,
        code=opinion.version.code,
        items=[item_parts(item) for item in opinion.items],
        due_at=opinion.due_at,
        office=office_name(call, field),
        signed_on=clock.local(opinion.at).date(),
        period=f"{term.count}{CLOCK_UNITS[term.unit]}" if term and _kept_term(opinion, term) else "",
        phone=field.contact.get("phone", ""),
        text=call.spec.texts.get("supplement", "").partition("。")[2].strip(),
    )
    return pdf.render("papers/supplement_notice.html", context)


def _kept_term(opinion: Opinion, term) -> bool:
    """The officer left the due date where the call's clock puts it: only then the length can be named."""
    return due_after(term, opinion.at) == opinion.due_at


WHOLE_FORM = "申报材料"
"""Where something is missing when nobody said where."""


def item_parts(item: str) -> dict[str, str]:
    """A line of the letter in the columns of its table: “所在位置：问题。请…” gives place, problem and demand."""
    place, colon, rest = item.partition("：")
    if not colon or len(place) > 14:
        place, rest = WHOLE_FORM, item
    found = re.search(r"(?<=[。；，])请[^。]*。?$", rest)
    demand = found.group() if found else "请按要求补正。"
    problem = rest[: found.start()] if found else rest
    return {"place": place, "problem": problem.rstrip("；，"), "demand": demand, "basis": ""}


def rejection_letter(opinion: Opinion) -> bytes:
    """不予受理通知书: ground, reason, and how to ask for a re-examination."""
    application, call = opinion.application, opinion.application.call
    spec, field = application.call_version.spec, application.task.field
    grounds = {ground.code: ground.label for ground in spec.grounds}
    heading = f"{call.title}{call.spec.label('project')}不予受理通知书"
    appeal = call.spec.clocks.get("appeal")
    context = {
        "title": heading,
        "heading": title_lines(heading),
        "unit": application.unit.name,
        "project": application.title,
        "number": application.number,
        "version_no": opinion.version.number,
        "code": opinion.version.code,
        "ground": grounds.get(opinion.ground, ""),
        "reason": opinion.text,
        "appeal": f"{appeal.count}{CLOCK_UNITS[appeal.unit]}" if appeal else "",
        "phone": field.contact.get("phone", ""),
        "office": office_name(call, field),
        "closing_width": letters.closing_width(office_name(call, field)),
        "signed_on": day(opinion.at),
    }
    return pdf.render("papers/rejection_notice.html", context)


def office_name(call: Call, field=None) -> str:
    """Who signs: the call's own words (texts.office), the field's office, or what the offices of all fields have in
    common before their brackets."""
    if own := call.spec.texts.get("office"):
        return own
    contacts_ = [field.contact] if field is not None else [one.contact for one in call.spec.fields]
    offices = {re.sub(r"（[^（）]*）$", "", contact.get("office", "")) for contact in contacts_}
    return offices.pop() if len(offices) == 1 and "" not in offices else f"{call.title}工作组"
