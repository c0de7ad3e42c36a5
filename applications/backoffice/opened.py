"""One application opened inside the list: its paper, what was computed, and the form with what was typed so far."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Max

from applications import rules
from applications.backoffice.groups import Group
from applications.examination import Examined, examine
from applications.models import Application, Opinion, RecommendationList
from applications.queries import for_page
from applications.versions import PDF_KIND
from documents.models import Artifact
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from programmes.windows import Window, due_after

# Where the form shows a refusal of the door that points to another word for the same thing.
FIELDS = {"reason": "opinion", "due_at": "due_on"}


@dataclass(frozen=True)
class Opened:
    """`typed`: what came back with a refusal; `errors`: sentence by field, "" for the whole form."""

    application: Application
    group: Group | None
    examined: Examined
    paper: Artifact | None
    opinions: list[Opinion]
    can: Mapping[str, bool]
    closed: str
    due_on: str
    next_rank: int
    ticked: frozenset[str] = frozenset()
    typed: Mapping = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    @property
    def slot(self) -> int:
        """The slot that a recommendation would take now."""
        return self.group.next_slot if self.group else 1

    @property
    def is_beyond_limit(self) -> bool:
        return bool(self.group and self.group.quota and self.slot > self.group.quota.limit)

    @property
    def is_hard(self) -> bool:
        """The limit is hard and reached: no reason helps."""
        return self.is_beyond_limit and self.group.quota.force == "hard"

    @property
    def rank(self) -> str:
        return self.typed.get("rank") or str(self.next_rank)

    @property
    def opinion(self) -> str:
        return self.typed.get("opinion", "")

    @property
    def over_reason(self) -> str:
        return self.typed.get("over_reason", "")

    @property
    def last_opinion(self) -> Opinion | None:
        return self.opinions[-1] if self.opinions else None


def errors_of(refusal: Refused | None) -> dict[str, str]:
    """A refusal as errors of the form, at the field that the form has for it."""
    return {FIELDS.get(refusal.field, refusal.field): refusal.sentence} if refusal else {}


def open_application(
    user,
    pk: int,
    *,
    group: Group | None,
    listed: RecommendationList | None,
    window: Window,
    refusal: Refused | None = None,
    typed=None,
) -> Opened | None:
    """Everything of one application's examination, or None when this person does not see it; at most 14 queries."""
    application = for_page(user).filter(pk=pk).first()
    if application is None:
        return None
    own = application.opinions.filter(verb__in=VERBS)  # what officers wrote is not for departments
    opinions = list(own.select_related("by", "version").defer("version__content"))
    return Opened(
        application=application,
        group=group,
        examined=examine(application),
        paper=paper_of(application.version_id),
        opinions=opinions,
        can={verb: getattr(rules, f"can_{verb}")(application, user) for verb in VERBS},
        closed=why_closed(listed, window),
        due_on=typed.get("due_on", "") if typed else default_due_on(application, window),
        next_rank=next_rank(application, listed),
        ticked=frozenset(typed.getlist("items")) if typed else _ticked(opinions),
        typed=typed or {},
        errors=errors_of(refusal),
    )


VERBS = ("recommend", "return_for_changes", "decline", "unrecommend")


def paper_of(version_id: int | None) -> Artifact | None:
    """The PDF of a frozen version, made or under way."""
    return Artifact.objects.filter(kind=PDF_KIND, owner_key=f"version:{version_id}").first()


def why_closed(listed: RecommendationList | None, window: Window) -> str:
    """Why nothing can be examined now; empty while it can."""
    if listed is not None and not listed.is_open:
        return "推荐名单已经确认，不能再变动。需要改动请联系主管处室退回名单。"
    if window.has_closed(clock.now()):
        return f"推荐已于 {window.closes_text} 截止，不能再办理。需要延期请联系主管处室。"
    return ""


def default_due_on(application: Application, window: Window) -> str:
    """The last day that a return proposes (ISO): the call's clock, but not beyond the department's own window."""
    spec = application.call.spec.clocks.get("return")
    ends: list[datetime] = [window.closes_at]
    if spec:
        ends.append(due_after(spec, clock.now()))
    return clock.local(min(ends) - timedelta(seconds=1)).date().isoformat()


def next_rank(application: Application, listed: RecommendationList | None) -> int:
    """The rank behind everything that is on the list for this task, whatever tab the page shows."""
    if listed is None:
        return 1
    return (listed.applications.filter(task=application.task_id).aggregate(last=Max("rank"))["last"] or 0) + 1


def _ticked(opinions: list[Opinion]) -> frozenset[str]:
    """What was ticked when it was last recommended."""
    said = [opinion for opinion in opinions if opinion.verb == "recommend"]
    return frozenset(said[-1].items) if said else frozenset()
