# ruff: noqa: E501  (a table reads by its rows)
"""For every requirement: figures, facts on the good side of its limit, facts just beyond it, where and what it says."""

from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from programmes.facts import (
    BanFacts,
    CommitmentFacts,
    Facts,
    ItemFacts,
    ListFacts,
    MemberFacts,
    OtherFacts,
    PartnerFacts,
    RelatedFacts,
    SourceFacts,
)
from programmes.spec import FormSpec, SectionSpec
from tests.programmes.test_requirements import FORM, GOOD, LEADER, PARTNER


def question(key, label, kind="decimal", **more):
    return {"key": key, "label": label, "kind": kind, **more}


def table(key, title, *columns):
    return SectionSpec(key, "table", title, options={"columns": [{"key": one, "label": word} for one, word in columns]})


WIDE = FormSpec(
    (
        *FORM.sections,
        SectionSpec("strength", "questions", "企业实力", options={"questions": [
            question("rnd", "研发费用", unit="万元"), question("sales", "销售收入"), question("accidents", "事故数"),
            question("trade", "所属行业", "choice"), question("staff", "从业人员"), question("assets", "资产总额"),
            question("official", "有无公务人员", "yes_no"), question("until", "合同截止日期", "date"),
            question("humans", "是否涉及人体研究", "yes_no"),
            question("review", "审查编号", when={"question": "humans", "is": ["yes"]}),
        ]}),
        table("ongoing", "在研项目", ("who", "负责人"), ("plan", "所属计划")),
        table("directions", "联合攻关方向", ("title", "方向"), ("unit", "承担单位"), ("code", "统一社会信用代码")),
        table("lines", "生产线", ("product", "产品"), ("built", "类别"), ("value", "转换效率"), ("meets", "是否符合")),
        SectionSpec("honesty", "pledge", "负责人承诺书", options={"signer": "leader"}),
        SectionSpec("together", "pledge", "参与人员承诺书", options={"signer": "participants"}),
    )
)  # fmt: skip
BASE = replace(GOOD, form=WIDE, call="now", programme="p", year=2025)


def answers(facts=BASE, **given) -> Facts:
    return replace(facts, sections={**facts.sections, "strength": {"answers": given}})


def rows(section: str, *given: dict, facts=BASE) -> Facts:
    return replace(facts, sections={**facts.sections, section: {"rows": list(given)}})


def partners(*given: PartnerFacts) -> Facts:
    return replace(BASE, partners=given)


def abroad(*countries: str) -> Facts:
    return partners(*(replace(PARTNER, name=f"L{n}", code="", country=one) for n, one in enumerate(countries)))


def unit(**more) -> Facts:
    return replace(BASE, unit=replace(BASE.unit, **more))


def team(*people: MemberFacts) -> Facts:
    return replace(BASE, team=people)


def leader(**more) -> Facts:
    return team(replace(LEADER, **more))


def money(**amounts) -> Facts:
    return replace(BASE, sources=tuple(SourceFacts(one, 2025, Decimal(amount)) for one, amount in amounts.items()))


def others(*given: OtherFacts, facts=BASE) -> Facts:
    return replace(facts, others=given)


def elsewhere(**more) -> OtherFacts:
    """Another application of the same call that the lead's unit leads."""
    here = {"task": "B-1", "role": "lead", "number": "X-1", "call": "now", "programme": "p", "year": 2025,
            "unit_code": "A1", "unit_name": "虚构科技", "units": {"A1": "lead"}}  # fmt: skip
    return OtherFacts(**here | more)


def directions(*units: str) -> Facts:
    return rows("directions", *({"title": f"方向{n}", "unit": one} for n, one in enumerate(units)))


def line(**cells) -> dict:
    return {"product": "甲", "built": "现有", "value": "23.2", "meets": "yes"} | cells


def pledged(**sections) -> Facts:
    return replace(BASE, sections={**BASE.sections, **sections})


