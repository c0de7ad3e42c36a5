"""The applicant's page: who has it, what to do, what next; what is told and what is not; versions and differences."""

from datetime import timedelta

import pytest
from django.urls import reverse

from applications import workflow
from applications.actions import ACTS
from applications.models import Application, State
from applications.standing import WORDS
from applications.timeline import SHOWN
from applications.todo_unit import open_items
from jbgs.lib import clock
from notifications.models import Message
from tests.applications.front_help import Visitor, url
from tests.cast import OPEN, RECOMMENDING, world

pytestmark = pytest.mark.django_db

OFFICE_PEOPLE = ("dora", "dick", "olga", "otto", "erin", "sven")


@pytest.fixture
def cast():
    made = world()
    for who in OFFICE_PEOPLE:
        person = getattr(made, who)
        person.name = f"内部人员{who}"
        person.save(update_fields=["name"])
    return made


def page(cast, application, at=OPEN):
    response = Visitor(cast.alice, at).get(url("detail", application))
    assert response.status_code == 200
    return response


def labels(response) -> list[str]:
    return [step["label"] for step in response.context["steps"] if step["state"] == "past"]


def test_every_state_has_its_words():
    assert set(WORDS) == set(State)


def test_no_state_of_an_application_breaks_the_page(cast):
    with clock.travel(OPEN):
        application = cast.submitted()
    for state in State:
        Application.objects.filter(pk=application.pk).update(state=state)
        response = page(cast, application)
        standing = response.context["standing"]
        assert standing.who and standing.todo and standing.next
        assert "None" not in response.content.decode()


def test_names_of_offices_only(cast):
    """The whole way to the shortlist: people of departments and offices are never named to the applicant."""
    application = cast.shortlisted()
    text = page(cast, application, RECOMMENDING + timedelta(days=30)).content.decode()
    assert not any(f"内部人员{who}" in text for who in OFFICE_PEOPLE)
    assert cast.department.official_name in text and "工业和信息化部高新技术司（量子科技）" in text


def test_a_proposal_is_not_told_before_its_publicity(cast):
    application = cast.in_review()
    with clock.travel(RECOMMENDING):
        cast.decided(application, "propose")
    response = page(cast, application, RECOMMENDING)
    text = response.content.decode()
    assert "评审中" in text and "拟入围</" not in text
    assert response.context["standing"].who == "评审专家"
    assert labels(response)[-1] == "送专家评审"
    mine = Visitor(cast.alice, RECOMMENDING).get(reverse("applications:mine")).content.decode()
    assert "评审中" in mine and "拟入围" not in mine
    with clock.travel(RECOMMENDING):
        workflow.open_publicity([application], by=cast.olga, title="公示", contact="虚构处室")
    response = page(cast, application, RECOMMENDING)
    assert "拟入围" in response.content.decode() and labels(response)[-1] == "列入公示名单"


def test_no_refusal_tells_the_applicant_of_a_proposal_or_who_made_it(cast):
    application = cast.in_review()
    with clock.travel(RECOMMENDING):
        cast.decided(application, "propose")
    alice = Visitor(cast.alice, RECOMMENDING)
    version = application.sections.get(key="project").version
    body = {"data": {"title": "改"}, "base_version": version}
    answers = [
        alice.post(url(name, application), {"key": "k" * 24, "submit": "1", "text": "理由"})
        for name in ("submit", "take_back", "withdraw", "evaluation", "appeal")
    ]
    answers.append(alice.post(url("save_section", application, "project"), body, content_type="application/json"))
    for answer in answers:
        text = answer.content.decode()
        assert answer.status_code == 409, text
        assert "拟入围" not in text and "内部人员" not in text
        assert "评审中" in text


def test_a_proposal_that_was_undone_before_its_publicity_never_happened(cast):
    application = cast.in_review()
    with clock.travel(RECOMMENDING):
        cast.decided(application, "propose")
        cast.decided(Application.objects.get(pk=application.pk), "unpropose", reason="内部更正")
    text = page(cast, application, RECOMMENDING).content.decode()
    assert "内部更正" not in text and "撤出公示" not in text
    assert not Message.objects.filter(user=cast.alice, body__contains="内部更正").exists()


def test_rank_and_opinion_of_the_recommender_stay_in_the_office(cast):
    with clock.travel(OPEN):
        application = cast.submitted()
        workflow.recommend(application, by=cast.dora, opinion="内部推荐意见")
    response = page(cast, application)
    assert "内部推荐意见" not in response.content.decode()
    assert response.context["standing"].who_note == "拟推荐，推荐名单尚未确认"


def test_opinions_that_ask_for_something_are_shown(cast):
    with clock.travel(OPEN):
        application = cast.submitted()
        due = clock.now() + timedelta(days=5)
        workflow.return_for_changes(application, by=cast.dora, opinion="请补充盖章页。", due_at=due)
    response = page(cast, application)
    step = next(step for step in response.context["steps"] if step["label"] == "退回修改")
    assert step["quote"] == "请补充盖章页。" and step["text"].startswith(cast.department.official_name)
    assert [act["label"] for act in response.context["acts"]] == ["撤回申报", "修改申报书"]


