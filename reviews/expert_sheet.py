"""The workbook of experts: our own template, and the reading of anybody's, cell by cell. Knows no database.

`read` gives lines with what was typed and what is wrong with it in itself; whether the person is known is judged in
`reviews.importing`.
"""

import io
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import PurePath

from openpyxl import load_workbook

from documents.xlsx import Column, Sheet, write
from jbgs.lib import uploads
from jbgs.lib.errors import Refused
from jbgs.lib.regions import REGIONS
from jbgs.lib.upload_checks import open_zip
from jbgs.lib.validators import check_id_number, check_mobile, check_uscc, whole_number
from programmes.importing.files import check_parts, shown
from programmes.importing.rows import Unreadable
from reviews import expert_jobs
from reviews.disciplines import Tree, words_of
from reviews.models import Sector
from reviews.workflow.experts import LONGEST, MOST_DISCIPLINES

MAX_BYTES = 5 * 1024 * 1024
MAX_ROWS, MAX_COLUMNS, HEAD_WITHIN = 1000, 60, 15
EXAMPLE = "示例"
EMPTY_ROWS = 60
YES, NO = "是", "否"
REGION_CODES = {name: region.code for region in REGIONS for name in (region.name, region.short, region.code)}
SECTOR_CODES = {label: code for code, label in Sector.choices}

COLUMNS = (
    Column("name", "姓名", 24),
    Column("phone", "手机", 30, "code"),
    Column("unit_name", "工作单位", 54),
    Column("unit_code", "统一社会信用代码", 42, "code"),
    Column("sector", "单位类型", 24, "short", choices=tuple(SECTOR_CODES)),
    Column("title", "职称", 24),
    Column("also_at", "兼任单位", 54),
    Column("former", "曾任职单位", 60),
    Column("region", "地区", 22, "short", choices=tuple(region.short for region in REGIONS)),
    Column("disciplines", "学科方向", 50),
    Column("id_number", "身份证件号码", 42, "code"),
    Column("max_load", "最多评审份数", 28, "short"),
    Column("is_available", "可以参加评审", 28, "short", choices=(YES, NO)),
)
NEEDED = ("name", "phone", "unit_name")
JOBS = {"also_at": False, "former": True}
"""Columns of units beside the main one: whether what stands there must have ended."""
PRIVATE = ("phone", "id_number")
"""What no sentence quotes, and what an upload forgets once it is confirmed."""
HEADS = {column.title: column.key for column in COLUMNS} | {
    "专家姓名": "name", "手机号": "phone", "手机号码": "phone", "移动电话": "phone", "单位": "unit_name",
    "单位名称": "unit_name", "所在单位": "unit_name", "信用代码": "unit_code", "单位代码": "unit_code",
    "工作单位代码": "unit_code", "省份": "region", "所在地区": "region", "学科": "disciplines",
    "研究方向": "disciplines",
    "兼职单位": "also_at", "双聘单位": "also_at", "曾任单位": "former", "原工作单位": "former", "任职经历": "former",
    "身份证号": "id_number", "身份证号码": "id_number", "专业技术职称": "title",
}  # fmt: skip
TITLES = {column.key: column.title for column in COLUMNS}
NOT_READ = frozenset({"序号", "编号", "专家编号", "现状", "手头", "已评", "谢绝", "按时率", "用时中位数", "宽严"})
"""Columns of our own lists that say nothing about a person; left out without a word."""


@dataclass
class Line:
    """One row of the sheet: `row` as Excel counts, `values` by column key (only what was filled in, in our notation),
    `faults`: why it cannot be taken as it stands. The rest is filled by `reviews.importing.judge`: `verdict`,
    `sentences` (all reasons), `differences` (field in words, before, after), `expert` (pk of the known one)."""

    row: int
    values: dict
    faults: list[str] = field(default_factory=list)
    verdict: str = ""
    sentences: list[str] = field(default_factory=list)
    differences: list[list[str]] = field(default_factory=list)
    expert: int | None = None

    as_json = asdict

    @property
    def name(self) -> str:
        return self.values.get("name", "")


@dataclass
class Book:
    """What a workbook holds. `notes`: columns that were not read."""

    lines: list[Line]
    notes: list[str] = field(default_factory=list)


