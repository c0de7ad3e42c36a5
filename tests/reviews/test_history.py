"""The history of a sheet: every change of it, for its expert; for officers what was signed, never a draft."""

from datetime import timedelta

import pytest
from django.urls import reverse

from jbgs.lib import clock
from reviews import history, workflow
from reviews.models import Assignment
from tests.budget import queries_of
from tests.reviews.conftest import REVIEWING


def url(sheet) -> str:
    return reverse("admin:reviews_history", args=[sheet.pk])


@pytest.fixture
def sheet(review):
    (sheet,) = review.seat(review.application())
    return sheet


def fresh(sheet) -> Assignment:
    return Assignment.objects.select_related("rules", "expert").get(pk=sheet.pk)


def brief(changes) -> list[tuple]:
    return [(one.item, one.old, one.new) for one in changes if one.kind != history.MARK]


def test_each_point_is_told_with_the_old_and_the_new_one(review, sheet):
    first, second = (criterion.key for criterion in review.criteria[:2])
    labels = {criterion.key: criterion.label for criterion in review.criteria}
    review.fill(sheet, {first: "80"}, opinion="")
    review.fill(sheet, {first: "85.5", second: "70"}, opinion="")
    review.fill(sheet, {first: ""}, opinion="")
    assert brief(history.of(fresh(sheet))) == [
        (labels[first], "", "80"),
        (labels[first], "80", "85.5"),
        (labels[second], "", "70"),
        (labels[first], "85.5", ""),
    ]


def test_a_save_that_changes_nothing_is_no_change(review, sheet):
    review.fill(sheet, 80)
    before = history.of(fresh(sheet))
    review.fill(sheet, 80)
    assert history.of(fresh(sheet)) == before


def test_an_opinion_written_in_one_sitting_is_one_change(review, sheet):
    for minute, text in enumerate(("路", "路线", "路线清楚")):
        with clock.travel(REVIEWING + timedelta(minutes=minute)):
            review.fill(sheet, {}, opinion=text)
    with clock.travel(REVIEWING + timedelta(hours=2)):
        review.fill(sheet, {}, opinion="路线清楚，风险可控")
    opinions = [one for one in history.of(fresh(sheet)) if one.kind == history.OPINION]
    assert [(one.old, one.new, one.saves) for one in opinions] == [
        ("", "路线清楚", 3),
        ("路线清楚", "路线清楚，风险可控", 1),
    ]


def test_signing_and_giving_back_stand_in_it_with_total_and_reason(review, sheet):
    signed = review.sign(sheet, 81)
    back = workflow.return_for_revision(signed, by=review.olga, reason="请补充依据")
    review.sign(back, 70)
    marks = [(one.item, one.note, one.is_own) for one in history.of(fresh(sheet)) if one.kind == history.MARK]
    assert marks[-3:] == [
        ("提交评分", "加权总分 81.00", True),
        ("退回修改", "请补充依据", False),
        ("提交评分", "加权总分 70.00", True),
    ]


def test_since_tells_what_came_after_a_version(review, sheet):
    key = review.criteria[0].key
    version = review.fill(sheet, {key: "80"}).sheet_version
    review.fill(sheet, {key: "90"})
    assert [(one.old, one.new) for one in history.since(fresh(sheet), version)] == [("80", "90")]


def test_officers_do_not_read_drafts(review, sheet, client):
    review.fill(sheet, 63, opinion="只写了一半的暗记")
    assert history.of_signed(fresh(sheet)) == []
    client.force_login(review.olga)
    assert client.get(url(sheet)).status_code == 404
    signed = review.sign(sheet, 81)
    assert client.get(url(sheet)).status_code == 200
    back = workflow.return_for_revision(signed, by=review.olga, reason="请补充依据")
    review.fill(back, 17, opinion="退回以后没有提交的暗记")
    text = client.get(url(sheet)).content.decode()
    assert "请补充依据" in text and "退回以后没有提交的暗记" not in text and ">17<" not in text
    review.sign(back, 17, opinion="退回以后没有提交的暗记")
    assert "退回以后没有提交的暗记" in client.get(url(sheet)).content.decode()


def test_the_expert_reads_the_own_draft_and_nobody_elses(review, sheet, client):
    review.fill(sheet, 63, opinion="只写了一半的暗记")
    other = review.expert()
    review.seat(sheet.application, other)
    client.force_login(sheet.expert.user)
    text = client.get(url(sheet)).content.decode()
    assert "只写了一半的暗记" in text and "本人" in text
    client.force_login(other.user)
    assert client.get(url(sheet)).status_code == 404


def test_who_may_open_it(review, sheet, client):
    review.sign(sheet, 81)
    for person, status in ((review.olga, 200), (review.world.sven, 200), (review.world.oscar, 404)):
        client.force_login(person)
        assert client.get(url(sheet)).status_code == status
    client.force_login(review.world.alice)
    assert client.get(url(sheet)).status_code in (302, 403, 404)


def test_an_expert_who_stepped_aside_cannot_open_it(review, sheet, client):
    review.fill(sheet, 63)
    workflow.declare_recusal(fresh(sheet), by=sheet.expert.user, reason="亲属关系")
    client.force_login(sheet.expert.user)
    assert client.get(url(sheet)).status_code == 404


def test_a_long_story_costs_no_more_than_a_short_one(review, sheet, client):
    client.force_login(sheet.expert.user)
    review.fill(sheet, 60)
    one = queries_of(lambda: client.get(url(sheet)))
    for points in range(61, 75):
        review.fill(sheet, points)
    assert len(one) == len(queries_of(lambda: client.get(url(sheet))))
