"""专家库 in the browser: list, filters, workbook, one expert, the own page, import; cost and who may."""

import io
import re
from datetime import date, timedelta

import pytest
from django.urls import reverse
from openpyxl import load_workbook

from applications.models import Application
from audit.models import Entry
from reviews import disciplines, workflow
from reviews.models import Absence, Employment, Expert, ExpertImport, Relation
from tests.budget import queries_of
from tests.reviews.fictitious import make_id
from tests.reviews.test_expert_import import FULL, book, person

pytestmark = pytest.mark.slow  # once, on PostgreSQL; the verbs themselves are tested on both

TODAY = date(2025, 4, 10)


def url(name: str, *args) -> str:
    return reverse(f"admin:reviews_{name}", args=args)


def text_of(answer) -> str:
    return answer.content.decode()


@pytest.fixture
def officer(client, review):
    client.force_login(review.olga)
    return client


@pytest.fixture
def erin(client, review):
    """An expert with an account, signed in."""
    expert = review.expert()
    client.force_login(expert.user)
    return expert


class TestList:
    @pytest.fixture
    def four(self, review):
        disciplines.load("code,name,parent\n140,物理学,\n14030,光学,140\n510,电子与通信技术,\n")
        known = ({"disciplines": ["14030"], "region": "110000", "sector": "university"}, {"disciplines": ["140"]},
                 {"disciplines": ["510", "量子测量"], "region": "310000"}, {"disciplines": []})  # fmt: skip
        return [review.expert(**values) for values in known]

    def shown(self, officer, **query) -> set[str]:
        return set(re.findall(r"E-\d{4}", text_of(officer.get(url("experts"), query))))

    @pytest.mark.parametrize(
        ("query", "places"),
        [
            ({}, {0, 1, 2, 3}),
            ({"discipline": "140"}, {0, 1}),
            ({"discipline": "14030"}, {0}),
            ({"discipline": "量子测量"}, {2}),
            ({"region": "310000"}, {2}),
            ({"sector": "university"}, {0}),
            ({"region": "310000", "sector": "university"}, set()),
        ],
    )
    def test_filters(self, officer, four, query, places):
        assert self.shown(officer, **query) == {four[place].number for place in places}

    def test_search_by_name_unit_and_number(self, officer, four):
        for words in (four[1].user.name, four[1].unit_name, four[1].number, str(four[1].pk)):
            assert four[1].number in self.shown(officer, q=words)
        assert self.shown(officer, q=four[1].number) == {four[1].number}
        assert self.shown(officer, q="没有这个人") == set()

    def test_standing(self, review, officer, four):
        free, away, banned, off = four
        workflow.go_away(away, by=review.olga, from_on=TODAY, to_on=TODAY)
        workflow.ban_expert(banned, by=review.olga, from_on=TODAY, reason="核实举报")
        workflow.set_available(off, by=review.olga, available=False)
        for standing, expert in (("free", free), ("away", away), ("banned", banned), ("off", off)):
            assert self.shown(officer, standing=standing) == {expert.number}
        page = text_of(officer.get(url("experts")))
        assert all(word in page for word in ("可以参加", "请假中", "禁评中", "暂不参加"))

    def test_figures_stand_beside_the_names(self, review, officer):
        review.scored({application: [90, 80] for application in review.applications(3)})
        Application.objects.update(state="not_shortlisted")  # severity is told of reviews that are over
        page = text_of(officer.get(url("experts")))
        assert "已评 3 份" in page and "偏宽 5.0 分" in page and "偏严 5.0 分" in page

    def test_as_many_queries_for_3_experts_as_for_50(self, review, officer):
        review.scored({review.application(): [80, 81, 82]})
        few = queries_of(lambda: officer.get(url("experts")))
        review.experts(45)
        review.scored({application: [80, 81, 82, 83, 84] for application in review.applications(3)})
        assert len(queries_of(lambda: officer.get(url("experts")))) == len(few) <= 16

    def test_the_workbook_has_what_the_filters_leave_and_no_id_numbers(self, review, officer, four):
        workflow.update_expert(four[0], by=review.olga, id_number=make_id(5), unit_name="=虚构公式院")
        type(four[0].user).objects.filter(pk=four[0].user.pk).update(phone="13800000055")
        answer = officer.get(url("experts_xlsx"), {"discipline": "140"})
        sheet = load_workbook(io.BytesIO(answer.content)).active
        cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
        head = next(row for row in cells if "姓名" in row)
        rows = {row[0]: dict(zip(head, row, strict=True)) for row in cells if str(row[0]).startswith("E-")}
        assert set(rows) == {four[0].number, four[1].number} and "身份证件号码" not in head
        mine = rows[four[0].number]
        assert (mine["手机"], mine["工作单位"], mine["学科方向"]) == ("13800000055", "=虚构公式院", "14030 光学")
        assert mine["已评"] == 0 and make_id(5) not in str(cells)

    def test_an_exported_list_comes_back_as_the_same(self, review, officer, four):
        for place, expert in enumerate(four):
            type(expert.user).objects.filter(pk=expert.user.pk).update(phone=f"1380000010{place}")
        data = officer.get(url("experts_xlsx")).content
        answer = officer.post(url("experts_upload"), {"file": upload(data)}, follow=True)
        row = ExpertImport.objects.get()
        page = text_of(answer)
        assert row.notes == [] and page.count('class="is-same"') == 4, page


