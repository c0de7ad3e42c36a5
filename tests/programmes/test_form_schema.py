"""Slips in the sections of a form: one sentence with the place, what stands there, what was expected."""

from pathlib import Path

import pytest

from programmes.form_schema import OPTIONS, QUESTION_KINDS
from programmes.reader import read_text
from programmes.schema import problems_of
from programmes.words import SECTION_TYPES
from tests.applications.sections_help import FORM, sections_document

GUIDE = Path(__file__).parents[2] / "docs/programme-format.md"


def test_the_guides_examples_load_and_name_every_option():
    chapter = GUIDE.read_text().partition("## Sections of the form")[2].partition("\n## ")[0]
    form = read_text(chapter.partition("```yaml\n")[2].partition("```")[0])[0]
    assert problems_of(sections_document(form=form, requirements=[])) == []
    assert {section["type"] for section in form} == set(SECTION_TYPES)
    for section in form:
        asked = set(OPTIONS[section["type"]].entries)
        assert asked <= set(section["options"]) | {"signer"}, section["key"]
    questions = [question for section in form for question in section["options"].get("questions", [])]
    assert {question.get("kind", "long_text") for question in questions} == set(QUESTION_KINDS)


def sentences(old: str, new: str) -> list[str]:
    assert old in FORM
    document = sections_document(form=read_text(FORM.replace(old, new, 1))[0])
    return [problem.sentence for problem in problems_of(document)]


def test_the_form_is_valid():
    assert problems_of(sections_document()) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("kind: integer, unit", "kind: number, unit",
         "form[1].options.questions[2].kind：现为 “number”，应为以下之一：long_text、text、integer"),
        ("when: {question: level, is", "when: {question: levels, is",
         "form[1].options.questions[7].when.question：现为 “levels”，应为前面一个问题的键：intro、site"),
        ("when: {question: level, is", "when: {question: human, is",
         "form[1].options.questions[7].when.question：现为 “human”，应为前面一个问题的键"),
        ("when: {question: level, is", "when: {question: people, is",
         "form[1].options.questions[7].when.question：现为 “people”，应为choice、multi、yes_no 或 text 类的问题"),
        ("is: [其他]", "is: [别的]",
         "form[1].options.questions[7].when.is[0]：现为 “别的”，应为“成果水平”的选项：国际领先、国内领先、其他"),
        ('question: human, is: ["yes"]}}', "question: human, is: [是]}}",
         "form[1].options.questions[11].when.is[0]：现为 “是”，应为“是否涉及人体研究”的选项：yes、no"),
        ("kind: choice, choices: [国际领先, 国内领先, 其他]", "kind: choice",
         "form[1].options.questions[6].choices：现为 空，应为仅 choice、multi 类须列出的选项"),
        ("kind: text, max_chars: 20", "kind: text, choices: [一], max_chars: 20",
         "form[1].options.questions[1].choices：现为 1 项的列表，应为仅 choice、multi 类须列出的选项"),
        ("choices: [工厂, 矿山", "choices: [工厂；厂房, 矿山",
         "form[1].options.questions[8].choices[0]：现为 “工厂；厂房”，应为不含“；”的文字"),
        ("when: {section: about, question: human", "when: {section: rights, question: human",
         "form[2].when.section：现为 “rights”，应为前面一节的键：project、about"),
        ("when: {section: about, question: human", "when: {section: about, question: sex",
         "form[2].when.question：现为 “sex”，应为前面一个问题的键"),
        ("when: {section: about, question: human", "when: {section: project, question: title",
         "form[2].when.question：现为 “title”，应为前面一个问题的键：（没有）"),
        ("when: {category: [core]}", "when: {category: [kern]}",
         "form[4].when.category[0]：现为 “kern”，应为categories 中的编码：product、core"),
        ("when: {category: [core]}", "when: {category: [core], section: about}",
         "form[4].when：现为 键值对，应为category，或 section、question 和 is 三项"),
        ("when: {category: [core]}", "when: {section: about}",
         "form[4].when：现为 键值对，应为category，或 section、question 和 is 三项"),
        ("least: 1", "least: 61", "form[3].options.least：现为 “61”，应为不大于 most（60）"),
        ("term: dates, most_years: 3", "most_years: 3", "form[0].options.most_years：现为 “3”，应为不填"),
        ("signer: leader", "signer: boss", "form[10].options.signer：现为 “boss”，应为以下之一：unit、leader"),
        ("{key: title, label: 名称", "{key: kind, label: 名称",
         "form[3].options.columns[1].key：现为 “kind”，应为没有用过"),
    ],
)  # fmt: skip
def test_one_slip_gives_one_sentence_that_names_it(old, new, said):
    found = sentences(old, new)
    assert len(found) == 1 and found[0].startswith(said), found
