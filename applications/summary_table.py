"""The summary table of a department's list (推荐项目汇总表): the columns that a call names, read from frozen versions.

What may stand in it is closed (programmes.words.SUMMARY_COLUMNS, and answers of the form); a call that names no columns
has the usual ones, without those that it cannot fill. Rows are read while they are written, in three queries however
many they are, and only those parts of the frozen contents that a column shows.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as made_by

from django.db.models.fields.json import KeyTextTransform, KeyTransform

from accounts.choices import UnitType
from applications.examination import SIGNED
from applications.models import Opinion, QuotaUse, RecommendationList
from documents.sheets import Column
from jbgs.lib.regions import region_name
from programmes.answers import shown
from programmes.models import CallVersion
from programmes.spec import CallSpec, SummaryColumn
from programmes.words import ANSWERS, SUMMARY_COLUMNS

LOOKED_AT, NOT_LOOKED_AT = "已审核", "未审核"
ROWS_AT_ONCE = 500
SHORT_ANSWER = 40
"""Characters: a question that allows no more has a narrow column."""
USUAL = (
    "number", "acceptance_no", "task_code", "title", "unit", "unit_type", "county", "partners", "checked", "remark",
)  # fmt: skip
# Millimetres on paper, kind of the cells, attribute of the row where it is not the code itself.
LOOKS: dict[str, tuple[float, str, str]] = {
    "number": (12, "serial", ""),
    "acceptance_no": (37, "code", "number"),
    "field": (28, "text", "field_name"),
    "task_code": (19, "code", "task"),
    "task": (44, "text", "task_title"),
    "owner": (34, "text", ""),
    "title": (44, "text", ""),
    "unit": (36, "text", ""),
    "unit_code": (43, "code", ""),
    "unit_type": (26, "text", ""),
    "enterprise_kind": (28, "text", ""),
    "region": (19, "short", ""),
    "county": (22, "text", "place"),
    "partners": (33, "text", ""),
    "direction_units": (36, "text", ""),
    "leader": (18, "short", ""),
    "contact": (18, "short", ""),
    "phone": (30, "code", ""),
    "rank": (14, "int", ""),
    "opinion": (36, "text", ""),
    "checked": (25, "short", "looked_at"),
    "stamp": (26, "short", ""),
    "remark": (23, "text", ""),
}
_NARROW = {"integer": 18, "decimal": 22, "percent": 18, "date": 28, "yes_no": 16, "choice": 24, "phone": 30}
_PLACE = re.compile(
    r"((?:[一-龥]{2,8}?(?:省|自治区))?(?:[一-龥]{2,8}?(?:市|自治州|地区|盟))?)((?:[一-龥]{1,8}?(?:县|区|旗|市))?)"
)


@dataclass(frozen=True)
class SummaryRow:
    """One recommended project, in words; what the unit wrote comes from its frozen version."""

    number: str
    task: str
    title: str
    unit: str
    unit_code: str
    unit_type: str
    enterprise_kind: str
    region: str
    place: str
    partners: str
    leader: str
    contact: str
    phone: str
    opinion: str
    looked_at: str
    remark: str
    field_name: str
    task_title: str
    rank: int | None
    owner: str = ""
    direction_units: str = ""
    stamp: str = ""
    answers: Mapping[str, str] = made_by(default_factory=dict)


# ---- columns ----


class _Words:
    """The labels of a call for the headings that name them in braces."""

    def __init__(self, spec: CallSpec):
        self.spec = spec

    def __getitem__(self, key: str) -> str:
        return self.spec.label(key)


def columns_of(spec: CallSpec) -> tuple[SummaryColumn, ...]:
    """The columns of the call's table: its own, else the usual ones that it can fill."""
    if spec.summary_table.columns:
        return spec.summary_table.columns
    absent = {code for code, has in (("task_code", spec.has_tasks), ("partners", spec.has_partners)) if not has}
    return tuple(SummaryColumn(code) for code in USUAL if code not in absent)


def sheet_columns(spec: CallSpec) -> list[Column]:
    """The same for documents.sheets, with headings in the call's words."""
    return [_column(spec, column) for column in columns_of(spec)]


