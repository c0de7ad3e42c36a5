"""A call in review: olga and otto are its officers, oscar of another field; experts score for real."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count

import pytest

from accounts.models import User
from applications.models import Application, Version
from jbgs.lib import clock
from programmes.models import CallVersion
from reviews import workflow
from reviews.models import Assignment
from tests.cast import World, make_person, make_unit, world
from tests.reviews import planting

REVIEWING = datetime(2025, 4, 10, 10, 0, tzinfo=clock.SHANGHAI)
"""The business time of these tests: the lists are confirmed, experts are at work."""
_serial = count(1000)


@dataclass
class Review:
    """One call in review. `applications(n)` are rows written directly: how they came here is tested elsewhere."""

    world: World
    units: list = field(default_factory=list)

    @property
    def call(self):
        return self.world.call

    @property
    def task(self):
        return self.world.task

    @property
    def olga(self):
        return self.world.olga

    @property
    def criteria(self):
        return self.call.spec.review.criteria

    def application(self, *, task=None, state="in_review", unit=None) -> Application:
        """One application that stands in `state`, with a frozen version of a few words."""
        serial, now = next(_serial), clock.now()
        task, unit = task or self.task, unit or make_unit(serial)
        application = Application.objects.create(
            call=self.call, call_version=self.call.current_version, task=task, unit=unit,
            department=self.world.department, title=f"虚构项目 {serial}", created_by=self.world.alice,
            created_at=now, state_since=now,
        )  # fmt: skip
        version = Version.objects.create(
            application=application, number=1, content={"title": application.title}, sha256="0" * 64,
            code=f"{serial:014d}", created_by=self.world.alice, created_at=now,
        )  # fmt: skip
        Application.objects.filter(pk=application.pk).update(
            version=version, state=state, number=f"WL2025-{serial}", submitted_at=now
        )
        return Application.objects.select_related("call__current_version", "task__field", "unit").get(pk=application.pk)

    def applications(self, number: int, **named) -> list[Application]:
        return [self.application(**named) for _ in range(number)]

    def expert(self, **named):
        """An expert with an account, of a unit of their own unless told otherwise."""
        serial = next(_serial)
        named = {"unit_name": f"虚构研究院 {serial}", "disciplines": ["量子测量"], "max_load": 60, **named}
        user = named.pop("user", None) or make_person(f"expert{serial}", "expert", name=f"专家{serial}")
        User.objects.filter(pk=user.pk).update(
            is_fictitious=False
        )  # a real call's draw leaves a rehearsal's people out
        return workflow.create_expert(by=self.olga, user=user, **named)

    def experts(self, number: int, **named) -> list:
        return [self.expert(**named) for _ in range(number)]

    def seat(self, application, *experts, pledged: bool = True, **named) -> list[Assignment]:
        """Sheets of the application for these experts (one new expert by default)."""
        seats = workflow.assign(application, by=self.olga, experts=experts or [self.expert()], **named)
        if pledged:
            seats = [workflow.pledge(seat, by=seat.expert.user) for seat in seats]
        return seats

    def fill(self, seat, points=80, opinion="指标承诺可信，路线清楚。") -> Assignment:
        """Save the whole sheet: the same points for each criterion, or points by criterion."""
        if not isinstance(points, dict):
            points = {criterion.key: str(points) for criterion in self.criteria}
        seat = Assignment.objects.get(pk=seat.pk)
        return workflow.save_score(
            seat, by=seat.expert.user, points=points, opinion=opinion, base_version=seat.sheet_version
        )

    def sign(self, seat, points=80, **named) -> Assignment:
        return workflow.sign(self.fill(seat, points, **named), by=seat.expert.user)

    def scored(self, totals_by_application: dict, panel=None) -> list:
        """Sign sheets with these totals: {application: [80, 85, …]}, one expert per place of the lists."""
        size = max(len(totals) for totals in totals_by_application.values())
        panel = panel or self.experts(size)
        for application, totals in totals_by_application.items():
            seats = self.seat(application, *panel[: len(totals)])
            for seat, total in zip(seats, totals, strict=True):
                self.sign(seat, total)
        return panel


@pytest.fixture(autouse=True)
def reviewing_time():
    with clock.travel(REVIEWING):
        yield


@pytest.fixture
def review(db) -> Review:
    return Review(world())


@pytest.fixture
def rules(monkeypatch):
    """Set entries of the call's `review.recusal` for this test."""
    plain = CallVersion.spec.fget
    changed = {}

    def spec(version):
        found = plain(version)
        review = replace(found.review, recusal=replace(found.review.recusal, **changed))
        return replace(found, review=review)

    monkeypatch.setattr(CallVersion, "spec", property(spec))
    return changed.update


@pytest.fixture
def garden(review):
    """Where conflicts of interest are planted."""
    return planting.Garden(review)
