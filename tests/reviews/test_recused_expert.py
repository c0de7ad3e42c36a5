"""What an expert can still do who is recused or in doubt; and the officers' page on which it is ruled."""

import pytest
from django.urls import reverse

from applications import access
from audit.models import Entry
from reviews import conflicts, workflow
from reviews.models import Assignment, Clearance, Recusal
from tests.reviews.doubts import doubtful, is_same_unit, prepare, refused, worked_there

pytestmark = pytest.mark.slow  # once, on PostgreSQL; the verbs themselves are tested on both


@pytest.fixture
def seated(review):
    return doubtful(review)


def verbs(sheet):
    """Every verb of the expert on the own sheet, as a crafted call would make it."""
    user = sheet.expert.user
    return {
        "pledge": lambda: workflow.pledge(sheet, by=user),
        "save": lambda: workflow.save_score(sheet, by=user, points={}, opinion="x", base_version=sheet.sheet_version),
        "sign": lambda: workflow.sign(sheet, by=user),
        "open": lambda: workflow.open_sheet(sheet, by=user),
        "declare": lambda: workflow.declare_recusal(sheet, by=user, reason="再次（虚构）"),
        "decline": lambda: workflow.decline(sheet, by=user, reason="没有时间（虚构）"),
    }


class TestRecusedExpert:
    @pytest.fixture(params=["declared", "ordered"])
    def gone(self, request, review):
        application, expert = review.application(), review.expert()
        (sheet,) = review.seat(application, expert)
        sheet = review.fill(sheet)
        if request.param == "declared":
            workflow.declare_recusal(sheet, by=expert.user, reason="有合作（虚构）")
        else:
            workflow.recuse(application, by=review.olga, expert=expert, reason="有合作（虚构）")
        return Assignment.objects.select_related("expert__user", "application").get(pk=sheet.pk)

    @pytest.mark.parametrize("verb", ["pledge", "save", "sign", "open", "declare", "decline"])
    def test_no_verb_is_left(self, gone, verb):
        before = Assignment.objects.filter(pk=gone.pk).values().get()
        assert refused(verbs(gone)[verb]).code in ("state_changed", "nothing_to_decline", "not_with_expert")
        assert Assignment.objects.filter(pk=gone.pk).values().get() == before

    def test_no_page_and_no_file_opens(self, gone, client):
        client.force_login(gone.expert.user)
        for name in ("score", "confirm", "recuse", "history"):
            assert client.get(reverse(f"admin:reviews_{name}", args=[gone.pk])).status_code == 404, name
        todo = client.get(reverse("admin:reviews_todo")).content.decode()
        assert f"/sheets/{gone.pk}/" not in todo
        assert not access.may_review(gone.expert.user, gone.application)

    @pytest.mark.parametrize("name", ["score", "save", "confirm", "recuse"])
    def test_no_form_is_taken(self, review, gone, client, name):
        client.force_login(gone.expert.user)
        form = {f"points-{row.key}": "99" for row in review.criteria}
        form |= {
            "opinion": "伪造",
            "base_version": str(gone.sheet_version),
            "key": "k",
            "reason": "x",
            "relation": "other",
        }
        form |= {"note": "伪造", "confirmed": "1"}
        before = Assignment.objects.filter(pk=gone.pk).values().get()
        answer = client.post(reverse(f"admin:reviews_{name}", args=[gone.pk]), form)
        assert answer.status_code in (403, 404, 409)
        assert Assignment.objects.filter(pk=gone.pk).values().get() == before

    def test_nobody_gives_the_application_again(self, review, gone):
        problem = refused(workflow.assign, gone.application, by=review.olga, experts=[gone.expert])
        assert problem.code == "recused"


class TestDoubtfulExpert:
    """A ground came up and nobody has ruled: nothing is lost, nothing is signed."""

    @pytest.mark.parametrize("arise", [worked_there, is_same_unit])
    def test_pledge_and_first_opening_wait(self, review, arise):
        application = review.application()
        (sheet,) = review.seat(application, pledged=False)
        arise(sheet.expert, application)
        problem = refused(workflow.pledge, sheet, by=sheet.expert.user)
        assert problem.code == "recused" and application.unit.name not in problem.sentence
        assert refused(workflow.pledge_all, sheet.round, by=sheet.expert.user).code == "recused"
        (other,) = review.seat(review.application(), sheet.expert, pledged=False)
        assert workflow.pledge_all(sheet.round, by=sheet.expert.user) == [other]

    def test_first_opening_waits(self, review, seated):
        assert refused(workflow.open_sheet, seated[2], by=seated[1].user).code == "recused"

    def test_saving_goes_on_and_signing_waits_for_the_ruling(self, review, seated):
        application, expert, sheet = seated
        sheet = review.fill(sheet, 77)
        assert refused(workflow.sign, sheet, by=expert.user).code == "recused"
        assert Entry.objects.for_object(sheet).refused().filter(action="sign").exists()
        workflow.approve_clearance(prepare(review, application, expert), by=review.world.otto)
        assert workflow.sign(sheet, by=expert.user).total == 7700


