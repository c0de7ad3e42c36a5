"""Numbers for experts that tell nothing: other ones for each application, no order of anything but what was given."""

from types import SimpleNamespace

from reviews import exports


def row(**totals):
    """A row of the ranking with sheets of these experts, given as `e31=8_000`."""
    sheets = [
        SimpleNamespace(expert=int(key[1:]), total=total, points={"innovation": total}, advice="")
        for key, total in totals.items()
    ]
    return SimpleNamespace(sheets=sheets)


def test_each_expert_has_one_number_from_one_on():
    assert exports.numbers_of(row(e31=8_000, e12=9_000, e55=7_000)) == {12: 1, 31: 2, 55: 3}


def test_they_stay_in_whatever_order_the_sheets_come():
    there, back = row(e31=8_000, e12=9_000, e55=7_000), row(e55=7_000, e12=9_000, e31=8_000)
    assert exports.numbers_of(there) == exports.numbers_of(back)


def test_an_expert_has_another_number_where_the_points_fall_otherwise():
    """Who gives 80 everywhere is number 1 beside lower marks and number 3 beside higher ones."""
    assert exports.numbers_of(row(e31=8_000, e12=7_000, e55=6_000))[31] == 1
    assert exports.numbers_of(row(e31=8_000, e12=9_000, e55=8_500))[31] == 3


def test_neither_keys_nor_who_was_seated_first_say_anything():
    """The same marks by other people, seated in another order, give the same numbers to the same marks."""
    first, second = row(e1=8_000, e2=9_000), row(e900=9_000, e7=8_000)
    assert exports.numbers_of(first)[1] == exports.numbers_of(second)[7] == 2
    assert exports.numbers_of(first)[2] == exports.numbers_of(second)[900] == 1
