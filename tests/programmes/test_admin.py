"""The call in the back office: who reads it, who extends, and what a forged request gets."""

import pytest
from django.urls import reverse

from accounts.models import User
from applications import access
from audit.models import Entry
from jbgs.lib import clock
from programmes import windows
from programmes.calendar import SOURCE, load_calendar
from programmes.copying import copy_call
from programmes.models import CalendarDay, Extension
from tests.programmes.documents import at

pytestmark = pytest.mark.django_db
LIST = "/admin/programmes/call/"


def person(username: str, role: str, **fields) -> User:
    return User.objects.create_user(username, name=username, role=role, **fields)


def sign_in(client, user):
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def olga(call, officer):
    """An officer of the whole call."""
    access.grant_call(officer, call)
    return officer


def extend_url(call) -> str:
    return reverse("admin:programmes_call_extend", args=[call.pk])


def wanted(**changes) -> dict:
    return {
        "window": "apply",
        "closes_at": "2025-03-10T18:00",
        "reason": "系统停机",
        "department": "",
        "unit_code": "",
    } | changes


def test_an_officer_sees_the_granted_calls_only(client, call, olga):
    copy_call(call, "other", title="别的批次")
    page = sign_in(client, olga).get(LIST).content.decode()
    assert "小型批次" in page and "别的批次" not in page


def test_the_list_shows_the_end_that_applies(client, call, olga):
    windows.extend(call, "apply", closes_at=at("2025-03-12"), reason="系统停机", by=olga)
    assert "2025年3月11日 24:00" in sign_in(client, olga).get(LIST).content.decode()


@pytest.mark.parametrize("number", [1, 50])
def test_the_list_costs_the_same_for_one_and_fifty(client, call, olga, django_assert_max_num_queries, number):
    for place in range(number - 1):
        access.grant_call(olga, copy_call(call, f"copy-{place}"))
    sign_in(client, olga).get(LIST)
    with django_assert_max_num_queries(14):
        client.get(LIST)


def test_an_officer_of_a_field_reads_and_does_not_extend(client, call, officer):
    access.grant_field(officer, call.fields.first())
    sign_in(client, officer)
    assert client.get(f"{LIST}{call.pk}/change/").status_code == 200
    assert client.get(extend_url(call)).status_code == 403
    assert client.post(extend_url(call), wanted()).status_code == 403
    assert not Extension.objects.exists()


@pytest.mark.parametrize("role", ["expert", "system_admin", "security_admin", "audit_admin"])
def test_others_of_the_back_office_get_nothing(client, call, role):
    sign_in(client, person("x", role))
    assert client.get(LIST).status_code == 403
    assert client.get(f"{LIST}{call.pk}/change/").status_code in (302, 403)
    assert client.get(extend_url(call)).status_code == 403
    assert client.post(extend_url(call), wanted()).status_code == 403
    entry = Entry.objects.for_object(call).get()
    assert (entry.action, entry.outcome, entry.code) == ("extend", "refused", "forbidden")


def test_a_supervisor_reads_and_does_not_extend(client, call):
    supervisor = person("sven", "supervisor")
    access.grant_supervision(supervisor, call)
    sign_in(client, supervisor)
    assert "规模  ≥ 1000 个" in client.get(f"{LIST}{call.pk}/change/").content.decode().replace("&gt;", ">")
    assert client.post(extend_url(call), wanted()).status_code == 403


def test_the_rules_are_read_only(client, call, olga):
    sign_in(client, olga)
    assert client.post(f"{LIST}{call.pk}/change/", {"title": "改"}).status_code == 403
    assert client.get(f"{LIST}add/").status_code == 403
    assert client.post(f"{LIST}{call.pk}/delete/", {"post": "yes"}).status_code == 403
    call.refresh_from_db()
    assert call.title == "小型批次"


def test_an_officer_of_the_call_extends_with_a_reason(client, call, olga, unit):
    sign_in(client, olga)
    assert "延期" in client.get(f"{LIST}{call.pk}/change/").content.decode()
    with clock.travel(at("2025-03-05 09:00")):
        response = client.post(extend_url(call), wanted(unit_code=unit.code.lower()), follow=True)
    row = Extension.objects.get()
    assert (row.window, row.unit, row.department, row.closes_at, row.by) == (
        "apply", unit, None, at("2025-03-10 18:00"), olga,
    )  # fmt: skip
    assert row.at == at("2025-03-05 09:00")
    page = response.content.decode()
    assert "“单位申报”已延至 2025年3月10日 18:00。" in page and "系统停机" in page


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"reason": ""}, "必填项"),
        ({"closes_at": "2025-03-07T00:00"}, "不晚于现在的 2025年3月6日 24:00"),
        ({"closes_at": "明天"}, "日期"),
        ({"unit_code": "91110000000000000X"}, "没有以这个代码注册的申报单位"),
        ({"window": "moon"}, "moon"),
    ],
)
def test_a_wrong_extension_is_told_at_the_field_and_what_was_typed_stays(client, call, olga, changes, said):
    response = sign_in(client, olga).post(extend_url(call), wanted(**changes))
    page = response.content.decode()
    assert response.status_code == 200 and said in page
    assert changes.get("reason") == "" or "系统停机" in page
    assert not Extension.objects.exists()


def test_officers_correct_the_working_calendar(client, olga, call):
    sign_in(client, olga)
    CalendarDay.objects.create(date="2027-01-01", is_workday=True)
    assert client.get("/admin/programmes/calendarday/").status_code == 200
    day = CalendarDay.objects.create(date="2026-03-06", is_workday=True, source=SOURCE)
    client.post(f"/admin/programmes/calendarday/{day.pk}/change/", {"date": "2026-03-06", "source": SOURCE})
    assert load_calendar([2026]) == 364
    day.refresh_from_db()
    assert not day.is_workday and day.source.startswith("主管甲")
    assert sign_in(client, person("e", "expert")).get("/admin/programmes/calendarday/").status_code == 403
