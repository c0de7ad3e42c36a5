"""The controls of a form's page, as data: one Input for each, rows of them for tables."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from programmes.answers import asked, choices_of, chosen, condition_words, kind_of, text_of
from programmes.indicators import IndicatorSpec

INPUT_MODES = {
    "integer": "numeric", "decimal": "decimal", "percent": "decimal", "phone": "tel", "email": "email",
    "date": "numeric",
}  # fmt: skip


@dataclass
class Input:
    """One control. `name` is posted, `at` is the place that findings name, `kind` chooses the control.

    A conditional question has the name of the input that decides it (`when`), its values as JSON (`wanted`), the
    condition in words, and whether it holds now (`is_asked`). The value of a multi is its chosen ones joined.
    """

    name: str
    at: str
    label: str
    value: str = ""
    kind: str = "text"
    required: bool = False
    help: str = ""
    max_chars: int | None = None
    choices: tuple[tuple[str, str], ...] = ()
    unit: str = ""
    errors: list[str] = field(default_factory=list)
    hidden: list[tuple[str, object]] = field(default_factory=list)
    levels: tuple[str, ...] = ()
    when: str = ""
    wanted: str = ""
    condition: str = ""
    is_asked: bool = True

    @property
    def id(self) -> str:
        return f"f-{self.at}"

    @property
    def mode(self) -> str:
        return INPUT_MODES.get(self.kind, "")

    @property
    def is_group(self) -> bool:
        """Several controls under one name: ticks and dots have a legend, not a label."""
        return self.kind in ("multi", "yes_no", "radios")

    @property
    def picks(self) -> list[tuple[str, str, bool]]:
        """(value, words, chosen) of a group; what stands there and is none of the choices comes last."""
        given = chosen({"kind": self.kind}, self.value)
        known = [value for value, _ in self.choices]
        strays = [(value, value) for value in given if value not in known]
        return [(value, words, value in given) for value, words in (*self.choices, *strays)]

    @property
    def lines(self) -> int:
        """Lines of a long text's control: as many as its limit fills, three to nine."""
        return 9 if not self.max_chars else max(3, min(9, -(-self.max_chars // 100)))

    @property
    def length(self) -> int:
        return len(self.value.strip())


@dataclass
class Row:
    """One row of a table: its inputs by column, and what is wrong with the row as a whole."""

    at: str
    number: int
    cells: dict[str, Input]
    errors: list[str] = field(default_factory=list)
    note: str = ""
    indicator: IndicatorSpec | None = None
    mark: dict = field(default_factory=dict)


def question_inputs(
    entries: Sequence[Mapping], answers: Mapping, *, prefix: str = "answers", errors: Mapping = {}, place: str = ""
) -> list[Input]:
    """The controls of a list of questions, all of them; those whose condition does not hold say so (`is_asked`).

    `prefix` stands before the names of the inputs, `place` before the places; `errors`: sentences by question key.
    """
    now = {entry["key"] for entry in asked(entries, answers)}
    inputs = []
    for entry in entries:
        key, when = entry["key"], entry.get("when")
        one = entry_input(entry, f"{prefix}.{key}", f"{place}{key}", text_of_typed(answers, key), errors.get(key, ()))
        if when:
            one.when, one.wanted = f"{prefix}.{when['question']}", json.dumps(list(when["is"]), ensure_ascii=False)
            one.condition, one.is_asked = condition_words(when, entries), key in now
        inputs.append(one)
    return inputs


def entry_input(entry: Mapping, name: str, at: str, value: str, errors=(), *, label: str = "") -> Input:
    """The control of one question or cell."""
    kind, choices = kind_of(entry), choices_of(entry)
    if kind == "choice":
        choices = with_own(choices, value)
    return Input(
        name, at, label or entry["label"], value, kind=kind, required=entry.get("required", True), choices=choices,
        help=entry.get("help", ""), max_chars=entry.get("max_chars"), errors=list(errors),
        unit=str(entry.get("unit") or ("%" if kind == "percent" else "")),
    )  # fmt: skip


def text_of_typed(answers: Mapping, key: str) -> str:
    """An answer as the control shows it: untouched, a multi's joined."""
    value = answers.get(key)
    return value if isinstance(value, str) else text_of(answers, key)


def with_own(choices: tuple, value) -> tuple:
    """The choices, with what stands there at the end if it is none of them: nothing typed disappears."""
    return choices if not value or value in dict(choices) else (*choices, (value, str(value)))
