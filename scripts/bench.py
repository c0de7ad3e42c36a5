"""`make bench`: what must stay quick, each beside a floor measured in the same run. JSON lines.

    load_programme     a call of 107 tasks from file    | the YAML of the same file parsed, nothing else
    import_preview     a notice of 200 pages, read       | its text decoded and one regex pass over it
    requirements       all rules of one application     | its frozen content parsed from JSON
    assignment         2,000 applications, 600 experts  | a greedy, best pair first; and the LP's bound
    assignment_panels  100 and 500 tasks by common panels | a greedy, the best expert of a whole task first; the bound
    rehearsal          a rehearsal of 120 applications  | its rows written into the same tables by bare SQL, in bulk
    rehearsal_papers   its tables, lists and letters    | the same HTML by bare WeasyPrint (tables have no floor here)
    list_page          a page of 50 among 5,000         | the same 50 rows by one bare query
    summary_table      the 汇总表 of 5,000 rows           | the same cells by bare openpyxl, write-only
    application_pdf    one whole application            | the same HTML by bare WeasyPrint, warm

`seconds` and `cpu_seconds` (of this process) are of one go, `ratio` is of seconds, `cpu_ratio` of CPU seconds. Embedded
SQLite in a folder of its own, or two databases of its own beside DATABASE_URL; both are gone afterwards.
"""

import argparse
import io
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

HOUSE = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(HOUSE))
MIIT = HOUSE / "fixtures/programmes/miit-2025.yaml"
LARGEST = HOUSE / "fixtures/programmes/most-2024.yaml"
CONTROL = ("SAVEPOINT", "RELEASE", "ROLLBACK", "BEGIN", "COMMIT")


@dataclass(frozen=True)
class Spent:
    """Seconds of one go: on the wall, and of this process on its processors."""

    wall: float
    cpu: float


def spent(work: Callable[[], object]) -> Spent:
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return Spent(time.perf_counter() - wall, time.process_time() - cpu)


def side_by_side(product: Callable, floor: Callable, times: int) -> tuple[Spent, Spent]:
    """Both warmed up, then in turn, so that whatever else the machine does falls on both; the mean of each."""
    product(), floor()
    pairs = [(spent(product), spent(floor)) for _ in range(times)]
    return _mean([pair[0] for pair in pairs]), _mean([pair[1] for pair in pairs])


def _mean(goes: list[Spent]) -> Spent:
    return Spent(sum(go.wall for go in goes) / len(goes), sum(go.cpu for go in goes) / len(goes))


def tell(name: str, product: Spent, floor: Spent, **more) -> None:
    """One JSON line."""
    figures = {
        "name": name,
        **more,
        "seconds": round(product.wall, 4),
        "cpu_seconds": round(product.cpu, 4),
        "floor_seconds": round(floor.wall, 5),
        "floor_cpu_seconds": round(floor.cpu, 5),
        "ratio": round(product.wall / floor.wall, 1),
        "cpu_ratio": round(product.cpu / floor.cpu, 1) if floor.cpu else None,
    }
    print(json.dumps(figures, ensure_ascii=False), flush=True)


NAMES = (
    "load_programme", "requirements", "import_preview", "assignment", "rehearsal", "list_page", "summary_table",
    "application_pdf",
)  # fmt: skip


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--applications", type=int, default=120, help="of the rehearsal")
    parser.add_argument("--rows", type=int, default=5000, help="among which a page is shown, and in the 汇总表")
    parser.add_argument("--only", action="append", choices=NAMES, help="may be given several times; all without it")
    wanted = parser.parse_args()
    names, started = set(wanted.only or NAMES), time.monotonic()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="jbgs-bench-")))
        stack.enter_context(own_databases(folder))
        describe_machine()
        measure(names, wanted.applications, wanted.rows, folder)
    print(f"{time.monotonic() - started:.0f} s in all", file=sys.stderr)
    return 0


def measure(names: set[str], applications: int, count: int, folder: Path) -> None:
    """Whatever is among `names`, in the order of the docstring."""
    from bench_rows import file_many

    from programmes.loader import load_document

    if "load_programme" in names:
        measure_load_programme()
    if "requirements" in names:
        measure_requirements()
    if "import_preview" in names:
        measure_import_preview()
    if "assignment" in names:
        measure_assignment()
    alone = {"load_programme", "requirements", "import_preview", "assignment"}
    if not names - alone:
        return
    call = load_document(MIIT).call
    if "rehearsal" in names:
        measure_rehearsal(call, applications, folder)
    if names - {*alone, "rehearsal"}:
        listed, recommender = file_many(call, count)
        if "list_page" in names:
            measure_list_page(listed, recommender)
        if "summary_table" in names:
            measure_summary_table(listed, folder)
        if "application_pdf" in names:
            measure_application_pdf(listed)


