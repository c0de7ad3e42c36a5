"""Figures are found in workbooks and only whole ones, and so are the text and the properties of papers. That each kind
of leak is caught in the scene is shown at the end of test_secrets.py."""

import io

import pikepdf

from documents import pdf, xlsx
from documents.sheets import Column, Sheet
from jbgs.lib import clock
from tests.reviews.leaks.scene import Secret
from tests.reviews.leaks.stage import Finder
from tests.reviews.leaks.surface import text_of


class Two:
    secrets = [Secret("total", "87.31"), Secret("opinion", "暗语")]


def test_figures_are_found_in_workbooks_and_only_whole():
    find = Finder(Two)
    column = Column("total", "总分", 16, "score", float)
    book = xlsx.write(Sheet(title="虚构", columns=[column], rows=["87.31"]), made_at=clock.now())
    assert find(text_of(book, "")) == Two.secrets[:1]
    assert not find("187.31 87.315 0.87.31") and find("共87.31分。") and find("87.31.")
    assert find("说暗语的人") == Two.secrets[1:]


def test_the_text_of_a_drawn_paper_is_read():
    """Papers are compared before they are drawn; one that is drawn can be read, too."""
    assert "暗语 87.31" in text_of(pdf.draw("<p>暗语 87.31</p>").data, "application/pdf")


def test_the_properties_of_a_paper_and_the_files_in_it_are_read():
    target = io.BytesIO()
    with pikepdf.new() as paper:
        paper.add_blank_page()
        paper.docinfo["/Editor"] = "暗文甲"
        with paper.open_metadata() as metadata:
            metadata["dc:creator"] = ["暗文乙"]
        paper.attachments["暗文丙.txt"] = b"-"
        paper.save(target)
    text = text_of(target.getvalue(), "application/pdf")
    assert all(word in text for word in ("暗文甲", "暗文乙", "暗文丙"))
