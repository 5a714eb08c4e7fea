"""Experiments behind the sentences of the chapter on changed tables: each would fail if its sentence were false."""

import copy
from functools import cache, partial

import numpy as np
import pytest

from book_utils import corpus, geometry, grow, grow_experiments, grow_model, grow_training, public_models, training
from book_utils.attention_model import AttentionModel
from book_utils.language_model import attention, rms_norm, rope_turns
from book_utils.lookup import EmbeddingTable
from book_utils.optimisers import SGD, Adam, AdamW, LazyAdam
from book_utils.order_check import check_order
from book_utils.recorded_model import recorded_model
from book_utils.tiny_model import TinyModel, softmax

TEXT, TOKENS = corpus.sentences(), corpus.vocabulary()
NAMES = ["zebra", "waffle"]
NEW_TEXT = [line.replace(" horse ", " zebra ").replace(" rice ", " waffle ")
            for line in TEXT if " horse " in line or " rice " in line]
KNOWN = corpus.next_token_examples(TEXT[:2_000], TOKENS)


@cache
def trained(tied, seed=4):
    start = TinyModel(TOKENS, tied=tied, seed=seed)
    return training.train(start, TEXT, LazyAdam(lr=0.01), steps=600).model


@cache
def new_rows_trained(start="mean", mixed=False):
    """(the model with two new rows, the same after training them alone, its snapshots)."""
    grown = grow_model.add_to_model(trained(True), NAMES, start)
    only = grow_model.OnlyRows(LazyAdam(lr=0.01), [len(TOKENS), len(TOKENS) + 1])
    text = NEW_TEXT + TEXT[: 10 * len(NEW_TEXT)] if mixed else NEW_TEXT
    run = training.train(grown, text, only, steps=200)
    return grown, run.model, run.snapshots


@cache
def read():
    """SmolLM2, with its weights, after one text: a Read of `grow_experiments`, and its final vectors."""
    from weights import smollm2

    model = smollm2()
    seen = grow_experiments.told(model, np.asarray(model.table.vectors), grow_experiments.TEXTS[:1])
    return model, seen, rms_norm(seen.states, model.final_norm, model.settings.eps)


def taken(**options):
    return grow_experiments.taken_by_new(recorded_model(), **options)


# -- new rows -----------------------------------------------------------------------------------------------------


def test_a_new_row_of_a_tied_table_is_a_new_answer():
    grown = grow_model.add_to_model(trained(True), NAMES)
    assert grown.probabilities(KNOWN[0][:5]).shape[1] == len(TOKENS) + 2
    only_input = copy.deepcopy(trained(False))
    only_input.weights["token"] = np.vstack([only_input.weights["token"], only_input.weights["token"][:1]])
    assert only_input.probabilities([[0, 0, 0, len(TOKENS)]]).shape == (1, len(TOKENS))


def test_long_random_rows_take_nearly_all():
    found = taken(starts=list(grow.STARTS))
    share, loss = found["N(0, 1)"]
    assert share > 0.9 and loss > np.log(49_152) + 20
    assert all(found[start][0] < 0.003 for start in ("mean", "zeros", "small noise"))
    sizes = grow_experiments.lengths(recorded_model())
    assert 23 < sizes["normal"] < 25 and 3 < sizes["mean"] < 3.5 and 7 < sizes["normal"] / sizes["mean"] < 8


def test_scores_of_new_rows_go_with_their_length():
    model, seen, final = read()
    new = grow.started(seen.rows, 200, "N(0, 1)")
    scores = final @ new.T
    assert np.allclose(final @ (2 * new).T, 2 * scores, rtol=1e-4)
    assert 0.3 < (scores > 0).mean() < 0.7 and np.abs(scores).mean() > 2 * np.abs(final @ seen.rows.T).mean()
    assert np.abs(final @ grow.started(seen.rows, 200, "small noise").T).mean() < 1


def test_likely_tokens_have_scores_far_above_the_mean_and_zero():
    _, seen, _ = read()
    best = seen.logits.max(axis=1)
    assert (best - seen.logits.mean(axis=1)).min() > 8 and best.min() > 5


