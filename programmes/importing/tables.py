"""Grids of cells → rows, by the words in the heads of their columns. A grid is a sheet, a Word or a Markdown table."""

import re
from collections import Counter
from dataclasses import dataclass

from programmes.importing import labels as roles
from programmes.importing.indicators import read_targets
from programmes.importing.lines import Line, Text, clean
from programmes.importing.numbering import chinese_number
from programmes.importing.quantities import to_decimal
from programmes.importing.rows import Found, Proposal, Row

HEAD_ROWS = 40  # rows among which the head is looked for
SIGNS = {
    word: sign
    for sign, words in (
        (">=", "≥ >= 大于等于 不低于 不少于 不小于 至少"),
        (">", "> ＞ 大于 超过"),
        ("<=", "≤ <= 小于等于 不超过 不高于 不大于"),
        ("<", "< ＜ 小于 低于"),
        ("=", "= ＝ 等于"),
        ("range", "范围 range 区间"),
        ("text", "文字 text 定性"),
    )
    for word in words.split()
}
MEASURE_HEADS = {
    "任务编号": "code", "编号": "code", "指标名称": "name", "比较": "sign", "比较符": "sign", "数值": "value",
    "数值上限": "high", "单位": "unit", "条件": "conditions", "文字要求": "text",
}  # fmt: skip
SUM_ROW = re.compile(r"^\s*(?:合\s*计|总\s*计|小\s*计|共\s*计|备\s*注|注\s*[：:]|说\s*明|填\s*表)")
SECTION = re.compile(
    r"^(?:[一二三四五六七八九十]{1,3}\s*[、.．]|[（(][一二三四五六七八九十]{1,3}[）)]|第[一二三四五六七八九十]+[章部分节])?\s*(.{2,40})$"
)


@dataclass
class Grid:
    """Cells of one table. `merged`: cells filled from a merged area, as (row, column); rows count from `first`."""

    cells: list[list[str]]
    name: str = ""
    first: int = 1
    merged: frozenset = frozenset()
    is_sheet: bool = False  # its name is one that people gave


def rows_of_grids(grids: list[Grid]) -> Found:
    """The tasks of all tables whose heads name tasks; a table that has none is named in the notes."""
    found = Found(kind="table")
    read, measures = [], []
    for grid in grids:
        cells = [[_clean(cell) for cell in row] for row in grid.cells]
        head = _measure_head(cells)
        if head is not None:
            measures.append((cells, head))
            continue
        at, columns = find_head(cells)
        if records := _records(grid, cells) if at is None else []:
            read.append((grid, records))
            continue
        if at is None:
            if any(any(row) for row in cells):
                found.notes.append(f"“{grid.name or '表格'}”没有任务名称一类的表头，未读取。")
            continue
        read.append((grid, _rows(grid, cells, at, columns)))
    several = sum(bool(rows) and grid.is_sheet for grid, rows in read) > 1
    for grid, rows in read:
        for row in rows:
            if not row.field and several and grid.is_sheet:
                row.field = grid.name
        found.rows += rows
    structured = _structured(measures, found)
    for row in found.rows:
        if row.code in structured:
            row.indicators = structured[row.code]
        else:
            row.indicators = read_targets(row.targets)
        judge(row)
    _number(found.rows)
    return found


COMPARES = re.compile(r"[≥≤<>＜＞≧≦±]|不[低少小高大超]|大于|小于|优于|至少|以上|以[下内]")


def woven(text: Text, grids: list[Grid]) -> tuple[Text, list[Grid]]:
    """The text with small tables of figures (指标 | 要求) written into it as lines, and the other tables."""
    lines, others = list(text.lines), []
    for grid in grids:
        cells = [[_clean(cell) for cell in row] for row in grid.cells]
        if len(cells) > 60 or find_head(cells)[0] is not None or _records(grid, cells):
            others.append(grid)
            continue
        for at, row in enumerate(cells):
            words = [cell for place, cell in enumerate(row) if cell and (place == 0 or cell != row[place - 1])]
            if len(words) >= 2 and COMPARES.search("".join(words[1:])):
                said = words[0] + ("" if COMPARES.match(words[1]) else "：") + "，".join(words[1:]) + "；"
                lines.append(Line(said.replace("\n", "，"), grid.first + at, bullet=True, own=True))
    lines.sort(key=lambda line: line.no)
    return Text(lines, text.tables, text.dropped), others


def _clean(cell) -> str:
    """The text of a cell, its lines kept."""
    return "\n".join(filter(None, map(clean, str(cell or "").splitlines())))


