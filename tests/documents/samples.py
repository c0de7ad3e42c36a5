"""A fictitious application with everything that makes papers difficult: rare names, long names, markup, formulas."""

import copy

WAVES = "风电、光伏出力的波动使电解槽长期处于低负荷和频繁启停状态，气体纯度、电极寿命与能耗难以兼顾。"
ROUTE = f"""{WAVES}项目以材料、单槽、系统、场景四个层次逐级验证，先在5MW平台上完成全尺寸试验，再放大到15MW成套装备。
第一步制备大面积低析氢过电位电极，1000h衰减率不高于1%；第二步优化2.4m直径极板的流场与密封；
第三步建立基于氢氧浓度软测量的碱液循环自适应控制，使下限功率由35%降至30%；第四步在沧澜绿电风光基地建设2套示范装置，累计运行不少于4000h。

<b>标记</b>不是标记，<img src="http://example.invalid/a.png">也不会被读取。"""

TARGET_ROWS = [
    ("breakthroughs", "数量指标", "实现关键核心技术突破", "个", "integer", "4"),
    ("products", "数量指标", "形成的重大战略目标产品", "个", "integer", "1"),
    ("developments", "数量指标", "研发新设备、新工艺、新材料、新品种等", "个", "integer", "5"),
    ("patents", "数量指标", "新增授权知识产权", "个", "integer", "18"),
    ("standards", "数量指标", "制定国家、行业、地方或企业标准", "个", "integer", "3"),
    ("scenarios", "数量指标", "形成示范应用场景", "个", "integer", "2"),
    ("on_time", "时效指标", "考核指标按期完成率", "%", "percent", "100"),
    (
        "breakthroughs_text",
        "质量指标",
        "实现的关键核心技术突破（写明具体技术）",
        "",
        "text",
        "大面积低析氢过电位电极、复合隔膜、自适应碱液循环、多槽协同控制",
    ),
    ("products_text", "质量指标", "形成的重大战略目标产品（写明产品名称）", "", "text", "15MW级碱性电解水制氢成套装备"),
    ("level", "质量指标", "预期实现的目标成效", "", "choice", "国际先进"),
]

INDICATORS = [
    ("i1", "单台套装备功率", "= 15 MW", "MW", "=", "", {"value": "15"}, "现场核验、铭牌"),
    ("i2", "单电解槽实测产氢量", "≥ 3000 Nm³/h", "Nm³/h", ">=", "", {"value": "3200"}, "第三方检测报告"),
    (
        "i3",
        "额定电流密度下电解槽直流能耗",
        "≤ 4.25 kWh/Nm³",
        "kWh/Nm³",
        "<=",
        "额定电流密度",
        {"value": "4.20"},
        "第三方检测报告",
    ),
    (
        "i4",
        "电解系统交流能耗",
        "≤ 4.45 kWh/Nm³",
        "kWh/Nm³",
        "<=",
        "基于实测产氢量",
        {"value": "4.45"},
        "第三方检测报告",
    ),
    (
        "i5",
        "稳定运行功率范围",
        "35—120%",
        "%",
        "range",
        "稳定运行时间不少于2 h",
        {"low": "30", "high": "120"},
        "72 h连续运行记录和第三方见证",
    ),
    ("i6", "工程应用", "完成工程应用", "", "text", "", {"text": "2项工程，累计运行不少于4000 h"}, "用户报告、运行数据"),
]

TEAM = [
    ("张明珺", True, "1979-06-12", "正高级工程师", "博士", "江州氢源装备股份有限公司", "总体方案", "18"),
    ("陈　璟", False, "1985-11-03", "教授", "博士", "东溟理工大学", "电极与隔膜", "12"),
    ("王　堃", False, "1988-02-20", "高级工程师", "硕士", "江州氢源装备股份有限公司", "大面积电解槽结构", "20"),
    ("欧阳䶮旭", False, "1991-08-08", "工程师", "硕士", "江州氢源装备股份有限公司", "气液分离与碱液循环", "22"),
    ("刘思远", False, "1990-03-01", "副研究员", "博士", "江州市新能源技术研究院", "波动工况控制策略", "16"),
    ("阿依努尔·买买提", False, "1993-05-17", "工程师", "学士", "沧澜绿电（集团）有限公司", "示范工程建设与运行", "20"),
]

