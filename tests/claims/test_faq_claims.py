"""Experiments behind the answers of "Find your question": each would fail if its sentence were false."""

import copy

import gguf
import numpy as np
import pytest

from book_utils import corpus, geometry, load_minilm, memory, position, public_models, rope_scaling, training
from book_utils.lookup import EmbeddingTable, one_hot
from book_utils.optimisers import SGD, Adam, AdamW, LazyAdam
from book_utils.recorded_model import recorded_model
from book_utils.tiny_model import TinyModel, softmax

minilm, smollm = load_minilm(), recorded_model()
table = minilm.table
tokens, text = corpus.vocabulary(), corpus.sentences()
contexts, targets = corpus.next_token_examples(text[:50], tokens)


@pytest.fixture(scope="module")
def tied():
    return [training.train(TinyModel(tokens, tied=True, seed=seed), text, LazyAdam(), seed=seed).model
            for seed in (0, 1)]


def scores_with(model, row, bias=0.0):
    """All scores for the contexts, and that of one more row with its bias, at the end."""
    hidden, _ = model._mix(model._vectors(contexts))
    return np.column_stack([model._logits(hidden), hidden @ row + bias])


# -- tokens, IDs and rows ---------------------------------------------------------------------------------


def test_ids_of_another_tokenizer_find_other_rows():
    ids = smollm.encode(" cat and dog")
    assert max(ids) < len(table)  # so nothing complains
    assert [table.tokens[i] for i in ids] != ["cat", "and", "dog"]
    assert not any(name in [table.tokens[i] for i in ids] for name in ("cat", "and", "dog"))


def test_only_finite_tables_make_the_product_equal():
    rows = np.arange(12.0).reshape(4, 3)
    assert np.array_equal(one_hot([1], 4) @ rows, rows[[1]])
    rows[3, 0] = np.nan
    assert not np.array_equal(one_hot([1], 4) @ rows, rows[[1]])


def test_training_moves_the_rows_that_the_loss_depends_on():
    model = TinyModel(tokens)
    before = model.weights["token"].copy()
    _, gradients = model.loss_and_gradients(contexts, targets)
    SGD(lr=0.1).step(model.weights, gradients)
    moved = np.flatnonzero((model.weights["token"] != before).any(axis=1))
    assert set(moved) <= set(contexts.ravel()) and len(moved) > 10


def test_a_cosine_of_ids_says_nothing():
    """All IDs are positive, so lists of them point the same way: unrelated texts are as alike as related ones."""
    def ids(said):
        return minilm.encode(said).astype(float)

    related = geometry.cosine(ids("The cat sat."), ids("The dog ran."))
    unrelated = geometry.cosine(ids("Add some salt."), ids("He is late."))
    assert unrelated > 0.5 and abs(related - unrelated) < 0.5


def test_a_turned_model_gives_the_same_output():
    model = training.train(TinyModel(tokens, dtype="float64", positions=False), text, LazyAdam(), steps=60).model
    turned, rotation = copy.deepcopy(model), geometry.random_rotation(32)
    turned.weights["token"] = model.weights["token"] @ rotation
    turned.weights["mix"] = np.vstack([rotation.T @ part for part in np.split(model.weights["mix"], 4)])
    assert np.allclose(model.probabilities(contexts), turned.probabilities(contexts))
    assert not np.isclose(model.weights["token"], turned.weights["token"]).any(axis=1).all()


# -- new, frozen and decayed rows -------------------------------------------------------------------------


def test_the_mean_row_never_takes_more_than_its_part(tied):
    """exp of a mean is at most the mean of exp, so the share is at most 1 / (n + 1), whatever the scores."""
    for model in tied:
        low = copy.deepcopy(model)
        low.weights["output_bias"] += np.random.default_rng(0).normal(-50, 5, len(tokens)).astype("f4")
        for one in (model, low):
            row, bias = one.weights["token"].mean(axis=0), one.weights["output_bias"].mean()
            assert softmax(scores_with(one, row, bias))[:, -1].max() <= 1 / (len(tokens) + 1)