# --- Surroundings --------------------------------------------------------------------------------------------------


@contextmanager
def own_databases(folder: Path) -> Iterator[None]:
    """Two migrated databases that nobody else uses, `default` and `floor`; dropped at the end, whatever happens."""
    os.environ |= {"JBGS_DATA": str(folder), "REDIS_URL": "", "DJANGO_SETTINGS_MODULE": "jbgs.settings"}
    import django
    from django.conf import settings

    default = settings.DATABASES["default"]
    is_file = default["ENGINE"].endswith("sqlite3")
    names = {alias: f"{folder.name.replace('-', '_')}_{alias}".lower() for alias in ("default", "floor")}
    for alias, name in names.items():
        own = str(folder / f"{name}.sqlite3") if is_file else name
        settings.DATABASES[alias] = {**default, "TEST": {"NAME": own}}
    django.setup()
    from django.db import connections

    with ExitStack() as stack:
        for alias in names:
            creation = connections[alias].creation
            before = connections[alias].settings_dict["NAME"]
            creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
            stack.callback(creation.destroy_test_db, before, verbosity=0)
        yield


def describe_machine() -> None:
    from django.db import connection

    words = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    model = next((line.split(":")[1].strip() for line in words.splitlines() if line.startswith("model name")), "")
    cores = len(os.sched_getaffinity(0))
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    python = platform.python_version()
    print(
        f"{model or platform.machine()}, {cores} cores, load {load}; Python {python}, {connection.vendor}",
        file=sys.stderr,
    )


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements sent meanwhile, without those that only mark out transactions."""
    from django.db import connection

    sent: list[str] = []

    def note(execute, sql, params, many, context):
        if not sql.startswith(CONTROL):
            sent.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield sent


@contextmanager
def drawn() -> Iterator[list[str]]:
    """The HTML of every paper drawn meanwhile."""
    from documents import pdf

    draw, pages = pdf.draw, []
    pdf.draw = lambda html: (pages.append(html), draw(html))[1]
    try:
        yield pages
    finally:
        pdf.draw = draw


def bare_weasyprint() -> Callable[[str], bytes]:
    """HTML → PDF as plainly as WeasyPrint does it, its font configuration and parsed styles kept warm."""
    from django.contrib.staticfiles import finders
    from weasyprint import CSS, HTML
    from weasyprint.text.fonts import FontConfiguration

    from documents import faces

    sheet, fonts = finders.find("papers/papers.css"), FontConfiguration()
    styles = [CSS(string=faces.css(), font_config=fonts), CSS(filename=sheet, font_config=fonts)]
    base = f"{(HOUSE / 'static').as_uri()}/"
    return lambda html: HTML(string=html, base_url=base).write_pdf(stylesheets=styles, font_config=fonts)


# --- The measurements ----------------------------------------------------------------------------------------------


def measure_load_programme() -> None:
    """The largest call, read, checked and written as a new one; each go is rolled back."""
    import yaml
    from django.db import transaction

    from programmes import parse
    from programmes.loader import load_document

    shape: dict[str, int] = {}

    def load() -> None:
        parse._cache.clear()  # a command parses the document, so does every go
        with transaction.atomic():
            loaded = load_document(LARGEST)
            assert loaded.created
            tasks = loaded.version.spec.tasks.values()
            shape.update(tasks=len(tasks), indicators=sum(len(task.indicators) for task in tasks))
            transaction.set_rollback(True)

    with counted() as sent:
        load()
    text = LARGEST.read_text(encoding="utf-8")
    product, floor = side_by_side(load, lambda: yaml.compose(text, Loader=yaml.SafeLoader), 5)
    tell("load_programme", product, floor, **shape, bytes=LARGEST.stat().st_size, queries=len(sent))


def measure_import_preview() -> None:
    """A notice of 200 pages read, every row compared with a call; the floor only decodes it and runs one regex."""
    import re

    from bench_notice import notice_of_pages

    from programmes.importing.files import read_tasks
    from programmes.importing.plan import Plan
    from programmes.loader import read_document
    from programmes.parse import parse_document

    document = read_document(LARGEST)
    data = notice_of_pages(200, parse_document(document).tasks.values()).encode()
    shape: dict[str, int] = {}

    def preview() -> None:
        plan = Plan(read_tasks(data, "notice.txt"), document)
        shape.update(tasks=plan.found.found, indicators=sum(len(entry.row.indicators) for entry in plan.entries))

    figure = re.compile(r"[≥≤<>]?\s*\d+(?:\.\d+)?\s*[A-Za-z%℃μ]*")
    product, floor = side_by_side(preview, lambda: figure.findall(data.decode()), 3)
    tell("import_preview", product, floor, pages=200, bytes=len(data), **shape)


def measure_requirements() -> None:
    """Everything that the largest call asks of one application."""
    import bench_requirements

    bench_requirements.measure(LARGEST, side_by_side=side_by_side, tell=tell, counted=counted)


def measure_assignment() -> None:
    """A whole draw under all rules in a process of its own; the greedy keeps them too, but leaves more empty."""
    import bench_draws

    found = bench_draws.measure(2000, 600)
    product, floor = (Spent(*found.pop(name)) for name in ("spent", "floor"))
    tell("assignment", product, floor, **found)
    for tasks, experts in ((100, 600), (500, 2000)):
        found = bench_draws.measure(tasks, experts, "panels")
        product, floor = (Spent(*found.pop(name)) for name in ("spent", "floor"))
        tell("assignment_panels", product, floor, **found)


def measure_rehearsal(call, applications: int, folder: Path) -> None:
    """The play, then its papers. Neither can be done twice alike, so each is one go, cold as the command is."""
    import bench_rows as rows

    from jbgs.rehearsal import papers, play

    before = rows.highest_keys()
    played: list = []
    product = spent(lambda: played.extend(play.play(call, applications=applications, seed=7)))
    stage, figures = played
    after = rows.highest_keys()
    rows.insert(list(rows.rows_between({}, before)), "floor")
    made = list(rows.rows_between(before, after))
    floor = spent(lambda: rows.insert(made, "floor"))
    count = sum(len(found) for _, found in made)
    told = {"applications": applications, "queries": figures["queries"], "rows": count, "tables": len(made)}
    tell("rehearsal", product, floor, **told, quota_breaches=figures["quota_breaches"])

    with drawn() as pages:
        written: list = []
        product = spent(lambda: written.extend(papers.write(stage, folder / "papers")))
    draw = bare_weasyprint()
    draw(pages[0])
    floor = spent(lambda: [draw(html) for html in pages])
    tell("rehearsal_papers", product, floor, files=len(written), pdf=len(pages))


def measure_list_page(listed, recommender) -> None:
    """全部申报 of a department, first page, signed in, through the whole of Django."""
    from django.db import connection
    from django.test import Client
    from django.urls import reverse

    client = Client(SERVER_NAME="localhost")
    client.force_login(recommender, "django.contrib.auth.backends.ModelBackend")
    address = reverse("admin:applications_all")

    def page() -> str:
        answer = client.get(address)
        assert answer.status_code == 200, answer.status_code
        return answer.content.decode()

    def bare() -> list[tuple]:
        with connection.cursor() as cursor:
            cursor.execute(BARE_PAGE, [listed.department_id])
            return cursor.fetchall()

    page()
    with counted() as sent:
        shown = page()
    missing = [row[1] for row in bare() if row[1] not in shown]
    assert not missing, missing
    product, floor = side_by_side(page, bare, 20)
    tell("list_page", product, floor, rows=len(bare()), among=listed.applications.count(), queries=len(sent))


BARE_PAGE = """
    SELECT a.id, a.number, a.title, a.submitted_at, a.rank, a.state, t.code, t.title, c.title, u.name, u.region
    FROM applications_application a
    JOIN programmes_task t ON t.id = a.task_id
    JOIN programmes_call c ON c.id = a.call_id
    JOIN accounts_unit u ON u.id = a.unit_id
    WHERE a.department_id = %s AND a.state NOT IN ('draft', 'withdrawn')
    ORDER BY a.submitted_at DESC, a.id DESC LIMIT 50
