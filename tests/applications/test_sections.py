"""Sections that the call's document makes: questions, conditions, tables, a term, parts, several pledges."""

import io
import json

import pypdf
import pytest
from django.db import IntegrityError, transaction

from applications import checking, papers, workflow
from applications.diff import compare
from applications.facts import facts_of
from applications.forms.shape import nested, shaped
from applications.models import Application, Partner, Pledge
from applications.versions import content_of
from documents import pdf
from jbgs.lib import clock
from tests.applications.front_help import Visitor, form_of, url
from tests.applications.sections_help import ABOUT, FILLED, PEOPLE, fill_sections, sections_world
from tests.cast import OPEN

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return sections_world()


@pytest.fixture
def draft(cast):
    with clock.travel(OPEN):
        yield cast.draft(filled=False)


@pytest.fixture
def alice(cast):
    return Visitor(cast.alice)


def filled(cast, draft, **changes) -> Application:
    return fill_sections(draft, cast.alice, **changes)


def sentences(application) -> list[str]:
    return [found.sentence for found in checking.problems(application)]


def answers(**changes) -> dict:
    return {"about": {"answers": ABOUT | changes}}


def save(visitor, application, key, data, base_version=None):
    """As the page's script does it."""
    version = application.sections.get(key=key).version if base_version is None else base_version
    body = json.dumps({"data": data, "base_version": version})
    return visitor.post(url("save_section", application, key), body, content_type="application/json")


def text_of(content) -> str:
    data = pdf.render(papers.TEMPLATE, papers.application_paper(content, draft=True), draft=True)
    return "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages)


class TestWhole:
    def test_a_filled_form_has_nothing_left_to_do_and_can_be_submitted(self, cast, draft):
        application = filled(cast, draft)
        assert sentences(application) == []
        version = workflow.submit(application, by=cast.alice).version
        assert version.content["sections"]["rights"] == FILLED["rights"]
        assert version.content["task"]["part"] == "规模方向"
        assert {key: row["signer"] for key, row in version.content["pledges"].items()} == {
            "pledge_unit": "赵清和", "pledge_leader": "周以宁", "pledge_people": "周以宁、沈望舒、许澄",
        }  # fmt: skip

    def test_every_page_sent_back_as_it_came_changes_nothing(self, cast, draft, alice):
        application = filled(cast, draft)
        for section in facts_of(application).form.sections:
            before = application.sections.get(key=section.key)
            page = alice.get(url("section", application, section.key))
            assert page.status_code == 200
            assert alice.post(url("section", application, section.key), form_of(page)).status_code == 302
            after = application.sections.get(key=section.key)
            assert after.version == before.version + 1
            if section.type != "team":
                assert after.data == before.data, section.key

    def test_the_page_says_the_kinds_in_their_controls(self, cast, draft, alice):
        text = alice.get(url("section", filled(cast, draft), "about")).content.decode()
        assert '<option value="其他" selected>' in text
        assert 'type="checkbox" name="answers.fields.1" value="矿山" checked' in text
        assert 'type="radio" name="answers.human" value="yes" checked' in text
        assert '<p class="hint cond">“成果水平”为“其他”时填写</p>' in text
        assert 'data-when="answers.level" data-is="[&quot;其他&quot;]"' in text


class TestQuestions:
    @pytest.mark.parametrize(
        ("key", "typed", "said"),
        [
            ("people", "十几", "“参与人数”须填写整数，现为“十几”。"),
            ("area", "很大", "“占地面积”须填写数字，现为“很大”。"),
            ("share", "120", "“自筹比例”须填写 0 至 100 的数字，现为“120”。"),
            ("begun_on", "2024年13月", "“已开工日期”须按 2025-03-06 的格式填写有效日期，现为“2024年13月”。"),
            ("level", "世界第一", "“成果水平”须从列出的各项中选择，现为“世界第一”。"),
            ("human", "也许", "“是否涉及人体研究”须从列出的各项中选择，现为“也许”。"),
            ("phone", "打我手机", "“联系电话”须填写电话号码，只含数字、加号、括号和横线，现为“打我手机”。"),
            ("email", "someone", "“电子邮箱”须填写电子邮箱，如 name@example.com，现为“someone”。"),
            ("site", "很远" * 11, "“实施地点”有 22 字，超出 2 字，限 20 字。请精简。"),
        ],
    )
    def test_a_bad_value_gets_its_sentence_and_stays(self, cast, draft, alice, key, typed, said):
        application = filled(cast, draft)
        answer = save(alice, application, "about", {"answers": ABOUT | {key: typed}}).json()
        assert {"at": key, "kind": "wrong", "sentence": said} in answer["errors"]
        assert application.sections.get(key="about").data["answers"][key] == typed
        page = alice.get(url("section", application, "about"))
        assert form_of(page)[f"answers.{key}"] == typed or key == "human"
        assert said in page.content.decode()

    def test_dates_and_yes_are_kept_in_one_form(self, cast, draft, alice):
        save(alice, draft, "about", {"answers": {"begun_on": "2024年6月1日", "human": "是", "fields": {"0": "港口"}}})
        kept = draft.sections.get(key="about").data["answers"]
        assert (kept["begun_on"], kept["human"], kept["fields"]) == ("2024-06-01", "yes", ["港口"])

    def test_a_required_one_is_asked_for(self, cast, draft):
        application = filled(cast, draft, **answers(fields=[], phone=" "))
        assert sentences(application) == ["基本情况：没有填写“应用场景”。", "基本情况：没有填写“联系电话”。"]