def upload(data: bytes, name="专家.xlsx"):
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, data)


class TestForm:
    FORM = {"name": "何听澜", "phone": "13800000011", "unit_name": "虚构研究所", "max_load": "8", "is_available": "on"}

    def test_disciplines_are_typed_as_code_name_or_word(self, officer):
        disciplines.load("code,name,parent\n140,物理学,\n14030,光学,140\n")
        typed = ["14030 光学", "物理学", "量子测量、光学", ""]
        officer.post(url("expert_add"), {**self.FORM, "disciplines": typed})
        expert = Expert.objects.get()
        assert expert.disciplines == ["14030", "140", "量子测量"]
        page = text_of(officer.get(url("expert_change", expert.pk)))
        assert 'value="14030 光学"' in page and 'value="量子测量"' in page and '<option value="140 物理学">' in page

    def test_an_id_number_is_never_shown_and_stays_when_left_empty(self, officer):
        form = {**self.FORM, "id_number": make_id(3)}
        officer.post(url("expert_add"), form)
        expert = Expert.objects.get()
        for name in ("expert", "expert_change"):
            page = text_of(officer.get(url(name, expert.pk)))
            assert make_id(3) not in page and "已登记" in page
        officer.post(url("expert_change", expert.pk), {**self.FORM, "id_number": "", "title": "教授"})
        expert.refresh_from_db()
        assert expert.id_number == make_id(3) and expert.title == "教授"

    def test_a_namesake_is_asked_about_once(self, officer):
        officer.post(url("expert_add"), self.FORM)
        again = {**self.FORM, "phone": "13800000012"}
        answer = officer.post(url("expert_add"), again)
        page = text_of(answer)
        assert answer.status_code == 422 and 'type="checkbox" name="namesake"' in page and "确认不是同一人" in page
        officer.post(url("expert_add"), {**again, "namesake": "on"})
        assert Expert.objects.count() == 2


