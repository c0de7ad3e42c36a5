"""One application's form check as its page shows it: what the system computes, what a person sees, the letter."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from applications import checking
from applications.models import Application, Opinion
from applications.states import EDITABLE
from jbgs.lib import clock
from programmes.requirements import Finding
from programmes.spec import CallSpec, CheckItemSpec
from programmes.windows import due_date

YES, NO = "yes", "no"
BLANK_LINES = 2
BUSY = "申报单位正在补正，重新提交后再核对。"


@dataclass(frozen=True)
class Computed:
    """An item of the call that a requirement answers. `ok` is what the acceptance takes; soft doubts do not block."""

    code: str
    label: str
    findings: tuple[Finding, ...]

    @property
    def ok(self) -> bool:
        return not any(found.blocks for found in self.findings)

    @property
    def doubtful(self) -> bool:
        return self.ok and not all(found.ok for found in self.findings)


@dataclass(frozen=True)
class ByEye:
    """An item that a person answers: `answer` is "yes", "no" or "" while it is open; `place` is the form's section."""

    code: str
    label: str
    place: str
    answer: str = ""
    remark: str = ""

    @property
    def line(self) -> str:
        """What the letter says about it when it does not hold; {remark} as typed."""
        return f"{self.place}：“{self.label}”不符合。{self.remark}".strip()


@dataclass(frozen=True)
class Typed:
    """What came with the form; by item code `answers` and `remarks`, `lines` of the letter in their order."""

    answers: Mapping[str, str] = field(default_factory=dict)
    remarks: Mapping[str, str] = field(default_factory=dict)
    lines: tuple[str, ...] | None = None
    outcome: str = ""
    due_on: str = ""
    ground: str = ""
    reason: str = ""

    @classmethod
    def of(cls, post) -> "Typed":
        """Read the form: answer.<code>, remark.<code>, item (several), outcome, due_on, ground, reason."""
        by_code = {
            part: {name.removeprefix(f"{part}."): post[name].strip() for name in post if name.startswith(f"{part}.")}
            for part in ("answer", "remark")
        }
        plain = {name: post.get(name, "").strip() for name in ("outcome", "due_on", "ground", "reason")}
        return cls(by_code["answer"], by_code["remark"], tuple(line.strip() for line in post.getlist("item")), **plain)


@dataclass(frozen=True)
class Examination:
    """`computed` and `by_eye`: the call's items; `others`: further findings that are not as they should be."""

    computed: tuple[Computed, ...]
    by_eye: tuple[ByEye, ...]
    others: tuple[Finding, ...]
    lines: tuple[str, ...]
    due_on: str
    due_words: str
    why_not: str = ""

    @property
    def held(self) -> int:
        return sum(item.ok and not item.doubtful for item in self.computed)

    @property
    def unanswered(self) -> list[ByEye]:
        return [item for item in self.by_eye if item.answer not in (YES, NO)]

    @property
    def failed(self) -> list[ByEye]:
        return [item for item in self.by_eye if item.answer == NO]

    def answers(self) -> dict[str, bool]:
        """What `workflow.accept` takes: every answered item by code, the computed ones as the system found them."""
        answered = {item.code: item.answer == YES for item in self.by_eye if item.answer in (YES, NO)}
        return {item.code: item.ok for item in self.computed} | answered

    def letter(self) -> list[str]:
        """Everything that is missing, told at once (P07): the lines as edited, then what was found by eye."""
        return [line for line in self.lines if line] + [item.line for item in self.failed]


def examine(application: Application, typed: Typed | None = None) -> Examination:
    """Compute what can be computed of the version in hand; nothing while the unit is editing its rows."""
    spec = application.call_version.spec
    typed = typed or Typed()
    busy = application.state in EDITABLE
    findings = () if busy else checking.check(application).findings
    computed = tuple(_computed(item, findings) for item in spec.check_items if item.requirement and not busy)
    named = {item.requirement for item in spec.check_items}
    others = tuple(found for found in findings if not found.ok and found.code not in named)
    due_on, due_words = _default_due(application)
    lines = typed.lines if typed.lines is not None else _lines(spec, computed, others)
    return Examination(
        computed=computed,
        by_eye=tuple(_by_eye(spec, item, typed) for item in spec.check_items if not item.requirement),
        others=others,
        lines=lines,
        due_on=typed.due_on or due_on,
        due_words=due_words,
        why_not=BUSY if busy else "",
    )


def last_letter(opinions: list[Opinion]) -> Opinion | None:
    """The supplement letter of this application; there is at most one."""
    return next((opinion for opinion in opinions if opinion.verb == "request_supplement"), None)


def _computed(item: CheckItemSpec, findings) -> Computed:
    return Computed(item.code, item.label, tuple(found for found in findings if found.code == item.requirement))


def _by_eye(spec: CallSpec, item: CheckItemSpec, typed: Typed) -> ByEye:
    answer = typed.answers.get(item.code, "")
    return ByEye(
        item.code,
        item.label,
        _place(spec, item.section),
        answer if answer in (YES, NO) else "",
        typed.remarks.get(item.code, ""),
    )


def _place(spec: CallSpec, section: str) -> str:
    return next((one.title for one in spec.form.sections if one.key == section), "申报书")


def _lines(spec: CallSpec, computed, others) -> tuple[str, ...]:
    """Lines of the letter from failed findings, and some blank ones for what else was seen."""
    failed = [found for item in computed for found in item.findings if found.blocks]
    failed += [found for found in others if found.blocks]
    return (*(f"{_place(spec, found.section)}：{found.sentence}" for found in failed), *("",) * BLANK_LINES)


def _default_due(application: Application) -> tuple[str, str]:
    """The last day that the letter proposes (ISO), by the call's clock, and its length in words."""
    clock_spec = application.call.spec.clocks.get("supplement")
    if clock_spec is None:
        return "", ""
    last = due_date(clock_spec, clock.today())[0]
    return last.isoformat(), f"{clock_spec.count} {'个工作日，节假日不计入' if clock_spec.unit == 'workdays' else '日'}"
