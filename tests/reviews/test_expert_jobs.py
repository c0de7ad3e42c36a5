"""Units beside and before the main one: read out of a cell, compared with what is known, imported and exported."""

from datetime import date

import pytest
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st

from jbgs.lib import clock
from reviews import expert_jobs as jobs
from reviews import importing, workflow
from reviews.expert_jobs import Job
from reviews.importing import CHANGE, NEW, REFUSED, SAME
from reviews.models import Employment, Expert
from tests.reviews.conftest import REVIEWING
from tests.reviews.test_expert_import import FULL, book, person, sentences, uploaded, verdicts


@pytest.fixture
def today():
    with clock.travel(REVIEWING):
        yield


class TestReading:
    @pytest.mark.parametrize(
        ("typed", "job"),
        [
            ("虚构大学", Job("虚构大学")),
            ("虚构大学（深圳）", Job("虚构大学（深圳）")),
            ("研究院（虚构2031）", Job("研究院（虚构2031）")),
            ("虚构大学(2015-03至2019-06)", Job("虚构大学", date(2015, 3, 1), date(2019, 6, 30))),
            ("虚构大学 （2015年3月—2019年6月）", Job("虚构大学", date(2015, 3, 1), date(2019, 6, 30))),
            ("虚构大学（2015.3-2016.2）", Job("虚构大学", date(2015, 3, 1), date(2016, 2, 29))),
            ("虚构大学（深圳）（2015至2019）", Job("虚构大学（深圳）", date(2015, 1, 1), date(2019, 12, 31))),
            ("虚构大学（2020-02-05起）", Job("虚构大学", date(2020, 2, 5))),
            ("虚构大学（2020至今）", Job("虚构大学", date(2020, 1, 1))),
            ("虚构大学（至2019-06-07）", Job("虚构大学", None, date(2019, 6, 7))),
        ],
    )
    def test_terms_as_people_write_them(self, today, typed, job):
        assert jobs.read(typed, former=False) == [job]

    def test_several_in_a_cell_and_none_twice(self, today):
        typed = "虚构甲（2015至2019）；虚构乙；\n虚构甲（2015至2019）;"
        assert [job.unit_name for job in jobs.read(typed, former=False)] == ["虚构甲", "虚构乙"]

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ("虚构大学", "“虚构大学”没有写截止时间"),
            ("虚构大学（2020起）", "没有写截止时间"),
            ("虚构大学（2019-06至2015-03）", "截止时间早于起始时间"),
            ("虚构大学（2015-13至2019-06）", "“2015-13至2019-06”不能识别"),
            ("虚构大学（2015年前后）", "不能识别"),
            ("虚构大学（2015至2031）", "现在仍任职的请写在“兼任单位”"),
            ("（2015至2019）", "括号前没有单位名称"),
            (f"{'长' * 201}（2015至2019）", "超过 200 个字"),
            ("；".join(f"虚构{n}（2015至2019）" for n in range(21)), "有 21 个单位，最多 20 个"),
        ],
    )
    def test_what_is_wrong_is_told(self, today, typed, said):
        with pytest.raises(ValueError, match=said):
            jobs.read(typed, former=True)

    DAYS = st.dates(date(1980, 1, 1), date(2025, 4, 1))

    @settings(max_examples=100, deadline=None)
    @given(st.lists(st.tuples(st.sampled_from(["虚构大学", "虚构院（深圳）"]), st.none() | DAYS, DAYS), max_size=5))
    def test_what_is_written_is_read_back(self, rows):
        with clock.travel(REVIEWING):
            made = [Job(unit, from_on, to_on) for unit, from_on, to_on in rows if not from_on or from_on <= to_on]
            assert jobs.read(jobs.told(made), former=True) == list(dict.fromkeys(made))
            lasting = [Job(job.unit_name, job.from_on) for job in made]
            assert jobs.read(jobs.told(lasting), former=False) == list(dict.fromkeys(lasting))
            assert [Job.kept(job.as_json()) for job in made] == made


