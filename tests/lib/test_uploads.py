"""A file is what its bytes say. Every refusal names the file and says what to do."""

import hashlib
import io
import zipfile

import pikepdf
import pytest
from PIL import Image

from jbgs.lib.errors import Refused
from jbgs.lib.uploads import check_name, page_count, readable_size, sha256_of, sniff

CONTENT_TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
OFD = '<ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016"><ofd:DocBody><ofd:DocRoot>{}</ofd:DocRoot></ofd:DocBody></ofd:OFD>'


def pdf(change=None, **save):
    book = pikepdf.new()
    book.add_blank_page()
    if change:
        change(book)
    out = io.BytesIO()
    book.save(out, **save)
    return out.getvalue()


def archive(**members):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as box:
        for name, data in members.items():
            box.writestr(name.replace("__", "/").replace("_dot_", "."), data)
    return out.getvalue()


def office(main, **more):
    return archive(**{"[Content_Types].xml": CONTENT_TYPES, main: "<a/>", **more})


def picture(fmt, size=(40, 30)):
    out = io.BytesIO()
    Image.effect_noise(size, 90).save(out, fmt)
    return out.getvalue()


DOCX, XLSX = office("word/document.xml"), office("xl/workbook.xml")
GOOD = {
    "营业执照.pdf": (pdf(), "pdf"),
    "方案.docx": (DOCX, "docx"),
    "预算.xlsx": (XLSX, "xlsx"),
    "照片.JPG": (picture("JPEG"), "jpg"),
    "照片.jpeg": (picture("JPEG"), "jpg"),
    "扫描件.png": (picture("PNG"), "png"),
    "批复.ofd": (archive(**{"OFD.xml": OFD.format("Doc_0/Document.xml"), "Doc_0/Document.xml": "<d/>"}), "ofd"),
}


@pytest.mark.parametrize("name", GOOD)
def test_a_sound_file_is_known(name):
    data, code = GOOD[name]
    file = io.BytesIO(data)
    assert sniff(file, name).code == code
    assert file.tell() == 0


def refusal(data, name, **more):
    with pytest.raises(Refused) as caught:
        sniff(io.BytesIO(data), name, field="annexes", **more)
    refused = caught.value
    assert refused.field == "annexes"
    assert "请" in refused.sentence, "says what to do"
    return refused


@pytest.mark.parametrize(
    "data, words",
    [
        (b"MZ\x90\x00", "Windows程序"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "旧版Office文件"),
        (b"Rar!\x1a\x07", "RAR压缩包"),
        (b"<!DOCTYPE html><p>", "网页文件"),
        ("一、申报单位基本情况。".encode("gb18030"), "纯文本"),
        (("项目" * 600).encode(), "纯文本"),
        (b"\x00\x00\x00\x18ftypheic", "HEIC"),
        (archive(a_dot_txt="x"), "ZIP压缩包"),
        (office("ppt/presentation.xml"), "演示文稿"),
        (b"\x01\x02\x00\x03", "不是可以识别的文件类型"),
    ],
)
def test_a_stranger_is_named(data, words):
    refused = refusal(data, "营业执照.pdf")
    assert refused.code == "upload_type"
    assert words in refused.sentence and "营业执照.pdf" in refused.sentence and "PDF文件" in refused.sentence


def test_a_wrong_extension_is_told_what_the_file_is():
    refused = refusal(DOCX, "审计报告.pdf")
    assert refused.code == "upload_mismatch"
    assert "Word文档" in refused.sentence and ".docx" in refused.sentence


def test_only_the_kinds_of_the_call_are_taken():
    refused = refusal(XLSX, "预算.xlsx", allowed=("pdf", "jpg"))
    assert refused.code == "upload_type"
    assert "此处只接收PDF文件、JPG图片" in refused.sentence


def launch(book):
    book.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.Launch, F=pikepdf.String("calc.exe"))


def script(book):
    book.pages[0].obj.AA = pikepdf.Dictionary(O=pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS=pikepdf.String("1")))


def script_among_names(book):
    book.Root.Names = pikepdf.Dictionary(JavaScript=pikepdf.Dictionary(Names=pikepdf.Array()))


def embedded(book):
    book.attachments["数据.exe"] = b"MZ"


@pytest.mark.parametrize(
    "change, words", [(launch, "启动"), (script, "脚本"), (script_among_names, "脚本"), (embedded, "嵌入")]
)
@pytest.mark.parametrize("packed", [True, False])
def test_a_pdf_that_acts_is_refused(change, words, packed):
    mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
    refused = refusal(pdf(change, object_stream_mode=mode), "方案.pdf")
    assert refused.code == "upload_active" and words in refused.sentence


def test_an_encrypted_pdf_is_refused_with_and_without_a_password_to_open():
    for user in ("", "secret"):
        data = pdf(encryption=pikepdf.Encryption(user=user, owner="owner"))
        assert refusal(data, "方案.pdf").code == "upload_encrypted"


