"""A soft limit with a ceiling (W05): one 原则上, a second one with a reason, never a third."""

import copy

import pytest

from applications import workflow
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from programmes.loader import load_document
from programmes.schema import problems_of
from tests.cast import OPEN, miit_document, world

pytestmark = pytest.mark.django_db


def document(**quota) -> dict:
    made = copy.deepcopy(miit_document())
    made["quotas"]["recommend"] |= quota
    return made


def test_a_second_needs_a_reason_and_a_third_is_refused_with_any():
    w = world(load_document(document(limit=1, most=2)).call)
    with clock.travel(OPEN):
        first, second, third = (w.submitted(by=person) for person in (w.alice, w.bob, w.another_applicant()))
        workflow.recommend(first, by=w.dora, opinion="同意推荐")
        with pytest.raises(Refused) as refusal:
            workflow.recommend(second, by=w.dora, opinion="同意推荐")
        assert refusal.value.code == "quota_needs_reason"
        workflow.recommend(second, by=w.dora, opinion="同意推荐", over_reason="得分接近，路线明显不同")
        with pytest.raises(Refused, match="至多 2 个") as refusal:
            workflow.recommend(third, by=w.dora, opinion="同意推荐", over_reason="也很好")
        assert refusal.value.code == "quota_full"


@pytest.mark.parametrize("most, fits", [(1, False), (2, True), (3, True)])
def test_a_ceiling_is_not_below_the_limit(most, fits):
    assert (problems_of(document(limit=2, most=most)) == []) is fits
