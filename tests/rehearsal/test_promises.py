"""What a rehearsal promises: good ones meet every target of every call at hand, worse ones never do."""

from pathlib import Path
from random import Random

import pytest

from jbgs.rehearsal.words import promise
from programmes.loader import read_document
from programmes.parse import parse_document

PROGRAMMES = Path(__file__).parents[2] / "fixtures" / "programmes"


@pytest.mark.parametrize("file", sorted(PROGRAMMES.glob("*.yaml")), ids=lambda file: file.stem)
def test_every_promise_is_what_it_should_be(file):
    spec, rng = parse_document(read_document(file)), Random(7)
    for task in spec.tasks.values():
        for indicator in task.indicators:
            where = f"{task.code} {indicator.name}"
            assert indicator.check_promise(promise(rng, indicator)) is None, where
            if not indicator.is_text:
                assert indicator.check_promise(promise(rng, indicator, worse=True)), where
