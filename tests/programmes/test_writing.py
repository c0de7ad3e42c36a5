"""A document written as YAML loads to the same document: every fixture, and texts that look like something else."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from programmes.loader import read_document
from programmes.reader import read_text
from programmes.schema import plain
from programmes.writing import write_document

FIXTURES = sorted((Path(__file__).parents[2] / "fixtures/programmes").glob("*.yaml"))


@pytest.mark.parametrize("file", FIXTURES, ids=lambda file: file.stem)
def test_a_fixture_written_again_is_the_same_document(file):
    stored = read_document(file)
    assert plain(read_text(write_document(stored))[0]) == stored


texts = st.one_of(
    st.text("aé甲 :#-[]{}\"'|>\n%@&*!,?0.", max_size=12).map(lambda text: text.rstrip("\n") if "\n" in text else text),
    st.sampled_from(["", "yes", "no", "null", "~", "true", "1", "-3", "0.250", "1e-11", "1_000", "0x1F", "17:30",
                     "2025-03-06", "2025-03-06 17:30", "012", "+5", ".5", "1:30:00", "=", "<<",
                     "甲：乙", "a: b", " a "]),
)  # fmt: skip
trees = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(-99, 99), texts),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text("abkey", min_size=1), inner)),
    max_leaves=10,
)


@settings(deadline=None, max_examples=300)
@given(st.dictionaries(st.text("xyzw", min_size=1), trees, min_size=1))
def test_any_document_comes_back(document):
    assert plain(read_text(write_document(document))[0]) == document


def test_figures_are_written_as_numbers_with_every_digit():
    text = write_document({"indicators": [{"code": "i1", "value": "0.250"}, {"code": "i2", "value": ["1e-11", "10"]}]})
    assert "value: 0.250" in text
    assert plain(read_text(text)[0])["indicators"][1]["value"] == ["1e-11", "10"]


def test_long_texts_are_blocks_that_people_can_read():
    assert "|" in write_document({"texts": {"pledge": "第一行\n第二行"}})


def test_the_order_of_the_format_comes_back_whatever_the_database_made_of_it():
    """PostgreSQL's jsonb sorts the keys of a document by their length."""
    shuffled = {"tasks": [{"title": "甲", "field": "a", "code": "A-1"}], "title": "批次", "slug": "x-1",
                "windows": {"recommend": {"opens": "2025-01-01"}, "apply": {}},
                "form": [{"type": "budget", "key": "b", "options": {"items": [], "years": [2025]}}]}  # fmt: skip
    text = write_document(shuffled)
    places = [text.index(word) for word in ("slug:", "title:", "windows:", "apply:", "recommend:", "form:", "tasks:")]
    assert places == sorted(places)
    assert text.index("years:") < text.index("items:") and text.index("code: A-1") < text.index("title: 甲")
