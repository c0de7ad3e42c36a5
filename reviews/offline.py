"""Scores filled in away from the system: one workbook for an expert's open sheets of a task, and what came back.

Every line carries the number of its sheet, the version of the sheet that it was made from and a check that only this
installation can make over both, the expert, the wording of the criteria and the values that stood in it. So a line
tells by itself whose it is, whether it was touched, and whether the sheet went on meanwhile. Nothing is lost: a line
that is refused shows what was typed beside what is stored. Signing stays on the web.
"""

import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from applications.states import State
from documents import xlsx, xlsx_form
from jbgs.lib import clock, uploads
from jbgs.lib.crypto import canonical_json, keyed_hex, sha256_hex
from jbgs.lib.errors import Refused
from programmes.models import Task
from programmes.spec import ReviewSpec
from reviews import blind, history, score_sheet, sheets
from reviews.models import WRITABLE, Advice, Assignment, Expert
from reviews.workflow import scoring

SAVED, UNCHANGED, REFUSED, READY = "saved", "unchanged", "refused", "ready"
OPINION, ADVICE, SHEET, VERSION, CHECK = "评审意见", "建议", "表号", "版本", "校验"
MAX_BYTES = 5 * 1024 * 1024
ROW_HEIGHT = 64.0  # points: four lines of an opinion
LOOKS = {
    "formula": "是公式，不能读取。请改填数值或文字。",
    "percent": "的格式是百分数，看不出是多少分。请把单元格格式改为数值后填写，如 86 或 86.5。",
    "date": "被表格软件当作了日期。请把单元格格式改为数值后重新填写。",
    "error": "不是分数或文字。",
}


# ---- down ----


def open_sheets(expert: Expert, task: Task) -> list[Assignment]:
    """The expert's sheets of the task that take scores, as the workbook lists them; `face` as the expert knows them."""
    rows = Assignment.objects.filter(
        expert=expert, application__task=task, state__in=WRITABLE, application__state=State.IN_REVIEW
    )
    return blind.put_faces(_with_all(rows).order_by("application__number", "pk"), expert.user)


def _with_all(rows):
    related = ("application__unit", "application__task", "application__call__current_version", "rules", "expert__user")
    rows = rows.select_related(*related).defer("rules__document", "application__call__current_version__document")
    return rows.prefetch_related("scores")


def workbook(expert: Expert, task: Task) -> bytes:
    """The .xlsx: the lines to fill in, the criteria with their anchors, and how to go about it.

    Refused (no_open_sheets) when nothing of the task can be scored now.
    """
    rows = open_sheets(expert, task)
    if not rows:
        raise Refused("no_open_sheets", "这个任务现在没有可以评分的申报。签署承诺以后才能下载，已提交的不再列出。")
    review = rows[0].rules.spec.review
    data = xlsx.write(
        [_lines(rows, review, expert, task), _anchors(review), _advice_on_filling(review)], made_at=clock.now()
    )
    return xlsx_form.fillable(data, _fields(review), tall=ROW_HEIGHT)


def filename(expert: Expert, task: Task) -> str:
    return f"评分表-{task.code}-{expert.number}.xlsx"


def head_of(criterion) -> str:
    """How the column of a criterion is headed; the wording and its weight, so that another call's is noticed."""
    return f"{criterion.label}\n{criterion.weight}%"


def _fields(review: ReviewSpec) -> list[xlsx_form.Field]:
    fields = [xlsx_form.Field(head_of(one), "score", note=_anchor_words(one)) for one in review.criteria]
    opinion = xlsx_form.Field(OPINION, "text", note="必填。写优点和不足，依据要具体。", longest=scoring.LONGEST_OPINION)
    return [*fields, opinion, xlsx_form.Field(ADVICE, "choice", choices=[str(label) for label in Advice.labels])]


def _anchor_words(criterion) -> str:
    bands = [
        f"{low}—{high} {sheets.band_name((low, high, words), criterion)}：{words}".replace(" ：", "：")
        for low, high, words in sorted(criterion.anchors, reverse=True)
    ]
    return "\n".join([*([criterion.help] if criterion.help else []), *bands])


