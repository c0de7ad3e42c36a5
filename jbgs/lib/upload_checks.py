"""The structure of an uploaded file: is it whole, and does it hold nothing that acts on its own?

Each check takes a binary file at its start and raises `Unfit`; `jbgs.lib.uploads` turns that into a sentence.
"""

import io
import xml.etree.ElementTree as ElementTree
import zipfile
import zlib

import pikepdf
from PIL import Image

MAX_MEMBERS = 10_000  # entries of a zip: an office file has some dozens
MAX_UNPACKED = 400 * 1024 * 1024  # bytes; more is a zip bomb, not an annex
MAX_PART = 4 * 1024 * 1024  # bytes of one part that we unpack ourselves
MAX_PIXELS = 200_000_000  # an A0 scan at 300 dpi has 139 million
MAX_CHUNK = 256 * 1024 * 1024  # bytes of one chunk of a PNG
JPEG_TAIL = 4 * 1024 * 1024  # bytes at the end in which a JPEG must end; cameras append things
MAX_DEPTH = 60  # nesting of a PDF's direct objects that is still looked through

# Keys and types of a PDF that make a reader do something, with the words for them.
ACTIVE = {
    "/JavaScript": "脚本（JavaScript）",
    "/JS": "脚本（JavaScript）",
    "/Launch": "启动其他程序的动作",
    "/EmbeddedFile": "嵌入的其他文件",
    "/EmbeddedFiles": "嵌入的其他文件",
    "/RichMedia": "音频、视频或者三维内容",
    "/XFA": "动态表单（XFA）",
}


class Unfit(Exception):
    """Why a file is not taken: `code` is broken, encrypted, active (then `what` names the content) or too_large."""

    def __init__(self, code: str, what: str = ""):
        super().__init__(code, what)
        self.code = code
        self.what = what


def check_picture(file) -> None:
    """Whole to its end, and Pillow can read it; a size bomb is refused before a pixel is unpacked.

    The end is looked for here and not left to Pillow: other libraries tell it, for the whole process, to be content
    with cut pictures (ImageFile.LOAD_TRUNCATED_IMAGES).
    """
    if not (_png_is_whole(file) if file.read(1) == b"\x89" else _jpeg_is_whole(file)):
        raise Unfit("broken")
    file.seek(0)
    try:
        with Image.open(file, formats=("JPEG", "PNG")) as picture:
            if picture.width * picture.height > MAX_PIXELS:
                raise Unfit("too_large", "像素过多（扫描分辨率300dpi即可）")
            picture.verify()
        file.seek(0)
        with Image.open(file, formats=("JPEG", "PNG")) as picture:
            picture.draft("L", (64, 64))  # verify() does not look at a JPEG's data; a small decode does
            picture.load()
    except Unfit:
        raise
    except Exception as error:  # Pillow raises a dozen classes for broken input, SyntaxError among them
        raise Unfit("broken") from error


def _png_is_whole(file) -> bool:
    """Every chunk up to IEND is there and has the right check sum."""
    file.seek(8)
    while len(head := file.read(8)) == 8:
        length, name = int.from_bytes(head[:4]), head[4:]
        data = file.read(min(length, MAX_CHUNK))
        if len(data) != length or file.read(4) != zlib.crc32(name + data).to_bytes(4):
            return False
        if name == b"IEND":
            return True
    return False


def _jpeg_is_whole(file) -> bool:
    """An end mark follows the last start of picture data; neither can stand inside the data."""
    file.seek(0, io.SEEK_END)
    file.seek(-min(JPEG_TAIL, file.tell()), io.SEEK_END)
    tail = file.read()
    return tail.rfind(b"\xff\xd9") > tail.rfind(b"\xff\xda")


def check_office(file) -> None:
    """docx and xlsx: no password, no macro, no OLE object, every part readable."""
    with open_zip(file) as archive:
        infos = archive.infolist()
        names = [info.filename.lower() for info in infos]
        if any(info.flag_bits & 0x1 for info in infos):
            raise Unfit("encrypted")
        types = _part(archive, "[Content_Types].xml")
        if any("vbaproject" in name for name in names) or b"macroenabled" in types.lower():
            raise Unfit("active", "宏")
        if any("activex" in name for name in names):
            raise Unfit("active", "ActiveX控件")
        # A chart carries its own small .xlsx there, which is harmless; an OLE object is a .bin.
        if any("/embeddings/" in name and name.endswith((".bin", ".docm", ".xlsm", ".pptm")) for name in names):
            raise Unfit("active", "嵌入的其他文件（OLE对象）")
        _parse(types)
        _test_members(archive)


