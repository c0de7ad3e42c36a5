"""Every requirement on both sides of its limit, by one table; and what every sentence owes to its reader."""

import pytest

from programmes.checks import Record
from programmes.requirements import REGISTRY, check, needs, requirement
from programmes.schema import problems_of
from programmes.spec import RequirementSpec
from tests.programmes.documents import small_document
from tests.programmes.requirement_cases import BASE, CASES, Case, answers


def findings(case: Case, facts):
    spec = RequirementSpec(case.code, case.params, level=REGISTRY[case.code].level)
    return check((spec,), facts)


def test_no_requirement_is_without_a_case_on_both_sides():
    assert {case.code for case in CASES} == set(REGISTRY)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}-{case.said[:12]}")
def test_on_both_sides_of_its_limit(case):
    assert all(found.ok for found in findings(case, case.good)), findings(case, case.good)
    wrong = [found for found in findings(case, case.bad) if not found.ok]
    assert wrong, "nothing was said beyond the limit"
    told = [found for found in wrong if found.field == case.field and case.said in found.sentence]
    assert told, [(found.field, found.sentence) for found in wrong]


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.code}-{case.said[:12]}")
def test_a_sentence_is_chinese_ends_and_says_what_to_do(case):
    for found in findings(case, case.bad):
        if found.ok:
            continue
        assert found.sentence.endswith("。") and not found.sentence.endswith("。。")
        assert "None" not in found.sentence and "{" not in found.sentence
        ways = ("请", "须", "没有填写", "不再申报")
        assert any(way in found.sentence for way in ways), found.sentence
        assert found.rule and not found.rule.endswith("。")
    for found in findings(case, case.good):
        assert found.sentence.endswith("。") and "None" not in found.sentence


@pytest.mark.parametrize("code", sorted(REGISTRY))
def test_the_example_of_a_rule_is_a_good_one(code):
    rule = REGISTRY[code]
    problems = []
    spec = {"params": dict(rule.example)}
    Record(rule.params)(spec["params"], (), lambda *problem: problems.append(problem))
    assert not problems
    assert requirement(RequirementSpec(code, rule.example, level=rule.level)).full_rule


def test_a_rule_on_a_question_that_is_not_asked_is_not_asked():
    case = {"section": "strength", "question": "review", "value": 1}
    spec = RequirementSpec("value_at_least", case)
    assert check((spec,), answers(humans="no")) == []
    (found,) = check((spec,), answers(humans="yes"))
    assert not found.ok and found.field == "strength.review"


def test_a_rule_under_a_condition_is_asked_only_where_it_holds():
    params = {"kind": "ethics", "when": {"section": "strength", "question": "humans", "is": ["yes"]}}
    spec = RequirementSpec("attachment_required", params)
    assert check((spec,), answers(humans="no")) == [] == check((spec,), BASE)
    assert not check((spec,), answers(humans="yes"))[0].ok


def test_what_rules_look_at_elsewhere_is_named_before_it_is_read():
    specs = [RequirementSpec("partners_at_most", {"count": 1}), RequirementSpec("budget_balances", {})]
    assert needs(specs) == frozenset()
    regions = RequirementSpec("partners_at_least", {"count": 1, "regions": ["320000"]})
    assert needs([*specs, regions]) == {"regions"}
    many = [RequirementSpec("not_banned", {}), RequirementSpec("related_units_apart", {})]
    assert needs(many) == {"bans", "related", "others"}


def test_two_rules_with_other_figures_have_other_keys_for_their_reasons():
    first, second = (
        check((RequirementSpec("team_at_most", {"count": count}, force="soft"),), BASE)[0].key for count in (1, 2)
    )
    assert first != second and first.startswith("team_at_most-")


@pytest.mark.parametrize(
    ("rule", "where", "expected"),
    [
        ({"code": "value_at_least", "params": {"section": "nowhere", "question": "a", "value": 1}},
         "requirements[0].params.section", "form 中的键：project、partners、pledge、more"),
        ({"code": "value_at_least", "params": {"section": "more", "question": "nothing", "value": 1}},
         "requirements[0].params.question", "该节中的键：rnd"),
        ({"code": "attachment_required", "params": {"kind": "x", "when": {
            "section": "more", "question": "gone", "is": ["yes"]}}},
         "requirements[0].params.when.question", "该节中的键：rnd"),
        ({"code": "attachment_required", "params": {"kind": "licence"}}, "requirements[0].params.kind", "（没有）"),
    ],
)  # fmt: skip
def test_a_rule_that_names_what_the_form_has_not_is_refused_when_it_is_loaded(rule, where, expected):
    document = small_document()
    questions = [{"key": "rnd", "label": "研发费用", "kind": "decimal"}]
    document["form"].append({"key": "more", "type": "questions", "title": "更多", "options": {"questions": questions}})
    document["requirements"] = [rule]
    found = {problem.where: problem.expected for problem in problems_of(document)}
    assert expected in found[where]
    document["requirements"] = [
        {"code": "value_at_least", "params": {"section": "more", "question": "rnd", "value": 1}}
    ]
    assert problems_of(document) == []
