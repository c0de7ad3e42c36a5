"""The ranking is exact, the same whatever the order, and says what happened with each score."""

from dataclasses import replace
from fractions import Fraction
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from applications.models import Decision, QuotaUse
from applications.workflow import approve_decision
from jbgs.lib.errors import Refused
from programmes.spec import CriterionSpec, ReviewSpec
from reviews import ranking as r
from reviews import sheets, workflow
from reviews.models import Assignment
from reviews.workflow.selecting import choices

CRITERIA = (CriterionSpec("a", "甲", 33), CriterionSpec("b", "乙", 33), CriterionSpec("c", "丙", 34))
TRIMMED = ReviewSpec(False, 5, CRITERIA, "trimmed_mean")
MEAN = ReviewSpec(False, 5, CRITERIA, "mean")

points = st.integers(0, 10_000)
panels = st.lists(st.tuples(points, points, points), min_size=0, max_size=7)
tasks = st.lists(panels, min_size=1, max_size=8)


def sheet(expert: int, *points: int) -> r.Sheet:
    by_key = dict(zip("abc", points if len(points) == 3 else points * 3, strict=True))
    return r.Sheet(expert, sheets.total(by_key, TRIMMED), by_key)


def row(number: int, panel, review=TRIMMED) -> r.Row:
    application = SimpleNamespace(pk=number, number=f"WL-{number:04d}", state="in_review", title=f"项目 {number}")
    return r.Row(application, r.standing((sheet(n, *p) for n, p in enumerate(panel)), review), None, False)


@given(tasks, st.randoms())
def test_the_order_of_sheets_and_applications_does_not_matter(panels, rng):
    def outcome(shuffle: bool):
        rows = []
        for number, panel in enumerate(panels):
            numbered = list(enumerate(panel))
            if shuffle:
                rng.shuffle(numbered)
            made = r.standing((sheet(n, *p) for n, p in numbered), TRIMMED)
            rows.append(r.Row(row(number, []).application, made, None, False))
        if shuffle:
            rng.shuffle(rows)
        return [(line.application.pk, line.rank, line.tied, line.standing) for line in r.ranked(rows)]

    assert outcome(False) == outcome(True)


@given(tasks)
def test_ranks_follow_scores_and_ties_share_them(panels):
    rows = r.ranked(row(number, panel) for number, panel in enumerate(panels))
    scored = [line for line in rows if line.rank is not None]
    assert rows == scored + [line for line in rows if line.rank is None]
    for position, line in enumerate(scored, 1):
        better = sum(other.standing.key < line.standing.key for other in scored)
        assert line.rank == better + 1 <= position
        assert line.tied == (sum(other.rank == line.rank for other in scored) > 1)
    for first, second in zip(scored, scored[1:], strict=False):
        assert first.standing.score >= second.standing.score


@given(st.lists(points, min_size=1, max_size=9))
def test_trimming_drops_one_highest_and_one_lowest_from_five_on(totals):
    made = r.standing((r.Sheet(n, total, {"c": total}) for n, total in enumerate(totals)), TRIMMED)
    dropped = sorted(mark.total for mark in made.marks if mark.dropped)
    if len(totals) < 5:
        assert not dropped and not made.trimmed and made.score == Fraction(sum(totals), len(totals))
    else:
        assert dropped == [min(totals), max(totals)]
        assert made.score == Fraction(sum(totals) - sum(dropped), len(totals) - 2)
    plain = r.standing((r.Sheet(n, total, {"c": total}) for n, total in enumerate(totals)), MEAN)
    assert plain.score == made.mean == Fraction(sum(totals), len(totals))


def test_totals_are_exact_for_whole_points_and_rounded_once_otherwise():
    assert sheets.total({"a": 8600, "b": 7800, "c": 8800}, TRIMMED) == 33 * 86 + 33 * 78 + 34 * 88
    assert sheets.total({"a": 8601, "b": 8601, "c": 8601}, TRIMMED) == 8601
    assert sheets.total({"a": 1, "b": 0, "c": 0}, TRIMMED) == 0
    assert sheets.total({"a": 2, "b": 0, "c": 0}, TRIMMED) == 1
    assert sheets.total({"a": 8600, "b": 7800}, TRIMMED) is None


def test_thirds_that_floats_would_confuse_are_told_apart():
    first = row(1, [(8000,), (8000,), (8001,)], MEAN)
    second = row(2, [(8000,), (8001,), (8001,)], MEAN)
    third = row(3, [(8000,), (8000,), (8001,)], MEAN)
    ranked = r.ranked([first, second, third])
    assert [(line.application.pk, line.rank, line.tied) for line in ranked] == [
        (2, 1, False), (1, 2, True), (3, 2, True),
    ]  # fmt: skip
    assert r.show(first.standing.score) == "80.00" and r.show(second.standing.score) == "80.01"


