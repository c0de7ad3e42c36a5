"""No programme, field, task or state is named in the rehearsal: what is played follows from the call."""

import ast
import re

import pytest
from django.conf import settings

from applications.states import State
from tests.cast import miit_document

PACKAGE = settings.BASE_DIR / "jbgs/rehearsal"
FILES = sorted(path.name for path in PACKAGE.glob("*.py"))
WORD = re.compile(r"[A-Za-z0-9_.-]+")


def words_of(source: str) -> set[str]:
    """The identifiers and the words in string literals of a module, without docstrings and the keys of dicts.

    A key may be the name of a figure in the last line (won), which is no decision.
    """
    tree = ast.parse(source)
    aside = {id(key) for node in ast.walk(tree) if isinstance(node, ast.Dict) for key in node.keys}
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef)
    aside |= {id(node.body[0].value) for node in ast.walk(tree) if isinstance(node, documented) and _described(node)}
    found = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in aside:
            found |= set(WORD.findall(node.value))
    return found


def _described(node) -> bool:
    return ast.get_docstring(node) is not None


def names_of_the_call() -> set[str]:
    document = miit_document()
    codes = {document["slug"], document["programme"]["slug"], document["number_prefix"]}
    codes |= {row["code"] for row in document["fields"]} | {row["name"] for row in document["fields"]}
    return codes | {row["code"] for row in document["tasks"]} | {row["code"] for row in document["categories"]}


def states() -> set[str]:
    return {name for state in State for name in (state.value, state.name)}


@pytest.mark.parametrize("name", FILES)
def test_nothing_of_the_call_is_named(name):
    assert not words_of((PACKAGE / name).read_text()) & names_of_the_call()


@pytest.mark.parametrize("name", FILES)
def test_no_state_of_an_application_is_named(name):
    source = (PACKAGE / name).read_text()
    assert not words_of(source) & states()
    assert "applications.states" not in source


def test_the_search_finds_what_it_should():
    assert "quantum" in names_of_the_call() and "Q-1-01" in names_of_the_call()
    control = (
        'def f():\n    """won is fine here"""\n    return row.state == State.SHORTLISTED or field("quantum Q-1-01")\n'
    )
    assert words_of(control) & states() == {"SHORTLISTED"}
    assert words_of(control) & names_of_the_call() == {"quantum", "Q-1-01"}
