"""From the ranking to decisions: the officer's choice for one task, prepared for a second person (DESIGN §4)."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from applications import quota, rounds
from applications.models import Application, Decision
from applications.states import AFTER_REVIEW, State
from applications.workflow import prepare_decision
from audit.door import together
from jbgs.lib.errors import Refused
from programmes.spec import HARD
from reviews import advice, cutting, reconsidering
from reviews import ranking as r
from reviews.anonymous import nameless
from reviews.models import Assignment
from reviews.refusing import require
from reviews.repeats import done_before
from reviews.rounds import counts
from reviews.rules import manages_task
from reviews.workflow.recusing import require_clean


@dataclass(frozen=True)
class Choice:
    """One application as the officer decides on it now, with what follows from the ranking."""

    row: r.Row
    verb: str
    against_ranking: bool
    over_quota: bool


def choices(
    rows: list[r.Row], chosen: set[int], passed_over: set[int], free: int | None, waiting: Iterable[int] = (),
    failed: Iterable[int] = (),
) -> list[Choice]:  # fmt: skip
    """What each decision means against the ranking and the quota; in the order of the ranking.

    A choice is against the ranking when somebody ranked strictly better does not go ahead; a refusal, when somebody
    ranked strictly worse does. `waiting`: those whose proposal was prepared before. `free`: slots left (None: no
    limit); the last ranked of the chosen are the surplus. `failed`: those that did not pass a round after the scores
    (a panel's vote): leaving them out is not against the ranking.
    """
    scored, failed = [row for row in rows if row.rank is not None], set(failed)
    going = {*chosen, *waiting}
    ahead = {row.application.pk for row in scored if row.application.pk in going or goes_ahead(row.application)}
    worst_ahead = max((row.rank for row in scored if row.application.pk in ahead), default=0)
    left = (row.rank for row in scored if row.application.pk not in ahead | failed)
    best_left = min(left, default=len(rows) + 1)
    made, taken = [], 0
    for row in scored:
        if row.application.pk in chosen:
            taken += 1
            over = free is not None and taken > free
            made.append(Choice(row, "propose", row.rank > best_left, over))
        elif row.application.pk in passed_over:
            against = row.rank < worst_ahead and row.application.pk not in failed
            made.append(Choice(row, "pass_over", against, False))
    return made


def failed_rounds(rows: list[r.Row]) -> set[int]:
    """The applications that did not pass a round of the review; two queries."""
    ways = rounds.progress_of([row.application for row in rows])
    return {pk for pk, way in ways.items() if way.failed}


def goes_ahead(application: Application) -> bool:
    """Proposed or further."""
    return application.state in AFTER_REVIEW


def waiting_decisions(task, verb: str) -> set[int]:
    """The applications whose decision waits for the second person."""
    waiting = Decision.objects.filter(application__task=task, verb=verb, state=Decision.DecisionState.PREPARED)
    return set(waiting.values_list("application_id", flat=True))


@dataclass(frozen=True)
class Slots:
    """The shortlist's slots for one task. `free` counts waiting proposals as taken and may fall below zero."""

    limit: int
    used: int
    free: int
    is_hard: bool


def slots(call, rows: list[r.Row], waiting: set[int]) -> Slots | None:
    """How many may still go ahead; None without a limit. `waiting`: proposals that nobody has approved yet."""
    spec = call.spec.quota_of("shortlist", rows[0].application.task.code) if rows else None
    if spec is None:
        return None
    used = quota.usage(call, "shortlist").get(quota.scope_key(spec, rows[0].application), 0)
    return Slots(spec.limit, used, spec.limit - used - len(waiting), spec.force == HARD)


def prepare_shortlist(
    call, task, *, by, chosen: Iterable[Application], passed_over: Iterable[Application] = (),
    reasons: Mapping[int, str] | None = None, common_reason: str = "", over_reason: str = "", key: str = "",
) -> list[Application]:  # fmt: skip
    """Prepare a decision on each of these applications of one task, all or none; a second person approves them.

    Sets `rank`, `against_ranking` and the evidence (score, totals, rule). `reasons` by application pk: needed against
    the ranking, where the line parts equals, and for every one passed over, where `common_reason` may do;
    `over_reason`: for a soft quota's surplus. The scores are read under the applications' locks: no sheet moves and no
    second look begins meanwhile. Refused: scores_open (somebody is still scoring), no_scores, reconsideration_open,
    reconsideration_missing, recusal_open, tie_goes_together, tie_needs_vote, reason_missing (`details`: each with its
    field), quota_full, quota_needs_reason.
    """
    chosen, passed_over = list(chosen), list(passed_over)
    require(manages_task(task, by), task, "prepare_shortlist", by, "您没有拟定这个任务决定的权限。")
    if done_before(key, [*chosen, *passed_over], by):
        return [*chosen, *passed_over]
    picked = {application.pk for application in chosen}
    refused = {application.pk for application in passed_over} - picked
    with together():
        lock(picked | refused)
        rows = r.ranking(call, task)
        concerned = [row for row in rows if row.application.pk in picked | refused]
        _require_complete(concerned)
        _require_second_looks(rows, picked | refused)
        require_clean(task, [row.application for row in concerned])
        waiting = waiting_decisions(task, "propose")
        places, failed = slots(call, rows, waiting), failed_rounds(rows)
        made = choices(rows, picked, refused, places and places.free, waiting, failed)
        said = {choice.row.application.pk: _reason(choice, reasons or {}, common_reason) for choice in made}
        own = {choice.row.application.pk: (reasons or {}).get(choice.row.application.pk, "") for choice in made}
        left = refused | waiting_decisions(task, "pass_over")
        cutting.require_rule(_torn(rows, picked | waiting, left, failed), own, rows[0].rules.spec.review)
        _require_reasons(made, said)
        over_reason = _require_places(made, places, over_reason)
        opinions = nameless(_opinions(choice.row.application for choice in made))
        return [
            _prepare(choice, by, key, said, over_reason, opinions)
            for choice in sorted(made, key=lambda choice: choice.row.application.pk)
        ]


def lock(pks: Iterable[int]) -> None:
    """Hold these applications until the transaction ends, in one order for everybody."""
    list(Application.objects.select_for_update().filter(pk__in=pks).order_by("pk").values_list("pk"))


def _require_second_looks(rows: list[r.Row], concerned: set[int]) -> None:
    review, limit = rows[0].rules.spec.review, limit_of(rows)
    advised = advice.of(rows, limit) if review.reconsider.grey else None
    asked = reconsidering.required(rows, review, advised)
    voted = cutting.voted(rows) if asked else set()
    # A panel's vote is the second look at what only stands in the grey band.
    asked = {pk: grounds for pk, grounds in asked.items() if pk not in voted or set(grounds) != {"grey"}}
    reconsidering.require_done(rows, concerned, asked)


def limit_of(rows: list[r.Row]) -> int | None:
    """How many of a task may go ahead; None without a limit."""
    spec = rows[0].application.call.spec.quota_of("shortlist", rows[0].application.task.code) if rows else None
    return spec.limit if spec else None


def _torn(rows: list[r.Row], going: set[int], left: set[int], failed: set[int]) -> list[r.Row]:
    """Equals on both sides of the line, those decided on before included; who lost a vote is no equal any more."""
    ahead = going | {row.application.pk for row in rows if goes_ahead(row.application)}
    out = left | {row.application.pk for row in rows if row.application.state == State.NOT_SHORTLISTED}
    return cutting.torn(rows, ahead, out - failed)


def _prepare(choice: Choice, by, key: str, said: dict, over_reason: str, opinions: dict) -> Application:
    pk = choice.row.application.pk
    return prepare_decision(
        choice.row.application, by=by, verb=choice.verb, key=key, reason=said[pk], rank=choice.row.rank,
        against_ranking=choice.against_ranking, over_reason=over_reason if choice.verb == "propose" else "",
        evidence=evidence(choice.row, opinions.get(pk, [])),
    )  # fmt: skip


def _opinions(applications: Iterable[Application]) -> dict[int, list[str]]:
    """The signed opinions by application, without names; sorted by their words, so that the order tells nothing."""
    found: dict[int, list[str]] = {}
    reopened = {application.pk: application.reopened_at for application in applications}
    signed = Assignment.objects.signed().filter(application__in=reopened)
    for application, opinion, given in signed.values_list("application_id", "opinion", "assigned_at"):
        if counts(given, reopened[application]):
            found.setdefault(application, []).append(opinion)
    return {application: sorted(opinions) for application, opinions in found.items()}


def evidence(row: r.Row, opinions: list[str]) -> dict:
    """What the decision rests on, as it was when it was prepared: plain JSON, scores in words of the ranking.

    `opinions`, without names and sorted by their words, are what the unit reads after the decision, whatever it was,
    where the call's flow says `opinions_to_unit` (N25); they are kept in any case.
    """
    standing = row.standing
    return {
        "rank": row.rank,
        "tied": row.tied,
        "score": r.show(standing.score),
        "mean": r.show(standing.mean),
        "median": r.show(standing.median),
        "totals": [mark.total for mark in standing.marks],
        "dropped": [mark.total for mark in standing.marks if mark.dropped],
        "recused": row.recused,
        "opinions": opinions,
        "rule": r.rule_in_words(row.rules.spec.review, row.application.call.spec.label("shortlisted")),
    }


def _require_complete(rows: list[r.Row]) -> None:
    if not rows:
        raise Refused("nothing_chosen", "还没有选择拟入围或未入围的申报。", status=422)
    waiting = [row for row in rows if row.open]
    if waiting:
        count = sum(row.open for row in waiting)
        raise Refused("scores_open", f"还有 {count} 份评分没有提交，不能拟定决定。请先催办或撤换专家。")
    if unscored := [row for row in rows if row.rank is None]:
        raise Refused("no_scores", f"“{unscored[0].application.title}”没有有效评分，不能拟定决定。")


def _reason(choice: Choice, reasons: Mapping[int, str], common: str) -> str:
    """The reason of one decision: its own, else the common one where the decision only follows the ranking."""
    own = reasons.get(choice.row.application.pk, "").strip()
    return own or (common.strip() if choice.verb == "pass_over" and not choice.against_ranking else "")


def _require_reasons(made: list[Choice], reasons: Mapping[int, str]) -> None:
    missing = []
    for choice in made:
        application = choice.row.application
        if reasons[application.pk]:
            continue
        if choice.against_ranking:
            words = f"第 {choice.row.rank} 名“{application.title}”的决定与排名不一致，请写明理由。"
        elif choice.verb == "pass_over":
            words = f"第 {choice.row.rank} 名“{application.title}”未入围，请写明告知申报单位的理由。"
        else:
            continue
        missing.append({"field": f"reason_{application.pk}", "sentence": words})
    if missing:
        raise Refused("reason_missing", missing[0]["sentence"], missing[0]["field"], status=422, details=missing)


def _require_places(made: list[Choice], places: Slots | None, over_reason: str) -> str:
    """The reason that each proposal carries: which of them becomes the surplus depends on the order of approval."""
    over = [choice.row for choice in made if choice.over_quota]
    if not over:
        return ""
    if places.is_hard:
        raise Refused("quota_full", f"入围名额限 {places.limit} 个，超出 {len(over)} 个。请减少选择。")
    within = [choice.row for choice in made if choice.verb == "propose" and not choice.over_quota]
    reason = over_reason.strip() or cutting.surplus_of_equals(over, within, over[0].rules.spec.review)
    if not reason:
        sentence = f"入围原则上不超过 {places.limit} 个，超出 {len(over)} 个。请写明超出名额的理由。"
        raise Refused("quota_needs_reason", sentence, "over_reason", status=422)
    return reason
