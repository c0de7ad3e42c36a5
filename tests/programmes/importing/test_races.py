"""Two clicks at once write one version; so do two officers, and the later one is told."""

import pytest

from accounts.models import User
from applications import access
from jbgs.lib.errors import Refused
from programmes.backoffice import importing
from programmes.importing.files import read_tasks
from programmes.importing.rows import dump
from programmes.loader import load_document
from programmes.models import TaskImport
from tests.concurrency import meet, race
from tests.programmes.documents import small_document
from tests.programmes.importing import notices

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def draft(db):
    call = load_document(small_document()).call
    officer = User.objects.create_user("olga", name="主管甲", role=User.Role.OFFICER)
    access.grant_call(officer, call)
    found = read_tasks(notices.CHAPTERS.encode(), "n.txt")
    return TaskImport.objects.create(call=call, name="n.txt", sha256="0" * 64, found=dump(found), by=officer)


class Form(dict):
    """A form as the view gets it."""

    def getlist(self, name):
        return self.get(name, [])


def form(draft) -> Form:
    return Form(base=str(draft.call.current_version_id), take=["0", "1"], reason="某科发〔2031〕1号", key="one")


def test_two_clicks_at_once_write_once(draft, monkeypatch):
    meet(monkeypatch, importing, "restore")
    sent = form(draft)
    results = race(*[lambda: importing.confirm(draft, by=draft.by, form=sent)] * 2)
    assert [result.written for result in results] == [2, 2]
    assert draft.call.versions.count() == 2


def test_two_officers_at_once_write_once_and_one_is_told(draft, monkeypatch):
    meet(monkeypatch, importing, "restore")
    other = User.objects.create_user("otto", name="主管乙", role=User.Role.OFFICER)
    sent = form(draft)
    results = race(
        lambda: importing.confirm(draft, by=draft.by, form=sent), lambda: importing.confirm(draft, by=other, form=sent)
    )
    refused = [result for result in results if isinstance(result, Refused)]
    assert [refusal.code for refusal in refused] == ["already_done"]
    assert draft.call.versions.count() == 2


def test_two_files_at_once_are_not_written_over_each_other(draft, monkeypatch):
    meet(monkeypatch, importing, "restore")
    second = TaskImport.objects.create(
        call=draft.call, name="m.txt", sha256="1" * 64, by=draft.by,
        found=dump(read_tasks(notices.DECIMALS.encode(), "m.txt")),
    )  # fmt: skip
    sent = form(draft)
    results = race(
        lambda: importing.confirm(draft, by=draft.by, form=sent),
        lambda: importing.confirm(second, by=draft.by, form=sent),
    )
    assert sorted(getattr(result, "code", "written") for result in results) == ["call_changed", "written"]
    assert draft.call.versions.count() == 2