def test_which_start_takes_probability(tied):
    """In two trainings: zeros and small noise at most .001; N(0, 1) over .9 in some draw, and over .3 in most."""
    for model in tied:
        worst = {}
        for spread in (0, 0.02, 1):
            draws = [np.random.default_rng(seed).normal(0, 1, 32) * spread for seed in range(20)]
            worst[spread] = [softmax(scores_with(model, row))[:, -1].max() for row in draws]
        assert max(worst[0] + worst[0.02]) < 0.001
        assert max(worst[1]) > 0.9 and np.median(worst[1]) > 0.3


def test_zeros_win_where_all_scores_are_low(tied):
    for model in tied:
        low = copy.deepcopy(model)
        low.weights["output_bias"] -= 50
        assert np.allclose(low.probabilities(contexts), model.probabilities(contexts), atol=1e-4)
        for row in (np.zeros(32), np.random.default_rng(0).normal(0, 0.02, 32)):
            assert softmax(scores_with(low, row))[:, -1].min() > 0.999


def drift(optimiser, frozen_from, tied=False):
    model, row = TinyModel(tokens, tied=tied), tokens.index("cat")
    for step in range(frozen_from + 10):
        if step == frozen_from:
            start = model.weights["token"][row].copy()
        _, gradients = model.loss_and_gradients(contexts, targets)
        rows, values = gradients["token"]
        ids = np.arange(len(tokens))[rows]
        values[(ids == row) & (step >= frozen_from)] = 0
        optimiser.step(model.weights, gradients)
    return np.linalg.norm(model.weights["token"][row] - start)


def test_no_gradient_is_not_no_step():
    for tied in (False, True):
        assert drift(SGD(lr=0.1), 5, tied) == 0
        assert drift(Adam(lr=0.01), 0, tied) == 0  # nothing remembered
        assert drift(Adam(lr=0.01), 5, tied) > 0.01
        assert drift(AdamW(lr=0.01, decay=0.1), 0, tied) > 0.001


def test_a_tied_table_gets_a_gradient_for_every_row():
    for tied, reached in ((True, len(tokens)), (False, len(set(contexts.ravel())))):
        _, gradients = TinyModel(tokens, tied=tied).loss_and_gradients(contexts, targets)
        whole = np.zeros((len(tokens), 32))
        whole[gradients["token"].rows] = gradients["token"].values
        assert np.count_nonzero(whole.any(axis=1)) == reached


def test_zeros_are_not_ignored():
    """A row of zeros at the place of a token changes what one step of attention gives to the others."""
    rows = table.lookup(["cat", "sat"])
    with_zeros = np.vstack([np.zeros((1, 384)), rows])
    assert np.abs(memory.attend_without_weights(with_zeros)[1:] - memory.attend_without_weights(rows)).max() > 0.01


def test_a_wide_start_trains_badly():
    """On two seeds: the loss before training is 3 nats above blind guessing, and fewer neighbours are of a family."""
    for seed in (0, 1):
        shares, first = {}, {}
        for spread in (1, 0.1):
            for tied in (True, False):
                model = TinyModel(tokens, tied=tied, seed=seed)
                shape = model.weights["token"].shape
                model.weights["token"] = np.random.default_rng(seed).normal(0, spread, shape).astype("f4")
                if tied:
                    first[spread] = model.loss(contexts, targets)
            done = training.train(model, text, LazyAdam(), steps=300, seed=seed).model.table
            shares[spread] = geometry.own_family_share(done, corpus.GROUPS, k=3)[1].mean()
        assert first[1] > np.log(len(tokens)) + 3 > first[0.1] + 2
        assert shares[1] < 0.35 and shares[0.1] > 0.8


def test_decay_reaches_rows_that_the_text_has_not():
    shrunk = []
    for optimiser in (AdamW(lr=0.01, decay=0.1), Adam(lr=0.01)):
        model = TinyModel(tokens)
        done = training.train(model, text, optimiser, steps=50).model
        shrunk.append(np.linalg.norm(done.table.lookup(corpus.NEVER_SEEN))
                      / np.linalg.norm(model.table.lookup(corpus.NEVER_SEEN)))
    assert shrunk == pytest.approx([(1 - 0.001) ** 50, 1])


