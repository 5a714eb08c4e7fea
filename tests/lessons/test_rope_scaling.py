"""Stretched rotary positions: every method against transformers, against its twin in JavaScript, and by its purpose."""

import json
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
