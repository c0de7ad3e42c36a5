"""Loading: the same content writes nothing, other content a version; what is in use is retired, not deleted."""

import copy
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command

from applications.models import Application
from jbgs.lib import clock
from programmes.loader import CallIsOpen, InvalidDocument, load_document, load_programme, read_document
from programmes.models import Call, CallVersion, Field, Programme, Task
from tests.programmes.documents import SMALL, at, small_document

pytestmark = pytest.mark.django_db


def without(document: dict, code: str) -> dict:
    """The document without one task."""
    changed = copy.deepcopy(document)
    changed["tasks"] = [task for task in changed["tasks"] if task["code"] != code]
    return changed


def test_a_call_its_fields_and_tasks_become_rows(call):
    assert (call.slug, call.year, call.programme.slug) == ("small-2025", 2025, "small")
    assert list(call.fields.values_list("code", "name", "order")) == [("a", "甲领域", 1), ("b", "乙领域", 2)]
    rows = call.tasks.values_list("code", "field__code", "category", "summary", "order")
    assert list(rows) == [
        ("A-1", "a", "core", "做出样机", 1),
        ("A-2", "a", "product", "", 2),
        ("B-1", "b", "core", "", 3),
    ]
    assert call.fields.get(code="a").contact == {"office": "一处", "phone": "010-1"}
    assert call.current_version.number == 1


def test_the_spec_has_exact_values_and_the_order_of_the_document(call):
    spec = Call.objects.get(pk=call.pk).spec
    assert list(spec.categories) == ["product", "core"]
    assert spec.tasks["A-1"].indicator("i2").value == Decimal("0.250")
    assert spec.tasks["A-1"].indicator("i2").target_text == "≤ 0.250 m³"
    assert spec.tasks["A-2"].indicator("i1").value == (Decimal(1), Decimal(9))
    assert spec.tasks["A-2"].indicator("i2").value == Decimal("1E-11")
    assert spec.flow.recommendation and spec.flow.publicity_days == 5
    assert spec.quotas["recommend"].scope == ("task", "recommender")
    assert [criterion.weight for criterion in spec.review.criteria] == [60, 40]
    assert spec.form.of_type("partners").required is False
    with pytest.raises(KeyError):
        spec.tasks["A-1"].indicator("i9")


def test_the_same_content_writes_nothing(call):
    loaded = load_document(small_document())
    assert not loaded.created
    assert loaded.version == call.current_version
    assert (CallVersion.objects.count(), Task.objects.count(), Programme.objects.count()) == (1, 3, 1)


def test_the_order_of_keys_and_comments_change_nothing(call):
    document = dict(reversed(small_document().items()))
    assert not load_document(document).created


def test_other_content_adds_a_version_and_keeps_the_old_one(call):
    changed = small_document()
    changed["title"] = "小型批次（改）"
    loaded = load_document(changed)
    assert loaded.created and loaded.version.number == 2
    assert loaded.call.pk == call.pk and loaded.call.spec.title == "小型批次（改）"
    assert call.versions.get(number=1).spec.title == "小型批次"


def test_a_version_is_never_written_again(call):
    version = call.current_version
    version.number = 9
    with pytest.raises(ValidationError):
        version.save()
    assert CallVersion.objects.get(pk=version.pk).number == 1


def test_a_task_that_is_gone_and_unused_is_deleted(call):
    load_document(without(small_document(), "A-2"))
    assert list(call.tasks.values_list("code", "order")) == [("A-1", 1), ("B-1", 2)]


def test_a_task_and_a_field_in_use_are_retired_and_can_come_back(call, monkeypatch):
    monkeypatch.setattr("programmes.loader.in_use", lambda row: getattr(row, "code", "") == "B-1")
    changed = without(small_document(), "B-1")
    changed["fields"] = changed["fields"][:1]
    load_document(changed, force=True)
    assert Task.objects.get(code="B-1").retired and Field.objects.get(code="b").retired
    load_document(small_document(), force=True)
    assert not Task.objects.get(code="B-1").retired and not Field.objects.get(code="b").retired


def test_a_task_moves_to_another_field_and_the_empty_field_goes(call):
    before = Task.objects.get(code="B-1").pk
    changed = small_document()
    changed["tasks"][2]["field"] = "a"
    changed["fields"] = changed["fields"][:1]
    load_document(changed)
    assert Task.objects.get(code="B-1").pk == before
    assert list(Field.objects.values_list("code", flat=True)) == ["a"]


