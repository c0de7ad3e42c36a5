"""A small call as YAML text and as a document, for tests that change one thing in it."""

from datetime import datetime

from jbgs.lib.clock import SHANGHAI
from programmes.reader import read_text

SMALL = """\
slug: small-2025
title: 小型批次
year: 2025
document_no: 试〔2025〕1号
programme: {slug: small, title: 小型计划}
categories:
  - {code: product, name: 重点产品}
  - {code: core, name: 核心基础}
fields:
  - {code: a, name: 甲领域, contact: {office: 一处, phone: "010-1"}}
  - {code: b, name: 乙领域}
windows:
  apply: {opens: 2025-03-01, closes: 2025-03-06}
  recommend: {opens: 2025-03-01, closes: 2025-03-20 17:30}
flow:
  publicity: {count: 5, unit: workdays}
quotas:
  recommend: {limit: 2, scope: [task, recommender], force: soft}
requirements:
  - {code: partners_at_most, params: {count: 4}}
  - {code: pledge_signed}
form:
  - {key: project, type: project, title: 项目信息}
  - {key: partners, type: partners, title: 联合单位, required: false}
  - {key: pledge, type: pledge, title: 承诺书, options: {text: pledge}}
review:
  criteria:
    - {key: one, label: 创新性, weight: 60}
    - {key: two, label: 可行性, weight: 40}
clocks:
  work: {count: 2, unit: years}
texts:
  pledge: 本单位承诺如实申报。
recommenders: {kinds: [industry]}
tasks:
  - code: A-1
    field: a
    title: 第一项任务
    category: core
    summary: 做出样机
    indicators:
      - {code: i1, name: 规模, comparator: ">=", value: 1000, unit: 个}
      - {code: i2, name: 误差, comparator: "<=", value: 0.250, unit: m³}
  - code: A-2
    field: a
    title: 第二项任务
    category: product
    indicators:
      - {code: i1, name: 频段, comparator: range, value: [1, 9], unit: GHz}
      - {code: i2, name: 稳定性, comparator: "<=", value: 1e-11, unit: ""}
  - code: B-1
    field: b
    title: 第三项任务
    category: core
    indicators:
      - {code: i1, name: 工艺, comparator: text, value: null, text: 提交工艺文件}
"""


def small_document() -> dict:
    """The small call, as it comes from the reader."""
    return read_text(SMALL)[0]


def at(text: str) -> datetime:
    """`2025-03-07 00:00` or with seconds, in China."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)
