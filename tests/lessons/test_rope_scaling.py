"""Stretched rotary positions: every method against transformers, against its twin in JavaScript, and by its purpose."""

import json
import math
import random

import numpy as np
import pytest
from places import FIXTURES, PACKAGE
from twins import running

from book_utils import position, rope_scaling
from book_utils.models.config import ModelConfig
from book_utils.models.rotations import rotations

CASES = json.loads((FIXTURES / "scaling_reference.json").read_text())["cases"]


def scaling_of(case):
    """What `scaled` takes, from a case of the fixture."""
    given = dict(case["given"])
    share = given.pop("partial_rotary_factor", 1)
    method = given.pop("rope_type")
    if method == "dynamic":
        given["original_max_position_embeddings"] = case["context"]
    if method == "longrope":
        given["factor"] = case["context"] / given["original_max_position_embeddings"]
    if method == "proportional":
        given["head_dim"] = case["head_dim"]
    return int(case["head_dim"] * share), {"method": method} | given


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_frequencies_are_those_of_transformers(case):
    rotary_dim, scaling = scaling_of(case)
    frequencies, factor = rope_scaling.scaled(rotary_dim, case["base"], scaling, case["length"])
    theirs = np.array(case["frequencies"])
    np.testing.assert_allclose(frequencies, theirs[: len(frequencies)], rtol=3e-6)  # theirs are worked in float32
    assert not theirs[len(frequencies):].any()  # pairs that do not turn, which proportional counts too
    assert factor == pytest.approx(case["attention_factor"], rel=1e-9)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_config_file_leads_to_the_same_frequencies(case):
    """The same case written as a config.json, in the old form and the new."""
    sizes = {"model_type": "llama", "head_dim": case["head_dim"], "max_position_embeddings": case["context"]}
    given = {"rope_theta": case["base"], **case["given"]}
    flat = {key: given.pop(key) for key in ("rope_theta", "partial_rotary_factor") if key in given}
    for form in ({"rope_parameters": flat | given}, flat | {"rope_scaling": given}):
        (turning,) = rotations(ModelConfig(sizes | form))
        frequencies, factor = rope_scaling.scaled(
            turning["rotary_dim"], turning["base"], turning["scaling"], case["length"])
        np.testing.assert_allclose(frequencies, case["frequencies"][: len(frequencies)], rtol=3e-6)
        assert factor == pytest.approx(case["attention_factor"], rel=1e-9)


