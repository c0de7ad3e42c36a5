"""What scripts/bench.py measures on: many filed applications, and the rows that a rehearsal leaves behind."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random

from django.db import connections, transaction
from django.db.models import OuterRef, Subquery

from accounts.models import Department
from applications import workflow
from applications.examination import SIGNED
from applications.models import Application, Opinion, QuotaScope, QuotaUse, Version
from jbgs.lib import clock
from jbgs.rehearsal.cast import fill, make_person, make_unit
from programmes import windows

UNITS = 500
AT_ONCE = 500
MADE_BY_MIGRATE = {"django_migrations", "django_content_type", "auth_permission"}


def file_many(call, count: int):
    """One department's confirmed list of `count` applications, and its recommender.

    The first one goes its whole way through the workflow; the others are copies of its frozen content under units,
    titles and numbers of their own, with opinions and, beyond the limit, reasons: everything that the pages and the
    table read.
    """
    kinds = call.spec.recommenders.kinds or ("industry",)
    department = Department.objects.create(
        code="bench", official_name="虚构市工业和信息化局", kind=kinds[0], region="110000"
    )
    recommender = make_person("bench-recommender", "recommender", department=department)
    units = [make_unit(800_000 + serial) for serial in range(UNITS)]
    first = _first_of(call, units, department, recommender)
    with transaction.atomic():
        _copies(first, units, count - 1, recommender)
    return first.recommendation_list, recommender


def _first_of(call, units, department, recommender) -> Application:
    applicant = make_person("bench-applicant", "unit_admin", unit=units[0])
    task = call.tasks.order_by("order").first()
    with clock.travel(windows.window(call, "apply").closes_at - timedelta(days=1)):
        draft = workflow.create_application(call, task=task, by=applicant, department=department)
        fill(draft, by=applicant, rng=Random(1), partners=units[1:3])
        submitted = workflow.submit(draft, by=applicant)
        recommended = workflow.recommend(submitted, by=recommender, opinion="同意推荐。", items=[SIGNED.code])
    with clock.travel(windows.window(call, "confirm").closes_at - timedelta(days=1)):
        listed = recommended.recommendation_list
        workflow.confirm_list(listed, by=recommender, letter_no="虚构推荐函〔2025〕1号", pledge=True)
    return Application.objects.select_related("version", "task", "recommendation_list").get(pk=draft.pk)


def _copies(first: Application, units, count: int, recommender) -> None:
    tasks = list(first.call.tasks.order_by("order"))
    rows = [_copy(first, units[n % UNITS], tasks[n % len(tasks)], n, len(tasks)) for n in range(count)]
    Application.objects.bulk_create(rows, AT_ONCE)
    Version.objects.bulk_create((_frozen(first.version, row) for row in rows), AT_ONCE)
    made = Application.objects.filter(call_id=first.call_id, version=None)
    own = Version.objects.filter(application=OuterRef("pk")).values("pk")
    made.update(version=Subquery(own), state=first.state, recommendation_list=first.recommendation_list_id)
    said = {
        "verb": "recommend",
        "text": "同意推荐。",
        "items": [SIGNED.code],
        "by": recommender,
        "at": first.state_since,
    }
    Opinion.objects.bulk_create((Opinion(application=row, **said) for row in rows), AT_ONCE)
    _slots(first, rows)


def _copy(first: Application, unit, task, place: int, tasks: int) -> Application:
    """A draft as yet: what its state asks for is written next."""
    return Application(
        call_id=first.call_id,
        call_version_id=first.call_version_id,
        task=task,
        unit=unit,
        department_id=first.department_id,
        number=f"WL2025-{task.code.replace('-', '')}-{place + 10_001}",
        title=f"面向规模应用的{task.title[:24]}（方案 {place + 2}）",
        rank=place // tasks + 2,
        created_by_id=first.created_by_id,
        created_at=first.created_at,
        submitted_at=first.submitted_at + timedelta(seconds=place),
        state_since=first.state_since,
    )


def _frozen(version: Version, row: Application) -> Version:
    unit = {**version.content["unit"], "name": row.unit.name, "code": row.unit.code}
    return Version(
        application=row, number=1, content={**version.content, "number": row.number, "title": row.title, "unit": unit},
        sha256=version.sha256, code=f"BE{row.pk:010d}", created_by_id=version.created_by_id,
        created_at=version.created_at,
    )  # fmt: skip


def _slots(first: Application, rows) -> None:
    """A slot for each in its task's scope; whoever stands beyond the limit has a reason."""
    spec = first.call.spec.quotas["recommend"]
    keys = {row.task_id: f"bench-task={row.task.code}" for row in rows}
    scopes = [QuotaScope(call_id=first.call_id, code="recommend", scope_key=key) for key in keys.values()]
    by_task = dict(zip(keys, QuotaScope.objects.bulk_create(scopes), strict=True))
    reason = "为本地区唯一具备量产条件的方案，确有必要增加。"
    uses = (
        QuotaUse(
            scope=by_task[row.task_id], application=row, slot=row.rank - 1, limit=spec.limit, soft=True,
            over_reason=reason if row.rank - 1 > spec.limit else "",
        )
        for row in rows
    )  # fmt: skip
    QuotaUse.objects.bulk_create(uses, AT_ONCE)


# --- The rows of a rehearsal ---------------------------------------------------------------------------------------


def tables() -> list[str]:
    """All tables whose rows are numbered, but those that `migrate` fills."""
    connection = connections["default"]
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    with connection.cursor() as cursor:
        numbered = [
            name
            for name in sorted(names)
            if any(column.name == "id" for column in connection.introspection.get_table_description(cursor, name))
        ]
    return [name for name in numbered if name not in MADE_BY_MIGRATE]


def highest_keys() -> dict[str, int]:
    """The last key of each table."""
    with connections["default"].cursor() as cursor:
        return {name: cursor.execute(f'SELECT COALESCE(MAX(id), 0) FROM "{name}"').fetchone()[0] for name in tables()}


def rows_between(low: dict[str, int], high: dict[str, int]) -> Iterator[tuple[str, list[tuple]]]:
    """(INSERT statement, rows) for each table with keys above `low` and up to `high`; raw values, as they lie there."""
    with connections["default"].cursor() as cursor:
        for name, last in high.items():
            cursor.execute(f'SELECT * FROM "{name}" WHERE id > %s AND id <= %s ORDER BY id', [low.get(name, 0), last])
            columns = [column[0] for column in cursor.description]
            rows = cursor.fetchall()
            if rows:
                marks = ", ".join(["%s"] * len(columns))
                names = ", ".join(f'"{column}"' for column in columns)
                yield f'INSERT INTO "{name}" ({names}) VALUES ({marks})', rows


def insert(statements: list[tuple[str, list[tuple]]], alias: str) -> None:
    """Write rows into the same tables of another database: one transaction, one statement for each table."""
    with transaction.atomic(using=alias), connections[alias].cursor() as cursor:
        for statement, rows in statements:
            cursor.executemany(statement, rows)
