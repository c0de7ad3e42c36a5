"""A wrong document is refused with place, what stands there, and what was expected; everything at once."""

import pytest

from programmes.loader import InvalidDocument, read_document
from programmes.reader import read_text
from programmes.schema import problems_of
from tests.programmes.documents import SMALL, small_document


def sentences(old: str, new: str) -> list[str]:
    """What is said about the small call with one text replaced."""
    assert old in SMALL
    return [problem.sentence for problem in problems_of(read_text(SMALL.replace(old, new, 1))[0])]


def test_the_small_call_is_valid():
    assert problems_of(small_document()) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("title: 小型批次", "titel: 小型批次",
         "titel：没有这个键，其值为 “小型批次”；应为title（相近），或可用的键"),
        ("title: 小型批次\n", "", "title：没有填写，必须填写"),
        ("title: 小型批次", "title: ''", "title：现为 “”，应为不为空的文字"),
        ("year: 2025", "year: 二〇二五", "year：现为 “二〇二五”，应为2000 至 2100 的整数"),
        ("field: a\n", "field: c\n", "tasks[0].field：现为 “c”，应为fields 中的编码：a、b"),
        ("category: core", "category: kern", "tasks[0].category：现为 “kern”，应为categories 中的编码：product、core"),
        ("code: A-2", "code: A-1", "tasks[1].code：现为 “A-1”，应为没有用过的编码"),
        ('comparator: ">="', 'comparator: "≥"', "tasks[0].indicators[0].comparator：现为 “≥”，应为以下之一"),
        ("value: 1000,", "value: 千,", "tasks[0].indicators[0].value：现为 “千”，应为数值"),
        ("value: 1000,", "value: [1, 2],", "tasks[0].indicators[0].value：现为 2 项的列表，应为一个数值"),
        ("value: 1000,", "value: null,", "tasks[0].indicators[0].value：现为 空，应为一个数值"),
        ("value: [1, 9]", "value: [9, 1]", "tasks[1].indicators[0].value：现为 “[9, 1]”，应为起点不大于终点"),
        ("value: [1, 9]", "value: 9", "tasks[1].indicators[0].value：现为 “9”，应为[起, 止]"),
        ("value: null, text: 提交工艺文件", "value: 3, text: 提交", "tasks[2].indicators[0].value：现为 “3”，应为null"),
        (", text: 提交工艺文件", "", "tasks[2].indicators[0].text：没有填写"),
        ("unit: 个}", "unit: 个, sense: within}", "tasks[0].indicators[0].sense：现为 “within”，应为不填"),
        ("closes: 2025-03-06}", "closes: 3月6日}", "windows.apply.closes：现为 “3月6日”，应为日期 2025-03-06 或时刻"),
        ("closes: 2025-03-06}", "closes: 2025-02-30}", "windows.apply.closes：现为 “2025-02-30”"),
        ("closes: 2025-03-06}", "closes: 2025-02-28}", "windows.apply.opens：现为 “2025-03-01”，应为早于截止时间"),
        ("closes: 2025-03-06}", "closes: 2025-04-30}",
         "windows.recommend.closes：现为 “2025-03-20 17:30”，应为不早于申报截止 2025-04-30"),
        ("apply: {opens", "applying: {opens", "windows.applying：现为 “applying”，应为以下之一：apply"),
        ("  apply: {opens: 2025-03-01, closes: 2025-03-06}\n", "", "windows.apply：没有填写"),
        ("scope: [task, recommender]", "scope: [task, moon]", "quotas.recommend.scope[1]：现为 “moon”，应为以下之一"),
        ("force: soft", "force: weich", "quotas.recommend.force：现为 “weich”，应为以下之一：hard、soft"),
        ("limit: 2", "limit: 0", "quotas.recommend.limit：现为 “0”，应为1 至"),
        ("code: partners_at_most", "code: partner_max", "requirements[0].code：现为 “partner_max”，应为以下之一"),
        ("params: {count: 4}", "params: {counts: 4}",
         "requirements[0].params.counts：没有这个键，其值为 “4”；应为count（相近）"),
        ("params: {count: 4}", "params: {}", "requirements[0].params.count：没有填写"),
        ("options: {text: pledge}", "options: {text: oath}", "form[2].options.text：现为 “oath”，应为texts 中的键"),
        ("type: project", "type: projekt", "form[0].type：现为 “projekt”，应为以下之一"),
        ("- {code: pledge_signed}", "- {code: pledge_signed, field: oath.x}",
         "requirements[1].field：现为 “oath.x”，应为form 中的键"),
        ("texts:", "check_items:\n  - {code: c, label: 齐全, requirement: form_complete, section: oath}\ntexts:",
         "check_items[0].requirement：现为 “form_complete”，应为requirements 中的编码"),
        ("type: partners", "type: project", "form[1].type：现为 “project”，应为没有用过的类型"),
        ("weight: 40", "weight: 30", "review.criteria：现为 “权重合计 90”，应为权重合计 100"),
        (
            "review:\n",
            "review:\n  rounds: [{kind: mail}, {kind: panel}, {kind: panel}, {kind: mail}]\n",
            "review.rounds[3].kind：现为 “mail”，应为其他环节：网络评审只有一轮，一份申报的评分都在其中",
        ),
        ("review:\n", "review:\n  tie_at_cut: vote\n", "review.tie_at_cut：现为 “vote”，应为reason 或 both"),
        ("review:\n", "review:\n  recusal: {named_in: partners}\n",
         "review.recusal.named_in：现为 “partners”，应为form 中"),
        ("review:\n", "review:\n  rounds: [{kind: panel, quorum: 3/2}]\n",
         "review.rounds[0].quorum：现为 “3/2”，应为小于 1 的分数"),
        ("  work: {count", "  wrok: {count", "clocks.wrok：现为 “wrok”，应为以下之一"),
        ("unit: years", "unit: 年", "clocks.work.unit：现为 “年”，应为以下之一"),
        ("kinds: [industry]", "kinds: [工信]", "recommenders.kinds[0]：现为 “工信”，应为以下之一"),
        ("publicity: {count: 5", "public: {count: 5",
         "flow.public：没有这个键，其值为 键值对；应为publicity（相近）"),
    ],
)  # fmt: skip
def test_one_slip_gives_one_sentence_that_names_it(old, new, said):
    found = sentences(old, new)
    assert len([sentence for sentence in found if sentence.startswith(said)]) == 1, found


