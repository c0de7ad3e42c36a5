"""A blind call: experts read neither unit nor people nor number nor code, on any page, in any file."""

import copy
import io
import re
from datetime import date
from urllib.parse import unquote

import openpyxl
import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pypdf import PdfReader

from applications import access, papers_blind
from applications import workflow as applications
from applications.models import Version
from applications.names import short_names, struck
from applications.versions import request_pdf
from documents import jobs, xlsx
from jbgs.lib import clock, properties
from programmes.loader import load_document
from programmes.words import SECTION_TYPES
from reviews import blind, offline, papers, workflow
from reviews.models import Assignment
from tests.budget import queries_of
from tests.cast import OPEN, miit_document, world
from tests.reviews.conftest import Review

pytestmark = pytest.mark.slow  # once, on PostgreSQL; the verbs themselves are tested on both

AUTHOR = "虚构作者暗记"


def url(name: str, *args) -> str:
    return reverse(f"admin:reviews_{name}", args=args)


def signed_pdf() -> bytes:
    """One page whose properties name somebody."""
    target = io.BytesIO()
    with pikepdf.new() as pdf:
        pdf.add_blank_page()
        pdf.docinfo["/Author"] = AUTHOR
        with pdf.open_metadata() as meta:
            meta["dc:creator"] = [AUTHOR]
        pdf.save(target)
    return target.getvalue()


@pytest.fixture
def blind_review(db) -> Review:
    """The real call, its experts blind; one kind of attachment may be read by them."""
    document = copy.deepcopy(miit_document())
    document["review"]["blind"] = True
    for section in document["form"]:
        if section["type"] == "attachments":
            section["options"]["kinds"].append(
                {"key": "drawings", "label": "技术图册", "types": ["pdf"], "anonymous": True}
            )
    return Review(world(load_document(document).call))


@pytest.fixture
def case(blind_review):
    """A real application in review, whose texts name its unit and people; one expert has pledged."""
    cast = blind_review.world
    with clock.travel(OPEN):
        draft = cast.draft()
        for kind in ("drawings", "other"):
            file = SimpleUploadedFile(f"{draft.unit.name}的图册.pdf", signed_pdf())
            applications.add_attachment(draft, kind, file, by=cast.alice)
        application = applications.submit(draft, by=cast.alice)
    version = application.version
    content = copy.deepcopy(version.content)
    leader = next(row["name"] for row in content["sections"]["team"]["rows"] if row.get("is_leader"))
    texts = next(one for one in content["form"] if one["type"] == "questions")
    answers = content["sections"][texts["key"]]["answers"]
    told = f"由{application.unit.name}牵头，{leader[0]} {leader[1:]}负责，电话 13800001234。单调词"
    answers[
        next(one["key"] for one in texts["options"]["questions"] if one.get("kind", "long_text") == "long_text")
    ] = told
    Version.objects.filter(pk=version.pk).update(content=content)
    type(application).objects.filter(pk=application.pk).update(state="in_review")
    application.refresh_from_db()
    (sheet,) = blind_review.seat(application)
    sheet.content, sheet.leader = content, leader
    return sheet


def secrets(sheet) -> list[str]:
    """Everything that says who applies."""
    application, content = sheet.application, sheet.content
    unit, sections = content["unit"], content["sections"]
    words = [unit[key] for key in ("name", "code", "legal_person", "contact_name", "contact_phone", "address")]
    words += [content["department"]["name"], application.number, sheet.version.code, sheet.version.sha256[:16]]
    words += [row["name"] for row in sections["partners"]["rows"]] + [row["name"] for row in sections["team"]["rows"]]
    words += [file["sha256"][:16] for file in content["attachments"]] + ["图册.pdf" + AUTHOR, AUTHOR]
    assert len([word for word in words if word]) > 12
    return [word for word in words if word]


def told_in(text: str, sheet) -> list[str]:
    return [word for word in secrets(sheet) if word in text]


