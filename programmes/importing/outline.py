"""Which headings are the tasks, and what stands above them.

The scheme whose headings are followed by content and target labels is the level of the tasks. What stands between the
top of the text and a task are its ancestors: a level whose names come back under several parents is a category, the
others are fields.
"""

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field

from programmes.importing.labels import CODE, MAKES_A_TASK, OTHER, TITLE
from programmes.importing.numbering import Mark
from programmes.importing.paragraphs import Paragraph

ENDS_TASKS = {"chapter", "section", "cn"}
PLAIN, RECORD = "plain", "record"
DOCUMENT_WORDS = re.compile(
    r"(?:揭榜挂帅|揭榜|攻关)*(?:任务|需求|项目|技术|课题)*(?:申报|征集)*(?:榜单|清单|指南|目录|一览表|汇总表|列表|需求表)$"
)
NO_FIELD = re.compile(
    r"(?:揭榜|榜单|重点|主要|攻关|研究|申报|任务|项目|需求|内容|方向|指南|领域|清单|具体|支持|具体|[和及与、])+"
)
COUNT_BEHIND = re.compile(r"[（(]\s*共?\s*\d+\s*[个项条][^（）()]*[）)]$")


@dataclass
class Block:
    """One task in the text: its heading and the paragraphs up to the next. `above`: names from the top down."""

    head: Paragraph
    body: list[Paragraph] = field(default_factory=list)
    above: list[tuple[str, str]] = field(default_factory=list)  # (scheme, name)
    path: tuple[int, ...] = ()
    group: int = 0

    @property
    def labelled(self) -> bool:
        """Whether the block holds anything that only a task has."""
        return any(one.label and one.label.role in MAKES_A_TASK for one in self.body)


def is_heading(paragraph: Paragraph) -> bool:
    """A numbered heading: short, no sentence, no label."""
    return paragraph.mark is not None and paragraph.label is None and paragraph.title_like


def task_scheme(paragraphs: list[Paragraph]) -> str:
    """The scheme of the task headings; PLAIN for unnumbered ones, RECORD for records (任务名称：), "" for none."""
    votes: Counter = Counter()
    labelled = sum(one.label is not None and one.label.role in MAKES_A_TASK for one in paragraphs)
    if not labelled:
        return ""
    for before, here in zip([None, *paragraphs], paragraphs, strict=False):
        if here.label is None or before is None or here.label.role == OTHER and not _leads_to_task(paragraphs, here):
            continue
        if here.label.role not in MAKES_A_TASK and not _leads_to_task(paragraphs, here):
            continue
        if before.mark and before.label is None and (before.title_like or not before.text):
            votes[before.mark.scheme] += 1
        elif before.label is None and before.title_like and not before.mark:
            votes[PLAIN] += 0.9
        if here.label.role == TITLE and not (before.mark and before.label is None):
            votes[RECORD] += 1
    for scheme in [scheme for scheme in votes if scheme in {"annex"}]:
        del votes[scheme]
    return max(votes, key=votes.__getitem__) if votes else ""


def _leads_to_task(paragraphs: list[Paragraph], here: Paragraph) -> bool:
    """Whether a content or target label follows soon: an owner's line may stand between a title and its content."""
    for after in paragraphs[here.at : here.at + 8]:
        if after.label and after.label.role in MAKES_A_TASK:
            return True
        if after.at > here.at and after.label is None and after.mark:
            return False
    return False


def blocks_of(paragraphs: list[Paragraph], scheme: str) -> list[Block]:
    """Every block of the task level, with what stands above it; a group is what stands under one parent."""
    heads = _heads(paragraphs, scheme)
    if not heads:
        return []
    parents = _parent_schemes(paragraphs, heads, scheme)
    head_at, blocks = {one.at for one in heads}, []
    path: dict[str, tuple[int, str]] = {}
    section, section_no, group = "", 0, 0
    pending: list[str] = []  # unnumbered headings since the last number
    current: Block | None = None
    for one in paragraphs:
        kind = one.mark.scheme if one.mark else ""
        if one.at in head_at:
            if pending and (not parents or not path):
                section, section_no, group = pending[-1], section_no + 1, group + 1
            pending = []
            current = Block(one, group=group)
            current.above = [("section", section)] + [(name, path[name][1]) for name in parents if name in path]
            current.path = (
                section_no,
                *(path[name][0] for name in parents if name in path),
                one.mark.numbers[-1] if one.mark else 0,
            )
            blocks.append(current)
        elif kind == "annex" or one.level and not one.mark and one.label is None:
            pending = pending + [one.text] if one.text else pending
            if kind == "annex":
                path.clear()
                pending = [one.text] if one.text else []
            current, group = None, group + 1
        elif kind in parents and one.label is None and (is_heading(one) or not one.text) and _fits(one, heads):
            depth = parents.index(kind)
            if depth == 0 and one.mark.numbers[0] == 1:
                title = pending[-1] if pending else _title_before(paragraphs, one)
                section, section_no = title, section_no + 1
            path[kind] = (one.mark.numbers[0], one.text)
            for lower in parents[depth + 1 :]:
                path.pop(lower, None)
            current, group, pending = None, group + 1, []
        elif kind in ENDS_TASKS and scheme not in ENDS_TASKS and is_heading(one):
            current, group, pending = None, group + 1, []  # 四、联系方式 ends the last task, whatever it heads
        elif current is not None:
            current.body.append(one)
        elif one.title_like and one.label is None and not one.mark and len(one.text) <= 60:
            pending = [*pending, one.text]
        else:
            pending = pending if one.label else []
    return _with_lead(blocks, paragraphs) if scheme == RECORD else blocks


