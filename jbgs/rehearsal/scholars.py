"""The fictitious experts: where they work and worked, what they are called, what they know. All of it from their number
and from what the call says of its tasks, so that the same people come again whatever dice the story throws."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from random import Random

from jbgs.lib import clock
from jbgs.lib.regions import REGIONS
from programmes.spec import CallSpec, TaskSpec
from reviews.disciplines import Tree
from reviews.models import Expert, Sector
from reviews.workflow import add_employment, create_expert
from reviews.workflow.experts import MOST_DISCIPLINES

PLACES = "石潭 东篱 云台 兰溪口 苇塘 枫桥岭 鹤汀 青浦湾 雁栖 竹埠 柳沟 寒山 沙洲 月湾".split()
"""None of them a place of the applying units, so that no expert seems to be of one."""
HOUSES = (
    ("大学", Sector.UNIVERSITY, ("教授", "副教授")),
    ("技术研究院", Sector.INSTITUTE, ("研究员", "副研究员")),
    ("科技股份有限公司", Sector.ENTERPRISE, ("正高级工程师", "高级工程师")),
)
MOST_NEAR = 6
"""How many disciplines are kept for a task."""
COMMON = frozenset("技术 科学 科技 学科 工程 其他 研究 理论 应用 方法 系统 基础 学史 与技 术与 及其 学与".split())
"""Pairs of signs that every other discipline has in its name."""


def topics_of(tasks: Iterable[TaskSpec]) -> list[tuple[str, ...]]:
    """What each task is about by its own words; tasks without any are left out, for they ask for nobody."""
    return [(*one.disciplines, *one.keywords) for one in tasks if one.disciplines or one.keywords]


def near(spec: CallSpec, tasks: Iterable[TaskSpec], tree: Tree) -> list[list[str]]:
    """Per task the codes of the disciplines whose names share most with its title, field, summary and keywords."""
    fields = {one.code: one.name for one in spec.fields}
    pairs = {code: _pairs(name) for code, name in tree.names.items() if not name.endswith("其他学科")}
    found = []
    for task in tasks:
        title = _pairs(" ".join((task.title, fields.get(task.field, ""), *task.keywords)))
        rest = _pairs(task.summary or "")
        shares = {code: 3 * len(own & title) + len(own & rest) for code, own in pairs.items()}
        order = {code: (-share, len(tree.names[code]), code) for code, share in shares.items() if share}
        best = sorted(order, key=order.__getitem__)
        found.append([*task.disciplines, *best][:MOST_NEAR])
    return found


def _pairs(text: str) -> set[str]:
    return {text[at : at + 2] for at in range(len(text) - 1)} - COMMON


class Scholars:
    """Makes the experts of one call."""

    def __init__(self, spec: CallSpec, tasks: Sequence[TaskSpec], officer, *, max_load: int = 200):
        self.officer, self.max_load = officer, max_load
        self.topics = topics_of(tasks)
        self.codes = near(spec, tasks, Tree.load())

    def words(self, n: int) -> list[str]:
        """One topic of every task, so that a panel is found for each; then disciplines near one of them."""
        known = [one[n % len(one)] for one in self.topics]
        codes = self.codes[n % len(self.codes)] if self.codes else []
        codes = codes[n % len(codes) :] + codes[: n % len(codes)] if codes else []
        room = max(0, MOST_DISCIPLINES - len(known))
        return list(dict.fromkeys([*codes[: min(3, room)], *known])) or ["未来产业"]

    def expert(self, n: int, person) -> Expert:
        """The expert whom this person is; one who is known learns what this call asks for."""
        known = Expert.objects.select_related("user").filter(user=person).first()
        if known:
            known.disciplines = list(dict.fromkeys([*self.words(n), *known.disciplines]))
            known.save(update_fields=["disciplines"])
            return known
        ending, sector, titles = HOUSES[n % len(HOUSES)]
        expert = create_expert(
            by=self.officer, user=person, unit_name=house(n), sector=sector, title=titles[n // len(HOUSES) % 2],
            region=REGIONS[n * 5 % len(REGIONS)].code, disciplines=self.words(n), max_load=self.max_load,
        )  # fmt: skip
        self._past(expert, n)
        return expert

    def _past(self, expert: Expert, n: int) -> None:
        """One in three worked elsewhere before, one in four has a second unit."""
        rng, today = Random(n), clock.today()
        if n % 3 == 1:
            left = today - timedelta(days=rng.randint(900, 3000))
            began = left - timedelta(days=rng.randint(700, 3000))
            add_employment(expert, by=self.officer, unit_name=house(n + 60), from_on=began, to_on=left)
        if n % 4 == 2:
            began = today - timedelta(days=rng.randint(300, 1500))
            unit = f"{PLACES[(n + 5) % len(PLACES)]}联合实验室（虚构{n + 1:02d}）"
            add_employment(expert, by=self.officer, unit_name=unit, position="兼职研究员", from_on=began)


def house(n: int) -> str:
    """The unit of the n-th expert, which is nobody else's."""
    return f"{PLACES[n % len(PLACES)]}{HOUSES[n % len(HOUSES)][0]}（虚构{n + 1:02d}）"
