"""A draw for several tasks is read by who may read all of them: not by an officer of one, nor by one who stands aside
from an application of another."""

import pytest
from django.urls import reverse

from applications import workflow as applications
from reviews import workflow
from reviews.models import DrawPlan
from tests.reviews.leaks.surface import browser, words_of

pytestmark = pytest.mark.django_db


def url(name: str, *args) -> str:
    return reverse(f"admin:reviews_{name}", args=args)


@pytest.fixture
def joint(review):
    """A published draw for the first task and for one of oscar's field, and another one that waits for its value; otto
    stands aside from the application of the first task."""
    tasks = [review.task, review.call.tasks.order_by("-order").first()]
    first, _ = (review.application(task=task) for task in tasks)
    review.experts(12)
    workflow.draw_at_once(tasks, by=review.olga, second=review.world.sven, public_value="482913")
    for task in tasks:
        review.application(task=task)
    waiting = workflow.open_plan(review.call, tasks, by=review.olga)
    workflow.freeze(waiting, by=review.olga)
    applications.recuse_officer(first, by=review.olga, user=review.world.otto, reason="同学（虚构）")
    return tasks, first


def told_by(user, path: str) -> list[str]:
    """What of the draws stands on the page."""
    text = words_of(browser(user).get(path))
    plans = DrawPlan.objects.all()
    return [word for plan in plans for word in (plan.seed, plan.input_sha256, plan.commitment) if word and word in text]


@pytest.mark.parametrize("who", ["otto", "oscar"])
def test_an_officer_of_one_of_the_tasks_does_not_read_it(review, joint, who):
    (task, other), _ = joint
    user = type(review.olga).objects.get(username=who)
    assert browser(user).get(url("panel", other.pk)).status_code == 200
    assert browser(user).get(url("panel", task.pk)).status_code == 404
    for plan in DrawPlan.objects.all():
        for path in (url("panel", other.pk), f"{url('panel', other.pk)}?plan={plan.pk}", url("draw_plan", plan.pk)):
            assert told_by(user, path) == [], path
    assert url("draw_plan", plan.pk) not in words_of(browser(user).get(url("tasks")))


def test_who_has_all_of_them_does(review, joint):
    (_, other), _ = joint
    assert told_by(review.olga, url("panel", other.pk))


def test_a_supervisor_who_stands_aside_is_not_asked_for_the_value(review, joint):
    _, first = joint
    applications.recuse_officer(first, by=review.olga, user=review.world.sven, reason="师生（虚构）")
    user = type(review.olga).objects.get(username="sven")
    plan = DrawPlan.objects.get(state="frozen")
    assert url("draw_plan", plan.pk) not in words_of(browser(user).get(url("approvals")))
