"""How well indicators are read: the hand-made ones of the 58 tasks, written out as a notice would, and read back.

The text is made here from names, figures and units; the wording rotates through the ways in which notices compare.
"""

from decimal import Decimal

import pytest
from django.conf import settings

from programmes.importing.files import read_tasks
from programmes.importing.indicators import read_targets
from programmes.importing.yardstick import agreement
from programmes.indicators import show_decimal
from programmes.loader import read_document
from programmes.parse import parse_document

WAYS = {
    ">=": ["{n}≥{v}{u}", "{n}不低于 {v} {u}", "{n}达到{v}{u}以上", "{n}不少于{v}{u}", "{n}至少达到 {v}{u}"],
    ">": ["{n}>{v}{u}", "{n}大于 {v}{u}", "{n}超过{v}{u}"],
    "<=": ["{n}≤{v}{u}", "{n}不超过{v} {u}", "{n}不高于 {v}{u}", "{n}控制在{v}{u}以内"],
    "<": ["{n}<{v}{u}", "{n}小于 {v}{u}", "{n}低于{v}{u}"],
    "range": ["{n}{v}~{w}{u}", "{n}为{v}{u}—{w}{u}", "{n}：{v}至{w} {u}"],
}
ENDS = ["；", "，", "。"]
ORDINALS = "一二三四五六七八九十"


@pytest.fixture(scope="module")
def spec():
    return parse_document(read_document(settings.BASE_DIR / "fixtures" / "programmes" / "miit-2025.yaml"))


def sentence(indicator, place: int) -> str:
    ways = WAYS[indicator.comparator]
    figures = indicator.value if isinstance(indicator.value, tuple) else (indicator.value,)
    low, high = show_decimal(figures[0]), show_decimal(figures[-1])
    return ways[place % len(ways)].format(n=indicator.name, v=low, w=high, u=indicator.unit)


def notice_of(spec) -> str:
    """A notice with three lists, each with its kinds of tasks, each task with its figures and its texts."""
    lines, place = [], 0
    for annex, field in enumerate(spec.fields, start=1):
        lines += [f"附件{annex}", f"{field.name}任务榜单"]
        kinds = [code for code in spec.categories if any(task.category == code for task in spec.tasks_of(field.code))]
        for number, kind in enumerate(kinds):
            lines.append(f"{ORDINALS[number]}、{spec.categories[kind]}")
            tasks = [task for task in spec.tasks_of(field.code) if task.category == kind]
            for at, task in enumerate(tasks):
                lines += [f"（{ORDINALS[at]}）{task.title}", f"揭榜任务：{task.summary}。"]
                words = []
                for indicator in task.indicators:
                    place += 1
                    if indicator.comparator == "text":
                        words.append(f"完成{indicator.name}的证明")
                    elif indicator.comparator != "=":
                        words.append(sentence(indicator, place))
                lines.append("预期目标：到 2031 年，" + "".join(word + ENDS[n % 3] for n, word in enumerate(words)))
    return "\n".join(lines)


FLOOR_PRECISION, FLOOR_RECALL = 0.98, 0.94


def test_all_tasks_fields_and_categories_come_back(spec):
    found = read_tasks(notice_of(spec).encode(), "notice.txt")
    assert [row.title for row in found.rows] == [task.title for task in spec.tasks.values()]
    assert [row.field for row in found.rows] == [spec.field(task.field).name for task in spec.tasks.values()]
    assert [row.category for row in found.rows] == [spec.categories[task.category] for task in spec.tasks.values()]


def test_precision_and_recall_of_the_triples(spec):
    found = read_tasks(notice_of(spec).encode(), "notice.txt")
    reached = agreement(found, spec)
    # "=" is left out of the text: a bare figure says no comparator, so those nine count as not found.
    assert reached.wanted >= 260
    assert reached.precision >= FLOOR_PRECISION, reached
    assert reached.recall >= FLOOR_RECALL, reached


@pytest.mark.parametrize("comparator", WAYS)
def test_each_way_alone(spec, comparator):
    asked = [one for task in spec.tasks.values() for one in task.indicators if one.comparator == comparator]
    for way in range(len(WAYS[comparator])):
        hits = sum(_same(one, read_targets(sentence(one, way))) for one in asked)
        assert hits >= 0.98 * len(asked), (WAYS[comparator][way], hits, len(asked))


def _same(asked, found) -> bool:
    return len(found) == 1 and (found[0].comparator, found[0].value) == (asked.comparator, asked.value)


def test_a_wrong_reading_counts_against_both(spec):
    found = read_tasks(notice_of(spec).encode(), "notice.txt")
    before = agreement(found, spec)
    one = next(one for one in found.rows[0].indicators if one.comparator == ">=")
    one.value = Decimal(7)
    after = agreement(found, spec)
    assert (after.hits, after.wanted, after.proposed) == (before.hits - 1, before.wanted, before.proposed)
