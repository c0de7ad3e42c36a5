"""Letters, notices, receipts and lists on paper."""

import io
from datetime import date, datetime, timedelta, timezone

import pypdf
import pytest

from applications import letters
from documents import pdf
from tests.documents import samples

CHINA = timezone(timedelta(hours=8))
CALL = "2025年未来产业创新任务揭榜挂帅"
DOCUMENT = "工信厅高新函[2025]21号"
LONG_OFFICE = "北京市科学技术委员会、中关村科技园区管理委员会"
TASKS = [
    ("量子科技", "大冷量稀释制冷机", 3),
    ("原子级制造", "原子级精度X射线反射镜", 2),
    ("清洁氢", "大功率碱水电解制氢成套装备", 5),
]


def rows(office="江东省工业和信息化厅"):
    found = []
    for field, task, count in TASKS:
        for rank in range(1, count + 1):
            found.append(
                {
                    "field": field,
                    "task": task,
                    "number": f"2025-H2-01-{len(found) + 1:04d}",
                    "title": "面向风光波动工况的15MW级碱性电解水制氢成套装备研制与工程应用",
                    "unit": f"江州氢源装备股份有限公司第{len(found) + 1}分公司",
                    "partners": "东溟理工大学、江州市新能源技术研究院" if rank % 2 else "",
                    "department": office,
                    "rank": rank,
                    "contact": "张明珺 13800000001",
                }
            )
    return found


def pages_of(template, context, **more):
    data = pdf.render(template, context, **more)
    assert pdf.strange_faces(data) == set()
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages]


def letter(**changes):
    values = {
        "office": "江东省工业和信息化厅",
        "letter_no": "江东工信高新函（2025）36号",
        "addressee": "工业和信息化部高新技术司",
        "call_title": CALL,
        "document_no": DOCUMENT,
        "rows": rows(),
        "signed_on": date(2025, 3, 19),
        "contact_name": "周　瑾",
        "contact_phone": "000—55550136",
        "code": "2C8E-904B-7D1F",
    }
    return letters.recommendation_letter(**(values | changes))


def test_a_letter_counts_projects_and_tasks_and_brings_the_list():
    pages = pages_of("papers/recommendation_letter.html", letter())
    first = pages[0].replace("\n", "")
    assert "江东工信高新函〔2025〕36号" in first and "工信厅高新函〔2025〕21号" in first
    assert "等10个项目（名单见附件），涉及3项榜单任务" in first
    assert "2025年3月19日" in first and "（联系人：周　瑾，联系电话：000—55550136）" in first
    annex = "".join(pages[1:])
    assert annex.count("2025-H2-01-") == 10 and "2C8E-904B-7D1F" in annex
    assert "— 1 —" not in pages[0] and "— 2 —" in pages[1], "page one of a letter has no number"


def test_the_longest_office_and_a_single_project_fit_on_one_page():
    pages = pages_of("papers/recommendation_letter.html", letter(office=LONG_OFFICE, rows=rows(LONG_OFFICE)[:1]))
    assert len(pages) == 2
    first = pages[0].replace("\n", "")
    assert "装备研制与工程应用”1个项目" in first and first.count(LONG_OFFICE) >= 2


def test_a_letter_without_projects_is_still_a_paper():
    assert len(pages_of("papers/recommendation_letter.html", letter(rows=[]))) == 2


def notice(**changes):
    values = {
        "call_title": CALL,
        "name": "拟入围单位名单",
        "office": "工业和信息化部高新技术司",
        "signed_on": date(2025, 9, 9),
        "rows": rows(),
        "document_no": DOCUMENT,
        "opens_at": datetime(2025, 9, 10, tzinfo=CHINA),
        "closes_at": datetime(2025, 9, 17, tzinfo=CHINA),
        "period": "5个工作日",
        "contacts": [("量子科技", "010—00000001"), ("清洁氢", "010—00000003")],
    }
    return letters.list_notice(**(values | changes))


def test_a_publicity_notice_says_when_and_how_to_object():
    pages = pages_of("papers/shortlist_notice.html", notice())
    text = "".join(pages).replace("\n", "")
    assert "2025年9月10日至2025年9月16日（5个工作日）" in text, "the end is exclusive"
    assert "拟入围单位名单公示" in text and "异议提出方式" in text and "清洁氢010—00000003" in text
    assert all(f"— {number} —" in page for number, page in enumerate(pages, 1))


def test_a_public_list_shows_nothing_but_the_white_list_of_columns():
    text = "".join(pages_of("papers/shortlist_notice.html", notice()))
    assert "张明珺" not in text and "13800000001" not in text and "2025-H2-01" not in text
    assert "第10分公司" in text.replace("\n", "")


def test_an_announcement_has_no_objection_period():
    context = notice(name="优胜单位名单", opens_at=None, closes_at=None, text="经测评，现确定揭榜优胜单位名单。")
    text = "".join(pages_of("papers/shortlist_notice.html", context)).replace("\n", "")
    assert "优胜单位名单" in text and "公示" not in text and "经测评" in text


