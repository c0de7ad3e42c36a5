"""Notices of many structures: the exact tasks, fields, categories and doubts."""

import pytest

from programmes.importing.files import read_tasks
from programmes.importing.rows import Unreadable
from tests.programmes.importing import notices
from tests.programmes.importing.helpers import short, triples


def read(text: str):
    return read_tasks(text.encode(), "notice.txt")


def test_chapters_and_worded_numbers():
    found = read(notices.CHAPTERS)
    assert short(found) == [
        ("taken", "1-01", "云端种植", "", "悬浮菜畦自动播种机", "甲乙丙丁农机有限公司"),
        ("taken", "1-02", "云端种植", "", "雾滴灌溉控制器", "某某灌溉研究院"),
        ("doubtful", "2-01", "海底烘焙", "", "高压面团发酵罐", "某某食品集团"),
        ("doubtful", "2-02", "海底烘焙", "", "水下烤箱", "某某电器厂"),
    ]
    assert triples(found.rows[0]) == [
        ("播种速度", ">=", "120", "粒/分钟"),
        ("漏播率", "<=", "0.5", "%"),
        ("单机重量", "<", "35", "kg"),
    ]
    assert triples(found.rows[1]) == [
        ("雾滴直径", "range", "10~50", "μm"),
        ("控制精度", "<=", "0.5", "℃"),
        ("连续运行时间", ">=", "1000", "小时"),
    ]
    assert found.rows[2].why == ["指标“容积”：没有写明比较方式"]
    assert found.rows[3].why == ["目标中没有可以提出的指标。"]


def test_markdown_headings_without_numbers():
    found = read(notices.HEADINGS)
    assert [(row.field, row.title) for row in found.rows] == [
        ("智能风筝", "自稳定风筝骨架"),
        ("智能风筝", "风筝线张力传感"),
        ("会唱歌的石头", "石头共鸣建模"),
    ]
    assert triples(found.rows[1]) == [("测量范围", "range", "0~500", "N"), ("误差", "<=", "1", "%")]


def test_three_levels_of_decimals_with_the_category_behind_the_title():
    found = read(notices.DECIMALS)
    assert short(found) == [
        ("taken", "1.1.1", "土壤", "应用基础类", "月壤脱盐菌剂研制", ""),
        ("taken", "1.1.2", "土壤", "关键技术类", "月壤团粒结构重建", ""),
        ("taken", "1.2.1", "土壤", "应用基础类", "低重力渗流规律研究", ""),
        ("doubtful", "2.1.1", "作物", "关键技术类", "低光照豆类选育", ""),
    ]
    assert found.rows[0].details == [("所属方向", "月壤改良")]
    assert triples(found.rows[0]) == [
        ("脱盐率", ">=", "90", "%"),
        ("菌株", ">=", "3", "株"),
        ("发明专利", "range", "5~8", "项"),
    ]


def test_records_whose_number_stands_before_the_name():
    found = read(notices.RECORDS)
    assert short(found) == [
        ("taken", "XQ-001", "仓储", "", "冷库机器人防冻轮胎", "北极物流（虚构）有限公司"),
        ("taken", "XQ-002", "包装", "", "透明纸箱", "南极包装（虚构）有限公司"),
    ]
    assert triples(found.rows[0])[0] == ("工作温度", "range", "-60~20", "℃")