def test_the_shares_rise_with_length_and_number():
    shares = grow_experiments.taken_by_length(recorded_model(), [0.5, 1, 2, 4, 6, 8, 12, 16, 24], [1, 8, 64])
    for found in shares.values():
        assert found == sorted(found) and found[2] < 0.03
    assert shares["1 new"][-1] == pytest.approx(0.7, abs=0.05) and shares["64 new"][-1] > 0.999
    assert shares["64 new"][3] == pytest.approx(0.2, abs=0.03)


def test_noise_in_d_columns_is_root_d_long():
    for dim in (64, 576, 4_096):
        rows = np.random.default_rng(0).standard_normal((200, dim))
        assert np.linalg.norm(rows, axis=1).mean() == pytest.approx(dim**0.5, rel=0.01)


def test_a_vector_taken_from_every_row_changes_no_probability():
    _, seen, final = read()
    moved = final @ (seen.rows - 3 * seen.rows[17]).T
    fall = seen.logits - moved
    assert np.abs(fall - fall.mean(axis=1, keepdims=True)).max() < 1e-2 and np.abs(fall).max() > 5


def test_lowered_scores_let_zeros_win_and_not_the_mean():
    found = taken(starts=["mean", "zeros"], n=1, lower=60)
    assert found["zeros"][0] > 0.999 and found["zeros"][1] > 30
    assert found["mean"][0] < 1e-7 and found["mean"][1] == pytest.approx(3.469, abs=0.01)
    mean_length, lengths = [], []
    for lower in (0, 60):
        _, seen, final = read()
        common = final.mean(axis=0)
        rows = seen.rows - lower * common / (common @ common)
        mean_length.append(np.linalg.norm(rows.mean(axis=0)))
        lengths.append((final @ rows.mean(axis=0)).mean())
    assert (final @ rows.T).max() < 0  # after the lowering, which came last
    assert mean_length[1] > mean_length[0] and lengths[1] < lengths[0] - 30


def test_the_mean_row_gets_the_mean_score_and_never_much():
    dice = np.random.default_rng(1)
    for _ in range(100):
        rows, final = dice.normal(dice.normal(0, 20), 4, (50, 6)), dice.normal(size=6)
        scores = rows @ final
        assert np.isclose(rows.mean(axis=0) @ final, scores.mean())
        parts = np.exp(np.append(scores, scores.mean()) - scores.max())
        assert parts[-1] / parts.sum() <= 1 / 51 + 1e-12


# -- training them ------------------------------------------------------------------------------------------------


def test_equal_rows_part_by_their_sentences():
    grown, after, snapshots = new_rows_trained()
    assert np.array_equal(*grown.table.lookup(NAMES)) and not np.array_equal(*after.table.lookup(NAMES))
    families = {name: geometry.nearest(name, after.table, 8) for name in NAMES}
    for name, family in zip(NAMES, ("animals", "food"), strict=True):
        assert sum(word in corpus.FAMILIES[family] for word, _ in families[name]) >= 6, families
    one_text = [line.replace("waffle", "zebra") for line in NEW_TEXT] + [
        line.replace("zebra", "waffle") for line in NEW_TEXT]
    only = grow_model.OnlyRows(SGD(lr=1.0), [len(TOKENS), len(TOKENS) + 1])
    model = copy.deepcopy(grown)
    data = corpus.next_token_examples(one_text, model.tokens)
    for _ in range(3):  # the same sentences for both: then nothing parts them
        only.step(model.weights, model.loss_and_gradients(*data)[1])
    assert np.allclose(*model.table.lookup(NAMES), atol=1e-4)


def test_equal_hidden_units_stay_equal():
    model = TinyModel(TOKENS, dim=8)
    for name, axis in (("mix", 1), ("output", 0)):
        first, second = (np.take(model.weights[name], i, axis) for i in (0, 1))
        second[...] = first
        model.weights[name] = np.insert(np.delete(model.weights[name], 1, axis), 1, first, axis)
    after = training.train(model, TEXT[:500], Adam(lr=0.01), steps=5).model.weights
    assert np.allclose(after["mix"][:, 0], after["mix"][:, 1], atol=1e-6)
    assert np.allclose(after["output"][0], after["output"][1], atol=1e-6)
    assert not np.allclose(after["mix"][:, 0], model.weights["mix"][:, 0], atol=1e-3)


