"""The provincial call of 2024 as data: its items with mode, cap and term, its three ends to the minute, its shares."""

from collections import Counter
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from jbgs.lib.clock import SHANGHAI
from programmes.facts import Facts, ListFacts, MemberFacts, UnitFacts
from programmes.loader import load_document, read_document
from programmes.parse import parse_document
from programmes.requirements import check

FIXTURE = Path(__file__).parents[2] / "fixtures" / "programmes" / "jiangsu-2024.yaml"
# Rule J01: 9 fields with 2+7+6+4+4+5+7+5+6 items by text. The text heads 44 of the 46: 2004 and 7003 are lost.
HEADED = {1: 2, 2: 6, 3: 6, 4: 4, 5: 4, 6: 5, 7: 6, 8: 5, 9: 6}
LOST = {"2004", "7003"}
CUT = {"2003", "7002"}  # headed, but the page with cap and years is lost
DIRECTED, OPEN_CALL, COMPETITIVE = "directed", "jbgs", "competitive"


def several(codes: str, mode: str, cap: int, years: int) -> dict[str, tuple[str, int, int]]:
    return dict.fromkeys(codes.split(), (mode, cap, years))


# domain.md §1.4, "Items by mode (cap 万元 / years)".
ITEMS = (
    several("1001 2001 2007", DIRECTED, 2000, 3)
    | several("1002 5001", DIRECTED, 1000, 3)
    | several("2002 2005 2006 4001 4002 4003 4004", DIRECTED, 1500, 3)
    | several("3001", COMPETITIVE, 1000, 3)
    | several("3002 3003 3004 3005 3006 8004 8005", OPEN_CALL, 1500, 3)
    | several("5002 5003 5004 7001 7004 7005 7006 7007 8002 8003", OPEN_CALL, 1000, 3)
    | several("6001 6002 6003", OPEN_CALL, 1500, 5)
    | several("6004 6005", OPEN_CALL, 1000, 5)
    | several("8001 9001", OPEN_CALL, 1500, 4)
    | several("9002 9003 9004 9005 9006", OPEN_CALL, 1000, 3)
)


@pytest.fixture(scope="module")
def spec():
    return parse_document(read_document(FIXTURE))


def rule(spec, task: str, code: str):
    (found,) = [rule for rule in spec.requirements_of(task) if rule.code == code]
    return found


def test_every_headed_item_is_there_and_no_lost_one(spec):
    assert Counter(int(code[0]) for code in spec.tasks) == HEADED
    assert len(spec.tasks) == 44
    assert not LOST & set(spec.tasks)
    assert list(spec.tasks) == sorted(spec.tasks)
    assert len(spec.fields) == 9
    for code, task in spec.tasks.items():
        assert task.field == spec.fields[int(code[0]) - 1].code
        assert "\n" not in task.summary and 0 < len(task.summary) <= 60
    assert len({task.title for task in spec.tasks.values()}) == 44


def test_mode_cap_and_years_of_each_item(spec):
    assert set(ITEMS) | CUT == set(spec.tasks)
    for code, (mode, cap, years) in ITEMS.items():
        assert spec.tasks[code].category == mode, code
        amount, duration = rule(spec, code, "amount_at_most"), rule(spec, code, "duration_at_most")
        assert (tuple(amount.params["sources"]), amount.params["amount"]) == (("state",), cap), code
        assert amount.force == "soft" and duration.force == "hard"
        assert duration.params["years"] == years, code
        shown = dict(spec.tasks[code].details)
        assert str(cap) in shown["省财政资助经费"] and str(years) in shown["项目执行期"], code
        assert spec.categories[mode] in shown["组织方式"]
        assert shown["预期成果"]  # J47


def test_what_the_lost_pages_held_is_not_invented(spec):
    for code in CUT:
        assert rule(spec, code, "amount_at_most").params["amount"] == 2000  # J17, the general cap
        assert rule(spec, code, "duration_at_most").params["years"] == 5  # J07, the general term
        assert "预期成果" not in dict(spec.tasks[code].details)
    assert spec.tasks["2003"].indicators == ()
    assert len(spec.tasks["7002"].indicators) == 11
    assert spec.tasks["7002"].category == ""


