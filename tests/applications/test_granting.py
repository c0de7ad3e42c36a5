"""授权: the security administrator gives a call its officers and supervisors; nobody else does."""

import pytest
from django.db import IntegrityError
from django.urls import reverse

from accounts.models import User
from accounts.workflow.people import create_person, grant_role
from applications import access, actions_granting, queries, workflow
from applications.actions_granting import OFFICER, SUPERVISOR, Part
from applications.models import OfficerRecusal
from audit.models import Entry
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from notifications.models import Message
from programmes.models import Call
from tests.budget import queries_of
from tests.cast import RECOMMENDING, load_miit, world
from tests.concurrency import meet, race
from tests.reviews.conftest import Review

WHOLE, WATCH = Part(OFFICER), Part(SUPERVISOR)
LIST, PAGE = "admin:applications_grants", "admin:applications_grant"


def person(username: str, role: str) -> User:
    """An account of a real installation: granted rights only in real calls."""
    return create_person(username=username, role=role, name=f"虚构{username}")


@pytest.fixture
def call(db):
    with clock.travel(RECOMMENDING):
        yield load_miit()


@pytest.fixture
def security(db):
    return person("security", "security_admin")


@pytest.fixture
def ann(db):
    return person("ann", "officer")


@pytest.fixture
def ben(db):
    return person("ben", "officer")


def fresh(user) -> User:
    return User.objects.get(pk=user.pk)


def runs(user, call) -> bool:
    return access.manages_call(fresh(user), call)


def refused(act, *args, **named) -> Refused:
    with pytest.raises(Refused) as caught:
        act(*args, **named)
    return caught.value


