"""The stages of a call for the stage bar: what is over, what runs, what comes."""

from datetime import datetime

from jbgs.lib.clock import local
from programmes.instants import closes_text
from programmes.spec import CallSpec
from programmes.windows import Timetable

PAST, PRESENT, FUTURE = "past", "present", "future"


def stages_of(spec: CallSpec, timetable: Timetable, now: datetime) -> list[dict]:
    """[{label, state: past|present|future, when}], in the order of the work; stages that are off are left out.

    A stage with a window is judged by it. The others follow one another without dates, so they stay `future` until
    somebody who knows the applications says more.
    """
    flow = spec.flow
    dated = [("apply", "单位申报"), ("recommend", "推荐" if flow.recommendation else "")]
    later = [
        ("form_check", "形式审查" if flow.form_check else ""),
        ("review", "专家评审" if flow.review else ""),
        ("", f"公示、确定{spec.label('shortlisted', '入围')}" if flow.publicity_days else "确定名单"),
        ("", spec.label("work", "实施")),
        ("evaluation", spec.label("evaluation", "测评") if flow.evaluation else ""),
    ]
    return [_stage(name, label, spec, timetable, now) for name, label in (*dated, *later) if label]


def _stage(name: str, label: str, spec: CallSpec, timetable: Timetable, now: datetime) -> dict:
    if name not in spec.windows:
        return {"label": label, "state": FUTURE, "when": ""}
    window = timetable.window(name)
    if window.has_closed(now):
        state = PAST
    else:
        state = PRESENT if window.has_opened(now) else FUTURE
    return {"label": label, "state": state, "when": f"{closes_text(window.closes_at, this_year=local(now).year)} 止"}
