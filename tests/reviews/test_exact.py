"""No floating-point number on the way from the points to the decision: modules of the official rule know none, and what
they compute is integers and fractions."""

import ast
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reviews import ranking as r
from tests.reviews.test_ranking import TRIMMED, sheet

ROOT = Path(__file__).parent.parent.parent
OFFICIAL = (
    "reviews/sheets.py", "reviews/ranking.py", "reviews/cutting.py", "reviews/workflow/selecting.py",
    "reviews/workflow/forwarding.py", "reviews/meetings.py", "applications/rounds.py",
)  # fmt: skip
INEXACT = {"float", "round", "sqrt", "fsum", "statistics", "numpy"}


def inexact(source: str) -> list[str]:
    """The floats, and the names of what makes floats, in a module."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            found.append(f"{node.lineno}: {node.value}")
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load) and node.id in INEXACT:
            found.append(f"{node.lineno}: {node.id}")
        if isinstance(node, ast.Attribute) and node.attr in INEXACT - {"round"}:  # a meeting's round is none of them
            found.append(f"{node.lineno}: {node.attr}")
        if isinstance(node, ast.ImportFrom) and node.module in INEXACT:
            found.append(f"{node.lineno}: {node.module}")
        if isinstance(node, ast.Import):
            found += [f"{node.lineno}: {one.name}" for one in node.names if one.name in INEXACT]
    return found


@pytest.mark.parametrize("path", OFFICIAL)
def test_the_modules_of_the_official_rule_know_no_float(path):
    assert inexact((ROOT / path).read_text()) == []


@pytest.mark.parametrize(
    "line", ["x = 0.5", "x = float(1)", "from statistics import mean", "import numpy as np", "y = math.sqrt(2)"]
)
def test_what_is_looked_for_is_found(line):
    assert inexact(line)


@given(st.lists(st.integers(0, 100), min_size=1, max_size=9))
def test_everything_that_is_compared_is_exact(totals):
    found = r.standing([sheet(expert, total) for expert, total in enumerate(totals)], TRIMMED)
    for value in (found.score, found.mean, found.median, found.heaviest, found.variance):
        assert type(value) is Fraction
    kept = [mark.total for mark in found.marks if not mark.dropped]
    assert found.score * len(kept) == sum(kept)
    assert found.trimmed == (len(totals) >= 5) and len(kept) == len(totals) - 2 * found.trimmed