def text_of(data: bytes) -> str:
    reader = PdfReader(io.BytesIO(data))
    words = "".join(page.extract_text() for page in reader.pages) + str(reader.metadata)
    return re.sub(r"\s+", "", words)


# ---- the material ----


def test_every_type_of_section_is_decided():
    assert papers_blind.PRINTED | papers_blind.LEFT_OUT == set(SECTION_TYPES)
    assert not papers_blind.PRINTED & papers_blind.LEFT_OUT


def test_a_type_that_nobody_decided_on_is_not_printed():
    form = [{"key": "x", "type": "unheard", "title": "没有决定过", "options": {}}]
    content = {"form": form, "sections": {"x": {"text": "甲"}}, "call": {}, "task": {}, "indicators": []}
    shown, _ = papers_blind.blind_content(content)
    assert shown["form"] == [] and shown["sections"] == {}


def test_the_paper_says_nothing_of_who_applies(case):
    artifact = papers_blind.request_pdf(case.version)
    assert jobs.run(artifact.pk)
    artifact.refresh_from_db()
    data = artifact.file.open("rb").read()
    text = text_of(data)
    assert told_in(text, case) == [] and told_in(artifact.filename, case) == []
    assert "单调词" in text and "×××" in text and case.application.title[:6] in text
    assert "技术图册1.pdf" in text and "13800001234" not in text
    full = request_pdf(case.version)
    assert jobs.run(full.pk)
    full.refresh_from_db()
    assert told_in(text_of(full.file.open("rb").read()), case), "the test would find a name if there were one"


def test_hits_are_told_by_section(case):
    version = Version.objects.select_related("application__created_by", "created_by").get(pk=case.version_id)
    _, hits = papers_blind.material(version)
    found = {hit.words for hit in hits}
    assert {case.application.unit.name, case.leader, "13800001234"} <= found
    assert all(hit.section and hit.count for hit in hits)


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("虚构光电科技有限公司", "虚构光电"),
        ("北京虚构技术有限公司", "虚构"),
        ("虚构（上海）材料股份有限公司", "虚构"),
        ("虚构大学", "虚构"),
        ("虚构低温工程有限公司（测试）", "虚构"),
    ],
)
def test_a_unit_is_known_by_its_short_name_too(name, short):
    assert short in short_names(name)


def test_common_words_are_no_names():
    assert not short_names("先进材料研究院") & {"先进", "材料", "先进材料"}
    assert struck("电子科技发展很快", ["电子科技大学"]) == ("电子科技发展很快", {})


def test_a_latin_name_counts_only_as_a_whole():
    text, hits = struck("ABC公司与FABCO、abc", ["ABC"])
    assert text == "×××公司与FABCO、×××" and sum(hits.values()) == 2


# ---- pages ----


def pages_of(case) -> list[str]:
    own = [url(name, case.pk) for name in ("score", "confirm", "recuse", "history")]
    return [url("todo"), url("offline", case.application.task_id), *own]


def test_no_page_of_the_expert_tells_it(case, client):
    client.force_login(case.expert.user)
    code = blind.code(case.application, case.expert.user)
    for path in pages_of(case):
        answer = client.get(path)
        text = answer.content.decode()
        assert answer.status_code == 200 and told_in(text, case) == [], path
        assert code in text, path


def test_the_pledge_page_names_no_unit(case, client, blind_review):
    other = blind_review.application()
    (fresh,) = blind_review.seat(other, case.expert, pledged=False)
    client.force_login(case.expert.user)
    text = client.get(url("pledge", fresh.round_id)).content.decode()
    assert other.title in text and other.unit.name not in text and other.number not in text


