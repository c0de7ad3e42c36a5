"""Every limit from both sides: the last moment in time, the first one late; who moves an end, and who may not."""

from datetime import date, timedelta

import pytest

from accounts.models import Department
from audit.models import Entry
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from programmes import windows
from programmes.calendar import load_calendar
from programmes.instants import closes_text, read_instant
from programmes.models import CalendarDay, OwnDeadline
from programmes.spec import ClockSpec
from tests.programmes.documents import at

pytestmark = pytest.mark.django_db
END = at("2025-03-07 00:00")
TICK = timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("text", "opens", "closes"),
    [
        ("2025-03-06", "2025-03-06 00:00:00", "2025-03-07 00:00:00"),
        ("2024-12-31", "2024-12-31 00:00:00", "2025-01-01 00:00:00"),
        ("2025-03-06 17:30", "2025-03-06 17:30:00", "2025-03-06 17:30:00"),
        ("2025-03-06 17:30:15", "2025-03-06 17:30:15", "2025-03-06 17:30:15"),
    ],
)
def test_how_a_date_becomes_an_instant(text, opens, closes):
    assert read_instant(text) == at(opens)
    assert read_instant(text, closing=True) == at(closes)


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        ("2025-03-07 00:00", "2025年3月6日 24:00"),
        ("2025-01-01 00:00", "2024年12月31日 24:00"),
        ("2025-03-06 17:30", "2025年3月6日 17:30"),
        ("2025-03-06 17:30:05", "2025年3月6日 17:30:05"),
    ],
)
def test_how_people_read_an_end(moment, text):
    assert closes_text(at(moment)) == text
    assert closes_text(at(moment), this_year=int(text[:4])) == text[5:]


def test_in_time_is_from_the_opening_until_just_before_the_end(call):
    window = windows.window(call, "apply")
    assert not window.is_open(at("2025-03-01 00:00") - TICK)
    assert window.is_open(at("2025-03-01 00:00"))
    assert window.is_open(END - TICK)
    assert not window.is_open(END)
    assert (window.closes_text, window.is_extended) == ("2025年3月6日 24:00", False)


def test_a_minute_is_exact(call):
    window = windows.window(call, "recommend")
    assert window.is_open(at("2025-03-20 17:29:59"))
    assert not window.is_open(at("2025-03-20 17:30:00"))


def test_a_window_that_the_call_does_not_name(call):
    assert windows.window(call, "confirm").closes_at == windows.window(call, "recommend").closes_at
    with pytest.raises(KeyError):
        windows.window(call, "review")


def test_an_extension_for_all(call, officer, department, unit):
    later = at("2025-03-10 18:00")
    windows.extend(call, "apply", closes_at=later, reason="系统停机", by=officer)
    window = windows.window(call, "apply", department, unit)
    assert window.closes_at == windows.window(call, "apply").closes_at == later
    assert window.is_extended and window.closes_text == "2025年3月10日 18:00"
    assert windows.window(call, "recommend").closes_at == at("2025-03-20 17:30")


def test_an_extension_for_one_department_or_one_unit(call, officer, department, unit):
    other = Department.objects.create(code="x", official_name="另一厅", kind="industry")
    windows.extend(call, "apply", closes_at=at("2025-03-09"), reason="灾害", by=officer, department=department)
    windows.extend(call, "apply", closes_at=at("2025-03-08"), reason="更正", by=officer, unit=unit)
    assert windows.window(call, "apply").closes_at == END
    assert windows.window(call, "apply", other).closes_at == END
    assert windows.window(call, "apply", unit=unit).closes_at == at("2025-03-08")
    assert windows.window(call, "apply", department).closes_at == at("2025-03-09")
    assert windows.window(call, "apply", department, unit).closes_at == at("2025-03-09")


@pytest.mark.parametrize(("due", "closes"), [("2025-03-05", END), ("2025-03-12", at("2025-03-12"))])
def test_of_a_returns_due_date_and_the_window_the_later_applies(call, due, closes):
    assert windows.window(call, "apply", due=at(due)).closes_at == closes


