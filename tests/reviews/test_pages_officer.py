"""The officer's pages: draw, assignment by hand, progress, ranking, decisions, experts."""

import io
import re

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from applications.models import Decision
from audit.models import Entry
from notifications.models import Message
from programmes.models import Task
from reviews import ranking as r
from reviews import workflow
from reviews.models import Assignment, Expert, Recusal
from tests.budget import queries_of


def url(name: str, *args) -> str:
    return reverse(f"admin:reviews_{name}", args=args)


@pytest.fixture
def officer(client, review):
    client.force_login(review.olga)
    return client


def refusals(obj) -> int:
    return Entry.objects.for_object(obj).refused().count()


def notices(answer) -> str:
    return answer.content.decode()


# ---- cost ----


def fill_task(review, number: int, panel) -> None:
    """Applications with a panel each, all signed; written directly, because only the count matters."""
    first = Assignment.objects.order_by("pk").first()
    for application in review.applications(number):
        for place, expert in enumerate(panel):
            sheet = Assignment.objects.create(
                application=application, version=application.version, round=first.round, rules=first.rules,
                expert=expert, state="signed", opinion="意见", total=7000 + place, assigned_by=review.olga,
                assigned_at=first.assigned_at, pledged_at=first.pledged_at, signed_at=first.assigned_at,
            )  # fmt: skip
            for criterion in review.criteria:
                sheet.scores.create(criterion=criterion.key, points=7000)


def test_pages_of_a_task_cost_the_same_for_7_and_50_applications(review, officer):
    application = review.application()
    panel = review.scored({application: [80, 81, 82]})
    Recusal.objects.create(
        expert=review.expert(), application=application, kind="officer", reason="亲属", by=review.olga,
        at=application.state_since,
    )  # fmt: skip
    fill_task(review, 6, panel)  # with a cut line, beside which the advice is computed
    addresses = [url(name, review.task.pk) for name in ("panel", "progress", "ranking", "ranking_xlsx")]
    addresses += [url("scores", application.pk), url("tasks"), url("experts")]
    sevens = [len(queries_of(lambda address=address: officer.get(address))) for address in addresses]
    fill_task(review, 43, panel)
    review.experts(47)
    fifties = [len(queries_of(lambda address=address: officer.get(address))) for address in addresses]
    assert sevens == fifties
    assert dict(zip(addresses, fifties, strict=True)) == {
        address: count for address, count in zip(addresses, fifties, strict=True) if count <= 20
    }


def test_the_overview_costs_the_same_for_1_and_50_tasks(review, officer):
    review.seat(review.application())
    one = queries_of(lambda: officer.get(url("tasks")))
    for task in Task.objects.filter(call=review.call).exclude(pk=review.task.pk)[:49]:
        review.application(task=task)
    fifty = queries_of(lambda: officer.get(url("tasks")))
    assert len(one) == len(fifty) <= 13


# ---- who may ----


def test_an_officer_of_another_field_finds_nothing(client, review):
    application = review.application()
    (sheet,) = review.seat(application)
    client.force_login(review.world.oscar)
    for name in ("panel", "progress", "ranking", "ranking_xlsx"):
        assert client.get(url(name, review.task.pk)).status_code == 404
    assert client.get(url("scores", application.pk)).status_code == 404
    assert refusals(review.task) == 4 and refusals(application) == 1
    assert review.task.title not in notices(client.get(url("tasks")))


@pytest.mark.parametrize("who", ["oscar", "sven", "dora", "alice", "erin"])
def test_forged_acts_are_403_with_one_entry(client, review, who):
    application = review.application()
    expert = review.expert()
    client.force_login(getattr(review.world, who))
    task = review.task
    forms = (
        ("draw", task.pk, {}, review.call),
        ("assign", task.pk, {"application": application.pk, "expert": expert.pk}, application),
        (
            "officer_recusal",
            task.pk,
            {"application": application.pk, "expert": expert.pk, "reason": "伪造"},
            application,
        ),
        ("remind", task.pk, {}, task),
        ("ranking", task.pk, {f"verb_{application.pk}": "propose"}, task),
    )
    for name, pk, form, touched in forms:
        before = refusals(touched)
        assert client.post(url(name, pk), {**form, "key": "k"}).status_code == 403, name
        assert refusals(touched) == before + 1, name
    assert not Assignment.objects.exists() and not Decision.objects.exists() and not Recusal.objects.exists()


