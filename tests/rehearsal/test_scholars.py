"""The fictitious experts: what they know fits the tasks, whatever a call says of them; the same ones come again."""

import pytest
from django.core.management import call_command

from jbgs.lib import clock
from jbgs.rehearsal.cast import make_person
from jbgs.rehearsal.scholars import Scholars, near
from programmes.copying import copy_call
from reviews import affinity
from reviews.disciplines import Tree
from reviews.models import Expert
from reviews.workflow.experts import MOST_DISCIPLINES
from tests.cast import load_miit

pytestmark = pytest.mark.django_db


@pytest.fixture
def call():
    call_command("load_disciplines", verbosity=0)
    return load_miit()


@pytest.fixture
def officer():
    return make_person("officer", "officer")


def people(number: int):
    return [make_person(f"expert-{n}", "expert", name=f"虚构甲{n}") for n in range(number)]


def test_disciplines_near_a_task_share_its_words(call):
    tree, tasks = Tree.load(), [*call.spec.tasks.values()]
    found = near(call.spec, tasks, tree)
    assert len(found) == len(tasks) and all(found)
    for task, codes in zip(tasks, found, strict=True):
        field = next(one.name for one in call.spec.fields if one.code == task.field)
        words = f"{task.title} {field} {task.summary}"
        assert all(any(name[at : at + 2] in words for at in range(len(name) - 1)) for name in map(tree.name, codes))


def test_where_no_disciplines_are_loaded_people_still_come(officer):
    call = load_miit()
    (expert,) = [Scholars(call.spec, [*call.spec.tasks.values()][:2], officer).expert(0, people(1)[0])]
    assert expert.disciplines and expert.region and expert.title and expert.sector


def test_every_expert_fits_every_task_of_a_call_that_says_its_topics(call, officer):
    tree, tasks = Tree.load(), [*call.spec.tasks.values()]
    codes = {task.code: found[:3] for task, found in zip(tasks, near(call.spec, tasks, tree), strict=True)}
    copied = copy_call(call, "copied", is_demo=True, disciplines=codes)
    tasks = [*copied.spec.tasks.values()][:8]
    assert [list(task.disciplines) for task in tasks] == [codes[task.code] for task in tasks]
    made = Scholars(copied.spec, tasks, officer)
    experts = [made.expert(n, person) for n, person in enumerate(people(18))]
    fits = [affinity.of(task.disciplines, one.disciplines, tree.path).value for task in tasks for one in experts]
    assert min(fits) >= affinity.EXACT * 3 // 4 and len(set(fits)) > 2
    assert all(len(one.disciplines) <= MOST_DISCIPLINES for one in experts)


def test_units_regions_and_past_differ_and_the_same_people_come_again(call, officer):
    with clock.travel(clock.now()):
        tasks, them = [*call.spec.tasks.values()][:2], people(18)
        made = Scholars(call.spec, tasks, officer)
        experts = [made.expert(n, person) for n, person in enumerate(them)]
        assert len({one.unit_name for one in experts}) == len({one.region for one in experts}) == 18
        assert {one.sector for one in experts} == {"university", "institute", "enterprise"}
        jobs = [job for one in experts for job in one.employments.all()]
        assert sum(job.to_on is None for job in jobs) >= 3 and sum(job.to_on is not None for job in jobs) >= 5
        again = [Scholars(call.spec, tasks, officer).expert(n, person) for n, person in enumerate(them)]
        assert [(one.pk, one.disciplines) for one in again] == [(one.pk, one.disciplines) for one in experts]
        assert Expert.objects.count() == 18 and sum(one.employments.count() for one in again) == len(jobs)
