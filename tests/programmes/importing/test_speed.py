"""A notice of 200 pages is read and compared in a fraction of the ten seconds that are promised."""

import runpy
import time

from django.conf import settings

from programmes.importing.files import read_tasks
from programmes.importing.plan import Plan
from programmes.loader import read_document
from programmes.parse import parse_document


def test_two_hundred_pages_in_time():
    document = read_document(settings.BASE_DIR / "fixtures" / "programmes" / "miit-2025.yaml")
    notice_of_pages = runpy.run_path(str(settings.BASE_DIR / "scripts" / "bench_notice.py"))["notice_of_pages"]
    data = notice_of_pages(200, parse_document(document).tasks.values()).encode()
    assert data.count(b"\f") == 200
    started = time.process_time()
    found = read_tasks(data, "notice.txt")
    Plan(found, document)
    assert time.process_time() - started < 10
    assert found.found >= 200
    assert found.notes[0] == "已略去：页码 200 处、页眉页脚 200 处。", "and not a line of the tasks themselves"
    assert [row.code for row in found.rows[:12]] == [f"1.{place}" for place in range(1, 11)] + ["2.1", "2.2"]
    assert found.categories == ["基础研究类", "应用示范类"]
    assert found.fields[:2] == ["第1个领域", "第2个领域"]
