"""The form: any section of any call, with and without a script; nothing typed is ever lost."""

import json

import pytest
from django.urls import reverse

from accounts.models import Department
from applications import checking, workflow
from applications.models import Application, Member, Section
from jbgs.lib import clock
from programmes.loader import load_document
from tests.applications.front_help import Visitor, form_of, url
from tests.cast import OPEN, miit_document, world

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return world()


@pytest.fixture
def alice(cast):
    return Visitor(cast.alice)


def draft(cast, **named) -> Application:
    with clock.travel(OPEN):
        return cast.draft(**named)


def sections(application) -> list[str]:
    return [section.key for section in application.call_version.spec.form.sections]


def row(application, key) -> Section:
    return application.sections.get(key=key)


def save(visitor, application, key, data, base_version):
    body = json.dumps({"data": data, "base_version": base_version})
    return visitor.post(url("save_section", application, key), body, content_type="application/json")


class TestAnySection:
    @pytest.mark.parametrize("filled", [False, True])
    def test_every_section_has_a_page(self, cast, alice, filled):
        application = draft(cast, filled=filled)
        for key in sections(application):
            response = alice.get(url("section", application, key))
            assert response.status_code == 200
            assert response.context["sheet"].section.key == key
            assert not filled or response.context["sheet"].errors == []

    def test_a_page_sent_back_as_it_came_changes_nothing(self, cast, alice):
        """What the page shows is what is saved, for every type of section: texts, tables, money, promises, ticks."""
        application = draft(cast)
        for key in sections(application):
            before = row(application, key)
            page = alice.get(url("section", application, key))
            response = alice.post(url("section", application, key), form_of(page))
            assert response.status_code == 302
            after = row(application, key)
            assert after.version == before.version + 1
            assert _without_empty(after.data) == _without_empty(before.data), key
        assert [found.sentence for found in checking.problems(Application.objects.get(pk=application.pk))] == []

    def test_the_order_and_the_keys_are_the_calls_own(self):
        document = json.loads(json.dumps(miit_document()))
        document |= {"slug": "other-2025", "form": list(reversed(document["form"]))}
        for place, section in enumerate(document["form"]):
            section["key"] = f"part{place}"
        for item in document["check_items"]:
            item.pop("section", None)
        cast = world(load_document(document).call)
        application = draft(cast)
        page = Visitor(cast.alice).get(url("edit", application), follow=True)
        assert page.context["section"].key == "part0"
        titles = [entry["title"] for entry in page.context["rail"]]
        assert titles[0] == "一、承诺书" and titles[-1] == "十、项目信息"
        assert {entry["progress"].tone for entry in page.context["rail"]} <= {"ok", "none"}

    def test_unknown_section_is_not_there(self, cast, alice):
        assert alice.get(url("section", draft(cast, filled=False), "nowhere")).status_code == 404

    def test_the_first_unfinished_section_opens(self, cast, alice):
        application = draft(cast)
        with clock.travel(OPEN):
            saved = row(application, "budget")
            workflow.save_section(application, "budget", {}, base_version=saved.version, by=cast.alice)
        assert alice.get(url("edit", application)).url == url("section", application, "budget")


def _without_empty(value):
    """A page shows a cell for what was never typed; empty texts say nothing."""
    if isinstance(value, dict):
        return {key: _without_empty(item) for key, item in value.items() if item not in ("", None, [])}
    if isinstance(value, list):
        return [_without_empty(item) for item in value]
    return value


