"""The score sheet on paper: what was signed, without the expert's name, for those who may read it."""

import pytest
from django.urls import reverse

from documents import jobs
from documents.models import Artifact
from jbgs.lib.errors import Refused
from reviews import papers, workflow
from reviews.models import Assignment


@pytest.fixture
def signed(review):
    """One expert who signed two sheets and is recused from a third; a colleague who signed nothing."""
    expert, colleague = review.experts(2)
    first, second, third = review.applications(3)
    for application, points in ((first, 81), (second, 92)):
        seats = review.seat(application, expert, colleague)
        review.sign(seats[0], points, opinion=f"意见：{points} 分的理由")
    workflow.recuse(third, by=review.olga, expert=expert, reason="亲属关系")
    return expert, colleague


def test_the_paper_holds_what_was_signed_and_no_name(review, signed):
    expert, _ = signed
    rows = papers.signed_sheets(expert, review.task)
    context = papers.score_sheet_paper(expert, review.task, rows, "a" * 64)
    assert [row.get("total") for row in context["rows"]] == ["81.00", "92.00", None]
    assert context["rows"][2]["recused"].startswith("回避（主管认定")
    assert context["expert"] == expert.number and context["pledge"]
    assert expert.user.name not in str(context) and expert.unit_name not in str(context)


def test_it_is_made_once_for_what_was_signed(review, signed):
    expert, colleague = signed
    artifact = papers.request_paper(expert, review.task, by=expert.user)
    assert papers.request_paper(expert, review.task, by=review.olga).pk == artifact.pk
    data, name = papers.build(artifact)
    assert data.startswith(b"%PDF") and name.endswith(f"{expert.number}.pdf")
    with pytest.raises(Refused):
        papers.request_paper(colleague, review.task, by=colleague.user)
    sheet = Assignment.objects.filter(expert=expert).first()
    back = workflow.return_for_revision(sheet, by=review.olga, reason="请补充")
    with pytest.raises(Refused):
        papers.build(artifact)
    review.sign(back, 70)
    assert papers.request_paper(expert, review.task, by=expert.user).pk != artifact.pk


def test_who_may_read_it(review, signed):
    expert, colleague = signed
    artifact = papers.request_paper(expert, review.task, by=expert.user)
    world = review.world
    readers = {person for person in (expert.user, world.olga, world.sven) if jobs.may_read(artifact, person)}
    assert readers == {expert.user, world.olga, world.sven}
    strangers = (colleague.user, world.oscar, world.dora, world.alice, world.erin)
    assert not any(jobs.may_read(artifact, person) for person in strangers)


def test_pages_lead_to_it(client, review, signed):
    expert, colleague = signed
    client.force_login(expert.user)
    assert "评分表" in client.get(reverse("admin:reviews_todo")).content.decode()
    answer = client.get(reverse("admin:reviews_paper", args=[review.task.pk]))
    assert answer.url == reverse("documents:artifact", args=[Artifact.objects.get(kind=papers.KIND).pk])
    client.force_login(colleague.user)
    assert client.get(reverse("admin:reviews_paper", args=[review.task.pk])).status_code == 409
    address = reverse("admin:reviews_paper_of_expert", args=[review.task.pk, expert.pk])
    assert client.get(address).status_code == 404
    client.force_login(review.olga)
    assert client.get(address).status_code == 302
