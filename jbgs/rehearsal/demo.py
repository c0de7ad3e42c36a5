"""The demonstration's own call: a copy whose intake is open today, with applications in every stage that today allows.

One department has set an earlier deadline of its own, so its list is long confirmed and its applications have gone on
to form check, review, publicity and work; another one still receives. Everything is played through the workflow, on
the days on which it would have happened. Whoever can sign in has a password that is made anew with each demonstration.
"""

import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta
from random import Random

from accounts.models import Department
from applications import access, workflow
from applications.models import RecommendationList
from jbgs.lib import clock
from jbgs.rehearsal import fiction
from jbgs.rehearsal.cast import fill, make_person, make_unit
from jbgs.rehearsal.examining import MISSING
from jbgs.rehearsal.filing import mend
from jbgs.rehearsal.recommending import OVER, recommend
from jbgs.rehearsal.scholars import Scholars, near
from jbgs.rehearsal.stage import Cast, Stage, decide
from programmes.copying import copy_call
from programmes.models import Call
from programmes.windows import end_of, set_own_deadline
from reviews import workflow as reviews
from reviews.disciplines import Tree
from reviews.models import Assignment

FIRST_SERIAL = 950_000
UNITS = 16
TOPICS = 3
SIGN_IN_PAGES = {"unit_admin": "/signin/", "unit_filler": "/signin/"}
BACK_OFFICE = "/admin/login/?way=password"