def test_a_departments_own_end_is_earlier_and_yields_to_what_was_granted(call, officer, department, unit):
    windows.set_own_deadline(call, "apply", department=department, closes_at=at("2025-03-04 17:00"), by=officer)
    assert windows.window(call, "apply", department, unit).closes_at == at("2025-03-04 17:00")
    assert windows.window(call, "apply").closes_at == END
    assert windows.window(call, "apply", department, due=at("2025-03-05")).closes_at == at("2025-03-05")
    windows.extend(call, "apply", closes_at=at("2025-03-05 12:00"), reason="更正", by=officer, department=department)
    assert windows.window(call, "apply", department).closes_at == at("2025-03-05 12:00")


def test_a_departments_own_end_stays_earlier_when_the_call_is_extended(call, officer, department):
    windows.set_own_deadline(call, "apply", department=department, closes_at=at("2025-03-04 17:00"), by=officer)
    windows.extend(call, "apply", closes_at=at("2025-03-10"), reason="系统停机", by=officer)
    assert windows.window(call, "apply", department).closes_at == at("2025-03-04 17:00")


@pytest.mark.parametrize("closes_at", [END + timedelta(seconds=1), at("2025-03-01 00:00")])
def test_a_departments_own_end_is_neither_later_nor_before_the_opening(call, officer, department, closes_at):
    with pytest.raises(Refused):
        windows.set_own_deadline(call, "apply", department=department, closes_at=closes_at, by=officer)
    assert not OwnDeadline.objects.exists()


def test_a_departments_own_end_may_be_the_calls_and_is_set_once(call, officer, department):
    windows.set_own_deadline(call, "apply", department=department, closes_at=END, by=officer)
    windows.set_own_deadline(call, "apply", department=department, closes_at=END - TICK, by=officer)
    assert OwnDeadline.objects.get().closes_at == END - TICK


@pytest.mark.parametrize(
    ("change", "code"),
    [({"closes_at": END}, "not_later"), ({"reason": " "}, "reason_missing"), ({"name": "review"}, "unknown_window")],
)
def test_what_is_no_extension(call, officer, change, code):
    wanted = {"name": "apply", "closes_at": END + TICK, "reason": "系统停机"} | change
    name = wanted.pop("name")
    with pytest.raises(Refused) as refusal:
        windows.extend(call, name, by=officer, **wanted)
    assert refusal.value.code == code


def test_an_extension_stands_in_the_calls_log(call, officer):
    windows.extend(call, "apply", closes_at=END + TICK, reason="系统停机", by=officer)
    entry = Entry.objects.for_object(call).get()
    assert (entry.action, entry.actor, entry.data["window"], entry.data["reason"]) == (
        "extend", officer, "apply", "系统停机",
    )  # fmt: skip


def test_one_timetable_answers_many_without_queries(call, officer, department, unit, django_assert_num_queries):
    windows.extend(call, "apply", closes_at=END + TICK, reason="系统停机", by=officer, unit=unit)
    call.spec  # noqa: B018  (cached)
    with django_assert_num_queries(2):
        timetable = windows.Timetable(call)
        for _ in range(50):
            timetable.window("apply", department, unit)
    with django_assert_num_queries(2):
        windows.timetables([call])[call.pk].window("apply", unit=unit)


@pytest.mark.parametrize(
    ("clock_spec", "start", "end", "provisional"),
    [
        (ClockSpec("work", 2, "years"), date(2025, 5, 8), date(2027, 5, 8), False),
        (ClockSpec("appeal", 15, "days"), date(2025, 3, 6), date(2025, 3, 21), False),
        (ClockSpec("report", 1, "months"), date(2025, 1, 31), date(2025, 2, 28), False),
        (ClockSpec("check", 10, "workdays"), date(2025, 1, 20), date(2025, 2, 3), True),
    ],
)
def test_clocks(clock_spec, start, end, provisional):
    assert windows.due_date(clock_spec, start) == (end, provisional)


def test_a_clock_of_workdays_uses_the_calendar():
    CalendarDay.objects.create(date=date(2025, 3, 7), is_workday=False)
    CalendarDay.objects.create(date=date(2025, 3, 8), is_workday=True)
    assert windows.due_date(ClockSpec("x", 1, "workdays"), date(2025, 3, 6)) == (date(2025, 3, 8), False)