class TestTypedThingsStay:
    def post(self, alice, application, key, **changes):
        values = form_of(alice.get(url("section", application, key))) | changes
        return alice.post(url("section", application, key), values, follow=True)

    def test_unreadable_dates_and_numbers_stand_in_their_fields_with_a_sentence(self, cast, alice):
        application = draft(cast)
        page = self.post(alice, application, "team", **{"rows.0.birth_date": "1993-13-01", "rows.1.months": "多"})
        values = form_of(page)
        assert (values["rows.0.birth_date"], values["rows.1.months"]) == ("1993-13-01", "多")
        cells = page.context["sheet"].rows[0].cells
        assert "不是有效日期" in cells["birth_date"].errors[0]
        assert 'aria-invalid="true"' in page.content.decode()
        assert Member.objects.filter(application=application, order=0).get().birth_date is None

    def test_dates_as_people_write_them_are_understood(self, cast, alice):
        application = draft(cast)
        for typed in ("1985.3.6", "1985/03/06", "1985年3月6日", "１９８５-3-6"):
            page = self.post(alice, application, "team", **{"rows.0.birth_date": typed})
            assert form_of(page)["rows.0.birth_date"] == "1985-03-06"

    def test_money_that_is_no_number(self, cast, alice):
        application = draft(cast)
        page = self.post(alice, application, "budget", **{"sources.0.amount": "十万", "items.0.amount": "-3"})
        values = form_of(page)
        assert (values["sources.0.amount"], values["items.0.amount"]) == ("十万", "-3")
        text = page.content.decode()
        assert "金额“十万”不是有效数字" in text and "金额“-3”不是有效数字" in text

    def test_a_promise_worse_than_the_target_says_which_one(self, cast, alice):
        application = draft(cast)
        task = application.call_version.spec.tasks[application.task.code]
        indicator = next(item for item in task.indicators if item.comparator == ">=")
        page = self.post(alice, application, "commitments", **{f"rows.{indicator.code}.value": "0.001"})
        promise = next(made for made in page.context["sheet"].rows if made.at == indicator.code)
        assert promise.errors[0].startswith(f"{indicator.name}：承诺值 0.001")
        assert promise.mark["label"] == "未达到"

    def test_a_text_beyond_its_limit_is_kept_whole(self, cast, alice):
        application = draft(cast)
        long = "长" * 61
        page = self.post(alice, application, "project", title=long)
        assert form_of(page)["title"] == long
        assert "项目名称有 61 字" in page.content.decode()

    def test_signs_that_no_database_holds_are_left_out(self, cast, alice):
        application = draft(cast, filled=False)
        response = save(alice, application, "project", {"title": "量子\x00重力\ud800仪\r\n二"}, 0)
        assert response.status_code == 200
        assert row(application, "project").data["title"] == "量子重力仪\n二"

    def test_a_formula_stays_text(self, cast, alice):
        application = draft(cast)
        assert form_of(self.post(alice, application, "project", title="=1+1"))["title"] == "=1+1"

    def test_markup_is_shown_and_not_obeyed(self, cast, alice):
        application = draft(cast)
        page = self.post(alice, application, "project", title="<script>alert(1)</script>")
        assert "<script>alert" not in page.content.decode()


class TestTables:
    def test_rows_are_added_and_removed_without_a_script(self, cast, alice):
        application = draft(cast)
        page = alice.get(url("section", application, "team"))
        names = [made.cells["name"].value for made in page.context["sheet"].rows]
        values = form_of(page) | {"remove_row": "rows.1"}
        page = alice.post(url("section", application, "team"), values, follow=True)
        assert [made.cells["name"].value for made in page.context["sheet"].rows] == [names[0], *names[2:]]
        page = alice.post(url("section", application, "team"), form_of(page) | {"then": "add_rows"}, follow=True)
        assert len(page.context["sheet"].rows) == len(names) - 1 + 3
        assert row(application, "team").data["rows"][-1]["name"] == names[-1]

    def test_blank_rows_are_not_kept(self, cast, alice):
        application = draft(cast, filled=False)
        data = {"rows": {"0": {"name": ""}, "1": {"name": "沈知远"}, "2": {"name": " "}}}
        assert save(alice, application, "team", data, 0).status_code == 200
        assert [member["name"] for member in row(application, "team").data["rows"]] == ["沈知远"]

    def test_a_sixth_unit_and_the_lead_as_partner_are_told(self, cast, alice):
        application = draft(cast, filled=False)
        unit = application.unit
        rows = [{"name": f"单位{n}", "code": "", "type": "enterprise", "duty": "测试"} for n in range(4)]
        rows.append({"name": unit.name, "code": unit.code, "type": "enterprise", "duty": "总体"})
        answer = save(alice, application, "partners", {"rows": rows}, 0).json()
        sentences = [error["sentence"] for error in answer["errors"]]
        assert any("联合单位有 5 家，不得超过 4 家" in sentence for sentence in sentences)
        assert any("就是牵头单位" in sentence for sentence in sentences)

    def test_the_years_of_a_former_form_are_not_lost(self, cast, alice):
        application = draft(cast)
        with clock.travel(OPEN):
            saved = row(application, "budget")
            data = dict(saved.data)
            data["sources"] = [*data["sources"], {"source": "own", "year": 2031, "amount": "7.00"}]
            workflow.save_section(application, "budget", data, base_version=saved.version, by=cast.alice)
        page = alice.get(url("section", application, "budget"))
        assert [cell.value for cell in page.context["sheet"].extra["strays"]] == ["7.00"]
        alice.post(url("section", application, "budget"), form_of(page))
        assert row(application, "budget").data["sources"][-1] == {"source": "own", "year": 2031, "amount": "7.00"}