def test_a_text_from_a_pdf():
    found = read(notices.BROKEN)
    assert short(found) == [
        ("doubtful", "1-01", "时间折叠专项", "",
         "折叠钟表的误差校正技术与长时间守时装置研制及其在远洋船舶上的应用", ""),
        ("doubtful", "1-02", "时间折叠专项", "", "折叠信封", ""),
        ("taken", "2-01", "影子回收专项", "", "影子采集网", ""),
        ("taken", "2-02", "影子回收专项", "", "影子压缩机", ""),
        ("refused", "2-03", "影子回收专项", "", "", ""),
    ]  # fmt: skip
    assert found.rows[4].why == ["只有编号，没有标题。"]
    assert found.notes == ["已略去：页码 2 处、页眉页脚 3 处。"]
    assert triples(found.rows[0])[:4] == [
        ("守时误差", "<", "0.1", "s/天"),
        ("工作温度范围", "range", "-20~50", "℃"),
        ("整机功耗", "<=", "2.5", "W"),
        ("平均无故障时间", ">=", "10000", "h"),
    ]
    assert triples(found.rows[2])[:2] == [
        ("采集面积（第一维）", ">=", "10", "m"),
        ("采集面积（第二维）", ">=", "20", "m"),
    ]
    assert triples(found.rows[3])[0] == ("压缩比", ">=", "50", ":1")


def test_lists_inside_tasks_are_no_tasks():
    found = read(notices.LISTS)
    assert [(row.field, row.title, row.status) for row in found.rows] == [
        ("飞行蔬菜", "飞行白菜的叶片气动外形设计", "taken"),
        ("飞行蔬菜", "飞行萝卜的发射装置", "taken"),
        ("地下云朵", "地下云朵培育箱", "taken"),
        ("地下云朵", "地下云朵运输车", "doubtful"),
    ]
    assert "电话" not in found.rows[3].targets
    assert triples(found.rows[2]) == [("湿度", "range", "90~99", "%"), ("云朵存活时间", ">=", "48", "小时")]


def test_bare_labels_a_gap_and_lost_superscripts():
    found = read(notices.BARE)
    assert [(row.status, row.category, row.title) for row in found.rows] == [
        ("doubtful", "定向委托", "会走路的房屋"),
        ("doubtful", "揭榜挂帅", "会游泳的桥梁"),
        ("refused", "", ""),
        ("doubtful", "揭榜挂帅", "会飞的隧道"),
    ]
    assert found.rows[1].why == ["下一任务的编号不连续，本任务的文字可能混入或缺少一页。"]
    assert found.rows[2].why == ["编号 3 没有标题：编号从 2 直接到了 4，原文可能缺页。"]
    assert "指标“升力1×106N”：像是丢失了指数的上标" in found.rows[3].why
    assert triples(found.rows[3]) == [("型号", ">=", "2", "种")]


def test_a_label_in_the_middle_of_the_line():
    found = read(notices.INLINE)
    assert [(row.code, row.title, row.content) for row in found.rows] == [
        ("01", "超静音公鸡", "研制鸣叫声可调的公鸡。"),
        ("02", "反重力拖把", "研制反重力拖把。"),
        ("03", "隐形雨伞", "研制隐形雨伞。"),
    ]
    assert found.rows[0].details == [("实施期限", "2年")]
    assert triples(found.rows[1]) == [
        ("悬浮高度", "range", "0.1~0.5", "m"),
        ("单价", "<", "1200", "元"),
        ("充电时间", "<", "1", "h"),
    ]


def test_projects_with_owners_and_clauses_after_them():
    found = read(notices.PROJECTS)
    assert short(found) == [
        ("taken", "1", "", "", "超低温豆腐速冻生产线", "某某豆制品有限公司"),
        ("taken", "2", "", "", "豆渣高值化利用", "某某豆制品有限公司"),
    ]
    assert found.rows[0].details == [("项目总投资", "500万元"), ("揭榜标的", "100万元"), ("时限要求", "2年")]
    assert triples(found.rows[0]) == [
        ("中心温度", "<=", "-35", "℃"),
        ("产能", ">=", "2", "t/h"),
        ("产品开裂率", "<=", "0.5", "%"),
    ]
    assert "联系" not in found.rows[1].targets and "揭榜方" not in found.rows[1].targets


