"""What officers see of recusal: for each expert and application what was found, said, cleared; and what is open."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q

from applications.models import Application
from applications.queries import visible_to
from applications.states import State
from reviews import conflicts
from reviews.conflicts import Conflict, Hit
from reviews.models import (
    ACTIVE,
    SAID,
    Alternate,
    Assignment,
    AssignmentState,
    Clearance,
    DrawPlan,
    Expert,
    Recusal,
    RecusalKind,
)
from reviews.queries import UNDECIDED
from reviews.rounds import counts, reopened_at

SUSPECTED, UNSUPPORTED, SETTLED, CLEARED = "suspected", "unsupported", "settled", "cleared"
CHIPS = {
    SUSPECTED: {"label": "疑似，未申报", "tone": "warn", "icon": "alert"},
    UNSUPPORTED: {"label": "已申报，无旁证", "tone": "draft", "icon": "info"},
    SETTLED: {"label": "已回避", "tone": "ok", "icon": "check"},
    CLEARED: {"label": "已认定不回避", "tone": "off", "icon": "check"},
}
"""What is beside a line in `_hits.html`, by its `state`."""


@dataclass
class Line:
    """One expert and one application. `place`: the expert's part in the task in words, '' for none."""

    expert: Expert
    application: Application
    hits: tuple[Hit, ...] = ()
    said: Recusal | None = None
    approved: tuple[Clearance, ...] = ()
    waiting: Clearance | None = None
    seat: Assignment | None = None
    place: str = ""

    @property
    def left(self) -> list[Hit]:
        """Computed grounds that nobody cleared."""
        return conflicts.uncleared(self.hits, self.approved)

    @property
    def state(self) -> str:
        """suspected (found, an officer may judge), unsupported (declared, nothing found), settled, cleared."""
        if self.said:
            return SETTLED if self.hits or self.said.kind != RecusalKind.DECLARED else UNSUPPORTED
        if not self.left:
            return CLEARED
        return SUSPECTED if self.has_sheet or not any(hit.is_final for hit in self.left) else SETTLED

    @property
    def has_sheet(self) -> bool:
        """The expert has the application in hand, or has scored it."""
        return self.seat is not None and self.seat.state in ACTIVE

    @property
    def can_be_cleared(self) -> bool:
        return bool(self.left) and not self.waiting and not any(hit.is_final for hit in self.left)

    @property
    def chip(self) -> dict:
        if self.waiting:
            return {"label": "认定不回避，待复核", "tone": "info", "icon": "half"}
        if self.state == SUSPECTED and any(hit.is_final for hit in self.left):
            return {"label": "须回避，仍有评审", "tone": "bad", "icon": "alert"}
        return CHIPS[self.state]

    @property
    def kinds(self) -> list[str]:
        """The kinds that a clearance of this line names."""
        return sorted({hit.kind for hit in self.left})


def lines(task, experts: Iterable[Expert] | None = None) -> list[Line]:
    """Every pair of the task with a ground, a word or a clearance, those with a part in the task first.

    Applications that await a decision; `experts`: those looked at, by default all who can be drawn and all who have or
    had a part in the task. A constant number of queries.
    """
    rows = Application.objects.filter(task=task, state__in=UNDECIDED).annotate(reopened_at=reopened_at())
    applications = {row.pk: row for row in rows.select_related("unit").order_by("number")}
    seats = _seats(applications)
    places = _places(task, applications, seats)
    people = {row.pk: row for row in experts or ()} if experts is not None else _everybody(applications, places)
    said = {(row.expert_id, row.application_id): row for row in _said(applications, people)}
    cleared = _clearances(applications, people)
    found = conflicts.hits(applications.values(), people.values())
    made = []
    for expert, application in found.keys() | said.keys() | cleared.keys():
        pair = (expert, application)
        rulings = cleared.get(pair, ())
        made.append(
            Line(
                expert=people[expert], application=applications[application], hits=found.get(pair, ()),
                said=said.get(pair), seat=seats.get(pair), place=places.get(pair) or places.get((expert, None), ""),
                approved=tuple(row for row in rulings if row.state == Clearance.State.APPROVED),
                waiting=next((row for row in rulings if row.state == Clearance.State.PREPARED), None),
            )
        )  # fmt: skip
    return sorted(made, key=lambda line: (not line.place, line.application.number or "", line.expert.pk))