class TestVerbs:
    def test_a_new_officer_may_work_at_once_and_is_told(self, call, security, ann):
        assert not runs(ann, call)
        workflow.appoint(call, by=security, user=ann, part=WHOLE)
        assert runs(ann, call)
        entry = Entry.objects.for_object(call).done().get(action="appoint")
        assert entry.actor == security and entry.data == {"user": ann.pk, "part": "officer", "reason": ""}
        assert call.title in Message.objects.get(event="appointed", user=ann, channel="inbox").title

    def test_an_officer_of_a_field_has_that_field_only(self, call, security, ann):
        first, second = call.fields.order_by("order")[:2]
        workflow.appoint(call, by=security, user=ann, part=Part(OFFICER, first))
        assert access.grants_of(fresh(ann)).fields == {first.pk} and not runs(ann, call)
        assert (
            refused(workflow.dismiss, call, by=security, user=ann, part=Part(OFFICER, second), reason="x").code
            == "not_granted"
        )

    def test_a_supervisor_watches(self, call, security):
        sue = person("sue", "supervisor")
        workflow.appoint(call, by=security, user=sue, part=WATCH)
        assert access.supervisors_of(call).get() == sue
        workflow.dismiss(call, by=security, user=sue, part=WATCH, reason="轮换（虚构）")
        assert not access.supervisors_of(call).exists()

    def test_who_is_dismissed_sees_nothing_more_and_hears_why(self, call, security, ann, ben):
        for user in (ann, ben):
            workflow.appoint(call, by=security, user=user, part=WHOLE)
        workflow.dismiss(call, by=security, user=ann, part=WHOLE, reason="调离（虚构）")
        assert not runs(ann, call) and runs(ben, call)
        assert "调离（虚构）" in Message.objects.get(event="dismissed", user=ann, channel="inbox").body
        workflow.appoint(call, by=security, user=ann, part=WHOLE)
        assert Message.objects.filter(event="appointed", user=ann, channel="inbox").count() == 2

    def test_a_second_click_is_one_act(self, call, security, ann):
        for _ in range(2):
            workflow.appoint(call, by=security, user=ann, part=WHOLE, key="k")
        assert Entry.objects.for_object(call).done().filter(action="appoint").count() == 1

    @pytest.mark.parametrize("role", ["system_admin", "audit_admin", "officer", "supervisor", "expert"])
    def test_only_the_security_administrator_gives_rights(self, call, ann, role):
        by = person("other", role)
        assert refused(workflow.appoint, call, by=by, user=ann, part=WHOLE).status == 403
        assert refused(workflow.dismiss, call, by=by, user=ann, part=WHOLE, reason="x").status == 403
        assert Entry.objects.for_object(call).refused().count() == 2 and not runs(ann, call)

    def test_refusals_say_what_is_wrong(self, call, security, ann, ben):
        closed = person("closed", "officer")
        User.objects.filter(pk=closed.pk).update(is_active=False)
        fictitious = person("fictitious", "officer")
        User.objects.filter(pk=fictitious.pk).update(is_fictitious=True)
        elsewhere = Call(pk=call.pk + 1).fields.model(pk=9_999, call_id=call.pk + 1, code="x", name="别处")

        def code(user, part=WHOLE):
            return refused(workflow.appoint, call, by=security, user=user, part=part).code

        assert code(None) == "person_missing"
        assert code(closed) == "account_closed"
        assert code(person("sue", "supervisor")) == "wrong_role" and code(ann, WATCH) == "wrong_role"
        assert code(fictitious) == "wrong_world"
        assert code(ann, Part(OFFICER, elsewhere)) == "field_unknown"
        workflow.appoint(call, by=security, user=ann, part=WHOLE)
        assert code(ann) == "already_granted"
        workflow.appoint(call, by=security, user=ben, part=WHOLE)
        problem = refused(workflow.dismiss, call, by=security, user=ann, part=WHOLE, reason="  ")
        assert (problem.code, problem.field) == ("reason_missing", "reason")

    def test_the_last_officer_stays_until_there_is_another(self, call, security, ann, ben):
        workflow.appoint(call, by=security, user=ann, part=WHOLE)
        problem = refused(workflow.dismiss, call, by=security, user=ann, part=WHOLE, reason="调离（虚构）")
        assert problem.code == "nobody_left" and "先增加一名主管" in problem.sentence
        first, *others = call.fields.order_by("order")
        for field in others:
            workflow.appoint(call, by=security, user=ben, part=Part(OFFICER, field))
        problem = refused(workflow.dismiss, call, by=security, user=ann, part=WHOLE, reason="调离（虚构）")
        assert first.name in problem.sentence and others[0].name not in problem.sentence
        workflow.appoint(call, by=security, user=ben, part=Part(OFFICER, first))
        workflow.dismiss(call, by=security, user=ann, part=WHOLE, reason="调离（虚构）")

    def test_an_officer_whose_account_is_closed_counts_for_nobody_and_can_go(self, call, security, ann, ben):
        for user in (ann, ben):
            workflow.appoint(call, by=security, user=user, part=WHOLE)
        User.objects.filter(pk=ben.pk).update(is_active=False)
        assert refused(workflow.dismiss, call, by=security, user=ann, part=WHOLE, reason="x").code == "nobody_left"
        workflow.dismiss(call, by=security, user=ben, part=WHOLE, reason="离职（虚构）")

    def test_who_stands_in_for_a_recused_officer_stays(self, security, db):
        with clock.travel(RECOMMENDING):
            cast = world()
            filed = Review(cast).application(state="accepted")
            workflow.recuse_officer(filed, by=cast.olga, user=cast.olga, reason="近亲属（虚构）")
            problem = refused(workflow.dismiss, cast.call, by=security, user=cast.otto, part=WHOLE, reason="x")
            assert problem.code == "nobody_left" and "回避" in problem.sentence
            workflow.dismiss(cast.call, by=security, user=cast.olga, part=WHOLE, reason="调离（虚构）")
            assert OfficerRecusal.objects.count() == 1

    def test_a_right_given_for_another_role_opens_nothing(self, db):
        """Who becomes an expert or a supervisor keeps no officer's eyes."""
        with clock.travel(RECOMMENDING):
            cast = world()
            filed = Review(cast).application(state="accepted")
            security = person("security", "security_admin")
            assert queries.visible_to(fresh(cast.olga)).filter(pk=filed.pk).exists()
            for role in ("supervisor", "expert"):
                grant_role(cast.olga, by=security, role=role)
                assert not access.grants_of(fresh(cast.olga)).calls
                assert not queries.visible_to(fresh(cast.olga)).filter(pk=filed.pk).exists()


