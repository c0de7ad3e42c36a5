"""The text of a notice → rows: what each task says of itself, and why one is doubtful."""

import re
from collections import Counter

from programmes.importing import labels as roles
from programmes.importing.indicators import read_targets
from programmes.importing.labels import Label
from programmes.importing.lines import Text, read_lines
from programmes.importing.numbering import accepted_marks
from programmes.importing.outline import PLAIN, RECORD, Block, axes_of, blocks_of, codes_of, task_scheme
from programmes.importing.paragraphs import Paragraph, paragraphs_of
from programmes.importing.rows import Found, Row

BEHIND = re.compile(r"^(.{3,}?)\s*[（(]([^（）()]{2,12})[）)]$")
CUT = re.compile(r"[的及与和、，,/／—“（(《]$|[（(《“][^）)》”]*$")
MODES = re.compile(r"定向委托|揭榜挂帅|竞争择优|公开竞争|择优委托|定向择优|公开择优|赛马制?")
DECLARED = re.compile(
    r"(?:部署|启动|设置|设立|布局|发布|共计|合计|共|总计)[^。；，\d]{0,10}?(\d{1,4})\s*[项个条][^。；，]{0,12}?(?:任务|方向|需求|榜单|课题|项目)"
)
CHOICE = re.compile(r"选择|任选|其中|之一|[一二三两几]选")
TITLE_MOST = 300


def read_notice(text: str) -> Found:
    """All tasks of a notice's text. Nothing is left out silently: see `notes` and each row's `why`."""
    return rows_of_lines(read_lines(text))


def rows_of_lines(text: Text) -> Found:
    """All tasks of cleaned lines."""
    found = Found(kind="notice")
    if text.dropped:
        found.notes.append("已略去：" + "、".join(f"{word} {count} 处" for word, count in text.dropped.items()) + "。")
    marks = accepted_marks(text.lines)
    paragraphs = paragraphs_of(text.lines, marks)
    scheme = task_scheme(paragraphs)
    blocks = blocks_of(paragraphs, scheme) if scheme else []
    with_labels = {block.group for block in blocks if block.labelled}
    blocks = [block for block in blocks if block.group in with_labels]
    if not blocks:
        return found
    _label_headings(blocks)
    axes = axes_of(blocks)
    usual = _usual_labels(blocks)
    rows = []
    for at, (block, (code, printed)) in enumerate(zip(blocks, codes_of(blocks), strict=True)):
        row = _row(block, scheme)
        row.code, row.printed_code = row.code or code, printed
        row.field, row.category = row.field or axes.fields[at], row.category or axes.categories[at]
        row.details += [("所属方向", name) for name in axes.rest[at]]
        _doubt_labels(row, block, usual)
        rows.append(row)
    _categories(rows)
    for row in rows:
        _judge(row)
    found.rows = _with_gaps(rows, blocks)
    _check_counts(found, paragraphs)
    return found


def _label_headings(blocks: list[Block]) -> None:
    """（三）进度安排 in several tasks is a label, whatever it means: what stands under it is not of the targets."""
    inside = [(block, one) for block in blocks for one in block.body if one.mark and not one.label and one.title_like]
    counts = Counter(text for text, _block in {(one.text, id(block)) for block, one in inside})
    for _block, one in inside:
        if counts[one.text] >= 2 and 3 <= len(one.text) <= 10 and not re.search(r"\d", one.text):
            one.label, one.text = Label(one.text, roles.role_of(one.text), ""), ""


def _usual_labels(blocks: list[Block]) -> set[str]:
    counts = Counter(word for block in blocks for word in {one.label.word for one in block.body if one.label})
    return {word for word, count in counts.items() if count >= 0.8 * len(blocks) and len(blocks) >= 4}


def _row(block: Block, scheme: str) -> Row:
    head = block.head
    row = Row(title=_one_line(head.text), line=head.line)
    pieces: dict[str, list[str]] = {"content": [], "targets": [], "loose": [], "rest": []}
    where = "loose"
    for one in block.body:
        if one.label:
            where = _open(row, one, pieces)
            if where:
                _say(pieces[where], one, first=True)
            where = where or "rest"
        else:
            _say(pieces[where], one)
    row.details = [
        (word, _one_line(_text(pieces[pile])) if (pile := f"detail {at}") in pieces else text)
        for at, (word, text) in enumerate(row.details)
    ]
    if rest := _one_line(_text(pieces["rest"])):  # what stands behind an owner or keywords belongs to none of them
        row.details.append(("其他", rest))
    row.content = _text(pieces["content"])
    row.targets = _text(pieces["targets"])
    if pieces["loose"] and not row.content:
        row.content = _text(pieces["loose"])
    row.indicators = read_targets(row.targets)
    return row


