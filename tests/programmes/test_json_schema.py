"""The JSON Schema says what the loader says, wherever one entry alone decides."""

import copy
import io
import json
from pathlib import Path

import pytest
from django.core.management import call_command
from jsonschema import Draft202012Validator

from programmes.json_schema import programme_schema
from programmes.loader import read_document
from programmes.reader import read_file
from programmes.requirements import REGISTRY
from programmes.schema import problems_of
from tests.programmes.documents import small_document

FIXTURES = sorted((Path(__file__).parents[2] / "fixtures/programmes").glob("*.yaml"))


@pytest.fixture(scope="module")
def validator():
    schema = programme_schema()
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema)


def test_the_command_prints_it():
    said = io.StringIO()
    call_command("programme_schema", stdout=said)
    assert json.loads(said.getvalue()) == programme_schema()


@pytest.mark.parametrize("file", FIXTURES, ids=lambda file: file.stem)
def test_every_fixture_fits_as_written_and_as_stored(file, validator):
    assert [error.message for error in validator.iter_errors(read_file(file)[0])] == []
    assert [error.message for error in validator.iter_errors(read_document(file))] == []


BROKEN = [
    (("title",), ""),
    (("year",), "2025"),
    (("unknown",), 1),
    (("windows", "apply", "closes"), "6 March"),
    (("windows", "aply"), {"closes": "2025-03-06"}),
    (("quotas", "recommend", "scope"), ["moon"]),
    (("flow", "decision_by"), "moon"),
    (("requirements", 0, "code"), "moon"),
    (("requirements", 0, "params", "count"), "many"),
    (("requirements", 0, "params", "cuont"), 4),
    (("form", 0, "type"), "moon"),
    (("form", 0, "options"), {"title_mx": 5}),
    (("tasks", 0, "indicators", 0, "value"), "many"),
    (("tasks", 0, "indicators", 0, "comparator"), "=>"),
    (("review", "criteria", 0, "weight"), 0),
]


@pytest.mark.parametrize("path, value", BROKEN, ids=[".".join(map(str, path)) for path, _ in BROKEN])
def test_what_the_loader_refuses_the_schema_refuses_too(path, value, validator):
    document = copy.deepcopy(small_document())
    place = document
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    assert problems_of(document)
    assert list(validator.iter_errors(document))


def test_the_small_call_fits(validator):
    assert list(validator.iter_errors(small_document())) == []


def test_every_requirement_brings_its_parameters(validator):
    text = json.dumps(programme_schema())
    for code, rule in REGISTRY.items():
        assert f'"const": "{code}"' in text
        assert all(f'"{name}"' in text for name in rule.params)
