"""Two clicks and two writers at one moment, with real connections."""

import json

import pytest
from django.test import Client

from applications import workflow
from applications.models import Application, Version
from jbgs.lib import clock
from tests.applications.front_help import Visitor, url
from tests.cast import OPEN, world
from tests.concurrency import meet, race

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def cast():
    return world()


def test_two_clicks_on_open_a_draft_open_one(cast, monkeypatch):
    from programmes import windows

    meet(monkeypatch, windows, "window")  # both have looked for the first draft and found none
    named = {"task": cast.task, "by": cast.alice, "department": cast.department, "key": "k" * 24}
    with clock.travel(OPEN):
        results = race(*(lambda: workflow.create_application(cast.call, **named) for _ in range(2)))
    assert [type(result) for result in results] == [Application, Application], results
    assert results[0].pk == results[1].pk and Application.objects.count() == 1


def test_two_clicks_on_submit_are_one_submit(cast):
    with clock.travel(OPEN):
        application = cast.draft()
    visitors = [Visitor(cast.alice), Visitor(cast.alice)]
    sent = {"key": "k" * 24}
    results = race(*(lambda one=one: one.post(url("submit", application), sent) for one in visitors))
    assert [result.status_code for result in results] == [302, 302], results
    assert {result.url for result in results} == {url("receipt", application)}
    assert Version.objects.count() == 1


def test_two_people_who_save_the_same_section_both_keep_their_text(cast):
    with clock.travel(OPEN):
        application = cast.draft(filled=False)
    target = url("save_section", application, "project")

    def save(visitor: Client, title: str):
        body = json.dumps({"data": {"title": title}, "base_version": 0})
        return visitor.post(target, body, content_type="application/json")

    one, other = Visitor(cast.alice), Visitor(cast.alice)
    results = race(lambda: save(one, "甲"), lambda: save(other, "乙"))
    assert sorted(result.status_code for result in results) == [200, 409]
    late = next(result.json() for result in results if result.status_code == 409)
    assert {late["theirs"]["title"], late["mine"]["title"]} == {"甲", "乙"}