class TestPages:
    @pytest.fixture
    def desk(self, client, security):
        client.force_login(security)
        return client

    def post(self, client, call, **typed):
        return client.post(reverse(PAGE, args=[call.pk]), typed)

    def test_a_call_without_officers_says_so_and_gets_two(self, desk, call, ann, ben):
        assert "没有主管" in desk.get(reverse(LIST)).content.decode()
        assert self.post(desk, call, part="officer", user=ann.pk).status_code == 302
        assert "决定须两人办理" in desk.get(reverse(PAGE, args=[call.pk])).content.decode()
        self.post(desk, call, part="officer", user=ben.pk)
        self.post(desk, call, part="supervisor", user=person("sue", "supervisor").pk)
        page = desk.get(reverse(LIST)).content.decode()
        assert ann.name in page and "没有主管" not in page and "须两人" not in page and "没有监督" not in page

    def test_taking_away_asks_for_a_reason_in_place(self, desk, call, ann, ben):
        for user in (ann, ben):
            self.post(desk, call, part="officer", user=user.pk)
        page = desk.get(reverse(PAGE, args=[call.pk]), {"part": "officer", "user": ann.pk}).content.decode()
        assert f"取消{ann.name}授权的理由" in page and f"取消{ben.name}授权的理由" not in page
        answer = self.post(desk, call, act="dismiss", part="officer", user=ann.pk, reason="")
        assert answer.status_code == 422 and "请写明取消的理由" in answer.content.decode()
        answer = self.post(desk, call, act="dismiss", part="officer", user=ann.pk, reason="调离（虚构）")
        assert answer.status_code == 302 and not runs(ann, call)

    def test_a_field_is_given_and_taken_by_its_own_line(self, desk, call, ann):
        field = call.fields.order_by("order").first()
        self.post(desk, call, part="officer", user=ann.pk, field=field.pk)
        whole = [self.post(desk, call, part="officer", user=person(f"w{n}", "officer").pk) for n in range(2)]
        assert [answer.status_code for answer in whole] == [302, 302]
        assert field.name in desk.get(reverse(PAGE, args=[call.pk])).content.decode()
        answer = self.post(desk, call, act="dismiss", part=f"officer:{field.pk}", user=ann.pk, reason="轮换（虚构）")
        assert answer.status_code == 302 and not access.grants_of(fresh(ann)).fields

    def test_a_refusal_stands_at_its_field(self, desk, call, ann):
        for typed in ("", "x", "9" * 30):
            answer = self.post(desk, call, part="officer", user=typed)
            assert answer.status_code == 422 and "请" in answer.content.decode()
        self.post(desk, call, part="officer", user=ann.pk)
        answer = self.post(desk, call, part="officer", user=ann.pk)
        assert answer.status_code == 409 and "已是主管" in answer.content.decode()

    def test_calls_are_found_by_their_people(self, desk, call, ann):
        self.post(desk, call, part="officer", user=ann.pk)
        assert call.title in desk.get(reverse(LIST), {"q": ann.name}).content.decode()
        assert "没有找到" in desk.get(reverse(LIST), {"q": "查无此人"}).content.decode()

    @pytest.mark.parametrize("role", ["system_admin", "audit_admin", "officer", "supervisor", "expert"])
    def test_others_find_no_page_and_change_nothing(self, client, call, ann, role):
        client.force_login(person("other", role))
        assert client.get(reverse(LIST)).status_code == 404
        assert client.get(reverse(PAGE, args=[call.pk])).status_code == 404
        assert self.post(client, call, part="officer", user=ann.pk).status_code == 403 and not runs(ann, call)

    def test_the_list_costs_the_same_for_few_and_many(self, desk, call, ann, ben):
        def look():
            return len(queries_of(lambda: desk.get(reverse(LIST))))

        before = look()
        for user in (ann, ben):
            for field in call.fields.all():
                access.grant_field(user, field)
            access.grant_call(user, call)
        for n in range(6):
            Call.objects.create(
                slug=f"x-{n}", title=f"虚构批次 {n}", year=2025, programme=call.programme,
                current_version=call.current_version,
            )  # fmt: skip
        assert look() == before


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
class TestBothAtOnce:
    """Two officers are dismissed at one moment: one of them stays."""

    @pytest.fixture
    def two(self):
        with clock.travel(RECOMMENDING):
            call, security = load_miit(), person("security", "security_admin")
            officers = [person("ann", "officer"), person("ben", "officer")]
            for user in officers:
                access.grant_call(user, call)
            yield call, security, *officers

    def both(self, two):
        call, security, *officers = two
        return race(
            *(
                lambda user=user: workflow.dismiss(call, by=security, user=user, part=WHOLE, reason="调离（虚构）")
                for user in officers
            )
        )

    def test_one_goes_and_one_stays(self, two):
        results = self.both(two)
        assert sorted(getattr(result, "code", "gone") for result in results) == ["gone", "nobody_left"]

    def test_control_without_the_lock_the_second_is_no_refusal_but_a_fork_of_the_log(self, two, monkeypatch):
        """Both find that the other stays; only the log's chain, which takes one entry at a time, stops the second."""
        monkeypatch.setattr(actions_granting.GrantAct, "lock", lambda self, call, data: Call.objects.get(pk=call.pk))
        meet(monkeypatch, actions_granting.GrantAct, "_left_alone")
        results = self.both(two)
        assert not any(isinstance(result, Refused) for result in results)
        assert sum(isinstance(result, IntegrityError) for result in results) == 1
