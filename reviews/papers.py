"""The score sheet of one expert for one task as a paper: from signed sheets to templates/papers/score_sheet.html.

The expert stands on it by number, never by name; the applications as the expert knows them (reviews.blind). It is made
once for what was signed: a sheet that was given back and signed again gives another paper, with another code.
"""

from documents import jobs, pdf, qr
from documents.text import moment, printable, title_lines
from jbgs.lib.crypto import canonical_json, sha256_hex
from jbgs.lib.errors import Refused
from programmes.models import Task
from reviews import blind, rules, sheets
from reviews.models import Advice, Assignment, AssignmentState, Expert, Recusal, ReviewPledge

TEMPLATE = "papers/score_sheet.html"
KIND = "score_sheet"
ADVICE_ON_PAPER = {Advice.SHORTLIST: "建议{}", Advice.ACCEPTABLE: "可以{}", Advice.NOT_SHORTLIST: "不建议"}
"""With the call's word for 入围 in the place of the braces."""


def signed_sheets(expert: Expert, task: Task) -> list[Assignment]:
    """What this expert has signed for the task, by number of the application; empty while one is still open."""
    rows = Assignment.objects.filter(expert=expert, application__task=task).exclude(
        state__in=[AssignmentState.REMOVED, AssignmentState.RECUSED]
    )
    rows = rows.select_related("application__unit", "application__call__current_version", "rules", "round")
    rows = rows.defer("rules__document")
    rows = list(rows.prefetch_related("scores").order_by("application__number"))
    return rows if all(row.state == AssignmentState.SIGNED for row in rows) else []


def request_paper(expert: Expert, task: Task, *, by):
    """The artifact of the expert's paper, asked for now if nobody has. Refused while a sheet is still open."""
    rows = signed_sheets(expert, task)
    if not rows:
        raise Refused("sheets_open", "这个任务的评分还没有全部提交，提交以后才能生成评分表。")
    digest = _digest(rows)
    params = {"expert": expert.pk, "task": task.pk, "sha256": digest}
    return jobs.request(KIND, f"task:{task.pk}:expert:{expert.pk}:{digest[:16]}", params=params, by=by)


def _digest(rows: list[Assignment]) -> str:
    """SHA-256 over everything that was signed."""
    return sha256_hex(canonical_json([[row.pk, _points(row), row.total, row.opinion, row.advice] for row in rows]))


def _points(row: Assignment) -> dict[str, int]:
    return {score.criterion: score.points for score in row.scores.all()}


def score_sheet_paper(expert: Expert, task: Task, rows: list[Assignment], sha256: str) -> dict:
    """Context of TEMPLATE for these signed sheets (at least one)."""
    review = rows[0].rules.spec.review
    pledge = ReviewPledge.objects.filter(expert=expert, round=rows[0].round).first()
    code = f"{sha256[:4]}-{sha256[4:8]}-{sha256[8:12]}".upper()
    spec = task.call.spec
    listed = f"{task.code}-" if spec.has_tasks else ""
    number = f"{spec.number_prefix or task.call.slug}-{listed}{expert.number}"
    title = f"{task.call.title}专家评分表"
    recused = _recusals(expert, task)
    known = blind.faces([row.application for row in (*rows, *recused)], expert.user, partners=False)
    lines = [_line(row, known[row.application_id], review, spec.label("shortlisted")) for row in rows]
    lines += [_recused_line(row, known[row.application_id]) for row in recused]
    return printable(
        {
            "title": f"{title} {number}",
            "heading": title_lines(title),
            "task": f"{spec.label('task')}：{task.title}（{task.code}）" if spec.has_tasks else "",
            "words": {
                "title": spec.label("title"),
                "number": "评审代号" if spec.review.blind else "申报编号",
                "lead": "" if spec.review.blind else spec.label("lead"),
            },
            "expert": expert.number,
            "method": rows[0].round.get_kind_display(),
            "criteria": [{"label": criterion.label, "weight": criterion.weight} for criterion in review.criteria],
            "rows": sorted(lines, key=lambda line: line["number"]),
            "opinions": [{"number": known[row.application_id].number, "text": row.opinion} for row in rows],
            "pledge": pledge.text if pledge else "",
            "signed_at": moment(max(row.signed_at for row in rows)),
            "version": f"评分表号 {number}　校验码 {code}",
            "hash": f"SHA-256 {sha256}",
        }
    ) | {"qr": qr.svg("|".join((number, code, sha256[:16])))}


def _line(row: Assignment, face: blind.Face, review, word: str) -> dict:
    points = _points(row)
    return {
        "number": face.number,
        "title": face.title,
        "unit": face.unit_name,
        "points": [sheets.show(points.get(criterion.key)) for criterion in review.criteria],
        "total": sheets.show_two(row.total),
        "advice": ADVICE_ON_PAPER.get(row.advice, "").format(word),
    }


def _recusals(expert: Expert, task: Task) -> list[Recusal]:
    found = Recusal.objects.filter(expert=expert, application__task=task)
    return list(found.select_related("application__unit", "application__call__current_version"))


def _recused_line(row: Recusal, face: blind.Face) -> dict:
    return {
        "number": face.number,
        "title": face.title,
        "unit": face.unit_name,
        "recused": f"回避（{row.get_kind_display()}，{moment(row.at)}）",
    }


def build(artifact) -> tuple[bytes, str]:
    """The paper that the artifact names; Refused when a sheet was given back since."""
    expert = Expert.objects.select_related("user").get(pk=artifact.params["expert"])
    task = Task.objects.select_related("call__current_version").get(pk=artifact.params["task"])
    rows = signed_sheets(expert, task)
    if not rows or _digest(rows) != artifact.params["sha256"]:
        raise Refused("sheets_changed", "评分在此期间被退回修改，请重新生成。")
    context = score_sheet_paper(expert, task, rows, artifact.params["sha256"])
    return pdf.render(TEMPLATE, context), f"score-sheet-{task.code}-{expert.number}.pdf"


def may_read(artifact, user) -> bool:
    """The expert whose sheet it is, and who may read the scores of the task."""
    if user.is_expert:
        return Expert.objects.filter(pk=artifact.params["expert"], user=user).exists()
    task = Task.objects.filter(pk=artifact.params["task"]).first()
    return task is not None and rules.can_read_scores(task, user)


def register() -> None:
    """Called once when the app is ready."""
    jobs.register(KIND, build, may_read=may_read)
