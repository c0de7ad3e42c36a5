"""Everybody opens everything they can: the planted secrets that they read are exactly those of table.py; and what
others do in a review changes nothing for who must not know of it: no page, list, counter, badge, order, file, message
or refusal differs by one sign before and after; and no search answers whether a name or a figure is there.

What cannot be hidden: keys of sheets count up over the whole installation, so an expert who gets two at different
times can tell how many were handed out in between, but not whose.
"""

from urllib.parse import quote

import pytest
from django.urls import reverse

from notifications.models import Message
from reviews import blind, due, offline, queries
from reviews.models import Assignment
from tests.access.visiting import undone
from tests.reviews.leaks import events, surface
from tests.reviews.leaks.scene import ROLES
from tests.reviews.leaks.stage import scrubbed
from tests.reviews.leaks.table import BYSTANDERS, allowed, is_promised, left_out

# Once, on PostgreSQL: who learns what does not hang on the database.
pytestmark = [pytest.mark.django_db, pytest.mark.slow]
LOOKERS = sorted(BYSTANDERS, key=events.round_for)


@pytest.fixture
def _django_db_helper(stage):
    """No transaction for each test: the stage has its own, and what has happened on it stays for the next test."""


@pytest.mark.parametrize("who", ROLES)
def test_everybody_reads_what_the_table_says(stage, who):
    walk, scene = stage.before(who), stage.scene
    assert not walk.errors
    leaked = [f"{who} reads {secret} at {where}" for secret, where in walk.read.items() if not allowed(who, secret)]
    assert not leaked, "\n".join(leaked)
    promised = {(one.kind, one.task) for one in scene.secrets if is_promised(who, one)}
    missing = promised - {(one.kind, one.task) for one in walk.read}
    assert not missing, f"the table promises {who} what is shown nowhere: {sorted(missing)}"


@pytest.mark.parametrize("who", LOOKERS)
def test_nothing_changes_for_who_must_not_know(stage, who):
    round_ = events.round_for(who)
    found = stage.differences(who, events.ROUNDS[round_], events.SHEETS[round_], left_out(stage.scene, who))
    assert len(stage.before(who).seen) > 5
    assert not found, f"{who} notices the {round_} round:\n" + "\n".join(found)


def test_it_is_noticed_by_who_may_know(stage):
    """The comparison sees something: an officer's pages do change."""
    scene = stage.scene
    for act, task in ((events.first, "open"), (events.second, "drawn")):
        start = f"/admin/reviews/assignment/tasks/{scene.applications[task].task_id}/"
        paths = [start + page + "/" for page in ("panel", "progress", "ranking")]
        stage.turn(None)
        before = stage.asked("olga", paths)
        stage.turn(act)
        assert before != stage.asked("olga", paths), task


@pytest.mark.parametrize("who", ["signer", "hider", "dora"])
def test_no_search_answers_whether_somebody_is_there(stage, who):
    """Every field to search in is asked for planted words and for a word that is nowhere: the answers are the same."""
    scene, asked = stage.scene, quote(surface.SEARCHED)
    fields = [path for path in stage.before(who).seen if asked in path]
    hidden = {secret.word for secret in scene.secrets if secret.expert in ("drafter", "taker")}
    stage.turn(None)
    with undone():
        client = surface.browser(scene.people[who])
        for path in fields:
            nothing = scrubbed(surface.words_of(client.get(path.replace(asked, quote("查无此词")))))
            for word in hidden:
                answer = scrubbed(surface.words_of(client.get(path.replace(asked, quote(word)))))
                assert answer.replace(word, "查无此词") == nothing, (path, word)


# ---- the nets have no holes: each kind of leak, planted, is caught ----


def noticed(stage, who: str, path: str) -> bool:
    """Whether this page of theirs differs once the first round of acts has happened."""
    stage.turn(None)
    before = stage.asked(who, [path])
    stage.turn(events.first)
    return before != stage.asked(who, [path])


def a_word_on_a_page(scene, patch):
    patch.setattr("applications.views.reading.opinions_for_unit", lambda application: [scene.people["signer"].name])
    return "alice", "applications:detail"


def a_figure_in_an_export(scene, patch):
    line = offline._line
    total = next(one.word for one in scene.secrets if one.kind == "total" and one.expert == "masker")
    patch.setattr(offline, "_line", lambda row, review: line(row, review) | {"title": f"{row.face.title} {total}"})
    return "hider", "admin:reviews_offline_xlsx"


def a_unit_in_the_name_of_a_file(scene, patch):
    patch.setattr(offline, "filename", lambda expert, task: f"{scene.people['hugo'].unit.name}.xlsx")
    return "hider", "admin:reviews_offline_xlsx"


def an_author_in_the_properties_of_a_file(scene, patch):
    patch.setattr("jbgs.lib.properties.stripped", lambda data, kind: data)
    return "hider", "applications:attachment_download"


def a_name_in_a_calendar(scene, patch):
    item, name = due.DueItem, scene.people["taker"].name
    patch.setattr(due, "DueItem", lambda key, title, *rest: item(key, f"{title}（{name}）", *rest))
    return "waited", "own feed"


@pytest.mark.parametrize(
    "leak",
    [
        a_word_on_a_page,
        a_figure_in_an_export,
        a_unit_in_the_name_of_a_file,
        an_author_in_the_properties_of_a_file,
        a_name_in_a_calendar,
    ],
)
def test_a_planted_word_is_found(stage, monkeypatch, leak):
    stage.turn(None)
    with pytest.MonkeyPatch.context() as nothing:
        who, where = leak(stage.scene, nothing)
    assert all(allowed(who, secret) for secret in stage.read(who, only={where}.__contains__))
    leak(stage.scene, monkeypatch)
    found = stage.read(who, only={where}.__contains__)
    assert [secret for secret in found if not allowed(who, secret)]


def test_a_planted_message_is_found(stage):
    stage.turn(None)
    with undone():
        row = Message.objects.filter(user=stage.scene.people["signer"]).first()
        Message.objects.filter(pk=row.pk).update(body=f"{stage.scene.people['drafter'].name}已提交。")
        found = stage.read("signer", only=lambda name: False)
    assert [where for secret, where in found.items() if not allowed("signer", secret)] == [
        f"{row.channel}: {row.title}"
    ]


def more_rows(monkeypatch):
    """我的评审, were it to show everybody's sheets."""
    monkeypatch.setattr(queries, "visible_to", lambda user: Assignment.objects.all())


def another_count(monkeypatch):
    """The number in the sidebar, were it to count what others have signed."""
    of_all = (lambda user: Assignment.objects.filter(state="signed").count()).__code__
    monkeypatch.setattr(queries.waiting_for, "__code__", of_all)  # the sidebar holds the function itself


def another_order(monkeypatch):
    """The list, were it sorted by what others have given back."""
    put = blind.put_faces

    def by_others(sheets, viewer, **named):
        return sorted(
            put(sheets, viewer, **named),
            key=lambda row: (row.application.assignments.filter(state="returned").count(), row.pk),
        )

    monkeypatch.setattr(blind, "put_faces", by_others)


@pytest.mark.parametrize("leak", [more_rows, another_count, another_order])
def test_a_planted_difference_is_noticed(stage, monkeypatch, leak):
    path = reverse("admin:reviews_todo")
    assert not noticed(stage, "signer", path)
    leak(monkeypatch)
    assert noticed(stage, "signer", path)
