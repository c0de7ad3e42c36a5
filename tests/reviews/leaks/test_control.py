"""The nets have no holes: what is planted is caught, on pages, in counters and in files."""

import pytest

from documents import pdf, xlsx
from documents.sheets import Column, Sheet
from jbgs.lib import clock
from reviews import queries
from reviews.models import Assignment
from tests.access.test_access_secrets import differences
from tests.access.visiting import undone
from tests.reviews.leaks.scene import sign
from tests.reviews.leaks.surface import text_of
from tests.reviews.leaks.table import allowed
from tests.reviews.leaks.test_interference import everything
from tests.reviews.leaks.test_secrets import Finder, read_by

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
DETAIL = {"only": {"applications:detail"}.__contains__}


def test_a_name_that_slips_into_a_page_is_caught(visit, monkeypatch):
    name = next(secret for secret in visit.secrets if secret.kind == "name")
    assert name not in read_by(visit, "alice", **DETAIL)
    monkeypatch.setattr("applications.views.reading.opinions_for_unit", lambda application: [f"意见（{name.word}）"])
    assert name in read_by(visit, "alice", **DETAIL) and not allowed("alice", name)


def test_a_list_that_counts_others_is_caught(visit, monkeypatch):
    """我的评审, were it to show or count everybody's sheets."""
    todo = {"only": {"admin:index", "admin:reviews_todo"}.__contains__}

    def changed() -> list[str]:
        before = everything(visit, "signer", **todo)
        with undone():
            sign(visit, "open", "drafter")
            return differences(before, everything(visit, "signer", before))

    assert changed() == []
    monkeypatch.setattr(queries, "visible_to", lambda user: Assignment.objects.all())
    assert changed()


def test_figures_are_found_in_workbooks_and_only_whole(scene):
    find, secret = Finder(scene), next(secret for secret in scene.secrets if secret.kind == "total")
    column = Column("total", "总分", 16, "score", float)
    book = xlsx.write(Sheet(title="虚构", columns=[column], rows=[secret.word]), made_at=clock.now())
    assert secret in find(text_of(book, ""))
    assert not find(f"1{secret.word} {secret.word}5 0.{secret.word}")


def test_the_text_of_a_drawn_paper_is_read():
    """Papers are compared before they are drawn; one that is drawn can be read, too."""
    assert "暗语 87.31" in text_of(pdf.draw("<p>暗语 87.31</p>").data, "application/pdf")
