"""The expert's pages: what they cost, what they refuse, and that nobody sees another's scores."""

import pytest
from django.urls import reverse

from applications.models import Application
from audit.models import Entry
from reviews import workflow
from reviews.models import Assignment, Recusal, Score
from tests.budget import queries_of

OTHERS_OPINION = "别人的意见不该出现在这里"


def url(name: str, *args) -> str:
    return reverse(f"admin:reviews_{name}", args=args)


@pytest.fixture
def sheets(review):
    """Mine and another expert's sheet of one application; the other one is signed."""
    mine, other = review.seat(review.application(), *review.experts(2))
    review.sign(other, 77, opinion=OTHERS_OPINION)
    return mine, other


@pytest.fixture
def expert(client, sheets):
    """A client signed in as the first sheet's expert."""
    client.force_login(sheets[0].expert.user)
    return client


def typed(review, sheet, points="88", **more) -> dict:
    """The form of the sheet as a browser sends it."""
    sheet.refresh_from_db()
    scores = {f"points-{criterion.key}": points for criterion in review.criteria}
    return {"base_version": sheet.sheet_version, "opinion": "数据充分，计划可行。", "advice": "", **scores, **more}


def refusals(obj) -> int:
    return Entry.objects.for_object(obj).refused().count()


def many_sheets(review, expert, number: int) -> None:
    """Rows written directly: their story does not matter for counting."""
    first = Assignment.objects.filter(expert=expert).first()
    for application in review.applications(number):
        sheet = Assignment.objects.create(
            application=application, version=application.version, round=first.round, rules=first.rules, expert=expert,
            state="scoring", assigned_by=review.olga, assigned_at=first.assigned_at, pledged_at=first.pledged_at,
        )  # fmt: skip
        Score.objects.create(assignment=sheet, criterion=review.criteria[0].key, points=8000)


# ---- cost ----


def test_the_list_costs_the_same_for_1_and_50_sheets(review, sheets, expert):
    one = queries_of(lambda: expert.get(url("todo")))
    many_sheets(review, sheets[0].expert, 49)
    fifty = queries_of(lambda: expert.get(url("todo")))
    assert len(one) == len(fifty) <= 12
    assert expert.get(url("todo")).content.decode().count("继续评分") >= 49


def test_a_score_page_and_a_save_stay_in_their_budgets(review, sheets, expert):
    sheet = sheets[0]
    one = queries_of(lambda: expert.get(url("score", sheet.pk)))
    many_sheets(review, sheet.expert, 49)
    assert len(one) == len(queries_of(lambda: expert.get(url("score", sheet.pk)))) <= 20
    counter = iter(range(60, 99))

    def save():
        answer = expert.post(url("save", sheet.pk), typed(review, sheet, str(next(counter))))
        assert answer.status_code == 200

    assert (
        len([sql for sql in queries_of(save) if "refresh" not in sql]) <= 15 + 1
    )  # one reads the version in this test


def test_the_confirmation_page_is_cheap(review, sheets, expert):
    review.fill(sheets[0])
    assert len(queries_of(lambda: expert.get(url("confirm", sheets[0].pk)))) <= 12


# ---- the way through ----


def test_from_pledge_to_signature(client, review):
    (sheet,) = review.seat(review.application(), pledged=False)
    client.force_login(sheet.expert.user)
    assert client.get(url("score", sheet.pk)).url == url("pledge", sheet.round_id)
    page = client.get(url("pledge", sheet.round_id)).content.decode()
    assert sheet.application.unit.name in page and review.call.spec.review.pledge_text[:20] in page
    client.post(url("pledge", sheet.round_id), {"key": "p"})
    sheet.refresh_from_db()
    assert sheet.state == "assigned"  # the box was not ticked
    client.post(url("pledge", sheet.round_id), {"key": "p", "agreed": "1"})
    page = client.get(url("score", sheet.pk))
    assert page.status_code == 200 and b"data-paper" in page.content
    answer = client.post(url("save", sheet.pk), typed(review, sheet)).json()
    assert answer["version"] == 1 and answer["total"] == "88.00" and answer["missing"] == ""
    confirm = client.get(url("confirm", sheet.pk)).content.decode()
    assert "确认提交，总分 88.00" in confirm
    for _ in range(2):  # a double click signs once
        client.post(url("confirm", sheet.pk), {"key": "s", "base_version": "1"})
    sheet.refresh_from_db()
    assert sheet.state == "signed" and sheet.total == 8800
    assert Entry.objects.for_object(sheet).filter(action="sign").count() == 1
    page = client.get(url("score", sheet.pk)).content.decode()
    assert "data-score-sheet" not in page and "88.00" in page
    assert client.get(url("confirm", sheet.pk)).status_code == 302