def test_indicators_are_well_formed_and_carry_the_printed_figures(spec):
    figures = {}
    for task in spec.tasks.values():
        codes = [item.code for item in task.indicators]
        assert codes == [f"i{n}" for n in range(1, len(codes) + 1)], task.code
        assert len({item.name for item in task.indicators}) == len(codes), task.code
        assert len(codes) >= 4 or task.code in CUT
        groups = Counter(item.group for item in task.indicators if item.group)
        assert all(count >= 2 for count in groups.values()), task.code
        figures |= {(task.code, item.name): item.target_text for item in task.indicators}
    assert figures["1001", "纵向导通外延层位错密度"] == "< 10⁶ cm⁻²"
    assert figures["2002", "距离测量偏差"] == "≤ 30 厘米"
    assert figures["4004", "掺杂电子浓度可控范围"] == "2×10¹⁵—5×10¹⁹ cm⁻³"
    assert figures["7004", "持续工作环境温度"] == "-20—55 ℃"
    assert figures["7006", "腔体结构件气密漏率"] == "≤ 5×10⁻⁹ mbar·L/s"
    assert figures["8001", "示范线组件平均效率"] == "≥ 22%"
    assert figures["9001", "低温自启动温度"] == "≤ -30 ℃"
    assert spec.tasks["9004"].indicators[-1].value == Decimal("1.2")
    assert sum(not item.is_text for task in spec.tasks.values() for item in task.indicators) > 350


def test_the_three_ends_are_printed_to_the_minute(spec):
    ends = {name: spec.windows[name] for name in ("apply", "recommend", "confirm")}
    for day, window in zip((5, 6, 7), ends.values(), strict=True):  # J42, J43, J44
        assert window.closes_at == datetime(2024, 8, day, 17, 30, tzinfo=SHANGHAI)
        assert window.closes_text == f"2024年8月{day}日 17:30"


def test_shares_of_state_money(spec):
    found = [item for item in spec.requirements if item.code == "share_at_most"]
    limits = {(tuple(item.params.get("lead_types", ())), item.params["percent"]): item.force for item in found}
    assert limits == {((), 50): "soft", (("enterprise",), 30): "soft"}  # J15, J16


def list_of(spec, born: tuple[str, ...]) -> ListFacts:
    """A recommender's list of one project with a team born on these days."""
    team = tuple(
        MemberFacts(name=f"虚构{n}", is_leader=n == 0, birth_date=date.fromisoformat(day)) for n, day in enumerate(born)
    )
    unit = UnitFacts(code="x", name="虚构单位", type="enterprise")
    project = Facts(task=spec.tasks["1001"], form=spec.form, unit=unit, today=date(2024, 8, 7), team=team)
    return ListFacts(recommender="x", applications=(project,), letter_no="1", pledge_agreed=True)


@pytest.mark.parametrize(
    ("born", "holds"),
    [
        (("1984-01-01", "1990-05-05", "1970-01-01", "1971-01-01", "1972-01-01"), True),  # 2 of 5, born on the day
        (("1983-12-31", "1990-05-05", "1970-01-01", "1971-01-01", "1972-01-01"), False),  # a day too early
    ],
)
def test_youth_share_is_counted_over_a_recommenders_list(spec, born, holds):
    rules = [item for item in spec.requirements if item.level == "list"]
    assert [item.code for item in rules] == ["youth_share_at_least"]
    (finding,) = check(rules, list_of(spec, born))
    assert finding.ok is holds


@pytest.mark.django_db
def test_it_loads_and_loads_again():
    first = load_document(FIXTURE)
    assert first.created and first.call.tasks.count() == 44 and first.call.fields.count() == 9
    assert load_document(FIXTURE).created is False