def _column(spec: CallSpec, column: SummaryColumn) -> Column:
    if column.code.startswith(ANSWERS):
        question = question_of(spec, column.code)
        is_short = question.get("kind", "") in _NARROW
        width = _NARROW[question["kind"]] if is_short else 24 if question.get("max_chars", 300) <= SHORT_ANSWER else 36
        kind = "short" if is_short else "text"
        heading = column.heading or question.get("label", column.code)
        return Column(column.code, heading, width, kind, value=lambda row: row.answers.get(column.code, ""))
    width, kind, path = LOOKS[column.code]
    heading = column.heading or SUMMARY_COLUMNS[column.code].format_map(_Words(spec))
    choices = (LOOKED_AT, NOT_LOOKED_AT) if column.code == "checked" else ()
    return Column(column.code, heading, width, kind, value=path or None, choices=choices)


def notes_of(spec: CallSpec) -> tuple[str, ...]:
    """What stands below the table: the call's own notes, else those that explain the columns it has."""
    if spec.summary_table.notes or spec.summary_table.columns:
        return spec.summary_table.notes
    codes = {column.code for column in columns_of(spec)}
    project, body = spec.label("project"), spec.label("recommender")
    order = f"，{spec.label('task')}内按{spec.label('recommend')}次序排列" if spec.ranks_recommended else ""
    notes = [f"本表由{body}填报，所列{project}均为{body}审核符合申报要求的{project}{order}。"]
    if "unit_type" in codes:
        notes.append("单位类型按注册信息填写；为企业的注明企业类型，国家高新技术企业注明证书编号。")
    if "partners" in codes:
        notes.append(f"{spec.label('partner')}指{spec.label('lead')}以外参加申报的单位。")
    return tuple(notes)


def question_of(spec: CallSpec, code: str) -> Mapping:
    """The question or the unit's field that answers.<section>.<question> names; {} where this form does not ask it."""
    key, _, name = code.removeprefix(ANSWERS).partition(".")
    section = next((one for one in spec.form.sections if one.key == key), None)
    if section is None:
        return {}
    asked = section.options.get("fields" if section.type == "unit" else "questions", ())
    return next((dict(one) for one in asked if one["key"] == name), {})


# ---- rows ----


def summary_rows(listed: RecommendationList) -> Iterator[SummaryRow]:
    """The projects of the list by task and rank, streamed. `listed` comes with its call."""
    spec = listed.call.spec
    said = Opinion.objects.filter(application__recommendation_list=listed, verb="recommend").order_by("id")
    opinions = {pk: (items, text) for pk, items, text in said.values_list("application_id", "items", "text")}
    beyond = QuotaUse.objects.filter(application__recommendation_list=listed, scope__code="recommend")
    reasons = dict(beyond.exclude(over_reason="").values_list("application_id", "over_reason"))
    codes = [column.code for column in columns_of(spec) if column.code.startswith(ANSWERS)]
    questions = {f"answer_{place}": (code, question_of(spec, code)) for place, code in enumerate(codes)}
    for row in _frozen(listed, spec, questions).iterator(chunk_size=ROWS_AT_ONCE):
        yield _row(spec, row, opinions.get(row["pk"], ((), "")), reasons.get(row["pk"], ""), questions)


def _row(spec: CallSpec, row: dict, said: tuple, reason: str, questions: Mapping) -> SummaryRow:
    unit = row["frozen_unit"] or {}
    items, opinion = said
    task = spec.tasks.get(row["task__code"])
    name = unit.get("name", "")
    return SummaryRow(
        number=row["number"],
        task=row["task__code"],
        title=row["frozen_title"] or "",
        unit=name,
        unit_code=unit.get("code", ""),
        unit_type=unit_type(unit),
        enterprise_kind=_kind_of(unit),
        region=unit.get("region_label", "") or region_name(unit.get("region", "")),
        place=place_of(unit.get("address", ""), unit.get("region_label", "")),
        partners=partner_names(_parts(row, "partners_")),
        leader="、".join(
            one.get("name", "") for rows in _parts(row, "team_") for one in rows or [] if one.get("is_leader")
        ),
        contact=row.get("typed_contact_name") or unit.get("contact_name", ""),
        phone=row.get("typed_contact_phone") or unit.get("contact_phone", ""),
        opinion=opinion,
        looked_at=LOOKED_AT if SIGNED.code in items else NOT_LOOKED_AT,
        remark=f"超出名额：{reason}" if reason else "",
        field_name=row["task__field__name"],
        task_title=row["task__title"],
        rank=row["rank"],
        owner=task.owner.name if task and task.owner else "",
        direction_units=_others(row.get("directions"), _directions_column(spec), name),
        answers={
            code: shown(question, str(row[key] or "").strip()) if question else str(row[key] or "")
            for key, (code, question) in questions.items()
        },
    )


