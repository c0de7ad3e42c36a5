"""What people take home: the summary table, the public list, the application as a PDF. Opened, not only received."""

import io
import re

from openpyxl import load_workbook
from pypdf import PdfReader


def summary_table(recommender, application) -> None:
    """The department's 汇总表 names the project and its unit."""
    words = words_of(*recommender.download("汇总表 Excel"))
    for said in (application.title, application.number, application.unit.name):
        assert said in words, said


def shortlist(officer, application) -> None:
    """The list of those who go ahead, without scores or people."""
    words = words_of(*officer.download("XLSX"))
    assert application.title in words
    assert "85.95" not in words


def whole_application(applicant, application) -> None:
    """The PDF of the frozen version: its code stands on every page."""
    applicant.open("/mine/")
    applicant.picture("mine")
    applicant.follow(re.compile("^查看："))
    applicant.picture("detail")
    with applicant.page.expect_popup() as tab:
        applicant.follow("下载申报书")
    tab.value.wait_for_url(re.compile("/documents/|/pdf/"))
    answer = applicant.context.request.get(tab.value.url)  # the viewer keeps the bytes to itself
    assert answer.headers["content-type"] == "application/pdf"
    pages = [page.extract_text() for page in PdfReader(io.BytesIO(answer.body())).pages]
    assert all(application.version.code in text for text in pages)
    assert application.title in "".join(pages)


def words_of(name: str, workbook: bytes) -> str:
    """Every cell of every sheet, one to a line."""
    assert name.endswith(".xlsx")
    book = load_workbook(io.BytesIO(workbook), read_only=True)
    return "\n".join(str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell)
