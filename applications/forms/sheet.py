"""One section as its page shows it: inputs with what was typed and what is wrong with it, from the SectionSpec."""

from collections.abc import Mapping, Sequence

from applications.forms.figures import budget_totals, promise_parts, team_summary, verdict, year_of
from applications.forms.inputs import Input, Row, entry_input, question_inputs, text_of_typed, with_own
from applications.forms.problems import Place
from jbgs.lib.countries import CHINA, countries, country_name
from programmes.answers import columns_of
from programmes.indicators import IndicatorSpec
from programmes.spec import SectionSpec, TaskSpec
from programmes.words import BUDGET_SOURCES, PLEDGE_SIGNERS, UNIT_TYPES

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


class Sheet:
    """What the template of a section type needs: `inputs` or `rows`, `errors` (of the section), and `extra` figures.

    `task` is the application's task with the indicators of its chosen part; `people` are the names of its team.
    """

    def __init__(
        self,
        section: SectionSpec,
        data: Mapping,
        places: list[Place],
        *,
        task: TaskSpec,
        people: Sequence[str] = (),
        checked: bool = False,
        spare: int = 0,
    ):
        self.section, self.data, self.task = section, data or {}, task
        self.people = people
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
        more = {"required": True, "max_chars": options.get("title_max", 60)}
        self.inputs = [self._input("title", "title", "项目名称", self.data.get("title"), **more)]
        if self.task.parts:
            parts = tuple((part.code, part.title) for part in self.task.parts)
            self.inputs.append(self._input(
                "part", "part", "子方向", self.data.get("part"), kind="radios", choices=parts, required=True,
                help="选择一个，只对它的指标作出承诺",
            ))  # fmt: skip
        if options.get("term") == "dates":
            most = options.get("most_years")
            words = f"执行期不超过 {most} 年" if most else ""
            for key, label, note in (("starts_on", "执行期开始日期", ""), ("ends_on", "执行期截止日期", words)):
                value = self.data.get(key)
                self.inputs.append(self._input(key, key, label, value, kind="date", required=True, help=note))

    def _unit(self, options):
        for entry in options.get("fields", []):
            self.inputs.append(self._entry(entry, entry["key"], entry.get("kind", "text"), self.data.get(entry["key"])))

    def _entry(self, entry, name, kind, value) -> Input:
        return self._input(
            name, entry["key"], entry["label"], value, kind=kind, required=entry.get("required", True),
            help=entry.get("help", ""), max_chars=entry.get("max_chars"),
        )  # fmt: skip

    def _questions(self, options):
        entries = options.get("questions", [])
        errors = {entry["key"]: self._take(entry["key"]) for entry in entries}
        self.inputs = question_inputs(entries, self.data.get("answers") or {}, errors=errors)

    def _table(self, options):
        columns, most = columns_of(options), options.get("most")
        self.extra |= {
            "columns": columns, "blank": self._cells("__", 0, {}, columns), "row_label": options.get("row_label", "行"),
            "most": most, "keys": ",".join(column["key"] for column in columns),
            "headings": "、".join(column["label"] for column in columns),
        }  # fmt: skip
        for position, row in enumerate(self._rows(max(1, min(options.get("least", 0), 10)))):
            self.rows.append(self._cells(str(position), position + 1, row, columns))

    def _cells(self, at: str, number: int, row: Mapping, columns) -> Row:
        who = f"第 {number} 行" if number else "新增行"
        cells = {}
        for column in columns:
            key = column["key"]
            place, label = f"{at}.{key}", f"{who}{column['label']}"
            cells[key] = entry_input(
                column, f"rows.{place}", place, text_of_typed(row, key), self._take(place), label=label
            )
            cells[key].levels = (column["label"],)
            if cells[key].kind == "yes_no":
                cells[key].kind = "choice"  # a list is narrower than three dots
        return Row(at, number, cells, self._take(at))

    def _partners(self, options):
        types = tuple((code, UNIT_TYPES[code]) for code in options.get("types") or UNIT_TYPES)
        self.extra |= {"blank": self._partner("__", 0, {}, types), "countries": countries()}
        for position, row in enumerate(self._rows(1)):
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
            ("country", "国家（地区）", {"kind": "country"}),
            ("duty", "承担任务", {"kind": "long_text"}),
        )
        cells = {
            column: self._input(f"rows.{at}.{column}", f"{at}.{column}", f"{who}{label}", row.get(column), **more)
            for column, label, more in columns
        }
        cells["country"].value = country_name(cells["country"].value or CHINA)
        return Row(at, number, cells, self._take(at))

    def _team(self, options):
        required = set(options.get("required_columns", ("name", "birth_date", "employer", "duty")))
        self.extra |= {"blank": self._member("__", 0, {}, required), "columns": [
            (column, label, column in required) for column, label in COLUMN_LABELS.items()
        ]}  # fmt: skip
        rows = self._rows(1)
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

    def _rows(self, least: int) -> list[Mapping]:
        rows = [row for row in self.data.get("rows") or [] if isinstance(row, Mapping)]
        return rows + [{}] * (self.spare or max(0, least - len(rows)))

    def _budget(self, options):
        """A matrix of source and year, then the items; cells that the form no longer asks for stand in rows below."""
        years, sources = list(options.get("years", [])), list(options.get("sources", []))
        lines = list(enumerate(self.data.get("sources") or []))
        wanted = [(source, year) for source in sources for year in years]
        held, strays = self._placed(lines, wanted, lambda row: (row.get("source"), year_of(row.get("year"))))
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
                choices=with_own(tuple((choice, choice) for choice in entry.get("choices", [])), value),
            )  # fmt: skip
            shown.levels = (entry["level1"], entry["level2"])
            self.inputs.append(shown)

    def _attachments(self, options):
        self.extra["kinds"] = [{**kind, "errors": self._take(kind["key"])} for kind in options.get("kinds", [])]

    def _pledge(self, options):
        agreed = "on" if self.data.get("agreed") else ""
        signer = options.get("signer", "unit")
        on_behalf = {"unit": "代表本单位", "leader": "以项目负责人名义", "participants": "全体参与人员"}[signer]
        label = f"已阅读承诺书，{on_behalf}作出承诺"
        self.inputs = [self._input("agreed", "agreed", label, agreed, kind="check")]
        self.extra["signer"] = PLEDGE_SIGNERS[signer]
        if signer != "participants":
            note = "法定代表人或其授权的人" if signer == "unit" else "项目负责人本人"
            self.inputs.append(self._input(
                "signer", "signer", "签署人姓名", self.data.get("signer"), required=True, max_chars=60, help=note
            ))  # fmt: skip
            return
        signed = [str(name) for name in self.data.get("signers") or []]
        team = [name for name in dict.fromkeys(self.people) if name]
        others = "\n".join(name for name in signed if name not in team)
        self.extra["people"] = [(place, name, name in signed) for place, name in enumerate(team)]
        self.inputs.append(self._input(
            "others", "others", "其他参与人员", others, kind="long_text",
            help="不在项目团队表中而参与项目的，每行填写一个姓名；没有的不填",
        ))  # fmt: skip
        self.extra["signer_errors"] = self._take("signers")


def errors_of(places: list[Place], checked: bool) -> dict[str, list[str]]:
    """Sentences by place. What is only missing is told when the page was opened from the check."""
    errors: dict[str, list[str]] = {}
    for place in places:
        if place.kind == "wrong" or checked and place.kind == "missing" or place.kind == "advice":
            errors.setdefault(place.at, []).append(place.sentence)
    return errors


def _stray(row: Mapping) -> str:
    return f"{BUDGET_SOURCES.get(row.get('source'), row.get('source'))} {row.get('year')}年"


def _shown(value) -> str:
    return "" if value is None else str(value)
