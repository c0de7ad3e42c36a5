"""The order that a department typed or dragged: numbers beside rows become an order of ids for each task."""

from collections import defaultdict

from applications import listing, workflow
from applications.models import Application, RecommendationList
from audit.door import together
from jbgs.lib.errors import Refused
from jbgs.lib.validators import whole_number
from programmes.models import Task


class Order:
    """One sent form. Fields: `rank-<pk>` as typed, `was-<pk>` as the page showed it.

    `typed` and `errors` (by application id) are what the page shows again after a refusal.
    """

    def __init__(self, listed: RecommendationList, data):
        self.listed = listed
        self.typed = {int(name[5:]): data[name].strip() for name in data if _is_field(name, "rank-")}
        self.was = {int(name[4:]): data[name].strip() for name in data if _is_field(name, "was-")}
        self.errors: dict[int, str] = {}
        self.sentence = ""

    def save(self, *, by, key: str) -> int:
        """Write the tasks whose order changed, all or none; how many they are. The door judges in any case."""
        stranger = not listing.is_department(self.listed, by)
        orders = [] if stranger else self._orders()
        if stranger:
            orders = [(self.listed.call.tasks.first(), [])]
        with together():
            for task, order in orders:
                workflow.rerank(self.listed, by=by, task=task, order=order, key=key and f"{key}:{task.code}"[:80])
        return len(orders)

    def refuse(self, refusal: Refused) -> None:
        """Keep why it was not accepted, for the page."""
        self.sentence = refusal.sentence

    def _orders(self) -> list[tuple[Task, list[int]]]:
        """(task, ids in the wanted order) for each task with a change."""
        by_task: dict[Task, list[Application]] = defaultdict(list)
        ranked = self.listed.applications.select_related("task").exclude(rank=None)
        for application in ranked.order_by("task__order", "rank"):
            by_task[application.task].append(application)
        changed = []
        for task, rows in by_task.items():
            if not any(row.pk in self.typed for row in rows):
                continue
            present = [row.pk for row in rows]
            wanted = [row.pk for row in sorted(rows, key=lambda row: self._place(row, len(rows)))]
            if wanted != present:
                changed.append((task, wanted))
        if self.errors:
            raise Refused("rank_unreadable", "次序没有保存，请改正标出的数字。", field="order")
        return changed

    def _place(self, row: Application, most: int) -> tuple[int, int, int]:
        """Where a row wants to stand. Of two that name the same place, the one that was moved has it."""
        if self.was.get(row.pk, str(row.rank)) != str(row.rank):
            sentence = "名单在您排序时有变动，次序没有保存。请按现在的名单重新排序。"
            raise Refused("order_changed", sentence, field="order")
        typed = self.typed.get(row.pk, str(row.rank))
        place = whole_number(typed)
        if place is None or not 1 <= place <= most:
            self.errors[row.pk] = f"次序“{typed}”不是 1 到 {most} 的整数。"
            return (row.rank, 0, row.rank)
        return (place, (place > row.rank) - (place < row.rank), row.rank)


def _is_field(name: str, prefix: str) -> bool:
    return name.startswith(prefix) and whole_number(name.removeprefix(prefix)) is not None