def template(tree: Tree) -> bytes:
    """The empty workbook with drop-downs, an example line that is skipped, and the codes of the disciplines."""
    example = {
        "name": "示例：张某", "phone": "13800000000", "unit_name": "虚构大学", "unit_code": "", "sector": "高校",
        "title": "教授", "also_at": "虚构实验室（2022-01起）", "former": "虚构研究院（2015-03至2019-06）",
        "region": "北京", "disciplines": "14030 光学、量子测量", "id_number": "", "max_load": "12",
        "is_available": YES,
    }  # fmt: skip
    blank = dict.fromkeys(TITLES, "")
    notes = (
        "姓名、手机、工作单位必须填写。姓名以“示例”开头的行导入时跳过。",
        "学科方向填代码或者名称，几个之间用顿号分开，代码见“学科”表；表中没有的方向可以写自己的词。",
        "兼任单位、曾任职单位写为“单位（2015-03至2019-06）”，仍任职的写“单位（2022-01起）”，几个单位之间用分号分开。",
        "已在库中的专家以姓名和手机号（或者身份证件号码）认定为同一人，填写的内容更新原有的，空格不改变原有的，任职单位只增加不删除。",
        "身份证件号码加密保存，只用于发现同一人，可以不填。",
    )
    people = Sheet("专家", COLUMNS, [example, *[blank] * EMPTY_ROWS], heading="评审专家名册", notes=notes, freeze=1)
    codes = [{"code": code, "name": tree.name(code)} for code in sorted(tree.names)]
    return write([people, Sheet("学科", (Column("code", "代码", 24, "code"), Column("name", "学科", 70)), codes)])


def read(data: bytes, name: str, tree: Tree) -> Book:
    """The lines of an .xlsx, checked each on its own.

    Refused with a sentence that names the file: whatever jbgs.lib.uploads refuses (no .xlsx, macros, a password,
    damaged, too large), upload_too_large (unpacked, or more than MAX_ROWS lines), wrong_headers, no_lines.
    """
    name = PurePath(name).name[-80:] or "文件"
    uploads.sniff(io.BytesIO(data), name, allowed=("xlsx",), max_bytes=MAX_BYTES, field="file")
    try:
        with open_zip(io.BytesIO(data)) as archive:
            check_parts(archive, name)
        book = load_workbook(io.BytesIO(data), read_only=True)
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        found = next(filter(None, (_sheet(sheet, name) for sheet in sheets)), None)
    except Refused:
        raise
    except Unreadable as problem:
        raise Refused("upload_broken", problem.sentence, "file", status=422) from problem
    except Exception as problem:  # openpyxl raises a dozen classes for broken parts
        sentence = f"“{name}”的内容已损坏，不能读取。请用 Excel 或 WPS 打开后另存，再上传。"
        raise Refused("upload_broken", sentence, "file", status=422) from problem
    if found is None:
        sentence = f"“{name}”前 {HEAD_WITHIN} 行中没有找到表头，须有“姓名”“手机”“工作单位”三列。请用本页的模板填写。"
        raise Refused("wrong_headers", sentence, "file", status=422)
    heads, rows, notes = found
    lines = [line for row, cells in rows if (line := _line(row, cells, heads, tree))]
    if not lines:
        raise Refused("no_lines", f"“{name}”中没有专家，只有表头或者示例行。", "file", status=422)
    return Book(lines, notes)


def _sheet(sheet, name: str) -> tuple[dict[int, str], list, list[str]] | None:
    """(column → key, rows below the head with their numbers, notes), or None for a sheet without our head."""
    sheet.reset_dimensions()
    rows = enumerate(sheet.iter_rows(max_col=MAX_COLUMNS, max_row=HEAD_WITHIN + MAX_ROWS + 2), start=1)
    for row, cells in rows:
        if row > HEAD_WITHIN:
            return None
        words = {at: _head(cell.value) for at, cell in enumerate(cells) if cell.value is not None}
        keys = {at: HEADS[word] for at, word in words.items() if word in HEADS}
        if not set(NEEDED) <= set(keys.values()):
            continue
        twice = [TITLES[key] for key in TITLES if list(keys.values()).count(key) > 1]
        if twice:
            sentence = f"“{name}”第 {row} 行的表头中，{'、'.join(twice)}出现了不止一次。请只留一列。"
            raise Refused("wrong_headers", sentence, "file", status=422)
        unread = [word for at, word in words.items() if at not in keys and word and word not in NOT_READ]
        notes = [f"没有读取的列：{'、'.join(word[:20] for word in unread)}。"] if unread else []
        filled = [(at, cells) for at, cells in rows if any(cell.value is not None for cell in cells)]
        if len(filled) > MAX_ROWS:
            sentence = f"“{name}”超过 {MAX_ROWS} 行。请分成几个文件上传。"
            raise Refused("upload_too_large", sentence, "file", status=422)
        return keys, filled, notes
    return None


