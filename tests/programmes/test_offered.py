"""Which recommending bodies a unit may choose, by kind (M16, M17, N04, N07, J09, J10; §4.8)."""

import pytest

from accounts.models import Department
from jbgs.rehearsal.cast import make_unit
from programmes.queries import offered_to
from tests.applications.calls import call_with

pytestmark = pytest.mark.django_db


def offering(*kinds):
    return call_with(recommenders={"kinds": list(kinds)})


def body(code: str, kind: str, region: str = "", unit=None):
    return Department.objects.create(code=code, official_name=f"虚构{code}", kind=kind, region=region, unit=unit)


def codes(call, unit) -> set[str]:
    return set(offered_to(call, unit).values_list("code", flat=True))


def test_territorial_bodies_are_those_of_the_own_region():
    call = offering("industry", "science")
    for region in ("320000", "330000", "330200"):
        body(f"i{region}", "industry", region)
        body(f"s{region}", "science", region)
    assert codes(call, make_unit(1, region="320000")) == {"i320000", "s320000"}
    assert codes(call, make_unit(2, region="330200")) == {"i330200", "s330200"}  # a plan city belongs to itself


def test_a_region_without_one_of_the_kind_is_offered_all_of_it():
    call = offering("industry", "sme")
    body("i320000", "industry", "320000")
    body("i330000", "industry", "330000")
    body("m330000", "sme", "330000")
    assert codes(call, make_unit(1, region="320000")) == {"i320000", "m330000"}


def test_zones_groups_and_others_are_free_to_choose():
    call = offering("zone", "soe", "other")
    body("z", "zone", "330000")
    body("g", "soe")
    body("o", "other")
    assert codes(call, make_unit(1, region="320000")) == {"z", "g", "o"}


def test_who_recommends_itself_recommends_nobody_else():
    call = offering("other")
    one, two = make_unit(1), make_unit(2)
    body("o1", "other", unit=one)
    body("o2", "other")
    assert codes(call, one) == {"o1", "o2"} and codes(call, two) == {"o2"}


def test_a_host_unit_recommends_its_own_and_others_choose_any_that_consents():
    call = offering("host_unit")
    host, other, without = make_unit(1), make_unit(2), make_unit(3)
    body("h1", "host_unit", unit=host)
    body("h2", "host_unit", unit=other)
    assert codes(call, host) == {"h1"} and codes(call, other) == {"h2"}
    assert codes(call, without) == {"h1", "h2"}  # N07: with a letter of consent
