"""A call that has been played up to every kind of state, with people of every role, for the tests of who may see what.

Every application has a title of its own, every person a name, every secret a text of its own: whoever finds one of
these words in an answer has seen the thing. `VIEWERS` and `SECRETS` say, in words of their own and not through the
code under test, who may.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from accounts.models import Attempt, DepartmentName, RoleRecord, User
from applications import checking, workflow
from applications.backoffice import lists_out
from applications.models import Application, Opinion, RecommendationList
from applications.versions import request_pdf
from audit.models import Entry
from documents.models import Artifact
from jbgs.lib import clock
from jbgs.rehearsal.cast import make_person, make_unit, pdf_file
from notifications.models import Message
from programmes import editing
from programmes.importing.rows import Found, dump
from programmes.models import CalendarDay, TaskImport
from programmes.windows import end_of
from reviews import papers as review_papers
from reviews import planning
from reviews import workflow as reviews
from reviews.expert_sheet import Line
from reviews.models import Assignment, DrawPlan, Expert, ExpertImport, Meeting, ReviewerChange
from tests.cast import OPEN, RECOMMENDING, World, checked_items, image_named, world

VISIT = datetime(2025, 3, 19, 12, 0, tzinfo=clock.SHANGHAI)
"""When everybody looks: departments still recommend, one list is public, another one's days are over."""

NAMES = {
    "alice": "阿丽丝申报", "filler": "菲勒填报", "bob": "鲍勃申报", "dora": "朵拉推荐", "dick": "迪克推荐",
    "olga": "欧嘉主管", "otto": "奥托主管", "oscar": "奥斯领域", "oleg": "欧列无权", "erin": "艾琳评委",
    "eva": "伊娃评委", "emil": "埃米闲置", "sven": "斯文监督", "odin": "奥丁发榜", "sysadmin": "系统管理甲",
    "security": "安全管理乙", "audit": "审计管理丙", "root": "应急账号丁",
}  # fmt: skip
PEOPLE = ("nobody", *NAMES)

TEAM = {"olga", "otto", "sven"}
"""Officers of the whole call and its supervisor: they read everything that has been recommended."""
UNIT = {"alice", "filler"}
VIEWERS = {
    "draft": UNIT,
    "submitted": UNIT | {"dick"},
    "returned": UNIT | {"dora"},
    "recommended": UNIT | {"dora"} | TEAM,
    "supplement": UNIT | {"dora"} | TEAM,
    "rejected": UNIT | {"dora"} | TEAM,
    "reviewed": UNIT | {"dora", "erin", "eva"} | TEAM,
    "proposed": UNIT | {"dora", "erin", "eva"} | TEAM,
    "public": UNIT | {"dora"} | TEAM,
    "working": UNIT | {"dora"} | TEAM,
    "measured": UNIT | {"dora"} | TEAM,
    "bobs": {"bob", "dora", "oscar", "eva"} | TEAM,
}
"""Who may see which application, at the time of `VISIT`."""

OFFICES = {"olga", "otto", "oscar", "oleg"}
ACCOUNT_KEEPERS = {"sysadmin", "root", "security"}
SECRETS = {
    "艾琳评委": {"erin", *OFFICES, "sven", *ACCOUNT_KEEPERS, "audit"},
    "伊娃评委": {"eva", *OFFICES, "sven", *ACCOUNT_KEEPERS, "audit"},
    "意见暗记甲": {"erin", *TEAM},
    "意见暗记乙": {"eva", *TEAM},
    "73.31": {"erin", *TEAM},
    "68.27": {"eva", *TEAM},
    "意见暗记丙": {"eva", "oscar", *TEAM},
    "57.13": {"eva", "oscar", *TEAM},
    "回避暗记": TEAM,
    "调整暗记": TEAM,
    "回避领域暗记": {"oscar", *TEAM},
    "关系暗记": {"erin", *OFFICES},
    "请假暗记": {"erin", *OFFICES},
    "禁评暗记": OFFICES,
    "导入暗记": OFFICES,
    "未决暗记": TEAM,
    "复核暗记": TEAM,
    "推荐暗记reviewed": {"dora", *TEAM},
    "推荐暗记bobs": {"dora", "oscar", *TEAM},
    "异议人暗记": set(),
    "异议联系暗记": set(),
    "异议内容暗记": TEAM,
    "复审暗记": UNIT | TEAM,
    "补正暗记": UNIT | {"dora"} | TEAM,
    "报告暗记": UNIT | {"dora"} | TEAM,
    "拒绝暗记": UNIT | {"dora"} | TEAM,
    "欧嘉主管": {*OFFICES, "sven", *ACCOUNT_KEEPERS, "audit"},
    "奥托主管": {*OFFICES, "sven", *ACCOUNT_KEEPERS, "audit"},
}
"""Who may read which words, anywhere. The objector's name is shown by a POST of its own only."""