def _open(row: Row, one: Paragraph, pieces: dict) -> str:
    """Take what a label says; the name of the pile to which its text and what follows belong, or ""."""
    label, text = one.label, _one_line(one.text)
    match label.role:
        case roles.CONTENT:
            return "content"
        case roles.TARGET | roles.BOTH:
            if CHOICE.search(label.note):
                row.doubt(f"“{label.word}”注明“{label.note}”：指标分套，请按分方向分别收录。")
            return "targets"
        case roles.KEYWORDS:
            row.keywords = [word.strip()[:60] for word in re.split(r"[；;，,、]", text.rstrip("。")) if word.strip()]
        case roles.TITLE if text:
            row.title = text
        case roles.CODE if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", text):
            row.code = text
        case roles.OWNER:
            row.owner = row.owner or text.rstrip("。")[:120]
        case roles.REGION:
            row.region = text[:40]
        case roles.FIELD if text and len(text) <= 40:
            row.field = text.rstrip("。")
        case roles.CATEGORY if text:
            mode, first = MODES.search(text), re.split(r"[，,；;。（(]", text, maxsplit=1)[0]
            row.category = mode[0] if mode else first if len(first) <= 20 else ""
            if text.rstrip("。") != row.category:
                row.details.append((label.word[:40], text))
        case roles.CONTACT | roles.ORDINAL:
            pass
        case _:
            row.details.append((label.word[:40], ""))
            pile = f"detail {len(row.details) - 1}"
            pieces[pile] = []
            return pile
    return ""
    return ""


def _say(pile: list[str], one: Paragraph, first: bool = False) -> None:
    text = one.text
    if one.mark and not one.label:
        text = f"（{one.mark.printed}）{text}" if one.mark.printed else text
    joined = pile and not first and not one.mark and not one.bullet and pile[-1] and pile[-1][-1] not in "。；;：:！？"
    if joined:
        pile[-1] += text
    elif text:
        pile.append(text)


def _text(pieces: list[str]) -> str:
    return "\n".join(piece for piece in pieces if piece)


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _doubt_labels(row: Row, block: Block, usual: set[str]) -> None:
    words = Counter(one.label.word for one in block.body if one.label)
    for word in sorted(usual - set(words)):
        if roles.role_of(word) not in {roles.TARGET, roles.BOTH, roles.CONTENT}:
            row.doubt(f"其他任务都有“{word}”，本任务没有，原文可能有缺。")
    for word, count in words.items():
        if count > 1 and word in usual and roles.role_of(word) in roles.MAKES_A_TASK:
            row.doubt(f"“{word}”出现 {count} 次，可能与另一任务混在一起。")