PARTNERS = [
    ("东溟理工大学", "12990000MBFAKE020G", "university", "电极与隔膜机理、流场设计"),
    ("江州市新能源技术研究院", "12990000MBFAKE039D", "new_rnd", "系统控制与第三方测试方法"),
    ("沧澜绿电（集团）有限公司", "91990000MAFAKE043L", "enterprise", "风光制氢一体化示范场景"),
    ("江州产业投资基金管理有限公司", "91990000MAFAKE051F", "finance", "产业化投融资支持"),
]

BUDGET = {
    "sources": [
        {"source": source, "year": year, "amount": amount}
        for source, amounts in (
            ("own", ("2900.00", "5500.00", "2600.00")),
            ("state", ("0", "0", "0")),
            ("local", ("300.00", "500.00", "200.00")),
        )
        for year, amount in zip((2025, 2026, 2027), amounts, strict=True)
    ],
    "items": [
        {"item": "equipment", "amount": "4800.00", "note": "含试制设备3900万元"},
        {"item": "materials", "amount": "3400.00", "note": "镍网、隔膜、双极板等"},
        {"item": "testing", "amount": "1000.00"},
        {"item": "outsourcing", "amount": "1200.00", "note": "=SUM(A1:A3)"},
        {"item": "labour", "amount": "1200.00"},
        {"item": "other", "amount": "400.00"},
    ],
}
ITEMS = {
    "equipment": "设备费",
    "materials": "材料费",
    "testing": "测试化验加工费",
    "outsourcing": "外协费",
    "labour": "人员费",
    "other": "其他费用",
}
QUESTIONS = {
    "route": "技术路线",
    "innovation": "创新点",
    "basis": "已有基础",
    "plan": "实施计划",
    "prospects": "产业化前景",
    "risks": "风险与对策",
}
FILES = [
    ("licence", "营业执照或法人证书", "营业执照.pdf", 440_300, 1),
    ("joint_agreement", "联合申报协议", "联合申报协议（五方盖章）.pdf", 3_984_588, 12),
    ("basis_proof", "已有基础证明材料", "5MW电解槽检测报告.pdf", 6_448_742, 38),
    ("basis_proof", "已有基础证明材料", "发明专利证书（9件）.pdf", 5_211_422, 27),
    ("other", "其他材料", "用户意向.docx", 39_000, None),
]
PLEDGE = """本单位自愿申报所选揭榜任务，并承诺：
一、申报书及附件内容真实、准确、完整，不含国家秘密，不侵犯他人知识产权。
二、如入围，自入围名单确定之日起 2 年内完成攻关任务，达到申报书承诺的各项指标。
三、联合申报的各方已就分工、经费和知识产权达成一致。"""


def _form() -> list[dict]:
    unit_fields = [
        {"key": "intro", "label": "单位简介", "kind": "long_text"},
        {"key": "address", "label": "通信地址"},
        {"key": "legal_person", "label": "法定代表人"},
        {"key": "contact_name", "label": "联系人"},
        {"key": "contact_phone", "label": "联系电话", "kind": "phone"},
        {"key": "contact_email", "label": "电子邮箱", "kind": "email"},
        {"key": "staff_total", "label": "职工总数（人）", "kind": "integer"},
        {"key": "rnd_staff", "label": "研发人员（人）", "kind": "integer"},
    ]
    rows = [
        {"key": key, "level1": "产出指标", "level2": level2, "name": name, "unit": unit, "kind": kind}
        for key, level2, name, unit, kind, _ in TARGET_ROWS
    ]
    labelled = [{"key": key, "label": label} for key, label in ITEMS.items()]
    sections = [
        ("project", "项目信息", {}),
        ("unit", "牵头单位", {"fields": unit_fields}),
        ("partners", "联合单位", {}),
        ("team", "项目团队", {}),
        (
            "budget",
            "经费预算",
            {"years": [2025, 2026, 2027], "sources": ["own", "state", "local", "other"], "items": labelled},
        ),
        ("commitments", "指标承诺", {}),
        ("targets", "绩效目标", {"rows": rows}),
        ("questions", "申报内容", {"questions": [{"key": key, "label": label} for key, label in QUESTIONS.items()]}),
        ("attachments", "附件", {}),
        ("pledge", "承诺书", {"text": "pledge"}),
    ]
    return [{"key": key, "type": key, "title": title, "options": options} for key, title, options in sections]


