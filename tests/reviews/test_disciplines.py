"""The tree of disciplines: loading, asking, refusing."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from jbgs.lib.errors import Refused
from reviews.disciplines import Tree, load, words_of
from reviews.models import Discipline
from tests.budget import queries_of

TABLE = "code,name,parent\n140,物理学,\n14030,光学,140\n1403040,量子光学,14030\n510,电子与通信技术,\n"
FIXTURE = Path(__file__).parent.parent.parent / "fixtures/disciplines.csv"


@pytest.mark.django_db
class TestTree:
    def test_paths_names_and_what_lies_below(self):
        load(TABLE)
        tree = Tree.load()
        assert tree.path("1403040") == ("140", "14030", "1403040") and tree.path("量子测量") == ()
        assert tree.name("14030") == "光学" and tree.name("量子测量") == "量子测量"
        assert tree.below("140") == {"140", "14030", "1403040"} and tree.below("量子测量") == {"量子测量"}
        assert tree.choices()[0] == (
            "140 物理学", [("140", "140 物理学"), ("14030", "14030 光学"), ("1403040", "1403040 量子光学")],
        )  # fmt: skip

    @pytest.mark.parametrize("typed", ["14030", "140.30", "14030 光学", "光学"])
    def test_a_discipline_is_read_as_people_write_it(self, typed):
        load(TABLE)
        assert Tree.load().read(typed) == "14030"

    def test_a_name_that_two_have_stays_a_word(self):
        load(TABLE + "41620,光学,\n")
        assert Tree.load().read("光学") == "光学" and Tree.load().read("41620 光学") == "41620"

    def test_a_name_that_a_discipline_and_its_part_have_is_the_upper_one(self):
        load(TABLE + "1403010,光学,14030\n")
        assert Tree.load().read("光学") == "14030" and Tree.load().read("1403010") == "1403010"

    def test_one_query_whatever_its_size(self):
        load(TABLE)
        few = queries_of(Tree.load)
        load(FIXTURE.read_text())
        assert len(queries_of(Tree.load)) == len(few) == 1


@pytest.mark.django_db
class TestLoading:
    def test_twice_is_once_and_a_change_is_a_change(self):
        first, again = load(TABLE), load(TABLE)
        assert (first.created, first.changed, first.same) == (4, 0, 0)
        assert (again.created, again.changed, again.same) == (0, 0, 4)
        moved = load(TABLE.replace("14030,光学,140", "14030,光学（修订）,510"))
        assert (moved.created, moved.changed, moved.same) == (0, 1, 3)
        assert Tree.load().path("1403040") == ("510", "14030", "1403040")

    def test_a_child_may_stand_before_its_parent(self):
        load("code,name,parent\n14030,光学,140\n140,物理学,\n")
        assert Tree.load().path("14030") == ("140", "14030")

    @pytest.mark.parametrize(
        ("table", "row", "said"),
        [
            ("代码,名称,上级\n1,甲,\n", "第 1 行", "表头"),
            ("code,name,parent\n1,甲,\n1,乙,\n", "第 3 行", "在第 2 行已经出现"),
            ("code,name,parent\n1,甲,9\n", "第 2 行", "上级代码 9 不在表中"),
            ("code,name,parent\n1,甲,2\n2,乙,1\n", "第 2 行", "绕成一圈"),
            ("code,name,parent\n1,甲,1\n", "第 2 行", "绕成一圈"),
            ("code,name,parent\n,甲,\n", "第 2 行", "须有代码、名称"),
            ("code,name,parent\n1,甲\n", "第 2 行", "须有代码、名称"),
            (f"code,name,parent\n1,{'长' * 81},\n", "第 2 行", "名称最多 80 个字"),
        ],
    )
    def test_a_wrong_row_is_named_with_its_reason_and_nothing_is_written(self, table, row, said):
        with pytest.raises(Refused) as refusal:
            load(table)
        assert row in refusal.value.sentence and said in refusal.value.sentence
        assert not Discipline.objects.exists()

    def test_a_circle_through_what_is_loaded_already_is_found(self):
        load(TABLE)
        with pytest.raises(Refused, match="绕成一圈"):
            load("code,name,parent\n140,物理学,1403040\n")

    def test_the_shipped_table(self, capsys):
        call_command("load_disciplines")
        assert "新增 3532 个" in capsys.readouterr().out
        assert Discipline.objects.filter(parent=None).count() == 62
        tree = Tree.load()
        assert tree.path("1403030") == ("140", "14030", "1403030") and tree.name("51030") == "半导体技术"
        levels = [len(tree.path(code)) for code in tree.names]
        # Every row of the standard's table that has a code; of them 61 and 373 are "其他学科".
        assert [levels.count(level) for level in (1, 2, 3)] == [62, 738, 2732]
        others = [len(code) for code in tree.names if code.endswith("99") and len(code) > 3]
        assert (others.count(5), others.count(7)) == (61, 373)
        assert tree.path("1903520") == ("190", "19030", "1903520")  # printed so in the standard
        call_command("load_disciplines")
        assert "相同 3532 个" in capsys.readouterr().out

    def test_the_command_says_which_file_and_which_row(self, tmp_path):
        bad = tmp_path / "bad.csv"
        bad.write_text("code,name,parent\n1,甲,9\n")
        with pytest.raises(CommandError, match=r"bad\.csv：没有载入。\n第 2 行"):
            call_command("load_disciplines", str(bad))
        with pytest.raises(CommandError, match="读不到"):
            call_command("load_disciplines", str(tmp_path / "none.csv"))


class TestAnyTree(TestCase):
    @settings(max_examples=40, deadline=None)
    @given(st.lists(st.integers(0, 7), min_size=1, max_size=8))
    def test_loading_refuses_exactly_the_tables_with_a_circle(self, above):
        """`above[n]`: the parent of n; itself or a number beyond the table means none."""
        size = len(above)
        parents = {n: above[n] if above[n] < size and above[n] != n else None for n in range(size)}
        text = "code,name,parent\n" + "".join(
            f"c{n},学科{n},{'' if parent is None else f'c{parent}'}\n" for n, parent in parents.items()
        )
        try:
            load(text)
        except Refused:
            assert any(self.returns(n, parents) for n in parents)
        else:
            assert not any(self.returns(n, parents) for n in parents)
            assert all(tree_path[-1] == f"c{n}" for n in parents if (tree_path := Tree.load().path(f"c{n}")))

    @staticmethod
    def returns(n, parents) -> bool:
        at = n
        for _ in parents:
            at = parents[at]
            if at is None:
                return False
            if at == n:
                return True
        return False


def test_words_are_parted_as_people_part_them():
    assert words_of(" 光学、量子 测量,光学；\n半导体 ") == ["光学", "量子 测量", "半导体"]
