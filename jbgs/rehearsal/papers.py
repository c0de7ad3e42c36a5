"""What a rehearsal hands over: the tables, lists and letters of every step and some whole applications."""

from collections.abc import Callable, Iterator
from pathlib import Path

from applications import exports, exports_lists
from applications.artifacts import paper_of
from applications.models import Application, Opinion, RecommendationList
from documents import pdf, tables, xlsx
from jbgs.lib import clock
from jbgs.rehearsal.stage import Stage
from reviews.exports import ranking_sheet
from reviews.models import Assignment

WHOLE_APPLICATIONS = 6
LETTERS_OF_EACH_KIND = 3

File = tuple[str, Callable[[], bytes]]


def write(stage: Stage, folder: Path, tick: Callable[[str], None] = lambda scene: None) -> list[str]:
    """Write everything below `folder`; the paths relative to it, in the order of the story."""
    written = []
    with clock.travel(stage.now):
        for name, make in _files(stage):
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(make())
            written.append(name)
            tick("文件")
    return written


def _files(stage: Stage) -> Iterator[File]:
    yield from _of_departments(stage)
    yield from _letters(stage)
    yield from _rankings(stage)
    yield from _lists(stage)
    yield from _applications(stage)


def _of_departments(stage: Stage) -> Iterator[File]:
    """Of a call without recommendation_list nothing: nobody confirms a list there, its papers would be drafts."""
    if not stage.spec.flow.recommendation_list:
        return
    lists = RecommendationList.objects.filter(call=stage.call).order_by("department__order", "pk")
    for found in lists.values_list("pk", flat=True):
        listed = exports.find_list(found)
        folder = f"推荐/{listed.department.official_name}"
        spec = listed.call.spec
        table, letter = f"{folder}/{spec.summary_table.title}", f"{folder}/{spec.label('letter')}"
        yield f"{table}.xlsx", lambda listed=listed: exports.summary_xlsx(listed)
        yield f"{table}.pdf", lambda listed=listed: exports.summary_pdf(listed)
        yield f"{letter}.pdf", lambda listed=listed: exports.letter_pdf(listed)


def _letters(stage: Stage) -> Iterator[File]:
    for verb in exports_lists.LETTERS:
        said = Opinion.objects.filter(application__call=stage.call, verb=verb).order_by("pk")
        for opinion in said.select_related("application__call", "application__unit", "version")[:LETTERS_OF_EACH_KIND]:
            content, name = exports_lists.letter(opinion)
            yield f"通知/{name}", lambda content=content: content


def _rankings(stage: Stage) -> Iterator[File]:
    for task in stage.tasks:
        if Assignment.objects.filter(application__task=task).signed().exists():
            sheet = ranking_sheet(task)
            name = f"排名/{sheet.title.replace('/', '／')}"
            yield f"{name}.xlsx", lambda sheet=sheet: xlsx.write(sheet)
            yield f"{name}.pdf", lambda sheet=sheet: pdf.render(tables.TEMPLATE, tables.paper(sheet))


def _lists(stage: Stage) -> Iterator[File]:
    """Every kind of list that has a line; publicity notices one by one."""
    everything = Application.objects.filter(call=stage.call)
    for kind in exports_lists.KINDS.values():
        lines = exports_lists.lines_of(stage.call, everything, kind)
        if not lines:
            continue
        name = f"名单/{kind.name(stage.call)}"
        yield f"{name}.xlsx", lambda kind=kind, lines=lines: exports_lists.workbook(stage.call, kind, lines)
        if kind.code != "publicity":
            yield f"{name}.pdf", lambda kind=kind, lines=lines: exports_lists.notice(stage.call, kind, lines)
    kind = exports_lists.KINDS["publicity"]
    for place, publicity in enumerate(stage.call.publicities.order_by("pk"), 1):
        lines = exports_lists.lines_of(stage.call, everything, kind, publicity)
        yield (
            f"名单/公示第{place}号.pdf",
            lambda publicity=publicity, lines=lines: exports_lists.notice(stage.call, kind, lines, publicity=publicity),
        )


def _applications(stage: Stage) -> Iterator[File]:
    """Whole applications of the first ones on the final list."""
    chosen = exports_lists.listed(Application.objects.filter(call=stage.call), exports_lists.KINDS["shortlist"])
    for application in chosen.select_related("version").order_by("pk")[:WHOLE_APPLICATIONS]:
        content, name = paper_of(application.version)
        yield f"申报书/{name}", lambda content=content: content
