"""The rules of one application of the largest call, asked of its facts; beside its frozen content read as JSON."""

import json
from datetime import timedelta
from random import Random

GOES, PARTNERS = 200, 9


def filled(document):
    """An application of the task with the most indicators and rules, with partners."""
    from accounts.models import Department
    from applications import workflow
    from jbgs.lib import clock
    from jbgs.rehearsal.cast import fill, make_person, make_unit
    from programmes.loader import load_document

    call = load_document(document).call
    spec = call.spec
    code = max(spec.tasks, key=lambda one: len(spec.tasks[one].indicators) + len(spec.requirements_of(one)))
    unit = make_unit(5000)
    applicant = make_person("bench-rules", "unit_admin", unit=unit)
    kinds = spec.recommenders.kinds or ("industry",)
    department, _ = Department.objects.get_or_create(
        code="bench-rules", defaults={"official_name": "虚构主管部门", "kind": kinds[0], "region": unit.region}
    )
    with clock.travel(spec.windows["apply"].closes_at - timedelta(days=1)):
        application = workflow.create_application(
            call, task=call.tasks.get(code=code), by=applicant, department=department
        )
        fill(application, by=applicant, rng=Random(3), partners=[make_unit(5001 + n) for n in range(PARTNERS)])
    return application


def measure(document, *, side_by_side, tell, counted) -> None:
    """Facts are built once (their queries are counted), the rules asked GOES times; one go in the line."""
    from applications import versions
    from applications.facts import facts_of
    from applications.models import Application
    from jbgs.lib.crypto import canonical_json
    from programmes import requirements

    application = filled(document)
    related = ("call__current_version", "call__programme", "call_version", "task__field", "unit__parent", "department")
    application = Application.objects.select_related(*related).get(pk=application.pk)
    specs = application.call_version.spec.requirements_of(application.task.code)
    with counted() as sent:
        facts = facts_of(application)
    text = canonical_json(versions.content_of(application))
    found = requirements.check(specs, facts)
    product, floor = side_by_side(
        lambda: [requirements.check(specs, facts) for _ in range(GOES)],
        lambda: [json.loads(text) for _ in range(GOES)],
        3,
    )
    one = [type(spent)(spent.wall / GOES, spent.cpu / GOES) for spent in (product, floor)]
    tell(
        "requirements", *one, rules=len(specs), findings=len(found), broken=sum(not one.ok for one in found),
        indicators=len(facts.task.indicators), queries_of_facts=len(sent),
    )  # fmt: skip