class TestOneExpert:
    def test_everything_known_is_on_one_page(self, review, officer):
        (seat,) = review.seat(review.application())
        expert = seat.expert
        review.sign(seat, 87)
        workflow.update_expert(expert, by=review.olga, unit_name="虚构新院")
        workflow.declare_relation(expert, by=expert.user, kind="teacher", person_name="虚构学生")
        workflow.ban_expert(expert, by=review.olga, from_on=TODAY, reason="核实举报")
        page = text_of(officer.get(url("expert", expert.pk)))
        for words in ("虚构新院", "虚构学生", "核实举报", "禁评中", "2025年未来产业", "修改资料", "登记利益关系"):
            assert words in page
        assert "87" not in re.sub(r"\d{2}:\d{2}|[0-9a-f]{20,}|[A-Za-z0-9]{32,}", "", page)  # counts, never a score

    def test_calls_of_others_are_one_line_without_a_name(self, review, client):
        (seat,) = review.seat(review.application())
        client.force_login(review.world.oscar)
        page = text_of(client.get(url("expert", seat.expert.pk)))
        assert "其他批次" in page and review.call.title not in page

    @pytest.mark.parametrize(
        ("form", "model"),
        [
            ({"do": "employment", "unit_name": "虚构大学", "from_on": "2020-09-01"}, Employment),
            ({"do": "relation", "kind": "relative", "person_name": "虚构亲属"}, Relation),
            ({"do": "away", "from_on": "2025-05-01", "to_on": "2025-05-02"}, Absence),
            ({"do": "ban", "from_on": "2025-05-01", "reason": "核实举报"}, Absence),
        ],
    )
    def test_each_form_writes_once(self, review, officer, form, model):
        expert = review.expert()
        assert officer.post(url("expert", expert.pk), form).status_code == 302
        again = officer.post(url("expert", expert.pk), form)
        assert again.status_code == 409 and "不必重复登记" in text_of(again) and model.objects.count() == 1

    def test_ending_withdrawing_lifting(self, review, officer):
        expert = review.expert()
        job = workflow.add_employment(expert, by=review.olga, unit_name="虚构大学")
        relation = workflow.declare_relation(expert, by=review.olga, kind="relative", person_name="虚构亲属")
        ban = workflow.ban_expert(expert, by=review.olga, from_on=TODAY, reason="核实举报")
        address = url("expert", expert.pk)
        officer.post(address, {"do": "end", "row": job.pk, "to_on": "2025-04-01"})
        officer.post(address, {"do": "withdraw", "row": relation.pk})
        officer.post(address, {"do": "lift", "row": ban.pk})
        job.refresh_from_db(), relation.refresh_from_db(), ban.refresh_from_db()
        assert job.to_on == date(2025, 4, 1) and relation.until_on == TODAY - timedelta(days=1) and ban.lifted_at
        missing = officer.post(address, {"do": "end", "row": job.pk, "to_on": ""})
        assert missing.status_code == 422 and "请填写离任日期" in text_of(missing)

    def test_a_row_of_another_expert_is_not_found(self, review, officer):
        mine, other = review.experts(2)
        row = workflow.declare_relation(other, by=other.user, kind="relative", person_name="虚构亲属")
        assert officer.post(url("expert", mine.pk), {"do": "withdraw", "row": row.pk}).status_code == 404
        for form in ({"do": "withdraw", "row": "x"}, {"do": "nothing"}, {}):
            assert officer.post(url("expert", mine.pk), form).status_code == 404
        row.refresh_from_db()
        assert row.until_on is None

    def test_wrong_input_stays_in_its_open_form(self, review, officer):
        form = {"do": "relation", "kind": "other", "person_name": "虚构友人", "note": ""}
        answer = officer.post(url("expert", review.expert().pk), form)
        page = text_of(answer)
        assert answer.status_code == 422 and "请说明具体是什么关系" in page and 'value="虚构友人"' in page
        assert re.search(r"<details[^>]* open><summary>[^<]*<svg.*?登记利益关系", page, re.S)

    def test_as_many_queries_for_a_long_history_as_for_a_short_one(self, review, officer):
        expert = review.expert()
        for place in range(2):
            self.grow(review, expert, place)
        short = queries_of(lambda: officer.get(url("expert", expert.pk)))
        for place in range(2, 14):
            self.grow(review, expert, place)
        assert len(queries_of(lambda: officer.get(url("expert", expert.pk)))) == len(short) <= 22

    def grow(self, review, expert, place: int) -> None:
        day = TODAY + timedelta(days=place)
        workflow.add_employment(expert, by=review.olga, unit_name=f"虚构大学{place}")
        workflow.declare_relation(expert, by=review.olga, kind="relative", person_name=f"虚构亲属{place}")
        workflow.lift(workflow.ban_expert(expert, by=review.olga, from_on=day, reason="核实"), by=review.world.otto)
        review.sign(review.seat(review.application(), expert)[0])


class TestOwnPage:
    def test_an_expert_keeps_the_own_data(self, client, erin):
        address = url("profile")
        client.post(address, {"do": "employment", "unit_name": "虚构大学"})
        client.post(address, {"do": "relation", "kind": "coauthor", "unit_name": "虚构公司"})
        client.post(address, {"do": "away", "from_on": "2025-05-01", "to_on": "2025-05-02", "reason": "出国"})
        client.post(address, {"do": "disciplines", "disciplines": ["光学", "量子测量"]})
        erin.refresh_from_db()
        assert erin.disciplines == ["光学", "量子测量"]
        page = text_of(client.get(address))
        assert all(words in page for words in ("虚构大学", "虚构公司", "出国")) and "我的资料" in page

    def test_it_shows_neither_bans_nor_figures_nor_the_log(self, client, review, erin):
        workflow.ban_expert(erin, by=review.olga, from_on=TODAY, reason="核实举报暗记")
        page = text_of(client.get(url("profile")))
        for words in ("核实举报暗记", "禁评", "按时", "宽严", "办理记录", "欧嘉"):
            assert words not in page

    def test_no_form_of_officers_works_here(self, client, review, erin):
        ban = workflow.ban_expert(erin, by=review.olga, from_on=TODAY, reason="核实举报")
        assert client.post(url("profile"), {"do": "ban", "from_on": "2025-05-01", "reason": "某"}).status_code == 403
        assert client.post(url("profile"), {"do": "lift", "row": ban.pk}).status_code == 403
        ban.refresh_from_db()
        assert ban.lifted_at is None and Absence.objects.count() == 1

    def test_another_experts_page_is_nobodys_here(self, client, review, erin):
        other = review.expert()
        assert client.get(url("expert", other.pk)).status_code == 404
        forged = client.post(url("expert", other.pk), {"do": "away", "from_on": "2025-05-01", "to_on": "2025-05-01"})
        assert forged.status_code == 403 and Entry.objects.for_object(other).refused().count() == 1

    def test_who_is_no_expert_has_no_such_page(self, client, review):
        client.force_login(review.olga)
        assert client.get(url("profile")).status_code == 404
        assert client.post(url("profile"), {"do": "away"}).status_code == 403


