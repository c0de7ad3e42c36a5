"""The importer in the back office: upload, preview, confirm; who may, what a forged or a late form gets."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.models import User
from applications import access
from audit.models import Entry
from programmes.loader import load_document
from programmes.models import CallVersion, TaskImport
from tests.programmes.documents import small_document
from tests.programmes.importing import notices

pytestmark = pytest.mark.django_db
BACKEND = "django.contrib.auth.backends.ModelBackend"


@pytest.fixture
def olga(call, officer, client):
    """An officer of the whole call, signed in."""
    access.grant_call(officer, call)
    client.force_login(officer, backend=BACKEND)
    return officer


def upload_url(call) -> str:
    return reverse("admin:programmes_import_upload", args=[call.pk])


def preview_url(draft) -> str:
    return reverse("admin:programmes_import_preview", args=[draft.call_id, draft.pk])


def send(client, call, text=notices.CHAPTERS, name="通知.txt"):
    return client.post(upload_url(call), {"file": SimpleUploadedFile(name, text.encode())})


@pytest.fixture
def draft(client, call, olga):
    assert send(client, call).status_code == 302
    return TaskImport.objects.get()


def form(draft, take=(0, 1), **changes) -> dict:
    draft.call.refresh_from_db()
    return {
        "base": draft.call.current_version_id,
        "key": "one",
        "take": [str(at) for at in take],
        "reason": "某科发〔2031〕1号",
    } | changes


def test_uploading_reads_and_writes_nothing(client, call, draft):
    assert CallVersion.objects.count() == 1 and draft.version is None
    page = client.get(preview_url(draft)).content.decode()
    for words in (
        "悬浮菜畦自动播种机",
        "漏播率≤0.5%",
        "可收录",
        "存疑",
        "目标中没有可以提出的指标。",
        "没有写明比较方式",
        "第 5 行",
    ):
        assert words in page
    assert page.count('name="take"') == 4 and page.count(" checked") == 1 + 2, "all shown; the two taken ones ticked"
    assert "通知.txt" in client.get(upload_url(call)).content.decode()


def test_confirming_writes_what_is_ticked_with_what_was_typed(client, call, draft):
    sent = form(draft, (0, 2), **{"title-2": "高压面团发酵罐（二型）", "field-2": "甲领域", "category-2": "新类"})
    assert client.post(preview_url(draft), sent).status_code == 302
    call.refresh_from_db()
    task = next(task for task in call.spec.tasks.values() if task.title.endswith("（二型）"))
    assert (task.field, call.spec.categories[task.category]) == ("a", "新类")
    assert not any(task.title == "雾滴灌溉控制器" for task in call.spec.tasks.values())
    draft.refresh_from_db()
    assert (draft.written, draft.version, draft.confirmed_by.username) == (2, call.current_version, "olga")
    assert Entry.objects.for_object(call).get(action="import_tasks").data["reason"] == "某科发〔2031〕1号"
    page = client.get(preview_url(draft)).content.decode()
    assert "已写入 2 项任务" in page and 'name="take"' not in page


def test_a_second_click_gives_the_first_result(client, call, draft):
    sent = form(draft)
    assert client.post(preview_url(draft), sent).status_code == 302
    assert client.post(preview_url(draft), sent).status_code == 302
    assert call.versions.count() == 2


def test_somebody_else_who_confirms_later_gets_409(client, call, draft):
    client.post(preview_url(draft), form(draft))
    other = User.objects.create_user("otto", name="主管乙", role=User.Role.OFFICER)
    access.grant_call(other, call)
    client.force_login(other, backend=BACKEND)
    answer = client.post(preview_url(draft), form(draft))
    assert answer.status_code == 409 and "主管甲已经确认写入" in answer.content.decode()


def test_a_call_that_changed_meanwhile_is_looked_at_again(client, call, draft):
    sent = form(draft, (1,))
    document = small_document() | {"title": "改过的批次"}
    load_document(document, force=True)
    answer = client.post(preview_url(draft), sent)
    page = answer.content.decode()
    assert answer.status_code == 409 and "已经变动" in page
    assert 'value="1" checked' in page and 'value="0" checked' not in page and "某科发〔2031〕1号" in page
    assert client.post(preview_url(draft), form(draft, (1,))).status_code == 302
    call.refresh_from_db()
    assert call.title == "改过的批次" and len(call.spec.tasks) == 4


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [({"reason": " "}, "请写明写入的依据"), ({"take": []}, "没有勾选"), ({"take": ["99", "x", "-1"]}, "没有勾选")],
)
def test_what_is_missing_is_told_and_the_ticks_stay(client, call, draft, changes, sentence):
    answer = client.post(preview_url(draft), form(draft) | changes)
    assert answer.status_code == 422 and sentence in answer.content.decode()
    assert call.versions.count() == 1


def test_a_refused_row_cannot_be_forged_in(client, call, olga):
    send(client, call, notices.BROKEN)
    draft = TaskImport.objects.get()
    answer = client.post(preview_url(draft), form(draft, (4,), **{"title-4": "伪造的任务"}))
    assert answer.status_code == 422 and call.versions.count() == 1


def test_a_wrong_file_gets_its_sentence(client, call, olga):
    answer = client.post(upload_url(call), {"file": SimpleUploadedFile("任务.xlsx", b"%PDF-1.4")})
    assert answer.status_code == 422 and "PDF文件" in answer.content.decode()
    assert client.post(upload_url(call), {}).status_code == 422
    assert not TaskImport.objects.exists()


def test_hostile_words_are_shown_as_words(client, call, olga):
    send(client, call, notices.CHAPTERS.replace("悬浮菜畦", "<script>alert(1)</script>"), name="<b>.txt")
    page = client.get(preview_url(TaskImport.objects.get())).content.decode()
    assert "<script>alert" not in page and "<b>.txt" not in page


@pytest.mark.parametrize("role", ["expert", "system_admin", "supervisor", "officer"])
def test_strangers_get_403_and_an_entry(client, call, draft, role):
    stranger = User.objects.create_user("x", name="别人", role=role)
    client.force_login(stranger, backend=BACKEND)
    template = reverse("admin:programmes_import_template", args=[call.pk])
    for url in (upload_url(call), preview_url(draft), template):
        assert client.get(url).status_code == 403
    assert client.post(preview_url(draft), form(draft)).status_code == 403
    assert send(client, call).status_code == 403
    assert TaskImport.objects.count() == 1 and call.versions.count() == 1
    assert Entry.objects.for_object(call).filter(action="import_tasks", outcome="refused").count() == 2


def test_an_officer_of_one_field_does_not_import(client, call, draft):
    other = User.objects.create_user("oscar", name="主管丙", role=User.Role.OFFICER)
    access.grant_field(other, call.fields.first())
    client.force_login(other, backend=BACKEND)
    assert client.post(preview_url(draft), form(draft)).status_code == 403


def test_an_import_of_another_call_is_not_there(client, call, draft):
    assert client.get(reverse("admin:programmes_import_preview", args=[call.pk + 1, draft.pk])).status_code == 404


def test_the_template_is_a_workbook(client, call, olga):
    answer = client.get(reverse("admin:programmes_import_template", args=[call.pk]))
    assert answer.content.startswith(b"PK") and "tasks.xlsx" in answer["Content-Disposition"]


@pytest.mark.parametrize("tasks", [2, 60])
def test_the_preview_costs_the_same_for_two_tasks_and_sixty(client, call, olga, django_assert_max_num_queries, tasks):
    lines = ["一、云端种植"]
    for number in range(1, tasks + 1):
        lines += [
            f"任务{number} 第{number}号种植机",
            "研究内容：研制。",
            f"考核指标：速度≥{number}m/s；重量<{number}kg。",
        ]
    send(client, call, "\n".join(lines))
    draft = TaskImport.objects.get()
    client.get(preview_url(draft))
    with django_assert_max_num_queries(16):
        assert client.get(preview_url(draft)).content.decode().count('name="take"') == tasks
