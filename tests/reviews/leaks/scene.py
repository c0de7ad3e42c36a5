"""A review that has been played with planted secrets, for the tests of who learns what.

Two tasks. Of the first, `lost` was passed over and its unit has been given the opinions, `won` is proposed but not yet
public, and `open` is in review: one sheet signed, one half written, one recused, one declined, one given back. Of the
second, `other` is in review with experts of its own. Every name, telephone, score, opinion and reason is written in
words that stand nowhere else, so that whoever finds them in an answer has seen the thing.
"""

import itertools
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from accounts.models import User
from applications import access, workflow
from applications.models import Application, OfficerRecusal
from jbgs.lib import clock
from jbgs.rehearsal.cast import make_person, make_unit
from reviews import sheets as arithmetic
from reviews import workflow as reviews
from reviews.models import Assignment, AssignmentState, Expert
from tests.applications.calls import call_with
from tests.cast import OPEN, RECOMMENDING, World, checked_items, world

VISIT = datetime(2025, 3, 19, 12, 0, tzinfo=clock.SHANGHAI)
"""When everybody looks."""
PANEL = ("signer", "drafter", "recuser", "decliner", "returner")
"""The experts of the first task, by what became of their sheet of `open`; all have signed `lost` and `won`."""
SECOND = ("gilder", "scribe")
"""The experts of the second task: one has signed, one is at work."""
EXPERTS = (*PANEL, *SECOND, "idle")
OFFICERS = ("olga", "oscar", "oleg", "ruth")
"""Of the call, of the second task's field, of nothing here, of the call but recused from `open`."""
KEEPERS = ("sysadmin", "security", "audit", "root")
APPLICANTS = ("alice", "bob", "carol", "frank")
"""Of `lost`, of `open`, of `won`, of a unit that has filed nothing."""
OTHERS = ("visitor", "dora", "dick", "odin", "sven")
ROLES = (
    *OTHERS,
    *APPLICANTS,
    *OFFICERS,
    *KEEPERS,
    "signer",
    "drafter",
    "recuser",
    "decliner",
    "returner",
    "gilder",
    "idle",
)
UNITS = {"lost": "alice", "won": "carol", "open": "bob", "other": "dan"}
TITLES = {"lost": "虚构项目落榜", "won": "虚构项目上榜", "open": "虚构项目在评", "other": "虚构项目另题"}


@dataclass(frozen=True)
class Secret:
    """`kind`: see table.KINDS. `expert`, `application`, `task`: what it is of, where it is of one."""

    kind: str
    word: str
    expert: str = ""
    application: str = ""
    task: str = ""


@dataclass
class Scene:
    """The rows by name. `typed`: (application, expert) → points by criterion, as typed."""

    cast: World
    people: dict[str, User | None] = field(default_factory=dict)
    applications: dict[str, Application] = field(default_factory=dict)
    experts: dict[str, Expert] = field(default_factory=dict)
    sheets: dict[tuple[str, str], Assignment] = field(default_factory=dict)
    secrets: list[Secret] = field(default_factory=list)
    numbers: object = None
    figures: set[str] = field(default_factory=set)
    address_book: dict[str, list[str]] = field(default_factory=dict)
    """Kept by surface.py."""

    @property
    def call(self):
        return self.cast.call

    def fresh(self, application: str, expert: str) -> Assignment:
        return Assignment.objects.select_related("expert__user").get(pk=self.sheets[application, expert].pk)


def play() -> Scene:
    """Build everything; some seconds."""
    cast = world(call_with(flow={"opinions_to_unit": True}))
    scene = Scene(cast)
    _gather(scene)
    _file(scene)
    with clock.travel(RECOMMENDING):
        _seat(scene)
        _decide(scene)
    with clock.travel(RECOMMENDING + timedelta(days=1)):
        _recuse_officer(scene)
        _go_on(scene)
    return scene


