"""A draft and a newer wording of its call: it moves when its owner accepts the shown difference, and loses nothing."""

import copy

import pytest

from applications import checking, renewal, workflow
from applications.models import Application, Partner, Pledge
from audit.models import Entry
from jbgs.lib import clock
from jbgs.lib.errors import Forbidden, Refused
from programmes.loader import load_document
from tests.applications.front_help import Visitor, form_of, url
from tests.applications.sections_help import ABOUT, fill_sections, sections_document, sections_world
from tests.cast import OPEN

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast():
    return sections_world()


@pytest.fixture
def draft(cast):
    with clock.travel(OPEN):
        yield fill_sections(cast.draft(filled=False), cast.alice)


def section_of(document, key) -> dict:
    return next(section for section in document["form"] if section["key"] == key)


def newer() -> dict:
    """One question gone, one new, one limit lower; a column and two sections gone; a target raised; a rule stricter."""
    document = sections_document()
    questions = section_of(document, "about")["options"]["questions"]
    document["form"] = [one for one in document["form"] if one["key"] not in ("core_only", "partners")]
    section_of(document, "about")["options"]["questions"] = [
        {**one, "max_chars": 100} if one["key"] == "intro" else one for one in questions if one["key"] != "site"
    ] + [{"key": "risk", "label": "主要风险"}]
    columns = section_of(document, "rights")["options"]["columns"]
    section_of(document, "rights")["options"]["columns"] = [one for one in columns if one["key"] != "price"]
    document["tasks"][0]["indicators"][0]["value"] = 1300
    document["requirements"].append({"code": "partners_at_most", "params": {"count": 2}})
    document["texts"]["pledge_leader"] = "本人遵守新的科研诚信规定。"
    return document


def change_call(document) -> None:
    load_document(copy.deepcopy(document), force=True)


def fresh(application) -> Application:
    return Application.objects.get(pk=application.pk)


def shown(application) -> list[tuple[str, str, str, str]]:
    return [(one.kind, one.words, one.old, one.new) for one in renewal.renewal_of(fresh(application)).changes]


class TestDifference:
    def test_nothing_to_accept_while_only_times_and_texts_change(self, cast, draft):
        document = sections_document()
        document["windows"]["apply"]["closes"] = "2025-03-09"
        document["tasks"][1]["indicators"][0]["value"] = [2, 9]
        change_call(document)
        assert fresh(draft).call.current_version_id != draft.call_version_id
        assert renewal.renewal_of(fresh(draft)) is None

    def test_every_change_is_told_in_words(self, cast, draft):
        change_call(newer())
        changes = shown(draft)
        assert ("changed", "申报书 › 基本情况 › 问题 › 项目简介 › 字数上限", "200", "100") in changes
        assert ("removed", "申报书 › 基本情况 › 问题 › 实施地点", "", "") in changes
        assert ("added", "申报书 › 基本情况 › 问题 › 主要风险", "", "") in changes
        assert ("removed", "申报书 › 知识产权 › 列 › 评估价", "", "") in changes
        assert ("removed", "申报书 › 合作单位", "", "") in changes
        assert ("changed", "指标 › 寿命 › 数值", "1000", "1300") in changes
        assert [one for one in changes if one[:2] == ("added", "申报条件")][0][3].endswith("2 家")
        assert not any("第二项任务" in words or "texts" in words for _, words, _, _ in changes)

    def test_the_banner_stands_on_the_drafts_pages(self, cast, draft):
        alice = Visitor(cast.alice)
        assert "按新要求填报" not in alice.get(url("detail", draft)).content.decode()
        change_call(newer())
        for address in (url("detail", draft), url("check", draft), url("section", draft, "about")):
            text = alice.get(address).content.decode()
            assert "申报要求有更新" in text and "由“200”改为“100”" in text and "按新要求填报" in text


