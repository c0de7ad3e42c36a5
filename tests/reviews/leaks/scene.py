"""A review that has been played with planted secrets, for the tests of who learns what.

Of the first task, `lost` was passed over and its unit has been given the opinions, `won` is proposed but not yet
public, and `open` is in review: one sheet signed, one half written, one recused, one declined, one given back. Of the
second, `other` is in review with experts of its own. What was drawn and looked at again is in scene_draw.py, the blind
call with its meeting in scene_blind.py. Every name, telephone, score, opinion and reason is written in words that stand
nowhere else, so that whoever finds them in an answer has seen the thing.
"""

import itertools
import json
import os
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.urls import reverse

from accounts.models import User
from applications import access, workflow
from applications.models import Application
from jbgs.lib import clock
from jbgs.rehearsal.cast import make_person, make_unit
from notifications import feed
from reviews import sheets as arithmetic
from reviews import workflow as reviews
from reviews.models import Assignment, Expert
from tests.applications.calls import call_with
from tests.cast import OPEN, RECOMMENDING, World, checked_items, world

VISIT = datetime(2025, 3, 19, 12, 0, tzinfo=clock.SHANGHAI)
"""When everybody looks."""
PANEL = ("signer", "drafter", "recuser", "decliner", "returner")
"""The experts of the first task, by what became of their sheet of `open`; all have signed `lost` and `won`."""
SECOND = ("gilder", "scribe")
"""The experts of the second task: one has signed, one is at work."""
SPARE = ("idle", "late")
"""On no panel; `late` comes when something happens in a test."""
DRAWN = ("taker", "leaver", "swapped", "waited", "cleared", "stepper", "waiter")
"""Of the draw for `drawn`: has signed; declined; was replaced; is to be replaced; looks though a ground was found; the
alternate who stepped in; the one who still waits. `newcomer` came for `swapped`."""
VEILED = ("masker", "hider")
"""Of the blind call: one has signed everything, one is at work on `veiled`."""
MEMBERS = ("chair", "member", "aside")
"""Of the panel of the blind call; the last one stands aside from what is on its agenda."""
EXPERTS = (*PANEL, *SECOND, *SPARE, *DRAWN, "newcomer", *VEILED, *MEMBERS)
OFFICERS = ("olga", "otto", "oscar", "oleg", "ruth")
"""Two of the calls, of the second task's field, of nothing here, of the calls but recused from `open` and `beside`."""
KEEPERS = ("sysadmin", "security", "audit", "root")
APPLICANTS = ("alice", "bob", "carol", "gail", "hugo", "frank")
"""Of `lost`, of `open`, of `won`, of `drawn`, of `veiled`, of a unit that has filed nothing."""
OTHERS = ("visitor", "dora", "dick", "odin", "sven")
LIKE_OTHERS = (
    "bob", "otto", "root", "drafter", "returner", "decliner", "scribe", "late", "leaver", "cleared", "swapped",
    "waited", "waiter", "newcomer", "chair", "aside",
)  # fmt: skip
"""People to whom nothing is open of a kind that another one does not have; with EVERY_ROLE=1 they walk, too."""
EVERYBODY = (*OTHERS, *APPLICANTS, *OFFICERS, *KEEPERS, *EXPERTS)
ROLES = tuple(name for name in EVERYBODY if name not in LIKE_OTHERS or os.environ.get("EVERY_ROLE"))
UNITS = {
    "lost": "alice", "won": "carol", "open": "bob", "other": "dan", "drawn": "gail", "again": "hank", "beside": "iris",
}  # fmt: skip
"""Applications of the first call, by who files them."""
BLIND = {"veiled": "hugo", "hidden": "ivan"}
"""Of the blind call: in review; looked at again, and voted on in the meeting."""
TASKS = {
    "lost": "one", "won": "one", "open": "one", "other": "two", "drawn": "three", "again": "four", "beside": "five",
    **dict.fromkeys(BLIND, "blind"),
}  # fmt: skip
ORDER = ("one", "three", "four", "five")
"""The first tasks of the call; the second one is its last, in another field."""
TITLES = {
    "lost": "虚构项目落榜", "won": "虚构项目上榜", "open": "虚构项目在评", "other": "虚构项目另题",
    "drawn": "虚构项目抽中", "again": "虚构项目复议", "beside": "虚构项目同抽",
}  # fmt: skip


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
    blind_call: object = None
    draws: dict[str, object] = field(default_factory=dict)
    meetings: dict[str, object] = field(default_factory=dict)
    address_book: dict[str, list[str]] = field(default_factory=dict)
    """Kept by surface.py."""
    closed: dict[str, set[str]] = field(default_factory=dict)
    """Role → url names that are closed to it whatever the row; kept by surface.py."""
    feeds: dict[str, str] = field(default_factory=dict)
    """Everybody's own calendar, by address."""

    @property
    def call(self):
        return self.cast.call

    @property
    def calls(self) -> list:
        return [self.cast.call, self.blind_call]

    def fresh(self, application: str, expert: str) -> Assignment:
        return Assignment.objects.select_related("expert__user").get(pk=self.sheets[application, expert].pk)

    def plant(self, kind: str, word: str, application: str = "", expert: str = "") -> str:
        """Keep a secret of this application, and of this expert; the word, which goes somewhere now."""
        self.secrets.append(Secret(kind, word, expert, application, TASKS.get(application, "")))
        return word

    def seat(self, application: str, *experts: str) -> None:
        """Sheets for these, pledged."""
        chosen = [self.experts[name] for name in experts]
        for row in reviews.assign(self.applications[application], by=self.cast.olga, experts=chosen):
            name = next(name for name in experts if self.experts[name].pk == row.expert_id)
            self.sheets[application, name] = reviews.pledge(row, by=self.people[name])


