"""What is missing or too long in a form, section by section, each with the place to mend it."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from decimal import Decimal, InvalidOperation

from programmes.answers import asked, columns_of, date_of, problem_of, text_of
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
    if facts.task.parts and facts.part not in {part.code for part in facts.task.parts}:
        yield Problem("没有选择子方向。请选择一个，只对它的指标作出承诺。", f"{section.key}.part")
    if section.options.get("term") == "dates":
        yield from _term(section, facts.sections.get(section.key, {}))


def _term(section: SectionSpec, data: Mapping) -> Iterable[Problem]:
    """Both days of the term, in their order and not further apart than the form says."""
    days = {}
    for end, label in (("starts_on", "执行期开始日期"), ("ends_on", "执行期截止日期")):
        typed = filled(data, end)
        days[end] = date_of(typed)
        if not typed:
            yield Problem(f"没有填写{label}。", f"{section.key}.{end}")
        elif days[end] is None:
            sentence = f"{label}“{typed[:20]}”不是有效日期。请按 2025-03-06 的格式填写。"
            yield Problem(sentence, f"{section.key}.{end}")
    start, end, most = days["starts_on"], days["ends_on"], section.options.get("most_years")
    if start is None or end is None:
        return
    if end < start:
        yield Problem("执行期截止日期早于开始日期，请核对。", f"{section.key}.ends_on")
    elif most and end >= years_later(start, most):
        yield Problem(f"执行期自 {start} 至 {end}，超过 {most} 年。请调整起止日期。", f"{section.key}.ends_on")


def years_later(day: date, years: int) -> date:
    """The same day so many years later; 29 February becomes 1 March where there is none."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return date(day.year + years, 3, 1)


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
    """The questions that are asked: nothing is required of one whose condition does not hold."""
    answers = facts.sections.get(section.key, {}).get("answers") or {}
    for entry in asked(section.options.get("questions", []), answers):
        text, where = text_of(answers, entry["key"]), f"{section.key}.{entry['key']}"
        if not text and entry.get("required", True):
            yield Problem(f"{section.title}：没有填写“{entry['label']}”。", where)
        elif sentence := problem_of(entry, text):
            yield Problem(sentence, where)


def _table(section: SectionSpec, facts: Facts) -> Iterable[Problem]:
    """Between least and most rows; in each the required cells, and every cell of its column's kind."""
    columns, word = columns_of(section.options), section.options.get("row_label", "行")
    rows = [row for row in facts.sections.get(section.key, {}).get("rows") or [] if isinstance(row, Mapping)]
    least = section.options.get("least", 1 if section.required else 0)
    if len(rows) < least:
        yield Problem(f"{section.title}现有 {len(rows)} 行，须不少于 {least} 行。", section.key)
    most = section.options.get("most")
    if most and len(rows) > most:
        over = len(rows) - most
        yield Problem(
            f"{section.title}现有 {len(rows)} 行，不得超过 {most} 行。请删去 {over} 行。", f"{section.key}.rows"
        )
    for position, row in enumerate(rows):
        who = f"{section.title}第 {position + 1} 行" if word == "行" else f"{word} {position + 1}"
        lacking = []
        for column in columns:
            text = text_of(row, column["key"])
            if not text and column.get("required", True):
                lacking.append(column["label"])
            elif sentence := problem_of(column, text):
                yield Problem(f"{who}：{sentence}", f"{section.key}.{position}.{column['key']}")
        if lacking:
            yield Problem(f"{who}没有填写{'、'.join(lacking)}。", f"{section.key}.{position}")


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
    for indicator in facts.indicators():
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


def _pledge(section: SectionSpec, facts: Facts) -> Iterable[Problem]:
    """Whether it is signed is another rule's (pledge_signed); here: every member of the team is among the signers."""
    data = facts.sections.get(section.key, {})
    if section.options.get("signer") != "participants" or not data.get("agreed"):
        return
    signed = {str(name).strip() for name in data.get("signers") or []}
    away = [name for member in facts.team if (name := member.name.strip()) and name not in signed]
    if away or not signed:
        who = "、".join(away[:10]) + (f" 等 {len(away)} 人" if len(away) > 10 else "") if away else "参与人员"
        yield Problem(f"{section.title}：{who}没有签署。", f"{section.key}.signers")


LOOKS: dict[str, Look] = {
    "project": _project,
    "unit": _unit,
    "partners": _partners,
    "team": _team,
    "budget": _budget,
    "commitments": _commitments,
    "targets": _targets,
    "questions": _questions,
    "table": _table,
    "attachments": _attachments,
    "pledge": _pledge,
}
