"""After the shortlist: the work, its reports, the evaluation (M20 to M22)."""

from applications import checking, messages, rules
from applications.actions import ACTS
from applications.models import Application, Measurement
from applications.states import State
from audit.door import once, perform
from jbgs.lib.errors import Forbidden, Refused


@once
def start_work(application, *, by, key: str = "") -> Application:
    """The work begins, with an agreement or plan where the call asks for one."""
    with perform(ACTS["start_work"], application, by=by, key=key) as locked:
        pass
    return locked


def save_measurements(application, rows: dict[str, dict], *, by) -> list[Measurement]:
    """Keep what the unit typed for its evaluation: {indicator_code: {"measured": {...}, "proof": str}}."""
    if not rules.can_submit_evaluation.party(application, by):
        raise Forbidden()
    if application.state != State.IN_PROGRESS:
        raise Refused("not_in_progress", f"这件申报现在是“{application.applicant_state.label}”，不能填写实测值。")
    known = {indicator.code for indicator in checking.indicators_of(application)}
    return [
        Measurement.objects.update_or_create(
            application=application, indicator_code=code,
            defaults={"measured": row.get("measured") or {}, "proof": str(row.get("proof") or "").strip()},
        )[0]
        for code, row in rows.items()
        if code in known
    ]  # fmt: skip


@once
def submit_evaluation(application, *, by, key: str = "", received_at=None) -> Application:
    """File for the evaluation: a measured value and its proof for every indicator."""
    with perform(ACTS["submit_evaluation"], application, by=by, key=key, received_at=received_at) as locked:
        messages.evaluation_submitted(locked)
    return locked


@once
def confirm_measurements(application, *, by, rows: dict[str, dict], key: str = "") -> Application:
    """The officer's values: {indicator_code: {"confirmed": {...}, "text_met": bool | None}}; all indicators at once."""
    with perform(ACTS["confirm_measurements"], application, by=by, key=key) as locked:
        indicators = {indicator.code: indicator for indicator in checking.indicators_of(locked)}
        for measurement in locked.measurements.select_for_update():
            indicator = indicators[measurement.indicator_code]
            row = rows.get(measurement.indicator_code) or {}
            confirmed = row.get("confirmed") or measurement.measured
            if problem := indicator.check_form(confirmed):
                raise Refused("value_unreadable", problem, field=indicator.code)
            if indicator.is_text and row.get("text_met") is None:
                raise Refused("judgement_missing", f"{indicator.name}：请判断是否达到。", field=indicator.code)
            measurement.confirmed = confirmed
            measurement.text_met = row.get("text_met") if indicator.is_text else None
            measurement.confirmed_by = by
            measurement.save()
    return locked


def verdicts(application) -> list[dict]:
    """For each indicator: target, promise, measured and confirmed values in words; `met_target` and `met_promise`.

    True, False, or None while nothing can be said. 达到榜单要求 and 达到承诺 are two questions.
    """
    promises = {row.indicator_code: row for row in application.commitments.all()}
    measured = {row.indicator_code: row for row in application.measurements.all()}
    return [
        _verdict(indicator, promises.get(indicator.code), measured.get(indicator.code))
        for indicator in checking.indicators_of(application)
    ]


def _verdict(indicator, commitment, measurement) -> dict:
    promise = commitment.promise if commitment else {}
    value = (measurement.confirmed or measurement.measured) if measurement else {}
    row = {
        "indicator": indicator,
        "promise": indicator.show(promise),
        "measured": indicator.show(measurement.measured) if measurement else "",
        "confirmed": indicator.show(measurement.confirmed) if measurement else "",
        "proof": measurement.proof if measurement else "",
        "measurement": measurement,
        "met_target": None,
        "met_promise": None,
    }
    if not measurement or indicator.check_form(value):
        return row
    if indicator.is_text:
        return row | {"met_target": measurement.text_met, "met_promise": measurement.text_met}
    return row | {
        "met_target": indicator.judge(value),
        "met_promise": indicator.judge(value, promise) if not indicator.check_form(promise) else None,
    }
