"""A stored document → YAML that loads to the same document again (programmes.reader is its counterpart).

Every text is quoted where the reader would take it for something else; figures of indicators, which are stored as text
so that not one digit changes, are written as the numbers they are.
"""

from collections.abc import Mapping

import yaml

from programmes import checks, form_schema, schema
from programmes.reader import CONSTANTS, DECIMAL, WHOLE

WIDTH = 120
SHORT = 100  # characters of a flow mapping on one line
FIGURES = ("value",)


class _Figure(str):
    """A number kept as text: written without quotes."""


class _Dumper(yaml.SafeDumper):
    def increase_indent(self, flow=False, indentless=False):
        return super().increase_indent(flow, False)  # list items stand below their key, indented


def write_document(document: Mapping) -> str:
    """The document as YAML text, in the order of the format: a database may have kept the keys in another one."""
    return yaml.dump(
        _prepared(ordered(document)),
        Dumper=_Dumper,
        allow_unicode=True,
        sort_keys=False,
        width=WIDTH,
        default_flow_style=False,
    )


def ordered(value, checker=schema.DOCUMENT):
    """The same content with the keys of every part in the order in which the format names them; others follow."""
    if isinstance(checker, checks.Optional):
        return ordered(value, checker.item)
    if isinstance(value, list):
        return [ordered(item, getattr(checker, "item", None)) for item in value]
    if not isinstance(value, Mapping):
        return value
    if checker is form_schema.SECTION:
        return _ordered_section(value)
    inner = getattr(checker, "entries", {})
    known = inner if inner else getattr(getattr(checker, "name", None), "options", ())
    keys = [key for key in known if key in value]
    of_all = checker.item if isinstance(checker, checks.MapOf) else None
    return {key: ordered(value[key], inner.get(key, of_all)) for key in [*keys, *(k for k in value if k not in keys)]}


def _ordered_section(value: Mapping) -> dict:
    made = ordered(value, form_schema.SHAPE)
    if "options" in made:
        made["options"] = ordered(made["options"], form_schema.OPTIONS.get(value.get("type")))
    return made


def _prepared(value, key: str = ""):
    if isinstance(value, Mapping):
        return {name: _prepared(item, name) for name, item in value.items()}
    if isinstance(value, list):
        return [_prepared(item, key) for item in value]
    if isinstance(value, str) and key in FIGURES and (WHOLE.fullmatch(value) or DECIMAL.fullmatch(value)):
        return _Figure(value) if DECIMAL.fullmatch(value) else value
    return value


def _mapping(dumper: yaml.Dumper, value: Mapping) -> yaml.Node:
    """A small mapping of plain values stands on one line, as people write it."""
    node = dumper.represent_mapping("tag:yaml.org,2002:map", value.items(), flow_style=False)
    simple = all(not isinstance(item, Mapping | list) or _is_simple_list(item) for item in value.values())
    if simple and sum(len(str(item)) + len(name) + 4 for name, item in value.items()) <= SHORT:
        node.flow_style = not any("\n" in item for item in value.values() if isinstance(item, str))
    return node


def _is_simple_list(value) -> bool:
    return isinstance(value, list) and not any(isinstance(item, Mapping | list) for item in value)


def _list(dumper: yaml.Dumper, value: list) -> yaml.Node:
    flow = _is_simple_list(value) and sum(len(str(item)) + 2 for item in value) <= SHORT
    return dumper.represent_sequence("tag:yaml.org,2002:seq", value, flow_style=flow)


def _text(dumper: yaml.Dumper, value: str) -> yaml.Node:
    """Plain where the reader takes it as text, a block where it has lines, else quoted."""
    style = None
    if "\n" in value and value == value.strip() and all(line == line.rstrip() for line in value.split("\n")):
        style = "|"
    elif value in CONSTANTS or WHOLE.fullmatch(value) or DECIMAL.fullmatch(value) or "\n" in value:
        style = '"'
    return dumper.represent_scalar("tag:yaml.org,2002:str", value, style=style)


def _figure(dumper: yaml.Dumper, value: _Figure) -> yaml.Node:
    return dumper.represent_scalar("tag:yaml.org,2002:float", str(value))


_Dumper.add_representer(dict, _mapping)
_Dumper.add_representer(list, _list)
_Dumper.add_representer(str, _text)
_Dumper.add_representer(_Figure, _figure)
