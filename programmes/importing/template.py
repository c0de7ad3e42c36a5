"""Our own workbook for task lists: a sheet of tasks, and one of indicators for those who have them figure by figure."""

from documents.xlsx import Column, Sheet, write

TASKS = (
    Column("code", "任务编号", 22, "code"),
    Column("field", "领域", 30),
    Column("category", "类别", 26),
    Column("title", "任务名称", 60),
    Column("content", "研究内容", 90),
    Column("targets", "考核指标", 90),
    Column("keywords", "关键词", 34),
    Column("owner", "发榜单位", 40),
    Column("region", "省份", 20),
)
INDICATORS = (
    Column("code", "任务编号", 22, "code"),
    Column("name", "指标名称", 50),
    Column("sign", "比较", 18, "short", choices=("≥", ">", "≤", "<", "=", "范围", "文字")),
    Column("value", "数值", 24, "code"),
    Column("high", "数值上限", 24, "code"),
    Column("unit", "单位", 24),
    Column("conditions", "条件", 50),
    Column("text", "文字要求", 60),
)
EMPTY_ROWS = 30


def template() -> bytes:
    """The empty workbook, with notes under the tables and lines to write on."""
    blank = [dict.fromkeys((column.key for column in TASKS), "") for _ in range(EMPTY_ROWS)]
    lines = [dict.fromkeys((column.key for column in INDICATORS), "") for _ in range(EMPTY_ROWS)]
    return write(
        [
            Sheet(
                "任务",
                TASKS,
                blank,
                heading="榜单任务",
                notes=(
                    "注：任务编号用英文字母、数字、点、横线和下划线，不重复；可以不填，由系统编号。",
                    "考核指标每行写一项，例如：使用寿命不少于 5000 小时。已在“指标”表逐项填写的，此栏可以不填。",
                ),
            ),
            Sheet(
                "指标",
                INDICATORS,
                lines,
                heading="考核指标（逐项）",
                notes=("注：比较为“范围”时填写数值和数值上限；为“文字”时只填文字要求。单位照原文填写，系统不作换算。",),
            ),
        ]
    )