def test_a_due_day_counts_whole_and_starts_with_chinas_date():
    late_evening = at("2025-03-06 23:30")
    assert windows.due_after(ClockSpec("x", 1, "days"), late_evening) == at("2025-03-08 00:00")
    assert windows.due_after(ClockSpec("x", 1, "days"), late_evening.astimezone(clock.now().tzinfo)) == at("2025-03-08")


class TestChains:
    """A county under a city under a province (F16): an earlier end above binds those below."""

    @pytest.fixture
    def chain(self, department):
        city = Department.objects.create(code="c-city", official_name="虚构市局", kind="industry", parent=department)
        county = Department.objects.create(code="c-county", official_name="虚构县局", kind="industry", parent=city)
        return department, city, county

    def test_an_end_above_binds_all_below_and_one_below_binds_nobody_above(self, call, officer, chain):
        province, city, county = chain
        windows.set_own_deadline(call, "apply", department=city, closes_at=END - timedelta(days=2), by=officer)
        ends = [windows.window(call, "apply", one).closes_at for one in chain]
        assert ends == [END, END - timedelta(days=2), END - timedelta(days=2)]
        windows.set_own_deadline(call, "apply", department=county, closes_at=END - timedelta(days=3), by=officer)
        windows.set_own_deadline(call, "apply", department=province, closes_at=END - timedelta(days=1), by=officer)
        ends = [windows.window(call, "apply", one).closes_at for one in chain]
        assert ends == [END - timedelta(days=1), END - timedelta(days=2), END - timedelta(days=3)]

    def test_an_end_after_the_one_above_is_refused_and_the_same_is_taken(self, call, officer, chain):
        province, city, _ = chain
        above = END - timedelta(days=1)
        windows.set_own_deadline(call, "apply", department=province, closes_at=above, by=officer)
        with pytest.raises(Refused, match="上级单位"):
            windows.set_own_deadline(call, "apply", department=city, closes_at=above + TICK, by=officer)
        windows.set_own_deadline(call, "apply", department=city, closes_at=above, by=officer)

    def test_an_extension_for_one_still_overrules(self, call, officer, chain):
        province, _, county = chain
        windows.set_own_deadline(call, "apply", department=province, closes_at=END - timedelta(days=1), by=officer)
        later = END + timedelta(days=1)
        windows.extend(call, "apply", closes_at=later, reason="停电", by=officer, department=county)
        assert windows.window(call, "apply", county).closes_at == later

    def test_many_departments_cost_one_query_more(self, call, officer, chain, django_assert_num_queries):
        windows.set_own_deadline(call, "apply", department=chain[0], closes_at=END - TICK, by=officer)
        with django_assert_num_queries(3):
            timetable = windows.timetables([call])[call.pk]
            for one in chain * 20:
                timetable.window("apply", one)


@pytest.mark.parametrize(
    ("start", "printed", "rolled"),
    [
        (date(2025, 2, 28), date(2025, 3, 1), date(2025, 3, 3)),  # a Saturday
        (date(2025, 3, 2), date(2025, 3, 3), date(2025, 3, 3)),  # a Monday stays
        (date(2025, 2, 7), date(2025, 2, 8), date(2025, 2, 8)),  # a make-up Saturday is worked
        (date(2025, 9, 30), date(2025, 10, 1), date(2025, 10, 9)),  # over the holidays
    ],
)
def test_an_end_on_a_day_off_stays_as_printed_or_rolls(start, printed, rolled):
    load_calendar([2025])
    assert windows.due_date(ClockSpec("x", 1, "days"), start) == (printed, False)
    assert windows.due_date(ClockSpec("x", 1, "days", roll="next_workday"), start) == (rolled, False)


def test_a_rolled_end_in_a_year_that_is_not_published_is_provisional():
    assert windows.due_date(ClockSpec("x", 1, "days", roll="next_workday"), date(2027, 1, 1)) == (
        date(2027, 1, 4),
        True,
    )
