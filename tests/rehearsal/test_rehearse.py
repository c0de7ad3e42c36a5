"""`manage.py rehearse`: a whole call through the command; one seed twice, with another one in between."""

import io
import json
import re
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.models import F, Value
from django.db.models.functions import Concat

from accounts.models import User
from applications import quota
from applications.models import Application, Objection, QuotaUse, RecommendationList
from applications.states import COUNTS_IN_QUOTA, State
from audit.models import Entry
from jbgs.lib.validators import check_uscc
from jbgs.rehearsal.cast import make_person
from jbgs.rehearsal.scholars import Scholars
from programmes.models import Call, CallVersion
from programmes.queries import public_calls
from reviews.models import Recusal, Score
from tests.cast import load_miit
from tests.rehearsal import papers_of

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

APPLICATIONS = 24
KEYS = {
    "call", "tasks", "applications", "submitted", "returned", "recommended", "quota_refusals", "rejected", "reviewed",
    "shortlisted", "won", "documents", "quota_breaches", "queries", "seconds",
    "states", "stuck", "stages", "unplayed", "unmet", "log_intact", "green",
}  # fmt: skip


@dataclass(frozen=True)
class Run:
    """One call of the command: its figures, the copy that was played, the folder of its files."""

    figures: dict
    call: Call
    folder: Path | None

    @property
    def applications(self):
        return Application.objects.filter(call=self.call)

    @property
    def log(self):
        """The log of this rehearsal's applications."""
        ids = self.applications.values("pk")
        return Entry.objects.filter(object_type=Application._meta.label_lower, object_id__in=ids)


def rehearse(seed: int, number: int, folder: Path | None = None) -> Run:
    """Through the command; `number` is how many rehearsals of this seed there are then."""
    said = io.StringIO()
    call_command("rehearse", "miit-2025", applications=APPLICATIONS, seed=seed, out=folder, stdout=said)
    figures = json.loads(said.getvalue().strip().splitlines()[-1])
    return Run(figures, Call.objects.get(slug=f"miit-2025-r{seed}-{number}"), folder)


