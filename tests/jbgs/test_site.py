"""The back office opens by role and shows each person the own links."""

import pytest
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from accounts.choices import BACK_OFFICE_ROLES, Role
from jbgs.lib import nav
from jbgs.site import BackOfficeSite

User = get_user_model()


@pytest.fixture
def own_links(monkeypatch):
    """An empty sidebar for this test alone."""
    monkeypatch.setattr(nav, "_links", {})


def request_of(rf, user, path="/admin/"):
    request = rf.get(path)
    request.user = user
    return request


@pytest.mark.parametrize("role", Role.values)
def test_opens_by_role_alone(rf, role):
    opens = admin.site.has_permission(request_of(rf, User(role=role)))
    assert opens == (role in BACK_OFFICE_ROLES)


def test_an_inactive_person_and_a_stranger_stay_outside(rf):
    assert not admin.site.has_permission(request_of(rf, User(role="officer", is_active=False)))
    assert not admin.site.has_permission(request_of(rf, AnonymousUser()))


def test_a_superuser_of_a_front_office_role_stays_outside(rf):
    assert not admin.site.has_permission(request_of(rf, User(role="unit_admin", is_superuser=True)))


def test_the_rooms_register_on_this_site():
    assert type(admin.site._wrapped if hasattr(admin.site, "_wrapped") else admin.site) is BackOfficeSite


def test_a_stranger_is_sent_to_the_sign_in_of_the_back_office(client, db):
    response = client.get("/admin/")
    assert response.status_code == 302
    assert response.url.startswith(reverse("accounts:backoffice_signin") + "?next=/admin/")


def test_the_sidebar_holds_the_links_of_the_role_in_order(rf, own_links):
    nav.register("评审", "打分", "admin:index", roles=("expert",), order=5)
    nav.register("申报", "推荐名单", "healthz", roles=("recommender",), order=20)
    nav.register("申报", "待审核", "admin:index", roles=("recommender", "officer"), order=10, count=lambda user: 3)

    (group,) = admin.site.each_context(request_of(rf, User(role="recommender")))["nav"]

    assert group.section == "申报"
    assert [(item.label, item.count, item.current) for item in group.items] == [
        ("待审核", 3, True),
        ("推荐名单", None, False),
    ]


def test_the_most_exact_link_is_the_current_one(own_links):
    nav.register("工作", "工作台", "admin:index", roles=("officer",), order=1)
    nav.register("工作", "退出", "admin:logout", roles=("officer",), order=2)
    (group,) = nav.groups_for(User(role="officer"), "/admin/logout/")
    assert [item.current for item in group.items] == [False, True]


def test_a_link_is_current_on_the_pages_beside_its_own(own_links):
    nav.register("工作", "退出", "admin:logout", roles=("officer",), order=2, beside=("sheets",))
    for path, current in (("/admin/sheets/4/", True), ("/admin/sheet/", False), ("/sheets/", False)):
        (group,) = nav.groups_for(User(role="officer"), path)
        assert [item.current for item in group.items] == [current]


def test_nothing_is_counted_until_a_template_shows_it(rf, own_links):
    def count(user):
        raise AssertionError("counted")

    nav.register("工作", "工作台", "admin:index", roles=("officer",), order=1, count=count)
    admin.site.each_context(request_of(rf, User(role="officer")))


@pytest.mark.parametrize(("role", "guide"), [("recommender", "departments"), ("expert", "experts")])
def test_the_guide_of_the_role_is_always_at_hand(rf, role, guide):
    context = admin.site.each_context(request_of(rf, User(role=role)))
    assert context["guide_url"] == f"/help/{guide}/"