def check_ofd(file) -> None:
    """OFD.xml names at least one document, and it is there (GB/T 33190)."""
    with open_zip(file) as archive:
        root = _parse(_part(archive, "OFD.xml"))
        roots = [
            e.text.strip().lstrip("/") for e in root.iter() if _local(e.tag) == "DocRoot" and (e.text or "").strip()
        ]
        members = {member.lstrip("/") for member in archive.namelist()}
        if not roots or not members.issuperset(roots):
            raise Unfit("broken")
        _test_members(archive)


def check_pdf(file) -> None:
    """Opens, has pages and an end, no password, nothing of `ACTIVE` in any object."""
    file.seek(0, io.SEEK_END)
    file.seek(-min(4096, file.tell()), io.SEEK_END)
    if b"%%EOF" not in file.read():  # qpdf would repair a cut file silently, and pages would be missing
        raise Unfit("broken")
    file.seek(0)
    try:
        with pikepdf.open(file) as pdf:
            if pdf.is_encrypted:
                raise Unfit("encrypted")
            if not len(pdf.pages):
                raise Unfit("broken")
            for item in (*pdf.objects, pdf.trailer):
                if what := _active_content(item):
                    raise Unfit("active", what)
    except pikepdf.PasswordError as error:
        raise Unfit("encrypted") from error
    except (pikepdf.PdfError, RuntimeError, ValueError, OSError, RecursionError) as error:
        raise Unfit("broken") from error


CHECKS = {
    "pdf": check_pdf,
    "docx": check_office,
    "xlsx": check_office,
    "jpg": check_picture,
    "png": check_picture,
    "ofd": check_ofd,
}


def open_zip(file) -> zipfile.ZipFile:
    """The archive, or `Unfit` when it is damaged or would unpack to too much."""
    try:
        archive = zipfile.ZipFile(file)
        infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError) as error:
        raise Unfit("broken") from error
    if len(infos) > MAX_MEMBERS or sum(info.file_size for info in infos) > MAX_UNPACKED:
        raise Unfit("too_large", "展开后过大")
    return archive


def _local(tag: str) -> str:
    return tag.rsplit("}", 1)[-1]


def _part(archive: zipfile.ZipFile, member: str) -> bytes:
    try:
        with archive.open(member) as part:
            data = part.read(MAX_PART + 1)
    except Exception as error:  # zlib.error, RuntimeError (password), KeyError: all the same to the sender
        raise Unfit("broken") from error
    if len(data) > MAX_PART:
        raise Unfit("broken")
    return data


def _parse(data: bytes) -> ElementTree.Element:
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:  # neither format has one, and entities can explode
        raise Unfit("broken")
    try:
        return ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        raise Unfit("broken") from error


def _test_members(archive: zipfile.ZipFile) -> None:
    """Reads every member once, so that a cut or altered file is found now and not by the reviewer."""
    try:
        damaged = archive.testzip()
    except Exception as error:
        raise Unfit("broken") from error
    if damaged:
        raise Unfit("broken")


def _active_content(item, depth: int = 0) -> str | None:
    """The words for a forbidden thing in this object, or None. Indirect objects come on their own: none is followed."""
    if depth > MAX_DEPTH:
        return "层次过深的内容"
    if isinstance(item, pikepdf.Stream):
        item = item.stream_dict
    if isinstance(item, pikepdf.Array):
        children = list(item)
    elif isinstance(item, pikepdf.Dictionary):
        words = [*item.keys(), *(str(item.get(key)) for key in ("/S", "/Type", "/Subtype") if key in item)]
        if found := next((ACTIVE[word] for word in words if word in ACTIVE), None):
            return found
        children = list(item.values())
    else:
        return None
    direct = (child for child in children if isinstance(child, pikepdf.Object) and not child.is_indirect)
    return next((what for child in direct if (what := _active_content(child, depth + 1))), None)