def test_answers_and_refusals_tell_nothing(case, client, blind_review):
    client.force_login(case.expert.user)
    form = {f"points-{criterion.key}": "80" for criterion in blind_review.criteria}
    form |= {"opinion": "就事论事。", "advice": "", "base_version": 7}
    answer = client.post(url("save", case.pk), form, headers={"accept": "application/json"})
    assert answer.status_code == 409 and told_in(answer.content.decode(), case) == []
    blind_review.fill(case)
    sheet = Assignment.objects.get(pk=case.pk)
    answer = client.post(url("confirm", case.pk), {"base_version": sheet.sheet_version}, follow=True)
    assert "评分已提交" in answer.content.decode() and told_in(answer.content.decode(), case) == []
    workflow.return_for_revision(sheet, by=blind_review.olga, reason="请补充依据")
    told = "".join(f"{one.title}{one.body}" for one in case.expert.user.messages.all())
    assert told and told_in(told, case) == []


def test_a_title_that_names_its_unit_is_struck_too(case, client, blind_review):
    application = case.application
    type(application).objects.filter(pk=application.pk).update(title=f"{application.unit.name}的新装备")
    client.force_login(case.expert.user)
    for path in pages_of(case):
        text = client.get(path).content.decode()
        assert "×××的新装备" in text and application.unit.name not in text, path
    workflow.return_for_revision(blind_review.sign(case), by=blind_review.olga, reason="请补充依据")
    told = "".join(one.title for one in case.expert.user.messages.all())
    assert "×××的新装备" in told and application.unit.name not in told


def test_the_full_paper_and_other_files_are_not_there(case, client):
    client.force_login(case.expert.user)
    application = case.application
    full = request_pdf(case.version)
    assert client.get(reverse("documents:artifact", args=[full.pk])).status_code == 404
    for name in ("pdf", "detail"):
        assert client.get(reverse(f"applications:{name}", args=[application.pk])).status_code in (302, 403, 404)
    assert client.get(reverse("applications:pdf_version", args=[application.pk, 1])).status_code == 404
    files = {row.kind: row for row in application.attachments.filter(kind__in=("drawings", "other"))}
    target = {
        kind: reverse("applications:attachment_download", args=[application.pk, files[kind].pk]) for kind in files
    }
    assert client.get(target["other"]).status_code == 404
    answer = client.get(target["drawings"])
    assert answer.status_code == 200 and "技术图册1.pdf" in unquote(answer["Content-Disposition"])
    body = b"".join(answer.streaming_content)
    assert body.startswith(b"%PDF") and AUTHOR not in text_of(body) and AUTHOR.encode("utf-16-be") not in body
    material = papers_blind.request_pdf(case.version)
    assert client.get(reverse("documents:artifact", args=[material.pk])).status_code in (200, 202)


def test_material_and_files_are_for_its_own_experts(case, client, blind_review):
    stranger = blind_review.expert()
    client.force_login(stranger.user)
    material = papers_blind.request_pdf(case.version)
    row = case.application.attachments.get(kind="drawings")
    assert client.get(reverse("documents:artifact", args=[material.pk])).status_code == 404
    path = reverse("applications:attachment_download", args=[case.application.pk, row.pk])
    assert client.get(path).status_code == 404
    access.grant_review(stranger.user, case.application)
    assert client.get(path).status_code == 200
    for person in (blind_review.olga, blind_review.world.sven):
        assert jobs.may_read(material, person)
    for person in (blind_review.world.oscar, blind_review.world.alice, blind_review.world.dora):
        assert not jobs.may_read(material, person)


def test_the_signed_sheet_on_paper_names_codes(case, blind_review):
    blind_review.sign(case)
    expert = case.expert
    rows = papers.signed_sheets(expert, case.application.task)
    context = papers.score_sheet_paper(expert, case.application.task, rows, "a" * 64)
    assert told_in(str(context), case) == []
    assert context["rows"][0]["number"] == context["opinions"][0]["number"] == blind.code(case.application, expert.user)


def test_the_offline_form_names_codes(case):
    book = openpyxl.load_workbook(io.BytesIO(offline.workbook(case.expert, case.application.task)))
    text = " ".join(str(cell.value) for sheet in book.worksheets for row in sheet for cell in row)
    text += str(vars(book.properties))
    assert told_in(text, case) == [] and blind.code(case.application, case.expert.user) in text
    assert told_in(offline.filename(case.expert, case.application.task), case) == []