def test_ties_are_parted_by_the_mean_then_the_median_then_the_heaviest():
    base = [(8000,), (8000,), (8000,), (8000,), (8000,)]
    wider = [(7000,), (8000,), (8000,), (8000,), (9500,)]  # same trimmed mean, higher mean
    assert [line.application.pk for line in r.ranked([row(1, base), row(2, wider)])] == [2, 1]
    evens = [row(1, [(7000,), (8000,), (9000,)], MEAN), row(2, [(7000,), (8500,), (8500,)], MEAN)]
    assert [line.application.pk for line in r.ranked(evens)] == [2, 1]
    heavy = ReviewSpec(
        False, 5, (CriterionSpec("a", "甲", 50), CriterionSpec("b", "乙", 30), CriterionSpec("c", "丙", 20))
    )
    same = [
        r.Row(row(1, []).application, r.standing([r.Sheet(1, 8000, {"a": 7000})], heavy), None, False),
        r.Row(row(2, []).application, r.standing([r.Sheet(1, 8000, {"a": 9000})], heavy), None, False),
    ]
    assert [line.application.pk for line in r.ranked(same)] == [2, 1]


def standing_of(totals, ties, advice=(), number="WL-1", seed=""):
    review = replace(MEAN, ties=ties)
    made = [r.Sheet(n, total, {"a": total, "b": total, "c": total}) for n, total in enumerate(totals)]
    made = [replace(one, advice="shortlist") if n in advice else one for n, one in enumerate(made)]
    return r.standing(made, review, r.lot_of(seed, number))


def order_of(*standings) -> list[tuple[int, int, tuple]]:
    """(which, rank, what parted it) from the best down."""
    rows = [r.Row(row(n, []).application, standing, None, False) for n, standing in enumerate(standings, 1)]
    return [(line.application.pk, line.rank, line.parted) for line in r.ranked(rows)]


def test_the_chain_is_the_one_that_the_call_names():
    wide, narrow = [6000, 9000, 9000], [8000, 8000, 8000]
    assert order_of(standing_of(wide, ("median",)), standing_of(narrow, ("median",))) == [
        (1, 1, ("median",)), (2, 2, ("median",)),
    ]  # fmt: skip
    by_spread = [standing_of(totals, ("deviation", "median")) for totals in (wide, narrow)]
    assert order_of(*by_spread) == [(2, 1, ("deviation",)), (1, 2, ("deviation",))]
    assert order_of(standing_of(wide, ()), standing_of(narrow, ())) == [(1, 1, ()), (2, 1, ())]


def test_advice_counts_experts_who_would_shortlist():
    once, twice = (standing_of([8000] * 3, ("advice",), advice) for advice in ((0,), (0, 2)))
    assert (once.advice, twice.advice) == (1, 2)
    assert order_of(once, twice) == [(2, 1, ("advice",)), (1, 2, ("advice",))]


def test_deviations_that_roots_would_confuse_are_told_apart():
    """The variances differ by 1/27 of 10^8: their roots are the same float."""
    one = r.Standing((), Fraction(1), Fraction(1), Fraction(1), Fraction(1), False, ties=("deviation",))
    least = Fraction(10**8) + Fraction(1, 27 * 10**9)
    first, second = replace(one, variance=least), replace(one, variance=Fraction(10**8))
    assert float(first.variance) ** 0.5 == float(second.variance) ** 0.5
    assert order_of(first, second) == [(2, 1, ("deviation",)), (1, 2, ("deviation",))]


def test_the_lot_follows_from_the_seed_alone_and_parts_nothing_without_one():
    def drawn(seed):
        return order_of(*(standing_of([8000], ("lot",), number=f"WL-{n}", seed=seed) for n in range(1, 9)))

    assert [rank for _, rank, _ in drawn("")] == [1] * 8
    assert [rank for _, rank, _ in drawn("a")] == list(range(1, 9)) and drawn("a") == drawn("a")
    assert [pk for pk, _, _ in drawn("a")] != [pk for pk, _, _ in drawn("b")]


def test_the_rule_in_words_says_this_calls_chain():
    words = r.rule_in_words(replace(TRIMMED, ties=("mean", "deviation", "lot"), tie_at_cut="vote"), "立项")
    assert (
        "同分依次比较全部平均、标准差（小者在前）、抽签。" in words
        and "立项线落在并列者之间的，由会议评审投票。" in words
    )
    assert "权重最高" not in words and "去掉一个最高" in words
    plain = r.rule_in_words(replace(MEAN, ties=("mean", "heaviest")))
    assert "全部平均" not in plain and "“丙”（权重最高）的平均分" in plain
    assert "同分" not in r.rule_in_words(replace(MEAN, ties=()))


def test_choices_against_the_ranking():
    rows = r.ranked(row(number, [(9000 - 100 * number,)]) for number in range(1, 6))

    def against(chosen, passed):
        return {c.row.application.pk for c in choices(rows, chosen, passed, None) if c.against_ranking}

    assert against({1, 2, 3}, {4, 5}) == set()
    assert against({1, 2, 4}, {3, 5}) == {3, 4}
    assert against({1}, set()) == set()
    assert against({2}, set()) == {2}
    assert [c.over_quota for c in choices(rows, {1, 2, 3}, set(), 2)] == [False, False, True]


