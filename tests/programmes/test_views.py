"""The public pages: without sign-in, filtered by GET, rehearsals hidden, the same number of queries for more rows."""

import copy
from types import SimpleNamespace

import pytest
from django.urls import reverse

from accounts.models import User
from jbgs.lib import clock
from programmes import own, windows
from programmes.copying import copy_call
from programmes.loader import load_document
from tests.programmes.documents import at, small_document

pytestmark = pytest.mark.django_db
OPEN = at("2025-03-02 10:00")
URL = "/calls/small-2025/"


@pytest.fixture(autouse=True)
def nothing_of_ones_own():
    """The pages alone, whatever the room above registered."""
    before = own._provider
    own.provide(own.Nothing())
    yield
    own.provide(before)


def codes(response) -> list[str]:
    return [row.task.code for row in response.context["tasks"]]


def test_the_addresses(call):
    assert reverse("programmes:home") == "/"
    assert reverse("programmes:call", args=["small-2025"]) == URL
    assert reverse("programmes:task", args=["small-2025", "A-1"]) == f"{URL}tasks/A-1/"


def test_home_lists_public_calls(client, call):
    copy_call(call, "small-2025-r7-1", is_rehearsal=True, title="演练批次")
    copy_call(call, "demo", is_demo=True, title="演示批次")
    page = client.get("/").content.decode()
    assert "小型批次" in page and "演示批次" in page and "演练批次" not in page


def test_a_call_that_can_be_applied_for_stands_first(client, call):
    ends = at("2025-04-01")
    copy_call(call, "z-later", windows={"apply": (None, ends), "recommend": (None, ends)})
    slugs = [row["call"].slug for row in client_at(client, "2025-03-20").context["rows"]]
    assert slugs == ["z-later", "small-2025"]
    slugs = [row["call"].slug for row in client_at(client, "2025-03-05").context["rows"]]
    assert slugs == ["small-2025", "z-later"]


def client_at(client, moment: str):
    """The front page at a moment."""
    with clock.travel(at(moment)):
        return client.get("/")


def test_a_call_shows_its_tasks_in_order(client, call):
    with clock.travel(OPEN):
        response = client.get(URL)
    assert response.status_code == 200
    assert codes(response) == ["A-1", "A-2", "B-1"]
    assert [(option["code"], option["count"]) for option in response.context["fields"]] == [("a", 2), ("b", 1)]
    options = response.context["categories"]
    assert [(option["code"], option["count"]) for option in options] == [("product", 1), ("core", 2)]
    assert response.context["stages"][0] == {"label": "单位申报", "state": "present", "when": "3月6日 24:00 止"}
    assert "第一项任务" in response.content.decode()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("field=a", ["A-1", "A-2"]),
        ("category=core", ["A-1", "B-1"]),
        ("category=core&category=product", ["A-1", "A-2", "B-1"]),
        ("field=a&category=core", ["A-1"]),
        ("q=第二项", ["A-2"]),
        ("q=样机", ["A-1"]),
        ("q=b-1", ["B-1"]),
        ("q=第+任务", ["A-1", "A-2", "B-1"]),
        ("q=第二项+样机", []),
        ("q=%25", []),
        ("field=zzz&category=zzz", ["A-1", "A-2", "B-1"]),
        ("mine=mine", ["A-1", "A-2", "B-1"]),
    ],
)
def test_the_filter_is_a_plain_get(client, call, query, expected):
    assert codes(client.get(f"{URL}?{query}")) == expected


def test_the_counts_of_the_filter_do_not_change_with_it(client, call):
    response = client.get(f"{URL}?field=b")
    assert [option["count"] for option in response.context["fields"]] == [2, 1]
    assert (response.context["task_count"], response.context["heading"]) == (3, "乙领域")


def test_categories_that_alternate_stand_at_each_task(client):
    """Directions are numbered within a field and their natures mixed: the printed order stays, no heading for each."""
    document = small_document()
    document["tasks"].insert(2, {**document["tasks"][0], "code": "A-3", "title": "再一项任务"})
    load_document(document)
    response = client.get(URL)
    assert codes(response) == ["A-1", "A-2", "A-3", "B-1"]
    assert [row.heading for row in response.context["tasks"]] == ["", "", "", "core"]
    page = response.content.decode()
    assert page.count('<p class="st">核心基础</p>') == 2
    assert page.count('<p class="st">重点产品</p>') == 1
    alone = client.get(URL, {"category": "core"})
    assert [row.heading for row in alone.context["tasks"]] == ["core", "core", "core"]


@pytest.mark.parametrize(
    ("moment", "states"),
    [
        ("2025-02-28 23:59", ["future", "future"]),
        ("2025-03-06 23:59", ["present", "present"]),
        ("2025-03-07 00:00", ["past", "present"]),
        ("2025-03-20 17:30", ["past", "past"]),
    ],
)
def test_the_stage_bar_follows_the_windows(client, call, moment, states):
    with clock.travel(at(moment)):
        stages = client.get(URL).context["stages"]
    assert [stage["state"] for stage in stages[:2]] == states
    assert [stage["label"] for stage in stages] == [
        "单位申报", "推荐", "形式审查", "专家评审", "公示、确定入围", "实施", "测评",
    ]  # fmt: skip


