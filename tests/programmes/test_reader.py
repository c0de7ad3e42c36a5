"""YAML is read as it was written: no guessed dates, no lost zeros, and every line known."""

from decimal import Decimal

import pytest

from programmes.reader import Unreadable, read_text


def test_numbers_are_exact():
    document, _ = read_text("a: 0.1\nb: 1000\nc: 1e-11\nd: 3.10\ne: -2.5\nf: [0.001, 1000]")
    assert document == {
        "a": Decimal("0.1"), "b": 1000, "c": Decimal("1E-11"), "d": Decimal("3.10"), "e": Decimal("-2.5"),
        "f": [Decimal("0.001"), 1000],
    }  # fmt: skip
    assert str(document["d"]) == "3.10"
    assert type(document["a"]) is Decimal


def test_what_yaml_would_guess_stays_text():
    document, _ = read_text("a: 2025-03-06\nb: 17:30\nc: yes\nd: 0123\ne: off\nf: 2025-03-06 17:30")
    assert document == {
        "a": "2025-03-06", "b": "17:30", "c": "yes", "d": "0123", "e": "off", "f": "2025-03-06 17:30",
    }  # fmt: skip


def test_constants_and_quotes():
    document, _ = read_text("a: true\nb: null\nc: \"1000\"\nd: 'true'\ne:\nf: |\n  一\n  二\n")
    assert document == {"a": True, "b": None, "c": "1000", "d": "true", "e": None, "f": "一\n二"}


def test_every_path_has_its_line():
    _, lines = read_text("a: 1\nb:\n  - x: 1\n  - x: 2\n    y: 3\n")
    assert lines[("b", 1, "x")] == 4
    assert lines[("b", 1, "y")] == 5


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: 1\na: 2", "第 2 行：键“a”重复，前一处在第 1 行"),
        ("a: [1, 2", "第 1 行"),
        ("a: 1\n b: 2", "第 2 行"),
        ("? [1, 2]\n: 3", "键须为文字"),
        ("a: &x\n  b: *x", "包含它自己"),
        ("a: \x00", "不是有效的 YAML"),
    ],
)
def test_what_cannot_be_read_says_where(text, said):
    with pytest.raises(Unreadable, match=said):
        read_text(text)
