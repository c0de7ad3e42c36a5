"""From what was typed to rows: one reader per section type (DESIGN §3).

A section keeps exactly what was typed. At each save the typed rows are rebuilt from what can be read; what cannot be
read stays in the section and is named by a `Finding`, so that nothing typed is lost and nothing unreadable is compared.

What `workflow.save_section` takes and `Section.data` holds, by the section's type; every value is a text as typed:

    project      {"title", "part": code of the task's part, "starts_on", "ends_on": 2025-03-06}; the last three only
                 where the task has parts and where the section's option `term` is dates
    unit         {key of the field: text}
    partners     {"rows": [{"name", "code", "type", "country": ISO code such as CN or DE, "duty"}]}; no code abroad
    team         {"rows": [{"name", "is_leader": bool, "birth_date", "title", "degree", "employer", "duty", "months",
                 "id_number"}]}
    budget       {"sources": [{"source", "year": int, "amount"}], "items": [{"item", "amount"}]}
    commitments  {"rows": {indicator code: {"value" | "low" and "high" | "text", "proof", "note"}}}, of the chosen part
    targets      {"rows": {key of the row: {"value"}}}
    questions    {"answers": {key: text}}: yes_no is "yes" or "no", choice one of its choices, multi the list of the
                 chosen ones, a date 2025-03-06, a number without its unit (programmes.answers)
    table        {"rows": [{key of the column: text}]}; a multi's chosen ones are joined by "；"
    pledge       {"agreed": bool, "signer": name}; for `signer: participants` {"agreed": bool, "signers": [names]},
                 every member of the team among them
    attachments  {}: files are Attachment rows

A section or question whose condition does not hold keeps what was typed, and nobody asks, counts or prints it.
"gone" beside these: [{"label", "text"}], what stood there when the owner took over a newer form that no longer asks it.
"""

from collections.abc import Callable, Iterable
from datetime import date
from decimal import Decimal, InvalidOperation

from applications import persons
from applications.models import BudgetLine, Commitment, Member, Partner, Pledge
from jbgs.lib import clock, countries, validators
from jbgs.lib.crypto import sha256_hex
from programmes.requirements import Finding
from programmes.spec import HARD, SectionSpec

ABROAD = "XX"  # kept by earlier forms for a partner from outside China
MONEY_MOST = Decimal("99999999.99")  # 万元


def read(section: SectionSpec, data: dict) -> tuple[list, list[Finding]]:
    """The unsaved rows of one section and what in it cannot be read."""
    reader = READERS.get(section.type)
    if reader is None:
        return [], []
    problems: list[Finding] = []

    def complain(where: str, sentence: str) -> None:
        problems.append(Finding("unreadable", HARD, False, sentence, f"{section.key}.{where}"))

    return list(reader(data or {}, complain)), problems


def rebuild_rows(application, section: SectionSpec, data: dict) -> None:
    """Replace the section's rows by those that `data` says; two or three queries."""
    rows, _ = read(section, data)
    if section.type not in READERS:
        return
    model = ROW_MODELS[section.type]
    model.objects.filter(application=application).delete()
    for row in rows:
        row.application = application
    model.objects.bulk_create(rows)


def rebuild_all(application, spec) -> None:
    """Replace all rows by what the sections of a form say; those of a type that it does not have go."""
    saved = {row.key: row.data for row in application.sections.all()}
    present = {section.type: section for section in spec.form.sections if section.type in READERS}
    for type_, model in ROW_MODELS.items():
        if type_ in present:
            rebuild_rows(application, present[type_], saved.get(present[type_].key) or {})
        else:
            model.objects.filter(application=application).delete()


def sign_pledge(application, section: SectionSpec, data: dict, *, by, text: str) -> None:
    """Keep the pledge in step with its section: ticked makes a signature of `text`, unticked withdraws it.

    Each pledge section has its own valid signature; that of the participants names all who sign.
    """
    key, role = section.key, section.options.get("signer", "unit")
    valid = Pledge.objects.filter(application=application, section=key, withdrawn_at__isnull=True).first()
    signer = "、".join(signers_of(data))
    agreed = bool(data.get("agreed")) and bool(signer)
    if valid and (not agreed or valid.signer != signer or valid.text != text or valid.role != role):
        valid.withdrawn_at = clock.now()
        valid.save(update_fields=["withdrawn_at"])
        valid = None
    if agreed and valid is None:
        Pledge.objects.create(
            application=application, section=key, role=role, signer=signer, user=by, text=text,
            text_sha256=sha256_hex(text.encode()), signed_at=clock.now(),
        )  # fmt: skip


def signers_of(data: dict) -> list[str]:
    """Who signs, as typed: one for the unit or the leader, the names of the participants."""
    names = data.get("signers") if "signers" in data else [data.get("signer")]
    return [name for name in (str(one or "").strip() for one in names or []) if name]


def carried(section: SectionSpec, old: dict, new: dict) -> dict:
    """`new` with what the form does not ask now and was typed before: another part's promises, a newer form's gaps."""
    kept = dict(new)
    if section.type in ("project", "unit"):
        kept = {**{key: value for key, value in old.items() if key != "gone"}, **new}
    within = {"questions": "answers", "commitments": "rows", "targets": "rows"}.get(section.type)
    if within and isinstance(old.get(within), dict):
        kept[within] = {**old[within], **(new.get(within) or {})}
    if old.get("gone"):
        kept["gone"] = old["gone"]
    else:
        kept.pop("gone", None)
    return kept


Complain = Callable[[str, str], None]


def _text(row: dict, name: str, longest: int) -> str:
    return str(row.get(name) or "").strip()[:longest]


