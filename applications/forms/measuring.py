"""The evaluation's form: for each indicator what was asked, promised and measured, compared as one types it."""

from dataclasses import dataclass

from applications.checking import indicators_of
from applications.forms.figures import promise_parts
from applications.forms.inputs import Input
from applications.forms.shape import PROMISE_PARTS, nested, text
from programmes.indicators import IndicatorSpec

LABELS = {"value": "实测值", "low": "实测值起点", "high": "实测值终点", "text": "实测情况"}


@dataclass
class Measuring:
    """One row. `tone`: ok (as promised or better), warn (target met, promise not), bad, none; `verdict` in words."""

    indicator: IndicatorSpec
    promise: str
    parts: list[Input]
    proof: Input
    tone: str
    icon: str
    verdict: str
    errors: list[str]
    filled: bool


def measured_rows(application, post) -> dict[str, dict]:
    """What was posted as {indicator code: {"measured": {...}, "proof": str}}, as `save_measurements` takes it."""
    typed = nested({name: value for name, value in post.items() if name.startswith("m.")}).get("m", {})
    rows = {}
    for indicator in indicators_of(application):
        row = typed.get(indicator.code)
        if isinstance(row, dict):
            parts = {part: text(row.get(part), 2000).strip() for part in PROMISE_PARTS}
            measured = {part: value for part, value in parts.items() if value}
            rows[indicator.code] = {"measured": measured, "proof": text(row.get("proof"), 2000)}
    return rows


def measuring_rows(application, *, typed: dict | None = None, checked: bool = False) -> list[Measuring]:
    """The rows of the page, from what is saved or from what was `typed`; `checked` names what is missing too."""
    promises = {row.indicator_code: row.promise for row in application.commitments.all()}
    saved = {
        row.indicator_code: {"measured": row.measured, "proof": row.proof} for row in application.measurements.all()
    }
    rows = saved | (typed or {})
    return [
        _row(indicator, promises.get(indicator.code, {}), rows.get(indicator.code) or {}, checked)
        for indicator in indicators_of(application)
    ]


def _row(indicator: IndicatorSpec, promise: dict, row: dict, checked: bool) -> Measuring:
    measured, proof = row.get("measured") or {}, row.get("proof") or ""
    code, filled = indicator.code, any(str(value).strip() for value in measured.values())
    errors = []
    problem = indicator.check_form(measured)
    if problem and (filled or checked):
        errors.append(problem)
    if checked and not proof.strip():
        errors.append(f"{indicator.name}：没有说明实测值的证明材料。请写明检测机构、报告编号或证明文件。")
    tone, icon, verdict = _verdict(indicator, promise, measured, filled, problem)
    parts = [
        Input(f"m.{code}.{part}", f"{code}.{part}", f"{indicator.name}{LABELS[part]}", str(measured.get(part) or ""),
              kind="long_text" if part == "text" else "decimal", unit=indicator.unit,
              errors=errors[:1] if problem else [])
        for part, _ in promise_parts(indicator)
    ]  # fmt: skip
    shown = Input(
        f"m.{code}.proof", f"{code}.proof", f"{indicator.name}证明材料", proof, kind="long_text", required=True
    )
    return Measuring(indicator, indicator.show(promise), parts, shown, tone, icon, verdict, errors, filled)


def _verdict(indicator: IndicatorSpec, promise: dict, measured: dict, filled: bool, problem) -> tuple[str, str, str]:
    if not filled:
        return "none", "minus", "待填写"
    if problem:
        return "bad", "warn", "不能识别"
    if indicator.is_text:
        return "none", "check", "由专家判断"
    as_promised = None if indicator.check_form(promise) else indicator.judge(measured, promise)
    if not indicator.judge(measured):
        return "bad", "warn", "未达到榜单要求"
    if as_promised is False:
        return "warn", "swap", "达到要求，未达到承诺"
    return "ok", "check", "达到承诺" if as_promised else "达到要求"
