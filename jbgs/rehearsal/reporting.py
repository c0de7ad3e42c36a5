"""What is owed after the decision: agreements and plans before the work, reports while it runs, changes, extensions."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from applications import obligations, rules, workflow
from applications.models import Obligation
from jbgs.lib import clock
from jbgs.rehearsal.ending import end
from jbgs.rehearsal.fiction import answer, paragraph
from jbgs.rehearsal.stage import Stage, refused
from programmes import answers
from programmes.windows import end_of

SOON = timedelta(days=45)
WITHOUT_END = timedelta(days=500)
"""How long a status without an end is followed: every report of a year comes at least once."""


def play(stage: Stage) -> None:
    """Everything from the list to the end of the work."""
    _begin(stage)
    if not obligations.specs_of(stage.spec):
        return
    _ask_for_changes(stage)
    working = stage.open_to(*WORKING)
    due = max((one.work_due_on for one in working if one.work_due_on), default=None)
    until = end_of(due) if due else stage.now + WITHOUT_END
    for moment in _moments(stage, until):
        with stage.at(moment):
            workflow.open_recurring(stage.call)
            _hand_in(stage, _owed(stage, before=clock.today() + SOON))
    with stage.at(until + timedelta(days=5)):
        workflow.open_recurring(stage.call)
        _hand_in(stage, _owed(stage))


WORKING = (rules.can_submit_evaluation, rules.can_start_work)
"""Open to whoever is at work or about to begin."""


def _begin(stage: Stage) -> None:
    """What must be there before the work begins; the first one tries without it."""
    officer = stage.cast.officers[0]
    waiting = stage.open_to(rules.can_start_work)
    if waiting and obligations.blocking(stage.spec, "start_work"):
        with stage.later(days=1):
            refused(workflow.start_work, waiting[0], by=officer)
    with stage.later(days=5):
        _hand_in(stage, [row for row in _owed(stage) if row.blocks == rules.can_start_work.verb])
        for application in stage.open_to(rules.can_start_work):
            workflow.start_work(application, by=officer)
            stage.tick("启动")


def _owed(stage: Stage, before: date | None = None) -> list[Obligation]:
    """What is owed, in the order of its opening; `before`: due by then."""
    rows = Obligation.objects.owed().filter(application__call=stage.call).exclude(kind__in=Obligation.REQUESTS)
    rows = rows.select_related("application__unit", "application__call__current_version").order_by("pk")
    return [row for row in rows if before is None or row.due_on and row.due_on <= before]


def _moments(stage: Stage, until: datetime) -> Iterable[datetime]:
    """Where reports recur the tenth of each month, else the days on which something is due."""
    if obligations.recurring_of(stage.spec):
        moment = stage.now
        while moment < until:
            yield moment
            first = clock.local(moment).date().replace(day=1)
            following = (first + timedelta(days=32)).replace(day=10)
            moment = datetime.combine(following, time(9), clock.SHANGHAI)
        return
    for day in sorted({row.due_on for row in _owed(stage) if row.due_on}):
        moment = datetime.combine(day, time(9), clock.SHANGHAI)
        if moment < until:
            yield moment


def _hand_in(stage: Stage, rows: list[Obligation]) -> None:
    """Filled and handed in; one in seven is forgotten first, one in five of those that an officer sees comes back."""
    officer = stage.cast.officers[0]
    for place, row in enumerate(rows):
        by = stage.applicant_of(row.application)
        if place % 7 == 3:
            refused(workflow.submit_obligation, row, by=by, answers={}, text="")
        row = _submit(stage, row, by)
        stage.tick(row.label or row.get_kind_display())
        if not row.needs_officer and row.kind != Obligation.Kind.STAGE:
            continue
        if place % 5 == 2:
            workflow.return_obligation(row, by=officer, reason="请补充与申报书的对照说明。")
            row = _submit(stage, row, by)
        _approve(stage, row, place, officer)


def _submit(stage: Stage, row: Obligation, by) -> Obligation:
    one = obligations.spec_of(stage.spec, row)
    given: dict[str, str] = {}
    for entry in one.questions:
        if entry in answers.asked(one.questions, given):
            given[entry["key"]] = answer(stage.rng, entry, clock.today())
    return workflow.submit_obligation(row, by=by, answers=given, text=paragraph(stage.rng, row.name, 300))


def _approve(stage: Stage, row: Obligation, place: int, officer) -> None:
    """Approved; of many stage assessments one is failed, which is a ground to end the project (W06)."""
    if row.kind != Obligation.Kind.STAGE:
        workflow.approve_obligation(row, by=officer, opinion="同意。")
        return
    fails = place == 3
    result = Obligation.Result.FAIL if fails else Obligation.Result.PASS
    workflow.approve_obligation(row, by=officer, result=result, opinion="按阶段目标逐项核对。")
    if fails:
        end(stage, row.application, rules.can_terminate.verb, ground="阶段评估未通过，不具备继续实施的条件。")


def _ask_for_changes(stage: Stage) -> None:
    """The first asks for each kind of change and gets it, the second one is told no."""
    officer = stage.cast.officers[0]
    with stage.later(days=60):
        asking = stage.open_to(rules.can_submit_evaluation)[:2]
        for one in obligations.requests_of(stage.spec):
            for place, application in enumerate(asking):
                _ask(stage, one, application, agreed=place == 0, officer=officer)


def _ask(stage: Stage, one, application, *, agreed: bool, officer) -> None:
    by, due = stage.applicant_of(application), application.work_due_on
    if one.kind == Obligation.Kind.EXTENSION and due is None:
        return
    row = workflow.raise_request(application, by=by, code=one.code)
    given: dict[str, str] = {}
    for entry in one.questions:
        if entry in answers.asked(one.questions, given):
            given[entry["key"]] = answer(stage.rng, entry, clock.today())
    later = due + timedelta(days=90) if one.kind == Obligation.Kind.EXTENSION else None
    row = workflow.submit_obligation(row, by=by, answers=given, text="因研究需要，申请办理。", wanted_on=later)
    stage.tick(row.label or row.get_kind_display())
    if agreed:
        workflow.approve_obligation(row, by=officer, opinion="同意。")
    else:
        workflow.refuse_request(row, by=officer, reason="理由不充分。")
