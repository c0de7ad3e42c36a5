"""A tiny call with every kind of question, conditions, a table, parts, a term and three pledges."""

import copy

from applications import workflow
from applications.models import Application
from programmes.loader import load_document
from programmes.reader import read_text
from tests.cast import world
from tests.programmes.documents import small_document

FORM = """\
- {key: project, type: project, title: 项目信息, options: {title_max: 40, term: dates, most_years: 3}}
- key: about
  type: questions
  title: 基本情况
  help: 逐项填写。
  options:
    questions:
      - {key: intro, label: 项目简介, max_chars: 200}
      - {key: site, label: 实施地点, kind: text, max_chars: 20}
      - {key: people, label: 参与人数, kind: integer, unit: 人}
      - {key: area, label: 占地面积, kind: decimal, unit: 平方米, required: false}
      - {key: share, label: 自筹比例, kind: percent}
      - {key: begun_on, label: 已开工日期, kind: date, required: false}
      - {key: level, label: 成果水平, kind: choice, choices: [国际领先, 国内领先, 其他]}
      - {key: level_text, label: 成果水平的说明, kind: text, max_chars: 40, when: {question: level, is: [其他]}}
      - {key: fields, label: 应用场景, kind: multi, choices: [工厂, 矿山, 港口]}
      - {key: mine_no, label: 矿山许可证号, kind: text, when: {question: fields, is: [矿山]}}
      - {key: human, label: 是否涉及人体研究, kind: yes_no}
      - {key: committee, label: 伦理委员会名称, kind: text, max_chars: 60, when: {question: human, is: ["yes"]}}
      - {key: phone, label: 联系电话, kind: phone}
      - {key: email, label: 电子邮箱, kind: email, required: false}
- key: ethics
  type: questions
  title: 伦理审查
  when: {section: about, question: human, is: ["yes"]}
  options: {questions: [{key: measures, label: 保护措施, max_chars: 300}]}
- key: rights
  type: table
  title: 知识产权
  options:
    row_label: 知识产权
    least: 1
    most: 60
    columns:
      - {key: title, label: 名称, max_chars: 40, width: 40}
      - {key: kind, label: 类型, kind: choice, choices: [发明专利, 软件著作权], width: 16}
      - {key: granted_on, label: 授权日期, kind: date, width: 14}
      - {key: price, label: 评估价, kind: decimal, unit: 万元, required: false, width: 12}
      - {key: own, label: 是否独有, kind: yes_no, required: false, width: 10}
- key: core_only
  type: questions
  title: 核心基础说明
  when: {category: [core]}
  options: {questions: [{key: why, label: 必要性}]}
- key: product_only
  type: questions
  title: 产品说明
  when: {category: [product]}
  options: {questions: [{key: what, label: 产品}]}
- {key: partners, type: partners, title: 合作单位, required: false}
- {key: team, type: team, title: 项目团队, options: {least: 2, required_columns: [name]}}
- {key: commitments, type: commitments, title: 指标承诺}
- {key: pledge_unit, type: pledge, title: 单位承诺书, options: {text: pledge}}
- {key: pledge_leader, type: pledge, title: 负责人承诺书, options: {text: pledge_leader, signer: leader}}
- {key: pledge_people, type: pledge, title: 参与人员承诺书, options: {text: pledge_people, signer: participants}}
"""


def sections_document(**changes) -> dict:
    """The small call with the form above, open when the cast's is; its first task has two parts."""
    document = small_document() | {
        "slug": "sections-2025",
        "title": "分节批次",
        "form": read_text(FORM)[0],
        "requirements": [
            {"code": code} for code in ("form_complete", "every_indicator_promised", "promises_meet_targets")
        ] + [{"code": "pledge_signed"}],
        "texts": {"pledge": "本单位如实申报。", "pledge_leader": "本人遵守科研诚信。",
                  "pledge_people": "我们共同遵守科研诚信。"},
        "windows": {
            "apply": {"opens": "2025-02-01", "closes": "2025-03-06"},
            "recommend": {"opens": "2025-02-01", "closes": "2025-03-20"},
        },
    }  # fmt: skip
    task = document["tasks"][0]
    task["parts"] = [{"code": "p1", "title": "规模方向"}, {"code": "p2", "title": "误差方向"}]
    one, two = task["indicators"]
    both = {**one, "code": "i0", "name": "寿命"}
    task["indicators"] = [both, {**one, "part": "p1"}, {**two, "part": "p2"}]
    return copy.deepcopy(document | changes)


ABOUT = {
    "intro": "样机的研制和验证。\n分两个阶段。", "site": "虚构园区", "people": "12", "area": "", "share": "35.5",
    "begun_on": "2024-06-01", "level": "其他", "level_text": "行业首台", "fields": ["工厂", "矿山"], "mine_no": "K-17",
    "human": "yes", "committee": "虚构医院伦理委员会", "phone": "010-5550 0101", "email": "someone@example.com",
}  # fmt: skip
PEOPLE = ("周以宁", "沈望舒", "许澄")

FILLED = {
    "project": {"title": "虚构项目", "part": "p1", "starts_on": "2025-06-01", "ends_on": "2028-05-31"},
    "about": {"answers": ABOUT},
    "ethics": {"answers": {"measures": "知情同意，数据脱敏。"}},
    "rights": {
        "rows": [
            {"title": "一种测量方法", "kind": "发明专利", "granted_on": "2023-05-01", "price": "120.5", "own": "yes"},
            {"title": "测量软件", "kind": "软件著作权", "granted_on": "2024-01-15", "price": "", "own": "no"},
        ]
    },
    "core_only": {"answers": {"why": "目前依赖进口。"}},
    "partners": {
        "rows": [{"name": "虚构研究所 Institute", "code": "", "type": "institute", "country": "DE", "duty": "联合测试"}]
    },
    "team": {"rows": [{"name": name, "is_leader": place == 0} for place, name in enumerate(PEOPLE)]},
    "commitments": {
        "rows": {
            code: {"value": value, "proof": "检测报告", "note": ""} for code, value in (("i0", "1200"), ("i1", "1000"))
        }
    },
    "pledge_unit": {"agreed": True, "signer": "赵清和"},
    "pledge_leader": {"agreed": True, "signer": "周以宁"},
    "pledge_people": {"agreed": True, "signers": list(PEOPLE)},
}


def sections_world(**changes):
    """The cast of the call above."""
    return world(load_document(sections_document(**changes)).call)


def fill_sections(application, by, data=FILLED, **changes) -> Application:
    """Save these sections in the form's order; `changes`: other data of single sections."""
    for section in application.call_version.spec.form.sections:
        payload = (data | changes).get(section.key)
        if payload is not None:
            row = application.sections.get(key=section.key)
            workflow.save_section(application, section.key, payload, base_version=row.version, by=by)
    return Application.objects.get(pk=application.pk)
