"""Whom an officer could pick by hand, the best first: one reading for every place where an expert is named.

Who cannot be picked stays in the list, at its end, with the reason. Everything costs a constant number of queries,
however many experts and applications there are; figures of earlier reviews (`ledger`) are read for the page shown only.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.core.paginator import Page, Paginator
from django.db.models import F, Q

from applications.models import Application
from jbgs.lib import clock
from jbgs.lib.validators import whole_number
from programmes.models import Call
from reviews import affinity, conflicts, queries
from reviews.conflicts import Conflict
from reviews.disciplines import Tree
from reviews.ledger import Ledger, figures_of
from reviews.models import ACTIVE, Absence, Assignment, AssignmentState, Employment, Expert
from reviews.rounds import last_round_pk

PER_PAGE = 15
NAMED = 2
"""How many recusals a line tells in full; all are counted."""
DEGREES = ((750, "对口", "ok"), (450, "相近", "info"), (1, "同门类", "mute"), (0, "不对口", "off"))
"""From which value of `affinity` a fit has this name: the thing itself, its second level, its first level, nothing."""

LEFT = {AssignmentState.DECLINED: "曾谢绝", AssignmentState.REMOVED: "曾收回"}


@dataclass(frozen=True)
class Wanted:
    """What stands in a picker: the words looked for, the page, whom somebody has chosen already."""

    words: str = ""
    page: int = 1
    chosen: tuple[int, ...] = ()

    @classmethod
    def sent(cls, data, name: str = "expert") -> "Wanted":
        """Out of a form; `find` is the page asked for."""
        chosen = (whole_number(value) for value in data.getlist(name))
        return cls(
            " ".join(data.get("q", "").split())[:60], whole_number(data.get("find")) or 1,
            tuple(pk for pk in dict.fromkeys(chosen) if pk is not None),
        )  # fmt: skip


@dataclass(frozen=True)
class Purpose:
    """For what experts are picked.

    `firm`: who is picked gets every one of these applications, so that one ground is enough to keep them out; else only
    who must stand aside from all of them is out. `by_load`: a full limit keeps out. `anybody`: nothing keeps out (the
    officer decides a recusal). `on`: the day on which somebody must be there.
    """

    call: Call
    applications: tuple[Application, ...]
    firm: bool = False
    by_load: bool = True
    anybody: bool = False
    on: date = field(default_factory=clock.today)


@dataclass
class Candidate:
    """One line of the picker. `blocked`: why this expert cannot be picked, '' for who can; `notes`: what to know."""

    expert: Expert
    fit: affinity.Match
    also_at: list[str]
    topics: list[str]
    disciplines: list[str]
    blocked: str
    notes: list[str]
    seated: bool = False
    chosen: bool = False
    ledger: Ledger = field(default_factory=Ledger)

    @property
    def degree(self) -> tuple[str, str]:
        """How well the expert fits in one word, and its tone; ('', '') where the task has no disciplines."""
        if self.fit.words == (affinity.NO_TOPICS,):
            return "", ""
        return next((word, tone) for least, word, tone in DEGREES if self.fit.value >= least)

    @property
    def is_free(self) -> bool:
        """A chosen one stays choosable whatever came up since: the verb refuses it with the reason."""
        return self.chosen or not self.blocked

    @property
    def order(self) -> tuple:
        """Who can be picked first, then who fits better, then who has more room."""
        load = self.expert.busy / max(1, self.expert.max_load)
        return bool(self.blocked), not self.seated, -self.fit.value, load, self.expert.pk


@dataclass
class Picker:
    """What `_picker.html` draws. `form`: the id of the form it belongs to; `many`: ticks instead of one choice;
    `nobody`: the words of the choice of nobody; `chair`: with a column for the chair, and who it is. `page` is None
    until somebody asks."""

    form: str
    many: bool = False
    nobody: str = ""
    chairs: bool = False
    chair: int | None = None
    wanted: Wanted = field(default_factory=Wanted)
    chosen: list[Candidate] = field(default_factory=list)
    page: Page | None = None
    free: int = 0
    has_topics: bool = True

    def fill(self, purpose: Purpose, wanted: Wanted) -> "Picker":
        """With the candidates that the words leave; the chosen ones stand above them on every page."""
        found = _candidates(purpose, wanted)
        self.wanted = wanted
        self.chosen = [one for one in found if one.chosen]
        rest = [one for one in found if not one.chosen]
        self.free = sum(not one.blocked for one in rest)
        self.page = Paginator(rest, PER_PAGE).get_page(wanted.page)
        self.has_topics = not found or found[0].fit.words != (affinity.NO_TOPICS,)
        shown = [*self.chosen, *self.page.object_list]
        figures = figures_of([one.expert for one in shown])
        for one in shown:
            one.ledger = figures[one.expert.pk]
        return self


def pool(call: Call, also: Iterable[int] = ()):
    """Who reviews in this call at all: fictitious people in rehearsals only, and nobody else there. `also`: keys of
    those who are wanted whatever they are."""
    told = Q(user__is_fictitious=call.is_rehearsal or call.is_demo) | Q(pk__in=list(also))
    return queries.experts_with_load(call).filter(told)


def able(call: Call):
    """Those who could be given one more application today."""
    return pool(call).filter(pk__in=Expert.objects.available().values("pk"), busy__lt=F("max_load"))


def _candidates(purpose: Purpose, wanted: Wanted) -> list[Candidate]:
    tree = Tree.load()
    experts = list(pool(purpose.call, also=wanted.chosen))
    jobs = _jobs(purpose.on)
    known = {row.pk: [tree.name(word) for word in row.disciplines] for row in experts}
    words = wanted.words.casefold().split()
    asked = [
        row for row in experts
        if row.pk in wanted.chosen or all(word in _text(row, jobs[row.pk], known[row.pk]) for word in words)
    ]  # fmt: skip
    out, later = _absences(purpose.on)
    sheets = _sheets(purpose)
    found = conflicts.find(purpose.applications, asked) if purpose.applications else {}
    topics = _topics(purpose)
    fits: dict[tuple, affinity.Match] = {}
    lines = []
    for row in asked:
        key = tuple(row.disciplines)
        fits[key] = fits.get(key) or affinity.of(topics, key, tree.path)
        own = {one.pk: found[row.pk, one.pk] for one in purpose.applications if (row.pk, one.pk) in found}
        blocked, notes = _standing(row, purpose, own, sheets[row.pk], out.get(row.pk, ""))
        notes += later.get(row.pk, [])
        matched = [tree.name(word) for word in fits[key].words]
        seated = purpose.anybody and any(state in ACTIVE for _, state in sheets[row.pk])
        chosen = row.pk in wanted.chosen
        lines.append(
            Candidate(row, fits[key], jobs[row.pk], matched, known[row.pk], blocked, notes, seated, chosen)
        )  # fmt: skip
    return sorted(lines, key=lambda one: one.order)


def _text(row: Expert, also_at: list[str], disciplines: list[str]) -> str:
    """In which the words of a search are looked for."""
    told = (row.user.name, row.number, row.unit_name, *also_at, row.title, row.region_name, *disciplines)
    return " ".join((*told, *row.disciplines)).casefold()


def _jobs(on: date) -> dict[int, list[str]]:
    """The units at which experts work besides their own."""
    found: dict[int, list[str]] = defaultdict(list)
    lasting = Employment.objects.filter(Q(to_on=None) | Q(to_on__gte=on)).filter(Q(from_on=None) | Q(from_on__lte=on))
    for expert, unit in lasting.order_by("pk").values_list("expert_id", "unit_name"):
        found[expert].append(unit)
    return found


def _absences(on: date) -> tuple[dict[int, str], dict[int, list[str]]]:
    """Who cannot on that day, in words, a ban before a leave; and whose absence begins later."""
    out, later = {}, defaultdict(list)
    lasting = Absence.objects.filter(Q(to_on=None) | Q(to_on__gte=on), lifted_at=None)
    for row in lasting.order_by("-kind", "from_on"):  # leaves first: a ban is written over them
        word = "禁评" if row.kind == Absence.Kind.BAN else "请假"
        until = f"至 {row.to_on:%Y-%m-%d}" if row.to_on else "，未定期限"
        if row.from_on > on:
            later[row.expert_id].append(f"{row.from_on:%Y-%m-%d} 起{word}{until}")
        else:
            because = f"：{row.reason}" if row.reason else ""
            out[row.expert_id] = f"{word}{until}{because}"
    return out, later


def _sheets(purpose: Purpose) -> dict[int, list[tuple[int, str]]]:
    """(application pk, state) of the sheets of the round under way, by expert."""
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    rows = Assignment.objects.filter(application__in=purpose.applications, round=last_round_pk(purpose.call))
    for expert, application, state in rows.values_list("expert_id", "application_id", "state"):
        found[expert].append((application, state))
    return found


def _topics(purpose: Purpose) -> list[str]:
    """What the tasks of these applications are about: codes and words, in their order."""
    specs = purpose.call.spec.tasks
    codes = dict.fromkeys(one.task.code for one in purpose.applications)
    told = (specs[code] for code in codes if code in specs)
    return [word for spec in told for word in (*spec.disciplines, *spec.keywords)]


def _standing(row: Expert, purpose: Purpose, own: dict[int, Conflict], sheets: list, away: str):
    """Why this expert cannot be picked ('' if nothing stands against it), and what else should be known."""
    held = [pk for pk, state in sheets if state in ACTIVE]
    notes = [_recused(purpose, own)] if own else []
    if held and not purpose.firm:
        notes.append(f"已评其中 {len(held)} 件" if len(purpose.applications) > 1 else "正在评审这件申报")
    for left, word in LEFT.items():
        if gone := sum(state == left for _, state in sheets):
            notes.append(f"{word}其中 {gone} 件" if len(purpose.applications) > 1 else f"{word}这件申报")
    if purpose.anybody:
        return "", [*notes, *([away] if away else [])]
    reasons = (
        "账号已停用" if not row.user.is_active else "",
        "暂不参加评审" if not row.is_available else "",
        away,
        *(_full(row, purpose) if purpose.by_load else ()),
        ("已评其中的申报" if len(purpose.applications) > 1 else "已评这件申报") if held and purpose.firm else "",
    )
    if blocked := next(filter(None, reasons), ""):
        return blocked, notes
    if own and (purpose.firm or len(own) == len(purpose.applications)):
        return notes[0], notes[1:]
    return "", notes


def _full(row: Expert, purpose: Purpose) -> tuple[str, ...]:
    most = purpose.call.spec.review.assignment.load
    return (
        f"份数已满，最多 {row.max_load} 份" if row.busy >= row.max_load else "",
        f"本批次份数已满，每人最多 {most} 份" if most and row.busy_here >= most else "",
    )


def _recused(purpose: Purpose, own: dict[int, Conflict]) -> str:
    """From what the expert must stand aside, and why."""
    if len(purpose.applications) == 1:
        return f"须回避：{next(iter(own.values())).sentence}"
    told = [f"{one.number or one.title}，{own[one.pk].sentence}" for one in purpose.applications if one.pk in own]
    return f"须回避 {len(told)} 件：{' '.join(told[:NAMED])}{'……' if len(told) > NAMED else ''}"
