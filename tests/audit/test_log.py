"""The log cannot be changed, and a change that gets past the triggers is found."""

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from accounts.models import User
from audit import log
from audit.models import Entry
from jbgs.lib.errors import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return User.objects.create(username="nora", name="诺拉", role="officer")


@pytest.fixture
def chain(person):
    return [log.append(person, verb, person, data={"n": n}) for n, verb in enumerate(("one", "two", "three"))]


def test_entries_are_chained_by_sequence_and_hash(chain):
    assert [entry.sequence for entry in chain] == [1, 2, 3]
    assert [entry.previous_hash for entry in chain] == ["", chain[0].hash, chain[1].hash]
    assert list(log.broken_entries()) == []


def test_business_and_machine_time_are_both_kept(person):
    from datetime import UTC, datetime

    from jbgs.lib import clock

    moment = datetime(2025, 3, 6, 12, tzinfo=UTC)
    with clock.travel(moment):
        entry = log.append(person, "one", person)
    assert entry.happened_at == moment
    assert entry.recorded_at > moment


@pytest.mark.parametrize("change", [lambda rows: rows.update(sentence="x"), lambda rows: rows.delete()])
def test_the_database_refuses_update_and_delete(chain, change):
    with pytest.raises(DatabaseError), transaction.atomic():
        change(Entry.objects.filter(pk=chain[1].pk))
    assert Entry.objects.count() == 3


def _without_triggers(statement: str, params):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("ALTER TABLE audit_entry DISABLE TRIGGER audit_entry_append_only")
        else:
            cursor.execute("DROP TRIGGER audit_entry_no_update")
            cursor.execute("DROP TRIGGER audit_entry_no_delete")
        cursor.execute(statement, params)


def test_verify_audit_finds_a_changed_entry(chain):
    call_command("verify_audit")
    _without_triggers("UPDATE audit_entry SET sentence = 'bent' WHERE id = %s", [chain[1].pk])
    assert [entry.pk for entry, _ in log.broken_entries()] == [chain[1].pk]
    with pytest.raises(CommandError):
        call_command("verify_audit")


def test_verify_audit_finds_a_missing_entry(chain):
    _without_triggers("DELETE FROM audit_entry WHERE id = %s", [chain[1].pk])
    assert [entry.pk for entry, _ in log.broken_entries()] == [chain[2].pk]


def test_a_refusal_is_an_entry_of_the_same_chain(chain, person):
    entry = log.append_refusal(person, "four", person, Refused("no", "不行"))
    assert (entry.sequence, entry.outcome, entry.code, entry.sentence) == (4, "refused", "no", "不行")
    assert list(log.broken_entries()) == []
