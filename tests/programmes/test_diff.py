"""Two documents of a call compared: entries are matched by name, nothing that differs is left out."""

import copy

from hypothesis import given, settings
from hypothesis import strategies as st

from programmes.diff import ADDED, CHANGED, REMOVED, difference
from programmes.schema import plain
from tests.programmes.documents import small_document


def document() -> dict:
    """The small call as it is stored."""
    return plain(small_document())


def changes(edit):
    old = document()
    new = copy.deepcopy(old)
    edit(new)
    return difference(old, new)


def test_equal_documents_do_not_differ():
    assert difference(document(), document()) == []


def test_the_slug_is_no_content():
    assert changes(lambda new: new.update(slug="other")) == []


def test_a_moved_window_says_both_ends():
    (change,) = changes(lambda new: new["windows"]["apply"].update(closes="2099-01-02 17:30"))
    assert (change.path, change.kind, change.new) == ("windows.apply.closes", CHANGED, "2099-01-02 17:30")
    assert change.words == "时间 › 单位申报 › 截止"
    assert change.old == document()["windows"]["apply"]["closes"]


def test_a_task_put_in_front_changes_no_other_task():
    def edit(new):
        new["tasks"].insert(0, {**new["tasks"][0], "code": "NEW-1", "title": "新任务"})

    (change,) = changes(edit)
    assert (change.path, change.kind, change.new) == ("tasks.NEW-1", ADDED, "新任务")


def test_a_task_taken_out_is_named():
    title = document()["tasks"][0]["title"]
    found = changes(lambda new: new["tasks"].pop(0))
    assert [(change.kind, change.old) for change in found] == [(REMOVED, title)]


def test_an_order_that_changed_is_told_once():
    def edit(new):
        new["tasks"].append({**new["tasks"][0], "code": "Z-9"})

    longer = document()
    edit(longer)
    turned = copy.deepcopy(longer)
    turned["tasks"].reverse()
    assert [change.path for change in difference(longer, turned)] == ["tasks"]


leaves = st.one_of(st.none(), st.booleans(), st.integers(0, 9), st.text("ab甲乙", max_size=3))
trees = st.recursive(
    leaves, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.text("xyz", min_size=1), inner)),
    max_leaves=12,
)  # fmt: skip


@settings(deadline=None)
@given(st.dictionaries(st.text("abc", min_size=1), trees), st.dictionaries(st.text("abc", min_size=1), trees))
def test_different_documents_always_have_a_change(old, new):
    assert bool(difference(old, new)) == (old != new)
