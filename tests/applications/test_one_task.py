"""A call without a task list: nothing to choose, and no page speaks of a task."""

import pytest

from applications import papers, workflow
from applications.models import Application
from applications.versions import content_of
from jbgs.lib import clock
from programmes.loader import load_document
from tests.applications.front_help import Visitor, url
from tests.applications.sections_help import FILLED, fill_sections, sections_document
from tests.cast import OPEN, world

pytestmark = pytest.mark.django_db
KEYS = ("project", "about", "rights", "team", "pledge_unit")


@pytest.fixture
def cast():
    document = sections_document(slug="status-2025", title="虚构规范公告", number_prefix="GF2025")
    document = {key: value for key, value in document.items() if key not in ("fields", "tasks", "categories", "quotas")}
    document["form"] = [section for section in document["form"] if section["key"] in KEYS]
    document["requirements"] = [
        {"code": "form_complete"}, {"code": "lead_is", "params": {"types": ["enterprise"], "words": "境内注册的企业"}},
        {"code": "pledge_signed"},
    ]  # fmt: skip
    return world(load_document(document).call)


def test_the_call_page_offers_to_begin_at_once(cast):
    page = Visitor(cast.alice).get("/calls/status-2025/")
    text = page.content.decode()
    assert "开始申报" in text and 'action="/calls/status-2025/tasks/all/apply/"' in text
    assert "申报条件" in text and "境内注册的企业" in text and "知识产权" in text
    assert "筛选" not in text and "任务 all" not in text and "申报本任务" not in text
    assert Visitor(cast.alice).get("/calls/status-2025/tasks/all/").url == "/calls/status-2025/"


def test_strangers_see_the_same_and_the_home_page_has_no_tile_for_the_only_field(cast):
    assert "登录后申报" in Visitor().get("/calls/status-2025/").content.decode()
    home = Visitor().get("/").content.decode()
    assert "查看并申报" in home and "1 项任务" not in home


def test_from_the_button_to_the_paper_nobody_speaks_of_a_task(cast):
    alice = Visitor(cast.alice)
    sent = {"department": cast.department.pk, "key": "one-task-key"}
    assert alice.post("/calls/status-2025/tasks/all/apply/", sent).status_code == 302
    draft = Application.objects.get()
    data = FILLED | {"project": {"title": "虚构企业", "starts_on": "2025-06-01", "ends_on": "2026-05-31"}}
    with clock.travel(OPEN):
        application = fill_sections(draft, cast.alice, {key: data[key] for key in KEYS})
        pages = [url(name, draft) for name in ("detail", "check", "submit")]
        pages += [url("section", draft, "project"), "/mine/", "/calls/status-2025/tasks/all/apply/"]
        for address in pages:
            text = alice.get(address, follow=True).content.decode()
            assert "任务 all" not in text and "all 虚构规范公告" not in text and "<dt>榜单任务" not in text, address
        workflow.submit(application, by=cast.alice)
    application.refresh_from_db()
    assert application.number == "GF2025-0001"
    cover = dict(papers.application_paper(content_of(application), draft=False)["cover"])
    assert not {"榜单任务", "领　　域"} & {label.replace("\u3000", "") for label in cover} and "领域" not in cover