def test_every_act_that_is_told_is_one_of_the_table():
    assert set(SHOWN) - {"create"} <= set(ACTS)


def test_the_buttons_follow_rules_and_clock(cast):
    with clock.travel(OPEN):
        application = cast.draft()
    assert [act["label"] for act in page(cast, application).context["acts"]] == ["撤回申报", "继续填写"]
    late = page(cast, application, OPEN + timedelta(days=60))
    assert [act["label"] for act in late.context["acts"]] == ["撤回申报"]
    assert "截止，草稿仍保留" in late.content.decode()


class TestDifferences:
    def returned_and_changed(self, cast):
        with clock.travel(OPEN):
            application = cast.submitted()
            due = clock.now() + timedelta(days=5)
            workflow.return_for_changes(application, by=cast.dora, opinion="请核对", due_at=due)
            row = application.sections.get(key="questions")
            answers = dict(row.data["answers"]) | {"risks": "风险在器件。拟开展三次流动测量试验，沿皖中路线往返观测。"}
            workflow.save_section(
                application, "questions", {"answers": answers}, base_version=row.version, by=cast.alice
            )
        return application

    def test_the_draft_is_compared_with_the_version_before(self, cast):
        application = self.returned_and_changed(cast)
        response = Visitor(cast.alice).get(url("diff", application))
        assert (response.context["older"], response.context["newer"]) == ("1", "draft")
        changes = response.context["difference"].changes
        assert [(change.section, change.label) for change in changes] == [("申报内容", "风险与对策")]
        text = response.content.decode()
        assert "<del>" in text and "<ins>" in text

    def test_two_versions(self, cast):
        application = self.returned_and_changed(cast)
        with clock.travel(OPEN):
            workflow.submit(Application.objects.get(pk=application.pk), by=cast.alice)
        alice = Visitor(cast.alice)
        response = alice.get(url("diff", application) + "?from=1&to=2")
        assert len(response.context["difference"].changes) == 1
        assert response.context["difference"].unchanged > 40
        assert alice.get(url("diff", application) + "?from=7&to=x").status_code == 200

    def test_one_version_has_no_difference(self, cast):
        with clock.travel(OPEN):
            application = cast.submitted()
        assert Visitor(cast.alice).get(url("diff", application)).url == url("detail", application)


class TestPapers:
    def test_the_draft_is_drawn_on_demand(self, cast):
        with clock.travel(OPEN):
            application = cast.draft()
        response = Visitor(cast.alice).get(url("pdf", application))
        assert response["Content-Type"] == "application/pdf" and response.content.startswith(b"%PDF-")

    def test_a_receipt_is_a_paper_too(self, cast):
        with clock.travel(OPEN):
            application = cast.submitted()
        response = Visitor(cast.alice).get(url("receipt_pdf", application) + "?version=1")
        assert response.content.startswith(b"%PDF-")
        assert Visitor(cast.alice).get(url("receipt_pdf", application) + "?version=3").status_code == 404
        assert Visitor(cast.bob).get(url("receipt_pdf", application)).status_code == 404

    def test_a_version_leads_to_its_kept_file(self, cast):
        with clock.travel(OPEN):
            application = cast.submitted()
        response = Visitor(cast.alice).get(url("pdf", application))
        assert response.url == url("pdf_version", application, 1)
        response = Visitor(cast.alice).get(response.url)
        assert response.url.startswith("/documents/")


class TestWhatWaits:
    def items(self, cast, at=OPEN):
        with clock.travel(at):
            return list(open_items(type(cast.alice).objects.get(pk=cast.alice.pk)))

    def test_a_draft_until_the_end_of_the_window(self, cast):
        with clock.travel(OPEN):
            application = cast.draft()
        found = self.items(cast)
        assert [(item.verb, item.url) for item in found] == [("继续填写", url("edit", application))]
        assert self.items(cast, OPEN + timedelta(days=60)) == []

    def test_a_returned_one_and_a_supplement_by_their_own_dates(self, cast):
        application = cast.confirmed()
        with clock.travel(RECOMMENDING):
            due = clock.now() + timedelta(days=5)
            workflow.request_supplement(application, by=cast.olga, items=["盖章页"], due_at=due)
        assert [(item.verb, item.due_at) for item in self.items(cast, RECOMMENDING)] == [("补正", due)]
        assert self.items(cast, due) == []

    def test_the_evaluation_waits_after_the_term(self, cast):
        cast.shortlisted()
        assert self.items(cast, OPEN + timedelta(days=400)) == []
        assert [item.verb for item in self.items(cast, OPEN + timedelta(days=800))] == ["填写实测值"]

    def test_nothing_waits_for_others(self, cast):
        with clock.travel(OPEN):
            cast.draft()
            for who in ("bob", "dora", "erin"):
                assert list(open_items(getattr(cast, who))) == []

    def test_the_number_of_queries_does_not_grow(self, cast, django_assert_num_queries):
        with clock.travel(OPEN):
            for task in cast.call.tasks.all()[:3]:
                cast.draft(task=task, filled=False)
        self.items(cast)
        with django_assert_num_queries(4):  # the person, the applications, the two of the calls' timetables
            assert len(self.items(cast)) == 3