def _with_lead(blocks: list[Block], paragraphs: list[Paragraph]) -> list[Block]:
    """Labels that stand before the name of a record (编号, 发榜单位) belong to it, not to the record before."""
    lead: list[Paragraph] = []
    for one in reversed(paragraphs[: blocks[0].head.at]):
        if one.label is None or one.label.role in MAKES_A_TASK:
            break
        lead.insert(0, one)
    words = {one.label.word for one in lead}
    for block in blocks:
        mine, lead = lead, []
        while block.body and block.body[-1].label and block.body[-1].label.word in words:
            lead.insert(0, block.body.pop())
        block.body = mine + block.body
    return blocks


def _heads(paragraphs: list[Paragraph], scheme: str) -> list[Paragraph]:
    if scheme == PLAIN:
        return _plain_heads(paragraphs)
    if scheme == RECORD:
        return [one for one in paragraphs if one.label and one.label.role == TITLE]
    heads = [one for one in paragraphs if one.mark and one.mark.scheme == scheme and one.label is None]
    return _without_lists(paragraphs, heads)


def _without_lists(paragraphs: list[Paragraph], heads: list[Paragraph]) -> list[Paragraph]:
    """Where lists inside the tasks are numbered like the tasks: only what the first label of a task follows is one."""
    follow = [paragraphs[one.at + 1].label if one.at + 1 < len(paragraphs) else None for one in heads]
    labelled = [label.word for label in follow if label and label.role in MAKES_A_TASK]
    if not labelled or sum(label is None for label in follow) <= len(heads) / 2:
        return heads
    nested = sum(
        one.mark.numbers[-1] == 1 and before.mark.numbers[-1] != 1 and label is None
        for before, one, label in zip(heads, heads[1:], follow[1:], strict=False)
    )
    if not nested:
        return heads
    first = labelled[0]
    return [one for one, label in zip(heads, follow, strict=True) if label and label.word == first]


def _plain_heads(paragraphs: list[Paragraph]) -> list[Paragraph]:
    """Unnumbered titles: the line before the label with which most tasks begin."""
    first: Counter = Counter()
    for before, here in zip(paragraphs, paragraphs[1:], strict=False):
        if here.label and before.label is None and before.title_like and not before.mark:
            first[here.label.word] += 1
    if not first:
        return []
    word = first.most_common(1)[0][0]
    return [
        before for before, here in zip(paragraphs, paragraphs[1:], strict=False)
        if here.label and here.label.word == word and before.label is None and before.title_like
    ]  # fmt: skip


def _parent_schemes(paragraphs: list[Paragraph], heads: list[Paragraph], scheme: str) -> list[str]:
    """The schemes above the tasks, from the top down, read off what stands before the first task that has labels."""
    first = _first_labelled(paragraphs, heads)
    marks = [one for one in paragraphs[: first.at] if one.mark and one.label is None]
    parents: list[str] = []
    wanted: Mark | None = first.mark
    place = len(marks) - 1
    while place >= 0:
        one = marks[place]
        kind = one.mark.scheme
        place -= 1
        if kind == "annex":
            break
        if kind == scheme or kind in parents:
            if (
                wanted is not None
                and kind in parents
                and parents[-1] == kind
                and one.mark.numbers[0] < wanted.numbers[0]
            ):
                wanted = one.mark  # an earlier brother of the lowest parent found so far
                continue
            if kind == scheme:
                continue
            break
        if not is_heading(one) or len(one.text) > 60:
            if not parents and one.mark.numbers[0] >= 1 and not one.title_like:
                break
            continue
        if wanted is not None and parents and wanted.numbers[0] != 1:
            continue
        parents.append(kind)
        wanted = one.mark
    return parents[::-1]


def _first_labelled(paragraphs: list[Paragraph], heads: list[Paragraph]) -> Paragraph:
    places = [one.at for one in heads] + [len(paragraphs)]
    for head, end in zip(heads, places[1:], strict=True):
        if any(one.label and one.label.role in MAKES_A_TASK for one in paragraphs[head.at : end]):
            return head
    return heads[0]