SIGNED = {"agreed": True, "signer": "沈工"}
NAMES = [MemberFacts(name, birth_date=date(year, 1, 1)) for name, year in (("甲", 1983), ("乙", 1984), ("丙", 1983))]
THRESHOLDS = [
    {"when": {"built": "现有"}, "column": "value", "comparator": ">=", "value": "23.2", "unit": "%"},
    {"when": {"built": ["新建", "扩建"]}, "column": "value", "comparator": ">=", "value": "23.7", "unit": "%"},
]
HUMANS = {"section": "strength", "question": "humans", "is": ["yes"]}
TRADE = {"section": "strength", "trade": "trade", "staff": "staff", "revenue": "sales", "assets": "assets"}


@dataclass(frozen=True)
class Case:
    """`good` and `bad` lie on the two sides of the limit; `field` is where the problem points, `said` what it says."""

    code: str
    params: dict
    good: Facts | ListFacts
    bad: Facts | ListFacts
    field: str
    said: str


CASES = (
    Case("form_complete", {}, GOOD, replace(GOOD, title=""), "basic.title", "没有填写项目名称"),
    Case("every_indicator_promised", {}, BASE, replace(BASE, commitments=dict(list(BASE.commitments.items())[:2])),
         "promises.i3", "工艺：没有承诺值"),
    Case("promises_meet_targets", {}, BASE,
         replace(BASE, commitments=BASE.commitments | {"i1": CommitmentFacts({"value": "999"})}), "promises.i1", "999"),
    Case("duration_at_most", {"years": 2}, BASE, replace(BASE, ends_on=date(2027, 5, 8)), "basic", "超过 2 年"),
    Case("duration_at_most", {"years": 2}, replace(BASE, starts_on=None, years=2),
         replace(BASE, starts_on=None, ends_on=None, years=3), "basic", "实施期为 3 年"),
    Case("duration_at_least", {"years": 2}, BASE, replace(BASE, ends_on=date(2027, 5, 6)), "basic", "不足 2 年"),
    Case("ends_by", {"date": "2027-05-07"}, BASE, replace(BASE, ends_on=date(2027, 5, 8)), "basic", "不晚于 2027-05-07"),
    Case("date_covers_term", {"section": "strength", "question": "until"}, answers(until="2027-05-07"),
         answers(until="2027-05-06"), "strength.until", "早于项目结束日期 2027-05-07"),
    Case("date_covers_term", {"section": "strength", "question": "until", "years": 3},
         answers(replace(BASE, ends_on=None), until="2028-03-01"),
         answers(replace(BASE, ends_on=None), until="2028-02-29"), "strength.until", "早于项目结束日期 2028-03-01"),
    Case("lead_is", {"types": ["enterprise"]}, BASE, unit(type="university"), "lead", "类型为“高校”"),
    Case("lead_registered_in", {"regions": ["320000"]}, BASE, unit(region="330000"), "lead", "须在江苏省注册"),
    Case("lead_registered_by", {"date": "2015-01-01"}, BASE, unit(registered_on=date(2015, 1, 2)), "lead", "2015-01-02"),
    Case("lead_names", {"facts": ["certificate_no"]}, unit(certificate_no="GR2024"), BASE, "lead", "没有填写“证照编号”"),
    Case("partners_at_most", {"count": 1}, BASE, partners(PARTNER, PARTNER), "partners", "请删去 1 家"),
    Case("partners_at_most", {"count": 2, "abroad": "no", "lead": "yes"},
         partners(PARTNER, replace(PARTNER, country="DE")), partners(PARTNER, PARTNER), "partners", "境内参加单位（含牵头单位）有 3 家"),
    Case("partners_at_least", {"count": 1, "types": ["university"]}, BASE, partners(replace(PARTNER, type="institute")),
         "partners", "联合单位（高校）有 0 家"),
    Case("partners_at_least", {"count": 1, "regions": ["320000"], "lead_types": ["enterprise"]},
         partners(replace(PARTNER, region="320500")), partners(replace(PARTNER, region="440300")), "partners",
         "在江苏省的联合单位有 0 家"),
    Case("partners_only", {"types": ["university"]}, partners(PARTNER, replace(PARTNER, type="other", country="FR")),
         partners(replace(PARTNER, type="other")), "partners.0.type", "类型为“其他”"),
    Case("partner_is_not_lead", {}, BASE, partners(replace(PARTNER, code="A1")), "partners.0.code", "就是牵头单位"),
    Case("countries_at_least", {"count": 2}, abroad("德国", "FR"), abroad("德国", "DE"), "partners", "来自 1 个国家"),
    Case("continents_include", {"continents": ["asia", "europe", "america"]}, abroad("日本", "德国", "巴西"),
         abroad("日本", "德国", "肯尼亚"), "partners", "没有来自美洲的单位"),
    Case("continents_include", {"continents": ["asia"]}, abroad("新加坡"), abroad("新加坡", "某国"), "partners.1.country",
         "无法识别"),
    Case("team_has_one_leader", {}, BASE, leader(is_leader=False), "team", "没有指定项目负责人"),
    Case("team_at_most", {"count": 1}, BASE, team(LEADER, LEADER), "team", "请删去 1 人"),
    Case("leader_born_from", {"date": "1980-05-01"}, BASE, leader(birth_date=date(1980, 4, 30)), "team.0.birth_date",
         "须在 1980-05-01（含）以后出生"),
    Case("leader_age_at_most", {"years": 44, "on": "2025-04-30"}, BASE, leader(birth_date=date(1980, 4, 30)),
         "team.0.birth_date", "已超过 44 周岁"),
    Case("leader_qualified", {}, leader(title="高级工程师"), leader(title="工程师", degree="硕士"), "team.0.title",
         "须具有高级职称或博士学位"),
    Case("leader_qualified", {}, leader(degree="工学博士"), leader(title="助理研究员"), "team.0.title", "助理研究员"),
    Case("leader_qualified", {"letters": "joint", "letter_count": 1}, BASE, replace(BASE, attachments=()),
         "team.0.title", "推荐信有 0 封（须 1 封）"),
    Case("budget_balances", {}, BASE, replace(BASE, items=(ItemFacts("x", Decimal("99.99")),)), "money", "少 0.01 万元"),
    Case("share_at_most", {"sources": ["state"], "percent": 30}, BASE, money(own="70", state="30.01"), "money", "30%"),
    Case("funding_share_at_least", {"sources": ["own"], "percent": 70}, BASE, money(own="70", state="30.01"), "money",
         "不足总经费"),
    Case("amount_at_most", {"sources": ["state"], "amount": 30}, BASE, money(state="30.01"), "money", "不得超过 30.00"),
    Case("amount_at_least", {"sources": ["own"], "amount": 70}, BASE, money(own="69.99"), "money", "还差 0.01 万元"),
    Case("funding_ratio_at_least", {"mine": ["own"], "ratio": "2.5"}, money(own="75", state="30"),
         money(own="74.99", state="30"), "money", "还差 0.01 万元"),
    Case("value_at_least", {"section": "strength", "question": "rnd", "value": 1000}, answers(rnd="1,000"),
         answers(rnd="999.99"), "strength.rnd", "“研发费用”为 999.99 万元，须不低于 1,000 万元"),
    Case("value_at_least", {"section": "strength", "question": "rnd", "value": 1}, answers(rnd="1"), answers(),
         "strength.rnd", "没有填写“研发费用”，无法核对"),
    Case("value_at_most", {"section": "strength", "question": "accidents", "value": 0}, answers(accidents="0"),
         answers(accidents="1"), "strength.accidents", "“事故数”为 1，不得超过 0"),
    Case("share_at_least", {"section": "strength", "numerator": "rnd", "denominator": "sales", "percent": 3},
         answers(rnd="30", sales="1000"), answers(rnd="29.996", sales="1000"), "strength.rnd", "2.99%，须不低于 3%"),
    Case("share_at_least", {"section": "strength", "numerator": "rnd", "denominator": "sales", "percent": 3},
         answers(rnd="0.03", sales="1"), answers(rnd="1", sales="0"), "strength.sales", "须大于 0"),
    Case("answer_is", {"section": "strength", "question": "official", "is": ["no"]}, answers(official="no"),
         answers(official="yes"), "strength.official", "“有无公务人员”现为“是”"),
    Case("answers_at_least", {"section": "strength", "questions": ["rnd", "sales"], "count": 1}, answers(rnd="1"),
         answers(rnd="0"), "strength.rnd", "已填写 0 项"),
    Case("date_from", {"section": "strength", "question": "until", "date": "2024-11-15"}, answers(until="2024-11-15"),
         answers(until="2024-11-14"), "strength.until", "须不早于 2024-11-15"),
    Case("date_by", {"section": "strength", "question": "until"}, answers(until="2025-03-01"), answers(until="2025-03-02"),
         "strength.until", "须不晚于 提交当日 2025-03-01"),
    Case("rows_at_least", {"section": "lines", "count": 1, "where": [{"column": "built", "is": ["现有"]}]},
         rows("lines", line()), rows("lines", line(built="新建")), "lines", "生产线有 0 项"),
    Case("rows_at_most", {"section": "lines", "count": 1}, rows("lines", line()), rows("lines", line(), line()), "lines",
         "请删去 1 项"),
    Case("rows_are", {"section": "lines", "column": "meets", "is": ["yes"]}, rows("lines", line()),
         rows("lines", line(), line(meets="no")), "lines.1.meets", "第 2 行：“是否符合”为“否”，须为“是”"),
    Case("rows_differ", {"section": "lines", "column": "product"}, rows("lines", line(), line(product="乙")),
         rows("lines", line(), line()), "lines.1.product", "与第 1 行相同（甲）"),
    Case("rows_meet_thresholds", {"section": "lines", "rules": THRESHOLDS}, rows("lines", line()),
         rows("lines", line(value="23.19")), "lines.0.value", "“转换效率”为 23.19%，须不低于 23.2%"),
    Case("rows_meet_thresholds", {"section": "lines", "rules": THRESHOLDS}, rows("lines", line(built="扩建", value="23.7")),
         rows("lines", line(built="扩建")), "lines.0.value", "（扩建）：“转换效率”为 23.2%，须不低于 23.7%"),
    Case("rows_meet_thresholds", {"section": "lines", "rules": THRESHOLDS, "covered": "yes"}, rows("lines", line()),
         rows("lines", line(built="拆除")), "lines.0", "没有适用的限值"),
    Case("size_at_most", TRADE, answers(trade="工业", staff="1000", sales="39999"),
         answers(trade="工业", staff="1000", sales="40000"), "strength.trade", "测算为大型企业"),
    Case("size_at_most", TRADE | {"size": "small"}, answers(trade="软件和信息技术服务业", staff="99", sales="5000"),
         answers(trade="软件和信息技术服务业", staff="100", sales="1000"), "strength.trade", "测算为中型企业"),
    Case("pledge_signed", {}, BASE, replace(BASE, pledge_agreed=False), "pledge", "没有作出"),
    Case("pledges_signed", {"signers": ["unit", "leader"]}, pledged(pledge=SIGNED, honesty=SIGNED), pledged(pledge=SIGNED),
         "honesty", "项目负责人没有签署负责人承诺书"),
    Case("pledges_signed", {"signers": ["participants"]}, pledged(together={"agreed": True, "signers": ["沈工"]}),
         pledged(together={"agreed": True, "signers": ["别人"]}), "together", "沈工没有签署"),
    Case("attachment_required", {"kind": "joint"}, BASE, replace(BASE, attachments=()), "files.joint",
         "附件“联合申报协议”没有上传"),
    Case("attachment_required", {"kind": "licence", "when": HUMANS}, answers(humans="yes"),
         answers(replace(BASE, attachments=()), humans="yes"), "files.licence", "附件“执照”没有上传"),
    Case("attachment_required", {"kind": "joint", "given": "partners"}, BASE, replace(BASE, attachments=()),
         "files.joint", "有联合单位，但附件“联合申报协议”没有上传"),
    Case("applications_at_most", {"count": 1, "within": "call", "role": "lead"}, others(elsewhere(call="then")),
         others(elsewhere()), "lead", "已有 1 项牵头的申报（X-1）"),
    Case("applications_at_most", {"count": 1, "within": "task", "role": "any", "units": "all"},
         others(elsewhere(task="A-1", role="", units={})), others(elsewhere(task="A-1", role="", units={"B1": "lead"})),
         "partners.0.code", "联合单位“伙伴大学”在同一任务已牵头或参与 1 项其他申报"),
    Case("person_applications_at_most", {"count": 1, "who": "leader", "counts": "leader", "within": "year"},
         others(elsewhere(call="then", people={0: False})), others(elsewhere(call="then", people={0: True})),
         "team.0.name", "沈工在同一年度已作为负责人 1 项其他申报（X-1）"),
    Case("ongoing_projects_at_most", {"count": 0, "who": "leader", "section": "ongoing", "person": "who",
                                      "where": [{"column": "plan", "is": ["重点研发"]}]},
         rows("ongoing", {"who": "沈工", "plan": "其他"}, {"who": "别人", "plan": "重点研发"}),
         rows("ongoing", {"who": "沈工", "plan": "其他"}, {"who": "沈工", "plan": "重点研发"}), "ongoing.1",
         "沈工有在研项目：所填在研项目表中 1 项"),
    Case("ongoing_projects_at_most", {"count": 0, "who": "lead_unit", "except_categories": ["directed"]},
         others(elsewhere(standing="ongoing", category="directed"), elsewhere(standing="won")),
         others(elsewhere(standing="ongoing", category="open")), "lead", "本系统中 1 项（X-1）"),
    Case("earlier_winners_barred", {}, others(elsewhere(standing="ongoing")), others(elsewhere(standing="won")), "lead",
         "已有优胜项目（X-1）"),
    Case("not_banned", {"who": ["lead"]}, replace(BASE, bans=(BanFacts("credit", "伙伴大学", code="B1"),)),
         replace(BASE, bans=(BanFacts("credit", "虚构科技", code="A1", ends_on=date(2026, 3, 1)),)), "lead",
         "虚构科技被限制申报至 2026-03-01"),
    Case("not_banned", {"who": ["leader"], "kinds": ["guide_expert"]},
         replace(BASE, bans=(BanFacts("credit", "沈工", position=0),)),
         replace(BASE, bans=(BanFacts("guide_expert", "沈工", position=0),)), "team.0.name", "参与编制规划或指南"),
    Case("joint_directions", {"section": "directions", "unit": "unit", "credit_code": "code"},
         directions("虚构科技", "甲", "乙"), directions("虚构科技", "甲"), "directions", "请补充 1 个"),
    Case("joint_directions", {"section": "directions", "unit": "unit"}, directions("虚构科技", "甲", "乙", "丙", "丁"),
         directions("虚构科技", "甲", "甲"), "directions.2.unit", "由同一单位（甲）承担"),
    Case("joint_directions", {"section": "directions", "unit": "unit"}, directions("虚构科技", "甲", "乙"),
         directions("丙", "甲", "乙"), "directions", "牵头单位承担 0 个"),
    Case("related_units_apart", {"within": "call"}, replace(BASE, related=(RelatedFacts("C1", "兄弟公司", "sibling"),)),
         replace(BASE, related=(RelatedFacts("B1", "伙伴大学", "child"),)), "partners.0.code", "关联企业（下级单位）"),
    Case("related_units_apart", {"within": "call"},
         others(elsewhere(role="", unit_code="C2"), facts=replace(BASE, related=(RelatedFacts("C1", "兄弟", "sibling"),))),
         others(elsewhere(role="", unit_code="C1"), facts=replace(BASE, related=(RelatedFacts("C1", "兄弟", "sibling"),))),
         "lead", "关联企业“兄弟”（同一上级单位）已在本批次牵头申报"),
    Case("title_not_repeated", {"percent": 100}, others(elsewhere(title="量子样机二")), others(elsewhere(title="量子 样机")),
         "basic.title", "相似度 100%"),
    Case("youth_share_at_least", {"percent": 40, "born_from": "1984-01-01"},
         ListFacts("x", (team(*NAMES[:2]), team(NAMES[1], NAMES[2], NAMES[2]))),
         ListFacts("x", (team(*NAMES), team(NAMES[2]))), "", "共 4 人，其中 1984-01-01（含）以后出生的 1 人，不足 40%"),
)  # fmt: skip