"""


def measure_summary_table(listed, folder: Path) -> None:
    from openpyxl import Workbook, load_workbook

    from applications import exports

    target = folder / "summary.xlsx"
    exports.summary_xlsx(exports.find_list(listed.pk), target)
    book = load_workbook(target, read_only=True)
    cells = list(book.active.iter_rows(values_only=True))
    book.close()

    def bare() -> None:
        plain = Workbook(write_only=True)
        sheet = plain.create_sheet()
        for row in cells:
            sheet.append(row)
        plain.save(io.BytesIO())

    with counted() as sent:
        product, floor = side_by_side(lambda: exports.summary_xlsx(exports.find_list(listed.pk), target), bare, 3)
    shape = {"rows": listed.applications.count(), "cells": sum(len(row) for row in cells)}
    tell("summary_table", product, floor, **shape, queries=len(sent) // 4, bytes=target.stat().st_size)


def measure_application_pdf(listed) -> None:
    from applications.artifacts import paper_of
    from applications.models import Version

    first = listed.applications.order_by("pk").first()

    def paper() -> bytes:
        return paper_of(Version.objects.select_related("application").get(pk=first.version_id))[0]

    with drawn() as pages:
        size = len(paper())
    draw = bare_weasyprint()
    product, floor = side_by_side(paper, lambda: draw(pages[0]), 5)
    tell("application_pdf", product, floor, bytes=size)


if __name__ == "__main__":
    import servers

    servers.stop_on_signals()
    sys.exit(main())