def find_head(cells: list[list[str]]) -> tuple[int | None, dict[int, tuple[str, str]]]:
    """(index of the last row of the head, {column: (role, word)}); heads may be two rows deep."""
    best: tuple[int, int | None, dict] = (0, None, {})
    for at, row in enumerate(cells[:HEAD_ROWS]):
        for deep in (1, 2):
            if at + deep > len(cells):
                continue
            columns = _columns(cells[at : at + deep])
            kinds = {role for role, _word in columns.values()} - {roles.OTHER}
            named = {roles.TITLE} & kinds or {roles.CONTENT, roles.TARGET, roles.BOTH} & kinds
            score = len(kinds) * 2 + (3 if roles.TITLE in kinds else 0) - (deep - 1)
            if len(kinds) >= 2 and named and score > best[0] and sum(bool(cell) for cell in row) >= 2:
                best = (score, at + deep - 1, columns)
    at, columns = best[1], best[2]
    if at is None:
        return None, {}
    if roles.TITLE not in {role for role, _word in columns.values()}:
        columns = _with_title(columns)
        if not columns:
            return None, {}
    return at, columns


def _columns(rows: list[list[str]]) -> dict[int, tuple[str, str]]:
    """{column: (role, word)} of a head of one or two rows; a short word per cell, or it is no head."""
    columns, used = {}, Counter()
    width = max(map(len, rows))
    for column in range(width):
        words = [row[column].replace("\n", "").replace(" ", "") for row in rows if column < len(row) and row[column]]
        word = words[-1] if words else ""
        if not word or len(word) > 24 or re.search(r"[。；]", word):
            continue
        role = roles.role_of(word)
        if role == roles.OTHER and len(words) > 1:
            role = roles.role_of(words[0])
        if role in {roles.TITLE, roles.CODE, roles.ORDINAL, roles.OWNER, roles.FIELD, roles.CATEGORY} and used[role]:
            role = roles.OTHER
        used[role] += 1
        columns[column] = (role, word)
    return columns


def _with_title(columns: dict) -> dict:
    """A head without a name: 揭榜任务, 需求 or 项目 then is the name, where it stands beside targets or content."""
    for column, (role, word) in columns.items():
        if role in {roles.OTHER, roles.CONTENT} and re.search(r"任务|需求|项目|课题|榜单|题目", word):
            if {roles.TARGET, roles.CONTENT, roles.BOTH} & {kind for at, (kind, _w) in columns.items() if at != column}:
                return columns | {column: (roles.TITLE, word)}
    return {}


def _rows(grid: Grid, cells: list[list[str]], at: int, columns: dict) -> list[Row]:
    rows: list[Row] = []
    section = ""
    for number in range(at + 1, len(cells)):
        line = cells[number]
        own = [cell for column, cell in enumerate(line) if cell and (number, column) not in grid.merged]
        filled = [cell for cell in line if cell]
        if not filled or not own and len(set(filled)) > 1:
            continue
        if [word for _role, word in columns.values()] == [
            line[column].replace("\n", "").replace(" ", "") if column < len(line) else "" for column in columns
        ]:
            continue  # the head again, on the next printed page
        if len(set(filled)) == 1 and len(columns) > 2:
            text = filled[0]
            if SUM_ROW.match(text) or len(text) > 40 and columns.get(line.index(text), ("", ""))[0] != roles.TITLE:
                continue  # a remark under the table
            match = SECTION.match(text)
            if match and not re.search(r"[。；]", text):
                section = match[1].strip()
                continue
        row = _row(line, columns)
        row.line, row.place = grid.first + number, grid.name
        if SUM_ROW.match(filled[0]) and not row.content and not row.targets:
            row.refuse("合计或说明行，不是任务。")
        row.field = row.field or section
        rows.append(row)
    return rows


def _records(grid: Grid, cells: list[list[str]]) -> list[Row]:
    """Tables that stand upright: 任务名称 | …, 研究内容 | …, one task below the other or one in each table."""
    rows: list[Row] = []
    for number, line in enumerate(cells):
        pairs = [cell for at, cell in enumerate(line) if cell and (at == 0 or cell != line[at - 1])]
        for key, value in zip(pairs[::2], pairs[1::2], strict=False):
            role = roles.role_of(key.replace("\n", ""))
            if role == roles.OTHER and not rows or len(key) > 16:
                continue
            if role == roles.TITLE or role == roles.CODE and (not rows or rows[-1].title):
                if not rows or rows[-1].title:
                    rows.append(Row(line=grid.first + number, place=grid.name))
            if rows:
                part = _row([value], {0: (role, key)})
                for name in ("title", "code", "owner", "region", "field", "category", "content", "targets"):
                    said = getattr(part, name)
                    before = getattr(rows[-1], name)
                    joins = before and name in {"content", "targets"}
                    setattr(rows[-1], name, f"{before}\n{said}" if said and joins else said or before)
                rows[-1].keywords += part.keywords
                rows[-1].details += part.details
                rows[-1].printed_code = rows[-1].printed_code or part.printed_code
    return rows if any(row.title and (row.content or row.targets) for row in rows) else []