def _lines(rows: list[Assignment], review: ReviewSpec, expert: Expert, task: Task) -> xlsx.Sheet:
    is_blind = rows[0].face.is_blind
    spec = rows[0].application.call.spec
    columns = [
        xlsx.Column("no", "序号", 11, "serial"),
        xlsx.Column("number", "评审代号" if is_blind else "申报编号", 24 if is_blind else 36, "code"),
        xlsx.Column("title", spec.label("title"), 52),
        *([] if is_blind else [xlsx.Column("unit", spec.label("lead"), 40)]),
        *(xlsx.Column(one.key, head_of(one), 31, "score") for one in review.criteria),
        xlsx.Column(OPINION, OPINION, 90),
        xlsx.Column(ADVICE, ADVICE, 27, "short"),
        xlsx.Column(SHEET, SHEET, 15, "code"),
        xlsx.Column(VERSION, VERSION, 12, "code"),
        xlsx.Column(CHECK, CHECK, 72, "code"),
    ]
    return xlsx.Sheet(
        "评分", columns, [_line(row, review) for row in rows],
        heading=f"{task.title}离线评分表" if spec.has_tasks else "离线评分表",
        left=f"专家编号：{expert.number}", right=f"下载时间：{clock.local(clock.now()):%Y-%m-%d %H:%M}",
        notes=(
            "白色单元格可以填写；表号、版本和校验用于核对，请不要改动。",
            "各项 0 至 100 分，最多两位小数；没有评完的可以先空着。填好后在“我的评审”上传，再在网页上核对、提交。",
        ),
        freeze=3,
    )  # fmt: skip


def _line(row: Assignment, review: ReviewSpec) -> dict:
    points = {score.criterion: score.points for score in row.scores.all()}
    return {
        "number": row.face.number,
        "title": row.face.title,
        "unit": row.face.unit_name,
        **{one.key: points[one.key] / 100 if one.key in points else None for one in review.criteria},
        OPINION: row.opinion,
        ADVICE: row.get_advice_display(),
        SHEET: f"S{row.pk}",
        VERSION: str(row.sheet_version),
        CHECK: check_of(row, row.sheet_version, _digest(points, row.opinion, row.advice)),
    }


def _anchors(review: ReviewSpec) -> xlsx.Sheet:
    rows = [
        {"label": one.label, "weight": f"{one.weight}%", "band": f"{low}—{high}",
         "name": sheets.band_name((low, high, words), one), "words": words}
        for one in review.criteria
        for low, high, words in sorted(one.anchors, reverse=True) or [(0, 100, one.help)]
    ]  # fmt: skip
    columns = [
        xlsx.Column("label", "评审项", 60),
        xlsx.Column("weight", "权重", 20, "short"),
        xlsx.Column("band", "分数", 24, "code"),
        xlsx.Column("name", "档次", 20, "short"),
        xlsx.Column("words", "标准", 120),
    ]
    return xlsx.Sheet("评分标准", columns, rows, heading="评分标准")


def _advice_on_filling(review: ReviewSpec) -> xlsx.Sheet:
    steps = (
        "在“评分”表的白色单元格中填写，其他单元格已锁定；光标停在得分上会显示各档标准。",
        "得分填 0 至 100 的数，最多两位小数，不用公式，不用百分数格式。",
        "Excel、WPS 和 LibreOffice 都可以用，保存为 .xlsx。",
        "填好后登录系统，在“我的评审”的任务中点“离线评分”，上传本表；系统逐行说明保存了、没有变化，还是没有接受及其原因。",
        "同一份评分在网页上也改过的，这一行不会覆盖网页上的内容，系统把两边并排列出，由您决定。",
        "上传只是保存；提交须在网页上逐份核对确认。",
    )
    columns = [xlsx.Column("no", "序号", 14, "serial"), xlsx.Column("text", "说明", 200)]
    return xlsx.Sheet("填写说明", columns, [{"text": text} for text in steps], heading="填写说明")


# ---- what a line is known by ----


def _digest(points: Mapping[str, int], opinion: str, advice: str) -> str:
    """Eight digits over what a line holds: whether it was touched."""
    return sha256_hex(canonical_json([dict(points), _same(opinion), advice]))[:8]


def _same(text: str) -> str:
    """An opinion as it compares: line ends and blanks at lines' ends differ from program to program."""
    return re.sub(r"[ \t\u3000]*\n", "\n", (text or "").replace("\r\n", "\n")).strip()


def check_of(row: Assignment, version: int, digest: str) -> str:
    """The check of a line made from this version of the sheet: the digest of its values and 20 keyed digits."""
    wording = [[one.key, head_of(one)] for one in row.rules.spec.review.criteria]
    about = canonical_json([row.pk, row.expert_id, row.rules_id, wording, version, digest]).decode()
    return f"{digest}-{keyed_hex('offline score sheet', about)[:20]}"


# ---- up ----


@dataclass(frozen=True)
class Difference:
    """One entry of a line, typed and stored."""

    label: str
    typed: str
    stored: str

    @property
    def differs(self) -> bool:
        return self.typed != self.stored


