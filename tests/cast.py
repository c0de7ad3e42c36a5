"""The cast that authorisation tests share: a call that is open now, units, departments, officers, experts.

`world()` gives a `World`: alice files for a unit, bob for another; dora recommends in alice's region, dick elsewhere;
olga and otto are officers of the call, oscar of another call's field only; erin is an expert, sven a supervisor.
"""

import io
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from random import Random

from accounts.models import Department
from applications import access, workflow
from applications.models import Application
from jbgs.lib import clock
from jbgs.rehearsal.cast import fill, make_department, make_person, make_unit
from programmes.loader import load_document, read_document
from programmes.models import Call, Field

MIIT = Path(__file__).parent.parent / "fixtures/programmes/miit-2025.yaml"

OPEN = datetime(2025, 2, 20, 10, 0, tzinfo=clock.SHANGHAI)
"""A moment at which the call of 2025 takes applications."""
RECOMMENDING = datetime(2025, 3, 10, 10, 0, tzinfo=clock.SHANGHAI)
"""Intake is closed, departments still recommend."""


@cache
def miit_document() -> dict:
    return read_document(MIIT)


def load_miit() -> Call:
    """The real call, loaded."""
    return load_document(miit_document()).call


@dataclass
class World:
    """One call with its people. `application()` and the `to_*` steps play the main path up to a state."""

    call: Call
    alice: object
    bob: object
    dora: object
    dick: object
    olga: object
    otto: object
    oscar: object
    erin: object
    sven: object
    department: Department
    elsewhere: Department
    partners: list = field(default_factory=list)
    serial: int = 100
    drafts: int = 0

    @property
    def task(self):
        return self.call.tasks.order_by("order").first()

    def draft(self, *, task=None, by=None, filled: bool = True) -> Application:
        """A draft of alice's unit, complete unless `filled` is False. Call it inside `clock.travel(OPEN)`."""
        by = by or self.alice
        application = workflow.create_application(self.call, task=task or self.task, by=by, department=self.department)
        if filled:
            self.drafts += 1  # not the key of the row: what is typed must not hang on the tests before
            fill(application, by=by, rng=Random(self.drafts), partners=self.partners)
        return application

    def another_applicant(self):
        """Somebody of a further unit."""
        self.serial += 1
        return make_person(f"applicant{self.serial}", "unit_admin", unit=make_unit(self.serial))

    def submitted(self, *, task=None, by=None) -> Application:
        return workflow.submit(self.draft(task=task, by=by), by=by or self.alice)

    def recommended(self, **named) -> Application:
        return workflow.recommend(self.submitted(**named), by=self.dora, opinion="同意推荐")

    def confirmed(self, **named) -> Application:
        """On a confirmed list; moves the clock on to the recommending time by itself."""
        with clock.travel(OPEN):
            application = self.recommended(**named)
        with clock.travel(RECOMMENDING):
            workflow.confirm_list(
                application.recommendation_list, by=self.dora, letter_no="虚构函〔2025〕1号", pledge=True
            )
        application.refresh_from_db()
        return application

    def accepted(self, **named) -> Application:
        application = self.confirmed(**named)
        with clock.travel(RECOMMENDING):
            return workflow.accept(application, by=self.olga, items=checked_items(application))

    def in_review(self, **named) -> Application:
        application = self.accepted(**named)
        if application.state == "accepted":
            with clock.travel(RECOMMENDING):
                application = workflow.start_review(application, by=self.olga)
        return application

    def decided(self, application, verb: str, **named) -> Application:
        """Prepared by olga, approved by otto, at the present business time."""
        workflow.prepare_decision(application, by=self.olga, verb=verb, reason=named.pop("reason", "理由充分"), **named)
        return workflow.approve_decision(application.decisions.get(state="prepared"), by=self.otto)

    def heard(self, application, verb: str) -> None:
        """The unit was told by olga that an end is near, spoke, and otto recorded that it stands."""
        soon = clock.today() + timedelta(days=5)
        workflow.give_notice(application, by=self.olga, verb=verb, ground="虚构的事实", state_until=soon)
        workflow.make_statement(application, by=self.alice, text="虚构的申辩")
        workflow.close_hearing(application, by=self.otto, result="kept", finding="申辩不成立")

    def shortlisted(self, **named) -> Application:
        application = self.in_review(**named)
        with clock.travel(RECOMMENDING):
            application = self.decided(application, "propose")
            publicity = workflow.open_publicity([application], by=self.olga, title="公示", contact="虚构处室")
        with clock.travel(publicity.closes_at + timedelta(minutes=1)):
            return workflow.shortlist(application, by=self.olga)


def checked_items(application) -> dict[str, bool]:
    return {item.code: True for item in application.call_version.spec.check_items}


def world(call: Call | None = None) -> World:
    """Build the cast. Everything is fictitious and says so."""
    call = call or load_miit()
    department = Department.objects.create(
        code="110000-industry", official_name="虚构市工业局", kind="industry", region="110000", order=1
    )
    elsewhere = Department.objects.create(
        code="440000-industry", official_name="虚构省工业厅", kind="industry", region="440000", order=2
    )
    units = [make_unit(serial) for serial in range(3)]
    other = make_call_for_somebody_else(call)
    made = World(
        call=call,
        alice=make_person("alice", "unit_admin", unit=units[0]),
        bob=make_person("bob", "unit_admin", unit=units[1]),
        dora=make_person("dora", "recommender", department=department),
        dick=make_person("dick", "recommender", department=elsewhere),
        olga=make_person("olga", "officer"),
        otto=make_person("otto", "officer"),
        oscar=make_person("oscar", "officer"),
        erin=make_person("erin", "expert"),
        sven=make_person("sven", "supervisor"),
        department=department,
        elsewhere=elsewhere,
        partners=[units[2]],
    )
    access.grant_call(made.olga, call)
    access.grant_call(made.otto, call)
    access.grant_field(made.oscar, other)
    access.grant_supervision(made.sven, call)
    return made


def make_call_for_somebody_else(call: Call) -> Field:
    """The last field of the call, of which oscar alone is officer; alice files in the first."""
    return call.fields.order_by("-order").first()


def image_named(name: str):
    """A tiny PNG under any name, for uploads that are not what they say."""
    from django.core.files.uploadedfile import SimpleUploadedFile
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("RGB", (4, 4), "white").save(buffer, "PNG")
    return SimpleUploadedFile(name, buffer.getvalue())


__all__ = ["OPEN", "RECOMMENDING", "World", "fill", "load_miit", "make_department", "make_person", "make_unit", "world"]
