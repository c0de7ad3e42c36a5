"""What each kind of answer accepts, when something is asked, how an answer reads."""

import pytest

from programmes.answers import asked, condition_words, problem_of, shown, text_of

CHOICES = ["甲", "乙"]


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("integer", ["0", "-3", "1,200", "１２"], ["1.5", "十二", "1e", "12人"]),
        ("decimal", ["0.250", "-1.5", "1e-9"], ["约3", "1.2.3", ""]),
        ("percent", ["0", "100", "35.5", "35.5%"], ["100.1", "-1", "半"]),
        ("date", ["2025-02-28"], ["2025-02-29", "去年", "2025-2-1x"]),
        ("choice", ["甲"], ["丙"]),
        ("multi", ["甲", "甲；乙"], ["甲；丙"]),
        ("yes_no", ["yes", "no"], ["maybe"]),
        ("phone", ["010-55500101", "+86 (10) 5550 0101", "13900001111"], ["电话", "12"]),
        ("email", ["a@example.com"], ["a@", "a.example.com"]),
        ("text", ["任何文字"], []),
        ("long_text", ["任何文字"], []),
    ],
)
def test_kinds(kind, good, bad):
    entry = {"key": "q", "label": "问题", "kind": kind, "choices": CHOICES if kind in ("choice", "multi") else []}
    assert {text: problem_of(entry, text) for text in good} == dict.fromkeys(good, "")
    for text in filter(None, bad):
        said = problem_of(entry, text)
        assert said.startswith("“问题”") and text in said and said.endswith("。")


def test_too_long_is_told_with_figures():
    said = problem_of({"key": "q", "label": "简介", "max_chars": 3}, "一二三四五")
    assert said == "“简介”有 5 字，超出 2 字，限 3 字。请精简。"


ENTRIES = [
    {"key": "a", "label": "甲问", "kind": "yes_no"},
    {"key": "b", "label": "乙问", "kind": "multi", "choices": CHOICES, "when": {"question": "a", "is": ["yes"]}},
    {"key": "c", "label": "丙问", "when": {"question": "b", "is": ["乙"]}},
]


@pytest.mark.parametrize(
    ("answers", "keys"),
    [
        ({}, "a"), ({"a": "no"}, "a"), ({"a": "yes"}, "ab"), ({"a": "yes", "b": ["甲"]}, "ab"),
        ({"a": "yes", "b": ["甲", "乙"]}, "abc"),
        ({"a": "no", "b": ["乙"], "c": "留着的"}, "a"),  # b is not asked, so its kept answer decides nothing
    ],
)  # fmt: skip
def test_what_depends_on_something_not_asked_is_not_asked(answers, keys):
    assert "".join(entry["key"] for entry in asked(ENTRIES, answers)) == keys


def test_conditions_and_answers_in_words():
    assert condition_words(ENTRIES[1]["when"], ENTRIES) == "“甲问”为“是”时填写"
    assert shown(ENTRIES[0], "no") == "否"
    assert shown(ENTRIES[1], text_of({"b": ["甲", "乙"]}, "b")) == "甲、乙"
    assert shown({"key": "n", "label": "数", "kind": "decimal", "unit": "万元"}, "12.50") == "12.50 万元"
    assert shown({"key": "n", "label": "比", "kind": "percent"}, "30") == "30%"
    assert shown({"key": "d", "label": "日", "kind": "date"}, "2025-03-06") == "2025年3月6日"
    assert shown({"key": "d", "label": "日", "kind": "date"}, "去年") == "去年"
