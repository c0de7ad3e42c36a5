"""The advice beside the ranking: keys that do not move, who would change sides, whose totals are asked about."""

from dataclasses import replace

import pytest

from reviews import advice
from reviews import ranking as r
from tests.reviews.test_ranking import MEAN, TRIMMED, row


def panel_rows(*panels, review=MEAN):
    made = [row(number, [(points,) for points in panel], review) for number, panel in enumerate(panels, 1)]
    with_sheets = [
        replace(line, sheets=tuple(r.Sheet(mark.expert, mark.total, dict.fromkeys("abc", mark.total))
                                   for mark in line.standing.marks))
        for line in made
    ]  # fmt: skip
    return r.ranked(with_sheets)


FOUR = panel_rows([9000, 9100, 9200], [8000, 8100, 8300], [7900, 8300, 8000], [6000, 6100, 6300])


def test_there_is_advice_only_where_there_is_a_line():
    assert advice.of(FOUR, None) is None and advice.of(FOUR, 4) is None and advice.of([], 2) is None
    found = advice.of(FOUR, 2)
    assert found.places == 2 and set(found.chance) == {f"WL-{n:04d}" for n in range(1, 5)}
    assert found.chance["WL-0001"] > 0.95 > 0.05 > found.chance["WL-0004"]


def test_who_would_change_sides_goes_by_the_official_rule():
    """Without the third expert the third application stands before the second; nobody else moves anybody."""
    found = advice.without_one(FOUR, 2, MEAN)
    assert {expert for expert, places in found.changed.items() if places} == {2}
    assert found.changed[2] == (2, 3)
    assert found.words == "3 位专家中，去掉 1 位会变（逐一试过），涉及第 2 名、第 3 名。"
    calm = advice.without_one(panel_rows([9000] * 3, [5000] * 3), 1, MEAN)
    assert calm.words == "不会：逐一去掉 3 位专家，前 1 名都不变。"


def test_who_is_the_only_judge_of_something_is_not_left_out():
    rows = panel_rows([9000], [8000, 8100], [7000, 7100])
    assert set(advice.without_one(rows, 1, MEAN).changed) == {1}


def test_trimming_is_part_of_the_official_rule():
    """With five totals the outlier is dropped, with four it counts: leaving anybody out lets the second ahead."""
    rows = panel_rows([8500, 8500, 8500, 8500, 1000], [8400] * 5, review=TRIMMED)
    assert [line.application.pk for line in rows] == [1, 2]
    found = advice.without_one(rows, 1, TRIMMED)
    assert [bool(found.changed[expert]) for expert in range(5)] == [True, True, True, True, False]


def test_severity_counts_reviews_and_is_silent_with_too_few():
    found = advice.of(FOUR, 2)
    lines = advice.severities(FOUR, found)
    assert [(line.expert, line.reviews) for line in lines] == [(0, 4), (1, 4), (2, 4)]
    assert lines[0].points < lines[2].points and abs(sum(line.points for line in lines)) < 0.01
    few = panel_rows([9000, 8000], [7000, 7500])
    assert advice.of(few, 1).why_not and {line.points for line in advice.severities(few, advice.of(few, 1))} == {None}
    assert advice.calibrated_ranks(advice.of(few, 1)) == {}
    assert advice.calibrated_ranks(found)["WL-0001"] == 1


def test_a_planted_total_is_the_doubtful_one():
    panels = [[8000 + 300 * n, 8050 + 290 * n, 7950 + 310 * n, 8000 + 300 * n, 8020 + 300 * n] for n in range(5)]
    panels[1][2] -= 4000
    rows = panel_rows(*panels)
    assert list(advice.doubtful_pairs(rows)) == [(2, 2)]
    assert advice.doubtful_pairs(rows)[2, 2] < -2
    assert advice.doubtful_pairs(panel_rows([9000], [1000])) == {}


# ---- with the database ----


@pytest.fixture
def planted(review):
    applications, panel = review.applications(6), review.experts(5)
    totals = [[70 + 3 * n, 71 + 3 * n, 69 + 3 * n, 72 + 3 * n, 70 + 3 * n] for n in range(6)]
    totals[2][4] = 30
    review.scored(dict(zip(applications, totals, strict=True)), panel)
    return applications, panel


def test_the_officers_list_names_the_sheet(review, planted, django_assert_num_queries):
    applications, panel = planted
    found = advice.doubtful_sheets(review.task)
    assert [(one.sheet.application, one.sheet.expert) for one in found] == [(applications[2], panel[4])]
    assert found[0].z < -2
    task = review.task
    rows = r.ranking(task.call, task)
    with django_assert_num_queries(1):
        advice.doubtful_sheets(task, rows)