def test_codes_differ_from_expert_to_expert_and_stay(case, blind_review):
    other = blind_review.expert()
    own = blind.code(case.application, case.expert.user)
    assert own == blind.code(case.application, case.expert.user)
    assert own != blind.code(case.application, other.user)
    assert re.fullmatch(r"R-[A-Z2-7]{5}", own)


def test_a_list_is_in_the_order_of_codes(case, client, blind_review):
    for application in blind_review.applications(6):
        blind_review.seat(application, case.expert)
    client.force_login(case.expert.user)
    rows = client.get(url("todo")).context["rows"]
    numbers = [row.face.number for row in rows]
    assert numbers == sorted(numbers) and len(set(numbers)) == 7
    sequence = client.get(url("score", case.pk)).context["sequence"]
    assert [row.pk for row in sequence] == [row.pk for row in rows]


def test_an_open_call_shows_the_unit(review, client):
    (sheet,) = review.seat(review.application())
    client.force_login(sheet.expert.user)
    text = client.get(url("score", sheet.pk)).content.decode()
    assert sheet.application.unit.name in text and sheet.application.number in text


# ---- what officers look over ----


def test_officers_read_what_was_struck_out(case, client, blind_review):
    client.force_login(blind_review.olga)
    answer = client.get(url("material", case.application.task_id))
    text = answer.content.decode()
    assert answer.status_code == 200 and case.leader in text and "技术图册1.pdf" in text
    assert client.get(url("material_of", case.application.pk)).status_code == 302
    client.force_login(case.expert.user)
    assert client.get(url("material", case.application.task_id)).status_code == 404
    assert client.get(url("material_of", case.application.pk)).status_code == 404


def test_looking_over_costs_the_same_for_one_and_ten(case, client, blind_review):
    client.force_login(blind_review.olga)
    path = url("material", case.application.task_id)
    one = queries_of(lambda: client.get(path))
    for application in blind_review.applications(9):
        Version.objects.filter(pk=application.version_id).update(content=case.content)
    assert len(one) == len(queries_of(lambda: client.get(path)))


def test_in_an_open_call_there_is_no_such_page(review, client):
    client.force_login(review.olga)
    assert client.get(url("material", review.task.pk)).status_code == 404


# ---- files without properties ----


def picture(format: str) -> bytes:
    from PIL import Image, PngImagePlugin

    target, words = io.BytesIO(), PngImagePlugin.PngInfo()
    words.add_text("Author", "fictional-author")
    exif = Image.Exif()
    exif[315] = "fictional-author"
    Image.new("RGB", (8, 8), "teal").save(target, format, exif=exif, **({"pnginfo": words} if format == "PNG" else {}))
    return target.getvalue()


def test_office_files_lose_their_makers_and_keep_their_cells():
    data = xlsx.write(xlsx.Sheet("表", [xlsx.Column("a", "项目", 40)], [{"a": "数据"}]))
    maker = openpyxl.load_workbook(io.BytesIO(data)).properties.creator
    book = openpyxl.load_workbook(io.BytesIO(properties.stripped(data, "xlsx")))
    assert maker and book.properties.creator != maker
    assert "数据" in {cell.value for row in book.worksheets[0] for cell in row}


@pytest.mark.parametrize("format", ["PNG", "JPEG"])
def test_pictures_lose_their_words_and_no_pixel(format):
    from PIL import Image

    data = picture(format)
    clean = properties.stripped(data, {"PNG": "png", "JPEG": "jpg"}[format])
    assert b"fictional-author" in data and b"fictional-author" not in clean
    before, after = (Image.open(io.BytesIO(one)).tobytes() for one in (data, clean))
    assert before == after


def test_the_day_of_birth_is_no_name():
    """A date in a text is not taken for a telephone number."""
    assert struck(f"{date(1990, 1, 1)} 至 2027-12-31，共 13812 件", [])[1] == {}
