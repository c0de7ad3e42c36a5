"""Bans that an officer keeps: who may, what is needed, what is not stored, and the table that brings many."""

import io
from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command

from applications import facts, persons, workflow
from applications.models import Ban
from audit.models import Entry
from jbgs.lib import clock
from jbgs.lib.errors import Forbidden, Refused
from tests.cast import OPEN, world

pytestmark = pytest.mark.django_db
NUMBER = "110101198005010018"
TODAY = OPEN.date()


@pytest.fixture
def cast():
    return world()


def record(by, who=None, **more):
    named = {"kind": "misconduct", "reason": "虚构的处理决定", "starts_on": TODAY} | more
    return workflow.record_ban(who or workflow.Banned(name="沈工", id_number=NUMBER), by=by, **named)


def test_a_person_is_banned_without_the_number_being_kept(cast):
    ban = record(cast.olga, ends_on=TODAY + timedelta(days=365))
    stored = Ban.objects.values().get(pk=ban.pk)
    assert NUMBER not in str(stored) and stored["person_name"] == "沈工"
    assert persons.same((ban.person_key, ban.name_key), persons.keys_of("沈工", date(1980, 5, 1), ""))
    assert Entry.objects.for_object(ban).get().action == "record_ban"


def test_a_ban_is_seen_by_the_facts_until_it_is_lifted(cast):
    with clock.travel(OPEN):
        draft = cast.draft()
        ban = record(cast.olga, workflow.Banned(credit_code=draft.unit.code), kind="credit")
        assert [one.kind for one in facts.facts_of(draft, needs=frozenset({"bans"})).bans] == ["credit"]
        workflow.lift_ban(ban, by=cast.olga, reason="修复信用")
        assert facts.facts_of(draft, needs=frozenset({"bans"})).bans == ()
    assert [entry.action for entry in Entry.objects.for_object(ban)] == ["record_ban", "lift_ban"]


@pytest.mark.parametrize("who", ["alice", "dora", "erin", "sven"])
def test_only_officers_keep_bans(cast, who):
    with pytest.raises(Forbidden):
        record(getattr(cast, who))
    ban = record(cast.olga)
    with pytest.raises(Forbidden):
        workflow.lift_ban(ban, by=getattr(cast, who), reason="一")


@pytest.mark.parametrize(
    ("who", "more", "field"),
    [
        (workflow.Banned(name="沈工"), {}, "name"),
        (workflow.Banned(id_number=NUMBER), {}, "name"),
        (workflow.Banned(name="沈工", id_number="110101198005010019"), {}, "id_number"),
        (workflow.Banned(credit_code="91350100M000100Y43"), {}, "credit_code"),
        (workflow.Banned(credit_code="91350100M000100Y4Z"), {}, "credit_code"),
        (None, {"kind": "mood"}, "kind"),
        (None, {"reason": " "}, "reason"),
        (None, {"ends_on": TODAY - timedelta(days=1)}, "ends_on"),
    ],
)
def test_what_is_missing_is_told_at_its_field(cast, who, more, field):
    with pytest.raises(Refused) as refusal:
        record(cast.olga, who, **more)
    assert refusal.value.field == field and refusal.value.sentence.endswith("。") and not Ban.objects.exists()


class TestTable:
    def load(self, tmp_path, *rows, **options):
        path, out = tmp_path / "bans.csv", io.StringIO()
        head = "credit_code,name,id_number,birth_date,kind,starts_on,ends_on,programme,reason"
        path.write_text("\n".join((head, *rows)), encoding="utf-8")
        call_command("import_bans", path, by="olga", stdout=out, **options)
        return out.getvalue()

    def test_units_and_persons(self, cast, tmp_path):
        unit = cast.alice.unit.code
        person = ",沈工,,1980-05-01,guide_expert,2025-01-01,,,虚构"
        told = self.load(tmp_path, f"{unit},,,,credit,2025-01-01,2026-01-01,,虚构", person)
        assert "已登记 2 项" in told
        assert set(Ban.objects.values_list("unit__code", "person_name", "kind")) == {
            (unit, "", "credit"), (None, "沈工", "guide_expert"),
        }  # fmt: skip

    def test_one_bad_row_stops_all_and_all_are_told(self, cast, tmp_path):
        with pytest.raises(CommandError) as problem:
            self.load(
                tmp_path, ",沈工,,1980-05-01,misconduct,2025-01-01,,,虚构", ",陆工,,1980-05-01,misconduct,昨天,,,虚构",
                ",陆工,,,misconduct,2025-01-01,,nowhere,虚构",
            )  # fmt: skip
        assert "第 3 行" in str(problem.value) and "第 4 行" in str(problem.value) and not Ban.objects.exists()

    def test_a_dry_run_writes_nothing(self, cast, tmp_path):
        assert "没有登记 1 项" in self.load(tmp_path, ",沈工,,1980-05-01,misconduct,2025-01-01,,,虚构", dry_run=True)
        assert not Ban.objects.exists()
