"""The 74 departments from the file, twice; renamed ones; passwords by command."""

import csv
import io

import pytest
from django.core.management import CommandError, call_command

from accounts import queries
from accounts.choices import DepartmentKind
from accounts.models import Department, DepartmentName, IssuedPassword
from jbgs.lib.regions import REGIONS

pytestmark = pytest.mark.django_db

HEADER = "region_code,region,kind,official_name,certain,aliases\n"


def load(*args) -> str:
    out = io.StringIO()
    call_command("load_departments", *args, stdout=out)
    return out.getvalue().strip()


def test_seventy_four_departments_and_a_second_run_changes_nothing():
    assert load() == "74 departments: 74 new, 0 changed"
    assert load() == "74 departments: 0 new, 0 changed"
    assert Department.objects.filter(kind=DepartmentKind.INDUSTRY).count() == 37
    assert Department.objects.filter(kind=DepartmentKind.SCIENCE).count() == 37
    assert list(Department.objects.filter(certain=False).values_list("official_name", flat=True)) == [
        "大连市工业和信息化局", "青岛市工业和信息化局", "新疆生产建设兵团科学技术局",
    ]  # fmt: skip


def test_administrative_order():
    load()
    regions = list(Department.objects.values_list("region", flat=True))
    assert regions == [region.code for region in REGIONS for _ in range(2)]
    assert list(Department.objects.values_list("code", flat=True)[:2]) == ["110000-industry", "110000-science"]


def test_the_notice_s_old_name_finds_today_s_department():
    """M26."""
    load()
    found = queries.find_department("北京市科学技术委员会")
    assert found.official_name == "北京市科学技术委员会、中关村科技园区管理委员会"
    assert queries.find_department("安徽省经济和信息化厅").official_name == "安徽省工业和信息化厅"


def test_renamed_department_keeps_its_row_and_its_old_name(tmp_path):
    file = tmp_path / "departments.csv"
    file.write_text(HEADER + "340000,安徽省,industry,安徽省工业和信息化厅,yes,\n")
    load(str(file))
    file.write_text(HEADER + "340000,安徽省,industry,安徽省新工业厅,no,安徽工信|皖工信\n")
    assert load(str(file)) == "1 departments: 0 new, 1 changed"
    department = Department.objects.get()
    assert (department.official_name, department.certain) == ("安徽省新工业厅", False)
    assert set(DepartmentName.objects.values_list("name", flat=True)) == {"安徽省工业和信息化厅", "安徽工信", "皖工信"}


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("code,name\n", "header is"),
        (HEADER + "340000,安徽省,gongxin,安徽省工业和信息化厅,yes,\n", "line 2: kind is 'gongxin'"),
        (HEADER + "999999,某省,industry,某省工业厅,yes,\n", "line 2: region_code is '999999'"),
        (HEADER + "340000,安徽省,industry, ,yes,\n", "line 2: official_name is empty"),
    ],
)
def test_wrong_file_is_refused_whole(tmp_path, content, says):
    file = tmp_path / "departments.csv"
    file.write_text(content)
    with pytest.raises(CommandError, match=says):
        load(str(file))
    assert not Department.objects.exists()


def test_missing_file():
    with pytest.raises(CommandError, match="No such file"):
        load("/nowhere.csv")


def test_passwords_by_command():
    load()
    out = io.StringIO()
    call_command("issue_passwords", "110000-science", "340000-industry", stdout=out)
    rows = list(csv.DictReader(io.StringIO(out.getvalue())))
    assert [row["code"] for row in rows] == ["110000-science", "340000-industry"]
    assert all(len(row["密码"]) == 14 for row in rows)
    assert IssuedPassword.objects.count() == 2
    with pytest.raises(CommandError, match="no such department: x"):
        call_command("issue_passwords", "x", stdout=out)
