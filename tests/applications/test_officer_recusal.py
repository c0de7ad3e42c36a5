"""An officer or supervisor stands aside: the application closes, and from the review on its whole task."""

import pytest
from django.urls import reverse

from applications import access, queries, reminders, rules, workflow
from applications.models import Application, OfficerRecusal
from audit.models import Entry
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from notifications.models import Message
from reviews import queries as review_queries
from reviews import rules as review_rules
from tests.budget import queries_of
from tests.cast import OPEN, RECOMMENDING, make_person, world
from tests.concurrency import meet, race
from tests.reviews.conftest import Review

URL = "admin:applications_recusal"


@pytest.fixture
def cast(db):
    with clock.travel(RECOMMENDING):
        yield world()


@pytest.fixture
def pair(cast):
    """Two accepted applications of one task, of alice and of bob, and one of another task."""
    other = cast.call.tasks.order_by("order")[1]
    review = Review(cast)
    return [
        review.application(state="accepted", unit=cast.alice.unit),
        review.application(state="accepted", unit=cast.bob.unit),
        review.application(state="accepted", task=other),
    ]


def fresh(user):
    """The person as the next request sees them."""
    return type(user).objects.get(pk=user.pk)


def sees(user, application) -> bool:
    return queries.visible_to(fresh(user)).filter(pk=application.pk).exists()


def aside(application, user, *, by=None, reason="近亲属在团队中（虚构）"):
    return workflow.recuse_officer(application, by=by or user, user=user, reason=reason)


def refused(*args, **named) -> Refused:
    with pytest.raises(Refused) as caught:
        aside(*args, **named)
    return caught.value


def test_the_application_closes_and_from_the_review_on_its_task(cast, pair):
    first, second, elsewhere = pair
    aside(first, cast.olga)
    assert [sees(cast.olga, row) for row in pair] == [False, False, True]
    assert [sees(cast.otto, row) for row in pair] == [True, True, True]
    Application.objects.filter(pk=second.pk).update(state="recommended")
    assert sees(cast.olga, second)
    assert list(review_queries.tasks_for(fresh(cast.olga)).filter(pk=first.task_id)) == []
    assert not review_rules.manages_task(first.task, fresh(cast.olga))
    assert review_rules.manages_task(elsewhere.task, fresh(cast.olga))
    entry = Entry.objects.for_object(first).done().filter(action="recuse_officer").get()
    assert entry.actor == cast.olga and entry.data["user"] == cast.olga.pk and "近亲属" in entry.data["reason"]


def test_no_verb_of_the_application_is_left(cast, pair):
    first, second, _ = pair
    assert rules.can_start_review(first, fresh(cast.olga))
    aside(first, cast.olga)
    for row in (first, second):
        row = Application.objects.get(pk=row.pk)
        assert rules.verbs_open_to(row, fresh(cast.olga)) == ["object"] or not {
            verb for verb in rules.verbs_open_to(row, fresh(cast.olga)) if verb != "object"
        }
        with pytest.raises(Refused) as caught:
            workflow.start_review(row, by=fresh(cast.olga))
        assert caught.value.status == 403
        assert Entry.objects.for_object(row).refused().filter(action="start_review").exists()


def test_who_stands_aside_is_told_nothing_more(cast, pair):
    first, second, elsewhere = pair
    aside(first, cast.olga)
    assert cast.olga not in access.officers_of(first) and cast.otto in access.officers_of(first)
    assert cast.olga not in access.officers_of(second) and cast.olga in access.officers_of(elsewhere)
    officers = reminders._Officers(cast.call)
    assert [cast.olga in officers.of(row) for row in pair] == [False, False, True]
    assert Message.objects.filter(event="officer_recused", user=cast.otto).exists()
    assert not Message.objects.filter(event="officer_recused", user=cast.olga).exists()


def test_an_officer_orders_it_for_another_and_for_a_supervisor(cast, pair):
    first = pair[0]
    aside(first, cast.olga, by=cast.otto)
    aside(first, cast.sven, by=cast.otto)
    assert not sees(cast.olga, first) and not sees(cast.sven, first)
    assert not review_rules.supervises(first.task, fresh(cast.sven))
    assert Message.objects.filter(event="officer_kept_aside", user=cast.olga).exists()
    assert access.supervisors_of(cast.call).exists() and not access.supervisors_of(cast.call, [first.task]).exists()


def test_a_supervisor_speaks_only_for_the_own_person(cast, pair):
    assert refused(pair[0], cast.olga, by=cast.sven).status == 403
    aside(pair[0], cast.sven)
    assert not sees(cast.sven, pair[0])


@pytest.mark.parametrize("who", ["alice", "dora", "erin", "oscar"])
def test_strangers_order_nothing(cast, pair, who):
    assert refused(pair[0], cast.otto, by=getattr(cast, who)).status == 403
    assert refused(pair[0], getattr(cast, who)).status == 403
    assert not OfficerRecusal.objects.exists()
    assert Entry.objects.for_object(pair[0]).refused().filter(action="recuse_officer").count() == 2