def _filled(rows: Iterable[dict]) -> Iterable[tuple[int, dict]]:
    """Rows in which something was typed, with their place in the table."""
    for position, row in enumerate(rows or []):
        if isinstance(row, dict) and any(str(value).strip() for value in row.values() if value not in (None, False)):
            yield position, row


def _partners(data: dict, complain: Complain):
    for position, row in _filled(data.get("rows")):
        code, country = _text(row, "code", 18), _text(row, "country", 40)
        who = f"联合单位 {position + 1}"
        if country and not countries.continent_of(country) and country != ABROAD:
            complain(f"{position}.country", f"{who}：没有“{country}”这个国家（地区）。请填写通用的中文名称。")
        if code and country not in ("", countries.CHINA):
            complain(f"{position}.code", f"{who}：境外单位没有统一社会信用代码，请清空。")
        elif code:
            try:
                code = validators.check_uscc(code)
            except ValueError as problem:
                complain(f"{position}.code", f"{who}：{problem}")
        if not _text(row, "name", 120):
            complain(f"{position}.name", f"{who}：没有填写单位名称。请按登记证书填写全称。")
        yield Partner(
            order=position,
            name=_text(row, "name", 120),
            code=code,
            type=_text(row, "type", 30),
            country=country,
            duty=_text(row, "duty", 2000),
        )


def _team(data: dict, complain: Complain):
    for position, row in _filled(data.get("rows")):
        who = f"第 {position + 1} 人"
        if not _text(row, "name", 60):
            complain(f"{position}.name", f"{who}：没有填写姓名。")
        id_number = _text(row, "id_number", 40)
        if id_number:
            try:
                id_number = validators.check_id_number(id_number)
            except ValueError as problem:
                complain(f"{position}.id_number", f"{who}：{problem}")
        name, birth_date = _text(row, "name", 60), _date(row, position, who, complain)
        person_key, name_key = persons.keys_of(name, birth_date, id_number)
        yield Member(
            order=position,
            name=name,
            is_leader=bool(row.get("is_leader")),
            birth_date=birth_date,
            title=_text(row, "title", 60),
            degree=_text(row, "degree", 30),
            employer=_text(row, "employer", 120),
            duty=_text(row, "duty", 200),
            months=_months(row, position, who, complain),
            id_number=id_number,
            person_key=person_key,
            name_key=name_key,
        )


def _date(row, position, who, complain) -> date | None:
    typed = _text(row, "birth_date", 20)
    if not typed:
        return None
    try:
        born = date.fromisoformat(typed)
    except ValueError:
        complain(f"{position}.birth_date", f"{who}：出生日期“{typed}”不是有效日期。请按 1985-03-06 的格式填写。")
        return None
    if born > clock.today():
        complain(f"{position}.birth_date", f"{who}：出生日期“{typed}”晚于今天，请核对。")
        return None
    return born


def _months(row, position, who, complain) -> int | None:
    typed = _text(row, "months", 10)
    if not typed:
        return None
    if not typed.isdecimal() or int(typed) > 120:
        complain(f"{position}.months", f"{who}：投入月数“{typed}”不是 0 至 120 的整数。")
        return None
    return int(typed)


def _budget(data: dict, complain: Complain):
    seen: set[tuple] = set()
    for kind, table, word in (("source", "sources", "经费来源"), ("item", "items", "经费支出")):
        for position, row in _filled(data.get(table)):
            where, who = f"{table}.{position}", f"{word}第 {position + 1} 行"
            amount = _money(row, where, who, complain)
            code = _text(row, "source" if kind == "source" else "item", 40)
            year = _year(row, where, who, complain) if kind == "source" else None
            if amount is None or (kind == "source" and year is None):
                continue
            if not code:
                complain(where, f"{who}：没有选择{'来源' if kind == 'source' else '科目'}。")
                continue
            if (kind, code, year) in seen:
                complain(where, f"{who}：与前面的行重复，请合并为一行。")
                continue
            seen.add((kind, code, year))
            yield BudgetLine(kind=kind, code=code, year=year, amount=amount)


def _money(row, where, who, complain) -> int | None:
    """Hundredths of 万元; None when empty or unreadable."""
    typed = _text(row, "amount", 30).replace(",", "").replace("，", "")
    if not typed:
        return None
    try:
        amount = Decimal(typed)
        if not amount.is_finite() or not 0 <= amount <= MONEY_MOST or amount != round(amount, 2):
            raise InvalidOperation
    except InvalidOperation:
        complain(f"{where}.amount", f"{who}：金额“{typed}”不是有效数字。请填写万元数，最多两位小数，不为负。")
        return None
    return int(amount * 100)


def _year(row, where, who, complain) -> int | None:
    typed = _text(row, "year", 6)
    if typed.isdecimal() and 2000 <= int(typed) <= 2100:
        return int(typed)
    complain(f"{where}.year", f"{who}：年度“{typed}”不是有效年份。请按 2025 的格式填写。")
    return None


def _commitments(data: dict, complain: Complain):
    for code, row in (data.get("rows") or {}).items():
        if not isinstance(row, dict):
            continue
        promise = {name: _text(row, name, 2000) for name in ("value", "low", "high", "text") if _text(row, name, 2000)}
        if promise or _text(row, "proof", 200) or _text(row, "note", 2000):
            yield Commitment(
                indicator_code=str(code)[:20],
                promise=promise,
                proof=_text(row, "proof", 200),
                note=_text(row, "note", 2000),
            )


READERS: dict[str, Callable] = {
    "partners": _partners,
    "team": _team,
    "budget": _budget,
    "commitments": _commitments,
}
ROW_MODELS = {"partners": Partner, "team": Member, "budget": BudgetLine, "commitments": Commitment}