class TestMove:
    def move(self, cast, draft):
        change_call(newer())
        return workflow.adopt_version(fresh(draft), by=cast.alice, version=fresh(draft).call.current_version_id)

    def test_the_draft_follows_the_new_wording_and_nothing_is_lost(self, cast, draft):
        moved = self.move(cast, draft)
        assert moved.call_version_id == moved.call.current_version_id and moved.state == "draft"
        about = moved.sections.get(key="about").data
        assert about["answers"] == ABOUT
        assert about["gone"] == [{"label": "实施地点", "text": "虚构园区"}]
        assert moved.sections.get(key="rights").data["gone"] == [{"label": "评估价", "text": "120.5 万元\n"}]
        partners = moved.sections.get(key="partners").data
        assert partners["rows"][0]["country"] == "DE" and "虚构研究所" in partners["gone"][0]["label"]
        assert not Partner.objects.filter(application=moved).exists()

    def test_what_is_new_is_asked_and_a_pledge_of_other_words_is_signed_again(self, cast, draft):
        moved = fresh(self.move(cast, draft))
        said = [found.sentence for found in checking.problems(moved)]
        assert "基本情况：没有填写“主要风险”。" in said
        assert any(sentence.startswith("寿命：承诺值 1200") for sentence in said)
        assert any("承诺" in sentence and "请阅读" in sentence for sentence in said)
        valid = set(Pledge.objects.filter(withdrawn_at__isnull=True).values_list("section", flat=True))
        assert valid == {"pledge_unit", "pledge_people"}
        assert moved.sections.get(key="pledge_leader").data["agreed"] is False

    def test_what_is_gone_is_shown_on_the_page_and_survives_a_save(self, cast, draft):
        self.move(cast, draft)
        alice = Visitor(cast.alice)
        page = alice.get(url("section", draft, "about"))
        text = page.content.decode()
        assert "不再要求的内容" in text and "虚构园区" in text and "合作单位：虚构研究所 Institute" in text
        alice.post(url("section", draft, "about"), form_of(page) | {"answers.risk": "工期"})
        data = draft.sections.get(key="about").data
        assert data["answers"]["risk"] == "工期" and data["answers"]["site"] == "虚构园区"
        assert data["gone"] == [{"label": "实施地点", "text": "虚构园区"}]

    def test_a_page_opened_before_the_move_is_refused_with_both_texts(self, cast, draft):
        alice = Visitor(cast.alice)
        page = form_of(alice.get(url("section", draft, "about")))
        self.move(cast, draft)
        assert alice.post(url("section", draft, "about"), page).status_code == 409

    def test_by_the_button_with_an_entry_in_the_log(self, cast, draft):
        change_call(newer())
        alice = Visitor(cast.alice)
        form = form_of(alice.get(url("detail", draft)), url("adopt", draft))
        assert alice.post(url("adopt", draft), form).url == url("edit", draft)
        assert alice.post(url("adopt", draft), form).url == url("edit", draft)  # the same key twice moves once
        entry = Entry.objects.for_object(draft).done().get(action="adopt_version")
        assert entry.data == {"from_number": 1, "to_number": 2}
        assert "申报要求有更新" not in alice.get(url("detail", draft)).content.decode()

    def test_only_to_the_wording_that_was_shown(self, cast, draft):
        change_call(newer())
        seen = fresh(draft).call.current_version_id
        third = newer()
        third["form"][0]["title"] = "项目概况"
        change_call(third)
        with pytest.raises(Refused) as refusal:
            workflow.adopt_version(fresh(draft), by=cast.alice, version=seen)
        assert refusal.value.code == "wording_changed"
        assert fresh(draft).call_version_id == draft.call_version_id

    def test_nobody_else_moves_it(self, cast, draft):
        change_call(newer())
        version = fresh(draft).call.current_version_id
        for person in (cast.bob, cast.dora, cast.olga):
            with pytest.raises(Forbidden):
                workflow.adopt_version(fresh(draft), by=person, version=version)

    def test_a_submitted_one_never_moves_and_shows_nothing(self, cast, draft):
        submitted = workflow.submit(draft, by=cast.alice)
        change_call(newer())
        assert renewal.renewal_of(fresh(draft)) is None
        with pytest.raises(Refused) as refusal:
            workflow.adopt_version(fresh(draft), by=cast.alice, version=fresh(draft).call.current_version_id)
        assert refusal.value.code == "state_changed"
        assert fresh(draft).call_version_id == submitted.call_version_id

    def test_a_task_that_is_gone_leaves_the_draft_as_it_is(self, cast, draft):
        document = newer()
        document["tasks"] = document["tasks"][1:]
        change_call(document)
        assert renewal.renewal_of(fresh(draft)) is None
        with pytest.raises(Refused):
            workflow.adopt_version(fresh(draft), by=cast.alice, version=fresh(draft).call.current_version_id)