def test_a_supervisor_reads_and_has_no_buttons(client, review):
    review.scored({review.application(): [80, 81, 82]})
    client.force_login(review.world.sven)
    for name in ("panel", "progress", "ranking"):
        page = client.get(url(name, review.task.pk))
        assert page.status_code == 200 and b'name="key"' not in re.sub(
            rb'<form[^>]*id="choice".*?hidden" name="key"', b"", page.content, flags=re.S
        )
    assert client.get(url("ranking_xlsx", review.task.pk)).status_code == 200
    assert client.get(url("experts")).status_code == 404


# ---- draw and assignment ----


def test_assignment_by_hand_says_why_not_and_keeps_the_choice(review, officer):
    first, second = review.applications(2)
    friend = review.expert(unit_name=second.unit.name)
    form = {"application": [first.pk, second.pk], "expert": friend.pk, "key": "k"}
    answer = officer.post(url("assign", review.task.pk), form)
    page = notices(answer)
    assert answer.status_code == 409 and "须回避" in page and not Assignment.objects.exists()
    assert page.count(" checked>") == 3 and re.search(rf'name="expert" value="{friend.pk}"[^>]* checked>', page)
    nothing = officer.post(url("assign", review.task.pk), {"expert": friend.pk})
    assert nothing.status_code == 422 and "请先勾选申报" in notices(nothing)
    officer.post(url("assign", review.task.pk), {**form, "application": [first.pk], "key": "k2"})
    assert Assignment.objects.get().application == first


def test_taking_back_and_recusing(review, officer):
    (sheet,) = review.seat(review.application())
    assert "请写明理由" in notices(officer.post(url("unassign", sheet.pk), {"reason": ""}, follow=True))
    officer.post(url("unassign", sheet.pk), {"reason": "联系不上", "key": "u"})
    sheet.refresh_from_db()
    assert sheet.state == "removed"
    expert = review.expert()
    form = {"application": sheet.application_id, "expert": expert.pk, "reason": "亲属关系", "key": "r"}
    officer.post(url("officer_recusal", review.task.pk), form)
    page = notices(officer.get(url("panel", review.task.pk)))
    assert Recusal.objects.get().expert == expert and "主管认定：亲属关系" in page


def test_who_has_declined_is_no_longer_counted_as_assigned(review, officer):
    first, _ = review.seat(review.application(), *review.experts(2))
    workflow.decline(first, by=first.expert.user, reason="出国")
    page = officer.get(url("panel", review.task.pk)).content.decode()
    assert "已分派</dt><dd>1<small>" in page


# ---- progress, sheets ----


def test_progress_and_reminder(review, officer):
    application = review.application()
    done, waiting = review.seat(application, *review.experts(2))
    review.sign(done, 85)
    page = notices(officer.get(url("progress", review.task.pk)))
    assert "催办 1 位专家" in page and "85.00" in page
    assert "已催办 1 位专家" in notices(officer.post(url("remind", review.task.pk), follow=True))
    assert "今天已经催办过" in notices(officer.post(url("remind", review.task.pk), follow=True))
    assert Message.objects.filter(event="review_reminder", user=waiting.expert.user).exists()


def test_officers_read_signed_sheets_only_and_may_give_them_back(review, officer):
    application = review.application()
    done, draft = review.seat(application, *review.experts(2))
    review.sign(done, 85, opinion="已提交的意见")
    review.fill(draft, 33, opinion="还在写的意见")
    page = notices(officer.get(url("scores", application.pk)))
    assert "已提交的意见" in page and "85.00" in page
    assert "还在写的意见" not in page and ">33<" not in page
    empty = officer.post(url("return", done.pk), {"reason": " ", "key": "k"})
    assert empty.status_code == 422 and "data-open-now" in notices(empty)
    officer.post(url("return", done.pk), {"reason": "意见过于简单", "key": "k2"})
    done.refresh_from_db()
    assert done.state == "returned" and done.note == "意见过于简单"


# ---- ranking ----


@pytest.fixture
def three(review):
    first, second, third = review.applications(3)
    review.scored({first: [90, 91, 92, 93, 70], second: [85, 86, 87, 88, 89], third: [60, 71, 72, 73, 74]})
    return first, second, third


