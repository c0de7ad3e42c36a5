"""What was posted for a report: answers by question, the free text, the day of an extension."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from programmes.answers import date_of, kind_of
from programmes.spec import ObligationSpec
from programmes.words import BETWEEN

MOST = 20_000


@dataclass
class Typed:
    """The typed report; `errors` are (field, sentence) of what could not be kept as it is."""

    answers: dict[str, str]
    text: str
    wanted_on: date | None = None
    errors: list[tuple[str, str]] = field(default_factory=list)


def read_report(one: ObligationSpec, post: Mapping) -> Typed:
    """Read a posted form; only what the document asks for is taken."""
    typed = Typed({question["key"]: _answer(question, post) for question in one.questions}, _text(post, "text"))
    wanted = _text(post, "wanted_on").strip()
    if wanted:
        typed.wanted_on = date_of(wanted)
        if typed.wanted_on is None:
            typed.errors.append(("wanted_on", f"“{wanted[:30]}”不是有效日期。请按 2026-03-06 的格式填写。"))
    return typed


def _answer(question: Mapping, post: Mapping) -> str:
    name = f"answers.{question['key']}"
    if kind_of(question) != "multi":
        return _text(post, name)
    chosen = [(_place(key), post[key]) for key in post if key.startswith(f"{name}.") and _place(key) is not None]
    return BETWEEN.join(value for _, value in sorted(chosen))


def _place(key: str) -> int | None:
    last = key.rpartition(".")[2]
    return int(last) if last.isdecimal() and len(last) < 5 else None


def _text(post: Mapping, name: str) -> str:
    return str(post.get(name, ""))[:MOST].replace("\r\n", "\n")
