"""Each requirement on both sides of its limit: what holds, and the sentence for what does not."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from programmes.facts import (
    AttachmentFacts,
    CommitmentFacts,
    Facts,
    ItemFacts,
    ListFacts,
    MemberFacts,
    OtherFacts,
    PartnerFacts,
    SourceFacts,
    UnitFacts,
)
from programmes.indicators import IndicatorSpec
from programmes.parse import parse_document
from programmes.requirements import REGISTRY, check
from programmes.schema import plain
from programmes.spec import FormSpec, RequirementSpec, SectionSpec, TaskSpec
from tests.programmes.documents import small_document

TASK = TaskSpec(
    "A-1", "a", "任务", "core", "",
    (
        IndicatorSpec("i1", "规模", ">=", Decimal(1000), "个"),
        IndicatorSpec("i2", "误差", "<=", Decimal("0.25"), "m³"),
        IndicatorSpec("i3", "工艺", "text", text="提交工艺文件"),
    ),
)  # fmt: skip
FORM = FormSpec(
    (
        SectionSpec("basic", "project", "项目信息", options={"title_max": 10}),
        SectionSpec("lead", "unit", "牵头单位", options={"fields": [
            {"key": "intro", "label": "单位简介", "max_chars": 5}, {"key": "site", "label": "网址", "required": False},
        ]}),
        SectionSpec("partners", "partners", "联合单位", required=False),
        SectionSpec("team", "team", "项目团队", options={
            "least": 1, "most": 2, "required_columns": ["name", "birth_date"],
        }),
        SectionSpec("money", "budget", "经费预算", options={"items": [{"key": "x", "label": "设备费"}]}),
        SectionSpec("promises", "commitments", "指标承诺", options={"proof_required": True}),
        SectionSpec("targets", "targets", "绩效目标", options={"rows": [
            {"key": "n", "name": "专利", "kind": "integer"}, {"key": "p", "name": "完成率", "kind": "percent"},
            {"key": "c", "name": "水平", "kind": "choice", "choices": ["国际领先", "国内领先"]},
            {"key": "t", "name": "说明", "kind": "text", "required": False, "max_chars": 3},
        ]}),
        SectionSpec("words", "questions", "申报内容", options={"questions": [
            {"key": "route", "label": "技术路线", "max_chars": 10},
        ]}),
        SectionSpec("files", "attachments", "附件", options={"kinds": [
            {"key": "licence", "label": "执照", "required": True, "max_files": 1},
            {"key": "joint", "label": "联合申报协议", "required_with": "partners", "max_files": 2},
        ]}),
        SectionSpec("pledge", "pledge", "承诺书"),
    )
)  # fmt: skip
PARTNER = PartnerFacts("伙伴大学", "B1", "university", duty="建模")
LEADER = MemberFacts("沈工", is_leader=True, birth_date=date(1980, 5, 1), employer="虚构科技")
GOOD = Facts(
    task=TASK,
    form=FORM,
    unit=UnitFacts("A1", "虚构科技", "enterprise", "320000", date(2015, 1, 1)),
    today=date(2025, 3, 1),
    title="量子样机",
    partners=(PARTNER,),
    team=(LEADER,),
    sources=(SourceFacts("own", 2025, Decimal("70.00")), SourceFacts("state", 2026, Decimal("30.00"))),
    items=(ItemFacts("x", Decimal("100.00")),),
    commitments={
        "i1": CommitmentFacts({"value": "1200"}, proof="检测报告"),
        "i2": CommitmentFacts({"value": "0.25"}, proof="检测报告"),
        "i3": CommitmentFacts({"text": "按期提交"}, proof="文件"),
    },
    attachments=(AttachmentFacts("licence", "a.pdf"), AttachmentFacts("joint", "b.pdf")),
    sections={
        "lead": {"intro": "简介"},
        "targets": {"rows": {"n": {"value": "3"}, "p": {"value": "99.5"}, "c": {"value": "国际领先"}}},
        "words": {"answers": {"route": "路线"}},
    },
    pledge_agreed=True,
    pledge_signer="沈工",
    starts_on=date(2025, 5, 8),
    ends_on=date(2027, 5, 7),
)


def ask(code: str, facts, **params):
    """The findings of one hard requirement."""
    level = REGISTRY[code].level
    return check((RequirementSpec(code, params, level=level),), facts)


def only(findings):
    """The one finding there is."""
    (finding,) = findings
    return finding


def partners(number: int):
    return tuple(replace(PARTNER, name=f"伙伴{n}", code=f"B{n}") for n in range(number))


def test_partners_at_most():
    assert only(ask("partners_at_most", replace(GOOD, partners=partners(4)), count=4)).ok
    finding = only(ask("partners_at_most", replace(GOOD, partners=partners(5)), count=4))
    assert not finding.ok and finding.blocks and finding.field == finding.section == "partners"
    assert finding.sentence == "联合单位有 5 家，不得超过 4 家。请删去 1 家。"
    assert finding.rule == "联合单位不超过 4 家"


def test_partners_at_least_of_a_type_where_a_university_leads():
    params = {"count": 1, "types": ["enterprise"], "lead_types": ["university"]}
    university = replace(GOOD.unit, type="university")
    assert ask("partners_at_least", GOOD, **params) == []  # an enterprise leads: not asked
    assert not only(ask("partners_at_least", replace(GOOD, unit=university), **params)).ok
    firm = replace(PARTNER, type="enterprise")
    assert only(ask("partners_at_least", replace(GOOD, unit=university, partners=(firm,)), **params)).ok


def test_partners_from_abroad_and_their_countries():
    abroad = tuple(replace(PARTNER, name=f"L{n}", code="", country=land) for n, land in enumerate(["DE", "FR", "DE"]))
    assert only(ask("partners_at_least", replace(GOOD, partners=abroad), count=1, abroad="yes")).ok
    assert not only(ask("partners_at_least", GOOD, count=1, abroad="yes")).ok
    assert only(ask("partners_at_least", GOOD, count=1, abroad="no")).ok
    assert only(ask("countries_at_least", replace(GOOD, partners=abroad), count=2)).ok
    assert not only(ask("countries_at_least", replace(GOOD, partners=abroad), count=3)).ok


@pytest.mark.parametrize(
    ("rows", "sentence"),
    [
        ((replace(PARTNER, code="A1"),), "第 1 家联合单位“伙伴大学”就是牵头单位。请删去，或改填其他单位。"),
        (
            (replace(PARTNER, name="虚构科技", code=""),),
            "第 1 家联合单位“虚构科技”就是牵头单位。请删去，或改填其他单位。",
        ),
        ((PARTNER, PARTNER), "第 2 家联合单位“伙伴大学”与第 1 家相同。请删去其中一家。"),
    ],
)
def test_a_partner_that_is_the_lead_or_stands_twice(rows, sentence):
    finding = only(ask("partner_is_not_lead", replace(GOOD, partners=rows)))
    assert (finding.ok, finding.sentence) == (False, sentence)
    assert finding.field == f"partners.{len(rows) - 1}.code"


def test_partners_that_differ():
    assert only(ask("partner_is_not_lead", replace(GOOD, partners=partners(3)))).ok
    two_without_code = (replace(PARTNER, name="甲", code=""), replace(PARTNER, name="乙", code=""))
    assert only(ask("partner_is_not_lead", replace(GOOD, partners=two_without_code))).ok


def test_lead_is():
    assert only(ask("lead_is", GOOD, types=["enterprise", "university"])).ok
    finding = only(ask("lead_is", GOOD, types=["university"]))
    assert finding.field == "lead"
    assert finding.sentence == "牵头单位的类型为“企业”，本批次只接收高校。请核对单位信息中的类型。"


def test_lead_registered_where_and_when():
    assert only(ask("lead_registered_in", GOOD, regions=["320000"])).ok
    assert not only(ask("lead_registered_in", GOOD, regions=["330000"])).ok
    assert only(ask("lead_registered_by", GOOD, date="2015-01-01")).ok
    assert not only(ask("lead_registered_by", GOOD, date="2014-12-31")).ok
    assert not only(
        ask("lead_registered_by", replace(GOOD, unit=replace(GOOD.unit, registered_on=None)), date="2020-01-01")
    ).ok


@pytest.mark.parametrize(("leaders", "ok"), [(0, False), (1, True), (2, False)])
def test_team_has_one_leader(leaders, ok):
    team = tuple(replace(LEADER, name=f"人{n}", is_leader=n < leaders) for n in range(3))
    assert only(ask("team_has_one_leader", replace(GOOD, team=team))).ok is ok


def test_team_and_leader_limits():
    assert only(ask("team_at_most", GOOD, count=1)).ok
    assert not only(ask("team_at_most", replace(GOOD, team=(LEADER, LEADER)), count=1)).ok
    assert only(ask("leader_born_from", GOOD, date="1980-05-01")).ok
    assert not only(ask("leader_born_from", GOOD, date="1980-05-02")).ok
    assert not only(
        ask("leader_born_from", replace(GOOD, team=(replace(LEADER, birth_date=None),)), date="1980-01-01")
    ).ok


def test_every_indicator_has_a_promise():
    assert (
        only(ask("every_indicator_promised", GOOD)).sentence
        == "对榜单任务的每项预期目标都作出承诺：共 3 项，已全部承诺。"
    )
    less = {"i1": GOOD.commitments["i1"], "i2": CommitmentFacts({"value": " "})}
    findings = ask("every_indicator_promised", replace(GOOD, commitments=less))
    assert [finding.field for finding in findings] == ["promises.i2", "promises.i3"]
    assert findings[0].sentence == "误差：没有承诺值。榜单要求 ≤ 0.25 m³，请填写。"


def test_promises_meet_targets():
    assert only(ask("promises_meet_targets", GOOD)).ok
    worse = GOOD.commitments | {"i2": CommitmentFacts({"value": "0.32"})}
    finding = only(ask("promises_meet_targets", replace(GOOD, commitments=worse)))
    assert finding.field == "promises.i2"
    assert finding.sentence == "误差：承诺值 0.32 m³ 大于榜单要求的上限 0.25 m³。请填写不大于 0.25 的数值。"


def test_a_missing_promise_is_told_by_one_rule_only():
    assert only(ask("promises_meet_targets", replace(GOOD, commitments={}))).ok


def test_budget_balances():
    assert only(ask("budget_balances", GOOD)).ok
    finding = only(ask("budget_balances", replace(GOOD, items=(ItemFacts("x", Decimal("99.99")),))))
    assert finding.sentence == (
        "支出合计 99.99 万元比来源合计 100.00 万元少 0.01 万元。请调整支出或来源。"
    )  # fmt: skip


@pytest.mark.parametrize(
    ("code", "params", "ok"),
    [
        ("share_at_most", {"sources": ["state"], "percent": 30}, True),
        ("share_at_most", {"sources": ["state"], "percent": "29.9"}, False),
        ("share_at_most", {"sources": ["state"], "percent": 10, "lead_types": ["enterprise"]}, False),
        ("amount_at_most", {"sources": ["state", "local"], "amount": 30}, True),
        ("amount_at_most", {"sources": ["state", "local"], "amount": "29.99"}, False),
        ("funding_ratio_at_least", {"mine": ["own"], "ratio": 2}, True),
        ("funding_ratio_at_least", {"mine": ["own"], "ratio": "2.5"}, False),
        ("duration_at_most", {"years": 2}, True),
        ("duration_at_most", {"years": 1}, False),
    ],
)
def test_money_and_time(code, params, ok):
    assert only(ask(code, GOOD, **params)).ok is ok


def test_a_term_of_exactly_two_years_and_one_day_more():
    assert only(ask("duration_at_most", replace(GOOD, ends_on=date(2027, 5, 7)), years=2)).ok
    assert not only(ask("duration_at_most", replace(GOOD, ends_on=date(2027, 5, 8)), years=2)).ok


def test_pledge():
    assert only(ask("pledge_signed", GOOD)).sentence == "已作出申报承诺：签署人：沈工。"
    assert not only(ask("pledge_signed", replace(GOOD, pledge_agreed=False))).ok
    assert only(ask("pledge_signed", replace(GOOD, pledge_signer=" "))).field == "pledge.signer"


def test_applications_at_most():
    other = (OtherFacts("A-1", "lead", "WL-1"),)
    params = {"count": 1, "within": "task", "role": "lead"}
    assert only(ask("applications_at_most", GOOD, **params)).ok
    assert only(ask("applications_at_most", replace(GOOD, others=(OtherFacts("B-1", "lead"),)), **params)).ok
    assert only(ask("applications_at_most", replace(GOOD, others=(OtherFacts("A-1", "partner"),)), **params)).ok
    finding = only(ask("applications_at_most", replace(GOOD, others=other), **params))
    assert finding.sentence == "本单位已有 1 项牵头的申报（WL-1），不得超过 1 项。请撤回其中一项，或不再申报本项。"


def test_a_list_is_asked_only_list_rules():
    young = replace(LEADER, birth_date=date(1990, 1, 1))
    listed = ListFacts("x", (replace(GOOD, team=(LEADER, LEADER, young)), replace(GOOD, team=(young, LEADER))))
    params = {"percent": 40, "born_from": "1984-01-01"}
    assert only(ask("youth_share_at_least", listed, **params)).ok
    assert not only(ask("youth_share_at_least", listed, **params | {"percent": "40.1"})).ok
    assert check((RequirementSpec("pledge_signed", {}),), listed) == []
    assert check((RequirementSpec("youth_share_at_least", params, level="list"),), GOOD) == []


def test_a_soft_requirement_does_not_block():
    soft = RequirementSpec("partners_at_most", {"count": 0}, force="soft")
    finding = only(check((soft,), GOOD))
    assert not finding.ok and not finding.blocks


# --- form_complete ---------------------------------------------------------------------------------------------------


def complaints(facts) -> dict[str, str]:
    """Field → sentence of everything that the form lacks."""
    return {finding.field: finding.sentence for finding in ask("form_complete", facts) if not finding.ok}


def section(key: str, data: dict):
    return replace(GOOD, sections={**GOOD.sections, key: data})


def test_a_complete_form():
    assert only(ask("form_complete", GOOD)).ok


def test_an_empty_form_says_everything_at_once():
    empty = Facts(task=TASK, form=FORM, unit=GOOD.unit, today=GOOD.today)
    assert set(complaints(empty)) == {
        "basic.title", "lead.intro", "team", "money.sources", "money.items", "targets.n", "targets.p", "targets.c",
        "words.route", "files.licence",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "field", "said"),
    [
        (replace(GOOD, title="量" * 11), "basic.title", "项目名称有 11 字，不得超过 10 字。"),
        (section("lead", {"intro": "介" * 6}), "lead.intro", "“单位简介”有 6 字，超出 1 字，限 5 字。请精简。"),
        (replace(GOOD, partners=(replace(PARTNER, code="", duty=""),)), "partners.0", "没有填写统一社会信用代码、分工"),
        (replace(GOOD, team=(replace(LEADER, birth_date=None),)), "team.0", "沈工没有填写出生日期"),
        (replace(GOOD, team=(LEADER,) * 3), "team", "项目团队现有 3 人，不得超过 2 人。请删去 1 人。"),
        (section("words", {"answers": {"route": "线" * 11}}), "words.route", "“技术路线”有 11 字，超出 1 字"),
        (replace(GOOD, commitments=GOOD.commitments | {"i1": CommitmentFacts({"value": "1200"})}), "promises.i1.proof",
         "规模：没有说明考核方式"),
        (replace(GOOD, attachments=GOOD.attachments[:1]), "files.joint", "有联合单位，但没有上传附件“联合申报协议”"),
        (replace(GOOD, attachments=(*GOOD.attachments, GOOD.attachments[0])), "files.licence",
         "2 个文件，不得超过 1 个"),
    ],
)  # fmt: skip
def test_one_thing_that_is_missing_or_too_long(facts, field, said):
    found = complaints(facts)
    assert list(found) == [field] and said in found[field]


def test_limits_of_the_form_are_inclusive():
    assert not complaints(replace(GOOD, title="量" * 10))
    assert not complaints(replace(GOOD, team=(LEADER,) * 2))
    assert not complaints(section("words", {"answers": {"route": "线" * 10}}))
    assert not complaints(replace(GOOD, partners=(), attachments=GOOD.attachments[:1]))


@pytest.mark.parametrize(
    ("key", "value", "ok"),
    [
        ("n", "0", True), ("n", "-1", False), ("n", "1.5", False), ("n", "３", False),
        ("p", "0", True), ("p", "100", True), ("p", "100.1", False), ("p", "多", False), ("p", "NaN", False),
        ("c", "国内领先", True), ("c", "最好", False), ("t", "三个字", True), ("t", "四个字了", False),
    ],
)  # fmt: skip
def test_performance_targets(key, value, ok):
    rows = GOOD.sections["targets"]["rows"] | {key: {"value": value}}
    assert (not complaints(section("targets", {"rows": rows}))) is ok


def test_a_documents_list_rule_is_asked_of_lists():
    document = small_document()
    params = {"percent": Decimal("40"), "born_from": "1984-01-01"}
    document["requirements"] = [{"code": "youth_share_at_least", "params": params}, {"code": "pledge_signed"}]
    specs = parse_document(plain(document)).requirements
    assert [spec.level for spec in specs] == ["list", "application"]
    assert not only(check(specs, ListFacts("x", (GOOD,)))).ok
    assert [finding.code for finding in check(specs, GOOD)] == ["pledge_signed"]
