"""推荐项目汇总表 and 推荐函 of one department's list, from the frozen versions (domain.md §2.2, J44-J46).

`summary_sheet` is the table as data: documents.xlsx writes it, documents.tables prints it. Its rows are read while they
are written, in three queries however many they are. Until the list is confirmed everything is marked as a draft.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db.models.fields.json import KeyTextTransform, KeyTransform

from applications import letters, listing
from applications.examination import SIGNED
from applications.models import Opinion, QuotaUse, RecommendationList
from documents import jobs, pdf, qr, tables, xlsx
from documents.sheets import Column, Sheet
from jbgs.lib import clock
from jbgs.lib.crypto import canonical_json, sha256_hex
from programmes.models import CallVersion

SUMMARY_XLSX, SUMMARY_PDF, LETTER_PDF = "summary_table_xlsx", "summary_table_pdf", "recommendation_letter"
DRAFT = "草稿，推荐名单尚未确认，不得用于报送"
LOOKED_AT, NOT_LOOKED_AT = "已审核", "未审核"
ROWS_AT_ONCE = 500

COLUMNS = (
    Column("serial", "序号", 9, "serial"),
    Column("number", "项目受理号", 37, "code"),
    Column("task", "指南编号", 15, "code"),
    Column("title", "项目名称", 44),
    Column("unit", "申报单位", 34),
    Column("unit_type", "申报单位类型", 26),
    Column("place", "所在县（市、区）", 19),
    Column("partners", "联合攻关单位", 33),
    Column(
        "looked_at", "申报材料签字、盖章、日期、附件等内容是否已审核", 25, "short", choices=(LOOKED_AT, NOT_LOOKED_AT)
    ),
    Column("remark", "备注", 23),
)
NOTES = (
    "本表由推荐单位填报，所列项目均为推荐单位审核符合申报要求的项目，任务内按推荐次序排列。",
    "申报单位类型按注册信息填写，申报单位为企业的，注明企业类型；国家高新技术企业注明证书编号。",
    "联合攻关单位指牵头申报单位以外的联合参与单位。",
)


@dataclass(frozen=True)
class SummaryRow:
    """One recommended project, in words; what the unit wrote comes from its frozen version."""

    number: str
    task: str
    title: str
    unit: str
    unit_type: str
    place: str
    partners: str
    looked_at: str
    remark: str
    field_name: str
    task_title: str
    rank: int | None


def summary_sheet(listed: RecommendationList) -> Sheet:
    """The 汇总表 of one list. `listed` comes with call and department."""
    call, office = listed.call, listed.department.official_name
    name, phone = contact_of(listed)
    return Sheet(
        title="推荐项目汇总表",
        columns=COLUMNS,
        rows=summary_rows(listed),
        heading=f"{call.title}推荐项目汇总表{'（草稿）' if listed.is_open else ''}",
        left=f"推荐单位：{office}　　　　（盖章）",
        right=f"联系人/联系电话：{name} {phone}".rstrip(),
        notes=NOTES,
        number=footer_of(listed),
    )


def summary_rows(listed: RecommendationList) -> Iterator[SummaryRow]:
    """The projects of the list by task and rank, streamed."""
    said = Opinion.objects.filter(application__recommendation_list=listed, verb="recommend").order_by("id")
    ticked = dict(said.values_list("application_id", "items"))
    beyond = QuotaUse.objects.filter(application__recommendation_list=listed, scope__code="recommend")
    reasons = dict(beyond.exclude(over_reason="").values_list("application_id", "over_reason"))
    for row in _frozen(listed).iterator(chunk_size=ROWS_AT_ONCE):
        unit = row["frozen_unit"] or {}
        reason = reasons.get(row["pk"])
        yield SummaryRow(
            number=row["number"],
            task=row["task__code"],
            title=row["frozen_title"] or "",
            unit=unit.get("name", ""),
            unit_type=unit_type(unit),
            place=place_of(unit.get("address", ""), unit.get("region_label", "")),
            partners=partner_names(row[name] for name in row if name.startswith("partners_")),
            looked_at=LOOKED_AT if SIGNED.code in ticked.get(row["pk"], ()) else NOT_LOOKED_AT,
            remark=f"超出名额：{reason}" if reason else "",
            field_name=row["task__field__name"],
            task_title=row["task__title"],
            rank=row["rank"],
        )


def _frozen(listed: RecommendationList):
    """Rows with the few parts of the frozen content that the table shows; the long texts stay in the database."""
    used = CallVersion.objects.filter(pk__in=listed.applications.values("call_version"))
    sections = {section.key for version in used if (section := version.spec.form.of_type("partners"))}
    content = "version__content"
    parts = {
        f"partners_{place}": KeyTransform("rows", KeyTransform(key, KeyTransform("sections", content)))
        for place, key in enumerate(sorted(sections))
    }
    fields = ("pk", "number", "rank", "task__code", "task__title", "task__field__name")
    return (
        listed.applications.order_by("task__order", "rank", "pk")
        .annotate(frozen_title=KeyTextTransform("title", content), frozen_unit=KeyTransform("unit", content), **parts)
        .values(*fields, "frozen_title", "frozen_unit", *parts)
    )


def partner_names(tables_of_partners: Iterable) -> str:
    """The names in the form's tables of partners; what nobody filled in is left out."""
    names = [row.get("name", "").strip() for rows in tables_of_partners for row in rows or [] if isinstance(row, dict)]
    return "、".join(filter(None, names))


def unit_type(unit: dict) -> str:
    """高校; 企业：国家高新技术企业（GR…）."""
    kind, certificate = unit.get("enterprise_kind", ""), unit.get("certificate_no", "")
    words = f"{kind}（{certificate}）" if kind and certificate else kind or certificate
    return f"{unit.get('type_label', '')}：{words}" if words else unit.get("type_label", "")


_PLACE = re.compile(
    r"((?:[一-龥]{2,8}?(?:省|自治区))?(?:[一-龥]{2,8}?(?:市|自治州|地区|盟))?)((?:[一-龥]{1,8}?(?:县|区|旗|市))?)"
)


def place_of(address: str, region: str) -> str:
    """County, city or district at the head of an address; the region where the address does not begin with one."""
    above, county = _PLACE.match(address.strip()).groups()
    if len(county) > 2 or (county and above):
        return above + county
    return above or region


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

FILES = {
    SUMMARY_XLSX: (summary_xlsx, "推荐项目汇总表", "xlsx"),
    SUMMARY_PDF: (summary_pdf, "推荐项目汇总表", "pdf"),
    LETTER_PDF: (letter_pdf, "推荐函", "pdf"),
}


def find_list(pk: int) -> RecommendationList:
    """A list with what its files need."""
    related = ("call__current_version", "department", "confirmed_by")
    return RecommendationList.objects.select_related(*related).defer("call__current_version__document").get(pk=pk)


def filename_of(listed: RecommendationList, kind: str) -> str:
    _, title, suffix = FILES[kind]
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