def test_letters_before_the_numbers():
    found = read(notices.LETTERED)
    assert [(row.status, row.code, row.title) for row in found.rows] == [
        ("doubtful", "A01", "自动折纸机器人"),
        ("taken", "A02", "自动剪纸机器人"),
        ("taken", "B01", "自动糊灯笼机器人"),
    ]
    assert triples(found.rows[0]) == [
        ("折纸成功率", ">=", "99", "%"),
        ("单件时间", "<=", "30", "s"),
        ("样机", "=", "2", "台"),
    ]


def test_numbers_that_begin_anew_under_each_direction():
    found = read(notices.PARTS)
    assert [(row.code, row.field, row.title) for row in found.rows] == [
        ("1-01", "梦境显示", "可触摸梦境屏"),
        ("1-02", "梦境显示", "梦境编码标准"),
        ("2-01", "梦境采集", "枕头式采集器"),
    ]
    assert triples(found.rows[2])[-1] == ("信号带宽", "range", "0.5~100", "Hz")


def test_a_number_that_is_left_out():
    found = read(notices.GAPPED)
    assert [(row.status, row.code, row.field) for row in found.rows] == [
        ("taken", "1.1", "幻兽监测"), ("taken", "1.2", "幻兽监测"), ("doubtful", "2.1", "幻兽栖息地"),
        ("refused", "2.2", "幻兽栖息地"), ("doubtful", "2.3", "幻兽栖息地"),
    ]  # fmt: skip
    assert found.rows[3].why == ["编号 2.2 没有标题：编号从 2.1 直接到了 2.3，原文可能缺页。"]


def test_labels_as_numbered_lines_under_numbered_tasks():
    found = read(notices.CLAUSES)
    assert short(found) == [
        ("taken", "1.1", "低空农业", "事前立项", "无人机授粉技术", ""),
        ("taken", "1.2", "低空农业", "事前立项", "无人机采摘技术", ""),
        ("taken", "2.1", "深海农业", "后补助", "深海网箱", ""),
    ]
    assert found.rows[0].details == [("支持方式", "事前立项，支持经费不超过200万元。")]
    assert triples(found.rows[2]) == [
        ("抗浪等级", ">=", "12", "级"), ("网箱容积", ">=", "10", "万立方米"), ("使用寿命", ">=", "15", "年"),
    ]  # fmt: skip


def test_labels_as_headings():
    found = read(notices.GOALS)
    assert [(row.status, row.title) for row in found.rows] == [("taken", "水下飞行器"), ("doubtful", "空中潜艇")]
    assert triples(found.rows[0]) == [("航速", ">=", "20", "节"), ("续航力", ">=", "500", "海里")]
    assert "2039" not in found.rows[0].targets + found.rows[0].content


def test_goals_under_a_second_goal_label():
    found = read(notices.NEEDS)
    assert [(row.status, row.code, row.title) for row in found.rows] == [
        ("taken", "1", "蜂巢结构健康监测系统"), ("taken", "2", "蜂群智能调度平台"),
        ("taken", "3", "蜂蜜品质在线检测装备"),
    ]  # fmt: skip
    assert triples(found.rows[0]) == [
        ("位移测量误差", "<=", "0.1", "mm"), ("应变分辨率", "<=", "1", "με"), ("接入传感器", ">=", "1000", "个"),
        ("采样频率", ">=", "100", "Hz"), ("平均无故障工作时间", ">=", "20000", "小时"),
    ]  # fmt: skip
    assert found.rows[0].indicators[1].conditions == "监测精度" and not found.notes


def test_what_stands_behind_an_owner_is_not_lost():
    found = read(notices.OWNERS)
    assert [(row.field, row.title, row.owner) for row in found.rows] == [
        ("新材料领域", "耐啃咬仓鼠轮材料", "虚构宠物用品公司"),
        ("新材料领域", "自清洁猫砂", "虚构矿业公司"),
        ("电子信息领域", "宠物语言翻译器", "虚构电子公司"),
    ]
    assert [row.details for row in found.rows] == [
        [("拟投入资金", "300万元")], [("拟投入资金", "200万元")], [("拟投入资金", "1000万元")],
    ]  # fmt: skip
    assert triples(found.rows[1]) == [
        ("吸水率", ">=", "400", "%"),
        ("除臭率", ">", "99", "%"),
        ("粉尘率", "<=", "0.1", "%"),
    ]