def _gather(scene: Scene) -> None:
    cast = scene.cast
    people = {name: getattr(cast, name, None) for name in (*ROLES, "otto")}
    units = {name: make_unit(40 + place) for place, name in enumerate(("carol", "dan", "frank"))}
    people |= {name: make_person(name, "unit_admin", unit=unit) for name, unit in units.items()}
    roles = {"oleg": "officer", "ruth": "officer", "odin": "owner", "sysadmin": "system_admin",
             "security": "security_admin", "audit": "audit_admin"}  # fmt: skip
    people |= {name: make_person(name, role) for name, role in roles.items()}
    people["root"] = User.objects.create_superuser("root", name="root")
    access.grant_call(people["ruth"], cast.call)
    for place, name in enumerate(EXPERTS):
        planted = {
            "name": f"虚构专家{'甲乙丙丁戊己庚辛'[place]}暗名", "username": f"zz-{name}-zz",
            "phone": f"139{place + 1:04d}7{place:03d}",
        }  # fmt: skip
        people[name] = make_person(planted["username"], "expert", name=planted["name"], phone=planted["phone"])
        workplace, topic = f"虚构暗所{name}研究院", f"虚构暗科{name}"
        expert = reviews.create_expert(
            by=cast.olga, user=people[name], unit_name=workplace, disciplines=[topic], max_load=20
        )
        planted |= {"workplace": workplace, "topic": topic, "number": expert.number}
        scene.secrets += [Secret(kind, word, expert=name) for kind, word in planted.items()]
        scene.experts[name] = expert
    scene.people = people


def _file(scene: Scene) -> None:
    """Four complete applications of four units, recommended on one list, in review."""
    cast, tasks = scene.cast, list(scene.call.tasks.order_by("order"))
    with clock.travel(OPEN):
        for name, unit in UNITS.items():
            by = scene.people[unit]
            row = cast.draft(task=tasks[-1] if name == "other" else tasks[0], by=by)
            saved = row.sections.get(key="project").version
            workflow.save_section(row, "project", {"title": TITLES[name]}, base_version=saved, by=by)
            row = workflow.recommend(
                workflow.submit(row, by=by), by=cast.dora, opinion="同意推荐", over_reason="虚构理由"
            )
            scene.applications[name] = row
    with clock.travel(RECOMMENDING):
        workflow.confirm_list(row.recommendation_list, by=cast.dora, letter_no="虚构函〔2025〕1号", pledge=True)
        for name in UNITS:
            row = refresh(scene, name)
            workflow.accept(row, by=cast.olga, items=checked_items(row))
            if refresh(scene, name).state == "accepted":
                workflow.start_review(scene.applications[name], by=cast.olga)
            refresh(scene, name)


def refresh(scene: Scene, name: str) -> Application:
    related = ("call__current_version", "task__field", "unit", "version", "recommendation_list", "call_version")
    row = Application.objects.select_related(*related).get(pk=scene.applications[name].pk)
    scene.applications[name] = row
    return row


def _seat(scene: Scene) -> None:
    """Sheets for everybody, pledged; those of `lost` and `won` signed."""
    scene.numbers = _unused_points(scene)
    for name in UNITS:
        panel = SECOND if name == "other" else PANEL
        rows = reviews.assign(scene.applications[name], by=scene.cast.olga, experts=[scene.experts[e] for e in panel])
        by_expert = {row.expert_id: row for row in rows}
        for expert in panel:
            seat = by_expert[scene.experts[expert].pk]
            scene.sheets[name, expert] = reviews.pledge(seat, by=scene.people[expert])
    for name, expert in itertools.product(("lost", "won"), PANEL):
        sign(scene, name, expert)
    sign(scene, "other", "gilder")
    save(scene, "other", "scribe")


def _unused_points(scene: Scene):
    """Points with two decimals that stand in no application, none twice; the same for each build."""
    held = json.dumps([row.version.content for row in scene.applications.values()], ensure_ascii=False)
    for step in itertools.count():
        points = f"{61 + step * 7 % 36}.{11 + step * 13 % 88:02d}"
        if points not in held and not points.endswith("0") and points not in scene.figures:
            scene.figures.add(points)
            yield points


