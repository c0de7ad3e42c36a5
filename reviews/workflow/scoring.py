"""The expert's verbs: pledge, declare a recusal, score, sign; and the officer's one way back."""

from collections.abc import Mapping

from applications import access
from applications.models import ReviewRound
from applications.states import State
from audit.door import once, perform, together
from jbgs.lib import clock
from jbgs.lib.crypto import sha256_hex
from jbgs.lib.errors import Refused
from reviews import messages, messages_draw, sheets
from reviews.actions import ACTS
from reviews.models import Advice, Assignment, AssignmentState, Recusal, ReviewPledge, Score
from reviews.recusals import seated_conflicts
from reviews.refusing import require
from reviews.workflow import changing
from reviews.workflow.doubting import ask_for_reasons

DEFAULT_PLEDGE = (
    "本人承诺：独立、客观、公正地评审，只依据申报材料和评审标准打分；与申报单位、联合单位或项目成员有利害关系的，主动申报回避；"
    "不复制、不外传申报材料，不透露评审意见和分数。"
)
LONGEST_OPINION = 3000


def pledge_text(rules) -> str:
    """The pledge of a call version, or the house's where the call gives none."""
    return rules.spec.review.pledge_text.strip() or DEFAULT_PLEDGE


@once
def pledge(assignment: Assignment, *, by, key: str = "", looked: bool = False) -> Assignment:
    """Sign the call's pledge for this sheet; from now on the expert may read the frozen version.

    `looked`: the caller has just asked for conflicts. Refused: recused (something came up since the sheet was given).
    """
    with perform(ACTS["pledge"], assignment, by=by, key=key, looked=looked) as locked:
        text = pledge_text(locked.rules)
        ReviewPledge.objects.get_or_create(
            expert=locked.expert, round=locked.round,
            defaults={"text": text, "text_sha256": sha256_hex(text.encode()), "signed_at": clock.now()},
        )  # fmt: skip
        locked.state = AssignmentState.ACCEPTED
        locked.pledged_at = clock.now()
        access.grant_review(by, locked.application)
    return locked


def pledge_all(round_: ReviewRound, *, by, key: str = "") -> list[Assignment]:
    """Sign once for everything that waits for this expert in the round; nothing waits after a second click.

    Sheets with an open question of recusal are left out until the officers have ruled; those of applications that
    were decided meanwhile wait for nobody.
    """
    has_a_seat = bool(by.pk) and Assignment.objects.filter(round=round_, expert__user=by.pk).exists()
    require(has_a_seat, round_, "pledge", by, "您没有这一轮的评审任务。")
    waiting = Assignment.objects.filter(
        round=round_, expert__user=by, state=AssignmentState.ASSIGNED, application__state=State.IN_REVIEW
    )
    waiting = list(waiting.select_related("application", "expert").order_by("pk"))
    doubtful = {sheet.pk for sheet, _ in seated_conflicts(waiting)}
    clear = [sheet for sheet in waiting if sheet.pk not in doubtful]
    if doubtful and not clear:
        return [pledge(waiting[0], by=by, key=key)]  # refused with its sentence, and logged
    with together():
        return [pledge(assignment, by=by, key=key, looked=True) for assignment in clear]


@once
def declare_recusal(assignment: Assignment, *, by, reason: str, key: str = "") -> Assignment:
    """The expert is too close to this one: it leaves the list for good and the officers find another expert."""
    with perform(ACTS["declare_recusal"], assignment, by=by, key=key, reason=reason) as locked:
        Recusal.objects.update_or_create(
            expert=locked.expert, application=locked.application,
            defaults={"kind": Recusal.Kind.DECLARED, "reason": reason.strip()[:500], "by": by, "at": clock.now()},
        )  # fmt: skip
        locked.state = AssignmentState.RECUSED
        access.revoke_review(by, locked.application)
        messages_draw.left(locked, "申报回避", reason, changing.step_in(locked), event="review_recused")
    return locked


@once
def save_score(
    assignment: Assignment, *, by, points: Mapping, opinion: str, base_version: int, advice: str = "", key: str = "",
) -> Assignment:  # fmt: skip
    """Save the sheet as it stands, complete or not. `points`: criterion key → "86", "86.5", 86 or None.

    Refused: score_out_of_range, unknown_criterion (422, field: the key), sheet_changed (409, `details` holds what the
    other window saved). Returns the sheet with its new `sheet_version`.
    """
    with perform(ACTS["save_score"], assignment, by=by, key=key, base_version=base_version) as locked:
        _write_points(locked, points)
        locked.opinion = _checked_opinion(opinion)
        locked.advice = _checked_advice(advice)
        locked.sheet_version += 1
        locked.saved_at = clock.now()
        if locked.state == AssignmentState.ACCEPTED:
            locked.state = AssignmentState.SCORING
    return locked


def _write_points(assignment: Assignment, typed: Mapping) -> None:
    criteria = {criterion.key: criterion for criterion in assignment.rules.spec.review.criteria}
    if unknown := set(typed) - set(criteria):
        raise Refused("unknown_criterion", "评分表中没有这一项，请刷新后再填。", sorted(unknown)[0], status=422)
    changed = {}
    for key, value in typed.items():
        points = sheets.to_points(value, criteria[key])
        if points != assignment.points.get(key):
            changed[key] = points
    cleared = [key for key, points in changed.items() if points is None]
    if cleared:
        assignment.scores.filter(criterion__in=cleared).delete()
    written = [
        Score(assignment=assignment, criterion=key, points=points)
        for key, points in changed.items()
        if points is not None
    ]
    if written:
        Score.objects.bulk_create(
            written, update_conflicts=True, unique_fields=["assignment", "criterion"], update_fields=["points"]
        )
    points_now = {**assignment.points, **changed}
    assignment.points = {key: points for key, points in points_now.items() if points is not None}


def _checked_opinion(opinion: str) -> str:
    text = (opinion or "").replace("\r\n", "\n").strip()
    if len(text) > LONGEST_OPINION:
        sentence = f"评审意见 {len(text)} 字，最多 {LONGEST_OPINION} 字。请压缩后再保存。"
        raise Refused("opinion_too_long", sentence, "opinion", status=422)
    return text


def _checked_advice(advice: str) -> str:
    if advice and advice not in Advice.values:
        raise Refused("unknown_advice", "请从列出的建议中选择。", "advice", status=422)
    return advice or ""


@once
def sign(assignment: Assignment, *, by, base_version: int | None = None, key: str = "") -> Assignment:
    """Confirm the sheet: every criterion scored, the opinion written; from now on it is frozen.

    `base_version`: of the sheet that the confirmation page showed; None signs what is saved. Refused:
    sheet_incomplete (422, `details`: all that is missing), sheet_changed.
    """
    with perform(ACTS["sign"], assignment, by=by, key=key, base_version=base_version) as locked:
        locked.total = sheets.total(locked.points, locked.rules.spec.review)
        locked.state = AssignmentState.SIGNED
        locked.signed_at = clock.now()
        locked.note = ""
    ask_for_reasons(locked.application.task)
    return locked


@once
def return_for_revision(assignment: Assignment, *, by, reason: str, key: str = "") -> Assignment:
    """Give a signed sheet back to its expert, who may change and must sign it again. The log keeps the old scores."""
    with perform(ACTS["return_for_revision"], assignment, by=by, key=key, reason=reason) as locked:
        locked.state = AssignmentState.RETURNED
        locked.note = reason.strip()
        locked.total = None
        locked.signed_at = None
        messages.returned(locked)
    return locked
