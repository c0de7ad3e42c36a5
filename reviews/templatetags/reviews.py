"""Template words of the review: points as people read them, numbers for SVG attributes."""

from django import template

from reviews import draw_words, sheets
from reviews.models import AssignmentState

register = template.Library()


@register.filter
def points(hundredths: int | None) -> str:
    """Hundredths with two decimals: 8867 → 88.67; a dash for None."""
    return sheets.show_two(hundredths) or "—"


@register.filter
def unlocal(number: float) -> str:
    """A number for an SVG attribute: never with a decimal comma, whatever the language."""
    return f"{number:g}"


@register.filter
def tab(counts: dict[str, int], name: str) -> int:
    """The number beside a tab."""
    return counts[name]


@register.filter
def all_signed(rows) -> bool:
    """Whether every sheet that the expert has not left to others is signed, and there is one."""
    kept = [row.state for row in rows if row.state != AssignmentState.RECUSED]
    return bool(kept) and all(state == AssignmentState.SIGNED for state in kept)


@register.filter
def draw_mode(code: str) -> str:
    """The mode of a draw in words."""
    return draw_words.MODES[code][0]


@register.filter
def draw_panel(code: str) -> str:
    """One panel for all, or each application for itself."""
    return draw_words.PANELS[code]


@register.filter
def draw_recusal(code: str) -> str:
    """What a recusal does to a common panel."""
    return draw_words.RECUSALS[code]


@register.filter
def thousandths(number: int) -> str:
    """A match or its lot as people read it: 300 → 0.30."""
    return f"{number / 1000:.2f}"
