"""Of the scene: a draw with all that may happen after it, draws that wait, and a second look.

`drawn` and `beside` were drawn together; of the panel of `drawn` one has signed, one declined (an alternate stepped
in), one was replaced by two officers, one waits to be. Two grounds came up and two officers cleared one of them. For
`again` a draw was given up and another one is frozen; its experts were asked again, and one more is to come.
"""

from datetime import timedelta
from unittest.mock import patch

from jbgs.lib import clock
from reviews import workflow as reviews
from reviews.models import Alternate, Assignment, DrawPlan, Employment, Expert
from tests.reviews.leaks.scene import DRAWN, EXPERTS, PANEL, Scene, decline, know, make_expert, recuse_officer, sign

SEATED = DRAWN[:5]
SECRET = "5e" * 32
"""Half of the seed of the draw that was published: each run plays the same scene."""


def play_draw(scene: Scene) -> None:
    _draw(scene)
    _clear(scene)
    _leave_and_come(scene)
    _wait(scene)
    recuse_officer(scene, "beside", "虚构同学")


def _draw(scene: Scene) -> None:
    """The people get their names by what the draw made of them."""
    olga = scene.cast.olga
    pool = [make_expert(scene, f"lot{place}", len(EXPERTS) + place) for place in range(len(DRAWN))]
    tasks = [scene.applications[name].task for name in ("drawn", "beside")]
    plan = reviews.open_plan(scene.call, tasks, by=olga, experts=pool, settings={"alternates": 2, "panel": "common"})
    with patch("reviews.workflow.planning.secrets.token_hex", return_value=SECRET):
        reviews.freeze(reviews.preview_plan(plan, by=olga), by=olga)
    reviews.give_public_value(plan, by=scene.cast.sven, value="482913")
    reviews.publish(plan, by=olga)
    plan = scene.draws["published"] = DrawPlan.objects.get(pk=plan.pk)
    scene.plant("draw", plan.input_sha256, "beside")  # of both: for who may read both
    application = scene.applications["drawn"]
    seats = list(Assignment.objects.filter(plan=plan, application=application).order_by("expert_id"))
    for name, seat in zip(SEATED, seats, strict=True):
        know(scene, name, seat.expert)
    waiting = Alternate.objects.filter(plan=plan, application=application).order_by("order")
    for name, row in zip(DRAWN[5:], waiting, strict=True):
        know(scene, name, row.expert)
    for name, seat in zip(SEATED, seats, strict=True):
        scene.sheets["drawn", name] = reviews.pledge(seat, by=scene.people[name])


def _clear(scene: Scene) -> None:
    """Two of them once worked for the applicant: for one the second officer has agreed, for the other not yet."""
    row, unit = scene.applications["drawn"], scene.people["gail"].unit
    for name, word in (("cleared", "暗由核定准"), ("taker", "暗由核定待")):
        if name == "taker":
            sign(scene, "drawn", "taker")
        ended = clock.today() - timedelta(days=100)
        Employment.objects.create(expert=scene.experts[name], unit_name=unit.name, to_on=ended)
        ruling = reviews.clear(
            row, by=scene.cast.olga, expert=scene.experts[name], kinds=["former_unit"],
            reason=scene.plant("clearance", word, "drawn"),
        )  # fmt: skip
        if name == "cleared":
            reviews.approve_clearance(ruling, by=scene.cast.otto)


def _leave_and_come(scene: Scene) -> None:
    decline(scene, "leaver", scene.plant("declined", "暗由婉拒抽取", "drawn", "leaver"), "drawn")
    stepped = Assignment.objects.get(application=scene.applications["drawn"], expert=scene.experts["stepper"])
    scene.sheets["drawn", "stepper"] = reviews.pledge(stepped, by=scene.people["stepper"])
    for name, newcomer, word in (("swapped", "newcomer", "暗由调整准"), ("waited", None, "暗由调整待")):
        change = reviews.prepare_change(
            scene.applications["drawn"], by=scene.cast.olga, out=scene.fresh("drawn", name),
            expert_in=newcomer and scene.experts[newcomer], reason=scene.plant("change", word, "drawn"),
        )  # fmt: skip
        if newcomer:
            reviews.approve_change(change, by=scene.cast.otto)
    came = Assignment.objects.get(application=scene.applications["drawn"], expert=scene.experts["newcomer"])
    scene.sheets["drawn", "newcomer"] = reviews.pledge(came, by=scene.people["newcomer"])


def _wait(scene: Scene) -> None:
    """A draw that was given up, and one that waits for its public value."""
    olga, task = scene.cast.olga, scene.applications["again"].task
    pool = Expert.objects.filter(pk__in=[scene.experts[name].pk for name in DRAWN])
    plan = reviews.open_plan(scene.call, [task], by=olga, experts=pool)
    reviews.discard(plan, by=olga, reason=scene.plant("draw", "暗由作废抽取", "again"))
    plan = reviews.open_plan(scene.call, [task], by=olga, experts=pool)
    plan = scene.draws["frozen"] = reviews.freeze(plan, by=olga)
    scene.plant("seed", DrawPlan.objects.get(pk=plan.pk).secret, "again")


def look_again(scene: Scene) -> None:
    """`again`: one of three experts was asked to explain, did, and said more; then one more was to come."""
    olga, row = scene.cast.olga, scene.applications["again"]
    panel = (PANEL[0], PANEL[1], PANEL[4])
    scene.seat("again", *panel)
    for name in panel:
        sign(scene, "again", name)
    asked = reviews.reconsider(
        row, by=olga, ground="officer", way="explain", sheets=[scene.fresh("again", "signer")],
        reason=scene.plant("note", "暗由复议说明", "again", "signer"),
    )  # fmt: skip
    sign(scene, "again", "signer")
    reviews.close_reconsideration(asked, by=olga, conclusion=scene.plant("second", "暗由复议结论", "again"))
    Assignment.objects.filter(pk=scene.sheets["again", "returner"].pk).update(reason_asked_at=clock.now())
    reviews.give_fuller_reason(
        scene.fresh("again", "returner"), by=scene.people["returner"],
        text=scene.plant("opinion", "暗语补充理由", "again", "returner"),
    )  # fmt: skip
    reviews.reconsider(
        row, by=olga, ground="officer", way="extra", experts=[scene.experts["newcomer"]],
        reason=scene.plant("second", "暗由复议加评", "again"),
    )  # fmt: skip
