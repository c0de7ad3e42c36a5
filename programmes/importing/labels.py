"""What a label means: 研究内容： 考核指标： 发榜单位 … by the words it is made of, in texts and in heads of tables."""

import re
from dataclasses import dataclass

from programmes.importing.lines import CJK

CONTENT, TARGET, BOTH, KEYWORDS, TITLE, CODE, ORDINAL, OWNER, REGION, FIELD, CATEGORY, CONTACT, NOTE, OTHER = (
    "content", "target", "both", "keywords", "title", "code", "ordinal", "owner", "region", "field", "category",
    "contact", "note", "other",
)  # fmt: skip

WHAT = r"(?:揭榜|榜单|任务|项目|需求|课题|指南|攻关|技术|研究|方向|产品|难题)"
ROLES = (
    (KEYWORDS, r"关键[词字]"),
    (CONTACT, r"联系|电话|手机|邮箱|传真|通讯|邮编"),
    (ORDINAL, r"^序号?$|^(?:NO|No|no)\.?$|^编?号$"),
    (CODE, rf"^{WHAT}{{0,2}}(?:编号|编码|代码|代号)$"),
    (TITLE, rf"^{WHAT}{{1,3}}(?:名称|题目|标题)$|^(?:名称|题目|标题)$|^(?:榜单|课题|题)名$"),
    (OWNER, r"(?:发榜|出榜|张榜|需求|榜单|提出|征集|发布|提报|招榜)(?:单位|方|企业|主体|机构)"
            r"|企业名称|单位名称|(?:大|龙头|链主)企业$"),
    (REGION, r"省份|地区|所在[地省市]|属地|省[（(]|^省市?$"),
    (BOTH, r"内容[^，。]{0,4}(?:指标|目标|效果)"),
    (TARGET, r"指标|目标|效果|成果|参数|达到|(?:技术|性能|验收|交付|产出)要求"),
    (CONTENT, r"内容|描述|简介|概述|背景|任务要求|任务说明|(?:揭榜|攻关|研究|主要|重点|研发|建设|具体)任务"
              r"|技术需求|拟解决"),
    (NOTE, r"支持项?目?数|项目数|说明$|要求$|条件$|备注|经费|金额|资助|[期时]限|周期|进度|(?:起止|完成|实施)时间"),
    (CATEGORY, r"类别|类型|性质|(?:组织|遴选|支持|实施)(?:方式|模式)"),
    (FIELD, r"领域|行业|专项|产业|方向$"),
)  # fmt: skip
COMPILED = tuple((role, re.compile(pattern)) for role, pattern in ROLES)
NO_LABEL = re.compile(
    r"(?:包括|如下|其中|即|为|实现|突破|完成|例如|比如|要求达到|以下|分别|是|满足|注|通知|单位|附件|截止时间)$"
)
LEAD_IN = re.compile(
    rf"^[【\[〔〖（(]?\s*([{CJK}][{CJK}、/ ]{{1,13}}?)\s*[】\]〕〗）)]?"
    r"\s*([（(][^（()）：:]{1,60}[)）])?\s*[：:]\s*(.*)$",
    re.S,
)
BRACKETED = re.compile(rf"^[【\[〔〖]\s*([{CJK}][{CJK}、/]{{1,13}})\s*[】\]〕〗]\s*[：:]?\s*(.*)$", re.S)
MAKES_A_TASK = {CONTENT, TARGET, BOTH}


@dataclass(frozen=True)
class Label:
    """A label at the beginning of a line: its word, what it means, and the words behind it."""

    word: str
    role: str
    rest: str
    note: str = ""  # what stands in brackets between the word and the colon


def role_of(word: str) -> str:
    """The meaning of a label or of a column's heading; OTHER where its words say nothing."""
    word = re.sub(r"[\s*＊：:]|[（(][^）)]*[)）]$", "", word)
    for role, pattern in COMPILED:
        if pattern.search(word):
            return role
    return OTHER


def label_at(text: str) -> Label | None:
    """The label with which a text begins, or None."""
    if match := BRACKETED.match(text):
        return Label(match[1], role_of(match[1]), match[2].strip())
    match = LEAD_IN.match(text)
    word = match[1].replace(" ", "") if match else ""
    if not match or NO_LABEL.search(word) and role_of(word) == OTHER:
        return None
    return Label(word, role_of(word), match[3].strip(), (match[2] or "").strip("（）()"))


def bare_label(text: str) -> Label | None:
    """A line that is nothing but a label: 考核指标 (without a colon)."""
    word = text.strip(" 　：:【】[]〔〕")
    if not 3 <= len(word) <= 10 or not re.fullmatch(rf"[{CJK}及和与、]+", word):
        return None
    role = role_of(word)
    return Label(word, role, "") if role in MAKES_A_TASK | {KEYWORDS, OWNER, CATEGORY, NOTE} else None