class Demo:
    """Builds the call and everybody in it; `sign_ins` is the table that the stranger is shown."""

    def __init__(self, original: Call, rehearsal: Call, today: datetime):
        self.rng = Random(2025)
        self.today = today
        self.sign_ins: list[dict] = []
        self.call = self._copy(original)
        self.stage = self._people(rehearsal)
        self.tasks = list(self.call.tasks.select_related("field").order_by("order")[:8])

    def day(self, offset: int, hour: int = 10):
        """Play on the day that lies `offset` days from today."""
        moment = clock.local(self.today) + timedelta(days=offset)
        return clock.travel(moment.replace(hour=hour, minute=0, second=0, microsecond=0))

    def build(self) -> None:
        """Everything, from the oldest day to today."""
        ahead = self._ahead()
        self._receiving()
        self._form_check(ahead)
        self._review(ahead)
        self._decide(ahead)

    def show(self, calls: Iterable[Call]) -> None:
        """Further calls, over by now: the officers read their rules, copy them and put the copies in force."""
        for call in calls:
            for officer in self.stage.cast.officers[:2]:
                access.grant_call(officer, call)

    # --- People ----------------------------------------------------------------------------------------------------

    def _copy(self, original: Call) -> Call:
        """Opened 45 days ago; intake closes in two weeks, recommending in four. Tasks get disciplines near their words,
        as officers would give them, so that a draw and the picker show who fits."""
        day = clock.local(self.today).date()
        opens = end_of(day - timedelta(days=46))
        windows = {
            "apply": (opens, end_of(day + timedelta(days=14))),
            "recommend": (opens, end_of(day + timedelta(days=28))),
        }
        named = {name: ends for name, ends in windows.items() if name in original.spec.windows}
        tasks = [*original.spec.tasks.values()]
        codes = zip((task.code for task in tasks), near(original.spec, tasks, Tree.load()), strict=True)
        disciplines = {code: found[:TOPICS] for code, found in codes}
        return copy_call(original, f"{original.slug}-demo", is_demo=True, windows=named, disciplines=disciplines)

    def _people(self, rehearsal: Call) -> Stage:
        offered = self.call.spec.recommenders
        departments = list(
            Department.objects.filter(is_rehearsal=False, kind__in=offered.kinds).exclude(region="").order_by("order")
        )
        receiving, ahead = departments[0], next(row for row in departments if row.region != departments[0].region)
        with self.day(-60):
            units = [
                make_unit(FIRST_SERIAL + n, type=("enterprise", "institute", "university")[n % 3], region=region)
                for n, region in enumerate(receiving.region if n % 2 else ahead.region for n in range(UNITS))
            ]
            applicants = [self._person("申报单位管理员", "unit_admin", "demo-unit", 0, unit=units[0])]
            applicants += [make_person(f"demo-unit-{n}", "unit_admin", unit=units[n]) for n in range(1, UNITS)]
            self._person("申报单位填报人", "unit_filler", "demo-filler", 1, unit=units[0])
            people = {
                receiving.pk: self._person("推荐单位", "recommender", "demo-recommender", 2, department=receiving),
                ahead.pk: self._person(
                    "推荐单位（名单已确认）", "recommender", "demo-recommender-2", 3, department=ahead
                ),
            }
            officers = [
                self._person("主管（拟定）", "officer", "demo-officer", 4),
                self._person("主管（复核）", "officer", "demo-officer-2", 5),
            ]
            field_officer = self._person("领域主管", "officer", "demo-officer-field", 6)
            expert = self._person("评审专家", "expert", "demo-expert", 7)
            supervisor = self.supervisor = self._person("监督", "supervisor", "demo-supervisor", 8)
            for place, (title, role) in enumerate(
                (("系统管理员", "system_admin"), ("安全管理员", "security_admin"), ("审计管理员", "audit_admin"))
            ):
                self._person(title, role, f"demo-{role.replace('_', '-')}", 9 + place)
            for call in (self.call, rehearsal):
                for officer in officers:
                    access.grant_call(officer, call)
                access.grant_supervision(supervisor, call)
            access.grant_field(field_officer, self.call.fields.order_by("order").first())
            made = Scholars(self.call.spec, [*self.call.spec.tasks.values()][:8], officers[0], max_load=40)
            others = (
                make_person(f"demo-expert-{n}", "expert", name=fiction.person_name(self.rng)) for n in range(2, 12)
            )
            experts = [made.expert(n + 100, person) for n, person in enumerate([expert, *others])]
        cast = Cast(units, applicants, [receiving, ahead], people, officers, experts)
        return Stage(self.call, self.rng, cast, 0, self.today)

    def _person(self, title: str, role: str, username: str, place: int, **keys):
        """Somebody who can sign in, by a fresh password or by phone code."""
        password = secrets.token_urlsafe(9)
        person = make_person(
            username, role, name=fiction.person_name(self.rng), password=password, phone=f"199000000{place:02d}", **keys
        )
        path = SIGN_IN_PAGES.get(role, BACK_OFFICE)
        self.sign_ins.append({"role": title, "account": username, "password": password, "path": path})
        return person

    # --- Filing and recommending -----------------------------------------------------------------------------------

    def _file(self, unit: int, task: int, department: int, *, submit: bool = True):
        """One complete application of a unit, submitted unless told otherwise."""
        cast = self.stage.cast
        applicant = cast.applicants[unit]
        application = workflow.create_application(
            self.call, task=self.tasks[task], by=applicant, department=cast.departments[department]
        )
        partners = [cast.units[(unit + step) % UNITS] for step in range(1, 1 + unit % 3)]
        fill(application, by=applicant, rng=self.rng, partners=partners)
        return workflow.submit(application, by=applicant) if submit else application

    def _ahead(self) -> dict[int, list]:
        """The department that is ahead: two applications for each of six tasks, list confirmed. By task."""
        department = self.stage.cast.departments[1]
        recommender = self.stage.cast.recommenders[department.pk]
        filed: dict[int, list] = {}
        for place in range(12):
            with self.day(-44 + place // 4, 9 + place % 8):
                filed.setdefault(place // 2, []).append(self._file(place if place != 4 else 0, place // 2, 1))
        with self.day(-41):
            declined = self._file(12, 0, 1)
            set_own_deadline(
                self.call, "apply", department=department, by=recommender,
                closes_at=end_of(clock.today() + timedelta(days=10)),
            )  # fmt: skip
        with self.day(-38):
            workflow.decline(declined, by=recommender, reason="现有基础与任务差距较大，本次不予推荐。")
            for applications in filed.values():
                for application in applications:
                    recommend(application, by=recommender)
        with self.day(-29):
            confirmed = RecommendationList.objects.get(call=self.call, department=department)
            workflow.confirm_list(confirmed, by=recommender, letter_no=f"虚构函〔{self.call.year}〕8号", pledge=True)
        return filed

    def _receiving(self) -> None:
        """The department whose intake is open: something in every state that a list has before it is confirmed."""
        recommender = self.stage.cast.recommenders[self.stage.cast.departments[0].pk]
        with self.day(-9):
            recommended = [self._file(unit, 0, 0) for unit in (1, 3, 5)]
            declined, returned = self._file(7, 1, 0), self._file(0, 1, 0)
        with self.day(-5):
            for place, application in enumerate(recommended):
                recommend(application, by=recommender, over_reason=OVER if place == 2 else "")
            workflow.decline(declined, by=recommender, reason="推荐名额有限，按次序未列入。")
            again = self._file(9, 2, 0)
            due = end_of(clock.today() + timedelta(days=9))
            for application in (returned, again):
                workflow.return_for_changes(
                    application, by=recommender, opinion="1. 请核对承诺值。\n2. 请补充应用场景。", due_at=due
                )
        with self.day(-3):
            mend(self.stage, again, self.stage.applicant_of(again))
            workflow.submit(again, by=self.stage.applicant_of(again))
            for unit, task in ((11, 2), (13, 3), (15, 3), (0, 4)):
                self._file(unit, task, 0)
        with self.day(-1):
            withdrawn = self._file(14, 4, 0, submit=False)
            workflow.withdraw(withdrawn, by=self.stage.applicant_of(withdrawn))
            self._file(0, 5, 0, submit=False)
            workflow.create_application(
                self.call,
                task=self.tasks[6],
                by=self.stage.cast.applicants[0],
                department=self.stage.cast.departments[0],
            )

    # --- The officers' part ----------------------------------------------------------------------------------------

    def _form_check(self, filed: dict[int, list]) -> None:
        """Task 3: one in supplement, one accepted; task 4: one rejected; task 5 waits; the others go on."""
        officer = self.stage.cast.officers[0]
        with self.day(-2):
            workflow.request_supplement(
                filed[3][0], by=officer, items=MISSING, due_at=end_of(clock.today() + timedelta(days=7))
            )
        with self.day(-26):
            rejected = filed[4].pop(0)
            workflow.reject(
                rejected, by=officer, ground=self.call.spec.grounds[0].code, reason="经核对，不符合申报条件。"
            )
            self._accept([filed[3][1], *filed[0], *filed[1], *filed[2], *filed[4]], officer)

    def _accept(self, applications: Iterable, officer) -> None:
        for application in applications:
            items = {item.code: True for item in application.call_version.spec.check_items}
            workflow.accept(application, by=officer, items=items)

    def _review(self, filed: dict[int, list]) -> None:
        """Tasks 0, 1, 2 and 4 are scored; in task 2 the demonstration's expert has not yet signed; for task 3 a draw is
        prepared."""
        cast = self.stage.cast
        with self.day(-24):
            for task in (0, 1, 2, 4):
                reviews.draw_at_once(
                    [self.tasks[task]], by=cast.officers[0], second=self.supervisor, public_value=f"20{task}417",
                    due_at=end_of(clock.today() + timedelta(days=30)), experts=cast.experts, secret=f"demo-{task}",
                )  # fmt: skip
            for application in filed[2]:
                if not application.assignments.filter(expert=cast.experts[0]).active().exists():
                    last = application.assignments.active().order_by("-pk").first()
                    change = reviews.prepare_change(
                        application, by=cast.officers[0], out=last, expert_in=cast.experts[0], reason="调整专家组。"
                    )
                    reviews.approve_change(change, by=cast.officers[1])
        with self.day(-20):
            everything = [application for task in (0, 1, 2, 4) for application in filed[task]]
            for sheet in self._sheets(everything):
                if sheet.expert_id == cast.experts[0].pk and sheet.application in filed[2]:
                    continue
                reviews.pledge(sheet, by=sheet.expert.user)
                reviews.open_sheet(sheet, by=sheet.expert.user)
                self._score(sheet)
        with self.day(-1):
            plan = reviews.open_plan(self.call, [self.tasks[3]], by=cast.officers[0], experts=cast.experts)
            reviews.preview_plan(plan, by=cast.officers[0])

    @staticmethod
    def _sheets(applications) -> list[Assignment]:
        found = Assignment.objects.filter(application__in=applications).open_now().order_by("pk")
        return list(found.select_related("expert__user", "application", "rules").defer("rules__document"))

    def _score(self, sheet: Assignment) -> None:
        quality = 68 + (sheet.application_id * 7 % 5) * 4
        points = {
            criterion.key: str(quality + self.rng.randint(-6, 8)) for criterion in sheet.rules.spec.review.criteria
        }
        sheet.refresh_from_db(fields=["sheet_version", "state"])
        saved = reviews.save_score(
            sheet, by=sheet.expert.user, points=points, base_version=sheet.sheet_version,
            opinion=fiction.paragraph(self.rng, "技术路线", 120),
        )  # fmt: skip
        reviews.sign(saved, by=sheet.expert.user)

    def _decide(self, filed: dict[int, list]) -> None:
        """Task 0: at work. Task 1: one public today, one waiting for the second person. Task 4: passed over."""
        officer = self.stage.cast.officers[0]
        contact = "虚构处室 010-00000000"
        with self.day(-18):
            for rank, application in enumerate(filed[0], 1):
                decide(self.stage, application, "propose", reason="按评审排名拟入围。", rank=rank)
            decide(self.stage, filed[4][0], "pass_over", reason="评审得分较低，本次未入围。", rank=1)
            publicity = workflow.open_publicity(
                filed[0], by=officer, title=f"{self.call.title}拟入围单位名单公示（第一批）", contact=contact
            )
        with clock.travel(max(publicity.closes_at, self.today - timedelta(days=3))):
            if publicity.closes_at <= self.today:
                for application in filed[0]:
                    workflow.shortlist(application, by=officer)
        with self.day(-1):
            decide(self.stage, filed[1][0], "propose", reason="按评审排名拟入围。", rank=1)
            workflow.open_publicity(
                filed[1][:1], by=officer, title=f"{self.call.title}拟入围单位名单公示（第二批）", contact=contact
            )
            workflow.prepare_decision(filed[1][1], by=officer, verb="propose", reason="按评审排名拟入围。", rank=2)
