"""Officers change a call's rules in the back office: drafts, differences, a new version, a copy, YAML out and in."""

import copy

import pytest
from django.urls import reverse
from django.utils.html import strip_tags

from applications.models import QuotaUse
from applications.workflow.calls import apply_draft
from audit.models import Entry
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from programmes import draft_form, editing
from programmes.models import Call, CallDraft
from programmes.reader import read_text
from programmes.schema import plain
from tests.budget import queries_of
from tests.cast import OPEN, world
from tests.concurrency import race

pytestmark = pytest.mark.django_db


@pytest.fixture
def w():
    return world()


@pytest.fixture
def office(w, client):
    client.force_login(w.olga)
    return client


def at(name: str, *args) -> str:
    return reverse(f"admin:applications_{name}", args=args)


def draft_of(w, by=None) -> CallDraft:
    return editing.start(w.call, by=by or w.olga)


def edited(draft: CallDraft, edit) -> CallDraft:
    document = copy.deepcopy(draft.document)
    edit(document)
    return editing.save(draft, document, base_version=draft.version, by=draft.saved_by)


def form_of(draft: CallDraft, part: str) -> dict:
    """What a browser sends of a part where nobody typed anything."""
    sent: dict = {"version": draft.version}
    for group in draft_form.groups(draft.document, part):
        sent |= {entry.name: list(entry.value) if entry.kind == "multi" else entry.value for entry in group.entries}
    return sent


# ---- the draft ----


def test_a_draft_changes_nothing_until_it_is_applied(w):
    draft = edited(draft_of(w), lambda doc: doc["quotas"]["shortlist"].update(limit=4))
    w.call.refresh_from_db()
    assert w.call.spec.quotas["shortlist"].limit == 5
    apply_draft(draft, by=w.olga, base_version=draft.version, reason="按会议纪要调整")
    w.call.refresh_from_db()
    assert w.call.spec.quotas["shortlist"].limit == 4 and w.call.current_version.number == 2
    entry = Entry.objects.for_object(w.call).get(action="change_rules")
    assert entry.data["reason"] == "按会议纪要调整" and entry.actor == w.olga
    assert not CallDraft.objects.exists()


def test_what_was_submitted_keeps_its_version_and_windows_come_from_the_new_one(w):
    with clock.travel(OPEN):
        submitted = w.submitted()
        first = submitted.call_version_id
    draft = edited(draft_of(w), lambda doc: doc["windows"]["recommend"].update(closes="2025-03-25"))
    apply_draft(draft, by=w.olga, base_version=draft.version, reason="延长")
    submitted.refresh_from_db()
    assert submitted.call_version_id == first
    assert Call.objects.get(pk=w.call.pk).spec.windows["recommend"].closes_text.startswith("2025年3月25日")


def test_two_who_begin_share_one_draft(w):
    assert draft_of(w, w.olga) == draft_of(w, w.otto)


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_two_who_save_at_once_do_not_overwrite_each_other(w):
    draft = draft_of(w)

    def save(title, by):
        return lambda: editing.save(draft, draft.document | {"title": title}, base_version=draft.version, by=by)

    results = race(save("甲", w.olga), save("乙", w.otto))
    refused = [one for one in results if isinstance(one, Refused)]
    assert len(refused) == 1 and refused[0].code == "draft_changed"
    assert CallDraft.objects.get().version == draft.version + 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_a_draft_is_applied_once(w):
    draft = edited(draft_of(w), lambda doc: doc.update(title="改过的名称"))

    def put(by):
        return lambda: apply_draft(draft, by=by, base_version=draft.version, reason="更正名称")

    results = race(put(w.olga), put(w.otto))
    assert sum(isinstance(one, Refused) and one.code == "draft_gone" for one in results) == 1
    assert w.call.versions.count() == 2


def test_a_draft_that_somebody_overtook_is_compared_anew(w):
    draft = edited(draft_of(w), lambda doc: doc.update(title="改过的名称"))
    from programmes.loader import load_document

    load_document(w.call.current_version.document | {"document_no": "虚构文号"}, force=True)
    with pytest.raises(Refused) as refusal:
        apply_draft(draft, by=w.olga, base_version=draft.version, reason="更正")
    assert refusal.value.code == "call_changed"
    draft = editing.rebase(draft, by=w.olga)
    assert {change.path for change in editing.changes(draft)} == {"title", "document_no"}


@pytest.mark.parametrize(
    "edit, code",
    [
        (lambda doc: None, "nothing_changed"),
        (lambda doc: doc["quotas"]["shortlist"].update(limit=0), "invalid"),
    ],
)
def test_what_cannot_be_applied_is_refused(w, edit, code):
    draft = edited(draft_of(w), edit)
    with pytest.raises(Refused) as refusal:
        apply_draft(draft, by=w.olga, base_version=draft.version, reason="理由")
    assert refusal.value.code == code
    assert w.call.versions.count() == 1 and CallDraft.objects.filter(pk=draft.pk).exists()