def _head(value) -> str:
    """A column's heading, bare of spaces, stars and what stands in brackets."""
    text = unicodedata.normalize("NFKC", str(value)).split("(", 1)[0]
    return "".join(sign for sign in text if not sign.isspace() and sign not in "*:：")


def _line(row: int, cells, heads: dict[int, str], tree: Tree) -> Line | None:
    """None for the notes under a table, an example, or a line of blanks."""
    values, faults = {}, []
    for at, key in heads.items():
        cell = cells[at] if at < len(cells) else None
        if cell is None or cell.value is None:
            continue
        if cell.data_type in ("f", "e"):
            faults.append(f"{TITLES[key]}是公式或者错误值，请改为填写内容本身。")
            continue
        text = shown(cell.value)
        if text := "；".join(filter(None, map(_words, text.splitlines()))) if key in JOBS else _words(text):
            values[key] = text
    if values.get("name", "").startswith(EXAMPLE) or not (values or faults):
        return None
    if list(values) == [heads[min(heads)]] and not faults and _is_note(*values.values()):
        return None
    return _checked(Line(row, values, faults), tree)


def _words(text: str) -> str:
    return " ".join(text.split())


def _is_note(text: str) -> bool:
    """A sentence under the table, which stands in the first column alone."""
    return text.startswith("注") or "。" in text or len(text) > 30


def _checked(line: Line, tree: Tree) -> Line:
    """Each value in our notation, and a sentence for each that is wrong: all of them, not the first alone."""
    for key in NEEDED:
        if not line.values.get(key) and not any(fault.startswith(TITLES[key]) for fault in line.faults):
            line.faults.append(f"{TITLES[key]}没有填写。")
    for key, check in _CHECKS.items():
        if key in line.values:
            try:
                line.values[key] = check(line.values[key])
            except ValueError as error:
                typed = "" if key in (*PRIVATE, *JOBS) else f"“{line.values[key][:20]}”"
                line.faults.append(f"{TITLES[key]}{typed}：{error}")
                if key in JOBS:
                    del line.values[key]  # words, where lines hold jobs
    if "disciplines" in line.values:
        line.values["disciplines"] = [tree.read(word) for word in words_of(line.values["disciplines"])]
        line.faults += _doubtful(line.values["disciplines"], tree)
    return line


def _doubtful(words: list[str], tree: Tree) -> Iterator[str]:
    """What is wrong with disciplines: codes that the tree has not, words too long, too many."""
    unknown = [word for word in words if word.isascii() and word.replace(".", "").isdigit()]
    unknown = [word for word in unknown if word not in tree.names]
    if unknown and tree.names:
        yield f"学科方向：学科表中没有代码 {'、'.join(word[:20] for word in unknown)}。"
    if long := next((word for word in words if len(word) > LONGEST), ""):
        yield f"学科方向：“{long[:12]}……”超过 {LONGEST} 个字。"
    if len(words) > MOST_DISCIPLINES:
        yield f"学科方向：有 {len(words)} 个，最多 {MOST_DISCIPLINES} 个。"


def _most(length: int) -> Callable[[str], str]:
    def check(value: str) -> str:
        if len(value) > length:
            raise ValueError(f"超过 {length} 个字。")
        return value

    return check


def _one_of(codes: dict[str, str], said: str) -> Callable[[str], str]:
    def check(value: str) -> str:
        if value not in codes:
            raise ValueError(said)
        return codes[value]

    return check


def _jobs(value: str, *, former: bool) -> list[list[str]]:
    return [job.as_json() for job in expert_jobs.read(value, former=former)]


def _load(value: str) -> int:
    number = whole_number(value)
    if number is None or not 1 <= number <= 200:
        raise ValueError("请填写 1 至 200 的整数。")
    return number


def _id(value: str) -> str:
    try:
        return check_id_number(value)
    except ValueError:
        if "E+" in value.upper() or (len(value) == 18 and value.endswith("000")):
            raise ValueError("末几位已被表格软件改掉。请把这一列设为文本，再重新填写号码。") from None
        raise


_CHECKS: dict[str, Callable] = {
    "name": _most(50),
    "phone": check_mobile,
    "unit_name": _most(200),
    "unit_code": check_uscc,
    "sector": _one_of(SECTOR_CODES, f"请填写{'、'.join(SECTOR_CODES)}之一。"),
    "title": _most(60),
    "also_at": partial(_jobs, former=False),
    "former": partial(_jobs, former=True),
    "region": _one_of(REGION_CODES, "不是省、自治区、直辖市、计划单列市或者新疆生产建设兵团的名称。"),
    "id_number": _id,
    "max_load": _load,
    "is_available": _one_of({YES: True, NO: False}, "请填写“是”或“否”。"),
}