def test_without_a_script_a_bad_score_comes_back_with_everything_typed(review, sheets, expert):
    sheet, key = sheets[0], review.criteria[1].key
    answer = expert.post(url("score", sheet.pk), typed(review, sheet, **{f"points-{key}": "120"}))
    page = answer.content.decode()
    assert answer.status_code == 422 and "超出范围" in page
    assert 'value="120"' in page and "数据充分，计划可行。" in page and page.count('value="88"') == 4
    assert not sheet.scores.exists()
    assert expert.post(url("score", sheet.pk), typed(review, sheet)).url == url("confirm", sheet.pk)


def test_autosave_says_no_in_json(review, sheets, expert):
    sheet, key = sheets[0], review.criteria[0].key
    bad = expert.post(
        url("save", sheet.pk), typed(review, sheet, **{f"points-{key}": "abc"}), headers={"accept": "application/json"}
    )
    assert bad.status_code == 422 and bad.json()["field"] == key
    review.fill(sheet, 70, opinion="另一个窗口")
    old = expert.post(
        url("save", sheet.pk), typed(review, sheet) | {"base_version": 0}, headers={"accept": "application/json"}
    )
    assert old.status_code == 409 and old.json()["code"] == "sheet_changed"
    assert old.json()["details"]["opinion"] == "另一个窗口" and old.json()["details"]["version"] == 1
    broken = expert.post(url("save", sheet.pk), {"base_version": "x"}, headers={"accept": "application/json"})
    assert broken.status_code == 409


