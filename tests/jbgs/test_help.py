"""The guides of docs/ as pages."""

import pytest

from jbgs import help


@pytest.fixture
def docs(monkeypatch, tmp_path):
    """A docs folder with one guide."""
    monkeypatch.setattr(help, "DOCS", tmp_path)
    (tmp_path / "guide-units.md").write_text("# 注册\n\n| 项 | 值 |\n|---|---|\n| a | <script>b</script> |\n")
    return tmp_path


def test_a_guide_is_a_page_and_needs_no_sign_in(client, docs):
    page = client.get("/help/units/").content.decode()
    assert "<h1>注册</h1>" in page
    assert "<td>a</td>" in page


def test_html_in_a_guide_stays_text(client, docs):
    assert "<script>b" not in client.get("/help/units/").content.decode()


def test_a_changed_guide_is_shown_at_once(client, docs):
    client.get("/help/units/")
    (docs / "guide-units.md").write_text("# 登录单位账号")
    assert "登录单位账号" in client.get("/help/units/").content.decode()


@pytest.mark.parametrize("name", ["nothing", "settings", "experts"])
def test_another_name_or_a_guide_not_written_is_404(client, docs, name):
    assert client.get(f"/help/{name}/").status_code == 404