def _parts(row: dict, prefix: str) -> list:
    return [row[name] for name in row if name.startswith(prefix)]


def _directions_column(spec: CallSpec) -> SummaryColumn | None:
    return next((column for column in columns_of(spec) if column.code == "direction_units"), None)


def _others(rows, column: SummaryColumn | None, lead: str) -> str:
    """Who else leads a direction of the form's table, each once, in its order."""
    if column is None:
        return ""
    rows = rows if isinstance(rows, list) else []
    names = [str(row.get(column.column) or "").strip() for row in rows if isinstance(row, dict)]
    return "、".join(dict.fromkeys(name for name in names if name and name != lead))


def _frozen(listed: RecommendationList, spec: CallSpec, questions: Mapping):
    """Rows with the few parts of the frozen content that the table shows; the long texts stay in the database."""
    wanted = {column.code for column in columns_of(spec)}
    used = [version.spec for version in CallVersion.objects.filter(pk__in=listed.applications.values("call_version"))]
    sections = KeyTransform("sections", "version__content")
    parts = _rows_of_type(used, sections, "partners")
    section = spec.form.of_type("unit")
    for code, name in (("contact", "contact_name"), ("phone", "contact_phone")):
        if code in wanted and section:  # what was typed stands over the register, as on the application's paper
            parts[f"typed_{name}"] = KeyTextTransform(name, KeyTransform(section.key, sections))
    if "leader" in wanted:
        parts |= _rows_of_type(used, sections, "team")
    if column := _directions_column(spec):
        parts["directions"] = KeyTransform("rows", KeyTransform(column.section, sections))
    for name, (code, _) in questions.items():
        key, _, question = code.removeprefix(ANSWERS).partition(".")
        section = KeyTransform(key, sections)
        of_unit = any(one.key == key and one.type == "unit" for one in spec.form.sections)
        parts[name] = KeyTextTransform(question, section if of_unit else KeyTransform("answers", section))
    content = "version__content"
    fields = ("pk", "number", "rank", "task__code", "task__title", "task__field__name")
    return (
        listed.applications.order_by("task__order", "rank", "pk")
        .annotate(frozen_title=KeyTextTransform("title", content), frozen_unit=KeyTransform("unit", content), **parts)
        .values(*fields, "frozen_title", "frozen_unit", *parts)
    )


def _rows_of_type(used: Iterable[CallSpec], sections, type_: str) -> dict:
    """The rows of the first section of a type, one entry for each key that the versions of the call gave it."""
    keys = sorted({found.key for spec in used if (found := spec.form.of_type(type_))})
    return {f"{type_}_{place}": KeyTransform("rows", KeyTransform(key, sections)) for place, key in enumerate(keys)}


def partner_names(tables_of_partners: Iterable) -> str:
    """The names in the form's tables of partners; what nobody filled in is left out."""
    names = [row.get("name", "").strip() for rows in tables_of_partners for row in rows or [] if isinstance(row, dict)]
    return "、".join(filter(None, names))


def unit_type(unit: dict) -> str:
    """高校; 企业：国家高新技术企业（GR…）."""
    words = _kind_of(unit)
    return f"{unit.get('type_label', '')}：{words}" if words else unit.get("type_label", "")


def _kind_of(unit: dict) -> str:
    """国家高新技术企业（GR…）; nothing for what is no enterprise."""
    if unit.get("type", UnitType.ENTERPRISE) != UnitType.ENTERPRISE:
        return ""
    kind, certificate = unit.get("enterprise_kind", ""), unit.get("certificate_no", "")
    return f"{kind}（{certificate}）" if kind and certificate else kind or certificate


def place_of(address: str, region: str) -> str:
    """County, city or district at the head of an address; the region where the address does not begin with one."""
    above, county = _PLACE.match(address.strip()).groups()
    if len(county) > 2 or (county and above):
        return above + county
    return above or region