def test_refusals_say_what_is_wrong(cast, pair):
    first = pair[0]
    assert refused(first, cast.olga, reason=" ").field == "reason"
    assert refused(first, cast.oscar, by=cast.olga).code == "no_part"
    assert refused(first, cast.alice, by=cast.olga).code == "person_missing"
    assert refused(first, None, by=cast.olga).code == "person_missing"
    aside(first, cast.olga)
    assert refused(first, cast.olga, by=cast.otto).code == "already_recused"
    with clock.travel(OPEN):
        draft = cast.submitted(by=cast.another_applicant())
    assert refused(draft, cast.otto).code == "state_changed"


def test_the_last_officer_of_a_task_finds_another_first(cast, pair):
    first, second, _ = pair
    aside(first, cast.olga)
    problem = refused(second, cast.otto)
    assert problem.code == "nobody_left" and "安全管理员" in problem.sentence
    access.grant_call(make_person("omar", "officer"), cast.call)
    aside(second, cast.otto)
    assert not sees(cast.otto, first)


def test_a_second_click_is_one_row(cast, pair):
    for _ in range(2):
        workflow.recuse_officer(pair[0], by=cast.olga, user=cast.olga, reason="有关系（虚构）", key="k")
    assert OfficerRecusal.objects.count() == 1


class TestPage:
    def post(self, client, application, by, **typed):
        client.force_login(by)
        return client.post(reverse(URL, args=[application.pk]), typed)

    def test_standing_aside_closes_every_page_at_once(self, cast, pair, client):
        client.force_login(cast.olga)
        page = client.get(reverse(URL, args=[pair[0].pk])).content.decode()
        assert cast.otto.name in page and "工作人员回避" in page
        answer = self.post(client, pair[0], cast.olga, user=cast.olga.pk, reason="同学（虚构）")
        assert answer.status_code == 302
        said = client.get(answer["Location"]).content.decode()
        assert "现在只有一位主管" in said
        for name in ("detail", "recusal", "examine"):
            assert client.get(reverse(f"admin:applications_{name}", args=[pair[0].pk])).status_code == 404
        assert client.get(reverse("admin:reviews_scores", args=[pair[1].pk])).status_code == 404
        listed = client.get(reverse("admin:applications_every"), {"call": cast.call.slug}).content.decode()
        assert pair[0].number not in listed and pair[2].number in listed
        tasks = client.get(reverse("admin:reviews_tasks")).content.decode()
        assert reverse("admin:reviews_ranking", args=[pair[0].task_id]) not in tasks

    def test_others_see_who_stands_aside_and_why(self, cast, client):
        filed = cast.accepted()
        aside(filed, cast.olga)
        client.force_login(cast.otto)
        shown = client.get(reverse("admin:applications_detail", args=[filed.pk])).content.decode()
        assert "近亲属在团队中" in shown and "本人申报" in shown
        client.force_login(cast.alice)
        mine = client.get(reverse("applications:detail", args=[filed.pk])).content.decode()
        assert "近亲属在团队中" not in mine and "回避" not in mine

    def test_a_refusal_stands_on_the_form(self, cast, pair, client):
        answer = self.post(client, pair[0], cast.olga, user=cast.olga.pk, reason="")
        assert answer.status_code == 409 and "请写明回避的情形" in answer.content.decode()
        for typed in ("", "x", "9" * 30, str(cast.alice.pk)):
            answer = self.post(client, pair[0], cast.olga, user=typed, reason="虚构")
            assert answer.status_code == 422, typed
        assert not OfficerRecusal.objects.exists()

    @pytest.mark.parametrize("who", ["alice", "dora", "erin", "oscar"])
    def test_a_forged_form_gets_403(self, cast, pair, client, who):
        answer = self.post(client, pair[0], getattr(cast, who), user=cast.olga.pk, reason="虚构")
        assert answer.status_code == 403 and not OfficerRecusal.objects.exists()


def test_lists_cost_no_query_for_each_recusal(cast, pair):
    def look():
        return queries_of(lambda: list(queries.list_relations(queries.visible_to(fresh(cast.olga)))))

    before = len(look())
    aside(pair[0], cast.olga)
    aside(pair[2], cast.olga)
    assert len(look()) == before


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
class TestBothAtOnce:
    """Two officers, two applications of one task: not both may go."""

    @pytest.fixture
    def two(self):
        with clock.travel(RECOMMENDING):
            cast = world()
            yield cast, *Review(cast).applications(2, state="accepted")

    def both(self, two):
        cast, first, second = two
        return race(lambda: aside(first, fresh(cast.olga)), lambda: aside(second, fresh(cast.otto)))

    def test_one_goes_and_one_stays(self, two):
        results = self.both(two)
        assert sorted(getattr(result, "code", "gone") for result in results) == ["gone", "nobody_left"]

    def test_control_without_the_lock_on_the_task_nobody_is_left(self, two, monkeypatch):
        from applications import actions_recusing

        monkeypatch.setattr(
            actions_recusing.RecuseOfficer, "lock", lambda self, row, data: Application.objects.get(pk=row.pk)
        )
        meet(monkeypatch, actions_recusing, "officers_left")
        assert not any(isinstance(result, Refused) for result in self.both(two))
        assert OfficerRecusal.objects.count() == 2
