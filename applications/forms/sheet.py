"""One section as its page shows it: inputs with what was typed and what is wrong with it, from the SectionSpec."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from applications.forms.problems import Place
from programmes.indicators import IndicatorSpec
from programmes.spec import SectionSpec, TaskSpec
from programmes.words import BUDGET_SOURCES, UNIT_TYPES

CHINA = "CN"
COUNTRIES = ((CHINA, "中国"), ("HK", "中国香港"), ("MO", "中国澳门"), ("TW", "中国台湾"), ("XX", "国外"))
SPARE_ROWS = 40
COLUMN_LABELS = {
    "name": "姓名",
    "is_leader": "负责人",
    "birth_date": "出生日期",
    "title": "职称",
    "degree": "学位",
    "employer": "工作单位",
    "duty": "分工",
    "months": "投入月数",
}
INPUT_MODES = {"integer": "numeric", "decimal": "decimal", "phone": "tel", "email": "email", "date": "numeric"}


@dataclass
class Input:
    """One control. `name` is posted, `at` is the place that findings name, `kind` chooses the control."""

    name: str
    at: str
    label: str
    value: str = ""
    kind: str = "text"
    required: bool = False
    help: str = ""
    max_chars: int | None = None
    choices: tuple[tuple[str, str], ...] = ()
    unit: str = ""
    errors: list[str] = field(default_factory=list)
    hidden: list[tuple[str, object]] = field(default_factory=list)
    levels: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        return f"f-{self.at}"

    @property
    def mode(self) -> str:
        return INPUT_MODES.get(self.kind, "")

    @property
    def length(self) -> int:
        return len(self.value.strip())


@dataclass
class Row:
    """One row of a table: its inputs by column, and what is wrong with the row as a whole."""

    at: str
    number: int
    cells: dict[str, Input]
    errors: list[str] = field(default_factory=list)
    note: str = ""
    indicator: IndicatorSpec | None = None
    mark: dict = field(default_factory=dict)


class Sheet:
    """What the template of a section type needs: `inputs` or `rows`, `errors` (of the section), and `extra` figures."""

    def __init__(
        self,
        section: SectionSpec,
        data: Mapping,
        places: list[Place],
        *,
        task: TaskSpec,
        checked: bool = False,
        spare: int = 0,
    ):
        self.section, self.data, self.task = section, data or {}, task
        self.spare = min(spare, SPARE_ROWS)
        self.inputs: list[Input] = []
        self.rows: list[Row] = []
        self.extra: dict = {}
        self._errors = errors_of(places, checked)
        getattr(self, f"_{section.type}")(section.options)
        self.errors = [sentence for sentences in self._errors.values() for sentence in sentences]

    def _take(self, at: str) -> list[str]:
        return self._errors.pop(at, [])

    def _input(self, name: str, at: str, label: str, value, **more) -> Input:
        return Input(name, at, label, value if isinstance(value, str) else _shown(value), errors=self._take(at), **more)

    # ---- one method per section type ----

    def _project(self, options):
        label = "项目名称"
        more = {"required": True, "max_chars": options.get("title_max", 60)}
        self.inputs = [self._input("title", "title", label, self.data.get("title"), **more)]

    def _unit(self, options):
        for entry in options.get("fields", []):
            self.inputs.append(self._entry(entry, entry["key"], entry.get("kind", "text"), self.data.get(entry["key"])))

    def _entry(self, entry, name, kind, value) -> Input:
        return self._input(
            name, entry["key"], entry["label"], value, kind=kind, required=entry.get("required", True),
            help=entry.get("help", ""), max_chars=entry.get("max_chars"),
        )  # fmt: skip

    def _questions(self, options):
        answers = self.data.get("answers") or {}
        for entry in options.get("questions", []):
            key = entry["key"]
            self.inputs.append(self._entry(entry, f"answers.{key}", "long_text", answers.get(key)))

    def _partners(self, options):
        types = tuple((code, UNIT_TYPES[code]) for code in options.get("types") or UNIT_TYPES)
        self.extra["blank"] = self._partner("__", 0, {}, types)
        for position, row in enumerate(self._table(1)):
            self.rows.append(self._partner(str(position), position + 1, row, types))

    def _partner(self, at: str, number: int, row: Mapping, types) -> Row:
        who = f"第 {number} 家" if number else "新增单位"
        known = dict(types)
        if row.get("type") and row["type"] not in known:
            types = (*types, (row["type"], UNIT_TYPES.get(row["type"], row["type"])))
        columns = (
            ("name", "单位名称", {}),
            ("code", "统一社会信用代码", {}),
            ("type", "单位类型", {"kind": "choice", "choices": types}),
            ("country", "国家（地区）", {"kind": "choice", "choices": _with_own(COUNTRIES, row.get("country"))}),
            ("duty", "承担任务", {"kind": "long_text"}),
        )
        cells = {
            column: self._input(f"rows.{at}.{column}", f"{at}.{column}", f"{who}{label}", row.get(column), **more)
            for column, label, more in columns
        }
        cells["country"].value = cells["country"].value or CHINA
        return Row(at, number, cells, self._take(at))

    def _team(self, options):
        required = set(options.get("required_columns", ("name", "birth_date", "employer", "duty")))
        self.extra |= {"blank": self._member("__", 0, {}, required), "columns": [
            (column, label, column in required) for column, label in COLUMN_LABELS.items()
        ]}  # fmt: skip
        rows = self._table(1)
        for position, row in enumerate(rows):
            self.rows.append(self._member(str(position), position + 1, row, required))
        self.extra["summary"] = team_summary(self.data.get("rows") or [], options.get("youth_born_from"))

    def _member(self, at: str, number: int, row: Mapping, required) -> Row:
        who = str(row.get("name") or "").strip() or (f"第 {number} 人" if number else "新增成员")
        kinds = {"birth_date": "date", "months": "integer", "is_leader": "check"}
        cells = {
            column: self._input(
                f"rows.{at}.{column}", f"{at}.{column}", f"{who}{label}", row.get(column),
                kind=kinds.get(column, "text"), required=column in required,
            )
            for column, label in COLUMN_LABELS.items()
        }  # fmt: skip
        cells["is_leader"].value = "on" if row.get("is_leader") else ""
        return Row(at, number, cells, self._take(at))

    def _table(self, least: int) -> list[Mapping]:
        rows = [row for row in self.data.get("rows") or [] if isinstance(row, Mapping)]
        return rows + [{}] * (self.spare or (least if not rows else 0))

    def _budget(self, options):
        """A matrix of source and year, then the items; cells that the form no longer asks for stand in rows below."""
        years, sources = list(options.get("years", [])), list(options.get("sources", []))
        lines = list(enumerate(self.data.get("sources") or []))
        wanted = [(source, year) for source in sources for year in years]
        held, strays = self._placed(lines, wanted, lambda row: (row.get("source"), _whole(row.get("year"))))
        following = len(lines)
        for source in sources:
            label, cells = BUDGET_SOURCES.get(source, source), {}
            for year in years:
                index, row = held.get((source, year), (following, {}))
                following += (source, year) not in held
                cells[str(year)] = self._money("sources", index, f"{label} {year}年", row, source=source, year=year)
            self.rows.append(Row(f"source-{source}", 0, cells, note=label))
        items = [item["key"] for item in options.get("items", [])]
        labels = {item["key"]: item["label"] for item in options.get("items", [])}
        spent, stray_items = self._placed(list(enumerate(self.data.get("items") or [])), items, lambda r: r.get("item"))
        following, table = len(self.data.get("items") or []), []
        for key in items:
            index, row = spent.get(key, (following, {}))
            following += key not in spent
            table.append(self._money("items", index, labels[key], row, item=key))
        self.extra |= {
            "years": years, "items": table,
            "strays": [self._money("sources", index, _stray(row), row, **row) for index, row in strays]
            + [self._money("items", index, str(row.get("item")), row, **row) for index, row in stray_items],
            "totals": budget_totals(self.data, years),
            "source_errors": self._take("sources"), "item_errors": self._take("items"),
        }  # fmt: skip

    def _placed(self, lines, wanted, key_of):
        """The lines that belong into the form's cells, and those that do not but hold something."""
        held, strays = {}, []
        for index, row in lines:
            key = key_of(row)
            if key in wanted and key not in held:
                held[key] = (index, row)
            elif str(row.get("amount") or "").strip():
                strays.append((index, row))
        return held, strays

    def _money(self, table: str, index: int, label: str, row: Mapping, **hidden) -> Input:
        hidden.pop("amount", None)
        at = f"{table}.{index}"
        cell = self._input(f"{at}.amount", f"{at}.amount", label, row.get("amount"), kind="decimal")
        cell.errors += self._take(at) + self._take(f"{at}.year")
        cell.hidden = [(f"{at}.{name}", value) for name, value in hidden.items()]
        return cell

    def _commitments(self, options):
        typed = self.data.get("rows") or {}
        for indicator in self.task.indicators:
            row = typed.get(indicator.code) or {}
            self.rows.append(self._promise(indicator, row, options))

    def _promise(self, indicator: IndicatorSpec, row: Mapping, options) -> Row:
        code = indicator.code
        cells = {
            part: self._input(
                f"rows.{code}.{part}", f"{code}.{part}", f"{indicator.name}{label}", row.get(part),
                kind="long_text" if part == "text" else "decimal", unit=indicator.unit,
            )
            for part, label in promise_parts(indicator)
        }  # fmt: skip
        cells["proof"] = self._input(
            f"rows.{code}.proof", f"{code}.proof", f"{indicator.name}考核方式", row.get("proof"),
            required=bool(options.get("proof_required")), max_chars=options.get("proof_max"),
        )  # fmt: skip
        made = Row(code, 0, cells, self._take(code))
        made.indicator = indicator
        made.mark = verdict(indicator, row)
        return made

    def _targets(self, options):
        typed = self.data.get("rows") or {}
        kinds = {"integer": "integer", "percent": "decimal", "text": "long_text", "choice": "choice"}
        for entry in options.get("rows", []):
            key = entry["key"]
            value = (typed.get(key) or {}).get("value")
            shown = self._input(
                f"rows.{key}.value", key, entry["name"], value, kind=kinds[entry["kind"]],
                unit=entry.get("unit", ""), required=entry.get("required", True), max_chars=entry.get("max_chars"),
                choices=_with_own(tuple((choice, choice) for choice in entry.get("choices", [])), value),
            )  # fmt: skip
            shown.levels = (entry["level1"], entry["level2"])
            self.inputs.append(shown)

    def _attachments(self, options):
        self.extra["kinds"] = [{**kind, "errors": self._take(kind["key"])} for kind in options.get("kinds", [])]

    def _pledge(self, options):
        agreed = "on" if self.data.get("agreed") else ""
        self.inputs = [
            self._input("agreed", "agreed", "已阅读承诺书，代表本单位作出承诺", agreed, kind="check"),
            self._input(
                "signer", "signer", "签署人姓名", self.data.get("signer"), required=True, max_chars=60,
                help="法定代表人或其授权的人",
            ),
        ]  # fmt: skip


