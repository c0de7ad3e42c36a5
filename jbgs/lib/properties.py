"""A file without what it says of its makers: author, company, program, camera. The pages stay byte by byte or drawn
the same. For files that people read without knowing whose they are."""

import io
import re
import zipfile
from collections.abc import Callable

import pikepdf

PNG_WORDS = (b"tEXt", b"iTXt", b"zTXt", b"eXIf", b"tIME")
JPEG_WORDS = (0xE1, 0xED, 0xFE)  # EXIF and XMP, IPTC, comment
XML = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
EMPTY_PARTS = {
    "docProps/core.xml": b'<cp:coreProperties xmlns:cp="http://schemas.openxmlformats.org/package/2006/metadata/'
    b'core-properties"/>',
    "docProps/app.xml": b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
    b'extended-properties"/>',
    "docProps/custom.xml": b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/'
    b'custom-properties"/>',
}
OFD_WORDS = re.compile(rb"<ofd:(Author|Creator|CreatorVersion|Keywords|Subject)>.*?</ofd:\1>", re.DOTALL)
OFFICE_WORDS = re.compile(rb'(w:author|w:initials|lastModifiedBy|userName)="[^"]*"')


def stripped(data: bytes, kind: str) -> bytes:
    """The same file without properties; `kind` is a code of `jbgs.lib.uploads.KINDS`. An unknown kind raises KeyError:
    nothing leaves unlooked at."""
    return STRIP[kind](data)


def _pdf(data: bytes) -> bytes:
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(data)) as pdf:
        if "/Info" in pdf.trailer:
            del pdf.trailer["/Info"]
        for item in pdf.objects:
            if isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
                for key in ("/Metadata", "/PieceInfo"):
                    if key in item:
                        del item[key]
                if item.get("/Subtype") is not None and "/T" in item and "/Rect" in item and "/FT" not in item:
                    del item["/T"]  # who wrote a note
        pdf.save(target, deterministic_id=True)
    return target.getvalue()


def _zip(change: Callable[[str, bytes], bytes]) -> Callable[[bytes], bytes]:
    def strip(data: bytes) -> bytes:
        target = io.BytesIO()
        with zipfile.ZipFile(io.BytesIO(data)) as source, zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as copy:
            for info in source.infolist():
                copy.writestr(zipfile.ZipInfo(info.filename), change(info.filename, source.read(info)))
        return target.getvalue()

    return strip


def _office(name: str, data: bytes) -> bytes:
    if name in EMPTY_PARTS:
        return XML + EMPTY_PARTS[name]
    return OFFICE_WORDS.sub(rb'\1=""', data) if name.endswith(".xml") else data


def _ofd(name: str, data: bytes) -> bytes:
    return OFD_WORDS.sub(b"", data) if name == "OFD.xml" else data


def _png(data: bytes) -> bytes:
    kept, at = [data[:8]], 8
    while at + 8 <= len(data):
        end = at + 12 + int.from_bytes(data[at : at + 4])
        if data[at + 4 : at + 8] not in PNG_WORDS:
            kept.append(data[at:end])
        at = end
    return b"".join(kept)


def _jpg(data: bytes) -> bytes:
    kept, at = [data[:2]], 2
    while at + 4 <= len(data) and data[at] == 0xFF and data[at + 1] != 0xDA:
        end = at + 2 + int.from_bytes(data[at + 2 : at + 4])
        if data[at + 1] not in JPEG_WORDS:
            kept.append(data[at:end])
        at = end
    return b"".join([*kept, data[at:]])


STRIP = {"pdf": _pdf, "docx": _zip(_office), "xlsx": _zip(_office), "ofd": _zip(_ofd), "png": _png, "jpg": _jpg}