@dataclass
class Line:
    """One line of an uploaded workbook. `row`: its number in the file; `verdict`: saved, unchanged, refused (`code`,
    `sentence`, `status` say why) or, before it is saved, ready. `compared`: what was typed beside what is stored;
    `since`: what was saved on the web after the line was made."""

    row: int
    number: str = ""
    title: str = ""
    sheet: Assignment | None = None
    points: dict[str, str] = field(default_factory=dict)
    opinion: str = ""
    advice: str = ""
    version: int = 0
    verdict: str = READY
    code: str = ""
    sentence: str = ""
    status: int = 200
    compared: list[Difference] = field(default_factory=list)
    since: list[history.Change] = field(default_factory=list)

    def refuse(self, code: str, sentence: str, status: int = 422) -> "Line":
        self.verdict, self.code, self.sentence, self.status = REFUSED, code, f"第 {self.row} 行：{sentence}", status
        return self

    @property
    def lost(self) -> list[Difference]:
        """What was typed in a refused line, as far as it is not what is stored."""
        return [one for one in self.compared if one.differs and one.typed]


def read(content: bytes, *, by, name: str = "评分表.xlsx") -> list[Line]:
    """The lines of an uploaded workbook with their verdicts, nothing saved yet: READY, UNCHANGED or REFUSED.

    Refused as a whole (upload_…, no_table) when it is no workbook that this system has made.
    """
    uploads.sniff(io.BytesIO(content), name, allowed=("xlsx",), max_bytes=MAX_BYTES, field="file")
    try:
        head, rows = xlsx_form.read(content, (OPINION, SHEET, VERSION, CHECK))
        rows = list(rows)
    except xlsx_form.NoTable as problem:
        raise Refused("no_table", str(problem), "file", status=422) from problem
    table = [(number, dict(zip(head, cells, strict=False))) for number, cells in rows]
    table = [(number, cells) for number, cells in table if _is_line(head, cells)]
    wanted = {pk for _, cells in table if (pk := _sheet_pk(cells)) is not None}
    found = {row.pk: row for row in _with_all(Assignment.objects.filter(pk__in=wanted))}
    lines, seen = [], {}
    for number, cells in table:
        line = _read_line(number, cells, found.get(_sheet_pk(cells)), by)
        if line.sheet is not None and (first := seen.setdefault(line.sheet.pk, number)) != number:
            line.refuse("line_twice", f"与第 {first} 行是同一份评分，只看第 {first} 行。")
        lines.append(line)
    return lines


def save(lines: Iterable[Line], *, by) -> None:
    """Save the READY lines, each by itself: one that is refused takes nothing from the others."""
    lines = list(lines)
    for line in lines:
        if line.verdict != READY:
            continue
        try:
            scoring.save_score(
                line.sheet, by=by, points=line.points, opinion=line.opinion, advice=line.advice,
                base_version=line.version,
            )  # fmt: skip
            line.verdict = SAVED
        except Refused as refused:
            _refused_by_the_door(line, refused)
    for line in lines:
        if line.code == "line_twice":
            _compare_again(line)


def _is_line(head: list[str], cells: Mapping[str, xlsx_form.Cell]) -> bool:
    """A row with a sheet's number, or with something typed in it; notes under the table are no lines."""
    telling = [title for title in head if title == OPINION or title in (SHEET, CHECK) or title.endswith("%")]
    return any(title in cells and cells[title].text for title in telling)


def _sheet_pk(cells) -> int | None:
    text = cells[SHEET].text if SHEET in cells else ""
    match = re.fullmatch(r"S?(\d{1,12})", text)
    return int(match[1]) if match else None