def _fits(one: Paragraph, heads: list[Paragraph]) -> bool:
    """Under 2. come 2.1, 2.2 …: where tasks carry their parent's number, another number is a list inside a task."""
    following = next((head for head in heads if head.at > one.at), None)
    if following is None or following.mark is None or not following.mark.scheme.startswith("dotted"):
        return True
    numbers = following.mark.numbers
    if not following.mark.scheme.endswith(str(len(one.mark.numbers) + 1)):
        return True
    return numbers[: len(one.mark.numbers)] == one.mark.numbers and numbers[-1] <= 3


def _title_before(paragraphs: list[Paragraph], one: Paragraph) -> str:
    """The unnumbered heading right above a first heading."""
    for earlier in reversed(paragraphs[max(0, one.at - 2) : one.at]):
        if earlier.mark and earlier.mark.scheme != "annex":
            return ""
        if earlier.text and earlier.label is None and earlier.title_like and len(earlier.text) <= 60:
            return earlier.text
    return ""


@dataclass
class Axes:
    """The names above each task, sorted: `fields[i]`, `categories[i]`, `rest[i]` of the i-th block."""

    fields: list[str]
    categories: list[str]
    rest: list[list[str]]


def axes_of(blocks: list[Block]) -> Axes:
    """Which of the levels above is the field and which the category."""
    depth = max((len(block.above) for block in blocks), default=0)
    names = [[name for _scheme, name in block.above] + [""] * (depth - len(block.above)) for block in blocks]
    levels = [level for level in range(depth) if len({row[level] for row in names if row[level]}) >= 2]
    recurring, plain = [], []
    for level in levels:
        parents_of: dict[str, set] = defaultdict(set)
        for row in names:
            if row[level]:
                parents_of[row[level]].add(tuple(row[:level]))
        repeated = sum(len(parents) >= 2 for parents in parents_of.values())
        (recurring if repeated >= 2 or repeated and repeated >= len(parents_of) / 2 else plain).append(level)
    if not plain and not recurring:
        # one name above all: a field, unless it is only the title of the list
        plain = [
            level
            for level in reversed(range(depth))
            if names[0][level]
            and not DOCUMENT_WORDS.search(names[0][level])
            and not NO_FIELD.fullmatch(names[0][level])
            and not re.search(r"\d{4}\s*年", names[0][level])
        ][:1]
    top = plain[0] if plain else None
    shown = [_tidy(row[top]) if top is not None else "" for row in names]
    category = recurring[-1] if recurring else None
    return Axes(
        fields=_without_document_words(shown),
        categories=[_tidy(row[category]) if category is not None else "" for row in names],
        rest=[[_tidy(row[level]) for level in plain[1:] if row[level]] for row in names],
    )


def _tidy(name: str) -> str:
    return COUNT_BEHIND.sub("", name.strip(" ：:、.．")).strip()


def _without_document_words(names: list[str]) -> list[str]:
    """气泡榜单 → 气泡: where the names are titles of lists, what all share at their ends goes too."""
    distinct = list(dict.fromkeys(name for name in names if name))
    if not distinct or not all(DOCUMENT_WORDS.search(name) for name in distinct):
        return names
    shared = 0
    if len(distinct) >= 2:
        least = min(map(len, distinct))
        while shared < least - 1 and len({name[-1 - shared] for name in distinct}) == 1:
            shared += 1
    short = {
        name: (name[:-shared] if shared >= 2 else DOCUMENT_WORDS.sub("", name)).strip() or name for name in distinct
    }
    return [short.get(name, name) for name in names]


def codes_of(blocks: list[Block]) -> list[tuple[str, bool]]:
    """(code, whether it is printed) of each block; made from the path where the printed number is not enough."""
    printed = []
    for block in blocks:
        label = next((one for one in block.body if one.label and one.label.role == CODE), None)
        text = label.text if label else block.head.mark.printed if block.head.mark else ""
        printed.append(text.strip() if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}", text.strip()) else "")
    if all(printed) and len(set(printed)) == len(printed):
        return [(code, True) for code in printed]
    paths = [block.path for block in blocks]
    width = max((len(path) for path in paths), default=0)
    paths = [path[:-1] + (0,) * (width - len(path)) + path[-1:] for path in paths]
    keep = [at for at in range(width) if at == width - 1 or len({path[at] for path in paths}) > 1]
    made, used, counted = [], Counter(), Counter()
    for path in paths:
        numbers = [path[level] for level in keep]
        counted[path[:-1]] += 1
        numbers[-1] = numbers[-1] or counted[path[:-1]]
        code = "-".join([*(str(number) for number in numbers[:-1]), f"{numbers[-1]:02d}"])
        used[code] += 1
        made.append((code if used[code] == 1 else f"{code}.{used[code]}", False))
    return made