def test_a_limit_does_not_fall_below_what_is_taken(w):
    with clock.travel(OPEN):
        w.recommended()
        w.recommended(by=w.another_applicant())
    assert QuotaUse.objects.count() == 2
    for limit, fits in ((1, False), (2, True)):
        draft = edited(
            draft_of(w), lambda doc, limit=limit: doc["quotas"]["recommend"].update(limit=limit, force="hard")
        )
        if fits:
            apply_draft(draft, by=w.olga, base_version=draft.version, reason="理由")
        else:
            with pytest.raises(Refused, match="少于已占用的 2 个"):
                apply_draft(draft, by=w.olga, base_version=draft.version, reason="理由")


# ---- the pages ----


@pytest.mark.parametrize("part", ["basics", "rules", "texts"])
def test_a_form_sent_as_it_came_changes_nothing(w, office, part):
    draft = draft_of(w)
    assert office.post(at("draft_part", draft.pk, part), form_of(draft, part)).status_code == 302
    draft.refresh_from_db()
    assert editing.changes(draft) == []


def test_from_the_call_to_a_new_version(w, office):
    page = office.get(reverse("admin:programmes_call_change", args=[w.call.pk])).content.decode()
    assert "修改规则" in page and "复制批次" in page and "导出 YAML" in page
    office.post(at("edit_call", w.call.pk))
    draft = CallDraft.objects.get()
    rules = at("draft_part", draft.pk, "rules")
    assert 'name="quotas.shortlist.limit"' in office.get(rules).content.decode()
    sent = {"quotas.shortlist.limit": "4", "windows.apply.closes": "2025-03-07 17:30"}
    assert office.post(rules, form_of(draft, "rules") | sent).status_code == 302
    shown = strip_tags(office.get(at("draft", draft.pk)).content.decode())  # what changed inside a value is marked
    assert "名额 › 入围 › 数量" in shown and "2025-03-07 17:30" in shown
    draft.refresh_from_db()
    answer = office.post(at("draft_apply", draft.pk), {"version": draft.version, "reason": "按通知调整"})
    assert answer.status_code == 302
    w.call.refresh_from_db()
    assert w.call.spec.quotas["shortlist"].limit == 4
    assert w.call.spec.windows["apply"].closes_text == "2025年3月7日 17:30"


def test_what_was_typed_wrong_stays_and_is_told_at_its_field(w, office):
    draft = draft_of(w)
    sent = {"version": draft.version, "quotas.shortlist.limit": "很多", "windows.apply.closes": "三月六日"}
    page = office.post(at("draft_part", draft.pk, "rules"), sent).content.decode()
    assert 'value="很多"' in page and 'value="三月六日"' in page
    assert "应为1 至 100000 的整数" in page and "应为日期 2025-03-06" in page
    draft.refresh_from_db()
    assert draft.document["quotas"]["shortlist"]["limit"] == "很多"  # saved: nothing typed is lost
    assert "disabled" in office.get(at("draft", draft.pk)).content.decode()


def test_an_older_form_is_refused_with_its_text(w, office):
    draft = draft_of(w)
    edited(draft, lambda doc: doc.update(title="别人改的"))
    answer = office.post(at("draft_part", draft.pk, "basics"), {"version": draft.version, "title": "我改的"})
    assert answer.status_code == 409 and "我改的" in answer.content.decode()
    draft.refresh_from_db()
    assert draft.document["title"] == "别人改的"


def test_a_task_is_changed_row_by_row(w, office):
    draft = draft_of(w)
    page = office.get(at("draft_task", draft.pk, 0)).content.decode()
    assert 'name="indicators.0.value" value="1000"' in page
    task = draft.document["tasks"][0]
    sent = {"version": draft.version, "title": task["title"], "code": task["code"], "field": task["field"]}
    for place, row in enumerate(task["indicators"]):
        sent |= {f"indicators.{place}.{key}": "" if value is None else value for key, value in row.items()}
    sent |= {"indicators.0.value": "1,200"}
    added = len(task["indicators"])
    sent |= {f"indicators.{added}.name": "频段", f"indicators.{added}.comparator": "range",
             f"indicators.{added}.value": "1~9.50", f"indicators.{added}.unit": "GHz"}  # fmt: skip
    assert office.post(at("draft_task", draft.pk, 0), sent).status_code == 302
    draft.refresh_from_db()
    rows = draft.document["tasks"][0]["indicators"]
    assert rows[0]["value"] == 1200 and rows[-1]["value"] == [1, "9.50"] and rows[-1]["code"] == f"i{added + 1}"
    assert [change.path for change in editing.changes(draft)] == [
        f"tasks.{task['code']}.indicators.i1.value", f"tasks.{task['code']}.indicators.i{added + 1}"
    ]  # fmt: skip


