"""What is missing or too long in a form, section by section, each with the place to mend it."""

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal, InvalidOperation

from programmes.facts import Facts
from programmes.requirements.base import Problem
from programmes.spec import SectionSpec

Look = Callable[[SectionSpec, Facts], Iterable[Problem]]

ROW_WORDS = {
    "name": "姓名",
    "birth_date": "出生日期",
    "title": "职称",
    "degree": "学位",
    "employer": "工作单位",
    "duty": "分工",
    "months": "投入时间（月）",
}


def missing(facts: Facts) -> Iterable[Problem]:
    """Everything that the form asks for and that is not there, in the order of the form."""
    for section in facts.form.sections:
        look = LOOKS.get(section.type)
        if look:
            yield from look(section, facts)


def filled(data: Mapping, key: str) -> str:
    """The text under a key without surrounding blanks; '' when nothing is there."""
    value = data.get(key)
    return "" if value is None else str(value).strip()


def _project(section: SectionSpec, facts: Facts) -> Iterable[Problem]:
    title, longest = facts.title.strip(), section.options.get("title_max", 60)
    if not title:
        yield Problem("没有填写项目名称。", f"{section.key}.title")
    elif len(title) > longest:
        sentence = f"项目名称有 {len(title)} 字，不得超过 {longest} 字。"
        yield Problem(sentence, f"{section.key}.title")


def _entries(
    section: SectionSpec, entries: Iterable[Mapping], data: Mapping, required: str = "没有填写"
) -> Iterable[Problem]:
    """Entries of {key, label, required, max_chars} against the saved texts."""
    for entry in entries:
        text, where = filled(data, entry["key"]), f"{section.key}.{entry['key']}"
        if not text:
            if entry.get("required", True):
                yield Problem(f"{section.title}：{required}“{entry['label']}”。", where)
        elif entry.get("max_chars") and len(text) > entry["max_chars"]:
            over = len(text) - entry["max_chars"]
            sentence = f"“{entry['label']}”有 {len(text)} 字，超出 {over} 字，限 {entry['max_chars']} 字。请精简。"
            yield Problem(sentence, where)


def _unit(section: SectionSpec, facts: Facts) -> Iterable[Problem]:
    yield from _entries(section, section.options.get("fields", []), facts.sections.get(section.key, {}))


def _questions(section: SectionSpec, facts: Facts) -> Iterable[Problem]:
    answers = facts.sections.get(section.key, {}).get("answers", {})
    yield from _entries(section, section.options.get("questions", []), answers)


def _partners(section: SectionSpec, facts: Facts) -> Iterable[Problem]:
    if section.required and not facts.partners:
        yield Problem(f"{section.title}：没有填写。", section.key)
    for position, partner in enumerate(facts.partners):
        lacking = [word for word, value in (("名称", partner.name), ("类型", partner.type)) if not value.strip()]
        if not partner.code and not partner.is_abroad:
            lacking.append("统一社会信用代码")
        if not partner.duty.strip():
            lacking.append("分工")
        if lacking:
            sentence = f"第 {position + 1} 家联合单位没有填写{'、'.join(lacking)}。"
            yield Problem(sentence, f"{section.key}.{position}")


def _team(section: SectionSpec, facts: Facts) -> Iterable[Problem]:
    least = section.options.get("least", 1 if section.required else 0)
    if len(facts.team) < least:
        yield Problem(f"{section.title}现有 {len(facts.team)} 人，须不少于 {least} 人。", section.key)
    most = section.options.get("most")
    if most and len(facts.team) > most:
        over = len(facts.team) - most
        sentence = f"{section.title}现有 {len(facts.team)} 人，不得超过 {most} 人。请删去 {over} 人。"
        yield Problem(sentence, section.key)
    required = section.options.get("required_columns", ["name", "birth_date", "employer", "duty"])
    for position, member in enumerate(facts.team):
        lacking = [
            ROW_WORDS[column] for column in required if getattr(member, column) is None or getattr(member, column) == ""
        ]
        if lacking:
            name = member.name.strip() or f"第 {position + 1} 人"
            sentence = f"{section.title}：{name}没有填写{'、'.join(lacking)}。"
            yield Problem(sentence, f"{section.key}.{position}")


def _budget(section: SectionSpec, facts: Facts) -> Iterable[Problem]:
    if not section.required:
        return
    if facts.money() <= 0:
        yield Problem("经费预算：没有填写经费来源。", f"{section.key}.sources")
    if section.options.get("items") and facts.spent() <= 0:
        yield Problem("经费预算：没有填写经费支出。", f"{section.key}.items")


def _commitments(section: SectionSpec, facts: Facts) -> Iterable[Problem]:
    # The promises themselves are every_indicator_promised; here is what stands beside them.
    if not section.options.get("proof_required"):
        return
    for indicator in facts.task.indicators:
        commitment = facts.commitments.get(indicator.code)
        if commitment and not commitment.proof.strip():
            sentence = f"{indicator.name}：没有说明考核方式。请写明以何种检测报告或证明材料验证。"
            yield Problem(sentence, f"{section.key}.{indicator.code}.proof")


def _targets(section: SectionSpec, facts: Facts) -> Iterable[Problem]:
    rows = facts.sections.get(section.key, {}).get("rows", {})
    for row in section.options.get("rows", []):
        text, where = filled(rows.get(row["key"]) or {}, "value"), f"{section.key}.{row['key']}"
        if not text:
            if row.get("required", True):
                yield Problem(f"{section.title}：没有填写“{row['name']}”。", where)
            continue
        sentence = _target_problem(row, text)
        if sentence:
            yield Problem(sentence, where)


def _target_problem(row: Mapping, text: str) -> str:
    if row["kind"] == "integer" and not (text.isascii() and text.isdigit()):
        return f"“{row['name']}”须为不小于 0 的整数，现为“{text[:20]}”。"
    if row["kind"] == "percent":
        try:
            inside = 0 <= Decimal(text) <= 100
        except InvalidOperation:
            inside = False
        if not inside:
            return f"“{row['name']}”须为 0 至 100 的数值，现为“{text[:20]}”。"
    if row["kind"] == "choice" and text not in row["choices"]:
        return f"“{row['name']}”须从列出的各项中选择，现为“{text[:20]}”。"
    if row["kind"] == "text" and row.get("max_chars") and len(text) > row["max_chars"]:
        return f"“{row['name']}”有 {len(text)} 字，限 {row['max_chars']} 字。请精简。"
    return ""


def _attachments(section: SectionSpec, facts: Facts) -> Iterable[Problem]:
    for kind in section.options.get("kinds", []):
        present = sum(1 for attachment in facts.attachments if attachment.kind == kind["key"])
        where = f"{section.key}.{kind['key']}"
        if not present and kind.get("required", False):
            yield Problem(f"没有上传附件“{kind['label']}”。", where)
        elif not present and kind.get("required_with") == "partners" and facts.partners:
            yield Problem(f"有联合单位，但没有上传附件“{kind['label']}”。", where)
        most = kind.get("max_files", 1)
        if present > most:
            sentence = f"附件“{kind['label']}”有 {present} 个文件，不得超过 {most} 个。"
            yield Problem(sentence, where)


LOOKS: dict[str, Look] = {
    "project": _project,
    "unit": _unit,
    "partners": _partners,
    "team": _team,
    "budget": _budget,
    "commitments": _commitments,
    "targets": _targets,
    "questions": _questions,
    "attachments": _attachments,
}
