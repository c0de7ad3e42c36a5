"""The application as a paper: a Version's (or draft's) content → the context of templates/papers/application.html.

The content is the JSON that `applications.versions` freezes; nothing is read from the database here. Its parts:

    number, title, call {title, year}, task {code, title, field, category}, department {name}
    unit {name, code, type_label, region_label, registered_on, legal_person, address, contact_name, contact_phone}
    form [{key, type, title, options}], sections {key: data as the section saves it}
    indicators [{code, name, target_text, unit, comparator, conditions, group}], commitments {code: {…, proof, note}}
    attachments [{kind, kind_label, name, size, sha256, pages}], pledges {section key: {role, signer, text, signed_at}}
"""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation

from applications.papers_answers import pledge, questions, table
from documents import qr
from documents.text import day, moment, numeral, printable, spread, width_of
from jbgs.lib.countries import CHINA, country_name
from jbgs.lib.uploads import readable_size
from programmes.indicators import IndicatorSpec
from programmes.spec import WHOLE
from programmes.words import BUDGET_SOURCES, UNIT_TYPES, word_of

Label = Callable[[str], str]
"""The call's word for a key of programmes.words.LABELS."""

TEMPLATE = "papers/application.html"
DRAFT_WORDS = "草稿（未提交），不得用于报送"
WIDE_FACT = 12.5  # hanzi in half a line of a form (51.5 mm); a longer value takes the whole line
LONG_CELL = 90  # characters: a longer text stands on a line of its own under its row, else the row outgrows the page
SPANNED_HEIGHT = 200  # millimetres of rows: such a performance table surely fits on one page
UNIT_FACTS = (
    ("name", "单位名称"),
    ("code", "统一社会\n信用代码"),
    ("type_label", "单位类型"),
    ("region_label", "注册地区"),
    ("registered_on", "注册日期"),
    ("legal_person", "法定代表人"),
    ("address", "注册地址"),
    ("contact_name", "联系人"),
    ("contact_phone", "联系电话"),
)


def application_paper(
    content: dict,
    *,
    number: str = "",
    version: int = 0,
    code: str = "",
    sha256: str = "",
    draft: bool,
    submitted_at: datetime | None = None,
    label: Label = word_of,
) -> dict:
    """Context of the whole application. `label`: the words of its call (CallSpec.label).

    A final has its number, version, code and hash on every page; a draft has none of them, whatever is passed.
    `submitted_at` is aware. Give the result to `documents.pdf.render(TEMPLATE, context, draft=draft)`.
    """
    content = printable(content)
    number = number or content.get("number", "")
    content = content | {"label": label}
    form = [one for one in content["form"] if one["type"] != "commitments" or content["indicators"]]
    sections = [_section(content, section, draft) for section in form]
    if reasons := content.get("reasons"):
        place = next((i for i, one in enumerate(sections) if one["type"] == "pledge"), len(sections))
        template = "papers/sections/reasons.html"
        sections.insert(place, {"title": "原则上要求的说明", "type": "reasons", "template": template, "rows": reasons})
    for position, section in enumerate(sections, 1):
        section["numeral"] = numeral(position)
    words = {key: label(key) for key in ("application", "lead", "partner", "leader", "indicator")}
    name = f"{content['call']['title']}{words['application']}"
    context = {
        "title": f"{name} {number}".strip(),
        "words": words,
        "programme": content["call"]["title"],
        "cover": _cover(content),
        "made": submitted_at and day(submitted_at),
        "sections": sections,
        "unit_name": content["unit"]["name"],
    }
    if draft:
        return context | {
            "ids": [("申报编号", number or "提交后生成"), (spread("版本"), DRAFT_WORDS)],
            "head": name,
            "version": DRAFT_WORDS,
        }
    submitted = f"（{moment(submitted_at)} 提交）" if submitted_at else ""
    return context | {
        "ids": [("申报编号", number), (spread("版本"), f"第{version}版{submitted}"), (spread("校验码"), code)],
        "head": f"{name}　{number}",
        "version": f"{number}　第{version}版　校验码 {code}",
        "hash": f"SHA-256 {sha256}",
        "qr": qr.svg("|".join((number, f"V{version}", code, sha256[:16]))),
    }


def _cover(content: dict) -> list[tuple[str, str]]:
    task, unit = content["task"], content["unit"]
    listed = task["code"] != WHOLE
    leader = next((row.get("name", "") for row in _rows(content, "team") if row.get("is_leader")), "")
    category = f"（{task['category']}）" if task.get("category") else ""
    label = content["label"]
    facts = [
        (label("field"), task.get("field", "") if listed else ""),
        (label("task"), f"{task['title']}{category}" if listed else ""),
        (label("title"), content.get("title", "") or " "),
        (label("lead"), f"{unit['name']}（盖章）"),
        (label("recommender"), content.get("department", {}).get("name", "")),
        (label("leader"), leader),
        ("联系人", unit.get("contact_name", "")),
        ("联系电话", unit.get("contact_phone", "")),
    ]
    return [(spread(word), value.strip()) for word, value in facts if value]


