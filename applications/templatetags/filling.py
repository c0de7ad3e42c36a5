"""Template words of the form: looking up by key, file types in words. They only format."""

from decimal import Decimal

from django import template

from jbgs.lib.uploads import KINDS

register = template.Library()


@register.filter
def of_key(mapping, key):
    """`files|of_key:kind.key`: the entry under a key; an empty list where there is none."""
    return mapping.get(key, [])


@register.filter
def label_of(columns, key: str) -> str:
    """The label of a column in the team's (key, label, required) columns."""
    return next((label for name, label, _ in columns if name == key), "")


@register.filter
def sum_of(by_source, at: str) -> Decimal:
    """The sum of one source of the budget; `at` is the row's place (source-own)."""
    return by_source.get(at.removeprefix("source-"), Decimal(0))


@register.filter
def type_words(types) -> str:
    """pdf, jpg → PDF 或 JPG."""
    words = [code.upper() for code in types or KINDS]
    return words[0] if len(words) == 1 else f"{'、'.join(words[:-1])} 或 {words[-1]}"


@register.filter
def accept_of(types) -> str:
    """The `accept` attribute of a file input for these type codes."""
    return ",".join(suffix for code in types or KINDS for suffix in KINDS[code].suffixes)