def _categories(rows: list[Row]) -> None:
    """A category that titles carry in brackets, or the mode that the notes name; only where no level gave one."""
    behind = [BEHIND.match(row.title) for row in rows]
    words = Counter(match[2] for match in behind if match)
    recurring = {
        word for word, n in words.items() if n >= 2 or re.search(r"(?:类|型|类别)$", word) or MODES.fullmatch(word)
    }
    count = sum(words[word] for word in recurring)
    if recurring and count >= 0.6 * len(rows) and len(recurring) <= max(2, len(rows) // 2):
        for row, match in zip(rows, behind, strict=True):
            _category_of_title(row, match, recurring)
        return
    if any(row.category for row in rows):
        return
    named = [_mode(row) for row in rows]
    if sum(bool(mode) for mode in named) >= 0.8 * len(rows):
        for row, mode in zip(rows, named, strict=True):
            row.category = mode
            if not mode:
                row.doubt("没有读到组织方式。")


def _category_of_title(row: Row, match, recurring: set[str]) -> None:
    word = match[2] if match else ""
    near = next((name for name in sorted(recurring) if word and (name == word or name == word + "类")), "")
    longer = word + "类" if word + "类" in recurring else near
    if not longer:
        row.doubt("标题后没有其他任务都有的类别。")
        return
    row.title, row.category = match[1], longer
    if longer != word:
        row.doubt(f"类别写作“{word}”，按“{longer}”收录。")


def _mode(row: Row) -> str:
    """The one way of organising that a task's notes name first."""
    for label, text in row.details:
        if roles.role_of(label) in {roles.OTHER, roles.NOTE, roles.CATEGORY} and (found := MODES.search(text[:40])):
            return found[0]
    return ""


def _judge(row: Row) -> None:
    """What makes a row refused or doubtful by itself."""
    row.title = row.title.strip(" 。；;:：")
    if not row.title:
        row.refuse("只有编号，没有标题。")
        return
    if not row.content and not row.targets:
        row.refuse("标题下既没有内容也没有目标。")
        return
    if len(row.title) > TITLE_MOST:
        row.refuse(f"标题有 {len(row.title)} 个字，多于 {TITLE_MOST} 个字。")
    elif len(row.title) < 3 or CUT.search(row.title):
        row.doubt("标题像是没有写完。")
    elif len(row.title) > 60 or re.search(r"[。；！？]", row.title):
        row.doubt("标题很长，或含有整句，可能与正文混在一起。")
    if not row.targets:
        row.doubt("没有读到指标或目标。")
    elif not row.indicators:
        row.doubt("目标中没有可以提出的指标。")
    if row.targets and row.targets[-1] not in "。；;.！）)” ”" and len(row.targets) > 20:
        row.doubt("目标的末尾像是没有写完。")
    unsure = [item for item in row.indicators if item.doubt]
    for item in unsure[:5]:
        row.doubt(f"指标“{item.name[:30]}”：{item.doubt}")
    if len(unsure) > 5:
        row.doubt(f"另有 {len(unsure) - 5} 个指标存疑。")


def _with_gaps(rows: list[Row], blocks: list[Block]) -> list[Row]:
    """Numbers that a run leaves out, as refused rows; their neighbours are doubtful, for a page may be missing."""
    result: list[Row] = []
    for row, block in zip(rows, blocks, strict=True):
        mark = block.head.mark
        gap = mark.gap if mark else 0
        if gap and result:
            result[-1].doubt("下一任务的编号不连续，本任务的文字可能混入或缺少一页。")
            row.doubt("编号与上一任务不连续。")
            for number in range(mark.numbers[-1] - gap, mark.numbers[-1]):
                code = _code_like(row.code, number) if row.printed_code else ""
                missing = Row(code=code, field=row.field, line=block.head.line)
                before, now = (result[-1].code, row.code) if row.printed_code else (number - 1, mark.numbers[-1])
                missing.refuse(f"编号 {code or number} 没有标题：编号从 {before} 直接到了 {now}，原文可能缺页。")
                result.append(missing)
        result.append(row)
    codes = Counter(row.code for row in result if row.code)
    titles = Counter(row.title for row in result if row.title)
    for row in result:
        if row.code and codes[row.code] > 1:
            row.doubt(f"编号 {row.code} 出现 {codes[row.code]} 次。")
        if row.title and titles[row.title] > 1:
            row.doubt("另有同名的任务。")
    return result


def _code_like(code: str, number: int) -> str:
    """The printed code of a neighbour with another last number: 2004 beside 2005, 2.2 beside 2.3, A02 beside A03."""
    match = re.search(r"\d+$", code)
    return code[: match.start()] + str(number).zfill(len(match[0]) if match[0][0] == "0" else 0) if match else ""


def _check_counts(found: Found, paragraphs: list[Paragraph]) -> None:
    """Counts that the text itself names, against what was found: only a note, for a count may mean another thing."""
    counts = {found.found, *Counter(row.field for row in found.rows if row.title).values()}
    for one in paragraphs:
        for match in DECLARED.finditer(one.text):
            if int(match[1]) > 1 and int(match[1]) not in counts:
                found.notes.append(f"第 {one.line} 行写有“{match[0]}”，与读到的数目不一致，请核对。")


__all__ = ["PLAIN", "RECORD", "read_notice", "rows_of_lines"]