def test_a_cut_file_is_refused():
    for name, (data, _) in GOOD.items():
        assert refusal(data[: len(data) * 2 // 3], name).code in ("upload_broken", "upload_type"), name


def test_a_cut_picture_is_refused_even_where_the_process_is_content_with_it(monkeypatch):
    """WeasyPrint sets this for the whole process as soon as it is imported."""
    monkeypatch.setattr("PIL.ImageFile.LOAD_TRUNCATED_IMAGES", True)
    for name in ("照片.JPG", "扫描件.png"):
        data = GOOD[name][0]
        for keep in (0.5, 0.9, 0.99):
            assert refusal(data[: int(len(data) * keep)], name).code == "upload_broken"
        assert sniff(io.BytesIO(data), name)


def test_a_changed_byte_in_a_png_is_found(monkeypatch):
    monkeypatch.setattr("PIL.ImageFile.LOAD_TRUNCATED_IMAGES", True)
    data = bytearray(GOOD["扫描件.png"][0])
    data[len(data) // 2] ^= 1
    assert refusal(bytes(data), "扫描件.png").code == "upload_broken"


def test_a_pdf_in_name_only_is_refused():
    assert refusal(b"%PDF-1.7\nnothing\n%%EOF", "方案.pdf").code == "upload_broken"


def test_macros_and_objects_are_refused():
    macro = office("word/document.xml", **{"word/vbaProject.bin": b"x"})
    assert "宏" in refusal(macro, "方案.docx").sentence
    renamed = archive(
        **{
            "[Content_Types].xml": "<T a='application/vnd.ms-word.document.macroEnabled.main'/>",
            "word/document.xml": "",
        }
    )
    assert "宏" in refusal(renamed, "方案.docx").sentence
    ole = office("word/document.xml", **{"word/embeddings/oleObject1.bin": b"x"})
    assert refusal(ole, "方案.docx").code == "upload_active"


def test_a_chart_with_its_own_small_workbook_is_taken():
    data = office("word/document.xml", **{"word/embeddings/Microsoft_Excel_Sheet.xlsx": XLSX})
    assert sniff(io.BytesIO(data), "方案.docx").code == "docx"


def test_a_damaged_member_is_found():
    data = bytearray(office("word/document.xml", **{"word/media/a.png": picture("PNG", (200, 200))}))
    data[len(data) // 2] ^= 0xFF
    assert refusal(bytes(data), "方案.docx").code == "upload_broken"


def test_entities_are_not_expanded():
    bomb = archive(**{"[Content_Types].xml": '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', "word/document.xml": ""})
    assert refusal(bomb, "方案.docx").code == "upload_broken"


def test_a_zip_bomb_is_refused_before_it_is_unpacked(monkeypatch):
    monkeypatch.setattr("jbgs.lib.upload_checks.MAX_UNPACKED", 1000)
    bomb = office("word/document.xml", **{"word/a.xml": b"0" * 5000})
    assert "展开后过大" in refusal(bomb, "方案.docx").sentence


def test_a_picture_with_too_many_pixels_is_refused(monkeypatch):
    monkeypatch.setattr("jbgs.lib.upload_checks.MAX_PIXELS", 100)
    assert refusal(picture("PNG"), "扫描件.png").code == "upload_too_large"


def test_an_ofd_without_its_document_is_refused():
    data = archive(**{"OFD.xml": OFD.format("Doc_0/Document.xml")})
    assert refusal(data, "批复.ofd").code == "upload_broken"


def test_size_and_emptiness():
    assert refusal(b"", "方案.pdf").code == "upload_empty"
    refused = refusal(pdf() + b" " * 3_000_000, "方案.pdf", max_bytes=1024 * 1024)
    assert refused.code == "upload_too_large"
    assert "2.86 MB" in refused.sentence and "1.00 MB" in refused.sentence


def test_names():
    assert check_name("C:\\我的文档\\营业执照.pdf") == "营业执照.pdf"
    assert check_name("../../etc/营业执照.pdf") == "营业执照.pdf"
    assert check_name("e\u0301tude.pdf") == "\u00e9tude.pdf"
    for bad in ("", "   ", ".pdf", "a\x00.pdf", "照片\u202egpj.exe.pdf", "甲" * 90 + ".pdf", 'a"b.pdf'):
        with pytest.raises(Refused) as caught:
            check_name(bad)
        assert caught.value.code == "upload_name"


def test_hash_pages_and_sizes():
    data = pdf(lambda book: book.add_blank_page())
    file = io.BytesIO(data)
    file.read(5)
    assert sha256_of(file) == hashlib.sha256(data).hexdigest() and file.tell() == 0
    assert page_count(file, sniff(file, "a.pdf")) == 2
    assert page_count(io.BytesIO(XLSX), sniff(io.BytesIO(XLSX), "a.xlsx")) is None
    assert (readable_size(15), readable_size(9000), readable_size(440_000)) == ("15 字节", "9 KB", "0.42 MB")
