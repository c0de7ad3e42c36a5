"""What a file is, by its content: encodings, limits, bombs, wrong files; tables of workbooks and Word documents."""

import contextlib
import io
import time
import zipfile

import pytest

from programmes.importing import files
from programmes.importing.files import read_tasks
from programmes.importing.rows import Unreadable, dump, restore
from programmes.importing.template import INDICATORS, TASKS, template
from tests.programmes.importing import notices
from tests.programmes.importing.helpers import house_workbook, short, triples, word_file, workbook

NEEDS = [
    ["2035年大企业需求榜单"],
    ["序号", "省份", "大企业名称", "需求信息", None, None, "所属行业", "联系人"],
    [None, None, None, "需求名称", "参数要求", "内容描述", None, None],
    [1, "央企", "东海龙宫装备集团（虚构）", "珍珠自动分选机", "分选速度≥300粒/分钟，误判率＜0.1%", "研制样机。",
     "装备", "甲"],
    [2, "央企", None, "珊瑚清洁机器人", "清洁效率提高30%以上", "研制机器人。", "装备", "乙"],
    [3, "海南", "南海养殖（虚构）", None, "存活率不低于95%", "养殖。", "农业", "丙"],
    [4, "海南", "南海养殖（虚构）", "海带长度测量", "", "测量方法。", "农业", "丁"],
    [6, "海南", "南海养殖（虚构）", "海带长度测量", "精度±1cm", "测量方法。", "农业", "戊"],
    ["合计", None, None, "5"],
]  # fmt: skip
AREAS = ["A1:H1", "A2:A3", "B2:B3", "C2:C3", "D2:F2", "G2:G3", "H2:H3", "C4:C5"]


def test_a_table_with_a_title_and_a_merged_head():
    found = read_tasks(
        workbook(("需求榜单", NEEDS), ("填表说明", [["请如实填写"]]), merged={"需求榜单": AREAS}), "n.xlsx"
    )
    assert short(found) == [
        ("taken", "1", "装备", "", "珍珠自动分选机", "东海龙宫装备集团（虚构）"),
        ("taken", "2", "装备", "", "珊瑚清洁机器人", "东海龙宫装备集团（虚构）"),
        ("refused", "3", "农业", "", "", "南海养殖（虚构）"),
        ("doubtful", "4", "农业", "", "海带长度测量", "南海养殖（虚构）"),
        ("doubtful", "6", "农业", "", "海带长度测量", "南海养殖（虚构）"),
        ("refused", "t006", "", "", "5", ""),
    ]
    assert found.notes == ["“填表说明”没有任务名称一类的表头，未读取。"]
    assert [row.why for row in found.rows[2:]] == [
        ["没有任务名称。"],
        ["没有指标。", "另有同名的任务。"],
        ["另有同名的任务。", "序号从 4 直接到了 6。"],
        ["合计或说明行，不是任务。"],
    ]
    assert triples(found.rows[0]) == [("分选速度", ">=", "300", "粒/分钟"), ("误判率", "<", "0.1", "%")]
    assert (found.rows[0].region, found.rows[0].line, found.rows[0].place) == ("央企", 4, "需求榜单")
    assert "甲" not in str(dump(found)["rows"][0]["details"]), "persons and their lines are not kept"


def test_two_sheets_are_two_fields_and_sections_inside_a_sheet_too():
    head = ["序号", "任务名称", "研究内容", "考核指标"]
    one = [
        head,
        ["一、云上", None, None, None],
        [1, "云梯", "造梯。", "高度≥3m"],
        ["二、云下", None, None, None],
        [2, "云桥", "造桥。", "长度≥5m"],
    ]
    merged = {"甲": ["A2:D2", "A4:D4"]}
    found = read_tasks(workbook(("甲", one), ("乙", [head, [1, "云船", "造船。", "载重≥1t"]]), merged=merged), "n.xlsx")
    assert [(row.field, row.title) for row in found.rows] == [("云上", "云梯"), ("云下", "云桥"), ("乙", "云船")]