def _points(scene: Scene, review) -> tuple[dict[str, str], str]:
    """(points by criterion, their total): figures that stand nowhere else, the total neither."""
    while True:
        points = {criterion.key: next(scene.numbers) for criterion in review.criteria}
        hundredths = {item.key: arithmetic.to_points(points[item.key], item) for item in review.criteria}
        total = arithmetic.show_two(arithmetic.total(hundredths, review))
        if total not in scene.figures and not total.endswith("0"):
            scene.figures.add(total)
            return points, total


def save(scene: Scene, application: str, expert: str) -> Assignment:
    """Write the whole sheet in new secret figures and words; it is not signed."""
    sheet, by = scene.fresh(application, expert), scene.people[expert]
    points, total = _points(scene, sheet.rules.spec.review)
    of = {"expert": expert, "application": application, "task": "two" if application == "other" else "one"}
    mark = f"暗语{application}{expert}{sheet.sheet_version}"
    text = f"{mark}。{by.name}（{scene.experts[expert].unit_name}，电话{by.phone}）认为可行。"
    sheet = reviews.save_score(
        sheet, by=by, points=points, opinion=text, advice="acceptable", base_version=sheet.sheet_version
    )
    scene.secrets += [Secret("points", value, **of) for value in points.values()]
    scene.secrets += [Secret("total", total, **of), Secret("opinion", mark, **of)]
    return sheet


def sign(scene: Scene, application: str, expert: str) -> Assignment:
    return reviews.sign(save(scene, application, expert), by=scene.people[expert])


def _decide(scene: Scene) -> None:
    cast, (lost, won) = scene.cast, (scene.applications["lost"], scene.applications["won"])
    reasons = {lost.pk: "暗由落榜", won.pk: "暗由上榜"}
    reviews.prepare_shortlist(
        scene.call, lost.task, by=cast.olga, chosen=[won], passed_over=[lost], reasons=reasons, over_reason="暗由超额"
    )
    for name in ("lost", "won"):
        row = refresh(scene, name)
        decision = row.decisions.get(state="prepared")
        workflow.approve_decision(decision, by=cast.otto)
        of = {"application": name, "task": "one"}
        figures = {decision.evidence["score"], decision.evidence["mean"]}
        scene.secrets += [Secret("mean", figure, **of) for figure in figures]
        scene.secrets.append(Secret("ground", reasons[row.pk], **of))
        refresh(scene, name)


def _go_on(scene: Scene) -> None:
    """The sheets of `open`, each in a state of its own."""
    sign(scene, "open", "signer")
    save(scene, "open", "drafter")
    save(scene, "open", "recuser")
    reviews.declare_recusal(scene.fresh("open", "recuser"), by=scene.people["recuser"], reason="暗由回避")
    save(scene, "open", "decliner")
    decline(scene, "decliner", "暗由谢绝")
    sign(scene, "open", "returner")
    reviews.return_for_revision(scene.fresh("open", "returner"), by=scene.cast.olga, reason="暗由退回")
    reviews.recuse(scene.applications["other"], by=scene.cast.olga, expert=scene.experts["signer"], reason="暗由认定")
    of = {"application": "open", "task": "one"}
    scene.secrets += [
        Secret("recusal", "暗由回避", expert="recuser", **of),
        Secret("declined", "暗由谢绝", expert="decliner", **of),
        Secret("note", "暗由退回", expert="returner", **of),
        Secret("recusal", "暗由认定", expert="", application="other", task="two"),
    ]


def decline(scene: Scene, expert: str, reason: str) -> None:
    """谢绝, through the verb where the room has it."""
    sheet = scene.fresh("open", expert)
    if hasattr(reviews, "decline"):
        reviews.decline([sheet], by=scene.people[expert], reason=reason)
    else:
        sheet.state, sheet.note = AssignmentState.DECLINED, reason
        sheet.save()


def _recuse_officer(scene: Scene) -> None:
    OfficerRecusal.objects.create(
        user=scene.people["ruth"], application=scene.applications["open"], reason="暗由主管回避", by=scene.cast.olga,
        at=clock.now(),
    )  # fmt: skip