class TestConditions:
    def test_what_is_not_asked_is_not_required_not_counted_not_printed_but_kept(self, cast, draft):
        hidden = {"human": "no", "committee": "留着的委员会", "level": "国内领先", "level_text": "x" * 99}
        application = filled(cast, draft, **answers(**hidden))
        assert sentences(application) == []
        content = content_of(application)
        assert not {"committee", "level_text"} & set(content["sections"]["about"]["answers"])
        assert "留着的委员会" not in text_of(content)
        assert application.sections.get(key="about").data["answers"]["committee"] == "留着的委员会"

    def test_when_it_is_asked_it_is_required(self, cast, draft):
        application = filled(cast, draft, **answers(committee="", mine_no=""))
        assert sentences(application) == ["基本情况：没有填写“矿山许可证号”。", "基本情况：没有填写“伦理委员会名称”。"]

    def test_a_section_comes_and_goes_with_an_answer(self, cast, draft, alice):
        application = filled(cast, draft)
        keys = [entry["progress"].section.key for entry in alice.get(url("check", application)).context["rail"]]
        assert "ethics" in keys and "core_only" in keys and "product_only" not in keys
        answer = save(alice, application, "about", {"answers": ABOUT | {"human": "no"}}).json()
        assert "伦理审查" not in answer["fragments"]["rail"] and "知识产权" in answer["fragments"]["next"]
        content = content_of(Application.objects.get(pk=application.pk))
        assert "ethics" not in content["sections"] and "伦理审查" not in text_of(content)
        assert application.sections.get(key="ethics").data == FILLED["ethics"]
        assert alice.get(url("section", application, "ethics")).url == url("section", application, "rights")
        page = alice.get(url("section", application, "ethics"), follow=True)
        assert "不需要填写“伦理审查”" in page.content.decode()

    def test_the_numbers_of_the_sections_leave_no_gap(self, cast, draft, alice):
        application = filled(cast, draft, **answers(human="no"))
        titles = [entry["title"] for entry in alice.get(url("check", application)).context["rail"]]
        assert titles[:3] == ["一、项目信息", "二、基本情况", "三、知识产权"]

    def test_rules_about_a_section_that_is_not_asked_are_not_asked(self):
        document = {"requirements": [{"code": "form_complete"}, {"code": "team_has_one_leader"}]}
        cast = sections_world(**document)
        version = cast.call.current_version
        version.document["form"] = [dict(section) for section in version.document["form"]]
        team = next(section for section in version.document["form"] if section["type"] == "team")
        team["when"] = {"category": ["product"]}
        version.sha256 = "changed"
        type(version).objects.filter(pk=version.pk).update(document=version.document, sha256="changed" + "0" * 57)
        with clock.travel(OPEN):
            application = filled(cast, cast.draft(filled=False))
            assert [found for found in checking.problems(application) if "负责人" in found.sentence] == []
            assert facts_of(application).team == ()


