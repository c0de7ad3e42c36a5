"""From the scores to the next round: who goes on to the panel (N16), the officer's choice beside the ranking."""

from collections.abc import Iterable, Mapping

from applications import rounds
from applications.models import Application, RoundOutcome
from applications.workflow import record_round
from audit.door import together
from jbgs.lib.errors import Refused
from reviews import ranking as r
from reviews import reconsidering
from reviews.refusing import require
from reviews.repeats import done_before
from reviews.rules import manages_task
from reviews.workflow.selecting import lock


def forwards(call) -> bool:
    """Whether a round follows the scores, so that somebody must say who goes on."""
    return any(one.kind == rounds.SCORED for one in rounds.asked_of(call))


def forward(
    task, *, by, going: Iterable[int], staying: Iterable[int] = (), reasons: Mapping[int, str] | None = None,
    key: str = "",
) -> list[Application]:  # fmt: skip
    """Keep who of one task goes on (ids) and who stays, all or none; `reasons` by id where it is against the ranking.

    The scores are read under the applications' locks: no sheet moves and no second look begins meanwhile. Refused:
    no_such_round (nothing follows the scores), nothing_chosen, scores_open, no_scores, reconsideration_open,
    reconsideration_missing (where the experts are far apart; what is only grey the next round looks at again),
    reason_missing (`details`: each with its field).
    """
    going, said = set(going), {pk: text.strip() for pk, text in (reasons or {}).items()}
    staying = set(staying) - going
    require(manages_task(task, by), task, "forward", by, "您没有办理这个任务的权限。")
    if not forwards(task.call):
        raise Refused("no_such_round", "本批次评分之后没有其他评审环节。")
    named = list(Application.objects.filter(task=task, pk__in=going | staying).order_by("pk"))
    if done_before(key, named, by):
        return named
    with together():
        lock(row.pk for row in named)
        ranked = r.ranking(task.call, task)
        rows = [row for row in ranked if row.application.pk in going | staying]
        _require_scores(rows)
        asked = reconsidering.required(ranked, rows[0].rules.spec.review, None)
        reconsidering.require_done(ranked, going | staying, asked, votes_wait=True)
        against = _against(ranked, going, staying)
        _require_reasons(rows, against, said)
        return [
            record_round(
                row.application, by=by, kind=rounds.SCORED, passed=row.application.pk in going, key=key,
                against_ranking=row.application.pk in against, reason=said.get(row.application.pk, ""),
                text=f"评审得分 {r.show(row.standing.score)}，第 {row.rank} 名。",
            )
            for row in sorted(rows, key=lambda row: row.application.pk)
        ]  # fmt: skip


def _require_scores(rows: list[r.Row]) -> None:
    if not rows:
        raise Refused("nothing_chosen", "还没有选择。", status=422)
    if open_sheets := sum(row.open for row in rows):
        raise Refused("scores_open", f"还有 {open_sheets} 份评分没有提交，不能确定进入下一环节的项目。")
    if unscored := [row for row in rows if row.rank is None]:
        raise Refused("no_scores", f"“{unscored[0].application.title}”没有有效评分。")


def _require_reasons(rows: list[r.Row], against: set[int], said: Mapping[int, str]) -> None:
    missing = [
        {
            "field": f"reason_{row.application.pk}",
            "sentence": f"第 {row.rank} 名“{row.application.title}”与排名不一致，请写明理由。",
        }
        for row in rows
        if row.application.pk in against and not said.get(row.application.pk)
    ]
    if missing:
        raise Refused("reason_missing", missing[0]["sentence"], missing[0]["field"], status=422, details=missing)


def _against(ranked: list[r.Row], going: set[int], staying: set[int]) -> set[int]:
    """Who goes on although somebody better does not, or stays although somebody worse does: those of whom that was said
    before count, and those of whom nothing is said yet, so that two steps come to the same as one."""
    went = _went_on([row.application for row in ranked])
    whole = [row for row in ranked if row.is_complete]
    ahead = going | (went - staying)
    worst = max((row.rank for row in whole if row.application.pk in ahead), default=0)
    best = min((row.rank for row in whole if row.application.pk not in ahead), default=len(ranked) + 1)
    return {
        row.application.pk
        for row in whole
        if row.application.pk in going and row.rank > best or row.application.pk in staying and row.rank < worst
    }  # fmt: skip


def _went_on(applications: list[Application]) -> set[int]:
    """Those that were sent on after their scores, as it stands now."""
    said = RoundOutcome.objects.filter(application__in=applications, round__kind=rounds.SCORED, replaced_at=None)
    return {one.application_id for one in said if one.lets_through}