def test_what_a_row_never_used_is_left_with_depends_on_training():
    """Start, decay and tying each change the length of the row that the text never has."""
    def length(spread=0.1, tied=False, optimiser=None):
        model = TinyModel(tokens, tied=tied)
        model.weights["token"] *= spread / 0.1
        done = training.train(model, text, optimiser or Adam(lr=0.01), steps=50).model
        return float(np.linalg.norm(done.table.lookup(corpus.NEVER_SEEN)))

    usual = length()
    assert length(spread=1) > 5 * usual
    assert length(optimiser=AdamW(lr=0.01, decay=1.0)) < 0.8 * usual
    assert length(tied=True) > 1.05 * usual


# -- tables in files --------------------------------------------------------------------------------------


def test_a_second_table_weighs_less_the_larger_the_model():
    for family in (("Qwen3 0.6B", "Qwen3 1.7B", "Qwen3 4B", "Qwen3 8B", "Qwen3 32B"),
                   ("Llama 3.2 1B", "Llama 3.2 3B", "Llama 3.1 8B", "Llama 3.1 70B")):
        shares, tied = [], []
        for name in family:
            config, total = public_models.config_of(name), public_models.entries()[name]["parameters"]
            rows, width = config.table_shape
            tied.append(config.tied.assumed)
            shares.append(rows * width / (total - rows * width * (2 - tied[-1])))
        assert shares == sorted(shares, reverse=True)
        assert tied == sorted(tied, reverse=True)  # the small ones are tied, from some size on none is


