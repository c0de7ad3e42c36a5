"""What an uploaded file really is: leading bytes and structure, never its name alone.

`sniff` accepts pdf, docx, xlsx, jpg, png and ofd and refuses the rest with a sentence that says what the file is, what
was expected and what to do about it. The file is read from its start and left at its start.
"""

import hashlib
import io
import re
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

import pikepdf

from jbgs.lib.errors import Refused
from jbgs.lib.upload_checks import CHECKS, Unfit, open_zip

CHUNK = 1024 * 1024
MAX_NAME = 80  # characters; file systems allow 255 bytes, a hanzi takes three

# What people send by mistake, by its leading bytes. Only for the sentence: none of these is accepted.
STRANGERS = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "旧版Office文件（.doc、.xls、.ppt），或者设有密码的Office文件"),
    (b"Rar!", "RAR压缩包"),
    (b"7z\xbc\xaf\x27\x1c", "7z压缩包"),
    (b"\x1f\x8b", "gz压缩包"),
    (b"MZ", "Windows程序"),
    (b"\x7fELF", "Linux程序"),
    (b"GIF8", "GIF图片"),
    (b"BM", "BMP图片"),
    (b"II*\x00", "TIFF图片"),
    (b"MM\x00*", "TIFF图片"),
    (b"{\\rtf", "RTF文档"),
    (b"<!doctype html", "网页文件"),
    (b"<html", "网页文件"),
    (b"<?xml", "XML文件"),
    (b"#!", "脚本程序"),
)


@dataclass(frozen=True)
class Kind:
    """A file type that the system takes: `code` is the key in settings of a call, `label` is for people."""

    code: str
    label: str
    content_type: str
    suffixes: tuple[str, ...]


OPEN_XML = "application/vnd.openxmlformats-officedocument"
KINDS = {
    kind.code: kind
    for kind in (
        Kind("pdf", "PDF文件", "application/pdf", (".pdf",)),
        Kind("docx", "Word文档（.docx）", f"{OPEN_XML}.wordprocessingml.document", (".docx",)),
        Kind("xlsx", "Excel工作簿（.xlsx）", f"{OPEN_XML}.spreadsheetml.sheet", (".xlsx",)),
        Kind("jpg", "JPG图片", "image/jpeg", (".jpg", ".jpeg")),
        Kind("png", "PNG图片", "image/png", (".png",)),
        Kind("ofd", "OFD版式文件", "application/ofd", (".ofd",)),
    )
}


def sniff(file, filename: str, *, allowed=(), max_bytes: int | None = None, field: str = "") -> Kind:
    """The kind of `file` (binary, seekable), or `Refused` with a sentence that names the file.

    `allowed` are codes out of `KINDS` (empty: all of them); `max_bytes` is the limit of the call, if it has one;
    `field` is the form field that a refusal points to. Codes of refusals: upload_name, upload_empty, upload_too_large,
    upload_type, upload_mismatch, upload_broken, upload_active, upload_encrypted.
    """
    name = check_name(filename, field=field)
    check_size(file, name, max_bytes=max_bytes, field=field)
    try:
        kind = _by_leading_bytes(file, name, allowed, field)
        if allowed and kind.code not in allowed:
            raise Refused(
                "upload_type",
                f"“{name}”是{kind.label}，此处只接收{labels(allowed)}。请转换格式后重新上传。",
                field,
            )
        if PurePosixPath(name).suffix.lower() not in kind.suffixes:
            raise Refused(
                "upload_mismatch",
                f"“{name}”的内容是{kind.label}，与扩展名不符。请将扩展名改为{kind.suffixes[0]}，或者另选文件后重新上传。",
                field,
            )
        file.seek(0)
        CHECKS[kind.code](file)
    except Unfit as unfit:
        raise _refusal(unfit, name, field) from unfit
    finally:
        file.seek(0)
    return kind


def check_name(filename: str, *, field: str = "") -> str:
    """The bare file name in NFC, or `Refused`: no path, no control or direction characters, not too long."""
    name = unicodedata.normalize("NFC", filename or "").replace("\\", "/").rsplit("/", 1)[-1].strip()
    if not name or name.startswith("."):
        raise Refused("upload_name", "上传的文件没有文件名。请为文件命名（例如“营业执照.pdf”）后重新上传。", field)
    if any(unicodedata.category(c).startswith("C") for c in name) or re.search(r'[<>:"|?*]', name):
        shown = "".join(c for c in name if c.isprintable())
        raise Refused(
            "upload_name", f"文件名“{shown}”含有不能使用的字符。请改用汉字、字母、数字命名后重新上传。", field
        )
    if len(name) > MAX_NAME:
        sentence = f"文件名“{name[:16]}……”共{len(name)}个字，超过{MAX_NAME}个字。请缩短文件名后重新上传。"
        raise Refused("upload_name", sentence, field)
    return name