class TestImport:
    def test_from_the_file_to_the_list(self, review, officer):
        data = book(person(1), person(2, phone="1"), head=FULL)
        page = text_of(officer.post(url("experts_upload"), {"file": upload(data)}, follow=True))
        row = ExpertImport.objects.get()
        assert "写入 1 位专家" in page and "手机号应为 11 位数字" in page and not Expert.objects.exists()
        form = {"shown": re.search(r'name="shown" value="(\w+)"', page)[1], "key": "k"}
        refused = officer.post(url("experts_import", row.pk), form)
        assert refused.status_code == 422 and "第 3 行" in text_of(refused) and not Expert.objects.exists()
        done = text_of(officer.post(url("experts_import", row.pk), {**form, "leave_out": "on"}, follow=True))
        assert "已写入 1 位专家" in done and "导入专家：结果" in done and Expert.objects.count() == 1
        officer.post(url("experts_import", row.pk), {**form, "leave_out": "on"})
        assert Expert.objects.count() == 1

    def test_what_changed_meanwhile_is_shown_before_it_is_written(self, review, officer):
        officer.post(url("experts_upload"), {"file": upload(book(person(1), person(2), head=FULL))})
        row = ExpertImport.objects.get()
        shown = re.search(r'name="shown" value="(\w+)"', text_of(officer.get(url("experts_import", row.pk))))[1]
        workflow.create_expert(by=review.olga, name="虚构专家1", phone="13800000001", unit_name="虚构研究院1")
        answer = officer.post(url("experts_import", row.pk), {"shown": shown})
        assert answer.status_code == 409 and "重新核对" in text_of(answer) and 'class="is-same"' in text_of(answer)

    def test_a_file_that_is_none_says_so_at_the_field(self, officer):
        answer = officer.post(url("experts_upload"), {"file": upload(b"%PDF-1.4", "名册.pdf")})
        assert answer.status_code == 422 and "名册.pdf" in text_of(answer) and not ExpertImport.objects.exists()
        assert officer.post(url("experts_upload"), {}).status_code == 422

    def test_the_template_comes_as_a_workbook(self, officer):
        answer = officer.get(url("experts_template"))
        assert load_workbook(io.BytesIO(answer.content)).sheetnames == ["专家", "学科"]

    def test_an_upload_that_nobody_confirmed_is_forgotten_after_a_month(self, review, officer):
        officer.post(url("experts_upload"), {"file": upload(book(person(1), head=FULL))})
        ExpertImport.objects.update(at=ExpertImport.objects.get().at - timedelta(days=31))
        officer.post(url("experts_upload"), {"file": upload(book(person(2), head=FULL))})
        assert [line["values"]["name"] for line in ExpertImport.objects.get().lines] == ["虚构专家2"]

    @pytest.mark.parametrize("who", ["sven", "dora", "alice", "erin"])
    def test_officers_only(self, review, client, who):
        row = ExpertImport.objects.create(name="x.xlsx", sha256="0" * 64, by=review.olga)
        client.force_login(getattr(review.world, who))
        for name, args in (("experts_upload", ()), ("experts_template", ()), ("experts_import", (row.pk,)),
                           ("experts_xlsx", ())):  # fmt: skip
            assert client.get(url(name, *args)).status_code in (302, 404)
        assert client.post(url("experts_upload"), {"file": upload(b"x")}).status_code == 403
        assert client.post(url("experts_import", row.pk), {}).status_code == 403

    def test_as_many_queries_for_2_lines_as_for_60(self, officer):
        officer.post(url("experts_upload"), {"file": upload(book(person(1), person(2), head=FULL))})
        officer.post(url("experts_upload"), {"file": upload(book(*map(person, range(60)), head=FULL))})
        small, large = ExpertImport.objects.order_by("pk")
        few = queries_of(lambda: officer.get(url("experts_import", small.pk)))
        assert len(queries_of(lambda: officer.get(url("experts_import", large.pk)))) == len(few) <= 16
