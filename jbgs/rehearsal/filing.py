"""Scene one: units fill, forget, promise too little, click twice, come late, take back."""

from datetime import timedelta

from applications import rules, workflow
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from jbgs.rehearsal import casting
from jbgs.rehearsal.cast import fill
from jbgs.rehearsal.fiction import paragraph, promise
from jbgs.rehearsal.stage import Stage, refused, spread
from programmes import answers, windows

REASON = "演练：任务需要，已与推荐单位沟通，详见申报书相应部分。"


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
    late = stage.share(range(len(drafts)), 40, min(23, len(drafts) // 2))
    for place, draft in enumerate(drafts):
        if place not in late:
            with stage.later(minutes=1):
                _submit(stage, place, draft)
            stage.tick("提交")
    with clock.travel(window.closes_at):  # departments may have to be done by the same minute, so the story waits
        for place in sorted(late):
            refused(workflow.submit, drafts[place], by=stage.applicant_of(drafts[place]), received_at=window.closes_at)


def _draft(stage: Stage, place: int):
    """One complete draft; tasks and departments are dealt in turn, so that every quota comes under pressure."""
    cast = stage.cast
    task = stage.places[place]
    department = casting.dealt(cast.departments, place, stage.count)
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
    if place % 19 == 3:
        _leave_something_out(stage, draft, applicant)
    try:
        submitted = _file(draft, applicant, key=f"submit-{draft.pk}")
    except Refused as unmet:
        found = [finding.sentence for finding in unmet.details] or [unmet.sentence]
        stage.unmet += [f"{draft.task.code}：{sentence}" for sentence in found]
        return
    if place % 13 == 7:  # a double click
        workflow.submit(draft, by=applicant, key=f"submit-{draft.pk}")
    if place % 17 == 9 and rules.can_take_back(submitted, applicant):
        workflow.take_back(submitted, by=applicant)
        workflow.submit(submitted, by=applicant)


def _file(draft, applicant, **named):
    """Submit; what is 原则上 gets its reasons when the submit asks for them."""
    try:
        return workflow.submit(draft, by=applicant, **named)
    except Refused as refusal:
        if refusal.code != "reasons_missing":
            raise
        given = {finding.key: REASON for finding in refusal.details}
        workflow.save_reasons(draft, given, by=applicant)
    return workflow.submit(draft, by=applicant, **named)


def _promise_too_little(stage: Stage, draft, applicant) -> None:
    """A promise worse than the target is refused; the unit mends it."""
    section = draft.call_version.spec.form.of_type("commitments")
    task = draft.call_version.spec.tasks[draft.task.code]
    draft.refresh_from_db(fields=["part"])
    indicator = next((item for item in task.indicators_of(draft.part) if not item.is_text), None)
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


def _leave_something_out(stage: Stage, draft, applicant) -> None:
    """The project loses its title: what the form requires is missing, and the draft is refused until it is back."""
    spec = draft.call_version.spec
    section = spec.form.of_type("project")
    if section is None or all(rule.code != "form_complete" for rule in spec.requirements_of(draft.task.code)):
        return
    saved = draft.sections.get(key=section.key)
    good = saved.data
    for data in (good | {"title": ""}, good):
        saved = workflow.save_section(draft, section.key, data, base_version=saved.version, by=applicant)
        if data is not good:
            refused(workflow.submit, draft, by=applicant)


def mend(stage: Stage, application, applicant) -> None:
    """What a unit does with a return or a supplement: it writes its long answers anew."""
    spec = application.call_version.spec
    data = {row.key: row.data for row in application.sections.all()}
    for section in answers.asked_sections(spec, application.task.code, data):
        if section.type != "questions":
            continue
        saved = application.sections.get(key=section.key)
        given = saved.data.get("answers", {})
        fresh = {
            entry["key"]: paragraph(stage.rng, entry["label"], entry.get("max_chars") or 300)
            for entry in answers.asked(section.options["questions"], given)
            if answers.kind_of(entry) == "long_text"
        }
        if fresh:
            changed = {"answers": {**given, **fresh}}
            workflow.save_section(application, section.key, changed, base_version=saved.version, by=applicant)
            return