def test_our_own_template_reads_back_with_structured_indicators():
    head = [column.title for column in TASKS]
    tasks = [
        ["榜单任务"],
        head,
        ["K-1", "甲领域", "甲类", "会唱的钟", "研制钟。", None, "钟；声", "钟厂（虚构）", "江苏"],
    ]
    figures = [
        [column.title for column in INDICATORS],
        ["K-1", "声压级", "≤", "60.50", None, "dB", "1m 处", None],
        ["K-1", "音域", "范围", "100", "2000", "Hz", None, None],
        ["K-1", "外观", "文字", None, None, None, None, "提交外观说明"],
        ["K-9", "无主", "≥", "1", None, None, None, None],
    ]
    found = read_tasks(workbook(("任务", tasks), ("指标", figures)), "t.xlsx")
    row = found.rows[0]
    assert (row.status, row.keywords, row.owner) == ("taken", ["钟", "声"], "钟厂（虚构）")
    assert triples(row) == [("声压级", "<=", "60.50", "dB"), ("音域", "range", "100~2000", "Hz")]
    assert [one.text for one in row.indicators if one.comparator == "text"] == ["提交外观说明"]
    assert found.notes == ["指标表第 5 行的任务编号“K-9”不在任务表中，未读取。"]


def test_the_empty_template_holds_no_task():
    with pytest.raises(Unreadable, match="没有找到任务"):
        read_tasks(template(), "t.xlsx")


def test_a_workbook_of_our_writer():
    data = house_workbook([{"t": "飞毯", "g": "速度≥3m/s"}], [("t", "项目名称"), ("g", "主要技术指标")])
    assert [(row.title, triples(row)) for row in read_tasks(data, "n.xlsx").rows] == [
        ("飞毯", [("速度", ">=", "3", "m/s")])
    ]


def test_a_word_document_with_counted_numbers_and_superscripts():
    def build(document):
        document.add_heading("2036年幻想产业榜单", 1)
        for field, titles in (("气泡制造", ["不破气泡", "方形气泡"]), ("回声存储", ["回声硬盘"])):
            document.add_heading(field, 2)
            for title in titles:
                document.add_paragraph(title, style="List Number")
                document.add_paragraph().add_run(f"揭榜任务：研制{title}。").bold = True
                goal = document.add_paragraph("预期目标：寿命≥100 h，密度<1×10")
                goal.add_run("-3").font.superscript = True
                goal.add_run(" g/cm")
                goal.add_run("3").font.superscript = True
                goal.add_run("。")

    found = read_tasks(word_file(build), "notice.docx")
    assert [(row.code, row.field, row.title) for row in found.rows] == [
        ("1", "气泡制造", "不破气泡"), ("2", "气泡制造", "方形气泡"), ("3", "回声存储", "回声硬盘"),
    ]  # fmt: skip
    assert triples(found.rows[2]) == [("寿命", ">=", "100", "h"), ("密度", "<", "0.001", "g/cm³")]


def test_a_word_document_made_from_a_pdf():
    def build(document):
        for line in notices.BROKEN.splitlines():
            document.add_paragraph(line.strip())

    found = read_tasks(word_file(build), "pdf.docx")
    assert found.rows[0].title.endswith("及其在远洋船舶上的应用")
    assert triples(found.rows[0])[1] == ("工作温度范围", "range", "-20~50", "℃")
    assert found.notes == ["已略去：页码 2 处、页眉页脚 3 处。"]


def test_a_table_in_a_word_document():
    rows = [
        ["序号", "领域", "任务名称", "研究内容", "考核指标"],
        ["1", "甲", "会笑的门", "研制门。", "笑声≥60dB；响应时间≤1s"],
        ["2", "甲", "会哭的窗", "研制窗。", "泪量1~2mL"],
        ["3", "乙", "", "x", "y"],
    ]

    def build(document):
        table = document.add_table(len(rows), len(rows[0]))
        for number, row in enumerate(rows):
            for column, text in enumerate(row):
                table.cell(number, column).text = text

    found = read_tasks(word_file(build), "table.docx")
    assert [(row.status, row.field, row.title) for row in found.rows] == [
        ("taken", "甲", "会笑的门"), ("taken", "甲", "会哭的窗"), ("refused", "乙", ""),
    ]  # fmt: skip