def _section(content: dict, section: dict, draft: bool) -> dict:
    """One section of the form for its template; a type that is not known has no template and prints its title only."""
    make = SECTIONS.get(section["type"])
    data = content["sections"].get(section["key"]) or {}
    if section["type"] == "pledge" and section["key"] in content.get("pledges", {}):
        content = content | {"pledge": content["pledges"][section["key"]]}
    shown = make(content, data, section.get("options") or {}) if make else {}
    return {
        "title": section["title"],
        "type": section["type"],
        "template": f"papers/sections/{section['type']}.html" if make else "",
        "draft": draft,
        **shown,
    }


def _rows(content: dict, type_: str) -> list[dict]:
    """The table rows of the first section of a type, without those in which nothing was typed."""
    key = next((section["key"] for section in content["form"] if section["type"] == type_), "")
    rows = (content["sections"].get(key) or {}).get("rows")
    return [row for row in rows if isinstance(row, dict) and any(row.values())] if isinstance(rows, list) else []


# ---- section types ----


def _project(content: dict, data: dict, options: dict) -> dict:
    task = content["task"]
    listed = task["code"] != WHOLE
    label = content["label"]
    facts = [
        (label("title"), content.get("title") or data.get("title", ""), True),
        (
            f"所属{label('field')}" if len(label("field")) < 4 else label("field"),
            task.get("field", "") if listed else "",
            False,
        ),
        ("类别", task.get("category", ""), False),
        (label("task"), f"{task['title']}（{task['code']}）" if listed else "", True),
        ("子方向", task.get("part", ""), True),
        ("执行期", "至".join(_date(data[end]) for end in ("starts_on", "ends_on") if data.get(end)), True),
        (label("lead"), content["unit"]["name"], False),
        (label("recommender"), content.get("department", {}).get("name", ""), False),
    ]
    return {"lines": fact_lines(fact for fact in facts if fact[1])}


def _unit(content: dict, data: dict, options: dict) -> dict:
    """What the register says about the unit, then what the form asked; a typed value stands over the register's."""
    fields = options.get("fields", [])
    asked = {field["key"] for field in fields}
    known = {**content["unit"], "registered_on": _date(content["unit"].get("registered_on"))}
    facts = [(label, known.get(key) or "", key == "name") for key, label in UNIT_FACTS if key not in asked]
    facts += [(field["label"], _typed(data.get(field["key"])), field.get("kind") == "long_text") for field in fields]
    return {"lines": fact_lines(facts)}


def fact_lines(facts) -> list[list[tuple[str, str]]]:
    """(label, value, wide) packed into lines of a form: two short facts share one, a long one has its own."""
    lines, open_line = [], None
    for label, value, wide in facts:
        if wide or width_of(value) > WIDE_FACT or "\n" in value or len(label) > 9:
            lines.append([(label, value)])
            continue
        if open_line is not None and len(open_line) == 1:
            open_line.append((label, value))
            open_line = None
        else:
            open_line = [(label, value)]
            lines.append(open_line)
    return lines


def _partners(content: dict, data: dict, options: dict) -> dict:
    rows = [
        {
            **row,
            "type_label": UNIT_TYPES.get(row.get("type", ""), row.get("type", "")),
            "country": country_name(row.get("country") or CHINA),
            "own_line": len(row.get("duty") or "") > LONG_CELL,
        }
        for row in _rows(content, "partners")
    ]
    abroad = any(row["country"] != country_name(CHINA) for row in rows)
    return {"rows": rows, "with_country": abroad}


def _team(content: dict, data: dict, options: dict) -> dict:
    rows = _rows(content, "team")
    months = sum(int(row["months"]) for row in rows if str(row.get("months", "")).isdecimal())
    return {"rows": rows, "people": len(rows), "months": months}


