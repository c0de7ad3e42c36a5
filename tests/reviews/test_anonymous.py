"""Numbers for experts that tell nothing: other ones for each application, no order of anything."""

from reviews import anonymous


def test_each_expert_has_one_number_from_one_on():
    found = anonymous.numbers(7, [31, 12, 55, 12])
    assert sorted(found) == [12, 31, 55] and sorted(found.values()) == [1, 2, 3]


def test_they_stay_whoever_asks_in_whatever_order():
    assert anonymous.numbers(7, [1, 2, 3, 4]) == anonymous.numbers(7, [4, 2, 1, 3])


def test_an_expert_cannot_be_followed_from_one_application_to_the_next():
    """Over many applications each expert has each number about equally often."""
    experts = range(1, 6)
    seen = {expert: [0] * 5 for expert in experts}
    for application in range(1, 501):
        for expert, number in anonymous.numbers(application, experts).items():
            seen[expert][number - 1] += 1
    assert all(60 <= count <= 140 for counts in seen.values() for count in counts)


def test_they_hang_on_the_secret_of_the_installation(settings):
    before = [anonymous.numbers(application, range(1, 6)) for application in range(1, 21)]
    settings.FIELD_KEY = "another-secret-of-another-installation"
    assert before != [anonymous.numbers(application, range(1, 6)) for application in range(1, 21)]


def test_the_order_is_not_that_of_seating():
    """With keys in the order of seating, some application numbers them otherwise."""
    plain = {expert: expert for expert in range(1, 6)}
    assert any(anonymous.numbers(application, range(1, 6)) != plain for application in range(1, 10))
