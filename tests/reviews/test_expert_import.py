"""Experts out of a workbook: what is read, which verdict each line gets, what is refused with row and reason."""

import io
import zipfile
from uuid import uuid4

import pytest
from openpyxl import Workbook, load_workbook  # noqa: TID251 - files as strangers make them

from accounts.workflow import people as account_workflow
from audit.models import Entry
from jbgs.lib.errors import Forbidden, Refused
from jbgs.lib.validators import make_uscc
from reviews import disciplines, expert_sheet, importing, workflow
from reviews.disciplines import Tree
from reviews.importing import CHANGE, NEW, REFUSED, SAME
from reviews.models import Expert, ExpertImport
from tests.budget import queries_of
from tests.concurrency import meet, race
from tests.reviews.fictitious import make_id

pytestmark = pytest.mark.slow  # once, on PostgreSQL; the verbs themselves are tested on both

HEAD = ("姓名", "手机", "工作单位")
FULL = tuple(expert_sheet.TITLES.values())


def book(*rows, head=HEAD, above=(), edit=None) -> bytes:
    """A workbook of one sheet: lines above, the head, rows."""
    made = Workbook()
    for cells in (*above, head, *rows):
        made.active.append(list(cells))
    if edit:
        edit(made)
    buffer = io.BytesIO()
    made.save(buffer)
    return buffer.getvalue()


def person(n: int, **cells) -> tuple:
    """A row under FULL; `cells` by key."""
    values = {"name": f"虚构专家{n}", "phone": f"138000{n:05d}", "unit_name": f"虚构研究院{n}", **cells}
    return tuple(values.get(key, "") for key in expert_sheet.TITLES)


def verdicts(data: bytes) -> list[str]:
    return [line.verdict for line in importing.read(data, "专家.xlsx")]


def sentences(data: bytes) -> list[str]:
    return [sentence for line in importing.read(data, "专家.xlsx") for sentence in line.sentences]


def refused(verb, *args, **named) -> Refused:
    with pytest.raises(Refused) as caught:
        verb(*args, **named)
    return caught.value


def uploaded(data: bytes, by, name="专家.xlsx") -> ExpertImport:
    """As the page keeps it."""
    row = ExpertImport(name=name, sha256="0" * 64, by=by)
    row.lines = [line.as_json() for line in importing.read(data, name)]
    row.save()
    return row


