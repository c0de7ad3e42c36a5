"""Public lists: only the columns of the white list leave the house; anybody may object under a name."""

from datetime import timedelta

import pytest
from django.urls import reverse

from applications import workflow
from applications.models import Application, Objection
from applications.publication import PUBLIC_COLUMNS, public_rows
from jbgs.lib import clock
from programmes.models import Call
from tests.applications.front_help import Visitor, form_of
from tests.cast import RECOMMENDING, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return world()


@pytest.fixture
def publicity(cast):
    application = cast.in_review()
    with clock.travel(RECOMMENDING):
        cast.decided(application, "propose", reason="评分第一", rank=1)
        return workflow.open_publicity([application], by=cast.olga, title="拟入围名单公示", contact="虚构处室 010-5550")


@pytest.fixture
def public():
    return Visitor(at=RECOMMENDING + timedelta(hours=1))


def where(name, publicity):
    return reverse(f"applications:{name}", args=[publicity.pk])


def test_the_list_shows_task_project_unit_department_and_region(cast, publicity, public):
    application = Application.objects.get(publicity=publicity)
    text = public.get(where("publicity", publicity)).content.decode()
    for shown in (
        application.task.title, application.title, application.unit.name, cast.department.official_name, "北京市",
    ):  # fmt: skip
        assert shown in text
    assert "拟入围名单公示" in public.get(reverse("applications:publicities")).content.decode()


def test_nothing_else_leaves_the_house(cast, publicity, public):
    application = Application.objects.get(publicity=publicity)
    unit = application.unit
    type(unit).objects.filter(pk=unit.pk).update(contact_name="联系人某", contact_phone="13912345678")
    leader = application.members.filter(is_leader=True).get().name
    text = public.get(where("publicity", publicity)).content.decode()
    secrets = ["联系人某", "13912345678", unit.code, leader, "评分第一", application.number, "alice", "olga", "名次：1"]
    assert [secret for secret in secrets if secret in text] == []
    assert not {"rank", "score", "members", "number"} & {
        part for column in PUBLIC_COLUMNS for part in column.split("__")
    }


def test_the_order_is_administrative(cast):
    """Inside a task by the department's place, then by the unit's code, however they were ranked."""
    first = cast.in_review()
    type(first.unit).objects.filter(pk=first.unit_id).update(code="M" * 18)
    with clock.travel(RECOMMENDING):
        cast.decided(first, "propose")
        made = workflow.open_publicity([first], by=cast.olga, title="公示", contact="虚构处室")
    others = [("Z", cast.elsewhere), ("A", cast.department), ("B", cast.elsewhere), ("Y", cast.department)]
    for place, (code, department) in enumerate(others):
        person = cast.another_applicant()
        type(person.unit).objects.filter(pk=person.unit_id).update(code=code * 18)
        copy = Application.objects.get(pk=first.pk)
        copy.pk, copy.unit, copy.department, copy.rank = None, person.unit, department, place + 5
        copy.number, copy.title, copy.recommendation_list = f"N-{code}", code, None
        copy.save(force_insert=True)
    assert [row.title for row in public_rows(made)] == ["A", first.title, "Y", "B", "Z"]
    assert [row.number for row in public_rows(made)] == [1, 2, 3, 4, 5]


def test_a_rehearsal_is_not_public(publicity, public):
    Call.objects.update(is_rehearsal=True)
    assert public.get(where("publicity", publicity)).status_code == 404
    assert public.get(where("objection", publicity)).status_code == 404
    assert "拟入围名单公示" not in public.get(reverse("applications:publicities")).content.decode()


def test_a_list_that_has_not_begun_is_not_there(publicity, public):
    public.at = RECOMMENDING - timedelta(hours=1)
    assert public.get(where("publicity", publicity)).status_code == 404


class TestObjecting:
    def values(self, public, publicity):
        page = public.get(where("objection", publicity))
        application = Application.objects.get(publicity=publicity)
        filled = {
            "application": application.pk,
            "objector": "某仪器企业",
            "contact": "010-5550 0101",
            "text": "检定证书过期。",
        }
        return form_of(page, "") | filled

    def test_anybody_may_object_once_per_click(self, publicity, public):
        values = self.values(public, publicity)
        first, second = (public.post(where("objection", publicity), values) for _ in range(2))
        assert first.status_code == second.status_code == 302
        objection = Objection.objects.get()
        assert (objection.objector, objection.contact, objection.text) == (
            "某仪器企业",
            "010-5550 0101",
            "检定证书过期。",
        )
        text = public.get(first.url).content.decode()
        assert "异议已收到" in text and "10 个工作日内答复" in text

    @pytest.mark.parametrize("field", ["application", "objector", "contact", "text"])
    def test_what_is_missing_is_told_and_the_rest_stays(self, publicity, public, field):
        values = self.values(public, publicity) | {field: " "}
        page = public.post(where("objection", publicity), values)
        assert page.status_code == 200 and not Objection.objects.exists()
        assert page.context["form"].errors.keys() == {field}
        kept = form_of(page, "")
        assert all(kept[name] == str(values[name]) for name in ("objector", "contact", "text") if name != field)

    def test_after_the_publicity_nobody_objects(self, publicity, public):
        values = self.values(public, publicity)
        public.at = publicity.closes_at
        page = public.post(where("objection", publicity), values)
        assert page.status_code == 409 and not Objection.objects.exists()
        assert "公示已经结束" in public.get(where("objection", publicity)).content.decode()

    def test_the_applicant_hears_no_name(self, cast, publicity, public):
        public.post(where("objection", publicity), self.values(public, publicity))
        application = Application.objects.get(publicity=publicity)
        page = Visitor(cast.alice, public.at).get(reverse("applications:detail", args=[application.pk]))
        assert "某仪器企业" not in page.content.decode()
