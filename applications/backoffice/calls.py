"""The calls of a department, with how its applications stand: for the landing page, the sidebar and the open items."""

from collections import Counter
from dataclasses import dataclass, field

from django.db.models import Count

from applications.models import RecommendationList
from applications.queries import visible_to
from applications.states import WITH_MINISTRY, State
from programmes.models import Call
from programmes.windows import Timetable, Window, timetables

_CACHE = "_jbgs_department_counts"


@dataclass(frozen=True)
class Standing:
    """How many of a department's applications of one call are in which state."""

    states: Counter = field(default_factory=Counter)

    @property
    def received(self) -> int:
        return sum(self.states.values())

    @property
    def waiting(self) -> int:
        return self.states[State.SUBMITTED]

    @property
    def returned(self) -> int:
        return self.states[State.RETURNED]

    @property
    def declined(self) -> int:
        return self.states[State.NOT_RECOMMENDED]

    @property
    def recommended(self) -> int:
        """Everything on the list, however far it has come since."""
        return sum(count for state, count in self.states.items() if state in WITH_MINISTRY)


@dataclass(frozen=True)
class CallRow:
    """One call as its department sees it. `listed`: its RecommendationList, or None before the first step."""

    call: Call
    standing: Standing
    listed: RecommendationList | None
    filing: Window
    confirming: Window
    recommending: Window

    @property
    def is_confirmed(self) -> bool:
        return self.listed is not None and not self.listed.is_open


def standings(user) -> dict[int, Standing]:
    """The Standing of each call by its id; one query, kept on the person for the request: the sidebar asks too."""
    if _CACHE not in user.__dict__:
        found: dict[int, Standing] = {}
        counted = visible_to(user).order_by().values_list("call_id", "state").annotate(count=Count("pk"))
        for call_id, state, count in counted:
            found.setdefault(call_id, Standing()).states[state] = count
        user.__dict__[_CACHE] = found
    return user.__dict__[_CACHE]


def waiting_for(user) -> int:
    """For the sidebar: how many applications this person's department has still to examine."""
    return sum(standing.waiting for standing in standings(user).values())


def offers(call: Call, department) -> bool:
    """Whether applicants of this call may choose this department (programmes.queries.offered_departments)."""
    offered = call.spec.recommenders
    everybody = not offered.kinds and not offered.codes
    return (
        call.spec.flow.recommendation
        and call.is_rehearsal == department.is_rehearsal
        and (everybody or department.kind in offered.kinds or department.code in offered.codes)
    )


def calls_of(user) -> list[Call]:
    """The calls in which this person's department recommends or has applications, newest first; two queries."""
    counted = standings(user)
    calls = Call.objects.filter(is_rehearsal=user.department.is_rehearsal).exclude(current_version=None)
    calls = calls.select_related("programme", "current_version").defer("current_version__document")
    return [call for call in calls if call.pk in counted or offers(call, user.department)]


def call_rows(user) -> list[CallRow]:
    """All calls of a department with windows and list; five queries however many calls there are."""
    calls, counted = calls_of(user), standings(user)
    by_call = timetables(calls)
    lists = {row.call_id: row for row in RecommendationList.objects.filter(department=user.department_id)}
    return [row_of(call, user.department, by_call[call.pk], counted, lists.get(call.pk)) for call in calls]


def row_of(call: Call, department, timetable: Timetable, counted: dict[int, Standing], listed) -> CallRow:
    return CallRow(
        call=call,
        standing=counted.get(call.pk) or Standing(),
        listed=listed,
        filing=timetable.window("apply", department),
        confirming=timetable.window("confirm", department),
        recommending=timetable.window("recommend", department),
    )