def extremes(chance):
    """Draw what a strange config.json may say: numbers at the edge of what floats hold, and where logarithms are 0."""
    edges = [5e-324, 1e-9, 0.5, 1, 1 + 2**-52, 2, 6, 32, 90, 4096, 10**12]
    for _ in range(2000):
        method, rotary_dim = chance.choice([*rope_scaling.METHODS]), chance.choice([2, 4, 16])
        scaling = {"method": method, "original_max_position_embeddings": chance.choice([1, 2, 4096, 10**12])}
        for name in ("factor", "low_freq_factor", "high_freq_factor", "beta_fast", "beta_slow", "attention_factor",
                     "mscale", "mscale_all_dim", "alpha"):
            if name in rope_scaling.METHODS[method] or chance.random() < 0.3:
                scaling[name] = chance.choice(edges)
        scaling |= {name: chance.choices(edges, k=rotary_dim // 2) for name in ("short_factor", "long_factor")}
        scaling |= {"head_dim": rotary_dim * chance.choice([1, 2]), "truncate": chance.random() < 0.7}
        yield rotary_dim, chance.choice(edges), chance.choice([None, 1, 4096, 10**12]), scaling


def test_the_page_works_the_same_frequencies():
    with running(PACKAGE / "position.js", PACKAGE / "rope_scaling.js") as call:
        for case in CASES:
            rotary_dim, scaling = scaling_of(case)
            theirs = call("scaled", {"rotaryDim": rotary_dim, "base": case["base"], "length": case["length"]}, scaling)
            frequencies, factor = rope_scaling.scaled(rotary_dim, case["base"], scaling, case["length"])
            np.testing.assert_allclose(theirs["frequencies"], frequencies, rtol=1e-12)
            assert theirs["attentionFactor"] == pytest.approx(factor, rel=1e-12)
        for rotary_dim, base, length, scaling in extremes(random.Random(1)):
            theirs = call("scaled", {"rotaryDim": rotary_dim, "base": base, "length": length}, scaling)
            try:
                frequencies, factor = rope_scaling.scaled(rotary_dim, base, scaling, length)
            except ValueError:
                assert theirs is None, (rotary_dim, base, length, scaling)
                continue
            assert np.isfinite([*frequencies, factor]).all()
            assert theirs, (rotary_dim, base, length, scaling)
            np.testing.assert_allclose(theirs["frequencies"], frequencies, rtol=1e-9)
            assert theirs["attentionFactor"] == pytest.approx(factor, rel=1e-9)
        assert call("scaled", {"rotaryDim": 8, "base": 100}, {"method": "linear"}) is None
        assert call("scaled", {"rotaryDim": 8, "base": 100}, {"method": "constructor"}) is None


def test_llama3_slows_the_pairs_that_turn_too_seldom_in_what_was_trained():
    """Published for Llama 3.1 8B: 39 of 64 pairs turn once in its context, and not the 49 of the base alone."""
    plain = position.turns(128, 500_000, 131_072)
    scaling = {"method": "llama3", "factor": 8, "low_freq_factor": 1, "high_freq_factor": 4,
               "original_max_position_embeddings": 8192}
    slowed, _ = rope_scaling.scaled(128, 500_000, scaling)
    assert ((plain >= 1).sum(), (131_072 * slowed / (2 * np.pi) >= 1).sum()) == (49, 39)
    assert 2 * np.pi / slowed[-1] == pytest.approx(20_473_565, rel=1e-7)  # published from float32
    assert round(position.wavelengths(128, 500_000)[-1]) == 2_559_196
    trained = position.turns(128, 500_000, 8192)
    ratio = slowed / position.angles(1, 128, 500_000)
    assert np.all(ratio[trained > 4] == 1) and np.allclose(ratio[trained < 1], 1 / 8)


@pytest.mark.parametrize(("scaling", "sentence"), [
    ({"method": "never-seen"}, "the method is one of none, linear, dynamic, yarn, llama3"),
    ({"method": "llama3", "factor": 8}, "llama3 scaling needs low_freq_factor, high_freq_factor, original_max"),
    ({"method": "linear", "factor": 0.5}, "factor stretches, so it is 1 or more; got 0.5"),
    ({"method": "longrope", "short_factor": [1], "long_factor": [1], "original_max_position_embeddings": 4096},
     r"longrope needs two lists of 4 factors above 0; got \[1.\] and \[1.\]"),
    ({"method": "llama3", "factor": 8, "low_freq_factor": 1, "high_freq_factor": 0.5,
      "original_max_position_embeddings": 8192}, "high_freq_factor is not below low_freq_factor; got 0.5, 1"),
])
def test_what_does_not_fit_is_a_sentence(scaling, sentence):
    with pytest.raises(ValueError, match=sentence):
        rope_scaling.scaled(8, 10_000, scaling)


PLAIN = position.angles(1, 8, 10_000)


def test_what_slows_nothing_leaves_the_frequencies_as_they_are():
    for found in (
        rope_scaling.linear(PLAIN, 1),
        rope_scaling.dynamic(8, 10_000, 4, 100),
        rope_scaling.dynamic(8, 10_000, 4, 100, length=100),
        rope_scaling.dynamic(8, 10_000, 1, 100, length=100, alpha=1),
        rope_scaling.yarn(8, 10_000, 1, 100),
        rope_scaling.llama3(PLAIN, 1, 1, 4, 100),
        rope_scaling.longrope(PLAIN, [1] * 4, [2] * 4, 100),
        rope_scaling.longrope(PLAIN, [1] * 4, [2] * 4, 100, length=100),
        rope_scaling.proportional(8, 8, 10_000),
        rope_scaling.scaled(8, 10_000)[0],
        rope_scaling.scaled(8, 10_000, {"method": "none"})[0],
    ):
        np.testing.assert_allclose(found, PLAIN, rtol=1e-12)


def test_one_token_beyond_the_trained_length_is_a_longer_text():
    longer = rope_scaling.dynamic(8, 10_000, 4, 100, length=101)
    base = 10_000 * (4 * 101 / 100 - 3) ** (8 / 6)
    np.testing.assert_allclose(longer, [base ** (-i / 4) for i in range(4)])
    assert rope_scaling.longrope(PLAIN, [1] * 4, [2] * 4, 100, length=101).tolist() == (PLAIN / 2).tolist()


def test_alpha_raises_the_base_whatever_the_length():
    for length in (None, 50, 5_000):
        found = rope_scaling.dynamic(8, 100, 4, 100, length, alpha=16)
        np.testing.assert_allclose(found, [(100 * 16 ** (8 / 6)) ** (-i / 4) for i in range(4)])


@pytest.mark.parametrize(("base", "trained"), [(10_000, 4096), (500_000, 4096), (3, 4096), (10_000, 8), (10_000, 2)])
@pytest.mark.parametrize("how", [{}, {"truncate": False}, {"beta_fast": 8, "beta_slow": 2}, {"beta_fast": 1}])
def test_yarn_leads_from_many_turns_to_few_in_a_straight_line(base, trained, how):
    """Pair by pair, with the formula of the paper for the pair that makes so many turns."""
    fast, slow = how.get("beta_fast", 32), how.get("beta_slow", 1)
    first, last = (16 * math.log(trained / (2 * math.pi * turns)) / (2 * math.log(base)) for turns in (fast, slow))
    if how.get("truncate", True):
        first, last = math.floor(first), math.ceil(last)
    first, last = max(first, 0), min(last, 15)
    found = rope_scaling.yarn(16, base, 4, trained, **how)
    for i, speed in enumerate(found):
        slowed = min(max((i - first) / (last - first), 0), 1) if last != first else float(i > first)
        plain = base ** (-2 * i / 16)
        assert speed == pytest.approx(plain * (1 - slowed) + plain / 4 * slowed)


def test_attention_is_sharpened_only_where_the_text_is_longer():
    assert rope_scaling.yarn_attention_factor(1) == rope_scaling.longrope_attention_factor(1, 4096) == 1.0
    assert rope_scaling.yarn_attention_factor(0.5) == rope_scaling.longrope_attention_factor(0.5, 4096) == 1.0
    assert rope_scaling.yarn_attention_factor(math.e) == pytest.approx(1.1)
    for how in ({"mscale": 2}, {"mscale_all_dim": 2}, {"mscale": 0, "mscale_all_dim": 2}):
        assert rope_scaling.yarn_attention_factor(math.e, **how) == pytest.approx(1.1)
    assert rope_scaling.yarn_attention_factor(math.e, 3, 2) == pytest.approx(1.3 / 1.2)
    assert rope_scaling.longrope_attention_factor(4096, 4096) == pytest.approx(math.sqrt(2))


def test_llama3_may_step_from_kept_to_slowed():
    """Llama 4 has 1 for both: a pair of more turns is kept, one of fewer slowed in full."""
    speeds = 2 * np.pi * np.array([2, 1.001, 0.999, 0.5]) / 100
    found = rope_scaling.llama3(speeds, 8, 1, 1, 100)
    np.testing.assert_allclose(found / speeds, [1, 1, 1 / 8, 1 / 8])


def test_proportional_turns_the_first_pairs_of_a_head():
    np.testing.assert_allclose(rope_scaling.proportional(16, 8, 100, factor=2), [100 ** (-2 * i / 16) / 2
                                                                                 for i in range(4)])


def test_what_the_file_says_of_attention_is_used_and_what_is_given_stays():
    given = {"method": "yarn", "factor": 4, "original_max_position_embeddings": 4096, "attention_factor": 1.5}
    before = dict(given)
    assert rope_scaling.scaled(8, 10_000, given)[1] == 1.5 and given == before
    del given["attention_factor"]
    assert rope_scaling.scaled(8, 10_000, given)[1] == pytest.approx(0.1 * math.log(4) + 1)
    given |= {"beta_fast": None, "truncate": None}  # as a file writes what it does not say
    assert np.array_equal(rope_scaling.scaled(8, 10_000, given)[0], rope_scaling.yarn(8, 10_000, 4, 4096))
    given |= {"truncate": False}
    found, _ = rope_scaling.scaled(8, 10_000, given)
    assert np.array_equal(found, rope_scaling.yarn(8, 10_000, 4, 4096, truncate=False))


@pytest.mark.parametrize(("call", "message"), [
    (lambda: rope_scaling.linear(PLAIN, 0.99), "factor stretches, so it is 1 or more; got 0.99."),
    (lambda: rope_scaling.linear(PLAIN, math.nan), "factor stretches, so it is 1 or more; got nan."),
    (lambda: rope_scaling.dynamic(2, 100, 2, 10), "dynamic scaling needs two pairs or more; got rotary_dim 2."),
    (lambda: rope_scaling.dynamic(4, 100, 0.5, 10), "factor stretches, so it is 1 or more; got 0.5."),
    (lambda: rope_scaling.llama3(PLAIN, 2, 4, 1, 10), "high_freq_factor is not below low_freq_factor; got 1, 4."),
    (lambda: rope_scaling.longrope([1.0, 2.0], [1, 0], [1, 1], 10),
     "longrope needs two lists of 2 factors above 0; got [1. 0.] and [1. 1.]."),
    (lambda: rope_scaling.longrope([1.0, 2.0], [1, 1], [1], 10),
     "longrope needs two lists of 2 factors above 0; got [1. 1.] and [1.]."),
    (lambda: rope_scaling.scaled(8, 100, {"method": "never"}),
     "the method is one of none, linear, dynamic, yarn, llama3, longrope, proportional; got 'never'."),
    (lambda: rope_scaling.scaled(8, 100, {"method": "yarn", "factor": 2}),
     "yarn scaling needs original_max_position_embeddings; the file does not say it."),
    (lambda: rope_scaling.scaled(8, 100, {"method": "proportional"}),
     "proportional scaling needs head_dim; the file does not say it."),
    (lambda: rope_scaling.scaled(4, 1, {"method": "yarn", "factor": 2, "original_max_position_embeddings": 64}),
     "yarn scaling leads to no finite speed with base 1 and these numbers: "
     "{'factor': 2, 'original_max_position_embeddings': 64}."),
])
def test_each_limit_is_told_in_a_whole_sentence(call, message):
    with pytest.raises(ValueError) as refused:
        call()
    assert str(refused.value) == message
