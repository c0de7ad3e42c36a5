"""One application as the back office reads it, and the differences between its versions."""

import pytest
from django.urls import reverse

from applications import workflow
from applications.models import Section
from jbgs.lib import clock
from tests.budget import queries_of
from tests.cast import OPEN, RECOMMENDING, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return world()


def page_of(client, application, **query):
    return client.get(reverse("admin:applications_detail", args=[application.pk]), query)


def change_route(application, by, more):
    section = Section.objects.get(application=application, key="questions")
    answers = dict(section.data["answers"])
    answers["route"] += more
    data = {**section.data, "answers": answers}
    workflow.save_section(application, "questions", data, base_version=section.version, by=by)


def test_everything_of_the_frozen_version_is_there(client, cast):
    with clock.travel(OPEN):
        application = cast.submitted()
        client.force_login(cast.dora)
        words = page_of(client, application).content.decode()
    content = application.version.content
    for section in content["form"]:
        assert section["title"] in words
    for row in content["sections"]["team"]["rows"]:
        assert row["name"] in words
    for indicator in content["indicators"]:
        assert indicator["name"] in words
    for attachment in content["attachments"]:
        assert attachment["name"] in words
    assert content["sections"]["questions"]["answers"]["route"] in words
    assert application.version.code in words and "审核" in words
    assert "身份证" not in words


def test_an_edit_after_a_return_is_not_shown_before_it_is_submitted(client, cast):
    with clock.travel(OPEN):
        application = cast.submitted()
        workflow.return_for_changes(application, by=cast.dora, opinion="补充路线", due_at=RECOMMENDING)
        change_route(application, cast.alice, "还没有提交的改动。")
        client.force_login(cast.dora)
        assert "还没有提交的改动" not in page_of(client, application).content.decode()
        application.refresh_from_db()
        workflow.submit(application, by=cast.alice)
        second = page_of(client, application).content.decode()
        first = page_of(client, application, version="1").content.decode()
        differences = client.get(reverse("admin:applications_differences", args=[application.pk])).content.decode()
    assert "还没有提交的改动" in second and "还没有提交的改动" not in first
    assert "这是第 1 版，不是最新的一版" in first
    assert "<ins>" in differences and "还没有提交的改动" in differences and "补充路线" in differences
    assert "改动 1 处" in differences


def test_versions_and_differences_that_are_not_there(client, cast):
    with clock.travel(OPEN):
        application = cast.submitted()
        client.force_login(cast.dora)
        assert page_of(client, application, version="9").status_code == 404
        assert client.get(reverse("admin:applications_differences", args=[application.pk])).status_code == 404


def test_who_reads_which_history(client, cast):
    with clock.travel(OPEN):
        application = cast.recommended()
        with pytest.raises(Exception, match="权限"):
            workflow.recommend(application, by=cast.dick, opinion="不是我的")
    with clock.travel(RECOMMENDING):
        workflow.confirm_list(application.recommendation_list, by=cast.dora, letter_no="函1号", pledge=True)
        workflow.accept(application, by=cast.olga, items={i.code: True for i in cast.call.spec.check_items})
        application.refresh_from_db()
        if application.state == "accepted":
            application = workflow.start_review(application, by=cast.olga)
        workflow.prepare_decision(application, by=cast.olga, verb="propose", reason="排名第一")
        pages = {}
        client.force_login(cast.dora)
        listed = reverse("admin:applications_recommending", args=[cast.call.slug])
        assert "olga" not in client.get(listed, {"open": application.pk}).content.decode()
        for name in ("dora", "olga", "sven"):
            client.force_login(getattr(cast, name))
            pages[name] = page_of(client, application).content.decode()
    assert "主管处室" in pages["dora"] and "olga" not in pages["dora"]
    assert "排名第一" not in pages["dora"] and "拟定" not in pages["dora"]
    for name in ("olga", "sven"):
        assert "拟定：拟入围" in pages[name] and "排名第一" in pages[name]
        assert "未接受的操作" in pages[name] and "dick" in pages[name]
    assert "dick" not in pages["dora"]


def test_experts_have_their_own_pages(client, cast):
    application = cast.in_review()
    from applications import access

    access.grant_review(cast.erin, application)
    client.force_login(cast.erin)
    assert page_of(client, application).status_code == 404


def test_it_costs_at_most_twenty_queries(client, cast):
    with clock.travel(OPEN):
        application = cast.recommended()
        for name in ("dora",):
            client.force_login(getattr(cast, name))
            found = queries_of(lambda: page_of(client, application))
            assert len(found) <= 20, "\n".join(found)
