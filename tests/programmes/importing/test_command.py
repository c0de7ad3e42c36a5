"""import_tasks: what it prints, what it writes, and that the same file again writes nothing."""

import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from audit.models import Entry
from programmes.importing.files import read_tasks
from programmes.importing.plan import CHANGED, NEW, SAME, Plan
from programmes.models import CallVersion
from tests.programmes.importing import notices
from tests.programmes.importing.helpers import workbook

pytestmark = pytest.mark.django_db


@pytest.fixture
def notice(tmp_path):
    file = tmp_path / "notice.txt"
    file.write_text(notices.CHAPTERS, encoding="utf-8")
    return file


def run(*args) -> str:
    out = StringIO()
    call_command("import_tasks", *map(str, args), stdout=out)
    return out.getvalue()


def result(*args) -> dict:
    return json.loads(run(*args, "--json"))


def test_a_dry_run_shows_all_and_writes_nothing(call, notice):
    shown = result(call.slug, notice, "--dry-run")
    assert (shown["found"], shown["taken"], shown["doubtful"], shown["refused"]) == (4, 2, 2, 0)
    assert shown["new"] == 4 and shown["left_alone"] == call.tasks.count()
    first = shown["tasks"][0]
    assert (first["title"], first["field"], first["owner"]) == (
        "悬浮菜畦自动播种机",
        "云端种植",
        "甲乙丙丁农机有限公司",
    )
    assert first["indicators"][1] == {
        "name": "漏播率", "comparator": "<=", "value": 0.5, "unit": "%", "conditions": "", "text": "漏播率≤0.5%",
    }  # fmt: skip
    assert (first["status"], first["why"], first["line"]) == ("taken", [], 5)
    assert CallVersion.objects.count() == 1


def test_taken_rows_become_tasks_of_a_new_version_and_once_only(call, notice):
    said = run(call.slug, notice, "--force")
    assert "已写入 2 项任务" in said
    call.refresh_from_db()
    spec = call.spec
    task = next(task for task in spec.tasks.values() if task.title == "雾滴灌溉控制器")
    assert spec.field(task.field).name == "云端种植"
    assert [(one.comparator, one.value, one.unit) for one in task.indicators][2:] == [(">=", 1000, "小时")]
    assert call.tasks.filter(title="雾滴灌溉控制器", retired=False).exists()
    assert call.tasks.filter(retired=False).count() == len(spec.tasks)
    assert Entry.objects.for_object(call).get(action="import_tasks").data["rows"] == 2
    assert "没有新的任务" in run(call.slug, notice, "--force")
    assert call.versions.count() == 2


def test_doubtful_rows_only_when_asked(call, notice):
    run(call.slug, notice, "--force", "--with-doubtful")
    call.refresh_from_db()
    assert {"高压面团发酵罐", "水下烤箱"} <= {task.title for task in call.spec.tasks.values()}
    again = result(call.slug, notice, "--force", "--with-doubtful")
    assert (again["new"], again["same"], again["changed"]) == (0, 4, 0)
    assert call.versions.count() == 2


def test_differences_are_shown_and_written_only_with_update(call, notice):
    run(call.slug, notice, "--force")
    notice.write_text(notices.CHAPTERS.replace("漏播率≤0.5%", "漏播率≤0.3%"), encoding="utf-8")
    shown = result(call.slug, notice, "--dry-run")
    assert shown["changed"] == 1
    assert "漏播率≤0.3%" in shown["tasks"][0]["differences"][0] and "漏播率≤0.5%" in shown["tasks"][0]["differences"][0]
    run(call.slug, notice, "--force")
    assert call.versions.count() == 2, "changed ones are not written by themselves"
    run(call.slug, notice, "--force", "--update")
    call.refresh_from_db()
    task = next(task for task in call.spec.tasks.values() if task.title == "悬浮菜畦自动播种机")
    assert str(task.indicators[1].value) == "0.3"


def test_a_live_call_needs_force(call, notice):
    from jbgs.lib import clock
    from tests.programmes.documents import at

    with clock.travel(at("2025-03-05 09:00")), pytest.raises(CommandError, match="--force"):
        run(call.slug, notice)
    assert call.versions.count() == 1


@pytest.mark.parametrize(
    ("args", "sentence"),
    [(["nowhere", "FILE"], "没有批次"), (["small", "nothing.txt"], "读不到"), ([], "请写明批次和文件")],
)
def test_what_is_missing_is_told(call, notice, args, sentence):
    args = [str(notice) if arg == "FILE" else call.slug if arg == "small" else arg for arg in args]
    with pytest.raises(CommandError, match=sentence):
        run(*args)


def test_an_unknown_call_can_still_be_looked_at(notice):
    shown = result("nowhere", notice, "--dry-run")
    assert shown["found"] == 4 and "只作预览" in shown["notes"][-1]


def test_a_wrong_file_is_told(call, tmp_path):
    file = tmp_path / "x.pdf"
    file.write_bytes(b"%PDF-1.7")
    with pytest.raises(CommandError, match="PDF文件"):
        run(call.slug, file)


def test_the_template_is_written(tmp_path):
    run("--template", tmp_path / "t.xlsx")
    assert (tmp_path / "t.xlsx").read_bytes().startswith(b"PK")


def test_a_code_that_the_call_uses_for_another_task(call):
    used = next(iter(call.spec.tasks))
    data = workbook(("任务", [["任务编号", "任务名称", "考核指标"], [used, "完全不同的名称", "寿命≥3年"]]))
    entry = Plan(read_tasks(data, "n.xlsx"), call.current_version.document).entries[0]
    assert (entry.status, entry.change) == ("doubtful", CHANGED)
    assert "已用于" in entry.row.why[-1]


def test_a_task_is_found_again_by_its_name(call):
    task = next(iter(call.spec.tasks.values()))
    data = workbook(("任务", [["任务编号", "任务名称", "考核指标"], ["ZZ-9", f" {task.title} ", "寿命≥3年"]]))
    entry = Plan(read_tasks(data, "n.xlsx"), call.current_version.document).entries[0]
    assert (entry.change, entry.task["code"]) == (CHANGED, task.code)


def test_a_long_content_is_kept_in_pieces(call):
    content = "研究内容甚多。" * 150
    data = workbook(("任务", [["任务名称", "研究内容", "考核指标", "领域"], ["长任务", content, "寿命≥3年", "新领域"]]))
    plan = Plan(read_tasks(data, "n.xlsx"), call.current_version.document)
    task = plan.entries[0].task
    assert task["summary"] + "".join(piece["text"] for piece in task["details"]) == content
    assert (plan.entries[0].change, plan.counted(SAME), plan.counted(NEW)) == (NEW, 0, 1)
