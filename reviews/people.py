"""What pages and workbooks say of experts: the list with its filters, the reviews done, the log in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Exists, F, OuterRef, Q

from audit.models import Entry
from jbgs.lib import clock
from jbgs.lib.regions import region_name
from jbgs.lib.validators import whole_number
from reviews import queries
from reviews.disciplines import Tree
from reviews.ledger import figures_of
from reviews.models import WITH_EXPERT, Absence, Assignment, AssignmentState, Expert, Relation, Sector

S = AssignmentState
LATEST = 40
ACTS = {
    "create_expert": "加入专家库", "update_expert": "修改资料", "add_employment": "登记任职单位",
    "end_employment": "登记离任", "declare_relation": "登记利益关系", "withdraw_relation": "撤销利益关系",
    "go_away": "登记请假", "ban_expert": "登记禁评", "lift": "提前结束",
}  # fmt: skip
FIELDS = {
    "unit_name": "工作单位", "unit_code": "工作单位代码", "sector": "单位类型", "disciplines": "学科方向",
    "title": "职称", "region": "地区", "id_number": "身份证件号码", "max_load": "最多评审份数",
    "is_available": "可以参加评审",
}  # fmt: skip


def words_in_use() -> set[str]:
    """Every discipline that some expert has; one query."""
    return {word for words in Expert.objects.values_list("disciplines", flat=True) for word in words}


def listed(wanted: dict, tree: Tree):
    """Experts as the list shows them, newest first: with `is_away` and `is_banned`. `wanted`: cleaned ExpertFilter."""
    rows = Expert.objects.select_related("user").with_absences().order_by("-pk")
    if words := wanted.get("q", "").strip():
        found = Q(user__name__icontains=words) | Q(unit_name__icontains=words)
        if (number := whole_number(words.upper().removeprefix("E-"))) is not None:
            found |= Q(pk=number)
        rows = rows.filter(found)
    for name in ("region", "sector"):
        if wanted.get(name):
            rows = rows.filter(**{name: wanted[name]})
    if word := wanted.get("discipline"):
        # JSON lists are searched in Python: SQLite's JSON has no `contains`, and the list is short.
        meant = tree.below(word)
        known = Expert.objects.values_list("pk", "disciplines")
        rows = rows.filter(pk__in=[pk for pk, words in known if meant & set(words)])
    return _standing(rows, wanted.get("standing", ""))


def _standing(rows, standing: str):
    off = Q(is_available=False) | Q(user__is_active=False)
    return {
        "free": lambda: rows.exclude(off).filter(is_away=False, is_banned=False),
        "away": lambda: rows.filter(is_away=True),
        "banned": lambda: rows.filter(is_banned=True),
        "off": lambda: rows.filter(off),
    }.get(standing, lambda: rows)()


def with_figures(experts: Iterable[Expert], tree: Tree) -> list[Expert]:
    """The same with `ledger`, `chip` (may they be drawn today) and `discipline_names`."""
    experts = list(experts)
    figures = figures_of(experts)
    for expert in experts:
        expert.ledger = figures[expert.pk]
        expert.chip = chip_of(expert)
        expert.discipline_names = [tree.name(word) for word in expert.disciplines]
    return experts


def chip_of(expert: Expert) -> dict:
    """Whether a draw may pick this expert today, for `_state_chip.html`; of a row `with_absences`."""
    if not expert.user.is_active:
        return {"label": "账号停用", "tone": "off", "icon": "lock"}
    if expert.is_banned:
        return {"label": "禁评中", "tone": "bad", "icon": "ban"}
    if not expert.is_available:
        return {"label": "暂不参加", "tone": "off", "icon": "cross"}
    if expert.is_away:
        return {"label": "请假中", "tone": "warn", "icon": "cal"}
    return {"label": "可以参加", "tone": "ok", "icon": "check"}


@dataclass(frozen=True)
class CallFigures:
    """An expert's part in one call: numbers of sheets, never a score. `call` is None for calls that are not the
    reader's."""

    call: str | None
    given: int
    signed: int
    late: int
    recused: int
    declined: int
    open: int


def calls_of(expert: Expert, user) -> list[CallFigures]:
    """What the expert did, by call, newest first; calls that `user` does not run or watch in one line. Two queries."""
    sheets = Assignment.objects.filter(expert=expert).exclude(state=S.REMOVED)
    visible = queries.visible_to(user).filter(pk=OuterRef("pk"))
    counted = sheets.annotate(mine=Exists(visible)).values("mine", "application__call_id", "application__call__title")
    late = Q(state=S.SIGNED, signed_at__gt=F("due_at"))
    counted = counted.annotate(
        given=Count("pk"), signed=Count("pk", filter=Q(state=S.SIGNED)), late=Count("pk", filter=late),
        recused=Count("pk", filter=Q(state=S.RECUSED)), declined=Count("pk", filter=Q(state=S.DECLINED)),
        open=Count("pk", filter=Q(state__in=WITH_EXPERT)),
    ).order_by("-application__call_id")  # fmt: skip
    names = ("given", "signed", "late", "recused", "declined", "open")
    mine = [
        CallFigures(row["application__call__title"], *(row[name] for name in names)) for row in counted if row["mine"]
    ]
    others = [row for row in counted if not row["mine"]]
    if others:
        mine.append(CallFigures(None, *(sum(row[name] for row in others) for name in names)))
    return mine


def steps_of(expert: Expert, tree: Tree) -> list[dict]:
    """The log of an expert as steps of `_timeline.html`, newest first; one query."""
    entries = Entry.objects.for_object(expert).done().select_related("actor").order_by("-sequence")[:LATEST]
    return [_step(entry, tree) for entry in entries]


def _step(entry: Entry, tree: Tree) -> dict:
    data = entry.data
    said = [
        f"{FIELDS.get(name, name)}：{_shown(name, before, tree)} → {_shown(name, after, tree)}"
        for name, (before, after) in entry.changes.items()
    ]
    if data.get("unit"):
        said.append(data["unit"])
    if entry.action in ("declare_relation", "withdraw_relation"):
        said.append(dict(Relation.Kind.choices).get(data.get("kind"), ""))
    if entry.action == "lift":
        said.append(dict(Absence.Kind.choices).get(data.get("kind"), ""))
    if data.get("from_on"):
        said.append(f"{data['from_on']} 起" + (f"，至 {data['to_on']}" if data.get("to_on") else ""))
    return {
        "label": ACTS.get(entry.action, "其他办理"),
        "state": "past",
        "icon": "check",
        "tone": "bad" if entry.action == "ban_expert" else "",
        "when": f"{clock.local(entry.happened_at):%Y-%m-%d %H:%M} {entry.actor_label}",
        "text": "；".join(said),
        "quote": data.get("reason", ""),
    }


def _shown(name: str, value, tree: Tree) -> str:
    if name == "id_number":
        return "已变更" if value else "原登记"
    if name == "disciplines":
        value = "、".join(tree.name(word) for word in value)
    if name == "region":
        value = region_name(value)
    if name == "sector":
        value = dict(Sector.choices).get(value, "")
    if isinstance(value, bool):
        value = "是" if value else "否"
    return str(value) or "未填"
