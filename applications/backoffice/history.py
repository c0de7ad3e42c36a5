"""What happened to an application, from its log, as officers, supervisors and departments read it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from applications.actions import ACTS
from audit.models import Entry
from jbgs.lib import clock
from programmes.parse import closes_text

STAGE_OFF = "stage off"
# Acts that stand in no table of this room; a room above adds its own (reviews/apps.py).
LABELS = {"create": "建立草稿", "save_measurements": "填写实测值", "reveal_objector": "查看异议人信息"}
QUOTED = ("opinion", "reason", "text", "answer")


@dataclass(frozen=True)
class Look:
    icon: str
    tone: str = ""


LOOKS = {
    "create": Look("pen"),
    "submit": Look("plane"),
    "take_back": Look("return", "warn"),
    "withdraw": Look("cross", "warn"),
    "return_for_changes": Look("return", "warn"),
    "recommend": Look("up", "ok"),
    "unrecommend": Look("return"),
    "decline": Look("cross", "bad"),
    "request_supplement": Look("return", "warn"),
    "accept": Look("check", "ok"),
    "reject": Look("cross", "bad"),
    "start_review": Look("half"),
    "propose": Look("flag", "ok"),
    "unpropose": Look("return", "warn"),
    "pass_over": Look("cross"),
    "open_publicity": Look("horn", "ok"),
    "object": Look("warn", "warn"),
    "shortlist": Look("flag", "ok"),
    "start_work": Look("flag"),
    "award": Look("star", "ok"),
    "not_award": Look("cross"),
    "terminate": Look("alert", "bad"),
    "revoke": Look("alert", "bad"),
}
PLAIN = Look("check")

# What a department reads: the steps in which it or its unit took part, and results once they are told to the unit.
FOR_DEPARTMENTS = frozenset(
    {
        "submit", "take_back", "return_for_changes", "recommend", "unrecommend", "decline", "request_supplement",
        "supplement", "accept", "reject", "start_review", "open_publicity", "pass_over", "shortlist", "start_work",
        "submit_evaluation", "award", "not_award", "reopen_form_check", "reopen_review", "terminate", "revoke",
    }
)  # fmt: skip


def steps_of(application, user, versions: dict[int, int]) -> list[dict]:
    """Steps of `_timeline.html`, newest first; one query. `versions`: number of a version by its id."""
    entries = Entry.objects.for_object(application).done().select_related("actor").order_by("-sequence")
    if user.is_recommender:
        entries = entries.filter(action__in=FOR_DEPARTMENTS)
    full = not user.is_recommender
    steps = [(entry.happened_at, _step(entry, versions, full=full)) for entry in entries]
    listed = application.recommendation_list
    if listed is not None and not listed.is_open:
        steps.append((listed.confirmed_at, _confirmed(listed)))
    return [step for _, step in sorted(steps, key=lambda pair: pair[0], reverse=True)]


def _confirmed(listed) -> dict:
    """The confirmation of the list stands in the list's own log; it is told here from its row."""
    return {
        "label": "确认推荐名单",
        "state": "past",
        "icon": "lock",
        "tone": "ok",
        "when": _moment(listed.confirmed_at),
        "text": f"推荐函 {listed.letter_no}",
    }


def _moment(moment: datetime) -> str:
    return f"{clock.local(moment):%Y-%m-%d %H:%M}"


def refusals_of(application) -> Iterable[Entry]:
    """What was refused, newest first: for officers and supervisors."""
    return Entry.objects.for_object(application).refused().order_by("-sequence")


def label_of(action: str) -> str:
    """An act in words."""
    return ACTS[action].label if action in ACTS else LABELS.get(action, action)


def _step(entry: Entry, versions: dict[int, int], *, full: bool) -> dict:
    look = LOOKS.get(entry.action, PLAIN)
    label = label_of(entry.action)
    number = versions.get((entry.changes.get("version_id") or [None, None])[1])
    if entry.action == "prepare_decision":
        label = f"拟定：{label_of(entry.data.get('verb', ''))}"
    return {
        "label": f"{label}第 {number} 版" if number else label,
        "state": "past",
        "icon": look.icon,
        "tone": look.tone,
        "when": _moment(entry.happened_at),
        "text": _text(entry, full),
        "quote": _quote(entry),
    }


def _text(entry: Entry, full: bool) -> str:
    """Who, and the figures of the act. The names of people in the ministry are not for departments."""
    if entry.data.get("reason") == STAGE_OFF:
        return "本批次不设这一环节，系统自动办理"
    theirs = entry.actor and (entry.actor.is_officer or entry.actor.is_owner)
    parts = ["主管处室" if theirs and not full else entry.actor_label]
    if due := entry.data.get("due_at"):
        parts.append(f"期限 {closes_text(datetime.fromisoformat(due))}")
    if entry.action == "recommend" and (rank := (entry.changes.get("rank") or [None, None])[1]):
        parts.append(f"次序 {rank}")
    if number := (entry.changes.get("number") or [None, None])[1]:
        parts.append(f"受理编号 {number}")
    return "，".join(parts)


def _quote(entry: Entry) -> str:
    if entry.data.get("reason") == STAGE_OFF:
        return ""
    said = [str(entry.data[name]) for name in QUOTED if entry.data.get(name)]
    items = entry.data.get("items")
    if entry.action == "request_supplement" and isinstance(items, list):
        said += [f"{number}. {item}" for number, item in enumerate(items, 1)]
    if over := entry.data.get("over_reason"):
        said.append(f"超出名额的理由：{over}")
    return "\n".join(said)
