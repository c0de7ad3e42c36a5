"""What others do while somebody looks: two rounds of acts of different people; everybody is a bystander of one."""

from applications import workflow as applications
from reviews import workflow as reviews
from reviews.models import Clearance, MeetingItem, Reconsideration, ReviewerChange
from reviews.workflow import meeting as verbs
from tests.reviews.leaks.scene import Scene, decline, save, sign

FIRST = ("drafter", "returner", "scribe", "late", "stepper", "waiter", "waited", "cleared", "hider", "chair", "member")
"""Who acts, or is told something, in the first round; all others look at it, and these at the second."""
SHEETS = {"first": ("open", "drafter"), "second": ("drawn", "newcomer"), "closed": ("open", "drafter")}
"""Somebody else's sheet, for forged forms."""


def in_open(scene: Scene) -> None:
    """Scores come in, people leave and come, a decision is prepared."""
    olga = scene.cast.olga
    save(scene, "open", "drafter")
    reviews.declare_recusal(scene.fresh("open", "drafter"), by=scene.people["drafter"], reason="暗由离席")
    sign(scene, "open", "returner")
    reviews.assign(scene.applications["open"], by=olga, experts=[scene.experts["late"]])
    applications.prepare_decision(scene.applications["open"], by=olga, verb="pass_over", reason="暗由拟定")


def first(scene: Scene) -> None:
    """The same; two officers agree, a draw goes on, a panel votes."""
    olga, otto = scene.cast.olga, scene.cast.otto
    in_open(scene)
    save(scene, "other", "scribe")
    reviews.remind(scene.applications["other"].task, by=olga)
    _after_the_draw(scene, olga, otto)
    for row in Reconsideration.objects.filter(state="open"):
        for change in ReviewerChange.objects.filter(application=row.application, state="prepared"):
            reviews.discard_change(change, by=otto)
    sign(scene, "veiled", "hider")
    item = MeetingItem.objects.get(meeting=scene.meetings["veiled"])
    verbs.cast_ballot(item, by=scene.people["member"], choice="against")
    verbs.close_item(item, by=olga, note="暗语又议")


def _after_the_draw(scene: Scene, olga, otto) -> None:
    reviews.approve_change(ReviewerChange.objects.get(reason="暗由调整待"), by=otto)
    decline(scene, "stepper", "暗由再谢绝", "drawn")
    reviews.approve_clearance(Clearance.objects.get(reason="暗由核定待"), by=otto)
    sign(scene, "drawn", "cleared")
    reviews.prepare_change(
        scene.applications["drawn"], by=olga, out=scene.fresh("drawn", "newcomer"), reason="暗由再调"
    )
    reviews.give_public_value(scene.draws["frozen"], by=scene.cast.sven, value="135790")


def second(scene: Scene) -> None:
    """Sheets are given back and signed again, one is new, somebody is taken off."""
    olga = scene.cast.olga
    for application, expert in (("open", "signer"), ("other", "gilder"), ("veiled", "masker"), ("drawn", "taker")):
        reviews.return_for_revision(scene.fresh(application, expert), by=olga, reason="暗由再退")
        if expert != "taker":  # with a ground that nobody has ruled on
            sign(scene, application, expert)
    save(scene, "drawn", "newcomer")
    reviews.recuse(scene.applications["drawn"], by=olga, expert=scene.experts["idle"], reason="暗由再认定")


ROUNDS = {"first": first, "second": second, "closed": in_open}


def round_for(who: str) -> str:
    """In which round this person is a bystander; ruth runs everything but what is closed to her."""
    return "closed" if who == "ruth" else "second" if who in FIRST else "first"