@dataclass
class Played:
    """The rows by the names that `VIEWERS` and the addresses use."""

    cast: World
    people: dict[str, User | None]
    applications: dict[str, Application] = field(default_factory=dict)
    sheets: dict[str, Assignment] = field(default_factory=dict)
    artifacts: dict[str, Artifact] = field(default_factory=dict)
    rows: dict[str, object] = field(default_factory=dict)
    pages: list = field(default_factory=list)
    """Kept by tests/access/addresses.py."""

    @property
    def call(self):
        return self.cast.call

    def words_of(self, name: str) -> set[str]:
        """Words that only somebody who sees this application may read."""
        application = self.applications[name]
        return {application.title, *([application.number] if application.number else ())}


def play() -> Played:
    """Build everything; some seconds."""
    cast = world()
    played = Played(cast, _people(cast))
    with clock.travel(OPEN):
        _file(played)
    with clock.travel(RECOMMENDING):
        _confirm(played)
        _examine(played)
        _review(played)
        _decide(played)
    _go_on(played)
    with clock.travel(VISIT):
        _make_public(played)
        _files(played)
    _meet(played)
    _odds_and_ends(played)
    return played


def _people(cast: World) -> dict[str, User | None]:
    unit = cast.alice.unit
    people = {name: getattr(cast, name, None) for name in PEOPLE}
    people["filler"] = make_person("filler", "unit_filler", unit=unit)
    for name, role in (
        ("eva", "expert"), ("emil", "expert"), ("oleg", "officer"), ("odin", "owner"), ("sysadmin", "system_admin"),
        ("security", "security_admin"), ("audit", "audit_admin"),
    ):  # fmt: skip
        people[name] = make_person(name, role)
    people["root"] = User.objects.create_superuser("root", name="root")
    for name, person in people.items():
        if person is not None:
            person.name = NAMES[name]
            person.save(update_fields=["name"])
    return people


def _file(played: Played) -> None:
    """Drafts in tasks of their own, one after the other; what is to be recommended is recommended."""
    cast = played.cast
    tasks = list(cast.call.tasks.order_by("order"))
    tasks = dict(zip((name for name in VIEWERS if name != "bobs"), tasks, strict=False)) | {"bobs": tasks[-1]}
    tasks["proposed"] = tasks["reviewed"]  # one ranking holds both
    for name, task in tasks.items():
        by = cast.bob if name == "bobs" else cast.alice
        department, cast.department = cast.department, cast.elsewhere if name == "submitted" else cast.department
        application = cast.draft(task=task, by=by)
        cast.department = department
        workflow.save_section(application, "project", {"title": f"暗记{name}虚构项目"}, base_version=1, by=by)
        if name != "draft":
            application = workflow.submit(application, by=by)
        if name in ("returned", "recommended"):
            due_at = end_of(VISIT.date() + timedelta(days=3))
            application = workflow.return_for_changes(application, by=cast.dora, opinion="请核对", due_at=due_at)
        if name == "recommended":
            application = workflow.submit(application, by=by)
        if name not in ("draft", "submitted", "returned"):
            application = workflow.recommend(application, by=cast.dora, opinion=f"推荐暗记{name}")
        played.applications[name] = application


def _confirm(played: Played) -> None:
    listed = played.applications["recommended"].recommendation_list
    workflow.keep_letter_scan(listed, file=pdf_file("推荐函.pdf"), by=played.cast.dora)
    workflow.confirm_list(listed, by=played.cast.dora, letter_no="虚构函〔2025〕1号", pledge=True)
    _fresh(played)


def _examine(played: Played) -> None:
    cast, found = played.cast, played.applications
    due_at = end_of(VISIT.date() + timedelta(days=3))
    workflow.request_supplement(found["supplement"], by=cast.olga, items=["补正暗记：缺页"], due_at=due_at)
    workflow.reject(found["rejected"], by=cast.olga, ground="incomplete", reason="拒绝暗记")
    workflow.raise_appeal(found["rejected"], by=cast.alice, text="复审暗记")
    for name in ("reviewed", "proposed", "public", "working", "measured", "bobs"):
        workflow.accept(found[name], by=cast.olga, items=checked_items(found[name]))
        workflow.start_review(found[name], by=cast.olga)
    _fresh(played)


