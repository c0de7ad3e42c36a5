"""Differences: the words that went and came, whole texts kept, rows matched by their name."""

import time

from hypothesis import given, settings
from hypothesis import strategies as st

from applications.diff import ADD, CUT, SAME, compare, words

TEXTS = st.text(alphabet="量子重力仪 。，\n12.5abc", max_size=60)


@settings(max_examples=200, deadline=None)
@given(TEXTS, TEXTS)
def test_the_runs_say_both_texts_whole(old, new):
    left, right = words(old, new)
    assert "".join(text for _, text in left) == old
    assert "".join(text for _, text in right) == new
    assert {kind for kind, _ in left} <= {SAME, CUT} and {kind for kind, _ in right} <= {SAME, ADD}
    if old == new:
        assert all(kind == SAME for kind, _ in left)


def test_a_sentence_in_chinese():
    left, right = words(
        "拟开展多次流动测量试验，验证测量误差。", "拟开展三次流动测量试验，沿皖中路线观测，验证测量误差。"
    )
    assert [text for kind, text in left if kind == CUT] == ["多"]
    assert [text for kind, text in right if kind == ADD] == ["三", "沿皖中路线观测，"]


def test_a_figure_is_one_word():
    _, right = words("部署时间 0.2 小时", "部署时间 1.5 小时")
    assert [text for kind, text in right if kind == ADD] == ["1.5"]


def test_twenty_thousand_characters_take_no_time():
    old, new = "量子重力仪研制" * 3000, "原子干涉仪测试" * 3000
    started = time.perf_counter()
    words(old, new)
    assert time.perf_counter() - started < 2


def content(**sections) -> dict:
    types = {"team": "team", "questions": "questions", "attachments": "attachments"}
    options = {"questions": {"questions": [{"key": "risks", "label": "风险"}]}}
    form = [{"key": key, "type": types[key], "title": key, "options": options.get(key, {})} for key in types]
    files = sections.pop("attachments", [])
    return {"form": form, "sections": sections, "indicators": [], "commitments": {}, "attachments": files}


def member(name, **more):
    return {"name": name, "employer": "江畔研究院", "months": "9"} | more


def test_an_inserted_person_changes_nobody_else():
    old = content(team={"rows": [member("沈知远"), member("许澄")]})
    new = content(team={"rows": [member("沈知远"), member("程牧云"), member("许澄", months="6")]})
    changes = compare(old, new).changes
    assert [change.label for change in changes] == ["程牧云", "许澄"]
    assert changes[0].old == [] and changes[1].new[-1] == (ADD, "6")


def test_two_people_of_one_name_are_two():
    old = content(team={"rows": [member("王伟"), member("王伟")]})
    new = content(team={"rows": [member("王伟"), member("王伟", months="3")]})
    assert [change.label for change in compare(old, new).changes] == ["王伟（2）"]


def test_a_file_of_the_same_name_with_another_content_is_a_change():
    def file(sha):
        return {"kind_label": "协议", "name": "协议.pdf", "size": 2048, "pages": 5, "sha256": sha * 64}

    changes = compare(content(attachments=[file("a")]), content(attachments=[file("b")])).changes
    assert len(changes) == 1 and changes[0].section == "attachments"


def test_a_section_that_a_former_form_had_is_shown_as_gone():
    old, new = content(questions={"answers": {"risks": "有风险"}}), content()
    assert [(change.section, change.old) for change in compare(old, new).changes] == [("questions", [(CUT, "有风险")])]