def test_a_task_that_is_removed_and_one_that_is_added(w, office):
    draft = draft_of(w)
    count = len(draft.document["tasks"])
    office.post(at("draft_task", draft.pk, 1), {"version": draft.version, "remove": "1"})
    draft.refresh_from_db()
    assert len(draft.document["tasks"]) == count - 1
    answer = office.post(at("draft_tasks", draft.pk), {"version": draft.version})
    assert answer["Location"].endswith(f"/tasks/{count - 1}/")


def test_the_whole_text_tells_the_line(w, office):
    draft = draft_of(w)
    wrong = "slug: x\ntitle: 甲\nmoon: 1\n"
    page = office.post(at("draft_yaml", draft.pk), {"version": draft.version, "yaml": wrong}).content.decode()
    assert "第 3 行" in page and "moon" in page
    page = office.post(at("draft_yaml", draft.pk), {"version": draft.version + 1, "yaml": "a: [1"}).content.decode()
    assert "不是有效的 YAML" in page and "a: [1" in page


def test_exported_text_loads_to_the_same_call(w, office):
    text = office.get(at("call_yaml", w.call.pk)).content.decode()
    assert plain(read_text(text)[0]) == w.call.current_version.document


def test_a_copy_is_a_draft_first_and_then_a_call_of_its_own(w, office):
    sent = {"slug": "next-2026", "title": "下一年批次", "year": "2026", "opens": "2026-01-20"}
    assert office.post(at("copy_call", w.call.pk), sent).status_code == 302
    assert not Call.objects.filter(slug="next-2026").exists()
    draft = CallDraft.objects.get()
    assert draft.document["windows"]["apply"] == {"opens": "2026-01-20", "closes": "2026-03-06"}
    office.post(at("draft_apply", draft.pk), {"version": draft.version, "reason": "新一年批次"})
    made = Call.objects.get(slug="next-2026")
    assert made.tasks.count() == w.call.tasks.count()
    assert office.get(at("call_yaml", made.pk)).status_code == 200  # who applied it is its officer


@pytest.mark.parametrize(
    "sent, sentence",
    [
        ({"slug": "有空格 的"}, "标识只能用"),
        ({"year": "明年"}, "年度须为"),
        ({"opens": "明天"}, "2025-03-06"),
        ({"title": ""}, "请填写名称"),
    ],
)
def test_a_copy_with_bad_input_keeps_what_was_typed(w, office, sent, sentence):
    typed = {"slug": "next-2026", "title": "下一年批次", "year": "2026", "opens": ""} | sent
    answer = office.post(at("copy_call", w.call.pk), typed)
    page = answer.content.decode()
    assert answer.status_code == 422 and sentence in page
    assert all(f'value="{value}"' in page for value in typed.values())


@pytest.mark.parametrize("who", ["alice", "dora", "oscar", "erin", "sven"])
def test_others_read_nothing_and_a_forged_form_is_logged_once(w, client, who):
    draft = draft_of(w)
    client.force_login(getattr(w, who))
    for page in (at("draft", draft.pk), at("draft_yaml_file", draft.pk), at("call_yaml", w.call.pk)):
        assert client.get(page).status_code in (302, 404)
    before = Entry.objects.count()
    answer = client.post(at("draft_apply", draft.pk), {"version": draft.version, "reason": "理由"})
    assert answer.status_code == 403
    assert Entry.objects.count() == before + 1
    assert CallDraft.objects.filter(pk=draft.pk).exists()


def test_discarding_leaves_the_rules_alone(w, office):
    draft = edited(draft_of(w), lambda doc: doc.update(title="改过"))
    office.post(at("draft_discard", draft.pk))
    assert not CallDraft.objects.exists() and w.call.versions.count() == 1


def test_pages_ask_the_same_number_of_queries_with_more_tasks(w, office):
    draft = draft_of(w)
    page = at("draft_tasks", draft.pk)
    office.get(page)
    many = queries_of(lambda: office.get(page))
    edited(draft, lambda doc: doc.update(tasks=doc["tasks"][:1]))
    few = queries_of(lambda: office.get(page))
    assert len(few) == len(many) <= 12


def test_the_workflow_asks_who_applies(w):
    draft = edited(draft_of(w), lambda doc: doc.update(title="改过"))
    with pytest.raises(Refused) as refusal:
        apply_draft(draft, by=w.oscar, base_version=draft.version, reason="理由")
    assert refusal.value.status == 403