def first_call() -> Scene:
    """The call of scene.py with everybody who is in any part of the scene; nothing is reviewed yet."""
    cast = world(call_with(flow={"opinions_to_unit": True}))
    scene = Scene(cast)
    _gather(scene)
    _file(scene)
    return scene


def review_first(scene: Scene) -> None:
    """The first two tasks; once everything is filed, for its figures stand in no application."""
    with clock.travel(RECOMMENDING):
        _seat(scene)
        _decide(scene)
    with clock.travel(RECOMMENDING + timedelta(days=1)):
        recuse_officer(scene, "open", scene.plant("officer", "暗由主管回避", "open"))
        _go_on(scene)


def _gather(scene: Scene) -> None:
    cast = scene.cast
    people = {name: getattr(cast, name, None) for name in EVERYBODY}  # the visitor is nobody
    filing = ("carol", "dan", "frank", "gail", "hank", "iris", "hugo", "ivan")
    units = {name: make_unit(40 + place) for place, name in enumerate(filing)}
    people |= {name: make_person(name, "unit_admin", unit=unit) for name, unit in units.items()}
    roles = {"oleg": "officer", "ruth": "officer", "odin": "owner", "sysadmin": "system_admin",
             "security": "security_admin", "audit": "audit_admin"}  # fmt: skip
    people |= {name: make_person(name, role) for name, role in roles.items()}
    people["root"] = User.objects.create_superuser("root", name="root")
    access.grant_call(people["ruth"], cast.call)
    scene.people = people
    for place, name in enumerate(EXPERTS):
        if name not in DRAWN:  # who becomes what is drawn
            know(scene, name, make_expert(scene, name, place))


def make_expert(scene: Scene, name: str, place: int):
    """Somebody all of whose words stand nowhere else."""
    user = make_person(
        f"zz-{name}-zz", "expert", name=f"虚构专家{chr(0x4E00 + 7 * place)}暗名",
        phone=f"139{place + 1:04d}7{place:03d}",
    )  # fmt: skip
    User.objects.filter(pk=user.pk).update(is_fictitious=False)  # whom a call that is no rehearsal may draw
    return reviews.create_expert(
        by=scene.cast.olga, user=user, unit_name=f"虚构暗所{name}研究院", disciplines=[f"虚构暗科{name}"], max_load=20
    )


def know(scene: Scene, name: str, expert) -> None:
    """From now on this expert is called `name`, and everything about them is a secret."""
    user = User.objects.get(pk=expert.user_id)
    scene.people[name], scene.experts[name] = user, expert
    planted = {
        "name": user.name, "phone": user.phone, "lot" if name in DRAWN else "username": user.username,
        "workplace": expert.unit_name, "topic": expert.disciplines[0], "number": expert.number,
    }  # fmt: skip
    scene.secrets += [Secret(kind, word, expert=name) for kind, word in planted.items()]