def _review(played: Played) -> None:
    """erin and eva have signed `reviewed`; of `proposed` erin still has hers; eva has bob's; a third one stood down."""
    cast, people, found = played.cast, played.people, played.applications
    experts = {
        name: reviews.create_expert(by=cast.olga, user=people[name], unit_name=f"虚构研究院{name}", max_load=40)
        for name in ("erin", "eva", "emil")
    }
    seats = {}
    for name, panel in (("reviewed", ("erin", "eva", "emil")), ("proposed", ("erin", "eva")), ("bobs", ("eva",))):
        for seat in reviews.assign(found[name], by=cast.olga, experts=[experts[one] for one in panel]):
            seats[name, seat.expert.user.username] = seat
    reviews.declare_recusal(seats.pop(("reviewed", "emil")), by=people["emil"], reason="回避暗记")
    marks = {
        ("reviewed", "erin"): ("73.31", "意见暗记甲"), ("proposed", "erin"): ("", "意见暗记甲"),
        ("reviewed", "eva"): ("68.27", "意见暗记乙"), ("proposed", "eva"): ("68.27", "意见暗记乙"),
        ("bobs", "eva"): ("57.13", "意见暗记丙"),
    }  # fmt: skip
    for (name, expert), seat in seats.items():
        seat = reviews.pledge(seat, by=people[expert])
        points, opinion = marks[name, expert]
        whole = {criterion.key: points for criterion in seat.rules.spec.review.criteria if points}
        named = {"points": whole, "opinion": opinion, "base_version": 0}
        seat = reviews.save_score(seat, by=people[expert], **named)
        if points:
            seat = reviews.sign(seat, by=people[expert])
        played.sheets[f"{name}-{expert}"] = seat
    played.rows |= {f"expert-{name}": expert for name, expert in experts.items()}
    played.rows["round"] = played.sheets["reviewed-erin"].round


def _decide(played: Played) -> None:
    cast, found = played.cast, played.applications
    reviews.recuse(found["bobs"], by=cast.olga, expert=Expert.objects.get(user=cast.erin), reason="回避领域暗记")
    workflow.prepare_decision(found["reviewed"], by=cast.olga, verb="pass_over", reason="未决暗记")
    for name in ("proposed", "public", "working", "measured"):
        cast.decided(found[name], "propose", reason="复核暗记")
    _fresh(played)


def _go_on(played: Played) -> None:
    """A first list is public and fixed; one of its two has filed for its evaluation (years ahead)."""
    cast, found = played.cast, played.applications
    with clock.travel(RECOMMENDING):
        first = workflow.open_publicity(
            [found["working"], found["measured"]], by=cast.olga, title="第一次公示", contact="虚构处室"
        )
    with clock.travel(VISIT - timedelta(hours=1)):
        for name in ("working", "measured"):
            workflow.shortlist(found[name], by=cast.olga)
        _fresh(played)
        promises = {row.indicator_code: row.promise for row in found["measured"].commitments.all()}
        rows = {
            item.code: {"measured": {"text": "已完成"} if item.is_text else promises[item.code], "proof": "检测报告"}
            for item in checking.indicators_of(found["measured"])
        }
        workflow.save_measurements(found["measured"], rows, by=cast.alice)
        _hand_in(played)
    with clock.travel(end_of(found["measured"].work_due_on) + timedelta(days=1)):
        workflow.submit_evaluation(found["measured"], by=cast.alice)
    Application.objects.filter(pk=found["measured"].pk).update(state_since=VISIT - timedelta(minutes=30))
    played.rows["first publicity"] = first
    _fresh(played)


def _hand_in(played: Played) -> None:
    """A report with a file waits for an officer."""
    alice, working = played.cast.alice, played.applications["working"]
    report = working.obligations.create(kind="stage_assessment", code="report", label="报告", needs_officer=True)
    workflow.keep_report_file(report, by=alice, file=image_named("报告.png"))
    played.rows["report"] = workflow.submit_obligation(report, by=alice, text="报告暗记")


def _make_public(played: Played) -> None:
    cast, found = played.cast, played.applications
    played.rows["publicity"] = workflow.open_publicity(
        [found["public"]], by=cast.olga, title="第二次公示", contact="虚构处室"
    )
    _fresh(played)
    workflow.raise_objection(
        found["public"], by=cast.bob, objector="异议人暗记", contact="异议联系暗记", text="异议内容暗记"
    )
    _fresh(played)
    played.rows["objection"] = found["public"].objections.get()
    played.rows["appeal"] = found["rejected"].appeals.get()


