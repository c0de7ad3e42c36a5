"""A notice of as many pages as one likes, as it comes out of a PDF: a call's tasks, set in lines and pages."""

from collections.abc import Iterator
from itertools import count

LINE, PAGE = 28, 28  # hanzi in a line, lines on a page


def notice_of_pages(pages: int, tasks) -> str:
    """`tasks`: TaskSpecs, used again and again under new numbers, until the pages are full."""
    lines: list[str] = []
    for text in _paragraphs(list(tasks)):
        lines += _set(text)
        if len(lines) >= pages * PAGE:
            break
    set_pages = [lines[at : at + PAGE] for at in range(0, pages * PAGE, PAGE)]
    return "\n".join(
        "\n\n".join([*page, f"— {number} —"]) + "\n\f某某科技计划项目申报指南"
        for number, page in enumerate(set_pages, start=1)
    )


def _paragraphs(tasks: list) -> Iterator[str]:
    """Fields of ten tasks each, with content, targets, keywords and requirements."""
    yield "附件"
    for field in count(1):
        yield f"{field}. 第{field}个领域"
        for place in range(1, 11):
            task = tasks[(field * 10 + place) % len(tasks)]
            yield f"{field}.{place} {task.title}（{'基础研究类' if place % 3 else '应用示范类'}）"
            yield f"研究内容：围绕{task.title}，{task.summary or '开展研究'}。" * 3
            yield "考核指标：" + "".join(f"{one.name}{one.target_text}；" for one in task.indicators)[:-1] + "。"
            yield "关键词：" + "；".join(task.keywords or ("示例",))
            yield "其他要求：配套经费与国拨经费的比例不低于1:1。"


def _set(text: str) -> list[str]:
    """Hard line breaks, in the middle of words."""
    return [text[at : at + LINE] for at in range(0, len(text), LINE)]
