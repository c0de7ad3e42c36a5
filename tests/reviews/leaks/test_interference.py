"""What others do in a review changes nothing for who must not know of it: no page, list, counter, badge, order, file or
message differs by one sign before and after; and no search answers whether a name or a figure is there.

What cannot be hidden: keys of sheets count up over the whole installation, so an expert who gets two at different
times can tell how many were handed out in between, but not whose.
"""

import re
from urllib.parse import quote

import pytest

from applications import workflow
from jbgs.lib import clock
from notifications.models import Message
from reviews import workflow as reviews
from tests.access.test_access_secrets import differences
from tests.access.visiting import undone
from tests.reviews.leaks import surface
from tests.reviews.leaks.scene import Scene, decline, save, sign

pytestmark = [pytest.mark.django_db, pytest.mark.slow, pytest.mark.usefixtures("bare_refusals")]
OUTSIDE = ("visitor", "alice", "oleg", "ruth")
EXPERTS = ("signer", "idle")
"""On the same panel and done with it, on none."""
OFFICES_OWN = ("/admin/notifications/message/", "/admin/documents/artifact/")
"""Rows of the machine, which its administrators keep: that a message or file was made, to whom and when."""
BASE = ("/admin/reviews/assignment/experts/",)
"""How much work an expert of the shared list has, which every officer sees; never for what. It stands in the tables of
an officer's own tasks, too."""
FRESH = re.compile(
    r'name="(?:csrfmiddlewaretoken|key|once)" value="[^"]*"|value="[^"]*" name="(?:csrfmiddlewaretoken|key)"'
    rf"|{clock.machine_now().year}(?:年\d+月\d+日|-\d\d-\d\d) \d\d:\d\d"  # the machine's clock: signing in
    r'|(?:content|data-token|nonce)="[^"]*"|nonce-[\w+/=-]+|(?:csrftoken|sessionid)=[^;]+'
)


def scrubbed(response) -> str:
    """The answer without tokens, one-time keys and the running number of a file that is asked for anew each time."""
    return re.sub(r"/documents/\d+/", "/documents/", FRESH.sub("", surface.words_of(response)))


def everything(scene: Scene, who: str, again: dict | None = None, only=lambda name: True) -> dict[str, str]:
    """All that `who` can read, by address; `again`: what was read before, and nothing else.

    Messages are not followed: that is reading them, and the next page would say so.
    """
    client, found = surface.browser(scene.people[who]), {}
    if again is not None:
        found = {path: scrubbed(client.get(path)) for path in again if not path.startswith("POST ")}
        return found | posted(scene, who)
    for path, response in surface.walk(scene, client, only=lambda name: name != "notifications:open" and only(name)):
        opens = response.status_code < 400 and "signin" not in response.get("Location", "")
        if opens and not path.startswith(_left_out(scene, who)):
            found[path] = scrubbed(response)
    return found | posted(scene, who)


def _left_out(scene: Scene, who: str) -> tuple[str, ...]:
    """Where this person rightly sees that something happens: each with its reason above."""
    own = (f"/admin/reviews/assignment/tasks/{scene.applications['other'].task_id}/",) if who == "ruth" else ()
    return (
        "/healthz/", "/readyz/", *(OFFICES_OWN if who == "sysadmin" else ()),
        *(BASE if who in ("oleg", "ruth") else ()), *own,
    )  # fmt: skip


def posted(scene: Scene, who: str) -> dict[str, str]:
    """What forged forms about somebody else's sheet and task are answered."""
    client = surface.browser(scene.people[who])  # another session: a refusal may be told on the next page
    pk, task = scene.sheets["open", "drafter"].pk, scene.applications["open"].task_id
    paths = [
        path
        for name, paths in surface.addresses(scene).items()
        for path in paths
        if name.startswith("admin:reviews_") and (f"/sheets/{pk}/" in path or path.endswith(f"/tasks/{task}/"))
    ]
    return {f"POST {path}": scrubbed(client.post(path, {"reason": "伪造", "agreed": "on"})) for path in paths}


def one_finishes(scene: Scene) -> None:
    """Somebody saves and signs; somebody who was given the sheet back signs again."""
    sign(scene, "open", "drafter")
    sign(scene, "open", "returner")


def others_leave(scene: Scene) -> None:
    """One saves and then stands aside, one declines, one is given another sheet, everybody is reminded."""
    save(scene, "open", "drafter")
    reviews.declare_recusal(scene.fresh("open", "drafter"), by=scene.people["drafter"], reason="暗由离席")
    decline(scene, "returner", "暗由离任")
    reviews.remind(scene.applications["other"].task, by=scene.cast.olga)


def it_is_decided(scene: Scene) -> None:
    """Somebody is replaced, and a decision is proposed for another application of the task."""
    reviews.unassign(scene.fresh("open", "drafter"), by=scene.cast.olga, reason="暗由撤换")
    reviews.assign(scene.applications["open"], by=scene.cast.olga, experts=[scene.experts["idle"]])
    workflow.prepare_decision(scene.applications["open"], by=scene.cast.olga, verb="pass_over", reason="暗由拟定")


@pytest.mark.parametrize("who", [*OUTSIDE, *EXPERTS])
def test_nothing_changes_for_who_must_not_know(visit, who):
    before, told = everything(visit, who), Message.objects.filter(user=visit.people[who]).count()
    assert len(before) > 5
    events = (one_finishes, others_leave, it_is_decided)
    for happens in events[:-1] if who == "idle" else events:  # who comes instead is told, of course
        with undone():
            happens(visit)
            found = differences(before, everything(visit, who, before))
            assert not found, f"{who} notices that {happens.__name__}:\n" + "\n".join(found)
            assert Message.objects.filter(user=visit.people[who]).count() == told


def test_it_is_noticed_by_who_may_know(visit):
    """The comparison sees something: an officer's pages do change."""
    client, task = surface.browser(visit.people["olga"]), visit.applications["open"].task_id
    paths = [f"/admin/reviews/assignment/tasks/{task}/{page}/" for page in ("panel", "progress", "ranking")]
    for happens in (one_finishes, others_leave, it_is_decided):
        with undone():
            before = {path: scrubbed(client.get(path)) for path in paths}
            happens(visit)
            assert differences(before, {path: scrubbed(client.get(path)) for path in paths}), happens


@pytest.mark.parametrize("who", ["alice", "signer"])
def test_no_search_answers_whether_somebody_is_there(visit, who):
    """Every field to search in is asked for planted words and for a word that is nowhere: the answers are the same."""
    client, asked = surface.browser(visit.people[who]), quote(surface.SEARCHED)
    fields = [path for path, _ in surface.walk(visit, client) if asked in path]
    hidden = {secret.word for secret in visit.secrets if secret.expert == "drafter"}
    for path in fields:
        nothing = scrubbed(client.get(path.replace(asked, quote("查无此词"))))
        for word in hidden:
            answer = scrubbed(client.get(path.replace(asked, quote(word))))
            assert answer.replace(word, "查无此词") == nothing, (path, word)
