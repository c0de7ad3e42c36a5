"""The summary table (推荐项目汇总表) and the letter (推荐函) of one department's list (domain.md §2.2, J44-J46).

`summary_sheet` is the table as data: documents.xlsx writes it, documents.tables prints it. What stands in it is the
call's (applications.summary_table). Until the list is confirmed everything is marked as a draft.
"""

import re

from applications import letters, listing
from applications.models import RecommendationList
from applications.summary_table import SummaryRow, notes_of, sheet_columns, summary_rows
from documents import jobs, pdf, qr, tables, xlsx
from documents.sheets import Sheet
from jbgs.lib import clock
from jbgs.lib.crypto import canonical_json, sha256_hex

SUMMARY_XLSX, SUMMARY_PDF, LETTER_PDF = "summary_table_xlsx", "summary_table_pdf", "recommendation_letter"
DRAFT = "草稿，推荐名单尚未确认，不得用于报送"


def summary_sheet(listed: RecommendationList) -> Sheet:
    """The 汇总表 of one list. `listed` comes with call and department."""
    call, spec, office = listed.call, listed.call.spec, listed.department.official_name
    name, phone = contact_of(listed)
    title = spec.summary_table.title
    return Sheet(
        title=title,
        columns=sheet_columns(spec),
        rows=summary_rows(listed),
        heading=f"{call.title}{title}{'（草稿）' if listed.is_open else ''}",
        left=f"{spec.label('recommender')}：{office}　　　　（盖章）",
        right=f"联系人/联系电话：{name} {phone}".rstrip(),
        notes=notes_of(spec),
        number=footer_of(listed),
    )


def contact_of(listed: RecommendationList) -> tuple[str, str]:
    """Who answers for the list: whoever confirmed it, else the department's longest-serving active person."""
    person = listed.confirmed_by or listed.department.people.filter(is_active=True).order_by("pk").first()
    return (person.name, person.phone or "") if person else ("", "")


def code_of(listed: RecommendationList) -> str:
    """The list's own code, 12 hexadecimal digits in three groups: other projects, versions or order give another."""
    rows = listed.applications.order_by("task__order", "rank", "pk").values_list("number", "version__sha256", "rank")
    mixed = sha256_hex(canonical_json([listed.pk, listed.letter_no, [list(row) for row in rows]])).upper()
    return f"{mixed[:4]}-{mixed[4:8]}-{mixed[8:12]}"


def number_of(listed: RecommendationList) -> str:
    """名单号: the call's prefix and the list's place among the lists of its call, in the order of their making."""
    place = RecommendationList.objects.filter(call_id=listed.call_id, pk__lte=listed.pk).count()
    return f"{listed.call.spec.number_prefix or listed.call.slug}-TJ-{place:04d}"


def footer_of(listed: RecommendationList) -> str:
    """What stands at the foot of each page."""
    return DRAFT if listed.is_open else f"名单号 {number_of(listed)}　校验码 {code_of(listed)}"


# ---- files ----


def summary_xlsx(listed: RecommendationList, target=None) -> bytes | None:
    """The table as a workbook, into `target` (path or binary file) or as bytes."""
    return xlsx.write(summary_sheet(listed), target, made_at=listed.confirmed_at)


def summary_pdf(listed: RecommendationList) -> bytes:
    """The table as a paper with the code on each page."""
    drawn = "" if listed.is_open else qr.svg(f"{number_of(listed)}|{code_of(listed)}")
    return pdf.render(tables.TEMPLATE, tables.paper(summary_sheet(listed), qr=drawn), draft=listed.is_open)


def letter_pdf(listed: RecommendationList) -> bytes:
    """The letter (推荐函) with the list as its annex."""
    name, phone = contact_of(listed)
    call = listed.call
    context = letters.recommendation_letter(
        office=listed.department.official_name,
        letter_no=listed.letter_no,
        addressee=addressee_of(call.spec),
        call_title=call.title,
        document_no=call.spec.document_no,
        rows=[letter_row(row) for row in summary_rows(listed)],
        signed_on=clock.local(listed.confirmed_at).date() if listed.confirmed_at else clock.today(),
        contact_name=name,
        contact_phone=phone,
        code="" if listed.is_open else code_of(listed),
        words=letters.Words.of(call.spec),
    )
    return pdf.render("papers/recommendation_letter.html", context, draft=listed.is_open)


def letter_row(row: SummaryRow) -> dict:
    """A row as applications.letters prints it."""
    return {
        "field": row.field_name,
        "task": row.task_title,
        "number": row.number,
        "title": row.title,
        "unit": row.unit,
        "partners": row.partners,
        "rank": row.rank,
    }


def addressee_of(spec) -> str:
    """Whom the letter addresses: the call's own words, else the office that its fields have in common."""
    offices = [re.split(r"[（(]", field.contact.get("office", ""))[0] for field in spec.fields]
    return spec.texts.get("addressee") or next(filter(None, offices), "主管处室")


# ---- in the background ----

FILES = {SUMMARY_XLSX: (summary_xlsx, "xlsx"), SUMMARY_PDF: (summary_pdf, "pdf"), LETTER_PDF: (letter_pdf, "pdf")}


def find_list(pk: int) -> RecommendationList:
    """A list with what its files need."""
    related = ("call__current_version", "department", "confirmed_by")
    return RecommendationList.objects.select_related(*related).defer("call__current_version__document").get(pk=pk)


def filename_of(listed: RecommendationList, kind: str) -> str:
    spec, suffix = listed.call.spec, FILES[kind][1]
    title = spec.label("letter") if kind == LETTER_PDF else spec.summary_table.title
    draft = "（草稿）" if listed.is_open else ""
    return f"{title}-{listed.department.official_name}-{listed.call.slug}{draft}.{suffix}"


def request(listed: RecommendationList, kind: str, *, by):
    """Ask for one of the files; the same list in the same state is one job and one file."""
    state = "draft" if listed.is_open else "final"
    owner = f"list:{listed.pk}:{state}:{code_of(listed)}"
    return jobs.request(kind, owner, params={"list": listed.pk}, by=by)


def _build(artifact) -> tuple[bytes, str]:
    listed = find_list(artifact.params["list"])
    return FILES[artifact.kind][0](listed), filename_of(listed, artifact.kind)


def may_read_list(artifact, user) -> bool:
    """Whoever may read the list."""
    return listing.can_read(find_list(artifact.params["list"]), user)


def register() -> None:
    """Called once when the app is ready."""
    for kind in FILES:
        jobs.register(kind, _build, may_read=may_read_list)