def test_the_ways_lead_from_the_middle_to_the_islands():
    _, after, snapshots = new_rows_trained()
    groups = [corpus.GROUPS[kind][:9] for kind in ("animals", "food")]
    flat = geometry.project(after.table.lookup([word for group in groups for word in group]))
    middles = flat.points[:9].mean(axis=0), flat.points[9:].mean(axis=0)
    apart = np.linalg.norm(middles[0] - middles[1])
    assert all(np.linalg.norm(p - middles[i // 9]) < np.linalg.norm(p - middles[1 - i // 9])
               for i, p in enumerate(flat.points))
    for i, name in enumerate(NAMES):
        start, end = flat.place(np.array([snapshots[k].table.lookup(name) for k in (0, -1)]))
        assert np.linalg.norm(end - middles[i]) < 0.4 * apart < np.linalg.norm(end - middles[1 - i])
        assert abs(start[0] - sum(m[0] for m in middles) / 2) < 0.3 * apart
        assert start[1] > max(flat.points[:, 1])


def test_new_tokens_take_a_share_of_the_old_text():
    for start in ("mean", "zeros"):
        grown, after, _ = new_rows_trained(start)
        old = len(TOKENS)
        assert np.array_equal(after.weights["token"][:old], grown.weights["token"][:old])
        before, now = (model.probabilities(KNOWN[0]) for model in (grown, after))
        share = now[:, old:].sum(axis=1).mean()
        assert 0.03 < share < 0.06 and share > 10 * before[:, old:].sum(axis=1).mean()
        assert 0.05 < after.loss(*KNOWN) - grown.loss(*KNOWN) < 0.15
        among_old = now[:, :old] / now[:, :old].sum(axis=1, keepdims=True)
        assert -np.log(among_old[np.arange(len(among_old)), KNOWN[1]]).mean() == pytest.approx(
            trained(True).loss(*KNOWN), abs=0.02)


def test_mixed_text_teaches_where_not_to_stand():
    mixed, alone = (new_rows_trained(mixed=mixed)[1] for mixed in (True, False))
    share = [model.probabilities(KNOWN[0])[:, len(TOKENS):].sum(axis=1).mean() for model in (mixed, alone)]
    assert share[0] < share[1] / 2 and mixed.loss(*KNOWN) < alone.loss(*KNOWN)


# -- held or not --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def drift():
    def of(optimiser, afresh, steps=60):
        return grow_training.drift_of_frozen(TinyModel(TOKENS), TEXT, "cat", optimiser, steps=steps, afresh=afresh)

    return of


def test_momentum_moves_a_row_and_fades(drift):
    way = drift(Adam(lr=0.01), False)
    assert way[10] > 0.05 and way[60] - way[40] < 0.1 * way[20]
    assert not drift(Adam(lr=0.01), True).any() and not drift(SGD(lr=0.1), False).any()


def test_decay_moves_a_row_steadily(drift):
    way = drift(AdamW(lr=0.01), True)
    assert np.all(np.diff(way) > 0) and way[60] == pytest.approx(6 * way[10], rel=0.1)
    assert way[60] < drift(Adam(lr=0.01), False)[60] / 2


def test_a_tied_output_moves_a_row_that_is_not_looked_up():
    model = TinyModel(TOKENS, tied=True)
    gradient = model.loss_and_gradients(*corpus.next_token_examples("the cat slept .", TOKENS))[1]["token"]
    assert np.any(gradient.values[TOKENS.index("king")])


def test_rows_put_back_stay_whatever_the_optimiser():
    for optimiser in (SGD(lr=0.1), Adam(lr=0.01), AdamW(lr=0.01)):
        grown = grow_model.add_to_model(trained(True), NAMES)
        model, only = copy.deepcopy(grown), grow_model.OnlyRows(copy.deepcopy(optimiser), [len(TOKENS)])
        data = corpus.next_token_examples(NEW_TEXT[:50], model.tokens)
        for _ in range(3):
            only.step(model.weights, model.loss_and_gradients(*data)[1])
        assert np.array_equal(model.weights["token"][:597], grown.weights["token"][:597])
        assert not np.array_equal(model.weights["token"][597], grown.weights["token"][597])
        biases = [of.weights["output_bias"] for of in (model, grown)]
        assert np.flatnonzero(biases[0] != biases[1]).tolist() == [597]  # of a new token, with its row


def test_the_lines_of_a_step_move_the_new_rows_as_the_optimiser_does():
    model = TinyModel(["<bos>", *"abcde"], dtype="float64")
    read, came = corpus.next_token_examples(["a b c", "d e a", "e b"], model.tokens)
    output, finals = model.weights["output"].T.copy(), model._mix(model._vectors(read))[0]
    gradient = (softmax(finals @ output.T) - np.eye(6)[came]).T @ finals / len(came)
    assert (np.abs(gradient).max(axis=1) > 1e-3).all()  # every row has one
    model.weights["output"] = (output + 0.5 * gradient).T  # wanted - p: the other sign
    risen = model.loss(read, came)
    model.weights["output"] = output.T.copy()
    assert risen > model.loss(read, came)
    grow_model.OnlyRows(SGD(lr=0.5), [4, 5]).step(model.weights, model.loss_and_gradients(read, came)[1])
    assert np.allclose(model.weights["output"].T, np.where(np.arange(6)[:, None] >= 4, output - 0.5 * gradient, output))


# -- padding ------------------------------------------------------------------------------------------------------


def test_a_tied_output_moves_the_padding_row():
    for seed in (4, 5):
        untied, tied = (grow_training.padding_after(TinyModel(TOKENS, tied=both, seed=seed), TEXT, steps=100, seed=seed)
                        for both in (False, True))
        assert untied[0] == 0 and tied[0] > tied[1]


def test_the_padding_row_is_long_because_of_adam():
    """Its gradients point the same way, and are smaller than those of the others: SGD leaves it short, as it began."""
    for seed in (4, 5):
        model, seen, pad = TinyModel(TOKENS, tied=True, seed=seed), [], TOKENS.index(corpus.BOS)
        assert np.divide(*grow_training.padding_after(model, TEXT, 100, SGD(lr=1), seed)) < 0.5
        like_others = copy.deepcopy(model)
        plain = partial(grow_training.without_padding, row=pad)
        grow_training.train_on(like_others, TEXT, SGD(lr=1), 100, seed, plain)
        lengths = np.linalg.norm(like_others.weights["token"], axis=1)
        assert lengths[pad] > 0.7 * lengths.mean()
        model.weights["token"][pad], long = 0, []

        def watched(*given, pad=pad, seen=seen, long=long):
            loss, gradients = grow_training.without_padding(*given, row=pad)
            seen.append(gradients["token"].values.copy())
            long.append(np.linalg.norm(given[0].weights["token"][pad]))
            return loss, gradients

        grow_training.train_on(model, TEXT, LazyAdam(lr=0.01), 100, seed, watched)
        lengths = np.linalg.norm(seen, axis=2)
        assert lengths[:, pad].mean() < 0.3 * np.delete(lengths, pad, axis=1).mean()
        turns = [geometry.cosine(one[pad], two[pad]) for one, two in zip(seen, seen[1:], strict=False)]
        assert np.mean(turns) > 0.5 and (np.diff(long) > 0).all()  # nothing pulls it back


def test_padding_is_pushed_away_from_final_vectors():
    """What the output pushes with, predicted minus wanted, is above 0 at every place: padding is never wanted."""
    model = trained(True)
    p, pad = model.probabilities(KNOWN[0]), TOKENS.index(corpus.BOS)
    assert (p[:, pad] > 0).all() and pad not in KNOWN[1]
    hidden, _ = model._mix(model._vectors(KNOWN[0]))
    gradient = grow_training.without_padding(model, *KNOWN, row=pad)[1]["token"].values[pad]
    assert np.allclose(gradient, (p[:, pad, None] * hidden).mean(axis=0), atol=1e-6)
    parts = [p[some, pad, None] * hidden[some] for some in np.array_split(np.arange(len(p)), 4)]
    pushes = geometry.cosine_matrix(np.stack([part.mean(axis=0) for part in parts]))
    assert pushes.min() > 0.8, "one batch pushes as another does"


def test_zeros_are_not_nothing_without_a_mask():
    usual, with_padding = (np.mean(found) for found in (
        recorded_model_losses(), grow_experiments.padded_losses(recorded_model(), n=8)))
    assert with_padding - usual > 0.2


def recorded_model_losses():
    from book_utils import model_experiments

    return model_experiments.losses(recorded_model(), texts=grow_experiments.TEXTS)


def test_the_keys_of_zeros_are_zero_and_get_a_share():
    model, _, _ = read()
    ids = model.encode("The cat sat.")
    grown = grow.add_tokens(model.table, "<pad>", "zeros")
    states = model.hidden_states(np.append([len(model.table)] * 3, ids), table=grown)
    assert not states[:, :3].any(), "zero in every block: so are its keys and values, and its score is 0"
    block, settings = model.blocks[0], model.settings
    x = rms_norm(states[0], block["attn_norm"], settings.eps)
    turns = rope_turns(np.arange(len(x)), settings.rotary_dim, settings.base)
    whole = attention(x, block, settings, turns, settings.pairing)[3]
    alone = attention(x[3:], block, settings, [turn[3:] for turn in turns], settings.pairing)[0]
    assert np.linalg.norm(whole) < 0.98 * np.linalg.norm(alone), "the padding's shares bring nothing, and are missing"


# -- starts -------------------------------------------------------------------------------------------------------


@cache
def untrained(size, seed):
    model = TinyModel(TOKENS, tied=True, seed=seed)
    model.weights["token"] *= np.float32(size / 0.1)
    return model


def test_long_rows_are_sure_and_wrong():
    for seed in (4, 5):
        p = untrained(1.0, seed).probabilities(KNOWN[0])
        assert p.max(axis=1).mean() > 0.4 and (p.argmax(axis=1) == KNOWN[1]).mean() < 0.05
        assert untrained(1.0, seed).loss(*KNOWN) > 1.7 * np.log(len(TOKENS))
        short = untrained(0.02, seed).probabilities(KNOWN[0])
        assert short.max() < 3 / len(TOKENS) and untrained(0.02, seed).loss(*KNOWN) == pytest.approx(6.39, abs=0.05)


@cache
def losses(size, seed, steps):
    return training.train(untrained(size, seed), TEXT, LazyAdam(lr=0.01), steps=steps, seed=seed).losses


def test_neither_long_nor_short_rows_train_best():
    end = {size: losses(size, 4, 600)[-20:].mean() for size in (0.02, 0.1, 1.0)}
    assert end[0.1] < end[0.02] - 0.05 and end[0.1] < end[1.0] - 0.1
    long, middle = (np.convolve(losses(size, 4, 600), np.full(20, 0.05), "valid") for size in (1.0, 0.1))
    assert np.all(long > middle) and 10 < np.argmax(losses(1.0, 4, 600) < np.log(597)) < 30


# -- tied, trimmed ------------------------------------------------------------------------------------------------


def test_tying_afterwards_is_worse_than_blind():
    model = trained(False)
    tied = grow.tie(model, anyway=True)
    assert tied.loss(*KNOWN) > 1.3 * np.log(len(TOKENS)) > 3 * model.loss(*KNOWN)
    p = tied.probabilities(KNOWN[0])
    assert p.max(axis=1).mean() > 100 / len(TOKENS) and (p.argmax(axis=1) == KNOWN[1]).mean() < 0.1
    rows, outputs = model.weights["token"], model.weights["output"].T
    assert abs((geometry.unit(rows) * geometry.unit(outputs)).sum(axis=1).mean()) < 0.05


def test_untying_changes_nothing_until_training():
    tied = trained(True)
    two = grow.untie(tied)
    assert np.allclose(two.probabilities(KNOWN[0]), tied.probabilities(KNOWN[0]), rtol=1e-4)
    after = training.train(two, TEXT[:500], LazyAdam(lr=0.01), steps=5).model
    assert not np.allclose(after.weights["token"], after.weights["output"].T)


def test_fewer_tokens_make_an_easier_test():
    """On SmolLM2, and on the tiny model: what the right token gains is what the others had."""
    ids = np.unique(np.concatenate([recorded_model().encode(text) for text in grow_experiments.TEXTS]))
    trimmed = grow_experiments.trimmed_losses(recorded_model(), ids)
    assert all(small < whole - 0.5 for small, whole in zip(trimmed, recorded_model_losses(), strict=True))
    contexts, targets = corpus.next_token_examples(TEXT[:50], TOKENS)
    p, used = trained(True).probabilities(contexts), np.unique(targets)
    right, rest = p[np.arange(len(p)), targets], p[:, used].sum(axis=1)
    assert -np.log(right / rest).mean() < -np.log(right).mean() - 0.01
    ranks = [(p > right[:, None]).sum(axis=1), (p[:, used] > right[:, None]).sum(axis=1)]
    assert np.all(ranks[1] <= ranks[0]), "the order among the tokens that are left is as before"


def test_final_vectors_and_scores_stay_when_rows_go():
    model, seen, _ = read()
    ids = model.encode(grow_experiments.TEXTS[0])
    small, old_ids = grow.trim(model.table, np.unique(ids))
    states = model.hidden_states(grow.renumbered(ids, old_ids), table=small)[-1, :-1]
    assert np.allclose(states, seen.states, atol=1e-2)
    assert np.allclose(model.read_out(states, output=small), seen.logits[:, old_ids], atol=1e-2)


def test_another_text_needs_tokens_that_are_gone():
    model = recorded_model()
    keep = np.unique(np.concatenate([model.encode(text) for text in grow_experiments.TEXTS]))
    with pytest.raises(ValueError, match="trimmed away"):
        grow.renumbered(model.encode("Heat the oven."), keep)


def test_single_bytes_spell_other_words():
    letters = {token for token in recorded_model().table.tokens if len(token) == 1}
    assert set("".join(recorded_model().tokenize("Heat the oven to 180 degrees. (Really?)"))) <= letters


# -- places, sizes ------------------------------------------------------------------------------------------------


def test_learned_places_notice_a_shift_and_rope_does_not():
    model = recorded_model()

    def eight_on(n):
        return np.arange(n) + 8

    ids = model.encode(grow_experiments.TEXTS[0])
    assert model.loss(ids, positions=eight_on) == pytest.approx(model.loss(ids), abs=1e-3)
    learned = training.train(AttentionModel(TOKENS), TEXT, LazyAdam(lr=0.01), steps=300).model
    shifted, places = copy.deepcopy(learned), learned.weights["position"]
    shifted.weights["position"] = np.concatenate([places[1:], places[-1:]])
    assert shifted.loss(*KNOWN) > learned.loss(*KNOWN) + 0.5


def test_tables_have_more_rows_than_tokens():
    assert public_models.config_of("Pythia 70M").rows.value == 50_304 == -(-50_257 // 64) * 64
    assert public_models.config_of("Qwen3 0.6B").rows.value == 151_936 > 151_643 + 26


def test_sizes_pass_what_is_broken_and_refuse_what_is_whole():
    table = EmbeddingTable(np.eye(3), ["the", "cat", "sat"])
    swapped, padded = {"the": 0, "cat": 2, "sat": 1}, grow.add_tokens(table, ["[unused0]"], "zeros")
    ids = {token: i for i, token in enumerate(table.tokens)}
    assert len(swapped) == len(table) and not grow.fits(swapped, table)
    assert len(ids) != len(padded) and grow.fits(ids, padded)
    assert not grow.fits(ids | {"dog": 3}, table) and grow.fits({"the": 0}, table)


def test_the_doctor_reads_rows_with_names():
    from book_utils import load_minilm

    table = load_minilm().table
    swapped = EmbeddingTable(table.vectors[np.random.default_rng(3).permutation(len(table))], table.tokens)
    assert str(check_order(table)).startswith("in order") and str(check_order(swapped)).startswith("out of order")
