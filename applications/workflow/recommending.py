"""The recommending body's verbs: return, recommend, decline, order, confirm its list."""

from django.db.models import F, Max

from applications import messages, quota
from applications.actions import ACTS, advance
from applications.listing import CONFIRM_LIST, KEEP_SCAN, REOPEN_LIST, RERANK
from applications.models import Application, Opinion, RecommendationList
from applications.states import State
from audit.door import once, perform, together
from jbgs.lib import clock, uploads
from jbgs.lib.errors import Refused

SCAN_TYPES = ("pdf", "jpg", "png", "ofd")
SCAN_MOST_BYTES = 20 * 1024 * 1024


def note(application, verb: str, by, *, text="", ground="", items=(), due_at=None) -> Opinion:
    """Keep what was said at one step, with the version that was looked at."""
    return Opinion.objects.create(
        application=application, verb=verb, version_id=application.version_id, text=text.strip(), ground=ground,
        items=list(items), due_at=due_at, by=by, at=clock.now(),
    )  # fmt: skip


@once
def return_for_changes(application, *, by, opinion: str, due_at, key: str = "") -> Application:
    """Send it back with everything that is wrong; the due date replaces the window on resubmission."""
    with perform(ACTS["return_for_changes"], application, by=by, key=key, opinion=opinion, due_at=due_at) as locked:
        locked.return_due_at = due_at
        note(locked, "return_for_changes", by, text=opinion, due_at=due_at)
        messages.returned(locked, opinion)
    return locked


@once
def recommend(
    application, *, by, opinion: str, rank: int | None = None, over_reason: str = "", items=(), key: str = ""
) -> Application:
    """Take a slot under the quota and a place on the department's list (M14); 拟推荐 until the list is confirmed.

    `items`: codes of what the department has looked at by eye (applications.examination), kept with its opinion.
    """
    named = {"opinion": opinion, "rank": rank, "over_reason": over_reason}
    with perform(ACTS["recommend"], application, by=by, key=key, **named) as locked:
        quota.take(locked, "recommend", over_reason=over_reason)
        locked.recommendation_list = RecommendationList.objects.get(
            call_id=locked.call_id, department_id=locked.department_id
        )
        locked.rank = _free_rank(locked, rank)
        note(locked, "recommend", by, text=opinion, items=items)
        messages.recommended(locked)
    return locked


@once
def unrecommend(application, *, by, key: str = "") -> Application:
    """Free the slot; those ranked behind move up."""
    with perform(ACTS["unrecommend"], application, by=by, key=key) as locked:
        behind = locked.recommendation_list.applications.filter(task_id=locked.task_id, rank__gt=locked.rank)
        quota.release(locked, "recommend")
        # The freed rank must be empty before the others move into it, one by one from the front.
        Application.objects.filter(pk=locked.pk).update(rank=None)
        for follower in behind.order_by("rank"):
            Application.objects.filter(pk=follower.pk).update(rank=F("rank") - 1)
        note(locked, "unrecommend", by)
    return locked


@once
def decline(application, *, by, reason: str, key: str = "") -> Application:
    """Not recommended, with a reason that the unit reads."""
    with perform(ACTS["decline"], application, by=by, key=key, reason=reason) as locked:
        note(locked, "decline", by, text=reason)
        messages.declined(locked, reason)
    return locked


@once
def rerank(recommendation_list, *, by, task, order: list[int], key: str = "") -> RecommendationList:
    """Order the recommended applications of one task; `order` holds their ids, first place first.

    Clears all ranks, then writes: SQLite has no deferrable constraints.
    """
    with perform(RERANK, recommendation_list, by=by, key=key, task=task.code, order=order) as locked:
        ranked = locked.applications.filter(task=task)
        if set(order) != set(ranked.values_list("pk", flat=True)) or len(order) != len(set(order)):
            raise Refused("order_changed", "名单在您排序时有变动，请刷新后重新排序。", field="order")
        ranked.update(rank=None)
        for rank, pk in enumerate(order, 1):
            Application.objects.filter(pk=pk).update(rank=rank)
    return locked


@once
def confirm_list(recommendation_list, *, by, letter_no: str, pledge: bool, received_at=None, key: str = ""):
    """Confirm the department's list (M13): afterwards nothing on it moves until an officer reopens it."""
    named = {"letter_no": letter_no, "pledge": pledge, "received_at": received_at}
    with together():
        with perform(CONFIRM_LIST, recommendation_list, by=by, key=key, **named) as locked:
            locked.state = RecommendationList.ListState.CONFIRMED
            locked.letter_no = letter_no.strip()
            locked.pledge_text = locked.call.spec.texts.get("recommender_pledge", "")
            locked.confirmed_by = by
            locked.confirmed_at = clock.now()
            listed = list(
                locked.applications.select_related(
                    "call__current_version", "unit", "task__field", "recommendation_list"
                ).defer("call__current_version__document")
            )
            messages.list_confirmed(locked, listed)
        for application in listed:
            application.recommendation_list = locked
            advance(application)
    return locked


@once
def keep_letter_scan(recommendation_list, *, file, by, key: str = "") -> RecommendationList:
    """Keep the stamped letter as a scan, before or after the list is confirmed; a later one replaces it."""
    name, unfit = _name_of_scan(file)
    with perform(KEEP_SCAN, recommendation_list, by=by, key=key) as locked:
        if unfit:
            raise unfit
        locked.scan.save(name, file, save=False)
    return locked


def _name_of_scan(file) -> tuple[str, Refused | None]:
    """A name that tells nothing, or why the file cannot be taken. Read outside the locks; the door speaks first."""
    if file is None:
        return "", Refused("scan_missing", "没有选择文件。请选择推荐函扫描件后上传。", field="scan", status=400)
    try:
        kind = uploads.sniff(file, file.name, allowed=SCAN_TYPES, max_bytes=SCAN_MOST_BYTES, field="scan")
    except Refused as unfit:
        return "", unfit
    return f"{uploads.sha256_of(file)}{kind.suffixes[0]}", None


@once
def reopen_list(recommendation_list, *, by, reason: str, key: str = "") -> RecommendationList:
    """An officer gives the list back with a reason, while none of its applications has gone further."""
    with perform(REOPEN_LIST, recommendation_list, by=by, key=key, reason=reason) as locked:
        if locked.applications.exclude(state=State.RECOMMENDED).exists():
            raise Refused("list_in_use", "名单中已有项目进入形式审查，不能退回名单。")
        locked.state = RecommendationList.ListState.OPEN
        locked.confirmed_at = None
        locked.confirmed_by = None
        messages.list_reopened(locked, reason)
    return locked


def _free_rank(application, rank: int | None) -> int:
    """The rank asked for, or the next one; the list's lock is held."""
    ranked = application.recommendation_list.applications.filter(task_id=application.task_id)
    following = (ranked.aggregate(last=Max("rank"))["last"] or 0) + 1
    if rank is None or rank == following:
        return following
    if rank < 1 or rank > following:
        raise Refused("rank_gap", f"次序须在 1 到 {following} 之间。", field="rank")
    # Make room: from the back, so that no two rows hold the same rank for a moment.
    for other in ranked.filter(rank__gte=rank).order_by("-rank"):
        Application.objects.filter(pk=other.pk).update(rank=F("rank") + 1)
    return rank
