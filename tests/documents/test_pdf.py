"""The PDF engine: local files only, no boxes, no silent substitutes, the same bytes for the same content."""

import io
import json
import logging
import os
import subprocess
import sys

import pypdf
import pytest
from django.template import engines

from documents import faces, pdf, qr

RARE = "王堃、张明珺、欧阳䶮旭、赵镕、何祎、唐赟、朱翀、陈璟、阿依努尔·买买提"


def paper(body, page="form", head=""):
    return pdf.draw(
        f'<!doctype html><html lang="zh-CN"><head>{head}</head><body class="{page} final">{body}</body></html>'
    )


def pages_of(data):
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(data)).pages]


@pytest.mark.parametrize("role", list(faces.FACES))
def test_rare_names_have_a_glyph_in_every_role(role):
    drawn = paper(f'<p style="font-family:var(--{role})">{RARE} √ □ ≥ ≤ × ℃ μm m² Nm³/h 〔2025〕 ①</p>')
    assert drawn.missing == ()
    assert pdf.strange_faces(drawn.data) == set()
    assert "堃" in pages_of(drawn.data)[0] and "䶮" in pages_of(drawn.data)[0]


NOTO_ONLY = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{folder}</dir><cachedir>{cache}</cachedir></fontconfig>"""
DRAW_ROLES = """
import json, sys, django
django.setup()
from documents import faces, pdf
body = "".join(f'<p style="font-family:var(--{role})">{sys.argv[1]}</p>' for role in faces.FACES)
drawn = pdf.draw('<html lang="zh-CN"><body class="form">' + body)
print(json.dumps([drawn.missing, sorted(pdf.embedded_faces(drawn.data))]))
"""


def test_with_the_noto_faces_alone_nothing_is_missing(tmp_path):
    """What `make demo` installs is enough; a fresh process, because fontconfig reads its configuration once."""
    listed = subprocess.run(["fc-list", ":", "file"], capture_output=True, text=True, check=True).stdout
    noto = next(line for line in listed.splitlines() if "NotoSerifCJK" in line).rstrip(": ")
    config = tmp_path / "fonts.conf"
    config.write_text(NOTO_ONLY.format(folder=os.path.dirname(noto), cache=tmp_path))
    env = {**os.environ, "FONTCONFIG_FILE": str(config), "DJANGO_SETTINGS_MODULE": "tests.settings"}
    done = subprocess.run(
        [sys.executable, "-c", DRAW_ROLES, RARE], capture_output=True, text=True, env=env, check=True, timeout=120
    )
    missing, embedded = json.loads(done.stdout)
    assert missing == []
    assert embedded and all("Noto" in face and "SC" in face for face in embedded)


def test_a_letter_without_a_face_is_reported():
    """The control of the tests above: a character of a private plane is in no face."""
    handlers = list(logging.getLogger("weasyprint").handlers)
    assert paper("<p>甲\U000f1234乙\U000f1234</p>").missing == ("\U000f1234",)
    assert logging.getLogger("weasyprint").handlers == handlers, "the listener is gone again"


def test_a_strange_face_is_noticed(settings):
    assert faces.strange({"DejaVu-Sans", "Noto-Sans-CJK-JP", "OpenSymbol"}) == {
        "DejaVu-Sans",
        "Noto-Sans-CJK-JP",
        "OpenSymbol",
    }
    assert faces.strange({"Noto-Serif-CJK-SC-Bold", "FZXBSJW--GB1-0", "SimSun", "AR-PL-KaitiM-GB"}) == set()


def test_an_operators_face_stands_first_and_is_expected(settings):
    settings.JBGS_FACES = {"fang": ["本市 仿宋"]}
    assert faces.css().startswith(':root { --fang: "本市 仿宋", "仿宋_GB2312"')
    assert faces.strange({"本市-仿宋"}) == set()


def test_text_that_looks_like_markup_is_printed():
    template = engines["django"].from_string('<body class="form"><p>{{ text }}</p>')
    drawn = pdf.draw(template.render({"text": '<img src="http://example.invalid/x.png"><script>alert(1)</script>'}))
    assert "<script>alert(1)</script>" in "".join(pages_of(drawn.data)).replace("\n", "")


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9/a.png",
        "https://example.invalid/a.png",
        "ftp://example.invalid/a.png",
        "file:///etc/passwd",
        "../../../../../../../../etc/passwd",
        "%2e%2e/%2e%2e/jbgs/settings.py",
        "file://example.invalid/share/a.png",
    ],
)
@pytest.mark.parametrize(
    "how", ['<img src="{}">', '<p style="background:url({})">x</p>', '<link rel="stylesheet" href="{}">']
)
def test_nothing_outside_the_static_folders_is_fetched(url, how):
    with pytest.raises(pdf.ForbiddenFile):
        paper(how.format(url))


def test_a_file_under_static_and_a_data_url_are_read():
    dot = "data:image/gif;base64,R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7"
    assert paper(f'<link rel="stylesheet" href="papers/papers.css"><img src="{dot}">x').pages == 1


def test_a_page_of_running_text_holds_22_lines_of_28():
    """GB/T 9704; metrics of a face move the lines apart, so this is run on every machine."""
    text = "产业创新任务揭榜挂帅工作" * 80
    first = pages_of(paper(f'<p style="text-indent:0">{text}</p>', page="gongwen").data)[0]
    lines = [line for line in first.splitlines() if "产" in line]
    assert (len(lines), max(map(len, lines))) == (22, 28)


def test_the_same_content_gives_the_same_bytes():
    body = f"<p>{RARE}</p><div>{qr.svg('2025-H2-01-0017|V3')}</div>"
    assert paper(body).data == paper(body).data


def test_a_code_is_drawn_sharp_and_its_text_is_no_markup():
    drawn = qr.svg('<"&>' * 3)
    assert drawn.startswith("<svg") and "viewBox" in drawn and "&" not in drawn and "<path" in drawn