def test_the_ranking_page_draws_each_expert_and_marks_what_is_dropped(review, officer, three):
    page = notices(officer.get(url("ranking", review.task.pk)))
    assert page.count('class="kp"') == 9 + 1 and page.count('class="dr"') == 6 + 1  # and one each in the legend
    assert "专家一 90，专家二 91，专家三 92，专家四 93（未计入），专家五 70（未计入）；得分 91.00" in page
    assert page.index(three[0].title) < page.index(three[1].title) < page.index(three[2].title)
    review.seat(three[0])
    page = notices(officer.get(url("ranking", review.task.pk)))
    assert "还有 1 份评分没有提交" in page and 'type="radio"' not in page


def test_decisions_are_prepared_with_reasons_and_nothing_typed_is_lost(review, officer, three):
    first, second, third = three
    form = {
        f"verb_{first.pk}": "propose", f"verb_{second.pk}": "pass_over", f"verb_{third.pk}": "propose",
        f"reason_{second.pk}": "", f"reason_{third.pk}": "路线更可靠", "common_reason": "名次在后", "key": "k",
    }  # fmt: skip
    answer = officer.post(url("ranking", review.task.pk), form)
    page = notices(answer)
    assert answer.status_code == 422 and f'href="#reason_{second.pk}"' in page and "路线更可靠" in page
    assert not Decision.objects.exists()
    officer.post(url("ranking", review.task.pk), {**form, f"reason_{second.pk}": "难以按期完成"})
    assert Decision.objects.filter(state="prepared", against_ranking=True).count() == 2
    page = notices(officer.get(url("ranking", review.task.pk)))
    assert page.count("待复核</span>") == 3 and "拟定人不能复核" in page and "打开待复核的决定" in page


def test_the_workbook_can_be_recomputed(review, officer, three):
    answer = officer.get(url("ranking_xlsx", review.task.pk))
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    head = next(number for number, row in enumerate(rows) if row[0] == "排名")
    body = rows[head + 1 : head + 4]
    places = [place for place, title in enumerate(rows[head]) if str(title).startswith("评分")]
    score = next(place for place, title in enumerate(rows[head]) if "均值" in str(title))
    shown = [r.show(line.standing.score) for line in r.ranking(review.call, review.task)]
    for row, words in zip(body, shown, strict=True):
        totals = sorted(row[place] for place in places)
        assert f"{sum(totals[1:-1]) / 3:.2f}" == words == f"{row[score]:.2f}"
    assert [row[0] for row in body] == [1, 2, 3]


# ---- experts ----


def test_experts_are_typed_in_with_errors_at_the_field(review, officer):
    form = {
        "name": "何听澜", "phone": "13800000099", "unit_name": "虚构计量研究所", "unit_code": "X", "title": "研究员",
        "region": "110000", "disciplines": "量子测量、原子物理", "max_load": "8", "is_available": "on",
    }  # fmt: skip
    answer = officer.post(url("expert_add"), form)
    assert answer.status_code == 422 and 'value="何听澜"' in notices(answer) and not Expert.objects.exists()
    officer.post(url("expert_add"), {**form, "unit_code": ""})
    expert = Expert.objects.get()
    assert expert.disciplines == ["量子测量", "原子物理"] and expert.max_load == 8 and expert.user.name == "何听澜"
    assert "何听澜" in notices(officer.get(url("experts"), {"q": "听澜", "discipline": "原子物理", "standing": "free"}))
    assert "何听澜" not in notices(officer.get(url("experts"), {"standing": "off"}))
    change = {key: form[key] for key in ("unit_name", "title", "region", "disciplines", "max_load")}
    officer.post(url("expert_change", expert.pk), {**change, "unit_code": "", "unit_name": "虚构大学"})
    expert.refresh_from_db()
    assert expert.unit_name == "虚构大学" and not expert.is_available
    entry = Entry.objects.for_object(expert).last()
    assert entry.changes["unit_name"] == ["虚构计量研究所", "虚构大学"]


def test_the_overview_leads_to_the_draw_that_is_under_way(review, officer):
    review.experts(6)
    review.applications(2)
    page = officer.get(url("tasks")).content.decode()
    assert "分派专家：" in page and "继续抽取" not in page
    assert url("draw_call", review.call.pk) in page
    plan = workflow.open_plan(review.call, [review.task], by=review.olga)
    page = officer.get(url("tasks")).content.decode()
    assert f"继续抽取：{review.task.title}" in page and f"{plan}</a>：拟定条件" in page