def _budget(content: dict, data: dict, options: dict) -> dict:
    """Sources by year as a matrix with sums and shares, and the items; whatever is no number is printed as typed."""
    sources = [row for row in data.get("sources") or [] if row.get("source") or row.get("amount")]
    years = sorted(
        {str(year) for year in options.get("years", [])} | {str(row.get("year") or "") for row in sources} - {""}
    )
    names = list(dict.fromkeys([*options.get("sources", []), *(row.get("source", "") for row in sources)]))
    cells = {(row.get("source", ""), str(row.get("year") or "")): row.get("amount", "") for row in sources}
    whole = sum(map(_number, cells.values()), Decimal(0))
    table = []
    for name in names:
        amounts = [cells.get((name, year), "") for year in years]
        total = sum(map(_number, amounts), Decimal(0))
        share = f"{total / whole:.2%}" if whole else "—"
        table.append(
            {
                "name": BUDGET_SOURCES.get(name, name),
                "amounts": [*map(money, amounts)],
                "total": money(total),
                "share": share,
            }
        )
    by_year = [sum((_number(cells.get((name, year))) for name in names), Decimal(0)) for year in years]
    labels = {item["key"]: item["label"] for item in options.get("items", [])}
    items = [row for row in data.get("items") or [] if row.get("item") or row.get("amount")]
    spent = sum((_number(row.get("amount")) for row in items), Decimal(0))
    return {
        "years": years,
        "sources": table,
        "year_sums": [money(amount) for amount in by_year],
        "whole": money(whole),
        "items": [
            {
                "name": labels.get(row.get("item"), row.get("item", "")),
                "amount": money(row.get("amount")),
                "share": f"{_number(row.get('amount')) / spent:.2%}" if spent else "—",
                "note": row.get("note", ""),
            }
            for row in items
        ],
        "spent": money(spent),
        "gap": money(abs(whole - spent)) if items and whole != spent else "",
    }


def _commitments(content: dict, data: dict, options: dict) -> dict:
    promised = content.get("commitments", {})
    rows = []
    for indicator in content["indicators"]:
        promise = promised.get(indicator["code"], {})
        spec = IndicatorSpec(
            indicator["code"], indicator["name"], indicator["comparator"], unit=indicator.get("unit") or ""
        )
        words = spec.show(promise) or _as_typed(promise)
        proof, note = promise.get("proof", ""), promise.get("note", "")
        rows.append(
            {
                **indicator,
                "promise": words,
                "proof": proof,
                "note": note,
                "is_text": spec.is_text,
                "own_line": max(map(len, (words, proof, note))) > LONG_CELL,
            }
        )
    return {"rows": rows}


def _as_typed(promise: dict) -> str:
    ends = [str(promise[key]) for key in ("low", "high") if promise.get(key)]
    return str(promise.get("value") or promise.get("text") or "—".join(ends))


def _targets(content: dict, data: dict, options: dict) -> dict:
    values = data.get("rows") or {}
    rows = [{**row, "value": _typed((values.get(row["key"]) or {}).get("value"))} for row in options.get("rows", [])]
    return target_table(rows)


def target_table(rows: list[dict]) -> dict:
    """Rows with level1 and level2 as the performance table prints them.

    `groups`: [{level1, span, groups: [{level2, rows}]}]; `spans`: the table fits on one page, so a word may span the
    rows of its group. On a longer one each row repeats it: a page end would cut the span and leave its word behind.
    """
    outer: list[dict] = []
    for row in rows:
        if not outer or outer[-1]["level1"] != row.get("level1", ""):
            outer.append({"level1": row.get("level1", ""), "span": 0, "groups": []})
        groups = outer[-1]["groups"]
        if not groups or groups[-1]["level2"] != row.get("level2", ""):
            groups.append({"level2": row.get("level2", ""), "rows": []})
        groups[-1]["rows"].append(row)
        outer[-1]["span"] += 1
    # A line of a name holds 21 hanzi and is 5.2 mm high, one of a long value 15 and 4.3 mm.
    heights = [max(5.2 * -(-len(row["name"]) // 21), 4.3 * -(-len(row["value"]) // 15)) + 2.5 for row in rows]
    spans = sum(heights) <= SPANNED_HEIGHT
    for row in rows:
        row["own_line"] = not spans and len(row["value"]) > LONG_CELL
    return {"groups": outer, "spans": spans}


def _attachments(content: dict, data: dict, options: dict) -> dict:
    return {
        "rows": [
            {**row, "size_text": readable_size(row["size"]), "hash_lines": (row["sha256"][:32], row["sha256"][32:])}
            for row in content.get("attachments", [])
        ]
    }


SECTIONS = {
    "project": _project,
    "unit": _unit,
    "partners": _partners,
    "team": _team,
    "budget": _budget,
    "commitments": _commitments,
    "targets": _targets,
    "questions": questions,
    "table": table,
    "attachments": _attachments,
    "pledge": pledge,
}


# ---- values ----


def money(value) -> str:
    """万元 with two decimals and thousands: 12,000.00; 0.00 for nothing; what is no number stays as typed."""
    if value in (None, ""):
        return "0.00"
    try:
        return f"{Decimal(str(value).replace(',', '')):,.2f}"
    except InvalidOperation:
        return str(value)


def _number(value) -> Decimal:
    try:
        number = Decimal(str(value or 0).replace(",", ""))
    except InvalidOperation:
        return Decimal(0)
    return number if number.is_finite() else Decimal(0)


def _typed(value) -> str:
    return "" if value is None else str(value).strip()


def _date(value) -> str:
    try:
        return day(date.fromisoformat(str(value)))
    except ValueError:
        return str(value or "")
