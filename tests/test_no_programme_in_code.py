"""No code names a programme: what differs between calls stands in their files (issue: any programme by one file).

Looked for are the slugs of the fixtures and of their programmes and their number prefixes as words in any string of a
module, page or script, and the codes of their fields and tasks as whole strings of a module.
"""

import ast
import re
import tokenize
from functools import cache

import pytest
from django.conf import settings

from programmes.loader import read_document
from programmes.spec import WHOLE
from programmes.words import BUDGET_SOURCES, DEPARTMENT_KINDS, SECTION_TYPES, UNIT_TYPES

ROOT = settings.BASE_DIR
FIXTURES = sorted((ROOT / "fixtures" / "programmes").glob("*.yaml"))
ASIDE = ("tests", "fixtures", "docs", ".venv", "migrations", "static/vendor", "staticfiles", "node_modules")
ROOMS = ("jbgs", "programmes", "applications", "reviews", "accounts", "audit", "documents", "notifications", "scripts")
WORD = re.compile(r"[A-Za-z0-9_.-]+")
FIGURE = re.compile(r"\d+\.\d+")
FORMAT = {*DEPARTMENT_KINDS, *UNIT_TYPES, *BUDGET_SOURCES, *SECTION_TYPES}
"""Words of the format, which a field's code may repeat (industry), as a task's code may look like a figure (1.2)."""


@cache
def slugs() -> frozenset[str]:
    """What names a call or a programme: never a word of the language."""
    documents = [read_document(file) for file in FIXTURES]
    found = {document["slug"] for document in documents} | {file.stem for file in FIXTURES}
    found |= {document["programme"]["slug"] for document in documents}
    return frozenset(found | {document["number_prefix"] for document in documents if document.get("number_prefix")})


@cache
def codes() -> frozenset[str]:
    """Codes of fields and tasks."""
    found: set[str] = set()
    for document in map(read_document, FIXTURES):
        found |= {item["code"] for item in document.get("fields", [])}
        found |= {item["code"] for item in document.get("tasks", [])}
    return frozenset(code for code in found - {WHOLE} - FORMAT if not FIGURE.fullmatch(code))


def literals(source: str) -> list[str]:
    """Every string of a module that is no docstring."""
    tree = ast.parse(source)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    described = {
        id(node.body[0].value) for node in ast.walk(tree) if isinstance(node, documented) and ast.get_docstring(node)
    }
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in described
    ]


def named_in(source: str) -> set[str]:
    """The programmes, fields and tasks that a module names. A code counts where it is a string by itself."""
    found = set()
    for text in literals(source):
        found |= set(WORD.findall(text)) & slugs()
        found |= {text} & codes()
    return found


PYTHON = sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py") if "migrations" not in path.parts)
PAGES = sorted(path for folder in ("templates", "static") for path in (ROOT / folder).rglob("*") if path.suffix in
               {".html", ".js", ".css", ".svg", ".txt"} and "vendor" not in path.parts)  # fmt: skip


def test_no_module_names_a_programme():
    assert len(PYTHON) > 100
    found = {}
    for path in PYTHON:
        with tokenize.open(path) as source:
            if words := named_in(source.read()):
                found[str(path.relative_to(ROOT))] = sorted(words)
    assert found == {}


def test_no_page_names_a_programme():
    assert len(PAGES) > 50
    found = {}
    for path in PAGES:
        if words := set(WORD.findall(path.read_text(encoding="utf-8"))) & slugs():
            found[str(path.relative_to(ROOT))] = sorted(words)
    assert found == {}


@pytest.mark.parametrize(
    ("source", "named"),
    [
        ('if call.slug == "miit-2025":\n    pass\n', {"miit-2025"}),
        ('def rule(task):\n    return task.field.code in ("quantum", "x")\n', {"quantum"}),
        ('URL = f"/calls/jiangsu-2024/{pk}/"\n', {"jiangsu-2024"}),
        ('TASK = "Q-1-01"\n', {"Q-1-01"}),
        ('"""Such as miit-2025 with its task Q-1-01."""\n\n\ndef f():\n    """quantum"""\n', set()),
    ],
)
def test_the_search_finds_what_it_should(source, named):
    assert named_in(source) == named


def test_every_fixture_is_looked_at():
    assert len(FIXTURES) >= 5 and {file.stem for file in FIXTURES} <= slugs()
    assert len(codes()) > 100
