"""`quota.breaches` recounts limits: only a slot beyond the limit, in its own scope and with a reason, excuses."""

from copy import deepcopy

import pytest
from django.db.models import F

from applications import quota, workflow
from applications.models import Application, QuotaScope, QuotaUse
from applications.states import State
from jbgs.lib import clock
from programmes.loader import load_document
from tests.cast import OPEN, miit_document, world

pytestmark = pytest.mark.django_db
OVER = "优势突出，确有必要。"


@pytest.fixture
def three():
    """A world in which one department recommended three of one task; the limit is two, the third has a reason."""
    cast = world()
    with clock.travel(OPEN):
        found = [cast.recommended(), cast.recommended(by=cast.another_applicant())]
        third = cast.submitted(by=cast.another_applicant())
        found.append(workflow.recommend(third, by=cast.dora, opinion="同意", over_reason=OVER))
    assert quota.breaches(cast.call) == []
    return cast, found


def smuggled(cast) -> Application:
    """One more, counted by its state and without a slot."""
    with clock.travel(OPEN):
        application = cast.submitted(by=cast.another_applicant())
    Application.objects.filter(pk=application.pk).update(state=State.RECOMMENDED)
    return application


def test_one_reason_excuses_one(three):
    cast, _ = three
    smuggled(cast)
    (found,) = quota.breaches(cast.call)
    assert found.startswith("recommend ") and found.endswith(": 4 of 2, 1 with a reason")


def test_a_reason_for_what_a_raised_limit_covers_excuses_nobody_else(three):
    cast, _ = three
    document = deepcopy(miit_document())
    document["quotas"]["recommend"]["limit"] = 3
    cast.call = load_document(document, by=cast.olga, force=True).call
    assert quota.breaches(cast.call) == []
    smuggled(cast)
    (found,) = quota.breaches(cast.call)
    assert found.endswith(": 4 of 3, 0 with a reason")


def test_a_reason_given_in_another_scope_excuses_nothing(three):
    cast, found = three
    use = found[2].quota_uses.get()
    elsewhere = QuotaScope.objects.create(call=cast.call, code="recommend", scope_key="task=elsewhere|recommender=0")
    QuotaUse.objects.filter(pk=use.pk).update(scope=elsewhere)
    (sentence,) = quota.breaches(cast.call)
    assert sentence.endswith(": 3 of 2, 0 with a reason")


def test_a_hard_slot_is_not_excused_by_words(three):
    cast, found = three
    QuotaUse.objects.filter(pk=found[2].quota_uses.get().pk).update(soft=False, limit=F("slot"))
    (sentence,) = quota.breaches(cast.call)
    assert sentence.endswith(": 3 of 2, 0 with a reason")


def test_who_left_takes_the_reason_along(three):
    """The one with the reason goes and another comes without: two reasons were never given."""
    cast, found = three
    with clock.travel(OPEN):
        workflow.unrecommend(found[2], by=cast.dora)
    assert quota.breaches(cast.call) == []
    smuggled(cast)
    assert len(quota.breaches(cast.call)) == 1


def test_it_costs_the_same_for_few_and_for_many(three, django_assert_num_queries):
    cast, _ = three
    limits = len(cast.call.spec.quotas)
    with django_assert_num_queries(2 * limits):
        quota.breaches(cast.call)
    for _ in range(3):
        smuggled(cast)
    with django_assert_num_queries(2 * limits):
        quota.breaches(cast.call)