@pytest.fixture(scope="module")
def database(django_db_setup, django_db_blocker):
    """One transaction around the module, rolled back at its end: nobody may delete from the log."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def loaded(database):
    """The call as it was before anybody rehearsed it: (call, its row, its versions)."""
    call = load_miit()
    return call, _row(call), list(call.versions.values_list("pk", "sha256"))


@pytest.fixture(scope="module")
def runs(loaded, tmp_path_factory):
    folder = tmp_path_factory.mktemp("rehearsals")
    return {
        "first": rehearse(7, 1, folder / "first"),
        "other": rehearse(8, 1),
        "again": rehearse(7, 2, folder / "again"),
    }


@pytest.fixture(scope="module")
def run(runs) -> Run:
    return runs["first"]


def _row(call: Call) -> dict:
    return Call.objects.filter(pk=call.pk).values().get()


# --- The figures -------------------------------------------------------------------------------------------------


def test_the_last_line_is_one_object_with_the_agreed_keys(run):
    assert set(run.figures) == KEYS
    assert run.figures["green"] is True and run.figures["unplayed"] == []  # told of one call as of all
    assert run.figures["call"] == "miit-2025"


def test_the_figures_are_those_of_the_rows(run):
    figures, states = run.figures, list(run.applications.values_list("state", flat=True))
    assert figures["applications"] == len(states) == APPLICATIONS
    assert figures["submitted"] == run.applications.exclude(version=None).count()
    assert figures["recommended"] == sum(state in COUNTS_IN_QUOTA["recommend"] for state in states)
    assert figures["rejected"] == states.count(State.REJECTED)
    assert figures["won"] == states.count(State.WON)
    assert figures["quota_refusals"] == run.log.refused().filter(code__in=["quota_full", "quota_needs_reason"]).count()
    order = ("won", "shortlisted", "reviewed", "recommended", "submitted", "applications")
    assert 0 < figures["won"] and [figures[name] for name in order] == sorted(figures[name] for name in order)
    assert figures["tasks"] == run.applications.values("task").distinct().count()
    assert figures["queries"] > 1000 and figures["seconds"] > 0


def test_every_document_that_is_named_lies_in_the_folder(run):
    named = run.figures["documents"]
    assert sorted(named) == papers_of.names(run.folder)
    assert {Path(name).suffix for name in named} == {".xlsx", ".pdf"}
    whole = {name for name in named if re.search(r"-v\d+\.pdf$", name)}
    assert len(whole) == min(6, run.figures["shortlisted"])


def test_without_a_folder_nothing_is_written(runs):
    assert runs["other"].figures["documents"] == []


# --- Quotas ------------------------------------------------------------------------------------------------------


def test_no_quota_is_breached_and_every_one_was_met(run):
    assert run.figures["quota_breaches"] == 0
    assert run.figures["quota_refusals"] > 0
    for code, spec in run.call.spec.quotas.items():
        uses = QuotaUse.objects.filter(scope__call=run.call, scope__code=code)
        assert uses.filter(slot=spec.limit).exists(), f"{code}: no scope is full"
        assert not uses.filter(slot__gt=spec.limit, over_reason="").exists()
    over = QuotaUse.objects.filter(scope__call=run.call).exclude(over_reason="")
    assert set(over.values_list("scope__code", flat=True)) >= {"recommend", "shortlist"}


@pytest.mark.parametrize("code", sorted(COUNTS_IN_QUOTA))
def test_a_planted_breach_is_found(run, code):
    """Reasons excuse as many as there are; so everybody outside a full scope comes in at once."""
    spec = run.call.spec.quotas[code]
    full = QuotaUse.objects.filter(scope__call=run.call, scope__code=code, slot=spec.limit).first()
    same_scope = {"task": full.application.task}
    if "recommender" in spec.scope:
        same_scope["department"] = full.application.department
    outside = run.applications.filter(**same_scope, number__isnull=False).exclude(state__in=COUNTS_IN_QUOTA[code])
    assert quota.breaches(run.call) == []
    assert outside.update(state=full.application.state) > 0
    assert any(found.startswith(f"{code} ") for found in quota.breaches(run.call))


def test_a_surplus_whose_reason_is_gone_is_a_breach(run):
    QuotaUse.objects.filter(scope__call=run.call).exclude(over_reason="").delete()
    assert quota.breaches(run.call)


# --- The story ---------------------------------------------------------------------------------------------------


def test_everything_that_can_go_wrong_did(run):
    done = set(run.log.done().values_list("action", flat=True))
    wanted = {"return_for_changes", "decline", "request_supplement", "supplement", "reject", "take_back", "unpropose"}
    assert wanted <= done
    refused = set(run.log.refused().values_list("action", "code"))
    late, unfinished = ("submit", "window_closed"), ("submit", "incomplete")
    assert {late, unfinished, ("submit_evaluation", "not_measured")} <= refused
    assert run.log.refused().filter(code="forbidden").exists()
    assert Recusal.objects.filter(application__call=run.call).exists()
    objections = Objection.objects.filter(application__call=run.call)
    assert {True, False} == {row.state == "upheld" for row in objections}
    assert not RecommendationList.objects.filter(call=run.call, letter_no="").exists()


def test_a_double_click_made_one_submission(run):
    pressed = run.log.filter(action="submit").exclude(key="")
    assert pressed.done().values("object_id", "key").distinct().count() == pressed.done().count()
    assert not pressed.refused().filter(code__in=["state_changed", "key_used"]).exists()


def test_the_log_is_intact(run):
    said = io.StringIO()
    call_command("verify_audit", stdout=said)
    assert "intact" in said.getvalue()


# --- What a rehearsal leaves alone -------------------------------------------------------------------------------


def test_the_loaded_call_is_as_it_was(runs, loaded):
    call, row, versions = loaded
    assert _row(call) == row
    assert list(call.versions.values_list("pk", "sha256")) == versions
    assert not Application.objects.filter(call=call).exists()
    assert not call.extensions.exists() and not call.own_deadlines.exists()
    assert CallVersion.objects.exclude(call=call).count() == len(runs)


def test_the_copy_says_what_it_is_and_stays_out_of_public_lists(runs, client):
    for run in runs.values():
        assert run.call.is_rehearsal and run.call.original.slug == "miit-2025"
        assert client.get(f"/calls/{run.call.slug}/").status_code == 404
    assert [call.slug for call in public_calls()] == ["miit-2025"]
    assert [call.slug for call in Call.objects.real()] == ["miit-2025"]
    assert "-r7-" not in client.get("/").content.decode()


def test_nobody_of_a_rehearsal_can_sign_in(run):
    people = User.objects.filter(username__startswith="r7-")
    assert people.count() > APPLICATIONS
    assert not [person for person in people if person.has_usable_password() or person.phone]
    assert all(people.values_list("is_fictitious", flat=True))


def test_units_are_fictitious_and_their_codes_are_valid(run):
    units = [application.unit for application in run.applications.select_related("unit")]
    assert all(unit.is_fictitious and check_uscc(unit.code) == unit.code for unit in units)
    assert len({unit.pk for unit in units}) == APPLICATIONS


# --- Seeds -------------------------------------------------------------------------------------------------------


def _told(run: Run) -> dict:
    return {key: value for key, value in run.figures.items() if key != "seconds"}


def test_the_same_seed_gives_the_same_figures(runs):
    assert _told(runs["again"]) == _told(runs["first"])


def test_the_same_seed_gives_the_same_cells(runs):
    first = papers_of.cells(runs["first"].folder)
    assert first and papers_of.cells(runs["again"].folder) == first


def test_the_same_seed_gives_the_same_papers(runs):
    first = papers_of.texts(runs["first"].folder)
    assert first and papers_of.texts(runs["again"].folder) == first


def test_the_same_seed_gives_the_same_story(runs):
    assert _story(runs["again"]) == _story(runs["first"])


def test_the_story_does_not_hang_on_where_its_rows_lie(run):
    """PostgreSQL writes a changed row elsewhere, and unordered rows come as they lie."""
    told, lying = _story(run), list(_scores(run).values_list("pk", flat=True))
    for pk in lying[::3]:
        _scores(run).filter(pk=pk).update(points=F("points"))
    if connection.vendor == "postgresql":  # or this would prove nothing
        assert list(_scores(run).values_list("pk", flat=True)) != lying
    assert _story(run) == told


def _scores(run: Run):
    return Score.objects.filter(assignment__application__call=run.call).order_by()


def test_the_same_seed_gives_the_same_story_to_people_of_other_rows(runs):
    """As in a database with another past: the experts of this rehearsal are new, behind others, in another order."""
    told = _story(runs["first"])
    experts = User.objects.filter(username__startswith="r7-expert-")
    before = dict(experts.values_list("username", "pk"))
    experts.update(username=Concat(Value("former-"), "username"))
    call, played = runs["first"].call, runs["first"].applications.select_related("task").order_by("pk")
    tasks = [call.spec.tasks[code] for code in dict.fromkeys(application.task.code for application in played)]
    scholars = Scholars(call.spec, tasks, User.objects.get(username="r7-officer-0"))
    for number in (5, 2, 11):
        scholars.expert(number, make_person(f"r7-expert-{number}", "expert"))
    assert _story(rehearse(7, 3)) == told
    after = dict(experts.values_list("username", "pk"))
    assert after.keys() == before.keys() and sorted(after, key=after.get) != sorted(before, key=before.get)


def test_another_seed_gives_another_story(runs):
    assert _story(runs["other"]) != _story(runs["first"])


def _story(run: Run) -> list:
    """Everything that happened, in order, without keys of rows."""
    first = run.applications.order_by("pk").values_list("pk", flat=True)[0]
    order = ("object_id", "sequence")
    steps = run.log.order_by(*order).values_list("object_id", "action", "outcome", "code", "actor_label", "happened_at")
    titles = list(run.applications.order_by("pk").values_list("number", "title", "state", "unit__name"))
    sheet = ("assignments__expert__user__username", "assignments__state", "assignments__scores__criterion")
    scores = run.applications.order_by("pk", *sheet).values_list(*sheet, "assignments__scores__points")
    return [titles, [(pk - first, *rest) for pk, *rest in steps], list(scores)]


# --- Questions it cannot answer ----------------------------------------------------------------------------------


def test_an_unknown_call_is_named(db):
    with pytest.raises(CommandError, match="no call 'miit-1925' is loaded; try: manage.py load_programme FILE"):
        call_command("rehearse", "miit-1925")


def test_a_rehearsal_is_not_rehearsed(run):
    with pytest.raises(CommandError, match="no call 'miit-2025-r7-1' is loaded"):
        call_command("rehearse", run.call.slug)


def test_no_applications_are_no_rehearsal(loaded):
    with pytest.raises(CommandError, match="--applications must be at least 1"):
        call_command("rehearse", "miit-2025", applications=0)