@pytest.mark.parametrize(
    ("moment", "open_"),
    [("2025-02-28 23:59:59", False), ("2025-03-01", True), ("2025-03-06 23:59:59", True), ("2025-03-07", False)],
)
def test_an_open_call_changes_only_by_force(call, moment, open_):
    changed = small_document()
    changed["title"] = "小型批次（改）"
    with clock.travel(at(moment)):
        if open_:
            with pytest.raises(CallIsOpen, match="small-2025"):
                load_document(changed)
            assert Call.objects.get().current_version.number == 1
        assert load_document(changed, force=open_).version.number == 2


def test_an_unchanged_open_call_loads_without_force(call):
    with clock.travel(at("2025-03-02")):
        assert not load_document(small_document()).created


def test_a_call_with_applications_changes_only_by_force_and_keeps_what_they_use(call, unit, officer):
    moment = at("2025-03-02")
    Application.objects.create(
        call=call, call_version=call.current_version, task=call.tasks.get(code="B-1"), unit=unit, created_by=officer,
        created_at=moment, state_since=moment,
    )  # fmt: skip
    changed = without(small_document(), "B-1")
    changed["fields"] = changed["fields"][:1]
    with pytest.raises(CallIsOpen):
        load_document(changed)
    load_document(changed, force=True)
    assert Task.objects.get(code="B-1").retired and Field.objects.get(code="b").retired
    assert Application.objects.get().call_version.spec.tasks["B-1"].title == "第三项任务"


def test_an_invalid_document_writes_nothing():
    with pytest.raises(InvalidDocument, match="year"):
        load_document(small_document() | {"year": "x"})
    assert not Call.objects.exists()


def test_a_stored_document_loads_again(call):
    stored = Call.objects.get().current_version.document
    assert stored["tasks"][0]["indicators"][1]["value"] == "0.250"
    assert not load_document(stored).created


def test_the_commands_say_what_they_did(tmp_path, capsys):
    file = tmp_path / "small.yaml"
    file.write_text(SMALL, encoding="utf-8")
    call_command("load_programme", str(file))
    call_command("load_programme", str(file))
    file.write_text(SMALL.replace("小型批次", "小型批次二"), encoding="utf-8")
    call_command("load_programme", str(file))
    said = capsys.readouterr().out.splitlines()
    assert [line.split("：")[0] for line in said] == ["已载入", "内容未变，没有写入", "已更新"]
    assert "small-2025 第 1 版，2 个领域，3 项任务" in said[0]
    file.write_text(SMALL.replace("slug: small-2025", "slag: small-2025"), encoding="utf-8")
    with pytest.raises(CommandError, match="slag：没有这个键，其值为 “small-2025”；应为slug"):
        call_command("load_programme", str(file))


def test_the_command_names_force_for_an_open_call(call, tmp_path):
    file = tmp_path / "small.yaml"
    file.write_text(SMALL.replace("小型批次", "小型批次二"), encoding="utf-8")
    with clock.travel(at("2025-03-02")):
        with pytest.raises(CommandError, match="--force"):
            call_command("load_programme", str(file))
        call_command("load_programme", str(file), force=True)
    assert Call.objects.get().spec.title == "小型批次二"


def test_the_call_of_2025_loads_and_is_what_the_notice_says():
    from tests.programmes.test_miit_fixture import FIXTURE

    call = load_programme(FIXTURE).call
    spec = call.spec
    assert [(field.name, len(spec.tasks_of(field.code))) for field in spec.fields] == [
        ("量子科技", 17), ("原子级制造", 19), ("清洁氢", 22),
    ]  # fmt: skip
    assert list(spec.categories.values()) == ["核心基础", "重点产品", "公共支撑", "示范应用"]
    assert spec.windows["apply"].closes_at == at("2025-03-07 00:00")
    assert spec.windows["apply"].closes_text == "2025年3月6日 24:00"
    assert spec.windows["recommend"].closes_at == at("2025-03-21 00:00")
    limits = {code: (quota.limit, quota.force) for code, quota in spec.quotas.items()}
    assert limits == {"recommend": (2, "soft"), "shortlist": (5, "soft"), "award": (3, "soft")}
    assert spec.quotas["recommend"].scope == ("task", "recommender")
    assert sum(criterion.weight for criterion in spec.review.criteria) == 100
    assert (spec.clocks["work"].count, spec.clocks["work"].unit) == (2, "years")
    assert len(spec.form.of_type("targets").options["rows"]) == 11
    assert read_document(FIXTURE) == call.current_version.document
