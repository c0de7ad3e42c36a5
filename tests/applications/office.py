"""What the officers' tests share: addresses, answers of the form check, refusals, an application in evaluation."""

from datetime import timedelta

from django.urls import reverse

from applications import checking, workflow
from audit.models import Entry
from jbgs.lib import clock
from programmes.windows import end_of
from tests.applications.front_help import Visitor
from tests.cast import RECOMMENDING

__all__ = ["RECOMMENDING", "Visitor", "address", "answers", "evaluated", "refusals", "after_publicity", "in_evaluation"]


def address(page: str, *args, **query) -> str:
    """The path of an officer's page by the end of its name."""
    path = reverse(f"admin:applications_{page}", args=args)
    return f"{path}?{'&'.join(f'{name}={value}' for name, value in query.items())}" if query else path


def answers(application, **wrong) -> dict[str, str]:
    """The by-eye part of a form check in which everything holds; `code="remark"` makes that item fail."""
    items = [item.code for item in application.call_version.spec.check_items if not item.requirement]
    data = {f"answer.{code}": "no" if code in wrong else "yes" for code in items}
    return data | {f"remark.{code}": remark for code, remark in wrong.items()}


def refusals(obj) -> list[Entry]:
    return list(Entry.objects.for_object(obj).refused())


def after_publicity(publicity):
    """A moment at which the days of a publicity are over."""
    return publicity.closes_at + timedelta(hours=1)


def in_evaluation(cast, *, by=None, weak: bool = False):
    """An application whose unit has filed its measured values; `weak`: the first indicator misses its target."""
    application = cast.shortlisted(by=by) if by else cast.shortlisted()
    by = by or cast.alice
    promises = {row.indicator_code: row.promise for row in application.commitments.all()}
    indicators = checking.indicators_of(application)
    first = next(item for item in indicators if not item.is_text)
    rows = {
        item.code: {"measured": {"text": "已完成"} if item.is_text else promises[item.code], "proof": "检测报告"}
        for item in indicators
    }
    if weak:
        rows[first.code]["measured"] = worse(first)
    with clock.travel(end_of(application.work_due_on) + timedelta(days=1)):
        workflow.save_measurements(application, rows, by=by)
        application = workflow.submit_evaluation(application, by=by)
    return application


def worse(indicator) -> dict:
    """A value that misses the target of an indicator with a figure."""
    low = indicator.value[0] if indicator.takes_range else indicator.value
    bad = low * 2 if indicator.comparator in ("<=", "<") else low / 2
    return {"low": str(bad), "high": str(bad)} if indicator.takes_range else {"value": str(bad)}


def evaluated(cast, **named):
    """The same with values that an officer has confirmed."""
    application = in_evaluation(cast, **named)
    texts = {item.code: {"text_met": True} for item in checking.indicators_of(application) if item.is_text}
    with clock.travel(evaluation_time(application)):
        return workflow.confirm_measurements(application, by=cast.olga, rows=texts)


def evaluation_time(application):
    return end_of(application.work_due_on) + timedelta(days=10)
