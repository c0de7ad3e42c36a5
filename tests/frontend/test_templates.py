"""Every template compiles, every component renders, and nothing on a page breaks the content policy."""

import re

import pytest
from django.conf import settings
from django.template.loader import get_template

from jbgs.templatetags.house import icon_shapes
from tests.frontend.gallery import gallery_patterns

FOLDER = settings.BASE_DIR / "templates"
TEMPLATES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.html"))
PAGES = [str(entry.pattern) for entry in gallery_patterns]


@pytest.mark.parametrize("name", TEMPLATES)
def test_every_template_compiles(name):
    get_template(name)


@pytest.mark.parametrize("name", TEMPLATES)
def test_icons_that_templates_name_exist(name):
    names = re.findall(r"""{% icon ["']([\w-]+)["']""", (FOLDER / name).read_text())
    assert set(names) <= set(icon_shapes())


@pytest.mark.parametrize("page", PAGES)
def test_pages_keep_the_content_policy(render_page, page):
    html = render_page(page)
    assert not re.search(r"<[^>]+\sstyle\s*=", html), "a style attribute; use a class"
    assert not re.search(r"<style\b", html)
    assert not re.search(r"<[^>]+\son[a-z]+\s*=", html), "an inline event handler"
    assert all("src=" in tag for tag in re.findall(r"<script\b[^>]*>", html)), "an inline script"
    assert not re.findall(r"""(?:src|href)=["'](?:https?:)?//""", html), "something from another host"


@pytest.mark.parametrize("page", PAGES)
def test_pages_can_be_used_without_seeing_them(render_page, page):
    html = render_page(page)
    assert '<html lang="zh-' in html
    assert len(re.findall(r"<h1\b", html)) == 1
    assert len(re.findall(r"<main\b", html)) == 1
    for svg in re.findall(r"<svg\b[^>]*>", html):
        assert 'aria-hidden="true"' in svg or "role=" in svg or "base-svgs" in svg, svg
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(ids) == len(set(ids)), "an id twice"


@pytest.mark.parametrize("page", ["gallery/front/", "gallery/office/"])
def test_fields_have_labels_and_bound_errors(render_page, page):
    html = render_page(page)
    for name in ("id_name", "id_code", "id_kind"):
        assert f'for="{name}"' in html
    field = re.search(r'<input[^>]*name="code"[^>]*>', html).group()
    assert 'aria-invalid="true"' in field and 'aria-describedby="id_code_error"' in field
    assert re.search(r'<ul class="errorlist" id="id_code_error">.*?代码应为 18 位', html, re.S)
    assert "必填" in html


def test_errors_stand_in_one_list_with_links(render_page):
    html = render_page("gallery/front/")
    assert "还有 3 处需要修改" in html
    assert '<a href="#id_code">统一社会信用代码</a>' in html


def test_task_row_shows_three_targets_and_the_own_state(render_page):
    html = render_page("gallery/call/")
    row = re.search(r"Q-2-04.*?</li>", html, re.S).group()
    assert "另有 1 项指标" in row and "草稿 62%" in row and "继续填写" in row
    assert row.count("<dt>") == 3
    assert html.count("btn primary") == 1, "one filled button per view"


def test_task_list_works_without_sign_in(render_page):
    html = render_page("gallery/stranger/")
    assert "登录" in html and "退出" not in html
    assert 'method="get"' in html


def test_sidebar_shows_the_roles_links_and_the_guide(render_page):
    html = render_page("gallery/office/")
    sidebar = re.search(r'<nav id="side-nav".*?</nav>', html, re.S).group()
    assert "推荐名单" in sidebar and 'aria-current="page"' in sidebar and "后台操作指南" in sidebar


def test_amber_only_while_three_days_or_less_are_left(render_page):
    assert 'deadline-clock soon"' in render_page("gallery/call/")
    office = render_page("gallery/office/")
    assert 'class="deadline-clock"' in office and "17</b>天" in office


def test_over_quota_is_said_in_words(render_page):
    html = render_page("gallery/office/")
    assert "还可推荐 1 个" in html and "已用完" in html and "超出 1 个" in html
