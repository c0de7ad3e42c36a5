"""Public lists: the only columns that leave the house, and their order (DESIGN §6.10)."""

from dataclasses import dataclass

from applications.models import Application, Publicity
from jbgs.lib.regions import region_name

# What a public list may show. Never a score, a rank, a person, a telephone; what is not named here is not even read.
PUBLIC_COLUMNS = (
    "pk",
    "task__field__code",
    "task__field__name",
    "task__code",
    "task__title",
    "title",
    "unit__name",
    "unit__region",
    "department__official_name",
)
# Inside a task by the administrative order of the recommending bodies, then by the unit's code: no merit in it.
PUBLIC_ORDER = ("task__field__order", "task__order", "department__order", "department__code", "unit__code", "pk")


@dataclass(frozen=True)
class PublicRow:
    """One project of a public list."""

    number: int
    pk: int
    field_code: str
    field_name: str
    task_code: str
    task_title: str
    title: str
    unit: str
    region: str
    department: str

    def task(self) -> tuple[str, str]:
        return self.task_code, self.task_title


def public_rows(publicity: Publicity) -> list[PublicRow]:
    """The projects of one list in their public order; one query."""
    return rows_of(Application.objects.filter(publicity=publicity))


def rows_of(applications) -> list[PublicRow]:
    """The same of any applications: what a list would show of them. One query."""
    found = applications.order_by(*PUBLIC_ORDER).values_list(*PUBLIC_COLUMNS)
    return [
        PublicRow(number, *columns[:7], region=region_name(columns[7]), department=columns[8] or "")
        for number, columns in enumerate(found, 1)
    ]


def publicities_in_order(now):
    """Lists of public calls whose publicity has begun, newest first; rehearsals stay out."""
    return (
        Publicity.objects.filter(call__is_rehearsal=False, opens_at__lte=now)
        .select_related("call__current_version")
        .defer("call__current_version__document")
        .order_by("-opens_at", "-pk")
    )
