"""Rules over a recommender's whole list: shown live, refused at the confirmation, and a dozen queries at any size."""

import copy
from datetime import date

import pytest
from django.urls import reverse

from applications import listing, workflow
from applications.models import Member, RecommendationList
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from programmes.loader import load_document
from tests.applications.front_help import Visitor
from tests.budget import queries_of
from tests.cast import OPEN, RECOMMENDING, miit_document, world

pytestmark = pytest.mark.django_db
LINE = date(1984, 1, 1)


@pytest.fixture
def cast():
    document = copy.deepcopy(miit_document())
    youth = {"code": "youth_share_at_least", "params": {"percent": 40, "born_from": "1984-01-01"}}
    document["requirements"] = [*document["requirements"], youth]
    return world(load_document(document).call)


def recommend(cast, count: int) -> RecommendationList:
    with clock.travel(OPEN):
        for task in cast.call.tasks.order_by("order")[:count]:
            row = cast.submitted(task=task, by=cast.another_applicant())
            workflow.recommend(row, by=cast.dora, opinion="同意", items=["signed"])
    return RecommendationList.objects.get()


def people(listed, young: int) -> None:
    """So many of ten members of the list's first two applications are young."""
    first, second = listed.applications.order_by("pk")[:2]
    Member.objects.filter(application__in=[first, second]).delete()
    for place in range(10):
        born = LINE if place < young else date(1983, 12, 31)
        Member.objects.create(
            application=first if place % 2 else second, order=place, name=f"虚构人{place}", birth_date=born
        )


def confirm(cast, listed):
    with clock.travel(RECOMMENDING):
        return workflow.confirm_list(listed, by=cast.dora, letter_no="虚构1号", pledge=True)


def test_a_share_over_all_projects_of_the_recommender(cast):
    listed = recommend(cast, 2)
    address = reverse("admin:applications_confirm_list", args=[listed.pk])
    people(listed, 3)
    sentence = "共 10 人，其中 1984-01-01（含）以后出生的 3 人，不足 40%"
    assert sentence in Visitor(cast.dora, at=RECOMMENDING).get(address).content.decode()
    with pytest.raises(Refused) as refusal:
        confirm(cast, listed)
    assert refusal.value.code == "list_requirements" and sentence in refusal.value.sentence
    people(listed, 4)
    assert "4/10 人" in Visitor(cast.dora, at=RECOMMENDING).get(address).content.decode()
    assert confirm(cast, listed).state == "confirmed"


def test_it_costs_the_same_for_one_project_and_for_four(cast):
    listed = recommend(cast, 1)
    fresh = RecommendationList.objects.select_related("call__current_version", "department").get(pk=listed.pk)
    one = len(queries_of(lambda: listing.list_findings(fresh)))
    more = recommend_more(cast, 3)
    assert more.applications.count() == 4
    assert len(queries_of(lambda: listing.list_findings(fresh))) == one <= 10


def recommend_more(cast, count: int) -> RecommendationList:
    with clock.travel(OPEN):
        for task in cast.call.tasks.order_by("-order")[:count]:
            row = cast.submitted(task=task, by=cast.another_applicant())
            workflow.recommend(row, by=cast.dora, opinion="同意", items=["signed"])
    return RecommendationList.objects.get()