def _row(line: list[str], columns: dict) -> Row:
    row, ordinal = Row(), ""
    for column, (role, word) in columns.items():
        text = line[column].strip() if column < len(line) else ""
        if not text:
            continue
        flat = " ".join(text.split())
        match role:
            case roles.TITLE:
                row.title = flat
            case roles.CODE:
                row.code, row.printed_code = flat, True
            case roles.ORDINAL:
                ordinal = flat
            case roles.OWNER:
                row.owner = flat[:120]
            case roles.REGION:
                row.region = flat[:40]
            case roles.FIELD:
                row.field = flat
            case roles.CATEGORY:
                row.category = flat
            case roles.CONTENT:
                row.content = "\n".join(filter(None, [row.content, text]))
            case roles.TARGET | roles.BOTH:
                row.targets = "\n".join(filter(None, [row.targets, text]))
            case roles.KEYWORDS:
                row.keywords = [one.strip()[:60] for one in re.split(r"[；;，,、\n]", text) if one.strip()]
            case roles.CONTACT:
                pass  # persons and their lines are nothing for a public list
            case _:
                row.details.append((word[:40], flat[:400]))
    if not row.code and re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", ordinal):
        row.code = ordinal
    elif not row.code and ordinal and chinese_number(ordinal):
        row.code = str(chinese_number(ordinal))
    return row


def judge(row: Row) -> None:
    """What makes a row of a table refused or doubtful."""
    if row.status == "refused":
        return
    if not row.title:
        row.refuse("没有任务名称。")
        return
    if len(row.title) > 300:
        row.refuse(f"名称有 {len(row.title)} 个字，多于 300 个字。")
        return
    if row.code and not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", row.code):
        row.doubt(f"编号“{row.code[:40]}”含有不能用作编码的字，将另行编号。")
        row.code = ""
    if len(row.title) < 3 or re.search(r"[的及与和、，,/（(]$", row.title):
        row.doubt("名称像是没有写完。")
    elif len(row.title) > 80 or "。" in row.title:
        row.doubt("名称很长，可能是内容。")
    if not row.targets and not row.indicators:
        row.doubt("没有指标。" if row.content else "既没有内容也没有指标。")
    elif not row.indicators:
        row.doubt("目标中没有可以提出的指标。")
    for item in [item for item in row.indicators if item.doubt][:5]:
        row.doubt(f"指标“{item.name[:30]}”：{item.doubt}")


def _number(rows: list[Row]) -> None:
    """Numbers for those without one; doubts about numbers and names that stand twice, or a number left out."""
    codes, titles = Counter(row.code for row in rows if row.code), Counter(row.title for row in rows if row.title)
    for row in rows:
        if row.code and codes[row.code] > 1:
            row.doubt(f"编号 {row.code} 出现 {codes[row.code]} 次。")
        if row.title and titles[row.title] > 1:
            row.doubt("另有同名的任务。")
    before = None
    for row in rows:
        if row.code.isdecimal() and before and before.isdecimal() and len(row.code) <= 4:
            if int(row.code) - int(before) > 1:
                row.doubt(f"序号从 {before} 直接到了 {row.code}。")
        before = row.code or before
    taken = set(codes)
    for at, row in enumerate(rows, start=1):
        if not row.code:
            code = f"t{at:03d}"
            while code in taken:
                code += "a"
            row.code = code
            taken.add(code)


def _measure_head(cells: list[list[str]]) -> tuple[int, dict[str, int]] | None:
    """The head of a sheet of structured indicators: 任务编号, 指标名称, 比较, 数值, …"""
    for at, row in enumerate(cells[:HEAD_ROWS]):
        words = {word.replace(" ", ""): column for column, word in enumerate(row) if word}
        if "指标名称" in words and "数值" in words and ("比较" in words or "比较符" in words):
            return at, {MEASURE_HEADS[word]: column for word, column in words.items() if word in MEASURE_HEADS}
    return None


def _structured(measures: list, found: Found) -> dict[str, list[Proposal]]:
    """{task code: indicators} of the sheets that give them cell by cell; what does not read is noted with its row."""
    by_code: dict[str, list[Proposal]] = {}
    known = {row.code for row in found.rows}
    for cells, (at, columns) in measures:
        for number, line in enumerate(cells[at + 1 :], start=at + 2):
            cell = {name: line[column].strip() if column < len(line) else "" for name, column in columns.items()}
            if not any(cell.values()):
                continue
            code = cell.get("code", "")
            if code not in known:
                found.notes.append(f"指标表第 {number} 行的任务编号“{code}”不在任务表中，未读取。")
                continue
            by_code.setdefault(code, []).append(_cell_indicator(cell))
    return by_code


def _cell_indicator(cell: dict[str, str]) -> Proposal:
    name, sign = cell.get("name", "") or "（未命名）", SIGNS.get(cell.get("sign", ""), "")
    item = Proposal(
        name[:120], sign or "text", unit=cell.get("unit", "")[:40], conditions=cell.get("conditions", "")[:400]
    )
    item.text = cell.get("text", "")[:400]
    if not sign:
        item.doubt = f"比较“{cell.get('sign', '')}”不认识"
    elif sign != "text":
        try:
            low = to_decimal(cell.get("value", ""))
            item.value = (low, to_decimal(cell.get("high", ""))) if sign == "range" else low
        except ValueError:
            item.comparator, item.doubt = "text", "数值不是数字"
    if item.comparator == "text" and not item.text:
        item.text = "".join(filter(None, [name, cell.get("sign", ""), cell.get("value", ""), cell.get("unit", "")]))[
            :400
        ]
    return item