def test_an_incomplete_sheet_is_not_signed_and_says_what_is_missing(review, sheets, expert):
    sheet = sheets[0]
    expert.post(url("save", sheet.pk), typed(review, sheet, **{f"points-{review.criteria[2].key}": "", "opinion": ""}))
    answer = expert.post(url("confirm", sheet.pk), {"key": "k", "base_version": "1"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert f"“{review.criteria[2].label}”还没有评分" in page and "还没有填写评审意见" in page


def test_a_sheet_that_changed_after_the_confirmation_page_is_not_signed(review, sheets, expert):
    review.fill(sheets[0], 80)
    review.fill(sheets[0], 20)
    answer = expert.post(url("confirm", sheets[0].pk), {"key": "k", "base_version": "1"})
    assert answer.status_code == 409 and "请重新核对" in answer.content.decode()


def test_declaring_a_recusal(review, sheets, expert):
    sheet = sheets[0]
    empty = expert.post(url("recuse", sheet.pk), {"key": "k"})
    assert empty.status_code == 422 and "请选择与该申报的关系" in empty.content.decode()
    vague = expert.post(url("recuse", sheet.pk), {"key": "k", "relation": "other", "note": ""})
    assert "请说明具体情形" in vague.content.decode()
    expert.post(url("recuse", sheet.pk), {"key": "k", "relation": "cooperated", "note": "2023 年共同承担项目"})
    assert "2023 年共同承担项目" in Recusal.objects.get().reason
    assert expert.get(url("score", sheet.pk)).status_code == 404
    assert "已回避" in expert.get(url("todo")).content.decode()


@pytest.mark.parametrize("name", ["score", "confirm", "save"])
def test_a_crafted_review_of_a_recused_expert_is_told_why_not(review, sheets, expert, name):
    """Not only that there is no such page: who stood aside when, and that nothing was saved."""
    sheet = sheets[0]
    workflow.declare_recusal(sheet, by=sheet.expert.user, reason="合作关系")
    answer = expert.post(url(name, sheet.pk), typed(review, sheet) | {"key": "forged"})
    assert answer.status_code == 409 and "申报回避" in answer.content.decode() and "已回避" in answer.content.decode()
    assert not Score.objects.filter(assignment=sheet).exists() and refusals(sheet) == 1
    assert expert.get(url(name, sheet.pk)).status_code in (404, 405)


# ---- nobody sees another's scores ----


def test_an_expert_sees_no_trace_of_another_expert(review, sheets, expert):
    mine, other = sheets
    review.fill(mine, 66)
    pages = [
        url("todo"),
        url("score", mine.pk),
        url("confirm", mine.pk),
        url("recuse", mine.pk),
        reverse("admin:index"),
    ]
    for address in pages:
        page = expert.get(address).content.decode()
        for secret in (OTHERS_OPINION, other.expert.user.name, other.expert.unit_name, "77.00"):
            assert secret not in page, (address, secret)
    saved = expert.post(url("save", mine.pk), typed(review, mine)).json()
    assert set(saved) == {"version", "saved_at", "scored", "criteria", "weight", "total", "missing"}


@pytest.mark.parametrize("name", ["score", "confirm", "recuse"])
def test_another_experts_sheet_is_not_found_and_the_try_is_logged(review, sheets, expert, name):
    other = sheets[1]
    assert expert.get(url(name, other.pk)).status_code == 404
    assert refusals(other) == 1
    assert expert.get(url(name, 999_999)).status_code == 404


@pytest.mark.parametrize("name", ["save", "score", "confirm", "recuse", "unassign", "return"])
def test_a_forged_act_on_anothers_sheet_is_403_and_one_entry(client, review, sheets, name):
    other = Assignment.objects.get(pk=sheets[1].pk)
    before = (other.state, other.total, other.sheet_version)
    form = typed(review, other, "1") | {"reason": "冒名", "relation": "family", "key": "k"}
    outsiders = [sheets[0].expert.user, review.world.alice, review.world.dora, review.world.oscar, review.world.sven]
    for count, person in enumerate(outsiders, 1):
        client.force_login(person)
        assert client.post(url(name, other.pk), form).status_code == 403, person
        assert refusals(other) == count, person
    client.logout()
    # The open page saves by itself and tries again when its session has ended: it is told so, not refused.
    assert client.post(url(name, other.pk), form).status_code == (401 if name == "save" else 403)
    other.refresh_from_db()
    assert (other.state, other.total, other.sheet_version) == before


def test_officers_pages_are_closed_to_experts(review, sheets, expert):
    application, task = sheets[0].application, review.task
    for name in ("panel", "progress", "ranking", "ranking_xlsx"):
        assert expert.get(url(name, task.pk)).status_code == 404, name
    assert expert.get(url("scores", application.pk)).status_code == 404
    assert expert.get(url("experts")).status_code == 404
    assert expert.get(url("tasks")).content.decode().count("<tr>") == 0
    assert refusals(task) == 4 and refusals(application) == 1


def test_what_is_taken_away_is_gone(review, sheets, expert):
    mine = sheets[0]
    workflow.unassign(mine, by=review.olga, reason="调整")
    assert expert.get(url("score", mine.pk)).status_code == 404
    assert mine.application.title not in expert.get(url("todo")).content.decode()


# ---- what is asked for first ----


def test_an_application_that_was_decided_is_no_longer_asked_for(client, review):
    """Nobody signs a pledge for it, and it does not keep the expert from signing for the others."""
    expert = review.expert()
    over, under_way = (review.seat(one, expert, pledged=False)[0] for one in review.applications(2))
    Application.objects.filter(pk=over.application_id).update(state="not_shortlisted")
    client.force_login(expert.user)
    page = client.get(url("todo")).content.decode()
    assert "有 1 份申报待您签署评审承诺" in page and "待办</dt><dd>1<small>" in page
    pledge = client.get(url("pledge", under_way.round_id)).content.decode()
    assert under_way.application.title in pledge and over.application.title not in pledge
    client.post(url("pledge", under_way.round_id), {"agreed": "1", "key": "p"})
    assert Assignment.objects.get(pk=under_way.pk).state == "accepted"
    assert Assignment.objects.get(pk=over.pk).state == "assigned"


def test_tasks_with_something_to_do_come_first(client, review):
    expert, second = review.expert(), review.call.tasks.order_by("order")[1]
    done, waiting = review.application(), review.application(task=second)
    review.sign(review.seat(done, expert)[0], 80)
    review.seat(waiting, expert)
    client.force_login(expert.user)
    page = client.get(url("todo")).content.decode()
    assert page.index(waiting.title) < page.index(done.title)