# ---- with the database ----


@pytest.fixture
def three(review):
    first, second, third = review.applications(3)
    review.scored({first: [90, 91, 92, 93, 70], second: [85, 86, 87, 88, 89], third: [70, 71, 72, 73]})
    return first, second, third


def test_the_ranking_of_a_task(review, three):
    rows = r.ranking(review.call, review.task)
    assert [line.application for line in rows] == list(three)
    assert [r.show(line.standing.score) for line in rows] == ["91.00", "87.00", "71.50"]
    assert [mark.total for mark in rows[0].standing.marks if mark.dropped] == [9300, 7000]
    assert rows[0].standing.spread == 2300 and not rows[2].standing.trimmed
    assert all(line.is_complete for line in rows)


def test_missing_sheets_are_missing_not_zero(review, three):
    (seat,) = review.seat(three[2])
    rows = r.ranking(review.call, review.task)
    assert rows[2].open == 1 and not rows[2].is_complete and r.show(rows[2].standing.score) == "71.50"
    review.application()
    last = r.ranking(review.call, review.task)[-1]
    assert last.rank is None and last.standing.score is None


def test_preparing_the_shortlist(review, three):
    first, second, third = three
    named = {"by": review.olga, "chosen": [first, third], "passed_over": [second]}
    with pytest.raises(Refused) as caught:
        workflow.prepare_shortlist(review.call, review.task, **named)
    assert {item["field"] for item in caught.value.details} == {f"reason_{second.pk}", f"reason_{third.pk}"}
    reasons = {second.pk: "难以在期限内完成", third.pk: "复议认为路线更可靠"}
    for _ in range(2):  # a double click prepares once
        workflow.prepare_shortlist(review.call, review.task, **named, reasons=reasons, key="k")
    prepared = {row.application_id: row for row in Decision.objects.all()}
    assert len(prepared) == 3 and all(row.state == "prepared" for row in prepared.values())
    assert (prepared[first.pk].verb, prepared[first.pk].rank, prepared[first.pk].against_ranking) == (
        "propose",
        1,
        False,
    )
    assert prepared[second.pk].against_ranking and prepared[third.pk].against_ranking
    assert prepared[first.pk].evidence["score"] == "91.00"
    opinions = prepared[second.pk].evidence["opinions"]
    assert len(opinions) == 5 and "专家" not in str(opinions)


def test_no_decision_while_somebody_scores(review, three):
    review.seat(three[0])
    with pytest.raises(Refused) as caught:
        workflow.prepare_shortlist(review.call, review.task, by=review.olga, chosen=[three[0]])
    assert caught.value.code == "scores_open"


def test_a_soft_quota_asks_for_a_reason_and_counts_what_waits(review):
    limit = review.call.spec.quotas["shortlist"].limit
    applications = review.applications(limit + 1)
    panel = review.experts(3)
    for number, application in enumerate(applications):
        review.scored({application: [90 - number] * 3}, panel)
    workflow.prepare_shortlist(review.call, review.task, by=review.olga, chosen=applications[:2])
    with pytest.raises(Refused) as caught:
        workflow.prepare_shortlist(review.call, review.task, by=review.olga, chosen=applications[2:])
    assert caught.value.code == "quota_needs_reason" and "超出 1 个" in caught.value.sentence
    workflow.prepare_shortlist(
        review.call, review.task, by=review.olga, chosen=applications[2:], over_reason="两家技术路线互补"
    )
    for decision in Decision.objects.order_by("pk"):
        approve_decision(decision, by=review.world.otto)
    assert {row.application.state for row in r.ranking(review.call, review.task)} == {"proposed"}


def test_a_surplus_can_be_approved_in_any_order(review):
    limit = review.call.spec.quotas["shortlist"].limit
    applications = review.applications(limit + 1)
    panel = review.experts(3)
    for application in applications:
        review.scored({application: [80, 81, 82]}, panel)
    assert {row.rank for row in r.ranking(review.call, review.task)} == {1}  # nobody is ranked better than anybody
    workflow.prepare_shortlist(review.call, review.task, by=review.olga, chosen=applications, over_reason="全部并列")
    for decision in Decision.objects.order_by("-pk"):
        approve_decision(decision, by=review.world.otto)
    assert QuotaUse.objects.filter(slot__gt=limit).get().over_reason == "全部并列"


def test_ranking_costs_the_same_for_one_and_many(review, django_assert_max_num_queries):
    application = review.application()
    panel = review.scored({application: [80, 81, 82, 83, 84]})
    with django_assert_max_num_queries(6):
        r.ranking(review.call, review.task)
    for other in review.applications(6):
        review.scored({other: [70, 71, 72, 73, 74]}, panel)
    with django_assert_max_num_queries(6):
        assert len(r.ranking(review.call, review.task)) == 7
    assert Assignment.objects.signed().count() == 35
