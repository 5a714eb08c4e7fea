"""Two records become one by the same rule in Python and in JavaScript, whatever order they come in; nothing is lost."""

import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from places import PACKAGE
from twins import running

from book_utils.asking.merge import joined

OF_ITS_KIND = st.sampled_from(["number", "label", "labels", "sizes"]).flatmap(lambda kind: st.tuples(*[{
    "number": st.none() | st.integers(-9, 9) | st.floats(-1e6, 1e6),
    "label": st.none() | st.text("ab\U0001f600\ufb03", min_size=1, max_size=2),
    "labels": st.none() | st.lists(st.text("ab", max_size=2), max_size=3),
    "sizes": st.none() | st.lists(st.integers(0, 3), max_size=3),
}[kind]] * 6))
TIMES = st.builds("2026-{:02}-{:02}T10:00:0{}{}{}".format, st.integers(1, 2), st.integers(1, 2), st.integers(0, 1),
                  st.sampled_from(["", ".5", ".05", ".500000", ".123456"]), st.sampled_from(["Z", "+00:00"]))
REVIEWS = st.lists(st.tuples(TIMES, st.sampled_from(["knew", "notYet"])).map(list), max_size=4)


@st.composite
def entries(draw, count):
    """Entries of one question, as a file of guesses has them."""
    values = iter(draw(OF_ITS_KIND))
    return [{
        "chapter": "a", "name": "b", "digest": "0" * 12, "at": draw(TIMES), "guess": next(values),
        "second": next(values), "confidence": draw(st.sampled_from(["", "guessing", "leaning", "sure"])),
        "skipped": draw(st.booleans()), "revealed": draw(st.booleans()),
        "rating": draw(st.sampled_from(["", "missed", "partly", "got"])), "reviews": draw(REVIEWS),
        "ticked": sorted(draw(st.sets(st.integers(0, 3)))),
    } for _ in range(count)]


@pytest.fixture(scope="module")
def merged():
    """`merged` of merge.js, with an entry of a file in and out."""
    with running(PACKAGE / "asking" / "merge.js") as call:
        def of_entries(*given):
            return entry_of(call("merged", *map(record_of, given)))
        yield of_entries


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from(["", "a", "2026-01-01T10:00:00Z", "knew"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["a", "toString", "valueOf"]), inner),
    max_leaves=6)


@settings(deadline=None, max_examples=300)
@given(one=entries(1), chaos=st.fixed_dictionaries({}, optional=dict.fromkeys(
    ["at", "guess", "second", "confidence", "skipped", "revealed", "rating", "ticked", "reviews"], ANYTHING)))
def test_whatever_storage_holds_a_guess_joins_it(merged, one, chaos):
    """Also an object that JavaScript can neither compare nor turn into text, as {"toString": 1}."""
    merged(one[0], one[0] | chaos), merged(one[0] | chaos, one[0] | chaos)


def record_of(entry):
    state = {key: entry[key] for key in ("guess", "second", "confidence", "skipped", "revealed", "rating", "ticked")}
    return {"v": 1, "digest": entry["digest"], "at": entry["at"], "state": state, "reviews": entry["reviews"]}


def entry_of(record):
    rest = {key: record[key] for key in ("digest", "at", "reviews")}
    return {"chapter": "a", "name": "b", **rest, **record["state"]}


@settings(deadline=None, max_examples=400)
@given(two=entries(2))
def test_the_rule_is_one_in_both_languages_and_in_both_orders(merged, two):
    both = joined(*two)
    assert merged(*two) == both
    assert merged(*two[::-1]) | {"at": ""} == joined(*two[::-1]) | {"at": ""} == both | {"at": ""}


def test_the_rule_is_one_where_two_differ_in_little(merged):
    """Every pair of entries that differ in some of these alone, at one moment or at two."""
    parts = {"at": ["2026-01-01T10:00:00Z", "2026-01-01T10:00:00.5Z"], "guess": [None, "a", 1],
             "confidence": ["", "sure"], "skipped": [False, True], "second": [None, "a", "b"]}
    rest = {"chapter": "a", "name": "b", "digest": "0" * 12, "revealed": False, "rating": "", "ticked": [],
            "reviews": []}
    every = [rest | dict(zip(parts, values, strict=True)) for values in itertools.product(*parts.values())]
    for two in itertools.product(every, every):
        assert merged(*two) == joined(*two) == joined(*two[::-1])


@settings(deadline=None, max_examples=300)
@given(two=entries(2))
def test_nothing_is_lost_and_a_second_time_changes_nothing(two):
    both, guesses = joined(*two), [one["guess"] for one in two if one["guess"] is not None]
    assert both["guess"] in (guesses or [None])
    for key in ("second", "rating", "revealed"):
        assert any(one[key] for one in two) <= bool(both[key]) or both[key] in [one[key] for one in two]
    assert both["ticked"] == sorted({n for one in two for n in one["ticked"]})
    assert {at[:10] for at, _ in both["reviews"]} == {at[:10] for one in two for at, _ in one["reviews"]}
    for one in two:
        assert joined(both, one) | {"at": ""} == joined(one, both) | {"at": ""} == both | {"at": ""}


def test_of_two_ratings_the_more_modest_counts_in_any_order(merged):
    one = {"chapter": "a", "name": "b", "digest": "0" * 12, "at": "2026-01-01T10:00:00Z", "guess": "x", "second": None,
           "confidence": "", "skipped": False, "revealed": True, "rating": "", "ticked": [],
           "reviews": []}
    for ratings in itertools.permutations(["got", "partly", "missed", ""], 2):
        for days in itertools.product(["01", "02"], repeat=2):
            said = zip(ratings, days, strict=True)
            two = [one | {"rating": rating, "at": f"2026-01-{day}T10:00:00Z"} for rating, day in said]
            wanted = next(rating for rating in ("missed", "partly", "got") if rating in ratings)
            assert joined(*two)["rating"] == merged(*two)["rating"] == wanted


@pytest.mark.parametrize(("one", "other", "knew"), [
    ([("01", "notYet"), ("02", "knew")], [], "knew"), ([("02", "notYet")], [("01", "knew")], "notYet"),
    ([("01", "knew")], [("01", "notYet")], "notYet"), ([], [], "notYet")])
def test_of_a_card_the_last_word_counts_in_any_order(one, other, knew):
    """And where nothing was reviewed yet, of what two say the more modest."""
    cards = [{"v": 1, "digest": "d", "at": "2026-01-01T10:00:00Z", "state": {"knew": said},
              "reviews": [[f"2026-01-{day}T10:00:00Z", word] for day, word in reviews]}
             for reviews, said in ((one, "knew"), (other, "notYet"))]
    with running(PACKAGE / "asking" / "merge.js") as call:
        for two in (cards, cards[::-1]):
            both = call("merged", *two)
            assert both["state"] == {"knew": knew}
            assert len(both["reviews"]) == len({day for day, _ in [*one, *other]})


def test_what_an_entry_leaves_out_counts_as_nothing_said():
    least = {"at": "2026-01-05T10:00:00Z", "guess": "a"}
    nothing = {"confidence": "", "skipped": False, "second": None, "rating": "", "ticked": [], "revealed": False,
               "reviews": []}
    others = [least, least | {"at": "2026-01-06T10:00:00Z"}, least | {"guess": None, "skipped": True},
              least | {"second": "b", "rating": "got", "ticked": [1], "revealed": True}]
    for other in others:
        assert joined(least, other) == joined(least | nothing, nothing | other)
    assert joined(least, least) == least | nothing
