"""Opinions that go to a unit: whatever in them tells who wrote them is struck out, and nothing else."""

from datetime import date

import pytest

from reviews.anonymous import NAMELESS, nameless
from reviews.models import Employment
from tests.cast import make_person, make_unit

pytestmark = pytest.mark.django_db


@pytest.fixture
def panel(review):
    """(application, two experts with telephones, units of before and sheets)."""
    application, experts = review.application(), []
    for place, name in enumerate(("虚构欧阳测", "测试乙")):
        user = make_person(f"zz.writer{place}", "expert", name=name, phone=f"1390000010{place}")
        experts.append(review.expert(user=user, unit_name=f"虚构第{place}研究院"))
    Employment.objects.create(expert=experts[0], unit_name="虚构旧所", to_on=date(2024, 1, 1))
    review.seat(application, *experts)
    return application, experts


def struck(application, *texts) -> list[str]:
    return nameless({application.pk: texts})[application.pk]


@pytest.mark.parametrize(
    "told",
    [
        "虚构欧阳测", "虚 构欧 阳测", "虚构\n欧阳测", "测试乙", "zz.writer0", "ZZ.Writer0", "虚构第0研究院", "虚构旧所",
        "13900000100", "139 0000 0100", "139-0000-0100", "+86 13900000100", "13811112222", "010-12345678",
        "0571-8123456", "someone.else@example.cn", "Some_One+x@mail.example.com",
    ],
)  # fmt: skip
def test_what_tells_an_expert_is_struck(panel, told):
    application, _ = panel
    assert struck(application, f"路线清楚（{told}），同意。") == [f"路线清楚（{NAMELESS}），同意。"]


def test_the_number_of_an_expert_is_struck(panel):
    application, experts = panel
    assert struck(application, f"见{experts[0].number}的意见。") == [f"见{NAMELESS}的意见。"]


@pytest.mark.parametrize(
    "kept",
    [
        "指标 73.31 分，经费 13900 万元，2025 年完成。", "编号 WL2025-1000，统计口径 1234567890123。",
        "分辨率 1920×1080。",
        "电压 0-10000000 V。", "zz.writer01 型号。",
    ],
)  # fmt: skip
def test_what_tells_nobody_stays(panel, kept):
    application, _ = panel
    assert struck(application, kept) == [kept]


def test_a_name_inside_other_words_is_struck_all_the_same(panel):
    """Better a gap than a name."""
    application, _ = panel
    assert struck(application, "测试乙醇含量。") == [f"{NAMELESS}醇含量。"]


def test_the_units_of_the_application_stay(review):
    """An expert who stood aside for the applicant's own unit must not be betrayed by a gap in its place."""
    unit = make_unit(7001)
    application, stranger = review.application(unit=unit), review.application()
    expert = review.expert(unit_name=unit.name)
    review.seat(stranger, expert)
    seat = stranger.assignments.get()
    seat.pk, seat.application, seat.state = None, application, "recused"
    seat.save(force_insert=True)
    assert struck(application, f"{unit.name}基础扎实。") == [f"{unit.name}基础扎实。"]
    assert struck(stranger, f"{unit.name}基础扎实。") == [f"{NAMELESS}基础扎实。"]


def test_who_was_taken_off_is_struck_too_and_the_order_tells_nothing(review, panel):
    application, experts = panel
    application.assignments.filter(expert=experts[1]).update(state="removed", note="虚构")
    assert struck(application, "乙路线：测试乙的意见。", "甲路线。") == ["乙路线：×××的意见。", "甲路线。"]
    assert struck(application, "甲路线。", "乙路线。") == struck(application, "乙路线。", "甲路线。")


def test_the_scan_costs_the_same_for_many(review, django_assert_num_queries):
    rows = review.applications(3)
    panel = review.experts(4)
    for row in rows:
        review.seat(row, *panel)
    for size in (1, 3):
        with django_assert_num_queries(4):
            nameless({row.pk: ["意见"] for row in rows[:size]})