class TestReading:
    """Without a database: `expert_sheet`."""

    TREE = Tree({"140": "物理学", "14030": "光学"}, {"140": "", "14030": "140"})

    def read(self, data: bytes, name="专家.xlsx"):
        return expert_sheet.read(data, name, self.TREE)

    def test_all_values_in_our_notation(self):
        row = person(1, unit_code=make_uscc(1).lower(), sector="企业", region="深圳", disciplines="光学、量子测量",
                     id_number=make_id(1).lower(), max_load=8, is_available="否", title="研究员")  # fmt: skip
        (line,) = self.read(book(row, head=FULL)).lines
        assert (line.row, line.faults) == (2, [])
        assert line.values == {
            "name": "虚构专家1", "phone": "13800000001", "unit_name": "虚构研究院1", "unit_code": make_uscc(1),
            "sector": "enterprise", "title": "研究员", "region": "440300", "disciplines": ["14030", "量子测量"],
            "id_number": make_id(1), "max_load": 8, "is_available": False,
        }  # fmt: skip

    def test_heads_of_others_lines_above_and_columns_that_nobody_knows(self):
        data = book(
            (1, "虚构甲", 13800000001, "虚构院", "某"),
            head=("序号", "专家姓名 *", "手机号（必填）", "所在单位", "爱好"),
            above=(("某部专家名册",), ()),
        )  # fmt: skip
        read = self.read(data)
        assert [(line.row, line.values["phone"]) for line in read.lines] == [(4, "13800000001")]
        assert read.notes == ["没有读取的列：爱好。"]

    @pytest.mark.parametrize(
        ("cells", "said"),
        [
            ({"name": ""}, "姓名没有填写"),
            ({"phone": ""}, "手机没有填写"),
            ({"unit_name": " "}, "工作单位没有填写"),
            ({"phone": "1380000"}, "手机号应为 11 位数字"),
            ({"unit_code": "123"}, "统一社会信用代码应为 18 位"),
            ({"sector": "部队"}, "请填写高校、科研院所、企业、其他之一"),
            ({"region": "长三角"}, "不是省、自治区"),
            ({"id_number": "110000190001010011"}, "校验码不对"),
            ({"id_number": "110000190001010000"}, "已被表格软件改掉"),
            ({"max_load": "0"}, "1 至 200 的整数"),
            ({"max_load": 3.5}, "1 至 200 的整数"),
            ({"is_available": "也许"}, "请填写“是”或“否”"),
            ({"disciplines": "99999、光学"}, "学科表中没有代码 99999"),
            ({"disciplines": "、".join(f"词{n}" for n in range(13))}, "有 13 个，最多 12 个"),
            ({"title": "长" * 61}, "超过 60 个字"),
        ],
    )
    def test_what_is_wrong_is_said_at_its_line(self, cells, said):
        good, bad = self.read(book(person(1), person(2, **cells), head=FULL)).lines
        assert not good.faults and bad.row == 3 and said in "".join(bad.faults)

    def test_every_reason_of_a_line_not_the_first_alone(self):
        (line,) = self.read(book(person(1, phone="1", region="某", max_load="x"), head=FULL)).lines
        assert [fault[:2] for fault in line.faults] == ["手机", "地区", "最多"]

    def test_no_sentence_quotes_an_id_number(self):
        (line,) = self.read(book(person(1, id_number="110000190001010011"), head=FULL)).lines
        assert "110000190001010011" not in "".join(line.faults)

    def test_formulas_and_error_values(self):
        def edit(made):
            made.active["B2"] = "=B3"
            made.active["C2"] = "#REF!"
            made.active["C2"].data_type = "e"

        (line,) = self.read(book(("虚构甲", "", ""), edit=edit)).lines
        assert line.faults == [
            "手机是公式或者错误值，请改为填写内容本身。", "工作单位是公式或者错误值，请改为填写内容本身。",
        ]  # fmt: skip

    @pytest.mark.parametrize(
        ("data", "code", "said"),
        [
            (b"", "upload_empty", "空文件"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"0" * 600, "upload_type", "旧版Office文件"),
            (b"%PDF-1.7 ...", "upload_type", "PDF"),
            ("姓名,手机\n".encode(), "upload_type", "纯文本"),
            (b"PK\x03\x04 broken", "upload_broken", "损坏"),
            (book(("甲", "乙"), head=("名字", "电话")), "wrong_headers", "没有找到表头"),
            (book(), "no_lines", "没有专家"),
            (book(head=("姓名", "手机", "工作单位", "手机号")), "wrong_headers", "手机出现了不止一次"),
            (b"PK\x03\x04" + b"0" * expert_sheet.MAX_BYTES, "upload_too_large", "超过上限"),
            (book(*[("虚构甲", "1", "虚构院")] * (expert_sheet.MAX_ROWS + 1)), "upload_too_large", "超过 1000 行"),
        ],
    )  # fmt: skip
    def test_files_that_are_no_list_of_experts(self, data, code, said):
        problem = refused(self.read, data)
        assert problem.code == code and said in problem.sentence and "专家.xlsx" in problem.sentence

    def test_macros_a_password_and_a_bomb(self):
        with_macro = io.BytesIO(book(person(1), head=FULL))
        with zipfile.ZipFile(with_macro, "a") as archive:
            archive.writestr("xl/vbaProject.bin", b"macro")
        assert refused(self.read, with_macro.getvalue()).code == "upload_active"
        bomb = io.BytesIO(book(person(1), head=FULL))
        with zipfile.ZipFile(bomb, "a", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("xl/worksheets/sheet9.xml", b"<a/>" + b" " * (61 * 1024 * 1024))
        problem = refused(self.read, bomb.getvalue())
        assert problem.code == "upload_broken" and "展开后超过" in problem.sentence

    def test_a_sheet_that_claims_a_million_lines_is_read_as_far_as_it_goes(self):
        def edit(made):
            made.active["A1048576"] = "末行"

        assert len(self.read(book(person(1), head=FULL, edit=edit)).lines) == 1

    def test_the_template_is_read_back_without_its_example_and_notes(self):
        made = load_workbook(io.BytesIO(expert_sheet.template(self.TREE)))
        sheet = made["专家"]
        head = next(row for row in range(1, 5) if sheet.cell(row, 1).value == "姓名")
        assert sheet.cell(head + 1, 1).value.startswith("示例")
        lists = {str(rule.sqref)[0]: rule.formula1 for rule in sheet.data_validations.dataValidation}
        assert lists["E"] == '"高校,科研院所,企业,其他"' and "新疆" in lists["I"] and lists["M"] == '"是,否"'
        assert made["学科"]["A2"].value == "140"
        assert refused(self.read, expert_sheet.template(self.TREE)).code == "no_lines"
        for column, value in enumerate(("虚构甲", "13800000001", "虚构院"), start=1):
            sheet.cell(head + 2, column).value = value
        buffer = io.BytesIO()
        made.save(buffer)
        (line,) = self.read(buffer.getvalue()).lines
        assert (line.row, line.values["name"], line.faults) == (head + 2, "虚构甲", [])


class TestVerdicts:
    @pytest.fixture
    def known(self, review):
        """E-…: 虚构甲 of 虚构院, 13800000009, with an ID number."""
        return workflow.create_expert(
            by=review.olga, name="虚构甲", phone="13800000009", unit_name="虚构院", id_number=make_id(9), title="教授"
        )

    def test_new_change_same(self, known):
        row = {"name": "虚构甲", "phone": "13800000009", "unit_name": "虚构院"}
        data = book(person(1), person(2, **row), head=FULL)
        assert verdicts(data) == [NEW, SAME]
        (line,) = importing.read(book(person(2, **row, title="研究员", max_load=5), head=FULL), "专家.xlsx")
        assert line.verdict == CHANGE and line.expert == known.pk
        assert line.differences == [["职称", "教授", "研究员"], ["最多评审份数", "12", "5"]]

    def test_the_id_number_finds_a_person_without_a_phone_in_the_list(self, review, known):
        type(known.user).objects.filter(pk=known.user.pk).update(phone=None)
        row = person(1, name="虚构甲", unit_name="虚构新院", id_number=make_id(9))
        (line,) = importing.read(book(row, head=FULL), "专家.xlsx")
        assert (line.verdict, line.expert) == (CHANGE, known.pk)

    def test_duplicates_inside_the_file_name_both_rows(self, review):
        """Row 3 has the phone of 2, row 5 the ID number of 4, row 7 name and unit of 6; row 8 is alone."""
        data = book(
            person(1), person(2, phone="13800000001"),
            person(3, id_number=make_id(3)), person(4, id_number=make_id(3)),
            person(5), person(6, name="虚构专家5", unit_name="虚构 研究院5"),
            person(7), head=FULL,
        )  # fmt: skip
        assert verdicts(data) == [REFUSED] * 6 + [NEW]
        said = sentences(data)
        for row, other, what in ((2, 3, "手机号"), (4, 5, "身份证件号码"), (6, 7, "姓名和工作单位")):
            for one, two in ((row, other), (other, row)):
                assert f"第 {one} 行与第 {two} 行是同一人：{what}相同。请只留一行。" in said

    def test_namesakes_with_two_id_numbers_are_two_people(self, review):
        same = {"name": "虚构甲", "unit_name": "虚构院"}
        data = book(person(1, **same, id_number=make_id(1)), person(2, **same, id_number=make_id(2)), head=FULL)
        assert verdicts(data) == [NEW, NEW]

    @pytest.mark.parametrize(
        ("cells", "said"),
        [
            ({"name": "虚构乙", "phone": "13800000009"}, "手机号相同，但姓名不同"),
            ({"name": "虚构乙", "id_number": make_id(9)}, "身份证件号码相同，但姓名、手机号不同"),
            ({"name": "虚构甲", "unit_name": "虚构院"}, "姓名和工作单位相同，但手机号不同"),
            ({"name": "虚构甲", "id_number": make_id(9)}, "身份证件号码相同，但手机号不同"),
            ({"name": "虚构甲", "phone": "13800000009", "id_number": make_id(8)}, "手机号相同，但身份证件号码不同"),
        ],
    )
    def test_duplicates_of_the_list_name_the_row_and_the_expert(self, known, cells, said):
        data = book(person(1, **cells), head=FULL)
        assert verdicts(data) == [REFUSED]
        (sentence,) = sentences(data)
        assert sentence.startswith(f"第 2 行与库中的 {known.number} 虚构甲（虚构院）") and said in sentence

    def test_a_line_that_resembles_two_experts_names_both(self, review, known):
        other = workflow.create_expert(by=review.olga, name="虚构乙", phone="13800000008", unit_name="虚构别院")
        said = sentences(book(person(1, name="虚构甲", phone="13800000008", id_number=make_id(9)), head=FULL))
        assert len(said) == 2 and known.number in said[0] and other.number in said[1]

    def test_two_lines_that_lead_to_one_expert(self, review, known):
        type(known.user).objects.filter(pk=known.user.pk).update(phone="13800000009")
        first = person(1, name="虚构甲", phone="13800000009", unit_name="虚构院")
        second = person(2, name="虚构甲", phone="13800000009", unit_name="虚构新院", id_number=make_id(9))
        data = book(first, second, head=FULL)
        assert verdicts(data) == [REFUSED, REFUSED] and len(sentences(data)) == 2

    def test_the_phone_of_somebody_who_is_no_expert(self, review):
        type(review.olga).objects.filter(pk=review.olga.pk).update(phone="13800000007")
        said = sentences(book(person(1, phone="13800000007"), head=FULL))
        assert said == ["手机：已用于专家以外的账号，请换一个手机号。"]

    def test_an_empty_cell_changes_nothing_and_disciplines_are_compared_by_code(self, review, known):
        disciplines.load("code,name,parent\n14030,光学,\n")
        workflow.update_expert(known, by=review.olga, disciplines=["14030"])
        row = {"name": "虚构甲", "phone": "13800000009", "unit_name": "虚构院", "disciplines": "光学"}
        assert verdicts(book(person(1, **row), head=FULL)) == [SAME]

    def test_as_many_queries_for_one_line_as_for_two_hundred(self, review, known):
        one = queries_of(lambda: verdicts(book(person(9), head=FULL)))
        many = queries_of(lambda: verdicts(book(*map(person, range(1, 200)), head=FULL)))
        assert len(one) == len(many) <= 4


class TestConfirming:
    def test_new_and_changed_lines_are_written_with_their_log(self, review):
        known = workflow.create_expert(by=review.olga, name="虚构甲", phone="13800000009", unit_name="虚构院")
        change = person(9, name="虚构甲", phone="13800000009", unit_name="虚构新院", max_load=3)
        row = uploaded(book(person(1, id_number=make_id(1), sector="企业"), change, head=FULL), review.olga)
        assert "13800000001" in row.content and make_id(1) not in raw_content(row)
        done = workflow.import_experts(row, by=review.world.oscar)
        assert (done.written, done.confirmed_by) == (2, review.world.oscar)
        fresh = Expert.objects.get(user__phone="13800000001")
        assert (fresh.sector, fresh.id_number, fresh.max_load) == ("enterprise", make_id(1), 12)
        known.refresh_from_db()
        assert (known.unit_name, known.max_load) == ("虚构新院", 3) and known.employments.get().unit_name == "虚构院"
        entry = Entry.objects.for_object(done).get()
        assert entry.data | {"file": "专家.xlsx", "new": 1, "change": 1, "same": 0, "refused": 0} == entry.data

    def test_afterwards_the_upload_holds_no_phone_and_no_id_number(self, review):
        row = uploaded(book(person(1, id_number=make_id(1)), head=FULL), review.olga)
        done = ExpertImport.objects.get(pk=workflow.import_experts(row, by=review.olga).pk)
        assert make_id(1) not in done.content and "13800000001" not in done.content
        assert [line.verdict for line in importing.lines_of(done)] == [NEW]

    def test_a_refused_line_stops_everything_unless_it_is_left_out(self, review):
        row = uploaded(book(person(1), person(2, phone="1"), head=FULL), review.olga)
        problem = refused(workflow.import_experts, row, by=review.olga)
        assert problem.code == "lines_refused" and "第 3 行" in problem.sentence and not Expert.objects.exists()
        assert workflow.import_experts(row, by=review.olga, leave_out=True).written == 1
        assert Expert.objects.get().user.name == "虚构专家1"

    def test_the_list_changed_since_it_was_shown(self, review):
        row = uploaded(book(person(1), person(2), head=FULL), review.olga)
        shown = importing.digest(importing.lines_of(row))
        workflow.create_expert(by=review.olga, name="虚构专家1", phone="13800009999", unit_name="虚构研究院1")
        assert refused(workflow.import_experts, row, by=review.olga, shown=shown).code == "experts_changed"
        again = importing.lines_of(row)
        assert [line.verdict for line in again] == [REFUSED, NEW]

    def test_nothing_to_write_and_twice(self, review):
        workflow.create_expert(by=review.olga, name="虚构专家1", phone="13800000001", unit_name="虚构研究院1")
        same = uploaded(book(person(1), head=FULL), review.olga)
        assert refused(workflow.import_experts, same, by=review.olga).code == "nothing_to_write"
        row = uploaded(book(person(2), head=FULL), review.olga)
        workflow.import_experts(row, by=review.olga)
        assert workflow.import_experts(row, by=review.olga).written == 1
        assert refused(workflow.import_experts, row, by=review.world.otto).code == "already_done"
        assert Expert.objects.count() == 2

    @pytest.mark.parametrize("who", ["sven", "dora", "alice", "erin"])
    def test_officers_only(self, review, who):
        row = uploaded(book(person(1), head=FULL), review.olga)
        with pytest.raises(Forbidden):
            workflow.import_experts(row, by=getattr(review.world, who))
        assert Entry.objects.for_object(row).refused().count() == 1 and not Expert.objects.exists()


def raw_content(row: ExpertImport) -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("SELECT content FROM reviews_expertimport WHERE id = %s", [row.pk])
        return cursor.fetchone()[0]


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
class TestTwoOfficersAtOnce:
    """One file confirmed by two, and two files that bring the same person."""

    def codes(self, results) -> list[str]:
        return sorted(result.code if isinstance(result, Refused) else type(result).__name__ for result in results)

    @pytest.fixture
    def no_row_locks(self, monkeypatch):
        from django.db.models.query import QuerySet

        monkeypatch.setattr(QuerySet, "select_for_update", lambda self, **named: self.all())

    def confirm(self, review, *rows) -> list:
        people = (review.olga, review.world.otto)
        return race(*(lambda row=row, by=by: workflow.import_experts(row, by=by)
                      for row, by in zip(rows, people, strict=True)))  # fmt: skip

    def two_files(self, review) -> list[ExpertImport]:
        """The same name and unit, each with a phone of its own: no constraint of the database would see it."""
        return [uploaded(book(person(n, name="虚构甲", unit_name="虚构院"), head=FULL), review.olga) for n in (1, 2)]

    def test_of_two_confirmations_one_writes(self, review, monkeypatch):
        row = uploaded(book(person(1), person(2), head=FULL), review.olga)
        meet(monkeypatch, importing, "lines_of")
        assert self.codes(self.confirm(review, row, row)) == ["ExpertImport", "already_done"]
        assert Expert.objects.count() == 2

    def test_of_two_files_with_one_person_the_second_is_refused(self, review, monkeypatch):
        files = self.two_files(review)
        meet(monkeypatch, importing, "lines_of")
        assert self.codes(self.confirm(review, *files)) == ["ExpertImport", "lines_refused"]
        assert Expert.objects.count() == 1

    def test_control_without_locks_the_person_is_there_twice(self, review, monkeypatch, no_row_locks):
        """Account names are made apart here: the clash of two equal ones would hide what the lock is for."""
        monkeypatch.setattr(account_workflow, "_free_username", lambda *_: f"expert-{uuid4().hex}")
        files = self.two_files(review)
        meet(monkeypatch, importing, "lines_of")
        self.confirm(review, *files)
        assert Expert.objects.count() == 2