class TestAutosave:
    def test_a_save_answers_with_version_findings_and_the_new_rail(self, cast, alice):
        application = draft(cast, filled=False)
        answer = save(alice, application, "project", {"title": "高稳定量子重力仪"}, 0)
        assert answer.status_code == 200
        body = answer.json()
        assert body["version"] == 1 and body["errors"] == []
        assert "已完成 2 部分" in body["fragments"]["rail"]
        assert Application.objects.get(pk=application.pk).title == "高稳定量子重力仪"

    def test_an_older_save_is_refused_and_both_texts_come_back(self, cast, alice):
        application = draft(cast, filled=False)
        save(alice, application, "project", {"title": "第一个人写的"}, 0)
        answer = save(alice, application, "project", {"title": "第二个人写的"}, 0)
        assert answer.status_code == 409
        body = answer.json()
        assert body["code"] == "section_changed" and body["version"] == 1
        assert (body["theirs"], body["mine"]) == ({"title": "第一个人写的"}, {"title": "第二个人写的"})
        assert "第<mark>一</mark>个人写的" in body["html"] and "第<mark>二</mark>个人写的" in body["html"]
        assert row(application, "project").data == {"title": "第一个人写的"}

    def test_without_a_script_the_conflict_is_a_page_from_which_mine_can_be_kept(self, cast, alice):
        application = draft(cast, filled=False)
        stale = form_of(alice.get(url("section", application, "project")))
        save(alice, application, "project", {"title": "先保存的"}, 0)
        page = alice.post(url("section", application, "project"), stale | {"title": "后保存的"})
        assert page.status_code == 409
        mine = form_of(page, url("section", application, "project"))
        assert alice.post(url("section", application, "project"), mine).status_code == 302
        saved = row(application, "project")
        assert (saved.data["title"], saved.version) == ("后保存的", 2)

    def test_a_session_that_ended_is_told_and_nothing_is_saved(self, cast):
        application = draft(cast, filled=False)
        answer = save(Visitor(), application, "project", {"title": "x"}, 0)
        assert answer.status_code == 401 and answer.json()["code"] == "signed_out"

    @pytest.mark.parametrize("body", ["", "{", "[]", "null", '{"data": 5}', '{"data": {"title": ["x"]}}', "[" * 3000])
    def test_nonsense_is_refused_or_harmless(self, cast, alice, body):
        application = draft(cast, filled=False)
        target = url("save_section", application, "project")
        answer = alice.post(target, body, content_type="application/json", headers={"accept": "application/json"})
        assert answer.status_code == 400 and answer.json()["sentence"]
        assert row(application, "project").version == 0

    def test_what_is_submitted_cannot_be_saved(self, cast, alice):
        with clock.travel(OPEN):
            application = cast.submitted()
        before = row(application, "project")
        answer = save(alice, application, "project", {"title": "改"}, before.version)
        assert answer.status_code == 409 and "不能修改" in answer.json()["sentence"]
        assert row(application, "project").data == before.data
        page = alice.post(url("section", application, "project"), {"title": "改", "base_version": before.version})
        assert page.status_code == 409 and "改" in page.content.decode()
        assert alice.get(url("section", application, "project")).url == url("detail", application)


class TestBeginning:
    def where(self, cast):
        return reverse("applications:create", args=[cast.call.slug, cast.task.code])

    def test_the_regions_department_is_suggested_and_the_registration_prefilled(self, cast, alice):
        page = alice.get(self.where(cast))
        values = form_of(page, "")
        assert values["department"] == str(cast.department.pk)
        response = alice.post(self.where(cast), values)
        application = Application.objects.get()
        assert response.url == url("edit", application)
        assert application.department == cast.department
        assert row(application, "unit").data["legal_person"] == cast.alice.unit.legal_person

    def test_a_double_click_opens_one_draft(self, cast, alice):
        values = form_of(alice.get(self.where(cast)), "")
        first, second = alice.post(self.where(cast), values), alice.post(self.where(cast), values)
        assert first.url == second.url
        assert Application.objects.count() == 1

    def test_without_a_department_the_sentence_stands_at_the_field(self, cast, alice):
        page = alice.post(self.where(cast), {"department": "", "key": "k" * 24})
        assert "请选择推荐单位。" in page.content.decode() and not Application.objects.exists()

    def test_the_button_of_the_task_page_leads_to_the_choice(self, cast, alice):
        task = alice.get(reverse("programmes:task", args=[cast.call.slug, cast.task.code]))
        assert task.context["apply_url"] == self.where(cast)
        assert alice.post(self.where(cast), {"key": "k" * 24}).status_code == 200
        assert not Application.objects.exists()

    def test_a_second_application_for_the_same_task_is_the_first(self, cast, alice):
        application = draft(cast, filled=False)
        assert alice.get(self.where(cast)).url == url("edit", application)
        task = alice.get(reverse("programmes:task", args=[cast.call.slug, cast.task.code]))
        assert task.context["mine"] == application

    def test_after_the_window_nothing_begins(self, cast, alice):
        alice.at = OPEN.replace(month=3, day=7, hour=0)
        page = alice.post(self.where(cast), {"department": cast.department.pk, "key": "k" * 24})
        assert page.status_code == 409 and "3月6日 24:00" in page.content.decode()
        assert not Application.objects.exists()

    def test_the_department_can_be_changed_until_the_first_submit(self, cast, alice):
        application = draft(cast, filled=False)
        other = Department.objects.create(
            code="110000-science", official_name="虚构市科技局", kind="science", region="110000", order=3
        )
        alice.post(url("department", application), {"department": other.pk})
        assert Application.objects.get().department == other
        for not_offered in (999999, cast.elsewhere.pk):  # no body at all, and one of another region
            page = alice.post(url("department", application), {"department": not_offered})
            assert "不在本单位可选的范围内" in page.content.decode()
        assert Application.objects.get().department == other