class TestTable:
    def rows(self, *rows):
        return {"rights": {"rows": list(rows)}}

    def test_what_is_wrong_is_told_at_its_cell(self, cast, draft, alice):
        rows = [
            {"title": "甲", "kind": "外观设计", "granted_on": "去年", "price": "贵", "own": ""},
            {"title": "", "kind": "", "granted_on": "2024-01-01", "price": "", "own": ""},
        ]
        application = filled(cast, draft)
        found = save(alice, application, "rights", {"rows": rows}).json()["errors"]
        assert [(place["at"], place["kind"]) for place in found] == [
            ("0.kind", "wrong"), ("0.granted_on", "wrong"), ("0.price", "wrong"), ("1", "missing"),
        ]  # fmt: skip
        assert found[0]["sentence"] == "知识产权 1：“类型”须从列出的各项中选择，现为“外观设计”。"
        assert found[3]["sentence"] == "知识产权 2没有填写名称、类型。"
        page = alice.get(url("section", application, "rights"))
        assert form_of(page)["rows.0.kind"] == "外观设计" and form_of(page)["rows.0.price"] == "贵"

    def test_least_and_most_rows(self, cast, draft, alice):
        row = FILLED["rights"]["rows"][0]
        application = filled(cast, draft, **self.rows())
        assert sentences(application) == ["知识产权现有 0 行，须不少于 1 行。"]
        found = save(alice, application, "rights", {"rows": [row] * 61}).json()["errors"]
        assert [(place["kind"], place["sentence"]) for place in found] == [
            ("wrong", "知识产权现有 61 行，不得超过 60 行。请删去 1 行。")
        ]

    def test_rows_are_removed_and_raised_without_a_script(self, cast, draft, alice):
        application = filled(cast, draft)
        page = form_of(alice.get(url("section", application, "rights")))
        alice.post(url("section", application, "rights"), page | {"raise_row": "rows.1"})
        titles = [row["title"] for row in application.sections.get(key="rights").data["rows"]]
        assert titles == ["测量软件", "一种测量方法"]
        page = form_of(alice.get(url("section", application, "rights")))
        alice.post(url("section", application, "rights"), page | {"remove_row": "rows.0"})
        assert [row["title"] for row in application.sections.get(key="rights").data["rows"]] == ["一种测量方法"]

    def test_an_older_save_is_refused_with_both_texts(self, cast, draft, alice):
        application = filled(cast, draft)
        old = application.sections.get(key="rights").version
        assert save(alice, application, "rights", self.rows({"title": "新"})["rights"]).status_code == 200
        answer = save(alice, application, "rights", FILLED["rights"], old)
        assert answer.status_code == 409 and "一种测量方法" in answer.json()["html"]

    def test_fifty_rows_are_printed_with_the_head_on_every_page(self, cast, draft):
        row = FILLED["rights"]["rows"][0]
        rows = [row | {"title": f"第{number}项方法", "price": ""} for number in range(50)]
        application = filled(cast, draft, **self.rows(*rows))
        context = papers.application_paper(content_of(application), draft=True)
        pages = pypdf.PdfReader(io.BytesIO(pdf.render(papers.TEMPLATE, context, draft=True))).pages
        texts = [page.extract_text() for page in pages]
        with_rows = [text for text in texts if "项方法" in text]
        assert len(with_rows) >= 2 and all("授权日期" in text for text in with_rows)
        assert all(f"第{number}项方法" in "".join(texts) for number in range(50))

    def test_versions_are_compared_row_by_row(self, cast, draft):
        application = filled(cast, draft)
        before = content_of(application)
        new = [FILLED["rights"]["rows"][0] | {"price": "99"}, {"title": "另一方法", "kind": "发明专利"}]
        after = content_of(filled(cast, application, **self.rows(*new)))
        changes = {change.label: (change.old, change.new) for change in compare(before, after).changes}
        assert set(changes) == {"一种测量方法", "测量软件", "另一方法"}
        assert any("120.5" in text for _, text in changes["一种测量方法"][0])

    def test_a_cell_of_several_choices_is_one_text(self, draft):
        section = draft.call_version.spec.form.section("rights")
        columns = [{"key": "uses", "label": "用途", "kind": "multi", "choices": ["甲", "乙"]}]
        section = type(section)("uses", "table", "用途", options={"columns": columns})
        data = nested({"rows.0.uses.0": "甲", "rows.0.uses.1": "乙", "rows.1.uses": ""})
        assert shaped(section, data, None) == {"rows": [{"uses": "甲；乙"}]}


class TestTermAndPart:
    @pytest.mark.parametrize(
        ("start", "end", "said"),
        [
            ("2025-06-01", "2028-05-31", []),
            ("2025-06-01", "2028-06-01", ["执行期自 2025-06-01 至 2028-06-01，超过 3 年。请调整起止日期。"]),
            ("2024-02-29", "2027-02-28", []),
            ("2024-02-29", "2027-03-01", ["执行期自 2024-02-29 至 2027-03-01，超过 3 年。请调整起止日期。"]),
            ("2025-06-01", "2025-05-31", ["执行期截止日期早于开始日期，请核对。"]),
            ("明年", "2028-05-31", ["执行期开始日期“明年”不是有效日期。请按 2025-03-06 的格式填写。"]),
            ("2025-06-01", "", ["没有填写执行期截止日期。"]),
        ],
    )
    def test_the_term(self, cast, draft, start, end, said):
        project = FILLED["project"] | {"starts_on": start, "ends_on": end}
        assert sentences(filled(cast, draft, project=project)) == said

    def test_only_the_chosen_parts_indicators_are_promised(self, cast, draft, alice):
        application = filled(cast, draft)
        assert application.part == "p1"
        assert [item.code for item in checking.indicators_of(application)] == ["i0", "i1"]
        page = form_of(alice.get(url("section", application, "commitments")))
        assert "rows.i1.value" in page and "rows.i2.value" not in page

    def test_another_part_keeps_the_promises_and_asks_for_its_own(self, cast, draft, alice):
        application = filled(cast, draft)
        application = filled(cast, application, project=FILLED["project"] | {"part": "p2"}, commitments=None)
        assert [item.code for item in checking.indicators_of(application)] == ["i0", "i2"]
        assert any("误差：没有承诺值" in sentence for sentence in sentences(application))
        save(alice, application, "commitments", {"rows": {"i0": {"value": "1300"}, "i2": {"value": "0.1"}}})
        application = Application.objects.get(pk=application.pk)
        assert sentences(application) == []
        assert application.sections.get(key="commitments").data["rows"]["i1"]["value"] == "1000"
        assert set(content_of(application)["commitments"]) == {"i0", "i2"}

    @pytest.mark.parametrize("part", ["", "p9"])
    def test_a_part_has_to_be_chosen(self, cast, draft, part):
        application = filled(cast, draft, project=FILLED["project"] | {"part": part})
        assert application.part == ""
        assert "没有选择子方向。请选择一个，只对它的指标作出承诺。" in sentences(application)


