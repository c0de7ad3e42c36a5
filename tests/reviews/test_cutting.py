"""Where the line runs between equals, the call's rule is followed; the picture says what the figures say."""

from dataclasses import replace

import pytest

from applications.models import Decision
from applications.workflow import approve_decision, record_round
from jbgs.lib.errors import Refused
from reviews import advice, cutline, cutting, workflow
from reviews import ranking as r
from tests.reviews.test_advice import FOUR, panel_rows
from tests.reviews.test_ranking import MEAN
from tests.reviews.test_reconsidering import review_of

EQUALS = panel_rows([9000] * 3, [8000] * 3, [8000] * 3, [7000] * 3)


def test_a_line_parts_equals_only_where_some_go_and_others_stay():
    assert [row.rank for row in EQUALS] == [1, 2, 2, 4]
    assert cutting.torn(EQUALS, {1, 2}, {3, 4}) == EQUALS[1:3]
    assert cutting.torn(EQUALS, {1, 2, 3}, {4}) == [] == cutting.torn(EQUALS, {1}, {2, 3, 4})
    assert cutting.torn(EQUALS, {1, 2}, set()) == []  # nobody was left out yet


def test_why_a_surplus_of_equals_needs_no_other_reason():
    both = replace(MEAN, tie_at_cut="both")
    assert cutting.surplus_of_equals(EQUALS[2:3], EQUALS[:2], both) == "与第 2 名并列，按本批次规则同时入围。"
    assert cutting.surplus_of_equals(EQUALS[3:], EQUALS[:3], both) == ""
    assert cutting.surplus_of_equals(EQUALS[2:3], EQUALS[:2], MEAN) == ""


def test_the_picture_shows_the_line_and_says_the_same_in_words():
    advised = advice.of(FOUR, 2)
    drawn = cutline.picture(FOUR, advised)
    assert [bar.rank for bar in drawn.bars] == [1, 2, 3, 4]
    assert drawn.bars[1].y < drawn.cut_y < drawn.bars[2].y
    assert [bar.kind for bar in drawn.bars] == [cutline.kind_of(advised.chance[key]) for key in sorted(advised.chance)]
    assert drawn.headline == f"第 2 名优于第 3 名的把握 {cutline.percent(advised.pairwise)}"
    assert "不改变排名" in drawn.words
    assert cutline.picture(FOUR, None) is None


@pytest.mark.parametrize(
    "chance, words", [(0.004, "<1%"), (0.2, "20%"), (0.545, "55%"), (0.99, "99%"), (0.9999, ">99%"), (1.0, ">99%")]
)
def test_nothing_is_said_to_be_certain(chance, words):
    assert cutline.percent(chance) == words


# ---- with the database ----


def three_equals(rule: str, *, panel: bool = False):
    """A call of this rule: one ahead, two equals of whom one has the last slot."""
    rounds = [{"kind": "mail"}, {"kind": "panel"}] if panel or rule == "vote" else [{"kind": "mail"}]
    review = review_of(tie_at_cut=rule, ties=["median"], aggregate="mean", rounds=rounds)
    limit = review.call.spec.quotas["shortlist"].limit
    applications = review.applications(limit + 1)
    judges = review.experts(2)
    for place, application in enumerate(applications):
        review.scored({application: [90 - place if place < limit - 1 else 70] * 2}, judges)
    return review, applications, limit


def prepare(review, chosen, passed=(), **named):
    return workflow.prepare_shortlist(
        review.call, review.task, by=review.olga, chosen=chosen, passed_over=passed, common_reason="名次在后", **named
    )


def test_with_reasons_both_sides_of_the_tie_are_explained(db):
    review, applications, limit = three_equals("reason")
    with pytest.raises(Refused) as caught:
        prepare(review, applications[:limit], applications[limit:])
    first, second = applications[limit - 1 :]
    assert {item["field"] for item in caught.value.details} == {f"reason_{first.pk}", f"reason_{second.pk}"}
    prepare(
        review, applications[:limit], applications[limit:], reasons={first.pk: "已有样机", second.pk: "样机尚未完成"}
    )
    assert Decision.objects.filter(verb="pass_over").get().reason == "样机尚未完成"


def test_equals_that_belong_together_go_together_beyond_a_soft_limit(db):
    review, applications, limit = three_equals("both")
    with pytest.raises(Refused) as caught:
        prepare(review, applications[:limit], applications[limit:])
    assert caught.value.code == "tie_goes_together" and f"第 {limit} 名并列" in caught.value.sentence
    prepare(review, applications)
    assert {row.over_reason for row in Decision.objects.all()} == {f"与第 {limit} 名并列，按本批次规则同时入围。"}


def test_a_vote_comes_first_where_the_call_says_so(db):
    review, applications, limit = three_equals("vote")
    with pytest.raises(Refused) as caught:
        prepare(review, applications[:limit], applications[limit:])
    assert caught.value.code == "tie_needs_vote" and "还有 2 件没有表决结果" in caught.value.sentence
    assert not Decision.objects.exists()
    assert all(row.tied for row in r.ranking(review.call, review.task)[limit - 1 :])


def test_who_lost_the_vote_before_does_not_hold_up_an_equal(db):
    review, applications, limit = three_equals("both", panel=True)
    first, second = applications[limit - 1 :]
    for application in applications:
        lost = application == second
        vote(review, application, votes_for=0 if lost else 3, votes_against=3 if lost else 0)
    prepare(review, [], [second])
    approve_decision(second.decisions.get(), by=review.world.otto)
    prepare(review, [first], reasons={first.pk: "会议表决通过。"})
    assert Decision.objects.get(verb="propose").application == first


def vote(review, application, **votes):
    record_round(application, by=review.olga, kind="mail", passed=True)
    record_round(application, by=review.olga, kind="panel", **votes)
