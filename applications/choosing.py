"""The owner of a need chooses among those who applied, and accepts the results (S08, S10).

There is no ranking: the owner's people look at the applications side by side. Each choice is a decision that a second
person, of the owner or an officer, approves; the limit per need is checked here and, under its lock, at approval.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from applications import rules, workflow
from applications.guards_review import SUPPLIER
from applications.models import Application, Decision
from applications.states import AFTER_REVIEW, State
from audit.door import together
from audit.models import Entry
from jbgs.lib.errors import Forbidden, Refused
from programmes.models import Task
from programmes.spec import HARD

CHOOSING = {"propose", "pass_over"}
ACCEPTING = {"award", "not_award"}
TASK_SLOT = "shortlist"


@dataclass(frozen=True)
class Need:
    """How the choice for one need stands. `waiting`: proposals that nobody approved yet; `limit` None: no limit."""

    limit: int | None
    chosen: int
    waiting: int
    undecided: int

    @property
    def free(self) -> int | None:
        return None if self.limit is None else self.limit - self.chosen - self.waiting


def need_of(task: Task) -> Need:
    """The figures of one need; three queries."""
    spec = task.call.spec.quota_of(TASK_SLOT, task.code)
    rows = Application.objects.filter(task=task)
    waiting = Decision.objects.filter(application__task=task, state=Decision.DecisionState.PREPARED)
    decided = dict(waiting.values_list("application_id", "verb"))
    states = dict(rows.values_list("pk", "state"))
    return Need(
        limit=spec.limit if spec else None,
        chosen=sum(state in AFTER_REVIEW for state in states.values()),
        waiting=sum(verb == "propose" for verb in decided.values()),
        undecided=sum(state == State.IN_REVIEW and pk not in decided for pk, state in states.items()),
    )


def prepare_choice(
    task: Task, *, by, chosen: Iterable[int], passed: Iterable[int] = (), reasons: Mapping[int, str] | None = None,
    none_reason: str = "", key: str = "",
) -> list[Application]:  # fmt: skip
    """Prepare `propose` and `pass_over` for applications of one need (ids), all or none.

    `reasons` by id: needed for each that is passed over. `none_reason`: needed when nobody would be left to choose and
    nobody was chosen (S08: at least one). Refused: nothing_chosen, reason_missing, quota_full, none_chosen.
    """
    verbs = dict.fromkeys(passed, "pass_over") | dict.fromkeys(chosen, "propose")
    said = {pk: text.strip() for pk, text in (reasons or {}).items()}
    applications = _of(task, verbs, by)
    if _done_before(key, applications, by):
        return applications
    need = need_of(task)
    going = sum(verb == "propose" for verb in verbs.values())
    if need.free is not None and going > need.free and task.call.spec.quota_of(TASK_SLOT, task.code).force == HARD:
        word = task.call.spec.label("shortlisted", "入围")
        raise Refused("quota_full", f"每项需求最多{word} {need.limit} 家，现在还可以选 {max(need.free, 0)} 家。")
    _require_reasons(applications, {pk for pk, verb in verbs.items() if verb == "pass_over"}, said)
    nobody = not (need.chosen or need.waiting or going) and need.undecided <= len(applications)
    if nobody and not none_reason.strip():
        raise Refused("none_chosen", "一家都不选的，请写明理由。", "none_reason", status=422)
    evidence = {"none_reason": none_reason.strip()} if nobody else {}
    return _prepare(applications, verbs, by, said, lambda pk: evidence, key)


def prepare_acceptance(
    task: Task, *, by, verbs: Mapping[int, str], reasons: Mapping[int, str] | None = None,
    suppliers: Mapping[int, str] | None = None, key: str = "",
) -> list[Application]:  # fmt: skip
    """Prepare `award` or `not_award` for results of one need, all or none. `suppliers` by id: yes or no, needed for
    each that is accepted (S10); `reasons` by id: needed for each that is not. Refused: nothing_chosen,
    supplier_missing, reason_missing, and what the door refuses (values that nobody has confirmed)."""
    said = {pk: text.strip() for pk, text in (reasons or {}).items()}
    suppliers = {pk: answer for pk, answer in (suppliers or {}).items() if answer in SUPPLIER}
    applications = _of(task, verbs, by)
    if _done_before(key, applications, by):
        return applications
    missing = [
        {"field": f"supplier_{one.pk}", "sentence": f"“{one.unit.name}”：请选择是否纳入供应商目录。"}
        for one in applications
        if verbs[one.pk] == "award" and one.pk not in suppliers
    ]
    if missing:
        raise Refused("supplier_missing", missing[0]["sentence"], missing[0]["field"], status=422, details=missing)
    _require_reasons(applications, {pk for pk, verb in verbs.items() if verb == "not_award"}, said)
    evidence = {pk: {"supplier": suppliers.get(pk, "no")} for pk in verbs}
    return _prepare(applications, verbs, by, said, evidence.__getitem__, key)


def _of(task: Task, verbs: Mapping[int, str], by) -> list[Application]:
    if set(verbs.values()) - CHOOSING - ACCEPTING:
        raise ValueError(f"no choice: {sorted(set(verbs.values()))}")
    rows = Application.objects.filter(task=task, pk__in=verbs).select_related("unit", "task", "call__current_version")
    applications = list(rows.order_by("pk"))
    if not applications:
        raise Refused("nothing_chosen", "还没有选择。请逐家选择后再提交。", status=422)
    for application in applications:  # who has no part in it is refused at the door, and the log says so
        if not rules.may_prepare(verbs[application.pk], application, by):
            workflow.prepare_decision(application, by=by, verb=verbs[application.pk])
            raise Forbidden("这项需求由发榜单位选择。")
    return applications


def _prepare(applications, verbs, by, said, evidence_of, key) -> list[Application]:
    with together():
        return [
            workflow.prepare_decision(
                one, by=by, verb=verbs[one.pk], reason=said.get(one.pk, ""), evidence=evidence_of(one.pk), key=key
            )
            for one in applications
        ]


def _require_reasons(applications, refused: set[int], said: Mapping[int, str]) -> None:
    missing = [
        {"field": f"reason_{one.pk}", "sentence": f"“{one.unit.name}”：请写明告知对方的理由。"}
        for one in applications
        if one.pk in refused and not said.get(one.pk)
    ]
    if missing:
        raise Refused("reason_missing", missing[0]["sentence"], missing[0]["field"], status=422, details=missing)


def _done_before(key: str, applications: list[Application], by) -> bool:
    """The same form was sent before by the same person."""
    ids = [one.pk for one in applications]
    done = Entry.objects.done().filter(object_type=Application._meta.label_lower, object_id__in=ids, key=key)
    return bool(key) and done.filter(actor=by).exists()
