"""Scene one: units fill, forget, promise too little, click twice, come late, take back."""

from datetime import timedelta

from applications import rules, workflow
from jbgs.rehearsal.cast import fill
from jbgs.rehearsal.fiction import Writer, promise
from jbgs.rehearsal.stage import Stage, refused, spread
from programmes import windows


def play(stage: Stage) -> None:
    """All drafts are made and all but the late ones submitted, each at its own moment of the window."""
    window = windows.window(stage.call, "apply")
    opens = window.opens_at or window.closes_at - timedelta(days=30)
    moments = spread(opens + timedelta(hours=9), window.closes_at - timedelta(hours=12), stage.count)
    drafts = []
    for place, moment in enumerate(moments):
        with stage.at(moment):
            drafts.append(_draft(stage, place))
        stage.tick("填报")
    late = stage.share(range(len(drafts)), 40, 23)
    for place, draft in enumerate(drafts):
        if place not in late:
            with stage.later(minutes=1):
                _submit(stage, place, draft)
            stage.tick("提交")
    with stage.at(window.closes_at):
        for place in sorted(late):
            refused(workflow.submit, drafts[place], by=stage.applicant_of(drafts[place]), received_at=window.closes_at)


def _draft(stage: Stage, place: int):
    """One complete draft; tasks and departments are dealt in turn, so that every quota comes under pressure."""
    cast = stage.cast
    task = stage.tasks[place % len(stage.tasks)]
    department = None
    if stage.spec.flow.recommendation:
        department = cast.departments[(place // len(stage.tasks)) % len(cast.departments)]
    applicant = cast.applicants[place]
    application = workflow.create_application(
        stage.call, task=task, by=applicant, department=department, key=f"rehearsal-{stage.call.pk}-{place}"
    )
    others = [unit for unit in cast.units if unit.pk != applicant.unit_id]
    fill(application, by=applicant, rng=stage.rng, partners=stage.rng.sample(others, place % 3))
    return application


def _submit(stage: Stage, place: int, draft) -> None:
    applicant = stage.applicant_of(draft)
    if place % 11 == 4:
        _promise_too_little(stage, draft, applicant)
    submitted = workflow.submit(draft, by=applicant, key=f"submit-{draft.pk}")
    if place % 13 == 7:  # a double click
        workflow.submit(draft, by=applicant, key=f"submit-{draft.pk}")
    if place % 17 == 9 and rules.can_take_back(submitted, applicant):
        workflow.take_back(submitted, by=applicant)
        workflow.submit(submitted, by=applicant)


def _promise_too_little(stage: Stage, draft, applicant) -> None:
    """A promise worse than the target is refused; the unit mends it."""
    section = draft.call_version.spec.form.of_type("commitments")
    task = draft.call_version.spec.tasks[draft.task.code]
    indicator = next((item for item in task.indicators if not item.is_text), None)
    if section is None or indicator is None:
        return
    saved = draft.sections.get(key=section.key)
    good = saved.data["rows"][indicator.code]
    bad = {**good, **promise(stage.rng, indicator, worse=True)}
    for row in (bad, good):
        data = {"rows": {**saved.data["rows"], indicator.code: row}}
        saved = workflow.save_section(draft, section.key, data, base_version=saved.version, by=applicant)
        if row is bad:
            refused(workflow.submit, draft, by=applicant)


def mend(stage: Stage, application, applicant) -> None:
    """What a unit does with a return or a supplement: it writes its answers anew."""
    spec = application.call_version.spec
    section = spec.form.of_type("questions")
    if section is None:
        return
    writer = Writer(stage.rng, spec, spec.tasks[application.task.code], unit=application.unit, today=stage.now.date())
    saved = application.sections.get(key=section.key)
    workflow.save_section(application, section.key, writer.section(section), base_version=saved.version, by=applicant)