def _sections() -> dict:
    partners = [dict(zip(("name", "code", "type", "duty"), row, strict=True)) for row in PARTNERS]
    columns = ("name", "is_leader", "birth_date", "title", "degree", "employer", "duty", "months")
    team = [dict(zip(columns, row, strict=True)) | {"id_number": "330***********1234"} for row in TEAM]
    return {
        "project": {"title": "面向风光波动工况的15MW级碱性电解水制氢成套装备研制与工程应用"},
        "unit": {
            "intro": "碱性电解槽、气液分离与纯化装置的研发、制造和工程总承包。建有省级氢能装备工程研究中心和"
            "5MW电解槽全尺寸测试平台，2024年交付1000Nm³/h电解槽37台套。",
            "address": "江东省江州市高新区氢能大道88号",
            "legal_person": "李　砚",
            "contact_name": "王　堃",
            "contact_phone": "13800000002",
            "contact_email": "wangkun@example.invalid",
            "staff_total": "1286",
            "rnd_staff": "412",
        },
        "partners": {"rows": partners},
        "team": {"rows": team},
        "budget": copy.deepcopy(BUDGET),
        "commitments": {},
        "targets": {"rows": {key: {"value": value} for key, *_, value in TARGET_ROWS}},
        "questions": {"answers": {key: ROUTE if key == "route" else ROUTE.split("\n")[0] * 2 for key in QUESTIONS}},
        "pledge": {"agreed": True, "signer": "李　砚"},
    }


def content() -> dict:
    """What applications.versions.content_of makes of a complete application."""
    return {
        "number": "2025-H2-01-0017",
        "title": "面向风光波动工况的15MW级碱性电解水制氢成套装备研制与工程应用",
        "call": {"slug": "miit-2025", "title": "2025年未来产业创新任务揭榜挂帅", "year": 2025},
        "task": {"code": "H-2-01", "title": "大功率碱水电解制氢成套装备", "field": "清洁氢", "category": "重点产品"},
        "unit": {
            "name": "江州氢源装备股份有限公司",
            "code": "91990000MAFAKE0194",
            "type": "enterprise",
            "type_label": "企业",
            "region": "990100",
            "region_label": "江东省江州市",
            "registered_on": "2016-04-18",
            "legal_person": "李　砚",
            "address": "江东省江州市高新区氢能大道88号",
            "contact_name": "王　堃",
            "contact_phone": "13800000002",
        },
        "department": {"name": "江东省工业和信息化厅"},
        "form": _form(),
        "sections": _sections(),
        "indicators": [
            {
                "code": code,
                "name": name,
                "target_text": target,
                "unit": unit,
                "comparator": sign,
                "conditions": where,
                "group": "",
            }
            for code, name, target, unit, sign, where, _, _ in INDICATORS
        ],
        "commitments": {code: {**promise, "proof": proof, "note": ""} for code, *_, promise, proof in INDICATORS},
        "attachments": [
            {
                "id": i,
                "kind": kind,
                "kind_label": label,
                "name": name,
                "size": size,
                "pages": pages,
                "sha256": f"{i:x}" * 64,
            }
            for i, (kind, label, name, size, pages) in enumerate(FILES, 1)
        ],
        "pledge": {"signer": "李　砚", "text": PLEDGE, "signed_at": "2025-03-05T08:30:00+00:00"},
    }
