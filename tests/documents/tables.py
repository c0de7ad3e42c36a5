"""Three tables as the business makes them: a summary table, a ranking with marks, a public list with bands."""

from datetime import date
from decimal import Decimal

from documents.sheets import Column, Mark, Sheet

PROJECTS = [
    (
        "9003",
        "新型光辅助电解槽分解水制氢关键技术与样机研制",
        "江州氢源装备股份有限公司",
        "企业：国家高新技术企业\n（GR202499000123）",
    ),
    ("9003", "无贵金属光辅助电催化体系及其服役稳定性研究", "东溟理工大学", "高等院校"),
    ("9004", "聚合物氧化物复合全固态动力电池中试技术", "江东固能新材料有限公司", "企业：创新型领军企业"),
    (
        "9006",
        "500Wh/kg电动飞机用全固态电池电芯研发",
        "江东航空动力电池有限公司",
        "企业：国家高新技术企业\n（GR202399000877）",
    ),
    ("9006", "电动飞机电池热失控早期预警与智能传感", "江东省技术创新中心（航空电源）", "技术创新中心"),
    ("9002", "-40℃冷启动宽温区质子交换膜燃料电池电堆关键技术", "江州低温电堆制造有限公司", "企业：科技型中小企业"),
]
NOTES = [
    "此表由推荐单位填报，表内项目均经推荐单位审核，符合申报要求。",
    "申报单位类型填写国家（省）实验室、技术创新中心、高等院校、科研院所、医疗卫生机构、新型研发机构、企业等；企业须写明类型，"
    "国家高新技术企业须写明证书编号。",
    "联合攻关单位指牵头申报单位以外的单位。",
]


def summary(times: int = 1) -> Sheet:
    """Annex 3 of the Jiangsu call: ten columns, A4 landscape."""
    rows = [
        {
            "number": f"BG2024-{guide}-{i * 7 + 12:03d}",
            "guide": guide,
            "title": title,
            "unit": {"name": unit, "type": kind, "place": "江州市高新区" if i % 2 else "江州市海曙湖区"},
            "partners": "东溟理工大学、江州市新能源技术研究院" if i % 3 == 0 else "东溟理工大学",
            "checked": "已审核",
            "note": "=3+2（企业3家、高校院所2家）" if i == 3 else "",
        }
        for i, (guide, title, unit, kind) in enumerate(PROJECTS * times)
    ]
    columns = [
        Column("serial", "序号", 12, "serial"),
        Column("number", "项目受理号", 35, "code"),
        Column("guide", "指南\n编号", 13, "code"),
        Column("title", "项目名称", 47),
        Column("name", "申报单位", 36, value="unit.name"),
        Column("type", "申报单位\n类型", 38, value="unit.type"),
        Column("place", "所在县\n（市、区）", 22, "short", value=lambda row: row["unit"]["place"]),
        Column("partners", "联合攻关\n单位", 32),
        Column("checked", "材料是否\n已审核", 20, "short", choices=("已审核", "未审核")),
        Column("note", "备注", 24),
    ]
    return Sheet(
        "推荐项目汇总表",
        columns,
        rows,
        heading="2024年度省科技重大专项推荐项目汇总表",
        annex="附件3",
        left="推荐单位：江州市科学技术局　　　　　（盖章）",
        right="联系人/联系电话：周　瑾 000—55550136",
        notes=NOTES,
        number="名单号 JD2024-TJ-0301-V1　校验码 7B20-4FE6-19AC",
        freeze=4,
    )


def ranking() -> Sheet:
    """Scores of five experts in a grouped head; dropped scores, flags, and the line under the last place."""
    scores = [
        (91, 88, 92, 90, 86),
        (86, 90, 84, 85, 88),
        (88, 82, 84, 86, 87),
        (88, 56, 73, 84, 86),
        (82, 78, "回避", 80, 79),
    ]
    rows = []
    for place, values in enumerate(scores, 1):
        numbers = sorted(v for v in values if isinstance(v, int))
        kept = numbers[1:-1] if len(numbers) == 5 else numbers
        marked = [Mark(v, "dropped") if len(numbers) == 5 and v in (numbers[0], numbers[-1]) else v for v in values]
        rows.append(
            {
                "place": place,
                "number": f"2025-H-2-01-{place:04d}",
                "title": PROJECTS[place - 1][1],
                "unit": PROJECTS[place - 1][2],
                **{f"e{k}": v for k, v in enumerate(marked, 1)},
                "mean": Mark(Decimal(sum(kept)) / len(kept), "strong"),
                "flag": Mark("极差≥30，须复议", "warn") if numbers[-1] - numbers[0] >= 30 else None,
            }
        )
    columns = [
        Column("place", "排名", 12, "int"),
        Column("number", "申报编号", 36, "code"),
        Column("title", "项目名称", 52),
        Column("unit", "牵头单位", 42),
        *[Column(f"e{k}", str(k), 14, "int", group="专家评分") for k in range(1, 6)],
        Column("mean", "截尾\n均值", 18, "score"),
        Column("flag", "标记", 34),
    ]
    return Sheet(
        "H-2-01 大功率碱水电解制氢成套装备",
        columns,
        rows,
        heading="2025年未来产业创新任务揭榜挂帅专家评分排名表",
        left="榜单任务：大功率碱水电解制氢成套装备（H-2-01）",
        right="入围名额：不超过3家　　评审日期：2025年8月14日",
        notes=[
            "有效评分5份及以上的去掉一个最高分和一个最低分（划线者）后取平均。粗线为入围名额线。回避、缺评不计为0分。"
        ],
        signers=["评审组长（签字）", "监督人员（签字）"],
        number="排名表 2025-H-2-01-R1　校验码 C41D-80E2-7A96",
        cut_after=lambda row: row["place"] == 3,
    )


def winners() -> Sheet:
    """A public list in bands by field, with money, share, date and a closing line."""
    fields = ["量子科技", "量子科技", "原子级制造", "清洁氢", "清洁氢", "清洁氢"]
    rows = [
        {
            "field": field,
            "task": PROJECTS[i][1][:12],
            "title": PROJECTS[i][1],
            "unit": PROJECTS[i][2],
            "money": Decimal("1234.50") * (i + 1),
            "share": Decimal("0.0833"),
            "on": date(2027, 10, 12 + i),
        }
        for i, field in enumerate(fields)
    ]
    columns = [
        Column("serial", "序号", 12, "serial"),
        Column("task", "榜单任务", 44),
        Column("title", "项目名称", 60),
        Column("unit", "优胜单位", 46),
        Column("money", "攻关投入", 26, "money"),
        Column("share", "财政资金\n占比", 20, "percent"),
        Column("on", "测评完成日期", 32, "date"),
    ]
    return Sheet(
        "优胜名单（公示）",
        columns,
        rows,
        heading="2025年未来产业创新任务揭榜挂帅优胜单位名单",
        unit="单位：万元",
        signers=["工业和信息化部高新技术司（盖章）"],
        number="名单号 2025-YS-01-V1　校验码 E6B3-21F0-5C8D",
        band=lambda row: row["field"],
        total={"task": "合　计", "money": sum(row["money"] for row in rows)},
    )