class TestPledges:
    def test_each_section_has_its_own_valid_signature(self, cast, draft):
        application = filled(cast, draft)
        rows = {row.section: (row.role, row.signer, row.text) for row in Pledge.objects.all()}
        assert rows["pledge_leader"] == ("leader", "周以宁", "本人遵守科研诚信。")
        assert rows["pledge_people"] == ("participants", "、".join(PEOPLE), "我们共同遵守科研诚信。")
        filled(cast, application, pledge_leader={"agreed": False, "signer": "周以宁"})
        valid = set(Pledge.objects.filter(withdrawn_at__isnull=True).values_list("section", flat=True))
        assert valid == {"pledge_unit", "pledge_people"}
        row = Pledge.objects.get(section="pledge_unit")
        row.pk = None
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save()

    def test_one_missing_signature_blocks(self, cast, draft):
        application = filled(cast, draft, pledge_leader={"agreed": False, "signer": ""})
        found = checking.problems(application)
        assert [row.code for row in found] == ["pledge_signed"] and found[0].blocks

    def test_every_member_of_the_team_signs(self, cast, draft, alice):
        application = filled(cast, draft, pledge_people={"agreed": True, "signers": ["周以宁", "外单位的人"]})
        assert sentences(application) == ["参与人员承诺书：沈望舒、许澄没有签署。"]
        page = form_of(alice.get(url("section", application, "pledge_people")))
        assert page["signers.0"] == "周以宁" and "signers.1" not in page and page["others"] == "外单位的人"
        alice.post(url("section", application, "pledge_people"), page | {"signers.1": "沈望舒", "signers.2": "许澄"})
        assert application.sections.get(key="pledge_people").data == {
            "agreed": True, "signers": ["周以宁", "沈望舒", "许澄", "外单位的人"],
        }  # fmt: skip
        assert sentences(Application.objects.get(pk=application.pk)) == []

    def test_each_is_printed_with_its_own_lines(self, cast, draft):
        text = text_of(content_of(filled(cast, draft)))
        assert text.count("牵头单位（盖章）") == 1 and text.count("项目负责人\n") >= 1
        assert "我们共同遵守科研诚信。" in text and "本人遵守科研诚信。" in text and "许澄" in text


class TestPartners:
    def partner(self, **changes):
        return {"rows": [FILLED["partners"]["rows"][0] | changes]}

    def test_a_country_is_typed_by_its_name_and_kept_as_its_code(self, cast, draft, alice):
        application = filled(cast, draft)
        page = form_of(alice.get(url("section", application, "partners")))
        assert page["rows.0.country"] == "德国"
        alice.post(url("section", application, "partners"), page | {"rows.0.country": "新西兰"})
        assert Partner.objects.get().country == "NZ"
        assert facts_of(Application.objects.get(pk=application.pk)).partners[0].is_abroad
        assert "新西兰" in text_of(content_of(Application.objects.get(pk=application.pk)))

    @pytest.mark.parametrize(
        ("changes", "said"),
        [
            ({"country": "瓦坎达"}, "联合单位 1：没有“瓦坎达”这个国家（地区）。请填写通用的中文名称。"),
            ({"code": "91110000100000000X"}, "联合单位 1：境外单位没有统一社会信用代码，请清空。"),
            ({"country": "CN"}, "第 1 家联合单位没有填写统一社会信用代码。"),
        ],
    )
    def test_what_is_wrong_with_a_foreign_partner(self, cast, draft, changes, said):
        assert said in sentences(filled(cast, draft, partners=self.partner(**changes)))