def errors_of(places: list[Place], checked: bool) -> dict[str, list[str]]:
    """Sentences by place. What is only missing is told when the page was opened from the check."""
    errors: dict[str, list[str]] = {}
    for place in places:
        if place.kind == "wrong" or checked and place.kind == "missing" or place.kind == "advice":
            errors.setdefault(place.at, []).append(place.sentence)
    return errors


def promise_parts(indicator: IndicatorSpec) -> tuple[tuple[str, str], ...]:
    """The inputs that one indicator needs: a value, both ends of a range, or words."""
    if indicator.is_text:
        return (("text", "承诺内容"),)
    if indicator.takes_range:
        return (("low", "承诺值起点"), ("high", "承诺值终点"))
    return (("value", "承诺值"),)


def verdict(indicator: IndicatorSpec, row: Mapping) -> dict:
    """How a promise compares with the target, as a sign and a word: {"tone", "icon", "label"}."""
    given = {part: str(row.get(part) or "").strip() for part in ("value", "low", "high", "text")}
    if not any(given.values()):
        return {"tone": "none", "icon": "minus", "label": "待填写"}
    if indicator.check_form(given, word="承诺值"):
        return {"tone": "bad", "icon": "warn", "label": "不能识别"}
    if indicator.is_text:
        return {"tone": "none", "icon": "check", "label": "已填写"}
    if indicator.check_promise(given):
        return {"tone": "bad", "icon": "warn", "label": "未达到"}
    same = indicator.show(given) == indicator.show(_target_as_promise(indicator))
    return {"tone": "ok", "icon": "check", "label": "达到要求" if same else "优于要求"}


