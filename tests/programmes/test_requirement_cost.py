"""What asking costs: all rules of every call at hand, and every rule there is on an application with many rows."""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from programmes.facts import CommitmentFacts
from programmes.loader import read_document
from programmes.parse import parse_document
from programmes.requirements import check
from programmes.schema import plain
from programmes.spec import RequirementSpec
from tests.programmes.requirement_cases import BASE, CASES, LEADER, PARTNER, elsewhere, line, rows

FIXTURES = sorted((Path(__file__).parents[2] / "fixtures/programmes").glob("*.yaml"))
PROMISED = 0.005  # seconds of CPU for one application; the bounds below leave room for a busy machine


def cpu(work, times: int = 5) -> float:
    """CPU seconds of the quickest of several goes."""
    spent = []
    for _ in range(times):
        started = time.process_time()
        work()
        spent.append(time.process_time() - started)
    return min(spent)


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: path.stem)
def test_all_rules_of_a_call_on_its_largest_task(path):
    spec = parse_document(plain(read_document(path)))
    task = max(spec.tasks.values(), key=lambda one: len(one.indicators))
    specs = spec.requirements_of(task.code)
    promises = {one.code: CommitmentFacts({"value": "1", "text": "一"}, proof="报告") for one in task.indicators}
    facts = replace(BASE, task=task, form=spec.form, commitments=promises, sections={})
    assert any(not found.ok for found in check(specs, facts))
    assert cpu(lambda: check(specs, facts)) < 3 * PROMISED


def test_every_rule_there_is_with_a_hundred_rows_of_everything():
    many = rows("lines", *(line(product=str(place)) for place in range(100)))
    facts = replace(
        many,
        partners=tuple(replace(PARTNER, name=f"伙伴{n}", code=f"B{n}") for n in range(100)),
        team=tuple(replace(LEADER, name=f"人{n}", is_leader=not n) for n in range(100)),
        others=tuple(elsewhere(number=f"X-{n}", title=f"项目{n}", people={n: True}) for n in range(50)),
    )
    specs = [RequirementSpec(case.code, case.params) for case in CASES if case.code != "youth_share_at_least"]
    assert len({spec.code for spec in specs}) > 50
    assert cpu(lambda: check(specs, facts)) < 10 * PROMISED
