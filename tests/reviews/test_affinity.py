"""How well somebody fits a task: exact, near, far, by words; and by which topics."""

import pytest

from reviews import affinity

TREE = {"140": ("140",), "140.20": ("140", "140.20"), "140.2030": ("140", "140.20", "140.2030"),
        "140.2040": ("140", "140.20", "140.2040"), "140.55": ("140", "140.55"), "510": ("510",)}  # fmt: skip


def of(topics, expert):
    return affinity.of(topics, expert, lambda code: TREE.get(code, ()))


@pytest.mark.parametrize(
    "topic, knows, value",
    [
        ("140.2030", "140.2030", 1000),
        ("140.20", "140.2030", 1000),  # whoever knows a part of what was asked for is within it
        ("140.2030", "140.2040", 600),
        ("140.2030", "140.20", 600),
        ("140.2030", "140.55", 250),
        ("140.2030", "140", 250),
        ("140.2030", "510", 0),
        ("量子 测量", "量子测量", 1000),
        ("LiDAR", "lidar", 1000),
        ("量子测量", "量子计算", 0),
        ("140.2030", "量子测量", 0),
    ],
)
def test_one_topic(topic, knows, value):
    assert of([topic], [knows]).value == value


def test_the_best_of_what_one_knows_counts():
    assert of(["140.2030"], ["510", "140.55", "140.2040"]) == affinity.Match(600, ("140.2030",))


def test_several_topics_weigh_in_and_the_best_known_comes_first():
    both, one, far = (of(["140.55", "量子测量"], knows) for knows in (["量子测量", "140.55"], ["量子测量"], ["140.20"]))
    assert both.value == 1000 > one.value == 875 > far.value > 0
    assert one.words == ("量子测量",) and of(["140.55", "量子测量"], ["量子测量", "140.20"]).words == (
        "量子测量",
        "140.55",
    )


def test_naming_a_topic_twice_changes_nothing():
    assert of(["140.55", "510", "140.55"], ["510"]) == of(["140.55", "510"], ["510"])


def test_a_task_without_topics_tells_nobody_apart():
    assert of([], ["510"]) == of([], []) == affinity.Match(500, (affinity.NO_TOPICS,))


def test_an_expert_of_whom_nothing_is_known_fits_nothing():
    assert of(["510"], []) == affinity.Match(0)