def test_a_task_with_more_rows_than_a_page_repeats_its_name():
    many = [dict(rows()[0], title="项目", unit=f"单位{i}") for i in range(60)]
    pages = pages_of("papers/shortlist_notice.html", notice(rows=many))
    assert all("大冷量稀释制冷机" in page for page in pages[2:])


def supplement(**changes):
    values = {
        "call_title": CALL,
        "notice_no": "揭榜补正[2025]86号",
        "unit": "江州氢源装备股份有限公司",
        "title": "面向风光波动工况的15MW级碱性电解水制氢成套装备研制与工程应用",
        "number": "2025-H2-01-0017",
        "version": 2,
        "code": "51C0-DD92-6E3F",
        "items": [
            {
                "place": "联合单位",
                "problem": "第3家单位统一社会信用代码校验不符",
                "demand": "更正代码",
                "basis": "通知二（一）",
            },
            {"place": "经费预算", "problem": "来源与支出相差20.00万元", "demand": "使来源与支出相等"},
        ],
        "due_at": datetime(2025, 4, 2, 17, tzinfo=CHINA),
        "period": "5个工作日",
        "office": "未来产业创新任务揭榜挂帅工作组",
        "signed_on": date(2025, 3, 26),
        "phone": "010—00000001",
    }
    return letters.supplement_notice(**(values | changes))


def test_a_supplement_notice_tells_everything_at_once():
    text = "".join(pages_of("papers/supplement_notice.html", supplement())).replace("\n", "")
    for word in (
        "揭榜补正〔2025〕86号",
        "下列2项内容需要补正",
        "2025年4月2日 17:00前（5个工作日）",
        "更正代码",
        "通知二（一）",
        "010—00000001",
    ):
        assert word in text, word


def test_the_column_of_grounds_stands_only_where_there_is_one():
    items = [{"place": "联合单位", "problem": "缺盖章页", "demand": "补传"}]
    assert "依　据" not in "".join(pages_of("papers/supplement_notice.html", supplement(items=items)))


def test_a_receipt_has_the_second_of_the_servers_time():
    context = letters.receipt(
        call_title=CALL,
        number="2025-H2-01-0017",
        version=3,
        code="9F3A-71C2-B84E",
        sha256="9f" * 32,
        submitted_at=datetime(2025, 3, 5, 16, 42, 7, tzinfo=CHINA),
        task="大功率碱水电解制氢成套装备（H-2-01）",
        title="=项目",
        unit="江州氢源装备股份有限公司",
        unit_code="91990000MAFAKE0194",
        department="江东省工业和信息化厅",
        by="王　堃",
        files=5,
        next_step="推荐单位将审核申报材料。",
    )
    (text,) = pages_of("papers/receipt.html", context)
    for word in ("2025年3月5日 16:42:07", "9F3A-71C2-B84E", "9f" * 16, "第3版", "5 个文件", "=项目", "王　堃"):
        assert word in text, word
    assert "申报截止" not in text, "a fact without a value is left out"


@pytest.mark.parametrize("compare", [False, True])
def test_performance_targets_at_one_and_at_three_moments(compare):
    rows = [
        {
            "level1": "产出指标",
            "level2": level2,
            "name": name,
            "unit": unit,
            "value": value,
            "contract": value,
            "actual": actual,
        }
        for (_, level2, name, unit, _, value), actual in zip(
            samples.TARGET_ROWS, ("3", "1", "6", "18", "0", "2", "100", "三项", "样机", "国际先进"), strict=True
        )
    ]
    context = letters.performance_targets(
        heading="省科技重大专项项目绩效目标表",
        title="新型光辅助电解槽",
        unit="江州氢源装备股份有限公司",
        department="江州市科学技术局",
        leader="张明珺",
        rows=rows,
        compare=compare,
        version="BG2024-9003-012　第2版",
    )
    (text,) = pages_of("papers/performance_targets.html", context)
    assert "新增授权知识产权（个）" in text.replace("\n", "") and "BG2024-9003-012　第2版" in text
    assert ("75%" in text and "120%" in text and "完成" in text) is compare


def test_a_score_sheet_shows_recusal_in_place_of_points():
    context = {
        "title": "专家评分表",
        "heading": [f"{CALL}专家评分表"],
        "task": "大功率碱水电解制氢成套装备（H-2-01）",
        "expert": "E-0392",
        "method": "网络评审",
        "criteria": [{"label": "技术路线与创新性", "weight": 60}, {"label": "研发基础与团队", "weight": 40}],
        "rows": [
            {
                "number": "2025-H2-01-0001",
                "title": "甲",
                "unit": "乙",
                "points": ["88", "90.5"],
                "total": "89.00",
                "advice": "推荐",
            },
            {"number": "2025-H2-01-0036", "title": "丙", "unit": "丁", "recused": "回避（同单位关系）"},
        ],
        "opinions": [{"number": "2025-H2-01-0001", "text": "指标先进。"}],
        "version": "评分表 E-0392",
    }
    (text,) = pages_of("papers/score_sheet.html", context)
    for word in ("E-0392", "60%", "90.5", "89.00", "回避（同单位关系）", "指标先进。"):
        assert word in text, word
