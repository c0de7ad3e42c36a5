"""专家库 as a workbook: what the list shows, with figures; no ID numbers. Its own columns can be imported again."""

from collections.abc import Iterable

from documents.xlsx import Column, Sheet, write
from jbgs.lib import clock
from jbgs.lib.regions import BY_CODE
from reviews import expert_jobs
from reviews.disciplines import Tree
from reviews.expert_sheet import COLUMNS, NO, YES
from reviews.models import Employment, Expert


def workbook(experts: Iterable[Expert], tree: Tree) -> bytes:
    """One sheet of experts as `reviews.people.with_figures` gives them, with their employments prefetched."""
    now = clock.local(clock.now())
    return write(
        Sheet(
            "专家",
            columns(tree),
            experts,
            heading="评审专家库",
            right=f"{now:%Y年%m月%d日 %H:%M}",
            notes=(
                "手头：正在进行的评审中已分派的份数。按时率：有截止时间的评分表中按时提交的比例，逾期未交的计为未按时。",
                "宽严：与评同一任务的其他专家相比，平均高出（正）或者低出（负）的分数，按任务分别估计后平均；只计已经结束的评审，仅供参考。",
            ),
            freeze=2,
        )
    )


def _jobs(row: Expert, *, former: bool) -> list[Employment]:
    """Those that have ended, or the others, in the order in which they were registered."""
    today = clock.today()
    found = [job for job in row.employments.all() if bool(job.to_on and job.to_on < today) == former]
    return sorted(found, key=lambda job: job.pk)


def columns(tree: Tree) -> tuple[Column, ...]:
    """Those of the import template first, in its words, then the figures."""
    given = {
        "name": lambda row: row.user.name,
        "phone": lambda row: row.user.phone,
        "sector": lambda row: row.get_sector_display(),
        "region": lambda row: BY_CODE[row.region].short if row.region in BY_CODE else "",
        "also_at": lambda row: expert_jobs.told(_jobs(row, former=False)),
        "former": lambda row: expert_jobs.told(_jobs(row, former=True)),
        "disciplines": lambda row: "、".join(tree.label(word) for word in row.disciplines),
        "is_available": lambda row: YES if row.is_available else NO,
    }
    known = [
        Column(column.key, column.title, column.width, column.kind, given.get(column.key))
        for column in COLUMNS
        if column.key != "id_number"
    ]
    return (
        Column("number", "专家编号", 24, "code"),
        *known,
        Column("standing", "现状", 26, "short", lambda row: row.chip["label"]),
        Column("busy", "手头", 16, "int", "ledger.busy"),
        Column("done", "已评", 16, "int", "ledger.done"),
        Column("declined", "谢绝", 16, "int", "ledger.declined"),
        Column("on_time", "按时率", 22, "percent", "ledger.on_time"),
        Column("median_days", "用时中位数（天）", 36, "score", "ledger.median_days"),
        Column("severity", "宽严（分）", 26, "score", "ledger.severity"),
    )