def _read_line(number: int, cells: Mapping[str, xlsx_form.Cell], sheet: Assignment | None, by) -> Line:
    line = Line(number, *(_named(cells, titles) for titles in (("评审代号", "申报编号"), ("工程名称", "项目名称"))))
    line.opinion, line.advice = (_named(cells, (title,)) for title in (OPINION, ADVICE))
    typed_points = {title: cell.text for title, cell in cells.items() if title.endswith("%")}
    line.compared = [Difference(title.split("\n")[0], text, "") for title, text in typed_points.items()]
    line.compared += [Difference(OPINION, line.opinion, ""), Difference(ADVICE, line.advice, "")]
    if sheet is None:
        return line.refuse("unknown_sheet", "没有这个表号的评分。请用系统下载的表填写，不要自行增加行。", 404)
    version, check = _named(cells, (VERSION,)), _named(cells, (CHECK,))
    line.version = int(version) if re.fullmatch(r"\d{1,9}", version) else -1
    if check != check_of(sheet, line.version, check.split("-")[0]):
        return line.refuse(
            "bad_check", "表号、版本或校验被改动过，不能确认是哪一份评分。请重新下载，把这一行的内容抄过去。"
        )
    if not (by.is_expert and sheet.expert.user_id == by.pk):
        return line.refuse("not_yours", "这是另一位专家的评分表，不能由您上传。", 403)
    line.sheet = sheet
    face = blind.faces([sheet.application], by, partners=False)[sheet.application_id]
    line.number, line.title = face.number, face.title
    if sheet.state not in WRITABLE and sheet.state != Assignment.State.SIGNED:
        line.compared = [Difference(one.label, one.typed, "") for one in line.compared]
        return line.refuse("state_changed", f"这份申报现在是“{sheet.get_state_display()}”，不再由您评分。", 409)
    review = sheet.rules.spec.review
    if missing := [one.label for one in review.criteria if head_of(one) not in cells]:
        return line.refuse("other_wording", f"表头与这份申报的评分标准不一致，找不到“{missing[0]}”，像是另一批次的表。")
    return _judge(line, cells, review, check.split("-")[0])


def _judge(line: Line, cells: Mapping[str, xlsx_form.Cell], review: ReviewSpec, digest: str) -> Line:
    """Values first, then whether anything is to be saved; the state of the sheet is the door's business."""
    sheet = line.sheet
    line.points = {one.key: cells[head_of(one)].text for one in review.criteria}
    stored = score_sheet.saved(sheet)
    line.compared = _compared(line, stored, review)
    codes = {str(label): code for code, label in Advice.choices}
    for title in [*(head_of(one) for one in review.criteria), OPINION, ADVICE]:
        cell = cells.get(title)
        if (
            cell is not None
            and cell.problem
            and not (title in (OPINION, ADVICE) and cell.problem in ("percent", "date"))
        ):
            return line.refuse("not_plain", f"{cell.place} “{title.split(chr(10))[0]}”{LOOKS[cell.problem]}")
    points = {}
    for criterion in review.criteria:
        try:
            value = sheets.to_points(line.points[criterion.key], criterion)
        except Refused as refused:
            return line.refuse(refused.code, f"{cells[head_of(criterion)].place} {refused.sentence}")
        if value is not None:
            points[criterion.key] = value
    if line.advice and line.advice not in codes:
        return line.refuse("unknown_advice", f"建议“{line.advice[:20]}”不在选项中。请从下拉列表选择。")
    if len(line.opinion) > scoring.LONGEST_OPINION:
        sentence = f"评审意见 {len(line.opinion)} 字，最多 {scoring.LONGEST_OPINION} 字。"
        return line.refuse("opinion_too_long", sentence)
    line.advice = codes.get(line.advice, "")
    was = {score.criterion: score.points for score in sheet.scores.all()}
    is_stored = (points, _same(line.opinion), line.advice) == (was, _same(sheet.opinion), sheet.advice)
    if is_stored or _digest(points, line.opinion, line.advice) == digest:
        line.verdict = UNCHANGED
    return line


def _compared(line: Line, stored: score_sheet.Typed, review: ReviewSpec) -> list[Difference]:
    advice = dict(Advice.choices)
    return [
        *(Difference(one.label, line.points[one.key], stored.points.get(one.key, "")) for one in review.criteria),
        Difference(OPINION, _same(line.opinion), _same(stored.opinion)),
        Difference(ADVICE, line.advice, str(advice.get(stored.advice, ""))),
    ]


def _named(cells: Mapping[str, xlsx_form.Cell], titles: Iterable[str]) -> str:
    return next((cells[title].text for title in titles if title in cells), "")


def _refused_by_the_door(line: Line, refused: Refused) -> None:
    """What the door said, with what the sheet holds now and what was changed since the line was made."""
    _compare_again(line)
    sentence = refused.sentence
    if refused.code == "sheet_changed":
        line.since = history.since(line.sheet, line.version)
        sentence = (
            f"这一行是第 {line.version} 版的评分，下载以后在网页上又改过，现在是第 {line.sheet.sheet_version} 版；"
            "没有覆盖网页上的内容。"
        )
    line.refuse(refused.code, sentence, refused.status)


def _compare_again(line: Line) -> None:
    """Beside what was typed, what the sheet holds by now."""
    line.sheet = _with_all(Assignment.objects.all()).get(pk=line.sheet.pk)
    line.advice = str(dict(Advice.choices).get(line.advice, line.advice))
    if line.points:
        line.compared = _compared(line, score_sheet.saved(line.sheet), line.sheet.rules.spec.review)