class TestPage:
    def url(self, review):
        return reverse("admin:reviews_recusals", args=[review.task.pk])

    def test_it_shows_hits_with_reason_and_source(self, review, seated, client):
        client.force_login(review.olga)
        shown = client.get(self.url(review)).content.decode()
        for words in (seated[1].user.name, "任职", "来源：专家登记的任职经历", "疑似，未申报", "回避命中"):
            assert words in shown, words
        for tab in ("settled", "cleared", "pool", "nonsense"):
            assert client.get(self.url(review), {"tab": tab}).status_code == 200

    def test_the_whole_way_by_forms(self, review, seated, client):
        application, expert, _ = seated
        pair = {"application": application.pk, "expert": expert.pk, "kinds": "former_unit"}
        client.force_login(review.olga)
        bad = client.post(self.url(review), {**pair, "act": "clear", "reason": ""})
        assert bad.status_code == 422 and "请写明认定不回避的理由" in bad.content.decode()
        assert client.post(self.url(review), {**pair, "act": "clear", "reason": "岗位无关（虚构）"}).status_code == 302
        row = Clearance.objects.get()
        assert client.post(self.url(review), {"act": "approve", "clearance": row.pk}).status_code == 409
        client.force_login(review.world.otto)
        assert "岗位无关" in client.get(reverse("admin:reviews_approvals")).content.decode()
        answer = client.post(self.url(review), {"act": "approve", "clearance": row.pk, "back": "approvals"})
        assert answer["Location"] == reverse("admin:reviews_approvals")
        row.refresh_from_db()
        assert row.state == "approved"
        assert "认定不回避" in client.get(self.url(review), {"tab": "cleared"}).content.decode()

    def test_a_recusal_by_form(self, review, seated, client):
        application, expert, sheet = seated
        client.force_login(review.olga)
        form = {"application": application.pk, "expert": expert.pk, "act": "recuse", "reason": "曾任职（虚构）"}
        assert client.post(self.url(review), form).status_code == 302
        sheet.refresh_from_db()
        assert sheet.state == "recused"
        for broken in (
            {"act": "nonsense"},
            {"act": "clear", "application": "x"},
            {"act": "approve", "clearance": "9" * 30},
        ):
            assert client.post(self.url(review), {**form, **broken}).status_code in (404, 422)

    @pytest.mark.parametrize("who", ["alice", "dora", "erin", "oscar", "sven"])
    def test_a_forged_form_gets_403_and_an_entry(self, review, seated, client, who):
        client.force_login(getattr(review.world, who))
        form = {"application": seated[0].pk, "expert": seated[1].pk, "act": "recuse", "reason": "伪造"}
        assert client.post(self.url(review), form).status_code == 403
        assert Entry.objects.for_object(review.task).refused().filter(action="rule_recusal").count() == 1
        assert not Recusal.objects.exists()

    @pytest.mark.parametrize("who", ["alice", "dora", "erin", "oscar"])
    def test_strangers_read_nothing(self, review, seated, client, who):
        client.force_login(getattr(review.world, who))
        assert client.get(self.url(review)).status_code in (302, 403, 404)

    def test_supervisors_read_and_rule_nothing(self, review, seated, client):
        client.force_login(review.world.sven)
        shown = client.get(self.url(review)).content.decode()
        assert "疑似，未申报" in shown and 'value="recuse"' not in shown

    def test_an_officer_who_looks_like_somebody_in_the_team_is_named(self, review, client):
        application = review.application()
        application.members.create(order=0, name=review.world.otto.name)
        client.force_login(review.olga)
        shown = client.get(self.url(review)).content.decode()
        assert "工作人员疑似情形" in shown and reverse("admin:applications_recusal", args=[application.pk]) in shown

    def test_officer_hits_by_phone_mail_and_name(self, review):
        application, otto = review.application(), review.world.otto
        assert conflicts.officer_hits([otto], [application]) == {}
        type(otto).objects.filter(pk=otto.pk).update(phone="13600000077", email="otto@qq.com")
        application.unit.contact_phone = "136 0000 0077"
        application.unit.legal_person = f" {otto.name} "
        application.unit.save()
        grounds = conflicts.officer_hits(type(otto).objects.filter(pk=otto.pk), [application])[otto.pk, application.pk]
        assert [hit.certain for hit in grounds] == [True, False]
