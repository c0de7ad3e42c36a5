"""全部申报: everything of a call that the officer may see, filtered and paged; made for thousands of rows."""

from dataclasses import dataclass

from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from accounts.models import Department
from applications.backoffice.office import Office, office_of, render_office
from applications.queries import list_relations
from applications.states import WITH_MINISTRY, State
from jbgs.lib.validators import whole_number

ON_A_PAGE = 50


@dataclass(frozen=True)
class Filter:
    """What was asked for; codes and ids that the call does not have are as good as nothing."""

    text: str = ""
    field: str = ""
    task: str = ""
    department: str = ""
    state: str = ""

    @classmethod
    def of(cls, query) -> "Filter":
        named = {name: query.get(name, "").strip()[:60] for name in cls.__dataclass_fields__}
        if whole_number(named["department"]) is None:
            named["department"] = ""
        if named["state"] not in State.values:
            named["state"] = ""
        return cls(**named)

    @property
    def is_on(self) -> bool:
        return any(getattr(self, name) for name in self.__dataclass_fields__)

    def apply(self, applications: QuerySet) -> QuerySet:
        """Text is looked for in number, project and lead; every word must be found somewhere."""
        same = {"task__field__code": self.field, "task__code": self.task, "department_id": self.department}
        applications = applications.filter(**{name: value for name, value in same.items() if value})
        if self.state:
            applications = applications.filter(state=self.state)
        for word in self.text.split():
            applications = applications.filter(
                Q(title__icontains=word) | Q(number__icontains=word) | Q(unit__name__icontains=word)
            )
        return applications


def choices(office: Office) -> dict:
    """What the filter's selects offer: tasks (with their fields), departments that recommended; two queries."""
    recommended = office.applications().exclude(department=None).values("department")
    fields = {task.field.code: task.field.name for task in office.tasks}
    return {
        "fields": fields.items(),
        "departments": Department.objects.filter(pk__in=recommended).values_list("pk", "official_name"),
        "states": [(state.value, state.label) for state in State if state in WITH_MINISTRY],
    }


@require_safe
def every(request: HttpRequest) -> HttpResponse:
    """GET office/applications/?text=&field=&task=&department=&state=&page=."""
    office = office_of(request)
    wanted = Filter.of(request.GET)
    found = wanted.apply(office.applications())
    ordered = list_relations(found).order_by("task__order", "department__order", "rank", "number")
    page = Paginator(ordered, ON_A_PAGE).get_page(request.GET.get("page"))
    for application in page.object_list:
        application.call = office.call
    context = {"title": "全部申报", "page": page, "filter": wanted, **choices(office)}
    return render_office(request, "every", office, context)