@pytest.mark.parametrize(("force", "refused"), [("hard", True), ("soft", False)])
def test_equals_at_the_line_do_not_all_go_in_where_the_limit_is_hard(force, refused):
    document = small_document()
    document["quotas"]["shortlist"] = {"limit": 3, "scope": ["task"], "force": force}
    document["review"]["tie_at_cut"] = "both"
    assert [problem.where for problem in problems_of(document)] == (["review.tie_at_cut"] if refused else [])


def test_a_binary_float_is_refused():
    document = small_document()
    document["tasks"][0]["indicators"][0]["value"] = 0.1
    assert [problem.where for problem in problems_of(document)] == ["tasks[0].indicators[0].value"]


@pytest.mark.parametrize("document", [None, [], "text", 7, {}])
def test_a_document_of_another_shape_is_refused(document):
    assert problems_of(document)


def test_a_file_is_refused_with_its_name_and_every_line(tmp_path):
    file = tmp_path / "call.yaml"
    file.write_text(SMALL.replace("year: 2025", "year: abc").replace("weight: 60", "weight: 0"), encoding="utf-8")
    with pytest.raises(InvalidDocument) as caught:
        read_document(file)
    lines = SMALL.splitlines()
    year = lines.index("year: 2025") + 1
    weight = next(number for number, line in enumerate(lines, 1) if "weight: 60" in line)
    assert caught.value.sentences[0].startswith(f"{file}:{year}: year：现为 “abc”")
    assert caught.value.sentences[1].startswith(f"{file}:{weight}: review.criteria[0].weight：现为 “0”")
    assert len(caught.value.sentences) == 2


@pytest.mark.parametrize("content", [b"\xff\xfe", b"a: [1", b""])
def test_a_file_that_cannot_be_read_is_told(tmp_path, content):
    file = tmp_path / "call.yaml"
    file.write_bytes(content)
    with pytest.raises(InvalidDocument, match="call.yaml"):
        read_document(file)


def test_a_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(InvalidDocument, match="读不到"):
        read_document(tmp_path / "nothing.yaml")


@pytest.mark.parametrize(
    ("obligation", "said"),
    [
        ("{code: a, kind: yearly, label: 年报, every: year, by: '03-31'}", ""),
        ("{code: a, kind: yearly, label: 年报, every: year, by: '02-29'}", "每年的日期 MM-DD"),
        ("{code: a, kind: quarterly, label: 季报, every: quarter, by: '28'}", ""),
        ("{code: a, kind: quarterly, label: 季报, every: quarter, by: '29'}", "每季度首月的日 DD"),
        ("{code: a, kind: yearly, label: 年报, every: year, by: '03-31', blocks: start_work}", "不能作为下一步的前提"),
        ("{code: a, kind: change, label: 变更}", ""),
        ("{code: a, kind: change, label: 变更, blocks: start_work}", "不能作为下一步的前提"),
        ("{code: a, kind: extension, label: 延期, every: year, by: '03-31'}", "没有周期"),
        ("{code: a, kind: plan, label: 计划书, clock: plan}", "clocks 中的键"),
    ],
)
def test_obligations_are_periods_or_clocks_or_requests(obligation, said):
    found = sentences("year: 2025", f"year: 2025\nobligations: [{obligation}]")
    assert (said in found[0] and len(found) == 1) if said else found == []


@pytest.mark.parametrize(
    ("flow", "said"),
    [
        ({}, []),
        ({"recommendation_list": False}, ["requirements[0].code", "没有推荐名单的批次不写"]),
        ({"recommendation": False}, ["requirements[0].code", "没有推荐名单的批次不写"]),
    ],
)
def test_a_rule_on_the_whole_list_needs_a_list(flow, said):
    """It would be accepted and never asked."""
    youth = {"code": "youth_share_at_least", "params": {"percent": "40", "born_from": "1984-01-01"}}
    found = problems_of(small_document() | {"flow": flow, "quotas": {}, "requirements": [youth]})
    assert len(found) == bool(said) and all(word in found[0].sentence for word in said)


def test_a_rule_on_the_whole_list_is_no_rule_of_one_task():
    document = small_document()
    youth = {"code": "youth_share_at_least", "params": {"percent": "40", "born_from": "1984-01-01"}}
    document["tasks"][0]["requirements"] = [youth]
    found = [problem.sentence for problem in problems_of(document)]
    assert len(found) == 1 and "tasks[0].requirements[0].code" in found[0] and "写在批次的 requirements 中" in found[0]


@pytest.mark.parametrize(("code", "refused"), [("320000", False), ("440300", False), ("320500", True), ("苏州", True)])
def test_a_region_is_one_of_those_that_units_have(code, refused):
    """A city that no unit can choose as its region would keep everybody out."""
    rule = {"code": "lead_registered_in", "params": {"regions": [code]}}
    found = [problem.sentence for problem in problems_of(small_document() | {"requirements": [rule]})]
    assert len(found) == refused and all("regions[0]" in said and "37 个地区" in said for said in found)