def _file(scene: Scene) -> None:
    """Complete applications of as many units, recommended on one list, in review."""
    tasks = list(scene.call.tasks.order_by("order"))
    by_word = dict(zip(ORDER, tasks, strict=False)) | {"two": tasks[-1]}
    with clock.travel(OPEN):
        for name, unit in UNITS.items():
            file(scene, name, scene.people[unit], by_word[TASKS[name]], TITLES[name])
    take(scene, UNITS)


def file(scene: Scene, name: str, by, task, title: str, attach=None) -> None:
    """One application from the draft to the recommendation; `attach` may add to the draft."""
    row = scene.cast.draft(task=task, by=by)
    if attach:
        attach(row)
    workflow.save_section(row, "project", {"title": title}, base_version=row.sections.get(key="project").version, by=by)
    row = workflow.submit(row, by=by)
    scene.applications[name] = workflow.recommend(row, by=scene.cast.dora, opinion="同意推荐", over_reason="虚构理由")


def take(scene: Scene, names) -> None:
    """The list of these is confirmed, and they go to review."""
    cast = scene.cast
    with clock.travel(RECOMMENDING):
        row = scene.applications[next(iter(names))]
        workflow.confirm_list(row.recommendation_list, by=cast.dora, letter_no="虚构函〔2025〕1号", pledge=True)
        for name in names:
            row = refresh(scene, name)
            workflow.accept(row, by=cast.olga, items=checked_items(row))
            if refresh(scene, name).state == "accepted":
                workflow.start_review(scene.applications[name], by=cast.olga)
            refresh(scene, name)


def open_feeds(scene: Scene) -> None:
    """Everybody asks for the address of their calendar."""
    for name in EVERYBODY:
        token = feed.renew(scene.people[name]) if scene.people[name] else "nobodys-secret"
        scene.feeds[name] = reverse("notifications:due_feed", args=[token])


def refresh(scene: Scene, name: str) -> Application:
    related = ("call__current_version", "task__field", "unit", "version", "recommendation_list", "call_version")
    row = Application.objects.select_related(*related).get(pk=scene.applications[name].pk)
    scene.applications[name] = row
    return row


def _seat(scene: Scene) -> None:
    """Sheets for everybody, pledged; those of `lost` and `won` signed."""
    scene.numbers = _unused_points(scene)
    for name in ("lost", "won", "open"):
        scene.seat(name, *PANEL)
    scene.seat("other", *SECOND)
    for name, expert in itertools.product(("lost", "won"), PANEL):
        sign(scene, name, expert)
    sign(scene, "other", "gilder")
    save(scene, "other", "scribe")


def _unused_points(scene: Scene):
    """Points with two decimals that stand in no application, none twice; the same for each build; some 700."""
    held = json.dumps([row.version.content for row in scene.applications.values()], ensure_ascii=False)
    last = 0
    for step in itertools.count():
        points = f"{61 + step * 7 % 36}.{11 + step * 13 % 88:02d}"
        if points not in held and not points.endswith("0") and points not in scene.figures:
            scene.figures.add(points)
            last = step
            yield points
        assert step - last < 36 * 88, "no figure is left: were those of an act taken back with it?"


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
    of = {"expert": expert, "application": application, "task": TASKS[application]}
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
    for kind, word, of in (
        ("recusal", "暗由回避", ("open", "recuser")),
        ("declined", "暗由谢绝", ("open", "decliner")),
        ("note", "暗由退回", ("open", "returner")),
        ("recusal", "暗由认定", ("other", "")),
    ):
        scene.plant(kind, word, *of)


def decline(scene: Scene, expert: str, reason: str, application: str = "open") -> None:
    reviews.decline([scene.fresh(application, expert)], by=scene.people[expert], reason=reason)


def recuse_officer(scene: Scene, application: str, reason: str) -> None:
    """ruth stands aside from it, and so loses its task."""
    workflow.recuse_officer(
        scene.applications[application], by=scene.cast.olga, user=scene.people["ruth"],
        reason=reason,
    )  # fmt: skip