def check_size(file, name: str, *, max_bytes: int | None = None, field: str = "") -> int:
    """The size in bytes, or `Refused` when the file is empty or larger than `max_bytes`."""
    file.seek(0, io.SEEK_END)
    size = file.tell()
    file.seek(0)
    if not size:
        raise Refused("upload_empty", f"“{name}”是空文件（0字节）。请检查原文件能否打开，再重新上传。", field)
    if max_bytes and size > max_bytes:
        raise Refused(
            "upload_too_large",
            f"“{name}”大小为{readable_size(size)}，超过上限{readable_size(max_bytes)}。请压缩或者拆分后重新上传。",
            field,
        )
    return size


def readable_size(size: int) -> str:
    """Bytes as people read them: 0.42 MB, 812 KB, 15 字节."""
    if size >= 100 * 1024:
        return f"{size / 1024 / 1024:.2f} MB"
    return f"{size / 1024:.0f} KB" if size >= 1024 else f"{size} 字节"


def labels(allowed=()) -> str:
    """The accepted kinds in words, for sentences and help texts: PDF文件、JPG图片."""
    return "、".join(kind.label for kind in KINDS.values() if not allowed or kind.code in allowed)


def sha256_of(file) -> str:
    """SHA-256 of a binary file as 64 hex digits, read in pieces; leaves the file at its start."""
    file.seek(0)
    digest = hashlib.sha256()
    while piece := file.read(CHUNK):
        digest.update(piece)
    file.seek(0)
    return digest.hexdigest()


def page_count(file, kind: Kind) -> int | None:
    """Pages of a PDF, 1 for a picture, None where only an office program could say. The file has passed `sniff`."""
    if kind.code in ("jpg", "png"):
        return 1
    if kind.code != "pdf":
        return None
    file.seek(0)
    with pikepdf.open(file) as pdf:
        count = len(pdf.pages)
    file.seek(0)
    return count


def _by_leading_bytes(file, name: str, allowed, field: str) -> Kind:
    head = file.read(1024)
    file.seek(0)
    if head.startswith(b"%PDF-"):
        return KINDS["pdf"]
    if head.startswith(b"\xff\xd8\xff"):
        return KINDS["jpg"]
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return KINDS["png"]
    if head.startswith(b"PK\x03\x04"):
        kind, what = _kind_of_zip(file)
        if kind:
            return kind
    else:
        what = _stranger(head)
    raise Refused(
        "upload_type", f"“{name}”的内容{what}，不能接收。此处接收{labels(allowed)}，请转换格式后重新上传。", field
    )


def _kind_of_zip(file) -> tuple[Kind | None, str]:
    with open_zip(file) as archive:
        names = set(archive.namelist())
    if "OFD.xml" in names:
        return KINDS["ofd"], ""
    if "[Content_Types].xml" not in names:
        return None, "是ZIP压缩包"
    if "word/document.xml" in names:
        return KINDS["docx"], ""
    if "xl/workbook.xml" in names:
        return KINDS["xlsx"], ""
    return None, "是演示文稿（.pptx）" if "ppt/presentation.xml" in names else "不是Word或者Excel文件"


def _stranger(head: bytes) -> str:
    low = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for mark, label in STRANGERS:
        if head.startswith(mark) or (mark.startswith((b"<", b"#", b"{")) and low.startswith(mark)):
            return f"是{label}"
    if head[4:8] == b"ftyp":
        return "是视频或者手机照片（HEIC）"
    return "是纯文本" if _is_text(head) else "不是可以识别的文件类型"


def _is_text(head: bytes) -> bool:
    if b"\x00" in head:
        return False
    for encoding in ("utf-8", "gb18030"):
        for cut in range(4):  # the kilobyte may end inside a character
            try:
                head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            return True
    return False


def _refusal(unfit: Unfit, name: str, field: str) -> Refused:
    sentence = {
        "broken": f"“{name}”已经损坏或者不完整，打不开。请在本机打开原文件，另存为新文件后重新上传。",
        "encrypted": f"“{name}”设有密码或者加密。请取消密码保护，另存后重新上传。",
        "active": f"“{name}”含有{unfit.what}，为安全起见不能接收。请删去这部分内容，或者重新打印成PDF后上传。",
        "too_large": f"“{name}”{unfit.what}，不能接收。请压缩其中的图片，或者降低扫描分辨率后重新上传。",
    }[unfit.code]
    return Refused(f"upload_{unfit.code}", sentence, field)
