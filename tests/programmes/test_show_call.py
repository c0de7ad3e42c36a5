"""show_call: exactly the keys that the README promises, exact values, and a text for people."""

import json
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from programmes.loader import load_document, read_document
from programmes.showing import call_as_text

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown(call, capsys):
    call_command("show_call", "small-2025", json=True)
    return capsys.readouterr().out


def test_the_keys_are_those_of_the_issue(shown):
    data = json.loads(shown)
    assert list(data) == ["slug", "title", "fields", "windows", "limits"]
    assert all(set(field) == {"name", "tasks"} for field in data["fields"])
    tasks = [task for field in data["fields"] for task in field["tasks"]]
    assert all(set(task) == {"code", "title", "category", "indicators"} for task in tasks)
    indicators = [indicator for task in tasks for indicator in task["indicators"]]
    assert all(set(indicator) == {"name", "comparator", "value", "unit"} for indicator in indicators)


def test_the_content(shown):
    data = json.loads(shown)
    assert data["fields"][0] == {
        "name": "甲领域",
        "tasks": [
            {
                "code": "A-1",
                "title": "第一项任务",
                "category": "核心基础",
                "indicators": [
                    {"name": "规模", "comparator": ">=", "value": 1000, "unit": "个"},
                    {"name": "误差", "comparator": "<=", "value": 0.25, "unit": "m³"},
                ],
            },
            {
                "code": "A-2",
                "title": "第二项任务",
                "category": "重点产品",
                "indicators": [
                    {"name": "频段", "comparator": "range", "value": [1, 9], "unit": "GHz"},
                    {"name": "稳定性", "comparator": "<=", "value": 1e-11, "unit": ""},
                ],
            },
        ],
    }
    assert data["fields"][1]["tasks"][0]["indicators"][0]["value"] is None
    assert data["windows"]["apply"] == {
        "opens_at": "2025-03-01T00:00:00+08:00",
        "closes_at": "2025-03-07T00:00:00+08:00",
        "closes_text": "2025年3月6日 24:00",
    }
    assert data["limits"] == {
        "recommend": {"limit": 2, "scope": ["task", "recommender"], "force": "soft"},
        "partners_at_most": {"limit": 4, "scope": ["application"], "force": "hard"},
    }


def test_numbers_stand_in_the_json_as_people_write_them(shown):
    assert '"value": 0.25,' in shown and '"value": 1000,' in shown


def test_the_text_for_people(call, capsys):
    call_command("show_call", "small-2025")
    said = capsys.readouterr().out
    assert "推荐：每个榜单任务、推荐单位 原则上不超过 2 个" in said
    assert "甲领域（2 项）" in said and "规模  ≥ 1000 个" in said and "频段  1—9 GHz" in said


def test_an_unknown_slug_names_the_known_ones(call):
    with pytest.raises(CommandError, match="没有批次“x”。已载入的批次：small-2025"):
        call_command("show_call", "x")


def test_the_text_says_the_calls_words_parts_and_ceilings(db):
    """In the order of the story, whatever the order in the file; the seventh call has words for everything."""
    document = read_document(Path(__file__).parent / "seventh.yaml")
    said = call_as_text(load_document(document).call.spec)
    ends = [line.partition("：")[0] for line in said.splitlines()[3:10]]
    assert ends == ["单位申报", "推荐", "形式审查", "评审", "推荐", "立项", "通过验收"]
    assert "推荐：每个归口单位、工程方向 原则上不超过 3 个，说明理由的不超过 5 个" in said
    assert "［监测终端］连续监测时长  ≥ 72 小时" in said and "      服务规范  形成" in said
    assert "单独规定　立项：每个示范任务 硬性不超过 2 个" in said
