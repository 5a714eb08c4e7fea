"""Places for the tokens of a text, each against the rule in its words."""

import pytest

from book_utils import places

RULES = {
    "a_thousand_on": lambda i, n: 1_000 + i,
    "far_beyond": lambda i, n: 100_000 + i,
    "doubled": lambda i, n: 2 * i,
    "halved": lambda i, n: i / 2,
    "backwards": lambda i, n: n - 1 - i,
    "nowhere": lambda i, n: 0,
}


@pytest.mark.parametrize("n", [0, 1, 7])
@pytest.mark.parametrize("name", RULES)
def test_each_token_has_its_place(name, n):
    assert getattr(places, name)(n).tolist() == [RULES[name](i, n) for i in range(n)]


def test_shuffled_places_are_all_of_them_by_the_chance_of_a_seed():
    drawn = [places.shuffled(20, seed).tolist() for seed in range(3)]
    assert all(sorted(one) == [*range(20)] for one in drawn) and len({*map(tuple, drawn)}) == 3
    assert places.shuffled(20).tolist() == drawn[0]