def test_upright_tables_one_task_each():
    def build(document):
        for title, goal in (("会走的树", "行走速度≥1m/h；根系损伤率≤2%"), ("会唱的草", "音域100~2000Hz")):
            table = document.add_table(5, 4)
            rows = [
                ("榜单名称", title), ("所属领域", "林业", "发榜单位", "林场（虚构）"),
                ("需求描述", f"研制{title}。"), ("技术指标", goal), ("联系人", "某某", "电话", "000"),
            ]  # fmt: skip
            for number, cells in enumerate(rows):
                for column, text in enumerate(cells):
                    table.cell(number, column).text = text
                if len(cells) == 2:
                    table.cell(number, 1).merge(table.cell(number, 3))
            document.add_paragraph("")

    found = read_tasks(word_file(build), "upright.docx")
    assert [(row.status, row.title, row.field, row.owner) for row in found.rows] == [
        ("taken", "会走的树", "林业", "林场（虚构）"), ("taken", "会唱的草", "林业", "林场（虚构）"),
    ]  # fmt: skip
    assert triples(found.rows[0]) == [("行走速度", ">=", "1", "m/h"), ("根系损伤率", "<=", "2", "%")]


def test_a_table_in_markdown():
    text = "# 榜单\n\n| 序号 | 需求名称 | 需达到效果 |\n|---|---|---|\n"
    text += "| 1 | 会飞的鞋 | 高度≥2m |\n| 2 | 会游的帽 | 深度≥1m |\n"
    assert [row.title for row in read_tasks(text.encode(), "n.md").rows] == ["会飞的鞋", "会游的帽"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_encodings(encoding):
    assert read_tasks(notices.CHAPTERS.encode(encoding), "n.txt").found == 4


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "空文件"),
        (b"%PDF-1.7 ...", "PDF文件"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1xxxx", "旧版Office"),
        (b"\x89PNG\r\n", "图片"),
        (b"PK\x03\x04broken", "已损坏"),
        (b"abc\x00def", "不是文字文件"),
        (b"\xff\xfea", "编码无法识别"),
        (b"\x81\xff\xff", "编码无法识别"),
        (b"<html><body>", "网页"),
    ],
)
def test_a_wrong_file_gets_a_sentence(data, sentence):
    with pytest.raises(Unreadable, match=sentence):
        read_tasks(data, "任务.xlsx")


def test_a_zip_that_is_no_office_file():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("hello.xml", "<x/>")
    with pytest.raises(Unreadable, match="既不是"):
        read_tasks(target.getvalue(), "x.docx")


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch):
    monkeypatch.setattr(files, "MAX_XML", 100_000)
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", "<x/>")
        archive.writestr("xl/worksheets/sheet1.xml", "<x>" + " " * 200_000 + "</x>")
    with pytest.raises(Unreadable, match="展开后超过"):
        read_tasks(target.getvalue(), "bomb.xlsx")


def test_entities_are_refused():
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("word/document.xml", '<!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>')
    with pytest.raises(Unreadable, match="不合规范"):
        read_tasks(target.getvalue(), "x.docx")


def test_too_large_and_too_many_cells(monkeypatch):
    monkeypatch.setattr(files, "MAX_BYTES", 10)
    with pytest.raises(Unreadable, match="超过"):
        read_tasks(notices.CHAPTERS.encode(), "n.txt")
    monkeypatch.undo()
    monkeypatch.setattr(files, "MAX_CELLS", 10)
    with pytest.raises(Unreadable, match="单元格"):
        read_tasks(workbook(("需求榜单", NEEDS)), "n.xlsx")


def test_too_many_tasks(monkeypatch):
    monkeypatch.setattr(files, "MAX_TASKS", 3)
    with pytest.raises(Unreadable, match="超过 3 项"):
        read_tasks(notices.CHAPTERS.encode(), "n.txt")


@pytest.mark.parametrize(
    "text",
    [
        "任务1 标题\n研究内容：x\n考核指标：" + "（" * 50_000,
        "任务1 标题\n研究内容：x\n考核指标：" + "1," * 50_000,
        "任务1 标题\n研究内容：x\n考核指标：长度≥5" + "a·" * 50_000,
        "研究内容研究内容研究内容研究内容研究内容研究内容研究内容\n" * 5_000,
        "\n".join(f"1.{number % 300} 标题\n研究内容：x\n考核指标：≥{number}个" for number in range(900)),
    ],
    ids=["brackets", "commas", "units", "one endless paragraph", "numbers that jump"],
)
def test_hostile_texts_take_no_time(text):
    started = time.process_time()
    with contextlib.suppress(Unreadable):
        read_tasks(text.encode(), "n.txt")
    assert time.process_time() - started < 5


def test_a_reading_is_kept_exactly():
    found = read_tasks(notices.BROKEN.encode(), "n.txt")
    assert restore(dump(found)) == found