def _files(played: Played) -> None:
    """One finished file of each kind; it holds the words of what it is about, so that a leak shows."""
    cast, found = played.cast, played.applications
    listed = found["recommended"].recommendation_list
    letters = {name: Opinion.objects.get(application=found[name], verb=verb) for name, verb in (
        ("supplement", "request_supplement"), ("rejected", "reject"),
    )}  # fmt: skip
    from applications import exports
    from documents import jobs

    asked = {
        "application": (request_pdf(found["reviewed"].version), found["reviewed"].title),
        "bobs application": (request_pdf(found["bobs"].version), found["bobs"].title),
        "supplement letter": (lists_out.request_letter(letters["supplement"]), "补正暗记"),
        "rejection letter": (lists_out.request_letter(letters["rejected"]), "拒绝暗记"),
        "summary": (exports.request(listed, exports.SUMMARY_PDF, by=cast.dora), found["recommended"].title),
        "sheet": (
            review_papers.request_paper(played.rows["expert-eva"], found["bobs"].task, by=played.people["eva"]),
            "伊娃评委",
        ),
        "notice": (
            jobs.request(
                lists_out.NOTICE, "test",
                params={"call": cast.call.pk, "kind": "shortlist", "fields": [], "publicity": None}, by=cast.olga,
            ),
            found["working"].title,
        ),
    }  # fmt: skip
    for name, (artifact, words) in asked.items():
        path = default_storage.save(f"documents/{artifact.pk}.pdf", ContentFile(f"%PDF {words}".encode()))
        done = {"state": "done", "file": path, "filename": f"{artifact.pk}.pdf", "done_at": VISIT}
        Artifact.objects.filter(pk=artifact.pk).update(**done)
        played.artifacts[name] = artifact
    played.rows |= {f"letter {name}": opinion for name, opinion in letters.items()}


def _meet(played: Played) -> None:
    """A meeting under way: erin and eva sit in it, of bob's application only eva."""
    cast, found = played.cast, played.applications
    meeting = Meeting.objects.create(
        call=cast.call, round=played.rows["round"], title="虚构评审会", held_on=VISIT.date(), state="open",
        created_by=cast.olga, created_at=VISIT,
    )  # fmt: skip
    for name in ("erin", "eva"):
        meeting.seats.create(expert=played.rows[f"expert-{name}"], is_chair=name == "eva", present_at=VISIT)
    items = [
        meeting.items.create(application=found[name], order=order, state=state)
        for order, (name, state) in enumerate((("reviewed", "open"), ("bobs", "waiting")), 1)
    ]
    played.rows |= {"meeting": meeting, "meeting item": items[0]}


def _odds_and_ends(played: Played) -> None:
    """A row of everything that the admin lists, a frozen draw and a change that waits."""
    cast = played.cast
    task, now = played.applications["bobs"].task, clock.now()
    draw = reviews.open_plan(cast.call, [task], by=cast.olga)
    problem = planning.problem_of(draw)
    frozen = {"snapshot": problem.as_json(), "input_sha256": problem.digest, "commitment": "c" * 64, "frozen_at": now}
    DrawPlan.objects.filter(pk=draw.pk).update(state="frozen", frozen_by=cast.olga, **frozen)
    played.rows |= {
        "draw": draw,
        "change": ReviewerChange.objects.create(
            application=played.applications["reviewed"], expert_in=Expert.objects.get(user=played.people["emil"]),
            reason="调整暗记", prepared_by=cast.olga, prepared_at=now,
        ),
    }  # fmt: skip
    _around_erin(played)
    DepartmentName.objects.create(department=cast.department, name="虚构市工信局")
    played.rows |= {
        "list": RecommendationList.objects.get(department=cast.department),
        "department": cast.department,
        "unit": make_unit(0),
        "role record": RoleRecord.objects.first(),
        "attempt": Attempt.objects.create(kind="password", account_key="0" * 64, address="192.0.2.1"),
        "draft of rules": editing.start(cast.call, by=cast.olga),
        "import": TaskImport.objects.create(
            call=cast.call,
            name="任务.xlsx",
            sha256="0" * 64,
            found=dump(Found()),
            by=cast.olga,
        ),
        "day": CalendarDay.objects.get_or_create(date=VISIT.date(), defaults={"is_workday": True})[0],
        "messages": {
            name: Message.objects.filter(user=person, channel="inbox").first()
            for name, person in played.people.items()
            if person and Message.objects.filter(user=person, channel="inbox").exists()
        },
        "entries": Entry.objects.count(),
    }


def _around_erin(played: Played) -> None:
    """What erin and the officers keep of her, and a workbook of experts that nobody has confirmed."""
    erin, olga, day = played.rows["expert-erin"], played.cast.olga, clock.today() + timedelta(days=9_000)
    reviews.declare_relation(erin, by=erin.user, kind="relative", person_name="关系暗记")
    reviews.go_away(erin, by=erin.user, from_on=day, to_on=day, reason="请假暗记")
    reviews.ban_expert(erin, by=olga, from_on=day, reason="禁评暗记")
    row = ExpertImport(name="专家.xlsx", sha256="0" * 64, by=olga)
    row.lines = [Line(3, {"name": "导入暗记", "phone": "13900000321", "unit_name": "虚构院"}).as_json()]
    row.save()
    played.rows["expert import"] = row


def _fresh(played: Played) -> None:
    for name, application in played.applications.items():
        related = ("call__current_version", "task__field", "unit", "version", "recommendation_list", "call_version")
        played.applications[name] = Application.objects.select_related(*related).get(pk=application.pk)