def test_a_task_shows_every_target(client, call):
    with clock.travel(OPEN):
        response = client.get(f"{URL}tasks/A-2/")
    page = response.content.decode()
    assert "频段" in page and "1—9" in page and "10⁻¹¹" in page
    assert response.context["contact"] == {"office": "一处", "phone": "010-1"}
    assert (response.context["can_apply"], response.context["window_closed"]) == (False, False)


def test_a_task_shows_its_parts_details_keywords_and_owner(client):
    document = small_document()
    one, two = document["tasks"][0]["indicators"]
    document["tasks"][0] |= {
        "details": [{"label": "实施年限", "text": "不超过 3 年"}],
        "keywords": ["捕集", "膜"],
        "owner": {"name": "虚构发榜集团"},
        "parts": [{"code": "p1", "title": "吸收方向"}, {"code": "p2", "title": "吸附方向"}],
        "indicators": [{**one, "code": "i0", "name": "寿命"}, {**one, "part": "p1"}, {**two, "part": "p2"}],
    }
    load_document(document)
    response = client.get(f"{URL}tasks/A-1/")
    groups = [(part and part.title, [item.name for item in items]) for part, items in response.context["targets"]]
    assert groups == [(None, ["寿命"]), ("吸收方向", ["规模"]), ("吸附方向", ["误差"])]
    text = response.content.decode()
    assert codes(client.get(URL, {"q": "捕集"})) == ["A-1"]  # a keyword finds its task
    assert codes(client.get(URL, {"q": "捕集 第二项"})) == []
    for words in (
        "实施年限",
        "不超过 3 年",
        "捕集；膜",
        "虚构发榜集团",
        "吸收方向；吸附方向",
        "只承诺所选子方向的各项",
    ):
        assert words in text


@pytest.mark.parametrize(
    ("moment", "said"),
    [
        ("2025-02-01", "申报自 3月1日 00:00 开始。"),
        ("2025-03-07", "申报已于 2025年3月6日 24:00 截止。"),
        ("2025-03-02", ""),
    ],
)
def test_a_task_says_why_it_cannot_be_applied_for(client, call, moment, said):
    with clock.travel(at(moment)):
        assert client.get(f"{URL}tasks/A-1/").context["why_not"] == said


@pytest.mark.parametrize("path", ["/calls/none/", "/calls/small-2025/tasks/Z-9/", "/calls/hidden/"])
def test_what_is_not_there_or_not_public(client, call, path):
    copy_call(call, "hidden", is_rehearsal=True)
    assert client.get(path).status_code == 404


def test_a_retired_task_has_no_page(client, call):
    call.tasks.filter(code="A-2").update(retired=True)
    assert client.get(f"{URL}tasks/A-2/").status_code == 404
    assert codes(client.get(URL)) == ["A-1", "B-1"]


def test_a_unit_sees_its_own_extension_and_its_own_applications(client, call, unit, officer):
    person = User.objects.create_user("alice", name="填报人", role=User.Role.UNIT_ADMIN, unit=unit)
    windows.extend(call, "apply", closes_at=at("2025-03-09"), reason="更正", by=officer, unit=unit)
    mine = SimpleNamespace(pk=1, applicant_chip={"label": "草稿", "tone": "draft", "icon": "pen"})

    class Mine:
        def applications_of(self, user, asked):
            return {"A-2": mine} if user == person and asked == call else {}

        def offer(self, user, asked, task, window):
            return {"can_apply": True, "apply_url": "/x/", "why_not": ""}

    own.provide(Mine())
    with clock.travel(at("2025-03-08")):
        assert client.get(f"{URL}tasks/A-1/").context["window_closed"]
        client.force_login(person, backend="django.contrib.auth.backends.ModelBackend")
        response = client.get(f"{URL}?mine=mine")
        assert codes(response) == ["A-2"]
        assert response.context["window"].closes_text == "2025年3月8日 24:00"
        assert response.context["mine_options"] == [{"code": "mine", "name": "本单位已申报的", "count": 1}]
        assert client.get(f"{URL}tasks/A-1/").context["can_apply"] is True
        assert client.get(f"{URL}tasks/A-2/").context["mine"] is mine


def many_tasks(number: int) -> dict:
    document = small_document() | {"slug": f"big-{number}"}
    for place in range(number):
        document["tasks"].append(copy.deepcopy(document["tasks"][0]) | {"code": f"N-{place}"})
    return document


@pytest.mark.parametrize("number", [1, 50])
def test_the_same_queries_for_one_task_and_fifty(client, django_assert_num_queries, number):
    slug = load_document(many_tasks(number)).call.slug
    client.get(f"/calls/{slug}/")
    with django_assert_num_queries(5):  # call, extensions, own ends, all tasks, found tasks
        client.get(f"/calls/{slug}/?category=core")
    with django_assert_num_queries(4):
        client.get(f"/calls/{slug}/tasks/A-1/")


@pytest.mark.parametrize("number", [1, 20])
def test_the_same_queries_for_one_call_and_twenty(client, call, django_assert_num_queries, number):
    for place in range(number - 1):
        copy_call(call, f"copy-{place}")
    client.get("/")
    with django_assert_num_queries(4):
        client.get("/")