def _target_as_promise(indicator: IndicatorSpec) -> dict:
    if indicator.takes_range:
        return {"low": str(indicator.value[0]), "high": str(indicator.value[1])}
    return {"value": str(indicator.value)}


def team_summary(rows: list[Mapping], youth_born_from: str | None) -> list[tuple[str, str, str]]:
    """Figures under the team table: (label, figure, unit); the young only where the call asks for them."""
    filled = [row for row in rows if str(row.get("name") or "").strip()]
    months = sum(int(row["months"]) for row in filled if str(row.get("months") or "").isdecimal())
    figures = [("团队人数", str(len(filled)), "人"), ("投入合计", str(months), "人月")]
    if youth_born_from and filled:
        young = sum(1 for row in filled if _born(row) and _born(row) >= date.fromisoformat(youth_born_from))
        figures.insert(1, (f"{youth_born_from}（含）以后出生", str(young), f"人，{young / len(filled):.0%}"))
    return figures


def budget_totals(data: Mapping, years) -> dict:
    """Sums of what can be read: by source, by year, of all sources and of all items; Decimals in 万元."""
    by_source: dict[str, Decimal] = {}
    by_year = {year: Decimal(0) for year in years}
    for row in data.get("sources") or []:
        amount, year = _amount(row), _whole(row.get("year"))
        by_source[row.get("source")] = by_source.get(row.get("source"), Decimal(0)) + amount
        if year in by_year:
            by_year[year] += amount
    spent = sum((_amount(row) for row in data.get("items") or []), Decimal(0))
    whole = sum(by_source.values(), Decimal(0))
    own = by_source.get("own", Decimal(0))
    return {
        "by_source": by_source, "by_year": list(by_year.values()), "whole": whole, "spent": spent, "gap": whole - spent,
        "own_share": f"{own / whole:.0%}" if whole else "",
    }  # fmt: skip


def _amount(row: Mapping) -> Decimal:
    try:
        amount = Decimal(str(row.get("amount") or "0").replace(",", "").replace("，", ""))
    except InvalidOperation:
        return Decimal(0)
    return amount if amount.is_finite() and abs(amount) < Decimal("1e12") else Decimal(0)


def _born(row: Mapping) -> date | None:
    try:
        return date.fromisoformat(str(row.get("birth_date") or ""))
    except ValueError:
        return None


def _whole(value) -> int | str:
    return int(value) if str(value).isdecimal() else str(value)


def _shown(value) -> str:
    return "" if value is None else str(value)


def _stray(row: Mapping) -> str:
    return f"{BUDGET_SOURCES.get(row.get('source'), row.get('source'))} {row.get('year')}年"


def _with_own(choices: tuple, value) -> tuple:
    """The choices, with what stands there at the end if it is none of them: nothing typed disappears."""
    return choices if not value or value in dict(choices) else (*choices, (value, str(value)))
