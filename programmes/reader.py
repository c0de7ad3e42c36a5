"""A YAML file → plain Python with exact decimals, and the line on which every value stands.

YAML's own guesses are switched off where they would change what was written: 2025-03-06 and 17:30 stay text, yes and
no stay text, 3.10 keeps its zero, 1e-11 is an exact decimal.
"""

import re
from decimal import Decimal
from pathlib import Path as File

import yaml

from programmes.checks import Path

WHOLE = re.compile(r"[+-]?(0|[1-9][0-9]*)")
DECIMAL = re.compile(r"[+-]?[0-9]+\.[0-9]+([eE][+-]?[0-9]{1,2})?|[+-]?[0-9]+[eE][+-]?[0-9]{1,2}")
CONSTANTS = {"true": True, "false": False, "null": None, "~": None, "": None}


class Unreadable(Exception):
    """The file is no YAML that this system reads; the message says where and why."""


def read_file(file: File) -> tuple[object, dict[Path, int]]:
    """The document in a file and the line of each path. Unreadable when it is no clean YAML, OSError when no file."""
    try:
        text = file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as problem:
        raise Unreadable(f"第 {problem.start} 个字节起不是 UTF-8 文字。请用 UTF-8 保存。") from problem
    return read_text(text)


def read_text(text: str) -> tuple[object, dict[Path, int]]:
    """The document in a YAML text and the line of each path."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as problem:
        mark = problem.problem_mark
        where = f"第 {mark.line + 1} 行第 {mark.column + 1} 列" if mark else "文中"
        raise Unreadable(f"{where}不是有效的 YAML：{problem.problem}。请核对缩进、冒号和引号。") from problem
    except yaml.YAMLError as problem:
        raise Unreadable(f"不是有效的 YAML：{problem}") from problem
    lines: dict[Path, int] = {}
    return (None if root is None else _build(root, (), lines, ())), lines


def _build(node: yaml.Node, path: Path, lines: dict[Path, int], above: tuple[yaml.Node, ...]) -> object:
    line = node.start_mark.line + 1
    lines.setdefault(path, line)
    if node in above:
        raise Unreadable(f"第 {line} 行：引用（*）指向了包含它自己的内容。")
    if isinstance(node, yaml.MappingNode):
        return _mapping(node, path, lines, (*above, node))
    if isinstance(node, yaml.SequenceNode):
        return [_build(item, (*path, place), lines, (*above, node)) for place, item in enumerate(node.value)]
    return _scalar(node)


def _mapping(node: yaml.MappingNode, path: Path, lines: dict[Path, int], above: tuple[yaml.Node, ...]) -> dict:
    result: dict = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            raise Unreadable(f"第 {line} 行：键须为文字。")
        name = key_node.value
        if name in result:
            raise Unreadable(f"第 {line} 行：键“{name}”重复，前一处在第 {lines[(*path, name)]} 行。")
        lines[(*path, name)] = line
        result[name] = _build(value_node, (*path, name), lines, above)
    return result


def _scalar(node: yaml.ScalarNode) -> object:
    text = node.value
    if node.style in ("'", '"', "|", ">"):
        return text.rstrip("\n") if node.style in ("|", ">") else text
    if text in CONSTANTS:
        return CONSTANTS[text]
    if WHOLE.fullmatch(text):
        return int(text)
    if DECIMAL.fullmatch(text):
        return Decimal(text)
    return text