def test_the_rows_are_a_multiple_or_some_are_kept():
    for name in ("Pythia 70M", "Llama 3 8B", "Qwen3 0.6B"):
        assert public_models.config_of(name).rows.value % 64 == 0
    assert -(-50_257 // 128) * 128 == 50_304


def test_no_shape_sees_a_shuffle_and_a_pair_of_words_does():
    shuffled = EmbeddingTable(np.random.default_rng(0).permutation(table.vectors), table.tokens)
    assert shuffled.shape == table.shape
    assert np.isclose(shuffled.vectors.sum(dtype=float), table.vectors.sum(dtype=float))
    lengths = [np.sort(np.linalg.norm(some.vectors, axis=1)) for some in (table, shuffled)]
    assert np.allclose(*lengths)
    alike = [geometry.cosine(*some.lookup(["cat", "cats"])) for some in (table, shuffled)]
    assert alike[0] > 0.5 > 0.3 > alike[1]


def test_reordered_twice_or_not_at_all_is_wrong():
    order = position.pairing_permutation(64)
    query, key = np.random.default_rng(0).standard_normal((2, 64))
    right = position.score(query, key, 9, 6, pairing="interleaved")
    once, twice = order, order[order]
    assert np.isclose(position.score(query[once], key[once], 9, 6, pairing="split"), right)
    assert not np.isclose(position.score(query[twice], key[twice], 9, 6, pairing="split"), right)
    assert not np.isclose(position.score(query, key, 9, 6, pairing="split"), right)


def test_gguf_lists_the_shape_the_other_way_round(tmp_path):
    rows = np.arange(96, dtype=np.float32).reshape(3, 32)  # 3 tokens, d = 32
    writer = gguf.GGUFWriter(tmp_path / "t.gguf", "llama")
    writer.add_tensor("token_embd.weight", rows)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    tensor = gguf.GGUFReader(tmp_path / "t.gguf").tensors[0]
    assert tensor.shape.tolist() == [32, 3]
    assert np.array_equal(np.asarray(tensor.data).reshape(3, 32), rows)


# -- positions --------------------------------------------------------------------------------------------


def read_back(rows, places, seed=0, n=500):
    random = np.random.default_rng(seed)
    ids, at = random.integers(len(rows), size=n), random.integers(len(places), size=n)
    sums = rows[ids] + places[at]
    found = [geometry.cosine_matrix(sums, some).argmax(axis=1) for some in (rows, places)]
    return [np.mean(one == true) for one, true in zip(found, (ids, at), strict=True)]


def test_both_parts_can_be_read_from_a_sum():
    """In MiniLM and among random rows of as many numbers; not with 2 numbers a row, and ever better in between."""
    words = [i for i, token in enumerate(table.tokens) if token.isalpha()]
    assert min(read_back(table.vectors[words], minilm.positions, seed=1)) > 0.99
    shares = []
    for dim in (2, 16, 64, 384):
        random = np.random.default_rng(dim)
        shares.append(min(read_back(*random.normal(size=(2, 500, dim)))))
    assert shares == sorted(shares) and shares[0] < 0.1 and shares[-1] > 0.99


def test_random_directions_are_nearly_at_right_angles():
    for dim, most in ((384, 0.06), (4_096, 0.02)):
        one, other = np.random.default_rng(0).normal(size=(2, 500, dim))
        assert np.abs((geometry.unit(one) * geometry.unit(other)).sum(axis=1)).mean() < most


def test_a_longer_text_brings_longer_distances():
    """The distances within n places run to n - 1, wherever the text begins."""
    assert {abs(a - b) for a in range(100, 105) for b in range(100, 105)} == set(range(5))


def test_left_padding_and_the_two_ways():
    query, key = np.random.default_rng(1).standard_normal((2, 64))
    for pairing in position.PAIRINGS:
        here, there = (position.score(query, key, 5 + shift, 3 + shift, pairing=pairing) for shift in (0, 7))
        assert np.isclose(here, there)
    assert not np.allclose(minilm.positions[1], minilm.positions[4], atol=0.01)


def test_interpolation_slows_all_pairs_and_a_base_the_slow_ones():
    for dim, base in ((64, 10_000.0), (128, 500_000.0)):
        plain = position.angles(1, dim, base)
        assert np.allclose(plain / rope_scaling.linear(plain, 4), 4)
        slowed = plain / position.angles(1, dim, base * 4 ** (dim / (dim - 2)))
        assert np.isclose(slowed[0], 1) and np.isclose(slowed[-1], 4) and np.all(np.diff(slowed) > 0)
        yarn = plain / rope_scaling.yarn(dim, base, 4, 4096)
        assert np.isclose(yarn[0], 1) and np.isclose(yarn[-1], 4) and np.all(np.diff(yarn) >= -1e-9)
        turns = 4096 * plain / (2 * np.pi)
        assert np.allclose(yarn[turns > 40], 1) and np.allclose(yarn[turns < 0.8], 4)


def test_turned_values_carry_their_places():
    for seed in range(5):
        queries, keys, values = np.random.default_rng(seed).normal(size=(3, 6, 64))

        def attend(first, turn, queries=queries, keys=keys, values=values):
            at = np.arange(6) + first
            scores = position.rope(queries, at) @ position.rope(keys, at).T / 8
            return softmax(scores) @ (position.rope(values, at) if turn else values)

        assert np.allclose(attend(0, False), attend(100, False))
        assert np.abs(attend(0, True) - attend(100, True)).max() > 0.3


def test_mixed_pairs_give_wrong_scores():
    query, key = np.random.default_rng(0).standard_normal((2, 64))
    by = {way: position.score(query, key, 9, 6, pairing=way) for way in position.PAIRINGS}
    assert abs(by["split"] - by["interleaved"]) > 0.1


def test_bfloat16_holds_whole_numbers_up_to_256():
    numbers = np.arange(600.0)[None]
    kept = memory.round_trip(numbers, "bf16")
    assert (kept == numbers)[0, :257].all() and kept[0, 257] == 256
    assert len(np.unique(kept[0, 256:])) < 0.6 * 344


# -- cosines ----------------------------------------------------------------------------------------------


def test_a_common_part_makes_every_cosine_high():
    """Of noise in 384 dimensions, with a shared vector as long as the noise, and without."""
    noise = np.random.default_rng(0).normal(size=(400, 384))
    common = geometry.unit(np.random.default_rng(1).normal(size=384)) * 384**0.5
    for added, low, high in ((0, -0.02, 0.02), (common, 0.45, 0.55)):
        cosines = geometry.cosine_matrix(noise + added)
        assert low < cosines[np.triu_indices(400, 1)].mean() < high


def test_the_start_of_an_analogy_stays_nearest():
    """In MiniLM's table, with all rows allowed, for five of five questions."""
    for asked in (("man", "king", "woman"), ("boy", "king", "girl"), ("he", "king", "she"),
                  ("man", "actor", "woman"), ("man", "uncle", "woman")):
        assert geometry.analogy(*asked, table, k=1, allow_inputs=True)[0][0] == asked[1]
