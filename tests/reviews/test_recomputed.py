"""Whoever has the workbook has the ranking: ranks, scores and what parts equal ones follow from its cells alone."""

import io
from collections import defaultdict
from fractions import Fraction
from hashlib import sha256

import pytest
from openpyxl import load_workbook

from documents import xlsx
from jbgs.lib import clock
from reviews import exports, workflow
from reviews import ranking as r
from tests.reviews.test_reconsidering import review_of

CHAIN = ["mean", "median", "heaviest", "advice", "deviation", "lot"]


def tables(content: bytes) -> dict[str, list[dict]]:
    """Tab → its rows as {head: value}, read like a person reads: below the line that begins with 排名 or 事项."""
    found = {}
    for sheet in load_workbook(io.BytesIO(content)):
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        top = next(n for n, row in enumerate(rows) if row[0] in ("排名", "事项", "申报编号"))
        heads = [str(head).replace("\n", "") for head in rows[top]]
        lines = []
        for row in rows[top + 1 :]:
            if row[0] is None or str(row[0]).startswith(("注", "　")):
                break
            lines.append(dict(zip(heads, row, strict=False)))
        found[sheet.title] = lines
    return found


def hundredths(cell) -> int:
    return round(cell * 100)


def recomputed(book: dict[str, list[dict]]) -> list[tuple[int, str, str]]:
    """(rank, number, score) by the printed rule: trimmed from five totals on, equals parted by CHAIN."""
    facts = {line["事项"]: line["内容"] for line in book["规则"]}
    weights = {name.removeprefix("权重："): int(value[:-1]) for name, value in facts.items() if name[:3] == "权重："}
    heads = {name: f"{name}{weight}%" for name, weight in weights.items()}
    heaviest = heads[max(weights, key=weights.get)]
    by_number = defaultdict(list)
    for line in book["各项得分"]:
        total = sum(Fraction(hundredths(line[head])) * weights[name] / 100 for name, head in heads.items())
        assert int(total + Fraction(1, 2)) == hundredths(line["加权总分"])
        by_number[line["申报编号"]].append((int(total + Fraction(1, 2)), hundredths(line[heaviest]), line["建议"]))
    keyed = {number: key_of(number, sheets, facts["抽取种子"]) for number, sheets in by_number.items()}
    order = sorted(keyed, key=lambda number: (keyed[number], number))
    return [
        (1 + sum(other < keyed[number] for other in keyed.values()), number, r.show(-keyed[number][0]))
        for number in order
    ]


def key_of(number: str, sheets: list[tuple], seed: str) -> tuple:
    totals = sorted(total for total, _, _ in sheets)
    kept = totals[1:-1] if len(totals) >= 5 else totals
    half, count = len(totals) // 2, len(totals)
    mean = Fraction(sum(totals), count)
    median = Fraction(totals[half]) if count % 2 else Fraction(totals[half - 1] + totals[half], 2)
    return (
        -Fraction(sum(kept), len(kept)), -mean, -median, -Fraction(sum(points for _, points, _ in sheets), count),
        -sum(advice == "建议入围" for _, _, advice in sheets), sum((total - mean) ** 2 for total in totals) / count,
        sha256(f"{seed}|{number}".encode()).hexdigest(),
    )  # fmt: skip


def points(review, heavy: int, light: int) -> dict:
    """Points for the heaviest criterion and for all others."""
    top = r.heaviest(review.call.spec.review).key
    return {item.key: str(heavy if item.key == top else light) for item in review.criteria}


@pytest.fixture
def drawn(db):
    """Six drawn applications whose scores are equal in pairs, parted by every link of the chain."""
    review = review_of(ties=CHAIN, aggregate="trimmed_mean")
    applications = review.applications(6, state="accepted")
    review.experts(8)
    workflow.draw_at_once([review.task], by=review.olga, second=review.world.sven, public_value="135790")
    panels = [
        [80] * 5,
        [78, 80, 80, 80, 82],
        [70, 80, 80, 80, 95],
        [80] * 5,
        [79, 80, 80, 80, 81],
        [60, 70, 75, 81, 99],
    ]
    for application, totals in zip(applications, panels, strict=True):
        sheets = application.assignments.order_by("expert__user__username")
        for place, (sheet, total) in enumerate(zip(sheets, totals, strict=True)):
            sheet = review.fill(workflow.pledge(sheet, by=sheet.expert.user), points(review, total, total))
            if application == applications[1] and place == 0:
                values = points(review, total, total)
                sheet = workflow.save_score(
                    sheet, by=sheet.expert.user, points=values, opinion="可以入围。", advice="shortlist",
                    base_version=sheet.sheet_version,
                )  # fmt: skip
            workflow.sign(sheet, by=sheet.expert.user)
    return review


def test_rank_score_and_ties_follow_from_the_cells_and_equal_the_screen(drawn):
    rows = r.ranking(drawn.call, drawn.task)
    screen = [(row.rank, row.application.number, r.show(row.standing.score)) for row in rows]
    book = tables(xlsx.write(exports.workbook(drawn.task), made_at=clock.now()))
    assert recomputed(book) == screen
    assert {tie for row in rows for tie in row.parted} == {"mean", "advice", "deviation", "lot"}
    assert [rank for rank, _, _ in screen] == [1, 2, 3, 4, 5, 6]
    first = next(iter(book.values()))
    assert [(line["排名"], line["申报编号"]) for line in first] == [line[:2] for line in screen]
    assert [f"{line['截尾均值']:.2f}" for line in first] == [line[2] for line in screen]
    for line in first:
        totals = sorted(hundredths(line[f"评分{n}"]) for n in range(1, 6))
        assert totals == sorted(
            hundredths(sheet["加权总分"]) for sheet in book["各项得分"] if sheet["申报编号"] == line["申报编号"]
        )


def test_no_name_of_an_expert_stands_in_the_workbook_and_numbers_do_not_follow_a_person(drawn):
    content = xlsx.write(exports.workbook(drawn.task), made_at=clock.now())
    words = str(
        [[cell.value for row in sheet.iter_rows() for cell in row] for sheet in load_workbook(io.BytesIO(content))]
    )
    rows = r.ranking(drawn.call, drawn.task)
    for sheet in rows[0].application.assignments.select_related("expert__user"):
        assert sheet.expert.user.name not in words and sheet.expert.unit_name not in words
    orders = {tuple(sorted(numbers, key=numbers.get)) for row in rows if (numbers := exports.numbers_of(row))}
    assert len(orders) > 1


def test_the_workbook_costs_the_same_for_few_and_many(review, django_assert_max_num_queries):
    first, panel = review.application(), review.experts(5)
    review.scored({first: [80, 81, 82, 83, 84]}, panel)
    task = review.task
    with django_assert_max_num_queries(12):
        exports.workbook(task)
    for other in review.applications(6):
        review.scored({other: [70, 71, 72, 73, 74]}, panel)
    with django_assert_max_num_queries(12):
        exports.workbook(task)
