"""How well an expert fits a task: by the tree of disciplines and by words, and by which ones (review.md §2.5). Pure."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

EXACT, SECOND, FIRST = 1000, 600, 250
UNKNOWN = 500  # a task without topics tells nobody apart
NO_TOPICS = "任务没有学科方向"


@dataclass(frozen=True)
class Match:
    """`value`: 0 to 1000; `words`: the task's topics that the expert knows something of, the best known first."""

    value: int
    words: tuple[str, ...] = ()


def of(topics: Sequence[str], expert: Sequence[str], path: Callable[[str], tuple[str, ...]]) -> Match:
    """How well somebody who knows `expert` fits a task about `topics`; both are codes of disciplines or free words.

    `path(code)`: the codes from the root down to this one, () for a free word. The topic known best counts three
    quarters, the mean over all topics one: whoever knows one of three well fits better than who knows all vaguely.
    """
    topics = list(dict.fromkeys(topics))
    if not topics:
        return Match(UNKNOWN, (NO_TOPICS,))
    known = [(_plain(word), path(word)) for word in expert]
    found = {topic: max((_nearness(topic, path(topic), *one) for one in known), default=0) for topic in topics}
    best, total = max(found.values()), sum(found.values())
    words = sorted((topic for topic in topics if found[topic]), key=lambda topic: -found[topic])
    return Match((3 * best + total // len(topics)) // 4, tuple(words))


def _nearness(topic: str, above: tuple[str, ...], word: str, line: tuple[str, ...]) -> int:
    """Of one topic and one thing the expert knows; what lies below the topic is within it."""
    if _plain(topic) == word or topic in line:
        return EXACT
    shared = sum(1 for one, other in zip(above, line, strict=False) if one == other)
    return SECOND if shared >= 2 else FIRST if shared else 0


def _plain(word: str) -> str:
    """Without spaces, in small letters: 'LiDAR 雷达' is 'lidar雷达'."""
    return "".join(word.split()).casefold()