def test_formulas_and_a_table_of_figures_inside_a_task():
    found = read(notices.FORMULAS)
    assert [(row.status, row.code, row.field, row.title) for row in found.rows] == [
        ("taken", "1.1", "基础玩具", "永动陀螺"),
        ("taken", "1.2", "基础玩具", "隐身积木"),
        ("taken", "2.1", "智能玩具", "会做饭的玩偶"),
    ]
    assert triples(found.rows[0]) == [
        ("单次旋转时间", ">=", "24", "h"), ("转速", ">=", "60000", "rpm"), ("摩擦系数", "<=", "0.000001", ""),
        ("尺寸（第一维）", "<=", "50", "mm"), ("尺寸（第二维）", "<=", "50", "mm"),
    ]  # fmt: skip
    assert triples(found.rows[1]) == [("透光率", ">=", "98", "%"), ("硬度", ">=", "5", "H")]


def test_a_counted_promise_of_the_text_is_compared():
    text = notices.CHAPTERS.replace("共设置2项任务", "共设置7项任务")
    assert any("7项任务" in note for note in read(text).notes)
    assert not read(notices.CHAPTERS).notes


def test_a_watermark_spread_letter_by_letter_is_dropped():
    text = notices.BROKEN.replace("装置的需求，研究\n", "装置的需求，研究\n虚\n构\n单\n位\na\nb\n")
    found = read(text)
    assert "虚" not in found.rows[0].content
    assert "水印 6 处" in found.notes[0]


@pytest.mark.parametrize("text", ["今天天气很好。\n明天也很好。", "一、总则\n二、要求\n（一）按时完成。", "1\n2\n3"])
def test_a_text_without_tasks_is_told_so(text):
    with pytest.raises(Unreadable, match="没有找到任务"):
        read(text)


def test_the_same_text_in_gb18030():
    found = read_tasks(notices.CHAPTERS.encode("gb18030"), "notice.txt")
    assert short(found) == short(read(notices.CHAPTERS))


NOTES_ONCE = """\
专题一：云端种植
方向1：菜畦自动播种
研究内容
研究悬浮菜畦的播种方法。
考核指标
漏播率不高于0.5%；申请专利5~8项。
其他要求
须由企业牵头，实施期不超过3年，资助不超过800万元。
方向2：雾滴灌溉
研究内容
研究雾滴的控制。
考核指标
雾滴直径不大于50μm。
"""

NOTES_BOLD = """\
# 2099年度虚构专项指南

## 1. 云端种植

### 1.1 菜畦自动播种

**研究内容：** 研究悬浮菜畦的播种方法。

**考核指标：** 漏播率不高于0.5%。

**拟支持项目数：** 1～2 项。

### 1.2 雾滴灌溉

**研究内容：** 研究雾滴的控制。

**考核指标：** 雾滴直径不大于50μm。

**有关说明：** 企业牵头，自筹经费与财政经费比例不低于 1:1。
"""


@pytest.mark.parametrize(
    "text, at, label",
    [(NOTES_ONCE, 0, "其他要求"), (NOTES_BOLD, 0, "拟支持项目数"), (NOTES_BOLD, 1, "有关说明")],
)
def test_what_a_single_task_says_besides_its_targets_is_no_indicator(text, at, label):
    row = read(text).rows[at]
    assert label in dict(row.details)
    names = [one.name for one in row.indicators]
    assert "漏播率" in names or "雾滴直径" in names
    assert not any(word in name for name in names for word in ("支持", "实施期", "资助", "经费"))