class TestSteps:
    def test_known_ones_change_nothing_lasting_ones_end_and_others_are_added(self, today):
        known = [
            Employment(unit_name="虚构大学", from_on=date(2015, 3, 1)),
            Employment(unit_name="虚构 研究院", to_on=date(2019, 6, 30)),
        ]
        given_ = [Job("虚构大学", date(2015, 3, 1)), Job("虚构研究院", None, date(2019, 6, 30)), Job("虚构大学")]
        assert list(jobs.steps(known, given_)) == []
        ended, new = Job("虚构大学", date(2015, 3, 1), date(2020, 1, 1)), Job("虚构所", None, date(2020, 1, 1))
        assert list(jobs.steps(known, [ended, new])) == [(known[0], ended), (None, new)]
        assert list(jobs.steps(known, [Job("虚构大学", date(2018, 1, 1))])) == [
            (None, Job("虚构大学", date(2018, 1, 1)))
        ]


@pytest.mark.slow
class TestImport:
    FORMER, BESIDE = "虚构旧院（2015-03至2019-06）；虚构旧所（2010至2014）", "虚构实验室（2022-01起）"

    def test_a_new_expert_comes_with_the_units(self, review):
        data = book(person(1, former=self.FORMER, also_at=self.BESIDE), head=FULL)
        assert verdicts(data) == [NEW]
        workflow.import_experts(uploaded(data, review.olga), by=review.olga)
        rows = Employment.objects.filter(expert__user__name="虚构专家1").order_by("from_on")
        assert [(row.unit_name, row.from_on, row.to_on) for row in rows] == [
            ("虚构旧所", date(2010, 1, 1), date(2014, 12, 31)),
            ("虚构旧院", date(2015, 3, 1), date(2019, 6, 30)),
            ("虚构实验室", date(2022, 1, 1), None),
        ]
        assert verdicts(data) == [SAME]

    def test_a_known_expert_gets_what_is_new_and_keeps_the_rest(self, review):
        workflow.import_experts(uploaded(book(person(1, also_at=self.BESIDE), head=FULL), review.olga), by=review.olga)
        data = book(person(1, former="虚构实验室（2022-01至2024-12）；虚构旧院（至2019-06）"), head=FULL)
        (line,) = importing.read(data, "专家.xlsx")
        assert line.verdict == CHANGE and line.differences == [
            ["曾任职单位", "虚构实验室（2022-01-01起）", "虚构实验室（2022-01-01至2024-12-31）"],
            ["曾任职单位", "", "虚构旧院（至2019-06-30）"],
        ]
        workflow.import_experts(uploaded(data, review.olga), by=review.olga)
        assert Employment.objects.count() == 2 and not Employment.objects.filter(to_on=None).exists()
        assert verdicts(data) == [SAME] and verdicts(book(person(1), head=FULL)) == [SAME]

    def test_a_bad_cell_is_refused_with_row_and_reason(self, review):
        data = book(person(1, former="虚构旧院"), person(2, also_at="虚构院（2019至2015）"), head=FULL)
        assert verdicts(data) == [REFUSED, REFUSED] and not Expert.objects.exists()
        assert not any("former" in line.values or "also_at" in line.values for line in importing.read(data, "x.xlsx"))
        first, second = sentences(data)
        assert first.startswith("曾任职单位：“虚构旧院”没有写截止时间") and second.startswith(
            "兼任单位：“虚构院”的截止时间早于"
        )

    def test_line_breaks_in_a_cell_part_units(self, review):
        data = book(person(1, former="虚构旧院（2015至2019）\n虚构旧所（2010至2014）"), head=FULL)
        (line,) = importing.read(data, "专家.xlsx")
        assert [entry[0] for entry in line.values["former"]] == ["虚构旧院", "虚构旧所"]

    def test_the_export_imported_again_changes_nothing(self, review, client):
        data = book(
            person(1, former=self.FORMER, also_at="虚构实验室（2022-01起）；虚构中心（2024至2027）"),
            person(2),
            head=FULL,
        )
        workflow.import_experts(uploaded(data, review.olga), by=review.olga)
        client.force_login(review.olga)
        exported = client.get(reverse("admin:reviews_experts_xlsx")).content
        lines = importing.read(exported, "专家库.xlsx")
        assert [line.verdict for line in lines] == [SAME, SAME], [line.sentences for line in lines]
        assert sum(len(line.values.get("former", [])) for line in lines) == 2
        assert sum(len(line.values.get("also_at", [])) for line in lines) == 2
