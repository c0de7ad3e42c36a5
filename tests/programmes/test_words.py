"""The vocabulary of labels is closed, documented and spoken; the summary table is data that the call can fill."""

import copy
from pathlib import Path

import pytest

from programmes.loader import read_document
from programmes.parse import parse_document
from programmes.schema import problems_of
from programmes.words import LABELS, SUMMARY_COLUMNS, word_of
from tests.programmes.documents import small_document

ROOT = Path(__file__).parents[2]
GUIDE = (ROOT / "docs/programme-format.md").read_text(encoding="utf-8")
CHAPTER = GUIDE.partition("## Words and tables")[2].partition("\n## ")[0]
FIXTURES = sorted((ROOT / "fixtures/programmes").glob("*.yaml"))


def problems(**changes) -> list[str]:
    return [problem.sentence for problem in problems_of(copy.deepcopy(small_document()) | changes)]


def test_the_guide_has_every_label_with_its_default_and_every_column():
    missing = [key for key, label in LABELS.items() if f"| `{key}` | {label.word} |" not in CHAPTER]
    missing += [code for code, head in SUMMARY_COLUMNS.items() if f"| `{code}` | {head} |" not in CHAPTER]
    assert missing == []


def test_an_unknown_label_is_refused_and_the_near_one_named():
    (sentence,) = problems(labels={"shortlistd": "立项"})
    assert "labels.shortlistd" in sentence and "shortlisted（相近）" in sentence
    assert problems(labels={"shortlisted": "立项"}) == []


def test_a_label_is_the_calls_own_else_the_default_else_the_key():
    spec = parse_document(small_document() | {"labels": {"task": "指南方向"}})
    assert (spec.label("task"), spec.label("lead"), spec.label("moon")) == ("指南方向", "牵头单位", "moon")
    assert spec.label("lead", "申报单位") == "申报单位", "a screen may know a better default"
    assert word_of("evaluation") == "测评"


@pytest.mark.parametrize("file", FIXTURES, ids=lambda file: file.stem)
def test_no_fixture_speaks_a_word_that_nobody_knows(file):
    assert set(read_document(file).get("labels", {})) <= set(LABELS)


def table(*columns) -> dict:
    return {"summary_table": {"columns": list(columns)}}


def test_columns_are_known_and_can_be_filled():
    assert problems(**table({"code": "number"}, {"code": "title", "heading": "名称"}, {"code": "partners"})) == []
    (unknown,) = problems(**table({"code": "moon"}))
    assert "summary_table.columns[0].code" in unknown and "acceptance_no" in unknown and "answers." in unknown
    (no_team,) = problems(**table({"code": "leader"}))
    assert "没有 team 部分" in no_team
    (twice,) = problems(**table({"code": "title"}, {"code": "title"}))
    assert "没有用过的编码" in twice
    (no_table,) = problems(**table({"code": "direction_units", "section": "project", "column": "unit"}))
    assert "summary_table.columns[0].section" in no_table
    (no_question,) = problems(**table({"code": "answers.project.moon"}))
    assert "申报书中的问题" in no_question


def test_a_call_without_tasks_has_no_column_of_them():
    document = copy.deepcopy(small_document())
    del document["tasks"], document["fields"], document["categories"]
    document["quotas"] = {}
    sentences = [problem.sentence for problem in problems_of(document | table({"code": "task_code"}))]
    assert len(sentences) == 1 and "没有榜单任务" in sentences[0]


def test_a_question_of_the_form_may_be_a_column():
    document = copy.deepcopy(small_document())
    questions = [{"key": "price", "label": "经费需求", "kind": "decimal"}]
    document["form"] += [{"key": "more", "type": "questions", "title": "其他", "options": {"questions": questions}}]
    assert problems_of(document | table({"code": "answers.more.price"})) == []
    spec = parse_document(document | table({"code": "answers.more.price"}))
    assert [column.code for column in spec.summary_table.columns] == ["answers.more.price"]
