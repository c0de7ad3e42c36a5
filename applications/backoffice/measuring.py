"""One application's measured values as an officer looks at them: target, promise, value, proof, verdict, correction."""

from collections.abc import Mapping
from dataclasses import dataclass

from applications import workflow
from applications.forms.figures import promise_parts
from applications.forms.shape import PROMISE_PARTS, nested, text
from jbgs.lib.errors import Refused
from programmes.indicators import IndicatorSpec

LABELS = {"value": "核定值", "low": "核定值起点", "high": "核定值终点", "text": "核定情况"}


@dataclass(frozen=True)
class Part:
    """One input: `name` is posted, `label` is read aloud."""

    name: str
    label: str
    value: str
    is_text: bool


@dataclass(frozen=True)
class Line:
    """One indicator. `met` is the judgement of a text indicator: "yes", "no" or "" while nobody has judged."""

    indicator: IndicatorSpec
    promise: str
    measured: str
    confirmed: str
    proof: str
    parts: tuple[Part, ...]
    met: str
    met_target: bool | None
    met_promise: bool | None
    is_confirmed: bool
    error: str

    @property
    def differs(self) -> bool:
        """The officer's value is not the unit's."""
        return bool(self.confirmed) and self.confirmed != self.measured


def confirmed_rows(indicators, post) -> dict[str, dict]:
    """What was posted as `workflow.confirm_measurements` takes it: c.<code>.value|low|high|text|met."""
    typed = nested({name: value for name, value in post.items() if name.startswith("c.")}).get("c", {})
    rows = {}
    for indicator in indicators:
        row = typed.get(indicator.code)
        if isinstance(row, dict):
            parts = {part: text(row.get(part), 2000).strip() for part in PROMISE_PARTS}
            met = {"yes": True, "no": False}.get(text(row.get("met")))
            rows[indicator.code] = {
                "confirmed": {part: value for part, value in parts.items() if value},
                "text_met": met,
            }
    return rows


def lines_of(application, *, typed: Mapping | None = None, refusal: Refused | None = None) -> list[Line]:
    """The lines of the page, from what is saved or from what was `typed`, the refusal at its indicator."""
    return [_line(row, (typed or {}).get(row["indicator"].code), refusal) for row in workflow.verdicts(application)]


def _line(row: dict, typed: Mapping | None, refusal: Refused | None) -> Line:
    indicator, measurement = row["indicator"], row["measurement"]
    saved = (measurement.confirmed or measurement.measured) if measurement else {}
    given = typed["confirmed"] if typed else saved
    judged = typed["text_met"] if typed else (measurement.text_met if measurement else None)
    parts = tuple(
        Part(
            f"c.{indicator.code}.{part}", f"{indicator.name}{LABELS[part]}", str(given.get(part) or ""), part == "text"
        )
        for part, _ in promise_parts(indicator)
    )
    return Line(
        indicator=indicator,
        promise=row["promise"],
        measured=row["measured"],
        confirmed=row["confirmed"],
        proof=row["proof"],
        parts=parts,
        met={True: "yes", False: "no", None: ""}[judged] if indicator.is_text else "",
        met_target=row["met_target"],
        met_promise=row["met_promise"],
        is_confirmed=bool(measurement and measurement.confirmed_by_id),
        error=refusal.sentence if refusal and refusal.field == indicator.code else "",
    )