def _seats(applications: dict[int, Application]) -> dict[tuple[int, int], Assignment]:
    """The sheets of these applications that count in the review as it stands; removed ones do not."""
    rows = Assignment.objects.filter(application__in=applications).exclude(state=AssignmentState.REMOVED)
    return {
        (row.expert_id, row.application_id): row
        for row in rows.order_by("pk")
        if counts(row.assigned_at, applications[row.application_id].reopened_at)
    }


def _places(task, applications, seats) -> dict[tuple[int, int | None], str]:
    """The experts' parts in the task: (expert, application) or, for a draw that is not published, (expert, None)."""
    places: dict = {}
    plan = DrawPlan.objects.filter(tasks=task, state__in=["draft", "frozen", "drawn"]).order_by("-number").first()
    if plan and (shown := plan.outcome or plan.preview):
        numbers = {row.number for row in applications.values()}
        names = {name for number, drawn in (shown.get("pairs") or {}).items() if number in numbers for name in drawn}
        for pk in Expert.objects.filter(user__username__in=names).values_list("pk", flat=True):
            places[pk, None] = "在本次预览中" if plan.outcome is None else "已抽中，待发布"
    waiting = Alternate.objects.filter(application__in=applications, state=Alternate.State.WAITING)
    for expert, application, order in waiting.values_list("expert_id", "application_id", "order"):
        places[expert, application] = f"候补第 {order} 位"
    for pair, seat in seats.items():
        places[pair] = f"评审任务：{seat.get_state_display()}"
    return places


def _everybody(applications, places) -> dict[int, Expert]:
    here = Q(pk__in={expert for expert, _ in places}) | Q(recusals__application__in=applications)
    here |= Q(clearances__application__in=applications) | Q(pk__in=Expert.objects.available().values("pk"))
    return {row.pk: row for row in Expert.objects.filter(here).distinct().select_related("user")}


def _said(applications, people):
    return Recusal.objects.filter(application__in=applications, expert__in=people, kind__in=SAID).select_related("by")


def _clearances(applications, people) -> dict[tuple[int, int], list[Clearance]]:
    rows = Clearance.objects.filter(application__in=applications, expert__in=people)
    found: dict[tuple[int, int], list[Clearance]] = {}
    for row in rows.exclude(state=Clearance.State.DISCARDED).select_related("prepared_by", "approved_by"):
        found.setdefault((row.expert_id, row.application_id), []).append(row)
    return found


def suspected(task) -> list[Line]:
    """Found by the engine and declared by nobody, where the expert has a part in the task."""
    return [line for line in lines(task) if line.state == SUSPECTED and line.place]


def unsupported(task) -> list[Line]:
    """Declared by the expert, and nothing found that bears it out."""
    return [line for line in lines(task) if line.state == UNSUPPORTED]


def seated_conflicts(sheets: Iterable[Assignment]) -> list[tuple[Assignment, Conflict]]:
    """The sheets whose expert must not look now, with why. Sheets come with `application` and `expert`."""
    sheets = list(sheets)
    if not sheets:
        return []
    applications = {sheet.application_id: sheet.application for sheet in sheets}
    experts = {sheet.expert_id: sheet.expert for sheet in sheets}
    found = conflicts.find(applications.values(), experts.values())
    pairs = ((sheet, found.get((sheet.expert_id, sheet.application_id))) for sheet in sheets)
    return [(sheet, conflict) for sheet, conflict in pairs if conflict]


def sheets_under_way(**which):
    """The sheets that count now in applications under review, with what `seated_conflicts` needs."""
    rows = Assignment.objects.active().filter(application__state=State.IN_REVIEW, **which)
    rows = rows.annotate(reopened_at=reopened_at("application"))
    rows = rows.select_related("application__call__current_version", "application__task", "expert__user")
    return [row for row in rows.order_by("pk") if counts(row.assigned_at, row.reopened_at)]


def waiting_clearances(user):
    """Clearances that wait for a second person among the officers of these applications; one's own are shown too."""
    if not (user.is_active and user.is_officer):
        return Clearance.objects.none()
    waiting = Clearance.objects.filter(state=Clearance.State.PREPARED, application__state__in=UNDECIDED)
    rows = waiting.filter(application__in=visible_to(user))
    return rows.select_related("application__task", "application__unit", "expert__user", "prepared_by")
